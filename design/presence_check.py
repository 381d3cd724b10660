"""Does the chain of offing.movements give the ratios of the model it stands for?

An independent computation of the same likelihood ratio: histories of ships are drawn one by one with log-normal
stays (no phases, no truncation), and for each history the probability of the looks is computed exactly, the
look-alikes by a small filter of their own. The mean over the histories with and without a call in the window gives
the ratio, with its standard error.

Then presence over time, the number of calls in the window, when a ship came and left, whether two sightings are one
call and whether a sighting shows a ship at all are held against ``presence_discrete.py``, a computation in discrete
time for one named ship that shares nothing with offing: once with the phase-type stay that offing uses, which shows the
error of the steps alone, and once with the log-normal stay that it stands for.

Run: PYTHONPATH=design python design/presence_check.py (about a minute)
"""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from presence_discrete import Look as Row
from presence_discrete import Steps

from offing.judgement.evidence import SiteEvidence
from offing.judgement.measure import measure
from offing.movements.baseline import Traffic
from offing.movements.follow import stays
from offing.movements.genuine import Pair, no_ship_chance, real_chance
from offing.movements.presence_over_time import call_numbers
from offing.movements.sought import Reading, Sought
from offing.movements.stay import mixture
from offing.movements.weighed import Weighed
from offing.movements.worlds import Variation
from offing.sites import Site, StayHours
from offing.timespan import TimeSpan

START = datetime(2024, 10, 1, tzinfo=UTC)
Z95 = 1.6448536269514722


def scenario(seed: int):
    """(rate per hour, stay, window in hours, looks as (hour, ships seen, usable, p, q))."""
    rng = np.random.default_rng(seed)
    rate = float(rng.choice([0.3, 1.0, 4.0, 15.0])) / 720.0
    stay = [(8.0, 36.0, 144.0), (4.0, 12.0, 36.0), (12.0, 48.0, 192.0)][rng.integers(3)]
    window = (200.0, 200.0 + 24.0 * float(rng.integers(1, 9)))
    hours = np.sort(rng.uniform(window[0] - 60.0, window[1] + 60.0, rng.integers(3, 14)))
    p, q = float(rng.uniform(0.5, 0.9)), float(rng.uniform(0.01, 0.06))
    shown = rng.choice(3, size=len(hours), p=[0.75, 0.22, 0.03])
    return (
        rate,
        stay,
        window,
        [(float(h), int(k), float(rng.uniform(0.3, 1.0)), p, q) for h, k in zip(hours, shown, strict=True)],
    )


def by_chain(rate, stay, window, looks):
    """(ratio, power, seconds) by offing."""
    hours = StayHours(p05=stay[0], p50=stay[1], p95=stay[2])
    span = TimeSpan(start=START + timedelta(hours=window[0]), end=START + timedelta(hours=window[1]))
    readings = tuple(
        Reading(
            look=str(i),
            time=START + timedelta(hours=h),
            kind="seen" if k else "not-seen",
            ships=k,
            usable=u,
            p_detect=p,
            p_false=q,
        )
        for i, (h, k, u, p, q) in enumerate(looks)
    )
    flow = Traffic(
        rates_per_h=(rate, rate),  # twice the same: a single stated rate would be weighed with its half and double
        weights=(0.5, 0.5),
        stay=mixture((hours,), (1.0,)),
        lookalike_stay_h=50.0,
        stated=True,
        note="",
    )
    evidence = SiteEvidence(
        site=Site(id="a", name="A", role="port", position=(0.0, 0.0)),
        sought=Sought(classes=("any",)),
        window=span,
        traffic=flow,
        near=readings,
        used=readings,
        origins={},
        sources={},
        notes=(),
        simulated=False,
    )
    begin = time.perf_counter()
    got = measure(evidence, 1, Variation(), readings)
    return got.stated.by_calls[1] / got.stated.by_calls[0], 1.0 - got.unshown[1], time.perf_counter() - begin


def by_drawing(rate, stay, window, looks, number, seed):
    """(ratio, its relative standard error, power) by drawing histories."""
    rng = np.random.default_rng(seed)
    sigma = math.log(stay[2] / stay[0]) / (2 * Z95)
    begin = min(window[0], looks[0][0]) - 40.0 * stay[2]
    end = max(window[1], looks[-1][0])
    hours = np.array([look[0] for look in looks])
    sums = {True: [], False: []}
    unseen = []
    for _ in range(number):
        n = rng.poisson(rate * (end - begin))
        arrive = rng.uniform(begin, end, n)
        leave = arrive + np.exp(rng.normal(math.log(stay[1]), sigma, n))
        in_window = (arrive < window[1]) & (leave > window[0])
        there = (arrive[None] <= hours[:, None]) & (leave[None] > hours[:, None])
        chance = likelihood(there.sum(axis=1), looks)
        sums[bool(in_window.any())].append(chance)
        if in_window.any():
            mine = (there & in_window[None]).sum(axis=1)
            unseen.append(np.prod([(1 - look[3] * look[2]) ** k for look, k in zip(looks, mine, strict=True)]))
    mean = {k: np.mean(v) for k, v in sums.items()}
    error = math.sqrt(sum((np.std(v) / np.mean(v)) ** 2 / len(v) for v in sums.values()))
    return mean[True] / mean[False], error, 1.0 - float(np.mean(unseen))


def likelihood(present, looks):
    """P(looks | ships present at each), the look-alikes filtered: none, as good as the ship, 0.4 as good."""
    p, q = looks[0][3], looks[0][4]
    load = q / p
    prior = np.array([1 - 0.5 * load - 0.25 / 0.4 * load, 0.5 * load, 0.25 / 0.4 * load])
    belief, before, total = prior, looks[0][0], 1.0
    for (hour, shown, usable, _, _), n in zip(looks, present, strict=True):
        kept = math.exp(-(hour - before) / 50.0)
        belief = kept * belief + (1 - kept) * prior
        before = hour
        more = min(max(q * usable, 0.005), 0.2)
        fooled = usable * (0.25 * q + np.array([0.0, p, 0.4 * p]))
        chance = np.zeros(3)
        for real in range(min(n, shown) + 1):
            seen = math.comb(n, real) * (p * usable) ** real * (1 - p * usable) ** (n - real)
            false = shown - real
            chance += seen * (1 - fooled if false == 0 else fooled * (1 - more) * more ** (false - 1))
        belief = belief * chance
        total *= belief.sum()
        belief = belief / belief.sum()
    return total


def one_ship(seed, *, drawn):
    """(rate per hour, stay, window in hours, looks) of a named ship, everything at quarters of an hour.

    ``drawn``: what the looks show follows from a history of log-normal stays; else it is set at random, so that most
    histories are such as no ship would make.
    """
    rng = np.random.default_rng(1000 + seed)
    rate = float(rng.choice([0.5, 2.0, 6.0])) / 720.0
    stay = [(8.0, 36.0, 144.0), (4.0, 12.0, 36.0), (12.0, 48.0, 192.0)][rng.integers(3)]
    window = (200.0, 200.0 + 24.0 * float(rng.integers(2, 9)))
    hours = np.unique(np.round(4 * rng.uniform(window[0] - 60.0, window[1] + 60.0, rng.integers(5, 14))) / 4)
    p, q = float(rng.uniform(0.5, 0.9)), float(rng.uniform(0.01, 0.08))
    usable = rng.uniform(0.3, 1.0, len(hours))
    rows = rng.random(len(hours)) < 0.35
    if drawn:
        there = _stays_drawn(rng, rate, stay, hours)
        rows = rng.random(len(hours)) < np.where(there, p * usable, q * usable)
    if not rows.any():
        rows[rng.integers(len(hours))] = True
    looks = [Row(float(h), int(k), float(u), p, q) for h, k, u in zip(hours, rows, usable, strict=True)]
    return rate, stay, window, looks


def _stays_drawn(rng, rate, stay, hours):
    """Whether the ship is there at each hour, in a history of her own that has her there at one of them."""
    sigma = math.log(stay[2] / stay[0]) / (2 * Z95)
    while True:
        now, there = hours[0] - 20.0 * stay[2], np.zeros(len(hours), bool)
        while now < hours[-1]:
            now += rng.exponential(1.0 / rate)
            gone = now + math.exp(rng.normal(math.log(stay[1]), sigma))
            there |= (hours >= now) & (hours < gone)
            now = gone
        if there.any():
            return there


def named_differences(seed, *, phases, drawn, step=0.25):
    """Greatest differences to the computation in discrete time, by what is compared."""
    rate, stay, window, looks = one_ship(seed, drawn=drawn)
    lengths = mixture((StayHours(p05=stay[0], p50=stay[1], p95=stay[2]),), (1.0,))
    flow = Traffic(
        rates_per_h=(rate, rate), weights=(0.5, 0.5), stay=lengths, lookalike_stay_h=50.0, stated=True, note=""
    )
    readings = [
        Reading(
            look=str(i), time=_at(k.hour), kind="seen" if k.shown else "not-seen", ships=k.shown, usable=k.usable,
            p_detect=k.p, p_false=k.q,
        )
        for i, k in enumerate(looks)
    ]  # fmt: skip
    weighed = Weighed(flow, readings, window[1] - window[0], named=1)
    passes = weighed.worlds[0].passes
    cdf = passes.ships.stay.cdf if phases else lengths.cdf
    first, last = min(looks[0].hour, window[0]) - 1.0, max(looks[-1].hour, window[1]) + 3.0 * stay[2]
    other = Steps(rate, cdf, looks, alike_mean_h=50.0, begin=first, end=last, step=step, oldest_h=40.0 * stay[1])
    seen = [i for i, k in enumerate(looks) if k.shown]
    hours = np.arange(looks[0].hour, last, 6.0)
    span = TimeSpan(start=_at(window[0]), end=_at(window[1]))
    numbers = call_numbers(flow, readings, span, 1)[0]
    found = {
        "presence": max(
            abs(a - other.present(h)) for a, h in zip(passes.present([_at(h) for h in hours]), hours, strict=True)
        ),
        "calls": float(np.abs(np.array(numbers) - other.calls(window, len(numbers) - 1)).max()),
        "real": max(abs(real_chance(weighed, i) - other.real(looks[i])) for i in seen),
        "no ship": abs(no_ship_chance(weighed, seen) - other.no_ship([looks[i] for i in seen])),
        "arrived": max(_arrived(weighed, other, looks, i) for i in seen),
        "departed": max(_departed(weighed, other, looks, i, last) for i in seen),
    }
    for a, b in pairwise(seen):
        pair = Pair(weighed, a, b)
        ours = (pair.one_call, pair.two_calls, pair.look_alike)
        off = max(abs(x - y) for x, y in zip(ours, other.pair(looks[a], looks[b]), strict=True))
        found["one call"] = max(found.get("one call", 0.0), float(off))
    return found


def _at(hour):
    return START + timedelta(hours=float(hour))


def _hour(instant):
    return (instant - START).total_seconds() / 3600.0


def _arrived(weighed, other, looks, i):
    marks = stays(weighed, i, "before")
    theirs = other.arrived_before(looks[i], [_hour(t) for t, _ in marks])
    return max(abs(ours - there) for (_, ours), there in zip(marks, theirs, strict=True))


def _departed(weighed, other, looks, i, last):
    marks = [(_hour(t), ours) for t, ours in stays(weighed, i, "after") if _hour(t) <= last]
    grid = np.arange(looks[i].hour, last + 0.1, 0.25)
    theirs = np.interp([h for h, _ in marks], grid, other.stayed_until(looks[i], grid))
    return max(abs(ours - there) for (_, ours), there in zip(marks, theirs, strict=True))


def named_ships(number=20):
    for phases, drawn in ((True, True), (False, True), (False, False)):
        found = {}
        for seed in range(number):
            for name, off in named_differences(seed, phases=phases, drawn=drawn).items():
                found.setdefault(name, []).append(float(off))
        kind = "the same phases" if phases else "the log-normal stay"
        source = "drawn" if drawn else "set at random"
        told = ", ".join(f"{name} {max(offs):.4f} ({np.median(offs):.4f})" for name, offs in found.items())
        print(f"{number} histories {source}, {kind}: greatest difference (median) {told}", flush=True)


def main() -> None:
    named_ships()
    worst = 0.0
    for seed in range(12):
        case = scenario(seed)
        ratio, power, seconds = by_chain(*case)
        drawn, error, drawn_power = by_drawing(*case, 20_000, seed)
        off = math.log(ratio / drawn)
        worst = max(worst, abs(off))
        print(
            f"{seed:2d}: {720 * case[0]:4.1f}/30 d, stay {case[1]}, {len(case[3]):2d} looks: ratio {ratio:9.4f}, "
            f"drawn {drawn:9.4f} (±{error:.1%}), log difference {off:+.3f}; power {power:.3f} ({drawn_power:.3f}); "
            f"{1e3 * seconds:.0f} ms"
        )
    print(f"greatest log difference {worst:.3f}")


if __name__ == "__main__":
    main()
