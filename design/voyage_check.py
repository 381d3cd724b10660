"""Are the probabilities of voyages right? Small worlds whose truth is known, each ship followed from call to call.

    python design/voyage_check.py [worlds]

A world has three sites. Ships of one class come from elsewhere to each, stay, and leave: 0.35 of them straight for one
of the other two sites, the rest for elsewhere. For 15 days a picture of each site is taken about every twelve hours;
what it shows makes the bounds of a call, and a stay between two pictures is not seen. Nothing names a ship. Every pair
of calls is weighed and all ways to join them are summed; the truth is whether one ship sailed straight and both calls
were seen.

Protocol: seed 20241017, worlds drawn anew, nothing fitted to them. What is stated is right in the first run and wrong
in the others, as they say. ECE: mean distance of the probability from the frequency over ten bins, by their
numbers; also without the pairs below 0.1.
``greedy`` joins the most probable pairs first and calls them certain: what the sum over all ways is there to avoid.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from offing.movements.model import PortCall
from offing.movements.voyages.candidates import candidates
from offing.movements.voyages.joining import joined
from offing.movements.voyages.model import Assumed, SameShipRatio, Way
from offing.movements.voyages.weighing import Weigher, by_link, variants
from offing.quantities import LikelihoodRatio
from offing.records import Record
from offing.sites import Baseline, Site, StayHours
from offing.vessels.classes import library

SEED = 20241017
BASE = datetime(2024, 10, 1, tzinfo=UTC)
HOURS, LOOK_EVERY, DIRECT = 15 * 24.0, 12.0, 0.35
NAMES = ("a", "b", "c")
MILES = {("a", "b"): 130.0, ("a", "c"): 98.0, ("b", "c"): 176.0}
LIBRARY = library()
STAY = StayHours()


class Setting(Record, frozen=True):
    """How a world is made, and what is stated of it."""

    name: str
    calls_per_30d: float = 3.0
    """True arrivals from elsewhere, at each site."""
    stated_per_30d: float | None = None
    """As the baseline says; None: the truth."""
    stated_direct: float = 0.3
    """P(straight to another site and seen there); the truth is near 0.3, as a few calls are not seen."""
    share: float = 0.7
    """True median speed, of the greatest."""
    separation: float = 0.0
    """Of same-ship ratios: logarithms drawn with this spread, half its square above or below 0; 0: no pictures."""


SETTINGS = (
    Setting(name="all stated as it is"),
    Setting(name="three times the traffic", calls_per_30d=9.0),
    Setting(name="pictures compared, ratios spread by e^2", separation=2.0),
    Setting(name="baseline twice too high", stated_per_30d=6.0),
    Setting(name="baseline twice too low", stated_per_30d=1.5),
    Setting(name="0.1 stated to sail straight", stated_direct=0.1),
    Setting(name="0.6 stated to sail straight", stated_direct=0.6),
    Setting(name="slower by a third than assumed", share=0.47),
)


class Seen(Record, frozen=True):
    """A call as pictures showed it, and the truth about it."""

    call: PortCall
    ship: int
    leg: int


def world(rng: np.random.Generator, setting: Setting) -> list[Seen]:
    """The calls that were seen in one world, by arrival."""
    looks = {n: np.cumsum(rng.uniform(0.5, 1.5, int(3 * HOURS / LOOK_EVERY)) * LOOK_EVERY) - 10 * 24 for n in NAMES}
    arrivals = [
        (float(t), n)
        for n in NAMES
        for t in rng.uniform(-300.0, HOURS, rng.poisson(setting.calls_per_30d * (HOURS + 300.0) / 720.0))
    ]
    seen = [one for ship, start in enumerate(arrivals) for one in history(rng, setting, ship, start, looks)]
    return sorted(seen, key=lambda s: (s.call.arrived_before, s.call.site))


def history(
    rng: np.random.Generator,
    setting: Setting,
    ship: int,
    start: tuple[float, str],
    looks: dict[str, NDArray[np.float64]],
) -> list[Seen]:
    """The calls of one ship that were seen."""
    (arrived, site), out, leg = start, [], 0
    while arrived < HOURS:
        left = arrived + math.exp(rng.normal(STAY.mu, STAY.sigma))
        call = shown(site, arrived, left, looks[site])
        if call is not None:
            out.append(Seen(call=call, ship=ship, leg=leg))
        if rng.random() >= DIRECT:
            break
        other = [n for n in NAMES if n != site][int(rng.integers(2))]
        miles = MILES[min(site, other), max(site, other)]
        arrived, site, leg = left + miles * rng.uniform(1.0, 1.1) / speed(rng, setting.share), other, leg + 1
    return out


def speed(rng: np.random.Generator, share: float) -> float:
    """Made good, knots: log-normal, cut off at the greatest."""
    while True:
        drawn = 18.0 * share * math.exp(rng.normal(0.0, 0.3))
        if drawn <= 18.0:
            return drawn


def shown(site: str, arrived: float, left: float, looks: NDArray[np.float64]) -> PortCall | None:
    inside = looks[(looks >= arrived) & (looks <= left) & (looks >= 0.0) & (looks <= HOURS)]
    if not inside.size:
        return None
    before, after = looks[(looks < arrived) & (looks >= 0.0)], looks[(looks > left) & (looks <= HOURS)]
    return PortCall(
        site=site, vessel_class="ropucha", vessel=None, looks=(),
        arrived_before=at(inside[0]), departed_after=at(inside[-1]),
        arrived_after=at(before[-1]) if before.size else None, departed_before=at(after[0]) if after.size else None,
    )  # fmt: skip


def at(hours: float) -> datetime:
    return BASE + timedelta(hours=float(hours))


def run(setting: Setting, worlds: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], float]:
    """(probability of each pair, its truth, what greedy would say, most of any sum that was not summed)."""
    rng = np.random.default_rng(SEED)
    rate = setting.stated_per_30d or setting.calls_per_30d
    sites = [
        Site(id=n, name=n, role="port", position=(130.0, 40.0),
             baseline=(Baseline(classes=("ropucha",), calls_per_30d=rate),))
        for n in NAMES
    ]  # fmt: skip
    ways = [Way(start=a, end=b, geodesic_nm=d, path_nm=d, most_nm=1.1 * d) for (a, b), d in MILES.items()]
    assumed = Assumed(direct=setting.stated_direct)
    chances: list[float] = []
    truths: list[bool] = []
    chosen: list[bool] = []
    missing = 0.0
    for _ in range(worlds):
        seen = world(rng, setting)
        calls = [s.call for s in seen]
        found = candidates(calls, sites=sites, library=LIBRARY, ways=ways, most=10_000)
        pairs = [p for p in found.pairs if not p.excluded]
        true = [follows(seen, p.departure, p.arrival) for p in pairs]
        same = ratios(rng, setting, found.ids, [(p.departure, p.arrival) for p in pairs], true)
        stated = variants(assumed)[0]
        odds = by_link(Weigher(calls, found.ids, sites, LIBRARY, same, assumed), pairs, stated)
        result = joined(odds, sorted(range(len(calls)), key=lambda i: calls[i].departed_after))
        missing = max(missing, result.missing)
        chances += [result.probability[p.departure, p.arrival] for p in pairs]
        truths += true
        taken = greedy(odds)
        chosen += [(p.departure, p.arrival) in taken for p in pairs]
    return np.array(chances), np.array(truths), np.array(chosen), missing


def follows(seen: Sequence[Seen], i: int, j: int) -> bool:
    return seen[i].ship == seen[j].ship and seen[j].leg == seen[i].leg + 1


def ratios(
    rng: np.random.Generator,
    setting: Setting,
    ids: Sequence[str],
    links: Sequence[tuple[int, int]],
    true: Sequence[bool],
) -> list[SameShipRatio]:
    """Same-ship ratios that mean what they say: one ship or two by whether the one follows the other."""
    s = setting.separation
    if s <= 0.0:
        return []
    drawn = [math.exp(rng.normal(s * s / 2 if t else -s * s / 2, s)) for t in true]
    return [
        SameShipRatio(departure=ids[i], arrival=ids[j], ratio=LikelihoodRatio(value=r, low=r, high=r), basis="drawn")
        for (i, j), r in zip(links, drawn, strict=True)
    ]


def greedy(odds: Mapping[tuple[int, int], float]) -> set[tuple[int, int]]:
    taken: set[tuple[int, int]] = set()
    for (i, j), value in sorted(odds.items(), key=lambda e: (-e[1], e[0])):
        if value > 0.0 and not any(i == a or j == b for a, b in taken):
            taken.add((i, j))
    return taken


def table(p: NDArray[np.float64], true: NDArray[np.bool_]) -> list[tuple[int, float, float]]:
    """(pairs, mean probability, frequency) of each tenth."""
    bins = np.minimum((p * 10).astype(int), 9)
    return [(int((bins == b).sum()), float(p[bins == b].mean()), float(true[bins == b].mean()))
            for b in range(10) if (bins == b).any()]  # fmt: skip


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    for number, setting in enumerate(SETTINGS):
        began = time.process_time()
        p, true, chosen, missing = run(setting, worlds)
        rows = table(p, true)
        ece = sum(n * abs(a - b) for n, a, b in rows) / len(p)
        above = sum(n * abs(a - b) for n, a, b in rows if a >= 0.1) / max(1, sum(n for n, a, _ in rows if a >= 0.1))
        q = np.clip(p, 1e-9, 1 - 1e-9)
        loss = float(-np.mean(np.where(true, np.log(q), np.log1p(-q))))
        rate = float(true.mean())
        none = -(rate * math.log(rate) + (1 - rate) * math.log1p(-rate))
        print(
            f"{setting.name}: {worlds} worlds, {len(p)} pairs, {int(true.sum())} voyages; ECE {ece:.4f} "
            f"({above:.3f} from 0.1 up), log loss "
            f"{loss:.4f} (by the share alone {none:.4f}), Brier {np.mean((p - true) ** 2):.4f} (greedy "
            f"{np.mean((chosen - true.astype(float)) ** 2):.4f}, of its {int(chosen.sum())} pairs "
            f"{true[chosen].mean():.2f} true), p >= 0.8: {int((p >= 0.8).sum())} pairs, "
            f"{true[p >= 0.8].mean() if (p >= 0.8).any() else math.nan:.2f} true; unsummed {missing:.1g}; "
            f"{time.process_time() - began:.1f} s CPU"
        )
        if number < 3:
            for n, mean, frequency in rows:
                print(f"  {n:6d} pairs  stated {mean:.3f}  true {frequency:.3f}")


if __name__ == "__main__":
    main()
