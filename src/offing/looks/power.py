"""How probable it is that a call of a given length is shown by at least one look.

By the looks there were (``power_of_calls``), by passes that there were or will be (``power_of_passes``), and by the
pattern in which a satellite passes (``chance_of_a_look``): a rule of thumb where no pass is known. Each is exact for
calls of one length that begin at any time alike: what a call meets is piecewise constant in the time at which it
begins, and the pieces are summed. Passes of a pattern keep their local time of day, so that calls at night only can be
asked for.

This is not the power of a verdict. That one asks of ships that come and go by the traffic of the site, whether they
were there at some time within the window; this one asks of one call that was said to be so long.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from offing.errors import OffingError
from offing.geo import LonLat
from offing.looks.call_model import CallPower, Pattern
from offing.looks.calls import SiteLooks
from offing.looks.model import Look
from offing.looks.passes.model import Band, Pass
from offing.looks.sights import pass_sights
from offing.quantities import Interval
from offing.records import Record
from offing.sites import StayHours
from offing.timespan import TimeSpan

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


def power_of_calls(
    looks: Sequence[Look],
    *,
    span: TimeSpan,
    place: LonLat,
    length_h: float | None = None,
    stay: StayHours | None = None,
    pattern: Pattern = "any",
    whole: bool = False,
    assumed: Interval | None = None,
) -> CallPower:
    """P(at least one of the ``looks`` at one site shows a call that there was), and what was lost to what.

    The call begins at any instant of ``span`` alike, as far as ``pattern`` lets it: "night" wholly within one night of
    ``place`` (sun more than 6° below the horizon), "night-to-night" coming and leaving in the dark. It lasts
    ``length_h`` hours or, as ``stay`` has it, a log-normal time; by night then a time that fits. ``whole``: it ends
    within the span too. Otherwise looks after the span count as well, as far as the call lasts.

    A look shows it with p_detect × usable. Where nobody declared p_detect, it may be anything from 0 to 1, or as
    ``assumed``, and the result is a range. Looks of one acquisition count once, in any order. Blind looks, and those
    that say nothing, show nothing. Raises OffingError for a length that is none, both or neither of length and stay,
    and calls of random length from night to night; ObservationError for two looks of one id.
    """
    site = SiteLooks.of(looks, place, assumed)
    return site.power(span, length_h=length_h, stay=stay, pattern=pattern, whole=whole)


def power_of_passes(
    passes: Sequence[Pass],
    usable: Mapping[Band, float],
    *,
    span: TimeSpan,
    place: LonLat,
    length_h: float | None = None,
    stay: StayHours | None = None,
    pattern: Pattern = "any",
    whole: bool = False,
) -> CallPower:
    """P(at least one of ``passes`` gives a usable look at such a call): what could have been, not what was.

    ``usable``: P(a pass of that band gives a usable look of all that it covers), as stated: a picture was taken, the
    sky was clear; a band that is not named gives none, and optical passes in the dark give none. Arguments and errors
    else as ``power_of_calls``.
    """
    site = SiteLooks(pass_sights(passes, usable, place), place)
    return site.power(span, length_h=length_h, stay=stay, pattern=pattern, whole=whole)
