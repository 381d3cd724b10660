"""Ships at the quay are scored one to one, apart from open water, and those that never leave do not count."""

from types import SimpleNamespace

import pytest

from offing.bench.quay import Tally, _figures, tally
from offing.imagery.reading import open_picture
from offing.quantities import Probability
from offing.simulation.port_stack import radar_stack, stack_berths
from offing.simulation.writing import write_scene
from offing.vessels.model import Detection, Measurement, OrientedBox


class Flat:
    """A picture whose lon/lat are its pixels."""

    def pixel(self, lon, lat):
        return lon, lat


def ship(col, row, *, at_quay, length=100.0):
    ring = [(col - 5, row - 1), (col + 5, row - 1), (col + 5, row + 1), (col - 5, row + 1), (col - 5, row - 1)]
    return SimpleNamespace(ring=ring, at_quay=at_quay, length_m=length)


def found(col, row, *flags) -> Detection:
    return Detection(
        id="0001", image="a", time=None, score=Probability(value=0.9, low=0.8, high=0.95, basis="test"),
        box=OrientedBox(col=col, row=row, length_px=(5.0, 0.0), beam_px=(0.0, 1.0)), ring=None,
        measurement=Measurement(
            length_m=None, length_m_90=None, beam_m=None, beam_m_90=None, axis_deg=0.0, heading_deg=0.0,
            bow_probability=0.5,
        ),
        flags=flags,
    )  # fmt: skip


def test_quay_and_open_water_are_counted_apart() -> None:
    ships = [
        ship(20, 50, at_quay=True), ship(40, 50, at_quay=True, length=50.0), ship(60, 50, at_quay=True),
        ship(50, 10, at_quay=False),
    ]  # fmt: skip
    look = SimpleNamespace(scene=SimpleNamespace(ships=ships), always=(2,), beacons=[(90, 10), (95, 20)])
    detections = (
        found(21, 50), found(23, 51),  # twice the same ship: one is wrong
        found(60, 50),  # the one that never leaves: neither right nor wrong
        found(50, 10), found(90, 10.5), found(80, 49),
    )  # fmt: skip
    told = SimpleNamespace(detections=detections, dismissed=(found(95, 20, "fixed"), found(40, 50, "fixed")))
    quay = [[(10, 48), (90, 48), (90, 52), (10, 52)]]
    assert tally(told, look, Flat(), quay, 10.0) == Tally(
        quay=(1, 2), long=(1, 1), water=(1, 1), quay_right=(1, 3), water_right=(1, 2), beacons=(1, 2), wronged=1
    )
    assert _figures("x", Tally(quay=(1, 2)))["x: recall at the quay"].startswith("0.50 [")
    assert (Tally(quay=(1, 2)) + Tally(quay=(2, 2), wronged=1)).quay == (3, 4)


def test_a_stack_shows_one_port_and_says_that_it_is_simulated(tmp_path) -> None:
    one, other = radar_stack(2_200_003, 2)
    assert radar_stack(2_200_003, 1)[0].scene.pixels.tobytes() == one.scene.pixels.tobytes()
    assert one.beacons == other.beacons
    assert one.scene.spec.time < other.scene.spec.time
    assert one.scene.grid != other.scene.grid, "the pictures lie some metres off one another"
    with open_picture([write_scene(one.scene, tmp_path / "a.tif")[0]]) as picture:
        assert picture.simulated
        for berth in stack_berths(2_200_003):
            col, row = picture.pixel(*berth.ring[0])
            assert 0 <= col <= picture.width
            assert 0 <= row <= picture.height
        for told in one.scene.ships:
            if told.at_quay:
                assert picture.pixel(*told.bow) == pytest.approx((picture.width / 2, picture.height / 2), abs=60)
