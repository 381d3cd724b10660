"""``offing sites`` as a person types it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from offing.cli.main import main

CASE = """\
title: Ships
sources:
  - {id: nis, title: NIS, published: 2024-10-18}
claims:
  - id: lift
    source: nis
    elements:
      carrier: {classes: [ropucha], count: 2}
      origin: {any_of: [pier, other]}
      destination: pier
      window: 2024-10-08/2024-10-13
sites:
  - {id: pier, name: Pier, role: naval berth, aka: [Пирс], position: [132.33, 42.88]}
  - {id: other, name: Other, role: port, position: [132.9, 42.8]}
"""
PORTS = "portName,latitude,longitude,cranefixed\nPierport,42.9,132.3,Y\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "case.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "ports.csv").write_text(PORTS)

    def go(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["sites", str(tmp_path / "case"), *arguments])
        return (ended.value.code, *capsys.readouterr())

    go.ports = str(tmp_path / "ports.csv")  # type: ignore[attr-defined]
    return go


def test_a_sheet_in_three_forms(run) -> None:
    code, out, _ = run("--site", "pier", "--ports", run.ports, "--format", "json")
    assert code == 0
    [sheet] = json.loads(out)["sites"]
    assert sheet["index_ports"][0]["port"]["has"] == ["fixed cranes"]
    assert [(r["role"], r["alternatives"], r["basis"]) for r in sheet["reported"]] == [
        ("origin", 1, "reported, not seen"), ("destination", 0, "reported, not seen"),
    ]  # fmt: skip
    path = sheet["sites_by_sea"][0]["path"]
    assert path["geodesic_m"] <= path["low_m"] <= path["metres"]
    assert sheet["ais"] == "not known: the case has no AIS"
    _, out, _ = run("--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(r["site"], r["nearest_site"], r["calls_reported"]) for r in rows] == [
        ("pier", "other", "2"), ("other", "pier", "1"),
    ]  # fmt: skip
    _, out, _ = run()
    assert "Пирс" in out
    assert "reported, not seen" in out


def test_what_is_not_there_is_one_line(run) -> None:
    code, _, err = run("--site", "nowhere")
    assert (code, err.count("\n")) == (1, 1)
    code, _, err = run("--ports", "/nonexistent.csv")
    assert (code, err.count("\n")) == (1, 1)
    assert "there is no such file" in err
