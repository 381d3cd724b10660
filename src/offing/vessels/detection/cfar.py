"""Constant-false-alarm-rate detection over blocks: threshold, label, one component a ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.clutter import CELL, clutter, dark_level, threshold
from offing.vessels.detection.grouping import Components, Ints, group, joined
from offing.vessels.detection.kernels import F32, dilated, nearest, one_cv_thread

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


def over(power: F32, limit: F32) -> tuple[Ints, Ints]:
    """(rows, cols), in reading order, of the pixels over ``limit``, a lattice of cells of about CELL pixels.

    The greatest of ``CELL`` rows is compared first: one comparison tells of most pixels that they are not over it.
    """
    rows, cols = power.shape
    if rows < CELL:
        at = np.flatnonzero(power > nearest(limit, rows, cols))
        return at // cols, at % cols
    whole = rows // CELL
    top = np.maximum.reduce(power[: whole * CELL].reshape(whole, CELL, cols), axis=1)
    if rows % CELL:
        top = np.concatenate([top, power[whole * CELL :].max(axis=0)[None]])
    fine = nearest(limit, len(top), cols)
    band, col = np.divmod(np.flatnonzero(top > fine), cols)
    row = band[:, None] * CELL + np.arange(CELL)
    inside = row < rows
    bright = inside & (power[np.where(inside, row, 0), col[:, None]] > fine[band, col][:, None])
    at = np.sort(row[bright] * cols + np.broadcast_to(col[:, None], bright.shape)[bright])
    return at // cols, at % cols


def search_block(power: F32, *, pfa: float = 1e-7, gap_px: int = GAP_PX, min_px: int = 3) -> Found:
    """Bright components of a block of ``power`` (rows, cols; linear, nodata 0), one a ship.

    ``gap_px``: dark pixels that are bridged, so that a ship split by speckle or structure stays one.
    """
    field = clutter(power)
    rows, cols = over(power, threshold(field, pfa))
    ashore = _at(dilated(field.ground, 3), rows, cols, power.shape) if field.ground.any() else None
    found = group(rows, cols, power[rows, cols], gap_px, ashore)
    return Found(components=found.only(found.area >= min_px), sea=dark_level(field))


def _at(cells: NDArray[np.bool_], rows: Ints, cols: Ints, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(n,) values of the cells in which pixels of a block of ``shape`` lie."""
    return np.asarray(cells[rows * cells.shape[0] // shape[0], cols * cells.shape[1] // shape[1]])


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
