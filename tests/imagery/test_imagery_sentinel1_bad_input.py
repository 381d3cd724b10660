"""Products that are not whole, not of this kind, or built to do harm: one clear line each, and nothing is unpacked."""

import re
import shutil
import struct
import zipfile

import numpy as np
import pytest
from safe_product import Safe, zipped

from offing.errors import PictureError
from offing.imagery.gathering import pictures
from offing.imagery.markup import parse
from offing.imagery.reading import open_picture
from offing.vessels.detection import detect


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A product's folder, to be copied."""
    return Safe().write(tmp_path_factory.mktemp("safe"))


@pytest.fixture
def product(whole, tmp_path):
    """A product's folder, to be spoilt."""
    return shutil.copytree(whole, tmp_path / whole.name)


def refused(path, words, **told):
    with pytest.raises(PictureError, match=words) as caught, open_picture([path], **told) as picture:
        picture.read()
    error = caught.value
    assert error.fix
    assert error.where
    assert "\n" not in str(error)


def one(root, pattern):
    return sorted(root.glob(pattern))[0]


def edited(path, pattern, text):
    content = path.read_text()
    changed = re.sub(pattern, text, content, count=1)
    assert changed != content
    path.write_text(changed)


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("manifest.safe", "lacks its manifest.safe"),
        ("annotation/calibration/calibration-*-vv-*", "lacks the calibration of VV .annotation/calibration/"),
        ("annotation/calibration/*", "lacks the calibration of V"),
        ("annotation/*.xml", "holds no annotation"),
        ("measurement/*", "holds no measurement files"),
        ("measurement/*-vh-*", "lacks the measurement of VH"),
    ],
)
def test_missing_parts(product, tmp_path, gone, words):
    for path in product.glob(gone):
        path.unlink()
    refused(product, words)
    refused(zipped(product, tmp_path / "a.zip"), words)


def test_an_empty_safe_folder(tmp_path):
    root = tmp_path / Safe().name
    root.mkdir()
    refused(root, "lacks its manifest.safe")


def test_single_look_complex_products(tmp_path):
    refused(Safe(kind="SLC").write(tmp_path), "SLC product: complex values.*take the GRD product")
    renamed = (tmp_path / Safe(kind="SLC").name).rename(tmp_path / "renamed")
    refused(renamed, "SLC product: complex values.*take the GRD product")


def test_complex_numbers_in_a_grd(product):
    path = one(product, "measurement/*")
    path.unlink()
    Safe()._measurement(path, np.ones((240, 330), np.complex64))
    refused(product, "complex")


def test_truncated_measurement(product):
    path = one(product, "measurement/*-vv-*")
    path.write_bytes(path.read_bytes()[:100_000])
    refused(product, "cannot be (opened|read).*copy or download it again")


def test_a_measurement_of_another_size(product):
    path = one(product, "measurement/*-vv-*")
    path.unlink()
    Safe(lines=100, samples=100)._measurement(path, np.ones((100, 100), np.uint16))
    refused(product, "is 100 × 100 pixels .* not the 330 × 240")


@pytest.mark.parametrize(
    ("file", "pattern", "text", "words"),
    [
        ("annotation/*-vv-*", "<numberOfLines>240<", "<numberOfLines>9999999<", "claims 330 × 9999999"),
        ("annotation/*-vv-*", "<polarisation>VV<", "<polarisation>XX<", "names a polarisation XX"),
        ("annotation/*-vv-*", "<polarisation>VV<", "<polarisation>VH<", "not of one acquisition"),
        ("annotation/*-vv-*", "<pass>[A-Za-z]+<", "<pass>sideways<", "names a pass sideways"),
        ("annotation/*-vv-*", "<latitude>[^<]+<", "<latitude>95<", "lie nowhere"),
        ("annotation/*-vv-*", "<latitude>[^<]+<", "<latitude>nan<", "no number in <latitude>"),
        ("annotation/*-vv-*", "<pixel>0<", "<pixel>3<", "grid with holes"),
        ("annotation/*-vv-*", "<slantRangeTime>[^<]+(?=</slantRangeTime>\\s*<line>)", "<slantRangeTime>9", "nowhere"),
        ("annotation/*-vv-*", "(?s)<orbitList.*</orbitList>", "", "lacks <orbitList>"),
        ("annotation/*-vv-*", "<productFirstLineUtcTime>[^<]+", "<productFirstLineUtcTime>today", "holds no time"),
        ("annotation/*-vv-*", "<radarFrequency>[^<]+", "<radarFrequency>-1", "says -1 in <radarFrequency>"),
        ("annotation/calibration/cal*-vv-*", "<sigmaNought[^>]*>[^<]+", "<sigmaNought>1 2", "do not fit"),
        ("annotation/calibration/cal*-vv-*", "<sigmaNought([^>]*)>6", "<sigmaNought\\1>-6", "not positive"),
        ("annotation/calibration/cal*-vv-*", "<sigmaNought([^>]*)>6", "<sigmaNought\\1>inf 6", "than numbers"),
        ("annotation/calibration/cal*-vv-*", "(?s)<calibrationVectorList.*List>", "", "holds no vectors"),
        ("annotation/calibration/noise*-vv-*", "<noiseRangeLut([^>]*)>", "<noiseRangeLut\\1>-", "negative noise"),
        ("annotation/calibration/noise*-vv-*", "<noiseAzimuthLut([^>]*)>", "<noiseAzimuthLut\\1>1 ", "do not fit"),
        ("annotation/*-vv-*", "</product>", "", "not whole XML"),
        ("manifest.safe", "<xfdu:XFDU", "<!DOCTYPE x [<!ENTITY a 'b'>]><xfdu:XFDU", "document types or entities"),
    ],
)
def test_files_that_say_something_impossible(product, file, pattern, text, words):
    edited(one(product, file), pattern, text)
    refused(product, words)


def test_stated_things_that_contradict_the_product(product):
    refused(product, "is a radar product; leave out --sensor", sensor="rgb")


# XML ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "document types or entities"),
        (b'<!DOCTYPE a [<!ENTITY x "1"><!ENTITY y "&x;&x;">]><a>&y;</a>', "document types or entities"),
        (b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "document types or entities"),
        (b"<a>" * 100 + b"</a>" * 100, "built like no product"),
        (b"<a>\xff\xfe</a>", "not whole XML"),
        (b'<?xml version="1.0" encoding="x-none"?><a/>', "not (whole )?XML"),
        (b"", "not whole XML"),
    ],
)
def test_hostile_xml(content, words):
    refused_xml(content, words)


def test_xml_of_more_elements_than_any_product_has(monkeypatch):
    monkeypatch.setattr("offing.imagery.markup._ELEMENTS_MAX", 1000)
    refused_xml(b"<a>" + b"<b/>" * 2000 + b"</a>", "built like no product")


def refused_xml(content, words):
    with pytest.raises(PictureError, match=words):
        parse(content, "a.xml")


def test_an_xml_file_as_large_as_none_is(product, monkeypatch):
    monkeypatch.setattr("offing.imagery.safe.XML_BYTES_MAX", 1000)
    refused(product, "far larger than such a file")


# Archives -------------------------------------------------------------------------------------------------------------


def rezipped(source, path, change):
    """The archive with its entries passed through ``change``: (name, content) → list of the same."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            for name, content in change(info.filename, old.read(info)):
                new.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/evil.xml", "a/../../evil.xml", "a\\b.xml", "a//b.xml", "\x1b[2J"]
)
def test_names_that_lead_out_of_the_archive(product, tmp_path, name):
    archive = zipped(product, tmp_path / "a.zip")

    def change(inside, content):
        return [(inside, content), (name, b"x")] if inside.endswith("manifest.safe") else [(inside, content)]

    before = sorted(tmp_path.rglob("*"))
    refused(rezipped(archive, tmp_path / "b.zip", change), "lead out of it")
    assert set(tmp_path.rglob("*")) == {*before, tmp_path / "b.zip"}


def test_links_and_repeated_names(product, tmp_path):
    archive = zipped(product, tmp_path / "a.zip")
    link = zipfile.ZipInfo("link.xml")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(link, "/etc/passwd")
    refused(archive, "lead out of it")
    again = zipped(product, tmp_path / "b.zip")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(again, "a") as opened:
        opened.writestr(f"{product.name}/manifest.safe", "<a/>")
    refused(again, "twice")


def test_a_bomb_is_not_unpacked(product, tmp_path):
    archive = zipped(product, tmp_path / "a.zip")

    def change(inside, content):
        return [(inside, b" " * (20 << 20) if "/annotation/calibration/noise" in inside else content)]

    refused(rezipped(archive, tmp_path / "b.zip", change), "cannot be true")


def test_a_size_that_is_a_lie(product, tmp_path):
    """The directory of the archive claims 15 GB for a small measurement."""
    archive = zipped(product, tmp_path / "a.zip")
    content = bytearray(archive.read_bytes())
    start = content.index(b"PK\x01\x02")
    while start >= 0:
        length = struct.unpack_from("<H", content, start + 28)[0]
        name = content[start + 46 : start + 46 + length]
        if b"measurement" in name:
            struct.pack_into("<I", content, start + 24, 0xFFFFFFF0)
        start = content.find(b"PK\x01\x02", start + 4)
    archive.write_bytes(bytes(content))
    refused(archive, "cannot be true|damaged|cut short")


@pytest.mark.parametrize("part", [0.3, 0.9, 0.99])
def test_truncated_archives(product, tmp_path, part):
    archive = zipped(product, tmp_path / "a.zip")
    archive.write_bytes(archive.read_bytes()[: int(archive.stat().st_size * part)])
    refused(archive, "ZIP archive that is cut short or damaged")


def test_damaged_inside(product, tmp_path):
    archive = zipped(product, tmp_path / "a.zip")
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        at = next(i.header_offset for i in opened.infolist() if "/annotation/s1a" in i.filename)
    content[at + 300 : at + 900] = b"\xff" * 600
    archive.write_bytes(bytes(content))
    refused(archive, "cannot be unpacked")


def test_encrypted_archives(product, tmp_path):
    archive = zipped(product, tmp_path / "a.zip")
    content = bytearray(archive.read_bytes())
    start = content.index(b"PK\x01\x02")
    while start >= 0:
        content[start + 8] |= 1
        start = content.find(b"PK\x01\x02", start + 4)
    archive.write_bytes(bytes(content))
    refused(archive, "is encrypted")


def test_archives_of_other_things(tmp_path, product):
    other = tmp_path / "photos.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.jpg", b"x")
    refused(other, "is a ZIP archive")
    two = tmp_path / "two.zip"
    with zipfile.ZipFile(two, "w") as archive:
        for name in (product.name, product.name.replace("A1B2", "FFFF")):
            archive.writestr(f"{name}/manifest.safe", b"<a/>")
    refused(two, "holds 2 Sentinel products")


def test_folders_of_several_products(product, tmp_path):
    second = shutil.copytree(product, tmp_path / product.name.replace("A1B2", "FFFF"))
    third = zipped(product, tmp_path / f"{product.stem.replace('A1B2', 'EEEE')}.zip")
    zipped(product, tmp_path / f"{product.stem}.zip")  # unpacked beside
    refused(tmp_path, "holds 2 Sentinel products")
    assert pictures([tmp_path]) == ((product,), (third,), (second,))


def test_a_product_of_zeros_holds_nothing(tmp_path):
    safe = Safe(polarisations=("VV",))
    root = safe.write(tmp_path, {"VV": np.zeros((safe.lines, safe.samples), np.uint16)})
    with open_picture([root]) as picture:
        assert not picture.valid().any()
        with pytest.raises(PictureError, match="nothing but nodata"):
            detect(picture)
