"""Clips hold the same values and facts as what they were cut from, and never half of them."""

import hashlib
import json
import subprocess
import sys
import warnings
from datetime import UTC, datetime
from types import SimpleNamespace

import cv2
import numpy as np
import pystac
import pytest
import rasterio
from numpy.testing import assert_array_equal
from picture_fixtures import UTM, grid
from plain_pictures import write_rotated_jpeg
from rasterio.errors import NotGeoreferencedWarning
from sentinel2_product import make_product, packed

from offing.errors import GeometryError, NoTimeError, OffingError, PictureError
from offing.geo import LonLat, circle, distance_m
from offing.hashing import sha256_of
from offing.imagery.clipping import clip_to, site_window
from offing.imagery.model import GroundPoint
from offing.imagery.reading import open_picture
from offing.sites import Berth, Site

TIME = datetime(2024, 10, 17, 2, 15, 30, tzinfo=UTC)


def site_at(picture, col, row, radius=300.0):
    lons, lats = picture.lonlat([col], [row])
    return Site(
        id="pier 1", name="Pier", role="naval berth", position=(float(lons[0]), float(lats[0])), radius_m=radius
    )


def kinds(write, random, tmp_path):
    """One picture of every kind of storage."""
    sea = random.gamma(4.0, 0.004, (400, 500)).astype(np.float32)
    decibels = 10 * np.log10(np.stack([sea, sea / 5]))
    decibels[:, :200, :220] = 0.0
    yield write("S1A_dB.tif", decibels, descriptions=("VV", "VH"), nodata=0.0, **UTM), {}
    yield write("S1B.tif", (sea * 5000).astype(np.uint16), **UTM), {}
    colours = random.integers(1, 255, (3, 400, 500)).astype(np.uint8)
    hidden = np.zeros((400, 500), bool)
    hidden[180:260, 200:300] = True
    yield write("colours.tif", colours, mask=~hidden, **UTM), {}
    yield write("nodata.tif", np.where(hidden, 0, colours).astype(np.uint8), nodata=0, **UTM), {}
    folder = tmp_path / "s2"
    for name in ("B02", "B03", "B04", "B08"):
        write(f"s2/x_{name}.tif", random.integers(200, 4000, (400, 500)).astype(np.uint16), **UTM)
    yield folder, {}
    for name in ("B03", "B08"):
        write(f"s3/x_{name}_10m.tif", random.integers(200, 4000, (400, 500)).astype(np.uint16), **UTM)
    half = {"crs": UTM["crs"], "transform": grid(605000.0, 4750000.0, 20.0)}
    write("s3/x_B11_20m.tif", random.integers(200, 4000, (200, 250)).astype(np.uint16), **half)
    write("s3/x_SCL_20m.tif", random.integers(1, 12, (200, 250)).astype(np.uint8), **half)
    yield tmp_path / "s3", {}
    scaled = random.integers(1000, 4000, (2, 400, 500)).astype(np.uint16)
    yield write("scaled.tif", scaled, descriptions=("red", "nir"), scales=(1e-4, 2e-4), offsets=(-0.1, -0.2), **UTM), {}
    cv2.imwrite(str(tmp_path / "press.jpg"), colours.transpose(1, 2, 0))
    yield tmp_path / "press.jpg", {"gsd_m": 3.0}
    points = [(10, 10), (480, 20), (470, 380), (30, 390)]
    gcps = [GroundPoint(col=c, row=r, lonlat=LonLat(lon=132.3 + c * 3.6e-5, lat=42.9 - r * 2.7e-5)) for c, r in points]
    yield tmp_path / "press.jpg", {"gcps": gcps}
    yield write_rotated_jpeg(tmp_path / "turned.jpg", colours.transpose(1, 2, 0), 6), {"gsd_m": 3.0}
    yield packed(make_product(tmp_path / "safe", random)[0]), {}


def test_clips_read_back_identically(write, random, tmp_path):
    for number, (path, told) in enumerate(kinds(write, random, tmp_path)):
        out = tmp_path / f"scenes{number}"
        with open_picture([path], time=TIME, **told) as picture:
            site = (
                site_at(picture, 250.2, 199.7) if picture.crs else Site(id="s", name="S", role="port", position=(0, 0))
            )
            box = site_window(picture, site, (), margin_m=1000.0)
            scene = clip_to(picture, site, (), out)
            expected = picture.read(window=box)
            quality = picture.read(picture.quality_bands, box) if picture.quality_bands else None
            valid = picture.valid(box)
            again = clip_to(picture, site, (), tmp_path / f"again{number}")
            with open_picture([out / f"{scene.id}.tif"]) as clip:
                assert_array_equal(clip.read(), expected, err_msg=str(path))
                assert_array_equal(clip.valid(), valid)
                if quality is not None:
                    assert_array_equal(clip.read(clip.quality_bands), quality)
                for fact in ("time", "sensor", "platform", "scale", "simulated", "bands", "quality_bands"):
                    assert getattr(clip, fact) == getattr(picture, fact), (path, fact)
                assert (clip.width, clip.height) == (scene.width, scene.height) == (box.width, box.height)
                assert clip.gsd_m == pytest.approx(scene.gsd_m, rel=1e-6)
                if picture.crs:
                    place = site.position
                    col, row = picture.pixel(*place)
                    assert clip.pixel(*place) == pytest.approx((col - box.col0, row - box.row0), abs=1e-4)
                    assert clip.north_deg_at(50, 50) == pytest.approx(
                        picture.north_deg_at(box.col0 + 50, box.row0 + 50), abs=1e-4
                    )
                else:
                    assert (clip.width, clip.height) == (picture.width, picture.height)
        assert again == scene
        for name in (f"{scene.id}.tif", f"{scene.id}.json"):
            assert (out / name).read_bytes() == (tmp_path / f"again{number}" / name).read_bytes()
        assert sorted(p.name for p in out.iterdir()) == [f"{scene.id}.json", f"{scene.id}.tif"]


def test_the_clip_is_a_cog_with_its_tags_and_a_stac_item(write, random, tmp_path):
    stored = random.integers(1, 255, (3, 700, 800)).astype(np.uint8)
    path = write("2024-10-17.tif", stored, tags={"OFFING_SIMULATED": "YES"}, **UTM)
    with open_picture([path], time=TIME) as picture:
        site = site_at(picture, 400, 350, radius=1500.0)
        scene = clip_to(
            picture, site, (), tmp_path / "out", platform="planetscope", credit="Planet", licence="CC-BY-4.0"
        )
    clip = tmp_path / "out" / f"{scene.id}.tif"
    with rasterio.open(clip) as dataset:
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.profile["compress"].lower() == "deflate"
        assert dataset.profile["tiled"]
        tags = dataset.tags()
    assert tags["OFFING_TIME"] == "2024-10-17T02:15:30Z"
    assert tags["OFFING_SENSOR"] == "rgb"
    assert tags["OFFING_SIMULATED"] == "yes"
    assert tags["OFFING_SOURCE_SHA256"] == scene.sha256 == sha256_of([path])
    item = pystac.Item.from_dict(json.loads((tmp_path / "out" / f"{scene.id}.json").read_text()))
    assert item.datetime == TIME
    assert item.properties["offing:simulated"] is True
    assert item.properties["title"].startswith("SIMULATED")
    assert item.properties["platform"] == "planetscope"
    assert item.properties["proj:code"] == "EPSG:32652"
    assert item.properties["proj:shape"] == [scene.height, scene.width]
    assert item.assets["data"].href == f"./{scene.id}.tif"
    west, south, east, north = item.bbox
    assert west < site.position[0] < east
    assert south < site.position[1] < north
    assert scene.id.startswith("20241017T021530Z-rgb-")
    assert scene.path == f"scenes/{scene.id}.tif"
    assert (scene.simulated, scene.sites, scene.credit, scene.licence) == (True, ("pier 1",), "Planet", "CC-BY-4.0")


def test_the_clip_holds_site_berths_and_margin(write, sea, tmp_path):
    with open_picture([write("S1_VV.tif", np.tile(sea, (8, 8)), **UTM)], time=TIME) as picture:
        site = site_at(picture, 400, 400, radius=500.0)
        lons, lats = picture.lonlat([700, 720, 720], [300, 300, 320])
        ring = tuple((float(x), float(y)) for x, y in zip(lons, lats, strict=True))
        here, elsewhere = Berth(id="b", site=site.id, ring=ring), Berth(id="c", site="other", ring=((0.0, 0.0),) * 4)
        box = site_window(picture, site, (here, elsewhere), margin_m=200.0)
        assert (box.col0, box.col1, box.row0, box.row1) == pytest.approx((330, 720, 330 - 30, 470), abs=1)
        whole = site_window(picture, site_at(picture, 0, 0, radius=100_000.0), ())
        assert (whole.col1, whole.row1) == (picture.width, picture.height)
        for lon, lat in circle(site.lonlat, 500.0):
            col, row = picture.pixel(lon, lat)
            assert box.col0 <= col <= box.col1
            assert box.row0 <= row <= box.row1
        assert distance_m(site.lonlat, site.lonlat) == 0.0


def test_what_cannot_be_kept_is_refused_and_leaves_nothing(write, sea, tmp_path):
    out = tmp_path / "out"
    path = write("2024-10-17_VV.tif", sea, **UTM)
    far = Site(id="far", name="Far", role="port", position=(0.0, 0.0))
    with open_picture([path]) as picture, pytest.raises(NoTimeError, match="state --time 2024-10-17Thh:mmZ"):
        clip_to(picture, site_at(picture, 80, 60), (), out)
    with open_picture([path], time=TIME) as picture, pytest.raises(GeometryError, match="outside the picture"):
        clip_to(picture, far, (), out)
    cv2.imwrite(str(tmp_path / "a.png"), (sea * 1000).clip(0, 255).astype(np.uint8))
    with open_picture([tmp_path / "a.png"], time=TIME) as picture, pytest.raises(PictureError, match="--gsd METRES"):
        clip_to(picture, far, (), out)
    assert not out.exists()


def test_a_failure_while_writing_leaves_nothing(write, random, tmp_path):
    stored = random.integers(100, 5000, (600, 700)).astype(np.uint16)
    path = write("S1_VV.tif", stored, compress="deflate", tiled=True, blockxsize=128, blockysize=128, **UTM)
    with open_picture([path], time=TIME) as picture:
        content = bytearray(path.read_bytes())
        content[len(content) // 3 :] = b"\xff" * (len(content) - len(content) // 3)
        path.write_bytes(bytes(content))
        with pytest.raises(PictureError, match=r"cannot be (read|opened)"):
            clip_to(picture, site_at(picture, 300, 300, radius=5000.0), (), tmp_path / "out", sha256="0" * 64)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_made(write, sea, tmp_path):
    (tmp_path / "file").write_text("")
    path = write("S1_VV.tif", sea, **UTM)
    with open_picture([path], time=TIME) as picture, pytest.raises(PictureError, match="cannot be made"):
        clip_to(picture, site_at(picture, 80, 60), (), tmp_path / "file" / "scenes")


FULL_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from offing.errors import PictureError
from offing.imagery import cog
from offing.imagery.clipping import clip_to
from offing.imagery.reading import open_picture
from offing.sites import Site
source, out, limit, cog.MEMORY_BYTES = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
with open_picture([source], time=datetime(2024, 10, 17, tzinfo=UTC)) as picture:
    lons, lats = picture.lonlat([300], [300])
    site = Site(id="s", name="S", role="port", position=(float(lons[0]), float(lats[0])), radius_m=2000)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        clip_to(picture, site, (), out)
    except PictureError as error:
        print(error)
print(sorted(p.name for p in out.iterdir()))
"""


@pytest.mark.parametrize(("memory", "limit"), [(1 << 30, 50_000), (0, 50_000), (0, 400_000), (0, 900_000)])
def test_a_full_disk_leaves_nothing(write, random, tmp_path, memory, limit):
    path = write("S1_VV.tif", random.gamma(4.0, 0.004, (600, 600)).astype(np.float32), **UTM)
    asked = [sys.executable, "-c", FULL_DISK, str(path), str(tmp_path / "out"), str(limit), str(memory)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    line, left = done.stdout.splitlines()
    assert "the clip cannot be written" in line
    assert "check the free space there" in line
    assert left == "[]"
    if memory:
        assert done.stderr == ""


def test_large_clips_go_over_the_disk_with_the_same_bytes(write, random, tmp_path, monkeypatch):
    stored = random.integers(100, 5000, (3, 600, 700)).astype(np.uint16)
    with open_picture([write("colours.tif", stored, **UTM)], time=TIME) as picture:
        site = site_at(picture, 300, 300, radius=5000.0)
        scene = clip_to(picture, site, (), tmp_path / "memory")
        monkeypatch.setattr("offing.imagery.cog.MEMORY_BYTES", 0)
        clip_to(picture, site, (), tmp_path / "disk")
        name = f"{scene.id}.tif"
        assert (tmp_path / "memory" / name).read_bytes() == (tmp_path / "disk" / name).read_bytes()
        assert len(list((tmp_path / "disk").iterdir())) == 2
        monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
        with pytest.raises(PictureError, match="are free"):
            clip_to(picture, site, (), tmp_path / "full")


def test_hashes_are_those_of_sha256sum(tmp_path):
    (tmp_path / "B02.tif").write_bytes(b"two" * 100_000)
    (tmp_path / "B03.tif").write_bytes(b"three")
    one, two = (hashlib.sha256((tmp_path / n).read_bytes()).hexdigest() for n in ("B02.tif", "B03.tif"))
    files = [tmp_path / "B03.tif", tmp_path / "B02.tif"]
    assert sha256_of(files[:1]) == two
    lines = f"{one}  B02.tif\n{two}  B03.tif\n".encode()
    assert sha256_of(files) == sha256_of(files[::-1]) == hashlib.sha256(lines).hexdigest()
    with pytest.raises(OffingError, match="cannot be read"):
        sha256_of([tmp_path / "none"])
    with pytest.raises(OffingError, match="no file"):
        sha256_of([])


def test_an_unreferenced_clip_warns_nobody(write, random, tmp_path):
    values = random.integers(5, 200, (3, 100, 120)).astype(np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error", NotGeoreferencedWarning)
        with open_picture([write("a.tif", values)], time=TIME, gsd_m=0.6) as picture:
            scene = clip_to(picture, Site(id="s", name="S", role="port", position=(0, 0)), (), tmp_path / "o")
    assert (scene.crs, scene.footprint, scene.gsd_m) == (None, None, (0.6, 0.6))
