"""Where a product lies and how the radar looked, from its annotation.

The image lines of a product follow the flight and its samples run away from the radar, which looks to the right: as
stored, it is a mirror image of the ground. The picture is turned over so that it is none, along the axis that leaves
north at the top: the lines of an ascending pass, the samples of a descending one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.geo import geod
from offing.imagery.grid_georeference import GridGeoreference
from offing.imagery.radar_geometry import LIGHT_M_S, RadarGeometry, SubSwath
from offing.imagery.sentinel1.annotation import Annotation, GridPoints
from offing.imagery.turning import Turn
from offing.quantities import Interval

Floats = NDArray[np.float64]
_POWERS = 4
"""Degree of the polynomials of incidence and slant range over the swath."""
_MERGE_M = 1000.0
"""Slant range by which neighbouring sub-swaths are taken to overlap: the polynomial is no better than half of it."""


def turn_of(note: Annotation) -> Turn:
    """Which axis is turned over."""
    return Turn(rows=True) if note.passing == "ascending" else Turn(cols=True)


def place(note: Annotation, where: str) -> GridGeoreference:
    """Where the turned picture lies, at sea level. Raises PictureError for a grid that cannot be used.

    The product gives the place of each grid point at the terrain's height there. Over sea near mountains that would
    put ships hundreds of metres wrong, so every point is first moved along range to where the ellipsoid has the same
    slant range: by its height over the tangent of the incidence angle, towards the radar.
    """
    grid = note.grid
    lons, lats = at_sea_level(grid)
    turn = turn_of(note)
    cols, rows = grid.pixels + 0.5, grid.lines + 0.5
    if turn.cols:
        cols, lons, lats = (note.samples - cols)[::-1], lons[:, ::-1], lats[:, ::-1]
    else:
        rows, lons, lats = (note.lines - rows)[::-1], lons[::-1], lats[::-1]
    return GridGeoreference(cols, rows, lons, lats, width=note.samples, height=note.lines, where=where)


def at_sea_level(grid: GridPoints) -> tuple[Floats, Floats]:
    """(lons, lats) of what has the grid points' slant range and time at height 0; to 1 m for heights up to 800 m."""
    nearer = np.clip(np.arange(len(grid.pixels)) - 1, 0, None)
    farther = np.minimum(nearer + 2, len(grid.pixels) - 1)
    near = (grid.lons[:, nearer], grid.lats[:, nearer])
    far = (grid.lons[:, farther], grid.lats[:, farther])
    towards, _, _ = geod().inv(far[0], far[1], near[0], near[1])
    metres = grid.heights_m / np.tan(np.radians(grid.incidence_deg))
    lons, lats, _ = geod().fwd(grid.lons, grid.lats, towards, metres)
    return np.asarray(lons, np.float64), np.asarray(lats, np.float64)


def radar_geometry(note: Annotation, ground: GridGeoreference) -> RadarGeometry:
    """How the radar looked, in the turned picture's pixels."""
    ascending = note.passing == "ascending"
    middle = (note.samples / 2.0, note.lines / 2.0)
    along, across = ground.metres_per_pixel_at(*middle)[::-1]
    away = (1.0, 0.0) if ascending else (-1.0, 0.0)
    reach = note.grid.slant_range_times_s * LIGHT_M_S / 2.0
    drift = range_drift(note.grid)
    azimuth = (away[0] * math.sin(drift), math.cos(drift) * (-1.0 if ascending else 1.0))
    kilometres = np.broadcast_to((note.grid.pixels + 0.5 - middle[0]) * across / 1000.0, reach.shape).ravel()
    powers = min(_POWERS, len(note.grid.pixels) - 1)
    return RadarGeometry(
        azimuth_px=azimuth,
        range_px=away,
        azimuth_spacing_m=math.hypot(along * azimuth[1], across * azimuth[0]),
        range_spacing_m=across,
        anchor_px=middle,
        heading_deg=_heading(ground, middle, azimuth),
        heading_error_deg=0.0,
        passing=note.passing,
        wavelength_m=LIGHT_M_S / note.frequency_hz,
        velocity_m_s=note.velocity_m_s,
        ground_velocity_m_s=note.azimuth_spacing_m / note.line_interval_s,
        incidence_bounds_deg=_bounds(note.grid.incidence_deg),
        slant_range_bounds_m=_bounds(reach),
        subswaths=_subswaths(note, reach.mean(axis=0)),
        basis="annotation",
        incidence=_polynomial(kilometres, note.grid.incidence_deg, powers),
        slant_range=_polynomial(kilometres, reach, powers),
    )


def range_drift(grid: GridPoints) -> float:
    """By how much what keeps its slant range drifts away along the samples from line to line, radians.

    Lines keep the ground range of a mean terrain height, so this is some tenths of a degree, not nothing.
    """
    times = grid.slant_range_times_s
    along = np.gradient(times, grid.lines, axis=0)
    return float(-np.arctan(np.median(along / np.gradient(times, grid.pixels, axis=1))))


def _heading(ground: GridGeoreference, middle: tuple[float, float], azimuth: tuple[float, float]) -> float:
    col, row = middle
    lons, lats = ground.lonlat([col, col + 100.0 * azimuth[0]], [row, row + 100.0 * azimuth[1]])
    return float(geod().inv(lons[0], lats[0], lons[1], lats[1])[0]) % 360.0


def _subswaths(note: Annotation, reach: Floats) -> tuple[SubSwath, ...]:
    """The sub-swaths with their slant ranges, from the samples that they fill."""
    found = []
    for swath in note.swaths:
        ends = np.interp([swath.samples.low, swath.samples.high], note.grid.pixels, reach)
        metres = Interval(low=float(ends[0]) - _MERGE_M, high=float(ends[1]) + _MERGE_M, level=1.0)
        found.append(SubSwath(name=swath.name, prf_hz=swath.prf_hz, slant_range_m=metres))
    return tuple(found)


def _bounds(values: Floats) -> Interval:
    return Interval(low=float(values.min()), high=float(values.max()), level=1.0)


def _polynomial(at: Floats, values: Floats, powers: int) -> tuple[float, ...]:
    return tuple(float(v) for v in np.polynomial.polynomial.polyfit(at, values.ravel(), powers))
