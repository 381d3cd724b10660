"""What the sea looks like in radar: local mean and texture from truncated statistics, and the threshold they give.

The K distribution (speckle of ``looks`` looks on gamma texture; Ward 1981, Jakeman and Pusey 1976) has the heavy tail
that a Gaussian or a pure gamma threshold lacks. Bright cells are censored before the moments are taken, as
truncated-statistics CFAR does
(Tao, Anfinsen, Brekke, IEEE TGRS 54, 2016), so that neighbours do not raise the threshold of a ship.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.kernels import F32, box_mean, reduced

CELL = 4
"""Pixels along a side of a lattice cell: the moments vary slowly, so they are kept on a coarse lattice."""
_TABLE = 24
_CENSOR_SD = 4.0


class Clutter(Record, frozen=True):
    """Local statistics of the background on a lattice of ``CELL`` × ``CELL`` pixel cells."""

    mean: F32
    """(cell rows, cell cols): mean intensity of the background, linear."""
    shape: F32
    """(cell rows, cell cols): mean² / variance of the background's pixels; small is heavy-tailed."""
    looks: float
    """Equivalent number of looks of the smoothest background in the block, at least 0.5."""


def clutter(intensity: F32, window: int = 21, passes: int = 2) -> Clutter:
    """Censored local moments of a block.

    ``intensity``: (rows, cols), linear power, no NaN (fill nodata with 0: zeros are left out of the moments).
    ``window``: side of the averaging window in cells; ``passes``: how often bright cells are censored and the moments
    retaken.
    """
    import cv2

    rows, cols = (max(1, extent // CELL) for extent in intensity.shape)
    first = reduced(intensity, rows, cols)
    second = reduced(np.asarray(cv2.multiply(intensity, intensity), np.float32), rows, cols)
    seen = (first > 0).astype(np.float32)
    start = np.float32(np.median(first[first > 0])) if seen.any() else np.float32(1)
    keep = seen * (first < 8 * start)
    mean = np.full_like(first, start)
    spread = np.full_like(first, start)
    for _ in range(passes + 1):
        mean, square, variance = _moments(first, second, keep, window, start)
        spread = np.sqrt(variance)
        bright = (first > mean + _CENSOR_SD * spread + 0.25 * mean).astype(np.uint8)
        keep = seen * (cv2.dilate(bright, np.ones((3, 3), np.uint8)) == 0)
    shape = mean * mean / np.maximum(square - mean * mean, 1e-6 * mean * mean + np.float32(1e-30))
    smooth = shape[seen > 0]
    looks = float(np.percentile(smooth, 90)) if smooth.size else 1.0
    return Clutter(mean=mean, shape=shape, looks=max(0.5, looks))


def sea_level(power: F32) -> float:
    """Level of the darker background of a block of ``power`` (rows, cols; nodata 0): the sea where there is any."""
    return max(float(np.percentile(clutter(power).mean, 20)), 1e-12)


def _moments(first: F32, second: F32, keep: F32, window: int, start: np.float32) -> tuple[F32, F32, F32]:
    """Mean, mean square of pixels, and variance between cells, over the cells kept; ``start`` where none is."""
    weight = box_mean(keep, window)
    enough = weight > 0.1
    divisor = np.where(enough, weight, 1)
    mean = np.where(enough, box_mean(first * keep, window) / divisor, start).astype(np.float32)
    square = np.where(enough, box_mean(second * keep, window) / divisor, 2 * start * start).astype(np.float32)
    between = np.where(enough, box_mean(first * first * keep, window) / divisor - mean * mean, 0)
    return mean, square, np.maximum(between, 0).astype(np.float32)


def threshold(field: Clutter, pfa: float) -> F32:
    """The intensity that background exceeds with probability ``pfa``, on the lattice of ``field``."""
    # Quarter octaves, rounded down: few tables to compute, and never too low a threshold for the looks there are.
    looks = float(2.0 ** (np.floor(4 * np.log2(min(field.looks, 64.0))) / 4))
    inverse, factor = _factors(looks, pfa)
    wanted = 1.0 / np.maximum(field.shape, 1e-3)
    return (field.mean * np.interp(wanted, inverse, factor)).astype(np.float32)


@lru_cache(maxsize=256)
def _factors(looks: float, pfa: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(1 / shape, threshold / mean) of the K distribution; shape ≥ looks is plain gamma speckle."""
    textures = np.geomspace(0.15, 200.0, _TABLE)
    inverse = 1 / looks + 1 / textures + 1 / (looks * textures)
    factor = np.array([k_quantile(looks, float(a), pfa) for a in textures])
    order = np.argsort(inverse)
    return np.concatenate([[1 / looks], inverse[order]]), np.concatenate(
        [[k_quantile(looks, None, pfa)], factor[order]]
    )


def k_quantile(looks: float, texture: float | None, pfa: float) -> float:
    """Intensity, in means, that K-distributed clutter exceeds with probability ``pfa``.

    ``looks`` > 0: speckle's gamma shape; ``texture`` > 0: the texture's gamma shape, None for none.
    """
    from scipy import special

    if texture is None:
        return float(special.gammainccinv(looks, pfa) / looks)
    # Texture by its quantiles, spaced to resolve the upper tail, which is what makes the clutter heavy-tailed.
    edges = np.concatenate([np.linspace(0, 0.99, 100), 1 - np.geomspace(0.01, pfa * 1e-3, 100)[1:], [1.0]])
    weight = np.diff(edges)
    upper = 1 - (edges[:-1] + edges[1:]) / 2
    tau = special.gammainccinv(texture, np.maximum(upper, pfa * 1e-4)) / texture
    low, high = 0.0, 14.0
    for _ in range(50):
        middle = (low + high) / 2
        tail = float(np.dot(weight, special.gammaincc(looks, looks * np.exp(middle) / np.maximum(tau, 1e-12))))
        low, high = (middle, high) if tail > pfa else (low, middle)
    return float(np.exp((low + high) / 2))
