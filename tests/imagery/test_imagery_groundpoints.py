"""Ground points: recovered transforms, residuals, and points that cannot place a picture."""

import math
import re

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from rasterio.control import GroundControlPoint

from offing.errors import GeometryError, PictureError
from offing.geo import LonLat
from offing.imagery.groundpoints import fit, residual_pixels
from offing.imagery.model import GroundPoint
from offing.imagery.reading import open_picture

GEOD = Geod(ellps="WGS84")
CENTRE = (132.335, 42.879)


def ground(col, row, *, size=0.7, turn=0.0, centre=CENTRE):
    """The place of a pixel of a picture whose up points to ``turn`` and whose pixel (500, 400) is ``centre``."""
    right, down = (col - 500.0) * size, (row - 400.0) * size
    bearing = math.degrees(math.atan2(right, -down)) + turn
    lon, lat, _ = GEOD.fwd(*centre, bearing, math.hypot(right, down))
    return GroundPoint(col=col, row=row, lonlat=LonLat(lon=lon, lat=lat))


CORNERS = ((20, 30), (960, 50), (930, 760), (60, 700))


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 360), st.floats(0.2, 30.0), st.sampled_from([2, 3, 4]), st.floats(-179, 179), st.floats(-75, 75))
def test_the_transform_is_found_again(turn, size, count, lon, lat):
    points = [ground(c, r, size=size, turn=turn, centre=(lon, lat)) for c, r in CORNERS[:count]]
    transform, crs, note = fit(points, "test")
    assert residual_pixels(points, transform, crs) < 0.01
    assert math.sqrt(abs(transform.determinant)) == pytest.approx(size, rel=1e-3)
    assert f"{count} ground points" in note
    fresh = ground(500, 400, size=size, turn=turn, centre=(lon, lat))
    assert residual_pixels([fresh], transform, crs) < 0.5


def test_an_unreferenced_picture_is_placed(tmp_path, random):
    cv2.imwrite(str(tmp_path / "press.jpg"), random.integers(0, 255, (800, 1000, 3)).astype(np.uint8))
    points = [ground(c, r, turn=25.0) for c, r in CORNERS]
    with open_picture([tmp_path / "press.jpg"], gcps=points) as picture:
        assert picture.gsd_m == pytest.approx((0.7, 0.7), rel=1e-5)
        assert picture.north_deg_at(500, 400) == pytest.approx(335.0, abs=0.01)
        assert picture.pixel(*CENTRE) == pytest.approx((500.0, 400.0), abs=0.01)
        assert any("4 ground points" in note for note in picture.notes)


def test_the_residual_is_told_in_metres(random):
    rows = [(c, r) for c in (50, 350, 650, 950) for r in (50, 400, 750)]
    errors = random.normal(0.0, 2.0, (len(rows), 2))
    points = []
    for (c, r), (dx, dy) in zip(rows, errors, strict=True):
        moved = ground(c + dx / 0.7, r + dy / 0.7)
        points.append(GroundPoint(col=c, row=r, lonlat=moved.lonlat))
    _, _, note = fit(points, "test")
    metres = float(re.search(r"residual ([\d.]+) m", note)[1])
    # The expected RMS of 12 points with 6 parameters fitted: 2 m · √2 · √(1 − 3/12).
    assert metres == pytest.approx(2.0 * math.sqrt(2.0 * (1 - 3 / 12)), rel=0.35)


def test_few_points_admit_that_their_error_is_unknown():
    for count, kind in ((2, "similarity"), (3, "affine")):
        assert f"{kind}, no redundancy" in fit([ground(*p) for p in CORNERS[:count]], "test")[2]


def swapped(col, row):
    """A place in whose neighbourhood longitude and latitude can be exchanged, with the two exchanged."""
    place = ground(col, row, centre=(40.0, 42.0)).lonlat
    return GroundPoint(col=col, row=row, lonlat=LonLat(lon=place.lat, lat=place.lon))


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([ground(20, 30)], "one ground point cannot"),
        ([ground(20, 30), ground(20.2, 30.2)], "one place in the picture"),
        ([ground(20, 30), ground(500, 400), ground(980, 770)], "on a line"),
        ([ground(c, 400 + (c % 3)) for c in (10, 300, 600, 900)], "on a line"),
        ([GroundPoint(col=c, row=800 - r, lonlat=ground(c, r).lonlat) for c, r in CORNERS], "mirror"),
        ([swapped(c, r) for c, r in CORNERS], "mirror"),
        ([ground(c, r, size=20_000.0, centre=(0.0, 0.0)) for c, r in CORNERS[:2]], "pixels of"),
    ],
)
def test_points_that_cannot_place_a_picture(points, words):
    with pytest.raises(PictureError, match=words) as caught:
        fit(points, "press.jpg")
    assert caught.value.fix


def test_points_off_the_picture_or_the_earth(tmp_path, random):
    cv2.imwrite(str(tmp_path / "a.jpg"), random.integers(0, 255, (80, 100, 3)).astype(np.uint8))
    with pytest.raises(PictureError, match="outside its 100 × 80 pixels"):
        open_picture([tmp_path / "a.jpg"], gcps=[ground(c, r) for c, r in CORNERS])
    with pytest.raises(GeometryError, match="no place on Earth"):
        GroundPoint(col=1, row=1, lonlat=LonLat(lon=42.8, lat=132.3))
    with pytest.raises(PictureError, match="pixel size"):
        open_picture([tmp_path / "a.jpg"], gsd_m=-3.0)


@pytest.mark.parametrize(("bend", "placed"), [(0.0, True), (0.002, False)])
def test_points_within_a_file_are_used_when_they_fit(write, bend, placed):
    pixels = [(c, r) for c in (0, 500, 1000) for r in (0, 400, 800)]
    places = [ground(c + bend * (r - 400.0) ** 2, r).lonlat for c, r in pixels]
    inside = [
        GroundControlPoint(col=float(c), row=float(r), x=p.lon, y=p.lat)
        for p, (c, r) in zip(places, pixels, strict=True)
    ]
    path = write("S1_VV.tif", np.full((800, 1000), 0.02, np.float32), gcps=inside, crs="EPSG:4326")
    with open_picture([path]) as picture:
        assert (picture.crs is not None) is placed
        assert any(("its own placed by 9" if placed else "bend by") in note for note in picture.notes)
        if placed:
            assert picture.pixel(*CENTRE) == pytest.approx((500.0, 400.0), abs=0.01)
