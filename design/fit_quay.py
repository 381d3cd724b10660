"""Fits the score model of arrivals at the quay on simulated stacks and writes its card to src/offing/weights.

Usage: python design/fit_quay.py [PORTS_10M PORTS_3M]   (29 and 8 unless told; some 6 and 20 seconds a port)

Ports with seeds from FIRST_SEED on, one model for both pixel sizes, with and without drawn berths, with 1, 3, 6 and 12
other looks. Held out: whole ports, five groups by seed. Ships that never leave are neither right nor wrong.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import msgspec
import numpy as np
from additive_fit import as_curves, fit, log_odds, platt
from scipy.optimize import linear_sum_assignment
from shapely import Polygon

from offing.bench.scoring import calibration_error
from offing.imagery.reading import open_picture
from offing.simulation.port_stack import StackLook, radar_stack, stack_berths
from offing.simulation.writing import write_scene
from offing.vessels.detection.additive import Card, Curve, ScoreModel
from offing.vessels.detection.boxes import upright
from offing.vessels.detection.candidates import feature_table
from offing.vessels.detection.regions import best_of_overlapping
from offing.vessels.detection.stack.arrivals import FEATURES, MODEL, arrivals
from offing.vessels.detection.stack.merging import polygon
from offing.vessels.detection.stack.tiles import along_quay, pixels_of, stack_of, tiles

WEIGHTS = Path(__file__).parents[1] / "src" / "offing" / "weights"
FIRST_SEED, LOOKS, OTHERS = 2_000_000, 13, (12, 6, 3, 1)
TURNS = {10.0: 2, 3.0: 3}
"""How many pictures of a stack are searched, by pixel size."""
GROWN_PX = (2.7, 3.1)
"""By how much an outline in radar is longer and wider than the hull: see vessels/measurement/box.py."""


class Sample(msgspec.Struct):
    """Candidates of one search."""

    seed: int
    gsd: float
    others: int
    drawn: bool
    features: np.ndarray
    boxes: np.ndarray
    target: np.ndarray
    near: np.ndarray  # (candidates, ships) metres from the centre to the hull
    counts: np.ndarray  # (ships,) False: never leaves, or not at the quay


def examine(seed: int, gsd: float) -> list[Sample]:
    looks = radar_stack(seed, LOOKS, gsd)
    order = np.random.default_rng([seed, 5]).permutation(LOOKS).tolist()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        paths = [write_scene(k.scene, Path(folder) / f"{i}.tif")[0] for i, k in enumerate(looks)]
        pictures = [stack.enter_context(open_picture([p])) for p in paths]
        made = []
        for at in order[: TURNS[gsd]]:
            rest = [pictures[i] for i in order if i != at]
            for others in OTHERS:
                made += searched(seed, gsd, looks[at], pictures[at], rest[:others])
        return made


def searched(seed: int, gsd: float, look: StackLook, picture, others) -> list[Sample]:
    stack, _ = stack_of(picture, others)
    made = []
    for drawn in (True, False):
        shapes = [pixels_of(b, picture) for b in stack_berths(seed)] if drawn else []
        for tile in tiles(stack, shapes, ()):
            found = arrivals(tile.place, along_quay(tile, shapes), stack.gsd_m, drawn=drawn)
            made.append(sample(seed, gsd, len(others), drawn, found, look, picture))
    return made


def sample(seed, gsd, others, drawn, found, look, picture) -> Sample:
    ships = [Polygon([picture.pixel(*p) for p in s.ring]) for s in look.scene.ships]
    shown = [polygon(grown([picture.pixel(*p) for p in s.ring])) for s in look.scene.ships]
    counts = np.array([s.at_quay and i not in look.always for i, s in enumerate(look.scene.ships)], bool)
    target, near = np.zeros(len(found)), np.full((len(found), len(ships)), np.inf)
    for i, candidate in enumerate(found):
        outline = polygon(candidate.box)
        iou = [outline.intersection(s).area / outline.union(s).area for s in shown]
        best = int(np.argmax(iou)) if iou else -1
        target[i] = np.clip((max(iou, default=0.0) - 0.15) / 0.3, 0, 1)
        if best >= 0 and best in look.always and iou[best] > 0.05:
            target[i] = np.nan
        near[i] = [s.distance(outline.centroid) * gsd for s in ships]
    features = feature_table(found).reshape(-1, len(FEATURES))
    boxes = np.array([upright(c.box) for c in found]).reshape(-1, 4)
    return Sample(seed, gsd, others, drawn, features, boxes, target, near, counts)


def grown(ring):
    """The hull's rectangle as long and wide as radar shows it."""
    from offing.vessels.model import OrientedBox

    corners = np.array(ring[:4])
    middle = corners.mean(axis=0)
    ahead = (corners[0] + corners[3]) / 2 - middle
    if np.linalg.norm(ahead) < np.linalg.norm((corners[0] + corners[1]) / 2 - middle):
        ahead = (corners[0] + corners[1]) / 2 - middle
    aside = (corners[0] + corners[1]) / 2 - middle
    if abs(ahead @ aside) > 0.5 * np.linalg.norm(aside) ** 2:
        aside = (corners[0] + corners[3]) / 2 - middle
    long, wide = np.linalg.norm(ahead), np.linalg.norm(aside)
    ahead, aside = ahead * (long + GROWN_PX[0] / 2) / long, aside * (wide + GROWN_PX[1] / 2) / wide
    return OrientedBox(col=middle[0], row=middle[1], length_px=tuple(ahead), beam_px=tuple(aside))


class Kept(msgspec.Struct):
    """The best of overlapping candidates of one search, by a model that has not seen its port."""

    sample: Sample
    which: np.ndarray
    log_odds: np.ndarray

    def judged(self, least: float) -> tuple[np.ndarray, np.ndarray, int]:
        """(log odds, right) of those with at least these log odds that count, and how many ships they hit."""
        sure = np.flatnonzero(self.log_odds >= least)
        near = np.where(self.sample.near[self.which[sure]] <= 30, self.sample.near[self.which[sure]], 1e6)
        right, hits = np.zeros(len(sure), bool), 0
        for i, j in zip(*linear_sum_assignment(near), strict=True):
            if near[i, j] <= 30:
                right[i] = True
                hits += int(self.sample.counts[j])
        counted = np.isfinite(self.sample.target[self.which[sure]])
        return self.log_odds[sure][counted], right[counted], hits


def kept_of(sample: Sample, fitted) -> Kept:
    if not len(sample.features):
        return Kept(sample, np.zeros(0, int), np.zeros(0))
    z = log_odds(fitted, sample.features)
    likely = np.flatnonzero(z > -6)
    which = likely[best_of_overlapping(sample.boxes[likely], z[likely], 0.3)] if len(likely) else likely
    return Kept(sample, which, z[which])


def main() -> None:
    ports = [int(v) for v in sys.argv[1:3]] or [29, 8]
    samples = []
    for gsd, count in zip((10.0, 3.0), ports, strict=True):
        for seed in range(FIRST_SEED, FIRST_SEED + count):
            samples += examine(seed, gsd)
    write(samples, ports)


def write(samples: list[Sample], ports: list[int]) -> None:
    features = np.concatenate([s.features for s in samples])
    target = np.concatenate([s.target for s in samples])
    group = np.concatenate([[s.seed % 5] * len(s.features) for s in samples])
    known = np.isfinite(target)
    folds = {g: fit(features[known & (group != g)], target[known & (group != g)]) for g in range(5)}
    rows = [kept_of(s, folds[s.seed % 5]) for s in samples]
    judged = [r.judged(-np.inf) for r in rows]
    z, right = np.concatenate([j[0] for j in judged]), np.concatenate([j[1] for j in judged])
    slope, shift = platt(z, right)
    probability = 1 / (1 + np.exp(-(slope * z + shift)))
    figures = {"expected_calibration_error": calibration_error(probability, right), **table(rows, -shift / slope)}
    jack = np.array([log_odds(f, features) for f in folds.values()])
    figures["refit_sd_log_odds"] = float(slope * np.median(np.sqrt(0.8 * ((jack - jack.mean(0)) ** 2).sum(0))))
    figures = {k: round(float(v), 4) for k, v in figures.items()}
    bias, curves = as_curves(*fit(features[known], target[known]), FEATURES)
    card = Card(
        id=MODEL,
        data=f"simulated stacks of radar pictures, {ports[0]} ports at 10 m and {ports[1]} at 3 m, "
        f"seeds from {FIRST_SEED}",
        licence="made by offing simulate",
        split="whole ports held out, five groups by seed; the calibration is fitted on what is held out",
        target="P(the centre lies within 30 m of a ship's hull, one to one)",
        figures=figures,
        calibration=f"expected calibration error {figures['expected_calibration_error']:.3f} over ten bins, "
        f"{len(z)} kept candidates",
        limits="fitted on simulated ports only; real cranes, trains, stacks and layover are more varied than those",
    )
    model = ScoreModel(
        card=card, bias=bias, curves=curves,
        calibration=Curve(feature="log odds", knots=(-15.0, 15.0), values=(shift - 15 * slope, shift + 15 * slope)),
    )  # fmt: skip
    (WEIGHTS / f"{MODEL}.json").write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1) + b"\n")
    for name, value in figures.items():
        print(f"{name}: {value}")


def table(rows: list[Kept], least: float) -> dict[str, float]:
    """Precision and recall at even odds, held out."""
    out = {}
    for gsd, others, drawn in product((10.0, 3.0), OTHERS, (True, False)):
        mine = [r for r in rows if (r.sample.gsd, r.sample.others, r.sample.drawn) == (gsd, others, drawn)]
        judged = [r.judged(least) for r in mine]
        right, found = sum(int(j[1].sum()) for j in judged), sum(len(j[1]) for j in judged)
        name = f"{gsd:g} m, {others} looks, {'berths' if drawn else 'shore'}"
        out[f"{name}: precision"] = right / max(1, found)
        out[f"{name}: recall"] = sum(j[2] for j in judged) / max(1, sum(int(r.sample.counts.sum()) for r in mine))
    return out


if __name__ == "__main__":
    main()
