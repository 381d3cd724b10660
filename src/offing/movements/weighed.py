"""Both passes for each possible rate of arrival, weighed by how well the rate explains the looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

from offing.movements.baseline import Traffic
from offing.movements.marked import Marked
from offing.movements.passes import Passes
from offing.movements.sought import Reading
from offing.movements.worlds import STATED, Variation, rates, room


class World:
    """One possible rate."""

    def __init__(self, passes: Passes, log_weight: float) -> None:
        self.passes = passes
        self.log_weight = log_weight
        """Logarithm of its probability before any look."""
        self.share = 0.0
        """Its probability given all looks."""

    @cached_property
    def marked(self) -> Marked:
        """The chain with one ship followed."""
        return Marked(self.passes)

    def scaled(self, value: float, log_scale: float) -> float:
        """A joint weight with the looks as a probability given them."""
        return value * math.exp(log_scale - self.passes.log_likelihood) * self.share


class Weighed:
    """All possible rates at a site for one kind of ship, given its readings (declared, none blind, by time)."""

    def __init__(
        self,
        flow: Traffic,
        readings: Sequence[Reading],
        window_h: float,
        vary: Variation = STATED,
        *,
        calls: int = 1,
        named: int = 0,
    ) -> None:
        self.readings = tuple(readings)
        self.flow = flow.varied(vary.rate_factor, vary.stay_factor)
        seen = max([r.ships for r in readings], default=0)
        self.worlds = []
        for rate, weight in rates(self.flow, window_h):
            ships = room(self.flow.stay, rate, window_h, seen=seen, calls=calls, named=named)
            passes = Passes(ships, readings, self.flow.lookalike_stay_h, vary.looks)
            self.worlds.append(World(passes, math.log(weight)))
        _share(self.worlds)

    @property
    def fit_error(self) -> float:
        """Greatest difference of the phase-type stay to the stated distribution function."""
        return max(w.passes.ships.stay.error for w in self.worlds)


def _share(worlds: Sequence[World]) -> None:
    logs = [w.log_weight + w.passes.log_likelihood for w in worlds]
    top = max(logs)
    total = sum(math.exp(x - top) for x in logs)
    for world, x in zip(worlds, logs, strict=True):
        world.share = math.exp(x - top) / total
