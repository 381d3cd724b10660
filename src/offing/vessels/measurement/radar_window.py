"""The pixels around a ship in a radar picture, every band set to its clutter, averaged where the ship is large."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.reading import Picture
from offing.vessels.model import OrientedBox

F64 = NDArray[np.float64]

_PAD_PX = 10
_LEAST_PIXELS = 16
"""Fewer tell no clutter."""
_CLUTTER_PAD_PX = 16


def radar_window(
    picture: Picture, box: OrientedBox, step: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_], int, int] | None:
    """(power over clutter, where there are data, in averaged pixels; first column, first row) around ``box``; None
    where there is nothing to see.
    """
    corners = np.array(box.corners())
    pad = max(_CLUTTER_PAD_PX * step, math.ceil(1.2 * math.hypot(*box.length_px)))
    wide, near = _clipped(picture, corners, pad), _clipped(picture, corners, _PAD_PX * step)
    if min(near.col1 - near.col0, near.row1 - near.row0) < 4 * step:
        return None
    part = (slice(near.row0 - wide.row0, near.row1 - wide.row0), slice(near.col0 - wide.col0, near.col1 - wide.col0))
    total, count = np.zeros((near.row1 - near.row0, near.col1 - near.col0), np.float32), 0
    known = np.zeros(total.shape, np.bool_)
    for band in picture.read(window=wide):
        lit = band[np.isfinite(band) & (band > 0)]
        if lit.size >= _LEAST_PIXELS:
            cut = band[part]
            total += np.where(np.isfinite(cut), cut, np.float32(0.0)) / np.float32(np.median(lit))
            known |= np.isfinite(cut)
            count += 1
    if not count:
        return None
    return _averaged(total / np.float32(count), step), _averaged(known, step) > 0.5, near.col0, near.row0


def _averaged(values: NDArray[Any], step: int) -> NDArray[np.float32]:
    rows, cols = values.shape[0] // step, values.shape[1] // step
    blocks = values[: rows * step, : cols * step].reshape(rows, step, cols, step)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)


def _clipped(picture: Picture, corners: F64, pad: int) -> Box:
    (col0, row0), (col1, row1) = corners.min(axis=0), corners.max(axis=0)
    return Box(
        col0=min(max(0, math.floor(col0) - pad), picture.width),
        row0=min(max(0, math.floor(row0) - pad), picture.height),
        col1=max(0, min(picture.width, math.ceil(col1) + pad)),
        row1=max(0, min(picture.height, math.ceil(row1) + pad)),
    )


def within(box: OrientedBox, col0: int, row0: int, step: int) -> OrientedBox:
    """``box`` in averaged pixels counted from (col0, row0)."""
    (lc, lr), (bc, br) = box.length_px, box.beam_px
    return OrientedBox(
        col=(box.col - col0) / step,
        row=(box.row - row0) / step,
        length_px=(lc / step, lr / step),
        beam_px=(bc / step, br / step),
    )
