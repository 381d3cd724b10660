"""``offing gaps`` and ``offing power`` as a person types them."""

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
claims:
  - id: lift-1
    source: cnn
    elements: {carrier: {classes: [ropucha]}, origin: rajin, destination: dunai, window: 2024-10-08/2024-10-13}
sources:
  - {id: cnn, title: CNN}
sites:
  - {id: dunai, name: Dunai, role: naval berth, position: [132.33542, 42.87879], timezone: Asia/Vladivostok}
  - {id: rajin, name: Rajin, role: port, position: [130.3, 42.2333]}
"""
TABLE = """\
look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class
a,dunai,2024-10-09T02:00Z,planetscope,clear,1,0.8,0.02,no,
b,dunai,2024-10-11T02:00Z,planetscope,cloud,0,0.8,0.02,indeterminate,
c,dunai,2024-10-11T09:10Z,sentinel-1,clear,1,,,no,
d,rajin,2024-10-09T02:00Z,sentinel-2,clear,0.4,0.8,0.02,no,
"""
TEN_YEARS_OLD = """\
OLD ONE
1 90001U 14016A   14100.50000000  .00000000  00000-0  00000-0 0  9993
2 90001  98.1800 100.0000 0001300  90.0000 270.0000 14.59198000    19
"""


class Done:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def rows(self) -> dict:
        assert self.code == 0, self.err
        return json.loads(self.out)


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
    (tmp_path / "looks.csv").write_text(TABLE)
    assert offing("observations", "import", root, tmp_path / "looks.csv").code == 0
    return root


# Gaps ---------------------------------------------------------------------------------------------------------------


def test_gaps_are_listed_as_ever_and_beside_them_what_could_have_passed(offing, case):
    found = offing("gaps", case, "--site", "dunai", "--days", 0, "--format", "json").rows
    assert list(found) == ["gaps", "unseen", "passes", "passes_unknown"]
    assert [(g["from"], g["to"]) for g in found["gaps"]] == [
        ("2024-10-07T14:00:00Z", "2024-10-09T02:00:00Z"),
        ("2024-10-09T02:00:00Z", "2024-10-11T09:10:00Z"),
        ("2024-10-11T09:10:00Z", "2024-10-13T14:00:00Z"),
    ]
    assert set(found["gaps"][0]) == {"site", "from", "to", "hours", "after", "before", "unusable"}
    assert found["gaps"][1]["unusable"] == ["b"]
    rows = {(r["length_h"], r["pattern"]): r for r in found["unseen"]}
    assert len(rows) == 8
    day = rows[(24.0, "any")]
    assert day["beginnings"][1] == {"from": "2024-10-09T02:00:00Z", "to": "2024-10-10T09:10:00Z", "hours": 31.167}
    assert (day["begins_h"], day["seeing"], day["undeclared"]) == (144.0, 2, 1)
    assert day["share"] == pytest.approx((144 - 24 - 24) / 144, abs=1e-4)
    assert 0.5 < rows[(6.0, "night")]["share"] < 1.0  # the radar look at 18:00 by the sun falls into the night
    assert (rows[(12.0, "night")]["share"], rows[(12.0, "night")]["note"]) == (None, "no night is as long")
    through = offing(
        "gaps", case, "--site", "dunai", "--length", 24, 30, "--dark", "ends", "--part", "unseen", "--format", "json"
    )
    ends = [r for r in through.rows["unseen"] if r["pattern"] == "night-to-night"]
    assert [r["begins_h"] > 0 for r in ends] == [True, True]


def test_what_counts_as_seeing_is_for_the_user_to_say(offing, case):
    ask = ("gaps", case, "--part", "gaps", "--format", "json", "--site")
    assert len(offing(*ask, "rajin").rows["gaps"]) == 1
    assert len(offing(*ask, "rajin", "--least-usable", 0.4).rows["gaps"]) == 2
    assert len(offing(*ask, "dunai", "--least-p", 0.9).rows["gaps"]) == 2
    assert "write a number from 0 to 1" in offing(*ask, "dunai", "--least-usable", 2).err


def test_as_csv_the_gaps_alone_and_in_the_table_everything(offing, case):
    rows = list(csv.DictReader(io.StringIO(offing("gaps", case, "--format", "csv").out)))
    assert list(rows[0]) == ["site", "from", "to", "hours", "after", "before", "unusable"]
    unseen = list(csv.DictReader(io.StringIO(offing("gaps", case, "--format", "csv", "--part", "unseen").out)))
    assert {r["site"] for r in unseen} == {"dunai", "rajin"}
    table = offing("gaps", case).out
    for heading in ("without a usable look", "begun and passed unseen", "next passes"):
        assert heading in table


def test_the_next_passes_and_those_that_nobody_knows(offing, case):
    (case / "old.tle").write_text(TEN_YEARS_OLD)
    found = offing("gaps", case, "--site", "dunai", "--part", "passes", "--format", "json").rows
    after = [p for p in found["passes"] if p["after"] == "window"]
    assert {p["satellite"] for p in after} >= {"sentinel-1a", "sentinel-2a", "sentinel-2b"}
    assert all("2024-10-13T14:00:00Z" <= p["time"] < "2024-10-27T14:00:00Z" for p in after)
    assert all(p["band"] == "sar" or p["daylight"] for p in found["passes"])
    assert "not an acquisition" in after[0]["basis"]
    (case / "case.yaml").write_text(CASE + "orbits: [{path: old.tle, swath_km: 250}]\n")
    with_old = offing("gaps", case, "--site", "dunai", "--part", "passes", "--format", "json")
    missing = [m for m in with_old.rows["passes_unknown"] if "years" in m["reason"] or "days" in m["reason"]]
    assert missing
    assert with_old.rows["passes"], "the other satellites are told all the same"
    assert "--days is -1" in offing("gaps", case, "--days", -1).err


# Power --------------------------------------------------------------------------------------------------------------


def test_the_power_is_a_range_where_p_detect_is_not_declared(offing, case):
    done = offing("power", case, "--site", "dunai", "--length", 24, "--night", "--format", "json")
    (day, night) = done.rows["power"]
    assert (day["length_h"], day["pattern"], day["looks"], day["usable"], day["undeclared"]) == (24.0, "any", 3, 2, 1)
    assert (day["power_low"], day["power_high"]) == pytest.approx((0.8 * 24 / 144, (0.8 * 24 + 24) / 144))
    assert (day["alike_low"], day["alike_high"]) == pytest.approx((day["power_low"], day["power_high"]))
    (lost,) = day["lost"]
    assert (lost["cause"], lost["looks"]) == ("cloud", 1)
    assert lost["power_low"] == pytest.approx(2 * 0.8 * 24 / 144)
    assert (night["power_low"], night["note"]) == (None, "no such call: no night is as long")


def test_an_assumption_narrows_it_and_the_table_says_so_in_words(offing, case):
    ask = ("power", case, "--site", "dunai", "--length", 12)
    table = offing(*ask)
    assert "0.07–0.15" in table.out
    assert "1 cloud" in table.out
    assert "a range where nobody declared p_detect" in table.err
    assert "0.12–0.14" in offing(*ask, "--assume-p", 0.6, 0.9).out
    assert "no bounds of a probability" in offing(*ask, "--assume-p", 0.9, 0.6).err


def test_night_calls_random_lengths_and_csv(offing, case):
    ask = ("power", case, "--site", "dunai", "--length", 6, "--stay", 8, 36, 144, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(offing(*ask, "--night").out)))
    assert [(r["length_h"], r["pattern"]) for r in rows] == [
        ("6.0", "any"),
        ("", "any"),
        ("6.0", "night"),
        ("", "night"),
    ]
    assert float(rows[2]["power_high"]) > 0.0 == float(rows[2]["power_low"])
    ends = offing(*ask, "--night", "--dark", "ends")
    assert "random length that come and leave" in ends.err
    assert ends.code == 0
    assert "positive and rising" in offing("power", case, "--stay", 9, 3, 4).err


def test_another_ship_takes_away_what_was_stated_of_the_one_claimed(offing, case):
    ask = ("power", case, "--site", "dunai", "--length", 24, "--format", "json", "--class")
    same, other = offing(*ask, "ropucha").rows["power"][0], offing(*ask, "tanker").rows["power"][0]
    assert same["undeclared"] == 1
    assert (other["undeclared"], other["power_low"]) == (2, 0.0)
    assert other["power_high"] == pytest.approx(48 / 144)
    assert "did you mean ropucha" in offing(*ask, "ropuch").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--length", 0], "no length of a call"),
        (["--length", "nan"], "no length of a call"),
        (["--site", "nope"], "no site"),
    ],
)
@pytest.mark.parametrize("command", ["gaps", "power"])
def test_refused(offing, case, command, words, said):
    done = offing(command, case, *words)
    assert (done.code, done.out) == (1, "")
    assert said in done.err


def test_a_case_without_windows_has_nothing_to_say(offing, case):
    (case / "case.yaml").write_text(CASE.replace(", window: 2024-10-08/2024-10-13", ""))
    assert offing("power", case, "--format", "json").rows == {"power": []}
    assert offing("gaps", case, "--format", "json").rows["unseen"] == []
