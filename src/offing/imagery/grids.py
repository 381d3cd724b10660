"""How the pixel grids of a picture's files lie on each other, and where on Earth the first one lies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offing.errors import OffingError, PictureError
from offing.geo import LonLat
from offing.imagery import groundpoints
from offing.imagery.georeference import Georeference
from offing.imagery.model import GroundPoint
from offing.imagery.source import SourceFile

_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_FIT_PIXELS = 2.0
"""Largest RMS residual with which embedded ground points are taken as an affine georeference."""


def finest(sources: Sequence[SourceFile], among: Sequence[int]) -> int:
    """The file of ``among`` with the most pixels, the first of equals: its grid is the picture's."""
    return max(among, key=lambda i: (sources[i].width * sources[i].height, -i))


def grid_between(lead: SourceFile, other: SourceFile) -> tuple[float, float, float, float] | None:
    """(x scale, x shift, y scale, y shift) from pixel coordinates of ``lead`` to those of ``other``; None: the same.

    Raises PictureError when the two are in different systems, turned against each other, or do not cover one area.
    """
    same_size = (lead.width, lead.height) == (other.width, other.height)
    if lead.crs_wkt != other.crs_wkt:
        raise PictureError(
            f"{other.path.name} is in another coordinate system than {lead.path.name}",
            where=str(lead.path.parent),
            fix="give bands of one acquisition, in one system",
        )
    if lead.crs_wkt is None:
        return None if same_size else (other.width / lead.width, 0.0, other.height / lead.height, 0.0)
    a, b, c, d, e, f = lead.transform
    oa, ob, oc, od, oe, of = other.transform
    determinant = oa * oe - ob * od
    if determinant == 0.0:
        raise PictureError("its pixels have no area", where=str(other.path), fix="export it again")
    # other⁻¹ · lead
    xx, xy = (oe * a - ob * d) / determinant, (oe * b - ob * e) / determinant
    yx, yy = (oa * d - od * a) / determinant, (oa * e - od * b) / determinant
    x0 = (oe * (c - oc) - ob * (f - of)) / determinant
    y0 = (oa * (f - of) - od * (c - oc)) / determinant
    x1, y1 = xx * lead.width + x0, yy * lead.height + y0
    turned = max(abs(xy) * lead.height, abs(yx) * lead.width) > 0.5
    apart = max(-x0, x1 - other.width, -y0, y1 - other.height) > 1.0
    if turned or xx <= 0.0 or yy <= 0.0 or apart:
        raise PictureError(
            f"{other.path.name} does not cover the area of {lead.path.name}",
            where=str(lead.path.parent),
            fix="give the bands of one acquisition, cut to one area",
        )
    off = max(abs(x0), abs(y0), abs(x1 - other.width), abs(y1 - other.height))
    return None if same_size and off < 0.05 else (xx, x0, yy, y0)


def place(
    source: SourceFile, points: Sequence[GroundPoint], gsd_m: float | None
) -> tuple[Georeference | None, tuple[str, ...]]:
    """(georeference, notes): by the caller's ground points, else by the file's own system, else by its own points.

    Raises PictureError for a system or points that cannot be used, and for a pixel size that is none.
    """
    where = str(source.path)
    if gsd_m is not None and not 0.01 <= gsd_m <= 10_000.0:
        raise PictureError(
            f"a pixel size of {gsd_m:g} m makes no sense", where=where, fix="state metres, 0.01 to 10000"
        )
    if points:
        return _by_points(source, points)
    if source.crs_wkt is None or source.transform == _IDENTITY:
        return _without_system(source, gsd_m)
    from affine import Affine

    found = Georeference(
        Affine(*source.transform), _authority(source.crs_wkt), width=source.width, height=source.height, where=where
    )
    notes = []
    if gsd_m is not None:
        notes.append(
            f"the stated pixel size of {gsd_m:g} m is not used: it has a georeference ({found.gsd_m[0]:.2f} m)"
        )
    if found.remark:
        notes.append(found.remark)
    return found, tuple(notes)


def _by_points(source: SourceFile, points: Sequence[GroundPoint]) -> tuple[Georeference, tuple[str, ...]]:
    for point in points:
        if not (-0.5 <= point.col <= source.width + 0.5 and -0.5 <= point.row <= source.height + 0.5):
            raise PictureError(
                f"ground point {point.col:g},{point.row:g} lies outside its {source.width} × {source.height} pixels",
                where=str(source.path),
                fix="write COL,ROW,LON,LAT with pixels counted from the upper left corner",
            )
    transform, crs, note = groundpoints.fit(points, str(source.path))
    notes = [note]
    if source.crs_wkt is not None and source.transform != _IDENTITY:
        notes.append("its own georeference is replaced by the ground points")
    found = Georeference(transform, crs, width=source.width, height=source.height, where=str(source.path))
    return found, tuple(notes)


def _without_system(source: SourceFile, gsd_m: float | None) -> tuple[Georeference | None, tuple[str, ...]]:
    if source.ground_points and source.ground_crs_wkt:
        found, note = _embedded(source)
        if found is not None:
            return found, (note,)
        return None, (note,)
    if source.transform != _IDENTITY:
        return None, ("it has pixel coordinates but no coordinate system: not georeferenced",)
    if gsd_m is None:
        return None, ("it does not know where it lies nor its pixel size: lengths stay open (state --gsd METRES)",)
    return None, (f"pixel size {gsd_m:g} m as stated; it does not know where it lies",)


def _embedded(source: SourceFile) -> tuple[Georeference | None, str]:
    """An affine fit to ground points within the file, where it is good enough."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    cols, rows, x, y = np.array(source.ground_points, np.float64).T
    try:
        to_lonlat = Transformer.from_crs(source.ground_crs_wkt, "EPSG:4326", always_xy=True)
        lons, lats = to_lonlat.transform(x, y)
        points = [
            GroundPoint(col=float(c), row=float(r), lonlat=LonLat(lon=float(lon), lat=float(lat)))
            for c, r, lon, lat in zip(cols, rows, lons, lats, strict=True)
        ]
        transform, crs, note = groundpoints.fit(points, str(source.path))
        rms = groundpoints.residual_pixels(points, transform, crs)
        found = Georeference(transform, crs, width=source.width, height=source.height, where=str(source.path))
    except (ProjError, OffingError, ValueError) as error:
        return None, f"its embedded ground points cannot be used ({error})"
    if rms > _FIT_PIXELS:
        return None, (
            f"its {len(points)} embedded ground points bend by {rms:.0f} pixels: geocode it first (gdalwarp, SNAP); "
            "read as not georeferenced"
        )
    return found, f"its own {note}"


def _authority(wkt: str) -> str:
    """``EPSG:…`` where the system is a known one, else its WKT."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        found = CRS.from_wkt(wkt).to_authority(min_confidence=90)
    except CRSError:
        return wkt
    return ":".join(found) if found else wkt
