"""How a picture is turned against what is stored: mirror images of the ground, and photographs held upright."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Window = tuple[int, int, int, int]
"""col0, row0, col1, row1, half-open."""


class Turn(NamedTuple):
    """What is done to the stored pixels, in this order, to have the picture."""

    cols: bool = False
    """True: the last column comes first (after the exchange, where there is one)."""
    rows: bool = False
    """True: the last row comes first (after the exchange, where there is one)."""
    exchanged: bool = False
    """True: stored rows are the picture's columns."""

    def size(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) of the picture from those stored, or the other way round."""
        return (height, width) if self.exchanged else (width, height)

    def stored(self, window: Window, width: int, height: int) -> Window:
        """Where a window of the picture lies among the stored pixels; ``width`` and ``height`` are those stored."""
        col0, row0, col1, row1 = window
        across, down = self.size(width, height)
        if self.cols:
            col0, col1 = across - col1, across - col0
        if self.rows:
            row0, row1 = down - row1, down - row0
        return (row0, col0, row1, col1) if self.exchanged else (col0, row0, col1, row1)

    def turned(self, stored: NDArray[np.float32]) -> NDArray[np.float32]:
        """Stored (bands, rows, cols) as the picture has them."""
        import cv2  # numpy's reversed views are copied ten times slower

        bands, rows, cols = stored.shape
        out = np.empty((bands, cols, rows) if self.exchanged else stored.shape, np.float32)
        flip = -1 if self.cols and self.rows else int(self.cols)
        for band, into in zip(stored, out, strict=True):
            shown = cv2.transpose(band) if self.exchanged else band
            if self.cols or self.rows:
                cv2.flip(shown, flip, into)
            else:
                into[:] = shown
        return out


AS_STORED = Turn()
_EXIF = {
    "2": Turn(cols=True),
    "3": Turn(cols=True, rows=True),
    "4": Turn(rows=True),
    "5": Turn(exchanged=True),
    "6": Turn(cols=True, exchanged=True),
    "7": Turn(cols=True, rows=True, exchanged=True),
    "8": Turn(rows=True, exchanged=True),
}
"""By the EXIF tag Orientation (CIPA DC-008, 4.6.4): where the stored first row and column lie in the picture shown."""


def upright(tags: Mapping[str, str]) -> Turn:
    """How a photograph is turned when it is shown, by its EXIF orientation (upper-case tags)."""
    text = tags.get("EXIF_ORIENTATION", "").strip()
    return _EXIF.get(text, AS_STORED)
