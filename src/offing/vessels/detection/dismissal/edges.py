"""Detections at the edge of the data.

Where data ends inside the picture, the last lines may be bright: resampled border noise (Ali et al. 2018, IEEE
J-STARS 11, on Sentinel-1's), or a step that a threshold takes for a target. Such a thing lies along the edge.
A ship that is cut by an edge, of the data or of the picture, lies across it as often as not, and stays, as clipped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.vessels.detection.dismissal.ground import F64, cells_at, outline
from offing.vessels.detection.dismissal.model import Call, Calls, RadarScene
from offing.vessels.model import Detection

PSF_PX = 3.0
"""How far a point is spread in Sentinel-1's and like products, with the pixel that the edge itself is mixed in."""
ALONG_SHARE = 0.8
"""Part of the long side that must lie at the edge …"""
ELONGATED = 2.5
"""… of a thing this many times longer than wide."""


def edges(found: Sequence[Detection], scene: RadarScene) -> Calls:
    """Calls by index: ``nodata-edge`` for what lies along the edge of the data, ``clipped`` for what it cuts."""
    lacking = _near_lacking(scene)
    calls: Calls = {}
    for i, detection in enumerate(found):
        cols, rows = outline(detection.box)
        if _outside(cols, rows, scene):
            calls[i] = Call(flag="clipped")
        if lacking is None or not lacking[cells_at(cols, rows, scene.coarse.factor, lacking.shape)].any():
            continue
        call = _at_edge(detection, scene)
        if call is not None:
            calls[i] = call
    return calls


def _outside(cols: F64, rows: F64, scene: RadarScene) -> bool:
    """Whether the box reaches to the last pixel of the picture or beyond."""
    return bool(cols.min() < 1 or rows.min() < 1 or cols.max() > scene.width - 1 or rows.max() > scene.height - 1)


def _near_lacking(scene: RadarScene) -> NDArray[np.bool_] | None:
    """Cells from which data may be lacking within the point spread; None: nowhere.

    A cell that lacks only some of its pixels is finite, so the neighbours of cells without any count too.
    """
    import cv2

    empty = np.asarray(~np.isfinite(scene.coarse.values).all(axis=0), np.uint8)
    if not empty.any():
        return None
    reach = 1 + math.ceil(PSF_PX / scene.coarse.factor)
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return np.asarray(cv2.dilate(empty, kernel) > 0)


def _at_edge(detection: Detection, scene: RadarScene) -> Call | None:
    """What is to be said of a detection near cells without data."""
    box = detection.box
    reach = math.ceil(PSF_PX) + 2
    cols, rows = outline(box)
    window = Box(
        col0=int(np.clip(math.floor(cols.min()) - reach, 0, scene.width - 1)),
        row0=int(np.clip(math.floor(rows.min()) - reach, 0, scene.height - 1)),
        col1=int(np.clip(math.ceil(cols.max()) + reach, 1, scene.width)),
        row1=int(np.clip(math.ceil(rows.max()) + reach, 1, scene.height)),
    )
    valid = scene.valid(window)
    if valid.all():
        return None
    share = _share_along(detection, window, valid)
    length, beam = math.hypot(*box.length_px), math.hypot(*box.beam_px)
    if share >= ALONG_SHARE and length >= ELONGATED * beam:
        return Call(
            flag="nodata-edge",
            reason=f"at the edge of the data: {100 * share:.0f} % of its long side lies within {PSF_PX:g} pixels of it",
        )
    return Call(flag="clipped") if share > 0 else None


def _share_along(detection: Detection, window: Box, valid: NDArray[np.bool_]) -> float:
    """Part of the long side nearer to the edge, 0–1, that lies within the point spread of pixels without data."""
    import cv2

    away = cv2.distanceTransform(valid.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    cols, rows = outline(detection.box, along=21, across=2)
    c = np.clip(np.floor(cols) - window.col0, 0, window.width - 1).astype(np.intp)
    r = np.clip(np.floor(rows) - window.row0, 0, window.height - 1).astype(np.intp)
    return float((away[r, c] <= PSF_PX).reshape(2, -1).mean(axis=1).max())
