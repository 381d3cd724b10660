"""How probable it is, over time, that a ship of the kind sought lies at a site: curve, range, looks, gaps, window."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import datetime

from offing.movements.model import CallNumbers, Presence, PresencePoint
from offing.records import Record
from offing.report.figures.scale import TimeScale, ticks
from offing.report.figures.svg import add, canvas, path, rendered
from offing.report.figures.symbols import hatching, symbol
from offing.report.model import Outcome
from offing.report.words import OUTCOME_WORDS, counted, moment, percent
from offing.timespan import TimeSpan

_TOP, _PLOT, _LANE, _AXIS, _FOOT = 22.0, 180.0, 24.0, 22.0, 20.0
"""Heights: window label, curve, marks of the looks, axis, notes."""
_TENTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_MARKS = 300
"""Beyond these, looks of one outcome within two user units share a mark."""


class CurveLook(Record, frozen=True):
    """A look as it is marked under the curve."""

    time: datetime
    """UTC."""
    outcome: Outcome
    label: str
    """For a pointer or a screen reader."""


class CurveFigure(Record, frozen=True):
    """All that the drawing of one presence shows."""

    presence: Presence
    site: str
    """Name of the site."""
    ships: str
    """What is sought, in words."""
    looks: tuple[CurveLook, ...] = ()
    gaps: tuple[TimeSpan, ...] = ()
    """Stretches without a usable look."""


def presence_curve(figure: CurveFigure, width: float, key: str) -> str:
    """The drawing as SVG of ``width`` user units; ``key`` makes its ids unique in the page.

    Without a number there is no curve: the drawing says so, and still shows looks, gaps and window.
    """
    scale = _scale(figure, width)
    height = _TOP + _PLOT + _LANE + _AXIS + _FOOT
    root = canvas(width, height, f"{figure.ships} at {figure.site}", description(figure), key)
    root.set("class", "look-strip presence-curve")
    hatching(root, key)
    _shading(root, figure, scale)
    _grid(root, scale)
    if figure.presence.points:
        _curve(root, figure.presence.points, scale)
    else:
        words = "no number is given: p_detect or p_false is not declared for a look that can tell"
        add(root, "text", words, x=(scale.left + scale.right) / 2, y=_y(0.5), class_="row-text", text_anchor="middle")
    for look in _merged(figure.looks, scale):
        group = add(root, "g", class_="mark")
        add(group, "title", look.label)
        add(group, "line", x1=scale.x(look.time), x2=scale.x(look.time), y1=_y(1.0), y2=_y(0.0), class_="grid")
        symbol(group, look.outcome, scale.x(look.time), _y(0.0) + _LANE / 2 + 1, key)
    _axis(root, scale)
    tag = "SIMULATED. " if figure.presence.simulated else ""
    add(root, "text", tag + _note(figure.presence), x=scale.left, y=height - 5, class_="off-text")
    return rendered(root)


def description(figure: CurveFigure) -> str:
    """The drawing in words, for who cannot see it."""
    found, span = figure.presence, figure.presence.window
    tag = "SIMULATED. " if found.simulated else ""
    said = f"{tag}Window from {moment(span.start)} to {moment(span.end)} UTC. {_looks(figure.looks)}"
    if not found.points:
        without = counted(len(found.undeclared), "look")
        return f"{said} No number is given: {without} without declared probabilities."
    top = max(found.points, key=lambda p: p.probability)
    least = min(found.points, key=lambda p: p.probability)
    return (
        f"{said} The probability that such a ship is there is least at {moment(least.time)} UTC, "
        f"{percent(least.probability)}, and greatest at {moment(top.time)} UTC, {percent(top.probability)}; "
        f"before any look it is {percent(top.before_looks)}. {_calls(found.calls)}"
    )


def _looks(looks: Sequence[CurveLook]) -> str:
    numbers = {word: sum(k.outcome == word for k in looks) for word in OUTCOME_WORDS}
    said = "; ".join(f"{OUTCOME_WORDS[word]}: {n}" for word, n in numbers.items() if n)
    return f"{counted(len(looks), 'look')}{': ' + said if said else ''}."


def _calls(calls: CallNumbers | None) -> str:
    if calls is None:
        return ""
    return f"Calls in the window: {calls.mean:.1f} on average, {number_set(calls)} in 90 of 100 cases."


def number_set(calls: CallNumbers) -> str:
    """``1 to 3``, ``2``, ``1 to 5 or more``."""
    more = " or more" if calls.high == len(calls.probabilities) - 1 else ""
    return f"{calls.low}{more}" if calls.low == calls.high else f"{calls.low} to {calls.high}{more}"


def _note(found: Presence) -> str:
    parts = []
    if found.points:
        parts.append("line: given all looks; dashed: before any look")
        if found.points[0].low is not None:
            parts.append("band: over the assumptions")
    if found.calls is not None:
        parts.append(f"calls in the window: {number_set(found.calls)} (90 %)")
    return "; ".join(parts)


def _scale(figure: CurveFigure, width: float) -> TimeScale:
    found = figure.presence
    times = [p.time for p in found.points]
    span = TimeSpan(start=times[0], end=times[-1]) if times else found.window.padded(max(24.0, found.window.hours / 4))
    left = 52.0 if width >= 600 else 40.0
    return TimeScale(start=span.start, end=span.end, left=left, right=width - 14)


def _y(chance: float) -> float:
    return _TOP + (1.0 - chance) * _PLOT


def _shading(root: ET.Element, figure: CurveFigure, scale: TimeScale) -> None:
    span = figure.presence.window
    left, right = scale.held(span.start), scale.held(span.end)
    box = add(root, "rect", x=left, y=4, width=max(right - left, 1.0), height=_TOP - 4 + _PLOT, class_="shade")
    add(box, "title", f"Claimed window, {moment(span.start)} to {moment(span.end)} UTC")
    words = "claimed window" if figure.presence.claims else "window"
    add(root, "text", words, x=(left + right) / 2, y=16, class_="window-text", text_anchor="middle")
    for gap in figure.gaps:
        left, right = scale.held(gap.start), scale.held(gap.end)
        if right > left:
            box = add(root, "rect", x=left, y=_TOP, width=right - left, height=_PLOT, class_="gap")
            add(box, "title", f"No usable look from {moment(gap.start)} to {moment(gap.end)} UTC")


def _grid(root: ET.Element, scale: TimeScale) -> None:
    for part in _TENTHS:
        add(root, "line", x1=scale.left, x2=scale.right, y1=_y(part), y2=_y(part), class_="row-line")
        add(root, "text", f"{part:g}", x=scale.left - 6, y=_y(part) + 4, class_="row-text", text_anchor="end")


def _curve(root: ET.Element, points: Sequence[PresencePoint], scale: TimeScale) -> None:
    ranged = [p for p in points if p.low is not None and p.high is not None]
    if ranged:
        upper = [(scale.x(p.time), _y(p.high or 0.0)) for p in ranged]
        lower = [(scale.x(p.time), _y(p.low or 0.0)) for p in reversed(ranged)]
        path(root, [*upper, *lower], closed=True, class_="curve-range")
    path(root, [(scale.x(p.time), _y(p.before_looks)) for p in (points[0], points[-1])], class_="curve-before")
    path(root, [(scale.x(p.time), _y(p.probability)) for p in points], class_="curve")


def _axis(root: ET.Element, scale: TimeScale) -> None:
    y = _y(0.0) + _LANE
    add(root, "line", x1=scale.left, x2=scale.right, y1=y, y2=y, class_="axis")
    for tick in ticks(scale, 74.0):
        x = scale.x(tick.time)
        add(root, "line", x1=x, x2=x, y1=y, y2=y + 4, class_="axis")
        add(root, "text", tick.label, x=x, y=y + 16, class_="row-text", text_anchor="middle")


def _merged(looks: Sequence[CurveLook], scale: TimeScale) -> tuple[CurveLook, ...]:
    """The looks on the axis by time; where there are very many, one for all alike within two user units."""
    inside = sorted((k for k in looks if scale.start <= k.time <= scale.end), key=lambda k: (k.time, k.label))
    if len(inside) <= MOST_MARKS:
        return tuple(inside)
    groups: dict[tuple[str, int], list[CurveLook]] = {}
    for look in inside:
        groups.setdefault((look.outcome, round(scale.x(look.time) / 2)), []).append(look)
    return tuple(
        CurveLook(time=g[0].time, outcome=g[0].outcome, label=f"{counted(len(g), 'look')}; the first: {g[0].label}")
        for g in groups.values()
    )
