"""What a region looks like: its size, its form, and how it stands out from what lies around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.kernels import distance_to
from offing.vessels.detection.regions import Region


class Form(Record, frozen=True):
    """Size and direction of a region by its second moments, in pixels."""

    col: float
    """Centre, GDAL pixel coordinates."""
    row: float
    length: float
    """Of the rectangle with the same second moments."""
    beam: float
    angle: float
    """Radians from the column axis towards the row axis, of the long side."""
    area: float
    fill: float
    """Area over length × beam: about 1 for a rectangle or an ellipse, less for a cross, a bow or a scatter."""
    solidity: float
    """Area over that of the convex hull, at most about 1."""


def form(region: Region) -> Form:
    """The form of a region; a single pixel has length and beam 1."""
    import cv2

    rows, cols = np.nonzero(region.mask)
    area = float(len(rows))
    dc, dr = cols - cols.mean(), rows - rows.mean()
    cc, rr, cr = float(dc @ dc) / area + 1 / 12, float(dr @ dr) / area + 1 / 12, float(dc @ dr) / area
    half, root = (cc + rr) / 2, float(np.hypot((cc - rr) / 2, cr))
    length, beam = np.sqrt(12 * (half + root)), np.sqrt(12 * max(half - root, 1 / 24))
    points = np.column_stack([cols, rows]).astype(np.float32)
    steps = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    corners = (points[:, None] + steps).reshape(-1, 2)
    hull = float(cv2.contourArea(cv2.convexHull(corners)))
    return Form(
        col=region.col0 + float(cols.mean()) + 0.5,
        row=region.row0 + float(rows.mean()) + 0.5,
        length=float(length),
        beam=float(beam),
        angle=0.5 * float(np.arctan2(2 * cr, cc - rr)),
        area=area,
        fill=area / float(length * beam),
        solidity=area / hull,
    )


class Surroundings(Record, frozen=True):
    """Pixel indices of a region, of a ring around it, and of the wider window, in the array it was cut from."""

    window: tuple[slice, slice]
    """(rows, cols) of the crop that the masks below cover."""
    inside: NDArray[np.bool_]
    ring: NDArray[np.bool_]
    """Around the region, a pixel or two away from it (the edge is mixed), about half a beam wide."""
    near: NDArray[np.bool_]
    """Everything in the window but the region and the pixels that touch it."""
    clipped: bool
    """The region touches the edge of the array."""


def surroundings(region: Region, shape: Form, array: tuple[int, int]) -> Surroundings:
    """The ring and window around ``region`` in an array of (rows, cols) ``array``."""
    guard = 1 if shape.beam < 6 else 2
    width = int(np.clip(round(shape.beam / 2), 2, 12))
    reach = guard + max(width, int(np.clip(round(shape.length / 2), 4, 60)))
    height, wide = region.mask.shape
    row0, col0 = max(0, region.row0 - reach), max(0, region.col0 - reach)
    row1, col1 = min(array[0], region.row0 + height + reach), min(array[1], region.col0 + wide + reach)
    inside = np.zeros((row1 - row0, col1 - col0), np.bool_)
    top, left = region.row0 - row0, region.col0 - col0
    inside[top : top + height, left : left + wide] = region.mask
    away = distance_to(inside)
    clipped = region.row0 == 0 or region.col0 == 0 or region.row0 + height == array[0] or region.col0 + wide == array[1]
    return Surroundings(
        window=(slice(row0, row1), slice(col0, col1)),
        inside=inside,
        ring=(away > guard) & (away <= guard + width),
        near=away > guard,
        clipped=clipped,
    )


def sides(shape: Form, around: Surroundings, water: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Share of water (0–1) along the wetter long side, the drier long side, and beyond the two ends.

    ``water``: (rows, cols) of the whole array. A ship at the quay has water along one side, a ship at anchor
    everywhere.
    """
    rows, cols = np.nonzero(around.ring)
    if not len(rows):
        return 0.0, 0.0, 0.0
    wet = water[around.window][rows, cols]
    dc = cols + around.window[1].start + 0.5 - shape.col
    dr = rows + around.window[0].start + 0.5 - shape.row
    along = dc * np.cos(shape.angle) + dr * np.sin(shape.angle)
    across = dr * np.cos(shape.angle) - dc * np.sin(shape.angle)
    beside = np.abs(along) <= shape.length / 2
    shares = [float(wet[part].mean()) if part.any() else 0.0 for part in (beside & (across > 0), beside & (across < 0))]
    ends = float(wet[~beside].mean()) if (~beside).any() else 0.0
    return max(shares), min(shares), ends
