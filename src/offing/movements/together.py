"""Several assumptions about the looks over one chain of ships: the passes of ``presence.Chain``, made together.

What is varied to find an interval leaves the ships mostly as they are: their number, arrivals and stay. The states of
all variants are then rows of one array, and each step of time is one product. Outside the window nothing is counted,
so that what leads up to it is passed forward and what follows it backward, once for every number of calls asked for.

The numbers are those of ``Chain.passed``, to rounding; the tests hold them beside each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.movements.occupancy import Occupancy, steps
from offing.movements.presence import Passed, Step
from offing.movements.sensing import LookAlikes, emission
from offing.movements.sought import Reading

Array = NDArray[np.float64]


class Rows:
    """The look-alikes of each variant, one variant below the other, and what each look shows in each row."""

    def __init__(self, alikes: Sequence[LookAlikes], readings: Sequence[Reading], count: NDArray[np.int64]) -> None:
        """``alikes`` were built of ``readings`` and share their pace; ``count``: ships present in each state."""
        sizes = [len(a.stationary) for a in alikes]
        self.first = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
        """The first row of each variant."""
        self.variant = np.repeat(np.arange(len(sizes)), sizes)
        self.base = slice(0, sizes[0])
        """Rows of the first variant."""
        self.stationary = np.concatenate([a.stationary for a in alikes])
        same = self.variant[:, None] == self.variant[None, :]
        self.redrawn = np.where(same, self.stationary[:, None], 0.0)
        """Left factor that draws the look-alikes anew, shape (rows, rows)."""
        self.alikes, self.count = alikes[0], count
        self._tables = _tables(alikes, readings, int(count.max()))

    def shown(self, look: int) -> Array:
        """P(what a look shows | row, state), shape (rows, states)."""
        return np.asarray(self._tables[look].take(self.count, axis=1))

    def scaled(self, state: Array) -> tuple[Array, Array]:
        """(``state`` (…, rows, states) with the greatest entry of each variant 1, logarithms of what they were)."""
        tops = np.maximum.reduceat(state.max(axis=-1).reshape(-1, len(self.variant)).max(axis=0), self.first)
        return state / tops[self.variant][:, None], np.log(tops)


def _tables(alikes: Sequence[LookAlikes], readings: Sequence[Reading], most: int) -> Array:
    """P(what each look shows | row, ships present), shape (looks, rows, most + 1)."""
    plain = np.array([r.ships == 0 and not r.open_ended for r in readings], dtype=bool)
    parts = []
    for a in alikes:
        missed = (1.0 - a.p * a.usable)[:, None] ** np.arange(most + 1)
        table = np.maximum((1.0 - a.fooled)[:, :, None] * missed[:, None, :], 1e-300)
        for i in np.flatnonzero(~plain).tolist():
            table[i] = emission(readings[i], float(a.p[i]), a.fooled[i], most)
        parts.append(table)
    return np.concatenate(parts, axis=1)


class Together:
    """The passes over the looks of one site, for several variants of what the looks are worth.

    Arrays of states have the axes (calls counted, rows, ships' state), without the first outside the window.
    """

    def __init__(
        self, ships: Occupancy, alikes: Sequence[LookAlikes], readings: Sequence[Reading], plan: Sequence[Step]
    ) -> None:
        self.ships, self.rows = ships, Rows(alikes, readings, ships.count)
        opens = [i for i, step in enumerate(plan) if step.kind == "open"]
        inside = [i for i, step in enumerate(plan) if step.inside]
        first = opens[0] if opens else 0
        last = inside[-1] + 1 if inside else first + len(opens)
        self.opens = bool(opens)
        self.before, self.within, self.after = plan[:first], plan[first + len(opens) : last], plan[last:]
        self.early: dict[int, tuple[Array, float]] = {}
        """State of the first variant just before each look ahead of the window, with its log scale."""
        self.late: dict[int, tuple[Array, float]] = {}
        """Likelihood of all that follows each look after the window, for the first variant, with its log scale."""
        self.opening, self.opened_scale = self._led_up()
        self.closing, self.closed_scale = self._followed()

    def passed(self, most: int, *, drops: bool) -> list[Passed]:
        """As ``Chain.passed`` with up to ``most`` calls, for each variant; ``drops`` for the first variant alone."""
        state, scale = self._opened(self.opening, most), self.opened_scale
        amid: dict[int, tuple[Array, float]] = {}
        for step in self.within:
            if step.kind == "look":
                amid[step.look] = state[:, self.rows.base], float(scale[0])
                state, more = self.rows.scaled(state * self.rows.shown(step.look))
                scale = scale + more
            else:
                state = self._redrawn(self._counted_on(state, step.minutes), step.minutes)
        joint = np.add.reduceat((state * self.closing).sum(axis=-1), self.rows.first, axis=1)
        out = [
            Passed(joint=tuple(float(x) for x in joint[:, v]), log_scale=float(scale[v] + self.closed_scale[v]))
            for v in range(joint.shape[1])
        ]
        if drops:
            out[0] = self._dropped(out[0], state[:, self.rows.base], float(scale[0]), amid, most)
        return out

    def _led_up(self) -> tuple[Array, Array]:
        """(state when the window opens, log scales)."""
        state = np.outer(self.rows.stationary, self.ships.stationary)
        scale = np.zeros(len(self.rows.first))
        for step in self.before:
            if step.kind == "look":
                self.early[step.look] = state[self.rows.base], float(scale[0])
                state, more = self.rows.scaled(state * self.rows.shown(step.look))
                scale = scale + more
            else:
                state = self._redrawn(self._on(state, step.minutes), step.minutes)
        return state, scale

    def _followed(self) -> tuple[Array, Array]:
        """(likelihood of all looks after the window given the state when it ends, log scales)."""
        value = np.ones((len(self.rows.variant), len(self.ships.count)))
        scale = np.zeros(len(self.rows.first))
        for step in reversed(self.after):
            if step.kind == "look":
                self.late[step.look] = value[self.rows.base], float(scale[0])
                value, more = self.rows.scaled(value * self.rows.shown(step.look))
                scale = scale + more
            else:
                kept = self.rows.alikes.kept(step.minutes)
                value = self._back(value, step.minutes)
                value = kept * value + (1.0 - kept) * (self.rows.redrawn.T @ value)
        return value, scale

    def _dropped(
        self, passed: Passed, state: Array, scale: float, amid: dict[int, tuple[Array, float]], most: int
    ) -> Passed:
        """With each look left out, for the first variant; ``state`` is its own at the window's end."""
        found: dict[int, tuple[Array, float]] = {}
        self._without_late(found, state, scale)
        value, scale = self._without_amid(found, amid, most)
        self._without_early(found, value, scale)
        looks = sorted(found)
        return Passed(
            joint=passed.joint,
            log_scale=passed.log_scale,
            without=tuple(tuple(float(x) for x in found[i][0]) for i in looks),
            without_scales=tuple(found[i][1] for i in looks),
        )

    def _without_late(self, found: dict[int, tuple[Array, float]], state: Array, scale: float) -> None:
        """Looks after the window: forward by calls counted, against what follows."""
        base = self.rows.base
        redrawn = self.rows.redrawn[base, base]
        for step in self.after:
            if step.kind == "look":
                value, back = self.late[step.look]
                found[step.look] = (state * value).sum(axis=(1, 2)), scale + back
                state = state * self.rows.shown(step.look)[base]
                top = float(state.max())
                state, scale = state / top, scale + float(np.log(top))
            else:
                kept = self.rows.alikes.kept(step.minutes)
                state = self._on(state, step.minutes)
                state = kept * state + (1.0 - kept) * (redrawn @ state)

    def _without_amid(
        self, found: dict[int, tuple[Array, float]], amid: dict[int, tuple[Array, float]], most: int
    ) -> tuple[Array, float]:
        """Looks in the window: backward by the calls still to come. Returns the value when it opens, by calls in all.

        ``to_come`` holds exactly 0 … most − 1 more, then at least 0 … most more.
        """
        base = self.rows.base
        redrawn = self.rows.redrawn[base, base].T
        to_come = np.zeros((2 * most + 1, *self.closing[base].shape))
        to_come[0] = to_come[most] = self.closing[base]
        scale = float(self.closed_scale[0])
        for step in reversed(self.within):
            if step.kind == "look":
                state, ahead = amid[step.look]
                found[step.look] = _in_all(state, to_come, most), ahead + scale
                to_come = to_come * self.rows.shown(step.look)[base]
                top = float(to_come.max())
                to_come, scale = to_come / top, scale + float(np.log(top))
            else:
                kept = self.rows.alikes.kept(step.minutes)
                to_come = self._counted_back(to_come, step.minutes, most)
                to_come = kept * to_come + (1.0 - kept) * (redrawn @ to_come)
        return self._closed(to_come, most), scale

    def _without_early(self, found: dict[int, tuple[Array, float]], value: Array, scale: float) -> None:
        """Looks before the window: backward by calls in all, against what led up to them."""
        base = self.rows.base
        redrawn = self.rows.redrawn[base, base].T
        for step in reversed(self.before):
            if step.kind == "look":
                state, ahead = self.early[step.look]
                found[step.look] = (value * state).sum(axis=(1, 2)), ahead + scale
                value = value * self.rows.shown(step.look)[base]
                top = float(value.max())
                value, scale = value / top, scale + float(np.log(top))
            else:
                kept = self.rows.alikes.kept(step.minutes)
                value = self._back(value, step.minutes)
                value = kept * value + (1.0 - kept) * (redrawn @ value)

    # One step of time

    def _opened(self, state: Array, most: int) -> Array:
        """The window opens: ships that are present count as calls."""
        if not self.opens:
            return state[None]
        calls = np.minimum(self.ships.count, most)
        return np.asarray((calls[None, :] == np.arange(most + 1)[:, None])[:, None, :] * state[None])

    def _closed(self, to_come: Array, most: int) -> Array:
        """The opening of the window, backwards: calls in all, 0 … most, shape (most + 1, rows, states)."""
        if not self.opens:
            return to_come[-1:]
        out = np.zeros((most + 1, *to_come.shape[1:]))
        for calls in range(most + 1):
            here = np.minimum(self.ships.count, most) == calls
            out[calls:most, :, here] = to_come[: most - calls, :, here]
            out[most, :, here] = to_come[2 * most - calls, :, here]
        return out

    def _redrawn(self, state: Array, minutes: int) -> Array:
        kept = self.rows.alikes.kept(minutes)
        return np.asarray(kept * state + (1.0 - kept) * (self.rows.redrawn @ state))

    def _on(self, state: Array, minutes: int) -> Array:
        flat = state.reshape(-1, state.shape[-1])
        for level in steps(minutes):
            flat = flat @ self.ships.plain(level)
        return flat.reshape(state.shape)

    def _back(self, value: Array, minutes: int) -> Array:
        flat = value.reshape(-1, value.shape[-1])
        for level in steps(minutes):
            flat = flat @ self.ships.plain(level).T
        return flat.reshape(value.shape)

    def _counted_on(self, state: Array, minutes: int) -> Array:
        for level in steps(minutes):
            state = counted_rows(self.ships, state, level)
        return state

    def _counted_back(self, to_come: Array, minutes: int, most: int) -> Array:
        for level in steps(minutes):
            exact, at_least = self.ships.counted(level, most)
            out = np.zeros_like(to_come)
            for a in range(most):
                out[a:most] += _times(to_come[: most - a], exact[a].T)
                out[most + 1 + a :] += _times(to_come[most + 1 : 2 * most + 1 - a], exact[a].T)
            for j in range(most + 1):
                out[most + j] += to_come[most] @ at_least[j].T
            to_come = out
        return to_come


def counted_rows(ships: Occupancy, state: Array, level: int) -> Array:
    """``state`` (axes: calls counted, rows, ships' state) after 2^level minutes in which arrivals are counted."""
    most = len(state) - 1
    exact, at_least = ships.counted(level, most)
    out = np.zeros_like(state)
    for a in range(most):
        out[a:most] += _times(state[: most - a], exact[a])
    for b in range(most + 1):
        out[most] += state[b] @ at_least[most - b]
    return out


def _in_all(state: Array, to_come: Array, most: int) -> Array:
    """Σ over the calls so far of ``state`` × what is still to come, by calls in all, shape (most + 1,)."""
    exact = [sum(float((state[c] * to_come[k - c]).sum()) for c in range(k + 1)) for k in range(most)]
    return np.array([*exact, sum(float((state[c] * to_come[2 * most - c]).sum()) for c in range(most + 1))])


def _times(values: Array, matrix: Array) -> Array:
    """``values @ matrix`` as one product."""
    return np.asarray((values.reshape(-1, values.shape[-1]) @ matrix).reshape(values.shape))
