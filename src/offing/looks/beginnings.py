"""When a call may begin: anywhere in a span, or only so that it lies in the dark.

Instants are whole microseconds since 1970, so that ends meet exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from offing.errors import OffingError
from offing.geo import LonLat
from offing.looks.call_model import Pattern
from offing.looks.darkness import nights
from offing.records import Record
from offing.timespan import TimeSpan

HOUR = 3_600_000_000
"""Microseconds."""

LONGEST_H = 100_000.0
"""Longer calls than these eleven years are refused."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_REACH = 48 * HOUR

Stretch = tuple[int, int]
"""From and to, microseconds since 1970."""


class Opening(Record, frozen=True):
    """A call may begin from ``first`` to ``last`` and has to end by ``until``; microseconds since 1970."""

    first: int
    last: int
    until: int | None
    """None: whenever it likes."""


def ticks(instant: datetime) -> int:
    """Microseconds since 1970."""
    return (instant - _EPOCH) // _TICK


def instant(at: int) -> datetime:
    """The UTC instant ``at`` microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=at)


def length_ticks(length_h: float) -> int:
    """Microseconds of a call. Raises OffingError for one that has no length, or an absurd one."""
    if not 0.0 < length_h <= LONGEST_H:
        raise OffingError(
            f"a call of {length_h:g} h is no length of a call", fix=f"write hours above 0 and up to {LONGEST_H:,.0f}"
        )
    return max(1, round(length_h * HOUR))


def openings(span: TimeSpan, place: LonLat, pattern: Pattern, longest: int, *, whole: bool) -> tuple[Opening, ...]:
    """When calls of any length up to ``longest`` may begin and by when they have to be over; in order.

    Raises OffingError for a pattern that has no such end.
    """
    start, end = ticks(span.start), max(ticks(span.end), ticks(span.start) + 1)
    if pattern == "night-to-night":
        raise OffingError(
            "calls of random length that come and leave in the dark are not computed", fix="give their length"
        )
    if pattern == "any":
        return (Opening(first=start, last=end, until=end if whole else None),)
    found = []
    for first, until in dark(place, span, 0 if whole else longest):
        if first < end:
            found.append(Opening(first=first, last=min(end, until), until=until))
    return tuple(o for o in found if o.last > o.first)


def beginnings(span: TimeSpan, place: LonLat, pattern: Pattern, length: int, *, whole: bool) -> tuple[Stretch, ...]:
    """When a call of ``length`` microseconds may begin: stretches in order, single instants among them."""
    start, end = ticks(span.start), ticks(span.end)
    last = end - length if whole else end
    if pattern == "any":
        found: Sequence[Stretch] = ((start, last),)
    else:
        black = dark(place, span, 0 if whole else length)
        if pattern == "night":
            found = [(a, min(c - length, last)) for a, c in black]
        else:
            left = _common(black, [(a - length, c - length) for a, c in black])
            found = [(a, min(c, last)) for a, c in left]
    return tuple((a, c) for a, c in found if a <= c)


def dark(place: LonLat, span: TimeSpan, beyond: int) -> tuple[Stretch, ...]:
    """The nights that reach into ``span``, each up to its own end or at least ``beyond`` microseconds past the span."""
    reach = 0 if beyond <= 0 else _REACH
    while reach < beyond:
        reach *= 4
    return _dark(place, span.start, span.end, reach)


@lru_cache(maxsize=256)
def _dark(place: LonLat, start: datetime, end: datetime, reach: int) -> tuple[Stretch, ...]:
    later = timedelta(microseconds=reach)
    reached = end + later if _LAST - end > later else _LAST
    return tuple((ticks(n.start), ticks(n.end)) for n in nights(place, TimeSpan(start=start, end=reached)))


def _common(some: Sequence[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """What lies in both; each in order and without overlap."""
    found, i, j = [], 0, 0
    while i < len(some) and j < len(others):
        a, c = max(some[i][0], others[j][0]), min(some[i][1], others[j][1])
        if a <= c:
            found.append((a, c))
        if some[i][1] < others[j][1]:
            i += 1
        else:
            j += 1
    return found


def why_none(span: TimeSpan, place: LonLat, pattern: Pattern) -> str:
    """Why no call of some length and ``pattern`` can begin, in words."""
    if pattern == "any":
        return "the window is shorter than the call"
    if not any(first < ticks(span.end) for first, _ in dark(place, span, 1)):
        return "it never gets dark in the window"
    return "no night is as long" if pattern == "night" else "no two nights are so far apart"
