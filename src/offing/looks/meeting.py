"""Calls of one length against looks: exact, for what a call meets is piecewise constant in when it begins.

A call that begins at b and lasts L meets the looks from b up to, but not at, b + L. Sums over the looks met are
differences of running sums, so that the cost grows with the number of looks (their sorting apart) and not with the
number of them that a call meets.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offing.looks.beginnings import HOUR, Stretch
from offing.looks.sights import Flags, Floats, Ints


class OneLength:
    """Calls of one length at a site, parted by what they meet."""

    def __init__(self, at: Ints, begin: Sequence[Stretch], length: int) -> None:
        """``at``: the looks, rising; ``begin``: when a call may begin, in order and without overlap.

        Where all stretches are single instants, these count alike.
        """
        edges = np.array(begin, dtype=np.int64).ravel()
        total = int((edges[1::2] - edges[::2]).sum())
        if total == 0:
            ends, share = edges[::2], np.full(len(begin), 1.0 / max(1, len(begin)))
        else:
            marks = np.unique(np.concatenate((at, at - length, edges)))
            marks = marks[(marks >= edges[0]) & (marks <= edges[-1])]
            inside = np.searchsorted(edges, marks[:-1], side="right") % 2 == 1
            # Within a piece every beginning meets what one at its very end meets: looks at b itself count.
            ends, share = marks[1:][inside], np.diff(marks)[inside] / total
        self.begins_h = total / HOUR
        """Hours in which a call can begin."""
        self.possible = len(edges) > 0
        """Whether there can be such a call; it may have to begin at one instant."""
        self._looks = len(at)
        self._share = share
        self._first = np.searchsorted(at, ends)
        self._after = np.searchsorted(at, ends + length)

    def met(self) -> tuple[Floats, Flags]:
        """(P(a call meets the look), whether any call does), shape (looks,) each."""
        size = self._looks + 1
        share = np.bincount(self._first, self._share, size) - np.bincount(self._after, self._share, size)
        count = np.bincount(self._first, minlength=size) - np.bincount(self._after, minlength=size)
        reached = np.cumsum(count)[: self._looks] > 0
        return np.where(reached, np.clip(np.cumsum(share)[: self._looks], 0.0, 1.0), 0.0), reached

    def shown(self, shows: Floats) -> tuple[Floats, float]:
        """(P(at least one look shows the call), 0: it is exact), shape (rows,); ``shows``: shape (rows, looks).

        Looks are independent given that the ship is there.
        """
        return np.clip(_seen(shows, self._first, self._after) @ self._share, 0.0, 1.0), 0.0

    def shown_alike(self, shows: Floats, day: Ints) -> tuple[Floats, float]:
        """The same when of the looks of one day (rising numbers) only the best one met counts."""
        meets = self._after > self._first
        if not meets.any():
            return np.zeros(len(shows)), 0.0
        share, first, after = self._share[meets], self._first[meets], self._after[meets]
        starts = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
        stops = np.append(starts[1:], len(day))
        group = np.searchsorted(starts, np.arange(len(day)), side="right") - 1
        head, tail = group[first], group[after - 1]
        table = _tops(shows, int((stops - starts).max()))
        begun = 1.0 - _top(table, first, np.minimum(after, stops[head]))
        ended = np.where(head == tail, 1.0, 1.0 - _top(table, np.maximum(first, starts[tail]), after))
        between = 1.0 - _seen(np.maximum.reduceat(shows, starts, axis=1), np.minimum(head + 1, tail), tail)
        return np.clip((1.0 - begun * ended * between) @ share, 0.0, 1.0), 0.0


def _seen(shows: Floats, first: Ints, after: Ints) -> Floats:
    """P(one of the columns ``first`` up to ``after`` shows it), shape (rows, pieces)."""
    certain = _running(shows >= 1.0)
    logs = _running(np.log1p(-np.where(shows < 1.0, shows, 0.0)))
    fewer = np.minimum(logs[:, after] - logs[:, first], 0.0)
    return np.where(certain[:, after] > certain[:, first], 1.0, -np.expm1(fewer))


def _running(values: Floats | Flags) -> Floats:
    """Sums of what lies before each column, shape (rows, columns + 1)."""
    sums = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:], dtype=np.float64)
    return sums


def _tops(shows: Floats, widest: int) -> list[Floats]:
    """Greatest of 1, 2, 4, … columns from each on, up to ``widest``."""
    table = [shows]
    while 2 ** len(table) <= widest:
        last, step = table[-1], 2 ** (len(table) - 1)
        wider = last.copy()
        wider[:, : last.shape[1] - step] = np.maximum(last[:, : last.shape[1] - step], last[:, step:])
        table.append(wider)
    return table


def _top(table: Sequence[Floats], first: Ints, after: Ints) -> Floats:
    """Greatest of the columns ``first`` up to ``after``, one or more each, shape (rows, pieces)."""
    level = np.frexp(np.maximum(after - first, 1).astype(np.float64))[1] - 1
    top = np.zeros((len(table[0]), len(first)))
    for k, values in enumerate(table):
        here = level == k
        top[:, here] = np.maximum(values[:, first[here]], values[:, after[here] - 2**k])
    return top
