"""A whole picture, block by block: candidates, the best of those that overlap, none twice at a seam."""

from __future__ import annotations

import os

import numpy as np

from offing.imagery.model import Box
from offing.imagery.reading import Picture
from offing.vessels.detection.additive import ScoreModel
from offing.vessels.detection.boxes import upright
from offing.vessels.detection.candidates import Candidate, feature_table, upright_boxes
from offing.vessels.detection.cfar import cores, spread
from offing.vessels.detection.finds import Find
from offing.vessels.detection.model import Detector
from offing.vessels.detection.regions import best_of_overlapping
from offing.vessels.model import OrientedBox

BLOCK = 1024
"""Side of a block's core in working pixels: few megabytes a band."""
LEAST_LOG_ODDS = -4.0
"""Candidates below are never kept: a probability under 2 %."""
OVERLAP_SHARE = 0.4


def search(picture: Picture, detector: Detector, model: ScoreModel, workers: int | None = None) -> list[Find]:
    """Everything in ``picture`` that may be a ship, the most likely first. The result does not depend on
    ``workers``.
    """
    n = detector.reduction

    def work(core: tuple[int, int, int, int]) -> list[Find]:
        return _search_block(picture, detector, model, core)

    tiles = cores(picture.height, picture.width, BLOCK * n)
    count = workers or min(4, os.cpu_count() or 1)
    found = [find for part in spread(work, tiles, count) for find in part]
    if not found:
        return []
    kept = best_of_overlapping(
        np.array([upright(f.box) for f in found]), np.array([f.log_odds for f in found]), OVERLAP_SHARE
    )
    return [found[i] for i in kept]


def window_of(picture: Picture, detector: Detector, core: tuple[int, int, int, int]) -> Box:
    """The window to read for a core: widened by the longest ship, but no more than half a block."""
    n = detector.reduction
    margin = min(BLOCK // 2, detector.limits.max_side_px + 16) * n
    return Box(
        col0=max(0, core[0] - margin),
        row0=max(0, core[1] - margin),
        col1=min(picture.width, core[2] + margin),
        row1=min(picture.height, core[3] + margin),
    )


def _search_block(
    picture: Picture, detector: Detector, model: ScoreModel, core: tuple[int, int, int, int]
) -> list[Find]:
    window = window_of(picture, detector, core)
    candidates = detector.candidates(window)
    if not candidates:
        return []
    log_odds = model.log_odds(feature_table(candidates))
    likely = np.flatnonzero(log_odds > LEAST_LOG_ODDS)
    candidates, log_odds = [candidates[i] for i in likely], log_odds[likely]
    kept = best_of_overlapping(upright_boxes(candidates), log_odds, OVERLAP_SHARE)
    finds = [_placed(candidates[i], float(log_odds[i]), window, detector.reduction, picture) for i in kept]
    return [f for f in finds if core[0] <= f.box.col < core[2] and core[1] <= f.box.row < core[3]]


def _placed(candidate: Candidate, log_odds: float, window: Box, n: int, picture: Picture) -> Find:
    """A candidate in pixels of the picture, inside it."""
    box = candidate.box
    shrink = candidate.region.shrink
    perimeter = 2 * (candidate.shape.length + candidate.shape.beam)
    edge = candidate.shape.area * (1 / shrink - 1) / perimeter if shrink > 0 else 1.0
    return Find(
        box=OrientedBox(
            col=float(np.clip(box.col * n + window.col0, 0, picture.width - 1e-6)),
            row=float(np.clip(box.row * n + window.row0, 0, picture.height - 1e-6)),
            length_px=(box.length_px[0] * n, box.length_px[1] * n),
            beam_px=(box.beam_px[0] * n, box.beam_px[1] * n),
        ),
        log_odds=log_odds,
        edge_px=n * float(np.clip(edge, 0.3, 3.0)),
        flags=_flags(candidate, window, n, picture),
    )


def _flags(candidate: Candidate, window: Box, n: int, picture: Picture) -> tuple[str, ...]:
    """The candidate's flags; ``clipped`` only where the picture ends, not where the block does."""
    region = candidate.region
    height, width = region.mask.shape
    at_edge = (
        region.col0 * n + window.col0 == 0
        or region.row0 * n + window.row0 == 0
        or (region.col0 + width + 1) * n + window.col0 > picture.width
        or (region.row0 + height + 1) * n + window.row0 > picture.height
    )
    return tuple(sorted({f for f in candidate.flags if f != "clipped"} | ({"clipped"} if at_edge else set())))
