"""Where a simulated picture is said to lie: its UTM zone and grid."""

from __future__ import annotations

from collections.abc import Callable

from offing.geo import LonLat
from offing.records import Record
from offing.simulation.model import SceneSpec


class PictureGrid(Record, frozen=True):
    """The picture's place in its UTM zone."""

    epsg: int
    """326xx north, 327xx south."""
    easting: float
    """Of the picture's centre, metres."""
    northing: float
    """Of the picture's centre, metres."""
    gsd_m: float
    scale: float
    """Grid metres for a metre on the ground at the centre (0.9996 at the zone's middle)."""
    convergence_deg: float
    """True bearing of grid north at the centre, degrees clockwise."""
    size: tuple[int, int]
    """(columns, rows)."""

    @property
    def origin(self) -> tuple[float, float]:
        """(easting, northing) of the outer corner of the first pixel."""
        half = 0.5 * self.gsd_m
        return self.easting - half * self.size[0], self.northing + half * self.size[1]

    def lonlat(self, x_m: float, y_m: float) -> tuple[float, float]:
        """(lon, lat) of a point that many grid metres east and north of the centre."""
        lon, lat = _to_lonlat(self.epsg)(self.easting + x_m, self.northing + y_m)
        return float(lon), float(lat)

    def true_bearing(self, grid_deg: float) -> float:
        """A bearing from grid north as one from true north, 0–360."""
        return (grid_deg + self.convergence_deg) % 360.0


def picture_grid(spec: SceneSpec) -> PictureGrid:
    """The UTM grid whose centre lies at the picture's position, rounded to 10 m so that pixels fall on round metres."""
    from pyproj import CRS, Proj, Transformer

    epsg = utm_epsg(spec.position)
    forward = Transformer.from_crs("EPSG:4326", f"EPSG:{epsg}", always_xy=True)
    east, north = forward.transform(spec.position.lon, spec.position.lat)
    factors = Proj(CRS.from_epsg(epsg)).get_factors(spec.position.lon, spec.position.lat)
    return PictureGrid(
        epsg=epsg,
        easting=round(float(east), -1),
        northing=round(float(north), -1),
        gsd_m=spec.gsd_m,
        scale=float(factors.meridional_scale),
        convergence_deg=float(factors.meridian_convergence),
        size=spec.size,
    )


def utm_epsg(place: LonLat) -> int:
    """EPSG code of the UTM zone that holds a place, without the exceptions for Norway and Svalbard."""
    zone = min(60, int((place.lon + 180.0) // 6.0) + 1)
    return (32600 if place.lat >= 0.0 else 32700) + zone


def _to_lonlat(epsg: int) -> Callable[[float, float], tuple[float, float]]:
    from pyproj import Transformer

    transform: Callable[[float, float], tuple[float, float]] = Transformer.from_crs(
        f"EPSG:{epsg}", "EPSG:4326", always_xy=True
    ).transform
    return transform
