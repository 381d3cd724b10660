"""From the looks at one site to likelihoods by number of calls, under stated or varied assumptions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offing.judgement.assumptions import ABOUT_LOOKS
from offing.judgement.evidence import SiteEvidence
from offing.movements.baseline import Traffic
from offing.movements.occupancy import Occupancy, occupancy
from offing.movements.presence import Passed, timeline
from offing.movements.sensing import LookAlikes, Sensitivities, detect_probability
from offing.movements.shown import missed, unshown_together
from offing.movements.sought import Reading
from offing.movements.stay import StayMixture
from offing.movements.together import Together
from offing.movements.worlds import Variation, rates, room
from offing.records import Record
from offing.timespan import TimeSpan

Array = NDArray[np.float64]


class Likelihoods(Record, frozen=True):
    """P(looks | number of calls in the window), up to one factor that cancels in every ratio."""

    by_calls: tuple[float, ...]
    """For 0, 1, …, at least K different ships in the window."""
    elsewhen: float
    """For none in the window but at least one in the time around it that was looked at; only where it was asked for."""


class Measured(Record, frozen=True):
    """All that a verdict needs of one site."""

    stated: Likelihoods
    prior: tuple[float, ...]
    """P(0, 1, …, at least K different ships in the window) under the baseline."""
    unshown: tuple[float, ...]
    """P(no look shows such a ship | 0, 1, …, at least K of them)."""
    without: dict[str, Likelihoods]
    """The likelihoods with one look left out, by look id."""
    fit_error: float
    """Greatest error of the phase-type stay's distribution function."""


class Measurer:
    """``measure`` with a memory: several elements of a claim ask the same of one site."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Measured] = {}

    def __call__(
        self,
        evidence: SiteEvidence,
        calls: int,
        vary: Variation,
        readings: Sequence[Reading],
        *,
        drops: bool = False,
        around: bool = False,
    ) -> Measured:
        """As ``measure``."""
        looks = tuple(r.look for r in readings)
        asked = (evidence.site.id, evidence.sought, evidence.window, calls, looks)
        if (*asked, vary, drops, around) not in self._known:
            # Variation about the looks are varied together: the ships are the same.
            whole = vary in ABOUT_LOOKS and looks == tuple(r.look for r in evidence.used)
            varies = ABOUT_LOOKS if whole else (vary,)
            found = measure_together(evidence, calls, varies, readings, drops=drops, around=around)
            for each, measured in zip(varies, found, strict=True):
                self._known[*asked, each, drops and each == varies[0], around] = measured
        return self._known[*asked, vary, drops, around]


def measure(
    evidence: SiteEvidence,
    calls: int,
    vary: Variation,
    readings: Sequence[Reading],
    *,
    drops: bool = False,
    around: bool = False,
) -> Measured:
    """The likelihoods of ``readings`` (declared, by time) for up to ``calls`` calls in the window.

    ``drops``: also with each look left out. ``around``: also for calls only around the window (``elsewhen``).
    """
    return measure_together(evidence, calls, (vary,), readings, drops=drops, around=around)[0]


def measure_together(
    evidence: SiteEvidence,
    calls: int,
    varies: Sequence[Variation],
    readings: Sequence[Reading],
    *,
    drops: bool = False,
    around: bool = False,
) -> list[Measured]:
    """``measure`` for assumptions that agree on rate and stay; ``drops`` for the first alone."""
    vary, looks, taken = varies[0], tuple(v.looks for v in varies), tuple(readings)
    flow = evidence.traffic.varied(vary.rate_factor, vary.stay_factor)
    window = evidence.window
    beyond = outside_hours(readings, window, flow.stay.p95)
    kept = np.array([[1.0] * len(taken), *([missed(r, detect_probability(r, v)) for r in taken] for v in looks)])
    quiet = _quiet(flow, looks, taken, drops=drops, wanted=around)
    worlds: list[list[_World]] = [[] for _ in looks]
    errors = []
    for rate, weight in rates(flow, window.hours):
        ships = ships_at(evidence, flow.stay, rate, calls, readings)
        passed = _passes(ships, flow.lookalike_stay_h, looks, taken, window).passed(calls, drops=drops)
        unlooked, *unseen = unshown_together(ships, taken, kept, window, calls)
        prior = np.array(unlooked)
        errors.append(ships.stay.error)
        for found, p, u in zip(worlds, passed, unseen, strict=True):
            empty = math.exp(-ships.rate * beyond)
            found.append(_World(weight=weight, passed=p, prior=prior, unseen=np.array(u), empty=empty))
    return [
        _measured(found, still, taken if drops and not i else (), max(errors))
        for i, (found, still) in enumerate(zip(worlds, quiet, strict=True))
    ]


class _World(Record, frozen=True):
    """What one rate of arrival comes to."""

    weight: float
    passed: Passed
    prior: Array
    unseen: Array
    empty: float
    """P(no arrival in the time around the window)."""


def _measured(worlds: Sequence[_World], quiet: Passed, dropped: Sequence[Reading], error: float) -> Measured:
    return Measured(
        stated=_mixed(
            [(w.weight, w.passed.joint, w.passed.log_scale, w.prior, w.empty) for w in worlds],
            quiet.joint,
            quiet.log_scale,
        ),
        prior=tuple(float(v) for v in np.sum([w.weight * w.prior for w in worlds], axis=0)),
        unshown=tuple(
            float(v) for v in np.sum([w.weight * np.minimum(_ratio(w.unseen, w.prior), 1.0) for w in worlds], axis=0)
        ),
        without={
            r.look: _mixed(
                [(w.weight, w.passed.without[i], w.passed.without_scales[i], w.prior, w.empty) for w in worlds],
                quiet.without[i],
                quiet.without_scales[i],
            )
            for i, r in enumerate(dropped)
        },
        fit_error=error,
    )


@lru_cache(maxsize=32)
def _passes(
    ships: Occupancy,
    lookalike_stay_h: float,
    looks: tuple[Sensitivities, ...],
    readings: tuple[Reading, ...],
    window: TimeSpan | None,
) -> Together:
    """The passes over ``readings`` under each of ``looks``; elements of a claim share what lies outside the window."""
    alikes = [LookAlikes(readings, lookalike_stay_h, vary) for vary in looks]
    return Together(ships, alikes, readings, timeline([r.time for r in readings], window))


def _quiet(
    flow: Traffic, looks: tuple[Sensitivities, ...], readings: tuple[Reading, ...], *, drops: bool, wanted: bool
) -> list[Passed]:
    """The looks at a site where none of the ships sought ever is; a certainty where it is not wanted."""
    if wanted and readings:
        return _passes(occupancy(flow.stay, 0.0, 0), flow.lookalike_stay_h, looks, readings, None).passed(
            0, drops=drops
        )
    ones = tuple((1.0,) for _ in readings)
    nothing = Passed(joint=(1.0,), log_scale=0.0, without=ones, without_scales=tuple(0.0 for _ in readings))
    return [nothing] * len(looks)


def _mixed(
    worlds: Sequence[tuple[float, Sequence[float], float, Array, float]], quiet: Sequence[float], quiet_scale: float
) -> Likelihoods:
    """Conditional likelihoods by number of calls, averaged over the rates.

    The rate is taken as independent of whether the claim is true, so each rate's likelihood is conditioned on the
    number of calls before the rates are averaged: a high rate is not made likelier by the claim.
    """
    top = max(scale for _, _, scale, _, _ in worlds)
    nothing = quiet[0] * math.exp(min(quiet_scale - top, 600.0))
    total = np.zeros(len(worlds[0][1]))
    elsewhen = 0.0
    for weight, joint, scale, prior, empty in worlds:
        given = _ratio(np.asarray(joint) * math.exp(scale - top), prior)
        total += weight * given
        elsewhen += weight * max(float(given[0]) - empty * nothing, 0.0) / max(1.0 - empty, 1e-12)
    return Likelihoods(by_calls=tuple(max(float(v), 1e-300) for v in total), elsewhen=max(elsewhen, 1e-300))


def _ratio(part: Array, whole: Array) -> Array:
    """part / whole, where a whole of nothing gives the smallest number there is."""
    return np.where(whole > 1e-290, part / np.maximum(whole, 1e-290), 1e-300)


def ships_at(
    evidence: SiteEvidence, stay: StayMixture, rate: float, calls: int, readings: Sequence[Reading]
) -> Occupancy:
    """The chain of ships with room for all that were seen, are claimed, or come by everyday traffic."""
    seen = max([r.ships for r in readings], default=0)
    return room(stay, rate, evidence.window.hours, seen=seen, calls=calls, named=len(evidence.sought.vessels))


def outside_hours(readings: Sequence[Reading], window: TimeSpan, p95: float) -> float:
    """Hours outside the window in which a call would be "another week": what was looked at, and at least so much
    on each side as the window is long or a long stay lasts."""
    pad = max(window.hours, p95)
    around = window.padded(pad)
    start = min([around.start, *(r.time for r in readings)])
    end = max([around.end, *(r.time for r in readings)])
    return (end - start).total_seconds() / 3600.0 - window.hours
