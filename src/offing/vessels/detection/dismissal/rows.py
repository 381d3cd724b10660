"""Rows of many equal, parallel, evenly spaced shapes in optical pictures: the pontoons of a marina, rarely ships.

Warships raft up and lie at piers in rows of up to eight in the pictures that were looked at, so a row is a marina's
from ten on. Ships that do lie in such a row are lost to this rule; they stay visible on request, with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.dismissal.model import Call, Calls
from offing.vessels.model import Detection

LEAST = 10
"""Neighbours in a row."""
TURN = math.cos(math.radians(2 * 12.0))
"""Cosine of twice the angle by which neighbours may differ in direction."""
SIZES = 1.5
"""Greatest ratio of neighbours' lengths."""
ABREAST = (0.12, 0.75)
"""Distance across from middle to middle, in lengths."""
ALONG = 0.4
"""Greatest offset along, in lengths."""


def rows(found: Sequence[Detection]) -> Calls:
    """A call for each detection in a row of ``LEAST`` or more, by its index. Pure; needs no pixel size."""
    if len(found) < LEAST:
        return {}
    groups = _connected(_neighbours(found))
    return {
        i: Call(flag="marina", reason=f"one of {len(group)} alike in a row: more like a marina's pontoons than ships")
        for group in groups
        if len(group) >= LEAST
        for i in group
    }


def _neighbours(found: Sequence[Detection]) -> NDArray[np.bool_]:
    """(n, n) whether two lie abreast, parallel and of one size."""
    at = np.array([(d.box.col, d.box.row) for d in found])
    half = np.array([d.box.length_px for d in found])
    length = 2 * np.hypot(half[:, 0], half[:, 1]).clip(1e-6)
    axis = half / (0.5 * length)[:, None]
    cosine = axis @ axis.T
    off = at[None] - at[:, None]
    along = np.abs((off * axis[:, None]).sum(-1))
    across = np.abs(off[..., 0] * axis[:, None, 1] - off[..., 1] * axis[:, None, 0])
    mean = np.sqrt(length[:, None] * length[None])
    ratio = np.maximum(length[:, None], length[None]) / np.minimum(length[:, None], length[None])
    near = (2 * cosine**2 - 1 >= TURN) & (ratio <= SIZES) & (along <= ALONG * mean)
    near &= (across >= ABREAST[0] * mean) & (across <= ABREAST[1] * mean)
    return np.asarray(near & near.T)


def _connected(near: NDArray[np.bool_]) -> list[list[int]]:
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(near, directed=False)
    return [np.flatnonzero(label == k).tolist() for k in range(count)]
