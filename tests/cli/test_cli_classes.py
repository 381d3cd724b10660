"""``offing classes`` as a person types it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from offing.cli import main
from offing.vessels.class_data import built_in_classes

MINE = "[[classes]]\nid = 'rajin-coaster'\nparent = 'cargo'\nlength_m = [84, 86]\nsources = ['a person']\n"


@pytest.fixture
def offing(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["classes", *map(str, arguments)])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_the_list_holds_every_class(offing) -> None:
    code, out, _ = offing("--format", "json")
    assert code == 0
    listed = json.loads(out)["classes"]
    assert [c["id"] for c in listed] == [c.id for c in built_in_classes()]
    ropucha = next(c for c in listed if c["id"] == "ropucha")
    assert ropucha["length_m"] == [112.5, 112.5]
    assert ropucha["cited"]["length_m"].startswith("Wikipedia")


def test_a_table_for_people_and_columns_for_programs(offing) -> None:
    _, out, _ = offing("--under", "landing-ship")
    assert "112.8–113.1" in out
    assert "300–425 persons" in out
    assert "aframax" not in out
    _, out, _ = offing("--under", "landing-ship", "--format", "csv")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(out))}
    assert (float(rows["alligator"]["length_m_low"]), float(rows["alligator"]["length_m_high"])) == (112.8, 113.1)
    assert rows["landing-ship"]["parent"] == "warship"


def test_one_class_with_every_value_and_its_source(offing) -> None:
    code, out, err = offing("alligator", "--format", "csv")
    assert code == 0
    assert "from the bow" in err
    rows = list(csv.DictReader(io.StringIO(out)))
    keys = {row["key"] for row in rows}
    assert keys >= {
        "length_m",
        "beam_m",
        "draught_m",
        "displacement_t",
        "speed_kn",
        "capacity",
        "layout",
        "parts",
        "features",
    }
    named = ("id", "name", "aka", "parent")
    assert all(row["source"] for row in rows if row["key"] not in named)
    assert any("four holds" in row["value"] for row in rows)
    _, out, _ = offing("alligator")
    assert "as above" in out
    _, out, _ = offing("alligator", "--format", "json")
    assert json.loads(out)["id"] == "alligator"


def test_an_unknown_class_names_the_nearest(offing) -> None:
    assert offing("ropuca") == (
        1,
        "",
        "error: 'ropuca' is no vessel class; did you mean ropucha or ropax or sarucabey?\n",
    )
    code, _, err = offing("--under", "cargoo")
    assert code == 1
    assert "did you mean cargo" in err


def test_a_file_of_ones_own_classes(offing, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE, encoding="utf-8")
    code, out, _ = offing("--classes", path, "--under", "cargo")
    assert code == 0
    assert "rajin-coaster" in out
    code, out, _ = offing("rajin-coaster", "--classes", path)
    assert "84–86 m" in out
    assert "a person" in out
    path.write_text(MINE.replace("[84, 86]", "[86, 84]"), encoding="utf-8")
    code, out, err = offing("--classes", path)
    assert (code, out) == (1, "")
    assert (
        err
        == f"error: {path}:1: class 'rajin-coaster': length_m is 86 to 84; write the smaller number first, above 0\n"
    )


def test_the_schema_is_printed(offing) -> None:
    code, out, _ = offing("--schema")
    assert code == 0
    assert "VesselClass" in json.loads(out)["$defs"]


def test_named_ships(offing) -> None:
    _, out, _ = offing("--vessels", "--format", "json")
    ships = {ship["id"]: ship for ship in json.loads(out)["vessels"]}
    assert ships["angara"]["imo"] == "9179842"
    assert "Николай Вилков" in ships["nikolay-vilkov"]["names"]
    _, out, _ = offing("--vessels", "--under", "landing-ship", "--format", "csv")
    assert {row["id"] for row in csv.DictReader(io.StringIO(out))} == {
        "nikolay-vilkov", "oslyabya", "admiral-nevelskoy", "peresvet",
    }  # fmt: skip
