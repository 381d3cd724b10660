"""Joining calls: the exact sum and the best ways against plain enumeration."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.movements.voyages.joining import groups, joined, propagated
from offing.movements.voyages.murty import best_ways

ODDS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(-8.0, 8.0), min_size=1, max_size=14
)  # fmt: skip


def enumerated(odds):
    """(logarithm of the weight, links) of every way, by trying them all."""
    rows = sorted({r for r, _ in odds})
    for chosen in itertools.product(*([None, *(c for r, c in odds if r == row)] for row in rows)):
        used = [c for c in chosen if c is not None]
        if len(set(used)) == len(used):
            links = frozenset((r, c) for r, c in zip(rows, chosen, strict=True) if c is not None)
            yield math.fsum(odds[link] for link in links), links


def chances(odds):
    ways = list(enumerated(odds))
    total = math.fsum(math.exp(w) for w, _ in ways)
    return {link: math.fsum(math.exp(w) for w, links in ways if link in links) / total for link in odds}, total


@settings(max_examples=80, deadline=None)
@given(ODDS)
def test_the_sum_over_all_ways_is_that_of_enumeration(odds):
    found = joined(odds, range(5))
    expected, total = chances(odds)
    assert found.missing == 0.0
    assert found.log_total == pytest.approx(math.log(total), abs=1e-9)
    for link, p in expected.items():
        assert found.probability[link] == pytest.approx(p, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(ODDS)
def test_all_ways_come_in_order_and_each_once(odds):
    ways, rest = best_ways(odds, 10**6)
    expected = sorted((w for w, _ in enumerated(odds)), reverse=True)
    assert rest == -math.inf
    assert len({w.links for w in ways}) == len(expected)
    assert [w.log_weight for w in ways] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(ODDS, st.integers(1, 4))
def test_what_the_best_ways_leave_out_is_bounded(odds, most):
    ways, rest = best_ways(odds, most)
    _, total = chances(odds)
    left = total - math.fsum(math.exp(w.log_weight) for w in ways)
    assert left <= math.exp(rest) + 1e-9 * total


@settings(max_examples=40, deadline=None)
@given(ODDS)
def test_where_the_sum_is_too_costly_the_bounds_hold_the_truth(odds):
    found = joined(odds, range(5), most_states=0)
    expected, _ = chances(odds)
    for link, p in expected.items():
        low, high = found.bounds(link)
        assert low - 1e-9 <= p <= high + 1e-9


@settings(max_examples=40, deadline=None)
@given(ODDS, st.permutations(range(5)), st.permutations(range(5)))
def test_other_names_give_the_same_probabilities(odds, rows, columns):
    named = {(rows[r], columns[c]): v for (r, c), v in odds.items()}
    found, other = joined(odds, range(5)), joined(named, rows)
    for r, c in odds:
        assert other.probability[(rows[r], columns[c])] == pytest.approx(found.probability[(r, c)], abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(ODDS)
def test_no_call_has_more_than_one_before_or_after_it(odds):
    found = joined(odds, range(5)).probability
    for side in (0, 1):
        for node in {link[side] for link in odds}:
            assert sum(p for link, p in found.items() if link[side] == node) <= 1.0 + 1e-12


def test_groups_hang_together():
    assert groups([(0, 1), (2, 1), (3, 4), (5, 4), (6, 7)]) == [[(0, 1), (2, 1)], [(3, 4), (5, 4)], [(6, 7)]]


def test_a_long_row_of_calls_is_summed_exactly():
    odds = {(r, c): math.sin(r * 3 + c) for r in range(200) for c in range(r + 1, r + 4)}
    assert joined(odds, range(200)).missing == 0.0


def test_what_is_left_out_to_make_the_sum_possible_is_bounded():
    """Twelve calls that each may follow any of twelve, most of them hardly: exact against the pruned sum."""
    odds = {(r, c): (-1.0 if c in (r, r + 1) else -14.0 - c / 9) for r in range(11) for c in range(11)}
    whole, pruned = joined(odds, range(11), most_states=10**6), joined(odds, range(11), most_states=40)
    assert whole.missing == 0.0
    assert 0.0 < pruned.missing <= 1e-3
    assert pruned.log_total >= whole.log_total
    for link, p in whole.probability.items():
        low, high = pruned.bounds(link)
        assert low - 1e-12 <= p <= high + 1e-12


@settings(max_examples=60, deadline=None)
@given(ODDS)
def test_belief_propagation_is_near_the_truth(odds):
    """What stands in where nothing is exact: off by no more than a seventh, mostly by far less; a tree is exact."""
    expected, _ = chances(odds)
    believed = propagated(odds)
    assert max(abs(believed[k] - p) for k, p in expected.items()) < 0.15
    star = {link: v for link, v in odds.items() if link[0] == min(odds)[0]}
    exact, _ = chances(star)
    assert propagated(star) == pytest.approx(exact, abs=1e-6)
