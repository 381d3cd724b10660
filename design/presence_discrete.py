"""Presence of one named ship in discrete time: an independent computation of what offing.movements gives.

Nothing of offing is used. Time goes in steps; the state is "away" or how long the ship has been there, in steps, with
the hazard of the stated distribution of the stay (no phases); beside it goes the state of the look-alikes, and, for the
number of calls, how many have been counted. Only looks with no row or one row are known here.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

SHARES = ((0.5, 1.0), (0.25, 0.4))
"""Lasting look-alikes: (share of the false namings, how often they fool as a share of p)."""


class Look(NamedTuple):
    hour: float
    shown: int
    usable: float
    p: float
    q: float


class Steps:
    """All passes over one history of looks. ``looks`` by time, at whole steps, all of one p and q."""

    def __init__(self, rate, stay_cdf, looks, *, alike_mean_h, begin, end, step=0.25, oldest_h=1500.0):
        self.step, self.begin, self.looks = step, begin, looks
        self.count = round((end - begin) / step) + 1
        ages = (np.arange(int(oldest_h / step)) + 0.5) * step
        self.survive = 1.0 - stay_cdf(ages)
        tail = np.append(self.survive[1:], 0.0)
        self.stays_on = np.where(self.survive > 1e-14, tail / np.maximum(self.survive, 1e-14), 0.0)
        self.arrives = (1.0 - math.exp(-rate * step)) * self.survive[0]
        p, q = looks[0].p, looks[0].q
        load = [share / fool * q / p for share, fool in SHARES]
        self.alikes = np.array([1.0 - sum(load), *load])
        self.kept = math.exp(-step / alike_mean_h)
        self.at = {round((look.hour - begin) / step): look for look in looks}
        there = (1.0 - math.exp(-rate * step)) * self.survive
        start = np.append(1.0, there) / (1.0 + there.sum())
        self.start = np.outer(self.alikes, start)
        self._run()

    def parts(self, look):
        """(shape of P(shown and no row is she | state), the same with her seen): away first, then there."""
        p = look.p * look.usable
        fooled = look.usable * (0.25 * look.q + np.array([0.0, look.p, 0.4 * look.p]))
        more = min(max(look.q * look.usable, 0.005), 0.2)
        if look.shown == 0:
            return np.stack([1 - fooled, (1 - fooled) * (1 - p)], 1), np.zeros((3, 2))
        false = fooled * (1 - more)
        return np.stack([false, false * (1 - p)], 1), np.stack([np.zeros(3), p * (1 - fooled)], 1)

    def spread(self, table):
        """A table for (away, there) over all ages."""
        return np.concatenate([table[:, :1], np.repeat(table[:, 1:], len(self.survive), axis=1)], axis=1)

    def on(self, state, *, arrivals=True):
        """One step on; axes (…, look-alikes, away and ages)."""
        new = np.zeros_like(state)
        new[..., 2:] = state[..., 1:-1] * self.stays_on[:-1]
        if arrivals:
            left = (state[..., 1:] * (1.0 - self.stays_on)).sum(axis=-1)
            new[..., 0] = state[..., 0] * (1.0 - self.arrives) + left
            new[..., 1] = state[..., 0] * self.arrives
        return self.redrawn(new)

    def redrawn(self, state):
        return self.kept * state + (1.0 - self.kept) * self.alikes[:, None] * state.sum(axis=-2, keepdims=True)

    def back(self, value):
        new = np.empty_like(value)
        value = self.kept * value + (1.0 - self.kept) * (self.alikes @ value)[None, :]
        new[:, 0] = value[:, 0] * (1.0 - self.arrives) + value[:, 1] * self.arrives
        later = np.append(value[:, 2:], np.zeros((3, 1)), axis=1)
        new[:, 1:] = later * self.stays_on + value[:, :1] * (1.0 - self.stays_on)
        return new

    def _run(self):
        """``before`` and ``after`` each step's look; scaled as they stand, which few looks allow."""
        self.before, self.after = [], [None] * self.count
        state = self.start
        for n in range(self.count):
            state = self.on(state) if n else state
            self.before.append(state)
            if n in self.at:
                state = state * self.spread(sum(self.parts(self.at[n])))
        self.whole = state.sum()
        value = np.ones_like(self.start)
        for n in range(self.count - 1, -1, -1):
            self.after[n] = value
            if n in self.at:
                value = value * self.spread(sum(self.parts(self.at[n])))
            value = self.back(value)

    def index(self, hour):
        return round((hour - self.begin) / self.step)

    def present(self, hour):
        n = self.index(hour)
        joint = self.before[n] * self.after[n]
        if n in self.at:
            joint = joint * self.spread(sum(self.parts(self.at[n])))
        return joint[:, 1:].sum() / self.whole

    def real(self, look):
        """P(the row of this look is she)."""
        n = self.index(look.hour)
        return (self.before[n] * self.spread(self.parts(look)[1]) * self.after[n]).sum() / self.whole

    def arrived_before(self, look, hours):
        """P(she came before each hour | the row of this look is she)."""
        n = self.index(look.hour)
        joint = (self.before[n] * self.spread(self.parts(look)[1]) * self.after[n]).sum(axis=0)[1:]
        edges = np.arange(len(joint) + 1) * self.step
        younger = np.append(0.0, np.cumsum(joint)) / joint.sum()
        return 1.0 - np.interp([look.hour - hour for hour in hours], edges, younger)

    def stayed_until(self, look, hours):
        """P(she leaves after each hour | the row of this look is she)."""
        first, last = self.index(look.hour), max(self.index(h) for h in hours)
        state = self.before[first] * self.spread(self.parts(look)[1])
        found = {first: (state * self.after[first]).sum()}
        for n in range(first + 1, last + 1):
            state = self.on(state, arrivals=False)
            if n in self.at:
                state = state * self.spread(sum(self.parts(self.at[n])))
            found[n] = (state * self.after[n]).sum()
        return np.array([found[self.index(h)] for h in hours]) / found[first]

    def pair(self, a, b):
        """(one call, two calls, a look-alike) of two looks with a row each."""
        seen = {self.index(k.hour): self.spread(self.parts(k)[1]) for k in (a, b)}
        shares = []
        for arrivals in (False, True):
            first, last = self.index(a.hour), self.index(b.hour)
            state = self.before[first] * seen[first]
            for n in range(first + 1, last + 1):
                state = self.on(state, arrivals=arrivals)
                if n in self.at:
                    state = state * seen.get(n, self.spread(sum(self.parts(self.at[n]))))
            shares.append((state * self.after[last]).sum() / self.whole)
        one, both = shares
        return one, both - one, 1.0 - both

    def no_ship(self, looks):
        """P(none of these rows is she)."""
        false = {self.index(k.hour): self.spread(self.parts(k)[0]) for k in looks}
        state = self.start
        for n in range(self.count):
            state = self.on(state) if n else state
            if n in self.at:
                state = state * false.get(n, self.spread(sum(self.parts(self.at[n]))))
        return state.sum() / self.whole

    def calls(self, window, most):
        """P(0, 1, …, most or more calls in the window)."""
        opens, closes = self.index(window[0]), self.index(window[1])
        state = np.zeros((most + 1, *self.start.shape))
        state[0] = self.start
        for n in range(self.count):
            if n:
                came = state[..., 0] * self.arrives
                state = self.on(state) if not opens < n <= closes else self._counted(state, came)
            if n == opens:
                state[1, :, 1:], state[0, :, 1:] = state[0, :, 1:], 0.0
            if n in self.at:
                state = state * self.spread(sum(self.parts(self.at[n])))
        shares = state.sum(axis=(1, 2))
        return shares / shares.sum()

    def _counted(self, state, came):
        """One step on in the window: who comes is one call more."""
        moved = np.zeros_like(state)
        moved[..., 2:] = state[..., 1:-1] * self.stays_on[:-1]
        left = (state[..., 1:] * (1.0 - self.stays_on)).sum(axis=-1)
        moved[..., 0] = state[..., 0] * (1.0 - self.arrives) + left
        moved[1:, :, 1] += came[:-1]
        moved[-1, :, 1] += came[-1]
        return self.redrawn(moved)
