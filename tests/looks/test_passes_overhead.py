import math
import warnings
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skyfield.api import EarthSatellite, load, wgs84

import orbit_samples as samples
from offing.errors import OffingWarning, OrbitError
from offing.geo import LonLat, distance_m
from offing.looks.passes.elements import parse_elements
from offing.looks.passes.geometry import Ground, ground, sight
from offing.looks.passes.overhead import next_passes, not_known, passes_over
from offing.looks.passes.placing import pieces
from offing.looks.passes.satellites import orbits, satellites
from offing.timespan import TimeSpan, parse_span

DUNAI = LonLat(lon=132.335, lat=42.879)
EQUATOR = LonLat(lon=20.0, lat=0.0)


def elements(*pairs):
    return parse_elements(samples.text(*pairs), "f.tle")


def around(when, **hours):
    moment = datetime.fromisoformat(when).replace(tzinfo=UTC)
    return TimeSpan(start=moment - timedelta(**hours), end=moment + timedelta(**hours))


@pytest.mark.parametrize("place", [DUNAI, LonLat(lon=-179.95, lat=-16.2), LonLat(lon=20.0, lat=80.5)])
def test_passes_from_elements_are_skyfield_s_culminations(place):
    """As often as skyfield has the satellite culminate near enough to the zenith, and within two seconds of then."""
    one = elements(samples.S2B_MARCH)[0]
    span = TimeSpan(start=one.epoch - timedelta(days=5), end=one.epoch + timedelta(days=5))
    (orbit,) = orbits(["sentinel-2b"], [one])
    ours = passes_over(place, 100.0, span, [orbit])
    scale = load.timescale(builtin=True)
    theirs, here = EarthSatellite(*samples.S2B_MARCH, None, scale), wgs84.latlon(place.lat, place.lon)
    times, events = theirs.find_events(here, *scale.from_datetimes([span.start, span.end]), altitude_degrees=60.0)
    away = {}
    for time, event in zip(times, events, strict=True):
        below = wgs84.subpoint_of(theirs.at(time))
        under = LonLat(lon=float(below.longitude.degrees), lat=float(below.latitude.degrees))
        if event == 1:
            away[time.utc_datetime()] = distance_m(under, place) / 1000.0
    assert sum(km < 145.0 for km in away.values()) >= 2
    for p in ours:
        time = min(away, key=lambda t: abs(t - p.time))
        assert abs(time - p.time) < timedelta(seconds=2)
        assert p.edge_km == pytest.approx(145.0 - away[time], abs=3.0)
    assert sum(km < 142.0 for km in away.values()) <= len(ours) <= sum(km < 148.0 for km in away.values())


PRODUCTS = [
    ("sentinel-1a", "2023-08-25T12:22:39", 25, (85.0, 28.3)),
    ("sentinel-1a", "2026-03-29T18:18:12", 25, (-5.4, 36.1)),
    ("sentinel-1b", "2020-05-16T00:03:57", 25, (88.11, 21.74)),
    ("sentinel-1b", "2020-06-20T10:18:16", 35, (116.26, 29.05)),
    ("sentinel-1b", "2020-07-14T10:18:17", 35, (116.26, 29.05)),
    ("sentinel-1b", "2020-07-24T14:20:22", 25, (-122.95, 50.11)),
    ("sentinel-1c", "2025-09-21T20:07:37", 23, (144.75, 13.45)),
    ("sentinel-1c", "2026-08-09T05:31:24", 25, (11.5, 57.3)),
    ("sentinel-1d", "2026-08-24T00:18:43", 27, (84.65, 28.43)),
    ("sentinel-1d", "2026-08-28T12:21:41", 25, (85.0, 28.3)),
    ("sentinel-1d", "2026-09-29T11:10:23", 30, (105.3, 8.6)),
]
"""Start and length in seconds of real Sentinel-1 products, by their names, and a place within each."""


@pytest.mark.parametrize(("name", "start", "seconds", "place"), PRODUCTS)
def test_real_radar_products_are_passes(name, start, seconds, place):
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    found = passes_over(LonLat(lon=place[0], lat=place[1]), 3000.0, around(start, hours=3), orbits([name]))
    assert len(found) == 1
    assert found[0].covers == 1.0
    slack = timedelta(seconds=found[0].uncertainty_s)
    assert begin - slack <= found[0].time <= begin + timedelta(seconds=seconds) + slack
    assert found[0].uncertainty_s < 30.0


TILES = [
    ("sentinel-2a", "2025-01-18T05:31:41", (73.2, 18.5)), ("sentinel-2a", "2026-10-02T05:32:41", (73.2, 18.5)),
    ("sentinel-2c", "2026-08-31T05:26:41", (73.2, 18.5)), ("sentinel-2a", "2025-03-16T09:41:21", (15.6, 38.4)),
    ("sentinel-2a", "2025-03-20T10:57:51", (0.8, 51.9)), ("sentinel-2a", "2025-03-21T10:27:31", (9.8, 53.7)),
    ("sentinel-2b", "2025-06-16T03:25:19", (105.5, 27.75)), ("sentinel-2b", "2025-08-18T03:35:39", (105.5, 27.75)),
    ("sentinel-2c", "2025-03-18T10:58:21", (0.7, 51.9)), ("sentinel-2c", "2025-03-26T03:36:01", (105.5, 27.75)),
]  # fmt: skip
"""Datatake start of real Sentinel-2 tiles, by their names, and a place within each."""


@pytest.mark.parametrize(("name", "start", "place"), TILES)
def test_real_optical_products_are_passes(name, start, place):
    """A datatake begins up to 20 minutes before, in the far north, and its start is all that the name says."""
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    found = passes_over(LonLat(lon=place[0], lat=place[1]), 20_000.0, around(start, hours=6), orbits([name]))
    day = [p for p in found if p.daylight]
    assert len(day) == 1
    assert timedelta(seconds=-20) <= day[0].time - begin <= timedelta(minutes=20)
    assert day[0].direction == "descending"


WRS = [
    ("landsat-9", "2022-06-24", (13.4, 52.5)), ("landsat-9", "2022-06-15", (10.8, 52.4)),
    ("landsat-9", "2026-08-10", (85.7, 28.9)),
    ("landsat-8", "2013-09-28", (-67.8, -24.6)),
    ("landsat-9", "2023-10-02", (-67.8, -24.6)),
]  # fmt: skip
"""Day of real Landsat scenes, by their names, and a place within their path and row."""


@pytest.mark.parametrize(("name", "day", "place"), WRS)
def test_real_landsat_scenes_are_passes(name, day, place):
    found = passes_over(LonLat(lon=place[0], lat=place[1]), 3000.0, parse_span(day), orbits([name]))
    assert [p.direction for p in found if p.daylight] == ["descending"]


def test_in_autumn_2024_only_sentinel_1a_flew_of_its_kind():
    found = passes_over(DUNAI, 3000.0, parse_span("2024-10-01/2024-11-30"), orbits())
    assert {p.satellite for p in found if p.band == "sar"} == {"sentinel-1a"}
    assert {p.satellite for p in found if p.band == "optical"} == {
        "sentinel-2a",
        "sentinel-2b",
        "landsat-8",
        "landsat-9",
    }


@pytest.mark.parametrize(
    ("name", "span", "some"),
    [
        ("sentinel-1b", "2021-12-01/2021-12-22", True),
        ("sentinel-1b", "2021-12-25/2022-03-01", False),
        ("sentinel-1c", "2024-12-06/2025-03-25", False),
        ("sentinel-1c", "2025-03-26/2025-04-30", True),
        ("sentinel-1c", "2026-06-09/2026-06-23", False),
        ("sentinel-1d", "2025-11-05/2026-04-13", False),
        ("sentinel-1a", "2026-07-01/2026-08-01", False),
        ("sentinel-2c", "2024-09-06/2025-01-20", False),
        ("sentinel-2a", "2025-01-22/2025-03-12", False),
        ("landsat-7", "2020-01-01/2020-03-01", False),
    ],
)
def test_satellites_pass_only_while_they_are_at_work_and_placed(name, span, some):
    assert bool(passes_over(DUNAI, 3000.0, parse_span(span), orbits([name]))) is some


def test_what_is_not_known_is_said():
    span = parse_span("2026-06-01/2026-06-30")
    (gap,) = not_known(span, orbits(["sentinel-1c", "sentinel-2b", "sentinel-1b"]))
    assert (gap.satellite, gap.start.day, gap.end.day) == ("sentinel-1c", 8, 24)
    assert "TLE" in gap.reason
    assert [g.satellite for g in not_known(parse_span("2020-01"), orbits())] == ["landsat-7"]


def test_what_pictures_are_taken_of_goes_with_the_time():
    before, after = (
        passes_over(DUNAI, 3000.0, parse_span(month), orbits(["sentinel-2a"]))[0].basis
        for month in ("2024-10", "2026-10")
    )
    assert "extended mission" not in before
    assert "every second one" in after


def local_hours(place, name, span="2024-03-01/2024-03-31"):
    found = passes_over(place, 3000.0, parse_span(span), orbits([name]))
    return {
        way: [(p.time.hour + p.time.minute / 60.0 + place.lon / 15.0) % 24.0 for p in found if p.direction == way]
        for way in ("ascending", "descending")
    }


def test_local_times_are_those_of_the_method():
    """Sentinel-1 near 06 and 18 local, Sentinel-2 near 10:30: mean solar time at the equator, where tracks are told."""
    radar, optical = local_hours(EQUATOR, "sentinel-1a"), local_hours(EQUATOR, "sentinel-2a")
    assert radar["ascending"] == pytest.approx([18.0] * len(radar["ascending"]), abs=0.6)
    assert radar["descending"] == pytest.approx([6.0] * len(radar["descending"]), abs=0.6)
    assert optical["descending"] == pytest.approx([10.5] * len(optical["descending"]), abs=0.3)
    assert all(map(len, (*radar.values(), *optical.values())))


def test_sentinel_2_never_sees_by_night_nor_in_polar_night():
    winter = passes_over(LonLat(lon=15.0, lat=78.2), 3000.0, parse_span("2024-12"), orbits(["sentinel-2b"]))
    assert len(winter) > 30
    assert not any(p.daylight for p in winter)
    summer = passes_over(LonLat(lon=15.0, lat=78.2), 3000.0, parse_span("2024-06"), orbits(["sentinel-2b"]))
    assert all(p.daylight for p in summer)
    assert not any(p.daylight for p in passes_over(DUNAI, 3000.0, parse_span("2024-10"), orbits(["sentinel-2b"]))
                   if p.direction == "ascending")  # fmt: skip


def test_passes_come_again_after_the_cycle_and_twins_half_a_cycle_apart():
    first = passes_over(DUNAI, 3000.0, parse_span("2026-09-01/2026-09-12"), orbits(["sentinel-1c"]))
    again = passes_over(DUNAI, 3000.0, parse_span("2026-09-13/2026-09-24"), orbits(["sentinel-1c"]))
    twin = passes_over(DUNAI, 3000.0, parse_span("2026-09-01/2026-09-24"), orbits(["sentinel-1d"]))
    assert [p.time + timedelta(days=12) for p in first] == [p.time for p in again]
    for p in first:
        later = min(twin, key=lambda q: abs(q.time - p.time - timedelta(days=6)))
        assert abs(later.time - p.time - timedelta(days=6)) < timedelta(seconds=40)
        assert later.incidence_deg == pytest.approx(p.incidence_deg, abs=0.1)


def test_the_date_line_is_no_edge():
    sides = [LonLat(lon=lon, lat=-16.0) for lon in (179.9999, -179.9999)]
    east, west = (passes_over(side, 3000.0, parse_span("2026-09"), orbits()) for side in sides)
    assert [(p.time, p.satellite) for p in east] == [(p.time, p.satellite) for p in west]
    assert [p.covers for p in east] == pytest.approx([p.covers for p in west], abs=0.03)
    assert len(east) > 20


@pytest.mark.parametrize("lat", [90.0, -90.0, 89.99])
def test_the_poles_are_places(lat):
    assert passes_over(LonLat(lon=0.0, lat=lat), 3000.0, parse_span("2026-09-01/2026-09-02"), orbits()) == ()


def test_part_of_a_wide_site_is_the_segment_that_the_edge_cuts_off():
    radius = 60.0
    found = passes_over(DUNAI, radius * 1000.0, parse_span("2026-09"), orbits())
    cut = [p for p in found if abs(p.edge_km) < 0.9 * radius]
    assert len(cut) >= 4
    for p in cut:
        inside = -p.edge_km / radius
        segment = (math.acos(inside) - inside * math.sqrt(1.0 - inside**2)) / math.pi
        assert p.covers == pytest.approx(segment, abs=0.04)
        assert p.start <= p.end
    assert all(p.covers == 1.0 for p in found if p.edge_km > radius * 1.1)


def test_the_circle_is_abeam_between_start_and_end():
    for p in passes_over(DUNAI, 50_000.0, parse_span("2026-09-01/2026-09-06"), orbits()):
        assert p.start <= p.time <= p.end or p.covers < 1.0
        assert (p.end - p.start).total_seconds() * p.covers**-1 >= 8.0 or p.covers < 0.3
        assert (p.end - p.start) <= timedelta(seconds=18)


def test_elements_ten_years_old_are_refused_with_their_age():
    with pytest.raises(OrbitError, match=r"10\.\d years") as caught:
        passes_over(DUNAI, 3000.0, parse_span("2027-08"), own(samples.LANDSAT7_2017))
    assert "2017-04-28" in str(caught.value)


def own(*pairs, swath_km=290.0):
    """The same elements as those of a satellite that nobody knows."""
    spoilt = [tuple(samples.checksummed(line[:2] + "99999" + line[7:]) for line in pair) for pair in pairs]
    return orbits(["NORAD 99999"], elements(*spoilt), {99999: swath_km})


@pytest.mark.parametrize("days", [31.0, -31.0, 3650.0])
def test_elements_are_refused_past_thirty_days(days):
    epoch = elements(samples.S2B_MARCH)[0].epoch
    start = epoch + timedelta(days=days)
    with pytest.raises(OrbitError, match=r"days from|years from"):
        passes_over(DUNAI, 3000.0, TimeSpan(start=start, end=start + timedelta(hours=3)), own(samples.S2B_MARCH))


def test_a_gap_between_two_epochs_is_refused_too():
    pairs = (samples.S2A_2016, samples.S2B_MARCH)
    span = TimeSpan(start=elements(pairs[0])[0].epoch, end=elements(pairs[1])[0].epoch)
    with pytest.raises(OrbitError, match="years from"):
        passes_over(DUNAI, 3000.0, span, own(*pairs))


def test_ageing_elements_warn_and_grow_uncertain():
    epoch, place = elements(samples.S2B_MARCH)[0].epoch, DUNAI
    with pytest.warns(OffingWarning, match="up to 24 days"):
        found = passes_over(
            place, 3000.0, TimeSpan(start=epoch, end=epoch + timedelta(days=24)), own(samples.S2B_MARCH)
        )
    ages = [abs(p.time - epoch).total_seconds() / 86400.0 for p in found]
    assert [p.uncertainty_s for p in found] == pytest.approx([2.0 + 0.035 * a**2 for a in ages], abs=0.06)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fresh = passes_over(place, 3000.0, TimeSpan(start=epoch, end=epoch + timedelta(days=6)), own(samples.S2B_MARCH))
    assert [p.time for p in fresh] == [p.time for p in found if p.time < epoch + timedelta(days=6)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (samples.S2B_MARCH, samples.S2B_LATER),
        (samples.TERRA_JUNE, samples.TERRA_JULY),
        (samples.ICESAT2_EARLIER, samples.ICESAT2_LATER),
    ],
)
def test_aged_elements_are_right_within_what_they_say(old, new):
    """Old elements against later ones, on which the passes of those days are right to a second or two."""
    epoch = elements(new)[0].epoch
    span = TimeSpan(start=epoch - timedelta(days=2), end=epoch + timedelta(days=2))
    with pytest.warns(OffingWarning):
        aged = passes_over(DUNAI, 3000.0, span, own(old, swath_km=1200.0))
    true = passes_over(DUNAI, 3000.0, span, own(new, swath_km=1200.0))
    matched = [(a, b) for b in true for a in aged if abs(a.time - b.time) < timedelta(minutes=10)]
    assert len(matched) >= 2
    for a, b in matched:
        assert abs((a.time - b.time).total_seconds()) <= a.uncertainty_s + 1.0
        assert abs(a.edge_km - b.edge_km) <= a.uncertainty_km + 1.0


def test_fresh_elements_and_the_reference_orbit_agree_and_the_fresh_are_used():
    one = elements(samples.S1A_2026)[0]
    span = TimeSpan(start=one.epoch - timedelta(days=12), end=one.epoch + timedelta(days=12))
    from_elements = passes_over(DUNAI, 3000.0, span, orbits(["sentinel-1a"], [one]))
    from_track = passes_over(DUNAI, 3000.0, span, orbits(["sentinel-1a"]))
    assert len(from_elements) == len(from_track)
    for a, b in zip(from_elements, from_track, strict=True):
        near = abs(a.time - one.epoch) < timedelta(days=7)
        assert a.basis.startswith("elements of 2026-03-11" if near else "reference orbit")
        assert abs((a.time - b.time).total_seconds()) <= 3.0
        assert a.incidence_deg == pytest.approx(b.incidence_deg, abs=0.1)


def test_decayed_satellites_are_refused():
    low = [samples.checksummed(samples.ALOS2[0][:53] + " 99999-1" + samples.ALOS2[0][61:]),
           samples.checksummed(samples.ALOS2[1][:52] + "16.30000000" + samples.ALOS2[1][63:])]  # fmt: skip
    epoch = elements(low)[0].epoch
    span = TimeSpan(start=epoch + timedelta(days=20), end=epoch + timedelta(days=29))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OffingWarning)
        with pytest.raises(OrbitError, match=r"decayed|100 and 2500"):
            passes_over(DUNAI, 3000.0, span, own(tuple(low)))


def test_satellites_of_a_file_need_a_swath_and_are_asked_for_by_name():
    alos = elements(samples.ALOS2)
    with pytest.raises(OrbitError, match="swath_km"):
        orbits((), alos)
    named = parse_elements(samples.text(samples.ALOS2, name="ALOS-2"), "f")
    (one,) = orbits(["ALOS-2"], named, {39766: 50.0})
    assert (one.satellite, one.swath.width_km, one.known) == ("ALOS-2", 50.0, None)
    assert len(orbits((), named, {39766: 50.0})) == len(satellites()) + 1


@pytest.mark.parametrize(
    ("name", "says"),
    [("sentinel-1x", "sentinel-1"), ("sentinel-1a:WV", "IW, EW"), ("", "known are"), ("\x1b[31m", "known")],
)
def test_names_that_are_none_are_refused(name, says):
    with pytest.raises(OrbitError, match=says):
        orbits([name])


def test_names_are_taken_as_people_write_them():
    for name in ("Sentinel-1A", "SENTINEL 1A", "sentinel_1a", "39634"):
        assert orbits([name])[0].satellite == "sentinel-1a"
    assert orbits(["sentinel-1a:ew"])[0].swath.mode == "EW"


def test_results_are_in_order_and_the_same_again():
    span = parse_span("2026-09")
    first = passes_over(DUNAI, 3000.0, span, orbits())
    assert first == passes_over(DUNAI, 3000.0, span, tuple(reversed(orbits())))
    assert [p.time for p in first] == sorted(p.time for p in first)
    assert all(p.time in span for p in first)
    halves = [
        passes_over(DUNAI, 3000.0, parse_span(h), orbits()) for h in ("2026-09-01/2026-09-15", "2026-09-16/2026-09-30")
    ]
    assert first == halves[0] + halves[1]


def test_next_passes_are_those_of_the_days_to_come():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    found = next_passes(DUNAI, 3000.0, now, orbits(), days=3.0)
    assert found == passes_over(DUNAI, 3000.0, TimeSpan(start=now, end=now + timedelta(days=3)), orbits())
    assert "an overflight, not an acquisition" in found[0].basis


def test_facts_have_their_sources():
    for known in satellites():
        assert known.launch.source
        assert known.data_from is not None
        assert known.data_from.on > known.launch.on
        assert all(a.source for s in known.stations for a in s.anchors)
        assert all(s.source for s in known.stations)
        assert np.all(np.diff([a.node.timestamp() for s in known.stations for a in s.anchors]) > 0)


@settings(max_examples=20, deadline=None)
@given(st.floats(-180.0, 180.0), st.floats(-90.0, 90.0), st.sampled_from(["sentinel-1a", "sentinel-2b", "ALOS-2"]))
def test_no_pass_is_missed_and_none_made_up(lon, lat, name):
    """Against every five seconds of two days, with no search at all."""
    named = parse_elements(samples.text(samples.ALOS2, name="ALOS-2"), "f")
    (orbit,) = orbits([name], named, {39766: 700.0})
    start = named[0].epoch - timedelta(days=60 if name == "sentinel-1a" else 1)
    span = TimeSpan(start=start, end=start + timedelta(days=2))
    found = passes_over(LonLat(lon=lon, lat=lat), 1.0, span, [orbit])
    (piece,) = pieces(orbit, span.start, span.end)
    times = np.arange(piece.start - 60.0, piece.end + 60.0, 5.0)
    at = ground(np.array([lon]), np.array([lat]))
    position, velocity = piece.track.states(times)
    away = np.linalg.norm(position - at.position, axis=-1)
    nearest = 1 + np.nonzero((away[1:-1] < away[:-2]) & (away[1:-1] <= away[2:]))[0]
    everywhere = Ground(*(np.broadcast_to(v, (nearest.size, 3)) for v in (at.position, at.up)))
    seen = sight(orbit.swath, position[nearest], velocity[nearest], everywhere)
    up = seen.incidence_deg < 80.0
    sure, maybe = (times[nearest[up & (seen.edge_km > margin)]] for margin in (3.0, -3.0))
    for time in sure:
        assert any(abs(p.time.timestamp() - time) < 8.0 for p in found)
    for p in found:
        assert np.abs(maybe - p.time.timestamp()).min() < 8.0
