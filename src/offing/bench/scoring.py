"""How detections are scored against labels: one to one, most matches first, then the least total distance.

A point matches a mask when its pixel lies in the mask, or it lies within the tolerance of the nearest mask pixel's
centre. Boxes match by intersection over union, greedily by falling score.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.errors import MissingExtraError
from offing.records import Record

F64 = NDArray[np.float64]
_NEVER = 1e9


class Counts(Record, frozen=True):
    """Right, false and missed, and the ratios made of them."""

    right: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Right over all that was found; 0 where nothing was."""
        return self.right / max(1, self.right + self.false)

    @property
    def recall(self) -> float:
        """Right over all there is; 0 where nothing is."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(1, 2 * self.right + self.false + self.missed)

    def __add__(self, other: Counts) -> Counts:
        return Counts(right=self.right + other.right, false=self.false + other.false, missed=self.missed + other.missed)


def match_points(
    points: F64, masks: Sequence[NDArray[np.bool_]], metres_per_px: float, tolerance_m: float = 30.0
) -> list[tuple[int, int]]:
    """(point, mask) index pairs, one to one, as many as possible and then the nearest.

    ``points``: (n, 2) col, row in GDAL pixel coordinates; ``masks``: (rows, cols) of the picture. A pixel's centre is
    at + 0.5.
    """
    return assigned(metres_apart(points, masks, metres_per_px, tolerance_m))


def assigned(metres: F64) -> list[tuple[int, int]]:
    """The pairs of ``match_points`` from what ``metres_apart`` gave, or from some of its rows."""
    from scipy.optimize import linear_sum_assignment

    if not metres.size:
        return []
    # A number far above any sum of distances stands for infinity, of which the solver knows none it may leave.
    cost = np.where(np.isfinite(metres), metres, _NEVER)
    return [(int(i), int(j)) for i, j in zip(*linear_sum_assignment(cost), strict=True) if cost[i, j] < _NEVER]


def first_come(metres: F64, scores: F64) -> NDArray[np.intp]:
    """(n,) which mask each point is, -1 for none: greedily by falling score, the nearest of those left."""
    match = np.full(len(metres), -1, np.intp)
    free = np.ones(metres.shape[1], bool)
    for i in np.argsort(-scores, kind="stable") if metres.size else ():
        row = np.where(free, metres[i], np.inf)
        best = int(row.argmin())
        if np.isfinite(row[best]):
            match[i], free[best] = best, False
    return match


def metres_apart(
    points: F64, masks: Sequence[NDArray[np.bool_]], metres_per_px: float, tolerance_m: float = 30.0
) -> F64:
    """(n, m) metres from points to masks, 0 inside; infinite beyond the tolerance. As ``match_points`` takes them."""
    metres = np.full((len(points), len(masks)), np.inf)
    for j, mask in enumerate(masks):
        rows, cols = np.nonzero(mask)
        if len(rows):
            middle = np.asarray(cols + 0.5, np.float64), np.asarray(rows + 0.5, np.float64)
            metres[:, j] = _distances(points, *middle, mask, metres_per_px, tolerance_m)
    return metres


def _distances(
    points: F64, cols: F64, rows: F64, mask: NDArray[np.bool_], metres_per_px: float, tolerance_m: float
) -> F64:
    """(n,) metres from every point to the mask's nearest pixel centre, 0 inside it; infinite beyond the tolerance."""
    out = np.full(len(points), np.inf)
    reach = tolerance_m / metres_per_px + 1
    near = (
        (points[:, 0] >= cols.min() - reach)
        & (points[:, 0] <= cols.max() + reach)
        & (points[:, 1] >= rows.min() - reach)
        & (points[:, 1] <= rows.max() + reach)
    )
    for i in np.flatnonzero(near):
        col, row = int(np.floor(points[i, 0])), int(np.floor(points[i, 1]))
        within = 0 <= row < mask.shape[0] and 0 <= col < mask.shape[1] and bool(mask[row, col])
        metres = 0.0 if within else float(np.hypot(cols - points[i, 0], rows - points[i, 1]).min()) * metres_per_px
        if metres <= tolerance_m:
            out[i] = metres
    return out


def box_overlap(one: F64, other: F64) -> F64:
    """(n, m) intersection over union of upright boxes (col0, row0, col1, row1)."""
    corner = np.maximum(one[:, None, :2], other[None, :, :2])
    opposite = np.minimum(one[:, None, 2:], other[None, :, 2:])
    common = np.prod(np.clip(opposite - corner, 0, None), axis=2)
    area = np.prod(one[:, 2:] - one[:, :2], axis=1)[:, None] + np.prod(other[:, 2:] - other[:, :2], axis=1)[None, :]
    return np.asarray(common / np.maximum(area - common, 1e-12), np.float64)


def share_inside(boxes: F64, areas: F64) -> F64:
    """(n, m) share of each of ``boxes`` (n, 4) that lies in each of ``areas`` (m, 4), both upright."""
    corner = np.maximum(boxes[:, None, :2], areas[None, :, :2])
    opposite = np.minimum(boxes[:, None, 2:], areas[None, :, 2:])
    common = np.prod(np.clip(opposite - corner, 0, None), axis=2)
    return np.asarray(common / np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)[:, None], 1e-12), np.float64)


def match_boxes(boxes: F64, scores: F64, truth: F64, least: float = 0.5) -> NDArray[np.bool_]:
    """(n,) whether each of ``boxes`` is right: greedily by falling score, every true box used once."""
    return matches_of(boxes, scores, truth, least) >= 0


def matches_of(boxes: F64, scores: F64, truth: F64, least: float = 0.5) -> NDArray[np.intp]:
    """(n,) which of ``truth`` each of ``boxes`` is, -1 for none: greedily by falling score, the best overlap of those
    left, every true box used once.
    """
    match = np.full(len(boxes), -1, np.intp)
    if not len(boxes) or not len(truth):
        return match
    overlap = box_overlap(boxes, truth)
    free = np.ones(len(truth), bool)
    for i in np.argsort(-scores, kind="stable"):
        row = np.where(free, overlap[i], -1.0)
        best = int(row.argmax())
        if row[best] >= least:
            match[i], free[best] = best, False
    return match


def left_out(boxes: F64, match: NDArray[np.intp], areas: F64, least: float = 0.5) -> NDArray[np.bool_]:
    """(n,) which of ``boxes`` count neither as right nor as false: they match no true box and at least the share
    ``least`` of them lies in one of ``areas`` (what overlaps one by as much does too), as COCO treats crowds.
    """
    return np.asarray((match < 0) & (share_inside(boxes, areas).max(axis=1, initial=0.0) >= least))


def best_f1(scores: F64, right: NDArray[np.bool_], labels: int) -> tuple[float, float]:
    """(F1, score) at the score limit that gives the best F1 on these very results: an upper bound for a fixed one."""
    if not len(scores) or not labels:
        return 0.0, 1.0
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(right[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + labels)
    last = np.append(ranked[1:] != ranked[:-1], True)
    best = int(np.where(last, f1, -1.0).argmax())
    return float(f1[best]), float(ranked[best])


def calibration_error(probability: F64, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: mean of |share right − mean probability| over equal-width bins, weighted by their
    size.
    """
    number = np.minimum((probability * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(right[number == b].mean() - probability[number == b].mean()) * (number == b).mean()
            for b in range(bins)
            if (number == b).any()
        )
    )


def average_precision(
    found: Sequence[tuple[F64, F64]], truth: Sequence[F64], areas: Sequence[F64] | None = None
) -> float:
    """AP at IoU 0.5 of upright boxes as pycocotools counts it: 101 points, at most 100 detections a picture.

    ``found``: (boxes (n, 4), scores (n,)) a picture; ``truth``: (m, 4) boxes a picture; all col0, row0, col1, row1.
    ``areas``: (k, 4) boxes a picture that are COCO's crowds: what lies in them, and is no true box, is not counted.
    Raises MissingExtraError without pycocotools.
    """
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError as error:
        raise MissingExtraError("pycocotools is not installed", fix="pip install 'offing[bench]'") from error
    placed = [
        (i, _corner_size(box), crowd)
        for crowd, kind in enumerate((truth, areas or ()))
        for i, boxes in enumerate(kind, 1)
        for box in boxes
    ]
    labels = [
        {"id": n, "image_id": i, "category_id": 1, "bbox": box, "area": box[2] * box[3], "iscrowd": crowd}
        for n, (i, box, crowd) in enumerate(placed, 1)
    ]
    results = [
        {"image_id": i, "category_id": 1, "bbox": _corner_size(box), "score": float(score)}
        for i, (boxes, scores) in enumerate(found, 1)
        for box, score in zip(boxes, scores, strict=True)
    ]
    if not labels or not results:
        return 0.0
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        images = [{"id": i} for i in range(1, len(truth) + 1)]
        coco.dataset = {"info": {}, "images": images, "annotations": labels, "categories": [{"id": 1, "name": "ship"}]}
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluation.params.iouThrs = np.array([0.5])
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][0, :, :, 0, 2]
    known = precision[precision > -1]
    return float(known.mean()) if known.size else 0.0


def _corner_size(box: F64) -> list[float]:
    return [float(box[0]), float(box[1]), float(box[2] - box[0]), float(box[3] - box[1])]
