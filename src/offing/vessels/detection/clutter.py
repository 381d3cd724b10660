"""What the sea looks like in radar: its local level, how heavy its tail is, and the threshold that follows.

The level is a truncated mean (Tao, Anfinsen and Brekke, IEEE TGRS 54, 2016): what is bright is left out, first down to
the dark mode, then let in again as far as the spread of what is kept allows, so that land and neighbours do not raise
the threshold of a ship. The tail is a generalised gamma's (Qin, Zhou, Zou and Gao, IEEE GRSL 2013; it holds gamma
speckle, Weibull and, as its limit, the log-normal), fitted to three quantiles of pixels over their own level: the
logarithm of such a variable is a location-scale family with one shape, so that the threshold is

    ln T = ln q01 + (ln q01 - ln q10) · G(ρ),   ρ = (ln q01 - ln q10) / (ln q10 - ln q50)

with one tabulated function G for a false-alarm rate. K-distributed clutter is met within a factor of three of the
nominal rate at 1e-7. Pixels over a first threshold, from quantiles that ships hardly reach, are left out of the second.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.kernels import F32, box_mean, dilated, nearest, reduced, stretched

CELL = 8
"""Pixels along a side of a cell of the lattice on which levels are kept."""
WINDOW = 13
"""Side in cells of the window for the level."""
REGION = 128
"""Pixels along a side of a region for quantiles …"""
SMOOTHING = 5
"""… whose logarithms are smoothed over so many regions each way."""
SMALL_PX = 1 << 18
"""Blocks below this size are looked at whole; of larger ones one row of each cell tells the clutter well enough."""
ROBUST = (0.8, 0.5, 0.2)
"""Upper probabilities of the quantiles for the first threshold …"""
TAIL = (0.5, 0.1, 0.01)
"""… and for the second."""
FIRST_PFA = 3e-5
COARSE, AROUND = 4, 3
"""Cells along a side of a coarse cell, and coarse cells to each side, among which the dark ones are sought."""
DARK = 2.5
"""Cells up to so many times the dark ones begin the truncated mean …"""
WIDENING = 3
"""… which so often lets in what its spread allows …"""
FAR = 6.0
"""… but never more than so many times the dark ones."""
GROUND, GROUND_SHARE = 9, 0.6
"""Solid ground is bright in this share of so many cells each way: more than ships at anchor fill."""
_SPREADS, _SHARE = 4.0, 0.25
"""A cell is let in that lies within so many deviations, and this share of the level, over the level."""
_LEAST_WEIGHT = 0.1
_LEAST_SAMPLES = 64


class Clutter(Record, frozen=True, eq=False):
    """Local statistics of the background of a block."""

    mean: F32
    """(cell rows, cell cols): truncated mean of the background, linear, in cells of about ``CELL`` pixels."""
    quantiles: F32
    """(3, region rows, region cols): natural logarithms of ``TAIL``'s quantiles over ``mean``."""
    ground: NDArray[np.bool_]
    """(cell rows, cell cols), True: solid and bright beside something darker, as land beside the sea."""


def clutter(power: F32) -> Clutter:
    """Level and tail of the background of a block of ``power`` (rows, cols; linear, nodata 0, no NaN)."""
    sample = power if power.size < SMALL_PX else power[CELL // 2 :: CELL]
    rows, cols = (max(1, extent // CELL) for extent in power.shape)
    rows = min(rows, len(sample))
    cells, seen = _cell_means(sample, rows, cols)
    mean, ground, edged = _level(cells, seen)
    keep = (seen > 0) & ~edged
    few = sample if power.size < SMALL_PX else sample[::4]
    limit = _limit(mean, _quantiles(few, mean, keep, ROBUST), ROBUST, FIRST_PFA)
    bright = np.flatnonzero(sample > nearest(limit, *sample.shape))
    if bright.size:
        row, col = np.divmod(bright, sample.shape[1])
        held = np.zeros(cells.shape, np.bool_)
        held[row * rows // len(sample), col * cols // sample.shape[1]] = True
        keep &= ~dilated(held, 3)
        mean = np.where(ground, mean, _mean(cells, seen * keep, mean))
    some = sample if power.size < SMALL_PX else sample[::2]
    return Clutter(mean=mean, quantiles=_quantiles(some, mean, keep, TAIL), ground=ground)


def threshold(field: Clutter, pfa: float) -> F32:
    """The power that background exceeds with probability ``pfa``, on the lattice of ``field.mean``."""
    return _limit(field.mean, field.quantiles, TAIL, pfa)


def sea_level(power: F32) -> float:
    """Level of the darker background of a block of ``power`` (rows, cols; nodata 0): the sea where there is any."""
    return dark_level(clutter(power))


def dark_level(field: Clutter) -> float:
    """Level of the darker background of a block: the sea where there is any."""
    return max(float(np.percentile(field.mean[::2, ::2], 20)), 1e-12)


def _cell_means(sample: F32, rows: int, cols: int) -> tuple[F32, F32]:
    """(mean of the pixels with data, share of them) by cell."""
    # Whole cells are averaged several times as fast; the few pixels beyond them are like their neighbours.
    sample = sample[: len(sample) // rows * rows, : sample.shape[1] // cols * cols]
    mean = reduced(sample, rows, cols)
    if float(sample.min()) > 0:
        return mean, np.ones_like(mean)
    seen = reduced((sample > 0).astype(np.float32), rows, cols)
    return np.where(seen > 0, mean / np.maximum(seen, np.float32(1e-6)), np.float32(0)), seen


def _level(cells: F32, seen: F32) -> tuple[F32, NDArray[np.bool_], NDArray[np.bool_]]:
    """(truncated local mean of the cells, solid bright ground, which has a mean of its own, it with its edges)."""
    dark = _dark(cells, seen)
    limit, farthest = np.float32(DARK) * dark, np.float32(FAR) * dark
    square = cells * cells
    for _ in range(WIDENING):
        weight = seen * (cells <= limit)
        mean, squares = _means((cells, square), weight, dark)
        spread = np.sqrt(np.maximum(squares - mean * mean, 0))
        limit = np.minimum(mean * np.float32(1 + _SHARE) + np.float32(_SPREADS) * spread, farthest)
    bright = (seen > 0) & (cells > limit)
    ground = bright & (box_mean(bright.astype(np.float32), min(GROUND, 2 * max(cells.shape) + 1)) > GROUND_SHARE)
    if ground.any():
        mean = np.where(ground, _mean(cells, seen * ground, mean), mean)
    return np.maximum(mean, np.float32(1e-20)), ground, bright & dilated(ground, 5)


def _dark(cells: F32, seen: F32) -> F32:
    """The lower eighth of coarse cells around each cell: the sea, where an eighth of what is around is sea."""
    rows, cols = (max(1, extent // COARSE) for extent in cells.shape)
    share = reduced(seen, rows, cols)
    coarse = np.where(share > 0.25, reduced(cells * seen, rows, cols) / np.maximum(share, 0.25), np.float32(np.inf))
    around = np.pad(coarse, AROUND, constant_values=np.inf)
    side = 2 * AROUND + 1
    near = np.sort(np.lib.stride_tricks.sliding_window_view(around, (side, side)).reshape(rows, cols, -1), axis=2)
    place = np.isfinite(near).sum(axis=2) // 8
    found = np.take_along_axis(near, place[..., None], axis=2)[..., 0]
    known = np.isfinite(found)
    if not known.any():
        return np.full_like(cells, max(float(cells.max()), 1e-20))
    return stretched(np.where(known, found, found[known].max()).astype(np.float32), *cells.shape)


def _mean(cells: F32, weight: F32, other: F32 | np.float32, window: int = WINDOW) -> F32:
    """Weighted mean over windows; ``other`` where too little is left."""
    return _means((cells,), weight, other, window)[0]


def _means(cells: tuple[F32, ...], weight: F32, other: F32 | np.float32, window: int = WINDOW) -> list[F32]:
    """Weighted means over windows; powers of ``other``, the first for the first, where too little is left."""
    side = min(window, 2 * max(weight.shape) + 1)
    share = box_mean(weight, side)
    enough = share > _LEAST_WEIGHT
    share = np.maximum(share, np.float32(_LEAST_WEIGHT))
    return [
        np.asarray(np.where(enough, box_mean(c * weight, side) / share, other**n), np.float32)
        for n, c in enumerate(cells, 1)
    ]


def _quantiles(sample: F32, mean: F32, keep: NDArray[np.bool_], upper: tuple[float, ...]) -> F32:
    """(3, region rows, region cols) logarithms of quantiles of the kept pixels over their level, smoothed."""
    inverse = np.where(keep, 1 / mean, np.float32(np.inf)).astype(np.float32)
    with np.errstate(invalid="ignore"):  # what has no data, times infinity: not a number sorts last, as it should
        over = sample * nearest(inverse, *sample.shape)
    if float(sample.min()) <= 0:
        over[sample <= 0] = np.inf
    down, right = (max(1, round(extent * CELL / REGION)) for extent in mean.shape)
    high, wide = len(sample) // down, sample.shape[1] // right
    boxes = over[: down * high, : right * wide].reshape(down, high, right, wide).swapaxes(1, 2)
    ordered = np.sort(boxes.reshape(down * right, high * wide), axis=1)
    count = (ordered < np.inf).sum(axis=1)
    weight = np.where(count >= _LEAST_SAMPLES, count, 0).astype(np.float32).reshape(down, right)
    if not weight.any():
        return np.zeros((3, down, right), np.float32)
    weight /= weight.max()
    # The k-th of n values, from 0, is exceeded with probability (n - k) / (n + 1) on average.
    place = np.rint(np.clip(count[:, None] - (count[:, None] + 1) * np.array(upper), 0, None)).astype(np.intp)
    values = np.take_along_axis(ordered, place, axis=1).T.reshape(3, down, right)
    logs = np.log(np.where(weight > 0, np.maximum(values, np.float32(1e-6)), np.float32(1)))
    overall = (logs * weight).sum(axis=(1, 2)) / weight.sum()
    return np.stack([_mean(v, weight, o, SMOOTHING) for v, o in zip(logs, overall, strict=True)])


def _limit(mean: F32, quantiles: F32, upper: tuple[float, ...], pfa: float) -> F32:
    """The threshold on the lattice of ``mean``."""
    ratio, reach = _table(upper, pfa)
    first, second = quantiles[1] - quantiles[0], quantiles[2] - quantiles[1]
    beyond = np.interp(second / np.maximum(first, np.float32(1e-6)), ratio, reach)
    factor = np.exp(quantiles[2] + second * beyond)
    return mean * stretched(factor.astype(np.float32), *mean.shape)


@lru_cache(maxsize=64)
def _table(upper: tuple[float, ...], pfa: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(ρ, G) of the generalised gamma distribution, ρ rising."""
    from scipy import special

    shapes = np.geomspace(0.05, 3000, 200)
    one, two, three, far = (np.log(special.gammainccinv(shapes, p)) for p in (*upper, pfa))
    ratio, reach = (three - two) / (two - one), (far - three) / (three - two)
    order = np.argsort(ratio)
    return ratio[order], reach[order]
