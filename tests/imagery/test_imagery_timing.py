"""Times from tags and names, and the restraint not to invent a time of day."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from offing.imagery.timing import day_in, stated, time_in, timing


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("S1A_IW_GRDH_1SDV_20150823T221233_20150823T221258_007396_00A2CA_54D0.tif", "2015-08-23T22:12:33"),
        ("s1a-iw-grd-vv-20210105t140012-20210105t140037-036011-043812-001.tiff", "2021-01-05T14:00:12"),
        ("T52TDN_20240612T013701_B02_10m.jp2", "2024-06-12T01:37:01"),
        ("20240612_013701_45_2414_3B_AnalyticMS_SR.tif", "2024-06-12T01:37:01"),
        ("24OCT17021530-P3DS-015.tif", "2024-10-17T02:15:30"),
        ("planet 2024-10-17 02-15-30.png", "2024-10-17T02:15:30"),
        ("2024-10-17T02:15:30Z.tif", "2024-10-17T02:15:30"),
        ("20241017021530.tif", "2024-10-17T02:15:30"),
        ("2021-01-05_S1_dB.tif", None),
        ("2023-04-08_S2_L2A_B02.jp2", None),
        ("20241017_123.tif", None),
        ("20241399T990000.tif", None),
        ("x_12345678_123456_y.tif", None),
        ("IMG_0001.jpg", None),
    ],
)
def test_times_in_names(name, expected):
    found = time_in(name)
    assert (found.replace(tzinfo=None).isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2021-01-05_S1_dB.tif", date(2021, 1, 5)),
        ("20170308_RE3.tif", date(2017, 3, 8)),
        ("2021-13-05.tif", None),
        ("1204-01-05", None),
    ],
)
def test_days_in_names(name, expected):
    assert day_in(name) == expected


def test_a_day_alone_is_a_hint_not_a_time(tmp_path):
    found = timing(tmp_path / "2021-01-05_S1_dB.tif", {})
    assert (found.time, found.day) == (None, date(2021, 1, 5))
    assert any("not the time" in note for note in found.notes)


@pytest.mark.parametrize(
    ("tag", "written", "time"),
    [
        ("OFFING_TIME", "2024-10-17T02:00:00Z", "2024-10-17T02:00:00+00:00"),
        ("DATETIME", "2024-10-17T11:00:00+09:00", "2024-10-17T02:00:00+00:00"),
        ("FIRST_LINE_TIME", "17-OCT-2024 02:00:00.123456", "2024-10-17T02:00:00.123456+00:00"),
        ("ACQUIRED", "2024-10-17T02:00:00.1234567Z", "2024-10-17T02:00:00.123456+00:00"),
        ("TIFFTAG_DATETIME", "2024:10:17 02:00:00", "2024-10-17T02:00:00+00:00"),
    ],
)
def test_times_in_tags(tag, written, time):
    found = timing(Path("a.tif"), {"TIFFTAG_DATETIME": "2025:01:01 00:00:00", tag: written})
    assert found.time.isoformat() == time
    assert found.basis == f"metadata: {tag}"


def test_the_time_of_processing_is_not_taken_for_the_acquisition():
    tags = {"TIFFTAG_DATETIME": "2024:10:20 09:00:00"}
    assert timing(Path("2024-10-17_x.tif"), tags).time is None
    assert "not used" in timing(Path("2024-10-17_x.tif"), tags).notes[0]
    named = timing(Path("S1A_20241017T213901.tif"), tags)
    assert (named.basis, named.time.day) == ("file name", 17)
    assert any("when the file was made" in note for note in timing(Path("x.tif"), tags).notes)


@pytest.mark.parametrize(
    "text", ["yesterday", "2024-10-17", "9999-99-99T00:00:00Z", "", "0001-01-01T00:00:00+14:00", "12-FOO-2024 01:00:00"]
)
def test_tags_that_are_no_times_are_passed_over(text):
    assert timing(Path("a.tif"), {"OFFING_TIME": text, "TIFFTAG_DATETIME": text}).time is None


def test_a_stated_time_without_zone_is_utc():
    naive = datetime(2024, 10, 17, 2)  # noqa: DTZ001
    assert stated(naive).time == datetime(2024, 10, 17, 2, tzinfo=UTC)
