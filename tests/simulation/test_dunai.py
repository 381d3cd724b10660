"""The example comes out with what an honest case must: item by item of the worked example."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from offing.case.case import Case
from offing.case.pipeline import judged_verdicts
from offing.exchange.snapshot import take
from offing.judgement.competing import analyse
from offing.judgement.model import ClaimVerdict, Verdict
from offing.looks.darkness import nights
from offing.looks.power import SENTINEL_1A, SENTINEL_2, chance_of_a_look
from offing.movements.passage import fits_in, passage
from offing.report.content import gather
from offing.timespan import TimeSpan


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    """The demo, built and run by its own command."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    done = subprocess.run(
        [sys.executable, "-m", "offing", "demo", str(folder)], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    assert f"The report: {folder / 'report' / 'index.html'}" in done.stderr
    return folder


@pytest.fixture(scope="module")
def verdicts(demo) -> dict[tuple[str, str], Verdict]:
    with Case.open(demo) as case:
        return {(v.claim, v.element): v for v in judged_verdicts(case)}


@pytest.fixture(scope="module")
def content(demo):
    with Case.open(demo) as case:
        return gather(take(case))


@pytest.fixture(scope="module")
def wholes(demo) -> dict[str, ClaimVerdict]:
    with Case.open(demo) as case:
        return {v.claim: v for v in case.store.claim_verdicts()}


def test_each_claim_as_a_whole_is_no_better_than_its_elements(verdicts, wholes) -> None:
    assert list(wholes) == list(dict.fromkeys(claim for claim, _ in verdicts))
    lift = wholes["nis-lift-1"]
    assert lift.verdict == "not-observable"
    assert "destination" in lift.unseen
    assert lift.evidence == ()
    assert lift.statement.endswith("what was aboard and who did it: not observable")
    dunai = wholes["cns-dunai"]
    assert dunai.verdict == "consistent"
    assert {"destination", "carrier", "window"} <= set(dunai.carried_by)
    assert {"cargo", "agent"} <= set(dunai.unseen)
    assert (dunai.likelihood_ratio, dunai.probability, dunai.word, dunai.origins) == (None, None, None, 1)
    assert wholes["sim-exercise"].verdict == "corroborated"
    assert wholes["sim-exercise"].simulated
    assert [c for c, v in wholes.items() if v.verdict == "corroborated"] == ["sim-exercise"]


def test_what_the_verdict_on_dunai_hangs_on_is_said(verdicts, wholes) -> None:
    for found in (verdicts["cns-vilkov", "destination"], wholes["cns-vilkov"]):
        rows = {s.without: s for s in found.sensitivity}
        assert rows["look:dunai-2024-10-17"].verdict == "not-observable"
        assert any("hangs on" in r and "look:dunai-2024-10-17" in r for r in found.reasons)
    rows = {s.without: s for s in verdicts["cns-dunai", "destination"].sensitivity}
    assert rows["source:cns"].verdict == "not-observable"


def test_the_pictures_after_the_first_lift_say_nothing_of_it(verdicts, wholes) -> None:
    """17 and 20 October lie after 8 to 13 October, and at another place."""
    bearing = {e for (claim, _), v in verdicts.items() if claim == "nis-lift-1" for e in v.evidence}
    assert bearing == set()
    assert {s.without for s in wholes["nis-lift-1"].sensitivity} == set()


def test_the_calls_seen_cannot_have_carried_twelve_thousand(verdicts) -> None:
    text = " ".join(verdicts["desk-all-by-sea", "quantity"].reasons)
    assert "28 to 54 ship-loads" in text
    assert "told apart in the window can, by whichever of these ships, have carried" in text
    assert verdicts["desk-all-by-sea", "quantity"].verdict != "corroborated"


def test_layout_is_what_separates_the_classes(content) -> None:
    rows = {r.name: " ".join(r.layout).lower() for r in content.recognition}
    assert "crane" in rows["Alligator (Project 1171)"]
    assert rows["Alligator (Project 1171)"] != rows["Ropucha (Project 775, 775M)"]


def test_the_table_has_a_line_for_each_claim_and_the_elements_stay_counted(demo, wholes, verdicts) -> None:
    command = [sys.executable, "-m", "offing", "verdicts", str(demo)]
    table = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert table.count("= claim as a whole") == len(wholes)
    text = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, timeout=60, check=True).stdout
    document = json.loads(text)
    assert len(document["verdicts"]) == len(verdicts)
    assert [c["claim"] for c in document["claims"]] == list(wholes)
    assert {c["element"] for c in document["claims"]} == {"claim"}
    assert [k["level"] for k in document["claims"][0]["levels"]] == ["presence", "cargo", "agent"]


def test_nobody_looked_at_vladivostok(verdicts) -> None:
    found = verdicts["nis-lift-1", "destination"]
    assert found.verdict == "not-observable"
    assert found.evidence == ()
    assert found.power == 0.0


def test_the_pictures_bear_on_the_second_claim_and_not_on_the_first_lift(verdicts) -> None:
    assert "look:dunai-2024-10-17" in verdicts["cns-dunai", "destination"].evidence
    assert all("dunai" not in e for (claim, _), v in verdicts.items() if claim == "nis-lift-1" for e in v.evidence)
    assert verdicts["cns-dunai", "destination"].verdict == "consistent"


def test_no_look_shows_soldiers(verdicts) -> None:
    cargo = [v for (_, element), v in verdicts.items() if element == "cargo"]
    assert cargo
    assert {v.verdict for v in cargo} == {"not-observable"}


def test_competing_explanations_are_weighed(content) -> None:
    (table,) = content.competing
    found = table.analysis
    assert [h.id for h in found.hypotheses] == ["troops", "munitions", "routine"]
    assert all(h.refuted_by for h in found.hypotheses)
    marks = {i.name: i.marks for i in found.items}
    assert marks["crane"] == {"troops": "N", "munitions": "C", "routine": "C"}
    assert set(marks["loading-at-night"].values()) == set(marks["no-soldiers-seen"].values()) == {"N"}
    assert {i.origins for i in found.items if "dunai" in i.source or i.source == "cns"} == {("cns",)}


def test_competing_explanations_are_not_separated(content) -> None:
    found = content.competing[0].analysis
    assert found.standing == ("troops", "munitions", "routine")
    assert {p.relation for p in found.pairs} == {"equal"}
    assert all(len(p.would_tell) == 2 for p in found.pairs)
    assert found.outcome.startswith("Not separated: troops, munitions and routine;")


def test_one_harder_mark_still_separates_nothing(demo) -> None:
    """Whoever holds that soldiers need no crane marks it I: one item of one origin, and no more."""
    with Case.open(demo) as case:
        (competing,) = case.definition.competing
        items = [
            msgspec.structs.replace(i, marks={**i.marks, "troops": "I"}) if i.id == "crane" else i
            for i in competing.items
        ]
        harder = msgspec.structs.replace(competing, items=tuple(items))
        found = analyse(harder, sources=case.definition.sources, looks=case.store.looks())
    assert {p.relation for p in found.pairs if "troops" in (p.first, p.second)} == {"rests-on-one"}
    assert found.standing == ("troops", "munitions", "routine")


def test_undeclared_probabilities_give_words_and_no_numbers(verdicts) -> None:
    for (claim, _), found in verdicts.items():
        if claim in ("cns-dunai", "cns-vilkov") and found.verdict == "consistent":
            assert found.likelihood_ratio is None
            assert found.probability is None
            assert found.word is None
            assert found.strength


def test_four_ships_fall_short_and_twelve_thousand_men_are_28_to_54_shiploads(demo) -> None:
    with Case.open(demo) as case:
        lifts = {(k.claim, k.calls): k for k in case.store.lifts()}
    four = lifts["nis-lift-1", 4]
    assert (four.carried.low, four.carried.high) == (988, 1460)
    assert four.carried.high < 1500 <= 2 * four.carried.low
    loads = lifts["desk-all-by-sea", 1].shiploads
    assert loads is not None
    assert (loads.low, loads.high) == (28, 54)


def test_length_does_not_separate_the_classes(content) -> None:
    rows = {r.name: r for r in content.recognition}
    assert "Alligator (Project 1171)" in rows["Ropucha (Project 775, 775M)"].same_length_as


def test_the_night_at_chongjin_and_what_fits_in_it(demo) -> None:
    with Case.open(demo) as case:
        chongjin, dunai, hungnam = (case.site(s).lonlat for s in ("chongjin", "dunai", "hungnam"))
    evening = TimeSpan(start=datetime(2024, 10, 8, 3, tzinfo=UTC), end=datetime(2024, 10, 9, 3, tzinfo=UTC))
    dark = nights(chongjin, evening)
    assert dark[0].hours == pytest.approx(11.7, abs=0.1)
    assert fits_in(passage(chongjin, dunai, 12.0), dark)
    assert not fits_in(passage(hungnam, dunai, 12.0), nights(hungnam, evening))


def test_a_given_call_would_hardly_have_been_seen() -> None:
    assert chance_of_a_look([SENTINEL_2], 12.0) == pytest.approx(0.05, abs=0.005)
    assert chance_of_a_look([SENTINEL_1A], 12.0) == pytest.approx(0.08, abs=0.005)


def test_all_that_is_said_of_dunai_goes_back_to_one_origin(verdicts) -> None:
    assert {v.origins for (claim, _), v in verdicts.items() if claim == "cns-dunai" and v.evidence} == {1}


def test_only_the_simulated_claim_has_numbers_and_it_is_marked(verdicts) -> None:
    for (claim, _), found in verdicts.items():
        assert found.simulated == (claim == "sim-exercise")
    simulated = verdicts["sim-exercise", "destination"]
    assert simulated.verdict == "corroborated"
    assert simulated.likelihood_ratio is not None


def test_the_word_verified_is_not_used_of_anything(demo, verdicts) -> None:
    text = (demo / "report" / "index.html").read_text(encoding="utf-8")
    body = re.sub(r"<[^>]+>", " ", text.split("</style>")[-1])
    assert re.search(r"\bverified\b", body.replace("unverified", "").replace("never “verified”", "")) is None
    assert all("verified" not in v.statement.replace("unverified", "") for v in verdicts.values())


def test_again_changes_nothing(demo) -> None:
    before = (demo / "report" / "index.html").read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "offing", "demo", str(demo)], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "0 steps done" in done.stderr
    assert (demo / "report" / "index.html").read_bytes() == before
    checked = subprocess.run(
        [sys.executable, "-m", "offing", "check", str(demo)], capture_output=True, text=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_another_folder_is_left_alone(tmp_path) -> None:
    (tmp_path / "case.yaml").write_text("title: mine\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "offing", "demo", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "it holds another case" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case.yaml"]
