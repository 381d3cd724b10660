"""What is news between two states of a case, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from offing.case.change_model import CaseState, ElementState, ItemState, LookState, SceneState, VerdictState
from offing.case.change_seen import SINGLY
from offing.case.changes import DRIFT, changes, told_state
from offing.judgement.model import Thresholds

NOW = datetime(2024, 10, 14, 8, 30, tzinfo=UTC)
LIMITS = Thresholds()


def verdict(**said: object) -> VerdictState:
    values = {
        "claim": "c", "element": "destination", "verdict": "not-observable", "ratio": 1.0, "word": None,
        "confidence": "low", **said,
    }  # fmt: skip
    return VerdictState(**values)  # type: ignore[arg-type]


def look(name: str, **said: object) -> LookState:
    values = {
        "id": name, "site": "dunai", "time": NOW, "sensor": "planetscope", "status": "clear", "seen": "no", **said,
    }  # fmt: skip
    return LookState(**values)  # type: ignore[arg-type]


def item(name: str, **said: object) -> ItemState:
    return ItemState(**{"id": name, "site": "dunai", "time": NOW, "taken_by": "sentinel-2a", **said})  # type: ignore[arg-type]


def scene(name: str, **said: object) -> SceneState:
    values = {"id": name, "sites": ("dunai",), "time": NOW, "sensor": "sar", "platform": None, **said}
    return SceneState(**values)  # type: ignore[arg-type]


def texts(before: CaseState, after: CaseState) -> list[str]:
    return [change.text for change in changes(before, after, LIMITS)]


def judged(**said: object) -> CaseState:
    return CaseState(verdicts=(verdict(**said),))


def test_nothing_is_news_where_nothing_changed() -> None:
    state = CaseState(
        items=(item("a"),), scenes=(scene("s"),), looks=(look("k"),), verdicts=(verdict(),),
        elements=(ElementState(claim="c", element="window", sha256="0", shown="2024-10"),),
    )  # fmt: skip
    assert changes(state, state, LIMITS) == ()


def test_a_verdict_that_changed_is_told_with_its_ratio_and_its_new_looks() -> None:
    before = judged()
    after = CaseState(
        looks=(look("a", seen="yes"),),
        verdicts=(verdict(verdict="consistent", ratio=3.2, evidence=("look:a", "look:b"), word="likely"),),
    )
    (change, added) = changes(before, after, LIMITS)
    assert change.text == (
        "destination of c: not-observable → consistent (likelihood ratio 1 → 3.2; likelihood: no word → likely); "
        "new among its looks: look:a (dunai, planetscope, 2024-10-14 08:30 UTC), look:b"
    )
    assert (change.kind, change.subject, change.before, change.after) == (
        "verdict", "c/destination", "not-observable", "consistent",
    )  # fmt: skip
    assert change.evidence == ("look:a", "look:b")
    assert added.text == "new look a (dunai, planetscope, 2024-10-14 08:30 UTC): clear, a ship seen"


def test_no_sentence_holds_both_a_likelihood_and_a_confidence() -> None:
    after = judged(verdict="consistent", ratio=3.2, word="likely", confidence="moderate")
    found = changes(judged(), after, LIMITS)
    assert [change.kind for change in found] == ["verdict", "confidence"]
    assert found[1].text == "confidence in destination of c: low → moderate"
    assert not any("likelihood" in change.text and "confidence" in change.text for change in found)


def test_simulated_things_say_so_first() -> None:
    after = CaseState(
        items=(item("i", simulated=True), item("j")), scenes=(scene("s", simulated=True),),
        looks=(look("k", simulated=True),), verdicts=(verdict(verdict="consistent", simulated=True),),
    )  # fmt: skip
    found = changes(judged(), after, LIMITS)
    assert [change.text.startswith("simulated: ") for change in found] == [change.simulated for change in found]
    assert [c.simulated for c in found if c.kind == "items-listed"] == [False, True], "never counted together"
    assert "rests on simulated pictures now" in found[0].text


def test_a_ratio_is_news_only_across_a_threshold_and_beyond_drift() -> None:
    assert texts(judged(ratio=2.0), judged(ratio=15.0)) == []
    assert texts(judged(ratio=0.95), judged(ratio=1.05)) == []
    assert texts(judged(ratio=19.0), judged(ratio=19.0 * 1.2)) == []
    (crossed,) = texts(judged(ratio=0.8), judged(ratio=1.5))
    assert crossed == "destination of c: still not-observable (likelihood ratio 0.8 → 1.5); no look came or went"
    assert texts(judged(ratio=12.0), judged(ratio=25.0))
    assert texts(judged(ratio=0.08), judged(ratio=0.04))
    assert "undeclared → 3.2" in texts(judged(ratio=None), judged(ratio=3.2))[0]
    assert "3.2 → undeclared" in texts(judged(ratio=3.2), judged(ratio=None))[0]
    assert texts(judged(ratio=None), judged(ratio=None)) == []


@given(st.floats(1e-6, 1e6), st.floats(1 / DRIFT + 1e-9, DRIFT - 1e-9))
def test_drift_is_never_news(ratio: float, factor: float) -> None:
    assert texts(judged(ratio=ratio), judged(ratio=ratio * factor)) == []


@given(st.lists(st.floats(1.01, 1.2), min_size=30, max_size=40))
def test_drift_that_adds_up_is_told_once_it_crosses(factors: list[float]) -> None:
    """Each step is compared with what was told last, not with the step before."""
    told, ratio, count = judged(ratio=0.7), 0.7, 0
    for factor in factors:
        ratio *= factor
        state = judged(ratio=ratio)
        news = changes(told, state, LIMITS)
        count += len(news)
        told = told_state(told, state, news)
    assert count == (ratio >= 1.0) + (ratio >= 20.0)


def test_elements_that_come_and_go_with_case_yaml() -> None:
    def state(claim: str, name: str, sha256: str, shown: str | None = None) -> ElementState:
        return ElementState(claim=claim, element=name, sha256=sha256, shown=shown)

    old = (state("c", "agent", "1"), state("c", "window", "2", "2024-10"), state("gone", "window", "2", "2024-10"))
    new = (
        state("c", "window", "3", "2024-11"),
        state("c", "origin", "4", "rajin"),
        state("new", "window", "2", "2024-10"),
    )
    assert texts(CaseState(elements=old), CaseState(elements=new)) == [
        "case.yaml has a new claim: new",
        "case.yaml no longer has the claim gone",
        "case.yaml no longer has the element agent of c",
        "case.yaml has a new element: origin of c (rajin)",
        "case.yaml has another window of c: 2024-10 → 2024-11",
    ]
    came, gone = judged(), CaseState()
    assert texts(gone, came) == ["destination of c: judged for the first time: not-observable (likelihood ratio 1)"]
    assert texts(came, gone) == ["destination of c: judged no longer"]


def test_a_picture_is_told_with_its_look_and_not_twice() -> None:
    after = CaseState(
        scenes=(scene("s", platform="sentinel-1a"),),
        looks=(look("k", scene="s", status="cloud", seen="indeterminate"), look("m", scene="old")),
    )
    before = CaseState(looks=(look("m", scene="old", status="partly"),))
    assert texts(before, after) == [
        "dunai: new picture of sentinel-1a, 2024-10-14 08:30 UTC: cloud, cannot say whether a ship was there",
        "look m (dunai, planetscope, 2024-10-14 08:30 UTC): partly → clear",
    ]
    assert texts(after, before)[-1].startswith("look withdrawn k (dunai")


def test_many_of_a_kind_are_one_sentence() -> None:
    many = SINGLY + 1
    days = [NOW + timedelta(days=n) for n in range(many)]
    after = CaseState(
        items=tuple(item(f"i{n}", time=t, cost="bought" if n else "free") for n, t in enumerate(days)),
        scenes=tuple(scene(f"s{n}", time=t) for n, t in enumerate(days)),
        looks=tuple(look(f"k{n}", time=t) for n, t in enumerate(days)),
    )
    assert texts(CaseState(), after) == [
        "dunai: 6 new pictures, 2024-10-14 to 2024-10-19 (6 no look yet)",
        "dunai: new look, 6 of them, 2024-10-14 to 2024-10-19 (6 clear)",
        "dunai: 6 items are newly listed by catalogues, 2024-10-14 to 2024-10-19 (6 sentinel-2a); 5 to be bought",
    ]
    cloudy = msgspec.structs.replace(
        after, looks=tuple(msgspec.structs.replace(k, status="cloud") for k in after.looks)
    )
    assert texts(after, cloudy) == ["dunai: 6 looks say something else, 2024-10-14 to 2024-10-19 (6 cloud)"]


def test_hostile_names_steer_nothing_and_fill_no_page() -> None:
    bad = "\x1b]0;x\x07\u202e\n\n" + "w" * 100_000
    after = CaseState(
        items=tuple(item(f"{n}", taken_by=f"{n}{bad}") for n in range(50)), looks=(look(bad), look("k", sensor=bad))
    )
    found = texts(CaseState(), after)
    assert all(text.isprintable() and len(text) < 1100 for text in found)
    assert "42 others" in found[-1]
