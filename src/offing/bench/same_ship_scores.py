"""How good likelihood ratios are: separation, cost, and whether they mean what they say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def auc(same: Sequence[float], different: Sequence[float]) -> float:
    """P(a pair of one ship has a higher ratio than a pair of two), ties half; area under the ROC curve."""
    from scipy.stats import rankdata

    n, m = len(same), len(different)
    ranks = rankdata([*same, *different])[:n]
    return float((ranks.sum() - n * (n + 1) / 2.0) / (n * m))


def cllr(same: Sequence[float], different: Sequence[float]) -> float:
    """Cost of natural log likelihood ratios in bits (Brümmer and du Preez 2006): 0 is perfect, 1 says nothing, more
    misleads.
    """
    costs = (np.logaddexp(0.0, -np.asarray(same)).mean(), np.logaddexp(0.0, np.asarray(different)).mean())
    return float(sum(costs) / (2.0 * math.log(2.0)))


def least_cllr(same: Sequence[float], different: Sequence[float]) -> float:
    """The cost that is left when the same order of pairs is calibrated at best (pool adjacent violators)."""
    from scipy.optimize import isotonic_regression

    scores = np.array([*same, *different])
    order = np.argsort(scores, kind="stable")
    truth = np.r_[np.ones(len(same)), np.zeros(len(different))][order]
    weights = np.where(truth > 0.0, 0.5 / len(same), 0.5 / len(different))
    fitted = np.clip(isotonic_regression(truth, weights=weights).x, 1e-9, 1.0 - 1e-9)
    return float(-(weights * np.where(truth > 0.0, np.log2(fitted), np.log2(1.0 - fitted))).sum())


def reliability(same: Sequence[float], different: Sequence[float], edges: Sequence[float]) -> list[tuple[str, str]]:
    """(bin of the ratio, what it was found to be worth): the share of the pairs of one ship that fall in the bin over
    the share of those of two, with half a pair added to each.
    """
    found = []
    bounds = [-math.inf, *(math.log(e) for e in edges), math.inf]
    for low, high in pairwise(bounds):
        k, m = (sum(low <= v < high for v in values) for values in (same, different))
        name = f"{_edge(low)} to {_edge(high)}"
        ratio = ((k + 0.5) / (len(same) + 1.0)) / ((m + 0.5) / (len(different) + 1.0))
        found.append((name, f"{ratio:.2g} ({k} same, {m} not)"))
    return found


def supported(same: Sequence[float], different: Sequence[float]) -> tuple[float, float]:
    """(least, greatest) natural log ratio that so many pairs support: at every threshold with one more misleading pair
    than there was, as an empirical bound in the spirit of Vergeer et al. (2016).
    """
    high, low = 0.0, 0.0
    for t in sorted({*same, *different}):
        above = (sum(v >= t for v in same), sum(v >= t for v in different))
        below = (sum(v <= t for v in same), sum(v <= t for v in different))
        if above[0]:
            high = max(high, math.log((above[0] / len(same)) / ((above[1] + 1.0) / (len(different) + 1.0))))
        if below[1]:
            low = min(low, math.log(((below[0] + 1.0) / (len(same) + 1.0)) / (below[1] / len(different))))
    return low, high


def _edge(value: float) -> str:
    return "0" if value == -math.inf else "more" if value == math.inf else f"{math.exp(value):g}"
