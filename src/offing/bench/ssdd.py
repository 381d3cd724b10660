"""Radar vessels against SSDD's labels: box AP at IoU 0.5, as pycocotools counts it, and the best F1."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from offing.bench.datasets import LabelledPicture, ssdd
from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.bench.scoring import average_precision, best_f1, match_boxes

WORKERS = 2
"""Pictures searched at once, as ``offing detect`` does with small ones."""


def run(options: BenchOptions) -> BenchResult:
    """Detect in every picture, at any score, and score the boxes."""
    pictures = ssdd(options.folder("sar-ssdd-train"))
    if options.quick:
        pictures = pictures[::20]
    begin = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(_boxes, pictures))
    seconds = time.perf_counter() - begin
    labels = sum(len(p.boxes) for p in pictures)
    scores = np.concatenate([s for _, s in results])
    right = np.concatenate([match_boxes(b, s, p.boxes) for (b, s), p in zip(results, pictures, strict=True)])
    top, at = best_f1(scores, right, labels)
    sure = scores >= 0.5
    hit = int(right[sure].sum())
    return BenchResult(
        name="ssdd",
        protocol=(
            "upright boxes around the oriented ones, IoU 0.5; AP by pycocotools (101 points, 100 detections a "
            "picture); F1 by greedy one-to-one matching. The network was trained on these pictures: the figures that "
            "count are those held out, from its card"
        ),
        n=labels,
        split=f"training split, in-sample, {len(pictures)} pictures, sha256 {split_hash(p.name for p in pictures)}",
        figures={
            "AP50": round(average_precision(results, [p.boxes for p in pictures]), 3),
            "best F1": round(top, 3),
            "its score limit": round(at, 2),
            "F1 at score 0.5": round(2 * hit / max(1, int(sure.sum()) + labels), 3),
            "pictures/s": round(len(pictures) / seconds, 1),
            **_card_figures(),
        },
    )


def _card_figures() -> dict[str, float | str]:
    """What the model's card says of pictures that were held out when it was trained."""
    from offing.vessels.detection.network import network_card
    from offing.vessels.detection.radar_search import MODEL

    card = network_card(MODEL).card
    return {f"held out, {key.replace('_', ' ')}": value for key, value in sorted(card.figures.items())}


def _boxes(
    labelled: LabelledPicture,
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]:
    """((n, 4) upright boxes, (n,) scores)."""
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect
    from offing.vessels.detection.boxes import upright

    with open_picture(labelled.paths, sensor="sar") as picture:
        found = detect(picture, min_score=0.0, workers=1).detections
    boxes = np.array([upright(d.box) for d in found], np.float64).reshape(-1, 4)
    return boxes, np.array([d.score.value for d in found], np.float64)
