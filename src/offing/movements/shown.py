"""Power: how probable it is that these looks would have shown a ship that was there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offing.movements.occupancy import Occupancy, steps
from offing.movements.presence import minute
from offing.movements.sought import Reading
from offing.movements.together import counted_rows
from offing.timespan import TimeSpan

Array = NDArray[np.float64]
Chance = tuple[Reading, float]
"""A reading and the probability that a fully usable look shows a ship that is present."""


def prior_calls(ships: Occupancy, minutes: int, most: int) -> tuple[float, ...]:
    """P(number of different ships present in a window of ``minutes`` = 0, 1, …, at least most), no look taken."""
    state = _counted_from(ships, _opened(ships, ships.stationary, most)[:, None, :], minutes)
    return tuple(float(x) for x in state.sum(axis=(1, 2)))


def unshown_by_calls(ships: Occupancy, chances: Sequence[Chance], window: TimeSpan, most: int) -> tuple[float, ...]:
    """P(no look shows a ship that was there in the window, and 0, 1, …, at least most such ships).

    Looks before and after the window count only for ships that were there within it: by the independence of
    the ships, looks before it thin the phases at its start, and looks after it those at its end.
    """
    readings = [reading for reading, _ in chances]
    kept = np.array([[missed(reading, p) for reading, p in chances]]).reshape(1, len(chances))
    return unshown_together(ships, readings, kept, window, most)[0]


def unshown_together(
    ships: Occupancy, readings: Sequence[Reading], kept: Array, window: TimeSpan, most: int
) -> list[tuple[float, ...]]:
    """``unshown_by_calls`` for several chances of the same looks.

    ``kept``: P(a ship that is present is not seen in each look), shape (variants, looks).
    """
    early = [i for i, r in enumerate(readings) if r.time < window.start]
    within = [i for i, r in enumerate(readings) if window.start <= r.time < window.end]
    late = [i for i, r in enumerate(readings) if r.time >= window.end and r.time >= window.start]
    loads = _thinned_loads(ships, [readings[i].time for i in early], kept[:, early], window.start)
    norm = ships.weights(ships.loads()).sum()
    state = np.array([_opened(ships, ships.weights(row) / norm, most) for row in loads]).transpose(1, 0, 2)
    now = 0
    for i in within:
        then = minute(readings[i].time, window.start)
        state = _counted_from(ships, state, then - now) * kept[:, i, None] ** ships.count
        now = then
    state = _counted_from(ships, state, minute(window.end, window.start) - now)
    unseen = _missed_later(ships, [readings[i].time for i in late], kept[:, late], window.end)
    leave = np.prod(unseen[:, None, :] ** ships.states, axis=2)
    return [tuple(float(x) for x in row) for row in (state * leave).sum(axis=2).T]


def missed(reading: Reading, p: float) -> float:
    """P(a ship sought that is present is not seen in this look)."""
    return 1.0 - p * reading.usable


def _opened(ships: Occupancy, state: Array, most: int) -> Array:
    """Ships present at the start of the window count as calls, shape (most + 1, states)."""
    opened = np.zeros((most + 1, len(state)))
    opened[np.minimum(ships.count, most), np.arange(len(state))] = state
    return opened


def _counted_from(ships: Occupancy, state: Array, minutes: int) -> Array:
    for level in steps(minutes):
        state = counted_rows(ships, state, level)
    return state


def _thinned_loads(ships: Occupancy, times: Sequence[datetime], kept: Array, until: datetime) -> Array:
    """Mean ships in each phase at ``until`` that no earlier look showed, shape (variants, phases)."""
    full = ships.loads()
    loads = np.repeat(full[None, :], len(kept), axis=0)
    passing = ships.stay.transitions(_gaps_h([*times, until]))
    for i, onward in enumerate(passing):
        loads = full + (loads * kept[:, i, None] - full) @ onward
    return np.maximum(loads, 0.0)


def _missed_later(ships: Occupancy, times: Sequence[datetime], kept: Array, since: datetime) -> Array:
    """P(a ship in each phase at ``since`` is shown by none of the later looks), shape (variants, phases)."""
    unseen = np.ones((len(kept), ships.stay.phases))
    passing = ships.stay.transitions(_gaps_h([since, *times]))
    for i in range(len(times) - 1, -1, -1):
        # A ship that leaves before the look is shown by none of the rest: only the shortfall from 1 decays.
        unseen = 1.0 - (1.0 - unseen * kept[:, i, None]) @ passing[i].T
    return np.clip(unseen, 0.0, 1.0)


def _gaps_h(times: Sequence[datetime]) -> Array:
    """Hours between instants that follow each other."""
    return np.array([(b - a).total_seconds() / 3600.0 for a, b in pairwise(times)])
