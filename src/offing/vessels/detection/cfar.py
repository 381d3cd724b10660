"""Constant-false-alarm-rate detection over blocks: threshold, label, one component a ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.clutter import clutter, threshold
from offing.vessels.detection.kernels import F32, labelled, stretched

T = TypeVar("T")
R = TypeVar("R")

BLOCK = 1024
OVERLAP = 64


class Components(Record, frozen=True):
    """Bright components, one row each, ordered by row then column of their centres."""

    centre: NDArray[np.float64]
    """(n, 2): col, row in pixels, (0, 0) the outer corner of the first pixel."""
    box: NDArray[np.int32]
    """(n, 4): col0, row0, col1, row1, half-open."""
    area: NDArray[np.int32]
    """(n,): pixels over the threshold, gaps that were closed included."""


def exceeds(intensity: F32, pfa: float) -> NDArray[np.uint8]:
    """1 where a block's ``intensity`` (rows, cols; linear power, nodata 0) exceeds its own background's threshold."""
    import cv2

    rows, cols = intensity.shape
    limit = stretched(threshold(clutter(intensity), pfa), rows, cols)
    return np.asarray(cv2.compare(intensity, limit, cv2.CMP_GT), np.uint8)


def components(intensity: F32, *, pfa: float = 1e-7, gap_px: int = 2, min_px: int = 3, workers: int = 2) -> Components:
    """Bright components of a whole array, block by block, no component twice.

    ``intensity``: (rows, cols), linear power, nodata 0. ``gap_px``: breaks up to this wide are closed before
    labelling, so that a
    ship split by speckle or structure stays one. A component belongs to the block in whose core its centre lies.
    """
    rows, cols = intensity.shape

    def work(core: tuple[int, int, int, int]) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
        return _block(intensity, core, pfa, gap_px, min_px)

    parts = list(spread(work, cores(rows, cols, BLOCK), workers))
    centre = np.concatenate([p[0] for p in parts])
    order = np.lexsort((centre[:, 0], centre[:, 1]))
    return Components(
        centre=centre[order],
        box=np.concatenate([p[1] for p in parts])[order],
        area=np.concatenate([p[2] for p in parts])[order],
    )


def cores(rows: int, cols: int, size: int) -> list[tuple[int, int, int, int]]:
    """Half-open (col0, row0, col1, row1) tiles of ``size`` that cover the array once."""
    return [
        (c, r, min(c + size, cols), min(r + size, rows)) for r in range(0, rows, size) for c in range(0, cols, size)
    ]


def spread(work: Callable[[T], R], items: list[T], workers: int) -> Iterator[R]:
    """``work`` over ``items`` in threads, results in the order of the items, few blocks in flight."""
    if workers < 2 or len(items) < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(work, items)


def _block(
    intensity: F32, core: tuple[int, int, int, int], pfa: float, gap_px: int, min_px: int
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
    import cv2

    rows, cols = intensity.shape
    col0, row0 = max(0, core[0] - OVERLAP), max(0, core[1] - OVERLAP)
    col1, row1 = min(cols, core[2] + OVERLAP), min(rows, core[3] + OVERLAP)
    mask = exceeds(np.ascontiguousarray(intensity[row0:row1, col0:col1]), pfa)
    if gap_px:
        kernel = np.ones((gap_px + 1, gap_px + 1), np.uint8)
        mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel), np.uint8)
    _, stats, centre = labelled(mask)
    stats, centre = stats[1:], centre[1:] + 0.5 + np.array([col0, row0])
    mine = (
        (stats[:, 4] >= min_px)
        & (centre[:, 0] >= core[0])
        & (centre[:, 0] < core[2])
        & (centre[:, 1] >= core[1])
        & (centre[:, 1] < core[3])
    )
    stats, centre = stats[mine], centre[mine]
    corner = stats[:, :2] + np.array([col0, row0])
    box = np.concatenate([corner, corner + stats[:, 2:4]], axis=1).astype(np.int32)
    return centre, box, stats[:, 4].astype(np.int32)
