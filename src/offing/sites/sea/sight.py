"""Whether a straight line stays on the water, and pulling a line taut around the land."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offing.geo import geod
from offing.sites.sea.water import CELL_M, Water, cols_of, rows_of

Point = tuple[float, float]
"""(lon, lat), degrees."""

_PLANE_M = 20_000.0
"""Below this a straight line in longitude and latitude is the geodesic to within a tenth of a cell."""
_COARSE_M = 15_000.0
_ROUNDS = 60
_GAIN = 3e-5
"""A round that shortens the line by less than this fraction is the last."""


def leg_m(a: Point, b: Point) -> float:
    """Geodesic from one point to the other, metres."""
    return float(geod().inv(a[0], a[1], b[0], b[1])[2])


def length_m(points: Sequence[Point]) -> float:
    """Length of a line of geodesics, metres."""
    return math.fsum(leg_m(a, b) for a, b in pairwise(points))


def clear(water: Water, a: Point, b: Point) -> bool:
    """Whether the geodesic from ``a`` to ``b`` crosses water alone, looked at every half cell."""
    distance = leg_m(a, b)
    if distance > 4.0 * _COARSE_M and not _wet(water, *_along(a, b, distance, _COARSE_M)):
        return False
    narrow = CELL_M * max(0.05, math.cos(math.radians(max(abs(a[1]), abs(b[1])))))
    return _wet(water, *_along(a, b, distance, narrow / 2.0))


def _wet(water: Water, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> bool:
    return bool(water.at(rows_of(lats), cols_of(lons)).all())


def _along(a: Point, b: Point, distance: float, spacing: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count = max(2, math.ceil(distance / spacing) + 1)
    if distance < _PLANE_M and max(abs(a[1]), abs(b[1])) < 75.0:
        east = (b[0] - a[0] + 180.0) % 360.0 - 180.0
        t = np.linspace(0.0, 1.0, count)
        return a[0] + east * t, a[1] + (b[1] - a[1]) * t
    line = geod().inv_intermediate(
        a[0], a[1], b[0], b[1], count, initial_idx=0, terminus_idx=0, return_back_azimuth=True
    )
    return np.asarray(line.lons, dtype=np.float64), np.asarray(line.lats, dtype=np.float64)


def between(a: Point, b: Point, fraction: float) -> Point:
    """The point at ``fraction`` of the geodesic from ``a`` to ``b``."""
    forward, _, distance = geod().inv(a[0], a[1], b[0], b[1])
    lon, lat, _ = geod().fwd(a[0], a[1], forward, distance * fraction)
    return float(lon), float(lat)


def taut(water: Water, points: Sequence[Point]) -> list[Point]:
    """The line with the same ends, shortened until it turns only around land.

    Corners that can be skipped go; a corner that cannot is cut off as far as the water reaches on both sides, found
    by bisection. Every step shortens the line and keeps it on the water, so it stays a way that exists.
    """
    line = _skipped(water, list(points))
    before = length_m(line)
    for _ in range(_ROUNDS):
        line = _skipped(water, _cut(water, line))
        now = length_m(line)
        if before - now <= _GAIN * before:
            break
        before = now
    return line


def _skipped(water: Water, points: list[Point]) -> list[Point]:
    """Without the corners that need not be: from each one straight on to the farthest one found in sight."""
    kept, here = [points[0]], 0
    while here < len(points) - 1:
        here = _farthest(water, points, here)
        kept.append(points[here])
    return kept


def _farthest(water: Water, points: list[Point], here: int) -> int:
    """A later point in sight: strides double while they are in sight, then the gap is halved."""
    last = len(points) - 1
    if clear(water, points[here], points[last]):
        return last
    good, stride = here + 1, 2
    while here + stride < last and clear(water, points[here], points[here + stride]):
        good, stride = here + stride, stride * 2
    bad = min(here + stride, last)
    while bad - good > 1:
        middle = (good + bad) // 2
        if clear(water, points[here], points[middle]):
            good = middle
        else:
            bad = middle
    return good


def _cut(water: Water, points: list[Point]) -> list[Point]:
    """Every corner replaced by the longest cut across it that stays on the water."""
    made = [points[0]]
    for corner, after in pairwise(points[1:]):
        made += _corner(water, made[-1], corner, after)
    return [*made, points[-1]]


def _corner(water: Water, before: Point, corner: Point, after: Point) -> list[Point]:
    if clear(water, before, after):
        return []
    # Both ends of the cut move together, then each alone: a corner near land is cut on its open side.
    low, high = 0.0, 1.0
    for _ in range(6):
        t = (low + high) / 2.0
        low, high = (t, high) if clear(water, between(corner, before, t), between(corner, after, t)) else (low, t)
    if low == 0.0:
        return [corner]
    left, right = between(corner, before, low), between(corner, after, low)
    return [_pushed(water, left, before, right), _pushed(water, right, after, left)]


def _pushed(water: Water, point: Point, towards: Point, seen: Point) -> Point:
    """``point`` moved on towards its neighbour as far as ``seen`` stays in sight."""
    low, high = 0.0, 1.0
    for _ in range(5):
        t = (low + high) / 2.0
        low, high = (t, high) if clear(water, between(point, towards, t), seen) else (low, t)
    return between(point, towards, low)
