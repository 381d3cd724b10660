"""The generator of simulated optical chips: same seed, same chips; boxes on hulls inside; its file's format."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "training"
COUNT = 6


@pytest.fixture(scope="module")
def module():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        import simulated_optical

        yield simulated_optical


@pytest.fixture(scope="module", params=["coarse", "fine"])
def made(module, request):
    return request.param, module.simulated_set(request.param, seed=3, count=COUNT)


def test_the_same_seed_gives_the_same_chips(module, made):
    kind, arrays = made
    again, other = module.simulated_chip(kind, 3, 4), module.simulated_chip(kind, 4, 4)
    np.testing.assert_array_equal(again.planes, arrays["planes"][4])
    own = arrays["boxes"][arrays["boxes"][:, 0] == 4, 1:]
    np.testing.assert_array_equal(again.boxes.astype(np.float32), own)
    assert not np.array_equal(again.planes, other.planes)


def test_format(made):
    kind, arrays = made
    planes, gsd = arrays["planes"], arrays["gsd"]
    assert arrays["simulated"]
    assert gsd.shape == (COUNT,)
    if kind == "coarse":
        assert (planes.shape, planes.dtype) == ((COUNT, 5, 160, 160), np.float16)
        assert np.isfinite(planes).all()
        assert (planes > 0).all()
        assert ((gsd >= 7.8) & (gsd <= 10.2)).all()
    else:
        assert (planes.shape, planes.dtype) == ((COUNT, 3, 160, 160), np.uint8)
        assert ((gsd >= 1.2) & (gsd <= 3.5)).all()


def test_boxes_lie_inside(module, made):
    kind, arrays = made
    boxes, least = arrays["boxes"], module.LEAST_M[kind]
    assert (boxes.dtype, boxes.shape[1]) == (np.float32, 7)
    assert len(boxes) > 3
    number, col, row, length, beam, bow, known = boxes.T
    assert set(number) <= set(range(COUNT))
    assert ((col >= 0) & (col <= 160) & (row >= 0) & (row <= 160)).all()
    assert (length >= beam).all()
    # A ship cut by the border keeps at least half of itself.
    assert (length * arrays["gsd"][number.astype(int)] >= 0.45 * least).all()
    assert ((bow >= 0) & (bow < 2 * math.pi + 1e-6)).all()
    assert set(np.unique(known)) <= {0.0, 1.0}


def test_ignored_boxes_are_upright_and_inside(made):
    ignore = made[1]["ignore"]
    assert ignore.shape[1] == 5
    assert ((ignore[:, 1:] >= 0) & (ignore[:, 1:] <= 160)).all()
    assert (ignore[:, 3] > ignore[:, 1]).all()
    assert (ignore[:, 4] > ignore[:, 2]).all()


def test_ships_differ_from_the_water_they_lie_on(module):
    """One ship under way on plain water: the pixels in its box differ from those around, the box is the hull's."""
    from optical_canvas import Canvas
    from optical_fleet import draw_design
    from optical_ships import Light, Ship, outline, paint_ship

    rng = np.random.default_rng(5)
    canvas = Canvas(5, 300, 2.0, 0.0)
    canvas.planes[:] = 0.02
    design = draw_design(rng, "ferry", 120.0)
    assert design is not None
    ship = Ship(design=design, at=np.array([300.0, 300.0]), turn=0.6)
    light = Light(shadow=np.array([0.5, 0.5]), lean=np.zeros(2))
    paint_ship(rng, canvas, ship, light, np.zeros((5, 2)))
    hull = canvas.mask([outline(ship)]) == 1
    assert canvas.planes[1][hull].mean() > 0.05
    along = (outline(ship) - ship.at) @ ship.ahead
    assert np.ptp(along) == pytest.approx(design.length_m, rel=0.01)
    # Nothing brighter than the water outside: shadows darken, and the ship does not move.
    far = canvas.mask([ship.corners(4.0)]) == 0
    assert canvas.planes[:, far].max() <= 0.02 + 1e-6


def test_later_bands_see_a_moving_ship_further_on(module):
    from optical_fleet import draw_design
    from optical_placing import drift
    from optical_ships import Ship

    design = draw_design(np.random.default_rng(1), "tanker", 150.0)
    ship = Ship(design=design, at=np.zeros(2), turn=math.pi / 2, speed_m_s=6.0)
    moved = drift(ship, 5)
    # Blue first, then near infrared, green, red and short-wave infrared.
    assert list(np.argsort(moved[:, 1])) == [0, 3, 1, 2, 4]
    np.testing.assert_allclose(moved[2], [0.0, 6.0], atol=1e-9)
    assert not drift(Ship(design=design, at=np.zeros(2), turn=1.0), 5).any()


def test_every_kind_of_ship_can_be_drawn(module):
    from optical_fleet import FLEET, draw_design

    rng = np.random.default_rng(2)
    for name, kind in FLEET.items():
        design = draw_design(rng, name)
        assert design is not None, name
        assert kind.low_m <= design.length_m <= kind.high_m
        assert 2.0 < design.length_m / design.beam_m < 12.0, name
        assert all(0.0 <= p.start < p.end <= 1.02 for p in design.parts), name
        assert draw_design(rng, name, kind.low_m * 0.9) is None


def test_a_ship_cut_by_the_border_keeps_the_part_inside(module):
    box, inside = module.clipped(np.array([0.0, 50.0, 20.0, 4.0, math.pi, 1.0]))
    np.testing.assert_allclose(box[:4], [5.0, 50.0, 10.0, 4.0], atol=1e-4)
    assert inside == pytest.approx(0.5)
    assert box[4] == pytest.approx(math.pi)
    assert module.clipped(np.array([-30.0, 50.0, 20.0, 4.0, 0.0, 1.0])) is None


def test_the_command_writes_the_file(module, tmp_path, monkeypatch, capsys):
    out = tmp_path / "chips.npz"
    monkeypatch.setattr(sys, "argv", ["x", str(out), "--kind", "fine", "--count", "2", "--seed", "7"])
    module.main()
    with np.load(out) as kept:
        assert set(kept.files) == {"planes", "boxes", "ignore", "gsd", "simulated"}
    assert "2 chips" in capsys.readouterr().out
    assert [p.name for p in tmp_path.iterdir()] == ["chips.npz"]
