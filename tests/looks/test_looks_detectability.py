"""The kept curve: only simulated pictures have one."""

import pytest

from offing.looks import detectability
from offing.looks.detectability import curve


def test_real_pictures_are_undeclared() -> None:
    for sensor in ("sar", "multispectral", "rgb", "panchromatic"):
        assert curve(sensor, 3.0, simulated=False) is None


def test_simulated_pictures_have_measured_chances_with_their_basis() -> None:
    kept = detectability._curve()
    assert kept.simulated
    assert {c.sensor for c in kept.cells} == {"sar", "multispectral"}
    for cell in kept.cells:
        found = curve(cell.sensor, cell.gsd_m, simulated=True)
        moored = curve(cell.sensor, cell.gsd_m, simulated=True, berthing="moored")
        anchored = curve(cell.sensor, cell.gsd_m, simulated=True, berthing="anchored")
        assert found is not None
        assert moored is not None
        assert anchored is not None
        assert (moored.p_detect, anchored.p_detect) == (cell.moored.value, cell.anchored.value)
        assert found.p_detect == pytest.approx((cell.moored.value + cell.anchored.value) / 2)
        assert found.p_false == cell.p_false.value
        assert "simulated scenes, seeds" in found.basis
        assert min(cell.n_moored, cell.n_anchored, cell.n_false) >= 30
        for p in (cell.moored, cell.anchored, cell.p_false):
            assert 0.0 < p.value < 1.0  # nothing is called impossible or certain
            assert p.high - p.low < 0.3


def test_radar_is_not_said_to_name_what_it_cannot() -> None:
    # At 10 m a radar's length is too uncertain to tell a landing ship from a coaster.
    radar, optical = curve("sar", 10.0, simulated=True), curve("multispectral", 3.0, simulated=True)
    assert radar is not None
    assert optical is not None
    assert radar.p_detect < optical.p_detect


def test_nothing_is_said_far_from_what_was_measured() -> None:
    assert curve("multispectral", 60.0, simulated=True) is None
    assert curve("rgb", 3.0, simulated=True) is None
    assert curve("multispectral", 3.1, simulated=True) == curve("multispectral", 3.0, simulated=True)


@pytest.mark.parametrize("gsd", [0.001, 1e9])
def test_absurd_pixel_sizes_have_none(gsd) -> None:
    assert curve("sar", gsd, simulated=True) is None
