"""The generator of simulated radar chips: same seed, same chips; boxes on bright ships inside; its file's format."""

import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "training"


@pytest.fixture(scope="module")
def module():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        import simulated_chips

        yield simulated_chips


@pytest.fixture(scope="module")
def chips(module):
    return module.simulated_set(seed=3, count=16)


def test_the_same_seed_gives_the_same_chips(module, chips):
    again, other = module.simulated_chip(3, 5), module.simulated_chip(4, 5)
    np.testing.assert_array_equal(again.power, chips["power"][5])
    own = chips["boxes"][chips["boxes"][:, 0] == 5, 1:]
    np.testing.assert_array_equal(again.boxes.astype(np.float32), own)
    assert not np.array_equal(again.power, other.power)


def test_format(chips):
    assert chips["power"].shape == chips["valid"].shape == (16, 192, 192)
    assert (chips["power"].dtype, chips["valid"].dtype) == (np.float16, np.uint8)
    assert np.isfinite(chips["power"]).all()
    assert set(np.unique(chips["valid"])) <= {0, 1}
    assert not chips["power"][chips["valid"] == 0].any()
    assert chips["gsd"].shape == (16,)
    assert (chips["gsd"] >= 3.0).all()
    assert (chips["gsd"] <= 40.0).all()
    assert chips["simulated"]


@pytest.mark.parametrize("name", ["boxes", "ignore"])
def test_boxes_lie_inside(chips, name):
    boxes = chips[name]
    assert boxes.dtype == np.float32
    assert boxes.shape[1] == 6
    assert len(boxes) > 5
    number, col, row, length, beam, axis = boxes.T
    assert set(number) <= set(range(16))
    for at in (col, row):
        assert (at >= 0).all()
        assert (at <= 192).all()
    assert (length >= beam).all()
    assert (beam >= 1.0).all()
    assert (axis >= 0).all()
    assert (axis < np.pi + 1e-6).all()


def test_ships_are_brighter_than_the_sea(chips):
    """The pixel at a box's brightest place is well over the sea's mean of 1."""
    peaks = []
    for number, col, row, length, *_ in chips["boxes"]:
        r = int(max(1, length / 2))
        part = chips["power"][
            int(number), max(0, int(row) - r) : int(row) + r + 1, max(0, int(col) - r) : int(col) + r + 1
        ]
        peaks.append(float(part.max()) ** 2)
    assert min(peaks) > 4.0


def test_a_point_keeps_its_place_and_energy(module):
    """One point on a dark sea: its peak, its centroid, and the sum of its power."""
    from chip_radar import CANVAS_PX, draw_beam, seen

    rng = np.random.default_rng(2)
    beam = draw_beam(rng, 10.0)
    power = seen(rng, np.full((CANVAS_PX, CANVAS_PX), 1e-9, np.float32), np.array([[100.0, 90.0, 500.0]]), beam)
    assert np.unravel_index(power.argmax(), power.shape) == (90, 100)
    assert power.sum() == pytest.approx(500.0, rel=0.02)


def test_clipping_keeps_what_is_inside(module):
    from chip_ships import clipped

    np.testing.assert_allclose(clipped(np.array([0.0, 50.0, 20.0, 4.0, 0.0])), [5.0, 50.0, 10.0, 4.0, 0.0], atol=1e-4)
    assert clipped(np.array([-30.0, 50.0, 20.0, 4.0, 0.0])) is None


def test_the_command_writes_the_file(module, tmp_path, monkeypatch, capsys):
    out = tmp_path / "chips.npz"
    monkeypatch.setattr(sys, "argv", ["simulated_chips.py", str(out), "--count", "2", "--seed", "7"])
    module.main()
    with np.load(out) as kept:
        assert set(kept.files) == {"power", "valid", "boxes", "ignore", "gsd", "simulated"}
    assert "2 chips" in capsys.readouterr().out
    assert [p.name for p in tmp_path.iterdir()] == ["chips.npz"]
