"""Which end of a silhouette is the bow: the overhang of the ends, and where the superstructure stands."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.vessels.reference.model import BowEnd

Mask = NDArray[np.bool_]

MOST = 0.85
"""No silhouette is surer than this: some ships have the bridge forward, some a raked stern."""
_WEIGHTS = (30.0, 4.0)
"""Log odds for a unit of each feature: declared, between what fits on a few dozen simulated photographs gave."""


def bow_of(mask: Mask, foot_row: float) -> BowEnd:
    """The likelier end, with its probability, of a level silhouette."""
    logit = sum(w * v for w, v in zip(_WEIGHTS, features(mask, foot_row), strict=True))
    p = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
    side: Literal["left", "right"] = "left" if p >= 0.5 else "right"
    return BowEnd(
        side=side,
        probability=min(max(p, 1.0 - p), MOST),
        basis="overhang of the ends and place of the superstructure, as on simulated photographs",
    )


def features(mask: Mask, foot_row: float) -> tuple[float, float]:
    """Overhang at the left less that at the right, and how far right the bulk lies: parts of the length."""
    columns = np.flatnonzero(mask.any(axis=0))
    first, last = int(columns[0]), int(columns[-1])
    length = last - first + 1
    high = foot_row - np.argmax(mask[:, first : last + 1], axis=0)
    foot = max(0, min(mask.shape[0] - 1, round(foot_row - 1 - 0.15 * float(np.quantile(high, 0.15)))))
    wet = np.flatnonzero(mask[foot])
    overhang = ((wet[0] - first) - (last - wet[-1])) / length if wet.size else 0.0
    bulk = np.maximum(high - np.quantile(high, 0.25), 0.0)
    middle = float((bulk * np.arange(length)).sum() / max(bulk.sum(), 1e-9)) / length
    return float(overhang), middle - 0.5
