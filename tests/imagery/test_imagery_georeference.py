"""Metres, directions and places, against computations that share nothing with the code."""

import math

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from picture_fixtures import UTM, grid
from pyproj import Proj

from offing.errors import PictureError
from offing.imagery.georeference import Georeference
from offing.imagery.grids import place
from offing.imagery.reading import open_picture
from offing.imagery.source import inspect

A, F = 6378137.0, 1 / 298.257223563
E2 = F * (2 - F)


def radii(lat):
    """Radii of curvature in the prime vertical and the meridian (Torge, Geodesy, 4.1), metres."""
    w = math.sqrt(1 - E2 * math.sin(math.radians(lat)) ** 2)
    return A / w, A * (1 - E2) / w**3


def make(transform, crs, width=1000, height=800):
    return Georeference(transform, crs, width=width, height=height, where="test")


@pytest.mark.parametrize("lat", [-70.0, -33.0, 0.01, 14.0, 42.9, 66.0])
def test_geographic_pixels_by_the_radii_of_curvature(lat):
    step = 1e-4
    ref = make(grid(132.0, lat + 400 * step, step), "EPSG:4326")
    normal, meridian = radii(lat)
    along = (normal * math.cos(math.radians(lat)) * math.radians(step), meridian * math.radians(step))
    assert_allclose(ref.gsd_m, along, rtol=1e-6)


@pytest.mark.parametrize("lat", [-33.9, 3.0, 21.3, 42.9, 60.0])
def test_web_mercator_pixels_shrink_with_the_cosine_of_latitude(lat):
    x = A * math.radians(101.35)
    y = A * math.asinh(math.tan(math.radians(lat)))
    ref = make(grid(x - 5000.0, y + 4000.0, 10.0), "EPSG:3857")
    # Web Mercator is a sphere's map of ellipsoidal latitudes: 10 m of map are this many degrees, times the radii.
    degrees = 10.0 / A
    normal, meridian = radii(lat)
    cosine = math.cos(math.radians(lat))
    assert_allclose(ref.gsd_m, (degrees * normal * cosine, degrees * cosine * meridian), rtol=2e-6)
    assert_allclose(ref.gsd_m, 10.0 * cosine, rtol=0.007)
    assert ref.north_deg_at(0, 0) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("easting", [250_000.0, 500_000.0, 605_000.0, 760_000.0])
def test_utm_pixels_and_north_by_the_projection_s_own_factors(easting):
    ref = make(grid(easting, 4750000.0, 10.0), "EPSG:32652")
    lon, lat = (float(v[0]) for v in ref.lonlat([500], [400]))
    factors = Proj("EPSG:32652").get_factors(lon, lat)
    assert_allclose(ref.gsd_m, 10.0 / factors.meridional_scale, rtol=1e-8)
    # Grid north lies `convergence` clockwise of true north, so true north is that far anticlockwise of up.
    assert ref.north_deg_at(500, 400) == pytest.approx((-factors.meridian_convergence) % 360.0, abs=1e-4)


@pytest.mark.parametrize("turn", [0.0, 12.0, 90.0, 200.0, 341.0])
def test_north_of_a_turned_picture(turn):
    plane = "+proj=aeqd +lat_0=42.9 +lon_0=132.3 +datum=WGS84"
    turned = make(Affine.scale(10.0, -10.0) @ Affine.rotation(turn), plane)
    # The picture's up now points `turn` clockwise of north on the ground, so north lies that far anticlockwise of up.
    assert turned.north_deg_at(0, 0) == pytest.approx(-turn % 360.0, abs=1e-3)


def test_non_square_pixels_have_their_own_metres():
    ref = make(Affine(0.5, 0, 605000.0, 0, -2.0, 4750000.0), "EPSG:32652")
    assert ref.gsd_m[1] / ref.gsd_m[0] == pytest.approx(4.0, rel=1e-6)


SYSTEMS = {
    "EPSG:32652": (605000.0, 4750000.0, 10.0),
    "EPSG:3857": (14_700_000.0, 5_300_000.0, 3.0),
    "EPSG:4326": (132.3, 42.9, 1e-4),
    "EPSG:32760": (400000.0, 5_200_000.0, 30.0),
    "EPSG:3413": (1_000_000.0, -1_500_000.0, 40.0),
}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(SYSTEMS)),
    st.floats(0, 360),
    st.floats(0.4, 2.5),
    st.floats(-50, 1050),
    st.floats(-50, 850),
)
def test_there_and_back(crs, turn, squeeze, col, row):
    x, y, size = SYSTEMS[crs]
    transform = Affine.translation(x, y) @ Affine.rotation(turn) @ Affine.scale(size, -size * squeeze)
    ref = make(transform, crs)
    lons, lats = ref.lonlat([col], [row])
    back = ref.pixel(float(lons[0]), float(lats[0]))
    assert_allclose(back, (col, row), atol=1e-3)


def test_shapes_follow_the_question(write, sea):
    with open_picture([write("S1_VV.tif", sea, **UTM)]) as picture:
        cols, rows = np.meshgrid(np.arange(5.0), np.arange(3.0))
        lons, lats = picture.lonlat(cols, rows)
        assert lons.shape == lats.shape == (3, 5)
        lon, lat = Proj("EPSG:32652")(605000.0 + 30.0, 4750000.0 - 20.0, inverse=True)
        assert_allclose((lons[2, 3], lats[2, 3]), (lon, lat), atol=1e-9)
        assert len(picture.footprint) == 33
        assert picture.footprint[0] == picture.footprint[-1]
        corner = (float(lons[0, 0]), float(lats[0, 0]))
        assert_allclose(picture.footprint[0], corner)


def test_a_picture_across_the_date_line():
    ref = make(grid(179.95, 52.0, 1e-4), "EPSG:4326", width=1000)
    lons, _ = ref.lonlat([0, 1000], [0, 0])
    assert_allclose(lons, [179.95, -179.95])
    assert_allclose(ref.pixel(-179.95, 52.0), (1000.0, 0.0), atol=1e-6)
    assert_allclose(ref.pixel(179.95, 52.0), (0.0, 0.0), atol=1e-6)


def test_a_zone_far_from_its_place_is_remarked_on():
    assert make(grid(605000.0, 4750000.0, 10.0), "EPSG:32652").remark is None
    assert "outside the area" in make(grid(3_605_000.0, 4750000.0, 10.0), "EPSG:32652").remark


def test_pixels_without_area_are_refused():
    with pytest.raises(PictureError, match="no area"):
        make(Affine(10.0, 0, 605000.0, 5.0, 0, 4750000.0), "EPSG:32652")


def test_a_system_without_position_and_a_position_without_system(write, sea):
    for profile, words in (
        ({"crs": "EPSG:32652"}, "nor its pixel size"),
        ({"transform": UTM["transform"]}, "no coordinate system"),
    ):
        source, _ = inspect(write("a_VV.tif", sea, **profile))
        found, notes = place(source, (), None)
        assert found is None
        assert words in notes[0]
