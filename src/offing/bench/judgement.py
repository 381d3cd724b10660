"""How long a judgement takes as the looks grow: a hundred ports, a thousand elements, up to 100,000 looks."""

from __future__ import annotations

import math
import resource
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from offing.bench.model import BenchOptions, BenchResult
from offing.claims import Carrier, Claim, Elements, Quantity, Source
from offing.judgement.judge import judge
from offing.judgement.model import Candidate
from offing.judgement.situation import Situation
from offing.looks.model import Look, Observation
from offing.quantities import Probability
from offing.records import Record
from offing.sites import Baseline, Site
from offing.timespan import iso
from offing.vessels.classes import library

SITES, QUICK = 100, 10
CLAIMS_A_SITE = 2
LOOKS_A_SITE = (10, 30, 100, 300, 1000)
CANDIDATES_A_SITE = 200
START, DAYS = datetime(2024, 1, 1, tzinfo=UTC), 365
SOUGHT = ("ropucha", "alligator")
SENSORS = (("sentinel-1a", 0.6, 0.03), ("sentinel-2b", 0.7, 0.02), ("planetscope", 0.8, 0.02))
"""Name, p_detect, p_false."""

_STAYS = ((8.0, 36.0, 144.0), (6.0, 24.0, 96.0), (12.0, 48.0, 192.0))
_TROOPS = (300.0, 600.0, 900.0, 1500.0)
"""Quantities claimed, persons: one to six ship-loads."""


class _Cost(Record, frozen=True):
    """What a judgement took."""

    wall_s: float
    cpu_s: float
    """Processor time of all its processes."""
    elements: int


def run(options: BenchOptions) -> BenchResult:
    """Judge a thousand elements from a thousand looks up to a hundred thousand, then rank candidates as well."""
    ports = QUICK if options.quick else SITES
    costs = [(ports * n, _cost(situation(options.seed, ports, n))) for n in LOOKS_A_SITE]
    figures: dict[str, float | str] = {"elements": costs[-1][1].elements}
    for looks, cost in costs:
        figures |= _figures(f"{looks:,} looks", cost)
    figures["exponent in looks, from the first to the last"] = round(exponent(costs), 2)
    figures["exponent in looks, last two"] = round(exponent(costs[-2:]), 2)
    figures["most memory so far, MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    ranked = situation(options.seed, ports, LOOKS_A_SITE[-1], CANDIDATES_A_SITE)
    figures |= _figures(f"{costs[-1][0]:,} looks and {len(ranked.candidates):,} candidates", _cost(ranked))
    figures["most memory, MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return BenchResult(
        name="judgement",
        protocol=f"a year of looks at {ports} ports, each with a baseline of its own, {CLAIMS_A_SITE} claims a port "
        "with the elements carrier (1 to 4 ships), quantity, origin, destination and window, of 3 to 14 days; verdicts "
        "with interval, sensitivity to every look, source and assumption, and confidence; processor and wall time of "
        "judge() alone, nothing kept from one size to the next but fitted stays",
        n=costs[-1][0],
        split=f"generated, seed {options.seed}",
        figures=figures,
    )


def exponent(costs: Sequence[tuple[int, _Cost]]) -> float:
    """Slope of the logarithm of processor time over that of the number of looks, by least squares."""
    x = np.log([float(looks) for looks, _ in costs])
    y = np.log([max(cost.cpu_s, 1e-6) for _, cost in costs])
    return float(np.polyfit(x, y, 1)[0])


def _cost(asked: Situation) -> _Cost:
    wall, cpu = time.perf_counter(), _cpu()
    verdicts = judge(asked)
    return _Cost(wall_s=time.perf_counter() - wall, cpu_s=_cpu() - cpu, elements=len(verdicts))


def _cpu() -> float:
    """Processor seconds of this process and of those that it has waited for."""
    own, waited = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + waited.ru_utime + waited.ru_stime


def _figures(name: str, cost: _Cost) -> dict[str, float | str]:
    return {f"{name}: processor, s": round(cost.cpu_s, 2), f"{name}: wall, s": round(cost.wall_s, 2)}


def situation(seed: int, ports: int, looks: int, candidates: int = 0) -> Situation:
    """A case with so many ports, looks a port, and looks that could still be had a port."""
    rng = np.random.default_rng(seed)
    sites = tuple(_site(rng, n) for n in range(ports))
    return Situation(
        claims=tuple(_claim(rng, sites, n) for n in range(CLAIMS_A_SITE * ports)),
        library=library(),
        sources=tuple(Source(id=f"source-{n}") for n in range(3)),
        sites=sites,
        looks=tuple(look for site in sites for look in _looks(rng, site, looks)),
        candidates=tuple(c for site in sites for c in _candidates(rng, site, candidates)),
    )


def _site(rng: np.random.Generator, number: int) -> Site:
    rate = float(np.exp(rng.uniform(math.log(0.2), math.log(4.0))))
    return Site(
        id=f"port-{number}",
        name=f"Port {number}",
        role="port",
        position=(120.0 + number % 10, 30.0 + number // 10),
        baseline=(
            Baseline(classes=SOUGHT, calls_per_30d=rate, stay_h=_STAYS[number % len(_STAYS)]),
            Baseline(classes=("any",), calls_per_30d=float(rng.uniform(2.0, 20.0)), stay_h=(6.0, 24.0, 96.0)),
        ),
    )


def _claim(rng: np.random.Generator, sites: Sequence[Site], number: int) -> Claim:
    first = START + timedelta(days=int(rng.integers(20, DAYS - 40)))
    there, other = number % len(sites), int(rng.integers(len(sites)))
    return Claim(
        id=f"claim-{number}",
        source=f"source-{number % 3}",
        elements=Elements(
            carrier=Carrier(classes=SOUGHT, count=1 + number % 4),
            quantity=Quantity(value=_TROOPS[number % len(_TROOPS)]),
            origin=sites[other if other != there else (there + 1) % len(sites)].id,
            destination=sites[there].id,
            window=f"{iso(first)}/{iso(first + timedelta(days=int(rng.integers(3, 15))))}",
        ),
    )


def _looks(rng: np.random.Generator, site: Site, number: int) -> list[Look]:
    times = np.sort(rng.uniform(0.0, DAYS * 86400.0, number))
    return [_look(rng, site, i, START + timedelta(seconds=round(t))) for i, t in enumerate(times)]


def _look(rng: np.random.Generator, site: Site, number: int, when: datetime) -> Look:
    sensor, p, q = SENSORS[rng.integers(len(SENSORS))]
    usable = 0.0 if rng.random() < 0.3 else float(rng.choice([1.0, round(rng.uniform(0.2, 1.0), 2)]))
    seen = ["ropucha"] * int(rng.random() < 0.15 * usable) + ["cargo"] * int(rng.poisson(0.8 * usable))
    rows = [Observation(seen="yes", vessel_class=c) for c in seen]
    if usable == 0.0:
        rows = [Observation(seen="indeterminate")]
    return Look(
        id=f"{site.id}-look-{number}",
        site=site.id,
        time=when,
        sensor=sensor,
        status="cloud" if usable == 0.0 else "clear" if usable == 1.0 else "partly",
        usable=usable,
        reason="drawn",
        p_detect=p,
        p_false=q,
        p_basis="stated",
        source=f"source-{number % 3}",
        observations=tuple(rows or [Observation(seen="no")]),
    )


def _candidates(rng: np.random.Generator, site: Site, number: int) -> list[Candidate]:
    """Listed pictures over the whole year, their chances as the looks state them."""
    out = []
    for i, t in enumerate(np.sort(rng.uniform(0.0, DAYS * 86400.0, number))):
        sensor, p, q = SENSORS[i % len(SENSORS)]
        clear, when = float(rng.uniform(0.2, 1.0)), START + timedelta(seconds=round(t))
        out.append(
            Candidate(
                id=f"{site.id}-item-{i}", site=site.id, start=when, end=when, sensor=sensor, basis="listed",
                usable=Probability(value=clear, low=0.8 * clear, high=min(1.0, 1.2 * clear), basis="drawn"),
                cost="bought" if sensor == "planetscope" else "free", p_detect=p, p_false=q, p_basis="stated",
            )
        )  # fmt: skip
    return out
