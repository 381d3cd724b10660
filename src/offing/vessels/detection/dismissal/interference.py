"""Radio interference: bright bands along range, over a limited stretch of the flight.

Another transmitter's pulses are received by the radar for some of its own. Each spoils whole lines of raw data, so that
after focusing the noise is raised over all ranges of some hundreds or thousands of metres of flight, often in one
polarisation only (Tao et al. 2019, Remote Sensing 11, 2438; Leng, Ji, Kuang 2021, IEEE TGRS 59, on Sentinel-1). Lines
parallel to range are compared with the lines before and after them by medians over kilometres, which ships and their
side lobes do not move, where the ground is as even as the sea. What stands out of such a band only as its own noise
does is dismissed, a bright ship in it stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.radar_geometry import RadarGeometry
from offing.records import Record
from offing.vessels.detection.dismissal.ground import F64, cell_m, lowest_median, placed, water_cells
from offing.vessels.detection.dismissal.model import Call, Calls, RadarScene

F32 = NDArray[np.float32]

SEGMENT_M = (3000.0, 8000.0)
"""Length of the pieces of a line that are judged, at least and at most; two in a row must be raised."""
AROUND_M = 8000.0
"""Flight before and after with which a line is compared: a band wider than this is not seen."""
LEAST_DB, LEAST_SPREADS = 1.5, 6.0
"""A line is raised by this much at least, and by this many times the spread (median absolute deviation) of lines."""
WATER_SHARE, UNEVEN = 0.8, 1.6
"""Pieces with so much water by the mask tell how even the sea is; land is more uneven than this many times that."""
EDGE_M, EDGE_SHARE = 500.0, 0.5
"""This far outside a band its excess must have fallen to this share: weather ends gradually, interference does not."""
SHIP_OVER_DB = 12.0
"""What peaks this far over the band's own level is no noise of it (four looks of speckle reach 9 dB once in 1e7)."""


class Band(Record, frozen=True):
    """A stretch of the flight with raised noise."""

    radar: RadarGeometry
    """The geometry that it was found for."""
    along_m: tuple[float, float]
    """From and to along the flight, from the geometry's anchor."""
    across_m: tuple[float, float]
    """From and to along range, away from the radar."""
    excess_db: float
    """Median rise over the lines around."""
    polarisation: str

    def holds(self, cols: F64, rows: F64) -> NDArray[np.bool_]:
        """Which pixel places lie in it."""
        along, across = placed(cols, rows, self.radar)
        inside = (along >= self.along_m[0]) & (along <= self.along_m[1])
        return np.asarray(inside & (across >= self.across_m[0]) & (across <= self.across_m[1]))


def interference(scene: RadarScene, spoilt: Sequence[Band]) -> Calls:
    """Calls by index: ``interference`` for what does not stand out of a band, ``in-interference`` for what does."""
    held = np.array([band.holds(scene.peaks.col, scene.peaks.row) for band in spoilt]).reshape(
        len(spoilt), len(scene.peaks)
    )
    return {
        i: _call(float(scene.peaks.peak_db[i]), [spoilt[k] for k in np.flatnonzero(held[:, i]).tolist()], scene)
        for i in np.flatnonzero(held.any(axis=0)).tolist()
    }


def _call(peak_db: float, around: Sequence[Band], scene: RadarScene) -> Call:
    """What is to be said of a peak in one band or more; the peak is of the polarisations' mean, so is the rise."""
    rise = {b: max((k.excess_db for k in around if k.polarisation == b), default=0.0) for b in scene.bands}
    over = peak_db - 10 * math.log10(sum(10 ** (v / 10) for v in rise.values()) / len(rise))
    if over > SHIP_OVER_DB:
        return Call(flag="in-interference")
    band = max(around, key=lambda b: b.excess_db)
    wide = band.along_m[1] - band.along_m[0]
    return Call(
        flag="interference",
        reason=f"radio interference: lies in a band along range, {wide:.0f} m of flight wide, where "
        f"{band.polarisation} is raised by {band.excess_db:.1f} dB, and peaks only {max(over, 0.0):.0f} dB over it",
    )


def bands(scene: RadarScene) -> list[Band]:
    """The bands of raised noise in a picture, of every polarisation and flight that it may have."""
    side = cell_m(scene)
    if side is None:
        return []
    found = []
    for radar in scene.radars:
        for name, values in zip(scene.bands, scene.coarse.values, strict=True):
            decibels = np.asarray(10 * np.log10(np.maximum(values, np.float32(1e-9))), np.float32)
            found += _bands_of(scene, decibels, name, radar, side)
    return found


def _bands_of(scene: RadarScene, decibels: F32, name: str, radar: RadarGeometry, side: float) -> list[Band]:
    lines, start = along_range(decibels, scene, radar, side)
    piece = _segment_cells(lines.shape[1], side)
    if piece is None or lines.shape[0] * side < AROUND_M / 2:
        return []
    wet, _ = along_range(water_cells(scene).astype(np.float32), scene, radar, side)
    known = np.isfinite(_pieces(lines, piece))
    share = ((_pieces(wet, piece) > 0) & known).sum(axis=2) / np.maximum(known.sum(axis=2), 1)
    water = share.astype(np.float32)
    excess = raised(lines, water, piece, side)
    runs = _runs(excess >= _limits(excess))
    reach = max(1, round(EDGE_M / side))
    return [
        Band(
            radar=radar,
            along_m=(start[0] + (first - 1) * side, start[0] + (last + 1) * side),
            across_m=(start[1] + low * piece * side, start[1] + high * piece * side),
            excess_db=float(np.nanmedian(excess[first:last, low:high])),
            polarisation=name,
        )
        for first, last, low, high in runs
        if _ends_sharply(excess[:, low:high], water[:, low:high], first, last, reach)
    ]


def _pieces(lines: F32, piece: int) -> F32:
    """(lines, pieces, cells) of (lines, cells); what is left over at the far end is left out."""
    count = lines.shape[1] // piece
    return lines[:, : count * piece].reshape(lines.shape[0], count, piece)


def along_range(cells: F32, scene: RadarScene, radar: RadarGeometry, side_m: float) -> tuple[F32, tuple[float, float]]:
    """(lines, start): the cells turned so that rows run along range, and the metres along and across at its corner."""
    import cv2

    cols, rows = np.array([0.0, 1.0, 0.0, 1.0]) * scene.width, np.array([0.0, 0.0, 1.0, 1.0]) * scene.height
    along, across = placed(cols, rows, radar)
    start = float(along.min()), float(across.min())
    shape = math.ceil((along.max() - start[0]) / side_m), math.ceil((across.max() - start[1]) / side_m)
    factor = scene.coarse.factor
    first = radar.displaced_px(*radar.anchor_px, start[0] + side_m / 2, start[1] + side_m / 2)
    step_a = np.array(radar.azimuth_px) * side_m / radar.azimuth_spacing_m / factor
    step_r = np.array(radar.range_px) * side_m / radar.range_spacing_m / factor
    # From (piece along range, line) to cells, whose first middle lies at 0.
    back = np.column_stack([step_r, step_a, np.array(first) / factor - 0.5])
    lines = cv2.warpAffine(
        cells,
        back,
        (shape[1], shape[0]),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=math.nan,
    )
    return np.asarray(lines, np.float32), start


def _segment_cells(cells: int, side_m: float) -> int | None:
    """Cells of a piece of line; None where the picture is too narrow for two of them."""
    length = min(cells * side_m / 2, SEGMENT_M[1])
    return int(length / side_m) if length >= SEGMENT_M[0] else None


def raised(lines: F32, water: F32, piece: int, side_m: float) -> F32:
    """(lines, pieces) dB by which each piece lies over the lines before and after; NaN where it is no sea.

    ``lines``: (lines, cells) dB; ``water``: (lines, pieces) how much of what is known is water by the mask. The mask
    takes a strongly raised band for land, so what counts as sea is as even as the water is, by the median deviation
    from the median.
    """
    pieces = _pieces(lines, piece)
    level = lowest_median(pieces, axis=2)
    spread = lowest_median(np.abs(pieces - level[..., None]), axis=2)
    enough = np.isfinite(pieces).sum(axis=2) >= piece / 3
    sea = enough & (water > WATER_SHARE)
    if not sea.any():
        return np.full(level.shape, np.nan, np.float32)
    level[~enough | (spread > UNEVEN * float(np.median(spread[sea])))] = np.nan
    reach = max(2, round(AROUND_M / side_m))
    padded = np.pad(level, ((reach, reach), (0, 0)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    # Every few lines are enough: what lies around changes slowly, and a window is sorted each time.
    step = max(1, reach // 8)
    around = lowest_median(np.ascontiguousarray(windows[::step]), axis=2)
    return np.asarray(level - np.repeat(around, step, axis=0)[: len(level)], np.float32)


def _limits(excess: F32) -> F32:
    """(1, pieces) dB above which a line counts as raised."""
    spread = lowest_median(np.abs(excess - lowest_median(excess, axis=0)), axis=0)
    return np.asarray(np.fmax(np.float32(LEAST_DB), np.float32(LEAST_SPREADS) * spread)[None], np.float32)


def _runs(high: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """(first line, last line, first piece, last piece), half-open, of raised lines over two pieces in a row or more."""
    import cv2

    pairs = np.zeros_like(high)
    both = high[:, 1:] & high[:, :-1]
    pairs[:, 1:] |= both
    pairs[:, :-1] |= both
    closed = cv2.morphologyEx(pairs.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=4)
    return [(int(y), int(y + h), int(x), int(x + w)) for x, y, w, h, _ in stats[1:]]


def _ends_sharply(excess: F32, water: F32, first: int, last: int, reach: int) -> bool:
    """Whether a little outside the band there is sea without the excess, on every side that the picture shows."""
    inside = float(np.nanmedian(excess[first:last]))
    sides = [i for i in (first - 1 - reach, last + reach) if 0 <= i < len(excess)]
    fallen = [float(lowest_median(excess[i], axis=0)) < EDGE_SHARE * inside for i in sides]  # False where not known
    return bool(sides) and all(fallen) and all(float(np.median(water[i])) > WATER_SHARE for i in sides)
