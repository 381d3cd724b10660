"""How long ships stay: log-normal as stated, phase-type inside, so that inference is exact.

A log-normal stay has a memory that a Markov chain cannot carry. It is replaced by a mixture of
Erlang branches (phases passed one after the other, each at a constant rate), fitted to the stated
distribution at 200 quantiles by least squares (Thümmler, Buchholz, Telek 2006 fit the same family by
EM). The greatest difference between the two distribution functions is kept and reported.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.sites import StayHours

_ORDERS: dict[int, tuple[tuple[int, ...], ...]] = {
    1: ((1,),),
    2: ((2,), (1, 1)),
    3: ((3,), (2, 1), (1, 1, 1)),
    4: ((4,), (3, 1), (2, 2), (2, 1, 1)),
    5: ((4, 1), (3, 2), (3, 1, 1), (2, 2, 1)),
    6: ((5, 1), (4, 2), (3, 3), (3, 2, 1), (4, 1, 1), (2, 2, 2)),
}
"""Phases in each branch, by number of phases in all."""

MOST_PHASES = max(_ORDERS)
_POINTS = 200
_MEAN_WEIGHT = 2.0
"""How much the logarithm of the mean counts beside the distribution function at one point."""


class StayMixture(Record, frozen=True):
    """A stay drawn from one of several log-normals."""

    parts: tuple[StayHours, ...]
    """Each log-normal by its 5, 50 and 95 % points, hours."""
    weights: tuple[float, ...]
    """Share of the calls that each part describes; sums to 1."""

    @property
    def mean(self) -> float:
        """Mean stay, hours."""
        return sum(w * math.exp(p.mu + p.sigma**2 / 2.0) for w, p in zip(self.weights, self.parts, strict=True))

    @property
    def p95(self) -> float:
        """A stay that 95 % of the calls do not exceed, hours (the greatest of the parts)."""
        return max(p.p95 for p in self.parts)

    def scaled(self, factor: float) -> StayMixture:
        """The same stays, ``factor`` times as long."""
        if factor == 1.0:
            return self
        parts = tuple(StayHours(p05=p.p05 * factor, p50=p.p50 * factor, p95=p.p95 * factor) for p in self.parts)
        return StayMixture(parts=parts, weights=self.weights)

    def cdf(self, hours: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(stay ≤ hours), for hours above 0."""
        from scipy.special import ndtr

        total = np.zeros_like(hours)
        for weight, part in zip(self.weights, self.parts, strict=True):
            total += weight * ndtr((np.log(hours) - part.mu) / part.sigma)
        return total

    def still_there(self, hours: float) -> float:
        """P(a ship seen at a random moment of its stay was there ``hours`` before, or will be ``hours`` after).

        The mean residual life form: the tail of the length-biased stay, ∫ P(stay > s) ds over s > hours / mean.
        """
        from scipy.special import ndtr

        if hours <= 0.0:
            return 1.0
        tail = 0.0
        for weight, part in zip(self.weights, self.parts, strict=True):
            d = (math.log(hours) - part.mu) / part.sigma
            beyond = math.exp(part.mu + part.sigma**2 / 2.0) * float(ndtr(part.sigma - d))
            tail += weight * (beyond - hours * float(ndtr(-d)))
        return max(0.0, tail / self.mean)


class PhaseType(Record, frozen=True):
    """A mixture of Erlang branches: branch b is entered with its weight and passed phase by phase."""

    orders: tuple[int, ...]
    """Phases in each branch."""
    weights: tuple[float, ...]
    """Probability of each branch; sums to 1."""
    rates: tuple[float, ...]
    """Rate out of each phase of a branch, per hour."""
    error: float
    """Greatest difference to the stated distribution function, 0–1."""

    @property
    def phases(self) -> int:
        """Phases in all branches together."""
        return sum(self.orders)

    @property
    def mean(self) -> float:
        """Mean stay, hours."""
        return sum(w * k / r for w, k, r in zip(self.weights, self.orders, self.rates, strict=True))

    def entry(self) -> NDArray[np.float64]:
        """Probability that a stay begins in each phase, shape (phases,)."""
        start = np.zeros(self.phases)
        start[_firsts(self.orders)] = self.weights
        return start

    def phase_rates(self) -> NDArray[np.float64]:
        """Rate out of each phase, per hour, shape (phases,)."""
        return np.repeat(np.asarray(self.rates), self.orders)

    def following(self) -> NDArray[np.int64]:
        """The phase after each phase, −1 where the ship leaves, shape (phases,)."""
        after = np.arange(1, self.phases + 1)
        after[np.cumsum(self.orders) - 1] = -1
        return after

    def transition(self, hours: float) -> NDArray[np.float64]:
        """P(one ship is in phase j after ``hours`` | in phase i), shape (phases, phases): rows i, columns j.

        Within a branch of one rate the phases passed are Poisson; what is missing to 1 has left.
        """
        return np.asarray(self.transitions(np.array([hours]))[0])

    def transitions(self, hours: NDArray[np.float64]) -> NDArray[np.float64]:
        """``transition`` after each of ``hours``, shape (hours, phases, phases)."""
        matrices = np.zeros((len(hours), self.phases, self.phases))
        for first, order, rate in zip(_firsts(self.orders), self.orders, self.rates, strict=True):
            still = np.exp(-rate * hours)
            for d in range(order):
                rows = first + np.arange(order - d)
                matrices[:, rows, rows + d] = (still * (rate * hours) ** d / math.factorial(d))[:, None]
        return matrices

    def cdf(self, hours: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(stay ≤ hours)."""
        return _cdf(hours, np.asarray(self.orders, float), np.asarray(self.weights), np.asarray(self.rates))


def mixture(parts: tuple[StayHours, ...], weights: tuple[float, ...]) -> StayMixture:
    """Stays with the given relative weights; equal parts are merged."""
    merged: dict[StayHours, float] = {}
    for part, weight in zip(parts, weights, strict=True):
        merged[part] = merged.get(part, 0.0) + weight
    total = sum(merged.values())
    shares = tuple(w / total for w in merged.values()) if total > 0 else tuple(1.0 / len(merged) for _ in merged)
    return StayMixture(parts=tuple(merged), weights=shares)


def phase_type(stay: StayMixture, phases: int = MOST_PHASES) -> PhaseType:
    """The phase-type distribution of ``phases`` phases nearest to ``stay``; deterministic and cached."""
    if len(stay.parts) > 1:
        return _fitted_mixture(stay, phases)
    only = stay.parts[0]
    shape = _fitted_lognormal(round(only.sigma, 4), phases)
    rates = tuple(r / only.p50 for r in shape.rates)
    return PhaseType(orders=shape.orders, weights=shape.weights, rates=rates, error=shape.error)


@lru_cache(maxsize=256)
def _fitted_lognormal(sigma: float, phases: int) -> PhaseType:
    """Fit for a log-normal of median 1 hour."""
    from scipy.special import ndtri

    shares = _shares()
    return _fit(np.exp(sigma * ndtri(shares)), shares, math.exp(sigma**2 / 2.0), phases)


@lru_cache(maxsize=256)
def _fitted_mixture(stay: StayMixture, phases: int) -> PhaseType:
    """Fit for a mixture of log-normals, at its quantiles."""
    shares = _shares()
    low = min(math.exp(p.mu - 5.0 * p.sigma) for p in stay.parts)
    high = max(math.exp(p.mu + 5.0 * p.sigma) for p in stay.parts)
    grid = np.geomspace(low, high, 4000)
    return _fit(np.interp(shares, stay.cdf(grid), grid), shares, stay.mean, phases)


def _shares() -> NDArray[np.float64]:
    return (np.arange(_POINTS) + 0.5) / _POINTS


def _fit(hours: NDArray[np.float64], shares: NDArray[np.float64], mean: float, phases: int) -> PhaseType:
    """The best of the branch patterns with so many phases."""
    fits = [_fit_orders(hours, shares, mean, orders) for orders in _ORDERS[phases]]
    return min(fits, key=lambda fit: (round(fit.error, 6), fit.orders))


def _fit_orders(
    hours: NDArray[np.float64], shares: NDArray[np.float64], mean: float, orders: tuple[int, ...]
) -> PhaseType:
    from scipy.optimize import least_squares

    lengths = np.asarray(orders, float)
    branches = len(orders)

    def unpack(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        raw = np.exp(np.concatenate(([0.0], np.clip(x[: branches - 1], -30.0, 30.0))))
        return raw / raw.sum(), np.exp(np.clip(x[branches - 1 :], -40.0, 40.0))

    def misfit(x: NDArray[np.float64]) -> NDArray[np.float64]:
        weights, rates = unpack(x)
        # Quantiles to 99.75 % do not see a rare branch that stays for ever; how many ships lie there hangs on the mean.
        longer = math.log(float(np.sum(weights * lengths / rates)) / mean)
        return np.append(_cdf(hours, lengths, weights, rates) - shares, _MEAN_WEIGHT * longer)

    middle = np.quantile(hours, (np.arange(branches) + 0.5) / branches)
    best: tuple[float, NDArray[np.float64]] | None = None
    for spread in (0.7, 1.2):
        centre = np.median(hours) * (middle / np.median(hours)) ** spread
        start = np.concatenate((np.zeros(branches - 1), np.log(lengths / centre)))
        found = least_squares(misfit, start, max_nfev=200)
        error = float(np.abs(found.fun[:-1]).max())
        if best is None or error < best[0]:
            best = (error, np.asarray(found.x))
    assert best is not None
    weights, rates = unpack(best[1])
    return PhaseType(
        orders=orders,
        weights=tuple(float(w) for w in weights),
        rates=tuple(float(r) for r in rates),
        error=best[0],
    )


def _cdf(
    hours: NDArray[np.float64],
    lengths: NDArray[np.float64],
    weights: NDArray[np.float64],
    rates: NDArray[np.float64],
) -> NDArray[np.float64]:
    from scipy.special import gammainc

    branches = gammainc(lengths[:, None], rates[:, None] * hours[None, :])
    return np.asarray((weights[:, None] * branches).sum(axis=0), dtype=np.float64)


def _firsts(orders: tuple[int, ...]) -> NDArray[np.int64]:
    """Index of the first phase of each branch."""
    return np.concatenate(([0], np.cumsum(orders)[:-1])).astype(np.int64)
