"""The coverage calendar and the bars of the strip: every look counted, signs besides colours, small and well-formed."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sample_case
from offing.looks.darkness import nights
from offing.report.calendar import STATE_WORDS, calendar
from offing.report.figures.coverage_calendar import coverage_calendar
from offing.report.figures.look_strip import NARROW, WIDE, look_strip
from offing.report.figures.standalone import standalone
from offing.report.model import Calendar, CalendarDay, CalendarRow, StripMark
from offing.report.site_strips import site_strips
from offing.timespan import TimeSpan

SVG = "{http://www.w3.org/2000/svg}"
CASE = sample_case.snapshot()
STATES = [s for s in STATE_WORDS if s != "none"]


def drawn(svg, css):
    return [e for e in ET.fromstring(svg).iter() if css in (e.get("class") or "").split()]


def made(start, length, rows):
    days = tuple(
        tuple(CalendarDay(day=start + timedelta(days=n), state=s, looks=1) for n, s in enumerate(row[:length]) if s)
        for row in rows
    )
    return Calendar(
        start=start,
        end=start + timedelta(days=length - 1),
        rows=tuple(CalendarRow(name=f"Site {n}", simulated=False, days=d, windows=()) for n, d in enumerate(days)),
        left_out=0,
    )


def test_every_look_of_the_case_is_in_a_day():
    found = calendar(CASE)
    assert sum(d.looks for r in found.rows for d in r.days) + found.left_out == len(CASE.looks)
    dunai = next(r for r in found.rows if r.name == "Dunai")
    assert {d.day for d in dunai.days} == {k.time.date() for k in CASE.looks if k.site == "dunai"}
    assert {"seen", "not-seen"} <= {d.state for d in dunai.days}
    assert dunai.windows


def test_the_best_look_of_a_day_names_it():
    first = next(k for k in CASE.looks if k.site == "dunai")
    listed = msgspec.structs.replace(first, id="listed", status="not-obtained", usable=0.0, observations=())
    dark = msgspec.structs.replace(first, id="dark", status="night", usable=0.0, observations=())

    def state(*looks):
        found = calendar(msgspec.structs.replace(CASE, looks=looks), "dunai")
        return next(d.state for d in found.rows[0].days)

    assert state(listed) == "not-obtained"
    assert state(listed, dark) == "dark"
    assert state(listed, dark, first) == "not-seen"


@given(
    st.dates(date(2020, 1, 1), date(2027, 1, 1)),
    st.integers(1, 740),
    st.lists(st.lists(st.sampled_from([*STATES, None]), max_size=60), min_size=1, max_size=50),
    st.sampled_from([WIDE, NARROW]),
)
@settings(max_examples=25, deadline=None)
def test_every_day_is_drawn_once_and_inside(start, length, rows, width):
    found = made(start, length, rows)
    pages = coverage_calendar(found, width, "c")
    runs = [e for page in pages for e in drawn(page, "run")]
    looks = sum(int(e.findtext(f"{SVG}title").rsplit("; ", 1)[1].split()[0]) for e in runs)
    assert looks == sum(len(r.days) for r in found.rows)
    assert all(float(e.get("x")) + float(e.get("width")) <= width + 0.01 for e in runs)
    assert pages == coverage_calendar(found, width, "c")


def test_states_differ_without_colour():
    svg = coverage_calendar(made(date(2024, 1, 1), 7, [STATES]), WIDE, "c")[0]
    tiles = list(ET.fromstring(svg).iter(f"{SVG}pattern"))
    signs = {tuple((e.tag, e.get("class").replace("-day", "")) for e in list(t)[1:]) for t in tiles}
    assert len(tiles) == len(signs) == len(STATES)
    assert "dark" in drawn(svg, "run")[STATES.index("dark")].get("class")


def test_two_years_of_fifty_sites_stay_small():
    pages = coverage_calendar(made(date(2023, 1, 1), 730, [STATES * 122] * 50), WIDE, "c")
    assert 5 <= len(pages) <= 12
    assert max(len(p) for p in pages) < 1_500_000


@pytest.mark.parametrize("kind", ["calendar", "strip"])
def test_hostile_names_stay_text_in_files_of_their_own(kind):
    case = sample_case.poisoned(CASE, "</title><script>x</script>")
    svg = (
        coverage_calendar(calendar(case), WIDE, "c")[0]
        if kind == "calendar"
        else look_strip(site_strips(case)[0], WIDE, "s")
    )
    root = ET.fromstring(standalone(svg).encode())
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc").text
    (style,) = root.iter(f"{SVG}style")
    assert "var(" not in style.text
    assert "url(" not in style.text
    assert float(root.get("width")) > 0


def listed(strip, number, status):
    step = (strip.end - strip.start) / (number + 1)
    return tuple(
        StripMark(look=f"{status}{n}", time=strip.start + (n + 1) * step, outcome="blind", full=False, label="x",
                  simulated=False, status=status)
        for n in range(number)
    )  # fmt: skip


def test_hundreds_of_listed_looks_are_bars_that_count_them_all():
    strip = next(s for s in site_strips(CASE) if s.site.id == "dunai")
    more = (*listed(strip, 600, "not-obtained"), *listed(strip, 200, "cloud"), *listed(strip, 90, "night"))
    svg = look_strip(msgspec.structs.replace(strip, marks=(*strip.marks, *more)), WIDE, "s")
    own = sum(m.outcome == "blind" for m in strip.marks)
    titles = [e.findtext(f"{SVG}title") for e in drawn(svg, "densities")]
    assert sum(int(t.split()[0]) for t in titles) == 890 + own
    assert "Listed, not obtained" in svg
    assert drawn(svg, "night-density")
    assert len(drawn(svg, "mark")) == len(strip.marks) - own


def test_exposure_gaps_and_nights_are_shown():
    strip = next(s for s in site_strips(CASE) if s.site.id == "chongjin")
    dark = nights(strip.site.lonlat, TimeSpan(start=strip.start, end=strip.end))
    svg = look_strip(strip, WIDE, "s", dark)
    assert len(drawn(svg, "night")) == len(dark)
    assert len(drawn(svg, "gap")) == len(strip.gaps) > 0
    usable = {m.time.astimezone(UTC).date() for m in strip.marks if m.usable}
    (exposure,) = drawn(svg, "exposure")
    days = round((strip.end - strip.start) / timedelta(days=1))
    assert exposure.findtext(f"{SVG}title") == f"A usable look on {len(usable)} of {days} days"
    assert strip.start.tzinfo is not None
    assert isinstance(strip.end, datetime)
