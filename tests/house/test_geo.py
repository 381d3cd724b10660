"""Metres are metres on the ellipsoid; Dunai's distances come out as published."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import GeometryError
from offing.geo import (
    NAUTICAL_MILE_M,
    LonLat,
    circle,
    destination,
    distance_m,
    ring_area_m2,
)

DUNAI = LonLat(lon=132.33542, lat=42.87879)
places = st.builds(LonLat, lon=st.floats(-180, 180), lat=st.floats(-80, 80))


@pytest.mark.parametrize(
    ("lat", "lon", "miles"),
    [
        (42.2333, 130.3000, 98),
        (41.7667, 129.8167, 130),
        (40.838, 129.497, 176),
        (39.8333, 127.6167, 281),
        (39.153, 127.444, 315),
    ],
)
def test_great_circles_to_dunai(lat: float, lon: float, miles: float) -> None:
    assert distance_m(LonLat(lon=lon, lat=lat), DUNAI) / NAUTICAL_MILE_M == pytest.approx(miles, abs=1.0)


@given(places, st.floats(0, 359.9), st.floats(1, 1e6))
def test_destination_is_as_far_as_asked(start: LonLat, bearing: float, metres: float) -> None:
    end = destination(start, bearing, metres)
    assert distance_m(start, end) == pytest.approx(metres, rel=1e-6, abs=1e-3)


def test_area_of_a_circle() -> None:
    assert ring_area_m2(circle(DUNAI, 3000.0, 720)) == pytest.approx(math.pi * 3000.0**2, rel=1e-3)


@pytest.mark.parametrize(("lon", "lat"), [(42.9, 132.3), (181, 0), (0, float("nan"))])
def test_no_place_on_earth(lon: float, lat: float) -> None:
    with pytest.raises(GeometryError, match="no place on Earth"):
        LonLat(lon=lon, lat=lat)
