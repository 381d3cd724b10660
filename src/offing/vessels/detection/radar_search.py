"""Ships in a radar picture of any size: one pass, and the network wherever something stands out of the sea."""

from __future__ import annotations

import math

import numpy as np

from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.records import Record
from offing.vessels.detection.channels import channels, levels
from offing.vessels.detection.dismissal import Spots, bright_spots, together
from offing.vessels.detection.dismissal.bright import LEAST_DB, listed
from offing.vessels.detection.finds import Find
from offing.vessels.detection.grouping import Components
from offing.vessels.detection.kernels import F32
from offing.vessels.detection.network import Boxes, Network, network
from offing.vessels.detection.overlaps import best_boxes
from offing.vessels.detection.pieces import pieces, widened
from offing.vessels.detection.scan import Scan, ScanBlock, scan
from offing.vessels.model import OrientedBox

MODEL = "radar-network-1"
LEAST_LOG_ODDS = -4.0
"""Positions below are never kept."""
TAUGHT_M = 6.0
"""Pixels of this size are shown as they are. Coarser ones are shown larger, for their ships have few pixels; finer ones
smaller, but not by as much as they are finer, so that boats stay visible."""
ZOOM_POWER = 0.6
ZOOMS = (0.2, 2.0)
UNKNOWN_ZOOM = 0.7
"""Pictures of unknown pixel size: the middle of the scales that the network was taught at."""
SHIP_M = 400.0
TILE = 64
"""Pixels along a side of what is shown around something bright, margins not counted."""
LEAST_MARGIN, MOST_MARGIN, UNKNOWN_MARGIN = 24, 224, 96


class Seen(Record, frozen=True, eq=False):
    """What the network found in one block, and what is bright there."""

    boxes: Boxes
    """In pixels of the picture."""
    peaks: Spots
    """The brightest pixel of each box."""
    spots: Spots
    """Everything bright in the block."""


class RadarFinds(Record, frozen=True, eq=False):
    """Everything that may be a ship, and what the pass learnt of the picture."""

    finds: tuple[Find, ...]
    """The most likely first."""
    peaks: Spots
    """Of each find its brightest pixel."""
    bright: Spots
    """Everything that may have ghosts."""
    scan: Scan[Seen]


def radar_search(picture: Picture, workers: int | None = None, trained: Network | None = None) -> RadarFinds:
    """Reads ``picture`` once and shows ``trained`` (the network in offing, unless given) what stands out.

    Raises PictureError when it holds nothing but nodata. The result does not depend on ``workers``.
    """
    trained, zoom = trained or network(MODEL), zoom_of(picture)
    margin = _margin(picture)

    def handle(block: ScanBlock) -> list[Seen]:
        return [_searched(block, trained, zoom, margin)]

    passed = scan(picture, handle, workers=workers, tile=TILE)
    boxes = Boxes.joined([s.boxes for s in passed.results])
    peaks = listed(s.peaks for s in passed.results)
    kept = best_boxes(boxes)
    boxes = boxes.only(kept)
    return RadarFinds(
        finds=tuple(_find(boxes, i, picture) for i in range(len(boxes))),
        peaks=peaks.only(kept),
        bright=together([*(s.spots for s in passed.results), _inland(passed.components)]),
        scan=passed,
    )


def zoom_of(picture: Picture) -> float:
    """How much larger the network is shown the picture."""
    if picture.gsd_m is None:
        return UNKNOWN_ZOOM
    gsd = math.sqrt(picture.gsd_m[0] * picture.gsd_m[1])
    return float(np.clip((gsd / TAUGHT_M) ** ZOOM_POWER, *ZOOMS))


def _margin(picture: Picture) -> int:
    """Pixels around a piece: half of the longest ship and something to see it by."""
    if picture.gsd_m is None:
        return UNKNOWN_MARGIN
    return int(np.clip(0.6 * SHIP_M / min(picture.gsd_m), LEAST_MARGIN, MOST_MARGIN))


def _searched(block: ScanBlock, trained: Network, zoom: float, margin: int) -> Seen:
    rows, cols = block.power.shape
    sea, top = levels(block.power)
    parts = []
    for piece in pieces(block.tiles):
        window = widened(piece, margin, cols, rows)
        seen = _boxes(block.power[window.row0 : window.row1, window.col0 : window.col1], sea, top, trained, zoom)
        parts.append(_within(seen.placed(window.col0, window.row0), piece))
    boxes = Boxes.joined(parts)
    boxes = boxes.only(best_boxes(boxes))
    left, up = block.window.col0, block.window.row0
    return Seen(
        boxes=boxes.placed(left, up),
        peaks=_peaks(boxes, block),
        spots=bright_spots(block.power, 10 ** (-block.sea_db / 10), (left, up)),
    )


def _boxes(power: F32, sea: float, top: float, trained: Network, zoom: float) -> Boxes:
    """What the network sees in one piece, in its pixels."""
    import cv2

    if zoom == 1.0:
        return trained.boxes(channels(power, sea, top), LEAST_LOG_ODDS)
    rows, cols = (max(8, round(n * zoom)) for n in power.shape)
    how = cv2.INTER_LINEAR if zoom > 1 else cv2.INTER_AREA
    shown = np.asarray(cv2.resize(power, (cols, rows), interpolation=how), np.float32)
    return trained.boxes(channels(shown, sea, top), LEAST_LOG_ODDS).placed(0, 0, 1 / zoom)


def _within(boxes: Boxes, piece: Box) -> Boxes:
    col, row = boxes.centre.T
    return boxes.only((col >= piece.col0) & (col < piece.col1) & (row >= piece.row0) & (row < piece.row1))


def _peaks(boxes: Boxes, block: ScanBlock) -> Spots:
    """The brightest pixel in the upright box of each, in pixels of the picture, over its typical sea."""
    rows, cols = block.power.shape
    places, peak = np.zeros((len(boxes), 2)), np.zeros(len(boxes))
    for i, (left, up, right, down) in enumerate(boxes.upright()):
        c0, r0 = int(np.clip(left, 0, cols - 1)), int(np.clip(up, 0, rows - 1))
        inside = block.power[r0 : max(r0 + 1, math.ceil(down)), c0 : max(c0 + 1, math.ceil(right))]
        row, col = np.unravel_index(int(inside.argmax()), inside.shape)
        places[i] = c0 + int(col) + 0.5, r0 + int(row) + 0.5
        peak[i] = 10 * math.log10(max(float(inside[row, col]), 1e-6)) + block.sea_db
    return Spots(col=places[:, 0] + block.window.col0, row=places[:, 1] + block.window.row0, peak_db=peak)


def _inland(components: Components) -> Spots:
    """What is bright where no block was searched, far from the sea: its ghosts may lie in the water."""
    bright = components.only(components.peak >= 10 ** (LEAST_DB / 10))
    col, row = (bright.brightest + 0.5).T
    return Spots(col=col, row=row, peak_db=10 * np.log10(bright.peak.astype(np.float64)))


def _find(boxes: Boxes, i: int, picture: Picture) -> Find:
    (col, row), (length, beam) = boxes.centre[i].tolist(), boxes.size[i].tolist()
    beam, angle = min(beam, length), float(boxes.angle[i])
    cos, sin = math.cos(angle), math.sin(angle)
    left, up, right, down = boxes.upright()[i]
    clipped = left < 0 or up < 0 or right > picture.width or down > picture.height
    return Find(
        box=OrientedBox(
            col=float(np.clip(col, 0, picture.width - 1e-6)),
            row=float(np.clip(row, 0, picture.height - 1e-6)),
            length_px=(length / 2 * cos, length / 2 * sin),
            beam_px=(-beam / 2 * sin, beam / 2 * cos),
        ),
        log_odds=float(boxes.log_odds[i]),
        edge_px=1.0,
        flags=("clipped",) if clipped else (),
    )
