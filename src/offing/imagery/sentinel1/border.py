"""The dark, ragged border of products made before IPF 2.90 (March 2018): numbers that are no echo.

Every pixel that was imaged holds at least the thermal noise. Where the mean of DN² over a short run of a line stays
below half of the annotated noise, nothing was imaged: from each edge inwards up to the first run that was, the picture
has no data. Inside, nothing is touched, however dark. (A simple form of what Ali et al. 2018, Remote Sensing 10(9),
1488, and ESA's MPC-0243 do about the same border; both take fixed thresholds.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.imagery.raster import open_raster
from offing.imagery.sentinel1.noise import Noise
from offing.imagery.source import SourceFile, read_numbers
from offing.records import Record

F32 = NDArray[np.float32]
Ints = NDArray[np.int64]

FIXED_SINCE = (2, 90)
"""The processor that leaves clean zeros at the border."""
STEP = 8
"""Every so manieth line is looked at."""
RUN = 64
"""Length of the runs, samples."""
WIDEST = 3000
"""Widest border, pixels: what goes on longer is dark sea or a wrong noise table, and is left alone."""
_ALONG, _ACROSS = RUN // 2 + STEP, 2 * STEP
"""Pixels by which the border is drawn wider than it was seen, along lines and across them: a run may be a mixture."""
_LEAST_NOISE = 100.0
"""Squared numbers taken as thermal noise where a product annotates none."""


class Border(Record, frozen=True):
    """Where the picture begins and ends, in pixels as stored."""

    left: Ints
    """Of every line, the first sample with data."""
    right: Ints
    """Of every line, the sample behind the last one with data."""
    top: Ints
    """Of every sample, the first line with data."""
    bottom: Ints
    """Of every sample, the line behind the last one with data."""

    def apply(self, values: F32, window: tuple[int, int, int, int]) -> None:
        """Makes what lies outside NaN, in place; ``window`` as in Calibration.apply."""
        col0, row0, col1, row1 = window
        cols, rows = np.arange(col0, col1), np.arange(row0, row1)
        left, right = self.left[row0:row1], self.right[row0:row1]
        top, bottom = self.top[col0:col1], self.bottom[col0:col1]
        if left.max() <= col0 and right.min() >= col1 and top.max() <= row0 and bottom.min() >= row1:
            return
        outside = (cols < left[:, None]) | (cols >= right[:, None])
        outside |= (rows[:, None] < top) | (rows[:, None] >= bottom)
        values[outside] = np.nan


def find_border(source: SourceFile, noise: Noise | None) -> Border:
    """The border of one measurement file; reads every ``STEP``-th line of it."""
    width, height = source.width, source.height
    lines = np.unique(np.append(np.arange(0, height, STEP), height - 1))
    imaged = np.empty((len(lines), width // STEP + 1), np.bool_)
    with open_raster(source.path) as dataset:
        for i, line in enumerate(lines):
            numbers = read_numbers(source, dataset, [1], (0, int(line), width, int(line) + 1))[0, 0]
            imaged[i] = _imaged(numbers, _noise_on(noise, int(line), width))
    left, right = _ends(imaged, width)
    top, bottom = _ends(imaged.T, len(lines))
    behind = np.append(lines, height)
    samples = np.arange(imaged.shape[1]) * STEP
    return Border(
        left=_between(_capped(left * STEP, width, _ALONG), lines, height),
        right=width - _between(_capped(width - np.minimum(right * STEP, width), width, _ALONG), lines, height),
        top=_between(_capped(behind[top], height, _ACROSS), samples, width),
        bottom=height - _between(_capped(height - behind[bottom], height, _ACROSS), samples, width),
    )


def _between(widths: Ints, at: Ints, extent: int) -> Ints:
    """Widths of the border everywhere, from those looked at: the wider one of two neighbours."""
    before = np.clip(np.searchsorted(at, np.arange(extent), side="right") - 1, 0, len(at) - 1)
    return np.asarray(np.maximum(widths[before], widths[np.minimum(before + 1, len(at) - 1)]))


def _noise_on(noise: Noise | None, line: int, width: int) -> F32:
    if noise is None or noise.is_zero:
        return np.full(width, _LEAST_NOISE, np.float32)
    vector = int(np.argmin(np.abs(noise.table.lines - line)))
    level = noise.table.vectors[vector : vector + 1, :width].copy()
    noise.scale(level, line, 0)
    return np.asarray(level[0])


def _imaged(numbers: F32, noise: F32) -> NDArray[np.bool_]:
    """Of every ``STEP``-th sample, whether the run around it holds at least half of the noise."""
    sums = np.concatenate([[0.0], np.cumsum(numbers.astype(np.float64) ** 2)])
    levels = np.concatenate([[0.0], np.cumsum(noise, dtype=np.float64)])
    centres = np.arange(len(numbers) // STEP + 1) * STEP
    low, high = np.clip(centres - RUN // 2, 0, len(numbers)), np.clip(centres + RUN // 2, 0, len(numbers))
    return np.asarray(sums[high] - sums[low] > 0.5 * (levels[high] - levels[low]))


def _ends(imaged: NDArray[np.bool_], end: int) -> tuple[Ints, Ints]:
    """(first, behind the last) imaged column of every row; rows with none have those of the nearest row with some."""
    some = np.flatnonzero(imaged.any(axis=1))
    if not some.size:
        return np.zeros(len(imaged), np.int64), np.full(len(imaged), end, np.int64)
    after = np.clip(np.searchsorted(some, np.arange(len(imaged))), 1, max(1, len(some) - 1))
    low, high = some[after - 1], some[np.minimum(after, len(some) - 1)]
    rows = np.where(np.arange(len(imaged)) - low <= high - np.arange(len(imaged)), low, high)
    first, behind = imaged.argmax(axis=1), imaged.shape[1] - imaged[:, ::-1].argmax(axis=1)
    return first[rows].astype(np.int64), np.minimum(behind[rows], end).astype(np.int64)


def _capped(inward: Ints, extent: int, wider: int) -> Ints:
    """Widths of the border: nothing where it is not seen or would be too wide, else drawn ``wider``."""
    wide = (inward > WIDEST) | (inward >= extent // 2)
    return np.where((inward <= 0) | wide, 0, inward + wider)
