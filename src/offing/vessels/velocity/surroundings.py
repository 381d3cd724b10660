"""What lies around a ship: the pixels that belong to it, the water, and its neighbours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.vessels.model import OrientedBox
from offing.vessels.velocity.delays import OWN_PIXEL_M
from offing.vessels.velocity.model import F64, Outline, Patch

REACH_PX = 4
"""Pixels around a ship's box that are looked at."""
LEAST_SEEN, LEAST_FREE = 0.93, 0.6
"""Shares of those pixels that must have data, and that must belong to no other ship."""
BLUR = 0.55
"""Standard deviation of Sentinel-2's point spread in pixels of the band (modulation transfer .2–.25 at Nyquist)."""


def outline_of(box: OrientedBox) -> Outline:
    """The box as the tracking takes it."""
    (lc, lr), (bc, br) = box.length_px, box.beam_px
    return Outline(
        col=box.col, row=box.row, length=max(2.5, 2 * math.hypot(lc, lr)), width=max(1.0, 2 * math.hypot(bc, br)),
        angle=math.atan2(lr, lc),
    )  # fmt: skip


def window_around(col: float, row: float, half: int, picture: Picture) -> Box:
    """``half`` pixels around a place, as far as the picture goes."""
    return Box(
        col0=min(max(0, int(col) - half), picture.width - 1),
        row0=min(max(0, int(row) - half), picture.height - 1),
        col1=max(min(picture.width, int(col) + half + 1), 1),
        row1=max(min(picture.height, int(row) + half + 1), 1),
    )


def pixel_m(picture: Picture, ship: Outline) -> float:
    """Ground metres of a pixel where the ship lies."""
    wide, high = picture.metres_per_pixel_at(ship.col, ship.row)
    return math.sqrt(wide * high)


def water_by_index(green: NDArray[np.float32], nir: NDArray[np.float32]) -> NDArray[np.bool_]:
    """What the index of green and near infrared calls water (McFeeters 1996, at 0)."""
    return np.asarray((green - nir) / np.maximum(green + nir, 1e-3) > 0.0)


def _frame(ship: Outline, window: Box) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cols, rows = np.meshgrid(np.arange(window.col0, window.col1) + 0.5, np.arange(window.row0, window.row1) + 0.5)
    return ship.along_across(cols, rows)


def covered(boxes: Sequence[OrientedBox], window: Box) -> NDArray[np.bool_]:
    """(rows, cols) of the window that the boxes and a pixel around them cover."""
    covered = np.zeros((window.height, window.width), np.bool_)
    for ship in map(outline_of, boxes):
        reach = ship.length / 2 + ship.width + 2
        inside = window.col0 - reach < ship.col < window.col1 + reach
        if inside and window.row0 - reach < ship.row < window.row1 + reach:
            ahead, starboard = _frame(ship, window)
            covered |= (np.abs(ahead) < ship.length / 2 + 1) & (np.abs(starboard) < ship.width / 2 + 1)
    return covered


def water_beside(ship: Outline, window: Box, water: NDArray[np.bool_]) -> float:
    """Share of open water in a band along both sides of the ship."""
    ahead, starboard = _frame(ship, window)
    off = np.abs(starboard) - ship.width / 2
    ring = (np.abs(ahead) < ship.length / 2) & (off > 1.2) & (off < REACH_PX)
    return float(water[ring].mean()) if ring.any() else 0.0


def patch_of(
    stack: NDArray[np.float32], window: Box, ship: Outline, others: NDArray[np.bool_], blur: F64
) -> Patch | None:
    """The pixels around the ship that belong to no other; None where the picture ends, lacks data or shows others."""
    ahead, starboard = _frame(ship, window)
    wanted = (np.abs(ahead) < ship.length / 2 + REACH_PX) & (np.abs(starboard) < ship.width / 2 + REACH_PX)
    due = (ship.length + 2 * REACH_PX) * (ship.width + 2 * REACH_PX)
    usable = wanted & np.isfinite(stack).all(axis=0)
    if usable.sum() < LEAST_SEEN * due or (usable & ~others).sum() < LEAST_FREE * due:
        return None
    rows, cols = np.nonzero(usable & ~others)
    return Patch(
        values=stack[:, rows, cols].astype(np.float64),
        cols=np.asarray(cols + window.col0 + 0.5, np.float64),
        rows=np.asarray(rows + window.row0 + 0.5, np.float64),
        blur=blur,
    )


def blur_of(bands: Sequence[str], pixel: float) -> F64:
    """(bands,) standard deviation of the point spread with the sampled pixel in it, in pixels of ``pixel`` metres."""
    return np.array([math.hypot(BLUR * max(1.0, OWN_PIXEL_M[b] / pixel), 12**-0.5) for b in bands])
