"""A georeference from ground points that a person read off the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.model import GroundPoint

if TYPE_CHECKING:
    from affine import Affine

_FLAT = 0.02
"""Least ratio of the points' second to first spread: below, they lie on a line and leave the other direction open."""


def fit(points: Sequence[GroundPoint], where: str) -> tuple[Affine, str, str]:
    """(transform, crs, note) from ≥ 3 points by an affine least-squares fit, from 2 by a similarity.

    The system is an azimuthal equidistant plane around the points' middle, where metres are true metres near it. The
    note states the number of points and the RMS residual in metres and pixels. Raises PictureError for fewer than 2
    points, points on a line or in one place, and for points that would mirror the picture (longitude and latitude,
    or column and row, exchanged).
    """
    if len(points) < 2:
        raise PictureError("one ground point cannot place a picture", where=where, fix="give at least 2, better 4")
    pixels = np.array([(p.col, p.row) for p in points], np.float64)
    ground, crs = _plane(points)
    _check_spread(pixels, ground, where)
    coefficients = _affine(pixels, ground) if len(points) >= 3 else _similarity(pixels, ground)
    a, b, c, d, e, f = (float(v) for v in coefficients)
    determinant = a * e - b * d
    if determinant >= 0.0:
        raise PictureError(
            "the ground points mirror the picture",
            where=where,
            fix="check their order: COL,ROW,LON,LAT with rows counted downwards",
        )
    size = float(np.sqrt(-determinant))
    if not 0.01 <= size <= 10_000.0:
        raise PictureError(f"the ground points make pixels of {size:.3g} m", where=where, fix="check COL,ROW,LON,LAT")
    from affine import Affine

    return Affine(a, b, c, d, e, f), crs, _note(pixels, ground, coefficients, size)


def _plane(points: Sequence[GroundPoint]) -> tuple[NDArray[np.float64], str]:
    from pyproj import CRS, Transformer

    lon0 = points[0].lonlat.lon
    lons = np.array([lon0 + (p.lonlat.lon - lon0 + 180.0) % 360.0 - 180.0 for p in points])
    lats = np.array([p.lonlat.lat for p in points])
    middle_lon = (float(lons.mean()) + 180.0) % 360.0 - 180.0
    text = f"+proj=aeqd +lat_0={float(lats.mean()):.6f} +lon_0={middle_lon:.6f} +datum=WGS84 +units=m +no_defs"
    system = CRS.from_proj4(text)
    x, y = Transformer.from_crs("EPSG:4326", system, always_xy=True).transform(lons, lats)
    return np.stack([x, y], axis=1), system.to_wkt()


def _check_spread(pixels: NDArray[np.float64], ground: NDArray[np.float64], where: str) -> None:
    for values, of in ((pixels, "in the picture"), (ground, "on the ground")):
        first, second = np.linalg.svd(values - values.mean(axis=0), compute_uv=False)[:2]
        if first < 1.0:
            raise PictureError(f"the ground points are one place {of}", where=where, fix="give points far apart")
        if len(values) >= 3 and second < _FLAT * first:
            raise PictureError(
                f"the ground points lie on a line {of}", where=where, fix="give points spread over the picture"
            )


def _affine(pixels: NDArray[np.float64], ground: NDArray[np.float64]) -> NDArray[np.float64]:
    """(a, b, c, d, e, f) of least squares; solved about the points' middle, for the condition of the system."""
    middle = pixels.mean(axis=0)
    design = np.column_stack([pixels - middle, np.ones(len(pixels))])
    solution, *_ = np.linalg.lstsq(design, ground, rcond=None)
    (a, d), (b, e), (x, y) = solution
    return np.array([a, b, x - a * middle[0] - b * middle[1], d, e, y - d * middle[0] - e * middle[1]])


def _similarity(pixels: NDArray[np.float64], ground: NDArray[np.float64]) -> NDArray[np.float64]:
    """(a, b, c, d, e, f) of the rotation, scale and shift through two points; rows run down, so up is mirrored once."""
    p = complex(*(pixels[1] - pixels[0])).conjugate()
    turn = complex(*(ground[1] - ground[0])) / p
    a, b, d, e = turn.real, turn.imag, turn.imag, -turn.real
    x0, y0 = ground[0]
    c0, r0 = pixels[0]
    return np.array([a, b, x0 - a * c0 - b * r0, d, e, y0 - d * c0 - e * r0])


def residual_pixels(points: Sequence[GroundPoint], transform: Affine, crs: str) -> float:
    """RMS distance, in pixels, between the points' pixels and where the transform puts their places."""
    from pyproj import Transformer

    to_plane = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = to_plane.transform(np.array([p.lonlat.lon for p in points]), np.array([p.lonlat.lat for p in points]))
    back = ~transform
    cols, rows = back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f
    squares = (cols - np.array([p.col for p in points])) ** 2 + (rows - np.array([p.row for p in points])) ** 2
    return float(np.sqrt(squares.mean()))


def _note(
    pixels: NDArray[np.float64], ground: NDArray[np.float64], coefficients: NDArray[np.float64], size: float
) -> str:
    n = len(pixels)
    if n <= 3:
        kind = "similarity" if n == 2 else "affine"
        return f"placed by {n} ground points ({kind}, no redundancy: its error is unknown)"
    a, b, c, d, e, f = coefficients
    x = a * pixels[:, 0] + b * pixels[:, 1] + c
    y = d * pixels[:, 0] + e * pixels[:, 1] + f
    rms = float(np.sqrt(np.mean((x - ground[:, 0]) ** 2 + (y - ground[:, 1]) ** 2)))
    return f"placed by {n} ground points (affine, RMS residual {rms:.1f} m, {rms / size:.1f} pixels)"
