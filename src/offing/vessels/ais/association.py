"""Which detection is which ship, each at most one: the probability of every pair over all one-to-one assignments.

An assignment weighs as much as the product of its pairs' weights, each against leaving both alone (joint probabilistic
data association: Bar-Shalom, Daum and Huang 2009, IEEE Control Systems 29(6), 82–100). Pairs fall into clusters that
do not touch; a cluster is summed exactly over the subsets of its smaller side, and one that is too large for that by
belief propagation (Williams and Lau 2014, IEEE Trans. Aerospace and Electronic Systems 50(4), 2942–2959).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.records import Record

EXACT_MAX = 11
"""Largest smaller side of a cluster that is summed exactly."""
ROUNDS, STEADY = 400, 1e-7
F64 = NDArray[np.float64]


class Posterior(Record, frozen=True):
    """What follows from all assignments."""

    pairs: F64
    """(detections, ships): P(the detection is the ship)."""
    best: tuple[int | None, ...]
    """Detection → ship in the likeliest single assignment."""
    log_total: float
    """Logarithm of the sum of the weights of all assignments; that of leaving all alone is 1."""
    approximate: NDArray[np.bool_]
    """(detections,): in a cluster too large to be summed exactly."""


def associate(log_weight: F64) -> Posterior:
    """``log_weight``: (detections, ships), logarithm of a pair's weight; −inf: cannot be."""
    rows, cols = log_weight.shape
    pairs, approximate, total = np.zeros((rows, cols)), np.zeros(rows, bool), 0.0
    for members in _clusters(log_weight):
        at = np.ix_(*members)
        small = min(len(members[0]), len(members[1]))
        if small <= EXACT_MAX:
            found, part = exact(log_weight[at])
        else:
            found, part = propagated(log_weight[at])
            approximate[members[0]] = True
        pairs[at] = found
        total += part
    return Posterior(pairs=pairs, best=_best(log_weight), log_total=total, approximate=approximate)


def _clusters(log_weight: F64) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """(rows, columns) of each set of detections and ships that hang together by pairs that can be."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, cols = log_weight.shape
    i, j = np.nonzero(np.isfinite(log_weight))
    if not len(i):
        return []
    graph = coo_array((np.ones(len(i)), (i, j + rows)), shape=(rows + cols, rows + cols))
    _, label = connected_components(graph, directed=False)
    by_row, by_col = label[:rows], label[rows:]
    return [(np.flatnonzero(by_row == c), np.flatnonzero(by_col == c)) for c in sorted(set(by_row[i].tolist()))]


def exact(log_weight: F64) -> tuple[F64, float]:
    """(P of each pair, log of the total) summed over the subsets of the smaller side, forwards and backwards."""
    if log_weight.shape[0] < log_weight.shape[1]:
        found, total = exact(log_weight.T)
        return found.T, total
    rows, cols = log_weight.shape
    scale = np.maximum(log_weight.max(axis=1), 0.0)
    weight, alone = np.exp(log_weight - scale[:, None]), np.exp(-scale)
    masks = np.arange(1 << cols)
    without = [masks[(masks >> j) & 1 == 0] for j in range(cols)]
    forward = np.zeros((rows + 1, 1 << cols))
    forward[0, 0] = 1.0
    log_forward = 0.0
    for i in range(rows):
        forward[i + 1] = alone[i] * forward[i]
        for j in range(cols):
            forward[i + 1, without[j] | (1 << j)] += weight[i, j] * forward[i, without[j]]
        size = forward[i + 1].sum()
        forward[i + 1] /= size
        log_forward += math.log(size)
    pairs = np.zeros((rows, cols))
    backward = np.ones(1 << cols)
    for i in range(rows - 1, -1, -1):
        for j in range(cols):
            pairs[i, j] = weight[i, j] * float(forward[i, without[j]] @ backward[without[j] | (1 << j)])
        left = alone[i] * float(forward[i] @ backward)
        pairs[i] /= pairs[i].sum() + left
        before = alone[i] * backward
        for j in range(cols):
            before[without[j]] += weight[i, j] * backward[without[j] | (1 << j)]
        backward = before / before.max()
    return pairs, float(log_forward + scale.sum())


def propagated(log_weight: F64) -> tuple[F64, float]:
    """The same by belief propagation, whose messages converge for every such problem; nearly exact."""
    weight = np.exp(np.minimum(log_weight, 200.0))
    back = np.ones_like(weight)
    for _ in range(ROUNDS):
        seen = weight * back
        forth = weight / (1.0 + seen.sum(axis=1, keepdims=True) - seen)
        new = 1.0 / (1.0 + forth.sum(axis=0, keepdims=True) - forth)
        change = float(np.abs(new - back).max())
        back = new
        if change < STEADY:
            break
    seen = weight * back
    forth = weight / (1.0 + seen.sum(axis=1, keepdims=True) - seen)
    total = np.log1p(seen.sum(axis=1)).sum() + np.log1p(forth.sum(axis=0)).sum() - np.log1p(back * forth).sum()
    return seen / (1.0 + seen.sum(axis=1, keepdims=True)), float(total)


def _best(log_weight: F64) -> tuple[int | None, ...]:
    from scipy.optimize import linear_sum_assignment

    rows, cols = log_weight.shape
    found: list[int | None] = [None] * rows
    if rows and cols:
        # A pair that is likelier left alone counts as nothing, and is taken out again.
        gain = np.maximum(np.where(np.isfinite(log_weight), log_weight, 0.0), 0.0)
        for i, j in zip(*linear_sum_assignment(gain, maximize=True), strict=True):
            found[i] = int(j) if gain[i, j] > 0.0 else None
    return tuple(found)
