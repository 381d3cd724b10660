"""The sun at many instants at once is astral's sun, and its crossings are those found by small steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.geo import LonLat
from offing.looks.darkness import nights, sun_elevation_deg
from offing.looks.sun_path import crossings, elevations_deg
from offing.timespan import TimeSpan

places = st.builds(LonLat, lon=st.floats(-180.0, 180.0), lat=st.floats(-89.8, 89.8))
"""Nearer to the poles astral computes what holds at 89.8°."""

instants = st.integers(-(10**9), 3 * 10**9).map(lambda s: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


@settings(max_examples=150, deadline=None)
@given(places, instants)
def test_it_is_astrals_sun(place, instant):
    got = float(elevations_deg(place, np.array([instant.timestamp()]))[0])
    assert abs(got - sun_elevation_deg(place, instant)) < 1e-6


@settings(max_examples=25, deadline=None)
@given(places, instants, st.sampled_from([-6.0, -0.833]))
def test_crossings_are_where_the_side_changes(place, start, level):
    first, last = start.timestamp(), (start + timedelta(days=2)).timestamp()
    dark, found = crossings(place, first, last - first, level)
    assert dark == bool(elevations_deg(place, np.array([first]))[0] < level)
    assert (np.diff(found) > 0).all()
    grid = np.arange(first, last, 60.0)
    height = elevations_deg(place, grid) - level
    turns = grid[1:][np.diff(height < 0.0)]
    for t in turns:
        assert np.abs(found - t).min() < 60.0 + 0.5 or np.abs(height).min() < 0.01
    for t in found:
        a, b = elevations_deg(place, np.array([t - 1.0, t + 1.0])) - level
        assert a * b <= 0.0 or min(abs(a), abs(b)) < 0.01


def test_a_year_of_nights():
    year = TimeSpan(start=datetime(2024, 1, 1, tzinfo=UTC), end=datetime(2025, 1, 1, tzinfo=UTC))
    found = nights(LonLat(lon=132.3, lat=42.9), year)
    assert len(found) == 366
    assert sum(n.hours for n in found) / 366 == pytest.approx(11.0, abs=0.3)


def test_many_years_are_taken_in_stretches_that_join():
    years = TimeSpan(start=datetime(1990, 1, 1, tzinfo=UTC), end=datetime(1996, 1, 1, tzinfo=UTC))
    found = nights(LonLat(lon=132.3, lat=42.9), years)
    assert len(found) == (years.end - years.start).days
    assert all(5.0 < n.hours < 15.0 for n in found[1:-1])
    assert all(b.start - a.end > timedelta(hours=8) for a, b in pairwise(found))
