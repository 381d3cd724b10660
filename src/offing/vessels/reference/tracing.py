"""Outlines traced by a person: SVG, GeoJSON or CSV, in the picture's pixels with rows counted downwards."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.vessels.reference.svg_path import POINTS_MAX, Point, outline_of_svg

BYTES_MAX = 8 << 20
SUFFIXES = (".svg", ".geojson", ".json", ".csv")
_DRAWN_PX = 1200
"""Columns that the outline is drawn across, bow to stern."""
_MARGIN = 4
_FORM = "a polygon of (x, y) in the picture's pixels, y downwards"


class Trace(NamedTuple):
    """A traced outline drawn as a mask."""

    mask: NDArray[np.bool_]
    scale: float
    """Units of the trace in one pixel of the mask."""
    size: tuple[int, int]
    """Width and height of the outline, in its own units, rounded."""


def read_trace(path: Path) -> Trace:
    """The outline in a file, drawn. Raises PictureError for what is none."""
    where = str(path)
    try:
        if not path.is_file():
            raise PictureError("there is no such file", where=where, fix="check the path")
        with path.open("rb") as stream:
            content = stream.read(BYTES_MAX + 1)
    except OSError as error:
        raise PictureError(f"cannot be read ({error.strerror})", where=where, fix="check its permissions") from error
    if len(content) > BYTES_MAX:
        raise PictureError("is far larger than a traced outline", where=where, fix="give the outline alone")
    readers = {".svg": outline_of_svg, ".csv": _of_csv}
    return drawn(readers.get(path.suffix.lower(), _of_geojson)(content, where), where)


def drawn(points: list[Point], where: str) -> Trace:
    """The polygon as a mask _DRAWN_PX wide. Raises PictureError where it encloses nothing, or crosses itself."""
    xy = np.array(points, np.float64)
    if len(xy) > POINTS_MAX or len(xy) < 3 or not np.isfinite(xy).all() or np.abs(xy).max() > 1e7:
        raise PictureError(f"is no outline: {len(xy)} points", where=where, fix=f"give {_FORM}")
    low, extent = xy.min(axis=0), np.ptp(xy, axis=0)
    if extent.min() <= 0.0 or extent[0] < extent[1]:
        raise PictureError(
            f"the outline is {extent[0]:g} wide and {extent[1]:g} high: no ship from abeam",
            where=where,
            fix=f"give {_FORM}",
        )
    _check_simple(xy, where)
    import cv2

    unit = float(extent[0]) / _DRAWN_PX
    size = (_DRAWN_PX + 2 * _MARGIN, round(float(extent[1]) / unit) + 2 * _MARGIN)
    canvas = np.zeros((size[1], size[0]), np.uint8)
    corners = np.round(((xy - low) / unit + _MARGIN) * 16 - 8).astype(np.int32)
    cv2.fillPoly(canvas, [corners], 255, cv2.LINE_8, 4)
    return Trace(mask=canvas > 127, scale=unit, size=(round(float(extent[0])), round(float(extent[1]))))


def _check_simple(xy: NDArray[np.float64], where: str) -> None:
    from shapely import Polygon, is_valid_reason

    polygon = Polygon(xy)
    if not polygon.is_valid and "Self-intersection" in is_valid_reason(polygon):
        raise PictureError("the outline crosses itself", where=where, fix="trace once around the ship")


def _of_csv(content: bytes, where: str) -> list[Point]:
    try:
        rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise PictureError("is no CSV in UTF-8", where=where, fix=f"give {_FORM}, a point a line") from error
    if rows and not _number(rows[0][0]):
        rows = rows[1:]
    points = []
    for number, row in enumerate(rows, start=1):
        if len(row) != 2 or not (_number(row[0]) and _number(row[1])):
            raise PictureError(f"row {number} is not two numbers", where=where, fix="give x,y a line, with y downwards")
        points.append((float(row[0]), float(row[1])))
    return points


def _number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _of_geojson(content: bytes, where: str) -> list[Point]:
    try:
        document: Any = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise PictureError("is no JSON", where=where, fix="give a GeoJSON polygon, SVG or CSV") from error
    rings = list(_rings(document))
    if len(rings) != 1:
        what = "no polygon" if not rings else f"{len(rings)} polygons"
        raise PictureError(f"holds {what}", where=where, fix="give the outline of the one ship as a Polygon")
    try:
        return [(float(p[0]), float(p[1])) for p in rings[0]]
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise PictureError("its coordinates are not pairs of numbers", where=where, fix=f"give {_FORM}") from error


def _rings(document: Any) -> list[Any]:  # noqa: ANN401 - whatever the file holds
    """The outer rings of all polygons in a GeoJSON document."""
    if not isinstance(document, dict):
        return []
    kind, coordinates = document.get("type"), document.get("coordinates")
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        return [ring for feature in document["features"] for ring in _rings(feature)]
    if kind == "Feature":
        return _rings(document.get("geometry"))
    if kind == "Polygon" and isinstance(coordinates, list) and coordinates:
        return [coordinates[0]]
    if kind == "MultiPolygon" and isinstance(coordinates, list):
        return [c[0] for c in coordinates if isinstance(c, list) and c]
    return []
