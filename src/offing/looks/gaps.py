"""Collection gaps: the stretches of a window in which no usable look was taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from offing.looks.model import Look
from offing.records import Record
from offing.timespan import TimeSpan

LEAST_USABLE = 0.5
"""A look bounds a gap when at least this fraction of the berth could be seen."""


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
    speaks = any(o.seen != "indeterminate" for o in look.observations)
    return look.usable >= LEAST_USABLE and speaks


def gaps(looks: Iterable[Look], site: str, window: TimeSpan) -> tuple[Gap, ...]:
    """The gaps of ``site`` within ``window``, in order of time; one whole-window gap where nothing was looked at."""
    inside = sorted((k for k in looks if k.site == site and k.time in window), key=lambda k: (k.time, k.id))
    usable = [k for k in inside if is_usable(k)]
    edges: list[tuple[datetime, str | None]] = [
        (window.start, None),
        *((k.time, k.id) for k in usable),
        (window.end, None),
    ]
    found = []
    for (start, after), (end, before) in pairwise(edges):
        if end > start:
            poor = tuple(k.id for k in inside if start <= k.time <= end and not is_usable(k))
            found.append(Gap(site=site, start=start, end=end, after=after, before=before, unusable=poor))
    return tuple(found)
