"""The looks at one site, asked how likely they would have shown a call of one kind or another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from offing.errors import OffingError
from offing.geo import LonLat
from offing.looks.beginnings import beginnings, length_ticks, openings
from offing.looks.call_model import CallPower, Cause, Loss, Pattern
from offing.looks.meeting import OneLength
from offing.looks.model import Look
from offing.looks.sights import NOTHING_KNOWN, Flags, Floats, Ints, Sights, sights
from offing.looks.staying import Stays
from offing.quantities import Interval
from offing.sites import StayHours
from offing.timespan import TimeSpan

_LONG_STAY_SD = 4.0
"""A night that goes on beyond the span is followed as far as a stay of so many standard deviations lasts."""


class Calls(Protocol):
    """Calls that there may have been, and what they meet."""

    begins_h: float
    possible: bool

    def met(self) -> tuple[Floats, Flags]: ...
    def shown(self, shows: Floats) -> tuple[Floats, float]: ...
    def shown_alike(self, shows: Floats, day: Ints) -> tuple[Floats, float]: ...


class SiteLooks:
    """What looked at one site, prepared once for many questions."""

    def __init__(self, seen: Sights, place: LonLat) -> None:
        self._seen, self._place = seen, place

    @classmethod
    def of(cls, looks: Sequence[Look], place: LonLat, assumed: Interval | None = None) -> SiteLooks:
        """The looks of one site at ``place``; ``assumed``: what an undeclared p_detect may be, 0–1 when None."""
        return cls(sights(looks, place, assumed or NOTHING_KNOWN), place)

    def power(
        self,
        span: TimeSpan,
        *,
        length_h: float | None = None,
        stay: StayHours | None = None,
        pattern: Pattern = "any",
        whole: bool = False,
    ) -> CallPower:
        """As ``offing.looks.power.power_of_calls``."""
        calls = self._calls(span, length_h, stay, pattern, whole=whole)
        chance, reached = calls.met() if calls.possible else (np.zeros(len(self._seen.at)), self._seen.at < 0)
        able = self._seen.shows[1] > 0.0
        (low, high), error = self._shown(calls, self._seen.shows)
        alike, _ = calls.shown_alike(self._seen.shows, self._seen.day) if calls.possible else (np.zeros(2), 0.0)
        return CallPower(
            length_h=length_h,
            stay=stay,
            pattern=pattern,
            whole=whole,
            span=span,
            begins_h=calls.begins_h,
            looks=int(reached.sum()),
            usable=int((reached & able).sum()),
            undeclared=int((reached & able & self._seen.undeclared).sum()),
            looks_met=float(chance.sum()),
            usable_met=float(chance[able].sum()),
            shown=_range(low, high + error) if calls.possible else None,
            shown_alike=_range(*alike) if calls.possible else None,
            lost=self._lost(calls, chance, reached) if calls.possible else (),
            error=error,
        )

    def _calls(
        self, span: TimeSpan, length_h: float | None, stay: StayHours | None, pattern: Pattern, *, whole: bool
    ) -> Calls:
        if (length_h is None) == (stay is None):
            raise OffingError("a call needs a length or a distribution of lengths", fix="give one of the two")
        if stay is None:
            length = length_ticks(length_h or 0.0)
            return OneLength(self._seen.at, beginnings(span, self._place, pattern, length, whole=whole), length)
        longest = math.exp(stay.mu + _LONG_STAY_SD * stay.sigma)
        open_ = openings(span, self._place, pattern, length_ticks(min(longest, 1e5)), whole=whole)
        return Stays(self._seen.at, open_, stay)

    def _lost(self, calls: Calls, chance: Floats, reached: Flags) -> tuple[Loss, ...]:
        causes = np.array([c or "" for c in self._seen.cause])
        names: list[Cause] = sorted({c for c, r in zip(self._seen.cause, reached, strict=True) if c and r})
        lost = []
        for name in names:
            these = causes == name
            (low, high), error = calls.shown(np.where(these, self._seen.would, self._seen.shows))
            lost.append(
                Loss(
                    cause=name,
                    looks=int((these & reached).sum()),
                    looks_met=float(chance[these].sum()),
                    shown=_range(low, high + error),
                )
            )
        return tuple(sorted(lost, key=lambda x: (round(-x.shown.high, 9), round(-x.shown.low, 9), x.cause)))

    @staticmethod
    def _shown(calls: Calls, shows: Floats) -> tuple[Floats, float]:
        return calls.shown(shows) if calls.possible else (np.zeros(2), 0.0)


def _range(low: float, high: float) -> Interval:
    """A hard range of a probability."""
    return Interval(low=float(low), high=float(min(1.0, max(low, high))), level=1.0)
