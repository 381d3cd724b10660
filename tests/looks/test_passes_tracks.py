from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sgp4.propagation import gstime
from skyfield.api import EarthSatellite, load, wgs84

import orbit_samples as samples
from offing.errors import OrbitError
from offing.geo import LonLat, distance_m
from offing.looks.passes.elements import parse_elements
from offing.looks.passes.geometry import Ground, disc, ground, nadir, sight
from offing.looks.passes.model import Swath
from offing.looks.passes.repeats import RepeatTrack
from offing.looks.passes.satellites import satellite, satellites
from offing.looks.passes.tracks import abeam, propagate, seconds, sidereal, track_of

A_M = 6378137.0
OPTICAL = Swath(mode="x", band="optical", source="test", width_km=290.0)
RADAR = Swath(mode="x", band="sar", source="test", side="right", off_nadir_deg=(27.0, 40.0))


def elements(*pairs):
    return parse_elements(samples.text(*pairs), "f")


def test_sidereal_time_is_that_of_sgp4():
    times = np.array([0.0, 1.4e9 + 123.4, 1.773e9 + 0.5])
    theirs = [gstime(t / 86400.0 + 2440587.5) for t in times]
    assert np.abs(sidereal(times) - theirs).max() < 1e-8


def test_points_under_the_satellite_are_those_of_skyfield():
    one = elements(samples.S2B_MARCH)[0]
    times = seconds(one.epoch) + np.arange(-3.0, 3.0, 0.05) * 86400.0
    below = nadir(propagate(one, times)[0])[0]
    ours = [(np.degrees(np.arctan2(u[1], u[0])), np.degrees(np.arcsin(u[2]))) for u in below]
    scale = load.timescale(builtin=True)
    when = scale.from_datetimes([datetime.fromtimestamp(t, tz=UTC) for t in times])
    theirs = wgs84.subpoint_of(EarthSatellite(*samples.S2B_MARCH, None, scale).at(when))
    apart = [
        distance_m(LonLat(lon=lon, lat=lat), LonLat(lon=float(x), lat=float(y)))
        for (lon, lat), x, y in zip(ours, theirs.longitude.degrees, theirs.latitude.degrees, strict=True)
    ]
    assert max(apart) < 150.0, "metres: what UT1 − UTC turns the Earth by"


def test_the_velocity_is_the_change_of_the_position():
    one = elements(samples.S1A_2026)[0]
    times = seconds(one.epoch) + np.array([0.0, 1000.0, 2000.0])
    change = (propagate(one, times + 0.5)[0] - propagate(one, times - 0.5)[0]) / 1.0
    assert np.abs(change - propagate(one, times)[1]).max() < 0.05


@pytest.mark.parametrize("east", [-9.0, -3.0, -1.0, 1.0, 3.0, 9.0])
def test_a_circular_orbit_seen_from_the_equator_is_trigonometry(east):
    """The equator is a true circle: a satellite over it at 0° E, flying north, sees a place ``east`` degrees away."""
    height = 700_000.0
    position, velocity = np.array([[A_M + height, 0.0, 0.0]]), np.array([[0.0, 0.0, 7500.0]])
    at = ground(np.array([east]), np.array([0.0]))
    seen = sight(OPTICAL, position, velocity, at)
    psi = np.radians(abs(east))
    off_nadir = np.degrees(np.arctan2(A_M * np.sin(psi), height + A_M * (1.0 - np.cos(psi))))
    assert seen.off_nadir_deg[0] == pytest.approx(off_nadir, abs=1e-6)
    assert seen.incidence_deg[0] == pytest.approx(off_nadir + abs(east), abs=1e-6)
    assert seen.edge_km[0] == pytest.approx(145.0 - A_M * psi / 1000.0, abs=0.7)
    assert (seen.right[0], seen.ascending[0]) == (east > 0, True)
    # The radar's bounds on the ground: incidence by the law of sines, less the angle at the satellite.
    bounds = np.radians(np.array([27.0, 40.0]))
    reach = np.arcsin((A_M + height) / A_M * np.sin(bounds)) - bounds
    edge = min(psi - reach[0], reach[1] - psi) * A_M / 1000.0
    radar = sight(RADAR, position, velocity, at).edge_km[0]
    assert radar == pytest.approx(edge, abs=1e-6) if east > 0 else radar < 0.0


@pytest.mark.parametrize(("mode", "width_km", "incidence"), [("IW", 250.0, (29.1, 46.0)), ("EW", 410.0, (18.2, 47.0))])
def test_the_swath_of_sentinel_1_is_as_wide_as_published(mode, width_km, incidence):
    """All around the orbit, whose height over the ellipsoid differs by 27 km."""
    known = satellite("sentinel-1a")
    swath = next(s for s in known.swaths if s.mode == mode)
    track = RepeatTrack(known.stations[0], known.repeat)
    times = seconds(known.stations[0].anchors[3].node) + np.arange(0.0, 5920.0, 370.0)
    for position, velocity in zip(*track.states(times), strict=True):
        up, below = nadir(position)
        square = np.cross(velocity, up) / np.linalg.norm(np.cross(velocity, up))
        out = below + np.linspace(150_000.0, 900_000.0, 1501)[:, None] * square
        at = Ground(*nadir(out)[::-1])
        seen = sight(swath, *(np.broadcast_to(v, out.shape) for v in (position, velocity)), at)
        inside = np.nonzero(seen.edge_km >= 0.0)[0]
        width = np.linalg.norm(at.position[inside[-1]] - at.position[inside[0]]) / 1000.0
        assert width == pytest.approx(width_km, rel=0.05)
        assert (
            incidence[0] - 0.7 <= seen.incidence_deg[inside[0]] < seen.incidence_deg[inside[-1]] <= incidence[1] + 0.7
        )


def test_abeam_is_where_the_slant_range_is_least():
    track = track_of(elements(samples.S1A_2026))
    times = seconds(track.sets[0].epoch) + np.array([900.0, 20_000.0])
    under = nadir(track.states(times)[0])[1]
    places = under + np.array([[200_000.0, 300_000.0, 0.0], [0.0, -400_000.0, 100_000.0]])
    found = abeam(track, times + np.array([25.0, -25.0]), places)[0]
    for time, place in zip(found, places, strict=True):
        fine = time + np.linspace(-40.0, 40.0, 8001)
        ranges = np.linalg.norm(track.states(fine)[0] - place, axis=-1)
        assert abs(fine[int(np.argmin(ranges))] - time) <= 0.011


def test_the_nearest_elements_are_used_at_each_time():
    track = track_of(elements(samples.S2B_LATER, samples.S2B_MARCH))
    first, second = (seconds(e.epoch) for e in track.sets)
    middle = (first + second) / 2.0
    assert list(track.nearest(np.array([first - 1e6, middle - 1.0, middle + 1.0, second + 1e6]))) == [0, 0, 1, 1]
    times = np.array([[middle - 1.0, second], [first, middle + 1.0]])
    both = track.states(times)[0]
    assert both.shape == (2, 2, 3)
    assert np.array_equal(both[1, 1], propagate(track.sets[1], times[1, 1:])[0][0])


def test_orbits_that_do_not_stay_low_are_refused():
    with pytest.raises(OrbitError, match="2500 km"):
        track_of(elements(samples.GEO))


def test_sample_points_stand_for_equal_parts_of_a_circle():
    circle = disc(LonLat(lon=179.9, lat=-60.0), 10_000.0)
    apart = np.linalg.norm(circle.position - circle.position[0], axis=-1)
    assert len(apart) == 81
    assert (apart**2).mean() == pytest.approx(10_000.0**2 / 2.0, rel=0.03)
    assert apart.max() < 10_000.0


def stations():
    return [(s, station) for s in satellites() for station in s.stations]


@pytest.mark.parametrize(("known", "station"), stations(), ids=lambda v: getattr(v, "id", str(getattr(v, "start", ""))))
def test_anchors_of_a_station_agree_as_closely_as_is_said(known, station):
    """Each anchor left out is found again from the others, except where that means more than two years of holding."""
    for i, left in enumerate(station.anchors):
        rest = station.anchors[:i] + station.anchors[i + 1 :]
        if not rest:
            continue
        period = known.repeat.period_s
        years = min(abs((a.node - left.node).days) for a in rest) / 365.25
        fewer = type(station)(start=station.start, end=station.end, source="test", anchors=rest)
        track = RepeatTrack(fewer, known.repeat)
        count = np.round((seconds(left.node) - seconds(rest[0].node)) / period)
        time, lon = track.node(np.array([count]))
        assert abs(time[0] - seconds(left.node)) <= known.repeat.late_s * (1.0 + years / 2.0)
        aside = (lon[0] - left.lon + 180.0) % 360.0 - 180.0
        assert abs(aside) * 111.3 <= known.repeat.aside_km * (1.0 + years / 2.0)


ESA_NODES = [
    ("sentinel-1a", "2015-07-08T18:00:01.232+00:00"), ("sentinel-1a", "2019-01-12T18:00:26.232+00:00"),
    ("sentinel-1a", "2021-01-01T18:00:39.232+00:00"), ("sentinel-1a", "2022-01-08T18:00:44.232+00:00"),
    ("sentinel-1b", "2017-01-04T17:59:31.232+00:00"), ("sentinel-1b", "2019-01-06T17:59:44.232+00:00"),
    ("sentinel-1b", "2021-01-07T17:59:56.232+00:00"),
]  # fmt: skip
"""Nodes of relative orbit 1 at 0.146° E in ESA's reference orbit scenario files; none of them is an anchor."""


@pytest.mark.parametrize(("name", "when"), ESA_NODES)
def test_nodes_are_where_esa_has_them(name, when):
    known, instant = satellite(name), datetime.fromisoformat(when)
    track = RepeatTrack(known.stations[0], known.repeat)
    count = np.round((seconds(instant) - seconds(known.stations[0].anchors[0].node)) / known.repeat.period_s)
    time, lon = track.node(np.array([count]))
    assert abs(time[0] - seconds(instant)) < known.repeat.late_s
    assert abs((lon[0] - 0.146 + 180.0) % 360.0 - 180.0) * 111.3 < known.repeat.aside_km


def test_the_repeated_track_is_the_satellite_s_own():
    """Positions from the reference orbit against those from elements of the time, over two days."""
    one = elements(samples.S1A_2026)[0]
    times = seconds(one.epoch) + np.arange(-86400.0, 86400.0, 977.0)
    known = satellite("sentinel-1a")
    theirs, speed = propagate(one, times)
    apart = RepeatTrack(known.stations[0], known.repeat).states(times)[0] - theirs
    along = (apart * speed).sum(-1) / np.linalg.norm(speed, axis=-1)
    across = np.cross(theirs, speed)
    across = (apart * across).sum(-1) / np.linalg.norm(across, axis=-1)
    assert np.abs(along).max() < 4_000.0
    assert np.abs(across).max() < 1_000.0


def test_a_track_comes_back_after_its_cycle():
    known = satellite("landsat-9")
    track = RepeatTrack(known.stations[0], known.repeat)
    last = seconds(known.stations[0].anchors[-1].node)
    times = last + 86400.0 * 16 + np.arange(0.0, 86400.0, 1777.0)
    cycle = timedelta(days=16).total_seconds()
    assert np.abs(track.states(times)[0] - track.states(times + cycle)[0]).max() < 1.0
    up = Ground(*(np.array([[1.0, 0.0, 0.0]]),) * 2).up[0]
    near = track.near(up, 0.05, times[0], times[0] + 3 * cycle)
    assert near.size % 3 == 0
    assert near.size > 0
