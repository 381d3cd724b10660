"""What is cut out of a product keeps its numbers, its place and how the radar looked."""

import json
from datetime import UTC, datetime

import numpy as np
import pystac
import pytest
import rasterio
from picture_fixtures import UTM
from pyproj import Geod
from rasterio.warp import transform
from safe_product import Safe

from offing.errors import PictureError
from offing.imagery.clipping import clip_to, site_window
from offing.imagery.grid_georeference import GridGeoreference
from offing.imagery.model import Box
from offing.imagery.reading import open_picture
from offing.sites import Site

GEOD = Geod(ellps="WGS84")


def site(radius, place=(132.335, 42.879)):
    return Site(id="dunai", name="Dunai", role="naval berth", position=place, radius_m=radius)


@pytest.fixture(scope="module", params=["ascending", "descending"])
def product(request, tmp_path_factory):
    safe = Safe(passing=request.param, lines=420, samples=500, place=(132.335, 42.879))
    return safe, safe.write(tmp_path_factory.mktemp("safe"))


def test_a_clip_is_part_of_the_product(product, tmp_path):
    _, root = product
    with open_picture([root]) as picture:
        scene = clip_to(picture, site(200.0), (), tmp_path)
        box = site_window(picture, site(200.0), ())
        part = picture.read(window=box)
        with open_picture([tmp_path / f"{scene.id}.tif"]) as clip:
            np.testing.assert_array_equal(clip.read(), part)
            assert clip.bands == picture.bands
            assert (clip.scale.quantity, clip.platform) == ("sigma0-linear", "sentinel-1")
            assert abs((clip.time - picture.time).total_seconds()) < 0.001
            for col, row in [(0, 0), (clip.width, clip.height), (30, 170)]:
                here, there = clip.lonlat([col], [row]), picture.lonlat([box.col0 + col], [box.row0 + row])
                assert GEOD.inv(here[0][0], here[1][0], there[0][0], there[1][0])[2] < 0.5
            assert clip.crs == scene.crs == "EPSG:32653"


def test_the_radar_geometry_outlives_the_product(product, tmp_path):
    _, root = product
    with open_picture([root]) as picture:
        scene = clip_to(picture, site(200.0), (), tmp_path)
        box = site_window(picture, site(200.0), ())
        with open_picture([tmp_path / f"{scene.id}.tif"]) as clip:
            before, after = picture.radar, clip.radar
            for col, row in [(0.0, 0.0), (100.0, 50.0)]:
                at = (box.col0 + col, box.row0 + row)
                assert after.slant_range_m(col, row).low == pytest.approx(before.slant_range_m(*at).low, abs=1e-3)
                assert after.incidence_deg(col, row).low == pytest.approx(before.incidence_deg(*at).low)
                assert after.ambiguity_offset_m(col, row).low == pytest.approx(before.ambiguity_offset_m(*at).low)
            assert (after.azimuth_px, after.passing, after.basis) == (before.azimuth_px, before.passing, "annotation")
            second = clip_to(clip, site(100.0), (), tmp_path / "again")
            with open_picture([tmp_path / "again" / f"{second.id}.tif"]) as inner:
                assert inner.radar.passing == before.passing


def test_other_programs_place_a_clip_alike(product, tmp_path):
    _, root = product
    with open_picture([root]) as picture:
        scene = clip_to(picture, site(200.0), (), tmp_path)
    with rasterio.open(tmp_path / f"{scene.id}.tif") as clip:
        x, y = clip.xy(clip.height / 2, clip.width / 2, offset="ul")
        lons, lats = transform(clip.crs, "EPSG:4326", [x], [y])
    assert GEOD.inv(lons[0], lats[0], 132.335, 42.879)[2] < 20.0
    item = pystac.Item.from_dict(json.loads((tmp_path / f"{scene.id}.json").read_text()))
    assert item.bbox[0] < 132.335 < item.bbox[2]
    assert item.properties["proj:code"] == "EPSG:32653"


def test_a_whole_scene_bends_too_much_to_be_kept_unwarped():
    """Of a clip around a port the affine map is good to a fraction of a pixel; of 250 km it is not, and is not made."""
    from offing.imagery.markup import parse
    from offing.imagery.sentinel1.annotation import read_annotation
    from offing.imagery.sentinel1.geometry import place

    safe = Safe(lines=16_700, samples=25_000, near_incidence=30.8, polarisations=("VV",))
    ground = place(read_annotation(parse(safe.annotation("VV").encode(), "a")), "here")
    assert isinstance(ground, GridGeoreference)
    assert ground.fitted((12_000, 8_000, 13_000, 9_000))[2] < 2.0
    assert ground.fitted((0, 0, 25_000, 16_700))[2] > 100.0


def test_too_large_a_site_is_refused(product, tmp_path, monkeypatch):
    _, root = product
    with open_picture([root]) as picture:
        monkeypatch.setattr("offing.imagery.clipping.BEND_PIXELS", 1e-9)
        with pytest.raises(PictureError, match=r"bends by .* smaller radius"):
            clip_to(picture, site(200.0), (), tmp_path)
    assert not list(tmp_path.glob("*"))


def test_an_inferred_geometry_is_kept_too(write, sea, tmp_path):
    name = "S1A_EW_GRDM_1SSH_20241012T212500_20241012T212600_056000_06D000_0000_HH.tif"
    with open_picture([write(name, sea, **UTM)]) as picture:
        lons, lats = picture.lonlat([80], [60])
        scene = clip_to(picture, site(100.0, (float(lons[0]), float(lats[0]))), (), tmp_path)
        with open_picture([tmp_path / f"{scene.id}.tif"]) as clip:
            assert clip.radar.basis == picture.radar.basis
            assert "EW" in clip.radar.basis


def test_a_forged_tag_does_no_harm(write, sea):
    for text in ("{", '{"azimuth_px": [0, 0]}', "[]", "x" * 5000):
        path = write("S1_VV.tif", sea, tags={"OFFING_RADAR": text}, **UTM)
        with open_picture([path], time=datetime(2024, 10, 12, 21, 25, tzinfo=UTC)) as picture:
            assert picture.radar.basis.startswith("inferred")
            assert picture.read(window=Box(col0=0, row0=0, col1=20, row1=20)).shape == (1, 20, 20)
