"""Metres and coarse cells for the rules: where things lie along and across the flight, and on which cell."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.imagery.radar_geometry import RadarGeometry
from offing.vessels.detection.dismissal.model import RadarScene
from offing.vessels.model import OrientedBox

F64 = NDArray[np.float64]


def placed(col: F64, row: F64, radar: RadarGeometry) -> tuple[F64, F64]:
    """(along, across) metres of pixel places: along the flight, and away from the radar, from the geometry's anchor."""
    (ac, ar), (rc, rr) = radar.azimuth_px, radar.range_px
    dc, dr = col - radar.anchor_px[0], row - radar.anchor_px[1]
    size = ac * rr - ar * rc
    return (
        (dc * rr - dr * rc) / size * radar.azimuth_spacing_m,
        (ac * dr - ar * dc) / size * radar.range_spacing_m,
    )


def cell_m(scene: RadarScene) -> float | None:
    """Side of a coarse cell in metres; None where the pixel size is unknown."""
    return scene.coarse.factor * math.sqrt(scene.gsd_m[0] * scene.gsd_m[1]) if scene.gsd_m else None


def outline(box: OrientedBox, along: int = 9, across: int = 3) -> tuple[F64, F64]:
    """(cols, rows) of points spread over a box, its corners and ends among them."""
    s, t = (g.ravel() for g in np.meshgrid(np.linspace(-1, 1, along), np.linspace(-1, 1, across)))
    return (
        box.col + s * box.length_px[0] + t * box.beam_px[0],
        box.row + s * box.length_px[1] + t * box.beam_px[1],
    )


def cells_at(cols: F64, rows: F64, factor: int, shape: tuple[int, int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(cell rows, cell cols) of pixel places on a grid of ``shape`` cells; those outside count to the nearest cell."""
    return (
        np.clip(rows // factor, 0, shape[0] - 1).astype(np.intp),
        np.clip(cols // factor, 0, shape[1] - 1).astype(np.intp),
    )


def water_cells(scene: RadarScene) -> NDArray[np.bool_]:
    """The water mask on the grid of the coarse cells; all water where there is no mask."""
    shape = scene.coarse.values.shape[1:]
    if scene.water is None:
        return np.ones(shape, np.bool_)
    rows = np.minimum(np.arange(shape[0]) * scene.coarse.factor // scene.water.factor, scene.water.cells.shape[0] - 1)
    cols = np.minimum(np.arange(shape[1]) * scene.coarse.factor // scene.water.factor, scene.water.cells.shape[1] - 1)
    return np.asarray(scene.water.cells[rows[:, None], cols])


def lowest_median(values: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """The lower median of the finite values along an axis, NaN where there is none; NaN sorts to the end."""
    ordered = np.sort(values, axis=axis)
    count = np.isfinite(values).sum(axis=axis, keepdims=True)
    middle = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=axis)
    return np.asarray(np.where(count > 0, middle, np.float32(np.nan)).squeeze(axis), np.float32)
