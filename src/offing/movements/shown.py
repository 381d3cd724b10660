"""Power: how probable it is that these looks would have shown a ship that was there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.movements.occupancy import Occupancy, steps
from offing.movements.presence import counted_on, minute
from offing.movements.sought import Reading
from offing.timespan import TimeSpan

Array = NDArray[np.float64]
Chance = tuple[Reading, float]
"""A reading and the probability that a fully usable look shows a ship that is present."""


def prior_calls(ships: Occupancy, minutes: int, most: int) -> tuple[float, ...]:
    """P(number of different ships present in a window of ``minutes`` = 0, 1, …, at least most), no look taken."""
    state = _counted_from(ships, _opened(ships, ships.stationary, most), minutes)
    return tuple(float(x) for x in state.sum(axis=1))


def unshown_by_calls(ships: Occupancy, chances: Sequence[Chance], window: TimeSpan, most: int) -> tuple[float, ...]:
    """P(no look shows a ship that was there in the window, and 0, 1, …, at least most such ships).

    Looks before and after the window count only for ships that were there within it: by the independence of
    the ships, looks before it thin the phases at its start, and looks after it those at its end.
    """
    early = [c for c in chances if c[0].time < window.start]
    within = [c for c in chances if window.start <= c[0].time < window.end]
    late = [c for c in chances if c[0].time >= window.end and c[0].time >= window.start]
    norm = ships.weights(ships.loads()).sum()
    thinned = ships.weights(_thinned_loads(ships, early, window.start)) / norm
    state = _opened(ships, thinned, most)
    now = 0
    for reading, p in within:
        then = minute(reading.time, window.start)
        state = _counted_from(ships, state, then - now) * (missed(reading, p) ** ships.count)[None, :]
        now = then
    state = _counted_from(ships, state, minute(window.end, window.start) - now)
    leave = np.prod(_missed_later(ships, late, window.end)[None, :] ** ships.states, axis=1)
    return tuple(float(x) for x in state @ leave)


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
        state = counted_on(ships, state, level)
    return state


def _thinned_loads(ships: Occupancy, early: Sequence[Chance], until: datetime) -> Array:
    """Mean ships in each phase at ``until`` that no earlier look showed, shape (phases,)."""
    full = ships.loads()
    loads = full
    for i, (reading, p) in enumerate(early):
        later = early[i + 1][0].time if i + 1 < len(early) else until
        hours = (later - reading.time).total_seconds() / 3600.0
        loads = full + (loads * missed(reading, p) - full) @ ships.stay.transition(hours)
    return np.maximum(loads, 0.0)


def _missed_later(ships: Occupancy, late: Sequence[Chance], since: datetime) -> Array:
    """P(a ship in each phase at ``since`` is shown by none of the later looks), shape (phases,)."""
    unseen = np.ones(ships.stay.phases)
    for i in range(len(late) - 1, -1, -1):
        reading, p = late[i]
        before = late[i - 1][0].time if i else since
        hours = (reading.time - before).total_seconds() / 3600.0
        # A ship that leaves before the look is shown by none of the rest: only the shortfall from 1 decays.
        unseen = 1.0 - ships.stay.transition(hours) @ (1.0 - unseen * missed(reading, p))
    return np.clip(unseen, 0.0, 1.0)
