"""``offing calls`` as a person types it, and the curve that it draws."""

from __future__ import annotations

import csv
import io
import json
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from offing.cli import main

CASE = """\
title: Sealift
claims:
  - id: lift-1
    source: cnn
    elements: {carrier: {classes: [ropucha]}, destination: dunai, window: 2024-10-08/2024-10-13}
  - id: bare
    source: cnn
    elements: {carrier: {classes: [ropucha]}, destination: rajin, window: 2024-10-08/2024-10-13}
  - {id: named, source: cnn, elements: {carrier: {vessels: [peresvet]}, destination: dunai, window: 2024-10}}
sources:
  - {id: cnn, title: CNN}
sites:
  - {id: dunai, name: "Dunai <b>&", role: naval berth, position: [132.33542, 42.87879], timezone: Asia/Vladivostok,
     baseline: [{classes: [ropucha], calls_per_30d: 2}]}
  - {id: rajin, name: Rajin, role: port, position: [130.3, 42.2333]}
  - {id: chongjin, name: Chongjin, role: port, position: [129.8167, 41.7667]}
vessels:
  - {id: peresvet, class: ropucha, names: [Peresvet]}
"""
TABLE = """\
look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class
a,dunai,2024-10-09T02:00Z,planetscope,clear,1,0.8,0.02,no,
b,dunai,2024-10-11T02:00Z,planetscope,clear,1,0.8,0.02,yes,ropucha
c,dunai,2024-10-11T09:10Z,sentinel-1,clear,1,0.7,0.05,yes,ropucha
d,dunai,2024-10-12T02:00Z,planetscope,not-obtained,0,,,indeterminate,
e,dunai,2024-10-14T02:00Z,planetscope,clear,1,0.8,0.02,no,
f,rajin,2024-10-09T02:00Z,sentinel-2,clear,1,,,yes,ropucha
"""


@pytest.fixture
def offing(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> str:
        capsys.readouterr()
        with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        run.out, run.err = capsys.readouterr()
        run.code = int(ended.value.code or 0)
        return run.out

    return run


@pytest.fixture
def case(tmp_path: Path, offing) -> Path:
    root = tmp_path / "case"
    offing("new", root)
    (root / "case.yaml").write_text(CASE, encoding="utf-8")
    table = tmp_path / "looks.csv"
    table.write_text(TABLE, encoding="utf-8")
    offing("observations", "import", root, table)
    assert offing.code == 0, offing.err
    offing("run", root)
    assert offing.code == 0, offing.err
    return root


def test_calls_numbers_and_links_as_json(case, offing):
    told = json.loads(offing("calls", case, "--format", "json"))
    first, bare = sorted(told["calls"], key=lambda c: c["site"])
    assert (first["arrived_before"], first["looks"]) == ("2024-10-11T02:00:00Z", ["b", "c"])
    found = first["posterior"]
    assert found["looks"] == ["b", "c"]
    assert found["arrived"]["p05"] < found["arrived"]["p50"] < found["arrived"]["p95"] <= "2024-10-11T02:00:00Z"
    assert "2024-10-11T09:10:00Z" <= found["departed"]["p05"] < found["departed"]["p95"]
    assert 0.0 < found["look_alike"] < 0.2
    assert bare["posterior"] is None
    assert bare["unweighed"] == "no p_detect or p_false is declared for f"
    (link,) = told["links"]
    assert (link["first"], link["second"]) == ("b", "c")
    assert link["one_call"] > 0.7
    numbers = {p["claims"][0]: p for p in told["presence"]}
    assert set(numbers) == {"lift-1", "bare", "named"}
    assert sum(numbers["lift-1"]["calls"]["probabilities"]) == pytest.approx(1.0)
    assert numbers["lift-1"]["calls"]["probabilities"][0] < 0.15
    assert numbers["bare"]["calls"] is None
    assert numbers["bare"]["undeclared"] == ["f"]
    assert all(p["low"] <= p["probability"] <= p["high"] for p in numbers["lift-1"]["points"])


def test_tables_and_csv_hold_what_is_asked_for(case, offing):
    text = offing("calls", case)
    assert "How many ships called" in text
    assert "no p_detect or p_false is declared" in offing.err
    rows = list(csv.DictReader(io.StringIO(offing("calls", case, "--site", "dunai", "--format", "csv"))))
    assert [r["site"] for r in rows] == ["dunai"]
    rows = list(csv.DictReader(io.StringIO(offing("calls", case, "--part", "presence", "--format", "csv"))))
    assert {r["site"] for r in rows} == {"dunai"}
    assert all(0.0 <= float(r["probability"]) <= 1.0 for r in rows)


def test_other_ships_and_other_windows_are_computed_when_asked_for(case, offing):
    told = json.loads(offing("calls", case, "--class", "any", "--window", "2024-10", "--format", "json"))
    assert {(p["site"], p["classes"][0]) for p in told["presence"]} == {("dunai", "any"), ("rajin", "any")}
    kept = json.loads(offing("calls", case, "--site", "dunai", "--class", "ropucha", "--format", "json"))
    assert "lift-1" in [c for p in kept["presence"] for c in p["claims"]]
    told = json.loads(offing("calls", case, "--vessel", "peresvet", "--format", "json"))
    assert told["calls"] == []
    assert {tuple(p["vessels"]) for p in told["presence"]} == {("peresvet",)}


def test_the_curve_is_drawn_the_same_each_time_with_all_that_it_needs(case, offing, tmp_path):
    out = tmp_path / "curve.svg"
    printed = offing("calls", case, "--site", "dunai", "--class", "ropucha", "--presence", out)
    assert printed.splitlines()[0] == str(out)
    first = out.read_bytes()
    offing("calls", case, "--site", "dunai", "--class", "ropucha", "--presence", out)
    assert out.read_bytes() == first
    root = ET.fromstring(first)
    spaces = {"s": "http://www.w3.org/2000/svg"}
    assert root.get("role") == "img"
    assert "Dunai <b>&" in root.find("s:title", spaces).text
    assert "90 of 100" in root.find("s:desc", spaces).text
    classes = [e.get("class") for e in root.iter() if e.get("class")]
    for css in ("curve", "curve-range", "curve-before", "shade", "gap", "seen-shape", "not-seen-shape"):
        assert css in classes, css
    titles = [t.text for t in root.iter("{http://www.w3.org/2000/svg}title")]
    assert sum("2024" in t and "seen" in t for t in titles) >= 4
    assert any(t.startswith("No usable look from") for t in titles)
    assert b"http" not in first.replace(b"http://www.w3.org", b"")


def test_a_curve_without_a_number_says_so(case, offing, tmp_path):
    out = tmp_path / "curve.svg"
    offing("calls", case, "--site", "rajin", "--presence", out)
    text = out.read_text(encoding="utf-8")
    assert "no number is given" in text
    assert 'class="curve"' not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--vessel", "peresvit"), "peresvet"),
        (("--class", "ropuchas"), "ropucha"),
        (("--site", "dunaj"), "is no site"),
        (("--window", "2024-10"), "--class"),
        (("--site", "chongjin", "--class", "any", "--presence", "x.svg"), "--window"),
        (("--class", "any", "--window", "2024-13"), "2024-13"),
    ],
)
def test_what_leads_nowhere_is_one_clear_line(case, offing, words, said):
    offing("calls", case, *words)
    assert offing.code == 1
    assert said in offing.err
    assert offing.err.count("\n") <= 2
    assert "Traceback" not in offing.err
