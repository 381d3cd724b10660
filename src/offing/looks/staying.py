"""Calls of log-normal length against looks, in closed form but for a remainder that is bounded.

A call that begins at b is shown first by look j, with the probability that no look before j shows it and j does, if it
is still there: P(L > t_j − b). Over the beginnings between two looks that integrates to differences of the limited
expected value of the length, E[min(L, x)], which a log-normal has in closed form (Klugman, Panjer and Willmot, Loss
Models, appendix A). The sum over j ends where what is left, bounded by the calls that are still there unseen, no longer
matters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from offing.looks.beginnings import HOUR, Opening
from offing.looks.sights import Flags, Floats, Ints
from offing.sites import StayHours

ENOUGH = 1e-9
"""What the remainder may be."""

_NOTHING = 1e-12
"""Beginnings whose further looks can add no more than this, and their number of times, are left out."""

_MOST = 1_000_000
"""Terms that are summed at most; beyond them the remainder is reported as it is."""

_SELDOM = 1e-6
"""A look that fewer calls meet is not counted among those that a call may meet."""


@dataclass(frozen=True, slots=True)
class Starts:
    """Stretches of beginnings between two looks, shape (stretches,) each; hours after ``zero``."""

    begin: Floats
    end: Floats
    look: Ints
    """Index of the first look that such a call can meet."""
    limit: Ints
    """Index after the last one before the call has to be over."""
    over: Floats
    """∫ P(L > until - b) db, hours: calls that would not be over in time."""

    def of(self, which: Flags) -> Starts:
        """Some of them."""
        return Starts(*(getattr(self, name)[which] for name in ("begin", "end", "look", "limit", "over")))


class Stays:
    """Calls of random length at a site: beginnings, and what they meet."""

    def __init__(self, at: Ints, openings: Sequence[Opening], stay: StayHours) -> None:
        self._stay = stay
        self._zero = openings[0].first if openings else 0
        self._at = (at - self._zero) / HOUR
        self._openings = [(self._hours(o.first), self._hours(o.last), self._hours(o.until)) for o in openings]
        self.begins_h = float(sum(c - a - self._from(u - a, u - c) for a, c, u in self._openings))
        """Hours in which a call can begin, each weighed by P(a call from then on is over in time)."""
        self.possible = self.begins_h > 0.0
        """Whether there can be such a call."""

    def _hours(self, at: int | None) -> float:
        return math.inf if at is None else (at - self._zero) / HOUR

    def limited(self, hours: Floats) -> Floats:
        """E[min(L, hours)], hours; 0 below 0."""
        from scipy.special import ndtr

        mu, sigma = self._stay.mu, self._stay.sigma
        x = np.maximum(hours, 0.0)
        with np.errstate(divide="ignore"):
            d = (np.log(x) - mu) / sigma
        finite = np.where(np.isfinite(x), x, 0.0)
        return np.asarray(math.exp(mu + sigma**2 / 2.0) * ndtr(d - sigma) + finite * ndtr(-d), dtype=np.float64)

    def _from(self, far: Floats | float, near: Floats | float) -> Floats:
        """∫ P(L > s) ds from ``near`` to ``far``."""
        return np.maximum(self.limited(np.asarray(far)) - self.limited(np.asarray(near)), 0.0)

    def met(self) -> tuple[Floats, Flags]:
        """(P(a call meets the look), whether that is not most seldom), shape (looks,) each."""
        chance = np.zeros(len(self._at))
        for first, last, until in self._openings:
            i, j = np.searchsorted(self._at, first), np.searchsorted(self._at, until)
            t = self._at[i:j]
            end = np.minimum(last, t)
            chance[i:j] += np.maximum(self._from(t - first, t - end) - self._from(until - first, until - end), 0.0)
        chance = np.minimum(chance / self.begins_h, 1.0)
        return chance, chance > _SELDOM

    def shown(self, shows: Floats) -> tuple[Floats, float]:
        """(P(at least one look shows the call), by how much that may be too small), shape (rows,).

        ``shows``: shape (rows, looks). Looks are independent given that the ship is there.
        """
        return self.shown_alike(shows, np.arange(len(self._at)))

    def shown_alike(self, shows: Floats, day: Ints) -> tuple[Floats, float]:
        """The same when of the looks of one day (rising numbers) only the best one met counts."""
        useful = shows.max(axis=0, initial=0.0) > 0.0
        at, shows, day = self._at[useful], shows[:, useful], day[useful]
        left = self._starts(at)
        missed = np.ones((len(shows), len(left.begin)))
        before, top, last = missed.copy(), np.zeros_like(missed), np.full(len(left.begin), -1)
        total, dropped, terms = np.zeros(len(shows)), 0.0, 0
        idle = _NOTHING * self.begins_h / max(1, len(left.begin))
        while True:
            still = self._still(at, left)
            most = missed.max(axis=0, initial=0.0) * still
            alive = most > idle
            dropped += float(most[~alive].sum())
            left, still = left.of(alive), still[alive]
            missed, before, top, last = missed[:, alive], before[:, alive], top[:, alive], last[alive]
            rest = dropped + float((missed @ still).max(initial=0.0))
            if not len(still) or rest <= ENOUGH * self.begins_h or terms > _MOST:
                break
            today, x = day[left.look], shows[:, left.look]
            before = np.where(today != last, missed, before)
            top = np.where(today != last, x, np.maximum(top, x))
            fewer = before * (1.0 - top)
            total += (missed - fewer) @ still
            missed, last, terms = fewer, today, terms + still.size
            left = replace(left, look=left.look + 1)
        return np.clip(total / self.begins_h, 0.0, 1.0), rest / self.begins_h

    def _still(self, at: Floats, left: Starts) -> Floats:
        """Hours of beginnings from which a call is there at its look, and over in time; 0 where there is no look."""
        found = np.zeros(len(left.begin))
        here = left.look < left.limit
        t = at[left.look[here]]
        still = self._from(t - left.begin[here], t - left.end[here]) - left.over[here]
        found[here] = np.maximum(still, 0.0)
        return found

    def _starts(self, at: Floats) -> Starts:
        parts = []
        for first, last, until in self._openings:
            inner = at[np.searchsorted(at, first, side="right") : np.searchsorted(at, last)]
            marks = np.unique(np.concatenate(([first], inner, [last])))
            look = np.searchsorted(at, marks[1:])
            limit = np.full(len(look), np.searchsorted(at, until))
            over = self._from(until - marks[:-1], until - marks[1:])
            parts.append((marks[:-1], marks[1:], look, limit, over))
        return Starts(*(np.concatenate(c) for c in zip(*parts, strict=True)))
