"""``offing hypotheses`` as a person types it."""

from __future__ import annotations

import csv
import io
import json
import warnings
from pathlib import Path

import pytest

from offing.cli import main

CASE = """\
title: Sealift
sources:
  - {id: nis, title: NIS, reliability: B, credibility: 2}
  - {id: cns, title: CNS}
  - {id: cnn, title: CNN, origin: cns, quotes: [cns]}
sites:
  - {id: dunai, name: Dunai, role: naval berth, position: [132.33542, 42.87879]}
competing:
  - question: What was unloaded?
    hypotheses:
      - {id: item, statement: Soldiers, refuted_by: Closed doors}
      - {id: cargo, statement: Boxes}
    items:
      - {item: They said so, source: nis, marks: {item: C, cargo: I}}
      - {id: truck, item: A truck came, source: cns, marks: {item: II, cargo: C}, note: "=1+1"}
      - {item: A truck came, source: cnn, marks: {item: II, cargo: C}}
      - {item: A crane worked, source: "look:a", marks: {item: I}}
"""
TABLE = """\
look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class
a,dunai,2024-10-10T02:00Z,planetscope,clear,1,0.8,0.02,yes,ropucha
"""


@pytest.fixture
def offing(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def case(tmp_path: Path, offing) -> Path:
    root = tmp_path / "case"
    assert offing("new", root)[0] == 0
    (root / "case.yaml").write_text(CASE, encoding="utf-8")
    looks = tmp_path / "looks.csv"
    looks.write_text(TABLE, encoding="utf-8")
    assert offing("observations", "import", root, looks)[0] == 0
    return root


def test_the_whole_analysis_as_json(case: Path, offing) -> None:
    code, out, err = offing("hypotheses", case, "--format", "json")
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert said["case"] == "Sealift"
    [analysis] = said["analyses"]
    figures = {h["id"]: (h["marked_against"], h["points"], h["weighted"]) for h in analysis["hypotheses"]}
    assert figures == {"item": (3, 3, 3.0), "cargo": (1, 1, 1.5)}
    assert [i["number"] for i in analysis["items"]] == [2, 3, 1, 4]
    assert [i["copy_of"] for i in analysis["items"]] == [None, 2, None, None]
    [pair] = analysis["pairs"]
    assert (pair["relation"], pair["less"]) == ("rests-on-one", "cargo")
    assert pair["would_tell"] == [{"refutes": "item", "if_seen": "Closed doors"}]
    assert {s["without"]: s["order"] for s in analysis["sensitivity"]} == {
        "item:truck": [["item", "cargo"]],
        "origin:cns": [["item", "cargo"]],
    }


def test_a_matrix_with_what_follows_from_it(case: Path, offing) -> None:
    code, out, _ = offing("hypotheses", case)
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "What was unloaded?"
    assert next(line for line in lines if line.startswith("2 truck")).split()[-5:] == ["II", "C", "3", "of", "4"]
    assert any(line.startswith("Not separated: item and cargo;") for line in lines)
    assert "- would refute item: Closed doors" in lines
    assert "- Left unmarked and taken as N: item-4 for cargo." in lines
    assert "- without item:truck the order is item = cargo" in lines


def test_a_row_for_each_cell_as_csv(case: Path, offing) -> None:
    rows = list(csv.DictReader(io.StringIO(offing("hypotheses", case, "--format", "csv")[1])))
    assert len(rows) == 8
    assert (rows[0]["hypothesis"], rows[0]["mark"], rows[0]["origins"], rows[0]["weight"]) == (
        "item",
        "II",
        "cns",
        "1.0",
    )
    assert rows[0]["note"] == "'=1+1"


def test_a_look_that_is_not_there_is_named_with_its_line(case: Path, offing) -> None:
    (case / "case.yaml").write_text(CASE.replace("look:a", "look:b"), encoding="utf-8")
    code, out, err = offing("hypotheses", case)
    assert (code, out) == (1, "")
    assert err == f"error: {case / 'case.yaml'}:17: 'look:b' is not in this case; did you mean look:a?\n"


def test_a_case_without_any_says_so(case: Path, offing) -> None:
    (case / "case.yaml").write_text(CASE[: CASE.index("competing:")], encoding="utf-8")
    code, out, err = offing("hypotheses", case, "--format", "json")
    assert code == 0
    assert json.loads(out)["analyses"] == []
    assert "no explanations compete" in err
