"""Positions and distances on the WGS 84 ellipsoid: metres are metres on the ground, whatever the projection."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from offing.errors import GeometryError
from offing.records import Record

if TYPE_CHECKING:
    from pyproj import Geod

NAUTICAL_MILE_M = 1852.0
KNOT_M_S = NAUTICAL_MILE_M / 3600.0


class LonLat(Record, frozen=True):
    """A position in EPSG:4326, longitude first."""

    lon: float
    """Degrees east, −180 to 180."""
    lat: float
    """Degrees north, −90 to 90."""

    def __post_init__(self) -> None:
        if not (-180.0 <= self.lon <= 180.0 and -90.0 <= self.lat <= 90.0):
            raise GeometryError(
                f"longitude {self.lon}, latitude {self.lat} is no place on Earth",
                fix="write [longitude, latitude] in degrees",
            )


@cache
def geod() -> Geod:
    """The WGS 84 ellipsoid (Karney 2013 geodesics)."""
    from pyproj import Geod

    return Geod(ellps="WGS84")


def distance_m(a: LonLat, b: LonLat) -> float:
    """Geodesic distance in metres."""
    return float(geod().inv(a.lon, a.lat, b.lon, b.lat)[2])


def destination(start: LonLat, bearing: float, metres: float) -> LonLat:
    """The place ``metres`` from ``start`` along ``bearing`` (degrees clockwise from true north)."""
    lon, lat, _ = geod().fwd(start.lon, start.lat, bearing, metres)
    return LonLat(lon=float(lon), lat=float(lat))


def circle(centre: LonLat, radius_m: float, points: int = 64) -> list[tuple[float, float]]:
    """A closed ring of (lon, lat) at ``radius_m`` around ``centre``."""
    ring = [destination(centre, 360.0 * i / points, radius_m) for i in range(points)]
    return [(p.lon, p.lat) for p in [*ring, ring[0]]]


def ring_area_m2(ring: Sequence[tuple[float, float]]) -> float:
    """Area in square metres of a ring of (lon, lat), on the ellipsoid."""
    area, _ = geod().polygon_area_perimeter([p[0] for p in ring], [p[1] for p in ring])
    return abs(float(area))
