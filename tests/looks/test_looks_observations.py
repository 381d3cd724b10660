"""The observations table: its contract to the letter, and one clear line for every way to break it."""

from __future__ import annotations

import csv
import io
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import ObservationError, OffingWarning
from offing.looks.model import Look, Observation
from offing.looks.observations import MANDATORY, OPTIONAL, read_observations
from offing.sites import Site
from offing.vessels.classes import library
from offing.vessels.model import Vessel

HEADER = (
    "look_id,site,time,sensor,status,usable,p_detect,p_false,seen,"
    "vessel_class,vessel,length_m,length_sd_m,activity,source,note"
)
SITES = (
    Site(id="dunai", name="Dunai", role="naval berth", position=(132.3, 42.9)),
    Site(id="model", name="Model", role="port", position=(132.3, 42.9), simulated=True),
)
VESSELS = (Vessel(id="vilkov", vessel_class="alligator"), Vessel(id="oslyabya", vessel_class="ropucha"))
PLAIN = {
    "look_id": "a",
    "site": "dunai",
    "time": "2024-10-17T02:00Z",
    "sensor": "planetscope",
    "status": "clear",
    "usable": "1",
    "seen": "no",
}


def table(*rows: dict[str, str], header: str = HEADER) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, header.split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**PLAIN, **row} for row in rows)
    return out.getvalue()


def read(tmp_path: Path, content: str | bytes, **options: object) -> tuple[Look, ...]:
    path = tmp_path / "looks.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_observations(path, SITES, library(), vessels=VESSELS, sources=("cns",), **options)


def error(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(ObservationError) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{tmp_path}/looks.csv")


def test_the_columns_are_those_of_the_contract() -> None:
    assert set(HEADER.split(",")) == {*MANDATORY, *OPTIONAL}


def test_a_full_row_is_read_to_the_last_cell(tmp_path: Path) -> None:
    row = {
        "usable": "0.9",
        "status": "partly",
        "p_detect": "0.8",
        "p_false": "0.02",
        "seen": "yes",
        "vessel": "vilkov",
        "vessel_class": "landing-ship",
        "length_m": "112.8",
        "length_sd_m": "3",
        "activity": "crane extended",
        "source": "cns",
        "note": "a, note",
    }
    seen = Observation(
        seen="yes",
        vessel_class="alligator",
        vessel="vilkov",
        length_m=112.8,
        length_sd_m=3.0,
        activity="crane extended",
        note="a, note",
    )
    look = Look(
        id="a",
        site="dunai",
        time=datetime(2024, 10, 17, 2, tzinfo=UTC),
        sensor="planetscope",
        status="partly",
        usable=0.9,
        reason="as stated by cns",
        p_detect=0.8,
        p_false=0.02,
        p_basis="stated",
        source="cns",
        observations=(seen,),
    )
    assert read(tmp_path, table(row)) == (look,)


def test_optional_columns_may_be_absent_and_the_order_is_free(tmp_path: Path) -> None:
    header = "seen,usable,status,sensor,time,site,look_id"
    [look] = read(tmp_path, table({}, header=header))
    assert (look.p_detect, look.p_false, look.p_basis, look.source) == (None, None, None, None)
    assert look.reason == "as stated in looks.csv"
    assert look.observations == (Observation(seen="no"),)


def test_looks_are_sorted_and_their_ships_kept_in_order(tmp_path: Path) -> None:
    rows = table(
        {"look_id": "late", "time": "2024-10-20T02:00Z"},
        {"look_id": "b", "seen": "yes", "vessel_class": "ropucha"},
        {"look_id": "early", "time": "2024-10-01T02:00+09:00"},
        {"look_id": "b", "seen": "yes", "vessel_class": "alligator"},
    )
    with pytest.warns(OffingWarning, match=r"stands after a later one of its site.*\(3 rows\)"):
        looks = read(tmp_path, rows)
    assert [look.id for look in looks] == ["early", "b", "late"]
    assert looks[0].time == datetime(2024, 9, 30, 17, tzinfo=UTC)
    assert [o.vessel_class for o in looks[1].observations] == ["ropucha", "alligator"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_bom_line_ends_blank_lines_and_spaces_do_not_matter(tmp_path: Path, encoding: str, ending: str) -> None:
    text = table({"note": "Дунай"}).replace("dunai", " dunai ") + "\n" + "," * HEADER.count(",") + "\n\n"
    [look] = read(tmp_path, text.replace("\n", ending).encode(encoding))
    assert look.observations[0].note == "Дунай"


@pytest.mark.parametrize(
    ("status", "usable"),
    [("clear", 1.0), ("cloud", 0.0), ("night", 0.0), ("nodata", 0.0), ("not-obtained", 0.0), ("too-coarse", 0.0)],
)
def test_a_blank_usable_follows_from_the_status_and_is_said(tmp_path: Path, status: str, usable: float) -> None:
    rows = table(
        {"usable": "", "status": status, "seen": "indeterminate"},
        {"look_id": "b", "time": "2024-10-18T02:00Z", "usable": "", "status": status, "seen": "indeterminate"},
    )
    with pytest.warns(OffingWarning, match=rf"looks.csv: usable is blank where the status is {status}.*\(2 rows\)"):
        looks = read(tmp_path, rows)
    assert [look.usable for look in looks] == [usable, usable]


def test_a_time_without_zone_is_utc_and_said_once(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        looks = read(tmp_path, table(*({"look_id": f"l{i}", "time": f"2024-10-{17 + i}T02:00"} for i in range(5))))
    assert [str(w.message) for w in caught] == ["looks.csv: a time without zone is taken as UTC (5 rows)"]
    assert looks[0].time == datetime(2024, 10, 17, 2, tzinfo=UTC)


def test_two_ships_alike_stay_two_and_a_repeated_no_is_one(tmp_path: Path) -> None:
    ship = {"look_id": "s", "seen": "yes", "vessel_class": "cargo"}
    with pytest.warns(OffingWarning, match=r"counted as another ship \(2 rows\)"):
        [look] = read(tmp_path, table(ship, ship, ship))
    assert len(look.observations) == 3
    with pytest.warns(OffingWarning, match=r"a row is repeated: counted once \(1 row\)"):
        [look] = read(tmp_path, table({}, {}))
    assert len(look.observations) == 1


def test_a_ship_that_is_seen_and_another_that_cannot_be_told(tmp_path: Path) -> None:
    [look] = read(tmp_path, table({"seen": "yes", "vessel_class": "unknown"}, {"seen": "indeterminate"}))
    assert [o.seen for o in look.observations] == ["yes", "indeterminate"]


def test_simulated_sites_and_sources_mark_their_looks(tmp_path: Path) -> None:
    assert [k.simulated for k in read(tmp_path, table({"site": "model"}))] == [True]
    assert [k.simulated for k in read(tmp_path, table({"source": "cns"}))] == [False]
    assert [k.simulated for k in read(tmp_path, table({"source": "cns"}), simulated_sources=("cns",))] == [True]


def test_an_unknown_source_is_said(tmp_path: Path) -> None:
    with pytest.warns(OffingWarning, match="source 'planet' is not in case.yaml"):
        read(tmp_path, table({"source": "planet"}))


def test_no_in_a_useless_look_is_said(tmp_path: Path) -> None:
    with pytest.warns(OffingWarning, match="says nothing"):
        read(tmp_path, table({"usable": "0", "status": "cloud"}))


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        ({"look_id": ""}, ["look_id is blank"]),
        ({"look_id": "a\x01"}, ["control"]),
        ({"look_id": "x" * 300}, ["too long"]),
        ({"site": "dunia"}, ["'dunia'", "dunai"]),
        ({"site": ""}, ["site is blank"]),
        ({"sensor": ""}, ["sensor is blank"]),
        ({"time": ""}, ["time is blank"]),
        ({"time": "2024-10-17"}, ["no time of day"]),
        ({"time": "yesterday"}, ["ISO 8601"]),
        ({"time": "17.10.2024 02:00"}, ["ISO 8601"]),
        ({"time": "1024-10-17T02:00Z"}, ["1024"]),
        ({"time": "2101-10-17T02:00Z"}, ["2101"]),
        ({"time": "9999-12-31T23:59-12:00"}, ["9999"]),
        ({"status": "sunny"}, ["'sunny'", "too-coarse"]),
        ({"status": ""}, ["status is blank"]),
        ({"status": "partly", "usable": ""}, ["usable is blank", "fraction"]),
        ({"status": "not-obtained", "usable": "0.5"}, ["not obtained"]),
        ({"usable": "1.01"}, ["usable is 1.01"]),
        ({"usable": "-0.1"}, ["usable is -0.1"]),
        ({"usable": "80%"}, ["'80%'"]),
        ({"usable": "0,8"}, ["'0,8'"]),
        ({"usable": "nan"}, ["'nan'"]),
        ({"usable": "١"}, ["'١'"]),
        ({"p_detect": "2"}, ["p_detect is 2"]),
        ({"p_false": "inf"}, ["'inf'"]),
        ({"seen": ""}, ["seen is blank", "indeterminate"]),
        ({"seen": "maybe"}, ["'maybe'"]),
        ({"seen": "yes"}, ["neither vessel_class nor vessel"]),
        ({"seen": "yes", "vessel_class": "ropuca"}, ["'ropuca'", "ropucha"]),
        ({"seen": "yes", "vessel": "vilkof"}, ["'vilkof'", "vilkov"]),
        ({"seen": "yes", "vessel": "vilkov", "vessel_class": "ropucha"}, ["of class 'alligator'"]),
        ({"seen": "yes", "vessel_class": "any", "usable": "0", "status": "cloud"}, ["nothing was usable"]),
        ({"seen": "yes", "vessel_class": "any", "length_m": "0"}, ["length_m is 0"]),
        ({"seen": "yes", "vessel_class": "any", "length_m": "long"}, ["'long'"]),
        ({"seen": "no", "vessel": "vilkov"}, ["says 'no'"]),
        ({"seen": "indeterminate", "length_m": "100"}, ["says 'indeterminate'"]),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_its_line(tmp_path: Path, row: dict[str, str], parts: list[str]) -> None:
    said = error(tmp_path, table({"look_id": "fine"}, {"note": "two\nlines"}, {"look_id": "b", **row}))
    assert said.startswith(":5: ")
    for part in parts:
        assert part in said


@pytest.mark.parametrize(
    ("first", "second", "part"),
    [
        ({}, {"site": "model"}, "site"),
        ({}, {"time": "2024-10-17T02:01Z"}, "time"),
        ({}, {"sensor": "s2"}, "sensor"),
        ({"usable": "0.5"}, {"usable": "0.6"}, "usable"),
        ({"status": "clear"}, {"status": "partly"}, "status"),
        ({"p_detect": "0.9"}, {}, "p_detect"),
        ({"p_false": "0.1"}, {"p_false": "0.2"}, "p_false"),
        ({"source": "cns"}, {"source": ""}, "source"),
        ({}, {"seen": "yes", "vessel_class": "cargo"}, "stands alone"),
        ({"seen": "yes", "vessel_class": "cargo"}, {}, "stands alone"),
        ({}, {"seen": "indeterminate"}, "stands alone"),
        ({"seen": "yes", "vessel": "vilkov"}, {"seen": "yes", "vessel": "vilkov", "note": "x"}, "seen twice"),
    ],
)  # fmt: skip
def test_rows_that_contradict_each_other_are_both_named(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], part: str
) -> None:
    said = error(tmp_path, table(first, {"look_id": "between"}, second))
    assert said.startswith(":4: ")
    assert "in lines 2 and 4" in said
    assert part in said


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", ":1: it is empty"),
        (b"\n\n", ":1: it is empty"),
        (HEADER.replace("site", "port").encode(), "unknown column 'port'"),
        (HEADER.replace("p_detect", "pdetect").encode(), "did you mean p_detect?"),
        (HEADER.replace("seen,", "").encode(), "lacks seen"),
        ((HEADER + ",note").encode(), "'note' is there twice"),
        (HEADER.replace(",", ";").encode(), "not separated by commas"),
        (HEADER.replace(",", "\t").encode(), "not separated by commas"),
        (HEADER.encode("utf-16"), "not UTF-8"),
        (HEADER.encode() + b"\na,b\n", ":2: 2 cells under a header of 16"),
        (HEADER.encode() + b"\n" + b"," * 16 + b"x\n", ":2: 17 cells"),
        (HEADER.encode() + b"\na\0b\n", ":2: a NUL byte"),
        (HEADER.encode() + b'\n"' + b"x" * 50_000 + b'"\n', ":2: a cell that is too long"),
        (HEADER.encode() + b'\n"never closed\n' + b"a,b\n" * 20_000, ":2: a cell that is too long"),
        (HEADER.encode() + b"\n" + b"x" * 500_000, ":2: a line that is too long"),
        (HEADER.encode() + b'\n"a"b,\n', ":2: no CSV"),
        (HEADER.encode() + b"\n\xff\n", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not UTF-8"),
    ],
)
def test_what_is_no_such_table(tmp_path: Path, content: bytes, part: str) -> None:
    assert part in error(tmp_path, content)


def test_a_file_that_is_missing_or_a_folder(tmp_path: Path) -> None:
    for path, part in [(tmp_path / "none.csv", "no such file"), (tmp_path, "no ordinary file")]:
        with pytest.raises(ObservationError, match=part):
            read_observations(path, SITES, library())


def test_a_limit_of_the_csv_module_is_left_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    error(tmp_path, HEADER.encode() + b'\n"' + b"x" * 50_000 + b'"\n')
    read(tmp_path, table({}))
    assert csv.field_size_limit() == before


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER) == ()


def test_time_grows_with_the_rows_and_no_faster(tmp_path: Path) -> None:
    """One look with thousands of ships, and as many looks: both linear (a ratio, as absolute times mean nothing)."""

    times = [f"{datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=10 * i):%Y-%m-%dT%H:%MZ}" for i in range(8000)]

    def seconds(count: int, one_look: bool) -> float:
        rows = [
            f"{'a' if one_look else i},dunai,{times[0 if one_look else i]},s2,clear,1,yes,cargo,{1 + i}.5"
            for i in range(count)
        ]
        (tmp_path / "looks.csv").write_text("\n".join([",".join((*MANDATORY, "vessel_class", "length_m")), *rows]))
        begun = time.perf_counter()
        read_observations(tmp_path / "looks.csv", SITES, library())
        return time.perf_counter() - begun

    for one_look in (True, False):
        small, large = (min(seconds(count, one_look) for _ in range(3)) for count in (1000, 8000))
        assert large < 30 * small


CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "a",
            "b",
            "dunai",
            "yes",
            "no",
            "indeterminate",
            "clear",
            "cloud",
            "0",
            "1",
            "0.5",
            "nan",
            "ropucha",
            "vilkov",
        ]
    ),
    st.text(max_size=6),
)


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(HEADER.split(","), CELL)), max_size=4))
def test_any_table_gives_looks_or_one_clear_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(table(*rows), encoding="utf-8")
    said, looks = "", ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OffingWarning)
        try:
            looks = read_observations(path, SITES, library(), vessels=VESSELS)
        except ObservationError as error:
            said = str(error)
    assert "\n" not in said
    assert looks == tuple(sorted(looks, key=lambda k: (k.time, k.site, k.id)))
    assert all(0 <= look.usable <= 1 and look.observations for look in looks)
