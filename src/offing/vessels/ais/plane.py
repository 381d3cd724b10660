"""A flat map of metres around a place: azimuthal equidistant on the ellipsoid (geodesics of Karney 2013).

Distances from the anchor are exact; between two places 300 km from it, they are 0.04 % too long at most.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offing.geo import LonLat, geod

F64 = NDArray[np.float64]


def to_metres(anchor: LonLat, lon: ArrayLike, lat: ArrayLike) -> F64:
    """(n, 2) metres east and north of the anchor of places in degrees."""
    lons, lats = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    bearing, _, metres = geod().inv(np.full_like(lons, anchor.lon), np.full_like(lats, anchor.lat), lons, lats)
    turned = np.radians(np.asarray(bearing))
    return np.column_stack([np.asarray(metres) * np.sin(turned), np.asarray(metres) * np.cos(turned)])


def to_place(anchor: LonLat, east_m: float, north_m: float) -> LonLat:
    """The place so many metres east and north of the anchor."""
    bearing, metres = float(np.degrees(np.arctan2(east_m, north_m))), float(np.hypot(east_m, north_m))
    lon, lat, _ = geod().fwd(anchor.lon, anchor.lat, bearing, metres)
    return LonLat(lon=float(lon), lat=float(lat))


def to_places(anchor: LonLat, metres: F64) -> F64:
    """(n, 2) degrees of lon and lat of (n, 2) metres east and north of the anchor."""
    bearing, reach = np.degrees(np.arctan2(metres[:, 0], metres[:, 1])), np.hypot(metres[:, 0], metres[:, 1])
    lon, lat, _ = geod().fwd(np.full(len(metres), anchor.lon), np.full(len(metres), anchor.lat), bearing, reach)
    return np.column_stack([lon, lat])


def middle_of(places: Sequence[tuple[float, float]]) -> LonLat:
    """A place in the middle of places of (lon, lat), by their unit vectors: the antimeridian does not matter."""
    lon, lat = np.radians(np.asarray(places, float)).T
    x, y, z = (v.mean() for v in (np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    return LonLat(lon=float(np.degrees(np.arctan2(y, x))), lat=float(np.degrees(np.arctan2(z, np.hypot(x, y)))))
