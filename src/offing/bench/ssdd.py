"""Radar vessels against SSDD's labels: box AP at IoU 0.5, as pycocotools counts it, and the best F1."""

from __future__ import annotations

import contextlib
import io
import time
from typing import Any

import numpy as np

from offing.bench.datasets import LabelledPicture, ssdd
from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.bench.scoring import best_f1, match_boxes
from offing.errors import MissingExtraError


def run(options: BenchOptions) -> BenchResult:
    """Detect in every picture, at any score, and score the boxes."""
    pictures = ssdd(options.folder("sar-ssdd-train"))
    if options.quick:
        pictures = pictures[::20]
    begin = time.perf_counter()
    results = [_boxes(p) for p in pictures]
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
            "picture); F1 by greedy one-to-one matching. The score model was fitted on these pictures: the held-out "
            "figures are in its card"
        ),
        n=labels,
        split=f"training split, in-sample, {len(pictures)} pictures, sha256 {split_hash(p.name for p in pictures)}",
        figures={
            "AP50": round(_average_precision(pictures, results), 3),
            "best F1": round(top, 3),
            "its score limit": round(at, 2),
            "F1 at score 0.5": round(2 * hit / max(1, int(sure.sum()) + labels), 3),
            "pictures/s": round(len(pictures) / seconds, 1),
            **_card_figures("radar-additive-1"),
        },
    )


def _card_figures(name: str) -> dict[str, float | str]:
    """What the model's card says of held-out groups."""
    from offing.vessels.detection.additive import score_model

    card = score_model(name).card
    return {f"held out, {key.replace('_', ' ')}": value for key, value in sorted(card.figures.items())}


def _boxes(
    labelled: LabelledPicture,
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]:
    """((n, 4) upright boxes, (n,) scores)."""
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect
    from offing.vessels.detection.boxes import upright

    with open_picture(labelled.paths, sensor="sar") as picture:
        found = detect(picture, min_score=0.0).detections
    boxes = np.array([upright(d.box) for d in found], np.float64).reshape(-1, 4)
    return boxes, np.array([d.score.value for d in found], np.float64)


def _average_precision(pictures: list[LabelledPicture], results: list[tuple[Any, Any]]) -> float:
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError as error:
        raise MissingExtraError("pycocotools is not installed", fix="pip install 'offing[bench]'") from error
    images = [{"id": i + 1, "width": p.width, "height": p.height} for i, p in enumerate(pictures)]
    boxes_of = [(i + 1, _corner_size(b)) for i, p in enumerate(pictures) for b in p.boxes]
    truth = [
        {"id": n + 1, "image_id": i, "category_id": 1, "bbox": b, "area": b[2] * b[3], "iscrowd": 0}
        for n, (i, b) in enumerate(boxes_of)
    ]
    found = [
        {"image_id": i + 1, "category_id": 1, "bbox": _corner_size(b), "score": float(s)}
        for i, (boxes, scores) in enumerate(results)
        for b, s in zip(boxes, scores, strict=True)
    ]
    if not truth or not found:
        return 0.0
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"info": {}, "images": images, "annotations": truth, "categories": [{"id": 1, "name": "ship"}]}
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(found), "bbox")
        evaluation.params.iouThrs = np.array([0.5])
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][0, :, :, 0, 2]
    known = precision[precision > -1]
    return float(known.mean()) if known.size else 0.0


def _corner_size(box: Any) -> list[float]:  # noqa: ANN401
    return [float(box[0]), float(box[1]), float(box[2] - box[0]), float(box[3] - box[1])]
