"""Probabilities of pairs are those of all one-to-one assignments, summed by brute force."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from offing.vessels.ais.association import associate, exact, propagated


def brute(log_weight):
    """P of each pair, and the log of the total, by going through every assignment."""
    rows, cols = log_weight.shape
    pairs, total = np.zeros((rows, cols)), 0.0
    choices = [*range(cols), *[-1] * rows]
    for chosen in set(permutations(choices, rows)):
        weight = np.exp(sum(log_weight[i, j] for i, j in enumerate(chosen) if j >= 0))
        total += weight
        for i, j in enumerate(chosen):
            if j >= 0:
                pairs[i, j] += weight
    return pairs / total, np.log(total)


def weights(seed, rows, cols, spread=3.0):
    rng = np.random.default_rng(seed)
    found = rng.normal(0.0, spread, (rows, cols))
    found[rng.random((rows, cols)) < 0.3] = -np.inf
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4))
def test_exact_sums_are_those_of_brute_force(seed, rows, cols):
    log_weight = weights(seed, rows, cols)
    pairs, total = exact(log_weight)
    expected, log_total = brute(log_weight)
    assert pairs == pytest.approx(expected, abs=1e-9)
    assert total == pytest.approx(log_total, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(1, 7))
def test_clusters_change_nothing(seed, rows, cols):
    log_weight = weights(seed, rows, cols)
    found = associate(log_weight)
    pairs, total = exact(log_weight)
    assert found.pairs == pytest.approx(pairs, abs=1e-9)
    assert found.log_total == pytest.approx(total, abs=1e-9)
    assert not found.approximate.any()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 40))
def test_no_detection_and_no_ship_is_used_twice(seed, rows, cols):
    found = associate(weights(seed, rows, cols, 6.0))
    assert (found.pairs >= 0.0).all()
    assert (found.pairs.sum(axis=1) <= 1.0 + 1e-6).all()
    assert (found.pairs.sum(axis=0) <= 1.0 + (0.1 if found.approximate.any() else 1e-6)).all()
    used = [j for j in found.best if j is not None]
    assert len(used) == len(set(used))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 9), st.integers(2, 9), st.randoms())
def test_the_order_does_not_matter(seed, rows, cols, random):
    log_weight = weights(seed, rows, cols)
    i, j = random.sample(range(rows), rows), random.sample(range(cols), cols)
    assert associate(log_weight[np.ix_(i, j)]).pairs == pytest.approx(
        associate(log_weight).pairs[np.ix_(i, j)], abs=1e-9
    )


def test_belief_propagation_is_near_the_exact_sums():
    off, totals = [], []
    for seed in range(40):
        log_weight = weights(seed, 7, 8)
        (pairs, total), (near, near_total) = exact(log_weight), propagated(log_weight)
        off.append(np.abs(pairs - near).max())
        totals.append(abs(total - near_total))
    assert np.mean(off) < 0.03
    assert np.max(off) < 0.12
    assert np.mean(totals) < 0.1


def test_large_weights_neither_overflow_nor_lose_anything():
    log_weight = np.array([[600.0, 598.0], [599.0, -np.inf]])
    assert exact(log_weight)[0] == pytest.approx(np.array([[0.0, 1.0], [1.0, 0.0]]), abs=1e-9)
    assert associate(log_weight).best == (1, 0)


def test_the_best_assignment_is_that_of_the_hungarian_method():
    for seed in range(20):
        log_weight = weights(seed, 6, 5)
        found = associate(log_weight).best
        gain = np.maximum(np.where(np.isfinite(log_weight), log_weight, 0), 0)
        assert sum(log_weight[i, j] for i, j in enumerate(found) if j is not None) == pytest.approx(
            gain[linear_sum_assignment(gain, maximize=True)].sum()
        )


def test_nothing_to_compare():
    assert associate(np.zeros((0, 3))).pairs.shape == (0, 3)
    assert associate(np.zeros((2, 0))).best == (None, None)
    assert associate(np.full((2, 2), -np.inf)).pairs.sum() == 0.0
