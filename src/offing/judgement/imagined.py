"""What the looks at a site would say if there were one more: the likelihoods with each thing that it may show.

The chain that judges the looks is passed forward and backward once with blind marks at the times asked for; what
a look there would show is then a weighted sum over the states at its mark, so that no look is judged anew. It is
exact: the same numbers come out as when the look is added and everything is judged again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.judgement.evidence import SiteEvidence
from offing.judgement.measure import outside_hours, ships_at
from offing.movements.occupancy import Occupancy, occupancy
from offing.movements.presence import Chain, minute, timeline
from offing.movements.sensing import LookAlikes, Sensitivities, detect_probability, emission
from offing.movements.shown import prior_calls
from offing.movements.sought import Reading
from offing.movements.worlds import rates
from offing.records import Record

Array = NDArray[np.float64]

_STATED = Sensitivities()


class Kind(Record, frozen=True):
    """What makes one more look: its chances, where they are known."""

    p_detect: float | None
    p_false: float | None


class Imagined(Record, frozen=True):
    """The likelihoods at a site with one more look, all up to one factor."""

    base: Array
    """With the look, whatever it shows, shape (columns,)."""
    outcomes: Array | None
    """With each thing that it may show: 0, 1, …, at least most ships named, shape (most + 1, columns). None where one
    of its chances is undeclared."""
    elsewhen: Array | None
    """The same for calls only around the window, shape (most + 1,); only where it was asked for."""
    shown: Array | None
    """With the look showing a ship that was there in the window (no false naming), shape (columns,); None where
    ``p_detect`` is undeclared."""
    present: Array
    """With such a ship there at its time, shape (columns,)."""


def imagine(
    evidence: SiteEvidence, calls: int, columns: Array, kind: Kind, times: Sequence[datetime], *, around: bool = False
) -> tuple[Imagined, ...]:
    """One more look of ``kind``, fully usable, at each of ``times``, after the looks that are ``used``.

    ``columns``: rows of coefficients over the number of calls in the window, shape (columns, calls + 1); what is
    returned is the sum of the conditional likelihoods of 0, 1, …, at least ``calls`` calls with these. ``around``:
    also calls only around the window; the first column must then be 1, 0, ….

    A look outside the window shows a ship of it as far as one that was there at the window's edge lies there at the
    look: the state at the edge is known by all looks, and from there the stay alone carries it.
    """
    model = _Model(evidence, calls, kind, times)
    worlds = [_World(model, rate, weight, columns) for rate, weight in rates(evidence.traffic, evidence.window.hours)]
    quiet = _quiet(model) if around else None
    return tuple(_put_together(model, worlds, quiet, i) for i in range(len(times)))


class Imaginer:
    """``imagine`` with a memory: several elements of a claim ask the same of one site."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Imagined, ...]] = {}

    def __call__(
        self,
        evidence: SiteEvidence,
        calls: int,
        columns: Array,
        kind: Kind,
        times: Sequence[datetime],
        *,
        around: bool = False,
    ) -> tuple[Imagined, ...]:
        """As ``imagine``."""
        asked = (evidence.site.id, evidence.sought, evidence.window, calls, columns.tobytes(), kind, tuple(times))
        for key in ((*asked, True), (*asked, around)):
            if key in self._known:
                return self._known[key]
        self._known[key] = imagine(evidence, calls, columns, kind, times, around=around)
        return self._known[key]


class _Model:
    """What all rates of arrival have in common."""

    def __init__(self, evidence: SiteEvidence, calls: int, kind: Kind, times: Sequence[datetime]) -> None:
        self.evidence, self.calls, self.kind, self.times = evidence, calls, kind, times
        self.readings = evidence.used
        self.outcomes = _outcomes(kind, max(times, default=evidence.window.start), calls)
        looks = [*self.readings, *self.outcomes[:1]]
        self.alikes = LookAlikes(looks, evidence.traffic.lookalike_stay_h, _STATED)
        window = evidence.window
        marks = [_mark(f"@{i}", t) for i, t in enumerate(times)]
        marks += [_mark("@start", window.start), _mark("@end", window.end)]
        self.merged = sorted([*self.readings, *marks], key=lambda r: r.time)
        self.at = {r.look: i for i, r in enumerate(self.merged) if r.kind == "blind"}

    def tables(self, most: int) -> list[Array]:
        """P(each outcome | look-alike state, ships present)."""
        if not self.outcomes:
            return []
        p, fooled = float(self.alikes.p[-1]), self.alikes.fooled[-1]
        return [emission(o, p, fooled, most) for o in self.outcomes]


class _World:
    """The passes under one rate of arrival."""

    def __init__(self, model: _Model, rate: float, weight: float, columns: Array) -> None:
        evidence, calls = model.evidence, model.calls
        self.weight, self.model = weight, model
        self.ships = ships_at(evidence, evidence.traffic.stay, rate, calls, model.readings)
        window = evidence.window
        prior = np.array(prior_calls(self.ships, minute(window.end, window.start), calls))
        self.tables = [t[:, self.ships.count] for t in model.tables(int(self.ships.count.max()))]
        plan = timeline([r.time for r in model.merged], window)
        chain = Chain(self.ships, model.alikes, model.readings, plan, calls, marked=model.merged)
        final = np.where(prior > 1e-290, columns / np.maximum(prior, 1e-290), 0.0)
        _, _, before, scales = chain.forward()
        after, back = chain.backward(final[:, :, None, None] * np.ones((1, 1, *chain.start().shape[1:])))
        self.weights, self.scales = [], []
        for name in (*(f"@{i}" for i in range(len(model.times))), "@start", "@end"):
            i = model.at[name]
            self.weights.append(np.einsum("cls,kcls->kls", before[i], after[i]))
            self.scales.append(scales[i] + back[i])

    def outcomes(self, index: int) -> Array:
        """Likelihoods with each outcome at a mark, shape (outcomes, columns)."""
        return np.array([np.einsum("kls,ls->k", self.weights[index], t) for t in self.tables])

    def base(self, index: int) -> Array:
        """Likelihoods with nothing shown at a mark, shape (columns,)."""
        return np.asarray(self.weights[index].sum(axis=(1, 2)))

    def shown(self, index: int, p: float) -> Array:
        """Likelihoods with a ship of the window shown with probability ``p`` each, shape (columns,)."""
        edge, reach = _edge(self.model, self.ships, index)
        chance = 1.0 - np.prod((1.0 - p * reach)[None, :] ** self.ships.states, axis=1)
        # Brought to the scale of the mark's own base: both are sums over the same looks.
        weighed = np.einsum("kls,s->k", self.weights[edge], chance)
        return np.asarray(weighed * math.exp(self.scales[edge] - self.scales[index]))


class _Quiet(Record, frozen=True):
    """A site where none of the ships sought ever is: the outcomes at each mark, with their log scales."""

    outcomes: tuple[Array, ...]
    scales: tuple[float, ...]


def _quiet(model: _Model) -> _Quiet:
    ships = occupancy(model.evidence.traffic.stay, 0.0, 0)
    plan = timeline([r.time for r in model.merged], None)
    chain = Chain(ships, model.alikes, model.readings, plan, 0, marked=model.merged)
    _, _, before, scales = chain.forward()
    after, back = chain.backward(np.ones((1, *chain.start().shape)))
    tables = [t[:, ships.count] for t in model.tables(0)]
    found, logs = [], []
    for i in range(len(model.times)):
        at = model.at[f"@{i}"]
        weights = (before[at] * after[at][0])[0]
        found.append(np.array([float((weights * t).sum()) for t in tables or [np.ones_like(weights)]]))
        logs.append(scales[at] + back[at])
    return _Quiet(outcomes=tuple(found), scales=tuple(logs))


def _put_together(model: _Model, worlds: Sequence[_World], quiet: _Quiet | None, i: int) -> Imagined:
    """The worlds' likelihoods at one mark, averaged over the rates as ``measure`` does."""
    top = max(w.scales[i] for w in worlds)
    share = [w.weight * math.exp(w.scales[i] - top) for w in worlds]
    p = None if model.kind.p_detect is None else detect_probability(_mark("p", model.times[i], model.kind), _STATED)

    def mean(values: Sequence[Array]) -> Array:
        return np.asarray(np.sum([s * v for s, v in zip(share, values, strict=True)], axis=0))

    return Imagined(
        base=mean([w.base(i) for w in worlds]),
        outcomes=mean([w.outcomes(i) for w in worlds]) if model.outcomes else None,
        elsewhen=_elsewhen(model, worlds, quiet, i, top) if quiet is not None else None,
        shown=None if p is None else mean([w.shown(i, p) for w in worlds]),
        present=mean([w.shown(i, 1.0) for w in worlds]),
    )


def _elsewhen(model: _Model, worlds: Sequence[_World], quiet: _Quiet, i: int, top: float) -> Array:
    """Likelihoods of each outcome for calls only around the window, as ``measure`` takes them."""
    taken = [*model.readings, _mark("@", model.times[i])]
    evidence = model.evidence
    beyond = outside_hours(taken, evidence.window, evidence.traffic.stay.p95)
    nothing = quiet.outcomes[i] * math.exp(min(quiet.scales[i] - top, 600.0))
    total = np.zeros(len(nothing))
    for w in worlds:
        empty = math.exp(-w.ships.rate * beyond)
        none = w.outcomes(i)[:, 0] if model.outcomes else w.base(i)[:1]
        given = none * math.exp(w.scales[i] - top)
        total += w.weight * np.maximum(given - empty * nothing, 0.0) / max(1.0 - empty, 1e-12)
    return np.maximum(total, 1e-300)


def _edge(model: _Model, ships: Occupancy, index: int) -> tuple[int, Array]:
    """(the mark at which a ship of the window is known, P(such a ship in each phase there lies there at the look))."""
    window, time = model.evidence.window, model.times[index]
    marks = len(model.times)
    if time < window.start:
        hours = (window.start - time).total_seconds() / 3600.0
        loads = ships.loads()
        return marks, np.clip(loads @ ships.stay.transition(hours) / np.maximum(loads, 1e-300), 0.0, 1.0)
    if time > window.end:
        hours = (time - window.end).total_seconds() / 3600.0
        return marks + 1, np.clip(ships.stay.transition(hours).sum(axis=1), 0.0, 1.0)
    return index, np.ones(ships.stay.phases)


def _outcomes(kind: Kind, time: datetime, most: int) -> tuple[Reading, ...]:
    """What a look may show: none, 1, … ships named, the last standing for that many or more; none if undeclared."""
    if kind.p_detect is None or kind.p_false is None:
        return ()
    return tuple(
        Reading(
            look="@", time=time, kind="seen" if n else "not-seen", ships=n, open_ended=n == most, usable=1.0,
            p_detect=kind.p_detect, p_false=kind.p_false,
        )
        for n in range(most + 1)
    )  # fmt: skip


def _mark(name: str, time: datetime, kind: Kind | None = None) -> Reading:
    return Reading(look=name, time=time, kind="blind", p_detect=kind.p_detect if kind else None)
