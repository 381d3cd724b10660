"""From pixels to the ground by a grid of known points, for a picture in the radar's own geometry.

The points are joined bilinearly as places in space (geocentric x, y, z) rather than as degrees: a straight line over
20 km of ground then leaves the ellipsoid only downwards, by 8 m, at the poles and across the antimeridian too. Against
range–Doppler geolocation a scene of 250 km is placed to 3 m. The grid is continued straight beyond its edges.
"""

from __future__ import annotations

import math
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offing.errors import PictureError
from offing.geo import geod
from offing.imagery.georeference import Georeference

if TYPE_CHECKING:
    from affine import Affine
    from pyproj import Transformer

Floats = NDArray[np.float64]
_FAR = 0.5
"""How far outside the picture, in parts of its size, a place's pixel is computed; beyond it is only estimated."""


class GridGeoreference(Georeference):
    """A picture placed by its ground points.

    ``cols`` and ``rows`` are the pixel coordinates (outer-corner convention, ascending) of the grid's nodes, ``lons``
    and ``lats`` arrays (rows, cols) of degrees. ``transform`` and ``crs`` (the UTM zone of its middle, or a polar
    plane) are the affine map that fits best: near, but ``lonlat`` and ``pixel`` are right. Raises PictureError for
    points that do not spread over the ground.
    """

    def __init__(
        self, cols: Floats, rows: Floats, lons: Floats, lats: Floats, *, width: int, height: int, where: str
    ) -> None:
        self._cols, self._rows = cols, rows
        self._nodes = np.stack(_to_space().transform(lons, lats, np.zeros_like(lons)), axis=-1)
        self._size = (width, height)
        self._where = where
        transform, crs, _ = self.fitted((0, 0, width, height))
        super().__init__(transform, crs, width=width, height=height, where=where)

    def lonlat(self, cols: ArrayLike, rows: ArrayLike) -> tuple[Floats, Floats]:
        """(lons, lats) in degrees, longitudes −180 to 180, of pixel coordinates of any one shape."""
        x, y, z = np.moveaxis(self._space(np.asarray(cols, np.float64), np.asarray(rows, np.float64)), -1, 0)
        lons, lats, _ = _to_space().transform(x, y, z, direction="INVERSE")
        return np.asarray(lons, np.float64), np.asarray(lats, np.float64)

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """(col, row) of a place: of the fit far outside the picture, else where ``lonlat`` gives the place."""
        col, row = super().pixel(lon, lat)
        width, height = self._size
        near = -_FAR * width <= col <= (1 + _FAR) * width and -_FAR * height <= row <= (1 + _FAR) * height
        if not near or self._off((lon, lat), (col, row)) > 1e6:
            return col, row
        for _ in range(20):
            here = self._space(np.array([col, col + 1.0, col]), np.array([row, row, row + 1.0]))
            height = _to_space().transform(here[0, 0], here[0, 1], here[0, 2], direction="INVERSE")[2]
            target = np.array(_to_space().transform(lon, lat, height))
            steps = np.stack([here[1] - here[0], here[2] - here[0]], axis=1)
            (dc, dr), *_ = np.linalg.lstsq(steps, target - here[0], rcond=None)
            col, row = col + float(dc), row + float(dr)
            if abs(dc) + abs(dr) < 1e-7:
                break
        return col, row

    def fitted(self, box: tuple[int, int, int, int]) -> tuple[Affine, str, float]:
        """(transform, crs, largest error in metres) of the best affine map of a window (col0, row0, col1, row1)."""
        from affine import Affine
        from pyproj import Transformer

        col0, row0, col1, row1 = box
        c, r = (g.ravel() for g in np.meshgrid(np.linspace(col0, col1, 9), np.linspace(row0, row1, 9)))
        lons, lats = self.lonlat(c, r)
        crs = _plane(float(lons[40]), float(lats[40]))
        x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lons, lats)
        ground = np.stack([x, y], axis=1)
        design = np.column_stack([c - col0, r - row0, np.ones_like(c)])
        if not np.isfinite(ground).all():
            raise PictureError("its ground points are not near each other", where=self._where, fix="get it again")
        (a, d), (b, e), (x0, y0) = solution = np.linalg.lstsq(design, ground, rcond=None)[0]
        error = float(np.hypot(*(design @ solution - ground).T).max())
        return Affine(a, b, x0 - a * col0 - b * row0, d, e, y0 - d * col0 - e * row0), crs, error

    @cached_property
    def remark(self) -> str | None:
        """None: the plane is chosen for the place."""
        return None

    def _space(self, cols: Floats, rows: Floats) -> Floats:
        """(…, 3) geocentric metres of pixel coordinates."""
        i, u = _cell(self._cols, cols)
        j, v = _cell(self._rows, rows)
        u, v, n = u[..., None], v[..., None], self._nodes
        upper = n[j, i] * (1.0 - u) + n[j, i + 1] * u
        lower = n[j + 1, i] * (1.0 - u) + n[j + 1, i + 1] * u
        return np.asarray(upper * (1.0 - v) + lower * v)

    def _off(self, place: tuple[float, float], pixel: tuple[float, float]) -> float:
        """Metres between a place and where a pixel lies: large for places on the other side of the Earth."""
        lons, lats = self.lonlat([pixel[0]], [pixel[1]])
        return float(geod().inv(place[0], place[1], float(lons[0]), float(lats[0]))[2])


def _cell(nodes: Floats, at: Floats) -> tuple[NDArray[np.intp], Floats]:
    """(node before, share of the way to the next) along one axis, straight on beyond the ends."""
    before = np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, len(nodes) - 2)
    return before, (at - nodes[before]) / (nodes[before + 1] - nodes[before])


def _plane(lon: float, lat: float) -> str:
    """The UTM zone of a place, or the polar plane."""
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return "EPSG:4326"
    if lat > 84.0 or lat < -80.0:
        return "EPSG:32661" if lat > 0 else "EPSG:32761"
    zone = int((lon + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{32600 + zone if lat >= 0 else 32700 + zone}"


@cache
def _to_space() -> Transformer:
    """From longitude, latitude and height to geocentric metres."""
    from pyproj import Transformer

    return Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
