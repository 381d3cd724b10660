"""Detections that lie on land, by the water mask of the picture itself, and nowhere near water.

There is no shore buffer: a ship at a quay, in a dock or rafted with others stays. What is dismissed lies with its whole
box further inland than the mask can be wrong, in ground that is as bright as land is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.dismissal.ground import cell_m, cells_at, outline
from offing.vessels.detection.dismissal.interference import Band
from offing.vessels.detection.dismissal.model import Call, Calls, RadarScene
from offing.vessels.model import Detection

BEAM_M = 65.0
"""The beam of the largest ships: a mask that takes a ship for land moves the water away by no more than this."""
RAFTED = 2.0
"""Ships side by side that the mask may take for land together."""
MASK_CELLS = 2.5
"""Cells by which the mask's outline may be wrong: it is made of medians over 5 × 5 cells."""


def land(found: Sequence[Detection], scene: RadarScene, spoilt: Sequence[Band]) -> Calls:
    """Calls by index: dismissed where even the nearest point of the box lies ``reach`` metres from water or more.

    What lies in a band of interference is not judged: the mask takes its raised sea for land.
    """
    side = cell_m(scene)
    if scene.water is None or side is None or scene.water.cells.all():
        return {}
    side = side / scene.coarse.factor * scene.water.factor
    inland = inland_m(scene.water.cells, side)
    reach = RAFTED * BEAM_M + MASK_CELLS * side
    calls: Calls = {}
    for i, detection in enumerate(found):
        cols, rows = outline(detection.box)
        if any(band.holds(cols, rows).any() for band in spoilt):
            continue
        nearest = float(inland[cells_at(cols, rows, scene.water.factor, inland.shape)].min())
        if nearest > reach:
            calls[i] = Call(
                flag="land",
                reason=f"on land: its whole outline lies {nearest:.0f} m or more from the nearest water, further than "
                f"the water mask may be wrong ({reach:.0f} m)",
            )
    return calls


def inland_m(water: NDArray[np.bool_], side_m: float) -> NDArray[np.float32]:
    """(cell rows, cell cols) metres from each cell's middle to the nearest water's edge, 0 on water."""
    import cv2

    if not water.any():
        return np.zeros(water.shape, np.float32)  # a picture without any water has no shore to be far from
    away = cv2.distanceTransform((~water).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(np.maximum(away - 0.5, 0) * side_m, np.float32)
