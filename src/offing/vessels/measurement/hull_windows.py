"""A ship and what lies around it, sampled along and across the axis of its box: what is looked at to find its ends.

Windows are counted in samples, not pixels, and are as long as the ship needs: a ship of 60 m at 10 m and one of 300 m
at 1 m fill them alike. They are cut in metres (in pixels where their size is unknown), so that pixels need not be
square on the ground.
"""

from __future__ import annotations

import math

import numpy as np

from offing.imagery.model import Box
from offing.records import Record
from offing.vessels.detection.kernels import F32, F64
from offing.vessels.model import OrientedBox

ALONG, ACROSS = 96, 24
"""Samples of a window."""
ALONG_LENGTHS, ALONG_PX = 0.7, 3.0
"""How far a window reaches from the centre: so many lengths, and pixels more."""
ACROSS_LENGTHS, ACROSS_BEAMS, ACROSS_PX = 0.16, 0.25, 2.5
SLENDER, STOUT = 0.10, 0.35
"""Beam over length that windows are cut for at least and at most."""
DARK, BRIGHT = 5.0, 90.0
"""Percentiles of a window that are shown as 0 and, over all bands, as about 1."""
LEAST_RANGE = 1e-3
TOP = 2.0
"""Brightest value that is shown."""


class Frame(Record, frozen=True):
    """Where a window lies: places are counted from its centre, along and across its axis, on the ground."""

    col: float
    row: float
    """Centre, GDAL's pixel coordinates."""
    angle: float
    """Of the axis on the ground, radians clockwise from right."""
    length: float
    """Of the box that it was cut for, ground units: metres, or pixels where their size is unknown."""
    beam: float
    wide: float
    """Ground units of a pixel along columns."""
    high: float
    """Ground units of a pixel along rows."""
    grain: float
    """Ground units of the pixels that the sensor took, which a map projection may have made more of."""

    @property
    def reach(self) -> float:
        """Half of what the window covers along the axis, ground units."""
        return ALONG_LENGTHS * self.length + ALONG_PX * self.grain

    @property
    def side(self) -> float:
        """Half of what it covers across."""
        beam = min(max(self.beam, SLENDER * self.length), STOUT * self.length)
        return ACROSS_LENGTHS * self.length + ACROSS_BEAMS * beam + ACROSS_PX * self.grain

    @property
    def step_along(self) -> float:
        """Ground units between samples."""
        return 2 * self.reach / ALONG

    @property
    def step_across(self) -> float:
        """Ground units between samples."""
        return 2 * self.side / ACROSS

    def pixels(self, along: F64, across: F64) -> tuple[F64, F64]:
        """(cols, rows) of places in ground units from the centre."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return (
            np.asarray(self.col + (cos * along - sin * across) / self.wide),
            np.asarray(self.row + (sin * along + cos * across) / self.high),
        )

    def box(self, ends: tuple[float, float], sides: tuple[float, float], tangent: float) -> OrientedBox:
        """The box between two ends and two sides (ground units from the centre) whose axis leans by ``tangent``."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        lean = math.hypot(1.0, tangent)
        along, across = (ends[0] + ends[1]) / 2, (sides[0] + sides[1]) / 2
        half, wide = (ends[1] - ends[0]) / 2 * lean, (sides[1] - sides[0]) / 2 / lean
        ahead = (cos - sin * tangent) / lean, (sin + cos * tangent) / lean
        across += tangent * along
        return OrientedBox(
            col=self.col + (cos * along - sin * across) / self.wide,
            row=self.row + (sin * along + cos * across) / self.high,
            length_px=(half * ahead[0] / self.wide, half * ahead[1] / self.high),
            beam_px=(-wide * ahead[1] / self.wide, wide * ahead[0] / self.high),
        )


def frame_of(box: OrientedBox, metres: tuple[float, float], grain: float = 0.0) -> Frame:
    """The frame of a box in pixels of ``metres`` along columns and rows; (1, 1) where they are unknown.

    ``grain``: what the sensor's own pixels measure at least.
    """
    wide, high = metres
    (lc, lr), (bc, br) = box.length_px, box.beam_px
    return Frame(
        col=box.col,
        row=box.row,
        angle=math.atan2(lr * high, lc * wide),
        length=max(2 * math.hypot(lc * wide, lr * high), math.sqrt(wide * high)),
        beam=2 * math.hypot(bc * wide, br * high),
        wide=wide,
        high=high,
        grain=max(grain, math.sqrt(wide * high)),
    )


def cut_of(frame: Frame, width: int, height: int) -> Box | None:
    """The pixels that a window is sampled from; None when it lies outside of the picture."""
    a, c = frame.reach, frame.side
    cols, rows = frame.pixels(np.array([-a, -a, a, a]), np.array([-c, c, -c, c]))
    col0, row0 = max(0, math.floor(cols.min()) - 2), max(0, math.floor(rows.min()) - 2)
    col1, row1 = min(width, math.ceil(cols.max()) + 2), min(height, math.ceil(rows.max()) + 2)
    if col1 - col0 < 2 or row1 - row0 < 2:
        return None
    return Box(col0=col0, row0=row0, col1=col1, row1=row1)


def sampled_window(values: F32, cut: Box, frame: Frame) -> F32:
    """(bands, ALONG, ACROSS) values along the axis, NaN where there are none.

    ``values``: (bands, rows, cols) of ``cut``, NaN where no data. Bilinear; what the samples are too far apart for is
    smoothed before.
    """
    import cv2

    along: F64 = (np.arange(ALONG, dtype=np.float64)[:, None] + 0.5) * frame.step_along - frame.reach
    across: F64 = (np.arange(ACROSS, dtype=np.float64)[None, :] + 0.5) * frame.step_across - frame.side
    at_col, at_row = frame.pixels(along, across)
    cols, rows = (at_col - cut.col0 - 0.5).astype(np.float32), (at_row - cut.row0 - 0.5).astype(np.float32)
    step = 0.5 * (frame.step_along + frame.step_across) / math.sqrt(frame.wide * frame.high)
    blur = 0.5 * math.sqrt(step * step - 1.0) if step > 1.1 else 0.0
    made = np.empty((len(values), ALONG, ACROSS), np.float32)
    for band, out in zip(values, made, strict=True):
        smooth = cv2.GaussianBlur(band, (0, 0), blur) if blur else band
        out[:] = cv2.remap(
            smooth, cols, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=float("nan")
        )
    return made


def shown_window(window: F32, present: tuple[int | None, ...]) -> F32:
    """(planes + 1, ALONG, ACROSS) for the network: square roots over the window's darkest, then where there is data.

    ``window``: (bands, ALONG, ACROSS), NaN where no data; ``present``: for each plane which band it shows, None: zeros.
    """
    known = np.isfinite(window).all(axis=0)
    shown = np.zeros((len(present) + 1, ALONG, ACROSS), np.float32)
    if not known.any():
        return shown
    inside = window[:, known]
    dark = np.percentile(inside, DARK, axis=1).astype(np.float32)
    span = max(float((np.percentile(inside, BRIGHT, axis=1) - dark).mean()), LEAST_RANGE)
    for plane, band in zip(shown, present, strict=False):
        if band is not None:
            over = (window[band] - dark[band]) / np.float32(span)
            plane[:] = np.where(known, np.clip(np.copysign(np.sqrt(np.abs(over)), over), -TOP, TOP), 0)
    shown[-1] = known
    return shown
