"""Whether sightings show ships of the kind sought at all, and whether two of them show one call."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from offing.movements.passes import Passes
from offing.movements.sensing import by_real
from offing.movements.weighed import Weighed, World

Array = NDArray[np.float64]


def real_chance(weighed: Weighed, look: int, nth: int = 1) -> float:
    """P(``nth`` or more of the rows of a look that name a ship sought are such ships | all looks)."""
    total = 0.0
    for world in weighed.worlds:
        passes = world.passes
        shown = _parts(passes, look)[nth:].sum(axis=0)
        joint = float((passes.before[look] * shown * passes.after[look]).sum())
        total += world.scaled(joint, passes.scales[look] + passes.back[look])
    return min(total, 1.0)


def no_ship_chance(weighed: Weighed, looks: Sequence[int], nth: int = 1) -> float:
    """P(in each of these looks, by rising index, fewer than ``nth`` rows are ships sought | all looks)."""
    total = 0.0
    for world in weighed.worlds:
        false = {look: _parts(world.passes, look)[:nth].sum(axis=0) for look in looks}
        total += _between(world, looks[0], looks[-1], false)
    return min(total, 1.0)


class Pair:
    """Chances of two sightings with none between; they sum to 1."""

    def __init__(self, weighed: Weighed, first: int, second: int) -> None:
        rows = min(weighed.readings[first].ships, weighed.readings[second].ships)
        both = sum(_both_real(weighed, first, second, m) for m in range(1, rows + 1)) / rows
        one = min(_same(weighed, first, second) / rows, both)
        self.one_call = one
        """P(a row of the look with fewer is a ship that the other shows too, and that stayed)."""
        self.two_calls = both - one
        """P(each look shows a ship for that row, but not one that stayed)."""
        self.look_alike = 1.0 - both


def _both_real(weighed: Weighed, first: int, second: int, rows: int) -> float:
    """P(``rows`` or more ships in each of two looks are ships indeed | all looks)."""
    total = 0.0
    for world in weighed.worlds:
        shown = {look: _parts(world.passes, look)[rows:].sum(axis=0) for look in (first, second)}
        total += _between(world, first, second, shown)
    return min(total, 1.0)


def _same(weighed: Weighed, first: int, second: int) -> float:
    """Mean number of ships that two looks both show and that stayed between them, given all looks."""
    total = 0.0
    for world in weighed.worlds:
        passes, marked = world.passes, world.marked
        state, scale = marked.spread(passes.before[first]), passes.scales[first]
        for look in range(first, second + 1):
            if look > first:
                state = marked.advanced(state, passes.minutes[look] - passes.minutes[look - 1])
            state = state * marked.shown(look, "seen" if look in (first, second) else "either")[None]
            state, scale = _held(state, scale)
        joint = float((state * marked.value(passes.after[second])).sum())
        total += world.scaled(joint, scale + passes.back[second])
    return total


def _between(world: World, first: int, last: int, shown: Mapping[int, Array]) -> float:
    """Share of the looks' likelihood that is left when some of them, from first to last, show what ``shown`` says."""
    passes = world.passes
    state, scale = passes.before[first], passes.scales[first]
    for look in range(first, last + 1):
        if look > first:
            state = passes.advanced(state, passes.minutes[look] - passes.minutes[look - 1])
        state, scale = _held(state * shown.get(look, passes.chain.shown[look]), scale)
    return world.scaled(float((state * passes.after[last]).sum()), scale + passes.back[last])


def _held(state: Array, scale: float) -> tuple[Array, float]:
    top = float(state.max())
    return (state / top, scale + math.log(top)) if top > 0.0 else (state, scale)


def _parts(passes: Passes, look: int) -> Array:
    """What a look shows by how many of its rows are ships, shape (rows + 1, look-alike states, ships' states)."""
    alikes, count = passes.alikes, passes.ships.count
    parts = by_real(passes.readings[look], float(alikes.p[look]), alikes.fooled[look], int(count.max()))
    return np.asarray(parts[:, :, count])
