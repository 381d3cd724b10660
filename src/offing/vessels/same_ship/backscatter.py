"""How much of a radar's power a ship sends back."""

from __future__ import annotations

import math

import numpy as np

from offing.imagery.model import Box
from offing.imagery.reading import Picture
from offing.vessels.model import OrientedBox

PER_LENGTH = 22.0
"""Decibels by which the cross-section grows for ten times the length: 10 × 2.2, as on Sentinel-1 chips."""
_AROUND_PX = 3.0


def cross_section_db(picture: Picture, box: OrientedBox) -> float | None:
    """Cross-section of the ship in decibels above 1 m², the sea's own share taken off.

    From the first co-polarised band. None unless the picture is calibrated (sigma nought) and its pixel size known.
    """
    if picture.sensor != "sar" or not picture.scale.quantity.startswith("sigma0") or picture.gsd_m is None:
        return None
    band = next((b for b in ("VV", "HH") if b in picture.bands), picture.bands[0])
    corners = np.array(box.corners())
    low, high = corners.min(axis=0) - _AROUND_PX, corners.max(axis=0) + _AROUND_PX
    col0, row0 = max(0, math.floor(low[0])), max(0, math.floor(low[1]))
    col1, row1 = min(picture.width, math.ceil(high[0])), min(picture.height, math.ceil(high[1]))
    if col1 - col0 < 4 or row1 - row0 < 4:
        return None
    power = picture.read([band], Box(col0=col0, row0=row0, col1=col1, row1=row1))[0].astype(np.float64)
    inside = _inside(box, power.shape, col0, row0)
    sea = power[~inside & np.isfinite(power)]
    ship = power[inside & np.isfinite(power)]
    if sea.size < 6 or ship.size < 2:
        return None
    wide, high_m = picture.metres_per_pixel_at(box.col, box.row)
    excess = float((ship - np.median(sea)).sum()) * wide * high_m
    return 10.0 * math.log10(excess) if excess > 0.0 else None


def _inside(box: OrientedBox, shape: tuple[int, ...], col0: int, row0: int) -> np.ndarray:
    """Pixels whose centres lie in the box, a pixel wider all round: the point spread carries power there."""
    cols = np.arange(shape[1])[None, :] + col0 + 0.5 - box.col
    rows = np.arange(shape[0])[:, None] + row0 + 0.5 - box.row
    within = np.ones(shape, bool)
    for along in (box.length_px, box.beam_px):
        half = math.hypot(*along)
        within &= np.abs(cols * along[0] + rows * along[1]) <= half * (half + 1.0)
    return within
