"""The coverage calendar: a row a site, a cell a day, filled by the best look there was; pages of bands of months.

Runs of days alike are one rectangle filled with a pattern as wide as a day, so that two years of fifty sites stay
small, and every state has a sign of its own, so that it reads in grey.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from offing.records import Record
from offing.report.calendar import STATE_WORDS
from offing.report.figures.svg import add, canvas, path, rendered
from offing.report.model import Calendar, CalendarDay, CalendarRow, DayState
from offing.report.words import counted

_ROW, _HEAD = 16.0, 32.0
"""Heights of a row and of a band's heading; the second is a multiple of the first, so that patterns fit both."""
_PAGE_ROWS = 60
"""Rows of sites on a page, about."""
_GAP = 1
"""Rows left free between bands."""
_WIDEST_DAY = 22.0
_STATES: tuple[DayState, ...] = ("seen", "not-seen", "partly", "cloud", "dark", "not-obtained")


class Band(Record, frozen=True):
    """Some months of some sites."""

    start: date
    end: date
    """The last day."""
    rows: tuple[CalendarRow, ...]


def coverage_calendar(calendar: Calendar, width: float, key: str) -> tuple[str, ...]:
    """The calendar as SVG pages of ``width`` user units; ``key`` makes their ids unique in the page."""
    months = 3 if width >= 600 else 1
    pages: list[list[Band]] = [[]]
    for band in _bands(calendar, months):
        held = sum(len(b.rows) + 2 + _GAP for b in pages[-1])
        if pages[-1] and held + len(band.rows) + 2 > _PAGE_ROWS:
            pages.append([])
        pages[-1].append(band)
    days = max(((b.end - b.start).days + 1 for page in pages for b in page), default=1)
    return tuple(_page(bands, width, days, f"{key}-{n}", calendar) for n, bands in enumerate(pages, 1) if bands)


def _bands(calendar: Calendar, months: int) -> Iterator[Band]:
    """Runs of whole months; a last month of a few days goes with those before where they fit in one band."""
    start = calendar.start
    while start <= calendar.end:
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        end = min(date(year, month + 1, 1) - timedelta(days=1), calendar.end)
        if (calendar.end - start).days < 34 * months:
            end = calendar.end
        for first in range(0, max(1, len(calendar.rows)), _PAGE_ROWS - 2):
            yield Band(start=start, end=end, rows=calendar.rows[first : first + _PAGE_ROWS - 2])
        start = end + timedelta(days=1)


def _page(bands: Sequence[Band], width: float, days: int, key: str, calendar: Calendar) -> str:
    gutter = 132.0 if width >= 600 else 86.0
    cell = min(_WIDEST_DAY, (width - gutter - 4.0) / days)
    columns = 3 if width >= 600 else 1
    legend = -(-(len(_STATES) + 2) // columns) * 17.0 + 12.0
    rows = sum(len(b.rows) + 2 + _GAP for b in bands) - _GAP
    height = rows * _ROW + legend
    first, last = bands[0].start, bands[-1].end
    root = canvas(width, height, f"Coverage from {_date(first)} to {_date(last)}", _described(bands, calendar), key)
    root.set("class", "calendar")
    _patterns(root, key, gutter, cell)
    top = 0.0
    for band in bands:
        _band(root, band, key, gutter, cell, top)
        top += (len(band.rows) + 2 + _GAP) * _ROW
    _legend(root, width, height - legend + 16.0, columns)
    return rendered(root)


def _described(bands: Sequence[Band], calendar: Calendar) -> str:
    """The page in words: for each site, days by state."""
    first, last = bands[0].start, bands[-1].end
    words = []
    for row in dict.fromkeys(r.name for b in bands for r in b.rows):
        own = [d for r in calendar.rows if r.name == row for d in r.days if first <= d.day <= last]
        numbers = {s: sum(d.state == s for d in own) for s in _STATES}
        said = ", ".join(f"{STATE_WORDS[s]}: {counted(n, 'day')}" for s, n in numbers.items() if n)
        words.append(f"{row}: {said or 'no look listed'}.")
    return f"A row a site, a cell a day in UTC, by the best look of the day. {' '.join(words)}"


def _patterns(root: ET.Element, key: str, left: float, cell: float) -> None:
    """A tile a day for each state: ground, and a sign on it."""
    defs = add(root, "defs")
    for state in _STATES:
        tile = add(defs, "pattern", id=f"{key}-{state}", x=left, y=0, width=cell, height=_ROW)
        tile.set("patternUnits", "userSpaceOnUse")
        _tile(tile, state, 0.0, cell)


def _tile(parent: ET.Element, state: DayState, x: float, cell: float, y: float = 0.0) -> None:
    """Ground and sign: diamond; ring; half; two slanted lines; crescent of night as a bar; dot."""
    w, h = max(cell - 1.0, 1.0), _ROW - 3.0
    add(parent, "rect", x=x + 0.5, y=y + 1, width=w, height=h, class_=f"day {state}-day")
    cx, cy, r = x + cell / 2, y + _ROW / 2 - 0.5, min(3.2, cell / 2 - 1.2)
    if state == "seen":
        path(parent, [(cx, cy - r), (cx + r, cy), (cx, cy + r), (cx - r, cy)], closed=True, class_="seen-sign")
    elif state == "not-seen":
        add(parent, "circle", cx=cx, cy=cy, r=max(r - 0.6, 1.0), class_="ring-sign")
    elif state == "partly":
        left, low = x + 0.5, y + 1 + h
        path(parent, [(left, y + 1), (left, low), (left + w, low)], closed=True, class_="half-sign")
    elif state == "cloud":
        for shift in (0.0, h / 2):
            a, b = (x + 0.5, y + 1 + h / 2 + shift), (x + 0.5 + w, y + 1 + shift)
            path(parent, [a, b], class_="line-sign")
    elif state == "dark":
        add(parent, "rect", x=cx - r, y=cy - 0.8, width=2 * r, height=1.6, class_="bar-sign")
    else:
        add(parent, "circle", cx=cx, cy=cy, r=1.2, class_="dot-sign")


def _band(root: ET.Element, band: Band, key: str, left: float, cell: float, top: float) -> None:
    days = (band.end - band.start).days + 1
    _headings(root, band, left, cell, top)
    for number, row in enumerate(band.rows):
        y = top + _HEAD + number * _ROW
        label = add(root, "text", _short(row, left - 10), x=left - 7, y=y + 11.5, class_="row-text", text_anchor="end")
        add(label, "title", row.name + (" (simulated)" if row.simulated else ""))
        add(root, "rect", x=left, y=y + 1, width=days * cell, height=_ROW - 3, class_="none-day")
        for run in _runs(row.days, band):
            x = left + (run[0].day - band.start).days * cell
            box = add(root, "rect", x=x, y=y, width=len(run) * cell, height=_ROW, fill=f"url(#{key}-{run[0].state})")
            box.set("class", f"run {run[0].state}")
            add(box, "title", f"{row.name}, {_span(run)}: {STATE_WORDS[run[0].state]}; {_looks(run)}")
        _claimed(root, row, band, left, cell, y)


def _short(row: CalendarRow, room: float) -> str:
    """The site's name, cut where it is too long; that it is simulated is never cut."""
    tag = " (simulated)" if row.simulated else ""
    most = int(room / 6.0)
    if len(row.name + tag) <= most:
        return row.name + tag
    tag = " (sim.)" if row.simulated else ""
    return row.name + tag if len(row.name + tag) <= most else f"{row.name[: max(1, most - 1 - len(tag))]}…{tag}"


def _headings(root: ET.Element, band: Band, left: float, cell: float, top: float) -> None:
    """Months, and the days of the month where they fit."""
    day = band.start
    while day <= band.end:
        x = left + (day - band.start).days * cell
        turn = day.day == 1 or day == band.start
        if turn:
            add(root, "line", x1=x, x2=x, y1=top + 6, y2=top + _HEAD + len(band.rows) * _ROW, class_="month-line")
            if (min(band.end, _month_end(day)) - day).days * cell >= 40:
                add(root, "text", f"{day:%b} {day.year}", x=x + 3, y=top + 15, class_="month-text")
        if cell >= 14 or day.day in (1, 8, 15, 22) or day == band.start:
            add(root, "text", str(day.day), x=x + cell / 2, y=top + 28, class_="tick", text_anchor="middle")
        day += timedelta(days=1)


def _claimed(root: ET.Element, row: CalendarRow, band: Band, left: float, cell: float, y: float) -> None:
    """A line under the days of the site's claimed windows."""
    for window in row.windows:
        first = max(window.start.date(), band.start)
        last = min((window.end - timedelta(microseconds=1)).date(), band.end)
        if first > last:
            continue
        x1, x2 = (left + n * cell for n in ((first - band.start).days, (last - band.start).days + 1))
        line = add(root, "line", x1=x1, x2=x2, y1=y + _ROW - 0.7, y2=y + _ROW - 0.7, class_="claimed")
        add(line, "title", f"{row.name}: claimed window of {window.label}")


def _runs(days: Sequence[CalendarDay], band: Band) -> Iterator[list[CalendarDay]]:
    """Days in a row and alike."""
    run: list[CalendarDay] = []
    for day in days:
        if not band.start <= day.day <= band.end:
            continue
        if run and (day.state != run[-1].state or day.day - run[-1].day != timedelta(days=1)):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _legend(root: ET.Element, width: float, top: float, columns: int) -> None:
    entries: list[DayState | None] = [*_STATES, "none", None]
    each = width / columns
    for number, state in enumerate(entries):
        x, y = (number % columns) * each + 4.0, top + (number // columns) * 17.0
        if state is None:
            add(root, "line", x1=x, x2=x + 13, y1=y + 4, y2=y + 4, class_="claimed")
        elif state == "none":
            add(root, "rect", x=x + 0.5, y=y - 6, width=12, height=_ROW - 3, class_="none-day")
        else:
            _tile(root, state, x, 13.0, y - 7.0)
        words = "claimed window" if state is None else STATE_WORDS[state]
        add(root, "text", words, x=x + 20, y=y + 4, class_="legend-text")


def _month_end(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def _date(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _span(run: Sequence[CalendarDay]) -> str:
    return _date(run[0].day) if len(run) == 1 else f"{_date(run[0].day)} to {_date(run[-1].day)}"


def _looks(run: Sequence[CalendarDay]) -> str:
    return counted(sum(d.looks for d in run), "look")
