"""The contract on verdicts, read as a stranger reads it: case.yaml and a table in, verdicts out, figures from outside.

With one look the numbers have closed forms. Ships come as a Poisson process of rate λ and stay m hours on average, so
Poisson(λm) of them lie there at any moment, and none in a window of W hours with probability exp(−λ(W + m)).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offing.cli import main

HEADER = (
    "look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class,vessel,length_m,length_sd_m,"
    "activity,source,note\n"
)
CASE = """\
title: A contract
sources: [{id: s}]
claims:
  - {id: c, source: s, elements: {%s}}
sites:
  - {id: dunai, name: Dunai, role: naval berth, position: [132.335, 42.879], baseline: [
      {classes: [ropucha, alligator], calls_per_30d: 0.5, stay_h: [8, 36, 144]},
      {classes: [any], calls_per_30d: 6, stay_h: [6, 24, 96]}]}
  - {id: chongjin, name: Chongjin, role: port, position: [129.8167, 41.7667]}
  - {id: hungnam, name: Hungnam, role: port, position: [127.6167, 39.8333]}
vessels: [{id: vilkov, class: alligator, names: [Nikolay Vilkov]}]
%s
"""
CLAIM = "carrier: {classes: [ropucha]}, destination: dunai, window: 2024-10-08/2024-10-13"
RATE, WINDOW_H = 0.5 / 720.0, 6 * 24.0
SIGMA = math.log(144.0 / 8.0) / (2.0 * 1.6448536)
STAY_H = 36.0 * math.exp(SIGMA**2 / 2.0)
NONE = math.exp(-RATE * (WINDOW_H + STAY_H))

Judge = Callable[..., dict[str, dict[str, Any]]]


def row(look: str, time: str, seen: str = "no", ship: str = "", **cells: str) -> str:
    """A row; a named vessel is written ``@name``."""
    said = {"site": "dunai", "sensor": "planetscope", "status": "clear", "usable": "1", "p": "0.8", "q": "0.02"} | cells
    names = f",{ship[1:]}" if ship.startswith("@") else f"{ship},"
    at = f"{said['status']},{said['usable']},{said['p']},{said['q']}"
    return f"{look},{said['site']},{time},{said['sensor']},{at},{seen},{names},,,{said.get('act', '')},s,\n"


def daily(number: int, **cells: str) -> str:
    """So many looks that show nothing, one a day from the window's first."""
    return "".join(row(f"d{i}", f"2024-10-{8 + i:02}T02:00:00Z", **cells) for i in range(number))


SHARP = "".join(
    row(f"{day}-{hour}", f"2024-10-{day:02}T{hour:02}:00:00Z", p="1", q="0")
    for day in range(8, 14)
    for hour in (0, 6, 12, 18)
)
"""Looks every six hours that could not have missed a ship, and show none."""


@pytest.fixture
def judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Judge:
    """Verdicts by element, of a claim and the rows of a table; ``said`` is what stood on stderr, ``code`` the exit."""

    def run(rows: str, claim: str = CLAIM, more: str = "") -> dict[str, dict[str, Any]]:
        folder = tmp_path / "case"
        folder.mkdir()
        (folder / "case.yaml").write_text(CASE % (claim, more), encoding="utf-8")
        (tmp_path / "looks.csv").write_text(HEADER + rows, encoding="utf-8")
        said = ""
        commands = (
            ["observations", "import", str(folder), str(tmp_path / "looks.csv")],
            ["run", str(folder)],
            ["verdicts", str(folder), "--format", "json"],
        )
        for command in commands:
            with pytest.raises(SystemExit) as ended:
                main(command)
            out, err = capsys.readouterr()
            said += err
            if ended.value.code:
                return {"": {"code": ended.value.code, "said": said}}
        found = {v["element"]: v for v in json.loads(out)["verdicts"]}
        return found | {"": {"code": 0, "said": said}}

    return run


# The numbers


def test_one_look_that_shows_nothing_has_a_closed_form(judge: Judge) -> None:
    got = judge(row("a", "2024-10-10T02:00:00Z"))["destination"]
    unseen = (math.exp(-RATE * STAY_H * 0.8) - NONE) / (1.0 - NONE)
    assert got["likelihood_ratio"]["value"] == pytest.approx(unseen, rel=0.003)
    assert got["power"] == pytest.approx(1.0 - unseen, rel=0.003)
    assert got["probability"]["value"] == pytest.approx(unseen / (1.0 + unseen), rel=0.003)
    assert got["probability"]["prior"] == 0.5
    assert (got["verdict"], got["word"]) == ("not-corroborated", "unlikely")


def test_one_look_that_shows_a_ship_has_a_closed_form(judge: Judge) -> None:
    got = judge(row("a", "2024-10-10T02:00:00Z", "yes", "ropucha"))["destination"]
    seen = RATE * STAY_H * 0.8
    missed, fooled, one = math.exp(-seen) - NONE, 0.02, 1.0 - 0.02
    true = (seen * math.exp(-seen) * (1.0 - fooled) + missed * fooled * one) / (1.0 - NONE)
    assert got["likelihood_ratio"]["value"] == pytest.approx(true / (fooled * one), rel=0.005)
    assert (got["verdict"], got["word"], got["evidence"]) == ("consistent", "very likely", ["look:a"])


def test_looks_that_show_nothing_against_drawn_traffic(judge: Judge) -> None:
    """Half a million months: in which share of those with a call in the window do five looks show nothing?"""
    got = judge(daily(5, p="0.6"))["destination"]
    rng = np.random.default_rng(3)
    number = 500_000
    count = rng.poisson(RATE * 2000.0, number)
    arrived = rng.uniform(-1856.0, 144.0, count.sum())
    left = arrived + np.exp(rng.normal(math.log(36.0), SIGMA, count.sum()))
    month = np.repeat(np.arange(number), count)
    inside = left > 0.0
    missed = np.prod([np.where((arrived <= h) & (h < left), 0.4, 1.0) for h in 2.0 + 24.0 * np.arange(5)], axis=0)
    unseen = np.ones(number)
    np.multiply.at(unseen, month[inside], missed[inside])
    with_call = np.bincount(month[inside], minlength=number) > 0
    assert got["likelihood_ratio"]["value"] == pytest.approx(unseen[with_call].mean(), rel=0.015)
    assert got["power"] == pytest.approx(1.0 - unseen[with_call].mean(), rel=0.015)


def test_usable_scales_the_probabilities(judge: Judge, tmp_path: Path) -> None:
    half = judge(row("a", "2024-10-10T02:00:00Z", status="partly", usable="0.5"))["destination"]
    (tmp_path / "case").rename(tmp_path / "first")
    same = judge(row("a", "2024-10-10T02:00:00Z", p="0.4", q="0.01"))["destination"]
    assert half["likelihood_ratio"]["value"] == same["likelihood_ratio"]["value"]
    assert half["power"] == same["power"]


@pytest.mark.parametrize(("p", "q"), [("0", "0"), ("0", "0.1"), ("1", "0"), ("1", "1"), ("1e-9", "1e-9")])
def test_certainties_end_in_a_verdict(judge: Judge, p: str, q: str) -> None:
    got = judge(daily(3, p=p, q=q) + row("a", "2024-10-12T12:00:00Z", "yes", "ropucha", p=p, q=q))
    ratio = got["destination"]["likelihood_ratio"]
    assert 0.0 < ratio["low"] <= ratio["value"] <= ratio["high"] < math.inf
    assert math.isfinite(got["destination"]["power"])


# What a row says


@pytest.mark.parametrize(("p", "q"), [("", ""), ("0.8", ""), ("", "0.02")])
def test_blank_probabilities_give_words_alone(judge: Judge, p: str, q: str) -> None:
    got = judge(row("a", "2024-10-10T02:00:00Z", "yes", "ropucha", p=p, q=q))["destination"]
    assert got["likelihood_ratio"] is got["probability"] is got["word"] is None
    assert got["verdict"] == "consistent"
    assert "1 of 1 look" in got["strength"]


def test_another_class_seen_is_the_claimed_one_not_seen(judge: Judge, tmp_path: Path) -> None:
    other = judge(row("a", "2024-10-10T02:00:00Z", "yes", "cargo"))["destination"]
    (tmp_path / "case").rename(tmp_path / "first")
    nothing = judge(row("a", "2024-10-10T02:00:00Z"))["destination"]
    assert other["likelihood_ratio"] == nothing["likelihood_ratio"]
    assert other["verdict"] == nothing["verdict"] == "not-corroborated"


@pytest.mark.parametrize("ship", ["unknown", "landing-ship", "warship", "any"])
def test_a_wider_class_seen_says_nothing_of_a_narrower_one(judge: Judge, ship: str) -> None:
    got = judge(row("a", "2024-10-10T02:00:00Z", "yes", ship))["destination"]
    assert (got["likelihood_ratio"]["value"], got["verdict"], got["evidence"]) == (1.0, "not-observable", [])


@pytest.mark.parametrize("sought", ["any", "warship", "landing-ship", "ropucha"])
def test_a_narrower_class_seen_is_one_of_the_wider(judge: Judge, sought: str) -> None:
    claim = CLAIM.replace("ropucha", sought)
    got = judge(row("a", "2024-10-10T02:00:00Z", "yes", "ropucha"), claim)["destination"]
    assert got["likelihood_ratio"]["value"] > 5.0
    assert got["evidence"] == ["look:a"]


def test_a_vessel_that_is_named_counts_alone(judge: Judge) -> None:
    claim = CLAIM.replace("classes: [ropucha]", "vessels: [vilkov]")
    rows = row("a", "2024-10-09T02:00:00Z", "yes", "alligator") + row("b", "2024-10-11T02:00:00Z", "yes", "@vilkov")
    got = judge(rows, claim)["destination"]
    assert got["evidence"] == ["look:b"]
    assert "Nikolay Vilkov" in got["statement"]


@pytest.mark.parametrize("status", ["night", "nodata", "too-coarse", "not-obtained"])
def test_a_look_that_cannot_see_weighs_nothing(judge: Judge, status: str) -> None:
    got = judge(row("a", "2024-10-10T14:00:00Z", "indeterminate", status=status, usable="0"))["destination"]
    assert (got["likelihood_ratio"]["value"], got["power"], got["verdict"]) == (1.0, 0.0, "not-observable")
    assert any(status in reason for reason in got["reasons"])


@pytest.mark.parametrize(
    ("time", "more", "inside"),
    [
        ("2024-10-08T00:00:00Z", "", True),
        ("2024-10-13T23:59:59Z", "", True),
        ("2024-10-14T00:00:00Z", "", False),
        ("2024-10-07T15:00:00Z", "timezone: Asia/Vladivostok", True),
        ("2024-10-13T14:00:00Z", "timezone: Asia/Vladivostok", False),
    ],
)
def test_days_are_whole_and_those_of_the_zone(judge: Judge, time: str, more: str, inside: bool) -> None:
    got = judge(row("a", time, "yes", "ropucha"), more=more)["destination"]
    assert any("1 look in the window" in reason for reason in got["reasons"]) is inside


# Elements


def test_a_list_of_origins_gives_each_and_all(judge: Judge) -> None:
    claim = f"origin: [chongjin, hungnam], {CLAIM}, cargo: troops"
    got = judge(row("a", "2024-10-09T02:00:00Z", "yes", "ropucha", site="chongjin"), claim)
    assert {"origin:chongjin", "origin:hungnam", "origin", "destination", "window", "carrier", "cargo"} <= set(got)
    assert got["origin:hungnam"]["verdict"] == "not-observable"
    one, both = (got[e]["likelihood_ratio"]["value"] for e in ("origin:chongjin", "origin"))
    # One site with ratio r, one with 1: (r·1) against the three ways of being false, (1 + r + 1) / 3.
    assert both == pytest.approx(3.0 * one / (2.0 + one), rel=1e-3)
    assert any("no baseline traffic is stated" in r for r in got["origin:chongjin"]["reasons"])
    assert (got["cargo"]["verdict"], got["cargo"]["likelihood_ratio"]) == ("not-observable", None)


def test_any_of_several_origins(judge: Judge) -> None:
    claim = f"origin: {{any_of: [chongjin, hungnam]}}, {CLAIM}"
    got = judge(row("a", "2024-10-09T02:00:00Z", "yes", "ropucha", site="chongjin"), claim)
    assert "origin:chongjin" not in got
    assert got["origin"]["likelihood_ratio"]["value"] > 5.0


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ("".join(row(f"{i}", f"2024-10-1{i}T02:00Z", "yes", "ropucha", sensor=f"{i}") for i in "012"), "corroborated"),
        (row("a", "2024-10-10T02:00:00Z", "yes", "ropucha"), "consistent"),
        (row("a", "2023-10-10T02:00:00Z", "yes", "ropucha"), "not-observable"),
        (row("a", "2024-10-10T02:00:00Z"), "not-corroborated"),
        (SHARP, "contradicted"),
    ],
    ids=lambda value: value if value.isalpha() else "",
)  # fmt: skip
def test_all_five_verdicts_can_be_reached(judge: Judge, rows: str, verdict: str) -> None:
    assert judge(rows)["destination"]["verdict"] == verdict


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ("corroborated_lr: 11.9", "corroborated"),
        ("corroborated_lr: 12.1", "consistent"),
        ("prior: 0.9", "consistent"),
    ],
)
def test_thresholds_are_the_cases(judge: Judge, options: str, verdict: str) -> None:
    got = judge(row("a", "2024-10-10T02:00:00Z", "yes", "ropucha"), more=f"options: {{{options}}}")["destination"]
    assert got["verdict"] == verdict


@pytest.mark.parametrize(("least", "verdict"), [("0.22", "not-corroborated"), ("0.23", "not-observable")])
def test_the_power_that_counts_as_observable_is_the_cases(judge: Judge, least: str, verdict: str) -> None:
    got = judge(row("a", "2024-10-10T02:00:00Z"), more=f"options: {{observable_power: {least}}}")["destination"]
    assert got["verdict"] == verdict


# Bad input: said and handled, or one line


def test_disorder_and_copies_are_said_and_change_nothing(judge: Judge, tmp_path: Path) -> None:
    a = row("a", "2024-10-09T02:00:00Z", "yes", "ropucha")
    b, copy = row("b", "2024-10-11T02:00:00Z"), row("c", "2024-10-09T02:01:00Z", "yes", "ropucha")
    plain = judge(a + b)
    assert "warning" not in plain[""]["said"]
    (tmp_path / "case").rename(tmp_path / "first")
    got = judge(b + copy + a + b)
    warnings = [line for line in got[""]["said"].splitlines() if line.startswith("warning: ")]
    for part in ("after a later one", "of an acquisition that another", "repeated"):
        assert sum(part in line for line in warnings) == 1
    assert got["destination"]["likelihood_ratio"] == plain["destination"]["likelihood_ratio"]
    assert any("count once" in reason for reason in got["destination"]["reasons"])


def test_a_time_without_zone_is_utc_and_said_once(judge: Judge) -> None:
    got = judge(row("a", "2024-10-13T23:30:00") + row("b", "2024-10-09T02:00", "yes", "ropucha"))
    assert got[""]["said"].count("warning: looks.csv: a time without zone is taken as UTC (2 rows)") == 1


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        (row("a", "2024-10-10T02:00:00Z", p="1.2"), ["looks.csv:2", "p_detect", "1.2"]),
        (row("a", "2024-10-10T02:00:00Z", q="-0.1"), ["looks.csv:2", "p_false", "-0.1"]),
        (row("a", "2024-10-10T02:00:00Z", usable="nan"), ["looks.csv:2", "usable", "nan"]),
        (row("a", "2024-10-10T02:00:00Z", "yes", "ropuca"), ["looks.csv:2", "did you mean ropucha"]),
        (row("a", "2024-10-10T02:00:00Z", site="duna"), ["looks.csv:2", "did you mean dunai"]),
        (row("a", "2024-10-10T02:00:00Z", "yes", "@vilkof"), ["looks.csv:2", "did you mean vilkov"]),
        (row("a", "2024-10-10T02:00:00Z", "yes", "ropucha", usable="0"), ["looks.csv:2", "nothing was usable"]),
        (row("a", "2024-10-10"), ["looks.csv:2", "no time of day"]),
        (row("a", "2024-10-10T02:00Z") + row("a", "2024-10-11T02:00Z"), ["looks.csv:3", "same time"]),
        (row("a", "2024-10-10T02:00Z") + row("a", "2024-10-10T02:00Z", "yes", "ropucha"), ["looks.csv:3", "'no'"]),
    ],
)
def test_a_bad_row_is_one_line_with_its_place(judge: Judge, rows: str, parts: list[str]) -> None:
    _one_line(judge(rows), parts)


@pytest.mark.parametrize(
    ("claim", "more", "parts"),
    [
        (CLAIM.replace("2024-10-08/2024-10-13", "2024-10-13/2024-10-08"), "", ["case.yaml:4", "before it begins"]),
        (CLAIM.replace("[ropucha]", "[ropucha], count: 0"), "", ["case.yaml:4", "count is 0"]),
        (CLAIM.replace("ropucha", "ropuca"), "", ["case.yaml:4", "did you mean ropucha"]),
        (CLAIM.replace("dunai", "duna"), "", ["case.yaml", "did you mean dunai"]),
        (CLAIM.replace("destination", "destinaton"), "", ["case.yaml:4", "did you mean destination"]),
        (f"quantity: {{value: 0}}, {CLAIM}", "", ["case.yaml:4", "quantity is 0"]),
        (f"quantity: {{value: 300}}, {CLAIM}",
         "classes: [{id: ropucha, capacity: [{unit: persons, low: 0, high: 0, source: x}]}]",
         ["case.yaml", "0 to 0 persons"]),
        (CLAIM, "options: {prior: 1}", ["case.yaml", "prior"]),
        (CLAIM, "options: {corroborated_lr: 0.5}", ["case.yaml", "corroborated_lr"]),
        (CLAIM, "timezone: Asia/Vladivostock", ["case.yaml", "no IANA time zone"]),
    ],
)  # fmt: skip
def test_a_bad_case_is_one_line_with_its_place(judge: Judge, claim: str, more: str, parts: list[str]) -> None:
    _one_line(judge(row("a", "2024-10-10T02:00:00Z"), claim, more), parts)


def _one_line(got: dict[str, dict[str, Any]], parts: list[str]) -> None:
    assert got[""]["code"] == 1
    errors = [line for line in got[""]["said"].splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert got[""]["said"].splitlines()[-1] == errors[0]
    for part in parts:
        assert part in errors[0]
