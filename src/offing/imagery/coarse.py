"""A picture at a coarser grid, in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    return np.stack([_band_means(band, factor) for band in values])


def _band_means(band: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    rows, cols = -(-band.shape[0] // factor) * factor, -(-band.shape[1] // factor) * factor
    # What is missing shows in the means, so that most bands need not be looked at twice.
    if band.shape == (rows, cols) and np.isfinite(small := _shrunk(band, factor)).all():
        return small
    padded = np.full((rows, cols), np.nan, np.float32)
    padded[: band.shape[0], : band.shape[1]] = band
    finite = np.isfinite(padded)
    share = _shrunk(finite.astype(np.float32), factor)
    total = _shrunk(np.where(finite, padded, np.float32(0.0)), factor)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(share > 0, total / share, np.float32(np.nan)), np.float32)


def _shrunk(band: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Means over whole cells."""
    import cv2

    size = (band.shape[1] // factor, band.shape[0] // factor)
    return np.asarray(cv2.resize(band, size, interpolation=cv2.INTER_AREA), np.float32)
