"""AIS in its usual forms becomes tracks, whatever the columns are called and however it is packed."""

import gzip
import os
import warnings
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais_files import NOON, NOW, noaa, position, sentences
from offing.errors import OffingWarning
from offing.vessels.ais import read_tracks
from offing.vessels.ais.model import Reach
from offing.vessels.ais.times import order_of, seconds_of

DANISH = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,"
    "Name,Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,"
    "A,B,C,D\n"
    "05/10/2024 12:00:00,Class B,219000001,55.5,11.25,Under way using engine,,10.5,45.0,46,Unknown,ABCD,FÆRGE,"
    "Cargo,,20,150,GPS,6,,,AIS,100,50,12,8\n"
)


def read(*paths, **more):
    return read_tracks(paths, clock=NOW, **more)


def test_noaa(tmp_path):
    path = noaa(tmp_path / "a.csv", [{"IMO": "IMO9852975"}, {"BaseDateTime": "2024-10-17T12:03:00", "LON": "132.31"}])
    (track,) = read(path).tracks
    assert (track.key, track.mmsi, len(track.fixes)) == ("273000001", "273000001", 2)
    assert (track.fixes[0].time, track.fixes[0].lon, track.fixes[0].lat) == (NOON, 132.3, 42.9)
    assert (track.fixes[0].sog_kn, track.fixes[0].cog_deg, track.fixes[0].heading_deg) == (10.0, 90.0, 91.0)
    assert (track.static.name, track.static.length_m, track.static.beam_m) == ("SHIP", 112.0, 15.0)
    assert not track.static.class_b


def test_danish_dates_have_the_day_first(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(DANISH, encoding="utf-8")
    (track,) = read(path).tracks
    assert track.fixes[0].time == datetime(2024, 10, 5, 12, tzinfo=UTC)
    assert track.static.class_b
    assert (track.static.name, track.static.imo, track.static.length_m) == ("FÆRGE", None, 150.0)
    assert track.static.antenna_m == (-25.0, 2.0)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("mmsi,timestamp,distance_from_shore,distance_from_port,speed,course,lat,lon,is_fishing,source",
         "273000001,1729166400.0,0,0,10,90,42.9,132.3,-1,gfw"),
        ("ssvid,timestamp,lat,lon,speed,course", "273000001,2024-10-17 12:00:00 UTC,42.9,132.3,10,90"),
        ("mmsi;base_date_time;longitude;latitude;sog;cog", "273000001;2024-10-17T12:00:00Z;132.3;42.9;10;90"),
        ("MMSI,DateTime,Longitude,Latitude,SOG,COG", "273000001,2024-10-17T21:00:00+09:00,132.3,42.9,10,90"),
        ("MMSI\tTime\tLon\tLat\tSOG\tCOG", "273000001.0\t17.10.2024 12:00\t132.3\t42.9\t10\t90"),
    ],
)  # fmt: skip
def test_other_tables(tmp_path, header, row):
    path = tmp_path / "x.csv"
    path.write_text(f"{header}\n{row}\n")
    (track,) = read(path).tracks
    fix = track.fixes[0]
    assert (track.mmsi, fix.time, fix.lon, fix.lat, fix.sog_kn, fix.cog_deg) == (
        "273000001", NOON, 132.3, 42.9, 10.0, 90.0,
    )  # fmt: skip


def test_plain_table_with_ids_of_its_own_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("﻿ID,ais_pos_timestamp,longitude,latitude\n7,20/03/2021 00:22,32.32925,31.4386\n", "utf-8")
    (track,) = read(path).tracks
    assert (track.key, track.mmsi) == ("7", None)
    assert track.fixes[0].time == datetime(2021, 3, 20, 0, 22, tzinfo=UTC)


@pytest.mark.parametrize("pack", ["gz", "zip", "zip of two", "utf-16"])
def test_packed_tables(tmp_path, pack):
    plain = noaa(tmp_path / "a.csv", [{}])
    path = tmp_path / "packed"
    if pack == "gz":
        path.write_bytes(gzip.compress(plain.read_bytes()))
    elif pack == "utf-16":
        path.write_text(plain.read_text(), encoding="utf-16")
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(plain, "one.csv")
            if pack == "zip of two":
                archive.writestr("two.csv", plain.read_text().replace("273000001", "273000002"))
    assert [t.key for t in read(path).tracks] == ["273000001", "273000002"][: 2 if pack == "zip of two" else 1]


@pytest.mark.parametrize("form", ["tag", "tag-ms", "before", "before-epoch", "after", "after-epoch"])
@pytest.mark.parametrize("kind", [1, 2, 3, 18, 19, 27])
def test_sentences_of_every_kind_and_form(tmp_path, form, kind):
    path = tmp_path / "log.nmea"
    path.write_text("\n".join(sentences(position(type=kind), NOON, form=form)) + "\n")
    (track,) = read(path).tracks
    fix = track.fixes[0]
    assert (track.mmsi, fix.time) == ("273000001", NOON)
    assert (fix.lon, fix.lat) == pytest.approx((132.3, 42.9), abs=1e-3 if kind == 27 else 1e-6)
    assert (fix.sog_kn, fix.cog_deg, fix.coarse) == (10.0, 90.0, kind == 27)
    assert fix.heading_deg == (None if kind == 27 else 91.0)


def test_static_messages_in_two_sentences_that_are_mixed_with_others(tmp_path):
    said = sentences({"type": 5, "mmsi": 273000001, "shipname": "ANGARA", "to_bow": 100, "to_stern": 40, "to_port": 10,
                      "to_starboard": 8, "ship_type": 70, "imo": 9179842, "callsign": "UBCD"}, NOON)  # fmt: skip
    assert len(said) == 2
    other = sentences(position(mmsi=273000002), NOON)
    b = [
        line
        for part in (0, 1)
        for line in sentences({"type": 24, "mmsi": 273000002, "partno": part, "shipname": "BOAT", "to_bow": 6,
                               "to_stern": 6, "to_port": 2, "to_starboard": 2}, NOON)
    ]  # fmt: skip
    path = tmp_path / "log"
    path.write_text("\n".join([*b, said[0], *other, said[1], *sentences(position(), NOON)]) + "\n")
    first, second = read(path).tracks
    assert (first.static.name, first.static.length_m, first.static.beam_m) == ("ANGARA", 140.0, 18.0)
    assert (first.static.antenna_m, first.static.imo, first.static.ship_type) == ((-30.0, 1.0), "9179842", "70")
    assert (second.static.name, second.static.length_m, second.static.class_b) == ("BOAT", 12.0, True)


def test_a_log_may_begin_with_something_else(tmp_path):
    path = tmp_path / "log"
    path.write_text("\n".join(["# of a station", "$GPGGA,1*2C", *sentences(position(), NOON)]) + "\n")
    with pytest.warns(OffingWarning, match="no AIS sentence"):
        assert read(path).kept == 1


def test_what_is_not_available_is_none(tmp_path):
    path = noaa(tmp_path / "a.csv", [{"SOG": "102.3", "COG": "360.0", "Heading": "511"}])
    fix = read(path).tracks[0].fixes[0]
    assert (fix.sog_kn, fix.cog_deg, fix.heading_deg) == (None, None, None)
    log = tmp_path / "log"
    log.write_text("\n".join(sentences(position(speed=102.3, course=360.0, heading=511), NOON)) + "\n")
    fix = read(log).tracks[0].fixes[0]
    assert (fix.sog_kn, fix.cog_deg, fix.heading_deg) == (None, None, None)


def test_static_data_that_contradict_themselves_are_kept(tmp_path):
    rows = [{"BaseDateTime": f"2024-10-17T12:{m:02d}:00", "Length": "190" if m else "19"} for m in range(5)]
    static = read(noaa(tmp_path / "a.csv", rows)).tracks[0].static
    assert static.length_m == 190.0
    assert static.conflicts == ("length_m: 190.0 (of 4), 19.0 (of 1)",)


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(8)), twice=st.integers(0, 7))
def test_neither_order_nor_duplicates_matter(tmp_path_factory, order, twice):
    folder = tmp_path_factory.mktemp("ais")
    rows = [{"BaseDateTime": f"2024-10-17T12:{3 * m:02d}:00", "LON": f"{132.3 + 0.01 * m:.5f}"} for m in range(8)]
    first = read(noaa(folder / "a.csv", rows))
    second = read(noaa(folder / "b.csv", [*(rows[i] for i in order), rows[twice]]))
    assert first.tracks == second.tracks
    assert dict(second.skipped) == {"fix that is there twice": 1}


def test_only_what_can_matter_for_a_picture_is_kept(tmp_path):
    rows = [
        {"MMSI": "273000001"},
        {"MMSI": "273000002", "BaseDateTime": "2024-10-17T03:00:00"},  # too early
        {"MMSI": "273000003", "LON": "138.0"},  # too far at that time
        {"MMSI": "273000004", "LON": "137.3", "BaseDateTime": "2024-10-17T06:30:00"},  # 400 km away, and 5.5 h
        {"MMSI": "273000005", "LAT": "42.6"},  # 27 km south of it
    ]
    reach = Reach(time=NOON, window_h=6.0, box=(132.2, 42.85, 132.4, 42.95))
    reading = read(noaa(tmp_path / "a.csv", rows), reach=reach)
    assert [t.key for t in reading.tracks] == ["273000001", "273000004", "273000005"]
    assert reading.rows == 5
    across = Reach(time=NOON, window_h=6.0, box=(179.9, 42.85, 180.1, 42.95))
    edge = noaa(tmp_path / "e.csv", [{"LON": "-179.95"}, {"MMSI": "273000002", "LON": "179.9"}, {"MMSI": "273000003"}])
    assert len(read(edge, reach=across).tracks) == 2


def test_two_ships_with_one_number_are_two_tracks(tmp_path):
    rows = []
    for minute in range(0, 30, 3):
        rows += [
            {"BaseDateTime": f"2024-10-17T12:{minute:02d}:00", "LON": f"{132.3 + 0.004 * minute:.5f}"},
            {"BaseDateTime": f"2024-10-17T12:{minute + 1:02d}:00", "LON": f"{139.0 + 0.004 * minute:.5f}"},
        ]
    tracks = read(noaa(tmp_path / "a.csv", rows)).tracks
    assert [t.key for t in tracks] == ["273000001", "273000001/2"]
    assert [len(t.fixes) for t in tracks] == [10, 10]
    assert all(max(f.lon for f in t.fixes) - min(f.lon for f in t.fixes) < 0.2 for t in tracks)
    assert all("2 ships with one number" in t.notes[0] for t in tracks)


def test_a_single_impossible_position_is_left_out_and_said(tmp_path):
    rows = [{"BaseDateTime": f"2024-10-17T12:{m:02d}:00"} for m in range(0, 30, 3)]
    rows[4] |= {"LAT": "10.0", "LON": "100.0"}
    with pytest.warns(OffingWarning, match="1 row left out: position too far from the ship's others"):
        (track,) = read(noaa(tmp_path / "a.csv", rows)).tracks
    assert len(track.fixes) == 9


@given(st.datetimes(datetime(1995, 1, 1), datetime(2025, 1, 1)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC)))  # noqa: DTZ001
def test_every_way_of_writing_a_time_is_the_same_time(time):
    seconds = time.timestamp()
    assert seconds_of(f"{time:%Y-%m-%dT%H:%M:%S}", "iso") == seconds
    assert seconds_of(f"{time:%d/%m/%Y %H:%M:%S}", "day-first") == seconds
    assert seconds_of(f"{time:%m/%d/%Y %H:%M:%S}", "month-first") == seconds
    assert seconds_of(str(int(seconds)), "epoch") == seconds
    assert seconds_of(str(int(seconds) * 1000), "epoch") == seconds


def test_the_order_of_dates_is_told_by_a_day_above_twelve():
    assert order_of(["01/02/2024 10:00", "25/02/2024 10:00"], "auto", "x") == "day-first"
    assert order_of(["01/02/2024 10:00", "02/25/2024 10:00"], "auto", "x") == "month-first"
    assert order_of(["01/02/2024 10:00"], "month-first", "x") == "month-first"


def test_sentences_outside_the_window_are_counted_and_not_kept(tmp_path):
    early = NOON - timedelta(hours=10)
    path = tmp_path / "log"
    path.write_text("\n".join([*sentences(position(), early), *sentences(position(), NOON)]) + "\n")
    reading = read(path, reach=Reach(time=NOON, window_h=6.0, box=(132.2, 42.8, 132.4, 43.0)))
    assert (reading.rows, reading.kept, reading.first, reading.last) == (2, 1, early, NOON)


@pytest.mark.realdata
@pytest.mark.skipif("OFFING_DATA" not in os.environ, reason="OFFING_DATA is not set")
def test_real_extracts():
    folder = Path(os.environ["OFFING_DATA"]) / "ais"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OffingWarning)
        noaa_, suez = (read(p) for p in sorted(folder.glob("*.csv")))
    assert (noaa_.rows, noaa_.kept) == (1000, 998)
    assert dict(noaa_.skipped)["MMSI 0 or malformed"] == 2
    assert len(suez.tracks) > 200
    assert suez.first == datetime(2021, 3, 20, tzinfo=UTC)
    assert suez.last - suez.first < timedelta(days=5)
