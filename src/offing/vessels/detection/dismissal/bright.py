"""The bright points of a picture, on land and at sea: what may have ghosts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.dismissal.model import Spots

F32 = NDArray[np.float32]

LEAST_DB = 30.0
"""Ghosts of what is fainter do not rise above the sea."""
APART_PX = 9
"""Side of the square in which only the brightest pixel counts."""


def bright_spots(power: F32, sea: float, corner: tuple[int, int] = (0, 0)) -> Spots:
    """The local maxima of a block at least ``LEAST_DB`` over the sea.

    ``power``: (rows, cols), linear, nodata 0; ``sea``: the picture's typical sea in the same unit; ``corner``: (col,
    row) of the block in the picture. Cheap where nothing is bright.
    """
    import cv2

    least = np.float32(sea * 10 ** (LEAST_DB / 10))
    if not (power > least).any():
        return together(())
    highest = cv2.dilate(power, np.ones((APART_PX, APART_PX), np.uint8))
    rows, cols = np.nonzero((power > least) & (power == highest))
    return Spots(
        col=cols.astype(np.float64) + 0.5 + corner[0],
        row=rows.astype(np.float64) + 0.5 + corner[1],
        peak_db=10 * np.log10(power[rows, cols].astype(np.float64) / sea),
    )


def listed(parts: Iterable[Spots]) -> Spots:
    """All spots, one part after the other."""
    table = np.concatenate([np.zeros((0, 3)), *(np.column_stack([p.col, p.row, p.peak_db]) for p in parts)])
    col, row, peak = table.T
    return Spots(col=col, row=row, peak_db=peak)


def together(parts: Iterable[Spots]) -> Spots:
    """The spots of all blocks as one, row by row; what overlapping blocks both have counts once."""
    spots = listed(parts)
    _, first = np.unique(np.column_stack([spots.row, spots.col]), axis=0, return_index=True)
    return spots.only(first)
