"""A picture at a coarser grid, in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offing.imagery.picture import Picture

_BLOCK = 2048


class Coarse:
    """Means of the valid physical values over square cells of ``factor`` pixels; the last ones may be partial."""

    def __init__(self, values: NDArray[np.float32], factor: int, width: int, height: int) -> None:
        self.values = values
        """(bands, cell rows, cell cols); NaN where no pixel of the cell is valid."""
        self.factor = factor
        self.width, self.height = width, height
        """Pixels of the picture."""


def coarse_view(picture: Picture, bands: Sequence[str], *, cells: int, factor: int = 1) -> Coarse:
    """The picture in cells of ``factor`` pixels, more where that makes more than ``cells``; read block by block."""
    factor = max(factor, math.ceil(math.sqrt(picture.width * picture.height / cells)))
    cols, rows = -(-picture.width // factor), -(-picture.height // factor)
    if factor == 1:
        return Coarse(picture.read(bands), 1, picture.width, picture.height)
    out = np.full((len(bands), rows, cols), np.nan, np.float32)
    step = max(1, _BLOCK // factor) * factor
    for box in picture.blocks(step, 0):
        part = means(picture.read(bands, box), factor)
        r, c = box.row0 // factor, box.col0 // factor
        out[:, r : r + part.shape[1], c : c + part.shape[2]] = part
    return Coarse(out, factor, picture.width, picture.height)


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
