"""The phase-type stay against the log-normal it stands for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.movements.stay import MOST_PHASES, mixture, phase_type
from offing.sites import StayHours

DEFAULT = mixture((StayHours(),), (1.0,))


def test_the_default_stay_is_met_within_one_per_cent():
    fitted = phase_type(DEFAULT)
    hours = np.geomspace(0.5, 800.0, 500)
    assert np.abs(fitted.cdf(hours) - DEFAULT.cdf(hours)).max() < 0.012
    assert fitted.error < 0.01
    assert fitted.mean == pytest.approx(DEFAULT.mean, rel=0.05)


def test_the_error_that_is_reported_is_the_error_there_is():
    fitted = phase_type(mixture((StayHours(p05=10, p50=20, p95=40),), (1.0,)), 3)
    hours = np.geomspace(1.0, 200.0, 4000)
    stated = mixture((StayHours(p05=10, p50=20, p95=40),), (1.0,)).cdf(hours)
    assert np.abs(fitted.cdf(hours) - stated).max() == pytest.approx(fitted.error, abs=0.01)


@settings(max_examples=12, deadline=None)
@given(st.floats(0.5, 48.0), st.floats(1.0, 20.0))
def test_the_fit_does_not_depend_on_the_unit(p05, factor):
    stay = StayHours(p05=p05, p50=p05 * 4, p95=p05 * 16)
    one = phase_type(mixture((stay,), (1.0,)))
    other = phase_type(mixture((stay,), (1.0,)).scaled(factor))
    assert other.mean == pytest.approx(one.mean * factor, rel=1e-3)
    assert other.error == pytest.approx(one.error, abs=1e-4)


def test_a_mixture_of_stays_is_met():
    stay = mixture((StayHours(), StayHours(p05=4, p50=10, p95=30)), (1.0, 3.0))
    fitted = phase_type(stay)
    hours = np.geomspace(0.5, 800.0, 500)
    assert np.abs(fitted.cdf(hours) - stay.cdf(hours)).max() < 0.02
    assert stay.weights == pytest.approx((0.25, 0.75))


def test_equal_parts_are_one():
    assert mixture((StayHours(), StayHours()), (1.0, 2.0)).parts == (StayHours(),)


def test_the_residual_stay_against_draws():
    rng = np.random.default_rng(3)
    stays = np.exp(rng.normal(np.log(36), StayHours().sigma, 400_000))
    for hours in (5.0, 40.0, 120.0):
        drawn = np.maximum(stays - hours, 0.0).sum() / stays.sum()
        assert DEFAULT.still_there(hours) == pytest.approx(drawn, abs=0.01)
    assert DEFAULT.still_there(0.0) == 1.0


@pytest.mark.parametrize("phases", range(1, MOST_PHASES + 1))
def test_the_transition_of_one_ship_is_the_exponential_of_its_generator(phases):
    from scipy.linalg import expm

    fitted = phase_type(DEFAULT, phases)
    rates, after = fitted.phase_rates(), fitted.following()
    generator = np.diag(-rates)
    for phase, then in enumerate(after):
        if then >= 0:
            generator[phase, then] += rates[phase]
    for hours in (0.1, 7.0, 90.0):
        assert np.allclose(fitted.transition(hours), expm(generator * hours), atol=1e-12)


@pytest.mark.parametrize("points", [(12.5, 35.0, 57.5), (18.0, 36.0, 72.0), (8.0, 36.0, 144.0), (4.5, 36.0, 288.0)])
def test_the_mean_stay_is_met_so_that_no_ship_lies_for_ever(points):
    """Narrow stays once got a branch of 2 % that stayed 10⁹ hours: every look without a ship then contradicted."""
    stay = mixture((StayHours(p05=points[0], p50=points[1], p95=points[2]),), (1.0,))
    fit = phase_type(stay)
    assert fit.mean == pytest.approx(stay.mean, rel=0.02)
    assert 1.0 - fit.cdf(np.array([50.0 * stay.p95]))[0] < 1e-3
