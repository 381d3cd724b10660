"""What a search found in one picture, as arrays that are scored against labels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.boxes import upright
from offing.vessels.model import Detection, OrientedBox

F64 = NDArray[np.float64]
SURE = 0.5
"""Score from which a detection counts as said."""


class Found(Record, frozen=True, eq=False):
    """Detections of one picture at any score, the most likely first; GDAL's pixel coordinates."""

    boxes: F64
    """(n, 4) col0, row0, col1, row1 of the upright boxes around them."""
    centre: F64
    """(n, 2) col, row."""
    ahead: F64
    """(n, 2) dcol, drow from the centre to the likelier bow: half the length."""
    rank: F64
    """(n,) by which they are ordered: calibrated or not."""
    score: F64
    """(n,) P(a vessel), calibrated."""
    bow: F64
    """(n,) P(the bow lies where ``ahead`` points), calibrated; 0.5: not told."""
    length_m: F64
    """(n,) measured on the ground, NaN where the pixel size is unknown."""

    @property
    def axis(self) -> F64:
        """(n,) direction of the axis, radians clockwise from right, of two that are opposite either."""
        return np.asarray(np.arctan2(self.ahead[:, 1], self.ahead[:, 0]), np.float64)


def found_boxes(
    boxes: Sequence[OrientedBox], rank: Sequence[float], score: F64, bow: F64, length_m: Sequence[float | None]
) -> Found:
    """One row a box."""
    metres = [math.nan if length is None else length for length in length_m]
    return Found(
        boxes=np.array([upright(b) for b in boxes], np.float64).reshape(-1, 4),
        centre=np.array([(b.col, b.row) for b in boxes], np.float64).reshape(-1, 2),
        ahead=np.array([b.length_px for b in boxes], np.float64).reshape(-1, 2),
        rank=np.array(rank, np.float64),
        score=score,
        bow=bow,
        length_m=np.array(metres, np.float64),
    )


def found_detections(detections: Sequence[Detection]) -> Found:
    """What ``offing detect`` gives, scores and bows as it gives them."""
    score = [d.score.value for d in detections]
    return found_boxes(
        [d.box for d in detections],
        score,
        np.array(score, np.float64),
        np.array([d.measurement.bow_probability for d in detections], np.float64),
        [d.measurement.length_m for d in detections],
    )


def axis_error_deg(one: F64, other: F64) -> F64:
    """0–90: the angle between axes of the directions ``one`` and ``other``, radians."""
    apart = np.degrees(np.abs(one - other)) % 180.0
    return np.asarray(np.minimum(apart, 180.0 - apart), np.float64)


def score_bins(score: F64, right: NDArray[np.bool_]) -> dict[str, float]:
    """How many detections of which scores, and the share of them that is right."""
    made: dict[str, float] = {}
    number = np.minimum((score * 5 + 1e-9).astype(int), 4)
    for b in range(5):
        inside, name = number == b, f"scores_{b / 5:.1f}_to_{(b + 1) / 5:.1f}"
        made[f"right_of_{name}"] = float(right[inside].mean()) if inside.any() else math.nan
        made[f"boxes_of_{name}"] = int(inside.sum())
    return made
