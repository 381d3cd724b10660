"""What a look shows, given the ships present and the look-alikes: the emission of the hidden chain.

A ship sought that is present is seen and named so with probability p × usable, each ship on its own.
A false naming has probability q × usable in all, but its causes differ in how long they last:

- half of it comes from look-alikes that pass for the sought ship as often as the ship itself would
  (probability p while they lie there), a quarter from look-alikes that do so at 0.4 of that rate, and
  a quarter strikes each look anew;
- a look-alike stays as ships of the site's traffic stay, so that two false sightings within its stay are
  not two pieces of evidence. A look with a lower q/p than another (a sharper sensor) is fooled by only
  some of the look-alikes that fool the other: those are nested.

The chain of look-alikes is redrawn from its stationary distribution at a constant rate, which keeps its
transition in closed form: exp(−μt) · stay as it is + (1 − exp(−μt)) · drawn anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offing.movements.sought import Reading
from offing.records import Record

Array = NDArray[np.float64]

KINDS: tuple[tuple[float, float], ...] = ((0.5, 1.0), (0.25, 0.4))
"""Lasting look-alikes: (share of the false namings, how often they fool as a share of p)."""

ANOTHER_LEAST, ANOTHER_MOST = 0.005, 0.2
"""Bounds of P(one more false naming in a look that already has one), which is taken as q × usable."""

P_MOST, P_LEAST = 0.995, 0.01
Q_LEAST = 0.001
"""No stated probability is taken as more certain than these: a stated 1 or 0 is rounded."""

_LEVELS = 4
_CROWDED = 0.9
"""Most that look-alikes together may be present."""


class Sensitivities(Record, frozen=True):
    """Assumptions about looks that can be varied."""

    p_shift: float = 0.0
    """Added to every p_detect."""
    q_factor: float = 1.0
    """Multiplies every p_false."""
    lasting: bool = True
    """False: every false naming strikes anew."""
    kinds: tuple[tuple[float, float], ...] = KINDS
    """As ``KINDS``: what else lies there, where it is known. What the shares leave of 1 strikes each look anew."""


class LookAlikes:
    """The chain of look-alikes at a site, and how often each look is fooled in each of its states."""

    def __init__(self, readings: Sequence[Reading], mean_stay_h: float, vary: Sensitivities) -> None:
        self.p = np.array([detect_probability(r, vary) for r in readings])
        self.q = np.array([_false(r, vary) for r in readings])
        self.usable = np.array([r.usable for r in readings])
        self.pace = 1.0 / mean_stay_h
        """Redrawn so often per hour."""
        kinds = vary.kinds if vary.lasting else ()
        momentary = 1.0 - sum(share for share, _ in kinds)
        self._build(kinds, momentary)

    def _build(self, kinds: Sequence[tuple[float, float]], momentary: float) -> None:
        able = self.p > 0.0
        ratio = np.where(able, self.q / np.maximum(self.p, self.q), 0.0)
        levels = _levels(ratio[able])
        crowd = sum(share / fool for share, fool in kinds) * (levels[-1] if levels.size else 0.0)
        scale = min(1.0, _CROWDED / crowd) if crowd > 0 else 1.0
        steps = np.diff(np.concatenate(([0.0], levels))) * scale
        present = [share / fool * step for share, fool in kinds for step in steps]
        self.stationary = np.array([max(0.0, 1.0 - sum(present)), *present])
        """Probability of no look-alike, then of each kind and level, shape (states,)."""
        rank = np.searchsorted(levels, ratio * (1 - 1e-9)) if levels.size else np.zeros(0, dtype=np.int64)
        fooled = np.zeros((len(self.p), len(self.stationary)))
        fooled += (momentary * self.q)[:, None]
        for k, (_, fool) in enumerate(kinds):
            for level in range(len(levels)):
                rate = np.minimum(fool * self.p * ratio / levels[np.minimum(rank, len(levels) - 1)] / scale, 1.0)
                fooled[:, 1 + k * len(levels) + level] += np.where(rank >= level, rate, 0.0)
        self.fooled = np.minimum(fooled * self.usable[:, None], 1.0 - 1e-6)
        """P(at least one false naming) of each look in each state, shape (looks, states)."""

    def kept(self, minutes: int) -> float:
        """P(not redrawn within ``minutes``)."""
        return math.exp(-self.pace * minutes / 60.0)


def _levels(ratio: Array) -> Array:
    """Up to four rising values of q/p that stand for those of all looks, each rounded up to one of them."""
    distinct = np.unique(np.round(ratio, 6))
    if len(distinct) <= _LEVELS:
        return np.asarray(distinct, dtype=np.float64)
    picks = np.ceil((np.arange(_LEVELS) + 1) * len(distinct) / _LEVELS).astype(int) - 1
    return np.asarray(distinct[picks], dtype=np.float64)


def detect_probability(reading: Reading, vary: Sensitivities) -> float:
    """p_detect of a reading that declares one, varied and rounded away from certainty."""
    assert reading.p_detect is not None
    if reading.p_detect == 0.0:
        return 0.0
    return float(min(max(reading.p_detect + vary.p_shift, P_LEAST), P_MOST))


def _false(reading: Reading, vary: Sensitivities) -> float:
    assert reading.p_false is not None
    return float(min(max(reading.p_false * vary.q_factor, Q_LEAST), P_MOST))


def emission(reading: Reading, p: float, fooled: Array, most: int) -> Array:
    """P(what the look shows | look-alike state, ships present), shape (look-alike states, most + 1)."""
    named = reading.ships
    real = _seen_of(most, named, p * reading.usable)
    extra = _extra(reading, named)
    if not reading.open_ended:
        shown = np.outer(1.0 - fooled, real[:, named]) + np.outer(fooled, real[:, :named] @ extra)
        return np.maximum(shown, 1e-300)
    fewer = np.zeros((len(fooled), most + 1))
    for count in range(named):
        fewer += np.outer(1.0 - fooled, real[:, count]) + np.outer(fooled, real[:, :count] @ _extra(reading, count))
    return np.maximum(1.0 - fewer, 1e-300)


def by_real(reading: Reading, p: float, fooled: Array, most: int) -> Array:
    """``emission`` split by how many of the rows are ships indeed, shape (rows + 1, look-alike states, most + 1).

    Part a < named: a of them are, the others are look-alikes. The last part: all of them are (of an open-ended look: at
    least so many ships were seen).
    """
    named = reading.ships
    real = _seen_of(most, named, p * reading.usable)
    extra = _extra(reading, named)
    if reading.open_ended:
        extra = np.cumsum(extra) + (1.0 - extra.sum())
    parts = [np.outer(fooled * extra[a], real[:, a]) for a in range(named)]
    if reading.open_ended:
        return np.array([*parts, np.ones((len(fooled), 1)) * (1.0 - real[:, :named].sum(axis=1))])
    return np.array([*parts, np.outer(1.0 - fooled, real[:, named])])


def _extra(reading: Reading, most: int) -> Array:
    """P(most, most − 1, …, 1 false namings | at least one)."""
    more = min(max((reading.p_false or 0.0) * reading.usable, ANOTHER_LEAST), ANOTHER_MOST)
    return np.array([(1.0 - more) * more ** (j - 1) for j in range(most, 0, -1)])


@lru_cache(maxsize=4096)
def _seen_of(most: int, named: int, p: float) -> Array:
    """P(k of n ships are seen and named), shape (most + 1, named + 1), rows n, columns k."""
    table = np.zeros((most + 1, named + 1))
    ships = np.arange(most + 1)
    for k in range(min(named, most) + 1):
        ways = np.array([math.comb(n, k) for n in ships], dtype=np.float64)
        table[:, k] = np.where(ships >= k, ways * p**k * (1.0 - p) ** np.maximum(ships - k, 0), 0.0)
    return table
