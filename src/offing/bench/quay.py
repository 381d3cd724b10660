"""Ships at the quay in radar, with other looks of the port beside the picture and without.

Protocol: simulated ports, a stack of 13 pictures each, 12 days apart, from one orbit, VV and VH, some metres off one
another. Ships of 35 to 190 m (log-uniform) come and go at six berths, others anchor; beacons are always there, at one
port in three a ship never leaves, and cranes at work, containers and vehicles stand elsewhere in every picture. One
picture of the stack is searched with 0, 3, 6 and 12 others, with the berths drawn and, with 12, without them. A
detection with a score of at least 0.5 is right when its centre lies within 30 m of a ship's hull, one to one
(Hungarian). At the quay is what lies in the berths or within 40 m of them; ships that never leave are neither right nor
missed. Whole ports are kept for this benchmark: no model has seen them. Intervals: Wilson (1927), 90 %.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offing.bench.detectability import wilson
from offing.bench.model import BenchOptions, BenchResult
from offing.imagery.picture import Picture
from offing.records import Record
from offing.simulation.port_stack import StackLook, radar_stack, stack_berths
from offing.simulation.writing import write_scene
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection

FIRST_SEED = 2_100_000
"""Ports from here on are kept for this benchmark."""
LOOKS = 13
OTHERS = (0, 3, 6, 12)
WITHOUT_BERTHS = "12 looks, no berths drawn"
TOLERANCE_M = 30.0
QUAY_M = 40.0
LONG_M = 80.0
"""Ships at the quay of at least this length are counted apart, too."""
F64 = NDArray[np.float64]


class Tally(Record, frozen=True):
    """What came of one or more searches."""

    quay: tuple[int, int] = (0, 0)
    """(found, all) ships alongside that come and go."""
    long: tuple[int, int] = (0, 0)
    """The same of those of ``LONG_M`` and more."""
    water: tuple[int, int] = (0, 0)
    """The same of those in open water."""
    quay_right: tuple[int, int] = (0, 0)
    """(right, all) detections at the quay."""
    water_right: tuple[int, int] = (0, 0)
    beacons: tuple[int, int] = (0, 0)
    """(named fixed, taken for a ship or named fixed) of what is always there."""
    wronged: int = 0
    """Ships that come and go and were dismissed as fixed."""

    def __add__(self, other: Tally) -> Tally:
        pairs = {
            name: tuple(a + b for a, b in zip(getattr(self, name), getattr(other, name), strict=True))
            for name in ("quay", "long", "water", "quay_right", "water_right", "beacons")
        }
        return Tally(**pairs, wronged=self.wronged + other.wronged)


def run(options: BenchOptions) -> BenchResult:
    """30 ports at 10 m and 7 at 3 m; 4 and 2 when quick."""
    first = FIRST_SEED + options.seed
    kinds = ((10.0, 4 if options.quick else 30), (3.0, 2 if options.quick else 7))
    figures: dict[str, float | str] = {}
    for gsd, ports in kinds:
        totals = measure(gsd, range(first, first + ports))
        for kind, total in totals.items():
            figures |= _figures(f"{gsd:g} m, {kind}", total)
    return BenchResult(
        name="quay",
        protocol="simulated stacks of ports from one orbit; score at least 0.5; centres within 30 m of a hull, one to "
        "one; berths drawn; ships that never leave left out; 90 % Wilson intervals",
        n=sum(ports for _, ports in kinds),
        split=f"generated, whole ports, seeds from {first}",
        figures=figures,
    )


def measure(gsd_m: float, seeds: Sequence[int]) -> dict[str, Tally]:
    """What it was compared with → what came of the searches of all ports."""
    totals: dict[str, Tally] = {}
    for seed in seeds:
        for kind, found in _port(seed, gsd_m).items():
            totals[kind] = totals.get(kind, Tally()) + found
    return totals


def _port(seed: int, gsd_m: float) -> dict[str, Tally]:
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect
    from offing.vessels.detection.stack.detect import compared

    looks = radar_stack(seed, LOOKS, gsd_m)
    rng = np.random.default_rng([seed, 41])
    at = int(rng.integers(LOOKS))
    order = [int(i) for i in rng.permutation(LOOKS) if i != at]
    berths = stack_berths(seed)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        paths = [write_scene(k.scene, Path(folder) / f"{i}.tif")[0] for i, k in enumerate(looks)]
        pictures = [stack.enter_context(open_picture([p])) for p in paths]
        alone = detect(pictures[at])
        quay = [np.array([pictures[at].pixel(*p) for p in b.ring]) for b in berths]
        found = {"0 looks": alone}
        for n in OTHERS[1:]:
            beside = [pictures[i] for i in order[:n]]
            found[f"{n} looks"] = compared(alone, pictures[at], beside, berths=berths)
            if n == OTHERS[-1]:
                found[WITHOUT_BERTHS] = compared(alone, pictures[at], beside)
        return {kind: tally(f, looks[at], pictures[at], quay, gsd_m) for kind, f in found.items()}


def tally(found: DetectionSet, look: StackLook, picture: Picture, quay: Sequence[F64], gsd_m: float) -> Tally:
    """What is right and what is missed; ``quay``: the berths' rings in pixels of the picture."""
    from shapely import Point, Polygon, union_all
    from shapely.geometry.base import BaseGeometry

    berths: BaseGeometry = union_all([Polygon(ring) for ring in quay]).buffer(QUAY_M / gsd_m)
    hulls = [Polygon([picture.pixel(*p) for p in ship.ring]) for ship in look.scene.ships]
    pairs = _pairs(found.detections, hulls, gsd_m)
    hit, right = set(pairs.values()), set(pairs)
    idle = {i for i, j in pairs.items() if j in look.always}
    close = [berths.contains(Point(d.box.col, d.box.row)) for d in found.detections]
    ships = [(s, j in hit) for j, s in enumerate(look.scene.ships) if j not in look.always]
    beacons = [Point(picture.pixel(*b)).buffer(TOLERANCE_M / gsd_m) for b in look.beacons]
    fixed = [Point(d.box.col, d.box.row) for d in found.dismissed if "fixed" in d.flags]
    named = sum(any(b.contains(p) for b in beacons) for p in fixed)
    taken = sum(
        any(b.contains(Point(d.box.col, d.box.row)) for b in beacons)
        for i, d in enumerate(found.detections)
        if i not in right
    )
    leaving = [h for j, h in enumerate(hulls) if j not in look.always]
    return Tally(
        quay=_share(h for s, h in ships if s.at_quay),
        long=_share(h for s, h in ships if s.at_quay and s.length_m >= LONG_M),
        water=_share(h for s, h in ships if not s.at_quay),
        quay_right=_share(i in right for i in range(len(close)) if close[i] and i not in idle),
        water_right=_share(i in right for i in range(len(close)) if not close[i] and i not in idle),
        beacons=(named, named + taken),
        wronged=sum(any(h.distance(p) * gsd_m < 1.0 for h in leaving) for p in fixed),
    )


def _pairs(detections: Sequence[Detection], hulls: Sequence[object], gsd_m: float) -> dict[int, int]:
    """Detection → ship, one to one, within the tolerance."""
    from scipy.optimize import linear_sum_assignment
    from shapely import Point, Polygon

    cost = np.full((len(detections), len(hulls)), 1e6)
    for i, d in enumerate(detections):
        for j, hull in enumerate(hulls):
            assert isinstance(hull, Polygon)
            metres = hull.distance(Point(d.box.col, d.box.row)) * gsd_m
            cost[i, j] = metres if metres <= TOLERANCE_M else 1e6
    if not cost.size:
        return {}
    return {int(i): int(j) for i, j in zip(*linear_sum_assignment(cost), strict=True) if cost[i, j] < 1e6}


def _share(values: Iterable[bool]) -> tuple[int, int]:
    known = list(values)
    return sum(known), len(known)


def _figures(what: str, found: Tally) -> dict[str, float | str]:
    return {
        f"{what}: recall at the quay": _said(found.quay),
        f"{what}: recall at the quay, {LONG_M:g} m and longer": _said(found.long),
        f"{what}: precision at the quay": _said(found.quay_right),
        f"{what}: recall in open water": _said(found.water),
        f"{what}: precision in open water": _said(found.water_right),
        f"{what}: beacons named as always there, of those seen": _said(found.beacons),
        f"{what}: ships that come and go dismissed as always there": found.wronged,
    }


def _said(pair: tuple[int, int]) -> str:
    if not pair[1]:
        return "none"
    p = wilson(*pair, "")
    return f"{pair[0] / pair[1]:.2f} [{p.low:.2f}, {p.high:.2f}], {pair[0]} of {pair[1]}"
