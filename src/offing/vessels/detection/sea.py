"""Which pixels of an optical block are water, ships on it excepted: the ground that ships are sought on.

With near infrared: water absorbs it, so it is dark there and its normalised difference to green (McFeeters 1996) is
high; the limit
between dark and bright is the picture's own (Otsu 1979), because haze and glint lift both. Without it: water is what
is smooth, dark and not reddish over a wide stretch.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.kernels import F32, box_mean, disc

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


def brightness_limit(visible: NDArray[np.float32]) -> float:
    """Greatest brightness of water where there is no near infrared, from sampled pixels that lie in smooth
    surroundings.
    """
    return otsu(visible, 0.01, 1.0)


def smoothness(visible: F32, gsd_m: float) -> F32:
    """Local standard deviation over local mean, in windows of about 40 m, at least 5 pixels."""
    side = 2 * max(2, round(20 / gsd_m)) + 1
    known = np.nan_to_num(visible)
    mean = box_mean(known, side)
    square = box_mean(known * known, side)
    return np.asarray(np.sqrt(np.maximum(square - mean * mean, 0)) / np.maximum(mean, 0.02), np.float32)


def water_by_smoothness(visible: F32, red: F32 | None, limit: float, texture: float, gsd_m: float) -> Mask:
    """Water by smooth, dark and not reddish stretches, grown to their edges through pixels like their surroundings.

    ``red``: red − green over their sum, None in one band; ``limit``: see ``brightness_limit``; ``texture``: greatest
    smoothness.
    """
    import cv2

    known = np.nan_to_num(visible)
    core = (smoothness(visible, gsd_m) < texture) & (known < limit) & np.isfinite(visible)
    if red is not None:
        core &= np.nan_to_num(red) < 0.03
    reach = max(2, round(20 / gsd_m))
    core8 = np.asarray(cv2.morphologyEx(core.astype(np.uint8), cv2.MORPH_OPEN, disc(reach)), np.float32)
    side = 4 * reach + 1
    weight = box_mean(core8, side)
    mean = box_mean(known * core8, side) / np.maximum(weight, 1e-6)
    square = box_mean(known * known * core8, side) / np.maximum(weight, 1e-6)
    spread = np.sqrt(np.maximum(square - mean * mean, 0))
    like = (weight > 0.02) & (np.abs(known - mean) < 3 * spread + 0.015) & np.isfinite(visible)
    return np.asarray((core8 > 0) | like)
