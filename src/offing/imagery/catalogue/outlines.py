"""Footprints as catalogues write them → outer rings that hold: closed, valid, cut at the antimeridian."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from offing.imagery.catalogue.model import Ring

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
MOST_POINTS = 5_000
"""Of a footprint; one with more is taken as its hull."""
_DEPTH = 4
_SLIVER = 1e-9
"""Square degrees below which a ring is no area."""


def outline(geometry: object, bbox: object = None) -> tuple[tuple[Ring, ...], str | None]:
    """(rings, note) of a GeoJSON geometry in EPSG:4326, longitude first; no rings where there is no usable area.

    Rings that cross the antimeridian (a step of more than 180° in longitude, or longitudes beyond ±180) are cut
    there; one that goes around a pole is closed over it; one that crosses itself is mended. What cannot be used is
    replaced by ``bbox`` (west, south, east, north), where there is one, and said.
    """
    found, mended = _areas(_rings(geometry, 0))
    if found:
        return found, "outline mended" if mended else None
    found, _ = _areas([box] if (box := _box(bbox)) else [])
    if found:
        return found, "outline taken from its bounding box"
    return (), "outline unusable"


def _rings(geometry: object, depth: int) -> list[list[Point] | None]:
    """Outer rings of a geometry; None for one that is broken."""
    if not isinstance(geometry, dict) or depth > _DEPTH:
        return []
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection" and isinstance(geometry.get("geometries"), list):
        return [ring for part in geometry["geometries"][:1000] for ring in _rings(part, depth + 1)]
    if not isinstance(coordinates, list):
        return []
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates[:1000]}.get(str(kind), [])
    return [_points(polygon[0]) if isinstance(polygon, list) and polygon else None for polygon in polygons]


def _points(ring: object) -> list[Point] | None:
    """The points of a ring that are places, without repeats; None where it is no ring."""
    if not isinstance(ring, list):
        return None
    points: list[Point] = []
    for entry in ring:
        point = _point(entry)
        if point is None:
            return None
        if not points or points[-1] != point:
            points.append(point)
    return points if len(points) >= 3 else None


def _point(entry: Any) -> Point | None:  # noqa: ANN401 - JSON
    if not isinstance(entry, list) or len(entry) < 2:
        return None
    lon, lat = entry[0], entry[1]
    if type(lon) not in (int, float) or type(lat) not in (int, float):
        return None
    if not (-540.0 <= lon <= 540.0 and -90.0 <= lat <= 90.0):
        return None
    return float(lon), float(lat)


def _box(bbox: object) -> list[Point] | None:
    """The ring of a bounding box of four or six numbers; west may be greater than east."""
    if not isinstance(bbox, list) or len(bbox) not in (4, 6):
        return None
    low, high = _point(bbox[:2]), _point(bbox[len(bbox) // 2 : len(bbox) // 2 + 2])
    if low is None or high is None or high[1] <= low[1]:
        return None
    (west, south), (east, north) = low, high
    east += 360.0 if east < west else 0.0
    steps = max(1, math.ceil((east - west) / 90.0))  # no step over 180°, which would mean the other way round
    lons = [west + (east - west) * i / steps for i in range(steps + 1)]
    return [(lon, south) for lon in lons] + [(lon, north) for lon in reversed(lons)]


def _areas(rings: Sequence[list[Point] | None]) -> tuple[tuple[Ring, ...], bool]:
    """(rings that hold, whether any had to be mended)."""
    made: list[Ring] = []
    mended = False
    for ring in rings:
        if ring is None:
            mended = True
            continue
        if _simple(ring):
            made.append(_closed(ring))
            continue
        parts, changed = _mend(ring)
        mended |= changed
        made.extend(parts)
    return tuple(made), mended


def _simple(ring: Sequence[Point]) -> bool:
    """Whether a ring lies within ±180°, makes no step over it, and is valid and not empty: nearly all do."""
    from shapely import Polygon

    lons = [lon for lon, _ in ring]
    if len(ring) > MOST_POINTS or max(lons) > 180.0 or min(lons) < -180.0 or max(lons) - min(lons) >= 180.0:
        return False
    polygon = Polygon(ring)
    return bool(polygon.is_valid) and polygon.area > _SLIVER


def _mend(ring: Sequence[Point]) -> tuple[list[Ring], bool]:
    """A ring cut at the antimeridian and made valid; whether it was more than cut."""
    from shapely import Polygon, make_valid

    points = unwrapped(ring)
    around = abs(points[-1][0] - points[0][0]) > 180.0
    if around:
        points = _over_the_pole(points)
    polygon = Polygon(points)
    changed = False
    if len(points) > MOST_POINTS:
        polygon, changed = polygon.convex_hull, True
    if not polygon.is_valid:
        polygon, changed = make_valid(polygon), True
    parts = [part for piece in _polygons(polygon) for part in split(piece)]
    return [_closed(p) for p in parts], changed or around or not parts


def unwrapped(ring: Sequence[Point]) -> list[Point]:
    """The closed ring with longitudes that run on: no step is more than 180°, and around a pole it does not close.

    Only where all longitudes are ±180 is a step of 360° taken as one round the Earth, and not as none.
    """
    whole = all(abs(lon) == 180.0 for lon, _ in ring)
    points = [ring[0]]
    for (before, _), (after, lat) in itertools.pairwise([*ring, ring[0]]):
        step = after - before
        points.append((points[-1][0] + (step if whole or abs(step) <= 180.0 else math.remainder(step, 360.0)), lat))
    return points


def _over_the_pole(points: list[Point]) -> list[Point]:
    """A ring around a pole, closed over the pole that is nearer."""
    pole = math.copysign(90.0, sum(lat for _, lat in points))
    return [*points, (points[-1][0], pole), (points[0][0], pole)]


def split(polygon: Polygon) -> list[list[Point]]:
    """A polygon whose longitudes run on, as rings within ±180°."""
    from shapely import box
    from shapely.affinity import translate

    west, _, east, _ = polygon.bounds
    found: list[list[Point]] = []
    for turn in range(math.floor((west + 180.0) / 360.0), math.floor((east + 180.0) / 360.0) + 1):
        band = box(-180.0 + 360.0 * turn, -90.0, 180.0 + 360.0 * turn, 90.0)
        cut = translate(polygon.intersection(band), xoff=-360.0 * turn)
        found.extend([(float(x), float(y)) for x, y, *_ in p.exterior.coords] for p in _polygons(cut))
    return [[(min(max(x, -180.0), 180.0), y) for x, y in ring] for ring in found]


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of any shape that have an area."""
    parts = getattr(shape, "geoms", None)
    if parts is not None:
        return [polygon for part in parts for polygon in _polygons(part)]
    return [shape] if shape.geom_type == "Polygon" and shape.area > _SLIVER else []


def _closed(ring: Sequence[Point]) -> Ring:
    return tuple(ring) if ring[0] == ring[-1] else (*ring, ring[0])
