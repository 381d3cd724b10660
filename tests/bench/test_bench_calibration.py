"""The calibration bench itself: its scores against known answers, and a small run."""

import numpy as np
import pytest

from offing.bench.calibration import Judged, calibration_error, compare, verdicts
from offing.bench.worlds import Misdeclared, world


def judged(probability, true, verdict="consistent"):
    ratio = probability / (1 - probability)
    return Judged(element="destination", probability=probability, ratio=ratio, verdict=verdict, true=true)


def test_a_judge_who_says_nothing_costs_one_bit():
    got = compare([judged(0.5, True), judged(0.5, False)])
    assert got.cllr == pytest.approx(1.0)
    assert got.ece == pytest.approx(0.0)


def test_shares_of_wrong_verdicts():
    rows = [judged(0.97, True, "corroborated")] * 3 + [judged(0.97, False, "corroborated")]
    rows += [judged(0.02, False, "contradicted")] * 4
    got = compare(rows)
    assert (got.corroborated, got.corroborated_false) == (4, 0.25)
    assert (got.contradicted, got.contradicted_true) == (4, 0.0)


def test_calibration_error_by_hand():
    assert calibration_error(np.array([0.9, 0.9, 0.1, 0.1]), np.array([True, False, False, False])) == pytest.approx(
        0.5 * 0.4 + 0.5 * 0.1
    )


def test_a_world_is_the_same_for_the_same_seed_and_half_are_true():
    assert world(3, Misdeclared()).situation.looks == world(3, Misdeclared()).situation.looks
    true = [world(seed, Misdeclared()).truth["carrier"] for seed in range(300)]
    assert 0.42 < np.mean(true) < 0.58


def test_misdeclared_worlds_show_the_same_and_say_otherwise():
    right, wrong = world(5, Misdeclared()), world(5, Misdeclared(rate_factor=2.0, p_shift=-0.1))
    assert [k.observations for k in right.situation.looks] == [k.observations for k in wrong.situation.looks]
    assert wrong.truth == right.truth
    ratio = wrong.situation.sites[0].baseline[0].calls_per_30d / right.situation.sites[0].baseline[0].calls_per_30d
    assert ratio == pytest.approx(2.0)


def test_a_small_run_is_calibrated_as_far_as_its_size_tells():
    rows = list(verdicts(range(40), Misdeclared()))
    got = compare(rows)
    assert got.n == len(rows) > 40
    assert got.ece < 3.0 * got.ece_of_perfect
    assert got.cllr < 1.0
