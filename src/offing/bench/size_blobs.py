"""What plain methods make of a ship in radar: the pixels above a threshold, and boxes around them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.records import Record

ABOVE_DB = 11.0
"""The threshold over the median of the chip; the same as the middle one of the tracer's cuts."""


class BlobSizes(Record, frozen=True):
    """(length, beam) in pixels by three methods."""

    upright: tuple[float, float]
    """Longer and shorter side of the box along rows and columns."""
    least_area: tuple[float, float]
    """Of the rectangle of least area, any way turned."""
    inertia: tuple[float, float]
    """Axes of the ellipse that has the second moments."""


def blob_sizes(power: NDArray[np.float32], centre: tuple[float, float]) -> BlobSizes | None:
    """The connected bright pixels nearest ``centre`` (col, row); None where there are none."""
    import cv2
    from scipy import ndimage

    clean = np.nan_to_num(power)
    level = np.median(clean[clean > 0]) * 10.0 ** (ABOVE_DB / 10.0)
    labels, count = ndimage.label(clean > level, structure=np.ones((3, 3)))
    if not count:
        return None
    rows, cols = np.nonzero(labels)
    nearest = int(np.argmin(np.hypot(cols + 0.5 - centre[0], rows + 0.5 - centre[1])))
    own = labels == labels[rows[nearest], cols[nearest]]
    rows, cols = np.nonzero(own)
    wide, high = float(np.ptp(cols)) + 1.0, float(np.ptp(rows)) + 1.0
    corners = np.concatenate([np.column_stack([cols + a, rows + b]) for a in (0, 1) for b in (0, 1)])
    sides = cv2.minAreaRect(corners.astype(np.float32))[1]
    spread = np.cov(np.stack([cols, rows]), bias=True) + np.eye(2) / 12.0
    axes = np.sqrt(np.linalg.eigvalsh(spread)) * 4.0
    return BlobSizes(
        upright=(max(wide, high), min(wide, high)),
        least_area=(float(max(sides)), float(min(sides))),
        inertia=(float(axes[1]), float(math.sqrt(max(axes[0] ** 2, 0.0)))),
    )
