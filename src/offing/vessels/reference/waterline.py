"""Where a hull meets the water: the straight foot of a silhouette, which also says how the picture is tilted."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
_NEAR = 0.012
"""Columns whose foot lies this near to the line, part of the span, lie on it."""
_RAKED = 0.12
"""Share of a hull's columns whose foot may lie higher, at bow and stern, without counting against it."""


class Foot(NamedTuple):
    """The waterline of a silhouette."""

    row: float
    """At the middle column of the silhouette."""
    tilt_deg: float
    """Clockwise."""
    straight: float
    """0–1: share of the hull's columns that lie on it, what may be raked left out."""


def foot_of(mask: Mask) -> Foot:
    """The line that most columns' lowest pixels lie on, of a mask with at least two columns that hold any."""
    columns = np.flatnonzero(mask.any(axis=0))
    lowest = mask.shape[0] - 1 - np.argmax(mask[::-1, columns], axis=0)
    span = float(columns[-1] - columns[0] + 1)
    slope, height = _fitted(columns, lowest.astype(np.float64), span)
    off = np.abs(lowest - (slope * columns + height))
    share = float(np.mean(off <= max(1.5, _NEAR * span)))
    middle = 0.5 * (columns[0] + columns[-1])
    return Foot(
        row=slope * middle + height + 1.0,
        tilt_deg=float(np.rad2deg(np.arctan(slope))),
        straight=min(1.0, share / (1.0 - _RAKED)),
    )


def _fitted(columns: NDArray[Any], lowest: NDArray[np.float64], span: float) -> tuple[float, float]:
    """(slope, height at column 0): the line through two columns that most columns lie near, then by least squares."""
    at = np.linspace(0, len(columns) - 1, min(len(columns), 41)).astype(int)
    near = max(1.5, _NEAR * span)
    best, found = -1.0, (0.0, float(np.median(lowest)))
    for i, a in enumerate(at):
        for b in at[i + 8 :]:
            slope = (lowest[b] - lowest[a]) / (columns[b] - columns[a])
            if abs(slope) > 0.2:
                continue
            line = slope * columns + lowest[a] - slope * columns[a]
            count = float(np.sum(np.abs(lowest - line) <= near))
            if count > best:
                best, found = count, (float(slope), float(lowest[a] - slope * columns[a]))
    on = np.abs(lowest - (found[0] * columns + found[1])) <= near
    if on.sum() < 8:
        return found
    slope, height = np.polyfit(columns[on], lowest[on], 1)
    return float(slope), float(height)


def levelled_mask(mask: Mask, foot: Foot) -> Mask:
    """The mask turned until its foot lies level, with nothing left below the foot."""
    import cv2

    rows, cols = mask.shape
    columns = np.flatnonzero(mask.any(axis=0))
    middle = 0.5 * float(columns[0] + columns[-1])
    out = mask
    if abs(foot.tilt_deg) > 0.02:
        turn = cv2.getRotationMatrix2D((middle, foot.row), foot.tilt_deg, 1.0)
        grey = cv2.warpAffine(mask.astype(np.float32), turn, (cols, rows), flags=cv2.INTER_LINEAR)
        out = np.asarray(grey > 0.5, np.bool_)
    cut = out.copy()
    cut[min(rows, max(1, round(foot.row))) :] = False
    return cut
