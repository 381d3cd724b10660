"""Every bad file gets one clear line that says what, where and what to do; nothing else is printed."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import rasterio
from picture_fixtures import UTM, grid

from offing.errors import PictureError
from offing.imagery.reading import open_picture


def refused(path, words):
    with pytest.raises(PictureError, match=words) as caught:
        open_picture([path] if not isinstance(path, list) else path).read()
    error = caught.value
    assert error.fix
    assert error.where
    assert "\n" not in str(error)
    assert "TIFFRead" not in str(error)
    assert "rasterio" not in str(error)


@pytest.fixture
def whole(write, sea):
    return write("ok_VV.tif", sea, compress="deflate", tiled=True, blockxsize=64, blockysize=64, **UTM)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"not a picture at all" * 20, "no picture format known"),
        (b"II*\x00\x08\x00\x00\x00", "cannot be opened as a TIFF"),
        (b"<VRTDataset rasterXSize='20'/>", "only points at other files"),
        (b"<html>404 not found</html>", "XML or HTML"),
        (b"PK\x03\x04rest of an archive", "ZIP"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
    ],
)
def test_files_that_are_no_pictures(tmp_path, content, words):
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    refused(path, words)


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.95])
def test_truncated_tiff(whole, part):
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * part)])
    refused(whole, "cannot be (opened|read)")


def test_corrupt_tiff(whole):
    content = bytearray(whole.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 3000] = b"\xff" * 3000
    whole.write_bytes(bytes(content))
    refused(whole, "cannot be (opened|read).*copy or download it again")


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_truncated_plain_pictures(tmp_path, random, suffix):
    path = tmp_path / f"a{suffix}"
    cv2.imwrite(str(path), random.integers(0, 255, (200, 300, 3)).astype(np.uint8))
    path.write_bytes(path.read_bytes()[:20_000])
    refused(path, "cannot be read")


def test_a_png_called_tif(tmp_path, random):
    cv2.imwrite(str(tmp_path / "a.png"), random.integers(0, 255, (60, 80)).astype(np.uint8))
    (tmp_path / "a.png").rename(tmp_path / "a.tif")
    refused(tmp_path / "a.tif", "is called .tif but is a PNG; .*rename")


def png_header(width, height, *, interlaced):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlaced)
    body = zlib.compress(b"\0" * (width + 1) * 20, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads its peak memory from /proc")
@pytest.mark.parametrize("interlaced", [0, 1])
def test_a_decompression_bomb_does_not_allocate(tmp_path, interlaced):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(100_000, 100_000, interlaced=interlaced))
    program = (
        "import resource, sys; from pathlib import Path; from offing.errors import PictureError\n"
        "from offing.imagery.reading import open_picture\n"
        "resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))\n"
        "try: open_picture([Path(sys.argv[1])])\n"
        "except PictureError as error: print(error)\n"
        # ru_maxrss would count what the test run itself held when it started this process.
        "status = Path('/proc/self/status').read_text()\n"
        "print(int(status.split('VmHWM:')[1].split()[0]) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    line, megabytes = done.stdout.splitlines()
    assert "claims 100000 × 100000 pixels" in line
    assert int(megabytes) < 300
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ({"crs": 'LOCAL_CS["yard",UNIT["metre",1]]', "transform": UTM["transform"]}, "not on the ground"),
        ({"crs": "EPSG:4978", "transform": UTM["transform"]}, "not on the ground"),
        ({"crs": "EPSG:4326", "transform": UTM["transform"]}, "lies off the Earth"),
        ({"crs": "EPSG:4326", "transform": grid(130.0, 95.0, 0.01)}, "lies off the Earth"),
        ({"crs": "EPSG:32652", "transform": grid(4e8, 4e8, 10)}, "lies off the Earth"),
        ({"crs": "+proj=eqc +R=1737400 +units=m", "transform": UTM["transform"]}, "not one of the Earth"),
    ],
)
def test_wrong_coordinate_systems(write, sea, profile, words):
    refused(write("a_VV.tif", sea, **profile), words)


@pytest.mark.parametrize(
    ("change", "profile"),
    [(lambda v: v * np.nan, {}), (lambda v: v + np.inf, {}), (lambda v: v * 0 - 9999, {"nodata": -9999.0})],
)
def test_nothing_valid(write, sea, change, profile):
    refused(write("a_VV.tif", change(sea), **profile, **UTM), "no valid pixel")


def test_one_valid_pixel_far_from_every_sample_is_found(write):
    values = np.full((2100, 2100), np.nan, np.float32)
    values[300:340, 900:940] = 0.02
    with open_picture([write("a_VV.tif", values, compress="deflate", **UTM)]) as picture:
        assert picture.valid().sum() == 1600


def test_complex_tiny_and_missing(write, sea, tmp_path):
    refused(write("c.tif", sea.astype(np.complex64), **UTM), "complex")
    refused(write("t.tif", sea[:9, :9], **UTM), "9 × 9 pixels, too small")
    refused(tmp_path / "none.tif", "no such file")


@pytest.mark.parametrize(
    "name", ["/vsicurl/http://example.org/a.tif", "/vsizip/a.zip/a.tif", "https://example.org/a.tif"]
)
def test_only_local_files(name):
    refused(name, "not a local file|no such file")


def test_a_block_that_is_the_whole_file(tmp_path):
    path = tmp_path / "b_VV.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=40_000,
        height=40_000,
        count=1,
        dtype="uint8",
        tiled=True,
        blockxsize=40_000,
        blockysize=40_000,
        compress="deflate",
        sparse_ok=True,
        **UTM,
    ):
        pass
    refused(path, "stored in blocks of 40000 × 40000")


def test_folders(write, sea, tmp_path):
    (tmp_path / "none").mkdir()
    refused(tmp_path / "none", "holds no GeoTIFF")
    for name in ("two/a.tif", "two/b.tif"):
        write(name, sea, **UTM)
    refused(tmp_path / "two", "holds 2 pictures that are not bands")
    for name in ("dates/2023-04-08_B02.tif", "dates/2023-04-08_B03.tif", "dates/2023-05-08_B02.tif"):
        write(name, sea, **UTM)
    refused(tmp_path / "dates", "both hold band B02")
    for name in ("mixed/2023-04-08_B02.tif", "mixed/2023-05-08_B03.tif"):
        write(name, sea, **UTM)
    refused(tmp_path / "mixed", "2 different times")


def test_bands_that_do_not_lie_on_each_other(write, sea):
    one = write("x_B02.tif", sea, **UTM)
    away = write("x_B03.tif", sea, crs=UTM["crs"], transform=grid(700000.0, 4750000.0, 10.0))
    other = write("x_B04.tif", sea, crs="EPSG:32653", transform=UTM["transform"])
    refused([one, away], "does not cover the area")
    refused([one, other], "another coordinate system")


def test_a_lone_quality_mask(write):
    refused(write("x_SCL.tif", np.full((60, 60), 4, np.uint8), **UTM), "only a quality mask")


def test_nothing_but_the_error_reaches_the_terminal(whole):
    content = bytearray(whole.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 3000] = b"\xff" * 3000
    whole.write_bytes(bytes(content))
    program = (
        "import sys; from pathlib import Path; from offing.errors import PictureError\n"
        "from offing.imagery.reading import open_picture\n"
        "try: open_picture([Path(sys.argv[1])])\n"
        "except PictureError as error: print('one line:', error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(whole)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


# Radar by mistake -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "count", "names"),
    [("uint8", 3, "red, green, blue"), ("float32", 3, "red, green, blue"), ("uint16", 4, "red, green, blue, nir")],
)
def test_colours_told_to_be_radar(write, random, dtype, count, names):
    path = write("a.tif", random.uniform(1, 250, (count, 60, 80)).astype(dtype), **UTM)
    with pytest.raises(PictureError, match=f"{count} bands that differ .{names}.*leave out --sensor"):
        open_picture([path], sensor="sar")


def test_sentinel_2_told_to_be_radar(write, random):
    bands = random.integers(100, 4000, (4, 60, 80)).astype(np.uint16)
    path = write("a.tif", bands, descriptions=("B02", "B03", "B04", "B08"), **UTM)
    with pytest.raises(PictureError, match=r"B02, B03, B04, B08.*not radar backscatter"):
        open_picture([path], sensor="sar")


def test_a_colour_composite_of_a_radar_is_no_radar_picture(write, random):
    path = write("S1A_composite.tif", random.uniform(0, 1, (3, 60, 80)).astype(np.float32), **UTM)
    refused(path, "3 bands that differ")


@pytest.mark.parametrize("quality", [60, 100])
def test_a_grey_radar_picture_stored_as_colour_is_one_band_and_says_so(tmp_path, random, quality):
    grey = np.clip(random.gamma(4.0, 15.0, (120, 160)), 0, 255).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "a.jpg"), np.dstack([grey] * 3), [cv2.IMWRITE_JPEG_QUALITY, quality])
    with open_picture([tmp_path / "a.jpg"], sensor="sar") as picture:
        assert picture.bands == ("band1",)
        assert any("one grey band" in note for note in picture.notes)


@pytest.mark.parametrize("third", ["angle", None, "VV/VH ratio in dB"])
def test_what_lies_beside_the_polarisations_is_left_out(write, sea, third):
    bands = np.stack([10 * np.log10(sea), 10 * np.log10(sea / 5), np.full_like(sea, 38.5)])
    path = write("export.tif", bands, descriptions=("VV", "VH", third), **UTM)
    with open_picture([path]) as picture:
        assert picture.sensor == "sar"
        assert picture.bands == ("VV", "VH")
        assert picture.scale.quantity == "sigma0-db"
        np.testing.assert_allclose(picture.read()[0], sea, rtol=1e-5)
        assert any("no polarisation" in note for note in picture.notes)


@pytest.mark.parametrize("number", [np.inf, -np.inf])
def test_infinities_in_one_band_are_no_data(write, sea, number):
    stored = sea.copy()
    stored[20:30, 40:60] = number
    with open_picture([write("a_VV.tif", stored, **UTM)]) as picture:
        values = picture.read()[0]
        np.testing.assert_array_equal(np.isnan(values), stored == number)
        np.testing.assert_array_equal(picture.valid(), stored != number)
        np.testing.assert_array_equal(values[:20], sea[:20])
        assert picture.scale.quantity == "sigma0-linear"


def test_one_band_without_data_is_not_hidden_by_the_other(write, sea):
    """A dual product whose second polarisation is empty holds no pixel where all is known; it is told, not searched."""
    bands = np.stack([sea, np.full_like(sea, np.nan)])
    with open_picture([write("a.tif", bands, descriptions=("VV", "VH"), **UTM)]) as picture:
        assert np.isfinite(picture.read(["VV"])).all()
        assert not picture.valid().any()
