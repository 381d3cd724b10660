"""How far a ship reaches in a radar picture: profiles along and across it, cut where they sink towards the clutter.

Every band is set to its clutter first, so that the picture's unit does not matter; the picture is freed of the point
spread, and the ship's axis found again from what is left. The profile along it is cut a fixed number of decibels above
the clutter, or less far up where the ship is faint.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.reading import Picture
from offing.records import Record
from offing.vessels.measurement.deblurring import OVERSAMPLING, deblurred
from offing.vessels.measurement.radar_window import radar_window, within
from offing.vessels.model import OrientedBox

F64 = NDArray[np.float64]

CUTS_DB = (9.0, 11.0, 13.0)
"""Where the profile is cut, above the clutter; what the cuts give is averaged."""
BELOW_SHIP_DB = 3.0
"""A cut lies this far below the ship's middle brightness at least."""
DIP_DB = 2.0
"""A profile that dips by less below the cut, and rises above it again, still shows the same ship."""
RUNS_ON, RUNS_ON_PX = 0.3, 6.0
"""Brightness this share of the box' half length, and so many averaged pixels more, beyond the box is no ship's."""
LARGEST_PX = 32.0
"""Longer ships are looked at in pixels averaged to no more than so many along them."""
_STEP_PX = 0.25
_GAP_PX = 2.5
"""A stretch of clutter this long between two bright ones, in pixels, parts two bodies …"""
_GAP_M = 25.0
"""… if it is this long on the ground: a tanker's deck may be dark in fine pixels."""
_GAP_DB = 3.0


class Trace(Record, frozen=True):
    """What the pixels under a box tell of a ship, in pixels of the picture."""

    box: OrientedBox
    """Centre and axis found again; the ends of ``length_px`` where the profile is cut, the sides at ``beam_px``."""
    reach_px: float
    """Between the two cuts, in pixels as averaged."""
    spread_px: float
    """Breadth of the rectangle that has the second moment of the amplitude across the ship, in pixels as averaged."""
    averaged: int
    """How many pixels of the picture one averaged pixel is wide."""
    above_db: float
    """The ship's middle brightness above the clutter."""
    slant: float
    """0 where the axis runs along or across the picture, 1 where it is at 45°."""
    whole_px: float
    """Between the outermost cuts, other bodies in line included, in pixels as averaged; ``reach_px`` where none is."""
    cut_off: bool
    """True: an end lies where the data or the picture ends."""
    runs_on: bool
    """True: what is bright goes on far beyond the box, as at a quay; the cuts are not the ship's."""
    beside_db: float
    """Brightness above the clutter of what lies beside the ship, on the brighter side: a quay, another ship."""


def trace(picture: Picture, box: OrientedBox, pixel_m: float) -> Trace | None:
    """The ship under ``box``, whose pixels are ``pixel_m`` ground metres along it; None where nothing can be seen."""
    step = max(1, math.ceil(2 * math.hypot(*box.length_px) / LARGEST_PX))
    seen = radar_window(picture, box, step)
    if seen is None:
        return None
    power, known, col0, row0 = seen
    placed = within(box, col0, row0, step)
    bright = deblurred(power, _flight_is_rows(picture)).astype(np.float64)
    centre, axis = _axis(bright, placed)
    half, side = math.hypot(*placed.length_px), math.hypot(*placed.beam_px)
    along, across = _profiles(bright, centre, axis, half, side)
    middle = _middle(along, half)
    cuts = [(level, _ends(along, half, level)) for level in _levels(middle)]
    pairs = [(ends, _main_body(along, ends, level, pixel_m * step)) for level, ends in cuts if ends is not None]
    if not pairs:
        return None
    ends, kept = (_mean([pair[i] for pair in pairs]) for i in (0, 1))
    reach = kept[1] - kept[0]
    spread = _breadth(across, side)
    beside = _beside(across, side)
    return Trace(
        box=_placed(centre, axis, kept, spread, (col0, row0, step)),
        reach_px=reach,
        spread_px=spread,
        averaged=step,
        above_db=10.0 * math.log10(max(middle, 1e-3)),
        slant=float(2.0 * axis[0] * axis[1]) ** 2,
        whole_px=ends[1] - ends[0],
        cut_off=_cut_off(known, centre, axis, kept),
        runs_on=max(-kept[0], kept[1]) > (1.0 + RUNS_ON) * half + RUNS_ON_PX,
        beside_db=10.0 * math.log10(max(beside, 1e-3)),
    )


def _levels(middle: float) -> tuple[float, ...]:
    return tuple(min(10.0 ** (cut / 10.0), middle * 10.0 ** (-BELOW_SHIP_DB / 10.0)) for cut in CUTS_DB)


def _mean(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    low, high = np.mean(pairs, axis=0)
    return float(low), float(high)


def _flight_is_rows(picture: Picture) -> bool:
    """True where nothing is known: satellites fly close to north or south, and pictures come that way."""
    if not picture.radars:
        return True
    col, row = picture.radars[0].azimuth_px
    return abs(row) >= abs(col)


def _cut_off(known: NDArray[np.bool_], centre: F64, axis: F64, ends: tuple[float, float]) -> bool:
    """Whether there are no data a pixel beyond either end."""
    for end, way in zip(ends, (-1.0, 1.0), strict=True):
        col, row = np.floor(centre + (end + way) * axis).astype(int)
        if not (0 <= row < known.shape[0] and 0 <= col < known.shape[1] and known[row, col]):
            return True
    return False


def _axis(bright: F64, box: OrientedBox, rounds: int = 3) -> tuple[F64, F64]:
    """(centre, unit vector along the axis) in (col, row) pixels from second moments of the decibels near the box."""
    half, side = math.hypot(*box.length_px), max(math.hypot(*box.beam_px), 1.0)
    centre, axis = np.array([box.col, box.row]), np.array(box.length_px) / max(half, 1e-9)
    weight = np.log(np.maximum(bright / 8.0, 1.0))
    rows, cols = np.nonzero(weight)
    if rows.size < 3:
        return centre, axis
    at, weight = (np.column_stack([cols, rows]) + 0.5) / OVERSAMPLING, weight[rows, cols]
    for _ in range(rounds):
        off = at - centre
        t, s = off @ axis, off @ np.array([-axis[1], axis[0]])
        beyond = np.maximum(np.abs(t) - half - 1.0, 0.0) ** 2 + np.maximum(np.abs(s) - side - 0.5, 0.0) ** 2
        w = weight * np.exp(-2.0 * beyond)
        if w.sum() <= 0.0:
            return centre, axis
        centre = (w @ at) / w.sum()
        off = at - centre
        turned = 0.5 * math.atan2(2 * float(w @ (off[:, 0] * off[:, 1])), float(w @ (off[:, 0] ** 2 - off[:, 1] ** 2)))
        found = np.array([math.cos(turned), math.sin(turned)])
        axis = found if found @ axis >= 0.0 else -found
    return centre, axis


def _profiles(bright: F64, centre: F64, axis: F64, half: float, side: float) -> tuple[F64, F64]:
    """((n, 2) distance along the axis and mean brightness above clutter, the same across it)."""
    reach, wide = 1.6 * half + 8.0, max(2.0 * side, 3.0) + 6.0
    t = np.arange(-reach, reach + 1e-9, _STEP_PX)
    s = np.arange(-wide, wide + 1e-9, _STEP_PX)
    core = s[np.abs(s) <= max(side, 1.5) + 0.5]
    along = np.maximum(_sampled(bright, centre, axis, t, core) - 1.0, 0.0).mean(axis=0)
    hull = t[np.abs(t) <= max(0.7 * half, 0.5)]
    across = np.maximum(_sampled(bright, centre, axis, hull, s) - 1.0, 0.0).mean(axis=1)
    return np.column_stack([t, _smooth(along)]), np.column_stack([s, _smooth(across)])


def _smooth(profile: F64) -> F64:
    """Averaged over about a pixel."""
    return np.asarray(np.convolve(profile, np.ones(5) / 5.0, "same"), np.float64)


def _sampled(bright: F64, centre: F64, axis: F64, t: F64, s: F64) -> F64:
    """(len(s), len(t)) brightness at these distances, between samples by the four around; 0 outside."""
    col = (centre[0] + t[None, :] * axis[0] - s[:, None] * axis[1]) * OVERSAMPLING - 0.5
    row = (centre[1] + t[None, :] * axis[1] + s[:, None] * axis[0]) * OVERSAMPLING - 0.5
    padded = np.pad(bright, 1)
    col = np.clip(col + 1.0, 0.0, padded.shape[1] - 1.001)
    row = np.clip(row + 1.0, 0.0, padded.shape[0] - 1.001)
    c, r = col.astype(np.intp), row.astype(np.intp)
    fc, fr = col - c, row - r
    flat, width = padded.ravel(), padded.shape[1]
    i = r * width + c
    top = flat[i] * (1 - fc) + flat[i + 1] * fc
    bottom = flat[i + width] * (1 - fc) + flat[i + width + 1] * fc
    return np.asarray(top * (1 - fr) + bottom * fr, np.float64)


def _inside(half: float) -> float:
    """How far from its middle a box is sure to hold ship, which its ends are not."""
    return max(0.8 * half, half - 2.0, 0.5)


def _middle(along: F64, half: float) -> float:
    """Geometric mean of the brightness over the hull, clutter 1."""
    hull = along[np.abs(along[:, 0]) <= _inside(half), 1]
    return float(np.exp(np.mean(np.log(np.maximum(hull, 0.1)))))


def _ends(along: F64, half: float, level: float) -> tuple[float, float] | None:
    """Where the profile is cut: outwards from the outermost bright samples of the hull, over dips that do not reach
    the clutter, to the last sample that is as bright again.
    """
    t, p = along[:, 0], along[:, 1]
    bright = np.flatnonzero((np.abs(t) <= _inside(half)) & (p >= level))
    if bright.size == 0:
        return None
    return _crossing(t, p, level, int(bright[0]), -1), _crossing(t, p, level, int(bright[-1]), 1)


def _crossing(t: F64, p: F64, level: float, start: int, step: int) -> float:
    last = i = start
    while 0 <= i < len(p) and p[i] >= level * 10.0 ** (-DIP_DB / 10.0):
        last = i if p[i] >= level else last
        i += step
    beyond = last + step
    if not 0 <= beyond < len(p):
        return float(t[last])
    share = (p[last] - level) / (p[last] - p[beyond])
    return float(t[last] + share * (t[beyond] - t[last]))


def _main_body(along: F64, ends: tuple[float, float], level: float, pixel_m: float) -> tuple[float, float]:
    """The ends of the brightest of the bodies that long stretches of clutter part, or ``ends`` where it is one."""
    inside = along[(along[:, 0] >= ends[0]) & (along[:, 0] <= ends[1])]
    dark = inside[:, 1] < min(10.0 ** (_GAP_DB / 10.0), 0.5 * level)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(int)))
    least = max(_GAP_PX, _GAP_M / pixel_m)
    gaps = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if (b - a) * _STEP_PX >= least]
    cuts = [0, *(i for gap in gaps for i in gap), len(inside)]
    bodies = [inside[a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True) if b > a]
    if len(bodies) < 2:
        return ends
    main = max(bodies, key=lambda body: float(body[:, 1].sum()))
    return float(main[0, 0]), float(main[-1, 0])


def _breadth(across: F64, side: float) -> float:
    """√12 times the standard deviation of the amplitude across the ship: a rectangle's breadth."""
    near = across[np.abs(across[:, 0]) <= 1.5 * max(side, 1.5) + 1.0]
    weight = np.sqrt(near[:, 1]) + 1e-9
    mean = (weight @ near[:, 0]) / weight.sum()
    return math.sqrt(12.0 * float(weight @ (near[:, 0] - mean) ** 2 / weight.sum()))


def _beside(across: F64, side: float) -> float:
    """Mean brightness over clutter between 2.5 and 6 pixels from the box' side, on the brighter side."""
    off = across[:, 0]
    strips = [(way * off > max(side, 1.5) + 2.5) & (way * off <= max(side, 1.5) + 6.0) for way in (-1.0, 1.0)]
    return max(float(across[strip, 1].mean()) if strip.any() else 0.0 for strip in strips)


def _placed(
    centre: F64, axis: F64, ends: tuple[float, float], breadth: float, window: tuple[int, int, int]
) -> OrientedBox:
    """The ship as a box in pixels of the picture, its length pointing as the box' did."""
    col0, row0, step = window
    middle = centre + 0.5 * (ends[0] + ends[1]) * axis
    half, side = 0.5 * (ends[1] - ends[0]) * step, 0.5 * breadth * step
    return OrientedBox(
        col=float(col0 + middle[0] * step),
        row=float(row0 + middle[1] * step),
        length_px=(float(half * axis[0]), float(half * axis[1])),
        beam_px=(float(-side * axis[1]), float(side * axis[0])),
    )
