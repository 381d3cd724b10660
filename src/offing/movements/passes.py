"""Both passes over the looks of one site, and the state of its chain at any instant between them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from offing.movements.occupancy import Occupancy, steps
from offing.movements.presence import Chain, minute, timeline
from offing.movements.sensing import LookAlikes, Sensitivities
from offing.movements.sought import Reading

Array = NDArray[np.float64]
Scaled = tuple[Array, float]
"""An array and the logarithm of the factor by which it is to be multiplied."""


class Passes:
    """Forward and backward over readings (declared, none blind, by time); no calls are counted.

    States have the axes (look-alike state, ships' state). Times are rounded to the minute.
    """

    def __init__(
        self, ships: Occupancy, readings: Sequence[Reading], lookalike_stay_h: float, vary: Sensitivities
    ) -> None:
        self.ships, self.readings = ships, tuple(readings)
        self.alikes = LookAlikes(readings, lookalike_stay_h, vary)
        times = [r.time for r in readings]
        self.chain = Chain(ships, self.alikes, readings, timeline(times, None), 0)
        self.minutes = [minute(t, times[0]) for t in times]
        """Of each look, after the first."""
        state, scale, before, self.scales = self.chain.forward()
        after, self.back = self.chain.backward(np.ones((1, *self.chain.start().shape)))
        self.before = [b[0] for b in before]
        self.after = [a[0, 0] for a in after]
        self.log_likelihood = math.log(float(state.sum())) + scale

    def minute(self, instant: datetime) -> int:
        """Minutes since the first look."""
        return minute(instant, self.readings[0].time) if self.readings else 0

    def stepped_on(self, look: int, instants: Sequence[datetime]) -> list[Scaled]:
        """State at rising instants between this look and the next, given the looks up to this; −1: before the first."""
        if look < 0:
            return [(self.chain.start()[0], 0.0) for _ in instants]
        state, now = self.before[look] * self.chain.shown[look], self.minutes[look]
        out = []
        for instant in instants:
            then = self.minute(instant)
            state, now = self.advanced(state, then - now), then
            out.append((state, self.scales[look]))
        return out

    def stepped_back(self, look: int, instants: Sequence[datetime]) -> list[Scaled]:
        """P(this look and all later | state) at falling instants between it and the one before; beyond the last: 1."""
        if look >= len(self.minutes):
            return [(np.ones(self.chain.start()[0].shape), 0.0) for _ in instants]
        value, now = self.after[look] * self.chain.shown[look], self.minutes[look]
        out = []
        for instant in instants:
            then = self.minute(instant)
            value, now = self.retreated(value, now - then), then
            out.append((value, self.back[look]))
        return out

    def advanced(self, state: Array, minutes: int) -> Array:
        """``state`` after so many minutes without a look."""
        for level in steps(minutes):
            state = state @ self.ships.plain(level)
        kept = self.alikes.kept(minutes)
        anew = self.alikes.stationary[:, None] * state.sum(axis=0, keepdims=True)
        return np.asarray(kept * state + (1.0 - kept) * anew)

    def retreated(self, value: Array, minutes: int) -> Array:
        """``value`` so many minutes before, with no look between."""
        for level in steps(minutes):
            value = value @ self.ships.plain(level).T
        kept = self.alikes.kept(minutes)
        return np.asarray(kept * value + (1.0 - kept) * (self.alikes.stationary @ value)[None, :])

    def present(self, instants: Sequence[datetime]) -> list[float]:
        """P(at least one ship sought is there) at rising instants, given all looks."""
        there = self.ships.count > 0
        out = []
        gaps = groupby(instants, key=lambda t: bisect_right(self.minutes, self.minute(t)))
        for look, group in gaps:
            here = list(group)
            values = self.stepped_back(look, here[::-1])[::-1]
            for (state, _), (value, _) in zip(self.stepped_on(look - 1, here), values, strict=True):
                weight = (state * value).sum(axis=0)
                out.append(min(float(weight[there].sum() / weight.sum()), 1.0))
        return out
