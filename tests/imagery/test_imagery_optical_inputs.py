"""Every kind of optical file that people have: read as its format says, with what was done to it said, or refused.

The files are written here by hand, by GDAL or by OpenCV; what should be read is known beforehand or comes from those.
"""

import json
import struct
import subprocess
import sys
import warnings
import zipfile

import cv2
import numpy as np
import pytest
import rasterio
from numpy.testing import assert_allclose, assert_array_equal
from picture_fixtures import UTM, grid
from plain_pictures import harbour, with_overlays, with_pages, write_png, write_rotated_jpeg
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from offing.errors import PictureError
from offing.geo import LonLat
from offing.imagery.bands import MASK_BANDS
from offing.imagery.gathering import pictures
from offing.imagery.model import Box, GroundPoint
from offing.imagery.reading import open_picture
from offing.imagery.turning import upright
from offing.vessels.detection import detect as find_vessels

RGB = ("red", "green", "blue")


def said(picture, *words):
    """Whether some one note has all the words."""
    return any(all(word in note for word in words) for note in picture.notes)


def refused(paths, words, **told):
    with pytest.raises(PictureError, match=words) as caught, open_picture(paths, **told) as picture:
        picture.read()
    assert caught.value.fix
    assert caught.value.where
    assert "\n" not in str(caught.value)


@pytest.fixture
def port(random):
    return harbour(random)


# Plain pictures without a place ---------------------------------------------------------------------------------------


def test_a_screenshot_with_watermark_and_scale_bar(tmp_path, port):
    shown = with_overlays(port)
    path = write_png(tmp_path / "shot.png", shown)
    with open_picture([path]) as picture:
        assert (picture.sensor, picture.bands, picture.gsd_m) == ("rgb", RGB, None)
        black = (shown == 0).all(axis=2)  # the title bar, which is no part of the picture
        assert_array_equal(picture.valid(), ~black)
        assert said(picture, "solid areas of 0")
        assert_allclose(picture.read()[:, ~black], shown.transpose(2, 0, 1)[:, ~black] / 255.0, rtol=1e-6)
        assert said(picture, "pixel size", "--gsd METRES")
        assert said(picture, "8-bit grey values")
    with open_picture([path], gsd_m=1.2) as picture:
        assert picture.gsd_m == (1.2, 1.2)
        assert said(picture, "1.2 m as stated")


@pytest.mark.parametrize("told", ["rgb", "multispectral", "panchromatic"])
def test_one_band_is_panchromatic_whatever_optical_sensor_is_stated(tmp_path, port, told):
    path = write_png(tmp_path / "grey.png", port[:, :, 1])
    with open_picture([path], sensor=told) as picture:
        assert (picture.sensor, picture.bands) == ("panchromatic", ("pan",))
        assert said(picture, f"stated to be {told}", "one band") == (told != "panchromatic")


def test_bits_of_a_png(tmp_path, port):
    grey = port[:, :, 1]
    for depth, full in ((2, 3), (4, 15), (8, 255), (16, 65535)):
        stored = grey.astype(np.uint32) * full // 255
        with open_picture([write_png(tmp_path / f"{depth}.png", stored, depth=depth)]) as picture:
            assert picture.bands == ("pan",) or picture.sensor == "sar"
            values, valid = picture.read()[0], stored > 0
            expected = stored / full
            values = values if picture.sensor != "sar" else np.sqrt(values)
            assert_allclose(values[valid], expected[valid], atol=2e-3)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_one_bit_is_no_picture(tmp_path, write, port, suffix):
    mask = (port[:, :, 0] > 100).astype(np.uint8)
    if suffix == "png":
        path = write_png(tmp_path / "mask.png", mask, depth=1)
    else:
        path = write("mask.tif", mask, nbits=1, **UTM)
    refused([path], "two values only .1 bit a pixel.: a mask or a line drawing; give the picture")


@pytest.mark.parametrize("depth", [2, 4, 8])
def test_a_palette_of_any_depth_is_expanded_to_its_colours(tmp_path, random, depth):
    palette = random.integers(0, 256, (2**depth, 3))
    index = random.integers(0, 2**depth, (60, 80))
    path = write_png(tmp_path / "p.png", index, depth=depth, palette=palette)
    with open_picture([path]) as picture:
        assert picture.bands == RGB
        assert_allclose(picture.read(), palette[index].transpose(2, 0, 1) / 255.0, rtol=1e-6)
        assert_array_equal(np.round(picture.read() * 255)[::-1].transpose(1, 2, 0), cv2.imread(str(path)))
        assert said(picture, "palette", "expanded")


def test_transparent_entries_of_a_palette_are_no_data(tmp_path, random):
    palette = random.integers(0, 256, (8, 3))
    index = random.integers(0, 8, (60, 80))
    path = write_png(tmp_path / "p.png", index, palette=palette, transparent=[255, 255, 0, 255])
    with open_picture([path]) as picture:
        assert_array_equal(picture.valid(), index != 2)


def test_a_grey_palette_is_one_band_judged_by_its_grey_values(tmp_path, random):
    """In whatever order its shades come: by their numbers alone calm water would look like speckle."""
    shades = random.permutation(256)
    grey = np.clip(random.normal(60, 1.0, (120, 160)), 0, 255).astype(int)
    grey[40:60, 30:110] = 180
    path = write_png(tmp_path / "p.png", np.argsort(shades)[grey], palette=np.repeat(shades[:, None], 3, 1))
    with open_picture([path]) as picture:
        assert (picture.sensor, picture.bands) == ("panchromatic", ("pan",))
        assert_allclose(picture.read()[0], grey / 255.0, rtol=1e-6)


def test_nodata_of_a_palette_is_an_entry_not_a_colour(tmp_path, random):
    path = tmp_path / "p.tif"
    index = random.integers(0, 4, (48, 64)).astype(np.uint8)
    colours = {0: (90, 90, 200, 255), 1: (0, 0, 0, 255), 2: (200, 10, 30, 255), 3: (1, 1, 2, 255)}
    with rasterio.open(
        path, "w", driver="GTiff", width=64, height=48, count=1, dtype="uint8", photometric="palette", nodata=0, **UTM
    ) as out:
        out.write(index, 1)
        out.write_colormap(1, {**dict.fromkeys(range(256), (0, 0, 0, 255)), **colours})
    with open_picture([path]) as picture:
        assert_array_equal(picture.valid(), index != 0)
        assert_allclose(picture.read(["red"])[0][index == 1], 0.0)


@pytest.mark.parametrize(("channels", "bands"), [(2, ("pan",)), (4, RGB)])
def test_an_alpha_channel_is_the_mask(tmp_path, port, channels, bands):
    alpha = np.full(port.shape[:2], 255, np.uint8)
    alpha[:, :40] = 0
    alpha[:, 40:44] = 128  # a blurred edge still shows the picture
    colours = port[:, :, 1:2] if channels == 2 else port
    path = write_png(tmp_path / "a.png", np.dstack([colours, alpha]))
    with open_picture([path]) as picture:
        assert picture.bands == bands
        assert_array_equal(picture.valid(), alpha > 0)
        assert said(picture, "alpha band is taken as its mask")
    all_hidden = write_png(tmp_path / "b.png", np.dstack([colours, alpha * 0]))
    refused([all_hidden], "no valid pixel: all is nodata, transparent")


def test_near_infrared_that_the_file_calls_alpha_is_a_band(write, random):
    """What GDAL writes for four 8-bit bands when nobody says what they are; dark water in the last must not vanish."""
    bands = random.integers(0, 250, (4, 80, 90)).astype(np.uint8)
    bands[3, :30] = 0
    path = write("four.tif", bands, **UTM)
    with rasterio.open(path) as written:
        assert written.colorinterp[3] == ColorInterp.alpha
    with open_picture([path]) as picture:
        assert picture.bands == (*RGB, "nir")
        assert picture.sensor == "multispectral"
        assert picture.valid().all()
        assert_allclose(picture.read(), bands / 255.0, rtol=1e-6)
        assert said(picture, "marked as alpha", "not taken as a mask")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_rotated_jpeg_is_read_as_it_is_shown(tmp_path, port, orientation):
    path = write_rotated_jpeg(tmp_path / "photo.jpg", port, orientation)
    shown = cv2.imread(str(path))[:, :, ::-1].transpose(2, 0, 1)  # OpenCV turns it upright
    with open_picture([path]) as picture:
        assert (picture.height, picture.width) == shown.shape[1:]
        values = picture.read() * 255.0
        assert np.abs(values - shown).mean() < 1.0
        for box in picture.blocks(100, 13):
            part = picture.read(window=box) * 255.0
            assert_array_equal(part, values[:, box.row0 : box.row1, box.col0 : box.col1])
        assert said(picture, "EXIF orientation") == (orientation > 1)
        assert picture.stored_block[0] <= picture.height
        assert picture.stored_block[1] <= picture.width


def test_ground_points_of_a_rotated_jpeg_count_in_the_picture_shown(tmp_path, port):
    path = write_rotated_jpeg(tmp_path / "photo.jpg", port, 6)  # 320 × 240 stored, 240 × 320 shown
    east = 0.001 / np.cos(np.radians(42.9))
    points = [
        GroundPoint(col=c, row=r, lonlat=LonLat(lon=132.3 + east * c / 100, lat=42.9 - 0.001 * r / 100))
        for c, r in ((0, 0), (239, 0), (0, 319), (239, 319))
    ]
    with open_picture([path], gcps=points) as picture:
        assert picture.pixel(132.3 + east, 42.897) == pytest.approx((100.0, 300.0), abs=0.05)
        assert picture.north_deg_at(100, 100) == pytest.approx(0.0, abs=0.1) or picture.north_deg_at(100, 100) > 359.9
    refused(
        [path],
        "lies outside its 240 × 320 pixels",
        gcps=[*points[:3], GroundPoint(col=300, row=10, lonlat=points[3].lonlat)],
    )


@pytest.mark.parametrize("text", ["", "0", "9", "66", "six", "-1", "６"])
def test_impossible_orientations_are_none(text):
    assert not any(upright({"EXIF_ORIENTATION": text}))


@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_cmyk_is_converted_and_said(tmp_path, write, port, suffix):
    ink = 255 - np.dstack([port, port.max(axis=2)]).astype(int)  # ink is what is missing of the light
    key = ink[:, :, 3:]
    cmy = (ink[:, :, :3] - key) * 255 // np.maximum(255 - key, 1)
    inks = np.dstack([cmy, key]).clip(0, 255).astype(np.uint8).transpose(2, 0, 1)
    path = tmp_path / f"print.{suffix}"
    if suffix == "tif":
        write("print.tif", inks, photometric="CMYK")
    else:
        cmyk_jpeg(path, inks)
    with open_picture([path]) as picture:
        assert (picture.sensor, picture.bands) == ("rgb", RGB)
        assert said(picture, "converted from CMYK")
        assert not said(picture, "alpha")
        difference = picture.read() * 255.0 - port.transpose(2, 0, 1)
        assert np.abs(difference).mean() < (2.0 if suffix == "tif" else 6.0)


def cmyk_jpeg(path, inks):
    """As Adobe's programs write it: four components, stored as what the paper leaves, and their marker."""
    from rasterio.shutil import copy

    with warnings.catch_warnings(), rasterio.MemoryFile() as memory:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        profile = {"driver": "GTiff", "width": inks.shape[2], "height": inks.shape[1], "count": 4, "dtype": "uint8"}
        with memory.open(**profile, photometric="MINISBLACK") as out:
            out.write(255 - inks)
        copy(memory.name, path, driver="JPEG", QUALITY=95)
    content = path.read_bytes()
    adobe = b"\xff\xee" + struct.pack(">H", 14) + b"Adobe" + struct.pack(">HHHB", 100, 0, 0, 0)
    path.write_bytes(content[:2] + adobe + content[2:])


def test_only_the_first_page_of_a_tiff_is_read_and_said(tmp_path, port):
    pages = [port[:, :, 1], port[::-1, :, 0], port[:100, :100, 2]]
    with open_picture([with_pages(tmp_path / "p.tif", pages)]) as picture:
        assert_allclose(picture.read()[0] * (255.0 if picture.sensor != "sar" else 1.0), pages[0], rtol=1e-5)
        assert said(picture, "3 pages", "only the first")
    with open_picture([with_pages(tmp_path / "one.tif", pages[:1])]) as picture:
        assert not said(picture, "pages")


@pytest.mark.parametrize(
    ("head", "words"), [(b"GIF89a", "a GIF"), (b"BM\0\0", "a BMP"), (b"RIFF\0\0\0\0WEBP", "a WebP picture")]
)
def test_other_picture_formats_say_what_to_do(tmp_path, head, words):
    path = tmp_path / "a.png"
    path.write_bytes(head + b"\0" * 100)
    refused([path], f"is {words}; .*save it as PNG")


def test_an_archive_of_pictures_is_to_be_unpacked(tmp_path, port):
    with zipfile.ZipFile(tmp_path / "order.zip", "w") as archive:
        archive.write(write_png(tmp_path / "a.png", port), "a.png")
    refused([tmp_path / "order.zip"], "is a ZIP archive; .*unpack it and name the picture")


# Numbers --------------------------------------------------------------------------------------------------------------


def spread(values, low, high):
    """Numbers of 16 bits after a stretch between two percentiles, band by band, as for display."""
    ends = np.percentile(values, (low, high), axis=(1, 2))[..., None, None]
    return np.round((values - ends[0]) / (ends[1] - ends[0]) * 65535).clip(0, 65535).astype(np.uint16)


def test_16_bits_stretched_for_display_are_no_reflectance(write, random):
    reflectance = np.clip(random.gamma(2.0, 0.06, (4, 90, 100)), 0.001, 1.0)
    names = ("B02", "B03", "B04", "B08")
    stretched = write("S2_stretched.tif", spread(reflectance, 2, 98), descriptions=names, **UTM)
    with open_picture([stretched]) as picture:
        assert picture.scale.quantity == "digital-number"
        assert said(picture, "stretched for display", "not reflectance")
        assert 0.0 <= picture.read().min() <= picture.read().max() <= 1.0
    raw = np.round(reflectance * 65535).astype(np.uint16)
    raw[:, :20, :20] = 0  # no data
    with open_picture([write("S2_raw.tif", raw, descriptions=names, **UTM)]) as picture:
        assert picture.scale.quantity == "reflectance"
    eight = (np.clip(reflectance * 3, 0, 1) * 255).astype(np.uint16) * 257
    with open_picture([write("S2_eight.tif", eight, descriptions=names, **UTM)]) as picture:
        assert picture.scale.quantity == "digital-number"


@pytest.mark.parametrize("count", [1, 3])
def test_16_bit_grey_values_are_said_to_be_no_reflectance(write, random, count):
    values = np.sqrt(random.gamma(40.0, 1.0, (count, 90, 100)))
    path = write("a.tif", spread(values, 1, 99), photometric="MINISBLACK", **UTM)
    with open_picture([path], sensor="panchromatic" if count == 1 else None) as picture:
        assert picture.scale.quantity == "digital-number"
        assert said(picture, "grey values, not reflectance")


@pytest.mark.parametrize(
    ("dtype", "unit", "shift", "offset"),
    [("float32", 1.0, 0.1, -0.1), ("float32", 1.0, 0.0, 0.0), ("float32", 1e4, 0.1, -0.1), ("float64", 1e4, 0.0, 0.0),
     ("uint16", 1e4, 0.1, -0.1), ("int16", 1e4, 0.0, 0.0)],
)  # fmt: skip
def test_sentinel_2_offset_in_any_number_format(write, random, dtype, unit, shift, offset):
    reflectance = 0.004 + random.gamma(2.0, 0.05, (4, 80, 90))
    stored = ((reflectance + shift) * unit).astype(dtype)
    path = write("a.tif", stored, descriptions=("B2", "B3", "B4", "B8"), **UTM)
    with open_picture([path]) as picture:
        assert picture.scale.offset == offset
        assert picture.scale.quantity == "reflectance"
        assert_allclose(picture.read(), reflectance, atol=2e-4)
        assert said(picture, "offset") == (unit > 1.0 or shift > 0.0)


def test_scale_and_offset_of_float_reflectance_in_the_metadata(write, random):
    reflectance = random.gamma(2.0, 0.05, (4, 80, 90)).astype(np.float32)
    path = write(
        "a.tif", reflectance * 10_000 + 1000, descriptions=("B2", "B3", "B4", "B8"), scales=(1e-4,) * 4,
        offsets=(-0.1,) * 4, **UTM,
    )  # fmt: skip
    with open_picture([path]) as picture:
        assert picture.scale.basis == "metadata"
        assert_allclose(picture.read(), reflectance, atol=1e-5)


def test_stacks_of_sentinel_2_without_names(write, random):
    for count, last in ((4, "B08"), (5, "B11"), (10, "B12"), (12, "B12"), (13, "B12")):
        bands = random.integers(300, 4000, (count, 40, 50)).astype(np.uint16)
        with open_picture([write("S2A_stack.tif", bands, photometric="MINISBLACK", **UTM)]) as picture:
            assert picture.bands[-1] == last
            assert "B08" in picture.bands
            assert said(picture, "band order")


def test_bands_in_bgr_order_with_colour_interpretation(write, port):
    kinds = [ColorInterp.blue, ColorInterp.green, ColorInterp.red]
    path = write("bgr.tif", port[:, :, ::-1].transpose(2, 0, 1), colours=kinds, photometric="MINISBLACK", **UTM)
    with open_picture([path]) as picture:
        assert picture.bands == ("blue", "green", "red")
        assert_allclose(picture.read(list(RGB)), port.transpose(2, 0, 1) / 255.0, rtol=1e-6)


# Place ----------------------------------------------------------------------------------------------------------------


def test_a_rotated_georeference(write, port):
    along, across = 0.5 * np.cos(np.radians(30.0)), 0.5 * np.sin(np.radians(30.0))
    transform = Affine(along, across, 605000.0, across, -along, 4750000.0)
    path = write("r.tif", port.transpose(2, 0, 1), crs="EPSG:32652", transform=transform)
    with open_picture([path]) as picture:
        assert picture.gsd_m == pytest.approx((0.5, 0.5), rel=1e-3)
        # Columns run 30° north of east: north lies 30° to the right of the picture's up.
        convergence = picture.north_deg_at(100, 100) - 30.0
        assert abs(convergence) < 1.5
        lon, lat = picture.lonlat([7.0], [9.0])
        assert picture.pixel(float(lon[0]), float(lat[0])) == pytest.approx((7.0, 9.0), abs=1e-6)


def test_ground_points_alone(write, port):
    corners = [(0, 0), (320, 0), (0, 240), (320, 240), (160, 120)]
    points = [
        rasterio.control.GroundControlPoint(row=r, col=c, x=605000 + 0.8 * c, y=4750000 - 0.8 * r) for c, r in corners
    ]
    path = write("g.tif", port.transpose(2, 0, 1), gcps=points, crs="EPSG:32652")
    with open_picture([path]) as picture:
        assert picture.gsd_m == pytest.approx((0.8, 0.8), rel=1e-3)
        assert said(picture, "its own placed by 5 ground points", "residual")


def test_a_stated_pixel_size_does_not_overrule_a_georeference(write, port):
    path = write("g.tif", port.transpose(2, 0, 1), crs="EPSG:32652", transform=grid(605000.0, 4750000.0, 0.5))
    with open_picture([path], gsd_m=3.0) as picture:
        assert picture.gsd_m == pytest.approx((0.5, 0.5), rel=1e-3)
        assert said(picture, "3 m is not used")


# Planet ---------------------------------------------------------------------------------------------------------------

SCENE = "20240612_013701_45_2414_3B"
EIGHT = ("coastal", "blue", "green_i", "green", "yellow", "red", "rededge", "nir")


def planet(write, random, name, count=4):
    stored = random.integers(200, 6000, (count, 60, 70)).astype(np.uint16)
    return write(name, stored, photometric="MINISBLACK", nodata=0, **UTM), stored


@pytest.mark.parametrize(
    ("suffix", "clip"), [("AnalyticMS_SR_8b", "_clip"), ("AnalyticMS_SR", ""), ("AnalyticMS_SR", "_clip")]
)
def test_a_planet_order_is_one_picture_with_its_mask(write, random, tmp_path, suffix, clip):
    count = 8 if "8b" in suffix else 4
    _, stored = planet(write, random, f"o/{SCENE}_{suffix}{clip}.tif", count)
    mask = np.zeros((8, 60, 70), np.uint8)
    mask[0, :, :50] = 1  # clear
    write(f"o/{SCENE}_udm2{clip}.tif", mask, photometric="MINISBLACK", **UTM)
    write(f"o/{SCENE}_AnalyticMS_DN_udm{clip}.tif", mask[0], **UTM)
    (tmp_path / "o" / f"{SCENE}_metadata.json").write_text("{}")
    (group,) = pictures([tmp_path / "o"])
    for given in (group, [tmp_path / "o"]):
        with open_picture(given) as picture:
            assert picture.bands == (EIGHT if count == 8 else ("blue", "green", "red", "nir"))
            assert picture.quality_bands == MASK_BANDS["UDM2"]
            assert (picture.platform, picture.sensor) == ("planetscope", "multispectral")
            assert_allclose(picture.read(), stored * 1e-4, rtol=1e-5)
            assert_array_equal(picture.read(["UDM2"])[0], mask[0])
            assert picture.time is not None
            assert picture.scale.quantity == "reflectance"


def planet_xml(factors):
    bands = "".join(
        f"<ps:bandSpecificMetadata><ps:bandNumber>{i}</ps:bandNumber>"
        f"<ps:radiometricScaleFactor>0.01</ps:radiometricScaleFactor>"
        f"<ps:reflectanceCoefficient>{f}</ps:reflectanceCoefficient></ps:bandSpecificMetadata>"
        for i, f in enumerate(factors, 1)
    )
    return f'<ps:EarthObservation xmlns:ps="http://schemas.planet.com/ps/v1">{bands}</ps:EarthObservation>'


@pytest.mark.parametrize("clip", ["", "_clip"])
def test_planet_radiance_becomes_reflectance_by_its_metadata(write, random, tmp_path, clip):
    image, stored = planet(write, random, f"{SCENE}_AnalyticMS{clip}.tif")
    with open_picture([image]) as picture:
        assert picture.scale.quantity == "digital-number"
        assert said(picture, "radiance by its name, not reflectance")
    factors = np.array([2.1e-5, 2.2e-5, 2.5e-5, 3.8e-5])
    beside = tmp_path / f"{SCENE}_AnalyticMS_metadata{clip}.xml"
    beside.write_text(planet_xml(factors))
    with open_picture([image]) as picture:
        assert picture.scale.quantity == "reflectance"
        assert_allclose(picture.read(), stored * factors[:, None, None], rtol=1e-5)
        assert said(picture, "reflectanceCoefficient")
    for text, words in (
        (planet_xml(factors[:3]), "no reflectanceCoefficient for band 4"),
        (planet_xml(-factors), "no reflectanceCoefficient for band 1"),
        ("<a", "not whole XML"),
    ):
        beside.write_text(text)
        refused([image], words)


def test_a_planet_visual_product(write, random, port):
    alpha = np.full(port.shape[:2], 255, np.uint8)
    alpha[:50] = 0
    kinds = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
    path = write(f"{SCENE}_Visual.tif", np.concatenate([port.transpose(2, 0, 1), alpha[None]]), colours=kinds, **UTM)
    with open_picture([path]) as picture:
        assert (picture.bands, picture.sensor) == (RGB, "rgb")
        assert_array_equal(picture.valid(), alpha > 0)


# Bad files ------------------------------------------------------------------------------------------------------------


def test_a_picture_of_nothing_is_not_searched_for_ever(tmp_path):
    path = tmp_path / "vast.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=1_000_000, height=1_000_000, count=1, dtype="uint8", tiled=True,
        blockxsize=8192, blockysize=8192, compress="deflate", sparse_ok=True, bigtiff="yes", **UTM,
    ):  # fmt: skip
        pass
    assert path.stat().st_size < 1_000_000
    refused([path], "claims 1000000 × 1000000 pixels .1000 GB. and holds next to none")


@pytest.mark.parametrize("suffix", ["png", "jpg", "jp2", "tif"])
def test_truncated_pictures_of_every_format(tmp_path, write, port, suffix, capfd):
    path = tmp_path / f"a.{suffix}"
    if suffix in {"jp2", "tif"}:
        options = (
            {"driver": "JP2OpenJPEG", "QUALITY": "100", "REVERSIBLE": "YES"}
            if suffix == "jp2"
            else {"compress": "deflate"}
        )
        write(path.name, port.transpose(2, 0, 1), **options, **UTM)
    else:
        cv2.imwrite(str(path), port)
    whole = path.read_bytes()
    for part in (0.02, 0.5, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * part)])
        refused([path], "cannot be (opened|read)")
    assert capfd.readouterr().err == ""


# The command ----------------------------------------------------------------------------------------------------------


def detect(*words):
    return subprocess.run([sys.executable, "-m", "offing", "detect", *map(str, words)], capture_output=True, text=True)


def test_detect_says_what_it_did_to_a_plain_picture(tmp_path, port):
    path = write_rotated_jpeg(tmp_path / "photo.jpg", with_overlays(port), 8)
    done = detect(path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["crs"] is None
    assert "rgb, 240 × 320 pixels" in done.stderr
    assert "EXIF orientation 8" in done.stderr
    assert "--gsd METRES" in done.stderr
    for feature in json.loads(done.stdout)["features"]:
        assert feature["properties"]["length_m"] is None


@pytest.mark.parametrize("gsd", [None, 0.5])
def test_text_and_bars_on_empty_water_are_no_ships(tmp_path, random, gsd):
    sea = (np.array((30, 52, 66)) + random.normal(0.0, 4.0, (480, 640, 3))).clip(1, 255).astype(np.uint8)
    with open_picture([write_png(tmp_path / "shot.png", with_overlays(sea))], gsd_m=gsd) as picture:
        found = find_vessels(picture, workers=1)
    assert [(round(d.box.col), round(d.box.row), d.score.value) for d in found.detections] == []


def test_detect_refuses_in_one_line(tmp_path, port):
    done = detect(write_png(tmp_path / "mask.png", port[:, :, 0] // 128, depth=1))
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = [text for text in done.stderr.splitlines() if text.startswith("error: ")]
    assert "mask.png" in line
    assert "Traceback" not in done.stderr
    assert detect(tmp_path / "mask.png", "--gsd", "0").returncode == 1


def test_window_of_a_turned_picture(tmp_path, port):
    path = write_rotated_jpeg(tmp_path / "photo.jpg", port, 7)
    with open_picture([path]) as picture:
        whole = picture.read(["green"])[0]
        part = picture.read(["green"], Box(col0=5, row0=300, col1=30, row1=320))[0]
        assert_array_equal(part, whole[300:320, 5:30])
