"""The steps of an outline: runs of about one height, found by the best division into level pieces."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offing.quantities import Interval
from offing.vessels.model import PartKind
from offing.vessels.reference.model import PhotoPart

F64 = NDArray[np.float64]

Z90 = 1.645
_PENALTY, _PENALTY_HIGH = 1.5e-4, 0.01
"""What one more piece costs, in squared fractions of the length times samples of 1/192, and what it costs at least of
the square of the highest: short ships are high for their length, and their slopes are not worth steps."""
_MOST = 400
"""Samples at most: the division takes their square."""
LEAST_HEIGHT = 0.009
"""Lower pieces are deck: rails, bulwarks, winches."""
OVERHANGING = 0.35
"""With this share of open sky below it the outline is a jib, a boom or a wire, and nothing that stands there."""
_NARROW, _SLENDER = 0.035, 1.8
"""A narrow piece this many times its neighbours' height is a mast or the like."""
_HOUSE_HIGH, _HOUSE_LONG = 0.035, 0.03
"""A superstructure is at least as high and as long, fractions of the length."""


class Level(NamedTuple):
    """A run of about one height."""

    start: int
    end: int
    """After the last sample."""
    height: float


def levels_of(heights: F64) -> list[Level]:
    """The division of (n,) heights into level pieces of least squared error plus a price a piece (Potts), exact."""
    n = len(heights)
    first = np.concatenate([[0.0], np.cumsum(heights)])
    second = np.concatenate([[0.0], np.cumsum(heights**2)])
    best, came = np.zeros(n + 1), np.zeros(n + 1, np.int64)
    price = max(_PENALTY, _PENALTY_HIGH * float(np.quantile(heights, 0.95)) ** 2) * n / 192.0
    best[0] = -price
    for end in range(1, n + 1):
        start = np.arange(end)
        total = first[end] - first[start]
        error = second[end] - second[start] - total**2 / (end - start)
        cost = best[start] + error + price
        came[end] = int(np.argmin(cost))
        best[end] = cost[came[end]]
    cuts = [n]
    while cuts[-1] > 0:
        cuts.append(int(came[cuts[-1]]))
    cuts.reverse()
    return [Level(a, b, float(np.median(heights[a:b]))) for a, b in itertools.pairwise(cuts)]


def parts_of_outline(
    heights: F64, overhang: F64, position_sd: float, height_sd: float, scale_sd: float
) -> tuple[PhotoPart, ...]:
    """What stands on the deck, from the bow.

    ``heights``: (n,) above the deck at n equal samples from the bow, fractions of the length; ``overhang``: (n,)
    share of open sky below the outline; ``position_sd`` and ``height_sd`` in fractions of the length; ``scale_sd``:
    relative, of all heights together.
    """
    n = len(heights)
    levels = levels_of(heights)
    parts = []
    for i, level in enumerate(levels):
        if level.height < max(LEAST_HEIGHT, height_sd):
            continue
        start, end = level.start / n, level.end / n
        spread = Z90 * float(np.hypot(height_sd, scale_sd * level.height))
        beside = max((levels[j].height for j in (i - 1, i + 1) if 0 <= j < len(levels)), default=0.0)
        parts.append(
            PhotoPart(
                kind=_kind(end - start, level.height, beside, float(np.median(overhang[level.start : level.end]))),
                start=start,
                start_90=_around(start, Z90 * position_sd),
                end=end,
                end_90=_around(end, Z90 * position_sd),
                height=level.height,
                height_90=Interval(low=max(0.0, level.height - spread), high=level.height + spread),
            )
        )
    return tuple(parts)


def _around(value: float, half: float) -> Interval:
    return Interval(low=max(0.0, value - half), high=min(1.0, value + half))


def _kind(length: float, height: float, beside: float, overhang: float) -> PartKind | None:
    """What a shape suggests; None for what an outline cannot tell."""
    if overhang > OVERHANGING:
        return "crane"
    if length <= _NARROW and height >= max(0.03, _SLENDER * beside):
        return "mast"
    if length >= _HOUSE_LONG and height >= _HOUSE_HIGH:
        return "house"
    return None
