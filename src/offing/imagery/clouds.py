"""Clouds in optical pictures: by the picture's own quality band, else by what is bright, white and wide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.records import Record

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

BRIGHT, BRIGHT_GREY = 0.22, 0.75
"""Least value of every visible band in a cloud: reflectance; grey values of a rendering, where full scale is 1."""
WHITENESS = 0.35
"""Largest spread of the visible bands, as a part of their mean."""
GREEN = 0.25
"""Largest normalised difference of near infrared over red."""
WIDE_M, WIDE_GREY_M = 80.0, 250.0
"""Least radius of a disc that fits into a cloud: quays, roofs and sand are narrower (at .22 and 80 m the cloudless of
nine ports measured show at most 0.15 % of cloud). A rendering has no physical scale and needs the larger one."""
_RIM_M = 120.0
"""How far a cloud's thinner rim is followed."""
_SCL_CLOUD = (8, 9)
"""Sentinel-2 scene classification: cloud of medium and high probability (thin cirrus, 10, stays usable)."""
_CLOUD_BITS = {"QA_PIXEL": 8, "UDM": 2}


class CloudMask(Record, frozen=True):
    """Where clouds are, and how that is known."""

    cloud: Bools
    """(rows, cols), True: cloud."""
    basis: Literal["quality band", "brightness", "brightness of a rendering"]


def clouds_by_classes(classes: Floats, name: str) -> CloudMask:
    """Cloud that hides the ground, from the numbers of the first band of a mask.

    SCL (classes 8 and 9), UDM2 (band 1: 1 is clear), QA_PIXEL (bit 3), UDM (bit 1) or MSK_CLASSI (1 is opaque).
    """
    if name in _CLOUD_BITS:
        cloud = np.asarray(np.nan_to_num(classes).astype(np.int64) & _CLOUD_BITS[name] != 0)
    else:
        cloud = np.isin(classes, _SCL_CLOUD) if name == "SCL" else classes == (1 if name == "MSK_CLASSI" else 0)
    return CloudMask(cloud=cloud, basis="quality band")


def clouds_by_brightness(
    visible: Floats, red: Floats, near: Floats | None, cell_m: float, *, reflectance: bool
) -> CloudMask:
    """From visible bands (bands, rows, cols), and red and near infrared (rows, cols) where there are any.

    Clouds smaller than the disc of ``WIDE_M`` are missed, and so are haze and cloud shadows.
    """
    bright, wide = (BRIGHT, WIDE_M) if reflectance else (BRIGHT_GREY, WIDE_GREY_M)
    with np.errstate(invalid="ignore", divide="ignore"):
        least, most, mean = visible.min(axis=0), visible.max(axis=0), visible.mean(axis=0)
        white = (most - least) <= WHITENESS * mean
        if near is not None:
            white &= (near - red) <= GREEN * np.maximum(near + red, 1e-3)
            white &= near >= 0.8 * least
        core = _opened((least > bright) & white, wide / cell_m)
        cloud = _regrown(core, (least > 0.8 * bright) & white, _RIM_M / cell_m) if core.any() else core
    return CloudMask(cloud=cloud, basis="brightness" if reflectance else "brightness of a rendering")


def _opened(mask: Bools, radius: float) -> Bools:
    """What a disc of the radius (cells) fits into; by distance, which costs the same for any radius."""
    import cv2

    padded = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    core = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1] >= max(1.0, radius)
    return _within(np.asarray(core), radius)


def _within(mask: Bools, radius: float) -> Bools:
    """Everything within the radius (cells) of the mask."""
    import cv2

    if not mask.any():
        return mask
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5) <= radius)


def _regrown(core: Bools, candidates: Bools, radius: float) -> Bools:
    return np.asarray(core | (candidates & _within(core, radius)))


def visible_bands(bands: Sequence[str]) -> tuple[str, ...]:
    """The bands of visible light among ``bands``; a missing blue is done without."""
    return tuple(b for b in bands if b in {"B02", "B03", "B04", "red", "green", "blue", "pan"})
