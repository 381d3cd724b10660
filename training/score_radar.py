"""Average precision of a trained network on whole pictures that it has not seen."""

from __future__ import annotations

import numpy as np
import torch

from chips import Chip
from network import ShipNetwork, decode, enclosing
from offing.bench.scoring import average_precision, best_f1, match_boxes
from offing.vessels.detection.channels import channels, levels
from offing.vessels.detection.regions import best_of_overlapping


@torch.no_grad()
def boxes_of(net: ShipNetwork, power: np.ndarray, least: float = 0.01) -> tuple[np.ndarray, np.ndarray]:
    """((n, 4) upright boxes, (n,) scores), the best of what overlaps."""
    rows, cols = power.shape
    x = np.pad(channels(power, *levels(power)), ((0, 0), (0, -rows % 32), (0, -cols % 32)), mode="edge")
    logits, boxes = decode(net(torch.from_numpy(x)[None]))
    score = logits[0].sigmoid()
    sure = score > least
    frame, score = enclosing(boxes[0][sure]).double().numpy(), score[sure].double().numpy()
    kept = best_of_overlapping(frame, score)
    return frame[kept], score[kept]


def scored(net: ShipNetwork, pictures: list[Chip]) -> dict[str, float]:
    """AP at 0.5 and the best F1, over boxes as labelled."""
    truth = [np.array([[*o.min(0), *o.max(0)] for o in chip.outlines]).reshape(-1, 4) for chip in pictures]
    found = [boxes_of(net, chip.power) for chip in pictures]
    scores = np.concatenate([s for _, s in found])
    right = np.concatenate([match_boxes(b, s, t) for (b, s), t in zip(found, truth, strict=True)])
    ships = sum(len(t) for t in truth)
    top, at = best_f1(scores, right, ships)
    return {
        "pictures": len(pictures),
        "ships": ships,
        "AP50": round(average_precision(found, truth), 4),
        "F1": round(top, 4),
        "score": round(at, 3),
    }
