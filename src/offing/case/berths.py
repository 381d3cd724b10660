"""Berths from the GeoJSON file of a site: polygons in longitude and latitude (RFC 7946)."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from offing.errors import GeometryError
from offing.geo import LonLat, distance_m
from offing.sites import Berth, Site

MAX_BYTES = 20_000_000
_CRS84 = re.compile(r"(CRS84|EPSG:+4326)$")
_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

Ring = tuple[tuple[float, float], ...]


def read_berths(path: Path, site: Site | None = None) -> tuple[Berth, ...]:
    """The polygons of a GeoJSON file as berths of ``site`` (None: of no site in particular), in the order of the file.

    The id is the property ``id`` or the feature's own, else ``SITE-1``, ``SITE-2`` …; the property ``name`` is kept.
    Raises GeometryError for a file that is missing or no GeoJSON, for another coordinate system, an unclosed or
    self-crossing ring, a hole, a repeated id, or a polygon that does not lie at the site.
    """
    berths: list[Berth] = []
    for number, feature in enumerate(_features(_load(path), path), start=1):
        where = f"{path}: feature {number}"
        if not isinstance(feature, dict):
            raise GeometryError("this is no GeoJSON feature", where=where)
        properties = feature.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        name = properties.get("name")
        for ring in _rings(feature.get("geometry"), where):
            _check_ring(ring, where)
            if site is not None:
                _check_place(ring, site, where)
            wanted = properties.get("id", feature.get("id"))
            berth = Berth(
                id=_identity(wanted, f"{site.id if site else 'berth'}-{len(berths) + 1}", where),
                site=site.id if site else "",
                ring=ring,
                name=name if isinstance(name, str) and name.strip() else None,
            )
            if any(berth.id == other.id for other in berths):
                raise GeometryError(f"the berth id {berth.id!r} is used twice", where=where, fix="give each its own")
            berths.append(berth)
    return tuple(berths)


def _load(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise GeometryError("there is no such file", where=str(path), fix="draw the berths, or remove area:")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise GeometryError("too large for the outlines of berths", where=str(path))
        value = json.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise GeometryError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        where = f"{path}:{line}" if line else str(path)
        raise GeometryError("this is no GeoJSON", where=where, fix="export the berths as GeoJSON") from error
    if not isinstance(value, dict):
        raise GeometryError("this is no GeoJSON", where=str(path), fix="export the berths as GeoJSON")
    return value


def _features(value: dict[str, Any], path: Path) -> list[Any]:
    crs = value.get("crs")
    if crs is not None and not _CRS84.search(_crs_name(crs)):
        raise GeometryError(
            "it is not in longitude and latitude", where=str(path), fix="export it in WGS 84 (EPSG:4326)"
        )
    kind = value.get("type")
    if kind == "FeatureCollection" and isinstance(value.get("features"), list):
        features: list[Any] = value["features"]
        return features
    if kind == "Feature":
        return [value]
    if kind in ("Polygon", "MultiPolygon"):
        return [{"geometry": value}]
    raise GeometryError("it holds no GeoJSON features", where=str(path), fix="export the berths as GeoJSON")


def _crs_name(crs: object) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name")) if isinstance(properties, dict) else ""


def _rings(geometry: object, where: str) -> list[Ring]:
    """The outer rings of a Polygon or MultiPolygon."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise GeometryError(f"{kind or 'nothing'} where a Polygon is expected", where=where, fix="draw a polygon")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    rings = []
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon or not isinstance(polygon[0], list):
            raise GeometryError("a polygon without coordinates", where=where, fix="draw it again")
        if len(polygon) > 1:
            raise GeometryError("a polygon with a hole", where=where, fix="draw it without")
        rings.append(tuple(_position(p, where) for p in polygon[0]))
    return rings


def _position(value: object, where: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) < 2 or not all(_is_number(v) for v in value):
        raise GeometryError("a position that is no [longitude, latitude]", where=where, fix="write two numbers")
    try:
        place = LonLat(lon=float(value[0]), lat=float(value[1]))
    except GeometryError as error:
        raise GeometryError(error.what, where=where, fix=error.fix) from error
    return place.lon, place.lat


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < math.inf


def _check_ring(ring: Ring, where: str) -> None:
    """A closed, simple ring with an area."""
    from shapely import Polygon

    if len(ring) < 4 or ring[0] != ring[-1]:
        raise GeometryError("a ring that is not closed", where=where, fix="end it with its first position")
    shape = Polygon(ring)
    if not shape.is_valid or shape.area == 0.0:
        raise GeometryError("a polygon that crosses itself or has no area", where=where, fix="draw it again")


def _check_place(ring: Ring, site: Site, where: str) -> None:
    """A ring that lies at the site at least in part."""
    from shapely import Point, Polygon

    nearest = min(distance_m(site.lonlat, LonLat(lon=lon, lat=lat)) for lon, lat in ring)
    if nearest > site.radius_m and not Polygon(ring).contains(Point(site.position)):
        raise GeometryError(
            f"the polygon lies {nearest / 1000.0:.0f} km from {site.id}, whose radius_m is {site.radius_m:g}",
            where=where,
            fix="check that longitude comes first, or widen radius_m",
        )


def _identity(wanted: object, otherwise: str, where: str) -> str:
    if wanted is None or wanted == "":
        return otherwise
    text = str(wanted)
    if isinstance(wanted, bool) or not isinstance(wanted, (str, int)) or not _SAFE_ID.fullmatch(text):
        raise GeometryError(
            f"the berth id {text[:40]!r} is not safe", where=where, fix="use letters (a-z), digits, '.', '_' and '-'"
        )
    return text
