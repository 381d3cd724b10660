"""One model for what a sensor shows of a ship: log odds that are a sum of terms, with their covariance.

Conditions that nobody knows (wind, berth, a cloud's edge) are averaged over, as a mixture of normal log odds.
``radar_seen`` and ``optical_seen`` say which terms, what was measured and where that holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

from offing.quantities import Interval, Probability
from offing.records import Record

TAIL = 0.05
"""Beyond either end of a 90 % interval."""
_NORMAL = NormalDist()


class SeenCell(Record, frozen=True):
    """Ships of like length in pictures of like pixels."""

    gsd_m: float
    """Side of a pixel, metres."""
    length_m: Interval
    """Lengths over all of these ships: low ≤ length < high."""
    at_quay: bool | None
    """Alongside; at anchor; None: not told apart."""
    found: int
    n: int
    share: Probability
    """(found + 1/2) / (n + 1) with the share's 90 % interval (Wilson 1927)."""
    said: float
    """Mean of what the regression says of these ships, 0–1."""
    cloud_edge: bool | None = None
    """Close to a cloud, none of it over the ship; no cloud near; None: not told apart, or radar."""


class HeldOut(Record, frozen=True):
    """How well the regression foretells ships of pictures that it was not fitted on."""

    n: int
    found: int
    expected: float
    """Sum of the probabilities."""
    error: float
    """Expected calibration error, ten bins of equal width."""
    brier: float
    """Mean squared difference of probability and outcome."""
    brier_constant: float
    """The same of the overall share, for comparison."""


class Odds(Record, frozen=True):
    """The log odds under one of the conditions that there may be."""

    weight: float
    """P(the condition); they sum to 1."""
    mean: float
    sd: float

    @property
    def chance(self) -> float:
        """The probability at the mean of the log odds."""
        return logistic(self.mean)

    def moved(self, by: float, sd: float) -> Odds:
        """Shifted by what is itself uncertain."""
        return Odds(weight=self.weight, mean=self.mean + by, sd=math.hypot(self.sd, sd))


def logistic(log_odds: float) -> float:
    """The probability of those log odds."""
    return 1.0 / (1.0 + math.exp(-log_odds)) if log_odds > -700.0 else 0.0


def odds_of(
    x: Sequence[float], coefficients: Sequence[float], covariance: Sequence[Sequence[float]], weight: float = 1.0
) -> Odds:
    """The log odds of a ship whose terms are ``x`` (k,); ``covariance`` (k, k) of the ``coefficients`` (k,)."""
    mean = sum(a * b for a, b in zip(x, coefficients, strict=True))
    variance = sum(a * b * v for a, row in zip(x, covariance, strict=True) for b, v in zip(x, row, strict=True))
    return Odds(weight=weight, mean=mean, sd=math.sqrt(max(0.0, variance)))


def mean_of(odds: Iterable[Odds]) -> float:
    """The mean probability over the conditions, at the log odds' means."""
    return sum(o.weight * o.chance for o in odds)


def quantile_of(odds: Sequence[Odds], share: float) -> float:
    """The probability below which ``share`` lies of the mixture of the conditions' normal log odds."""
    low, high = min(o.mean - 6.0 * o.sd for o in odds), max(o.mean + 6.0 * o.sd for o in odds)
    for _ in range(60):
        middle = 0.5 * (low + high)
        below = sum(o.weight * _below(middle, o) for o in odds)
        low, high = (middle, high) if below < share else (low, middle)
    return logistic(0.5 * (low + high))


def ends_of(odds: Sequence[Odds]) -> tuple[float, float]:
    """The ends of the mixture's 90 % interval."""
    return quantile_of(odds, TAIL), quantile_of(odds, 1.0 - TAIL)


def among(known: bool | None) -> tuple[bool, ...]:
    """What may hold: the one that is known, or either, counted alike."""
    return (False, True) if known is None else (known,)


def told(value: float, low: float, high: float, basis: str) -> Probability:
    """The probability with bounds that hold it."""
    return Probability(value=value, low=min(low, value), high=max(high, value), basis=basis)


def _below(log_odds: float, o: Odds) -> float:
    return _NORMAL.cdf((log_odds - o.mean) / o.sd) if o.sd > 0.0 else float(log_odds >= o.mean)
