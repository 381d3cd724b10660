"""The nearest open water to a place: quays lie on what the land data call land."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from offing.geo import geod
from offing.sites.sea.water import COLS, PER_DEGREE, ROWS, Water, cols_of, lats_of, lons_of, rows_of

_FIRST_KM, _LAST_KM = 30.0, 120.0
_OPEN = 400
"""Cells (some 250 km² at 45°) that water must be joined to, to be the sea and not a pond."""


class Snapped(NamedTuple):
    """A water cell, the place of its centre, and how far from the asked place it lies."""

    row: int
    col: int
    lon: float
    lat: float
    metres: float


def snap(water: Water, lon: float, lat: float) -> Snapped | None:
    """The nearest cell that is joined to at least 400 water cells around; None within 120 km of no sea.

    A place that lies in such a cell stays where it is.
    """
    for reach in (_FIRST_KM, _LAST_KM):
        found = _within(water, lon, lat, reach)
        if found is not None:
            return found
    return None


def _within(water: Water, lon: float, lat: float, reach_km: float) -> Snapped | None:
    from scipy.ndimage import label

    row, col = int(rows_of(np.array([lat]))[0]), int(cols_of(np.array([lon]))[0])
    high = math.ceil(reach_km / 111.2 * PER_DEGREE)
    wide = min(COLS // 2 - 1, math.ceil(high / max(0.02, math.cos(math.radians(lat)))))
    row0, row1 = max(0, row - high), min(ROWS, row + high + 1)
    rows, cols = np.meshgrid(np.arange(row0, row1), np.arange(col - wide, col + wide + 1), indexing="ij")
    wet = water.at(rows, cols)
    parts, _ = label(wet, structure=np.ones((3, 3), dtype=int))
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    sea = (sizes >= _OPEN)[parts]
    if not sea.any():
        return None
    if sea[row - row0, wide]:
        return Snapped(row, col % COLS, lon, lat, 0.0)
    r, c = rows[sea], cols[sea]
    about = np.hypot(r - row, (c - col) * math.cos(math.radians(lat)))
    near = np.flatnonzero(about <= about.min() + 1.5)
    lons, lats = lons_of(c[near]), lats_of(r[near])
    far = geod().inv(np.full(len(near), lon), np.full(len(near), lat), lons, lats)[2]
    best = int(np.argmin(far))
    return Snapped(int(r[near][best]), int(c[near][best]) % COLS, float(lons[best]), float(lats[best]),
                   float(far[best]))  # fmt: skip
