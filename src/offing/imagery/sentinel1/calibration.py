"""From a product's digital numbers to backscatter: sigma0 = (DN² − noise) / A², block by block.

A is the product's ``sigmaNought`` table. Where less than a tenth of the thermal noise would be left, that tenth
stands, so that what is only noise is dim but neither negative nor black: its logarithm stays defined, and the
statistics of the sea are not torn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.sentinel1.border import Border
from offing.imagery.sentinel1.markup import Node
from offing.imagery.sentinel1.noise import Noise
from offing.imagery.sentinel1.tables import Table, read_table
from offing.records import Record

F32 = NDArray[np.float32]

NOISE_LEFT = np.float32(0.1)
"""Least part of the thermal noise that is left standing."""
_LINES = 32
"""Lines that are worked on at once, so that they stay in the processor's cache."""


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
        samples = np.arange(left, right, dtype=np.float64)
        np.multiply(numbers, numbers, out=numbers)
        if self.noise is not None:
            self._take_off(self.noise, numbers, samples, top, bottom)
        for first, last, low, high, weights in _strips(self.gain, top, bottom):
            gain = _mixed(self.gain, samples, low, high, weights)
            gain *= gain
            numbers[first - top : last - top] /= gain
        if self.border is not None:
            self.border.apply(numbers, window)

    def _take_off(self, noise: Noise, powers: F32, samples: NDArray[np.float64], top: int, bottom: int) -> None:
        left = int(samples[0])
        for first, last, low, high, weights in _strips(noise.table, top, bottom):
            level = _mixed(noise.table, samples, low, high, weights)
            noise.scale(level, first, left)
            strip = powers[first - top : last - top]
            strip -= level
            level *= NOISE_LEFT
            np.maximum(strip, level, out=strip)


def _strips(table: Table, top: int, bottom: int) -> list[tuple[int, int, int, int, F32]]:
    """(first line, line behind the last, vector, next vector, weights of the next) in runs of few lines."""
    found = []
    for span in table.spans(top, bottom):
        weights = table.weights(span)
        for first in range(span[0], span[1], _LINES):
            last = min(first + _LINES, span[1])
            found.append((first, last, span[2], span[3], weights[first - span[0] : last - span[0]]))
    return found


def _mixed(table: Table, samples: NDArray[np.float64], low: int, high: int, weights: F32) -> F32:
    """(lines, samples) of the table between two of its vectors."""
    below = table.along(low, samples)
    step = table.along(high, samples) - below
    mixed = weights * step
    mixed += below
    return mixed


def read_gain(root: Node) -> Table:
    """The ``sigmaNought`` table of one polarisation. Raises PictureError where it is not whole or not positive."""
    table = read_table(root.all("calibrationVectorList/calibrationVector"), "sigmaNought", root.where)
    if any((values <= 0.0).any() for values in table.values):
        raise PictureError(
            "has a calibration that is not positive", where=root.where, fix="download the whole product again"
        )
    return table
