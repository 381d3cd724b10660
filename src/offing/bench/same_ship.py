"""Likelihood ratios for one ship in two pictures: how well they separate, and whether they mean what they say.

Protocol: simulated ships of the half of the library's classes that the calibration was not fitted on (by a hash of the
id). Each is seen twice, and a sister of her class and size once, at 0.7, 3 and 10 m and by radar at 10 m, in open
water, on other days with another sun, wind, heading and light; the detectors find and measure them. Pairs: one ship in
two visits; a ship and her sister; two ships drawn from the traffic, of other classes or by chance of the same. AUC is
the area under the ROC curve; Cllr the cost of the ratios in bits (Brümmer and du Preez 2006; 1 says nothing), beside
what the same order of pairs would cost if it were calibrated at best.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np

from offing.bench.model import BenchOptions, BenchResult
from offing.bench.same_ship_pairs import Pair, Seen, classes_for, pairs, seen_ships
from offing.bench.same_ship_scores import auc, cllr, least_cllr, reliability
from offing.records import Record
from offing.vessels.classes import library
from offing.vessels.same_ship.calibration import BANDS, Band
from offing.vessels.same_ship.compare import same_ship
from offing.vessels.same_ship.model import SameShip

FIRST_SEED = 3_500_000
"""Ships from here on are kept for this benchmark."""
SHIPS, QUICK_SHIPS = 36, 6
OTHERS = 3
EDGES = (0.01, 0.1, 0.5, 2.0, 10.0)
NAMES: dict[Band, str] = {"fine": "0.7 m", "middle": "3 m", "coarse": "10 m", "radar": "radar 10 m"}


class Judged(Record, frozen=True):
    """A pair, and what came of it."""

    pair: Pair
    found: SameShip


def run(options: BenchOptions) -> BenchResult:
    """36 ships, 6 when quick; every pair of kinds of picture."""
    first = FIRST_SEED + options.seed
    count = QUICK_SHIPS if options.quick else SHIPS
    ships = seen_ships(range(first, first + count), classes_for("bench"))
    figures: dict[str, float | str] = {}
    every: list[Judged] = []
    for kinds in combinations_with_replacement(BANDS, 2):
        judged = judge(ships, kinds, first)
        every += judged
        figures |= figures_of(f"{NAMES[kinds[0]]} and {NAMES[kinds[1]]}", judged)
    figures |= _meaning(every)
    return BenchResult(
        name="same-ship",
        protocol="simulated ships of classes that were not calibrated on, in open water, found and measured by the "
        "detectors; two visits and a sister of the same class and size; traffic: the library's classes equally often",
        n=len(every),
        split=f"generated, half of the classes, {count} ships, identities from {first}",
        figures=figures,
    )


def judge(ships: Sequence[Seen], kinds: tuple[Band, Band], seed: int) -> list[Judged]:
    """Every pair of the two kinds of picture, compared."""
    classes = library()
    return [Judged(pair=p, found=same_ship(p.a, p.b, library=classes)) for p in pairs(ships, kinds, seed, OTHERS)]


def figures_of(name: str, judged: Sequence[Judged]) -> dict[str, float | str]:
    """The figures of one pair of kinds."""
    traffic, sister = (
        {kind: _logs(judged, kind, against) for kind in ("same", "sister", "other")}
        for against in ("against_traffic", "against_sister")
    )
    figures: dict[str, float | str] = {}
    if traffic["same"] and traffic["other"]:
        figures[f"{name}: same ship or another of the traffic"] = _cost(traffic["same"], traffic["other"])
    if sister["same"] and sister["sister"]:
        figures[f"{name}: same ship or a sister"] = _cost(sister["same"], sister["sister"])
        figures[f"{name}: sisters, median ratio [10, 90 %]"] = _spread(judged, "sister")
        figures[f"{name}: same ship, median ratio [10, 90 %]"] = _spread(judged, "same")
    for kind, what in (("same", "of one ship"), ("sister", "of sisters"), ("other", "of two ships")):
        said = [j.found.statement for j in judged if j.pair.kind == kind]
        figures[f"{name}: called the same, another, of pairs {what}"] = (
            f"{said.count('same ship supported')}, {said.count('another ship')} of {len(said)}"
        )
    return figures


def _meaning(every: Sequence[Judged]) -> dict[str, float | str]:
    """What a ratio of each size was worth, over all kinds of picture."""
    figures: dict[str, float | str] = {}
    for against, kind, name in (("against_traffic", "other", "the traffic"), ("against_sister", "sister", "a sister")):
        found = reliability(_logs(every, "same", against), _logs(every, kind, against), EDGES)
        figures |= {f"a ratio of {bin_} against {name} was worth": worth for bin_, worth in found}
    return figures


def _logs(judged: Sequence[Judged], kind: str, against: str) -> list[float]:
    return [math.log(getattr(j.found, against).value) for j in judged if j.pair.kind == kind]


def _cost(same: list[float], different: list[float]) -> str:
    area, cost, least = (measure(same, different) for measure in (auc, cllr, least_cllr))
    return f"AUC {area:.3f}, Cllr {cost:.2f} (at best {least:.2f}), {len(same)} and {len(different)} pairs"


def _spread(judged: Sequence[Judged], kind: str) -> str:
    low, middle, high = np.exp(np.quantile(_logs(judged, kind, "ratio"), [0.1, 0.5, 0.9]))
    return f"{middle:.2g} [{low:.2g}, {high:.2g}]"
