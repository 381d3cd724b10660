"""Places between fixes: right on simple tracks, as uncertain as the gap is long, and never invented."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from scipy.interpolate import CubicHermiteSpline

from ais_files import NOON
from offing.geo import KNOT_M_S, LonLat, distance_m
from offing.vessels.ais.expected import expected
from offing.vessels.ais.model import Assumptions, Fix, Static, Track
from offing.vessels.ais.motion import Observed, Way, speed_vector, states
from offing.vessels.ais.plane import middle_of, to_metres, to_place

SECONDS = 7
"""Off the minute, so that the times are not taken for rounded ones."""
PLACE = LonLat(lon=132.3, lat=42.9)
GEOD = Geod(ellps="WGS84")


def sailing(minutes, *, knots=12.0, course=60.0, place=PLACE, key="273000001", **static):
    """A track on a straight geodesic; ``minutes`` from noon of its fixes."""
    fixes = []
    for minute in minutes:
        metres = knots * KNOT_M_S * (60.0 * minute + SECONDS)
        lon, lat, _ = GEOD.fwd(place.lon, place.lat, course, metres)
        fixes.append(
            Fix(
                time=NOON + timedelta(minutes=minute, seconds=SECONDS),
                lon=lon,
                lat=lat,
                sog_kn=knots,
                cog_deg=course % 360,
                heading_deg=course,
            )
        )
    return Track(key=key, mmsi=key, static=Static(**static), fixes=tuple(fixes))


def at_noon(track, **assumed):
    return expected(track, NOON, PLACE, Assumptions(**assumed))


@pytest.mark.parametrize("minutes", [(-3, 4), (-30, 30), (-90, 90)])
@pytest.mark.parametrize("course", [0.0, 60.0, 200.0])
def test_a_straight_course_is_followed(minutes, course):
    found = at_noon(sailing(minutes, course=course))
    assert distance_m(found.place, PLACE) < 30.0 + 2.0 * max(minutes)
    assert found.speed_kn == pytest.approx(12.0, abs=0.3)
    assert abs((found.course_deg - course + 180) % 360 - 180) < 2.0


def test_dead_reckoning_goes_on_as_she_went():
    found = at_noon(sailing((-20, -10)))
    assert distance_m(found.place, PLACE) < 100.0
    assert (found.before_s, found.after_s) == (593.0, None)


def test_longer_gaps_are_less_certain():
    errors = [at_noon(sailing((-m, m))).error_m for m in (2, 10, 30, 60, 120, 240, 300)]
    assert errors == sorted(errors)
    assert errors[0] < 100.0
    assert errors[-1] > 2000.0
    assert all(
        e < 25.0 * KNOT_M_S * 60.0 * m + 500.0 for e, m in zip(errors, (2, 10, 30, 60, 120, 240, 300), strict=True)
    )


def test_beyond_the_limit_there_is_no_place():
    assert at_noon(sailing((-400, 400))) is None
    assert at_noon(sailing((-400, 400)), most_gap_h=14.0) is not None
    assert at_noon(sailing((-181,))) is None
    assert at_noon(sailing((-179,))) is not None
    assert at_noon(sailing((200, 210))) is None


def test_a_ship_at_rest_stays_mostly_where_she_is():
    track = sailing((-240, 240), knots=0.0)
    found = at_noon(track)
    assert max(found.parts, key=lambda p: p.weight).name == "at rest"
    assert distance_m(found.place, PLACE) < 300.0
    assert sum(p.weight for p in found.parts if p.name != "at rest") > 0.01  # she may have left and come back


def test_the_mean_between_two_fixes_is_the_cubic_hermite_curve():
    v0, v1 = speed_vector(12.0, 60.0), speed_vector(8.0, 100.0)
    fixes = [
        Observed(seconds=-1200.0, place_m=(-6000.0, -3000.0), place_sd_m=0.01, velocity_m_s=v0, velocity_sd_m_s=1e-4),
        Observed(seconds=1800.0, place_m=(9000.0, 1000.0), place_sd_m=0.01, velocity_m_s=v1, velocity_sd_m_s=1e-4),
    ]
    (state,) = states(fixes, (Way(name="one", prior=1.0, wander=1e-2),))
    curve = CubicHermiteSpline([-1200.0, 1800.0], [(-6000.0, -3000.0), (9000.0, 1000.0)], [v0, v1])
    assert state.mean[:2] == pytest.approx(curve(0.0), abs=1.0)
    assert state.mean[2:] == pytest.approx(curve(0.0, 1), abs=1e-2)
    # Of an integrated Wiener process pinned at both ends: q a³ b³ / (3 T³).
    assert state.covariance[0] == pytest.approx(1e-2 * 1200.0**3 * 1800.0**3 / (3 * 3000.0**3), rel=1e-2)


def test_the_state_is_that_of_a_kalman_smoother():
    rng = np.random.default_rng(3)
    times = np.array([-900.0, -500.0, -100.0, 300.0, 700.0])
    q, places = 5e-3, rng.normal(0, 500, (5, 2))
    fixes = [
        Observed(seconds=t, place_m=tuple(p), place_sd_m=20.0, velocity_m_s=None)
        for t, p in zip(times, places, strict=True)
    ]
    (state,) = states(fixes, (Way(name="one", prior=1.0, wander=q),))
    mean, covariance = smoothed(np.r_[times[:3], 0.0, times[3:]], np.insert(places, 3, np.nan, axis=0), q, 3)
    assert state.mean == pytest.approx([mean[0, 0], mean[0, 1], mean[1, 0], mean[1, 1]], rel=1e-3, abs=0.05)
    assert state.covariance == pytest.approx([covariance[0, 0], covariance[0, 1], covariance[1, 1]], rel=1e-2)


def smoothed(times, places, q, wanted):
    """Rauch, Tung and Striebel's smoother, written out."""
    mean, spread = np.zeros((2, 2)), np.diag([9e10, 49.0])
    means, spreads, predicted = [], [], []
    for i, t in enumerate(times):
        if i:
            d = t - times[i - 1]
            step = np.array([[1, d], [0, 1]])
            mean, spread = step @ mean, step @ spread @ step.T + q * np.array([[d**3 / 3, d**2 / 2], [d**2 / 2, d]])
        predicted.append((mean, spread))
        if not np.isnan(places[i, 0]):
            gain = spread[:, :1] / (spread[0, 0] + 400.0)
            mean, spread = mean + gain * (places[i] - mean[0]), spread - gain @ spread[:1]
        means.append(mean)
        spreads.append(spread)
    for i in range(len(times) - 2, wanted - 1, -1):
        step = np.array([[1, times[i + 1] - times[i]], [0, 1]])
        gain = spreads[i] @ step.T @ np.linalg.inv(predicted[i + 1][1])
        means[i] = means[i] + gain @ (means[i + 1] - predicted[i + 1][0])
        spreads[i] = spreads[i] + gain @ (spreads[i + 1] - predicted[i + 1][1]) @ gain.T
    return means[wanted], spreads[wanted]


def test_the_antenna_is_taken_back_to_the_middle_of_the_hull():
    found = at_noon(sailing((-3, 3), course=90.0, length_m=300.0, antenna_m=(-120.0, 0.0)))
    assert to_metres(PLACE, found.place.lon, found.place.lat)[0] == pytest.approx([120.0, 0.0], abs=10.0)
    told, untold = (
        at_noon(sailing((-3, 3), length_m=300.0, antenna_m=(0.0, 0.0))),
        at_noon(sailing((-3, 3), length_m=300.0)),
    )
    assert untold.error_m > told.error_m + 50.0


def test_times_told_to_the_minute_are_less_certain():
    track = sailing((-2, 3), length_m=100.0, antenna_m=(0.0, 0.0))
    sharp = Track(
        key=track.key, mmsi=None, static=track.static,
        fixes=tuple(Fix(time=f.time, lon=f.lon, lat=f.lat) for f in track.fixes),
    )  # fmt: skip
    rounded = tuple(Fix(time=f.time - timedelta(seconds=SECONDS), lon=f.lon, lat=f.lat) for f in track.fixes)
    blurred = Track(key=track.key, mmsi=None, static=track.static, fixes=rounded)
    assert at_noon(blurred).error_m > at_noon(sharp).error_m + 30.0


def test_headings_are_told_only_while_they_hold():
    assert at_noon(sailing((-10, 10))).heading_deg == 60.0
    assert at_noon(sailing((-60, 60))).heading_deg is None
    assert at_noon(sailing((-60, 60), knots=0.0)).heading_deg == 60.0


@settings(max_examples=50, deadline=None)
@given(st.floats(-179, 179), st.floats(-80, 80), st.floats(-2e5, 2e5), st.floats(-2e5, 2e5))
def test_the_map_keeps_distances_from_its_anchor(lon, lat, east, north):
    anchor = LonLat(lon=lon, lat=lat)
    place = to_place(anchor, east, north)
    assert GEOD.inv(lon, lat, place.lon, place.lat)[2] == pytest.approx(math.hypot(east, north), rel=1e-9, abs=1e-6)
    assert to_metres(anchor, place.lon, place.lat)[0] == pytest.approx([east, north], abs=1e-3)


def test_distances_off_the_anchor_are_true_too():
    a, b = to_place(PLACE, 150_000.0, 120_000.0), to_place(PLACE, 150_300.0, 120_400.0)
    assert GEOD.inv(a.lon, a.lat, b.lon, b.lat)[2] == pytest.approx(500.0, rel=4e-4)


def test_the_middle_knows_no_antimeridian():
    assert abs(abs(middle_of([(179.5, 10.0), (-179.5, 10.0)]).lon) - 180.0) < 1e-9


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-300, 300), min_size=1, max_size=12, unique=True), st.floats(0, 359), st.floats(0, 25))
def test_every_place_is_finite_and_its_weights_sum_to_one(minutes, course, knots):
    found = at_noon(sailing(sorted(minutes), course=course, knots=knots))
    if found is None:
        return
    assert sum(p.weight for p in found.parts) == pytest.approx(1.0, abs=1e-5)
    for part in found.parts:
        assert np.linalg.eigvalsh(np.array(part.covariance)).min() > -1e-6
    assert math.isfinite(found.error_m)
