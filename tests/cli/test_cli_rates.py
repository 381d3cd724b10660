"""``offing rates`` as a person types it, with its figure."""

from __future__ import annotations

import csv
import io
import json
import warnings
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offing.cli import main

CASE = """\
title: Sealift
claims:
  - id: lift-1
    source: cnn
    elements: {carrier: {classes: [ropucha]}, destination: dunai, window: 2024-10-08/2024-10-13, activity: calls}
sources:
  - {id: cnn, title: CNN}
sites:
  - {id: dunai, name: Dunai <b>, role: naval berth, position: [132.33542, 42.87879]}
  - {id: rajin, name: Rajin, role: port, position: [130.3, 42.2333]}
"""
SVG = "{http://www.w3.org/2000/svg}"


def table() -> str:
    lines = ["look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class"]
    for n in range(120):
        time = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=3 * n)
        cloud = 60 <= n < 70
        seen = "yes" if n % 3 == 0 and n < 60 else "no"
        kind = "ropucha" if seen == "yes" else ""
        cells = ["cloud,0,0.8,0.02,indeterminate,"] if cloud else [f"clear,1,0.8,0.02,{seen},{kind}"]
        lines.append(f"k{n},dunai,{time:%Y-%m-%dT%H:%MZ},planetscope,{cells[0]}")
    return "\n".join(lines) + "\n"


def offing(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.fixture
def case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    root = tmp_path / "case"
    offing(capsys, "new", root, "--title", "T")
    (root / "case.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "looks.csv").write_text(table(), encoding="utf-8")
    code, _, err = offing(capsys, "observations", "import", root, tmp_path / "looks.csv")
    assert code == 0, err
    return root


def test_rates_tell_months_change_and_what_cannot_be_told(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = offing(capsys, "rates", case, "--site", "dunai")
    assert code == 0, err
    assert "not searched" not in out.split("2024-06-01")[0]
    assert "If it changed once: around 2024-0" in out
    assert "No usable look after 2024-12-23" in out
    assert "a rate is no verdict" in err
    code, out, _ = offing(capsys, "rates", case, "--format", "json")
    (found,) = json.loads(out)["rates"]
    assert found["what"] == "calls of ropucha at dunai"
    assert found["changes"]["stopped"]["value"] > 0.5
    assert len(found["periods"]) == 12
    code, out, _ = offing(capsys, "rates", case, "--period", "week", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert sum(int(r["counted"]) for r in rows) == 20
    blank = [r for r in rows if r["usable"] == "0"]
    assert blank
    assert all(r["per_30d"] == "" for r in blank)


def test_other_ships_have_what_is_declared_of_them(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = offing(capsys, "rates", case, "--class", "alligator", "--assume-p", "0.2", "0.9")
    assert code == 0, err
    assert "p_detect" in err
    assert "0.2 to 0.9" in err
    assert "alligator" in out


def test_the_figure_is_one_safe_drawing_that_comes_out_the_same(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [case.parent / "a.svg", case.parent / "b.svg"]
    for file in files:
        code, _, err = offing(capsys, "rates", case, "--figure", file)
        assert code == 0, err
    assert files[0].read_bytes() == files[1].read_bytes()
    root = ET.fromstring(files[0].read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    desc = root.find(f"{SVG}desc")
    assert desc is not None
    assert "90 %" in (desc.text or "")
    assert len(root.findall(f".//{SVG}rect[@class='bar']")) >= 10
    assert root.find(f".//{SVG}rect[@class='half']") is not None


def test_flights_are_told_by_route(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["icao24,firstseen,estdepartureairport,lastseen,estarrivalairport,callsign"]
    for d in range(90):
        at = int(datetime(2024, 9, 1, tzinfo=UTC).timestamp()) + 86_400 * d
        lines += [f"a{d},{at},UHWW,{at},UUEE,x", f"b{d},{at},ZBAA,{at},ZKPY,x"]
        lines += [f"c{d},{at + 9},UHWW,{at},ZKPY,x"] if d > 45 and d % 2 else []
    file = case.parent / "flights.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, out, err = offing(
        capsys, "rates", case, "--flights", file, "--from", "UHWW", "--to", "ZKPY", "FNJ", "--format", "json"
    )
    assert code == 0, err
    (found,) = json.loads(out)["rates"]
    assert found["what"] == "flights UHWW to FNJ/ZKPY"
    assert found["changes"]["changed"]["low"] > 0.9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--site", "nowhere"], "nowhere"),
        (["--from", "UHWW"], "flights need their tables"),
        (["--flights", "gone.csv", "--from", "UHWW", "--to", "ZKPY"], "no such file"),
        (["--class", "rowboat"], "rowboat"),
        (["--assume-p", "0", "1"], "above 0"),
        (["--site", "rajin", "--figure", "x.svg"], "no rate to draw"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    case: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code, _, err = offing(capsys, "rates", case, *arguments)
    assert code == 1
    assert message in err
    assert len([line for line in err.splitlines() if line.startswith("error:")]) == 1
