"""The kept curve of what radar shows: its intervals, its ranges, and what it says of real pictures."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.looks import radar_seen
from offing.looks.radar_seen import RealShift, measured, p_seen, terms
from offing.quantities import Interval

LENGTHS, GSDS, WINDS = st.floats(15.0, 350.0), st.floats(3.0, 40.0), st.one_of(st.none(), st.floats(2.0, 14.0))
BERTHS = st.sampled_from([None, False, True])


@given(LENGTHS, GSDS, WINDS, BERTHS)
def test_every_measured_ship_has_a_chance_with_interval_and_origin(length, gsd, wind, quay) -> None:
    p = p_seen(length, gsd, wind_m_s=wind, at_quay=quay, simulated=True)
    assert p is not None
    assert 0.0 <= p.low <= p.value <= p.high <= 1.0
    assert "simulated ports" in p.basis
    assert ("wind unknown" in p.basis) is (wind is None)
    assert ("even" in p.basis) is (quay is None)


@pytest.mark.parametrize(
    ("length", "gsd", "wind"),
    [
        *((14.9, 10, None), (351, 10, None), (100, 2.9, None), (100, 41, None), (100, 10, 15.0), (100, 10, 1.0)),
        *((math.nan, 10, None), (100, math.nan, None), (-5, 10, None), (100, 10, math.inf)),
    ],
)
def test_nothing_is_said_outside_what_was_measured(length, gsd, wind) -> None:
    for simulated in (False, True):
        assert p_seen(length, gsd, wind_m_s=wind, simulated=simulated) is None


def test_real_pictures_of_other_pixels_or_ships_than_the_labelled_have_none() -> None:
    assert p_seen(112.0, 10.0, simulated=False) is not None
    assert p_seen(112.0, 20.0, simulated=False) is None
    assert p_seen(20.0, 10.0, simulated=False) is None


def test_at_anchor_a_long_ship_is_likelier_found_than_a_boat() -> None:
    ship, boat = (p_seen(n, 10.0, at_quay=False, simulated=True) for n in (200.0, 16.0))
    assert ship is not None
    assert boat is not None
    assert ship.low > boat.high


def test_known_conditions_agree_with_the_regression_drawn_from() -> None:
    kept = measured()
    draws = np.random.default_rng(5).multivariate_normal(kept.coefficients, kept.covariance, 200_000)
    odds = draws @ np.array(terms(60.0, 20.0, 9.0, False))
    p = p_seen(60.0, 20.0, wind_m_s=9.0, at_quay=False, simulated=True)
    assert p is not None
    low, high = 1.0 / (1.0 + np.exp(-np.quantile(odds, [0.05, 0.95])))
    assert (p.low, p.high) == pytest.approx((low, high), abs=0.005)
    assert p.value == pytest.approx(1.0 / (1.0 + np.exp(-np.mean(odds))), abs=0.005)


def test_an_unknown_berth_lies_between_and_widens() -> None:
    quay, roads, either = (p_seen(112.0, 10.0, at_quay=b, simulated=True) for b in (True, False, None))
    assert quay is not None
    assert roads is not None
    assert either is not None
    assert either.value == pytest.approx(0.5 * (quay.value + roads.value), abs=1e-9)
    assert either.low <= min(quay.value, roads.value)
    assert either.high >= max(quay.value, roads.value)


@pytest.mark.parametrize("shift", [-2.0, 0.0, 2.0])
def test_what_was_labelled_may_lower_the_value_and_only_widens_upwards(monkeypatch, shift) -> None:
    span = Interval(low=8.0, high=300.0, level=1.0)
    real = RealShift(shift=shift, sd=0.3, origin="chips", length_m=span, gsd_m=span, found=9, n=10, cells=())
    kept = msgspec.structs.replace(measured(), real=real)
    monkeypatch.setattr(radar_seen, "measured", lambda: kept)
    for quay in (False, True, None):
        made = p_seen(60.0, 20.0, at_quay=quay, simulated=True)
        found = p_seen(60.0, 20.0, at_quay=quay, simulated=False)
        roads = p_seen(60.0, 20.0, at_quay=False, simulated=True)
        assert made is not None
        assert found is not None
        assert roads is not None
        assert (found.value < made.value) is (shift < 0)
        assert found.value <= made.value
        assert found.low <= made.low
        assert found.high >= max(made.high, roads.high)
        assert "9 of 10 labelled ships in chips" in found.basis
        assert ("quay measured on simulated" in found.basis) is (quay is not False)


def test_without_labelled_ships_real_pictures_have_none(monkeypatch) -> None:
    kept = msgspec.structs.replace(measured(), real=None)
    monkeypatch.setattr(radar_seen, "measured", lambda: kept)
    assert p_seen(112.0, 10.0, simulated=False) is None
    assert p_seen(112.0, 10.0, simulated=True) is not None


def test_the_kept_curve_was_checked_on_other_pictures() -> None:
    kept = measured()
    assert kept.held_out.n > 100
    assert kept.held_out.brier < kept.held_out.brier_constant
    assert kept.held_out.error < 0.1
    assert abs(kept.held_out.expected - kept.held_out.found) < 0.1 * kept.held_out.n
    assert kept.n == sum(c.n for c in kept.cells)
    assert kept.found == sum(c.found for c in kept.cells)
