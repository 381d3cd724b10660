"""A place without its ships: the level and the spread of every pixel over the other looks.

Ships come and go, so the upper looks of a pixel are censored before its mean is taken, as truncated-statistics CFAR
does across space (Tao, Anfinsen, Brekke, IEEE TGRS 54, 2016). The spread of few looks is moderated towards that of the
whole picture (Smyth 2004, doi 10.2202/1544-6115.1027), so that three looks do not pretend to know it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.records import Record

F32 = NDArray[np.float32]

PRIOR_LOOKS = 4.0
"""How many looks the spread of the whole picture is worth for one pixel."""
CENSOR_SD = 2.5
EMPTY_QUANTILE = 0.3
"""Where the search for the empty berth starts: it is empty in at least this share of the looks."""
FEW_LOOKS = 4
"""With fewer the lowest look is taken for the empty berth, and nothing is called always there."""
SMOOTH_M = 8.0
"""Half the resolution of Sentinel-1, and about half a coaster's beam: speckle is averaged over as much."""
WET_ABOVE = 0.7
"""Log power above the floor up to which an empty place is sea: 3 dB."""
SEA_FACTOR = 2.0
"""Powers are told apart only above this many times the sea's: wind must not look like ships."""


class Background(Record, frozen=True, eq=False):
    """The looks of one window in logarithms of power over the sea's, and what they have in common."""

    now: F32
    """(rows, cols) the look that is searched; NaN: no data."""
    looks: F32
    """(looks, rows, cols) the others."""
    level: F32
    """(rows, cols) mean of the looks in which nothing lies there; NaN where no look has data."""
    spread: F32
    """(rows, cols) standard deviation of one look about ``level``."""
    count: F32
    """(rows, cols) how many looks the level is the mean of."""
    noise: float
    """Standard deviation of one look from speckle alone, as the whole window shows it."""
    floor: float
    """Log power below which all is taken as sea."""

    @property
    def wet(self) -> NDArray[np.bool_]:
        """(rows, cols), True: nothing but sea is there when it is empty."""
        return np.asarray(self.level < self.floor + WET_ABOVE)

    @property
    def excess(self) -> F32:
        """(rows, cols) by how much the look is brighter than the empty place, in log power; 0 where unknown."""
        return np.asarray(np.nan_to_num(self.now - self.level, nan=0.0), np.float32)

    @property
    def significance(self) -> F32:
        """(rows, cols) the excess in standard deviations of its own and of the level's uncertainty."""
        doubt = self.spread * np.sqrt(1.0 + 1.0 / np.maximum(self.count, 1.0))
        return np.asarray(np.nan_to_num((self.now - self.level) / doubt, nan=0.0), np.float32)


def background(now: F32, looks: F32, water: NDArray[np.bool_], gsd_m: float) -> Background:
    """What ``looks`` (looks, bands, rows, cols) tell of ``now`` (bands, rows, cols): linear power, NaN without data.

    ``water``: (rows, cols), where ``now`` shows water. Every band counts in multiples of its sea level in ``now``.
    """
    units = np.array([_sea(band, water) for band in now], np.float32)[:, None, None]
    sigma = max(0.7, SMOOTH_M / gsd_m)
    joined = np.stack([_smoothed((powers / units).mean(axis=0), sigma) for powers in (now, *looks)])
    seas = np.array([_sea(power, water) for power in joined])
    floor = np.float32(SEA_FACTOR * max(seas[0], float(np.median(seas))))
    with np.errstate(invalid="ignore"):
        logs = np.log(np.maximum(joined, floor))
    logs = _levelled(logs, np.log(floor))
    noise = _noise(logs, np.log(floor))
    level, spread, count = _empty(logs[1:], noise)
    return Background(
        now=logs[0], looks=logs[1:], level=level, spread=spread, count=count, noise=noise, floor=float(np.log(floor))
    )


def _sea(power: F32, water: NDArray[np.bool_]) -> float:
    """Median power of the water, of the darker half of everything where there is hardly any."""
    good = np.isfinite(power) & (power > 0)
    wet = power[good & water]
    if wet.size >= 400:
        return float(np.median(wet))
    rest = power[good]
    return float(np.percentile(rest, 25)) if rest.size else 1.0


def _smoothed(power: F32, sigma: float) -> F32:
    """Gaussian mean of the pixels with data."""
    import cv2

    good = np.isfinite(power)
    weight = cv2.GaussianBlur(good.astype(np.float32), (0, 0), sigma)
    total = cv2.GaussianBlur(np.where(good, power, 0).astype(np.float32), (0, 0), sigma)
    return np.where(good, total / np.maximum(weight, 1e-6), np.nan).astype(np.float32)


def _levelled(logs: F32, floor: float) -> F32:
    """The looks with their gains made equal over land, where calibration or incidence left them different."""
    out = logs.copy()
    for number in range(1, len(logs)):
        land = np.isfinite(logs[0]) & np.isfinite(logs[number]) & (np.minimum(logs[0], logs[number]) > floor + 0.7)
        if land.sum() >= 400:
            gain = float(np.median(logs[0][land] - logs[number][land]))
            out[number] = np.maximum(logs[number] + gain, floor)
    return out


def _noise(logs: F32, floor: float) -> float:
    """Spread of one look: how far the others lie from the one searched, the median over what is above the sea."""
    bright = (logs > floor + 0.3).all(axis=0) & np.isfinite(logs).all(axis=0)
    if bright.sum() < 100 or len(logs) < 2:
        return 0.35
    apart = np.abs(logs[1:, bright] - logs[0][bright]).ravel()
    return float(np.clip(np.median(apart) / (0.6745 * math.sqrt(2)), 0.1, 1.0))


def _empty(looks: F32, noise: float) -> tuple[F32, F32, F32]:
    """(level, spread, count): the mean of the looks that lie no more than ``CENSOR_SD`` above the lower ones."""
    ordered = np.sort(looks, axis=0)  # NaN last
    known = np.isfinite(looks).sum(axis=0)
    number = len(looks)
    rank = np.floor(EMPTY_QUANTILE * np.maximum(known - 1, 0)).astype(int)
    start = np.take_along_axis(ordered, rank[None], axis=0)[0]
    centre = start + _rise(EMPTY_QUANTILE, number) * np.float32(noise)
    spread = np.full(centre.shape, noise, np.float32)
    count = np.ones(centre.shape, np.float32)
    for _ in range(3):
        with np.errstate(invalid="ignore"):
            kept = looks < centre + CENSOR_SD * spread
        count = np.maximum(kept.sum(axis=0), 1).astype(np.float32)
        total = np.where(kept, looks, 0.0).sum(axis=0)
        centre = np.where(kept.any(axis=0), total / count, centre).astype(np.float32)
        square = np.where(kept, (looks - centre) ** 2, 0.0).sum(axis=0)
        spread = np.sqrt((PRIOR_LOOKS * noise**2 + square) / (PRIOR_LOOKS + count - 1.0)).astype(np.float32)
    return np.where(known > 0, centre, np.nan).astype(np.float32), spread, count


def _rise(quantile: float, number: int) -> float:
    """By how many standard deviations the order statistic at ``quantile`` of ``number`` normal values lies too low."""
    from statistics import NormalDist

    rank = math.floor(quantile * max(number - 1, 0)) + 1
    return -NormalDist().inv_cdf((rank - 0.375) / (number + 0.25))
