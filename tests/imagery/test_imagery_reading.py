"""Pictures read as physical values, compared with what rasterio reads from the same files."""

import threading
import warnings
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
import rasterio
from numpy.testing import assert_allclose, assert_array_equal
from picture_fixtures import UTM, grid
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning

from offing.errors import NoGeoreferenceError, PictureError
from offing.imagery.model import Box
from offing.imagery.picture import READ_BYTES_MAX
from offing.imagery.reading import open_picture

S2 = ("B02", "B03", "B04", "B08")


def raw(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            return dataset.read()


# Radar ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "dtype", "quantity"),
    [
        (lambda power: 10 * np.log10(power), np.float32, "sigma0-db"),
        (lambda power: power, np.float32, "sigma0-linear"),
        (lambda power: 1000 * np.sqrt(power), np.uint16, "amplitude"),
        (lambda power: 4000 * np.sqrt(power), np.float32, "amplitude"),
    ],
)
def test_radar_comes_as_linear_power_however_it_is_stored(write, sea, stored, dtype, quantity):
    path = write("S1A_IW_GRDH_1SSV_20240612T213901.tif", stored(sea).astype(dtype), **UTM)
    with open_picture([path]) as picture:
        values = picture.read()
        assert picture.sensor == "sar"
        assert picture.platform == "sentinel-1"
        assert picture.scale.quantity == quantity
        assert "inferred" in picture.scale.basis
    factor = np.median(values) / np.median(sea)
    assert_allclose(values[0], sea * factor, rtol=0.05 if dtype == np.uint16 else 1e-4)


def test_power_is_exact_for_db(write):
    decibels = np.linspace(-35.0, 10.0, 40 * 50, dtype=np.float32).reshape(40, 50)
    with open_picture([write("x_VV_dB.tif", decibels, **UTM)]) as picture:
        assert picture.bands == ("VV",)
        assert_allclose(picture.read()[0], 10.0 ** (decibels.astype(np.float64) / 10.0), rtol=3e-6)


def test_scaled_integers_are_unscaled_before_they_are_judged(write, sea):
    numbers = np.round(1000.0 * np.log10(sea)).astype(np.int16)  # hundredths of dB
    with open_picture([write("s1_VH.tif", numbers, scales=(0.01,), **UTM)]) as picture:
        assert picture.scale.quantity == "sigma0-db"
        assert_allclose(picture.read()[0], sea, rtol=2e-3)


@pytest.mark.parametrize(
    ("descriptions", "bands", "first"),
    [
        (("Sigma0_VV_db", "Sigma0_VH_db"), ("VV", "VH"), "VV"),
        (("VH", "VV"), ("VV", "VH"), "VH"),
        (("HH", "HV"), ("HH", "HV"), "HH"),
    ],
)
def test_polarisations_by_description(write, sea, descriptions, bands, first):
    numbers = np.stack([10 * np.log10(sea), 10 * np.log10(sea) - 7])
    with open_picture([write("a.tif", numbers, descriptions=descriptions, **UTM)]) as picture:
        assert picture.sensor == "sar"
        assert picture.bands == bands
        assert_allclose(picture.read([first])[0], sea, rtol=1e-4)


def test_unnamed_bands_of_a_dual_product_are_told_apart_by_brightness(write, sea):
    name = "S1A_IW_GRDH_1SDV_20150823T221233_20150823T221258_007396_00A2CA_54D0/chip.tif"
    with open_picture([write(name, np.stack([sea / 6, sea]))]) as picture:
        assert picture.bands == ("VV", "VH")
        assert_array_equal(picture.read(["VV"])[0], sea)
        assert picture.time == datetime(2015, 8, 23, 22, 12, 33, tzinfo=UTC)
        assert picture.time_basis == "folder name"
        assert any("brighter" in note for note in picture.notes)


def test_a_grey_jpeg_with_speckle_is_radar_and_without_is_panchromatic(tmp_path, random):
    speckled = np.clip(np.sqrt(random.gamma(3.0, 1 / 3.0, (200, 260))) * 70, 0, 255).astype(np.uint8)
    calm = np.full((200, 260), 60.0) + random.normal(0, 1.0, (200, 260))
    calm[60:100, 50:200] = 180
    for name, grey, sensor in (("a.jpg", speckled, "sar"), ("b.jpg", calm.astype(np.uint8), "panchromatic")):
        cv2.imwrite(str(tmp_path / name), np.dstack([grey] * 3))
        with open_picture([tmp_path / name]) as picture:
            assert picture.sensor == sensor
            assert len(picture.bands) == 1
            assert any("speckle" in note for note in picture.notes)
            assert picture.gsd_m is None
            assert picture.read().shape == (1, 200, 260)


def test_coloured_marks_do_not_make_a_grey_picture_colour(tmp_path, random):
    speckled = np.clip(np.sqrt(random.gamma(3.0, 1 / 3.0, (200, 260))) * 70, 0, 255).astype(np.uint8)
    grey = np.dstack([speckled] * 3)
    cv2.rectangle(grey, (50, 50), (120, 90), (0, 0, 255), 2)
    dark = random.integers(0, 6, (200, 260, 3)).astype(np.uint8)
    dark[:90] = random.normal((40, 70, 110), 8, (90, 260, 3)).clip(0, 255)
    for picture, sensor in ((grey, "sar"), (dark, "rgb")):
        cv2.imwrite(str(tmp_path / "a.png"), picture)
        with open_picture([tmp_path / "a.png"]) as opened:
            assert opened.sensor == sensor
            assert any("marks in colour" in note for note in opened.notes) == (sensor == "sar")


def test_a_stated_sensor_wins(tmp_path, random):
    grey = np.full((64, 64), 60, np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), grey)
    with open_picture([tmp_path / "a.png"], sensor="sar") as picture:
        assert picture.sensor == "sar"
        assert_allclose(picture.read(), (60 / 255) ** 2, rtol=1e-6)


# Optical --------------------------------------------------------------------------------------------------------------


def bands_of(random, dark=300, rows=60, cols=80):
    return {b: (dark + random.gamma(2.0, 400.0, (rows, cols))).astype(np.uint16) for b in S2}


@pytest.mark.parametrize(("dark", "offset"), [(20, 0.0), (1010, -0.1)])
def test_sentinel_2_band_files_and_their_offset(write, random, tmp_path, dark, offset):
    stored = bands_of(random, dark)
    files = [write(f"p/2023-04-08_S2_L2A_{b}.tif", stored[b], **UTM) for b in S2]
    for paths in (files, [tmp_path / "p"]):
        with open_picture(paths) as picture:
            assert picture.sensor == "multispectral"
            assert picture.platform == "sentinel-2"
            assert picture.bands == S2
            assert picture.name == str(tmp_path / "p")
            assert picture.scale.offset == offset
            assert "inferred" in picture.scale.basis
            assert (picture.time, str(picture.date_hint)) == (None, "2023-04-08")
            for band in S2:
                assert_allclose(picture.read([band])[0], stored[band] * 1e-4 + offset, atol=1e-6)


def test_zero_is_dark_water_not_nodata_unless_it_fills_a_corner(write, random):
    stored = bands_of(random, 0)
    stored["B08"][10:20, 10:20] = 0
    files = [write(f"x_{b}.tif", stored[b], **UTM) for b in S2]
    with open_picture(files) as picture:
        assert picture.valid().all()
    for band in S2:
        stored[band][:16, :40] = 0
    files = [write(f"y_{b}.tif", stored[b], **UTM) for b in S2]
    with open_picture(files) as picture:
        hidden = ~picture.valid()
        assert hidden[:16, :40].all()
        assert not hidden[20:].any()
        assert_array_equal(np.isnan(picture.read(["B08"])[0]), hidden)
        assert any("nodata" in note for note in picture.notes)


def test_sentinel_hub_16_bit_export(write, random):
    reflectance = np.clip(random.gamma(2.0, 0.15, (4, 60, 80)), 0.001, 1.0)
    path = write("S2_2021-01-05.tif", (reflectance * 65535).astype(np.uint16), descriptions=S2, **UTM)
    with open_picture([path]) as picture:
        assert_allclose(picture.read(), reflectance, atol=2e-5)


def test_scale_and_offset_of_the_metadata_are_used_exactly(write, random):
    stored = np.stack(list(bands_of(random, 1000).values()))
    path = write("S2A.tif", stored, descriptions=S2, scales=(1e-4,) * 4, offsets=(-0.1,) * 4, **UTM)
    with open_picture([path]) as picture:
        assert picture.scale.basis == "metadata"
        assert picture.scale.quantity == "reflectance"
        assert_allclose(picture.read(), stored * 1e-4 - 0.1, atol=1e-6)


def test_a_missing_blue_band_is_no_error(write, random):
    files = [
        write(f"d/2023-07-25_S2_L2A_{b}.tif", v, **UTM)
        for b, v in zip(("B03", "B04", "B05", "B08"), bands_of(random).values(), strict=True)
    ]
    with open_picture([files[0].parent]) as picture:
        assert picture.bands == ("B03", "B04", "B05", "B08")
        with pytest.raises(PictureError, match="has no band B02, only B03"):
            picture.read(["B02"])


def test_a_20_m_band_is_brought_onto_the_10_m_grid_without_seams(write, random):
    coarse_transform = grid(605000.0, 4750000.0, 20.0)
    row, col = np.mgrid[0:40, 0:50]
    plane = (1000 + 20 * row + 10 * col).astype(np.uint16)
    fine = [
        write(f"g/T52_20240612T013701_{b}_10m.tif", random.integers(300, 3000, (80, 100)).astype(np.uint16), **UTM)
        for b in S2
    ]
    write("g/T52_20240612T013701_B11_20m.tif", plane, crs=UTM["crs"], transform=coarse_transform)
    with open_picture([fine[0].parent]) as picture:
        assert picture.bands == (*S2, "B11")
        assert (picture.width, picture.height) == (100, 80)
        whole = picture.read(["B11"])[0]
        # A plane stays the same plane inside, at the places of the fine pixels.
        r, c = np.mgrid[0:80, 0:100]
        expected = (1000 + 20 * ((r + 0.5) / 2 - 0.5) + 10 * ((c + 0.5) / 2 - 0.5)) * 1e-4
        assert_allclose(whole[1:-1, 1:-1], expected[1:-1, 1:-1], atol=1e-6)
        for box in picture.blocks(33, 7):
            assert_array_equal(picture.read(["B11"], box)[0], whole[box.row0 : box.row1, box.col0 : box.col1])


def test_a_quality_band_stays_apart_and_is_never_mixed(write, random):
    for band in S2:
        write(f"q/T52_20240612T013701_{band}_10m.tif", random.integers(300, 3000, (80, 100)).astype(np.uint16), **UTM)
    classes = random.integers(1, 12, (40, 50)).astype(np.uint8)
    path = write(
        "q/T52_20240612T013701_SCL_20m.tif", classes, crs=UTM["crs"], transform=grid(605000.0, 4750000.0, 20.0)
    )
    with open_picture([path.parent]) as picture:
        assert picture.bands == S2
        assert picture.quality_bands == ("SCL",)
        assert_array_equal(picture.read(["SCL"])[0], np.repeat(np.repeat(classes, 2, 0), 2, 1))


def test_jpeg_2000_reads_as_rasterio_does(write, random):
    stored = random.integers(100, 4000, (70, 90)).astype(np.uint16)
    path = write("S2_B08.jp2", stored, driver="JP2OpenJPEG", QUALITY="100", REVERSIBLE="YES", **UTM)
    with open_picture([path]) as picture:
        assert picture.bands == ("B08",)
        assert_allclose(picture.read(), raw(path) * 1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("count", "dtype", "top", "sensor", "bands"),
    [
        (3, np.uint8, 255, "rgb", ("red", "green", "blue")),
        (3, np.uint16, 2000, "rgb", ("red", "green", "blue")),
        (4, np.uint16, 9000, "multispectral", ("red", "green", "blue", "nir")),
        (1, np.uint16, 2000, "panchromatic", ("pan",)),
    ],
)
def test_colour_and_panchromatic(write, count, dtype, top, sensor, bands):
    ramp = np.linspace(20, top, 100 * 90).reshape(100, 90)
    stored = np.stack([np.roll(ramp, 400 * i).reshape(100, 90) for i in range(count)]).astype(dtype)
    extra = {"photometric": "MINISBLACK"} if count == 4 else {}
    with open_picture([write("a.tif", stored, **UTM, **extra)]) as picture:
        assert picture.sensor == sensor
        assert picture.bands == bands
        values = picture.read()
        assert_allclose(values, stored * picture.scale.scale, rtol=1e-5)
        assert 0.0 <= values.min() <= values.max() <= 1.0
        assert picture.gsd_m[0] == pytest.approx(10.0, rel=1e-3)


def test_planet_band_order_by_its_name(write, random):
    stored = random.integers(100, 4000, (4, 50, 60)).astype(np.uint16)
    path = write("20240612_013701_45_2414_3B_AnalyticMS.tif", stored, photometric="MINISBLACK", **UTM)
    with open_picture([path]) as picture:
        assert picture.bands == ("blue", "green", "red", "nir")
        assert picture.time == datetime(2024, 6, 12, 1, 37, 1, tzinfo=UTC)
        assert picture.platform == "planetscope"
        assert any("band order" in note for note in picture.notes)


def test_a_palette_is_expanded(tmp_path, write):
    index = (np.arange(64 * 48) % 3).astype(np.uint8).reshape(64, 48)
    path = tmp_path / "p.tif"
    colours = {0: (0, 0, 0, 0), 1: (200, 10, 30, 255), 2: (0, 0, 255, 255)}
    with rasterio.open(
        path, "w", driver="GTiff", width=48, height=64, count=1, dtype="uint8", photometric="palette", **UTM
    ) as out:
        out.write(index, 1)
        out.write_colormap(1, {**dict.fromkeys(range(256), (0, 0, 0, 255)), **colours})
        out.colorinterp = [ColorInterp.palette]
    with open_picture([path]) as picture:
        assert picture.sensor == "rgb"
        values = picture.read(["green", "red"])
        assert_allclose(values[1][index == 1], 200 / 255, rtol=1e-6)
        assert_allclose(values[0][index == 1], 10 / 255, rtol=1e-6)


# No data --------------------------------------------------------------------------------------------------------------


def test_nodata_nan_and_infinity_are_nan(write, sea):
    stored = 10 * np.log10(sea)
    stored[3, 4], stored[5, 6], stored[7, 8], stored[9, 10] = np.nan, np.inf, -np.inf, 0.0
    with open_picture([write("S1_dB.tif", stored, nodata=0.0, **UTM)]) as picture:
        bad = np.zeros(sea.shape, bool)
        bad[[3, 5, 7, 9], [4, 6, 8, 10]] = True
        assert_array_equal(np.isnan(picture.read()[0]), bad)
        assert_array_equal(picture.valid(), ~bad)


def test_double_nodata_is_compared_before_rounding(write, sea):
    stored = sea.astype(np.float64)
    stored[:10] = -1.7976931348623157e308
    with open_picture([write("S1_VV.tif", stored, nodata=-1.7976931348623157e308, **UTM)]) as picture:
        assert np.isnan(picture.read()[0, :10]).all()
        assert np.isfinite(picture.read()[0, 10:]).all()


def test_alpha_and_internal_masks_hide(write, random):
    colours = random.integers(1, 255, (3, 50, 60)).astype(np.uint8)
    hidden = np.zeros((50, 60), bool)
    hidden[:20, :30] = True
    alpha = np.where(hidden, 0, 255).astype(np.uint8)
    kinds = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
    with_alpha = write("a.tif", np.concatenate([colours, alpha[None]]), colours=kinds, **UTM)
    with_mask = write("m.tif", colours, mask=~hidden, **UTM)
    for path in (with_alpha, with_mask):
        with open_picture([path]) as picture:
            assert picture.bands == ("red", "green", "blue")
            assert_array_equal(picture.valid(), ~hidden)
            assert np.isnan(picture.read()[:, hidden]).all()
            assert_allclose(picture.read()[:, ~hidden], colours[:, ~hidden] / 255, rtol=1e-6)


def test_declared_nodata_of_colours_needs_all_bands(write, random):
    colours = random.integers(1, 255, (3, 50, 60)).astype(np.uint8)
    colours[2, 5, 5] = 0
    colours[:, 8, 8] = 0
    with open_picture([write("a.tif", colours, nodata=0, **UTM)]) as picture:
        assert picture.valid().sum() == 50 * 60 - 1
        assert np.isfinite(picture.read(["red"])[0, 5, 5])
        assert np.isnan(picture.read(["red"])[0, 8, 8])


# Windows, blocks, threads ---------------------------------------------------------------------------------------------


def test_windows_equal_parts_of_the_whole(write, sea):
    with open_picture([write("S1_VV.tif", sea, tiled=True, blockxsize=64, blockysize=64, **UTM)]) as picture:
        whole = picture.read()
        covered = np.zeros((picture.height, picture.width), int)
        for box in picture.blocks(50, 8):
            assert box.width <= 50
            assert box.height <= 50
            covered[box.row0 : box.row1, box.col0 : box.col1] += 1
            assert_array_equal(picture.read(window=box), whole[:, box.row0 : box.row1, box.col0 : box.col1])
        assert covered.min() == 1
        with pytest.raises(PictureError, match="reaches beyond"):
            picture.read(window=Box(col0=0, row0=0, col1=picture.width + 1, row1=5))
        with pytest.raises(ValueError, match="overlap"):
            next(picture.blocks(10, 10))


def test_threads_read_the_same(write, sea):
    with open_picture(
        [write("S1_VV.tif", sea, tiled=True, blockxsize=64, blockysize=64, compress="deflate", **UTM)]
    ) as picture:
        whole, failures = picture.read(), []

        def work():
            for box in picture.blocks(48, 0):
                same = np.array_equal(picture.read(window=box), whole[:, box.row0 : box.row1, box.col0 : box.col1])
                failures.extend([] if same else [box])

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
    with pytest.raises(PictureError, match="closed"):
        picture.read()


def test_a_strip_a_million_pixels_wide_is_read_in_blocks(tmp_path):
    path = tmp_path / "S1_VV.tif"
    row = (np.arange(1_000_000) % 977 + 30).astype(np.uint16)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=1_000_000,
        height=64,
        count=1,
        dtype="uint16",
        compress="deflate",
        zlevel=1,
        **UTM,
    ) as out:
        for r in range(64):
            out.write(row[None, None] + np.uint16(r), window=((r, r + 1), (0, 1_000_000)))
    with open_picture([path]) as picture:
        for number, box in enumerate(picture.blocks(4096, 64)):
            values = picture.read(window=box)
            if number % 50 == 0:
                expected = row[box.col0 : box.col1][None] + np.arange(box.row0, box.row1)[:, None]
                assert_allclose(values[0], expected.astype(np.float64) ** 2, rtol=1e-6)
        assert box.col1 == 1_000_000


def test_a_whole_read_beyond_memory_is_refused(tmp_path):
    path = tmp_path / "S1_VV.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=60_000,
        height=60_000,
        count=1,
        dtype="uint8",
        tiled=True,
        sparse_ok=True,
        compress="deflate",
        **UTM,
    ) as out:
        out.write(np.full((1, 512, 512), 9, np.uint8), window=((0, 512), (0, 512)))
    with open_picture([path]) as picture:
        with pytest.raises(PictureError, match=r"14\.4 GB at once; read it block by block"):
            picture.read()
        assert picture.read(window=Box(col0=59_000, row0=59_000, col1=60_000, row1=60_000)).shape == (1, 1000, 1000)
    assert READ_BYTES_MAX == 2_000_000_000


# What it says of itself -----------------------------------------------------------------------------------------------


def test_unreferenced_pictures_say_so(tmp_path, random):
    cv2.imwrite(str(tmp_path / "2024-10-17.png"), random.integers(0, 255, (60, 80, 3)).astype(np.uint8))
    with open_picture(
        [tmp_path / "2024-10-17.png"], gsd_m=0.5, time=datetime(2024, 10, 17, 2, 0, tzinfo=UTC)
    ) as picture:
        assert picture.gsd_m == (0.5, 0.5)
        assert picture.metres_per_pixel_at(3, 3) == (0.5, 0.5)
        assert (picture.crs, picture.transform, picture.footprint) == (None, None, None)
        assert (picture.time_basis, picture.time.isoformat()) == ("stated", "2024-10-17T02:00:00+00:00")
        for ask in (lambda: picture.lonlat([0], [0]), lambda: picture.pixel(0, 0), lambda: picture.north_deg_at(0, 0)):
            with pytest.raises(NoGeoreferenceError, match="--gcp"):
                ask()


def test_a_jpeg_called_png_is_read_as_what_it_is(tmp_path, random):
    cv2.imwrite(str(tmp_path / "a.jpg"), random.integers(0, 255, (60, 80, 3)).astype(np.uint8))
    (tmp_path / "a.jpg").rename(tmp_path / "a.png")
    with open_picture([tmp_path / "a.png"]) as picture:
        assert picture.sensor == "rgb"


@pytest.mark.parametrize(
    ("said", "simulated"), [("YES", True), ("true", True), ("maybe", True), ("no", False), (None, False)]
)
def test_simulated_unless_plainly_not(write, sea, said, simulated):
    tags = {} if said is None else {"OFFING_SIMULATED": said}
    with open_picture([write("S1_VV.tif", sea, tags=tags, **UTM)]) as picture:
        assert picture.simulated is simulated


def test_hostile_tags_do_no_harm(write, sea):
    tags = {
        "OFFING_BANDS": "\x1b[31mVV,../../x", "OFFING_SCALE": "nan", "OFFING_OFFSET": "x", "OFFING_QUANTITY": "money",
        "OFFING_TIME": "yesterday", "OFFING_GSD": "-3", "OFFING_PLATFORM": "p\x1b[2J" * 100, "OFFING_SENSOR": "eye",
    }  # fmt: skip
    with open_picture([write("S1_VV.tif", sea, tags=tags, **UTM)]) as picture:
        assert picture.bands == ("VV",)
        assert picture.time is None
        assert picture.platform.isprintable()
        assert len(picture.platform) <= 40
        assert_array_equal(picture.read()[0], sea)
