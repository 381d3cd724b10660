"""The chance that a call meets a usable look, against METHOD's table and against draws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import OffingError
from offing.looks.power import DAILY_OPTICAL, SENTINEL_1A, SENTINEL_2, PassPattern, chance_of_a_look


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (SENTINEL_2, (0.05, 0.10, 0.20)),
        (SENTINEL_1A, (0.08, 0.16, 0.33)),
        (DAILY_OPTICAL, (0.25, 0.50, 0.75)),
    ],
)
def test_the_table(pattern, expected):
    assert tuple(round(chance_of_a_look([pattern], h), 2) for h in (12, 24, 48)) == expected


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 12),
    st.lists(st.floats(0.0, 0.999), max_size=4),
    st.floats(0.0, 1.0),
    st.floats(0.5, 400.0),
)
def test_against_draws(days, where, usable, length):
    pattern = PassPattern(name="x", repeat_days=days, passes_h=tuple(w * 24 * days for w in where), usable=usable)
    got = chance_of_a_look([pattern], length)
    rng = np.random.default_rng(5)
    begin = rng.uniform(0, 24 * days, 4000)
    turns = np.arange(0, int(length / (24 * days)) + 3) * 24 * days
    met = sum(((begin <= p + t) & (p + t < begin + length)).astype(int) for p in pattern.passes_h for t in turns)
    drawn = float(np.mean(1.0 - (1.0 - usable) ** (met if len(where) else np.zeros(4000))))
    assert 0.0 <= got <= 1.0
    assert got == pytest.approx(drawn, abs=0.035)


def test_a_call_by_night_is_invisible_to_all_of_them():
    night = (18.3, 5.96)
    assert chance_of_a_look([SENTINEL_1A, SENTINEL_2, DAILY_OPTICAL], 10.0, within=night) == 0.0
    assert chance_of_a_look([DAILY_OPTICAL], 10.0, within=(6.0, 20.0)) > 0.0


def test_a_call_as_long_as_the_night():
    assert chance_of_a_look([DAILY_OPTICAL], 12.0, within=(8.0, 20.0)) == pytest.approx(0.5)


def test_patterns_together_show_more_and_are_independent_by_day():
    alone = chance_of_a_look([SENTINEL_1A], 48.0)
    both = chance_of_a_look([SENTINEL_1A, DAILY_OPTICAL], 48.0)
    assert both == pytest.approx(1 - (1 - alone) * 0.25, abs=1e-9)


@pytest.mark.parametrize("length", [0.0, -3.0, float("nan"), float("inf")])
def test_a_call_without_a_length(length):
    with pytest.raises(OffingError, match="no length"):
        chance_of_a_look([SENTINEL_2], length)


def test_what_does_not_fit_and_what_cannot_be():
    with pytest.raises(OffingError, match="does not fit"):
        chance_of_a_look([SENTINEL_2], 13.0, within=(18.0, 6.0))
    with pytest.raises(OffingError, match="usable is 2"):
        PassPattern(name="x", repeat_days=1, passes_h=(), usable=2.0)
    with pytest.raises(OffingError, match="outside its 1 days"):
        PassPattern(name="x", repeat_days=1, passes_h=(24.0,), usable=1.0)
    with pytest.raises(OffingError, match="repeats after 0"):
        PassPattern(name="x", repeat_days=0, passes_h=(), usable=1.0)
