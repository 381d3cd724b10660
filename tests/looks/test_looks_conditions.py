"""Usability is judged at the berths, weighted by their areas, and never overstated."""

from datetime import UTC, datetime

import numpy as np
import pytest
import rasterio
from affine import Affine

from offing.geo import LonLat, destination
from offing.imagery.reading import open_picture
from offing.looks.conditions import conditions_at
from offing.sites import Berth, Site

PLACE = LonLat(lon=123.0, lat=0.01)  # on the central meridian of UTM 51N, next to the equator
DAY, NIGHT = datetime(2024, 10, 17, 2, tzinfo=UTC), datetime(2024, 10, 17, 15, tzinfo=UTC)
SITE = Site(id="s", name="Somewhere", role="port", position=(PLACE.lon, PLACE.lat), radius_m=400.0)


def square(name: str, east_m: float, side_m: float) -> Berth:
    middle = destination(PLACE, 90.0, east_m)
    half = side_m / 2.0
    ring = []
    for bearing_x, bearing_y in ((90, 0), (90, 180), (270, 180), (270, 0)):
        corner = destination(destination(middle, bearing_x, half), bearing_y, half)
        ring.append((corner.lon, corner.lat))
    return Berth(id=name, site="s", name=name, ring=(*ring, ring[0]))


@pytest.fixture
def half_empty(tmp_path):
    """A radar picture of 3 × 3 km around the place, without data east of it."""
    rng = np.random.default_rng(1)
    values = rng.gamma(4.0, 0.01, (300, 300)).astype(np.float32)
    values[:, 150:] = np.nan
    path = tmp_path / "s1_VV_20241017T020000.tif"
    north = 1105.6 + 1500.0  # metres from the equator on the grid
    with rasterio.open(
        path, "w", driver="GTiff", width=300, height=300, count=1, dtype="float32", crs="EPSG:32651",
        transform=Affine(10.0, 0.0, 498_500.0, 0.0, -10.0, north), nodata=np.nan,
    ) as out:  # fmt: skip
        out.write(values, 1)
        out.set_band_description(1, "VV")
    return path


def conditions(path, berths, time=DAY, sensor="sar", length=100.0):
    with open_picture([path], sensor=sensor, time=time) as picture:
        return conditions_at(picture, SITE, berths, length)


def test_a_berth_without_data_is_not_seen(half_empty) -> None:
    found = conditions(half_empty, [square("east", 500.0, 200.0)])
    assert (found.status, found.usable) == ("nodata", 0.0)


def test_a_berth_with_data_is_clear_whatever_the_rest_of_the_scene(half_empty) -> None:
    found = conditions(half_empty, [square("west", -500.0, 200.0)])
    assert found.status == "clear"
    assert found.usable == pytest.approx(1.0, abs=0.02)


def test_berths_count_by_their_areas(half_empty) -> None:
    found = conditions(half_empty, [square("west", -500.0, 200.0), square("east", 500.0, 400.0)])
    assert found.status == "partly"
    assert found.usable == pytest.approx(0.2, abs=0.03)
    assert "east" in found.reason


def test_without_berths_the_whole_site_counts(half_empty) -> None:
    assert conditions(half_empty, []).usable == pytest.approx(0.5, abs=0.05)


def test_radar_sees_at_night_and_optical_does_not(half_empty) -> None:
    west = [square("west", -500.0, 200.0)]
    assert conditions(half_empty, west, NIGHT).status == "clear"
    dark = conditions(half_empty, west, NIGHT, "panchromatic")
    assert (dark.status, dark.usable) == ("night", 0.0)
    assert dark.sun_elevation_deg < 0.0


def test_a_boat_is_too_small_for_ten_metre_pixels(half_empty) -> None:
    assert conditions(half_empty, [square("west", -500.0, 200.0)], length=20.0).status == "too-coarse"
