"""One-to-one matching of points, so that a ship split in two costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.records import Record

MATCH_PX = 12.0
NEAR_PX = 27.0
"""What lies nearer to a ship and is not its match is a split of it; what lies further from all is a false alarm."""
_FAR = 1e6


class Count(Record, frozen=True):
    """What became of ships and detections."""

    recall: float
    """Share of the ships with a detection of their own."""
    alarms: int
    """Detections far from every ship."""
    a_ship: float
    """Detections near ships, over the ships."""


def count_matches(found: NDArray[np.float64], ships: NDArray[np.float64]) -> Count:
    """``found`` and ``ships``: (n, 2) col, row in pixels. Matched by the least sum of distances (Hungarian)."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial import cKDTree

    if not len(found) or not len(ships):
        return Count(recall=0.0, alarms=len(found), a_ship=0.0)
    near = cKDTree(ships).query_ball_point(found, NEAR_PX)
    beside = np.array([bool(n) for n in near])
    close = [(n, f) for n, f in zip(near, found, strict=True) if n]
    cost = np.full((len(close), len(ships)), _FAR)
    for i, (places, at) in enumerate(close):
        distance = np.hypot(*(ships[places] - at).T)
        cost[i, places] = np.where(distance <= MATCH_PX, distance, _FAR)
    matched = sum(bool(cost[i, j] < _FAR) for i, j in zip(*linear_sum_assignment(cost), strict=True))
    return Count(recall=matched / len(ships), alarms=int((~beside).sum()), a_ship=len(close) / len(ships))
