"""Sentinel-1 products: their numbers, their place and their geometry against independent references."""

import math
import os
from datetime import UTC, datetime

import numpy as np
import pytest
from pyproj import Geod
from safe_product import PRF, Safe, zipped
from scipy.interpolate import RegularGridInterpolator

from offing.imagery.gathering import pictures
from offing.imagery.markup import parse
from offing.imagery.model import Box
from offing.imagery.reading import open_picture
from offing.imagery.sentinel1.annotation import read_annotation
from offing.imagery.sentinel1.geometry import place, radar_geometry

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module", params=["descending", "ascending"])
def product(request, tmp_path_factory):
    """(what it is made of, its folder)."""
    safe = Safe(passing=request.param)
    return safe, safe.write(tmp_path_factory.mktemp("safe"))


def interpolated(safe, values, lines, pixels):
    """scipy's bilinear interpolation of a table, held at its edges, on every stored pixel."""
    table = np.array([values(line, pixels) for line in lines])
    inside = RegularGridInterpolator((lines, pixels), table)
    line = np.clip(np.arange(safe.lines), lines[0], lines[-1])
    sample = np.clip(np.arange(safe.samples), pixels[0], pixels[-1])
    return inside(tuple(np.meshgrid(line, sample, indexing="ij")))


def expected(safe, pol):
    """sigma0 by the product specification, as stored."""
    gain = interpolated(safe, safe.gain, safe.vector_lines, safe.vector_samples)
    noise = interpolated(safe, safe.noise, safe.vector_lines[1:], safe.vector_samples[::2])
    if not safe.legacy:
        for _, first, last, near, far, at, factors in safe.azimuth_blocks():
            factor = np.interp(np.arange(first, last + 1), at, factors)
            noise[first : last + 1, near : far + 1] *= factor[:, None]
    power = safe.numbers(pol).astype(np.float64) ** 2
    return np.maximum(power - noise, 0.1 * noise) / gain**2


def turned(safe, stored):
    return stored[::-1] if safe.passing == "ascending" else stored[:, ::-1]


@pytest.mark.parametrize("version", ["003.71", "002.84"])
def test_backscatter_is_what_the_specification_says(tmp_path, version):
    safe = Safe(version=version)
    with open_picture([safe.write(tmp_path)]) as picture:
        assert picture.bands == ("VV", "VH")
        assert picture.sensor == "sar"
        assert picture.scale.quantity == "sigma0-linear"
        values = picture.read()
        for band, pol in zip(values, safe.polarisations, strict=True):
            np.testing.assert_allclose(band, turned(safe, expected(safe, pol)), rtol=2e-5)
            assert band.mean() == pytest.approx(safe.sigma0[pol], rel=0.1)


def test_blocks_are_parts_of_the_whole(product):
    safe, root = product
    with open_picture([root]) as picture:
        whole = picture.read()
        assert whole.dtype == np.float32
        np.testing.assert_allclose(whole[0], turned(safe, expected(safe, "VV")), rtol=2e-5)
        for box in picture.blocks(97, 11):
            part = picture.read(window=box)
            np.testing.assert_array_equal(part, whole[:, box.row0 : box.row1, box.col0 : box.col1])
        vh = picture.read(["VH"], Box(col0=5, row0=7, col1=300, row1=40))
        np.testing.assert_array_equal(vh[0], whole[1, 7:40, 5:300])


def test_zeros_are_no_data_and_noise_is_never_black(tmp_path):
    safe = Safe(sigma0={"VV": 1e-5, "VH": 1e-6})
    numbers = {pol: safe.numbers(pol) for pol in safe.polarisations}
    for stored in numbers.values():
        stored[:, :20] = 0
    with open_picture([safe.write(tmp_path, numbers)]) as picture:
        values = picture.read()
        assert picture.may_lack_data
        np.testing.assert_array_equal(~picture.valid(), turned(safe, np.broadcast_to(numbers["VV"] == 0, (240, 330))))
        assert np.nanmin(values) > 1e-5


def test_places_are_those_of_the_orbit(product):
    safe, root = product
    with open_picture([root]) as picture:
        for col, row in [(0.5, 0.5), (329.5, 239.5), (17.0, 200.0), (200.3, 60.7)]:
            lons, lats = picture.lonlat([col], [row])
            truth = safe.lonlat(*safe.stored(col, row))
            assert GEOD.inv(lons[0], lats[0], *truth)[2] < 0.05
            assert picture.pixel(*truth) == pytest.approx((col, row), abs=0.01)
        assert picture.gsd_m == pytest.approx((10.0, 10.0), rel=0.01)
        # North is up to 15 degrees, and the picture is no mirror image.
        north = (picture.north_deg_at(100, 100) + 180) % 360 - 180
        assert abs(north) < 15
        assert picture.transform.determinant < 0


def test_a_place_far_away_is_far_outside(product):
    _, root = product
    with open_picture([root]) as picture:
        for lon, lat in [(120.0, 30.0), (-50.0, -42.0), (0.0, 90.0)]:
            col, row = picture.pixel(lon, lat)
            assert not (0 <= col <= picture.width and 0 <= row <= picture.height)


def parsed(safe):
    return read_annotation(parse(safe.annotation("VV").encode(), "annotation"))


@pytest.mark.parametrize("where", [(132.335, 42.879), (179.6, 65.0), (15.0, -2.0), (20.0, 79.0)])
def test_a_whole_scene_of_250_km_is_placed_to_a_third_of_a_pixel(where):
    """Truth between the nodes by range and Doppler; at 180° and far north too."""
    safe = Safe(lines=16_700, samples=25_000, near_incidence=30.8, place=where, passing="ascending")
    ground = place(parsed(safe), "here")
    rng = np.random.default_rng(1)
    for col, row in rng.uniform((0, 0), (safe.samples, safe.lines), (12, 2)):
        truth = safe.lonlat(*safe.stored(col, row))
        lons, lats = ground.lonlat([col], [row])
        assert GEOD.inv(lons[0], lats[0], *truth)[2] < 3.3
        found = ground.pixel(float(lons[0]), float(lats[0]))
        assert found == pytest.approx((col, row), abs=1e-4)


def test_terrain_in_the_grid_does_not_move_the_sea():
    """Points of the grid on hills of up to 800 m would put the sea between them more than a kilometre wrong."""
    safe = Safe(
        lines=8_000, samples=12_000, near_incidence=33.0, height=lambda v, u: 800 * abs(math.sin(9 * u + 5 * v))
    )
    ground = place(parsed(safe), "here")
    for col, row in [(1000.0, 2000.0), (6000.0, 4000.0), (11_000.0, 7000.0)]:
        lons, lats = ground.lonlat([col], [row])
        assert GEOD.inv(lons[0], lats[0], *safe.lonlat(*safe.stored(col, row)))[2] < 5.0


def test_how_the_radar_looked(product):
    safe, root = product
    with open_picture([root]) as picture:
        radar = picture.radar
        assert radar == radar_geometry(parsed(safe), place(parsed(safe), "here"))
        assert (radar.passing, radar.basis, radar.looks_right) == (safe.passing, "annotation", True)
        for col, row in [(3.0, 10.0), (160.0, 200.0), (325.0, 30.0)]:
            line, sample = safe.stored(col, row)
            assert radar.slant_range_m(col, row).low == pytest.approx(safe.reach(sample), abs=2.0)
            truth = safe.orbit.incidence(safe.time(line), safe.lonlat(line, sample))
            assert radar.incidence_deg(col, row).low == pytest.approx(truth, abs=0.01)
        # Along azimuth time runs on, away from the radar the range grows.
        assert safe.stored(*radar.displaced_px(100, 100, 500.0))[0] > safe.stored(100, 100)[0]
        assert safe.stored(*radar.displaced_px(100, 100, 0.0, 500.0))[1] > safe.stored(100, 100)[1]
        speed = np.linalg.norm(safe.orbit.velocity(0.0))
        assert radar.velocity_m_s == pytest.approx(speed, rel=1e-4)
        near = 10.0 if safe.passing == "ascending" else 320.0
        offset = radar.ambiguity_offsets_m(near, 100.0)
        truth = radar.wavelength_m * radar.slant_range_m(near, 100.0).low * PRF["IW1"] / (2 * speed)
        assert any(o.low == pytest.approx(truth, rel=1e-3) for o in offset)


def test_time_platform_and_notes(product):
    safe, root = product
    with open_picture([root]) as picture:
        assert abs((picture.time - safe.start).total_seconds()) < 1.0
        assert picture.time_basis.startswith("metadata")
        assert picture.platform == "sentinel-1"
        assert any("IPF 3.71" in note for note in picture.notes)
        assert {p.name for p in picture.paths} >= {"manifest.safe", f"{safe.stem('VV')}.tiff"}
    stated = datetime(2024, 10, 12, tzinfo=UTC)
    with open_picture([root], time=stated) as picture:
        assert (picture.time, picture.time_basis) == (stated, "stated")


def test_every_way_to_name_a_product(product, tmp_path):
    safe, root = product
    archive = zipped(root, tmp_path / f"{root.stem}.zip")
    with open_picture([root]) as picture:
        whole = picture.read()
    for path in (root / "manifest.safe", archive):
        with open_picture([path]) as picture:
            np.testing.assert_array_equal(picture.read(), whole)
            assert picture.name == str(path)
    assert pictures([root, archive]) == ((root,), (archive,))
    assert safe.name.removesuffix(".SAFE") in archive.name


def test_cog_products_and_other_polarisations(tmp_path):
    safe = Safe(cog=True, polarisations=("HH", "HV"))
    root = safe.write(tmp_path)
    assert root.name.endswith("_COG.SAFE")
    with open_picture([root]) as picture:
        assert picture.bands == ("HH", "HV")
        np.testing.assert_allclose(picture.read()[1], turned(safe, expected(safe, "HV")), rtol=2e-5)


def test_one_polarisation(tmp_path):
    with open_picture([Safe(polarisations=("VV",)).write(tmp_path)]) as picture:
        assert picture.bands == ("VV",)
        assert picture.valid().all()


def test_missing_noise_is_said(tmp_path):
    safe = Safe()
    root = safe.write(tmp_path)
    for path in root.glob("annotation/calibration/noise-*-vh-*.xml"):
        path.unlink()
    with open_picture([root]) as picture:
        assert any("left in VH: its noise file is missing" in note for note in picture.notes)
        gain = interpolated(safe, safe.gain, safe.vector_lines, safe.vector_samples)
        plain = safe.numbers("VH").astype(np.float64) ** 2 / gain**2
        np.testing.assert_allclose(picture.read(["VH"])[0], turned(safe, plain), rtol=2e-5)


def test_several_threads_read_an_archive(product, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    _, root = product
    with open_picture([zipped(root, tmp_path / "a.zip")]) as picture:
        whole = picture.read()
        boxes = list(picture.blocks(64, 0))
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            for box, part in zip(boxes, pool.map(lambda b: picture.read(window=b), boxes), strict=True):
                np.testing.assert_array_equal(part, whole[:, box.row0 : box.row1, box.col0 : box.col1])
