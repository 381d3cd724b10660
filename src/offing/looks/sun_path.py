"""The sun's elevation at many instants at once, and when it passes a level: for nights over a year.

The NOAA solar equations (Meeus 1998), the same that astral computes one instant at a time.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offing.geo import LonLat

Floats = NDArray[np.float64]

_GRID_S = 600.0
_STRETCH_S = 400.0 * 86400.0
"""So much is computed at once: a century would not fit."""

_FINE = 5
"""Where the sun may touch the level between two instants of the grid, so many parts are looked at."""

_TURNING_DEG_PER_S = 15.06 / 3600.0
_DECLINING_DEG_PER_S = 0.02 / 3600.0
_HALVINGS = 11
"""Halvings of a step of the grid after which less than half a second is left."""


def elevations_deg(place: LonLat, times: Floats) -> Floats:
    """Elevation of the sun's centre in degrees, without refraction; ``times``: UTC seconds since 1970, same shape."""
    century = (times / 86400.0 + 2440587.5 - 2451545.0) / 36525.0
    mean_lon = np.radians(280.46646 + century * (36000.76983 + 0.0003032 * century))
    anomaly = np.radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre = (
        np.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + np.sin(2.0 * anomaly) * (0.019993 - 0.000101 * century)
        + np.sin(3.0 * anomaly) * 0.000289
    )
    node = np.radians(125.04 - 1934.136 * century)
    apparent = mean_lon + np.radians(centre - 0.00569 - 0.00478 * np.sin(node))
    arcseconds = 21.448 - century * (46.815 + century * (0.00059 - 0.001813 * century))
    obliquity = np.radians(23.0 + (26.0 + arcseconds / 60.0) / 60.0 + 0.00256 * np.cos(node))
    sine = np.sin(obliquity) * np.sin(apparent)
    y = np.tan(obliquity / 2.0) ** 2
    equation_of_time = (
        y * np.sin(2.0 * mean_lon)
        - 2.0 * eccentricity * np.sin(anomaly)
        + 4.0 * eccentricity * y * np.sin(anomaly) * np.cos(2.0 * mean_lon)
        - 0.5 * y**2 * np.sin(4.0 * mean_lon)
        - 1.25 * eccentricity**2 * np.sin(2.0 * anomaly)
    )
    hour = np.radians(np.mod(times, 86400.0) / 240.0 + place.lon - 180.0) + equation_of_time
    lat = np.radians(place.lat)
    height = np.sin(lat) * sine + np.cos(lat) * np.sqrt(1.0 - sine**2) * np.cos(hour)
    return np.asarray(np.degrees(np.arcsin(np.clip(height, -1.0, 1.0))), dtype=np.float64)


def crossings(place: LonLat, start: float, lasts: float, level: float) -> tuple[bool, Floats]:
    """(whether the sun is below ``level`` at the start, when it passes the level, either way).

    ``level`` in degrees; ``start`` and the crossings in UTC seconds since 1970, rising; ``lasts`` in seconds. Right to
    half a second. Two crossings within two minutes may be missed.
    """
    first = bool(elevations_deg(place, np.array([start]))[0] < level)
    marks = np.append(np.arange(0.0, lasts, _STRETCH_S), lasts) + start
    found = [_within(place, a, b, level) for a, b in pairwise(marks.tolist())]
    return first, np.concatenate([np.zeros(0), *found])


def _within(place: LonLat, start: float, end: float, level: float) -> Floats:
    times, below = _sides(place, np.append(np.arange(start, end, _GRID_S), end), level)
    turns = np.flatnonzero(below[1:] != below[:-1])
    low, high, was = times[turns], times[turns + 1], below[turns]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        same = (elevations_deg(place, middle) < level) == was
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return high


def _sides(place: LonLat, grid: Floats, level: float) -> tuple[Floats, NDArray[np.bool_]]:
    """(instants, whether the sun is below the level): the grid, finer where the sun can reach the level in a step."""
    height = elevations_deg(place, grid) - level
    fastest = _TURNING_DEG_PER_S * np.cos(np.radians(place.lat)) + _DECLINING_DEG_PER_S
    step, away = np.diff(grid), np.abs(height)
    near = np.flatnonzero(away[:-1] + away[1:] <= fastest * step)
    parts = (grid[near, None] + step[near, None] * np.arange(1, _FINE) / _FINE).ravel()
    times = np.concatenate((grid, parts))
    below = np.concatenate((height < 0.0, elevations_deg(place, parts) < level))
    order = np.argsort(times, kind="stable")
    return times[order], below[order]
