"""The claim as a whole: how its elements are combined, and what it never says."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from offing.claims import AnyOf, Carrier, Quantity
from offing.judgement.claim_words import CARRYING, conjunction, with_higher
from offing.judgement.judge import judge, judge_all
from offing.judgement.measure import Likelihoods, Measured
from offing.judgement.needs import Needs
from offing.judgement.parts import mixes, part_ratio, parts_of, together
from offing.judgement.question import Question, questions
from offing.looks.model import Observation

WORDS = ("contradicted", "not-corroborated", "not-observable", "consistent", "corroborated")
ABOVE = ("not-corroborated", "not-observable", "consistent")
DAYS = range(2, 20)


def seen(cases, at="dunai", days=(9, 10, 11), **more):
    return [cases.look(d, 1 if d in days else 0, at=at, **more) for d in DAYS]


def judged(cases, looks=(), *, change=None, **elements):
    situation = cases.situation(looks, sites=[cases.site(n) for n in ("dunai", "chongjin", "hungnam")], **elements)
    found = judge_all(change(situation) if change else situation)
    return found.claims[0], {v.element: v for v in found.verdicts}


def presence(claim):
    return next(level for level in claim.levels if level.level == "presence")


def test_the_elements_are_judged_as_before_and_the_claims_stand_apart(cases):
    situation = cases.situation(seen(cases))
    found = judge_all(situation)
    assert found.verdicts == judge(situation)
    assert [c.element for c in found.claims] == ["claim"]
    assert "claim" not in {v.element for v in found.verdicts}


def test_at_one_place_nothing_is_multiplied(cases):
    looks = seen(cases, p_false=0.002)
    claim, elements = judged(cases, looks)
    assert claim.likelihood_ratio.value == pytest.approx(elements["destination"].likelihood_ratio.value, rel=1e-3)
    assert claim.verdict == "corroborated"
    more, elements = judged(cases, looks, carrier=Carrier(classes=("ropucha", "alligator"), count=3))
    assert elements["destination"].verdict == "corroborated"
    assert more.likelihood_ratio.value == pytest.approx(elements["carrier"].likelihood_ratio.value, rel=1e-3)
    assert more.verdict == "consistent"
    assert more.doubted == ("carrier",)


def test_the_greater_of_count_and_quantity_is_needed(cases):
    looks = seen(cases)
    carrier = Carrier(classes=("ropucha", "alligator"), count=2)
    claim, elements = judged(cases, looks, carrier=carrier, quantity=Quantity(value=2000.0))
    assert claim.likelihood_ratio.value <= elements["quantity"].likelihood_ratio.value * 1.001
    situation = cases.situation(looks, carrier=carrier, quantity=Quantity(value=2000.0))
    (part,) = parts_of([q for q in questions(situation, situation.claims[0]) if isinstance(q, Question)])
    assert min(part.needs.calls) >= 2
    assert sum(part.needs.weights) == pytest.approx(1.0)


def test_places_are_as_probable_together_as_independent_places_are(cases):
    looks = [*seen(cases), *seen(cases, "chongjin", days=(8, 9))]
    claim, elements = judged(cases, looks, origin="chongjin")
    alone = [elements[e].probability.value for e in ("destination", "origin")]
    assert claim.probability.prior == 0.25
    assert claim.probability.value == pytest.approx(math.prod(alone), rel=1e-3)
    assert claim.power == pytest.approx(elements["destination"].power * elements["origin"].power, rel=1e-6)


@given(st.lists(st.floats(1e-4, 1e4), min_size=1, max_size=5), st.floats(0.02, 0.98))
def test_every_way_to_be_false_is_weighed(ratios, prior):
    """Against a plain sum over all subsets of true parts."""
    false = weight = 0.0
    for ways in itertools.product((True, False), repeat=len(ratios)):
        if not all(ways):
            chance = math.prod(prior if w else 1.0 - prior for w in ways)
            weight += chance
            false += chance * math.prod(r for r, w in zip(ratios, ways, strict=True) if w)
    every = math.prod(ratios)
    expected = min(max(every / (false / weight), 1e-6), 1e6)
    assert together(ratios, prior) == pytest.approx(expected, rel=1e-6)
    ends = dict(mixes(ratios))
    if ends and 1e-6 < every < 1e6:
        one_false = np.mean([every / r for r in ratios])
        assert ends["just-one-part-false"] == pytest.approx(every / one_false, rel=1e-9)
        assert ends["every-part-false"] == pytest.approx(every, rel=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_calls_at_several_destinations_are_added_exactly(data):
    """A call at each of two places and enough in all, against too few in all or a place without any."""
    most, k = 3, data.draw(st.integers(2, 3))
    draws = st.lists(st.floats(0.05, 1.0), min_size=most + 1, max_size=most + 1)
    sites = []
    for _ in range(2):
        prior = np.array(data.draw(draws))
        looks = Likelihoods(by_calls=tuple(data.draw(draws)), elsewhen=1.0)
        sites.append(
            Measured(stated=looks, prior=tuple(prior / prior.sum()), unshown=(1.0,) * 4, without={}, fit_error=0)
        )
    part = Question(
        element="destination", statement="", kind="all", sought=None, sites=(), windows=(),
        needs=Needs(calls=(k,), weights=(1.0,), basis=()),
    )  # fmt: skip
    a, b = sites

    def mean(wanted):
        both = [(a.prior[i] * b.prior[j], a.stated.by_calls[i] * b.stated.by_calls[j])
                for i in range(4) for j in range(4) if wanted(i, j)]  # fmt: skip
        return sum(w * v for w, v in both) / sum(w for w, _ in both)

    true = mean(lambda i, j: i and j and i + j >= k)
    short = np.mean([mean(lambda i, j, t=t: i + j == t) for t in range(k)])
    there = [sum(s.prior[n] * s.stated.by_calls[n] for n in (1, 2, 3)) / sum(s.prior[1:]) for s in sites]
    gone = [s.stated.by_calls[0] for s in sites]
    absent = (gone[0] * gone[1] + there[0] * gone[1] + gone[0] * there[1]) / 3.0
    got = part_ratio(part, sites, [s.stated for s in sites])
    assert got == pytest.approx(true / (0.5 * short + 0.5 * absent), rel=1e-6)


ROW = st.tuples(st.sampled_from(["dunai", "chongjin"]), st.integers(2, 19), st.integers(0, 2),
                st.floats(0.0, 1.0), st.floats(0.05, 0.95), st.floats(0.0, 0.2))  # fmt: skip
ROWS = st.lists(ROW, max_size=6, unique_by=lambda r: r[:2])


def drawn(cases, rows):
    return [cases.look(d, n, at=at, usable=u, p_detect=p, p_false=q) for at, d, n, u, p, q in rows]


@settings(max_examples=15, deadline=None)
@given(ROWS, st.integers(1, 2))
def test_no_claim_is_more_probable_than_its_least_probable_element(rows, count):
    from conftest_cases import Cases

    cases = Cases()
    carrier = Carrier(classes=("ropucha", "alligator"), count=count)
    claim, elements = judged(cases, drawn(cases, rows), origin="chongjin", carrier=carrier)
    chance, ratio = claim.probability, claim.likelihood_ratio
    assert chance.value <= min(v.probability.value for v in elements.values())
    assert 0.0 <= chance.low <= chance.value <= chance.high <= 1.0
    assert 0.0 < ratio.low <= ratio.value <= ratio.high
    weakest = min(WORDS.index(v.verdict) for v in elements.values())
    assert claim.verdict not in WORDS[weakest + 1 :] or WORDS[weakest] == "not-observable"
    if claim.verdict == "corroborated":
        assert {v.verdict for v in elements.values()} == {"corroborated"}
    for row in claim.sensitivity:
        assert row.verdict in WORDS


@settings(max_examples=15, deadline=None)
@given(ROWS, st.data())
def test_what_was_done_or_carried_never_raises_presence(rows, data):
    """The same ships, with and without what they were seen doing: every number of presence is the same."""
    from conftest_cases import Cases

    cases = Cases()
    plain = drawn(cases, rows)
    texts = st.sampled_from([None, "unloading by crane", "cargo: crates", "cargo: troops"])
    busy = [
        replace(k, observations=tuple(replace(o, activity=data.draw(texts)) if o.seen == "yes" else o
                                      for o in k.observations))
        for k in plain
    ]  # fmt: skip
    elements = {"origin": "chongjin", "cargo": "troops", "activity": "unloading"}
    without, before = judged(cases, plain, **elements)
    claim, after = judged(cases, busy, **elements)
    for name in ("carrier", "origin", "destination", "window"):
        assert after[name] == before[name]
    assert presence(claim) == presence(without)
    # No sighting of a ship raises what it carried, and nothing above presence raises the claim.
    assert {before[e].verdict for e in ("cargo", "activity")} == {"not-observable"}
    assert WORDS.index(claim.verdict) <= WORDS.index(presence(claim).verdict)
    assert (claim.likelihood_ratio, claim.probability, claim.power, claim.word) == (None, None, None, None)


def test_one_ship_told_of_at_two_levels_is_one_ship(cases):
    from offing.vessels.model import Vessel

    ship = Observation(seen="yes", vessel_class="ropucha", vessel="oslyabya")
    twice = (ship, replace(ship, activity="unloading"), replace(ship, activity="cargo: crates"))
    vessels = (Vessel(id="oslyabya", vessel_class="ropucha", names=("Oslyabya",)),)

    def carrier(rows):
        looks = [k if k.id != "dunai-10" else replace(k, observations=rows) for k in seen(cases, days=())]
        elements = {"carrier": Carrier(classes=("ropucha",), count=2)}
        return judged(cases, looks, change=lambda s: replace(s, vessels=vessels), **elements)[1]["carrier"]

    assert carrier(twice).likelihood_ratio == carrier((ship,)).likelihood_ratio


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.lists(st.sampled_from(ABOVE), max_size=3))
def test_the_weakest_element_decides(words, above):
    whole = conjunction(words)
    if "contradicted" in words:
        assert whole == "contradicted"
    elif "not-corroborated" in words:
        assert whole == "not-corroborated"
    elif "not-observable" in words:
        assert whole in ("not-observable", "consistent")
        assert (whole == "not-observable") == (set(words) == {"not-observable"})
    else:
        assert (whole == "corroborated") == (set(words) == {"corroborated"})
    assert WORDS.index(with_higher(whole, above)) <= WORDS.index(whole)
    if above:
        assert with_higher(whole, above) != "corroborated"


def test_an_origin_that_nobody_could_have_seen_leaves_it_consistent_at_best(cases):
    claim, elements = judged(cases, seen(cases, p_false=0.001), origin="chongjin")
    assert elements["destination"].verdict == "corroborated"
    assert claim.verdict == "consistent"
    assert claim.unseen == ("origin",)
    assert claim.carried_by == ("carrier", "destination", "window")
    assert "nobody could have seen origin" in claim.statement
    assert claim.probability.value <= 0.5
    assert claim.power == 0.0


def test_a_place_that_was_looked_at_in_vain_is_not_made_up_for(cases):
    looks = [*seen(cases, p_false=0.001), *seen(cases, "chongjin", days=())]
    claim, elements = judged(cases, looks, origin="chongjin")
    assert elements["origin"].verdict == "not-corroborated"
    assert claim.verdict == "not-corroborated"
    assert claim.missed == ("origin",)
    assert claim.probability.value < elements["origin"].probability.value


def test_a_claim_falls_with_one_part(cases):
    sure = [cases.look(2 + n / 6, at="chongjin", usable=1.0, p_detect=0.95, name=f"c{n}") for n in range(90)]
    claim, elements = judged(cases, [*seen(cases, p_false=0.001), *sure], origin="chongjin")
    assert elements["origin"].verdict == "contradicted"
    assert claim.verdict == "contradicted"


def test_who_and_what_was_aboard_is_said_in_the_same_breath(cases):
    claim, _ = judged(cases, seen(cases, p_false=0.001), cargo="troops", agent="the fleet")
    assert presence(claim).verdict == "corroborated"
    assert claim.verdict == "consistent"
    assert claim.statement.startswith("presence corroborated")
    assert claim.statement.endswith("what was aboard and who did it: not observable")
    assert presence(claim).likelihood_ratio is not None
    assert claim.likelihood_ratio is None


def test_undeclared_probabilities_give_words_and_what_they_hang_on(cases):
    looks = [replace(k, p_detect=None) for k in seen(cases, days=(10,))]
    claim, elements = judged(cases, looks, origin="chongjin")
    assert claim.verdict == "consistent"
    assert (claim.likelihood_ratio, claim.probability, claim.power, claim.word) == (None, None, None, None)
    assert "no number for the claim as a whole" in claim.strength
    for verdict in (claim, elements["destination"]):
        rows = {s.without: s for s in verdict.sensitivity}
        assert rows["look:dunai-10"].verdict == "not-corroborated"
        assert rows["look:dunai-9"].verdict == "consistent"
        assert all(s.likelihood_ratio is None for s in verdict.sensitivity)
        assert any("hangs on" in r and "look:dunai-10 (not corroborated)" in r for r in verdict.reasons)


def test_dropping_a_look_is_judging_without_it(cases):
    looks = [*seen(cases, source="a"), *seen(cases, "chongjin", days=(9, 10), source="b")]
    claim, _ = judged(cases, looks, origin="chongjin")
    rows = {s.without: s for s in claim.sensitivity}
    for name, left in (
        ("look:dunai-9", [k for k in looks if k.id != "dunai-9"]),
        ("look:chongjin-9", [k for k in looks if k.id != "chongjin-9"]),
        ("source:b", [k for k in looks if k.source != "b"]),
    ):
        again, _ = judged(cases, left, origin="chongjin")
        assert rows[name].likelihood_ratio == pytest.approx(again.likelihood_ratio.value, rel=3e-3)
        assert rows[name].verdict == again.verdict
    assert {"assumption:just-one-part-false", "assumption:every-part-false", "assumption:rate-doubled"} <= set(rows)
    ends = [rows[f"assumption:{n}"].likelihood_ratio for n in ("just-one-part-false", "every-part-false")]
    assert claim.likelihood_ratio.low <= min(ends)


def test_any_of_several_places_is_one_part(cases):
    looks = [*seen(cases), *seen(cases, "chongjin", days=(9,))]
    claim, elements = judged(cases, looks, origin=AnyOf(any_of=("chongjin", "hungnam")))
    alone = [elements[e].probability.value for e in ("destination", "origin")]
    assert claim.probability.value == pytest.approx(math.prod(alone), rel=1e-3)


def test_a_place_on_both_sides_counts_once(cases):
    claim, elements = judged(cases, seen(cases), origin="dunai")
    assert claim.probability.prior == 0.5
    assert claim.likelihood_ratio.value == pytest.approx(elements["destination"].likelihood_ratio.value, rel=1e-3)
    mixed, _ = judged(cases, seen(cases), origin="dunai", destination=AnyOf(any_of=("dunai", "hungnam")))
    assert mixed.likelihood_ratio is None
    assert "named among the origins and the destinations" in mixed.strength


def test_nothing_to_look_for_and_no_looks(cases):
    claim, _ = judged(cases, carrier=None, destination=None, window=None, cargo="troops")
    assert claim.verdict == "not-observable"
    empty, _ = judged(cases, carrier=None, destination=None, window=None)
    assert (empty.verdict, empty.levels) == ("not-observable", ())
    blind, _ = judged(cases)
    assert blind.likelihood_ratio.value == 1.0
    assert (blind.word, blind.verdict) == (None, "not-observable")
    assert not blind.carried_by


def test_more_calls_than_are_counted_one_by_one(cases):
    claim, elements = judged(cases, seen(cases), quantity=Quantity(value=12_000.0))
    assert claim.likelihood_ratio.value <= elements["quantity"].likelihood_ratio.value
    assert claim.verdict in ("contradicted", *CARRYING)
