"""Usable fractions against areas that are known."""

import math

import numpy as np
import pytest
from affine import Affine
from picture_fixtures import UTM, grid, port_scene

from offing.errors import GeometryError
from offing.imagery.clouds import clouds_by_brightness
from offing.imagery.quality import usable_at
from offing.imagery.reading import open_picture

NAMES = ("B02", "B03", "B04", "B08", "B11")


def ring_of(picture, *corners):
    cols, rows = zip(*corners, strict=True)
    lons, lats = picture.lonlat(cols, rows)
    return [(float(x), float(y)) for x, y in zip(lons, lats, strict=True)]


def box_of(picture, col0, row0, col1, row1):
    return ring_of(picture, (col0, row0), (col1, row0), (col1, row1), (col0, row1), (col0, row0))


@pytest.fixture
def radar(write, sea):
    stored = np.tile(sea, (2, 2))
    stored[:, 200:] = np.nan
    with open_picture([write("S1_VV.tif", stored, **UTM)]) as picture:
        yield picture


@pytest.mark.parametrize(
    ("box", "fraction", "status", "words"),
    [
        ((20, 20, 120, 90), 1.0, "clear", "100% seen"),
        ((100, 20, 300, 220), 0.5, "partly", "50% without data"),
        ((-100, 20, 100, 220), 0.5, "partly", "50% outside the picture"),
        ((195, 20, 295, 220), 0.05, "nodata", "95% without data"),
        ((-95, 20, 5, 220), 0.05, "not-obtained", "95% outside"),
        ((210, 20, 290, 220), 0.0, "nodata", "100% without data"),
        ((-300, 20, -100, 220), 0.0, "not-obtained", "outside the picture"),
        ((5000, 5000, 5100, 5100), 0.0, "not-obtained", "outside the picture"),
        ((150, 100, 150.4, 100.4), 1.0, "clear", "100% seen"),
    ],
)
def test_fractions_of_a_place(radar, box, fraction, status, words):
    found = usable_at(radar, box_of(radar, *box))
    assert found.fraction == pytest.approx(fraction, abs=0.02)
    assert found.status == status
    assert words in found.reason


def test_a_slanted_place_counts_by_area(radar):
    triangle = ring_of(radar, (100, 20), (300, 20), (100, 220))
    # Of the triangle, what lies right of column 200 is a quarter.
    assert usable_at(radar, triangle).fraction == pytest.approx(0.75, abs=0.01)


def test_radar_sees_at_night_and_optical_does_not(radar, write, random):
    place = box_of(radar, 20, 20, 120, 90)
    assert usable_at(radar, place, sun_elevation_deg=-30.0).status == "clear"
    bands, _, _ = port_scene(random)
    with open_picture([write("S2.tif", (bands * 1e4).astype(np.uint16), descriptions=NAMES, **UTM)]) as picture:
        night = usable_at(picture, place, sun_elevation_deg=-8.4)
        assert (night.status, night.fraction) == ("night", 0.0)
        assert "8° below" in night.reason
        assert usable_at(picture, place, sun_elevation_deg=40.0).status == "clear"


@pytest.mark.parametrize(("length", "status"), [(39.0, "too-coarse"), (41.0, "clear"), (None, "clear")])
def test_a_ship_of_few_pixels_cannot_be_seen(radar, length, status):
    found = usable_at(radar, box_of(radar, 20, 20, 120, 90), ship_length_m=length)
    assert found.status == status
    assert ("fewer than 4" in found.reason) == (status == "too-coarse")


def clouded(random, share_rows, level=0.6):
    bands, _, _ = port_scene(random)
    bands[:, :share_rows, :] = level + random.normal(0, 0.02, (5, share_rows, 500))
    return np.clip(bands, 0.001, 1.0)


@pytest.mark.parametrize("rows", [0, 100, 240, 400])
def test_cloud_over_the_place(write, random, rows):
    stored = (clouded(random, rows) * 1e4).astype(np.uint16)
    with open_picture([write("S2.tif", stored, descriptions=NAMES, **UTM)]) as picture:
        found = usable_at(picture, box_of(picture, 0, 0, 500, 400))
        assert found.fraction == pytest.approx(1 - rows / 400, abs=0.02)
        assert found.status == ("clear" if rows == 0 else "cloud" if rows == 400 else "partly")
        assert ("cloud" in found.reason and "by brightness" in found.reason) == (rows > 0)


def test_bright_quays_roofs_and_ships_are_no_cloud(random):
    bands, _, _ = port_scene(random)
    bands[:, 180:200, :] = 0.5  # a quay 200 m wide would be a runway; this one is 100 m
    bands[:, 190:200, :] = 0.12
    bands[:, 60:72, 60:120] = 0.6
    found = clouds_by_brightness(bands[:3], bands[2], bands[3], 10.0, reflectance=True)
    assert not found.cloud.any()


def test_the_quality_band_speaks_first(write, random):
    bands, _, _ = port_scene(random)
    classes = np.full((200, 250), 6, np.uint8)
    classes[:100] = 9
    classes[100:150] = 10  # thin cirrus counts half
    for name, band in zip(NAMES, bands, strict=True):
        write(f"s/x_20240612T013701_{name}_10m.tif", (band * 1e4).astype(np.uint16), **UTM)
    path = write("s/x_20240612T013701_SCL_20m.tif", classes, crs=UTM["crs"], transform=grid(605000.0, 4750000.0, 20.0))
    with open_picture([path.parent]) as picture:
        found = usable_at(picture, box_of(picture, 0, 0, 500, 400))
        assert found.fraction == pytest.approx(0.25 + 0.5 * 0.25, abs=0.01)
        assert (found.cloud, found.thin) == pytest.approx((0.5, 0.25), abs=0.01)
        assert "quality band SCL" in found.reason


def test_a_picture_that_does_not_know_where_it_lies(write, random):
    values = random.integers(5, 200, (3, 100, 120)).astype(np.uint8)
    with open_picture([write("a.tif", values)]) as picture:
        found = usable_at(picture, [(132.0, 42.0), (132.1, 42.0), (132.1, 42.1)])
        assert found.status == "clear"
        assert "does not know where it lies" in found.reason
        assert "does not know" not in usable_at(picture, None).reason


def test_one_optical_band_cannot_judge_clouds(write, random):
    values = random.integers(5, 200, (100, 120)).astype(np.uint16)
    with open_picture([write("pan.tif", values, **UTM)], sensor="panchromatic") as picture:
        assert "clouds not judged" in usable_at(picture, None).reason


def test_a_large_site_in_a_fine_picture_is_judged_on_a_coarse_grid(write, random):
    values = np.zeros((1200, 1500), np.float32) + 0.02
    values[:600] = np.nan
    transform = {"crs": "EPSG:32652", "transform": Affine(0.5, 0, 605000.0, 0, -0.5, 4750000.0)}
    with open_picture([write("S1_VV.tif", values, **transform)]) as picture:
        found = usable_at(picture, box_of(picture, 0, 0, 1500, 1200))
        assert found.fraction == pytest.approx(0.5, abs=0.02)
        circle = [(750 + 400 * math.cos(a), 600 + 400 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 65)]
        assert usable_at(picture, ring_of(picture, *circle)).fraction == pytest.approx(0.5, abs=0.02)


def test_an_outline_of_two_places_is_refused(radar):
    with pytest.raises(GeometryError, match="encloses nothing"):
        usable_at(radar, [(132.0, 42.0), (132.1, 42.0), (132.0, 42.0)])
