"""Average precision from judged detections, and how far a figure moves when other places are drawn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from offing.quantities import Interval

F64 = NDArray[np.float64]
DRAWS = 400
SEED = 20
POINTS = np.linspace(0.0, 1.0, 101)
"""Recalls at which COCO reads precision."""
T = TypeVar("T")


def average_precision_of(scores: F64, right: NDArray[np.bool_], labels: int) -> float:
    """COCO's AP of detections already judged, those left out taken away: mean over 101 recalls of the best precision
    at that recall or more. Ties of ``scores`` keep their order, as in pycocotools.
    """
    if not labels or not len(scores):
        return 0.0
    hits = np.cumsum(right[np.argsort(-scores, kind="stable")])
    precision = hits / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(hits / labels, POINTS, side="left")
    return float(np.where(at < len(best), best[np.minimum(at, len(best) - 1)], 0.0).mean())


def intervals_90(
    seen: Sequence[T],
    group_of: Callable[[T], Hashable],
    figures: Callable[[Sequence[T]], Mapping[str, float]],
    draws: int = DRAWS,
) -> dict[str, Interval]:
    """90 % bootstrap intervals of ``figures`` over whole groups (ports, places), drawn with replacement.

    Percentiles (Efron 1979) of ``draws`` draws from a fixed seed; draws in which a figure is not a number are left
    out of its own, and a figure that never is one has no interval.
    """
    groups: dict[Hashable, list[T]] = {}
    for one in seen:
        groups.setdefault(group_of(one), []).append(one)
    members = list(groups.values())
    rng = np.random.default_rng(SEED)
    drawn: dict[str, list[float]] = {}
    for _ in range(draws):
        sample = [one for k in rng.integers(len(members), size=len(members)) for one in members[k]]
        for name, value in figures(sample).items():
            drawn.setdefault(name, []).append(float(value))
    made = {}
    for name, values in drawn.items():
        known = np.array([v for v in values if np.isfinite(v)])
        if known.size:
            low, high = np.quantile(known, [0.05, 0.95])
            made[name] = Interval(low=float(low), high=float(high))
    return made
