"""What every look at a site showed, on a time axis: rows by outcome, shapes as well as colours, windows shaded."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

import msgspec

from offing.records import Record
from offing.report.figures.scale import TimeScale, ticks
from offing.report.figures.strip_density import density
from offing.report.figures.svg import add, canvas, rendered
from offing.report.figures.symbols import hatching, symbol
from offing.report.model import Outcome, SiteStrip, StripCall, StripMark, StripWindow
from offing.report.words import OUTCOME_WORDS, counted, day, hours, moment
from offing.timespan import TimeSpan

_DAY = timedelta(days=1)
WIDE, NARROW = 960.0, 350.0
"""User units across, for a desk and for a telephone."""
_ROW, _CALL, _WINDOW, _AXIS = 24.0, 19.0, 17.0, 22.0
"""Heights of an outcome row, a port call, a window label and the axis."""
MOST_MARKS, MOST_CALLS = 400, 30
"""Beyond these, looks that would hide each other share a mark, and the rest of the port calls is counted."""
_ROWS: tuple[tuple[str, str, tuple[Outcome, ...]], ...] = (
    ("Seen", "Seen", ("seen",)),
    ("Other or unclear", "Other", ("other", "unclear")),
    ("Looked, not seen", "Not seen", ("not-seen",)),
    ("Could not see", "Blind", ("blind",)),
)
"""Row label, its short form, and the outcomes in it."""
_LISTED: tuple[str, str, tuple[Outcome, ...]] = ("Listed, not obtained", "Listed", ())
MOST_LISTED, MOST_BLIND = 40, 60
"""Beyond these, looks that were not obtained, or could not see, are bars by day and reason rather than marks."""
_NO_ROWS: tuple[tuple[str, str, tuple[Outcome, ...]], ...] = (("No look at all", "No look", ()),)


class Frame(Record, frozen=True):
    """Where things stand in one drawing."""

    scale: TimeScale
    width: float
    gutter: float
    """Left edge of the plot; labels stand to the left of it."""
    windows_top: float
    calls_top: float
    rows_top: float
    axis_y: float
    height: float
    rows: tuple[tuple[str, str, tuple[Outcome, ...]], ...]
    """Row label, its short form, and the outcomes in it."""


def look_strip(strip: SiteStrip, width: float, key: str, nights: Sequence[TimeSpan] = ()) -> str:
    """The strip as SVG of ``width`` user units; ``key`` makes its ids unique in the page; ``nights`` are shaded."""
    windows = _window_lanes(strip)
    calls = stacked([_extent(c, strip) for c in strip.calls[:MOST_CALLS]], slack=0.12)
    frame = _frame(strip, width, max(windows, default=-1) + 1, max(calls, default=-1) + 1)
    root = canvas(width, frame.height, f"Looks at {strip.site.name}", description(strip), key)
    root.set("class", "look-strip")
    hatching(root, key)
    _shading(root, frame, strip.windows, windows)
    _gaps(root, frame, strip, nights)
    _axis(root, frame)
    _row_labels(root, frame, narrow=width < 600)
    for call, lane in zip(strip.calls[:MOST_CALLS], calls, strict=True):
        _call(root, frame, call, frame.calls_top + lane * _CALL)
    shown, blind, listed = sorted_out(strip.marks)
    for mark in merged(shown, frame.scale):
        _mark(root, frame, mark, key)
    for marks, row in ((blind, len(_ROWS) - 1), (listed, len(_ROWS))):
        density(root, marks, frame.scale, frame.rows_top + (row + 1) * _ROW - 2, _ROW - 4, key)
    _exposure(root, frame, strip)
    _off_axis(root, frame, strip)
    if len(strip.calls) > MOST_CALLS:
        rest = f"and {len(strip.calls) - MOST_CALLS} more port calls"
        add(root, "text", rest, x=frame.width - 4, y=frame.rows_top + 4, class_="off-text", text_anchor="end")
    return rendered(root)


def sorted_out(
    marks: tuple[StripMark, ...],
) -> tuple[tuple[StripMark, ...], tuple[StripMark, ...], tuple[StripMark, ...]]:
    """(marks to be drawn one by one, blind ones as bars, those not obtained as bars)."""
    listed = tuple(m for m in marks if m.outcome == "blind" and m.status == "not-obtained")
    listed = listed if len(listed) > MOST_LISTED else ()
    blind = tuple(m for m in marks if m.outcome == "blind" and not (listed and m.status == "not-obtained"))
    blind = blind if len(blind) > MOST_BLIND else ()
    apart = {*map(id, listed), *map(id, blind)}
    return tuple(m for m in marks if id(m) not in apart), blind, listed


def merged(marks: tuple[StripMark, ...], scale: TimeScale) -> tuple[StripMark, ...]:
    """The marks, or, where there are very many, one for all of a kind within two user units, which says how many."""
    if len(marks) <= MOST_MARKS:
        return marks
    groups: dict[tuple[str, bool, bool, int], list[StripMark]] = {}
    for mark in marks:
        groups.setdefault((mark.outcome, mark.full, mark.simulated, round(scale.x(mark.time) / 2)), []).append(mark)
    return tuple(
        msgspec.structs.replace(first, label=f"{len(rest) + 1} looks; the first: {first.label}") if rest else first
        for first, *rest in groups.values()
    )


def description(strip: SiteStrip) -> str:
    """The strip in words, for who cannot see it."""
    numbers = {word: sum(m.outcome == word for m in strip.marks) for word in OUTCOME_WORDS}
    said = "; ".join(f"{OUTCOME_WORDS[word]}: {n}" for word, n in numbers.items() if n)
    calls = "".join(
        f" Port call of {c.label}, seen from {moment(c.arrived_before)} to {moment(c.departed_after)} UTC."
        for c in strip.calls
    )
    return (
        f"{counted(len(strip.marks), 'look')} from {day(strip.start)} to {day(strip.end)}. {said or 'No look'}.{calls}"
    )


def stacked(spans: list[tuple[datetime, datetime]], slack: float) -> list[int]:
    """A lane for each span so that none overlap; ``slack`` widens each by that part of the whole extent."""
    if not spans:
        return []
    room = slack * (max(e for _, e in spans) - min(s for s, _ in spans))
    ends: list[datetime] = []
    lanes = [0] * len(spans)
    for i in sorted(range(len(spans)), key=lambda k: spans[k]):
        start, end = spans[i]
        lane = next((n for n, until in enumerate(ends) if until <= start), len(ends))
        ends[lane : lane + 1] = [end + room]
        lanes[i] = lane
    return lanes


def _window_lanes(strip: SiteStrip) -> list[int]:
    """Lanes of the windows; one beyond the axis is a line of text and has a lane of its own."""
    shown = [w.start < strip.end and w.end > strip.start for w in strip.windows]
    held = stacked([(w.start, w.end) for w, on in zip(strip.windows, shown, strict=True) if on], slack=0.0)
    inside, beyond = iter(held), count(max(held, default=-1) + 1)
    return [next(inside) if on else next(beyond) for on in shown]


def _extent(call: StripCall, strip: SiteStrip) -> tuple[datetime, datetime]:
    return call.arrived_after or strip.start, call.departed_before or strip.end


def _frame(strip: SiteStrip, width: float, windows: int, calls: int) -> Frame:
    gutter = 124.0 if width >= 600 else 66.0
    calls_top = 4.0 + windows * _WINDOW
    rows_top = calls_top + calls * _CALL + (6.0 if calls else 2.0)
    rows = _ROWS if strip.marks else _NO_ROWS
    if sorted_out(strip.marks)[2]:
        rows = (*_ROWS, _LISTED)
    axis_y = rows_top + len(rows) * _ROW
    scale = TimeScale(start=strip.start, end=strip.end, left=gutter + 12, right=width - 14)
    return Frame(
        scale=scale,
        width=width,
        gutter=gutter,
        windows_top=4.0,
        calls_top=calls_top,
        rows_top=rows_top,
        axis_y=axis_y,
        height=axis_y + _AXIS,
        rows=rows,
    )


def _gaps(root: ET.Element, frame: Frame, strip: SiteStrip, nights: Sequence[TimeSpan]) -> None:
    """Stretches without a usable look, and the nights, over the windows and behind everything else."""
    held, height = frame.scale.held, frame.axis_y - frame.rows_top
    for gap in strip.gaps:
        left, right = held(gap.start), held(gap.end)
        box = add(root, "rect", x=left, y=frame.rows_top, width=right - left, height=height, class_="gap")
        length = hours((gap.end - gap.start).total_seconds() / 3600.0)
        add(box, "title", f"No usable look from {moment(gap.start)} to {moment(gap.end)} UTC, {length}")
    for night in nights:
        left, right = held(night.start), held(night.end)
        if right > left:
            box = add(root, "rect", x=left, y=frame.rows_top, width=right - left, height=height, class_="night")
            add(box, "title", f"Night, {moment(night.start)} to {moment(night.end)} UTC")


def _exposure(root: ET.Element, frame: Frame, strip: SiteStrip) -> None:
    """A bar along the axis, filled on the days with a usable look."""
    scale = frame.scale
    if not strip.marks:
        return
    seen = {int((m.time - scale.start) / _DAY) for m in strip.marks if m.usable and scale.start <= m.time < scale.end}
    days = max(1, round((scale.end - scale.start) / _DAY))
    group = add(root, "g", class_="exposure")
    add(group, "title", f"A usable look on {len(seen)} of {counted(days, 'day')}")
    y, height = frame.axis_y + 0.6, 3.4
    add(group, "rect", x=scale.left, y=y, width=scale.right - scale.left, height=height, class_="unexposed")
    for first, last in _joined(sorted(seen)):
        left, right = scale.held(scale.start + first * _DAY), scale.held(scale.start + (last + 1) * _DAY)
        add(group, "rect", x=left, y=y, width=right - left, height=height, class_="exposed")


def _joined(days: list[int]) -> list[tuple[int, int]]:
    """Runs of whole numbers in a row, by their ends."""
    runs: list[tuple[int, int]] = []
    for day_number in days:
        if runs and day_number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day_number)
        else:
            runs.append((day_number, day_number))
    return runs


def _shading(root: ET.Element, frame: Frame, windows: tuple[StripWindow, ...], lanes: list[int]) -> None:
    off = [w.end <= frame.scale.start or w.start >= frame.scale.end for w in windows]
    for window, lane, gone in zip(windows, lanes, off, strict=True):
        if gone:
            continue
        left, right = frame.scale.held(window.start), frame.scale.held(window.end)
        top = frame.windows_top + lane * _WINDOW
        group = add(root, "g", class_="window")
        add(group, "title", f"Claimed window of {window.label}: {moment(window.start)} to {moment(window.end)} UTC")
        add(
            group,
            "rect",
            x=left,
            y=top + 12,
            width=max(right - left, 1.5),
            height=frame.axis_y - top - 12,
            class_="shade",
        )
        add(
            group,
            "path",
            d=f"M{left:.2f} {top + 17:.2f} V{top + 12:.2f} H{max(right, left + 1.5):.2f} V{top + 17:.2f}",
            class_="bracket",
        )
        _window_label(group, frame, window.label, left, right, top + 9)
    for window, lane, gone in zip(windows, lanes, off, strict=True):
        if gone:
            _beyond(root, frame, window, frame.windows_top + lane * _WINDOW + 9)


def _beyond(root: ET.Element, frame: Frame, window: StripWindow, y: float) -> None:
    """A window that lies wholly beyond the axis, named at the side where it lies."""
    first, last = day(window.start), day(window.end - timedelta(seconds=1))
    if window.end <= frame.scale.start:
        add(root, "text", f"‹ {window.label}: {first} to {last}", x=frame.gutter, y=y, class_="window-text")
    else:
        text = f"{window.label}: {first} to {last} ›"
        add(root, "text", text, x=frame.width - 2, y=y, class_="window-text", text_anchor="end")


def _window_label(group: ET.Element, frame: Frame, label: str, left: float, right: float, y: float) -> None:
    """Left-aligned at the bracket, or right-aligned where it would leave the drawing; cut where neither fits."""
    room = frame.width - left
    need = 6.2 * len(label)
    if need <= room or left - frame.gutter < frame.width / 2:
        most = max(4, int(room / 6.2))
        add(group, "text", label if len(label) <= most else f"{label[: most - 1]}…", x=left, y=y, class_="window-text")
    else:
        add(group, "text", label, x=right, y=y, class_="window-text", text_anchor="end")


def _axis(root: ET.Element, frame: Frame) -> None:
    group = add(root, "g", class_="time-axis")
    add(group, "line", x1=frame.gutter, x2=frame.width - 2, y1=frame.axis_y, y2=frame.axis_y, class_="axis")
    for tick in ticks(frame.scale, 74.0 if frame.width >= 600 else 62.0):
        x = frame.scale.x(tick.time)
        add(group, "line", x1=x, x2=x, y1=frame.rows_top, y2=frame.axis_y, class_="grid")
        if frame.gutter + 16 <= x <= frame.width - 24:
            add(group, "text", tick.label, x=x, y=frame.axis_y + 17, class_="tick", text_anchor="middle")


def _row_labels(root: ET.Element, frame: Frame, *, narrow: bool) -> None:
    for number, (label, short, _) in enumerate(frame.rows):
        y = frame.rows_top + number * _ROW + _ROW / 2
        add(root, "line", x1=frame.gutter, x2=frame.width - 2, y1=y, y2=y, class_="row-line")
        add(root, "text", short if narrow else label, x=frame.gutter - 8, y=y + 4, class_="row-text", text_anchor="end")


def _call(root: ET.Element, frame: Frame, call: StripCall, top: float) -> None:
    """A bar while the ship was certainly there; hatched tails where it may have been, open where nothing bounds it."""
    y, height = top + 4.0, 9.0
    group = add(root, "g", class_="call simulated" if call.simulated else "call")
    tag = "SIMULATED. " if call.simulated else ""
    add(group, "title", f"{tag}Port call of {call.label}: {_bounds(call)}")
    held = frame.scale.held
    first, last = held(call.arrived_before), held(call.departed_after)
    left = held(call.arrived_after) if call.arrived_after else frame.gutter
    right = held(call.departed_before) if call.departed_before else frame.width - 2
    for a, b, bounded in ((left, first, call.arrived_after), (last, right, call.departed_before)):
        add(group, "rect", x=a, y=y, width=max(b - a, 0.0), height=height, class_="tail" if bounded else "tail open")
    add(group, "rect", x=first - 1.5, y=y - 1, width=last - first + 3, height=height + 2, class_="stay", rx=1.5)
    _call_label(group, frame, call, first - 6, last + 6, y + 8)


def _call_label(group: ET.Element, frame: Frame, call: StripCall, left: float, right: float, y: float) -> None:
    """Beside the bar, on the side with more room; without its bracketed part, then cut, where it does not fit."""
    after = frame.width - right >= left - frame.gutter
    room = frame.width - 4 - right if after else left - frame.gutter
    tag = " (simulated)" if call.simulated else ""
    text = next(
        (t for t in (call.label + tag, call.label.partition(" (")[0] + tag) if 6.4 * len(t) <= room),
        f"{call.label[: max(1, int(room / 6.4) - 1 - len(tag))]}…{tag}",
    )
    add(
        group,
        "text",
        text,
        x=right if after else left,
        y=y,
        class_="call-text",
        text_anchor="start" if after else "end",
    )


def _bounds(call: StripCall) -> str:
    arrived = f"arrived after {moment(call.arrived_after)}" if call.arrived_after else "arrival not bounded"
    departed = f"departed before {moment(call.departed_before)}" if call.departed_before else "departure not bounded"
    return f"{arrived}, seen {moment(call.arrived_before)} to {moment(call.departed_after)}, {departed} (UTC)"


def _mark(root: ET.Element, frame: Frame, mark: StripMark, key: str) -> None:
    if not frame.scale.start <= mark.time <= frame.scale.end:
        return
    row = next(i for i, (_, _, outcomes) in enumerate(frame.rows) if mark.outcome in outcomes)
    x, y = frame.scale.x(mark.time), frame.rows_top + row * _ROW + _ROW / 2
    group = add(root, "g", class_=f"mark {mark.outcome}{'' if mark.full else ' partly'}", data_look=mark.look)
    add(group, "title", mark.label)
    symbol(group, mark.outcome, x, y, key)
    if mark.simulated:
        add(group, "text", "s", x=x + 5.5, y=y - 4, class_="sim-text")


def _off_axis(root: ET.Element, frame: Frame, strip: SiteStrip) -> None:
    """Looks beyond the axis are counted at its ends, never dropped in silence."""
    before = sum(m.time < strip.start for m in strip.marks)
    after = sum(m.time > strip.end for m in strip.marks)
    y = frame.axis_y - 5
    if before:
        add(root, "text", f"‹ {before} earlier", x=frame.gutter + 4, y=y, class_="off-text")
    if after:
        add(root, "text", f"{after} later ›", x=frame.width - 4, y=y, class_="off-text", text_anchor="end")
