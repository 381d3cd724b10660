"""Breakwaters, bridges and pipelines in one picture: longer than any ship, narrow, standing in the water.

They are traced on the coarse cells, where they are a line of bright cells in the sea. What keeps to the shore is left
alone, and so is what shines well above the structure that it touches: that may be a ship alongside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.dismissal.ground import cell_m, cells_at, lowest_median, outline, water_cells
from offing.vessels.detection.dismissal.model import Call, Calls, RadarScene
from offing.vessels.model import Detection

SHIP_M = 460.0
"""Longer than the longest ship ever built (458 m)."""
STRUCTURE_M = 800.0
"""Finger piers are shorter, and ships lie at them."""
NARROW_CELLS = 3.0
"""Mean width of a structure in cells, its spread included."""
OVER_SEA_DB = 4.0
SEA_M = 1500.0
"""Side of the window in which a cell's own sea level is taken."""
SHORE_M = 100.0
"""Bright cells nearer to land belong to the shore and the ships at it."""
SHIP_OVER_DB = 10.0
"""What peaks this far over a structure's own cells may be a ship at it."""
LOBES_DB = 35.0
"""The side lobes of what peaks higher can be as long as a structure: its length is no proof."""
EVEN_DB = 20.0
"""A line whose brightest cell lies further over its median is a ship with its side lobes."""
COARSEST_M = 60.0
"""In coarser cells a breakwater is lost, and ships at anchor run together."""


class Lines(Record, frozen=True, eq=False):
    """Long narrow structures on the coarse cells."""

    labels: NDArray[np.int32]
    """(cell rows, cell cols) number of the structure on each cell, 0 for none."""
    length_m: NDArray[np.float64]
    """By number."""
    level_db: NDArray[np.float64]
    """Median over the sea of its cells, by number."""


def structures(found: Sequence[Detection], scene: RadarScene) -> Calls:
    """Calls by index: ``structure`` for what is longer than a ship or part of a line longer than one."""
    calls: Calls = {}
    for i, detection in enumerate(found):
        bounds = detection.measurement.length_m_90
        if bounds is not None and bounds.low > SHIP_M and scene.peaks.peak_db[i] < LOBES_DB:
            calls[i] = Call(
                flag="structure",
                reason=f"longer than any ship: {bounds.low:.0f} m at least, the longest built was 458 m",
            )
    lines = traced(scene)
    if lines is None:
        return calls
    for i, detection in enumerate(found):
        cols, rows = outline(detection.box)
        under = lines.labels[cells_at(cols, rows, scene.coarse.factor, lines.labels.shape)]
        number = int(np.bincount(under).argmax())
        if number == 0 or i in calls:
            continue
        over = float(scene.peaks.peak_db[i] - lines.level_db[number])
        what = f"a narrow line {lines.length_m[number] / 1000:.1f} km long in the water"
        if over <= SHIP_OVER_DB:
            calls[i] = Call(flag="structure", reason=f"part of {what}, such as a breakwater, pier or bridge")
    return calls


def traced(scene: RadarScene) -> Lines | None:
    """The long narrow structures in the water; None where there are none, or cells are too coarse to tell."""
    import cv2

    side = cell_m(scene)
    if side is None or side > COARSEST_M:
        return None
    over = over_sea(scene, side)
    bright = (over > OVER_SEA_DB) & _off_shore(scene, side)
    # Cells touched diagonally belong together: a line one cell wide runs at any angle.
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bright.astype(np.uint8), connectivity=8)
    length = side * np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]).astype(np.float64)
    width = stats[:, cv2.CC_STAT_AREA] * side * side / np.maximum(length, side)
    long = (length >= STRUCTURE_M) & (width <= NARROW_CELLS * side)
    long[0] = False
    levels = np.array([float(np.median(over[labels == n])) if long[n] else math.nan for n in range(count)])
    for n in np.flatnonzero(long).tolist():
        long[n] = float(over[labels == n].max()) - levels[n] <= EVEN_DB
    if not long.any():
        return None
    return Lines(labels=np.where(long[labels], labels, 0).astype(np.int32), length_m=length, level_db=levels)


def over_sea(scene: RadarScene, side_m: float) -> NDArray[np.float32]:
    """(cell rows, cell cols) dB of each cell over the sea around it, mean of the polarisations; −inf without data.

    The sea's level is the median of the water cells' in windows of ``SEA_M``.
    """
    import cv2

    values = scene.coarse.values
    with np.errstate(divide="ignore", invalid="ignore"):
        decibels = (10 * np.log10(np.maximum(values, np.float32(1e-9)))).mean(axis=0)
    known = np.where(water_cells(scene), decibels, np.float32(np.nan))
    step = max(2, round(SEA_M / side_m))
    rows, cols = (-(-n // step) for n in known.shape)
    padded = np.full((rows * step, cols * step), np.nan, np.float32)
    padded[: known.shape[0], : known.shape[1]] = known
    tiles = padded.reshape(rows, step, cols, step).transpose(0, 2, 1, 3).reshape(rows, cols, step * step)
    level = lowest_median(tiles, axis=2)
    overall = np.float32(np.nanmedian(level)) if np.isfinite(level).any() else np.float32(0)
    level = np.where(np.isfinite(level), level, overall).astype(np.float32)
    sea = cv2.resize(level, (cols * step, rows * step), interpolation=cv2.INTER_LINEAR)
    over = decibels - sea[: known.shape[0], : known.shape[1]]
    return np.asarray(np.where(np.isfinite(over), over, np.float32(-np.inf)), np.float32)


def _off_shore(scene: RadarScene, side_m: float) -> NDArray[np.bool_]:
    """Water cells that are further than ``SHORE_M`` from land."""
    import cv2

    water = water_cells(scene)
    if water.all():
        return water
    away = cv2.distanceTransform(water.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away * side_m > SHORE_M)
