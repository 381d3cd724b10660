"""How vessels found in ports in Sentinel-2 are scored: centres within 30 m of a labelled mask, one to one.

A ship, or what is taken for one, is at the quay when it lies within 30 m of what the index of green and near infrared
does not call water, ships and small islands left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.bench.datasets import LabelledPicture
from offing.bench.found import SURE, Found, axis_error_deg, score_bins
from offing.bench.scoring import Counts, assigned, calibration_error, first_come, metres_apart
from offing.imagery.reading import Picture
from offing.records import Record

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
TOLERANCE_M = 30.0
LEAST_LAND_M2 = 3000.0
LONG_M = 60.0
"""Masks from this length on have an axis to be compared."""
AXIS_DEG = 10.0
LIMITS = np.arange(0.02, 0.99, 0.01)
"""Scores that are tried for the best F1."""


class Hulls(Record, frozen=True, eq=False):
    """What the masks of a port say of its ships; they are wider and longer than hulls."""

    length_m: F64
    """(m,) along the principal axis."""
    axis: F64
    """(m,) of the principal axis, radians clockwise from right."""


class PortSeen(Record, frozen=True, eq=False):
    """One port's detections beside its labels."""

    name: str
    found: Found
    metres: F64
    """(n, m) from detections to masks, infinite beyond the tolerance."""
    quay: Mask
    """(m,) ships at the quay."""
    near: Mask
    """(n,) detections at the quay, or on land."""
    hulls: Hulls
    right: Mask
    """(n,) whether each is a ship that no likelier one is: greedily by falling score, the nearest mask left."""

    def pairs(self, least: float = SURE) -> list[tuple[int, int]]:
        """(detection, ship): of those that score ``least`` as many as possible, then the nearest."""
        said = np.flatnonzero(self.found.score >= least)
        return [(int(said[i]), j) for i, j in assigned(self.metres[said])]


def port_seen(labelled: LabelledPicture, picture: Picture, found: Found) -> PortSeen:
    """``found`` in ``picture``, beside its masks."""
    masks = labelled.masks()
    size = float(np.mean(picture.gsd_m)) if picture.gsd_m else 10.0
    land = land_of(picture.read(("B03",))[0], picture.read(("B08",))[0])
    away = metres_from_land(land, masks, size)
    col, row = np.clip(np.floor(found.centre).astype(int), 0, [picture.width - 1, picture.height - 1]).T
    metres = metres_apart(found.centre, masks, size, TOLERANCE_M)
    return PortSeen(
        name=labelled.name,
        found=found,
        metres=metres,
        quay=np.array([away[m].min() <= TOLERANCE_M for m in masks], bool),
        near=np.asarray(away[row, col] <= TOLERANCE_M),
        hulls=hulls_of(masks, size),
        right=first_come(metres, found.rank) >= 0,
    )


def land_of(green: NDArray[np.float32], nir: NDArray[np.float32]) -> Mask:
    """What NDWI does not call water (McFeeters 1996, at 0), ships not yet taken out."""
    return np.asarray((green - nir) / np.maximum(green + nir, 1e-3) < 0.0)


def metres_from_land(land: Mask, ships: Sequence[Mask], size_m: float) -> F64:
    """(rows, cols) metres to land that is in no ship's mask, in a patch larger than a boat; infinite without any."""
    import cv2

    ground = land & ~np.any([np.zeros_like(land), *ships], axis=0)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ground.astype(np.uint8), connectivity=8)
    stats[0, cv2.CC_STAT_AREA] = 0
    ground = (stats[:, cv2.CC_STAT_AREA] * size_m**2 > LEAST_LAND_M2)[labels]
    if not ground.any():
        return np.full(land.shape, np.inf)
    return np.asarray(cv2.distanceTransform((~ground).astype(np.uint8), cv2.DIST_L2, 5), np.float64) * size_m


def hulls_of(masks: Sequence[Mask], size_m: float) -> Hulls:
    """Principal axes by second moments, and the extent of the pixels along them."""
    made = [_hull(mask, size_m) for mask in masks]
    table = np.array(made, np.float64).reshape(-1, 2)
    return Hulls(length_m=table[:, 0], axis=table[:, 1])


def _hull(mask: Mask, size_m: float) -> tuple[float, float]:
    """(length in metres, axis in radians); NaN for an empty mask."""
    rows, cols = np.nonzero(mask)
    if not len(rows):
        return math.nan, math.nan
    dc, dr = cols - cols.mean(), rows - rows.mean()
    angle = 0.5 * math.atan2(2 * float((dc * dr).mean()), float((dc**2).mean() - (dr**2).mean()))
    cos, sin = math.cos(angle), math.sin(angle)
    along = dc * cos + dr * sin
    return float(along.max() - along.min() + abs(cos) + abs(sin)) * size_m, angle


def port_figures(seen: Sequence[PortSeen]) -> dict[str, float]:
    """Figures of ports taken together: name → value, NaN where there is nothing to measure."""
    made: dict[str, float] = {"ships": sum(len(s.quay) for s in seen)}
    kept = [s.pairs() for s in seen]
    none = Counts(right=0, false=0, missed=0)
    for what, part in (("", "all"), ("_quay", "quay"), ("_water", "water")):
        counted = sum((counts_of(s, pairs, part) for s, pairs in zip(seen, kept, strict=True)), none)
        made |= _ratios(what, counted)
    made |= _measures(seen, kept)
    return made


def counts_of(seen: PortSeen, pairs: Sequence[tuple[int, int]], part: str) -> Counts:
    """Right, false and missed in all of a port, at its ``quay`` or on its open ``water``: ships and what is right by
    where the mask lies, what is false by its own place.
    """
    ships = {"all": np.ones_like(seen.quay), "quay": seen.quay, "water": ~seen.quay}[part]
    places = {"all": np.ones_like(seen.near), "quay": seen.near, "water": ~seen.near}[part]
    hit = {i for i, _ in pairs}
    said = np.flatnonzero(seen.found.score >= SURE)
    right = sum(bool(ships[j]) for _, j in pairs)
    false = sum(bool(places[i]) for i in said if int(i) not in hit)
    return Counts(right=right, false=false, missed=int(ships.sum()) - right)


def best_f1_of(seen: Sequence[PortSeen]) -> tuple[float, float]:
    """(F1, score) at that of the ``LIMITS`` which is best on these very ships: what no fixed one can promise."""
    ships = sum(len(s.quay) for s in seen)
    best = (0.0, 1.0)
    for limit in LIMITS:
        said = sum(int((s.found.score >= limit).sum()) for s in seen)
        hits = sum(len(s.pairs(float(limit))) for s in seen)
        best = max(best, (2 * hits / max(1, said + ships), float(limit)))
    return best


def calibration_figures(seen: Sequence[PortSeen]) -> dict[str, float]:
    """How far scores hold, as they were said."""
    score, right = np.concatenate([s.found.score for s in seen]), np.concatenate([s.right for s in seen])
    likely = score >= 0.1
    return {
        "ece": calibration_error(score, right),
        "ece_from_0.1": calibration_error(score[likely], right[likely]) if likely.any() else math.nan,
        **score_bins(score, right),
    }


def _ratios(what: str, counts: Counts) -> dict[str, float]:
    return {
        f"f1_at_half{what}": counts.f1,
        f"precision_at_half{what}": counts.precision,
        f"recall_at_half{what}": counts.recall,
        f"right_at_half{what}": counts.right,
        f"false_at_half{what}": counts.false,
        f"missed_at_half{what}": counts.missed,
    }


def _measures(seen: Sequence[PortSeen], kept: Sequence[Sequence[tuple[int, int]]]) -> dict[str, float]:
    """Axis and length against the masks', of ships found with a score of at least one half."""
    rows = [
        (s.hulls.length_m[j], axis_error_deg(s.found.axis[i], s.hulls.axis[j]), s.found.length_m[i])
        for s, pairs in zip(seen, kept, strict=True)
        for i, j in pairs
    ]
    mask_m, axis, length = np.array(rows, np.float64).reshape(-1, 3).T
    long, known = mask_m >= LONG_M, np.isfinite(length)
    error = (length - mask_m)[known]
    return {
        "axis_within_10": float((axis[long] <= AXIS_DEG).mean()) if long.any() else math.nan,
        "axis_median_deg": float(np.median(axis[long])) if long.any() else math.nan,
        "axis_ships": int(long.sum()),
        "length_mean_absolute_m": float(np.abs(error).mean()) if len(error) else math.nan,
        "length_bias_m": float(error.mean()) if len(error) else math.nan,
        "length_median_absolute_m": float(np.median(np.abs(error))) if len(error) else math.nan,
    }
