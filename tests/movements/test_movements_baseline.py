"""Which baseline entries cover the ships sought."""

import pytest

from offing.movements.baseline import HOURS_30D, traffic
from offing.movements.sought import Sought
from offing.sites import Baseline, Site
from offing.vessels.classes import library

ROPUCHA = Baseline(classes=("ropucha", "alligator"), calls_per_30d=0.5)
CARGO = Baseline(classes=("cargo",), calls_per_30d=12.0, stay_h=(4.0, 12.0, 36.0))
ANY = Baseline(classes=("any",), calls_per_30d=6.0, stay_h=(6.0, 24.0, 96.0))


def site(*entries):
    return Site(id="a", name="A", role="port", position=(0.0, 0.0), baseline=entries)


def rate(entries, *classes):
    got = traffic(site(*entries), Sought(classes=classes), library())
    return got, [r * HOURS_30D for r in got.rates_per_h]


def test_an_entry_that_names_two_of_the_classes_counts_once():
    got, rates = rate((ROPUCHA, CARGO, ANY), "ropucha", "alligator")
    assert rates == pytest.approx([0.5])
    assert got.stated
    assert got.lookalike_stay_h == pytest.approx(got.stay.mean * 24 / 36, rel=0.2)


def test_entries_of_different_classes_add_up_and_mix_their_stays():
    got, rates = rate((ROPUCHA, CARGO, ANY), "ropucha", "cargo")
    assert rates == pytest.approx([12.5])
    assert got.stay.weights == pytest.approx((0.5 / 12.5, 12.0 / 12.5))


def test_a_class_that_no_entry_names_is_some_part_of_any():
    got, rates = rate((CARGO, ANY), "ropucha")
    assert max(rates) == pytest.approx(6.0)
    assert min(rates) < 1.0
    assert not got.stated


def test_any_ship_is_all_of_them():
    got, rates = rate((ROPUCHA, CARGO, ANY), "any")
    assert rates == pytest.approx([18.5])
    assert got.stated


def test_a_wider_class_that_is_named_covers_the_narrower():
    entry = Baseline(classes=("landing-ship",), calls_per_30d=2.0)
    assert max(rate((entry, ANY), "ropucha")[1]) == pytest.approx(2.0)


def test_without_a_baseline_the_prior_is_wide_and_said():
    got, rates = rate((), "ropucha")
    assert rates[len(rates) // 2] == pytest.approx(1.0)
    assert rates[-1] / rates[0] > 100
    assert "no baseline" in got.note


def test_a_baseline_for_others_only_is_none_for_these():
    got, _ = rate((CARGO,), "ropucha")
    assert "no baseline" in got.note


def test_a_rate_of_zero_is_almost_nothing():
    _, rates = rate((Baseline(classes=("ropucha",), calls_per_30d=0.0),), "ropucha")
    assert 0.0 < rates[0] < 0.01
