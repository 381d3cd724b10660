"""Where the deck lies in a silhouette: the lower envelope of the outline, with sheer towards the ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

QUANTILE, _LOWER, _UPPER = 0.12, 0.06, 0.25
"""Share of the samples that lie below the deck line, and what it is varied between for its uncertainty."""
_SHEER_MOST, _STERN_MOST = 0.08, 0.03
"""Greatest rise of the deck to the bow and to the stern, fractions of the length."""
_LEAST_SD = 0.002
SEEN_WITHIN = 0.006
"""Samples this near to the deck line, fraction of the length, are bare deck."""


class Deck(NamedTuple):
    """The deck line."""

    height: F64
    """Above the water at each sample, fraction of the length."""
    sd: float
    """Of the whole line, fraction of the length."""
    seen: float
    """Share of the samples whose outline is the deck."""


def deck_of(fractions: F64, above_water: F64) -> Deck:
    """The deck line of an outline: a level, a rise to the bow and a smaller one to the stern.

    Quantile regression (Koenker and Bassett 1978): most of the outline stands on the deck, none of it lies below.
    """
    fits = [_fitted(fractions, above_water, q) for q in (_LOWER, QUANTILE, _UPPER)]
    line = fits[1]
    spread = float(np.median(np.abs(fits[2] - fits[0]))) / 2.0
    seen = float(np.mean(np.abs(above_water - line) <= SEEN_WITHIN))
    return Deck(height=line, sd=float(np.hypot(spread, _LEAST_SD)), seen=seen)


def _fitted(fractions: F64, heights: F64, quantile: float) -> F64:
    from scipy.optimize import linprog

    basis = np.column_stack(
        [
            np.ones_like(fractions),
            np.maximum(0.0, 0.3 - fractions) ** 2 / 0.09,
            np.maximum(0.0, fractions - 0.85) ** 2 / 0.0225,
        ]
    )
    n = len(heights)
    cost = np.concatenate([np.zeros(3), np.full(n, quantile), np.full(n, 1.0 - quantile)])
    equal = np.hstack([basis, np.eye(n), -np.eye(n)])
    bounds = [(0.0, None), (0.0, _SHEER_MOST), (0.0, _STERN_MOST)] + [(0.0, None)] * (2 * n)
    solved = linprog(cost, A_eq=equal, b_eq=heights, bounds=bounds, method="highs")
    if solved.x is None:  # cannot happen: the slacks make every fit possible
        return np.full(n, float(np.quantile(heights, quantile)))
    return np.asarray(basis @ solved.x[:3], np.float64)
