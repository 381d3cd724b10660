"""Which detection is which ship, which is dark, and where AIS cannot tell."""

import math
from datetime import timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais_files import NOON
from ais_scene import GEOD, PLACE, detection, off, track
from offing.bench.ais_worlds import world
from offing.errors import AisError, NoGeoreferenceError
from offing.geo import KNOT_M_S, LonLat
from offing.imagery.sentinel1_orbit import pass_over
from offing.vessels.ais import match, read_coverage, usual_views
from offing.vessels.ais.coverage import inside, jeffreys
from offing.vessels.ais.model import Assumptions, Coverage, RadarView
from offing.vessels.ais.views import displacement

SQUARE = tuple(
    (p.lon, p.lat) for p in (off(x, y) for x, y in ((-2e4, -2e4), (2e4, -2e4), (2e4, 2e4), (-2e4, 2e4), (-2e4, -2e4)))
)
VIEW = RadarView(
    heading_deg=350.0,
    heading_error_deg=0.3,
    anchor=PLACE,
    seconds=(75.0,),
    seconds_error=0.3,
    prior=1.0,
    basis="annotation",
)
EVERYWHERE = Coverage(rings=(SQUARE,), start=None, end=None)


def compare(detections, tracks, coverage=(), views=(), **more):
    return match(detections, NOON, tracks, coverage, views, footprint=SQUARE, **more)


def test_a_ship_where_she_says_is_matched():
    (m,) = compare([detection(20, 10)], [track(0, 0)]).matches
    assert (m.outcome, m.mmsi, m.name) == ("matched", "273000001", "SHIP 1")
    assert m.probability.low <= m.probability.value <= m.probability.high
    assert m.probability.value > 0.95
    assert m.residual_m == pytest.approx(math.hypot(20, 10), abs=10.0)
    assert m.residual_corrected_m is None
    assert {f.name for f in m.factors} == {"position", "length", "beam", "axis"}


def test_without_coverage_nothing_is_dark():
    for tracks in ([], [track(15_000, 0)], [track(15_000, 0, key=f"27300000{n}") for n in range(3)]):
        (m,) = compare([detection(0, 0)], tracks).matches
        assert m.outcome == "not searched"
        assert m.mmsi is None
        assert "cannot tell" in m.reason


def test_dark_needs_coverage_of_the_place_and_the_time():
    (m,) = compare([detection(0, 0)], [], [EVERYWHERE]).matches
    assert (m.outcome, m.nobody) == ("dark", 1.0)
    assert "need not send" in m.reason
    untimed = msgspec.structs.replace(detection(0, 0), time=None)
    assert compare([untimed], [], [EVERYWHERE]).matches[0].outcome == "dark", "the picture's time is what counts"
    past = Coverage(rings=(SQUARE,), start=None, end=NOON - timedelta(hours=1))
    elsewhere = Coverage(rings=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),), start=None, end=None)
    poor = Coverage(rings=(SQUARE,), start=None, end=None, reception=0.4)
    for area in (past, elsewhere, poor):
        assert compare([detection(0, 0)], [], [area]).matches[0].outcome == "not searched"


def test_other_ships_tell_whether_ais_was_received():
    near = [track(3000.0 * n, 9000.0, key=f"2730000{n:02d}", minutes=(-5, 5)) for n in range(-6, 7)]
    near += [track(3000.0 * n, 12_000.0, key=f"2740000{n:02d}", minutes=(-5, 5)) for n in range(-6, 7)]
    (m,) = compare([detection(0, -9000)], near).matches
    assert m.outcome == "dark"
    assert m.reception.low >= 0.8
    assert "26 of 26 ships within 25 km" not in m.reason  # some of them lie farther away
    assert "heard within 30 min" in m.reason
    silent = [track(3000.0 * n, 9000.0, key=f"2730000{n:02d}", minutes=(-90, 80)) for n in range(-6, 7)]
    (m,) = compare([detection(0, -9000)], silent).matches
    assert m.outcome in ("not searched", "ambiguous")  # any of them may have come and gone in between
    assert m.reception.high < 0.3


def test_a_moving_ship_is_looked_for_where_radar_shows_her():
    moving = track(0, 0, knots=14.0, course=80.0, heading=80.0)  # away from the radar: shown behind, southwards
    speed, turned = 14.0 * KNOT_M_S, math.radians(80.0)
    shift = displacement(VIEW, PLACE) @ (speed * math.sin(turned), speed * math.cos(turned))
    assert np.hypot(*shift) == pytest.approx(75.0 * speed, rel=1e-3)
    assert shift[1] < -500.0
    seen = detection(float(shift[0]) + 15, float(shift[1]) - 10, axis=80.0)
    found = compare([seen], [moving], views=[VIEW])
    (m,) = found.matches
    assert m.outcome == "matched"
    assert m.residual_m > 500.0
    assert m.residual_corrected_m < 60.0
    assert GEOD.inv(m.place.lon, m.place.lat, PLACE.lon, PLACE.lat)[2] < 60.0
    assert GEOD.inv(m.shown_at.lon, m.shown_at.lat, m.place.lon, m.place.lat)[2] == pytest.approx(540.0, abs=10.0)
    assert found.view == VIEW
    assert compare([seen], [moving]).matches[0].outcome != "matched"


@pytest.mark.parametrize("passing", ["ascending", "descending"])
@pytest.mark.parametrize("lat", [-40.0, 10.0, 57.0])
def test_the_displacement_is_that_of_the_orbit(passing, lat):
    """Against range, speed and incidence of the orbit: R·v·sin θ / V along the flight, ahead if she comes nearer."""
    place = LonLat(lon=20.0, lat=lat)
    (view,) = usual_views(place, NOON, passing)
    flown = pass_over(lat, passing, 37.55)
    towards = math.radians(flown.heading_deg - 90.0)  # the radar looks to the right, so it lies to the left
    shift = displacement(view, place) @ (10.0 * math.sin(towards), 10.0 * math.cos(towards))
    low, high = 795e3 * math.sin(math.radians(29.1)), 972e3 * math.sin(math.radians(46.0))
    along = math.radians(flown.heading_deg)
    ahead = shift @ (math.sin(along), math.cos(along))
    assert 10.0 * low / flown.velocity_m_s < ahead < 10.0 * high / flown.velocity_m_s
    assert abs(shift @ (math.cos(along), -math.sin(along))) < 1e-9
    assert displacement(view, place) @ (math.sin(along), math.cos(along)) == pytest.approx([0.0, 0.0], abs=1e-9)


def test_the_pass_is_told_by_the_time_of_day_or_both_are_tried():
    place = LonLat(lon=0.0, lat=45.0)
    assert len(usual_views(place, NOON.replace(hour=18))) == 1
    assert usual_views(place, NOON.replace(hour=6))[0].heading_deg == pytest.approx(194.0, abs=8.0)
    both = usual_views(place, NOON)
    assert [v.prior for v in both] == [0.5, 0.5]
    right = both[0]
    tracks, seen = [], []
    for n, course in enumerate((30, 80, 130, 200, 260, 310)):
        start, speed = (5000.0 * (n % 3) - 5000.0, 6000.0 * (n // 3) - 3000.0), 14.0 * KNOT_M_S
        tracks.append(track(*start, knots=14.0, course=course, heading=course, key=f"27300000{n}"))
        shift = displacement(right, PLACE) @ (
            speed * math.sin(math.radians(course)),
            speed * math.cos(math.radians(course)),
        )
        seen.append(detection(start[0] + shift[0], start[1] + shift[1], axis=course, name=f"{n:04d}"))
    found = match(seen, NOON, tracks, (), both, footprint=SQUARE)
    assert found.view == right
    assert found.view_probability > 0.99
    assert all(m.outcome == "matched" for m in found.matches)


def test_two_alike_whose_places_are_wide_are_ambiguous_and_said():
    tracks = [track(x, 0, knots=0.0, minutes=(-170,), key=f"27300000{n}") for n, x in enumerate((-40, 40))]
    found = compare([detection(0, 0), detection(60, 30, name="0002")], tracks)
    assert [m.outcome for m in found.matches] == ["ambiguous", "ambiguous"]
    m = found.matches[0]
    assert {a.mmsi for a in m.alternatives} == {"273000000", "273000001"}
    assert sum(a.probability for a in m.alternatives) + m.nobody == pytest.approx(1.0, abs=0.02)
    assert "cannot be told apart" in m.reason


def test_size_tells_them_apart():
    tracks = [track(0, 0, key="273000000", length=60.0), track(60, 0, key="273000001", length=180.0)]
    found = compare([detection(55, 0, length=62.0), detection(5, 0, length=175.0, name="0002")], tracks)
    assert [m.mmsi for m in found.matches] == ["273000000", "273000001"]
    clipped = compare([detection(0, 0, length=20.0, flags=("clipped",))], [track(0, 0, length=300.0)])
    assert clipped.matches[0].outcome == "matched"
    assert "length" not in {f.name for f in clipped.matches[0].factors}


def test_one_ship_is_matched_once():
    found = compare([detection(0, 0), detection(120, 0, name="0002")], [track(10, 0)], [EVERYWHERE])
    assert sum(m.outcome == "matched" for m in found.matches) <= 1
    assert sum(m.probability.value for m in found.matches if m.probability) <= 1.0 + 1e-9


def test_ships_that_sent_and_were_not_detected_are_listed():
    tracks = [track(0, 0), track(5000, 5000, key="273000002"), track(60_000, 0, key="273000003")]
    (u,) = compare([detection(0, 0)], tracks).unseen
    assert (u.mmsi, u.inside) == ("273000002", 1.0)
    assert u.undetected > 0.9
    wide = track(5000, 5000, key="273000002", minutes=(-170,), knots=15.0)
    assert all(u.undetected < 0.9 for u in compare([detection(0, 0)], [wide]).unseen)


def test_a_gap_beyond_the_limit_is_no_match_and_said():
    found = compare([detection(0, 0)], [track(0, 0, minutes=(-800, 800))])
    assert found.matches[0].outcome == "not searched"
    assert any("1 tracks have no fix near enough in time" in n for n in found.notes)


def test_the_stated_density_of_others_is_used():
    few, many = (
        compare([detection(250, 0)], [track(0, 0)], assumed=Assumptions(others_per_km2=k)).matches[0].nobody
        for k in (1e-4, 10.0)
    )
    assert few < many


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10**6), st.randoms())
def test_neither_order_of_detections_nor_of_tracks_matters(seed, random):
    made = world(seed % 50)
    detections, tracks = list(made.detections[:12]), list(made.tracks[:15])
    first = match(detections, made.time, tracks, (), made.exact, footprint=made.footprint)
    random.shuffle(detections)
    random.shuffle(tracks)
    second = match(detections, made.time, tracks, (), made.exact, footprint=made.footprint)
    for m in first.matches:
        (n,) = [n for n in second.matches if n.detection == m.detection]
        assert (m.outcome, m.mmsi) == (n.outcome, n.mmsi)
        assert m.nobody == pytest.approx(n.nobody, abs=1e-6)


@settings(max_examples=3, deadline=None)
@given(st.integers(100, 160))
def test_matches_are_one_to_one_and_probabilities_sum(seed):
    made = world(seed)
    found = match(made.detections, made.time, made.tracks, (), made.views, footprint=made.footprint)
    keys = [m.key for m in found.matches if m.outcome == "matched"]
    assert len(keys) == len(set(keys))
    for m in found.matches:
        assert m.nobody + sum(a.probability for a in m.alternatives) <= 1.0 + 1e-6
        assert m.nobody + sum(a.probability for a in m.alternatives) > 0.85  # those below 1 % are left out


def test_what_cannot_be_compared_is_one_error():
    with pytest.raises(NoGeoreferenceError, match="no place on the ground"):
        match([detection(0, 0, ring=False)], NOON, [])
    with pytest.raises(AisError, match="no zone"):
        match([detection(0, 0)], NOON.replace(tzinfo=None), [])
    assert match([], NOON, [track(0, 0)], footprint=SQUARE).unseen[0].mmsi == "273000001"


def test_coverage_is_read_with_its_times_and_holes(tmp_path):
    path = tmp_path / "c.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"from":"2024-10-17T00:00Z","to":'
        '"2024-10-18T00:00Z","reception":0.95,"source":"station A"},"geometry":{"type":"MultiPolygon","coordinates":'
        "[[[[132,42],[133,42],[133,43],[132,43],[132,42]],[[132.4,42.4],[132.5,42.4],[132.5,42.5],[132.4,42.4]]],"
        "[[[10,10],[11,10],[11,11],[10,10]]]]}}]}"
    )
    first, second = read_coverage(path)
    assert (first.reception, first.source, len(first.rings), len(second.rings)) == (0.95, "station A", 2, 1)
    assert inside(first.rings, 132.3, 42.9)
    assert not inside(first.rings, 132.48, 42.42)
    (m,) = compare([detection(0, 0)], [], [first, second]).matches
    assert m.outcome == "dark"
    assert "station A" in m.reason


def test_the_interval_of_reception_is_jeffreys():
    from scipy.stats import beta

    found = jeffreys(9, 12, "x")
    assert (found.low, found.high) == pytest.approx(beta(9.5, 3.5).ppf([0.05, 0.95]), abs=1e-9)
    assert jeffreys(0, 3, "x").low == 0.0
    assert jeffreys(3, 3, "x").high == 1.0


def test_a_ship_that_radar_shows_outside_the_picture_is_not_called_missed():
    moving = track(0, -19_800, knots=14.0, course=80.0, heading=80.0)  # shown some 500 m farther south
    inside = track(0, -19_000, knots=14.0, course=80.0, heading=80.0, key="273000002")
    found = compare([detection(0, 0)], [moving, inside], views=[VIEW])
    assert [u.mmsi for u in found.unseen] == ["273000002"]
    assert {u.mmsi for u in compare([detection(0, 0)], [moving, inside]).unseen} == {"273000001", "273000002"}
