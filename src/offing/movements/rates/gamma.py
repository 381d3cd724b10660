"""Poisson counts with a gamma prior of their rate: posteriors, ratios and mixtures, in closed form."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.errors import OffingError
from offing.movements.rates.model import RatePrior, Ratio
from offing.quantities import Interval
from offing.records import Record

Floats = NDArray[np.float64]
_NEGLIGIBLE = 1e-8
"""Parts of a mixture lighter than this times the heaviest are left out."""


class Gamma(Record, frozen=True):
    """A gamma distribution of calls a day."""

    shape: float
    days: float
    """Rate parameter: the mean is shape / days."""

    def quantile(self, share: float) -> float:
        """Calls a day that the rate does not exceed with probability ``share``."""
        from scipy.special import gammaincinv

        return float(gammaincinv(self.shape, share)) / self.days


def posterior(count: float, exposure_d: float, prior: RatePrior) -> Gamma:
    """Rate after ``count`` calls in ``exposure_d`` days. Raises OffingError for a count or exposure below 0."""
    if not (count >= 0 and 0.0 <= exposure_d < math.inf):
        raise OffingError(f"{count} calls in {exposure_d} days", fix="count from 0 up")
    return Gamma(shape=prior.shape + count, days=prior.inverse_scale_d + exposure_d)


def ratio(first: Gamma, second: Gamma) -> Ratio:
    """The first rate over the second, independent of it: a beta prime distribution."""
    from scipy.special import betaincinv

    points = [float(betaincinv(first.shape, second.shape, q)) for q in (0.05, 0.5, 0.95)]
    low, middle, high = (p / max(1.0 - p, 1e-300) * second.days / first.days for p in points)
    return Ratio(value=middle, interval_90=Interval(low=low, high=high), below_one=below(first, second, 1.0))


def below(first: Gamma, second: Gamma, fraction: float) -> float:
    """P(first rate < fraction × second rate)."""
    from scipy.special import betainc

    odds = fraction * first.days / second.days
    return float(betainc(first.shape, second.shape, odds / (1.0 + odds)))


def mixture_quantiles(weights: Floats, shapes: Floats, days: Floats, shares: Sequence[float]) -> tuple[float, ...]:
    """Calls a day at the ``shares`` of a mixture of gamma distributions; weights need not sum to 1."""
    from scipy.optimize import brentq
    from scipy.special import gammainc, gammaincinv

    kept = weights > weights.max() * _NEGLIGIBLE
    w, a, b = weights[kept] / weights[kept].sum(), shapes[kept], days[kept]
    out = []
    for share in shares:
        own = np.asarray(gammaincinv(a, share)) / b
        low, high = float(own.min()), float(own.max())

        def beyond(rate: float, share: float = share) -> float:
            return float(w @ gammainc(a, b * rate)) - share

        sure = high <= low * (1.0 + 1e-12) or beyond(low) >= 0.0 or beyond(high) <= 0.0
        out.append((low + high) / 2.0 if sure else float(brentq(beyond, low, high, xtol=1e-14, rtol=1e-10)))
    return tuple(out)
