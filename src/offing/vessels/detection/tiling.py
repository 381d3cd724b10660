"""Which parts of a block are worth a closer look: those that hold something bright and lie near the sea."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.watermasks import otsu
from offing.vessels.detection.grouping import Components
from offing.vessels.detection.kernels import F32, box_mean, distance_to, reduced

INLAND_M = 1000.0
"""Further than this from anything dark like the sea nothing is sought."""
LAND_CONTRAST_DB = 4.0
"""How far land must stand out of the sea, in medians, to be told from it."""
LEAST_LAND_DB = 3.0
"""Nothing less over the sea's typical level is called land: wind and incidence change the sea by as much."""


def land_from(samples: list[F32], cell: int) -> float:
    """The power over the sea's level from which cells of ``cell`` pixels are land, by sampled windows; inf: no land.

    Otsu's threshold on dB of means over 3 × 3 cells, as for the water mask.
    """
    levels = [_decibel(box_mean(_cells(s, cell), 3)).ravel() for s in samples]
    known = np.concatenate([v[np.isfinite(v)] for v in levels])
    threshold, contrast = otsu(known)
    if contrast < LAND_CONTRAST_DB:
        return math.inf
    return float(10 ** (max(threshold, LEAST_LAND_DB) / 10))


def near_sea(coarse: F32, land: float, cell_m: float) -> NDArray[np.bool_]:
    """(cell rows, cell cols), True within INLAND_M of a cell that is dark like the sea; ``coarse``: NaN is unknown."""
    if not math.isfinite(land):
        return np.ones(coarse.shape, np.bool_)
    known = np.isfinite(coarse)
    weight = box_mean(known.astype(np.float32), 3)
    mean = box_mean(np.where(known, coarse, np.float32(0)), 3) / np.maximum(weight, np.float32(1e-6))
    dark = known & (mean < land)
    if not dark.any():
        return np.zeros(coarse.shape, np.bool_)
    return np.asarray(distance_to(dark) * cell_m <= INLAND_M)


def tiles_of(core: Box, size: int) -> list[Box]:
    """Squares of at most ``size`` pixels that cover ``core`` once, row by row."""
    return [
        Box(col0=c, row0=r, col1=min(c + size, core.col1), row1=min(r + size, core.row1))
        for r in range(core.row0, core.row1, size)
        for c in range(core.col0, core.col1, size)
    ]


def touched(tiles: list[Box], found: Components) -> list[Box]:
    """The tiles that a component's box reaches into."""
    if not len(found) or not tiles:
        return []
    edges = np.array([(t.col0, t.row0, t.col1, t.row1) for t in tiles])[:, None]
    box = found.box[None]
    hit = (box[..., 0] < edges[..., 2]) & (box[..., 2] > edges[..., 0])
    hit &= (box[..., 1] < edges[..., 3]) & (box[..., 3] > edges[..., 1])
    return [t for t, on in zip(tiles, np.any(hit, axis=1), strict=True) if on]


def _cells(power: F32, cell: int) -> F32:
    rows, cols = (max(1, extent // cell) for extent in power.shape)
    return reduced(power, rows, cols)


def _decibel(power: F32) -> F32:
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(power), np.float32)
