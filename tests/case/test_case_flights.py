"""Tables of flights: OpenSky's shape, Flightradar24's, hostile ones, and days on which nothing was heard."""

from __future__ import annotations

import csv
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offing.case.flights import read_coverage, read_flights
from offing.case.rating import flight_rates
from offing.errors import ObservationError, OffingError, OffingWarning, TimeError
from offing.movements.rates.flown import Covered, Flight, flown
from offing.timespan import parse_span

OPENSKY = """\
icao24,firstSeen,estDepartureAirport,lastSeen,estArrivalAirport,callsign,day
151d3c,1729166400,UHWW,1729170000,ZKPY,RFF7001 ,1729123200
151d3d,1729252800,,1729256400,ZKPY,,1729209600
"""
FR24 = """\
Date,From,To,Flight,Aircraft,ATD
17 Oct 2024,Vladivostok (VVO),Pyongyang (FNJ),-,RA-78845,22:10
18 Oct 2024,Vladivostok (VVO),—,RFF7001,RA-78845,
"""


def table(folder: Path, text: str | bytes, name: str = "f.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def flight(day: float, origin: str | None, destination: str | None, aircraft: str = "a") -> Flight:
    return Flight(
        time=datetime(2024, 10, 1, tzinfo=UTC) + timedelta(days=day), origin=origin, destination=destination,
        aircraft=aircraft, callsign=None,
    )  # fmt: skip


def test_opensky_times_are_seconds_and_airfields_may_be_missing(tmp_path: Path) -> None:
    one, two = read_flights([table(tmp_path, OPENSKY)])
    assert one.time == datetime(2024, 10, 17, 12, tzinfo=UTC)
    assert (one.origin, one.destination, one.aircraft, one.callsign) == ("UHWW", "ZKPY", "151d3c", "RFF7001")
    assert (two.origin, two.callsign) == (None, None)


def test_flightradar_times_without_a_zone_are_said(tmp_path: Path) -> None:
    path = table(tmp_path, FR24)
    with pytest.warns(OffingWarning, match="taken as UTC"):
        one, two = read_flights([path])
    assert (one.origin, one.destination, one.callsign) == ("VVO", "FNJ", None)
    assert (two.destination, two.time.hour) == (None, 12)
    with pytest.warns(OffingWarning, match="taken as Asia/Vladivostok"):
        local, _ = read_flights([path], "Asia/Vladivostok")
    assert local.time == one.time - timedelta(hours=10)
    with pytest.raises(TimeError, match="no IANA time zone"):
        read_flights([path], "Mars/Olympus")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "empty"),
        ("icao24,callsign\nx,y\n", "no column for origin, destination, time"),
        ("date,from,to\nyesterday,A,B\n", "f.csv:2: 'yesterday' is no time"),
        ("date,from,to\n2024-13-45,UHWW,ZKPY\n", "is no time"),
        ("date,from,to\n2024-10-01,UHWW\n", "2 cells under a header of 3"),
        ("date,from,to\n,UHWW,ZKPY\n", "no flight with a time"),
        ("from,from,to,date\nA,B,C,2024-10-01\n", "'from' is there twice"),
        ("firstseen,from,to\n99999999999999999999,A,B\n", "is no time"),
        ('date,from,to\n"2024-10-01,UHWW,ZKPY\n', "no CSV"),
        (b"\xff\xfe\x00d", "not UTF-8"),
        ("date,from,to\n2024-10-01,UH\0WW,ZKPY\n", "NUL"),
        (f"date,from,to\n2024-10-01,{'x' * 30_000},ZKPY\n", "too long"),
    ],
)
def test_a_table_that_is_none_is_one_clear_error(tmp_path: Path, text: str | bytes, match: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OffingWarning)
        with pytest.raises(ObservationError, match=match):
            read_flights([table(tmp_path, text)])
    with pytest.raises(ObservationError, match="no such file"):
        read_flights([tmp_path / "gone.csv"])


def test_airfields_that_are_no_code_are_not_told(tmp_path: Path) -> None:
    text = "date,from,to\n2024-10-01T00:00Z,=cmd|' /C calc'!A0,zkpy\n"
    (one,) = read_flights([table(tmp_path, text)])
    assert (one.origin, one.destination) == (None, "ZKPY")


def test_only_days_on_which_others_were_heard_at_both_ends_are_searched() -> None:
    flights = [
        flight(0, "UHWW", "UUEE"), flight(0.1, "ZKPY", "ZBAA"),  # heard at both ends, no flight between
        flight(1, "UHWW", "UUEE"), flight(1.2, "UHWW", "ZKPY"),  # heard at one end alone
        flight(3, "UUEE", "UHWW"), flight(3.1, "ZBAA", "ZKPY"), flight(3.2, "UHWW", "ZKPY"),
        flight(3.2, "UHWW", "ZKPY"),  # listed twice
    ]  # fmt: skip
    route = flown(flights, {"UHWW"}, {"ZKPY"})
    assert [c.exposure_d for c in route.cells] == [1.0, 0.0, 0.0, 1.0]
    assert [c.count for c in route.cells] == [0, 1, 0, 1]
    assert (route.heard_from, route.heard_to, route.days) == (3, 2, 4)
    got = flight_rates(flights, ["uhww"], ["ZKPY"])
    assert got.periods[0].count == 1
    assert any("left out" in n for n in got.notes)


def test_stated_coverage_takes_the_place_of_what_was_heard(tmp_path: Path) -> None:
    path = table(tmp_path, "from,to,fraction,note\n2024-10-01,2024-10-31,0.25,\n2024-10-10,2024-10-12,0,outage\n")
    stated = read_coverage(path)
    assert stated[0] == Covered(span=parse_span("2024-10-01/2024-10-31"), fraction=0.25)
    route = flown([flight(1.2, "UHWW", "ZKPY")], {"UHWW"}, {"ZKPY"}, stated)
    assert sum(c.exposure_d for c in route.cells) == pytest.approx(28 * 0.25)
    assert len(route.cells) == 31
    for text in ("from,to,fraction\n2024-10-01,2024-10-02,1.5\n", "from,to,fraction\nx,y,1\n", "from,to,fraction\n"):
        with pytest.raises(ObservationError):
            read_coverage(table(tmp_path, text))


def test_silence_is_not_the_end_of_flights() -> None:
    on_route = [flight(d + 0.5, "UHWW", "ZKPY", f"r{d}") for d in range(40)]
    heard = [flight(d, o, x, f"{o}{d}") for d in range(40) for o, x in (("UHWW", "UUEE"), ("ZKPY", "ZBAA"))]
    far = [flight(200, "UUEE", "ZBAA")]
    got = flight_rates([*on_route, *heard, *far], ["UHWW"], ["ZKPY"])
    assert got.changes is not None
    assert got.changes.stopped.value < 0.05
    assert got.periods[-1].per_30d is None
    assert got.last_searched == datetime(2024, 11, 9, 12, tzinfo=UTC)
    listening = [flight(d, o, x, f"{o}{d}") for d in range(40, 200) for o, x in (("UHWW", "UUEE"), ("ZKPY", "ZBAA"))]
    ended = flight_rates([*on_route, *heard, *listening], ["UHWW"], ["ZKPY"])
    assert ended.changes is not None
    assert ended.changes.stopped.low > 0.9


def test_two_ends_that_are_one_are_one_clear_error() -> None:
    with pytest.raises(OffingError, match="two different airfields"):
        flight_rates([flight(0, "A", "B")], ["UHWW"], ["uhww"])
    with pytest.raises(OffingError, match="check their years"):
        flown([flight(0, "A", "B"), flight(-60_000, "A", "B")], {"A"}, {"B"})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.text(max_size=12),
                st.sampled_from(["1729166400", "-1", "nan", "1e999", "2024-10-01", "22:10", "UHWW", "9" * 13]),
            ),
            min_size=4, max_size=4,
        ),
        max_size=5,
    )
)  # fmt: skip
def test_whatever_the_cells_hold_there_are_flights_or_one_clear_error(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows([["firstSeen", "date", "from", "to"], *rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OffingWarning)
        try:
            found = read_flights([path])
        except ObservationError:
            return
    assert all(f.time.tzinfo is UTC for f in found)
