"""The look worth most: what it says, how candidates are ranked, and when none is proposed."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.claims import AnyOf, Carrier
from offing.judgement.judge import judge
from offing.judgement.measure import Measurer
from offing.judgement.next_look import next_looks, outlook
from offing.judgement.weigh import power
from offing.movements.worlds import Variation
from offing.quantities import Probability
from offing.sites import Baseline

NEVER = Probability(value=0.0, low=0.0, high=0.0, basis="the sun stood 20° below the horizon")


def judged(situation):
    return {v.element: v for v in judge(situation)}


@pytest.mark.parametrize("day", [3.1, 7.99, 8.0, 9.6, 13.9, 14.0, 17.7])
@pytest.mark.parametrize("element", ["destination", "carrier"])
def test_without_looks_the_expected_power_is_the_power_that_the_look_alone_would_have(cases, day, element):
    more = {"carrier": Carrier(classes=("ropucha",), count=3)} if element == "carrier" else {}
    situation = cases.situation([], [cases.candidate(day, usable=0.5)], **more)
    gain = cases.gains(situation, element)[f"c-dunai-{day}"]
    alone = msgspec.structs.replace(situation, looks=(cases.look(day, p_detect=0.7, usable=1.0),))
    _, question, evidence = cases.asked(alone, element)
    calls = max(question.needs.calls) if question.needs else 1
    base = [Measurer()(e, calls, Variation(), e.used) for e in evidence]
    assert gain.expected_power == pytest.approx(0.5 * power(question.kind, base, question.needs), abs=1e-6)
    assert gain.expected_power_90 == pytest.approx((gain.expected_power / 2, gain.expected_power * 1.2))
    assert gain.expected_power <= 0.5 * gain.present


@settings(max_examples=25, deadline=None)
@given(
    day=st.floats(1.0, 25.0),
    p=st.floats(0.0, 1.0),
    q=st.floats(0.0, 1.0),
    usable=st.floats(0.0, 1.0),
    seen=st.lists(st.sampled_from([0, 1]), min_size=0, max_size=3),
    element=st.sampled_from(["destination", "window", "origin"]),
)
def test_no_look_is_worth_less_than_nothing_or_more_than_the_element(cases_made, day, p, q, usable, seen, element):
    cases = cases_made
    looks = [cases.look(8 + 2 * i, ships) for i, ships in enumerate(seen)]
    one = cases.candidate(1.0, id="one", usable=usable, p_detect=p, p_false=q)
    one = msgspec.structs.replace(one, start=cases.start + timedelta(days=day), end=cases.start + timedelta(days=day))
    sites = (cases.site(), cases.site("rajin"))
    situation = cases.situation(looks, [one], sites=sites, origin=AnyOf(any_of=("dunai", "rajin")))
    for gain in cases.gains(situation, element).values():
        assert 0.0 <= gain.information_bits <= usable + 1e-12
        assert 0.0 <= gain.expected_power <= usable * gain.present + 1e-12
        assert gain.expected_shift >= 0.0


@pytest.fixture(scope="module")
def cases_made():
    from conftest_cases import Cases

    return Cases()


def test_a_blind_look_is_worth_nothing(cases):
    same = cases.situation([], [cases.candidate(9.5, p_detect=0.3, p_false=0.3)])
    nothing = cases.situation([], [cases.candidate(9.5, p_detect=0.0, p_false=0.1)])
    assert cases.gains(nothing, "destination")["c-dunai-9.5"].information_bits == pytest.approx(0.0, abs=1e-9)
    assert cases.gains(nothing, "destination")["c-dunai-9.5"].expected_power == 0.0
    # As many false namings as true ones: the second adds to the first, so that little, but something, is told.
    assert cases.gains(same, "destination")["c-dunai-9.5"].information_bits < 0.1


def test_a_look_far_from_the_window_is_worth_nothing(cases):
    got = cases.gains(cases.situation([], [cases.candidate(d) for d in (9.5, 26.0, 30.9, 60.0)]), "destination")
    assert got["c-dunai-9.5"].information_bits > 0.05
    assert got["c-dunai-26.0"].information_bits < 1e-3
    assert got["c-dunai-30.9"].information_bits < 1e-4
    assert "c-dunai-60.0" not in got


def test_a_call_by_night_is_sought_by_radar_and_not_by_sentinel_2_by_day(cases):
    short = (Baseline(classes=("ropucha", "alligator"), calls_per_30d=0.5, stay_h=(1.0, 3.0, 7.0)),)
    # The night of 9 to 10 October at 132° E: sunset about 08:10, sunrise about 21:20 UTC.
    radar = cases.candidate(9.88, id="radar", sensor="sentinel-1a", p_detect=0.5, p_false=0.1)
    day = [
        cases.candidate(d, id=f"s2-{d}", sensor="sentinel-2b", p_detect=0.8, p_false=0.02) for d in (9.09, 10.09, 11.09)
    ]
    situation = cases.situation(
        [], [*day, radar], sites=(cases.site(baseline=short),), window="2024-10-09T10:00Z/2024-10-09T21:00Z"
    )
    verdict = judged(situation)["destination"]
    assert verdict.next_look.sensor == "sentinel-1a"
    dark = cases.situation(
        [], [msgspec.structs.replace(c, usable=NEVER) for c in day], sites=(cases.site(baseline=short),),
        window="2024-10-09T10:00Z/2024-10-09T21:00Z",
    )  # fmt: skip
    none = judged(dark)["destination"]
    assert none.next_look is None
    assert "below the horizon" in none.no_next_look


def test_a_look_that_repeats_another_is_worth_less(cases):
    lone = cases.gains(cases.situation([], [cases.candidate(10.3)]), "destination")["c-dunai-10.3"]
    after = cases.gains(cases.situation([cases.look(10.25, p_detect=0.95)], [cases.candidate(10.3)]), "destination")[
        "c-dunai-10.3"
    ]
    assert after.information_bits < 0.3 * lone.information_bits
    assert after.expected_power < lone.expected_power


def test_the_verdict_names_the_best_look_and_the_best_of_the_other_cost(cases):
    candidates = [
        cases.candidate(9.5, id="poor", p_detect=0.3, p_false=0.2),
        cases.candidate(10.5, id="bought", cost="bought", p_detect=0.95, p_false=0.01, item="skysat/x"),
        cases.candidate(11.5, id="free"),
    ]
    verdict = judged(cases.situation([], candidates))["destination"]
    assert verdict.verdict == "not-observable"
    look = verdict.next_look
    assert (look.cost, look.item, look.otherwise.cost) == ("bought", "skysat/x", "free")
    assert look.information_bits > look.otherwise.information_bits > 0.0
    assert verdict.no_next_look is None
    told = msgspec.to_builtins(look)
    assert {"site", "from", "to", "sensor", "expected_power"} <= told.keys()
    assert told["from"] == "2024-10-10T12:00:00Z"


def test_what_is_undeclared_stays_without_a_number(cases):
    found = cases.candidate(9.5, id="found", p_false=None)
    unknown = cases.candidate(9.6, id="unknown", p_detect=None, p_false=None)
    full = cases.candidate(9.7, id="full", p_detect=0.2, p_false=0.1)
    got = cases.gains(cases.situation([], [found, unknown, full]), "destination")
    assert got["found"].information_bits is None
    assert got["found"].expected_power > 0.1
    assert (got["unknown"].expected_power, got["unknown"].information_bits) == (None, None)
    assert got["unknown"].present > 0.2
    ranked = next_looks(cases.situation(), [found, unknown, full])
    assert [r.first.id for r in ranked] == ["full", "found", "unknown"]
    alone = judged(cases.situation([], [unknown]))["destination"].next_look
    assert alone.expected_power is None
    assert "not declared" in alone.why
    # Looks so far that declare nothing leave the verdict without a number, and the next look too.
    blank = cases.situation([cases.look(11, p_detect=None, p_false=None)], [full])
    gain = cases.gains(blank, "destination")["full"]
    assert gain.information_bits is None
    assert gain.expected_power > 0.0


def test_a_look_that_cannot_name_the_ship_is_not_proposed(cases):
    named = cases.candidate(9.5, p_detect=0.0, p_false=None, p_basis="too few pixels to tell its length")
    verdict = judged(cases.situation([], [named]))["destination"]
    assert verdict.next_look is None
    assert "too few pixels" in verdict.no_next_look


def test_a_pass_to_come_is_not_proposed_for_a_window_long_past(cases):
    late = [cases.candidate(d, to_come=True) for d in (28.0, 45.0, 400.0)]
    verdict = judged(cases.situation([], late))["destination"]
    assert verdict.next_look is None
    assert "what is usual there" in verdict.no_next_look
    soon = judged(cases.situation([], [cases.candidate(14.5, to_come=True)]))["destination"]
    assert soon.next_look is not None


def test_closed_elements_get_none_and_every_open_one_says_why(cases):
    seen = [cases.look(d, 1 if d in (9, 10, 11) else 0, p_false=0.001) for d in range(2, 20)]
    situation = cases.situation(seen, [cases.candidate(9.5)], cargo="troops", agent="the fleet", activity="unloading")
    verdicts = judged(situation)
    assert verdicts["destination"].verdict == "corroborated"
    assert verdicts["destination"].next_look is None
    assert verdicts["destination"].no_next_look is None
    for element in ("agent", "cargo", "activity"):
        assert verdicts[element].no_next_look
    empty = judged(cases.situation(origin="rajin", sites=(cases.site(), cases.site("rajin"))))
    assert all(v.next_look is None and v.no_next_look for v in empty.values())


def test_the_list_of_a_case_adds_up_its_open_elements_and_sites(cases):
    both = [
        cases.candidate(9.5, id=f"a@{at}", at=at, acquisition="a", sensor="sentinel-1a") for at in ("dunai", "rajin")
    ]
    lone = cases.candidate(9.5, id="b")
    situation = cases.situation(sites=(cases.site(), cases.site("rajin")), origin="rajin")
    seen = outlook(situation, [*both, lone])
    ranked = seen.ranked
    assert [r.first.id for r in ranked] == ["a@dunai", "b"]
    assert [c.site for c in ranked[0].candidates] == ["dunai", "rajin"]
    bits = sum(g.information_bits for g in ranked[0].gains)
    assert ranked[0].information_bits == pytest.approx(bits)
    assert ranked[0].information_bits > ranked[1].information_bits
    assert {g.element for g in ranked[0].gains} == {"carrier", "destination", "origin", "window"}
    closed = [v for v in judge(situation) if v.element == "origin"]
    done = [msgspec.structs.replace(v, verdict="corroborated") for v in closed]
    fewer = next_looks(situation, both, done)
    assert {g.element for g in fewer[0].gains} == {"carrier", "destination", "window"}


def test_ties_go_to_the_earlier_look(cases):
    ships = cases.candidate(10.0, id="z")
    ranked = next_looks(cases.situation(), [msgspec.structs.replace(ships, id="a"), ships])
    assert [r.first.id for r in ranked] == ["a", "z"]


def test_real_and_simulated_are_kept_apart(cases):
    verdict = judged(cases.situation([], [cases.candidate(9.5, simulated=True)]))["destination"]
    assert verdict.next_look is None


def test_a_number_too_great_to_count_gets_power_alone(cases):
    many = Carrier(classes=("ropucha", "alligator"), count=20)
    gain = cases.gains(cases.situation([cases.look(9, 1)], [cases.candidate(10.5)], carrier=many), "carrier")
    assert gain["c-dunai-10.5"].information_bits is None
    assert gain["c-dunai-10.5"].expected_power > 0.1
