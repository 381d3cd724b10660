"""A picture at a coarser grid, in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.picture import Picture

_BLOCK = 2048


class Coarse:
    """Means of the valid physical values over square cells of ``factor`` pixels; the last ones may be partial."""

    def __init__(self, values: NDArray[np.float32], factor: int, width: int, height: int) -> None:
        self.values = values
        """(bands, cell rows, cell cols); NaN where no pixel of the cell is valid."""
        self.factor = factor
        self.width, self.height = width, height
        """Pixels of the picture, or of the window that was looked at."""


def coarse_view(
    picture: Picture, bands: Sequence[str], *, cells: int, factor: int = 1, window: Box | None = None
) -> Coarse:
    """The picture or a window of it, in cells of ``factor`` pixels, more where that makes more than ``cells``.

    It is read block by block; cells are counted from the window's first pixel.
    """
    box = window or Box(col0=0, row0=0, col1=picture.width, row1=picture.height)
    factor = max(factor, math.ceil(math.sqrt(box.width * box.height / cells)))
    if factor == 1:
        return Coarse(picture.read(bands, box), 1, box.width, box.height)
    out = np.full((len(bands), -(-box.height // factor), -(-box.width // factor)), np.nan, np.float32)
    step = max(1, _BLOCK // factor) * factor
    for row in range(0, box.height, step):
        for col in range(0, box.width, step):
            part = means(picture.read(bands, _part(box, col, row, step)), factor)
            r, c = row // factor, col // factor
            out[:, r : r + part.shape[1], c : c + part.shape[2]] = part
    return Coarse(out, factor, box.width, box.height)


def _part(box: Box, col: int, row: int, step: int) -> Box:
    return Box(
        col0=box.col0 + col,
        row0=box.row0 + row,
        col1=min(box.col0 + col + step, box.col1),
        row1=min(box.row0 + row + step, box.row1),
    )


def means(values: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """(bands, ⌈rows/factor⌉, ⌈cols/factor⌉) means of the finite values of each cell; NaN for cells without any."""
    _, rows, cols = values.shape
    at_rows, at_cols = np.arange(0, rows, factor), np.arange(0, cols, factor)
    finite = np.isfinite(values)
    total = _sums(np.where(finite, values, 0.0), at_rows, at_cols)
    count = _sums(finite.astype(np.float32), at_rows, at_cols)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan).astype(np.float32)


def _sums(values: NDArray[np.float32], at_rows: NDArray[Any], at_cols: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(np.add.reduceat(np.add.reduceat(values, at_rows, axis=1), at_cols, axis=2))
