"""Scores networks on pictures they were not trained on, calibrates them there, and writes the model card.

Usage: python training/validate_radar.py DATA CARD.json FINAL.onnx FOLD0.onnx FOLD1.onnx …

Every picture is searched as ``offing detect`` would, by the network of the fold that held it out. Calibration is a
monotone curve through the pooled held-out boxes; its error is measured with each fold left out of the fit in turn.
"""

from __future__ import annotations

import math
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chips import GROUP, fold_of
from offing.bench.datasets import LabelledPicture, ssdd
from offing.bench.scoring import average_precision, best_f1, calibration_error, match_boxes
from offing.imagery.reading import open_picture
from offing.vessels.detection.additive import Card, Curve
from offing.vessels.detection.boxes import upright
from offing.vessels.detection.network import Network
from offing.vessels.detection.radar_search import radar_search
from validation import ABSENT, calibrated, others, probability, refit_sd, written

INSHORE = 0.95
"""A picture is inshore where less than this share of it is water by its own mask."""


@dataclass
class Seen:
    """What one network found in one picture."""

    fold: int
    boxes: np.ndarray  # (n, 4)
    log_odds: np.ndarray
    right: np.ndarray
    labels: np.ndarray
    inshore: bool


def look(job: tuple[LabelledPicture, Path, int]) -> Seen:
    labelled, weights, fold = job
    with open_picture(labelled.paths, sensor="sar") as picture:
        found = radar_search(picture, 1, Network(weights.read_bytes()))
    boxes = np.array([upright(f.box) for f in found.finds], np.float64).reshape(-1, 4)
    odds = np.array([f.log_odds for f in found.finds])
    right = match_boxes(boxes, odds, labelled.boxes)
    return Seen(fold, boxes, odds, right, labelled.boxes, found.scan.water.share < INSHORE)


def figures(seen: list[Seen], curve: Curve) -> dict[str, float]:
    odds, right = np.concatenate([s.log_odds for s in seen]), np.concatenate([s.right for s in seen])
    ships = sum(len(s.labels) for s in seen)
    top, at = best_f1(probability(curve, odds), right, ships)
    sure = probability(curve, odds) >= 0.5
    made = {"ap50": ap(seen), "best_f1": top, "best_f1_score": at,
            "f1_at_half": 2 * right[sure].sum() / (sure.sum() + ships)}  # fmt: skip
    for name, which in (("inshore", True), ("offshore", False)):
        part = [s for s in seen if s.inshore == which]
        made[f"ap50_{name}"] = ap(part)
        made[f"ships_{name}"] = sum(len(s.labels) for s in part)
    folds = sorted({s.fold for s in seen})
    for fold in folds:
        made[f"ap50_fold_{fold}"] = ap([s for s in seen if s.fold == fold])
    honest, hits = [], []
    for fold in folds:
        rest = [seen[i] for i in others(fold, [s.fold for s in seen])]
        held = [s for s in seen if s.fold == fold]
        fit = calibrated(np.concatenate([s.log_odds for s in rest]), np.concatenate([s.right for s in rest]))
        honest.append(probability(fit, np.concatenate([s.log_odds for s in held])))
        hits.append(np.concatenate([s.right for s in held]))
    p, hit = np.concatenate(honest), np.concatenate(hits)
    made["ece"] = calibration_error(p, hit)
    for low in np.arange(0, 1, 0.2):
        inside = (p >= low) & (p < low + 0.2)
        made[f"right_of_scores_{low:.1f}_to_{low + 0.2:.1f}"] = hit[inside].mean() if inside.any() else math.nan
        made[f"boxes_of_scores_{low:.1f}_to_{low + 0.2:.1f}"] = inside.sum()
    return {k: round(float(v), 4) for k, v in made.items()}


def ap(seen: list[Seen]) -> float:
    return average_precision([(s.boxes, s.log_odds) for s in seen], [s.labels for s in seen])


def best_seen(weights: Path, pictures: list[LabelledPicture]) -> np.ndarray:
    """Of every labelled ship the greatest log odds of a box about its place."""
    net, row = Network(weights.read_bytes()), []
    for labelled in pictures:
        with open_picture(labelled.paths, sensor="sar") as picture:
            found = radar_search(picture, 1, net).finds
        boxes = np.array([upright(f.box) for f in found]).reshape(-1, 4)
        for label in labelled.boxes:
            inside = np.abs((boxes[:, :2] + boxes[:, 2:] - label[:2] - label[2:]) / 2).max(axis=1, initial=0) < 8
            row.append(max([f.log_odds for f, i in zip(found, inside, strict=True) if i], default=ABSENT))
    return np.array(row)


def main() -> None:
    data, card, final, *folds = (Path(p) for p in sys.argv[1:])
    pictures = ssdd(data / "sar-ssdd-train")
    jobs = [(p, folds[k], k) for p in pictures if (k := fold_of(p.name, max(3, len(folds)))) < len(folds)]
    with ProcessPoolExecutor(2) as pool:
        seen = list(pool.map(look, jobs, chunksize=16))
    curve = calibrated(np.concatenate([s.log_odds for s in seen]), np.concatenate([s.right for s in seen]))
    measured = figures(seen, curve)
    measured["refit_sd_log_odds"] = round(refit_sd([best_seen(f, pictures[::20]) for f in folds], curve), 3)
    about = Card(
        id=card.stem,
        data="training split of SSDD (928 pictures, 2,040 ships; Zhang et al. 2021) and 3,000 simulated chips "
        "(training/simulated_chips.py, seed 1)",
        licence="weights: Apache-2.0; SSDD is free for research, its polygons MIT",
        split=f"{len(folds)} of {max(3, len(folds))} folds by groups of {GROUP} neighbouring picture numbers; "
        "the weights themselves are trained on all",
        target="a ship, by overlap of the upright boxes of at least one half",
        figures=measured,
        calibration=f"expected calibration error {measured['ece']:.3f}, each fold left out of the fit in turn",
        limits="pixels of 1 to 40 m; ships of fewer than 3 pixels; pictures of other sensors and of the place "
        "itself were not held out one by one",
    )
    written(card, final, about, curve)


if __name__ == "__main__":
    main()
