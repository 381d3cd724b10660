"""Detections in optical pictures that lie on a cloud or far from any water, and those near a cloud's edge.

Bright roofs and snow look like clouds, and Sentinel-2's own classes take bright ships for some: what lies on a cloud is
dismissed only where the ground around it is cloud as well, so that a ship with water beside it stays. There is no shore
buffer: what lies on land must lie further from water than a dock is wide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.dismissal.dismiss import called
from offing.vessels.detection.dismissal.ground import cells_at, outline
from offing.vessels.detection.dismissal.land import inland_m
from offing.vessels.detection.dismissal.model import Call, Calls
from offing.vessels.detection.optical_cover import Cover
from offing.vessels.model import Detection

ON_CLOUD, CLOUDED = 0.5, 0.8
"""Least share of cloud in the outline, and in the ground around it."""
AROUND_M = 150.0
"""How far around."""
NEAR_CLOUD_M = 200.0
LAND_M = 60.0
"""Whatever lies further from water with its whole outline lies on land …"""
CELLS_OFF = 1.5
"""… and by how many cells that is uncertain."""
NEAR_LAND_M = 60.0


def dismiss_by_cover(found: Sequence[Detection], cover: Cover) -> tuple[tuple[Detection, ...], tuple[Detection, ...]]:
    """(ships, dismissed), each in the order of ``found``. Pure; a rule that lacks what it needs says nothing."""
    if cover.cell_m is None or not found:
        return tuple(found), ()
    answers = [_clouds(found, cover, cover.cell_m), _near_clouds(found, cover, cover.cell_m)]
    answers += [_land(found, cover, cover.cell_m), _near_land(found, cover, cover.cell_m)]
    return called(found, answers)


def _clouds(found: Sequence[Detection], cover: Cover, cell_m: float) -> Calls:
    if cover.cloud is None or not cover.cloud.any():
        return {}
    reach = max(1, round(AROUND_M / cell_m))
    calls: Calls = {}
    for i, detection in enumerate(found):
        rows, cols = _cells(detection, cover.factor, cover.cloud.shape)
        top, left = max(0, int(rows.min()) - reach), max(0, int(cols.min()) - reach)
        around = cover.cloud[top : int(rows.max()) + reach + 1, left : int(cols.max()) + reach + 1]
        share = float(cover.cloud[rows, cols].mean())
        if share >= ON_CLOUD and float(around.mean()) >= CLOUDED:
            reason = (
                f"on a cloud by {cover.basis}: {share:.0%} of its outline, {around.mean():.0%} of the ground around"
            )
            calls[i] = Call(flag="cloud", reason=reason)
    return calls


def _near_clouds(found: Sequence[Detection], cover: Cover, cell_m: float) -> Calls:
    """Near a cloud or in its shadow: what is seen there is less sure."""
    masks = [m for m in (cover.cloud, cover.shadow) if m is not None and m.any()]
    if not masks:
        return {}
    near = _within(np.logical_or.reduce(masks), cell_m, NEAR_CLOUD_M)
    return {i: Call(flag="near-cloud") for i, d in enumerate(found) if near[_cells(d, cover.factor, near.shape)].any()}


def _land(found: Sequence[Detection], cover: Cover, cell_m: float) -> Calls:
    if cover.wet is None or not cover.wet.any():
        return {}
    inland, reach = inland_m(cover.wet, cell_m), LAND_M + CELLS_OFF * cell_m
    calls: Calls = {}
    for i, detection in enumerate(found):
        nearest = float(inland[_cells(detection, cover.factor, inland.shape)].min())
        if nearest > reach:
            reason = f"on land: its whole outline lies {nearest:.0f} m or more from the nearest sizeable water"
            calls[i] = Call(flag="land", reason=reason)
    return calls


def _near_land(found: Sequence[Detection], cover: Cover, cell_m: float) -> Calls:
    if cover.afloat is None or cover.afloat.all() or not cover.afloat.any():
        return {}
    near = _within(~cover.afloat, cell_m, NEAR_LAND_M)
    return {i: Call(flag="near-land") for i, d in enumerate(found) if near[_cells(d, cover.factor, near.shape)].any()}


def _within(mask: NDArray[np.bool_], cell_m: float, metres: float) -> NDArray[np.bool_]:
    return np.asarray(inland_m(mask, cell_m, nothing=math.inf) <= metres)


def _cells(detection: Detection, factor: int, shape: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(cell rows, cell cols) of points all over the outline."""
    cols, rows = outline(detection.box)
    return cells_at(cols, rows, factor, (shape[0], shape[1]))
