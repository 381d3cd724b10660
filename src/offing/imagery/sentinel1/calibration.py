"""From a product's digital numbers to backscatter: sigma0 = (DN² − noise) / A², block by block.

A is the product's ``sigmaNought`` table. Where less than a tenth of the thermal noise would be left, that tenth
stands, so that what is only noise is dim but neither negative nor black: its logarithm stays defined, and the
statistics of the sea are not torn.
"""

from __future__ import annotations

from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.markup import Node
from offing.imagery.sentinel1.border import Border
from offing.imagery.sentinel1.noise import Noise
from offing.imagery.sentinel1.tables import Table, read_table
from offing.records import Record

F32 = NDArray[np.float32]

NOISE_LEFT = np.float32(0.1)
"""Least part of the thermal noise that is left standing."""
_STRIP = 65_536
"""Pixels that are worked on at once, so that they stay in the processor's cache."""


class Calibration(Record, frozen=True):
    """What turns one polarisation's numbers into backscatter."""

    gain: Table
    """A: digital number of a backscatter of 1."""
    noise: Noise | None
    """In squared digital numbers; None: not annotated, nothing is taken off."""
    border: Border | None = None
    """Where the picture ends; None: where its numbers are zero."""

    def apply(self, numbers: F32, window: tuple[int, int, int, int]) -> None:
        """Turns (lines, samples) of digital numbers into sigma0, in place; NaN stays NaN, and becomes the border.

        ``window`` is first sample, first line, sample behind the last, line behind the last, as stored in the file.
        """
        left, top, right, bottom = window
        samples = slice(left, right)
        lines = max(1, _STRIP // (right - left))
        gains = self.gain.strips(samples, top, bottom, lines)
        noises = self.noise.strips(samples, top, bottom, lines) if self.noise is not None else repeat(None)
        for (first, last, gain), noise in zip(gains, noises, strict=False):
            strip = numbers[first - top : last - top]
            strip *= strip
            if noise is not None:
                strip -= noise
                noise *= NOISE_LEFT
                np.maximum(strip, noise, out=strip)
            gain *= gain
            strip /= gain
        if self.border is not None:
            self.border.apply(numbers, window)


def read_gain(root: Node, samples: int) -> Table:
    """The ``sigmaNought`` table of one polarisation. Raises PictureError where it is not whole or not positive."""
    table = read_table(root.all("calibrationVectorList/calibrationVector"), "sigmaNought", samples, root.where)
    if (table.vectors <= 0.0).any():
        raise PictureError(
            "has a calibration that is not positive", where=root.where, fix="download the whole product again"
        )
    return table
