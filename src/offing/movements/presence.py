"""Presence at one site as a hidden Markov chain in continuous time, with the calls in a window counted.

Hidden are the ships of the sought kind (``occupancy``), the look-alikes (``sensing``) and the number of
different ships that were there within the window. The looks are what is seen of it. Forward and
backward passes over the looks are exact up to the truncation (ships present at once) and the phase-type
form of the stay. This is the occupancy model of ecology (MacKenzie et al. 2002) in continuous time.

Times are rounded to the minute.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.movements.model import PresencePoint
from offing.movements.occupancy import Occupancy, steps
from offing.movements.sensing import LookAlikes, Sensitivities, emission
from offing.movements.sought import Reading
from offing.records import Record
from offing.timespan import TimeSpan

Array = NDArray[np.float64]


class Step(Record, frozen=True):
    """One thing that happens as time goes on."""

    kind: Literal["gap", "open", "look"]
    """Time passes; the window opens; a look is taken."""
    minutes: int = 0
    """Length of a gap."""
    inside: bool = False
    """Whether the gap lies in the window: arrivals are counted."""
    look: int = -1
    """Index of the look."""


class Passed(Record, frozen=True):
    """What the passes over the looks of one site give."""

    joint: tuple[float, ...]
    """P(looks, number of different ships in the window = 0, 1, …, at least most) × exp(−log_scale)."""
    log_scale: float
    without: tuple[tuple[float, ...], ...] = ()
    """The same with one look left out, for each look in order, on the scale of ``without_scales``."""
    without_scales: tuple[float, ...] = ()


def timeline(times: Sequence[datetime], window: TimeSpan | None) -> tuple[Step, ...]:
    """The looks (rising times) and the window in order. A look at the window's first instant is within it."""
    if not times and window is None:
        return ()
    base = min([*times, *([window.start] if window else [])])
    events = [(minute(t, base), 1, i) for i, t in enumerate(times)]
    if window is not None:
        events += [(minute(window.start, base), 0, -1), (minute(window.end, base), 0, -2)]
    out: list[Step] = []
    now, inside = 0, False
    for at, _, index in sorted(events, key=lambda e: (e[0], e[1], -e[2])):
        if at > now:
            out.append(Step(kind="gap", minutes=at - now, inside=inside))
        now = at
        if index == -1:
            inside = True
            out.append(Step(kind="open"))
        elif index == -2:
            inside = False
        else:
            out.append(Step(kind="look", look=index))
    return tuple(out)


def minute(instant: datetime, base: datetime) -> int:
    return round((instant - base).total_seconds() / 60.0)


class Chain:
    """The hidden chain of one site: ships of the sought kind × look-alikes × calls counted up to ``most_calls``.

    State arrays have the axes (calls counted, look-alike state, ships' state); the first has length 1 before
    the window opens.
    """

    def __init__(
        self,
        ships: Occupancy,
        alikes: LookAlikes,
        readings: Sequence[Reading],
        plan: tuple[Step, ...],
        most_calls: int,
        marked: Sequence[Reading] | None = None,
    ) -> None:
        """``plan`` counts the looks of ``marked`` (``readings`` with blind marks between them) when it is given."""
        self.ships, self.alikes, self.plan, self.most = ships, alikes, plan, most_calls
        most = int(ships.count.max())
        tables = [emission(r, float(alikes.p[i]), alikes.fooled[i], most) for i, r in enumerate(readings)]
        telling = iter([table[:, ships.count] for table in tables])
        blind = np.ones((len(alikes.stationary), len(ships.count)))
        self.shown = [blind if r.kind == "blind" else next(telling) for r in (marked or readings)]
        """P(what each look shows | state), shape (look-alike states, ships' states) each."""

    def start(self) -> Array:
        """The stationary state long before anything is seen."""
        return np.outer(self.alikes.stationary, self.ships.stationary)[None]

    def forward(self) -> tuple[Array, float, list[Array], list[float]]:
        """(final state, its log scale, state just before each look, their log scales)."""
        state, scale = self.start(), 0.0
        before: list[Array] = [state] * len(self.shown)
        scales = [0.0] * len(self.shown)
        for step in self.plan:
            if step.kind == "look":
                before[step.look], scales[step.look] = state, scale
                state = state * self.shown[step.look]
                top = float(state.max())
                state, scale = state / top, scale + math.log(top)
            elif step.kind == "open":
                state = self._opened(state)
            else:
                state = self._advanced(state, step)
        return state, scale, before, scales

    def backward(self, final: Array) -> tuple[list[Array], list[float]]:
        """(expected value of ``final`` just after each look, its log scale), given everything later.

        ``final`` has the axes (columns, calls counted, look-alike state, ships' state).
        """
        value, scale = final, 0.0
        after: list[Array] = [value] * len(self.shown)
        scales = [0.0] * len(self.shown)
        for step in reversed(self.plan):
            if step.kind == "look":
                after[step.look], scales[step.look] = value, scale
                value = value * self.shown[step.look]
                top = float(value.max())
                value, scale = value / top, scale + math.log(top)
            elif step.kind == "open":
                value = self._closed(value)
            else:
                value = self._retreated(value, step)
        return after, scales

    def passed(self, *, drops: bool) -> Passed:
        """The likelihood by number of calls and, when asked for, with each look left out."""
        state, scale, before, scales = self.forward()
        joint = tuple(float(x) for x in state.sum(axis=(1, 2)))
        if not drops:
            return Passed(joint=joint, log_scale=scale)
        after, back = self.backward(self._by_calls(state.shape))
        rest = [np.einsum("cls,kcls->k", b, a) for b, a in zip(before, after, strict=True)]
        return Passed(
            joint=joint,
            log_scale=scale,
            without=tuple(tuple(float(x) for x in row) for row in rest),
            without_scales=tuple(a + b for a, b in zip(scales, back, strict=True)),
        )

    def _by_calls(self, shape: tuple[int, ...]) -> Array:
        """One column for each number of calls."""
        final = np.zeros((shape[0], *shape))
        for calls in range(shape[0]):
            final[calls, calls] = 1.0
        return final

    def _opened(self, state: Array) -> Array:
        """The window opens: ships that are present count as calls."""
        calls = np.minimum(self.ships.count, self.most)
        opened = np.zeros((self.most + 1, *state.shape[1:]))
        for c in range(self.most + 1):
            opened[c][:, calls == c] = state[0][:, calls == c]
        return opened

    def _closed(self, value: Array) -> Array:
        """The opening of the window, backwards."""
        calls = np.minimum(self.ships.count, self.most)
        return np.moveaxis(value[:, calls, :, np.arange(len(calls))], 0, -1)[:, None]

    def _advanced(self, state: Array, step: Step) -> Array:
        for level in steps(step.minutes):
            state = counted_on(self.ships, state, level) if step.inside else state @ self.ships.plain(level)
        kept = self.alikes.kept(step.minutes)
        anew = np.asarray(self.alikes.stationary)[None, :, None] * state.sum(axis=1, keepdims=True)
        return np.asarray(kept * state + (1.0 - kept) * anew)

    def _retreated(self, value: Array, step: Step) -> Array:
        for level in steps(step.minutes):
            value = self._counted_back(value, level) if step.inside else value @ self.ships.plain(level).T
        kept = self.alikes.kept(step.minutes)
        anew = np.einsum("l,kcls->kcs", self.alikes.stationary, value)[:, :, None, :]
        return np.asarray(kept * value + (1.0 - kept) * anew)

    def _counted_back(self, value: Array, level: int) -> Array:
        exact, at_least = self.ships.counted(level, self.most)
        out = np.empty_like(value)
        for b in range(self.most + 1):
            out[:, b] = value[:, self.most] @ at_least[self.most - b].T
            for c in range(b, self.most):
                out[:, b] += value[:, c] @ exact[c - b].T
        return out


def counted_on(ships: Occupancy, state: Array, level: int) -> Array:
    """``state`` (axes: calls counted, …, ships' state) after 2^level minutes in which arrivals are counted."""
    most = len(state) - 1
    exact, at_least = ships.counted(level, most)
    out = np.empty_like(state)
    for c in range(most):
        out[c] = sum(state[b] @ exact[c - b] for b in range(c + 1))
    out[most] = sum(state[b] @ at_least[most - b] for b in range(most + 1))
    return out


def presence_curve(
    ships: Occupancy,
    readings: Sequence[Reading],
    lookalike_stay_h: float,
    instants: Sequence[datetime],
    vary: Sensitivities | None = None,
) -> tuple[PresencePoint, ...]:
    """P(a ship sought is present) at ``instants``, given readings that declare their probabilities.

    Blind readings are passed over.
    """
    telling = [r for r in readings if r.kind != "blind"]
    marks = [Reading(look=f"@{i}", time=t, kind="blind") for i, t in enumerate(instants)]
    merged = sorted([*telling, *marks], key=lambda r: (r.time, r.look))
    looks = [r for r in merged if r.kind != "blind"]
    alikes = LookAlikes(looks, lookalike_stay_h, vary or Sensitivities())
    chain = Chain(ships, alikes, looks, timeline([r.time for r in merged], None), 0, marked=merged)
    _, _, before, _ = chain.forward()
    after, _ = chain.backward(np.ones((1, *chain.start().shape)))
    there = ships.count > 0
    idle = float(ships.stationary[there].sum())
    out = []
    for reading, b, a in zip(merged, before, after, strict=True):
        if reading.kind == "blind":
            weight = (b * a[0]).sum(axis=(0, 1))
            chance = float(weight[there].sum() / weight.sum())
            out.append(PresencePoint(time=reading.time, probability=min(chance, 1.0), before_looks=idle))
    return tuple(out)
