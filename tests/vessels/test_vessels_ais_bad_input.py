"""AIS that is broken, wrong or meant to harm: one clear error, or counted and said; never mended in silence."""

import gzip
import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ais_files import HEADER, NOON, NOW, noaa, position, sentences
from offing.errors import AisError, OffingError, OffingWarning
from offing.vessels.ais import read_coverage, read_tracks
from offing.vessels.ais.model import Reach

HERE = Reach(time=NOON, window_h=6.0, box=(132.2, 42.8, 132.4, 43.0))


def read(*paths, **more):
    return read_tracks(paths, clock=NOW, **more)


def log(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def test_columns_exchanged_beyond_ninety_degrees_are_refused_with_their_rows(tmp_path):
    path = noaa(tmp_path / "a.csv", [{}, {"LAT": "132.3", "LON": "42.9"}, {"LAT": "132.4", "LON": "42.9"}])
    with pytest.raises(AisError, match=r"rows 3, 4 have a latitude beyond 90°.*exchange latitude and longitude"):
        read(path)


def test_values_exchanged_within_a_ship_are_refused_with_their_rows(tmp_path):
    rows = [{"BaseDateTime": f"2024-10-17T12:{m:02d}:00", "LAT": "30.0", "LON": "60.5"} for m in range(0, 30, 3)]
    rows[6] |= {"LAT": "60.5", "LON": "30.0"}
    path = noaa(tmp_path / "a.csv", rows)
    with pytest.raises(AisError, match=r"row 8 .*only with latitude and longitude exchanged"):
        read(path)
    reach = Reach(time=NOON, window_h=6.0, box=(60.4, 29.9, 60.6, 30.1))
    with pytest.raises(AisError, match=r"row 8 lie where the ship can be only with latitude and longitude exchanged"):
        read(path, reach=reach)


def test_a_ship_that_comes_from_the_mirrored_place_is_not_refused(tmp_path):
    """Off Alexandria, 30° E 32.5° N, and at Suez, 32.5° E 30° N, are each other's mirror images, and 17 h apart."""
    rows = [
        {"BaseDateTime": f"2024-10-17T{h:02d}:00:00", "LON": f"{30 + 0.25 * k:.3f}", "LAT": f"{32.5 - 0.25 * k:.3f}"}
        for k, h in enumerate(range(11, 22))
    ]
    reach = Reach(time=NOON, window_h=10.0, box=(32.4, 29.9, 32.6, 30.1))
    assert read(noaa(tmp_path / "a.csv", rows), reach=reach).kept > 2


def test_a_whole_file_exchanged_is_refused_where_the_picture_shows_it(tmp_path):
    rows = [{"BaseDateTime": f"2024-10-17T12:{m:02d}:00", "LAT": "32.5", "LON": "30.0"} for m in range(12)]
    path = noaa(tmp_path / "a.csv", rows)
    assert read(path).kept == 12
    reach = Reach(time=NOON, window_h=6.0, box=(32.4, 29.9, 32.6, 30.1), slack_km=20.0)
    with pytest.raises(AisError, match="as nearly all others"):
        read(path, reach=reach)


def test_times_still_to_come_are_left_out_or_refused(tmp_path):
    path = noaa(tmp_path / "a.csv", [{}, {"BaseDateTime": "2026-01-01T00:00:01"}])
    with pytest.warns(OffingWarning, match="1 row left out: time still to come"):
        assert read(path).kept == 1
    with pytest.raises(AisError, match="no usable position in 1 rows: time still to come"):
        read(noaa(tmp_path / "b.csv", [{"BaseDateTime": "2031-01-01T00:00:00"}]))


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("0", "MMSI 0 or malformed"), ("", "MMSI 0 or malformed"), ("000000000", "MMSI 0 or malformed"),
        ("12345", "MMSI 0 or malformed"), ("2730000011", "MMSI 0 or malformed"), ("abc", "MMSI 0 or malformed"),
        ("002734411", "MMSI of a shore station"), ("992734411", "MMSI of a shore station"),
        ("111273001", "MMSI of a shore station"), ("123456789", "MMSI of no country"),
        ("-73000001", "MMSI 0 or malformed"), ("nan", "MMSI 0 or malformed"), ("273000000", "MMSI of no country"),
    ],
)  # fmt: skip
def test_numbers_of_no_ship_make_no_track(tmp_path, number, why):
    rows = [{"MMSI": number}, {"MMSI": number, "LAT": "10", "LON": "10"}, {}]
    with pytest.warns(OffingWarning, match=f"2 rows left out: {why}"):
        assert [t.key for t in read(noaa(tmp_path / "a.csv", rows)).tracks] == ["273000001"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"LAT": "91", "LON": "181"}, "no position"), ({"LAT": "nan"}, "no position"), ({"LAT": ""}, "no position"),
        ({"LON": "x"}, "no position"), ({"LAT": "0", "LON": "0.0"}, "no position"), ({"LON": "inf"}, "no position"),
        ({"LON": "200"}, "position nowhere on Earth"), ({"LAT": "-95", "LON": "150"}, "position nowhere on Earth"),
        ({"BaseDateTime": ""}, "no time"), ({"BaseDateTime": "2024-10-17"}, "no time|cells"),
        ({"BaseDateTime": "1970-01-01T00:00:00"}, "time before 1990"), ({"BaseDateTime": "soon"}, "no time"),
        ({"VesselName": "A,B"}, "cells that do not fit the header"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_used_are_counted(tmp_path, row, why):
    path = noaa(tmp_path / "a.csv", [{}, row, {"BaseDateTime": "2024-10-17T12:03:00"}])
    if row.get("BaseDateTime") == "2024-10-17":
        assert read(path).kept in (2, 3)  # a date alone is midnight to numpy; either is fine, it is no other day
        return
    with pytest.warns(OffingWarning, match=f"1 row left out: ({why})"):
        assert read(path).kept == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"), (b"\n\n", "nothing in it"), (HEADER.encode(), "a header and no rows"),
        (b"273000001,2024-10-17T12:00:00,42.9,132.3\n", "no column for time, lon, lat, mmsi"),
        (b"mmsi,time,lat\n1,2,3\n", "no column for lon"), (b"lat,lat,lon,time,mmsi\n", "'lat' is there twice"),
        (b"mmsi,time,lat,lon\n273000001,2024-10-17T12:00:00,42\x00,132\n", "a NUL byte"),
        (b"mmsi,time,lat,lon\n" + b"x" * 400_000, "a line that is too long"),
        (b"mmsi,time,lat,lon\n273000001,\"2024\n" + b"y\n" * 200_000, "no table from there on"),
        (b"mmsi,time,lat,lon\n273000001,whenever,42,132\n", "no time that can be read"),
        (b"mmsi,time,lat,lon\n273000001,01/02/2024 10:00,42,132\n", "may have the day or the month first"),
        (b"mmsi,time,lat,lon\n273000001,25/02/2024 10:00,42,132\n273000001,02/26/2024 10:00,42,132\n",
         "day or the month first"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "NUL byte|no column"), (b"\x1f\x8bnothing", "cut short or damaged"),
        (b"PK\x03\x04nothing", "cut short or damaged"), (b"\xff\xfea\x00,\x00\x00\xd8", "no column|not the text"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_one_clear_error(tmp_path, content, said):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(AisError, match=said):
        read(path)


def test_a_date_in_another_order_than_stated_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("mmsi,time,lat,lon\n273000001,01/02/2024 10:00,42,132\n273000001,02/26/2024 10:00,42,132\n")
    with pytest.raises(AisError, match="row 3 has the date '02/26/2024 10:00', and the others have the day first"):
        read(path, dates="day-first")
    path.write_text("mmsi,time,lat,lon\n273000001,01/02/2024 10:00,42,132\n273000001,30/30/2024 10:00,42,132\n")
    with pytest.warns(OffingWarning, match="1 row left out: no time"):
        assert read(path, dates="month-first").kept == 1


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(AisError, match="no such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(AisError, match="no ordinary file"):
        read(tmp_path)


def test_names_in_other_encodings_are_shown_with_a_mark(tmp_path):
    path = noaa(tmp_path / "a.csv", [{"VesselName": "GRØN\x1b[31m"}])
    path.write_bytes(path.read_bytes().replace("Ø".encode(), "Ø".encode("latin-1")))
    with pytest.warns(OffingWarning, match="1 lines are not UTF-8"):
        (track,) = read(path).tracks
    assert track.static.name == "GR\ufffdN\ufffd[31m"


def test_bombs_are_refused_before_they_are_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("offing.vessels.ais.files.PACKED_FREE", 1 << 18)
    text = b"mmsi,time,lat,lon\n" + b"273000001,2024-10-17T12:00:00,42.9,132.3\n" * 20_000
    packed = tmp_path / "bomb.csv.gz"
    packed.write_bytes(gzip.compress(text))
    assert 200 * packed.stat().st_size < len(text)
    with pytest.raises(AisError, match="that cannot be a table"):
        read(packed)
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.csv", text)
    with pytest.raises(AisError, match="that cannot be a table"):
        read(archive)


def test_a_packed_file_that_is_cut_short(tmp_path):
    plain = noaa(
        tmp_path / "a.csv", [{"BaseDateTime": f"2024-10-17T12:{m % 60:02d}:{m // 60:02d}"} for m in range(3000)]
    )
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(plain.read_bytes())[:-200])
    with pytest.raises(AisError, match="cut short or damaged"):
        read(path)


def test_too_many_positions_are_one_error(tmp_path, monkeypatch):
    monkeypatch.setattr("offing.vessels.ais.gathering.KEPT_MAX", 2)
    path = noaa(tmp_path / "a.csv", [{"BaseDateTime": f"2024-10-17T12:{m:02d}:00"} for m in range(4)])
    with pytest.raises(AisError, match="smaller --window"):
        read(path)


def test_sentences_without_a_time_are_refused(tmp_path):
    with pytest.raises(AisError, match="no time of reception"):
        read(log(tmp_path / "log", sentences(position(), form="none")))


def test_broken_sentences_are_counted(tmp_path):
    good = sentences(position(), NOON)
    said = sentences({"type": 5, "mmsi": 273000001, "shipname": "A"}, NOON)
    broken = [
        good[0][:-1] + ("0" if good[0][-1] != "0" else "1"),  # checksum
        "garbage", "$GPGGA,1,2*00", said[0],  # its second part is missing
        "\\c:1729166400*00\\" + sentences(position(), form="none")[0],  # checksum of the tag block
    ]  # fmt: skip
    with pytest.warns(OffingWarning) as told:
        assert read(log(tmp_path / "log", [*broken, *good])).kept == 1
    text = " ".join(str(w.message) for w in told)
    for why in ("wrong checksum", "no AIS sentence", "other parts are missing", "tag block"):
        assert why in text


def test_latitudes_of_noise_in_sentences_are_no_position(tmp_path):
    lines = [*sentences(position(lat=91.0, lon=181.0), NOON), *sentences(position(), NOON)]
    with pytest.warns(OffingWarning, match="1 row left out: no position"):
        assert read(log(tmp_path / "log", lines)).kept == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([b"", HEADER.encode() + b"\n", b"!AIVDM,", b"\x1f\x8b", b"PK\x03\x04"]))
def test_no_bytes_at_all_bring_a_traceback(tmp_path_factory, content, start):
    path = tmp_path_factory.mktemp("fuzz") / "x"
    path.write_bytes(start + content)
    _harmless(path)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_no_damaged_sentence_brings_a_traceback(tmp_path_factory, seed):
    rng = random.Random(seed)
    text = "\n".join([*sentences(position(), NOON), *sentences({"type": 5, "mmsi": 273000001}, NOON)])
    body = list(text)
    for _ in range(rng.randint(1, 12)):
        body[rng.randrange(len(body))] = chr(rng.randint(32, 126))
    lines = [_right_sum(line) for line in "".join(body).split("\n")]
    _harmless(log(tmp_path_factory.mktemp("fuzz") / "log", lines))


def _right_sum(line):
    """A damaged sentence whose checksum fits, so that the decoder gets it."""
    body = line[line.find("!") + 1 :].rpartition("*")[0]
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"1729166400 !{body}*{total:02X}"


def _harmless(path):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OffingWarning)
        try:
            read(path, reach=HERE)
        except OffingError:
            return


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no coverage"), ('{"type": "FeatureCollection", "features": []}', "holds no areas"),
        ('{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[1,2]}}]}', "no area"),
        ('{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[1,2],[3,4]]]}}]}',
         "three corners"),
        ('{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[1,99],[3,4],[1,1],[1,99]]]}}]}',
         "no longitude and latitude"),
        ('{"type":"FeatureCollection","features":[{"properties":{"from":"x"},"geometry":{"type":"Polygon","coordinates":'
         "[[[1,9],[3,4],[1,1],[1,9]]]}}]}", "no ISO 8601 time"),
        ('{"type":"FeatureCollection","features":[{"properties":{"reception":2},"geometry":{"type":"Polygon","coordinates":'
         "[[[1,9],[3,4],[1,1],[1,9]]]}}]}", "no probability"),
    ],
)  # fmt: skip
def test_coverage_that_is_none(tmp_path, text, said):
    path = tmp_path / "c.geojson"
    path.write_text(text)
    with pytest.raises(AisError, match=said):
        read_coverage(path)
