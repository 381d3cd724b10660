"""Length, beam and axis of ships in optical pictures, measured by offing and by plainer methods in the same run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from offing.bench.datasets import optical_naval, s2_ports
from offing.bench.length_rows import METHODS, Row, drawn_detections, excess_taken_off, rows_of
from offing.bench.length_truths import MASK_PX, SCENES, pier, port, scene, scenes
from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.bench.shown import rounded, shown
from offing.imagery.picture import Picture
from offing.vessels.detection.finds import detection_of
from offing.vessels.detection.network import network_card
from offing.vessels.detection.optical_search import MODELS, kind_of, optical_search
from offing.vessels.measurement.ends import CARDS, ends_card
from offing.vessels.model import Detection, OrientedBox

SURE = 0.5
SEEDS, QUICK_SEEDS, FIRST_SEED = 12, 3, 9000
EVERY_PIER, QUICK_PIERS = 4, 24
CLASSES = (0.0, 60.0, 120.0, 200.0, 500.0)
"""Metres: by which lengths are told apart."""
SEED = 23


def run(options: BenchOptions) -> BenchResult:
    """Measure ships in ports and naval harbours, where they are given, and in simulated scenes."""
    sets = dict(_simulated(options))
    names = [f"{gsd:g}-{seed}" for gsd, _, seed in scenes(SCENES, _seeds(options))]
    if options.data is not None:
        real, read = _real(options.data, options)
        sets |= real
        names += read
    figures: dict[str, float | str] = {}
    for name, rows in sets.items():
        figures |= _figures(name, rows)
    for kind in CARDS:
        figures |= shown(f"held out, {kind}", ends_card(kind).card.figures)
    return BenchResult(
        name="lengths",
        protocol=(
            "one to one with ships within 30 m of the hull; found: the network's boxes of a score of at least "
            f"{SURE:g}; drawn: boxes about every labelled ship, off by some pixels and per cent (seed {SEED}), which "
            "do not depend on what is found. Ports: against the masks' boxes, and against hulls "
            f"{MASK_PX:g} pixels shorter, which masks are taken to exceed; their beam is the mask's area over its "
            "length. Piers: warships from bow to stern, in pixels taken for metres. Simulated: exact. The networks "
            "were trained on these ports and piers, not on the scenes: of the first the figures that count are those "
            "held out, from the cards"
        ),
        n=sum(len(rows) for rows in sets.values()),
        split=f"in-sample but for simulated scenes, sha256 {split_hash(names)}",
        figures=figures,
    )


def _seeds(options: BenchOptions) -> range:
    first = FIRST_SEED + options.seed
    return range(first, first + (QUICK_SEEDS if options.quick else SEEDS))


def _simulated(options: BenchOptions) -> Iterator[tuple[str, list[Row]]]:
    rng = np.random.default_rng(SEED)
    for gsd, size in SCENES:
        found: list[Row] = []
        drawn: list[Row] = []
        for seed in _seeds(options):
            with scene(gsd, size, seed) as (picture, hulls):
                found += rows_of(picture, f"scene {seed}", hulls, found_in(picture))
                drawn += drawn_rows(picture, f"scene {seed}", hulls, rng)
        yield f"simulated {gsd:g} m, found", found
        yield f"simulated {gsd:g} m, drawn", drawn


def _real(data: Path, options: BenchOptions) -> tuple[dict[str, list[Row]], list[str]]:
    rng = np.random.default_rng(SEED)
    made: dict[str, list[Row]] = {}
    names: list[str] = []
    if (data / "s2-ports").is_dir():
        ports = s2_ports(data / "s2-ports")
        for one in sorted(ports, key=lambda p: p.width * p.height)[:2] if options.quick else ports:
            with port(one) as (picture, masks):
                hulls, seen = [excess_taken_off(m, MASK_PX) for m in masks], found_in(picture)
                for how, truth in (("masks", masks), ("masks less their excess", hulls)):
                    found = rows_of(picture, one.name, truth, seen, beams=how == "masks")
                    made.setdefault(f"ports, found, {how}", []).extend(found)
                made.setdefault("ports, drawn, masks", []).extend(drawn_rows(picture, one.name, masks, rng))
            names.append(one.name)
    if (data / "optical-naval").is_dir():
        for naval in optical_naval(data / "optical-naval")[:: QUICK_PIERS if options.quick else EVERY_PIER]:
            with pier(naval) as (picture, hulls):
                rows = rows_of(picture, naval.place, hulls, found_in(picture), beams=False)
            made.setdefault("piers, found", []).extend(rows)
            names.append(naval.name)
    return made, names


def found_in(picture: Picture) -> list[Detection]:
    """What offing's network finds, as it is before it is measured in the pixels."""
    card = network_card(MODELS[kind_of(picture)])
    finds = optical_search(picture, 1).finds
    score = card.probability(np.array([f.log_odds for f in finds], np.float64)).tolist()
    return [detection_of(f, s, picture, card) for f, s in zip(finds, score, strict=True) if s >= SURE]


def drawn_rows(picture: Picture, group: str, hulls: Sequence[OrientedBox], rng: np.random.Generator) -> list[Row]:
    """Every ship alone, from a box drawn about it."""
    boxes = drawn_detections(picture, hulls, rng)
    pairs = zip(hulls, boxes, strict=True)
    return [row for hull, box in pairs for row in rows_of(picture, group, [hull], [box])]


def _figures(name: str, rows: Sequence[Row]) -> dict[str, float | str]:
    made: dict[str, float | str] = {f"{name}: ships": len(rows)}
    whole = [r for r in rows if "clipped" not in r.flags]
    made[f"{name}: cut off"] = len(rows) - len(whole)
    for method in METHODS:
        made |= {f"{name}, {method}: {what}": rounded(v) for what, v in _of_method(whole, method).items()}
    made[f"{name}: 90 % interval of length holds"] = rounded(_held(whole, "length_m", "length_90"))
    made[f"{name}: 90 % interval of beam holds"] = rounded(_held(whole, "beam_m", "beam_90"))
    made[f"{name}, network's box: 90 % interval of length holds"] = rounded(_held(whole, "length_m", "box_90"))
    for low, high in pairwise(CLASSES):
        some = [r for r in whole if low <= r.length_m < high]
        if some:
            where = f"{name}, {low:g} to {high:g} m"
            made[f"{where}: ships, mean absolute error, interval holds"] = (
                f"{len(some)}, {_of_method(some, 'offing')['length, mean absolute error, m']:.1f} m, "
                f"{_held(some, 'length_m', 'length_90'):.0%}"
            )
    return made


def _of_method(rows: Sequence[Row], method: str) -> dict[str, float]:
    truth = np.array([r.length_m for r in rows], np.float64)
    error = np.array([r.sizes[method].length_m for r in rows], np.float64) - truth
    beam = np.array([r.sizes[method].beam_m - r.beam_m for r in rows if r.beam_m is not None], np.float64)
    axis = np.array([r.sizes[method].axis_deg for r in rows], np.float64)
    return {
        "length, mean absolute error, m": _mean(np.abs(error)),
        "length, median absolute error, m": _median(np.abs(error)),
        "length, median relative error": _median(np.abs(error) / truth),
        "length, bias, m": _mean(error),
        "beam, mean absolute error, m": _mean(np.abs(beam)),
        "axis, median error, degrees": _median(axis),
    }


def _held(rows: Sequence[Row], truth: str, bounds: str) -> float:
    known = [(getattr(r, truth), *getattr(r, bounds)) for r in rows if getattr(r, truth) is not None]
    return float(np.mean([low <= value <= high for value, low, high in known])) if known else math.nan


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan


def _median(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else math.nan
