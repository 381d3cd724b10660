"""What is read of an optical picture before it is searched: enough to know its darkest and where it has no water."""

from __future__ import annotations

import numpy as np

from offing.imagery.coarse import Coarse
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.imagery.sketch import glance
from offing.records import Record
from offing.vessels.detection.kernels import F32, box_mean
from offing.vessels.detection.sampling import stored_windows

SMALL_PX = 4_000_000
"""Pictures up to this size are read whole, and kept."""
SIDE = 256
"""Pixels along the windows by which larger ones are sampled."""


class Sampled(Record, frozen=True, eq=False):
    """Values of the bands that are looked at."""

    values: F32
    """(bands, n) from all over the picture."""
    dark: F32
    """(bands, n) pixels among which the darkest are: means of many would be lighter."""
    glimpse: Coarse | None
    """The whole picture in coarse cells, where its files show it at a glance."""
    kept: F32 | None
    """(bands, rows, cols) of a small picture."""


def sampled(picture: Picture, bands: tuple[str, ...]) -> Sampled:
    """A small picture whole; of a large one a glance and its darkest places, or windows all over it."""
    if picture.width * picture.height <= SMALL_PX:
        kept = picture.read(bands)
        values = kept.reshape(len(bands), -1)
        return Sampled(values=values, dark=values, glimpse=None, kept=kept)
    glimpse = glance(picture, bands)
    if glimpse is None:
        values = _pixels(picture, bands, stored_windows(picture.width, picture.height, picture.stored_block, SIDE))
        return Sampled(values=values, dark=values, glimpse=None, kept=None)
    dark = _pixels(picture, bands, darkest(glimpse))
    return Sampled(values=glimpse.values.reshape(len(bands), -1), dark=dark, glimpse=glimpse, kept=None)


def darkest(glimpse: Coarse) -> list[Box]:
    """The darkest window of each quarter of a picture, on a lattice of windows, so that few stored blocks are read."""
    cells = max(1, SIDE // glimpse.factor)
    grey = glimpse.values.mean(axis=0)
    grey = box_mean(np.where(np.isfinite(grey), grey, np.float32(1e3)), max(1, cells // 2 * 2 - 1))
    rows, cols = grey.shape
    found = []
    for top, bottom in ((0, rows // 2), (rows // 2, rows)):
        for left, right in ((0, cols // 2), (cols // 2, cols)):
            part = grey[top:bottom, left:right]
            row, col = np.unravel_index(int(part.argmin()), part.shape)
            found.append(_window(glimpse, (left + int(col)) * glimpse.factor, (top + int(row)) * glimpse.factor))
    return found


def _window(glimpse: Coarse, col: int, row: int) -> Box:
    left, up = min(col, glimpse.width - 1) // SIDE * SIDE, min(row, glimpse.height - 1) // SIDE * SIDE
    return Box(col0=left, row0=up, col1=min(left + SIDE, glimpse.width), row1=min(up + SIDE, glimpse.height))


def _pixels(picture: Picture, bands: tuple[str, ...], windows: list[Box]) -> F32:
    return np.concatenate([picture.read(bands, w).reshape(len(bands), -1) for w in windows], axis=1)
