"""Figures as geometry: what stands where, in shapes as well as colours."""

import itertools
import math
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

import sample_case
from offing.claims import place_ids
from offing.judgement.model import RatioValue, Thresholds, VerdictWord
from offing.report.allowances import passage_rows
from offing.report.figures.badges import verdict_icon
from offing.report.figures.labels import Placed, hidden, place_label
from offing.report.figures.look_strip import NARROW, WIDE, look_strip, stacked
from offing.report.figures.ratio_bar import ratio_bar, ratio_x
from offing.report.figures.scale import TimeScale, degree_step, degrees_label, round_length, ticks
from offing.report.figures.site_map import fitted, overview_map, site_plan
from offing.report.figures.svg import number
from offing.report.figures.symbols import legend_symbol
from offing.report.model import Outcome, StripMark
from offing.report.site_strips import axis, site_strips

SVG = "{http://www.w3.org/2000/svg}"
CASE = sample_case.snapshot()
STRIPS = {s.site.id: s for s in site_strips(CASE)}
SHAPES = {"seen": "path", "other": "rect", "unclear": "path", "not-seen": "circle", "blind": "rect"}


def drawn(svg, css):
    """Elements of a class."""
    return [e for e in ET.fromstring(svg).iter() if css in (e.get("class") or "").split()]


def centre(element):
    """Middle of a drawn shape."""
    if element.tag == f"{SVG}circle":
        return float(element.get("cx")), float(element.get("cy"))
    if element.tag == f"{SVG}rect":
        x, y, w, h = (float(element.get(k)) for k in ("x", "y", "width", "height"))
        return x + w / 2, y + h / 2
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", element.get("d"))]
    xs, ys = numbers[::2], numbers[1::2]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("site", STRIPS)
def test_every_look_is_a_mark_in_the_row_of_what_it_showed(site, width):
    strip = STRIPS[site]
    svg = look_strip(strip, width, "k")
    marks = drawn(svg, "mark")
    assert [m.get("data-look") for m in marks] == [m.look for m in strip.marks]
    rows: dict[str, set[float]] = {}
    last = -1.0
    for drawn_mark, mark in zip(marks, strip.marks, strict=True):
        (shape,) = [e for e in drawn_mark if (e.get("class") or "").endswith("-shape")]
        assert shape.tag == SVG + SHAPES[mark.outcome]
        x, y = centre(shape)
        assert 0 <= x <= width
        assert x >= last
        last = x
        rows.setdefault(mark.outcome, set()).add(round(y, 1) if mark.outcome != "unclear" else 0.0)
        assert mark.label in drawn_mark.findtext(f"{SVG}title")
    assert all(len(ys) == 1 for ys in rows.values())
    own = [min(ys) for outcome, ys in rows.items() if outcome not in ("unclear", "other")]
    assert len(own) == len(set(own))


def test_outcomes_of_the_made_up_looks():
    said = {m.look: m.outcome for m in STRIPS["dunai"].marks}
    assert [said[f"pl-{n:02d}"] for n in (0, 1, 2, 12, 20, 22)] == [
        "not-seen",
        "blind",
        "not-seen",
        "seen",
        "other",
        "unclear",
    ]
    assert {m.outcome for m in STRIPS["chongjin"].marks} == {"not-seen", "blind"}
    assert STRIPS["vladivostok"].marks == ()


def test_the_window_is_shaded_where_it_lies():
    strip = STRIPS["chongjin"]
    (shade,) = drawn(look_strip(strip, WIDE, "k"), "shade")
    scale = TimeScale(start=strip.start, end=strip.end, left=136.0, right=WIDE - 14)
    assert float(shade.get("x")) == pytest.approx(scale.x(datetime(2024, 10, 8, tzinfo=UTC)), abs=0.02)
    assert float(shade.get("width")) == pytest.approx(
        scale.x(datetime(2024, 10, 14, tzinfo=UTC)) - scale.x(datetime(2024, 10, 8, tzinfo=UTC)), abs=0.02
    )


def test_a_port_call_is_certain_inside_and_possible_outside():
    strip = STRIPS["dunai"]
    svg = look_strip(strip, WIDE, "k")
    calls = drawn(svg, "call")
    assert len(calls) == 2
    for element, call in zip(calls, strip.calls, strict=True):
        left, right = (e for e in element if (e.get("class") or "").startswith("tail"))
        (stay,) = [e for e in element if e.get("class") == "stay"]
        ends = [float(e.get("x")) + float(e.get("width")) for e in (left, stay, right)]
        assert float(left.get("x")) <= float(stay.get("x")) + 2
        assert ends[0] <= ends[1] <= ends[2] + 2
        assert ("open" in left.get("class")) is (call.arrived_after is None)
        assert ("open" in right.get("class")) is (call.departed_before is None)


def test_simulated_looks_carry_a_sign():
    svg = look_strip(STRIPS["model"], WIDE, "k")
    marks = drawn(svg, "mark")
    assert marks
    assert all("SIMULATED" in m.findtext(f"{SVG}title") for m in marks)
    assert len(drawn(svg, "sim-text")) == len(marks)
    assert drawn(svg, "simulated")


def test_looks_beyond_the_axis_are_counted():
    strip = STRIPS["dunai"]
    early = StripMark(
        look="old", time=strip.start - timedelta(days=300), outcome="seen", full=True, label="old", simulated=False
    )
    svg = look_strip(msgspec.structs.replace(strip, marks=(early, early, *strip.marks)), WIDE, "k")
    assert [e.text for e in drawn(svg, "off-text")] == ["‹ 2 earlier"]
    assert len(drawn(svg, "mark")) == len(strip.marks)


def test_the_axis_keeps_to_the_windows_when_looks_lie_years_away():
    start, end = axis(CASE)
    assert start <= min(k.time for k in CASE.looks)
    old = msgspec.structs.replace(CASE.looks[0], id="old", time=datetime(2019, 1, 1, tzinfo=UTC))
    start, end = axis(msgspec.structs.replace(CASE, looks=(old, *CASE.looks)))
    assert start > datetime(2024, 7, 1, tzinfo=UTC)
    assert end > datetime(2024, 11, 1, tzinfo=UTC)


def test_windows_in_which_nobody_looked_do_not_stretch_the_axis():
    long_ago = msgspec.structs.replace(
        CASE.definition.claims[1],
        id="ago",
        elements=msgspec.structs.replace(CASE.definition.claims[1].elements, window="2021-03"),
    )
    definition = msgspec.structs.replace(CASE.definition, claims=(*CASE.definition.claims, long_ago))
    case = msgspec.structs.replace(CASE, definition=definition)
    assert axis(case) == axis(CASE)
    strip = next(s for s in site_strips(case) if s.site.id == "dunai")
    svg = look_strip(strip, WIDE, "k")
    assert len(drawn(svg, "shade")) == 1
    assert "‹ ago: 28 February 2021 to 31 March 2021" in svg  # UTC days of a month in Vladivostok


def test_thousands_of_looks_stay_drawable_and_are_all_counted():
    strip = STRIPS["dunai"]
    step = (strip.end - strip.start) / 30_000
    marks = tuple(
        StripMark(
            look=str(n),
            time=strip.start + n * step,
            outcome=("seen", "blind", "not-seen")[n % 3],
            full=True,
            label=f"look {n}",
            simulated=False,
        )
        for n in range(30_000)
    )
    svg = look_strip(msgspec.structs.replace(strip, marks=marks), WIDE, "k")
    assert len(svg) < 600_000
    titles = [m.findtext(f"{SVG}title") for m in drawn(svg, "mark")]
    assert sum(int(t.split(" looks")[0]) if " looks; " in t else 1 for t in titles) == 20_000
    bars = [m.findtext(f"{SVG}title") for m in drawn(svg, "densities")]
    assert sum(int(t.split(" look")[0].replace(",", "")) for t in bars) == 10_000


def test_more_port_calls_than_fit_are_counted():
    strip = STRIPS["dunai"]
    svg = look_strip(msgspec.structs.replace(strip, calls=strip.calls * 30), WIDE, "k")
    assert len(drawn(svg, "call")) == 30
    assert "and 30 more port calls" in svg


def test_a_site_without_looks_says_so():
    svg = look_strip(STRIPS["vladivostok"], WIDE, "k")
    assert "No look at all" in svg
    assert not drawn(svg, "mark")


@pytest.mark.parametrize("outcome", Outcome.__args__)
def test_legend_shows_the_same_shape(outcome):
    (shape,) = drawn(legend_symbol(outcome, "x"), f"{outcome}-shape")
    assert shape.tag == SVG + SHAPES[outcome]


def test_verdict_signs_differ_without_colour():
    signs = {verdict_icon(word) for word in VerdictWord.__args__}
    assert len(signs) == 5


times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.lists(st.tuples(times, times).map(sorted).map(tuple), max_size=12))
def test_stacked_spans_never_overlap_in_a_lane(spans):
    lanes = stacked(spans, slack=0.0)
    for i, (a, b) in enumerate(spans):
        for j, (c, d) in enumerate(spans[:i]):
            assert lanes[i] != lanes[j] or b <= c or d <= a


@settings(max_examples=200)
@given(times, st.floats(3600, 3e8), st.floats(200, 1000))
def test_ticks_are_round_sorted_and_apart(start, seconds, width):
    scale = TimeScale(start=start, end=start + timedelta(seconds=seconds), left=50.0, right=50.0 + width)
    found = ticks(scale, 60.0)
    xs = [scale.x(t.time) for t in found]
    assert all(b - a >= 55.0 for a, b in itertools.pairwise(xs))
    assert all(t.time.minute == 0 and scale.start <= t.time <= scale.end for t in found)
    if found:
        assert str(found[0].time.year) in found[0].label


@given(st.floats(1e-3, 1e9))
def test_round_lengths_are_round_and_fit(most):
    length = round_length(most)
    assert most / 2.51 <= length <= most * (1 + 1e-9)
    assert f"{length:e}"[:3].rstrip("0") in ("1.", "2.", "2.5", "5.")


@pytest.mark.parametrize(
    ("value", "expected"), [(42.5, "42°30′N"), (-7.0, "7°S"), (0.0, "0°N"), (131.9999999, "132°N"), (42.7, "42°42′N")]
)
def test_degrees_in_words(value, expected):
    assert degrees_label(value, "N", "S") == expected


@given(st.floats(0.001, 360.0))
def test_degree_steps_keep_lines_few(span):
    assert span / degree_step(span) <= 8.0


def test_the_map_is_conformal_and_its_bar_is_right():
    case = sample_case.snapshot()
    claimed = tuple(p for p in passage_rows(case) if p.claims)
    svg = overview_map(case.definition.sites, claimed, 960.0, "m")
    root = ET.fromstring(svg)
    view = fitted([s.position for s in case.definition.sites], 960.0, 20_000.0, 0.13 * 960.0)
    dots = drawn(svg, "dot")
    assert len(dots) == len(case.definition.sites)
    for dot, site in zip(dots, case.definition.sites, strict=True):
        assert centre(dot) == pytest.approx(view.xy(*site.position), abs=0.02)
        assert view.lonlat(*view.xy(*site.position)) == pytest.approx(site.position, abs=1e-9)
    (bar,) = drawn(svg, "bar")
    left, _, _, right, _ = (float(n) for n in re.findall(r"-?\d+\.?\d*", bar.get("d")))
    title = next(g for g in root.iter() if g.get("class") == "scale-bar").findtext(f"{SVG}title")
    stated = float(re.search(r"([\d.]+) km", title)[1]) * 1000
    lon, lat = view.lonlat(480.0, view.height / 2)
    lon2, _ = view.lonlat(480.0 + right - left, view.height / 2)
    assert Geod(ellps="WGS84").inv(lon, lat, lon2, lat)[2] == pytest.approx(stated, rel=0.008)
    assert len(drawn(svg, "arc")) == 3


def test_the_great_circle_runs_from_origin_to_destination():
    case = sample_case.snapshot()
    (rajin,) = [p for p in passage_rows(case) if p.origin == "Rajin" and p.claims]
    view = fitted([s.position for s in case.definition.sites], 960.0, 20_000.0, 0.13 * 960.0)
    arcs = drawn(overview_map(case.definition.sites, (rajin,), 960.0, "m"), "arc")
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", arcs[0].get("d"))]
    assert tuple(numbers[:2]) == pytest.approx(view.xy(*rajin.origin_at), abs=0.02)
    assert tuple(numbers[-2:]) == pytest.approx(view.xy(*rajin.destination_at), abs=0.02)
    assert rajin.nautical_miles == pytest.approx(99, abs=1.0)


@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-80, 80)), min_size=1, max_size=6),
    st.sampled_from([350.0, 960.0]),
)
def test_every_point_is_inside_any_view(points, width):
    view = fitted(points, width, 20_000.0, 0.1 * width)
    lons = sorted({p[0] for p in points})
    if max((b - a for a, b in itertools.pairwise(lons)), default=0) > 100:
        return  # a map of half the world has no middle to speak of
    if lons[-1] - lons[0] > 170:
        return
    for point in points:
        x, y = view.xy(*point)
        assert -0.01 <= x <= view.width + 0.01
        assert -0.01 <= y <= view.height + 0.01


def test_sites_on_both_sides_of_the_date_line_stay_together():
    view = fitted([(179.5, 10.0), (-179.5, 10.5)], 960.0, 20_000.0, 96.0)
    west, east = view.xy(179.5, 10.0)[0], view.xy(-179.5, 10.5)[0]
    assert 0 < west < east < 960
    assert east - west > 400


def test_a_plan_shows_berths_and_ships_in_place():
    site = CASE.definition.sites[0]
    rings = tuple(b.ring for b in CASE.berths if b.site == site.id)
    ships = tuple((d.id, d.detection.ring) for d in CASE.detections if d.scene == "scene-1")
    svg = site_plan(site, rings, ships, 340.0, "p")
    assert len(drawn(svg, "berth")) == 1
    boxes = [centre(e) for e in drawn(svg, "ship-box")]
    assert len(boxes) == 2
    assert boxes[1][0] > boxes[0][0]  # the second lies to the north-east of the first
    assert boxes[1][1] < boxes[0][1]


@given(st.lists(st.tuples(st.floats(20, 300), st.floats(20, 200)), min_size=1, max_size=8))
def test_labels_stay_off_their_own_point(points):
    placed: list[Placed] = []
    for x, y in points:
        label = place_label(x, y, 60.0, 14.0, placed, 400.0, 300.0)
        assert hidden(placed[-1], (x - 3, y - 3, x + 3, y + 3)) == 0.0
        assert label.anchor in ("start", "middle", "end")


@given(st.floats(1e-9, 1e9), st.floats(1e-9, 1e9))
def test_a_greater_ratio_lies_further_right(a, b):
    low, high = sorted((a, b))
    assert 5.0 <= ratio_x(low) <= ratio_x(high) <= 145.0


def test_the_ratio_bar_says_when_it_leaves_the_axis():
    thresholds = Thresholds()
    inside = ratio_bar(RatioValue(value=3.0, low=1.0, high=9.0), thresholds, "b")
    beyond = ratio_bar(RatioValue(value=3.0, low=0.0001, high=90000.0), thresholds, "b")
    assert not drawn(inside, "off")
    assert len(drawn(beyond, "off")) == 2
    (dot,) = drawn(inside, "dot")
    assert float(dot.get("cx")) == pytest.approx(5 + 140 * (math.log10(3.0) + 3) / 6, abs=0.01)


@given(st.floats(-1e6, 1e6))
def test_numbers_are_short_and_plain(value):
    text = number(value)
    assert re.fullmatch(r"-?\d+(\.\d{1,2})?", text)
    assert float(text) == pytest.approx(value, abs=0.0051)
    assert text != "-0"


@pytest.mark.parametrize("svg", [look_strip(STRIPS["dunai"], WIDE, "k"), verdict_icon("consistent")])
def test_figures_bring_no_style_script_or_link(svg):
    for element in ET.fromstring(svg).iter():
        assert element.tag.removeprefix(SVG) not in ("script", "style", "a", "foreignObject", "image", "use")
        assert not [k for k in element.attrib if k.startswith("on") or k in ("style", "href")]


def test_hostile_names_stay_text_in_figures():
    case = sample_case.poisoned(CASE, "</title><script>x</script>")
    for strip in site_strips(case):
        root = ET.fromstring(look_strip(strip, WIDE, "k"))
        assert not [e for e in root.iter() if e.tag.endswith("script")]
        assert "<script>" in root.findtext(f"{SVG}title")
    claimed = tuple(p for p in passage_rows(case) if p.claims)
    svg = overview_map(case.definition.sites, claimed, 960.0, "m")
    assert not [e for e in ET.fromstring(svg).iter() if e.tag.endswith("script")]


def test_each_origin_is_measured_to_every_claimed_destination():
    case = sample_case.snapshot()
    destinations = {d for c in case.definition.claims for d in place_ids(c.elements.destination)}
    real = {s.name for s in case.definition.sites if s.id in destinations and not s.simulated}
    assert {p.destination for p in passage_rows(case) if p.origin == "Rajin"} == real - {"Rajin"}
    assert any(not p.claims for p in passage_rows(case))
