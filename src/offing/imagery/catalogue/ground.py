"""The circle that is asked for, as catalogues understand it, and what touches it."""

from __future__ import annotations

import math
from typing import Any

from offing.geo import LonLat, circle, distance_m
from offing.imagery.catalogue.model import Ring
from offing.imagery.catalogue.outlines import outline

_CORNERS = 16
_OUTSIDE = 1.0 / math.cos(math.pi / _CORNERS)
"""By how much a polygon must be larger to hold the circle."""


class Ground:
    """A circle on the ground: longitude, latitude in degrees, radius in metres."""

    def __init__(self, lon: float, lat: float, radius_m: float) -> None:
        from shapely import Polygon, prepare, unary_union

        self.rings = _rings(LonLat(lon=lon, lat=lat), radius_m)
        self._shape = unary_union([Polygon(ring) for ring in self.rings])
        prepare(self._shape)

    @property
    def geojson(self) -> dict[str, Any]:
        """The polygon around the circle, in two parts where it crosses the antimeridian."""
        rings = [[list(point) for point in ring] for ring in self.rings]
        if len(rings) == 1:
            return {"type": "Polygon", "coordinates": rings}
        return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}

    def touches(self, rings: tuple[Ring, ...]) -> bool:
        """Whether an outline shows any of the ground."""
        from shapely import Polygon

        return any(self._shape.intersects(Polygon(ring)) for ring in rings)


def _rings(centre: LonLat, radius_m: float) -> tuple[Ring, ...]:
    """Rings of the polygon around the circle; over a pole, all longitudes down to its reach."""
    reach = radius_m * _OUTSIDE
    for pole in (90.0, -90.0):
        if distance_m(centre, LonLat(lon=centre.lon, lat=pole)) <= reach:
            corners = [lat for _, lat in circle(centre, reach, _CORNERS)]
            edge = min(corners) if pole > 0 else max(corners)
            low, high = sorted((edge, pole))
            return outline(None, [-180.0, low, 180.0, high])[0]
    ring = [[lon, lat] for lon, lat in circle(centre, reach, _CORNERS)]
    return outline({"type": "Polygon", "coordinates": [ring]})[0]
