"""Does the chain of offing.movements give the ratios of the model it stands for?

An independent computation of the same likelihood ratio: histories of ships are drawn one by one with log-normal
stays (no phases, no truncation), and for each history the probability of the looks is computed exactly, the
look-alikes by a small filter of their own. The mean over the histories with and without a call in the window gives
the ratio, with its standard error. Run: python design/presence_check.py
"""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime, timedelta

import numpy as np

from offing.judgement.evidence import SiteEvidence
from offing.judgement.measure import Assumptions, measure
from offing.movements.baseline import Traffic
from offing.movements.sought import Reading, Sought
from offing.movements.stay import mixture
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
    got = measure(evidence, 1, Assumptions(), readings)
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


def main() -> None:
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
