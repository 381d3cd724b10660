"""From pixels to the ground and back, on the WGS 84 ellipsoid.

Pixel coordinates are GDAL's: (0, 0) is the outer corner of the first pixel, columns right, rows down.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offing.errors import PictureError
from offing.geo import geod

if TYPE_CHECKING:
    from affine import Affine
    from pyproj import CRS, Transformer

Floats = NDArray[np.float64]

_STEP_M = 1.0
"""Length of the probe by which directions are measured."""


class Georeference:
    """An affine transform into a coordinate reference system.

    ``transform`` maps (col, row) to (x, y) of ``crs`` in GDAL's outer-corner convention; ``crs`` is an authority code
    or WKT. Raises PictureError for a system that is no projected or geographic system of the Earth, or a transform
    that is degenerate or puts the picture off the Earth.
    """

    def __init__(self, transform: Affine, crs: str, *, width: int, height: int, where: str) -> None:
        self.transform, self.crs = transform, crs
        self._width, self._height = width, height
        self._system = _earthly(crs, where)
        self._check(where)

    @cached_property
    def _to_lonlat(self) -> Transformer:
        from pyproj import Transformer

        return Transformer.from_crs(self._system, "EPSG:4326", always_xy=True)

    @cached_property
    def _inverse(self) -> Affine:
        inverse: Affine = ~self.transform
        return inverse

    def _check(self, where: str) -> None:
        t = self.transform
        determinant = t.a * t.e - t.b * t.d
        if not (math.isfinite(determinant) and abs(determinant) > 1e-18):
            raise PictureError(
                "its pixels have no area in its coordinate system",
                where=where,
                fix="export it again with its georeference",
            )
        w, h = float(self._width), float(self._height)
        lons, lats = self.lonlat([0.0, w, w, 0.0, w / 2], [0.0, 0.0, h, h, h / 2])
        if not (np.isfinite(lons).all() and np.isfinite(lats).all() and (np.abs(lats) <= 90.0).all()):
            raise PictureError(
                f"lies off the Earth in its coordinate system ({self.crs[:40]})",
                where=where,
                fix="assign the coordinate system that its coordinates are in (gdal_edit -a_srs)",
            )

    def lonlat(self, cols: ArrayLike, rows: ArrayLike) -> tuple[Floats, Floats]:
        """(lons, lats) in degrees, longitudes −180 to 180, of pixel coordinates of any one shape; inf off the Earth."""
        c, r, t = np.asarray(cols, np.float64), np.asarray(rows, np.float64), self.transform
        x, y = t.a * c + t.b * r + t.c, t.d * c + t.e * r + t.f
        if self._system.is_geographic and (np.abs(x) > 540.0).any():
            return np.full_like(x, np.inf), np.full_like(y, np.inf)
        lon, lat = self._to_lonlat.transform(x, y)
        lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        with np.errstate(invalid="ignore"):
            lon = np.where(np.abs(lon) > 180.0, (lon + 180.0) % 360.0 - 180.0, lon)
        return lon, lat

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """(col, row) of a place, also outside the picture; the copy of the longitude nearest the picture is taken."""
        x, y = self._to_lonlat.transform(lon, lat, direction="INVERSE")
        if self._system.is_geographic:
            centre = self.transform.a * self._width / 2 + self.transform.b * self._height / 2 + self.transform.c
            x += 360.0 * round((centre - x) / 360.0)
        inverse = self._inverse
        return inverse.a * x + inverse.b * y + inverse.c, inverse.d * x + inverse.e * y + inverse.f

    def fitted(self, box: tuple[int, int, int, int]) -> tuple[Affine, str, float]:
        """(transform, crs, largest error in metres) of the affine map of a window: here it is exact everywhere."""
        del box
        return self.transform, self.crs, 0.0

    def metres_per_pixel_at(self, col: float, row: float) -> tuple[float, float]:
        """Geodesic lengths in metres of one pixel along columns and along rows, centred on (col, row)."""
        cols = [col - 0.5, col + 0.5, col, col]
        rows = [row, row, row - 0.5, row + 0.5]
        lons, lats = self.lonlat(cols, rows)
        if not np.isfinite(lons).all():
            raise PictureError(f"pixel {col:g}, {row:g} has no place on Earth", fix="ask within the picture")
        _, _, metres = geod().inv(lons[[0, 2]], lats[[0, 2]], lons[[1, 3]], lats[[1, 3]])
        return float(metres[0]), float(metres[1])

    def north_deg_at(self, col: float, row: float) -> float:
        """Direction of true north in the picture, degrees 0–360 clockwise from its up, angles as on the ground."""
        lons, lats = self.lonlat([col], [row])
        along_cols, along_rows = self.metres_per_pixel_at(col, row)
        sign = 1.0 if lats[0] < 89.9 else -1.0  # from the pole itself only south can be probed
        lon, lat, _ = geod().fwd(float(lons[0]), float(lats[0]), 0.0 if sign > 0 else 180.0, _STEP_M)
        col1, row1 = self.pixel(float(lon), float(lat))
        right, up = sign * (col1 - col) * along_cols, -sign * (row1 - row) * along_rows
        angle = math.degrees(math.atan2(right, up))
        return 0.0 if abs(angle) < 1e-6 else angle % 360.0

    def outline(self) -> tuple[tuple[float, float], ...]:
        """Closed ring of (lon, lat) along the picture's edge, 8 points a side, counter-clockwise where north is up."""
        along, w, h, zero = np.arange(8) / 8.0, float(self._width), float(self._height), np.zeros(8)
        cols = np.concatenate([zero, along * w, zero + w, w - along * w])
        rows = np.concatenate([along * h, zero + h, h - along * h, zero])
        lons, lats = self.lonlat(cols, rows)
        ring = [(float(x), float(y)) for x, y in zip(lons, lats, strict=True)]
        return (*ring, ring[0])

    @cached_property
    def gsd_m(self) -> tuple[float, float]:
        """Ground metres per pixel along columns and rows, at the picture's middle."""
        return self.metres_per_pixel_at(self._width / 2, self._height / 2)

    @cached_property
    def remark(self) -> str | None:
        """A doubt about the coordinate system: the picture lies outside the area it is meant for."""
        area = self._system.area_of_use
        lons, lats = self.lonlat([self._width / 2], [self._height / 2])
        if area is None:
            return None
        lon, lat = float(lons[0]), float(lats[0])
        span = (area.east - area.west) % 360.0 or 360.0
        off_lon = (lon - area.west + 4.0) % 360.0 > span + 8.0 and span < 352.0
        if not off_lon and area.south - 4.0 <= lat <= area.north + 4.0:
            return None
        return f"its middle ({lon:.3f}, {lat:.3f}) lies outside the area {self.crs[:40]} is meant for"


def _earthly(crs: str, where: str) -> CRS:
    """The system, when it is one on the Earth's surface."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs)
    except CRSError as error:
        raise PictureError(
            "its coordinate system cannot be understood",
            where=where,
            fix="assign an EPSG code (gdal_edit -a_srs EPSG:…)",
        ) from error
    flat = system.to_2d() if len(system.axis_info) == 3 and not system.is_geocentric else system
    if not (flat.is_projected or flat.is_geographic):
        raise PictureError(
            f"its coordinate system ({system.name}) is not on the ground: {system.type_name.lower()}",
            where=where,
            fix="give ground points with --gcp, or assign an EPSG code",
        )
    ellipsoid = flat.ellipsoid
    if ellipsoid is None or abs(ellipsoid.semi_major_metre / 6378137.0 - 1.0) > 0.01:
        raise PictureError(
            f"its coordinate system ({system.name}) is not one of the Earth", where=where, fix="assign one"
        )
    return flat
