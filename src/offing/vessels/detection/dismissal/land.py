"""Detections that lie on land, by the water mask of the picture itself, and nowhere near water.

There is no shore buffer: a ship at a quay, in a dock or rafted with others stays. What is dismissed lies with its whole
box further inland than the mask can be wrong, and not beside dark ground that may be a channel or a dock: those are
narrower than what the mask, made of medians, can hold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.dismissal.ground import cell_m, cells_at, outline, water_cells
from offing.vessels.detection.dismissal.interference import Band
from offing.vessels.detection.dismissal.model import Call, Calls, RadarScene
from offing.vessels.model import Detection

BEAM_M = 65.0
"""The beam of the largest ships: a mask that takes a ship for land moves the water away by no more than this."""
RAFTED = 2.0
"""Ships side by side that the mask may take for land together."""
MASK_CELLS = 2.5
"""Cells by which the mask's outline may be wrong: it is made of medians over 5 × 5 cells."""

CONTRAST_DB = 4.0
"""Land that is no more than this over the water does not stand out of it; the mask asks for the same."""
CHANNEL_M2 = 20_000.0
"""A dark patch of this size may be water that the mask lost: 200 m of a channel 100 m wide …"""
BESIDE_CELLS = 2.0
"""… and a ship lies in it or at its edge, no more than so many cells away."""


def land(found: Sequence[Detection], scene: RadarScene, spoilt: Sequence[Band]) -> Calls:
    """Calls by index: dismissed where even the nearest point of the box lies ``reach`` metres from water or more.

    What lies in a band of interference is not judged: the mask takes its raised sea for land.
    """
    side = cell_m(scene)
    if scene.water is None or side is None or scene.water.cells.all():
        return {}
    side = side / scene.coarse.factor * scene.water.factor
    inland, channels = inland_m(scene.water.cells, side), channels_m(scene)
    reach = RAFTED * BEAM_M + MASK_CELLS * side
    calls: Calls = {}
    for i, detection in enumerate(found):
        cols, rows = outline(detection.box)
        if any(band.holds(cols, rows).any() for band in spoilt):
            continue
        nearest = float(inland[cells_at(cols, rows, scene.water.factor, inland.shape)].min())
        beside = float(channels[cells_at(cols, rows, scene.coarse.factor, channels.shape)].min())
        if nearest > reach and beside > BESIDE_CELLS * scene.coarse.factor * math.sqrt(
            math.prod(scene.gsd_m or (1, 1))
        ):
            calls[i] = Call(
                flag="land",
                reason=f"on land: its whole outline lies {nearest:.0f} m or more from the nearest water, further than "
                f"the water mask may be wrong ({reach:.0f} m), and not beside a channel",
            )
    return calls


def channels_m(scene: RadarScene) -> NDArray[np.float32]:
    """(cell rows, cell cols) metres to the nearest patch that is darker than midway between water and land.

    Medians over 3 × 3 cells hold what is two cells wide. Where land is no brighter than water nothing can be told, and
    all of it counts as such a patch.
    """
    import cv2

    side, values = cell_m(scene), scene.coarse.values
    assert side is not None
    known = np.isfinite(values).all(axis=0)
    with np.errstate(invalid="ignore"):
        decibels = (10 * np.log10(np.maximum(values, np.float32(1e-9)))).mean(axis=0)
    decibels = np.asarray(cv2.medianBlur(np.where(known, decibels, np.float32(0)).astype(np.float32), 3), np.float32)
    wet = water_cells(scene)
    if not (wet & known).any() or not (~wet & known).any():
        return np.zeros(known.shape, np.float32)
    sea, ground = (float(np.median(decibels[which & known])) for which in (wet, ~wet))
    if ground - sea < CONTRAST_DB:
        return np.zeros(known.shape, np.float32)
    dark = (known & (decibels < (sea + ground) / 2)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] * side * side >= CHANNEL_M2
    large[0] = False
    return inland_m(np.asarray(large[labels]), side, nothing=math.inf)


def inland_m(water: NDArray[np.bool_], side_m: float, nothing: float = 0.0) -> NDArray[np.float32]:
    """(cell rows, cell cols) metres from each cell's middle to the nearest water's edge, 0 on water.

    ``nothing``: the answer where there is no water at all; 0, as a picture without any has no shore to be far from.
    """
    import cv2

    if not water.any():
        return np.full(water.shape, nothing, np.float32)
    away = cv2.distanceTransform((~water).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(np.maximum(away - 0.5, 0) * side_m, np.float32)
