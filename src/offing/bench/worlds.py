"""Small worlds whose truth is known, to try the judgement on.

Written apart from the chain that judges: ships come one by one, stay as long as a log-normal draw says,
and each look meets what lies there. Look-alikes last or strike anew, sensors differ, clouds come and go.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np

from offing.claims import Carrier, Claim, Elements
from offing.judgement.situation import Situation
from offing.looks.model import Look, Observation
from offing.records import Record
from offing.sites import Baseline, Site
from offing.vessels.classes import library

START = datetime(2024, 10, 1, tzinfo=UTC)
STAYS = ((8.0, 36.0, 144.0), (4.0, 12.0, 36.0), (12.0, 48.0, 192.0), (6.0, 24.0, 96.0))
SOUGHT = "ropucha"

Stay = tuple[float, float, float]
Call = tuple[float, float]
"""(arrival, departure), hours after START."""


class Misdeclared(Record, frozen=True):
    """How what is declared differs from what is true."""

    rate_factor: float = 1.0
    p_shift: float = 0.0
    q_factor: float = 1.0
    baseline: bool = True
    """False: no baseline is stated at all."""


class Sensor(Record, frozen=True):
    """One kind of look."""

    name: str
    p: float
    q: float


class World(Record, frozen=True):
    """One claim, the looks, and which elements are true."""

    situation: Situation
    truth: dict[str, bool]
    """Element → whether it is true."""


def world(seed: int, wrong: Misdeclared) -> World:
    """The world of that seed. The claimed number is 1 in half of the worlds, 2 to 4 in the others."""
    rng = np.random.default_rng(seed)
    rate = float(np.exp(rng.uniform(math.log(0.2), math.log(6.0))))
    stay = STAYS[rng.integers(len(STAYS))]
    days = int(rng.integers(2, 15))
    before = float(rng.uniform(0.0, 25.0))
    window = (before * 24.0, (before + days) * 24.0)
    span = (0.0, window[1] + float(rng.uniform(0.0, 25.0)) * 24.0)
    count = 1 if rng.random() < 0.5 else int(rng.integers(2, 5))
    number = _number(rng, count)
    calls = _calls(rng, rate, stay, window, span, number)
    sensors = _sensors(rng)
    looks = _looks(rng, calls, sensors, span, wrong)
    site = Site(
        id="port",
        name="Port",
        role="port",
        position=(132.0, 43.0),
        baseline=_baseline(rate * wrong.rate_factor, stay) if wrong.baseline else (),
    )
    first, last = (START + timedelta(hours=h) for h in window)
    elements = Elements(
        carrier=Carrier(classes=(SOUGHT,), count=count),
        destination="port",
        window=f"{first:%Y-%m-%dT%H:%M:%SZ}/{last:%Y-%m-%dT%H:%M:%SZ}",
    )
    claim = Claim(id=f"claim-{seed}", source="someone", elements=elements)
    situation = Situation(claims=(claim,), library=library(), sites=(site,), looks=tuple(looks))
    there = sum(_overlaps(c, window) for c in calls)
    truth = {"carrier": there >= count}
    if number[1] == "single":
        truth["destination"] = there > 0
    return World(situation=situation, truth=truth)


def _baseline(rate: float, stay: Stay) -> tuple[Baseline, ...]:
    return (
        Baseline(classes=(SOUGHT,), calls_per_30d=rate, stay_h=stay),
        Baseline(classes=("any",), calls_per_30d=6.0, stay_h=(6.0, 24.0, 96.0)),
    )


def _number(rng: np.random.Generator, count: int) -> tuple[int, Literal["single", "several"]]:
    """How many ships are there in the window: the claim is true in half of the worlds, else it overstates."""
    true = rng.random() < 0.5
    if count == 1:
        return (1 if true else 0), "single"
    return (count if true else int(rng.integers(0, count))), "several"


def _calls(
    rng: np.random.Generator,
    rate: float,
    stay: Stay,
    window: Call,
    span: Call,
    number: tuple[int, Literal["single", "several"]],
) -> list[Call]:
    """Everyday calls outside the window, and the calls within it.

    A single call is drawn as everyday traffic that happens to fall in the window (one or more); several are drawn
    one by one in that way.
    """
    begin = window[0] - 60.0 * 24.0
    everyday = [c for c in _traffic(rng, rate, stay, begin, span[1]) if not _overlaps(c, window)]
    wanted, kind = number
    if wanted == 0:
        return everyday
    while True:
        within = [c for c in _traffic(rng, rate, stay, begin, window[1]) if _overlaps(c, window)]
        if kind == "single" and within:
            return everyday + within
        if kind == "several":
            while len(within) < wanted:
                within += [c for c in _traffic(rng, rate, stay, begin, window[1]) if _overlaps(c, window)]
            return everyday + within[:wanted]


def _traffic(rng: np.random.Generator, per_30d: float, stay: Stay, begin: float, end: float) -> list[Call]:
    number = rng.poisson(per_30d * (end - begin) / 720.0)
    arrivals = rng.uniform(begin, end, number)
    return [(float(a), float(a) + _stay(rng, stay)) for a in arrivals]


def _stay(rng: np.random.Generator, stay: Stay) -> float:
    sigma = math.log(stay[2] / stay[0]) / (2.0 * 1.6448536269514722)
    return float(np.exp(rng.normal(math.log(stay[1]), sigma)))


def _overlaps(call: Call, window: Call) -> bool:
    return call[0] < window[1] and call[1] > window[0]


def _sensors(rng: np.random.Generator) -> list[Sensor]:
    return [
        Sensor(
            name=f"sensor-{i}",
            p=float(rng.uniform(0.35, 0.95)),
            q=float(np.exp(rng.uniform(math.log(0.004), math.log(0.1)))),
        )
        for i in range(rng.integers(1, 4))
    ]


def _looks(
    rng: np.random.Generator, calls: list[Call], sensors: list[Sensor], span: Call, wrong: Misdeclared
) -> list[Look]:
    lasting = rng.choice(["anew", "as often", "half as often", "seldom"])
    fools = {"anew": 0.0, "as often": 1.0, "half as often": 0.5, "seldom": 0.25}[str(lasting)]
    load = max(s.q / s.p for s in sensors)
    alikes: list[Call] = []
    if fools:
        mean = 24.0 * math.exp((math.log(96.0 / 6.0) / (2 * 1.6448536269514722)) ** 2 / 2.0)
        present = load / fools
        alikes = _traffic(rng, present / mean * 720.0, (6.0, 24.0, 96.0), -60.0 * 24.0, span[1])
    depth = rng.uniform(0.0, load, len(alikes))
    pace = float(np.exp(rng.uniform(math.log(0.15), math.log(2.0))) if rng.random() < 0.5 else rng.uniform(2.0, 8.0))
    times = np.sort(rng.uniform(span[0], span[1], rng.poisson(pace * (span[1] - span[0]) / 24.0)))
    looks = []
    for i, hour in enumerate(times):
        sensor = sensors[rng.integers(len(sensors))]
        cloud = rng.random() < 0.35
        usable = 0.0 if cloud else float(rng.choice([1.0, rng.uniform(0.2, 1.0)]))
        named = sum(rng.random() < sensor.p * usable for c in calls if c[0] <= hour < c[1])
        if fools:
            here = [d for d, c in zip(depth, alikes, strict=True) if c[0] <= hour < c[1]]
            named += sum(rng.random() < fools * sensor.p * usable for d in here if d < sensor.q / sensor.p)
        else:
            named += rng.random() < sensor.q * usable
        looks.append(_look(rng, i, float(hour), sensor, usable, int(named), wrong))
    return looks


def _look(
    rng: np.random.Generator, i: int, hour: float, sensor: Sensor, usable: float, named: int, wrong: Misdeclared
) -> Look:
    """One look with its rows: ships named as the one sought, ships of other classes, or none."""
    rows = [Observation(seen="yes", vessel_class=SOUGHT)] * named
    rows += [Observation(seen="yes", vessel_class="cargo")] * int(rng.poisson(0.8 * usable))
    if usable == 0.0:
        rows = [Observation(seen="indeterminate")]
    return Look(
        id=f"look-{i}",
        site="port",
        time=START + timedelta(seconds=round(hour * 3600.0)),
        sensor=sensor.name,
        status="cloud" if usable == 0.0 else "clear" if usable == 1.0 else "partly",
        usable=usable,
        reason="drawn",
        p_detect=min(max(sensor.p + wrong.p_shift, 0.01), 1.0),
        p_false=min(sensor.q * wrong.q_factor, 1.0),
        observations=tuple(rows or [Observation(seen="no")]),
    )
