"""Looks that a case could still have: from what catalogues list, and from passes; and ``offing next``."""

import json
import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from case_fixtures import look

from offing.case.candidates import listed, overhead
from offing.case.clock import system_clock
from offing.case.next_looks import next_in_case
from offing.case.pipeline import judged_verdicts, run_case
from offing.cli.next_look import next_looks
from offing.errors import CaseError, OffingError
from offing.imagery.catalogue.model import Answer, CatalogueItem, Found, Query
from offing.looks.passes.model import Pass
from offing.looks.passes.satellites import orbits
from offing.timespan import TimeSpan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = datetime(2024, 10, 10, 2, 15, tzinfo=UTC)
OUTLINE = (((131.5, 42.4), (133.0, 42.4), (133.0, 43.3), (131.5, 43.3), (131.5, 42.4)),)


class Quiet:
    def begin(self, total):
        pass

    def finished(self, step, *, unchanged):
        pass


def item(name, days=0.0, **said):
    fields = {
        "catalogue": "k",
        "collection": "sentinel-2-l2a",
        "item": name,
        "time": DAY + timedelta(days=days),
        "sensor": "multispectral",
        "platform": "sentinel-2b",
        "gsd_m": 10.0,
        "outline": OUTLINE,
        **said,
    }
    return CatalogueItem(id=f"k/{name}", **fields)


def found(*items, collections=("sentinel-2-l2a", "sentinel-1-grd"), complete=True):
    query = Query(
        catalogue="k",
        collections=collections,
        site="dunai",
        place=(132.335, 42.879, 3000.0),
        span=TimeSpan(start=DAY - timedelta(days=5), end=DAY + timedelta(days=10)),
    )
    answer = Answer(
        query=query, asked=NOW, url="https://k.example/search", matched=len(items), listed=len(items),
        complete=complete, stopped=None if complete else "no answer",
    )  # fmt: skip
    return Found(answer=answer, items=items)


def overflight(days, **said):
    time = DAY + timedelta(days=days)
    fields = {
        "satellite": "sentinel-1a", "sensor": "IW", "band": "sar", "start": time, "end": time, "time": time,
        "direction": "ascending", "off_nadir_deg": 30.0, "incidence_deg": 35.0, "side": "right", "covers": 1.0,
        "edge_km": 50.0, "sun_elevation_deg": 20.0, "daylight": True, "basis": "TLE of 2024-10-01",
        "uncertainty_s": 10.0, "uncertainty_km": 1.0,
        **said,
    }  # fmt: skip
    return Pass(**fields)


def keep(case, *answers, looks=()):
    with case.writing() as store:
        for answer in answers:
            store.add_search(answer, at=NOW)
        if looks:
            path = case.root.parent / "table.csv"
            path.write_text("a table")
            case.import_looks(path, list(looks), at=NOW)


def stated(days, **said):
    fields = {"sensor": "sentinel-2a", "p_detect": 0.4, "p_false": 0.1, "p_basis": "stated", **said}
    return msgspec.structs.replace(look(f"told{days}", 0), time=DAY + timedelta(days=days), **fields)


def test_what_is_listed_near_a_window_and_not_held_can_still_be_had(case):
    told = stated(-1.0)
    keep(
        case,
        found(
            item("near", cloud=0.25),
            item("tile", 0.0005, cost="bought"),
            item("held", -1.0, platform="sentinel-2a"),
            item("far", 300.0),
            item("dark", 0.5),
            item("coarse", 1.0, platform="modis", gsd_m=250.0),
            item("radar", 1.5, sensor="sar", platform="sentinel-1a", collection="sentinel-1-grd"),
            item("paid", 2.0, platform="skysat", gsd_m=0.5, cost="bought"),
        ),
        looks=[told],
    )
    got = {c.item: c for c in listed(case, (), (told,))}
    assert sorted(got) == ["k/coarse", "k/dark", "k/near", "k/paid", "k/radar"]
    near = got["k/near"]
    assert (near.cost, near.to_come, near.time) == ("free", False, DAY)
    # As the analyst states it for looks by the same satellites; 25 % cloud counts as four looks.
    assert (near.p_detect, near.p_false) == (0.4, 0.1)
    assert near.usable.value == pytest.approx(3.5 / 5.0)
    assert got["k/paid"].cost == "bought"
    assert got["k/radar"].p_detect is None
    assert got["k/radar"].usable.value > 0.9
    for name, why in (("k/dark", "below the horizon"), ("k/coarse", "pixels")):
        assert got[name].usable.value == 0.0
        assert why in got[name].usable.basis


def test_passes_are_no_acquisitions_and_optical_ones_want_daylight(case):
    site = case.site("dunai")
    passes = [
        overflight(0.0),
        overflight(0.5, satellite="sentinel-2b", band="optical", sensor="MSI", daylight=False),
        overflight(1.0, satellite="sentinel-2b", band="optical", sensor="MSI", covers=0.5),
        overflight(2.0, satellite="COSMOS 9", sensor="TLE"),
    ]
    then = DAY + timedelta(days=0.7)
    radar, dark, day, other = overhead(case, site, passes, (), then)
    assert [c.to_come for c in (radar, dark, day, other)] == [False, False, True, True]
    assert (radar.cost, other.cost, other.gsd_m) == ("free", "bought", None)
    assert dark.usable.value == 0.0
    assert 0.0 < day.usable.value < 0.5 * radar.usable.value
    assert "no acquisition" in radar.usable.basis


def test_a_run_proposes_what_is_listed_and_needs_no_clock_for_it(case):
    keep(case, found(item("a"), item("b", 1.0)), looks=[stated(-1.0)])
    run_case(case, Quiet(), system_clock)
    verdict = next(v for v in judged_verdicts(case) if v.element == "destination")
    assert verdict.next_look.item in ("k/a", "k/b")
    assert verdict.next_look.information_bits > 0.0
    again = run_case(case, Quiet(), lambda: NOW + timedelta(days=400))
    assert again.done == 0
    assert next(v for v in judged_verdicts(case) if v.element == "destination") == verdict


def test_a_pass_that_a_catalogue_would_list_and_does_not_was_no_acquisition(case):
    run_case(case, Quiet(), system_clock)
    known = orbits(("sentinel-1a", "sentinel-2a", "sentinel-2b"))
    before = next_in_case(case, NOW, known, days=1.0)
    at = {c.site for r in before.ranked for c in r.candidates}
    assert at == {"dunai", "chongjin", "rajin"}
    assert not any(r.first.to_come for r in before.ranked), "two years later no pass shows the call"
    keep(case, found(complete=False))
    run_case(case, Quiet(), system_clock)
    assert next_in_case(case, NOW, known, days=1.0) == before, "an answer that was cut short says nothing"
    keep(case, found(collections=("sentinel-1-grd",)))
    run_case(case, Quiet(), system_clock)
    after = next_in_case(case, NOW, known, days=1.0)
    asked = TimeSpan(start=DAY - timedelta(days=5), end=DAY + timedelta(days=10))
    gone = [c for c in (r.first for r in before.ranked) if c.site == "dunai" and c.time in asked]
    gone = [c for c in gone if c.sensor == "sentinel-1a"]
    assert gone
    assert [r.first for r in after.ranked] == [r.first for r in before.ranked if r.first not in gone]


def test_next_ranks_and_says_what_it_would_tell(case, capsys):
    keep(
        case,
        found(item("free"), item("paid", 1.0, platform="skysat", gsd_m=0.5, cost="bought")),
        looks=[stated(-1.0), stated(-2.0, sensor="skysat", p_detect=0.9, p_false=0.02)],
    )
    run_case(case, Quiet(), system_clock)
    root = case.root
    next_looks(root, at="2026-11-22T12:00Z", most=1, format="json")
    told = json.loads(capsys.readouterr().out)
    assert told["at"] == "2026-11-22T12:00:00Z"
    costs = {r["candidates"][0]["cost"] for r in told["next"]}
    assert costs == {"free", "bought"}, "the best of each cost is there even in the shortest list"
    assert told["next"][0]["candidates"][0]["item"] == "k/paid"
    assert re.search(r"would show a ship like the claimed one with \d+ %", told["next"][0]["why"])
    assert {w["element"] for w in told["without"]} >= {"cargo"}
    next_looks(root, at="2026-11-22T12:00Z", site="dunai", most=3)
    shown = capsys.readouterr()
    assert "skysat" in shown.out
    assert "if true, shown with" in shown.out
    next_looks(root, at="2026-11-22T12:00Z", format="csv")
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].startswith("site,from,to,sensor,cost,bits,gains")
    assert any("k/free" in row for row in rows)


def test_next_says_what_is_wrong_in_one_line(case):
    with pytest.raises(CaseError, match="nothing has been judged"):
        next_looks(case.root, at="2026-11-22T12:00Z")
    for wrong in ({"most": 0}, {"days": -1.0}, {"site": "nowhere"}, {"at": "yesterday"}):
        with pytest.raises(OffingError):
            next_looks(case.root, **wrong)
