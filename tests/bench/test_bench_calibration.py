"""The calibration bench itself: its scores against known answers, and a small run through every path."""

import numpy as np
import pytest
from scipy.stats import binomtest

from offing.bench.calibration import scores
from offing.bench.calibration_scores import balanced, calibration_error, score, share
from offing.bench.judging import Judged, judged
from offing.bench.world_files import through_files
from offing.judgement.judge import judge
from offing.judgement.strength import round_ratio
from offing.simulation.world.making import make_world
from offing.simulation.world.model import WorldSpec


def a_verdict(probability, true, verdict="consistent", **more):
    ratio = None if probability is None else probability / (1 - probability)
    return Judged(
        world=0,
        claim="claim-1",
        element="destination",
        distortion=None,
        declared="as-true",
        verdict=verdict,
        true=true,
        ratio=ratio,
        power=0.5,
        **more,
    )


def test_a_judge_who_says_nothing_costs_one_bit():
    got = score("x", [a_verdict(0.5, True), a_verdict(0.5, False)])
    assert got.cllr == pytest.approx(1.0)
    assert got.ece == pytest.approx(0.0)
    assert got.cllr_of_true_model is None


def test_shares_of_wrong_verdicts_and_their_intervals():
    rows = [a_verdict(0.97, True, "corroborated")] * 3 + [a_verdict(0.97, False, "corroborated")]
    rows += [a_verdict(0.02, False, "contradicted")] * 4
    got = score("x", rows)
    assert (got.corroborated_false.number, got.corroborated_false.of) == (1, 4)
    assert got.contradicted_true.value == 0.0
    assert got.decided.number == 8
    for number, of in ((1, 4), (0, 40), (7, 7)):
        known = binomtest(number, of).proportion_ci(method="wilson")
        assert (share(number, of).low, share(number, of).high) == pytest.approx((known.low, known.high), abs=1e-4)


def test_calibration_error_by_hand():
    assert calibration_error(np.array([0.9, 0.9, 0.1, 0.1]), np.array([True, False, False, False])) == pytest.approx(
        0.5 * 0.4 + 0.5 * 0.1
    )


def test_the_curve_counts_every_verdict_once():
    rng = np.random.default_rng(1)
    rows = [a_verdict(float(p), bool(rng.random() < p)) for p in rng.uniform(0.01, 0.99, 500)]
    got = score("x", rows)
    assert sum(b.true.of for b in got.curve) == 500
    assert len(got.curve) == 10
    assert all(b.true.low <= b.true.value <= b.true.high for b in got.curve)
    assert got.ece < 2.0 * got.ece_of_perfect_most


def test_sets_are_balanced_and_blanks_are_left_out():
    rows = [a_verdict(0.6, True)] * 7 + [a_verdict(0.4, False)] * 3 + [a_verdict(None, False)] * 9
    kept = balanced(rows)
    assert sum(j.true for j in kept) == sum(not j.true for j in kept) == 3


def test_the_cost_of_the_true_model_is_over_the_same_elements():
    rows = [a_verdict(0.9, True, of_true_model=9.0), a_verdict(0.1, False, of_true_model=1 / 9), a_verdict(0.5, True)]
    got = score("x", rows)
    assert got.cllr_here == pytest.approx(got.cllr_of_true_model, abs=1e-3)
    assert got.cllr > got.cllr_here


def test_judged_at_once_is_judged_as_ever():
    for declared in ("as-true", "blank-p"):
        spec = WorldSpec(seed=4, claims=1, days=60, declared=declared)
        said = {v.element: v for v in judge(make_world(spec).situation())}
        found = judged([spec], intervals=True)
        assert len(found) > 1
        for j in found:
            v = said[j.element]
            assert v.verdict == j.verdict
            assert (v.likelihood_ratio and v.likelihood_ratio.value) == (j.ratio and round_ratio(j.ratio))
            assert j.low is None or round_ratio(j.low) == v.likelihood_ratio.low


def test_files_give_the_same_as_memory():
    assert through_files([1, 2, 3], run_every=9)[0] == 3


def test_every_declaration_and_the_true_model_have_their_figures():
    specs = [WorldSpec(seed=0, claims=2, days=60, declared=d) for d in ("as-true", "p-plus-0.1", "blank-p")]
    rows = judged(specs, true_model=True)
    assert all((j.of_true_model is not None) == (j.declared == "as-true") for j in rows)
    blank = [j for j in rows if j.declared == "blank-p" and j.ratio is None]
    assert blank
    assert {j.verdict for j in blank} <= {"consistent", "not-observable", "not-corroborated"}
    names = [s.name for s in scores(rows)]
    assert names[0] == "all elements"
    assert [n for n in names if n.startswith("declared")] == ["declared: p-plus-0.1", "declared: blank-p"]
