"""What optical pictures show: intervals, ranges, the lower of simulated and labelled ships, what may not be said."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.looks import optical_seen
from offing.looks.optical_seen import COARSE_M, SHOWN_M, length_spread, measured, p_seen, real_terms, terms
from offing.looks.seen import logistic
from offing.vessels.detection import optical_scale
from seen_curves import curve, real

GSDS = st.one_of(st.floats(0.3, 1.3), st.floats(2.3, 6.5), st.floats(7.0, 13.0))
EITHER = st.sampled_from([None, False, True])


@pytest.fixture
def kept(monkeypatch):
    def keep(*labelled, **more):
        made = curve(*labelled, **more)
        monkeypatch.setattr(optical_seen, "measured", lambda: made)
        return made

    return keep


@given(st.floats(30.0, 300.0), GSDS, EITHER, EITHER)
def test_every_simulated_ship_has_a_chance_with_interval_and_origin(length, gsd, quay, edge) -> None:
    p = p_seen(length, gsd, at_quay=quay, cloud_edge=edge, simulated=True)
    assert p is not None
    assert 0.0 <= p.low <= p.value <= p.high <= 1.0
    assert "simulated ports" in p.basis
    assert ("at the quay, even" in p.basis) is (quay is None)
    assert ("edge or not, even" in p.basis) is (edge is None)


@pytest.mark.parametrize(
    ("length", "gsd"),
    [(29.0, 10.0), (301.0, 10.0), (100.0, 0.2), (100.0, 1.5), (100.0, 6.7), (100.0, 20.0), (math.nan, 10.0)],
)
def test_nothing_is_said_outside_what_was_measured(kept, length, gsd) -> None:
    kept(real())
    assert p_seen(length, gsd, simulated=True) is None
    assert p_seen(length, gsd, simulated=False) is None


def test_real_pictures_need_labels_that_the_networks_had_not_seen(kept) -> None:
    kept()
    assert p_seen(112.0, 10.0, simulated=False) is None
    kept(real(held_out=False))
    assert p_seen(112.0, 10.0, simulated=False) is None
    assert length_spread(10.0, simulated=False) is None
    kept(real())
    assert p_seen(112.0, 10.0, simulated=False) is not None
    assert p_seen(50.0, 10.0, simulated=False) is None, "shorter than any labelled ship"
    for gsd in (3.0, 5.0):
        assert p_seen(112.0, gsd, simulated=False) is None, "no labels at 3 to 5 m"
        assert p_seen(112.0, gsd, simulated=True) is not None


@pytest.mark.parametrize("quay", [False, True])
def test_the_lower_of_simulated_and_labelled_rules(kept, quay) -> None:
    drawn, worse, better = (3.0, 1.0)[quay], (1.0, -1.0)[quay], (5.0, 4.0)[quay]
    kept(real())
    low = p_seen(100.0, 10.0, at_quay=quay, cloud_edge=False, simulated=False)
    assert low is not None
    assert low.value == pytest.approx(logistic(worse))
    assert low.high < logistic(drawn), "what labelled ships show is the evidence"
    kept(real((5.0, 4.0)))
    high = p_seen(100.0, 10.0, at_quay=quay, cloud_edge=False, simulated=False)
    assert high is not None
    assert high.value == pytest.approx(logistic(drawn))
    assert high.high > logistic(better)
    assert "the lower of both" in high.basis


def test_a_berth_without_labels_is_taken_as_no_better(kept) -> None:
    made = kept(real((0.0,), berths=(True,), gsd=(0.3, 1.3)))
    open_water = p_seen(100.0, 0.7, at_quay=False, cloud_edge=False, simulated=False)
    quay = p_seen(100.0, 0.7, at_quay=True, cloud_edge=False, simulated=False)
    drawn = p_seen(100.0, 0.7, at_quay=False, cloud_edge=False, simulated=True)
    assert made.real[0].at_quay == (True,)
    assert open_water is not None
    assert quay is not None
    assert drawn is not None
    assert open_water.value == quay.value == pytest.approx(0.5)
    assert open_water.high == drawn.high > quay.high
    assert "labelled at the quay only" in open_water.basis
    assert "labelled at the quay only" not in quay.basis


@pytest.mark.parametrize("edge", [-1.5, 1.5])
def test_a_clouds_edge_costs_real_ships_what_it_costs_simulated_ones_and_helps_none(kept, edge) -> None:
    kept(real(), edge=edge)
    clear, near = (p_seen(100.0, 10.0, at_quay=False, cloud_edge=e, simulated=False) for e in (False, True))
    assert clear is not None
    assert near is not None
    assert near.value == pytest.approx(logistic(1.0 + min(0.0, edge)))
    assert near.high - near.low > clear.high - clear.low
    assert "cloud" in near.basis
    assert "cloud" not in clear.basis


def test_known_conditions_agree_with_the_regression_drawn_from(kept) -> None:
    made = kept()
    draws = np.random.default_rng(5).multivariate_normal(made.coefficients, made.covariance, 200_000)
    odds = draws @ np.array(terms(60.0, 5.0, True, True))
    p = p_seen(60.0, 5.0, at_quay=True, cloud_edge=True, simulated=True)
    assert p is not None
    low, high = 1.0 / (1.0 + np.exp(-np.quantile(odds, [0.05, 0.95])))
    assert (p.low, p.high) == pytest.approx((low, high), abs=0.005)


@given(st.floats(30.0, 300.0), GSDS, st.booleans(), st.booleans())
def test_every_network_and_berth_has_terms_of_its_own(length, gsd, quay, edge) -> None:
    x = terms(length, gsd, quay, edge)
    block = 5 * (2 * (gsd >= COARSE_M) + quay)
    assert x[block] == 1.0
    assert not any(v for i, v in enumerate(x) if not block <= i < block + 5)
    assert real_terms(length, quay, (False, True))[2 * quay] == 1.0


def test_pixels_are_told_apart_where_the_search_does() -> None:
    assert COARSE_M == optical_scale.COARSE_M
    assert optical_scale.SHOWN_M["fine"] == SHOWN_M
    assert terms(100.0, 0.5, False, False) == terms(100.0, 2.0, False, False)


def test_the_kept_curve_was_checked_on_other_pictures() -> None:
    found = measured()
    assert found.held_out.n > 30
    assert found.n == sum(c.n for c in found.cells)
    assert found.found == sum(c.found for c in found.cells)
    assert len(found.gsd_m) == len(found.lengths) == len(found.false_alarms)
    assert all(r.n == sum(c.n for c in r.cells) for r in found.real)
