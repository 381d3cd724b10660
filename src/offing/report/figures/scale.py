"""Scales: time along an axis, round lengths for a bar, a degree grid, likelihood ratios on a log axis."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

from offing.records import Record
from offing.report.figures.svg import add

_DAY = 86400.0
_STEPS_S = (3600.0, 3 * 3600.0, 6 * 3600.0, 12 * 3600.0, _DAY, 2 * _DAY, 5 * _DAY, 7 * _DAY, 14 * _DAY)
"""Steps below a month."""
_STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_ROUND_M = (1.0, 2.0, 2.5, 5.0)


class TimeScale(Record, frozen=True):
    """A straight map from time to user units."""

    start: datetime
    """UTC."""
    end: datetime
    """UTC, after ``start``."""
    left: float
    """User units at ``start``."""
    right: float
    """User units at ``end``."""

    def x(self, instant: datetime) -> float:
        """User units of an instant, also beyond the ends."""
        part = (instant - self.start).total_seconds() / (self.end - self.start).total_seconds()
        return self.left + part * (self.right - self.left)

    def held(self, instant: datetime) -> float:
        """User units of an instant, kept between the ends."""
        return min(max(self.x(instant), self.left), self.right)


class Tick(Record, frozen=True):
    """A mark on a time axis."""

    time: datetime
    label: str


def ticks(scale: TimeScale, least_px: float) -> tuple[Tick, ...]:
    """Round instants within the scale, at least ``least_px`` user units apart."""
    px_per_s = (scale.right - scale.left) / (scale.end - scale.start).total_seconds()
    for step in _STEPS_S:
        if step * px_per_s >= least_px:
            return _even(scale, step)
    months = next((m for m in _STEPS_MONTHS if m * 30.44 * _DAY * px_per_s >= least_px), _STEPS_MONTHS[-1])
    return _monthly(scale, months)


def _even(scale: TimeScale, step: float) -> tuple[Tick, ...]:
    origin = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday, so that weekly ticks fall on Mondays
    first = math.ceil((scale.start - origin).total_seconds() / step)
    last = math.floor((scale.end - origin).total_seconds() / step)
    times = [origin + timedelta(seconds=step * i) for i in range(first, last + 1)]
    return tuple(Tick(time=t, label=_label(t, before)) for t, before in zip(times, [None, *times], strict=False))


def _label(instant: datetime, before: datetime | None) -> str:
    """The time of day off midnight, else the day; with the year where it begins to hold."""
    if before is not None and (instant.hour or instant.minute):
        return f"{instant:%H:%M}"
    year = f" {instant.year}" if before is None or before.year != instant.year else ""
    return f"{instant.day} {instant:%b}{year}"


def _monthly(scale: TimeScale, step: int) -> tuple[Tick, ...]:
    first, last = scale.start.year * 12 // step * step, scale.end.year * 12 + 12
    found = []
    for count in range(first, last + 1, step):
        if not 1 <= count // 12 <= 9999:
            continue
        t = datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)
        if scale.start <= t <= scale.end:
            found.append(Tick(time=t, label=f"{t.year}" if step >= 12 else f"{t:%b %Y}"))
    return tuple(found)


def round_length(most: float) -> float:
    """The greatest round number, 1, 2, 2.5 or 5 times a power of ten, that is at most ``most`` (> 0)."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(r * power for r in _ROUND_M if r * power <= most * (1 + 1e-9))


def length_label(metres: float) -> str:
    """``250 m``, ``2.5 km``."""
    return f"{metres:g} m" if metres < 1000 else f"{metres / 1000:g} km"


def scale_bar(parent: ET.Element, x: float, y: float, units_per_m: float, most: float) -> None:
    """A bar in ground metres with its length beside it; its left end stands at (x, y), ``most`` units long at most."""
    metres = round_length(most / units_per_m)
    length = metres * units_per_m
    group = add(parent, "g", class_="scale-bar")
    add(group, "title", f"Scale bar: {length_label(metres)} on the ground")
    add(group, "path", d=f"M{x:.2f} {y - 5:.2f} V{y:.2f} H{x + length:.2f} V{y - 5:.2f}", class_="bar")
    add(group, "text", length_label(metres), x=x + length / 2, y=y - 6, class_="bar-text", text_anchor="middle")


def north_arrow(parent: ET.Element, x: float, y: float, deg: float, size: float = 11.0) -> None:
    """An arrow to true north, ``deg`` clockwise from up, around (x, y)."""
    group = add(parent, "g", class_="north")
    add(group, "title", "True north")
    turn = f"rotate({deg:.2f} {x:.2f} {y:.2f})"
    low = y + size * 0.7
    d = f"M{x:.2f} {y - size:.2f} L{x + 5:.2f} {low:.2f} L{x:.2f} {low - 4:.2f} L{x - 5:.2f} {low:.2f} Z"
    add(group, "path", d=d, transform=turn, class_="arrow")
    far = size + 7
    at = (x + far * math.sin(math.radians(deg)), y - far * math.cos(math.radians(deg)))
    add(group, "text", "N", x=at[0], y=at[1] + 3.5, text_anchor="middle", class_="bar-text")


def degree_step(span: float, lines: int = 5) -> float:
    """A round step in degrees that puts about ``lines`` lines across ``span`` degrees."""
    steps = (1 / 60, 1 / 30, 1 / 12, 1 / 6, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
    return next((s for s in steps if span / s <= lines), 45.0)


def degrees_label(value: float, positive: str, negative: str) -> str:
    """``42°30′N``."""
    minutes = round(abs(value) * 60)
    side = positive if value >= 0 else negative
    whole, rest = divmod(minutes, 60)
    return f"{whole}°{rest:02d}′{side}" if rest else f"{whole}°{side}"
