"""Photographs from abeam: what is read off simulated ones, and how far they tell classes apart, also from above."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from offing.bench.identify_ships import seen_ship
from offing.bench.model import BenchOptions, BenchResult
from offing.bench.reference_photographs import (
    WIDTH,
    Taken,
    half_of_the_classes,
    outline_overlap,
    reliefs_of_about,
    taken,
)
from offing.errors import PictureError
from offing.simulation.broadside import BroadsideSpec, broadside
from offing.vessels.classes import library
from offing.vessels.profile.relief import relief_of
from offing.vessels.reference.bow import bow_of
from offing.vessels.reference.comparing import against_class, against_overhead
from offing.vessels.reference.model import PhotoPart, PhotoRelief
from offing.vessels.reference.references import of_mask
from offing.vessels.reference.silhouette import silhouette_of

PHOTOGRAPHS, NONE_EACH, PAIRS = 40, 4, 6
FIRST_SEED = 6_000_000
GSD_M = (0.7, 3.0, 10.0)
_HIGH, _KINDS = 0.03, ("house", "boxes")
"""Steps are scored of parts of these kinds, from this part of the length upwards."""
Figures = dict[str, float | str]


def run(options: BenchOptions) -> BenchResult:
    """Generated photographs of classes that nothing was fitted on; no real ones are measured."""
    n = 8 if options.quick else PHOTOGRAPHS
    classes = half_of_the_classes(odd=True)
    order = np.random.default_rng([options.seed, 5]).permutation(len(classes))
    first = FIRST_SEED + 10_000 * options.seed
    shown = [taken(classes[order[i % len(classes)]], first + i) for i in range(n)]
    figures = {**_readings(shown), **_ranks(shown), **_refusals(first, 1 if options.quick else NONE_EACH)}
    figures |= _from_above(first, 2 if options.quick else PAIRS)
    return BenchResult(
        name="reference",
        protocol=(
            f"simulated photographs {WIDTH} pixels wide of classes that the comparison was not fitted on: ships over "
            "0.4–0.8 of the width, within 15° of abeam and not stated, tilted by 1.5° (sd), haze to 0.4, waves, "
            "clouds, one in four before a coast, JPEG 50–95; parts moved by 0.8 % of the length and 12 % in height "
            "against the library. Bow given. Ranks among all layouts of lengths within a quarter. "
            "From above: Ropucha and Alligator as in the benchmark identify. No real photograph has been measured"
        ),
        n=n,
        split=f"classes with an odd CRC-32 of their id, seeds {first} on",
        figures=figures,
    )


def _readings(shown: Sequence[Taken]) -> Figures:
    read = [t for t in shown if t.read is not None]
    overlaps = [outline_overlap(t.read, t.truth) for t in read if t.read]
    errors, held = _steps(read)
    bows = [_bow(t) for t in read]
    return {
        "photographs refused": _share([t.read is None for t in shown]),
        "silhouette, intersection over union, median": _median(overlaps),
        "silhouettes above 0.8": _share([v > 0.8 for v in overlaps]),
        "ends of superstructures, absolute error, median % of length": _median([100 * abs(e) for e in errors]),
        "ends of superstructures within 2 % of the length": _share([abs(e) <= 0.02 for e in errors]),
        "90 % intervals of those ends that hold": _share(held),
        "bow estimated rightly": _share([right for right, _ in bows]),
        "mean probability stated for the bow": _mean([p for _, p in bows]),
    }


def _steps(read: Sequence[Taken]) -> tuple[list[float], list[bool]]:
    """(errors of the ends of high parts, each against the nearest step; whether its interval holds it)."""
    errors, held = [], []
    for one in read:
        assert one.read is not None
        length = one.picture.ship.length_m
        high = [p for p in one.picture.ship.parts if p.kind in _KINDS and p.height_m >= _HIGH * length]
        for part in high:
            for name in ("start", "end"):
                nearest = _nearest(one.read.parts, name, getattr(part, name))
                errors.append(1.0 if nearest is None else getattr(nearest, name) - getattr(part, name))
                held.append(nearest is not None and getattr(part, name) in getattr(nearest, f"{name}_90"))
    return errors, held


def _nearest(parts: Sequence[PhotoPart], name: str, at: float) -> PhotoPart | None:
    return min(parts, key=lambda p: abs(float(getattr(p, name)) - at), default=None)


def _bow(one: Taken) -> tuple[bool, float]:
    """(whether the likelier end is the bow, its stated probability), from the silhouette as drawn."""
    silhouette = of_mask(one.picture.mask, "bench")
    found = bow_of(silhouette.mask, silhouette.foot.row)
    return found.side == one.picture.spec.bow, found.probability


def _ranks(shown: Sequence[Taken]) -> Figures:
    ranks, among, right, wrong = [], [], [], []
    everything = tuple(library())
    for one in shown:
        if one.read is None:
            continue
        true = one.picture.spec.vessel_class.id
        own = relief_of(one.picture.spec.vessel_class)
        assert own is not None  # it could be drawn
        reliefs = {**reliefs_of_about(one.picture.ship.length_m, everything), true: own}
        found = {name: against_class(one.read, relief) for name, relief in reliefs.items()}
        misfits = {name: c.misfit or 0.0 for name, c in found.items()}
        ranks.append(1 + sum(v < misfits[true] for name, v in misfits.items() if name != true))
        among.append(len(found))
        right.append(found[true].ratio.value)
        wrong += [c.ratio.value for name, c in found.items() if name != true]
    return {
        "rank of the right class, median": _median(ranks),
        "classes of about that length, median": _median(among),
        "right class first": _share([r == 1 for r in ranks]),
        "right class among the first three": _share([r <= 3 for r in ranks]),
        "likelihood ratio of the right class, median": _median(right),
        "right class held against (ratio below 1/3)": _share([v < 1 / 3 for v in right]),
        "other classes spoken for (ratio above 3)": _share([v > 3 for v in wrong]),
    }


def _refusals(first: int, each: int) -> Figures:
    """Pictures that must be refused."""
    figures: Figures = {}
    entry = library().get("ropucha")
    for ships, words in (("none", "without a ship"), ("two", "of two ships"), ("cut", "of a ship cut off")):
        refused = []
        for i in range(each):
            spec = BroadsideSpec(vessel_class=entry, seed=first + 5000 + i, ships=ships, width=WIDTH)  # type: ignore[arg-type]
            try:
                silhouette_of(broadside(spec).pixels, "bench")
                refused.append(False)
            except PictureError:
                refused.append(True)
        figures[f"pictures {words}, refused"] = _share(refused)
    return figures


def _from_above(first: int, pairs: int) -> Figures:
    """A photograph of one ship against pictures from above of her own class and of the other one."""
    names = ("ropucha", "alligator")
    reliefs: dict[str, list[PhotoRelief]] = {n: [] for n in names}
    for n in names:
        for i in range(pairs):
            one = taken(library().get(n), first + 7000 + i)
            if one.read is not None:
                reliefs[n].append(msgspec.structs.replace(one.read, length_m=one.picture.ship.length_m))
    figures: Figures = {}
    for gsd in GSD_M:
        right, wrong = list[float](), list[float]()
        for k, n in enumerate(names):
            for i in range(pairs):
                profile = seen_ship(n, "optical", gsd, first + 8000 + 10 * i + k).profile
                if profile is None:
                    continue
                for other in names:
                    if i < len(reliefs[other]):
                        value = against_overhead(reliefs[other][i], profile).ratio.value
                        (right if other == n else wrong).append(value)
        figures[f"photograph against overhead at {gsd:g} m, right class, median ratio (least–greatest)"] = _spread(
            right
        )
        figures[f"photograph against overhead at {gsd:g} m, other class, median ratio (least–greatest)"] = _spread(
            wrong
        )
    return figures


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "none"
    middle = math.exp(float(np.median(np.log(values))))
    return f"{middle:.2g} ({min(values):.2g}–{max(values):.2g}), n = {len(values)}"


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits)} of {len(hits)}" if hits else "none"


def _median(values: Sequence[float]) -> float:
    return round(float(np.median(values)), 3) if values else math.nan


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 3) if values else math.nan
