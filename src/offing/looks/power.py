"""How probable it is that a call of a given length meets at least one usable look, by pattern of passes.

Exact for periodic passes and a call that begins at any time alike: the number of passes met is piecewise
constant in the time at which the call begins, and the pieces are summed. Passes keep their local time of
day, so that calls at night only can be asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from offing.errors import OffingError
from offing.records import Record

DAY_H = 24.0


class PassPattern(Record, frozen=True):
    """Passes over a place that repeat."""

    name: str
    repeat_days: int
    """The pattern begins anew after so many days."""
    passes_h: tuple[float, ...]
    """Times of the passes, local hours after the pattern begins, 0 to 24 × repeat_days."""
    usable: float
    """P(a pass gives a usable look): clear sky, data taken; 0–1, each pass on its own."""

    def __post_init__(self) -> None:
        if self.repeat_days < 1:
            raise OffingError(f"{self.name} repeats after {self.repeat_days} days", fix="write 1 or more")
        if not 0.0 <= self.usable <= 1.0:
            raise OffingError(f"{self.name}: usable is {self.usable}", fix="write a number from 0 to 1")
        if any(not 0.0 <= p < DAY_H * self.repeat_days for p in self.passes_h):
            raise OffingError(f"{self.name}: a pass lies outside its {self.repeat_days} days")

    def met(self, begin_h: float, length_h: float) -> int:
        """Passes in [begin, begin + length), hours in the pattern, wrapping around."""
        period = DAY_H * self.repeat_days
        return sum(
            math.ceil((begin_h + length_h - p) / period) - math.ceil((begin_h - p) / period) for p in self.passes_h
        )

    def missed(self, hour_of_day: float, length_h: float) -> float:
        """P(no usable look in a call that begins at this local hour, on any day of the pattern alike)."""
        days = range(self.repeat_days)
        return sum((1.0 - self.usable) ** self.met(DAY_H * d + hour_of_day, length_h) for d in days) / self.repeat_days


SENTINEL_2 = PassPattern(name="Sentinel-2, clear on half of its passes", repeat_days=5, passes_h=(10.5,), usable=0.5)
SENTINEL_1A = PassPattern(
    name="Sentinel-1A, both passes", repeat_days=12, passes_h=(18.0, 5 * DAY_H + 6.0), usable=0.98
)
DAILY_OPTICAL = PassPattern(
    name="daily optical, clear on half of its days", repeat_days=1, passes_h=(10.5,), usable=0.5
)


def chance_of_a_look(
    patterns: Sequence[PassPattern], length_h: float, *, within: tuple[float, float] | None = None
) -> float:
    """P(at least one usable look) of a call of ``length_h`` hours that begins at any time alike.

    ``within``: local hours (from, to) between which the whole call lies, over midnight when ``to`` ≤ ``from``: a call
    by night. Patterns are independent but for the time of day. Raises OffingError for a length that is not above 0, or
    one that does not fit between those hours.
    """
    if not 0.0 < length_h < math.inf:
        raise OffingError(f"a call of {length_h} h has no length", fix="write hours above 0")
    first, last = 0.0, DAY_H
    if within is not None:
        first = within[0] % DAY_H
        stretch = (within[1] - within[0]) % DAY_H or DAY_H
        last = first + stretch - length_h
        if last < first:
            raise OffingError(f"a call of {length_h:g} h does not fit into {stretch:g} h", fix="ask for a shorter call")
    if last == first:
        return 1.0 - math.prod(p.missed(first % DAY_H, length_h) for p in patterns)
    edges = _edges(patterns, length_h, first, last)
    shown = 0.0
    for a, b in pairwise(edges):
        middle = (a + b) / 2.0
        shown += (b - a) * (1.0 - math.prod(p.missed(middle, length_h) for p in patterns))
    return shown / (last - first)


def _edges(patterns: Sequence[PassPattern], length_h: float, first: float, last: float) -> list[float]:
    """Hours of beginning at which the number of passes met may change, with both ends."""
    marks = {(p - shift) % DAY_H for pattern in patterns for p in pattern.passes_h for shift in (0.0, length_h)}
    turns = {m + DAY_H * turn for m in marks for turn in (0, 1) if first < m + DAY_H * turn < last}
    return sorted({first, last, *turns})
