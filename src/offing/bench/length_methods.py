"""Plain ways to measure a ship that was found, to compare with."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.imagery.watermasks import otsu
from offing.records import Record
from offing.vessels.detection.boxes import upright
from offing.vessels.model import OrientedBox

PLAIN = ("axis-aligned box", "minimum-area rectangle", "inertia ellipse")
AROUND_PX = 3


class Sizes(Record, frozen=True):
    """What a method says of one ship."""

    length_m: float
    beam_m: float
    axis_deg: float
    """Of the axis, degrees clockwise from the picture's right; or the error of it, 0–90, where a table says so."""


def plain_sizes(picture: Picture, box: OrientedBox) -> dict[str, Sizes]:
    """Method → sizes: the upright box around the oriented one; and the bright blob under it, cut by Otsu's threshold
    in the band that shows ships best (near infrared, else the first), by its minimum-area rectangle and as the
    rectangle with its second moments.
    """
    wide, high = picture.gsd_m or (1.0, 1.0)
    left, top, right, bottom = upright(box)
    across, down = (right - left) * wide, (bottom - top) * high
    made = {PLAIN[0]: Sizes(length_m=max(across, down), beam_m=min(across, down), axis_deg=0 if across > down else 90)}
    blob = _blob(picture, box)
    if blob is None:
        nothing = Sizes(length_m=math.nan, beam_m=math.nan, axis_deg=math.nan)
        return made | dict.fromkeys(PLAIN[1:], nothing)
    points = blob * np.array([wide, high])
    return made | {PLAIN[1]: _rectangle(points, math.sqrt(wide * high)), PLAIN[2]: _inertia(points, wide * high / 12)}


def _blob(picture: Picture, box: OrientedBox) -> NDArray[np.float64] | None:
    """(n, 2) col, row of the pixels of the blob that the box' centre lies in or nearest to."""
    import cv2

    left, top, right, bottom = upright(box)
    window = Box(
        col0=max(0, math.floor(left) - AROUND_PX),
        row0=max(0, math.floor(top) - AROUND_PX),
        col1=min(picture.width, math.ceil(right) + AROUND_PX),
        row1=min(picture.height, math.ceil(bottom) + AROUND_PX),
    )
    if window.width < 2 or window.height < 2:
        return None
    band = next((b for b in ("B08", "nir", "red") if b in picture.bands), picture.bands[0])
    values = picture.read((band,), window)[0]
    known = np.isfinite(values)
    if not known.any() or np.ptp(values[known]) <= 0:
        return None
    limit, _ = otsu(values[known])
    mask = (known & (values > limit)).astype(np.uint8)
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    rows, cols = np.nonzero(mask)
    if not len(rows):
        return None
    nearest = np.argmin(np.hypot(cols + 0.5 + window.col0 - box.col, rows + 0.5 + window.row0 - box.row))
    rows, cols = np.nonzero(labels == labels[rows[nearest], cols[nearest]])
    return np.stack([cols, rows], axis=1).astype(np.float64) + 0.5


def _rectangle(points: NDArray[np.float64], pixel: float) -> Sizes:
    import cv2

    _, (a, b), degrees = cv2.minAreaRect(points.astype(np.float32))
    if a < b:
        a, b, degrees = b, a, degrees + 90.0
    return Sizes(length_m=float(a) + pixel, beam_m=float(b) + pixel, axis_deg=float(degrees))


def _inertia(points: NDArray[np.float64], of_pixel: float) -> Sizes:
    x, y = (points - points.mean(axis=0)).T
    xx, yy, xy = float((x * x).mean()) + of_pixel, float((y * y).mean()) + of_pixel, float((x * y).mean())
    half, lean = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    return Sizes(
        length_m=math.sqrt(12 * (half + lean)),
        beam_m=math.sqrt(12 * max(half - lean, of_pixel)),
        axis_deg=math.degrees(0.5 * math.atan2(2 * xy, xx - yy)),
    )
