"""Presence of one kind of ship at one site, given all looks: over time, and as a number of calls in a window."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from offing.movements.baseline import Traffic, traffic
from offing.movements.model import CallNumbers, Presence, PresencePoint
from offing.movements.portcalls import seen_calls
from offing.movements.presence import minute, timeline
from offing.movements.sensing import LookAlikes
from offing.movements.shown import prior_calls
from offing.movements.sought import Reading, Sought
from offing.movements.together import Together
from offing.movements.weighed import Weighed
from offing.movements.worlds import STATED, Groups, Variation, poisson_top, rates, room
from offing.sites import Site
from offing.timespan import TimeSpan
from offing.vessels.classes import ClassLibrary

REACH = 3.0
"""Looks farther from the window than this many 95 % stays have no weight that could be noticed."""

GRID = 72
"""Instants on a regular grid over the window and what lies around it, beside the looks and the window's ends."""

MOST_CALLS = 12
"""The numbers of calls are told apart up to this."""
TAIL = 0.02
"""And as far as no more than this is left for the last, "that many or more"."""


def presence(
    site: Site,
    sought: Sought,
    window: TimeSpan,
    readings: Sequence[Reading],
    library: ClassLibrary,
    *,
    varied: Groups = (),
    claims: Sequence[str] = (),
    simulated: bool = False,
) -> Presence:
    """Presence of the ships ``sought`` around and in ``window``, from what the looks at the site say of them.

    ``readings``: all of the site, one an acquisition, by time. ``varied``: groups of assumptions; the greatest moves of
    the log odds of each group, taken as independent, give ``low`` and ``high``. Near the window a reading that can tell
    but declares no probabilities leaves everything without a number.
    """
    flow = traffic(site, sought, library)
    near = window.padded(flow.stay.p95)
    told = [r for r in readings if r.kind != "blind"]
    undeclared = tuple(r.look for r in told if not r.declared and near.start <= r.time <= near.end)
    used = usable_readings(told, flow, window)
    bare = Presence(
        site=site.id,
        classes=sought.classes,
        vessels=sought.vessels,
        window=window,
        claims=tuple(claims),
        undeclared=undeclared,
        traffic=flow.note,
        simulated=simulated or site.simulated,
    )
    if undeclared:
        return bare
    weighed = Weighed(flow, used, window.hours, named=len(sought.vessels))
    return Presence(
        site=bare.site,
        classes=bare.classes,
        vessels=bare.vessels,
        window=window,
        claims=bare.claims,
        points=_points(weighed, instants(used, window, near), flow, window, len(sought.vessels), varied),
        calls=_numbers(flow, used, window, len(sought.vessels)),
        looks=tuple(r.look for r in used),
        traffic=flow.note,
        fit_error=weighed.fit_error,
        simulated=bare.simulated,
    )


def usable_readings(readings: Iterable[Reading], flow: Traffic, span: TimeSpan) -> tuple[Reading, ...]:
    """Readings that tell and declare their probabilities: near ``span``, or all where the rate is to be learned."""
    reach = span.padded(REACH * flow.stay.p95)
    able = (r for r in readings if r.kind != "blind" and r.declared)
    return tuple(r for r in able if not flow.stated or reach.start <= r.time <= reach.end)


def instants(readings: Sequence[Reading], window: TimeSpan, around: TimeSpan) -> tuple[datetime, ...]:
    """Where the curve is told: each look, the middle between two, the window's ends, and a regular grid.

    Given all looks the probability does not jump at a look, it bends: one instant a look says all.
    """
    inside = [r.time for r in readings if around.start <= r.time <= around.end]
    middles = [_minute(a + (b - a) / 2) for a, b in pairwise(inside)]
    step = (around.end - around.start) / GRID
    grid = [_minute(around.start + i * step) for i in range(GRID + 1)]
    return tuple(sorted({*inside, *middles, *grid, window.start, window.end}))


def _minute(instant: datetime) -> datetime:
    return (instant + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _points(
    weighed: Weighed, times: Sequence[datetime], flow: Traffic, window: TimeSpan, named: int, varied: Groups
) -> tuple[PresencePoint, ...]:
    stated, idle = _mixed(weighed, times)
    down, up = [0.0] * len(times), [0.0] * len(times)
    for group in varied:
        moves = [[0.0] * len(times)]
        for vary in group:
            other, _ = _mixed(Weighed(flow, weighed.readings, window.hours, vary, named=named), times)
            moves.append([_log_odds(o) - _log_odds(s) for o, s in zip(other, stated, strict=True)])
        for i, at in enumerate(zip(*moves, strict=True)):
            down[i], up[i] = down[i] + min(at) ** 2, up[i] + max(at) ** 2
    return tuple(
        PresencePoint(
            time=t,
            probability=p,
            before_looks=idle,
            low=min(_chance(_log_odds(p) - math.sqrt(d)), p) if varied else None,
            high=max(_chance(_log_odds(p) + math.sqrt(u)), p) if varied else None,
        )
        for t, p, d, u in zip(times, stated, down, up, strict=True)
    )


def _mixed(weighed: Weighed, times: Sequence[datetime]) -> tuple[list[float], float]:
    """(P(present) at each instant given all looks, the same before any look), over the possible rates."""
    curves = [(w.share, w.passes.present(times)) for w in weighed.worlds]
    idle = sum(
        math.exp(w.log_weight) * float(w.passes.ships.stationary[w.passes.ships.count > 0].sum())
        for w in weighed.worlds
    )
    return [sum(share * curve[i] for share, curve in curves) for i in range(len(times))], idle


def _log_odds(chance: float) -> float:
    held = min(max(chance, 1e-12), 1.0 - 1e-12)
    return math.log(held / (1.0 - held))


def _chance(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))


def _numbers(flow: Traffic, readings: Sequence[Reading], window: TimeSpan, named: int) -> CallNumbers:
    """Calls in the window: P(0, 1, …, most or more) before and after the looks."""
    joint, prior = call_numbers(flow, readings, window, named)
    return CallNumbers(
        probabilities=joint,
        before_looks=prior,
        mean=sum(k * p for k, p in enumerate(joint)),
        mean_before=sum(k * p for k, p in enumerate(prior)),
        low=next(k for k in range(len(joint)) if sum(joint[: k + 1]) > 0.05),
        high=next(k for k in range(len(joint)) if sum(joint[k + 1 :]) <= 0.05),
    )


def call_numbers(
    flow: Traffic, readings: Sequence[Reading], window: TimeSpan, named: int = 0, vary: Variation = STATED
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(P(0, 1, …, most or more different ships in the window | looks), the same before them), over the rates."""
    flow = flow.varied(vary.rate_factor, vary.stay_factor)
    most = _most(flow, readings, window)
    while True:
        joint, prior = _by_calls(flow, readings, window, named, vary, most)
        if most >= MOST_CALLS or max(joint[-1], prior[-1]) < TAIL:
            return joint, prior
        most = min(most + 4, MOST_CALLS)


def _by_calls(
    flow: Traffic, readings: Sequence[Reading], window: TimeSpan, named: int, vary: Variation, most: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    seen = max((r.ships for r in readings), default=0)
    alikes = LookAlikes(readings, flow.lookalike_stay_h, vary.looks)
    plan = timeline([r.time for r in readings], window)
    minutes = minute(window.end, window.start)
    found = []
    for rate, weight in rates(flow, window.hours):
        ships = room(flow.stay, rate, window.hours, seen=seen, named=named)
        passed = Together(ships, [alikes], readings, plan).passed(most, drops=False)[0]
        found.append((weight, passed.joint, passed.log_scale, prior_calls(ships, minutes, most)))
    top = max(scale for _, _, scale, _ in found)
    joint = [sum(w * j[k] * math.exp(s - top) for w, j, s, _ in found) for k in range(most + 1)]
    prior = [sum(w * p[k] for w, _, _, p in found) for k in range(most + 1)]
    return _shares(joint), _shares(prior)


def _most(flow: Traffic, readings: Sequence[Reading], window: TimeSpan) -> int:
    """As many as the baseline makes usual, or as were seen, and two more."""
    span = window.hours + flow.stay.mean
    usual = sum(w * poisson_top(min(r * span, 60.0), 0.99) for r, w in rates(flow, window.hours))
    seen = seen_calls([r for r in readings if r.time in window], flow.stay.p95)
    return min(max(3, math.ceil(usual), seen + 2), MOST_CALLS)


def _shares(values: Sequence[float]) -> tuple[float, ...]:
    total = sum(values)
    return tuple(v / total for v in values)
