"""Pictures searched with other pictures of the same place beside them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from offing.imagery.picture import Picture
from offing.sites import Berth
from offing.vessels.detection.additive import ScoreModel, score_model
from offing.vessels.detection.boxes import upright
from offing.vessels.detection.candidates import Candidate, feature_table, upright_boxes
from offing.vessels.detection.detect import detect
from offing.vessels.detection.finds import Find, detection_of
from offing.vessels.detection.model import DetectionSet
from offing.vessels.detection.regions import best_of_overlapping
from offing.vessels.detection.stack.arrivals import MODEL, arrivals
from offing.vessels.detection.stack.fixed import ALWAYS_THERE, Persistence, persistence
from offing.vessels.detection.stack.merging import flagged, in_berth, merged, numbered, reconciled, same
from offing.vessels.detection.stack.optical import judged_by
from offing.vessels.detection.stack.tiles import Shape, Stack, Tile, along_quay, pixels_of, stack_of, tiles
from offing.vessels.model import Detection, OrientedBox

OVERLAP_SHARE = 0.3


def detect_with_background(
    picture: Picture,
    others: Sequence[Picture],
    *,
    berths: Sequence[Berth] = (),
    min_score: float = 0.5,
    workers: int | None = None,
) -> DetectionSet:
    """Vessels in a picture, with others of the place by the same sort of sensor to tell what is always there.

    As ``detect``, and what the other pictures show just so is dismissed with the reason, unless it lies in a berth,
    where it may be a ship laid up and is only flagged. In radar, what lies in a berth and not when it is empty is found
    also where it runs into the quay. In optical pictures, what lies where land always was is dismissed, and what was
    taken for land where water was is not. Without ``berths`` the shore of the empty place stands for them. Raises
    PictureError as ``detect`` does.
    """
    found = detect(picture, min_score=min_score, workers=workers)
    return compared(found, picture, others, berths=berths, min_score=min_score)


def compared(
    found: DetectionSet,
    picture: Picture,
    others: Sequence[Picture],
    *,
    berths: Sequence[Berth] = (),
    min_score: float = 0.5,
) -> DetectionSet:
    """``found`` in ``picture``, completed and cleared by ``others``; the notes say how many served."""
    stack, note = stack_of(picture, others)
    if stack is None:
        return msgspec.structs.replace(found, notes=(*found.notes, note))
    shapes = [pixels_of(berth, picture) for berth in berths]
    if picture.sensor != "sar":
        judged, words = judged_by(found, stack, shapes)
        return msgspec.structs.replace(judged, notes=(*found.notes, note + words))
    return _compared_radar(found, stack, shapes, min_score, note)


def _compared_radar(
    found: DetectionSet, stack: Stack, shapes: Sequence[Shape], min_score: float, note: str
) -> DetectionSet:
    model = score_model(MODEL)
    fresh: list[Detection] = []
    told: dict[str, Persistence] = {}
    for tile in tiles(stack, shapes, found.detections):
        fresh += [d for d in _arrived(tile, stack, shapes, model) if d.score.value >= min_score]
        told |= {d.id: seen for d in found.detections if tile.holds(d.box) and (seen := _persistence(d, tile))}
    came, still = reconciled(_one_each(fresh), found.dismissed)
    stayed = [d for d in found.detections if d.id in told and told[d.id].fixed and not any(same(c, d) for c in came)]
    berthed = {d.id for d in stayed if in_berth(d.box, shapes)}
    fixed = {d.id for d in stayed} - berthed
    kept = [flagged(d, ALWAYS_THERE) if d.id in berthed else d for d in found.detections if d.id not in fixed]
    dismissed = [flagged(d, "fixed", told[d.id].reason()) for d in found.detections if d.id in fixed]
    return msgspec.structs.replace(
        found,
        detections=numbered(merged(kept, came), [d.id for d in (*found.detections, *found.dismissed)]),
        dismissed=(*still, *dismissed),
        notes=(*found.notes, note),
    )


def _arrived(tile: Tile, stack: Stack, shapes: Sequence[Shape], model: ScoreModel) -> list[Detection]:
    """What came to the berths of a tile."""
    where = along_quay(tile, shapes)
    if not where.any():
        return []
    candidates = arrivals(tile.place, where, stack.gsd_m, drawn=bool(shapes))
    if not candidates:
        return []
    log_odds = model.log_odds(feature_table(candidates))
    kept = best_of_overlapping(upright_boxes(candidates), log_odds, OVERLAP_SHARE)
    probability = model.probability(log_odds[kept])
    placed = [
        _detection(candidates[i], float(log_odds[i]), float(p), tile, model)
        for i, p in zip(kept, probability, strict=True)
    ]
    return [d for d in placed if tile.holds(d.box)]


def _detection(candidate: Candidate, log_odds: float, probability: float, tile: Tile, model: ScoreModel) -> Detection:
    picture, box = tile.stack.picture, candidate.box
    placed = OrientedBox(
        col=box.col + tile.window.col0,
        row=box.row + tile.window.row0,
        length_px=box.length_px,
        beam_px=box.beam_px,
    )
    found = Find(box=placed, log_odds=log_odds, edge_px=1.0, flags=("at-berth",))
    return detection_of(found, probability, picture, model)


def _persistence(detection: Detection, tile: Tile) -> Persistence | None:
    box = detection.box
    local = OrientedBox(
        col=box.col - tile.window.col0,
        row=box.row - tile.window.row0,
        length_px=box.length_px,
        beam_px=box.beam_px,
    )
    times = [o.time for o in tile.stack.others]
    return persistence(local, tile.place, times, tile.stack.picture.time)


def _one_each(detections: Sequence[Detection]) -> list[Detection]:
    """The best of those that overlap, at the seams of tiles."""
    if not detections:
        return []
    boxes = np.array([upright(d.box) for d in detections])
    kept = best_of_overlapping(boxes, np.array([d.score.value for d in detections]), OVERLAP_SHARE)
    return [detections[i] for i in kept]
