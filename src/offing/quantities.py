"""Values with their bounds and where they came from: no naked float leaves a room."""

from __future__ import annotations

import math

from offing.errors import OffingError
from offing.records import Record


class Interval(Record, frozen=True):
    """A closed interval that holds the true value with probability ``level``."""

    low: float
    """Lower bound, in the unit of what it belongs to."""
    high: float
    """Upper bound, never below ``low``."""
    level: float = 0.90
    """Coverage, 0–1; 1.0 for a hard range such as a published minimum and maximum."""

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise OffingError(f"interval [{self.low}, {self.high}] is upside down or not a number")

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def overlaps(self, other: Interval) -> bool:
        """Whether the two intervals share at least a point."""
        return self.low <= other.high and other.low <= self.high


class Probability(Record, frozen=True):
    """A probability with its bounds and basis."""

    value: float
    """0–1."""
    low: float
    """0–1, never above ``value``."""
    high: float
    """0–1, never below ``value``."""
    basis: str
    """What it was computed or measured from."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.low <= self.value <= self.high <= 1.0:
            raise OffingError(f"probability {self.value} [{self.low}, {self.high}] is not within 0–1 and in order")


class LikelihoodRatio(Record, frozen=True):
    """P(what was observed | E) / P(what was observed | not E), with the spread over the assumptions."""

    value: float
    """At the stated assumptions; positive, may be infinite never."""
    low: float
    """Least value over the assumptions that were varied."""
    high: float
    """Greatest value over the assumptions that were varied."""

    def __post_init__(self) -> None:
        if not (0.0 < self.low <= self.value <= self.high and math.isfinite(self.high)):
            raise OffingError(
                f"likelihood ratio {self.value} [{self.low}, {self.high}] is not positive, finite and in order"
            )

    def posterior(self, prior: float) -> tuple[float, float, float]:
        """(value, low, high) of P(E | observed) from a ``prior`` in (0, 1), by Bayes' rule on the odds."""
        odds = prior / (1.0 - prior)
        value, low, high = (odds * r / (1.0 + odds * r) for r in (self.value, self.low, self.high))
        return value, low, high
