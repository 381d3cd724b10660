"""What the network is shown of a radar picture: two channels that do not depend on its calibration."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.kernels import F32, reduced

CELL = 8
"""Pixels over which speckle is averaged before the sea's level is read."""
TOP_QUANTILE = 0.999
LEAST_TOP = 30.0
"""The brightest that is expected, over the sea, where nothing is bright."""
ENOUGH = 100_000
"""Pixels from which quantiles are taken; of larger arrays a lattice of about so many."""
BLACK = 1e-3
"""The sea is taken to reflect no less than this share of the brightest: 8-bit pictures show it black."""


def levels(power: F32) -> tuple[float, float]:
    """(level of the sea, level of the brightest) of ``power`` (rows, cols), linear, nodata 0."""
    every = max(1, math.isqrt(power.size // ENOUGH))
    seen = power[::every, ::every]
    seen = seen[seen > 0]
    if not seen.size:
        return 1.0, LEAST_TOP
    rows, cols = (max(1, n // CELL) for n in power.shape)
    cells = reduced(power[: rows * CELL, : cols * CELL], rows, cols)[::every, ::every]
    top = float(np.quantile(seen, TOP_QUANTILE))
    dark = cells[cells > 0]
    sea = max(float(np.quantile(dark if dark.size else seen, 0.2)), BLACK * top, 1e-12)
    return sea, max(top, LEAST_TOP * sea)


def channels(power: F32, sea: float, top: float) -> NDArray[np.float32]:
    """(2, rows, cols): 20 dB over the sea as 1, from a floor of −15 dB; amplitude with the brightest as 1."""
    over = np.log10(power * np.float32(1 / sea) + np.float32(0.03)) * np.float32(0.5)
    grey = np.sqrt(np.minimum(power * np.float32(1 / top), np.float32(1)))
    return np.stack([np.clip(over, -0.8, 2.0), grey]).astype(np.float32)
