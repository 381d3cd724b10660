"""Collection gaps: the stretches of a window in which no usable look was taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from offing.errors import OffingError
from offing.looks.model import Look
from offing.looks.sights import speaks
from offing.records import Record
from offing.timespan import TimeSpan

LEAST_USABLE = 0.5
"""A look bounds a gap when at least this fraction of the berth could be seen."""


class Seeing(Record, frozen=True):
    """What counts as a look that would have seen a call."""

    least_usable: float = LEAST_USABLE
    """At least this fraction of the berth could be seen, 0–1."""
    least_p: float = 0.0
    """A declared p_detect is at least this, 0–1, and above 0; an undeclared one is taken as enough."""

    def __post_init__(self) -> None:
        for name, value in (("least_usable", self.least_usable), ("least_p", self.least_p)):
            if not 0.0 <= value <= 1.0:
                raise OffingError(f"{name} is {value:g}", fix="write a number from 0 to 1")

    def by(self, look: Look) -> bool:
        """Whether ``look`` would have seen a call."""
        sharp = look.p_detect is None or (look.p_detect > 0.0 and look.p_detect >= self.least_p)
        return sharp and look.usable > 0.0 and look.usable >= self.least_usable and speaks(look)


USUAL = Seeing()


class Gap(Record, frozen=True):
    """A stretch between two usable looks, or between one and the edge of the window."""

    site: str
    start: datetime
    """UTC."""
    end: datetime
    """UTC."""
    after: str | None
    """Id of the look before it; None at the start of the window."""
    before: str | None
    """Id of the look that ends it; None at the end of the window."""
    unusable: tuple[str, ...]
    """Ids of the looks within it that could not see enough."""

    @property
    def hours(self) -> float:
        """Length in hours: a call shorter than this can have passed unseen within it."""
        return (self.end - self.start).total_seconds() / 3600.0


def is_usable(look: Look) -> bool:
    """Whether a look can say that nothing was there: enough of the berth seen, and not indeterminate."""
    return look.usable >= LEAST_USABLE and speaks(look)


def gaps(looks: Iterable[Look], site: str, window: TimeSpan, seeing: Seeing = USUAL) -> tuple[Gap, ...]:
    """The gaps of ``site`` within ``window``, in order of time; one whole-window gap where nothing was looked at."""
    inside = sorted((k for k in looks if k.site == site and k.time in window), key=lambda k: (k.time, k.id))
    usable = [k for k in inside if seeing.by(k)]
    edges: list[tuple[datetime, str | None]] = [
        (window.start, None),
        *((k.time, k.id) for k in usable),
        (window.end, None),
    ]
    found = []
    for (start, after), (end, before) in pairwise(edges):
        if end > start:
            poor = tuple(k.id for k in inside if start <= k.time <= end and not seeing.by(k))
            found.append(Gap(site=site, start=start, end=end, after=after, before=before, unusable=poor))
    return tuple(found)
