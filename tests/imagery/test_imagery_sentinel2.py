"""Sentinel-2 products as they are downloaded, compared with what rasterio reads from their files."""

import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
import rasterio
from numpy.testing import assert_allclose, assert_array_equal
from sentinel2_product import SIZES, band_file, make_product, metadata, numbers, packed, write_band

from offing.errors import PictureError
from offing.imagery.gathering import pictures
from offing.imagery.model import Box
from offing.imagery.reading import open_picture

TEN = ("B02", "B03", "B04", "B08")


def refused(path, words):
    with pytest.raises(PictureError, match=words) as caught, open_picture([path]) as picture:
        picture.read()
    assert caught.value.fix
    assert caught.value.where
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(("level", "quality"), [("L2A", ("SCL",)), ("L1C", ())])
def test_a_product_is_one_picture_of_reflectance(tmp_path, random, level, quality, zipped):
    root, stored = make_product(tmp_path, random, level)
    given = packed(root) if zipped else root
    with open_picture([given]) as picture:
        assert picture.bands == (*TEN, "B11")
        assert picture.quality_bands == quality
        assert (picture.sensor, picture.platform) == ("multispectral", "sentinel-2")
        assert picture.time == datetime(2024, 6, 12, 1, 41, 52, 386243, tzinfo=UTC)
        assert picture.time_basis == "metadata: SENSING_TIME"
        assert picture.scale.basis == "metadata"
        assert picture.scale.quantity == "reflectance"
        assert picture.crs == "EPSG:32652"
        assert picture.gsd_m == pytest.approx((10.0, 10.0), rel=1e-3)
        assert picture.name == str(given)
        for band in TEN:
            assert_allclose(picture.read([band])[0], (stored[band] - 1000.0) / 10_000.0, atol=1e-6)
        assert_allclose(picture.read(["B11"])[0].mean(), (stored["B11"].mean() - 1000) / 10_000, rtol=0.01)
        if quality:
            assert_array_equal(picture.read(["SCL"])[0], np.repeat(np.repeat(stored["SCL"], 2, 0), 2, 1))
        assert any(f"{level}, baseline 05.10" in note and "offset of -1000" in note for note in picture.notes)
        window = Box(col0=30, row0=50, col1=130, row1=90)
        assert_array_equal(picture.read(window=window), picture.read()[:, 50:90, 30:130])


def test_folder_and_archive_hold_the_same_picture(tmp_path, random):
    root, _ = make_product(tmp_path, random)
    with open_picture([root]) as unpacked, open_picture([packed(root)]) as archived:
        assert_array_equal(unpacked.read(), archived.read())
        assert archived.paths == (root.with_suffix(".zip"),)
        assert unpacked.notes == archived.notes


def test_products_before_the_offset(tmp_path, random):
    xml = metadata("L2A", baseline="02.14", offsets=None)
    root, stored = make_product(tmp_path, random, xml=xml)
    with open_picture([root]) as picture:
        assert_allclose(picture.read(["B03"])[0], stored["B03"] / 10_000.0, atol=1e-6)
        assert any("02.14" in note and "offset" not in note for note in picture.notes)


def test_the_metadata_rule_over_what_the_numbers_look_like(tmp_path, random):
    """Without its metadata the same files would be taken for a product without offset, by their dark pixels."""
    stored = {b: numbers(random, b) for b in SIZES}
    for band in TEN:
        stored[band][:40] = random.integers(300, 900, (40, 160))  # below zero after the offset, as over deep water
    root, _ = make_product(tmp_path, random, stored=stored)
    with open_picture([root]) as picture:
        assert float(picture.read(["B08"]).min()) < -0.005
    (root / "MTD_MSIL2A.xml").rename(root / "lost.xml")
    with open_picture([root / "GRANULE"]) as picture:
        assert float(picture.read(["B08"]).min()) > 0.0
        assert any("no offset is in" in note for note in picture.notes)


@pytest.mark.parametrize("name", ["MTD_MSIL2A.xml", "manifest.safe"])
def test_a_product_is_named_by_its_metadata_too(tmp_path, random, name):
    root, _ = make_product(tmp_path, random)
    with open_picture([root / name]) as picture:
        assert picture.bands == (*TEN, "B11")


def test_a_product_in_a_folder_of_another_name(tmp_path, random):
    root, stored = make_product(tmp_path, random)
    root = root.rename(tmp_path / "dunai")
    with open_picture([root]) as picture:
        assert picture.platform == "sentinel-2"
        assert_allclose(picture.read(["B02"])[0], (stored["B02"] - 1000.0) / 10_000.0, atol=1e-6)


def test_band_files_of_a_product_are_scaled_by_its_metadata(tmp_path, random):
    root, stored = make_product(tmp_path, random)
    files = [root / band_file("L2A", b, 10) for b in ("B04", "B08")]
    for given in (files, [files[0].parent]):
        with open_picture(given) as picture:
            assert picture.bands == (("B04", "B08") if given == files else TEN)
            assert picture.scale.offset == pytest.approx(-0.1)
            assert_allclose(picture.read(["B08"])[0], (stored["B08"] - 1000.0) / 10_000.0, atol=1e-6)
            assert picture.time is not None


def test_no_data_is_where_all_bands_are_zero(tmp_path, random):
    stored = {b: numbers(random, b) for b in SIZES}
    for band in TEN:
        stored[band][:, :50] = 0
    stored["B02"][100, 100] = 0
    root, _ = make_product(tmp_path, random, stored=stored)
    with open_picture([root]) as picture:
        valid = picture.valid()
        assert not valid[:, :50].any()
        assert valid[:, 50:].all()


def test_products_among_pictures(tmp_path, random):
    first, _ = make_product(tmp_path / "all", random, "L2A")
    second, _ = make_product(tmp_path / "all", random, "L1C")
    archive = packed(second)
    packed(first)  # the same product twice: unpacked and as archive
    for file in sorted(second.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    second.rmdir()
    assert pictures([tmp_path / "all"]) == ((archive,), (first,))


# Products that are not whole ------------------------------------------------------------------------------------------


def test_missing_bands_are_said(tmp_path, random):
    root, _ = make_product(tmp_path, random)
    for band in ("B11", "SCL"):
        (root / band_file("L2A", band, 20)).unlink()
    with open_picture([root]) as picture:
        assert picture.bands == TEN
        assert any("lacks B11, SCL" in note for note in picture.notes)
    for band in TEN:
        (root / band_file("L2A", band, 10)).unlink()
    with open_picture([root]) as picture:
        assert picture.gsd_m == pytest.approx((20.0, 20.0), rel=1e-3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda xml: xml.replace("-1000", "-99000"), "impossible offset"),
        (lambda xml: xml.replace("-1000", "nan"), "no number"),
        (lambda xml: xml.replace('band_id="7"', 'band_id="70"'), "impossible offset"),
        (lambda xml: xml.replace('<BOA_ADD_OFFSET band_id="7">-1000</BOA_ADD_OFFSET>', ""), "no offset for B08"),
        (lambda xml: xml.replace(">10000<", ">0<"), "impossible BOA_QUANTIFICATION_VALUE"),
        (lambda xml: xml.replace("BOA_QUANTIFICATION_VALUE", "SOMETHING"), "lacks <.//BOA_QUANTIFICATION_VALUE>"),
        (lambda xml: xml[:300], "not whole XML"),
        (lambda xml: metadata("L2A", offsets=None), "no offset, which baseline 05.10 has"),
        (lambda xml: '<!DOCTYPE a [<!ENTITY b "c">]>' + xml.partition("?>")[2], "document types"),
    ],
)
def test_metadata_that_cannot_be_used(tmp_path, random, change, words):
    root, _ = make_product(tmp_path, random, xml=change(metadata("L2A")))
    refused(root, words)


def test_several_tiles_none_and_no_metadata(tmp_path, random):
    root, _ = make_product(tmp_path, random)
    archive = packed(root)
    (root / "MTD_MSIL2A.xml").unlink()
    refused(root, "lacks its metadata .MTD_MSIL1C.xml or MTD_MSIL2A.xml.; download")
    with open_picture([archive]) as picture:
        assert picture.width == 160
    other, _ = make_product(tmp_path / "two", random)
    granule = next((other / "GRANULE").iterdir())
    copy = granule.with_name("L2A_T52TGN_A046871_20240612T013701")
    write_band(copy / "IMG_DATA/R10m/T52TGN_20240612T013701_B02_10m.jp2", numbers(random, "B02"), 10)
    refused(other, "holds 2 tiles")
    empty, _ = make_product(tmp_path / "none", random)
    for file in empty.rglob("*.jp2"):
        file.unlink()
    refused(empty, "holds no bands")


def test_damaged_bands_and_archives(tmp_path, random, capfd):
    root, _ = make_product(tmp_path, random)
    archive = packed(root)
    content = archive.read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    refused(archive, "cut short or damaged")
    band = root / band_file("L2A", "B03", 10)
    whole = band.read_bytes()
    for part in (0.01, 0.3, 0.9, 0.99):
        band.write_bytes(whole[: int(len(whole) * part)])
        refused(root, "cannot be (opened|read)")
    assert capfd.readouterr().err == ""
    write_band(band, numbers(random, "SCL"), 10)
    refused(root, "is no B03 of a product: 1 bands of uint8")


def test_a_product_is_no_radar_picture(tmp_path, random):
    root, _ = make_product(tmp_path, random)
    with pytest.raises(PictureError, match="not radar backscatter"):
        open_picture([root], sensor="sar")


def test_detect_takes_a_product(tmp_path, random):
    stored = {b: random.normal(1400, 20, (SIZES[b] and 1600 // SIZES[b],) * 2).astype(np.uint16) for b in SIZES}
    stored["SCL"] = np.full((80, 80), 6, np.uint8)
    root, _ = make_product(tmp_path, random, stored=stored)
    done = subprocess.run(
        [sys.executable, "-m", "offing", "detect", str(packed(root))], capture_output=True, text=True, check=True
    )
    assert "multispectral, 160 × 160 pixels" in done.stderr
    assert "offset of -1000" in done.stderr


def test_rasterio_reads_what_is_written_here(tmp_path, random):
    """The products made here are lossless, so that the comparisons above compare the right thing."""
    root, stored = make_product(tmp_path, random)
    with rasterio.open(root / band_file("L2A", "B04", 10)) as band:
        assert_array_equal(band.read(1), stored["B04"])
