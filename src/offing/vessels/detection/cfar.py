"""Constant-false-alarm-rate detection over blocks: threshold, label, one component a ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.clutter import clutter, threshold
from offing.vessels.detection.grouping import Components, group, joined
from offing.vessels.detection.kernels import F32, one_cv_thread, stretched

T = TypeVar("T")
R = TypeVar("R")

BLOCK = 1024
OVERLAP = 64
GAP_PX = 2


class Found(Record, frozen=True, eq=False):
    """What stands out of the clutter of one block."""

    components: Components
    """In pixels from the block's corner."""
    sea: float
    """Level of the block's darker background, linear."""


def exceeds(intensity: F32, pfa: float) -> NDArray[np.uint8]:
    """1 where a block's ``intensity`` (rows, cols; linear power, nodata 0) exceeds its own background's threshold."""
    import cv2

    rows, cols = intensity.shape
    limit = stretched(threshold(clutter(intensity), pfa), rows, cols)
    return np.asarray(cv2.compare(intensity, limit, cv2.CMP_GT), np.uint8)


def search_block(power: F32, *, pfa: float = 1e-7, gap_px: int = GAP_PX, min_px: int = 3) -> Found:
    """Bright components of a block of ``power`` (rows, cols; linear, nodata 0), one a ship.

    ``gap_px``: dark pixels that are bridged, so that a ship split by speckle or structure stays one.
    """
    power = np.ascontiguousarray(power)
    field = clutter(power)
    rows, cols = power.shape
    limit = stretched(threshold(field, pfa), rows, cols)
    at = np.flatnonzero(power > limit)
    found = group(at // cols, at % cols, power.ravel()[at], gap_px)
    return Found(components=found.only(found.area >= min_px), sea=max(float(np.percentile(field.mean, 20)), 1e-12))


def components(power: F32, *, pfa: float = 1e-7, gap_px: int = GAP_PX, min_px: int = 3, workers: int = 2) -> Components:
    """Bright components of a whole array, block by block, no component twice.

    ``power``: (rows, cols), linear, nodata 0. A component belongs to the block in whose core its centre lies.
    """
    rows, cols = power.shape

    def work(core: tuple[int, int, int, int]) -> Components:
        left, top = max(0, core[0] - OVERLAP), max(0, core[1] - OVERLAP)
        block = power[top : min(rows, core[3] + OVERLAP), left : min(cols, core[2] + OVERLAP)]
        found = search_block(block, pfa=pfa, gap_px=gap_px, min_px=min_px).components.moved(left, top)
        col, row = found.centre.T
        return found.only((col >= core[0]) & (col < core[2]) & (row >= core[1]) & (row < core[3]))

    with one_cv_thread():
        return joined(list(spread(work, cores(rows, cols, BLOCK), workers)))


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
