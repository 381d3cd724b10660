"""Extremal regions: what stays together when a picture is cut at a ladder of levels.

A ship is a region that stands out at some level: at a low one it runs into the quay, at a high one it falls apart
into its bright
spots. So the picture is cut at several levels, every component is a candidate, a score model says which look like a
ship, and of
candidates that overlap only the best stays (compare Matas et al. 2004, MSER; Arteta et al. 2012, learning to detect
on such trees).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.kernels import F32, labelled


class Limits(Record, frozen=True):
    """What a candidate region may measure."""

    min_px: int
    """Least area in pixels."""
    max_px: int
    """Greatest area in pixels."""
    max_side_px: int
    """Greatest side of the upright bounding box in pixels."""
    growth: float = 1.12
    """Cut at the next higher level, a region must have shrunk by this factor to count as another candidate."""


class Region(Record, frozen=True):
    """A connected set of pixels in one array."""

    col0: int
    row0: int
    mask: NDArray[np.bool_]
    """(rows, cols) of the bounding box: True in the region."""
    level: float
    """The level it was cut at, in the array's unit."""
    shrink: float
    """Its area over that of the region around it at the next lower level, 0–1; 0 where there is none."""

    @property
    def area(self) -> int:
        """Pixels in the region."""
        return int(np.count_nonzero(self.mask))


def level_regions(image: F32, levels: Sequence[float], limits: Limits) -> list[Region]:
    """Candidates of ``image`` (rows, cols; NaN is never in a region) cut at rising ``levels``, in a fixed order."""
    found: list[Region] = []
    previous: NDArray[np.int32] | None = None
    previous_area: NDArray[np.int32] = np.zeros(1, np.int32)
    for level in levels:
        mask = (image > level).astype(np.uint8)
        labels, stats, _ = labelled(mask)
        area = stats[:, 4]
        side = np.maximum(stats[:, 2], stats[:, 3])
        wanted = (area >= limits.min_px) & (area <= limits.max_px) & (side <= limits.max_side_px)
        wanted[0] = False
        for k in np.flatnonzero(wanted):
            col0, row0, width, height = (int(v) for v in stats[k, :4])
            crop = labels[row0 : row0 + height, col0 : col0 + width] == k
            around = _area_around(crop, col0, row0, previous, previous_area)
            if around and area[k] * limits.growth > around and around <= limits.max_px:
                continue
            shrink = float(area[k]) / around if around else 0.0
            found.append(Region(col0=col0, row0=row0, mask=crop, level=float(level), shrink=shrink))
        previous, previous_area = labels, area
    return found


def _area_around(
    crop: NDArray[np.bool_], col0: int, row0: int, previous: NDArray[np.int32] | None, area: NDArray[np.int32]
) -> int:
    """Area of the region of the level below that holds this one; 0 at the lowest level."""
    if previous is None:
        return 0
    row, col = divmod(int(np.argmax(crop)), crop.shape[1])
    return int(area[previous[row0 + row, col0 + col]])


def best_of_overlapping(boxes: NDArray[np.float64], scores: NDArray[np.float64], share: float = 0.4) -> list[int]:
    """Indices to keep, best first: of upright boxes that share more than ``share`` of the smaller one only the best.

    ``boxes``: (n, 4) col0, row0, col1, row1. Ties go to the larger box, then to the earlier index.
    """
    if not len(scores):
        return []
    neighbours = _sharing(boxes, share)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    alive = np.ones(len(scores), bool)
    kept: list[int] = []
    for i in np.lexsort((np.arange(len(scores)), -area, -scores)):
        if alive[i]:
            kept.append(int(i))
            alive[neighbours[i]] = False
    return kept


def _sharing(boxes: NDArray[np.float64], share: float) -> list[NDArray[np.int64]]:
    """For every box the indices of those that share more than ``share`` of the smaller of both with it."""
    import shapely

    shapes = shapely.box(boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3])
    one, other = shapely.STRtree(shapes).query(shapes)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    width = np.minimum(boxes[one, 2], boxes[other, 2]) - np.maximum(boxes[one, 0], boxes[other, 0])
    height = np.minimum(boxes[one, 3], boxes[other, 3]) - np.maximum(boxes[one, 1], boxes[other, 1])
    common = np.clip(width, 0, None) * np.clip(height, 0, None)
    sharing = common > share * np.minimum(area[one], area[other])
    one, other = one[sharing], other[sharing]
    order = np.argsort(one, kind="stable")
    return np.split(other[order], np.cumsum(np.bincount(one, minlength=len(boxes)))[:-1])
