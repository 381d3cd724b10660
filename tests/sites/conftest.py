"""Seas made of rectangles of land."""

from __future__ import annotations

import pytest

from offing.geo import LonLat
from offing.sites.sea.routes import RasterRoutes
from offing.sites.sea.water import raster_of


def rectangle(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


@pytest.fixture
def sea():
    """Routes over a sea whose land is the given rectangles (west, south, east, north)."""

    def make(*land, box=(0.0, 0.0, 4.0, 4.0), passages=(), closed=()):
        polygons = [rectangle(*one) for one in land]
        return RasterRoutes(raster_of(polygons, box), passages=passages, closed=closed)

    return make


@pytest.fixture
def at():
    return lambda lon, lat: LonLat(lon=lon, lat=lat)
