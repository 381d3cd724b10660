"""Values carry their bounds; errors are one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import CaseFileError, OffingError
from offing.quantities import Interval, LikelihoodRatio, Probability


def test_an_interval_is_in_order() -> None:
    assert 2.0 in Interval(low=1, high=3)
    with pytest.raises(OffingError, match="upside down"):
        Interval(low=3, high=1)
    with pytest.raises(OffingError):
        Interval(low=float("nan"), high=1)


def test_intervals_overlap_at_a_point() -> None:
    assert Interval(low=0, high=1).overlaps(Interval(low=1, high=2))
    assert not Interval(low=0, high=1).overlaps(Interval(low=1.1, high=2))


@pytest.mark.parametrize(("value", "low", "high"), [(1.2, 0, 1), (0.5, 0.6, 0.7), (0.5, 0.1, 0.4)])
def test_a_probability_is_one(value: float, low: float, high: float) -> None:
    with pytest.raises(OffingError):
        Probability(value=value, low=low, high=high, basis="test")


@given(st.floats(1e-6, 1e6), st.floats(0.01, 0.99))
def test_bayes_rule(ratio: float, prior: float) -> None:
    value, low, high = LikelihoodRatio(value=ratio, low=ratio / 2, high=ratio * 2).posterior(prior)
    assert low <= value <= high
    assert value == pytest.approx(prior * ratio / (prior * ratio + 1 - prior))


def test_a_ratio_is_positive_and_finite() -> None:
    with pytest.raises(OffingError):
        LikelihoodRatio(value=0, low=0, high=1)
    with pytest.raises(OffingError):
        LikelihoodRatio(value=1, low=0.5, high=float("inf"))


def test_an_error_is_one_line_with_what_where_and_what_to_do() -> None:
    error = CaseFileError("unknown key\n'siets'", where="case.yaml:3", fix="did you mean sites?")
    assert str(error) == "case.yaml:3: unknown key 'siets'; did you mean sites?"
