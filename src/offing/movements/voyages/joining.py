"""All ways to join calls at once: each has at most one before it and one after it.

A way to join them weighs the product of its links' odds; a call without a link came from, or left for, elsewhere,
and weighs one. The sum over all ways is a permanent of a kind, and no polynomial method for it is known; but calls
are many over time and few at a time. Rows (calls left) are taken in order and only those columns (calls come to)
are remembered that are used and may still be wanted: the sum is exact, its cost grows with how many calls
overlap, not with how many there are. Where too many overlap, the least probable links are left out, and what that can
matter is bounded; where that is not enough, belief propagation stands in, bounded by the best ways (Murty 1968).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from offing.movements.voyages.murty import Link, best_ways
from offing.records import Record

MOST_STATES = 4_000
"""Sets of used columns that are remembered between two rows; with more, the best ways are summed."""
_ALLOWED = (1e-4, 1e-3, 1e-2, 0.05)
"""Shares of the whole that may be left out, tried in turn, where the exact sum is too costly."""
_BEST = 60
"""Ways that are summed for the bounds where the exact sum is too costly."""
_ROUNDS = 2000


class Joined(Record, frozen=True):
    """Probability of each link, and how far it may be off."""

    probability: dict[Link, float]
    """(row, column) → P(the two are joined), 0–1."""
    missing: float
    """Greatest share of the whole that was not summed; 0: the sum is exact."""
    log_total: float = 0.0
    """Natural logarithm of the weight of all ways together, where nothing is missing; else not below it."""

    def bounds(self, link: Link) -> tuple[float, float]:
        """Between what the probability lies for certain, or wider."""
        value = self.probability[link]
        return max(0.0, value - self.missing), min(1.0, value + self.missing)


def groups(links: Sequence[Link]) -> list[list[Link]]:
    """Links that hang together by a shared row or column; each group and the groups in rising order."""
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for row, column in links:
        parent[root(("row", row))] = root(("column", column))
    found: dict[tuple[str, int], list[Link]] = {}
    for row, column in sorted(links):
        found.setdefault(root(("row", row)), []).append((row, column))
    return sorted(found.values())


def joined(log_odds: Mapping[Link, float], order: Sequence[int], *, most_states: int = MOST_STATES) -> Joined:
    """The probability of each link of one group or of many, by the logarithm of its odds against being elsewhere.

    ``order``: the rows in the order in which they are taken, those in time next to each other.
    """
    place = {row: k for k, row in enumerate(order)}
    probability: dict[Link, float] = {}
    missing = total = 0.0
    for group in groups(list(log_odds)):
        odds = {link: log_odds[link] for link in group}
        rows = sorted({r for r, _ in group}, key=lambda r: place[r])
        part = _summed(odds, rows, most_states) or _bounded(odds)
        probability |= part.probability
        missing, total = max(missing, part.missing), total + part.log_total
    return Joined(probability=probability, missing=missing, log_total=total)


def _summed(odds: Mapping[Link, float], rows: Sequence[int], most_states: int) -> Joined | None:
    """Exactly, or without the least probable links as far as needed, or None.

    A way that holds a link weighs its odds times the same way without it. So all ways that hold any of the links left
    out weigh, together, at most the sum of their odds of the whole.
    """
    found = _exact(odds, rows, most_states)
    for allowed in _ALLOWED:
        if found is not None:
            break
        small = _least(odds, allowed)
        found = _exact({k: v for k, v in odds.items() if k not in small}, rows, most_states)
        if found is not None:
            zero = dict.fromkeys(small, 0.0)
            missing = math.fsum(math.exp(odds[k]) for k in small)
            found = Joined(
                probability={**zero, **found.probability}, missing=missing,
                log_total=found.log_total - math.log1p(-missing),
            )  # fmt: skip
    return found


def _least(odds: Mapping[Link, float], allowed: float) -> set[Link]:
    """The links with the least odds, which together stay within ``allowed``."""
    total, small = 0.0, set()
    for link, value in sorted(odds.items(), key=lambda e: (e[1], e[0])):
        total += math.exp(value)
        if total > allowed:
            break
        small.add(link)
    return small


def _exact(odds: Mapping[Link, float], rows: Sequence[int], most_states: int) -> Joined | None:
    """Forward and backward over the rows; None where too many sets of columns would have to be remembered."""
    columns = sorted({c for _, c in odds})
    bit = {c: 1 << k for k, c in enumerate(columns)}
    weights = [{bit[c]: math.exp(v) for (r, c), v in odds.items() if r == row} for row in rows]
    wanted = [0] * (len(rows) + 1)
    for k in range(len(rows) - 1, -1, -1):
        wanted[k] = wanted[k + 1] | sum(weights[k])
    forward: list[dict[int, float]] = [{0: 1.0}]
    log_total = 0.0
    for k, row_weights in enumerate(weights):
        after: dict[int, float] = {}
        for used, weight in forward[-1].items():
            for taken, odd in (*row_weights.items(), (0, 1.0)):
                if not used & taken:
                    state = (used | taken) & wanted[k + 1]
                    after[state] = after.get(state, 0.0) + weight * odd
        if len(after) > most_states:
            return None
        scale = math.fsum(after.values())  # only ratios matter, and products of many odds overflow
        log_total += math.log(scale)
        forward.append({state: weight / scale for state, weight in after.items()})
    found: dict[Link, float] = {}
    backward = {0: 1.0}
    for k in range(len(rows) - 1, -1, -1):
        before: dict[int, float] = {}
        linked: dict[int, float] = {}
        for used, weight in forward[k].items():
            for taken, odd in (*weights[k].items(), (0, 1.0)):
                if not used & taken:
                    onward = odd * backward[(used | taken) & wanted[k + 1]]
                    before[used] = before.get(used, 0.0) + onward
                    linked[taken] = linked.get(taken, 0.0) + weight * onward
        total = sum(linked.values())
        for c in columns:
            if bit[c] in weights[k]:
                found[(rows[k], c)] = linked.get(bit[c], 0.0) / total
        top = max(before.values())
        backward = {state: weight / top for state, weight in before.items()}
    return Joined(probability=found, missing=0.0, log_total=log_total)


def _bounded(odds: Mapping[Link, float]) -> Joined:
    """Belief propagation, which is near the truth but has no bound, and from the best ways what is certain."""
    ways, rest = best_ways(odds, _BEST)
    top = ways[0].log_weight
    total = math.fsum(math.exp(w.log_weight - top) for w in ways)
    left = math.exp(min(rest - top, 700.0))
    held = {link: math.fsum(math.exp(w.log_weight - top) for w in ways if link in w.links) for link in odds}
    low = {link: weight / (left + total) for link, weight in held.items()}
    missing = left / (left + total)
    believed = propagated(odds)
    return Joined(
        probability={k: min(max(p, low[k]), low[k] + missing) for k, p in believed.items()},
        missing=missing,
        log_total=top + math.log(left + total),
    )


def propagated(odds: Mapping[Link, float]) -> dict[Link, float]:
    """The probability of each link by belief propagation (Williams and Lau 2014): it converges, but is not exact.

    J. L. Williams, R. A. Lau, Approximate evaluation of marginal association probabilities with belief propagation,
    IEEE Transactions on Aerospace and Electronic Systems 50 (4), 2014.
    """
    rows, columns = sorted({r for r, _ in odds}), sorted({c for _, c in odds})
    weight = np.zeros((len(rows), len(columns)))
    at = {link: (rows.index(link[0]), columns.index(link[1])) for link in odds}
    for link, value in odds.items():
        weight[at[link]] = math.exp(min(value, 50.0))
    back = np.ones_like(weight)
    for _ in range(_ROUNDS):
        sent = weight * back
        forth = weight / (1.0 + sent.sum(axis=1, keepdims=True) - sent)
        new = 1.0 / (1.0 + forth.sum(axis=0, keepdims=True) - forth)
        still = float(np.max(np.abs(new - back))) < 1e-9
        back = new
        if still:
            break
    sent = weight * back
    chance = sent / (1.0 + sent.sum(axis=1, keepdims=True))
    return {link: float(chance[place]) for link, place in at.items()}
