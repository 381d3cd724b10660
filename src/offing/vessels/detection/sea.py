"""Which pixels of an optical block are water, ships on it excepted: the ground that ships are sought on.

With near infrared: water absorbs it, so it is dark there and its normalised difference to green (McFeeters 1996) is
high; the limit between dark and bright is the picture's own (Otsu 1979), because haze and glint lift both. Without it:
what is as bright as the water around it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.kernels import F32, box_mean

Mask = NDArray[np.bool_]

NIR_BOUNDS = (0.03, 0.18)
INDEX_LEAST = -0.12


def otsu(values: NDArray[np.float32], low: float, high: float) -> float:
    """The value in ``low``–``high`` (both above 0, logarithmic steps) that parts ``values`` best in two (Otsu 1979)."""
    import cv2

    known = values[np.isfinite(values)]
    if not known.size:
        return math.sqrt(low * high)
    span = math.log(high / low)
    grey = np.clip(np.log(np.maximum(known, low) / low) / span * 255, 0, 255).astype(np.uint8)
    level = float(np.float64(cv2.threshold(grey.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]))
    return float(low * math.exp((level + 0.5) / 255 * span))


def nir_limit(nir: NDArray[np.float32]) -> float:
    """Greatest near-infrared reflectance of water in a picture, from sampled pixels."""
    return float(np.clip(otsu(nir, 0.01, 1.0), *NIR_BOUNDS))


def water_by_nir(green: F32, nir: F32, limit: float) -> Mask:
    """Water by near infrared below ``limit`` and its difference to green; single pixels are smoothed away."""
    import cv2

    index = (green - nir) / np.maximum(green + nir, 1e-3)
    water = (index > INDEX_LEAST) & (nir < limit)
    return np.asarray(cv2.medianBlur(water.astype(np.uint8), 3) > 0)


def water_among(visible: F32, sea: Mask, gsd_m: float) -> Mask:
    """The pixels of ``sea`` (water with the ships on it) that are as bright as the water around them.

    For pictures without near infrared. The water's own mean and spread are taken twice over stretches of about 300 m,
    the second time without what stood out at first.
    """
    known = np.nan_to_num(visible)
    side = 2 * max(4, round(150 / gsd_m)) + 1
    water = sea & np.isfinite(visible)
    for width in (2.0, 3.0):
        weight = box_mean(water.astype(np.float32), side)
        mean = box_mean(known * water, side) / np.maximum(weight, 1e-6)
        square = box_mean(known * known * water, side) / np.maximum(weight, 1e-6)
        spread = np.sqrt(np.maximum(square - mean * mean, 0))
        water = water & (np.abs(known - mean) < width * spread + 0.008)
    return np.asarray(water)
