"""Vessels in ports in Sentinel-2 against labelled masks: points within 30 m, one to one; at the quay and on open
water apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.bench.datasets import LabelledPicture, s2_ports
from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.bench.scoring import Counts, match_points
from offing.imagery.reading import open_picture
from offing.records import Record

TOLERANCE_M = 30.0
MIN_SCORE = 0.5


class _Port(Record, frozen=True):
    name: str
    counts: Counts
    quay: tuple[int, int]
    """(found, all) ships within 30 m of land."""
    open_water: tuple[int, int]


def run(options: BenchOptions) -> BenchResult:
    """Detect in every port with its own bands and score the centres."""
    pictures = s2_ports(options.folder("s2-ports"))
    if options.quick:
        pictures = pictures[:2]
    ports = [_score(p) for p in pictures]
    pooled = sum((p.counts for p in ports), Counts(right=0, false=0, missed=0))
    return BenchResult(
        name="s2-ports",
        protocol=(
            f"centres with a score of at least {MIN_SCORE} within {TOLERANCE_M:g} m of a mask, Hungarian one to one; "
            "at the quay: the mask lies within 30 m of what the index of green and near infrared does not call water, "
            "small islands of it left out"
        ),
        n=sum(len(p.boxes) for p in pictures),
        split=(
            f"in-sample, {len(ports)} ports, sha256 {split_hash(p.name for p in ports)}; leave-one-port-out figures "
            "are those of the model card, marked held out"
        ),
        figures={**_figures("all", pooled, ports), **_by_port(ports), **_held_out()},
    )


def _figures(what: str, counts: Counts, ports: list[_Port]) -> dict[str, float | str]:
    quay = np.array([p.quay for p in ports]).sum(axis=0)
    water = np.array([p.open_water for p in ports]).sum(axis=0)
    return {
        f"{what}, F1": round(counts.f1, 3),
        f"{what}, precision": round(counts.precision, 3),
        f"{what}, recall": round(counts.recall, 3),
        f"{what}, recall at the quay": f"{quay[0]} of {quay[1]}",
        f"{what}, recall on open water": f"{water[0]} of {water[1]}",
    }


def _by_port(ports: list[_Port]) -> dict[str, float | str]:
    return {
        f"{p.name}, right / false / missed": f"{p.counts.right} / {p.counts.false} / {p.counts.missed}" for p in ports
    }


def _held_out() -> dict[str, float | str]:
    from offing.vessels.detection.additive import score_model

    card = score_model("optical-nir-additive-1").card
    return {f"held out, {key.replace('_', ' ')}": value for key, value in sorted(card.figures.items())}


def _score(labelled: LabelledPicture) -> _Port:
    from offing.vessels.detection import detect

    masks = labelled.masks()
    with open_picture(labelled.paths) as picture:
        found = detect(picture, min_score=MIN_SCORE).detections
        gsd = picture.gsd_m
        size = float(np.mean(gsd)) if gsd else 10.0
        land = _land(picture.read(("B03",))[0], picture.read(("B08",))[0])
    points = np.array([(d.box.col, d.box.row) for d in found]).reshape(-1, 2)
    pairs = match_points(points, masks, size, TOLERANCE_M)
    hit = {j for _, j in pairs}
    at_quay = [_near_land(mask, land, masks, size) for mask in masks]
    quay = {j for j, near in enumerate(at_quay) if near}
    away = set(range(len(masks))) - quay
    return _Port(
        name=labelled.name,
        counts=Counts(right=len(pairs), false=len(found) - len(pairs), missed=len(masks) - len(pairs)),
        quay=(len(hit & quay), len(quay)),
        open_water=(len(hit & away), len(away)),
    )


def _land(green: NDArray[np.float32], nir: NDArray[np.float32]) -> NDArray[np.bool_]:
    """What NDWI does not call water (McFeeters 1996, at 0), ships not yet taken out."""
    return np.asarray((green - nir) / np.maximum(green + nir, 1e-3) < 0.0)


def _near_land(mask: NDArray[np.bool_], land: NDArray[np.bool_], ships: list[NDArray[np.bool_]], size: float) -> bool:
    """Whether land that is in no ship's mask, in a patch larger than a ship, lies within 30 m."""
    import cv2

    rows, cols = np.nonzero(mask)
    reach = int(np.ceil(TOLERANCE_M / size)) + 25
    window = (
        slice(max(0, int(rows.min()) - reach), int(rows.max()) + reach),
        slice(max(0, int(cols.min()) - reach), int(cols.max()) + reach),
    )
    own = np.any([ship[window] for ship in ships], axis=0)
    ground = (land[window] & ~own).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ground, connectivity=8)
    stats[0, cv2.CC_STAT_AREA] = 0
    ground = (stats[:, cv2.CC_STAT_AREA] * size * size > 3000)[labels].astype(np.uint8)
    if not ground.any():
        return False
    away = cv2.distanceTransform(1 - ground, cv2.DIST_L2, 5)
    return bool(away[mask[window]].min() * size <= TOLERANCE_M)
