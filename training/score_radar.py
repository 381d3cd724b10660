"""Average precision of a trained network on whole pictures that it has not seen."""

from __future__ import annotations

import numpy as np
import torch

from chips import Chip
from network import ShipNetwork, decode, enclosing
from offing.vessels.detection.channels import channels, levels


@torch.no_grad()
def boxes_of(net: ShipNetwork, power: np.ndarray, least: float = 0.01) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """((n, 6) oriented, (n, 4) enclosing, (n,) scores), the best of what overlaps."""
    rows, cols = power.shape
    x = channels(power, *levels(power))
    x = np.pad(x, ((0, 0), (0, -rows % 32), (0, -cols % 32)), mode="reflect" if min(rows, cols) > 32 else "edge")
    logits, boxes = decode(net(torch.from_numpy(x)[None]))
    score = logits[0].sigmoid()
    sure = score > least
    score, box = score[sure].numpy(), boxes[0][sure]
    frame = enclosing(box).numpy()
    kept = best(frame, score)
    return box.numpy()[kept], frame[kept], score[kept]


def best(frame: np.ndarray, score: np.ndarray, limit: float = 0.5) -> list[int]:
    order, kept = list(np.argsort(-score)), []
    while order:
        i = order.pop(0)
        kept.append(i)
        order = [j for j in order if _iou(frame[i], frame[j]) < limit]
    return kept


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    size = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0)
    inter = float(size.prod())
    return inter / (float((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod()) - inter + 1e-9)


def scored(net: ShipNetwork, pictures: list[Chip]) -> dict[str, float]:
    """AP at 0.5 (101 points) and the best F1, over boxes as labelled."""
    scores, right, ships = [], [], 0
    for chip in pictures:
        truth = np.array([[*o.min(0), *o.max(0)] for o in chip.outlines]).reshape(-1, 4)
        _, frame, score = boxes_of(net, chip.power)
        used = np.zeros(len(truth), bool)
        for i in np.argsort(-score, kind="stable"):
            over = np.array([_iou(frame[i], t) if not u else -1 for t, u in zip(truth, used, strict=True)])
            hit = bool(len(over)) and over.max() >= 0.5
            if hit:
                used[over.argmax()] = True
            scores.append(score[i])
            right.append(hit)
        ships += len(truth)
    order = np.argsort(-np.array(scores), kind="stable")
    hit = np.array(right)[order]
    tp, n = hit.cumsum(), np.arange(1, len(hit) + 1)
    precision = np.maximum.accumulate((tp / n)[::-1])[::-1]
    at = np.searchsorted(tp / ships, np.linspace(0, 1, 101), side="left")
    ap = float(np.mean([precision[i] if i < len(precision) else 0.0 for i in at]))
    f1 = 2 * tp / (n + ships)
    return {
        "pictures": len(pictures),
        "ships": ships,
        "AP50": round(ap, 4),
        "F1": round(float(f1.max()), 4),
        "recall": round(float(tp[-1] / ships), 4),
        "score": round(float(np.array(scores)[order][f1.argmax()]), 3),
    }
