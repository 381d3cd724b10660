"""The lift bounds of the worked example."""

import pytest

from offing.errors import CaseFileError, GeometryError
from offing.geo import LonLat
from offing.movements.lift import lift
from offing.movements.passage import excluded, fits_in, passage
from offing.timespan import parse_span
from offing.vessels.classes import library
from offing.vessels.model import Capacity, VesselClass

DUNAI = LonLat(lon=132.33542, lat=42.87879)
CHONGJIN, HUNGNAM = LonLat(lon=129.8167, lat=41.7667), LonLat(lon=127.6167, lat=39.8333)


def test_three_ropuchas_and_an_alligator_carry_988_to_1460():
    got = lift(["ropucha"] * 3 + ["alligator"], "persons", library(), 1500.0)
    assert (got.carried.low, got.carried.high) == (988.0, 1460.0)
    assert got.carried.high < 1500.0 <= 2 * got.carried.low
    assert any("300–425" in line for line in got.basis)


def test_twelve_thousand_need_28_to_54_shiploads():
    got = lift(["ropucha", "alligator"], "persons", library(), 12_000.0)
    assert (got.shiploads.low, got.shiploads.high) == (28.0, 54.0)


def test_a_ship_without_a_published_capacity_has_no_lift():
    assert lift(["cargo"], "persons", library()) is None
    assert lift([], "persons", library()) is None
    assert lift(["ropucha"], "containers", library()) is None


def test_a_capacity_of_zero_is_one_clear_error():
    broken = VesselClass(id="hulk", capacity=(Capacity(unit="persons", low=0.0, high=0.0, source="nobody"),))
    with pytest.raises(CaseFileError, match="capacity of 'hulk' is 0"):
        lift(["hulk"], "persons", library([broken]))


def test_a_range_is_used_where_nothing_better_is_published():
    barge = VesselClass(id="barge", capacity=(Capacity(unit="persons", low=100.0, high=200.0, source="x"),))
    got = lift(["barge", "barge"], "persons", library([barge]))
    assert (got.carried.low, got.carried.high) == (200.0, 400.0)


def test_chongjin_fits_inside_a_night_and_hungnam_does_not():
    night = parse_span("2024-10-08T09:18Z/2024-10-08T20:58Z")
    near, far = passage(CHONGJIN, DUNAI, 12.0), passage(HUNGNAM, DUNAI, 12.0)
    assert round(near.nautical_miles) == 130
    assert round(far.nautical_miles) == 281
    assert round(far.hours) == 23
    assert fits_in(near, [night])
    assert not fits_in(far, [night])


def test_too_fast_is_excluded_and_feasible_is_not():
    way = passage(HUNGNAM, DUNAI, 18.0)
    left = parse_span("2024-10-08T00:00Z/2024-10-08T06:00Z")
    assert excluded(way, left, parse_span("2024-10-08T12:00Z/2024-10-08T13:00Z"))
    assert not excluded(way, left, parse_span("2024-10-09T12:00Z/2024-10-09T13:00Z"))


def test_a_speed_of_zero_goes_nowhere():
    with pytest.raises(GeometryError, match="goes nowhere"):
        passage(CHONGJIN, DUNAI, 0.0)
