import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from offing.imagery.reading import open_picture
from offing.vessels.measurement import direction_deg, measure
from offing.vessels.model import OrientedBox


def box(length, beam, degrees, col=50.0, row=50.0):
    """``degrees`` clockwise from the picture's up, sizes in pixels."""
    a = np.radians(degrees)
    along, across = np.array([np.sin(a), -np.cos(a)]), np.array([np.cos(a), np.sin(a)])
    return OrientedBox(
        col=col, row=row, length_px=tuple((along * length / 2).tolist()), beam_px=tuple((across * beam / 2).tolist())
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("measured")


def write(path, crs, transform):
    noise = np.random.default_rng(0).uniform(0.1, 0.3, (1, 100, 100)).astype(np.float32)
    with rasterio.open(
        path, "w", driver="GTiff", height=100, width=100, count=1, dtype="float32", crs=crs, transform=transform
    ) as out:
        out.write(noise)
    return path


@pytest.fixture(scope="module")
def mercator(folder):
    """10 m of Web Mercator at 60° north: 5 m on the ground."""
    path = write(folder / "m.tif", "EPSG:3857", Affine(10, 0, 2_000_000, 0, -10, 8_399_738))
    with open_picture([path], sensor="panchromatic") as picture:
        yield picture


@pytest.fixture(scope="module")
def radar(folder):
    path = write(folder / "r.tif", "EPSG:32652", Affine(10, 0, 500_000, 0, -10, 4_700_000))
    with open_picture([path], sensor="sar") as picture:
        yield picture


@given(st.floats(8, 60), st.floats(0, 180))
@settings(max_examples=40, deadline=None)
def test_metres_are_metres_on_the_ellipsoid(mercator, length, degrees):
    rectangle = box(length, length / 5, degrees)
    measured = measure(rectangle, mercator)
    ends = [(50 + s * rectangle.length_px[0], 50 + s * rectangle.length_px[1]) for s in (-1, 1)]
    lons, lats = mercator.lonlat([e[0] for e in ends], [e[1] for e in ends])
    _, _, metres = Geod(ellps="WGS84").inv(lons[0], lats[0], lons[1], lats[1])
    assert measured.length_m == pytest.approx(metres, rel=1e-6)
    assert metres == pytest.approx(5 * length, rel=0.02)
    assert abs((measured.axis_deg - degrees + 90) % 180 - 90) < 0.6


@given(st.floats(1, 60), st.floats(0.01, 1), st.floats(0, 360), st.floats(0.3, 3))
@settings(max_examples=80, deadline=None)
def test_invariants(mercator, length, ratio, degrees, edge):
    measured = measure(box(length, length * ratio, degrees), mercator, edge)
    assert 0 < measured.beam_m <= measured.length_m
    assert measured.length_m in measured.length_m_90
    assert measured.beam_m in measured.beam_m_90
    assert measured.length_m_90.low >= 0
    assert 0 <= measured.axis_deg < 180
    assert 0 <= measured.heading_deg < 360
    assert measured.bow_probability >= 0.5


def test_a_turned_picture_counts_from_true_north(folder):
    """Columns run north: the picture's up is west, so a ship along the columns heads north."""
    path = write(folder / "turned.tif", "EPSG:32652", Affine(0, 10, 500_000, 10, 0, 4_700_000))
    with open_picture([path], sensor="panchromatic") as picture:
        assert direction_deg(box(20, 4, 90), picture) == pytest.approx(0.0, abs=0.5) or direction_deg(
            box(20, 4, 90), picture
        ) == pytest.approx(360.0, abs=0.5)


def test_coarser_pixels_leave_more_open(folder):
    widths = []
    for size in (3.0, 10.0, 30.0):
        path = write(folder / f"p{size:g}.tif", "EPSG:32652", Affine(size, 0, 500_000, 0, -size, 4_700_000))
        with open_picture([path], sensor="panchromatic") as picture:
            bounds = measure(box(120 / size, 18 / size, 30), picture).length_m_90
            widths.append(bounds.high - bounds.low)
    assert widths == sorted(widths)


@pytest.mark.parametrize(("size", "excess_m"), [(3.0, 4.5), (10.0, 15.0), (30.0, 45.0)])
def test_radar_outlines_are_freed_of_what_shines_beside_the_hull(folder, size, excess_m):
    path = write(folder / f"sar{size:g}.tif", "EPSG:32652", Affine(size, 0, 500_000, 0, -size, 4_700_000))
    outline = box(240 / size, 90 / size, 0)
    with open_picture([path], sensor="sar") as radar, open_picture([path], sensor="panchromatic") as optical:
        found, plain = measure(outline, radar), measure(outline, optical)
    assert plain.length_m - found.length_m == pytest.approx(excess_m, abs=0.1)
    assert found.beam_m < plain.beam_m
    assert found.length_m in found.length_m_90


@given(st.floats(1, 60), st.floats(0.01, 1), st.floats(0, 360), st.floats(0.3, 3))
@settings(max_examples=60, deadline=None)
def test_invariants_of_radar(radar, length, ratio, degrees, edge):
    measured = measure(box(length, length * ratio, degrees), radar, edge)
    assert 0 < measured.beam_m <= measured.length_m
    assert measured.length_m in measured.length_m_90
    assert measured.beam_m in measured.beam_m_90
