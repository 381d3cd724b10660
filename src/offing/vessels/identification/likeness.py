"""Candidates that cannot be told apart, and what would tell them apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from offing.vessels.classes import ClassLibrary
from offing.vessels.identification.model import Alike
from offing.vessels.identification.posterior import Posterior
from offing.vessels.model import PartKind, Vessel, VesselClass

SAME = math.log(3.0)
"""Candidates whose likelihoods differ by less than this factor are not told apart."""
WORTH = 0.05
"""Only candidates with this share of the likeliest one's probability are grouped."""
MOST_CLUES = 6
_PIXELS = 4.0
"""Pixels that a difference along the hull should span to be seen."""
_LEAST_SHIFT = 0.06
"""Differences below this share of the length are within what is known of layouts."""
_NAMES: dict[PartKind, str] = {
    "house": "superstructure", "funnel": "funnels", "crane": "cranes", "hatch": "hatches", "boxes": "containers",
    "helideck": "helicopter deck", "well": "open well", "gun": "guns", "mast": "masts", "gear": "deck gear",
    "ramp": "ramps",
}  # fmt: skip
_COUNTED: tuple[PartKind, ...] = ("crane", "hatch", "funnel")


def alike(
    found: Posterior,
    log_ratios: Mapping[str, float],
    own: Mapping[str, float],
    vessels: Sequence[Vessel],
    library: ClassLibrary,
) -> tuple[Alike, ...]:
    """Groups of classes, then of named vessels, the more probable first."""
    top = max([*found.classes.values(), found.none, 0.0])
    worth = [c for c, p in found.classes.items() if p >= WORTH * top and p > 0.0]
    worth.sort(key=lambda c: (-found.classes[c], c))
    groups = [
        Alike(
            members=tuple(g),
            named=False,
            greatest_ratio=_greatest([log_ratios[c] for c in g]),
            tell_apart=_class_clues([library.get(c) for c in g]),
        )
        for g in _grouped(worth, log_ratios)
    ]
    by_id = {v.id: v for v in vessels}
    full = {v.id: log_ratios[v.vessel_class] + own[v.id] for v in vessels}
    likely = [v.id for v in vessels if found.classes[v.vessel_class] >= WORTH * top]
    likely.sort(key=lambda v: (-found.vessels[v], v))
    groups += [
        Alike(
            members=tuple(g),
            named=True,
            greatest_ratio=_greatest([full[v] for v in g]),
            tell_apart=_vessel_clues([by_id[v] for v in g], library),
        )
        for g in _grouped(likely, full)
    ]
    return tuple(groups)


def _grouped(ranked: Sequence[str], logs: Mapping[str, float]) -> list[list[str]]:
    """Groups of two or more in which no two differ by more than ``SAME``; each joins the first that takes it."""
    groups: list[list[str]] = []
    for one in ranked:
        home = next((g for g in groups if all(abs(logs[one] - logs[o]) <= SAME for o in g)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    return [g for g in groups if len(g) > 1]


def _greatest(logs: Sequence[float]) -> float:
    return math.exp(max(logs) - min(logs))


def _class_clues(classes: Sequence[VesselClass]) -> tuple[str, ...]:
    """What would tell the two likeliest apart first, then each of the others from the likeliest."""
    first = classes[0]
    clues = [clue for other in classes[1:] for clue in (*_features(first, other), *_layout(first, other))]
    found = list(dict.fromkeys(clues))[:MOST_CLUES]
    return tuple(found) or ("nothing that the class library holds",)


def _features(a: VesselClass, b: VesselClass) -> list[str]:
    """Recognition features of one that the other does not have."""
    return [
        f"{one.id}: {f.statement} (pixels of {f.coarsest_m:g} m or finer)"
        for one, other in ((a, b), (b, a))
        for f in one.features
        if f.id not in {o.id for o in other.features}
    ]


def _layout(a: VesselClass, b: VesselClass) -> list[str]:
    """Where the layouts differ by more than what is known of them."""
    if not (a.parts and b.parts and a.length_m and b.length_m):
        return []
    metres = min(a.length_m[0], b.length_m[0])
    found: list[str] = []
    mine, theirs = (_span(c, "house") for c in (a, b))
    if mine and theirs:
        for name, x, y in (("begins", mine[0], theirs[0]), ("ends", mine[1], theirs[1])):
            if abs(x - y) >= _LEAST_SHIFT:
                finest = abs(x - y) * metres / _PIXELS
                found.append(
                    f"the superstructure {name} at {x:.2f} of the length on {a.id}, at {y:.2f} on {b.id} "
                    f"(pixels of {finest:.1f} m or finer)"
                )
    for kind in _COUNTED:
        n, m = (sum(p.kind == kind for p in c.parts) for c in (a, b))
        if n != m:
            found.append(f"{_NAMES[kind]}: {n} on {a.id}, {m} on {b.id}")
    return found


def _span(entry: VesselClass, kind: PartKind) -> tuple[float, float] | None:
    those = [p for p in entry.parts if p.kind == kind]
    return (min(p.start for p in those), max(p.end for p in those)) if those else None


def _vessel_clues(vessels: Sequence[Vessel], library: ClassLibrary) -> tuple[str, ...]:
    """What tells named ships apart that their sizes and layouts do not."""
    clues: list[str] = []
    numbers = [f"{v.pennant} on {v.title}" for v in vessels if v.pennant]
    if numbers:
        clues.append(f"the pennant number on the bow: {', '.join(numbers)} (a photograph, or pixels below 0.3 m)")
    if imos := [f"{v.imo} on {v.title}" for v in vessels if v.imo]:
        clues.append(f"the IMO number on the hull: {', '.join(imos)}")
    if mmsis := [f"{v.mmsi} for {v.title}" for v in vessels if v.mmsi]:
        clues.append(f"AIS at that time: {', '.join(mmsis)}")
    classes = dict.fromkeys(v.vessel_class for v in vessels)
    for a, b in combinations(classes, 2):
        clues += _layout(library.get(a), library.get(b))
    if len(classes) < len(vessels):
        clues.append("for sister ships: name, number, own paint or later fittings, in a photograph of the day")
    return tuple(dict.fromkeys(clues))[:MOST_CLUES]
