"""``offing new``, ``claims``, ``sites``, ``check`` and ``observations import`` as a person types them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from offing.cli import main

CASE = """\
title: Sealift
sources:
  - {id: nis, title: NIS}
  - {id: cns, title: CNS, quotes: [nis]}
  - {id: cnn, title: CNN, quotes: [cns]}
claims:
  - id: lift-1
    source: cnn
    quote: "Ships carried troops"
    elements:
      carrier: {classes: [ropucha], count: 2}
      origin: {any_of: [rajin, dunai]}
      destination: dunai
      window: 2024-10-08/2024-10-13
      quantity: {value: 1500, low: 1400, high: 1600}
sites:
  - {id: dunai, name: Dunai, role: naval berth, position: [132.33542, 42.87879]}
  - {id: rajin, name: Rajin, role: port, position: [130.3, 42.2333]}
"""
TABLE = """\
look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class
a,dunai,2024-10-10T02:00Z,planetscope,clear,1,0.8,0.02,yes,ropucha
b,rajin,2024-10-09T02:00Z,sentinel-2,cloud,0,,,indeterminate,
"""


class Done:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"


@pytest.fixture
def offing(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> Done:
        capsys.readouterr()
        with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def case(tmp_path: Path, offing) -> Path:
    root = tmp_path / "dunai-2024"
    assert offing("new", root).code == 0
    (root / "case.yaml").write_text(CASE, encoding="utf-8")
    return root


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "looks.csv"
    path.write_text(TABLE)
    return path


def test_the_commands_work_on_a_new_case_straight_away(tmp_path: Path, offing) -> None:
    root = tmp_path / "a" / "new case"
    done = offing("new", root, "--title", "Sealift: autumn #1")
    assert (done.code, done.out) == (0, "")
    assert str(root / "case.yaml") in done.err
    assert {p.name for p in root.iterdir()} >= {"case.yaml", "case.gpkg", "sources", "scenes", "report"}
    assert 'title: "Sealift: autumn #1"' in (root / "case.yaml").read_text()
    for command in ("claims", "sites", "check"):
        for style in ("table", "json", "csv"):
            assert offing(command, root, "--format", style).code == 0
    assert json.loads(offing("claims", root, "--format", "json").out) == {"claims": []}
    assert json.loads(offing("sites", root, "--format", "json").out) == {"sites": []}


def test_a_title_is_taken_from_the_folder(tmp_path: Path, offing, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dunai").mkdir()
    monkeypatch.chdir(tmp_path / "dunai")
    assert offing("new", ".").code == 0
    assert 'title: "dunai"' in (tmp_path / "dunai" / "case.yaml").read_text()


def test_new_refuses_a_folder_with_something_in_it(case: Path, offing) -> None:
    done = offing("new", case)
    assert done.code == 1
    assert done.err == f"error: {case}: it is there already and not empty; name a new folder\n"


def test_claims_in_the_public_shape(case: Path, offing) -> None:
    [claim] = json.loads(offing("claims", case, "--format", "json").out)["claims"]
    assert (claim["id"], claim["source"], claim["attribution"]) == ("lift-1", "cnn", ["cnn", "cns", "nis"])
    assert (claim["quote"], claim["span"]) == ("Ships carried troops", None)
    assert set(claim) == {"id", "source", "attribution", "quote", "span", "elements"}
    elements = {e["kind"]: e for e in claim["elements"]}
    assert list(elements) == ["carrier", "quantity", "origin", "destination", "window"]
    for element in elements.values():
        assert set(element) == {"kind", "value", "text", "span", "precision", "low", "high", "hedge", "candidates"}
        assert (element["text"], element["span"], element["hedge"], element["candidates"]) == (None, None, None, None)
    assert elements["origin"]["value"] == {"any_of": ["rajin", "dunai"]}
    assert elements["carrier"]["value"] == {"classes": ["ropucha"], "vessels": [], "count": 2}
    assert (elements["quantity"]["low"], elements["quantity"]["high"]) == (1400.0, 1600.0)
    window = elements["window"]
    assert (window["low"], window["high"], window["precision"]) == (
        "2024-10-08T00:00:00Z",
        "2024-10-14T00:00:00Z",
        "span",
    )


def test_claims_as_csv_one_element_a_row(case: Path, offing) -> None:
    rows = list(csv.DictReader(io.StringIO(offing("claims", case, "--format", "csv").out)))
    assert [r["element"] for r in rows] == ["carrier", "quantity", "origin", "destination", "window"]
    assert rows[0]["value"] == "classes: ropucha, count: 2"
    assert {r["attribution"] for r in rows} == {"cnn < cns < nis"}


def test_claims_that_quote_in_a_circle_come_to_an_end(case: Path, offing) -> None:
    path = case / "case.yaml"
    path.write_text(CASE.replace("{id: nis, title: NIS}", "{id: nis, title: NIS, quotes: [cnn]}"))
    [claim] = json.loads(offing("claims", case, "--format", "json").out)["claims"]
    assert claim["attribution"] == ["cnn", "cns", "nis"]


def test_an_import_is_kept_recorded_and_counted(case: Path, table: Path, offing) -> None:
    done = offing("observations", "import", case, table)
    assert (done.code, done.out, done.err) == (0, "", "looks.csv: 2 looks imported (import 1)\n")
    [copy] = (case / "sources").iterdir()
    assert copy.read_text() == TABLE
    assert "observations-imported" in (case / "ledger.jsonl").read_text()
    again = offing("observations", "import", case, table)
    assert (again.code, again.err) == (0, "looks.csv: unchanged since import 1; nothing to do\n")
    sites = {s["site"]: s for s in json.loads(offing("sites", case, "--format", "json").out)["sites"]}
    assert (sites["dunai"]["looks"], sites["dunai"]["usable_looks"], sites["dunai"]["lon"]) == (1, 1, 132.33542)
    assert (sites["rajin"]["looks"], sites["rajin"]["usable_looks"]) == (1, 0)
    printed = list(csv.DictReader(io.StringIO(offing("sites", case, "--format", "csv").out)))
    assert (printed[0]["lon"], printed[0]["lat"]) == ("132.33542", "42.87879")
    assert offing("check", case).out.startswith("all is as it was kept: 1 files, 1 ledger lines")


def test_a_corrected_table_says_what_it_replaces(case: Path, table: Path, offing) -> None:
    offing("observations", "import", case, table)
    table.write_text(TABLE.replace("0.8,0.02,yes,ropucha", "0.7,0.02,yes,alligator").replace("b,rajin", "c,rajin"))
    done = offing("observations", "import", case, table)
    assert done.err.splitlines() == [
        "looks.csv: 2 looks imported (import 2)",
        "1 of them take the place of looks from import 1",
        "1 looks of its earlier version are withdrawn: b",
    ]
    assert len(list((case / "sources").iterdir())) == 2
    assert offing("check", case).code == 0


def test_a_bad_row_imports_nothing(case: Path, table: Path, offing) -> None:
    before = {p: p.read_bytes() for p in case.rglob("*") if p.is_file()}
    table.write_text(TABLE + "c,nowhere,2024-10-09T02:00Z,s2,clear,1,,,no,\n")
    done = offing("observations", "import", case, table)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"error: {table}:4: site 'nowhere' is not in the case; add it under sites in case.yaml\n"
    assert {p: p.read_bytes() for p in case.rglob("*") if p.is_file()} == before


def test_warnings_stand_before_the_note(case: Path, table: Path, offing) -> None:
    table.write_text(TABLE.replace("02:00Z", "02:00"))
    done = offing("observations", "import", case, table)
    assert done.code == 0
    assert done.err.splitlines()[0] == "warning: looks.csv: a time without zone is taken as UTC (2 rows)"


@pytest.mark.parametrize("style", ["table", "json", "csv"])
def test_check_says_which_file_and_line_and_ends_with_one(case: Path, table: Path, offing, style: str) -> None:
    offing("observations", "import", case, table)
    [copy] = (case / "sources").iterdir()
    copy.chmod(0o644)
    copy.write_text(TABLE.replace("0.8", "0.9"))
    ledger = case / "ledger.jsonl"
    ledger.write_text(ledger.read_text().replace('"looks":2', '"looks":3'))
    done = offing("check", case, "--format", style)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert done.err.startswith(f"error: {case}: 2 things are not as kept: ledger.jsonl:1")
    flat = "".join(done.out.split())
    assert "ledger.jsonl:1" in flat
    assert f"sources/{copy.name}" in flat


def test_check_names_a_stranger_and_goes_on(case: Path, offing) -> None:
    (case / "sources" / "x.txt").write_text("x")
    done = offing("check", case)
    assert (done.code, done.err) == (0, "warning: sources/x.txt is not in the ledger: it is no evidence\n")


@pytest.mark.parametrize("command", [["claims"], ["sites"], ["check"], ["observations", "import"]])
def test_what_is_no_case_is_one_line(tmp_path: Path, table: Path, offing, command: list[str]) -> None:
    rest = [table] if "import" in command else []
    for name in ("nothing", "looks.csv"):
        done = offing(*command, tmp_path / name, *rest)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("error: ")
        assert done.err.count("\n") == 1


def test_a_wrong_case_file_names_its_line(case: Path, offing) -> None:
    (case / "case.yaml").write_text(CASE.replace("count: 2", "cuont: 2"))
    done = offing("claims", case)
    assert (done.code, done.err) == (
        1,
        f"error: {case}/case.yaml:11: 'cuont' is no key of a carrier; did you mean count?\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [["new"], ["claims"], ["claims", "x", "--format", "yaml"], ["observations", "import", "x"]],
)
def test_wrong_usage_is_two(offing, arguments: list[str]) -> None:
    done = offing(*arguments)
    assert done.code == 2
    assert done.err.startswith("error: ")


@pytest.mark.parametrize("command", [["new"], ["claims"], ["sites"], ["check"], ["observations", "import"]])
def test_help_has_an_example(offing, command: list[str]) -> None:
    done = offing(*command, "--help")
    assert done.code == 0
    assert f"Example: offing {' '.join(command)}" in done.out


HEAVY = """
import sys, offing.cli.case, offing.cli.observations
print(sorted({"ruamel", "shapely", "numpy", "sqlite3"} & set(sys.modules)))
"""


def test_nothing_heavy_is_loaded_by_the_command_module() -> None:
    done = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
