"""The best ways to join calls, in order: Murty (1968), over an assignment that is solved exactly.

K. G. Murty, An algorithm for ranking all the assignments in order of increasing cost, Operations Research 16 (3),
1968; the assignment itself by scipy's linear_sum_assignment. Every row has a column of its own that stands for
elsewhere, so that any set of links is an assignment.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from itertools import count

import numpy as np
from numpy.typing import NDArray

from offing.records import Record

Link = tuple[int, int]
"""(row, column): the call that was left and the call that was come to."""


class JoinedWay(Record, frozen=True):
    """One way to join calls."""

    links: frozenset[Link]
    log_weight: float
    """Natural logarithm of the product of its links' odds."""


class _Part(Record, frozen=True):
    """All ways that hold the links ``fixed`` (column None: elsewhere) and none of ``barred``."""

    fixed: tuple[tuple[int, int | None], ...]
    barred: frozenset[tuple[int, int | None]]


def best_ways(log_odds: Mapping[Link, float], most: int) -> tuple[list[JoinedWay], float]:
    """(up to ``most`` ways, best first; a bound of the logarithm of the weight of all others, −inf: there are none)."""
    rows = sorted({r for r, _ in log_odds})
    tie = count()
    whole = _Part(fixed=(), barred=frozenset())
    first = _solved(log_odds, rows, whole)
    assert first is not None
    queue = [(-first[0], next(tie), first[1], whole)]
    found: list[JoinedWay] = []
    while queue and len(found) < most:
        cost, _, chosen, part = heapq.heappop(queue)
        links = frozenset((r, c) for r, c in chosen.items() if c is not None)
        found.append(JoinedWay(links=links, log_weight=-cost))
        for child in _split(rows, chosen, part):
            solved = _solved(log_odds, rows, child)
            if solved is not None:
                heapq.heappush(queue, (-solved[0], next(tie), solved[1], child))
    rest = [_bound(log_odds, rows, part) for *_, part in queue]
    return found, float(np.logaddexp.reduce(rest)) if rest else -math.inf


def _split(rows: list[int], chosen: Mapping[int, int | None], part: _Part) -> list[_Part]:
    """The ways of ``part`` other than the chosen one, each in exactly one of the parts."""
    fixed = list(part.fixed)
    barred = part.barred
    out = []
    for row in rows[len(fixed) :]:
        out.append(_Part(fixed=tuple(fixed), barred=barred | {(row, chosen[row])}))
        fixed.append((row, chosen[row]))
    return out


def _solved(log_odds: Mapping[Link, float], rows: list[int], part: _Part) -> tuple[float, dict[int, int | None]] | None:
    """(logarithm of the weight, the choice of each row) of the best way of the part; None: it is empty."""
    from scipy.optimize import linear_sum_assignment

    held = dict(part.fixed)
    free = [r for r in rows if r not in held]
    chosen = dict(held)
    weight = math.fsum(log_odds[(r, c)] for r, c in held.items() if c is not None)
    if free:
        cost, columns = _costs(log_odds, free, held, part)
        try:
            at_rows, at_columns = linear_sum_assignment(cost)
        except ValueError:  # no row can be left without a choice
            return None
        for i, j in zip(at_rows, at_columns, strict=True):
            chosen[free[i]] = columns[j] if j < len(columns) else None
        weight -= float(cost[at_rows, at_columns].sum())
    return weight, chosen


def _costs(
    log_odds: Mapping[Link, float], free: list[int], held: Mapping[int, int | None], part: _Part
) -> tuple[NDArray[np.float64], list[int]]:
    taken = set(held.values())
    columns = sorted({c for r, c in log_odds if c not in taken})
    where = {c: k for k, c in enumerate(columns)}
    cost = np.full((len(free), len(columns) + len(free)), np.inf)
    for i, row in enumerate(free):
        if (row, None) not in part.barred:
            cost[i, len(columns) + i] = 0.0
    index = {row: i for i, row in enumerate(free)}
    for (row, column), odds in log_odds.items():
        if row in index and column in where and (row, column) not in part.barred:
            cost[index[row], where[column]] = -odds
    return cost, columns


def _bound(log_odds: Mapping[Link, float], rows: list[int], part: _Part) -> float:
    """Not less than the logarithm of the weight of all ways of the part: columns may be taken twice."""
    held = dict(part.fixed)
    taken = set(held.values())
    total = math.fsum(log_odds[(r, c)] for r, c in held.items() if c is not None)
    for row in rows:
        if row in held:
            continue
        terms = [0.0] if (row, None) not in part.barred else []
        terms += [v for (r, c), v in log_odds.items() if r == row and c not in taken and (r, c) not in part.barred]
        if not terms:
            return -math.inf
        total += float(np.logaddexp.reduce(terms))
    return total
