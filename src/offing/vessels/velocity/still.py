"""How the bands of a place lie on each other, from what cannot move there: the land around a ship.

On a patch of land one band is, to first order, another one with a gain, an offset and a small shift, so the shift is a
linear least-squares problem (Lucas and Kanade 1981). The median over patches in which the two bands agree is free of
single outliers. Without land the bands are taken to lie on each other as well as the product declares.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.vessels.velocity.model import F64, Still

DECLARED_PX = 0.3
"""Registration of two bands of Sentinel-2 on each other, pixels of the coarser: the mission's requirement, which ESA's
Sentinel-2 Data Quality Reports check each month; taken here as two standard deviations."""
TILE = 16
"""Pixels along a side of a patch."""
LEAST_TILES = 10
LEAST_LAND = 0.3
"""Share of a patch that must be land: a shore is what all bands see alike."""
LEAST_FIT = 0.8
"""Correlation that two bands must have in a patch."""
LEAST_CONTRAST = 0.01
"""Standard deviation of reflectance in a patch."""
LARGEST_PX = 1.5
"""A greater shift is a mistake."""
FLOOR_PX, FLOOR_SHARE = 0.02, 0.1
"""A shift is not known better than this, and than this share of itself: it is measured to first order."""


def still_of(
    stack: NDArray[np.float32], land: NDArray[np.bool_], ships: NDArray[np.bool_], reference: int, own_px: F64
) -> Still:
    """The shifts of the bands of ``stack`` (bands, rows, cols) against the band ``reference``.

    ``land``: (rows, cols), True where nothing moves; ``ships``: patches with any of them are left out; ``own_px``:
    (bands,) pixels of the picture along a pixel that the band was taken with.
    """
    tiles = [
        (slice(r, r + TILE), slice(c, c + TILE))
        for r in range(0, land.shape[0] - TILE + 1, TILE)
        for c in range(0, land.shape[1] - TILE + 1, TILE)
    ]
    tiles = [t for t in tiles if land[t].mean() >= LEAST_LAND and not ships[t].any()]
    shift, sd = np.zeros((len(stack), 2)), np.zeros((len(stack), 2))
    if len(tiles) < LEAST_TILES:
        return _declared(own_px)
    one = _smooth(stack[reference])
    slopes = np.array(np.gradient(one))
    least = len(tiles)
    for band in range(len(stack)):
        if band == reference:
            continue
        other = _smooth(stack[band])
        found = [_shift(np.stack([one[t], slopes[1][t], slopes[0][t], other[t]])) for t in tiles]
        good = np.array([f for f in found if f is not None]).reshape(-1, 2)
        if len(good) < LEAST_TILES:
            return _declared(own_px)
        least = min(least, len(good))
        shift[band] = np.median(good, axis=0)
        scatter = 1.4826 * np.median(np.abs(good - shift[band]), axis=0)
        spread = np.hypot(FLOOR_PX, 1.2533 * scatter / math.sqrt(len(good)))
        sd[band] = np.hypot(spread, FLOOR_SHARE * shift[band])
    return Still(shift=shift, sd=sd, tiles=least)


def _declared(own_px: F64) -> Still:
    """Where nothing was measured: each of two bands carries half of the variance declared between them."""
    sd = np.repeat((DECLARED_PX / 2 / np.sqrt(2) * own_px)[:, None], 2, axis=1)
    return Still(shift=np.zeros((len(own_px), 2)), sd=sd, tiles=0)


def _shift(patch: F64) -> tuple[float, float] | None:
    """(columns, rows) by which one band lies off another; None where the two do not agree or are flat.

    ``patch``: one band, its slopes along columns and rows, and the other band.
    """
    one, right, down, other = patch
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return None
    a, b = one.ravel(), other.ravel()
    deviation = float(a.std()), float(b.std())
    if min(deviation) < LEAST_CONTRAST:
        return None
    agreement = float(np.mean((a - a.mean()) * (b - b.mean()))) / (deviation[0] * deviation[1])
    if agreement < LEAST_FIT:
        return None
    terms = np.stack([a, right.ravel(), down.ravel(), np.ones(a.size)], axis=1)
    solution = np.linalg.solve(terms.T @ terms + 1e-12 * np.eye(4), terms.T @ b)
    gain, along_cols, along_rows = (float(v) for v in solution[:3])
    found = (-along_cols / gain, -along_rows / gain)
    return found if max(abs(found[0]), abs(found[1])) < LARGEST_PX else None


def _smooth(band: NDArray[np.float32]) -> F64:
    """Blurred a little, which halves what noise takes off a shift."""
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(band.astype(np.float64), 1.0))
