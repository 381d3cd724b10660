"""Every way to part a series into stretches of one rate, weighed exactly.

Product partitions (Barry and Hartigan 1993) by the forward and backward recursions of Fearnhead (2006): the evidence of
each stretch is a negative binomial in closed form, and sums over all ways to part n cells cost n². Changes are a
Poisson process in time: between two cells the more likely the farther they are apart. Logarithms throughout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.movements.rates.model import RatePrior

Floats = NDArray[np.float64]


class Segments:
    """A series of n cells (times rising, exposure above 0); matrices have the axes (first cell, last cell)."""

    def __init__(self, days: Floats, exposure: Floats, count: Floats, prior: RatePrior) -> None:
        """``days``: times of the cells, shape (n,); ``exposure`` in days and ``count``, shape (n,) each."""
        from scipy.special import gammaln

        n = len(days)
        y, e = (np.concatenate(([0.0], np.cumsum(v))) for v in (count, exposure))
        within = np.tri(n, dtype=bool).T
        self.shape = np.where(within, prior.shape + np.maximum(y[None, 1:] - y[:-1, None], 0.0), prior.shape)
        b = prior.inverse_scale_d
        self.days = np.where(within, b + np.maximum(e[None, 1:] - e[:-1, None], 0.0), b)
        evidence = prior.shape * math.log(b) - math.lgamma(prior.shape)
        evidence = evidence + gammaln(self.shape) - self.shape * np.log(self.days)
        gaps = np.diff(days)
        pace = -math.log1p(-prior.change) / max(float(gaps.sum()), 1e-300)
        with np.errstate(divide="ignore"):
            self.turn = np.log(-np.expm1(-pace * gaps))
        """log P(the rate changes between this cell and the next), shape (n − 1,)."""
        held = np.concatenate(([0.0], np.cumsum(-pace * gaps)))
        self.run = np.where(within, evidence + held[None, :] - held[:, None], -np.inf)
        """log P(counts of the stretch, no change in it)."""
        self.begun = self._begun()
        self.total = float(_sum(self.begun + self.run[:, -1]))
        """log P(all counts)."""

    def _begun(self) -> Floats:
        """log P(counts before cell i, a stretch begins at i), any number of changes, shape (n,)."""
        out = np.full(len(self.run), -np.inf)
        out[0] = 0.0
        for i in range(1, len(out)):
            out[i] = _sum(out[:i] + self.run[:i, i - 1]) + self.turn[i - 1]
        return out

    @property
    def unchanged(self) -> float:
        """P(no change)."""
        return math.exp(min(0.0, float(self.run[0, -1]) - self.total))

    def numbered(self, most: int) -> Floats:
        """P(0, 1, … ``most`` changes); what is missing to 1 are more."""
        start = self.starts(0)
        ways = []
        for _ in range(min(most, len(self.run) - 1) + 1):
            ways.append(_sum(start + self.run[:, -1]))
            start = self._next(start)
        return np.asarray(np.exp(np.minimum(np.array(ways, dtype=np.float64) - self.total, 0.0)))

    def starts(self, k: int) -> Floats:
        """log P(counts before cell i, stretch number ``k`` (from 0) begins at i), shape (n,)."""
        out = np.full(len(self.run), -np.inf)
        out[0] = 0.0
        for _ in range(k):
            out = self._next(out)
        return out

    def _next(self, start: Floats) -> Floats:
        """From where a stretch begins to where the next one does."""
        ended = _sum(start[:, None] + self.run, axis=0)
        return np.concatenate(([-np.inf], ended[:-1] + self.turn))

    def ends(self, k: int) -> Floats:
        """log P(counts after cell j | a stretch ends at j and ``k`` more follow), shape (n,)."""
        out = np.full(len(self.run), -np.inf)
        out[-1] = 0.0
        for _ in range(k):
            begun = _sum(self.run + out[None, :], axis=1)
            out = np.concatenate((self.turn + begun[1:], [-np.inf]))
        return out

    def stretch(self, k: int, changes: int) -> Floats:
        """P(stretch number ``k`` reaches from cell i to cell j | so many changes), shape (n, n)."""
        logs = self.starts(k)[:, None] + self.run + self.ends(changes - k)[None, :]
        return _normed(logs)

    def dated(self, k: int, changes: int) -> Floats:
        """P(change number ``k`` (from 1) lies between cell i and the next | so many changes), shape (n − 1,)."""
        ended = _sum(self.starts(k - 1)[:, None] + self.run, axis=0)
        return _normed((ended + self.ends(changes - k + 1))[:-1])

    def last(self) -> Floats:
        """P(the stretch before the last is from cell s to c, the last one from c + 1), axes (s, c).

        Sums to P(at least one change), over all numbers of changes; shape (n, n − 1).
        """
        logs = self.begun[:, None] + self.run[:, :-1] + (self.turn + self.run[1:, -1])[None, :]
        return np.asarray(np.exp(np.minimum(logs - self.total, 0.0)))


def _normed(logs: Floats) -> Floats:
    return np.asarray(np.exp(logs - _sum(logs.ravel())), dtype=np.float64)


def _sum(logs: Floats, axis: int | None = None) -> Floats:
    """log of a sum of exponentials."""
    top = np.max(logs, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        found = np.log(np.sum(np.exp(logs - top), axis=axis, keepdims=True)) + top
    return np.asarray(np.squeeze(found, axis=axis) if axis is not None else found.reshape(()), dtype=np.float64)


def days_of(seconds: Sequence[float]) -> Floats:
    """Days from the first of rising instants given in seconds."""
    values: Floats = np.asarray(seconds, dtype=np.float64)
    return np.asarray((values - values[0]) / 86_400.0, dtype=np.float64)
