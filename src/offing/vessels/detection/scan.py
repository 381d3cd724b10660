"""One pass over a radar picture of any size, in bounded memory: what is bright on or near the sea, block by block.

The picture is read once, in whole stored blocks, into a band of rows as wide as the picture. Of each band the last rows
stay for the next one, so that every block has a margin around its core and no pixel is decoded twice. Threads read a
band together and then search its blocks together; results come in the order of the blocks, whatever their number.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.coarse import Coarse, means
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.imagery.raster import one_gdal_thread
from offing.imagery.water import Water, water_from_means
from offing.records import Record
from offing.vessels.detection.banding import Layout, layout_of
from offing.vessels.detection.cfar import search_block
from offing.vessels.detection.fusing import Fusion
from offing.vessels.detection.grouping import Components, joined
from offing.vessels.detection.kernels import F32, one_cv_thread
from offing.vessels.detection.tiling import land_from, near_sea, tiles_of, touched

R = TypeVar("R")

PFA = 1e-6
SEA_RANGE_DB = 4.0
"""How far a block's own sea level may lie from the picture's: the sea changes with wind and incidence, land is far
brighter."""
TILE = 128
FLAT = "one value everywhere, nothing to find"
LEAST_PX = 2
"""Pixels over the threshold that make a tile worth a look: single ones are mostly the false alarms that are due."""


class ScanBlock(Record, frozen=True, eq=False):
    """A block of the picture in which something was found."""

    window: Box
    """The block with its margin, pixels of the picture."""
    core: Box
    """The part that belongs to this block alone, pixels of the picture: what has its centre there is this block's."""
    power: F32
    """(rows, cols) of the window: power over the sea's level (the sea is 1, polarisations joined), 0 where no data."""
    sea_db: float
    """The block's sea over the picture's typical one, dB; taken off ``power``."""
    tiles: tuple[Box, ...]
    """Parts of the core that are worth a look, pixels from the window's corner."""
    components: Components
    """What stands out of the clutter and has its centre in the core, pixels from the window's corner."""

    @property
    def valid(self) -> NDArray[np.bool_]:
        """(rows, cols) of the window, True: has data."""
        return np.asarray(self.power > 0)


class Scan(Record, Generic[R], frozen=True, eq=False):
    """What one pass over a picture gave."""

    results: list[R]
    """What ``handle`` gave, by block, row by row."""
    components: Components
    """Everything that stands out of its surroundings, on land too, in pixels of the picture; peaks over the sea."""
    coarse: Coarse
    """Mean linear power of every band in ``bands``."""
    bands: tuple[str, ...]
    """Which were joined."""
    sea_level: NDArray[np.float32]
    """(bands,) linear power of each band's typical sea."""
    water: Water
    notes: tuple[str, ...]
    """What was assumed, one clause each."""


def scan(
    picture: Picture,
    handle: Callable[[ScanBlock], list[R]],
    *,
    workers: int | None = None,
    margin: int | None = None,
    tile: int = TILE,
    pfa: float = PFA,
) -> Scan[R]:
    """Reads ``picture`` once and calls ``handle`` in a worker thread for each block that holds a tile worth a look.

    ``margin``: pixels around a block's core, by default enough for the longest ship. ``tile``: side of a tile, pixels.
    ``pfa``: nominal false-alarm rate a pixel. Raises PictureError when the picture holds nothing but nodata, or cannot
    be read; what ``handle`` raises passes through.
    """
    count = workers or min(4, os.cpu_count() or 1)
    with one_cv_thread(), ThreadPoolExecutor(count) as pool:
        sweep = _Sweep(picture, layout_of(picture, margin), tile, pfa)
        parts = [part for band in sweep.bands(pool) for part in pool.map(lambda core: sweep.block(core, handle), band)]
    return sweep.finished([r for p in parts for r in p[0]], [p[1] for p in parts])


class _Sweep:
    """The state of one pass: the band of rows in memory, and the coarse means so far."""

    def __init__(self, picture: Picture, layout: Layout, tile: int, pfa: float) -> None:
        self._picture, self._layout, self._tile, self._pfa = picture, layout, tile, pfa
        self._fusion = Fusion(picture)
        factor = layout.factor
        self._land = land_from(self._fusion.samples, factor)
        self._fusion.samples.clear()
        shape = len(self._fusion.bands), -(-picture.height // factor), -(-picture.width // factor)
        self._coarse = np.full(shape, np.nan, np.float32)
        self._panel = Box(col0=0, row0=0, col1=1, row1=1)
        self._rows = np.zeros((0, 0), np.float32)
        self._near = np.zeros((0, 0), np.bool_)

    def bands(self, pool: ThreadPoolExecutor) -> Iterator[list[Box]]:
        """Reads band after band; each time gives the cores that are now whole."""
        for panel in self._layout.panels():
            memory = np.empty((self._layout.rows_in_memory(panel), panel.width), np.float32)
            self._rows = memory[:0]
            for band, cores in self._layout.bands(panel):
                kept = min(len(self._rows), 2 * self._layout.margin)
                memory[:kept] = self._rows[len(self._rows) - kept :]
                self._rows = memory[: kept + band.height]
                self._panel = Box(col0=panel.col0, row0=band.row0 - kept, col1=panel.col1, row1=band.row1)
                list(pool.map(self._read, self._layout.chunks(band)))
                self._near = self._near_sea()
                yield cores
        self._rows = np.zeros((0, 0), np.float32)

    def _read(self, chunk: Box) -> None:
        """One chunk from the file into the band, and into the coarse means."""
        with one_gdal_thread():
            values = self._picture.read(self._fusion.bands, chunk)
        factor = self._layout.factor
        small = means(values, factor)
        row, col = chunk.row0 // factor, chunk.col0 // factor
        self._coarse[:, row : row + small.shape[1], col : col + small.shape[2]] = small
        self._fusion.joined(values, self._view(chunk))

    def _view(self, box: Box) -> F32:
        top, left = self._panel.row0, self._panel.col0
        return self._rows[box.row0 - top : box.row1 - top, box.col0 - left : box.col1 - left]

    def _near_sea(self) -> NDArray[np.bool_]:
        """Of the coarse cells read so far in this panel, from far enough above the band to matter."""
        factor = self._layout.factor
        first = max(0, self._panel.row0 // factor - round(1000 / self._layout.cell_m) - 1)
        known = self._joined_means(self._coarse[:, first : -(-self._panel.row1 // factor)])
        near = np.zeros(self._coarse.shape[1:], np.bool_)
        near[first : first + known.shape[0]] = near_sea(known, self._land, self._layout.cell_m)
        return near

    def _joined_means(self, coarse: NDArray[np.float32]) -> F32:
        return np.asarray((coarse / self._fusion.level[:, None, None]).mean(axis=0), np.float32)

    def block(self, core: Box, handle: Callable[[ScanBlock], list[R]]) -> tuple[list[R], Components]:
        """What ``handle`` says of one core's block, and the components of its core in pixels of the picture."""
        window = self._layout.window(core)
        power = self._view(window)
        found = search_block(power, pfa=self._pfa, min_px=LEAST_PX)
        inside = Box(
            col0=core.col0 - window.col0,
            row0=core.row0 - window.row0,
            col1=core.col1 - window.col0,
            row1=core.row1 - window.row0,
        )
        own = _centred(found.components, inside)
        tiles = self._tiles(inside, window, found.components, power)
        if not tiles:
            return [], own.moved(window.col0, window.row0)
        reach = 10 ** (SEA_RANGE_DB / 10)
        sea = float(np.clip(found.sea, 1 / reach, reach))
        over = power * np.float32(1 / sea)
        block = ScanBlock(
            window=window,
            core=core,
            power=over,
            sea_db=float(10 * np.log10(sea)),
            tiles=tuple(tiles),
            components=own.over(sea),
        )
        return handle(block), own.moved(window.col0, window.row0)

    def _tiles(self, inside: Box, window: Box, found: Components, power: F32) -> list[Box]:
        tiles = tiles_of(inside, self._tile)
        if self._layout.whole:
            return tiles if power.min() < power.max() else []
        return [t for t in touched(tiles, found) if self._is_near_sea(t, window)]

    def _is_near_sea(self, tile: Box, window: Box) -> bool:
        factor = self._layout.factor
        rows = slice((tile.row0 + window.row0) // factor, -(-(tile.row1 + window.row0) // factor))
        cols = slice((tile.col0 + window.col0) // factor, -(-(tile.col1 + window.col0) // factor))
        return bool(self._near[rows, cols].any())

    def finished(self, results: list[R], parts: list[Components]) -> Scan[R]:
        """Everything together. Raises PictureError when no pixel had data."""
        picture, factor = self._picture, self._layout.factor
        joined_means = self._joined_means(self._coarse)
        known = joined_means[np.isfinite(joined_means)]
        if not known.size:
            raise PictureError("holds nothing but nodata", where=picture.name, fix="give a picture with data in it")
        fused = Coarse(joined_means[None], factor, picture.width, picture.height)
        if known.min() < known.max():
            water = water_from_means(fused, self._layout.cell_m)
        else:
            water = Water(np.zeros(joined_means.shape, np.bool_), fused, (FLAT,))
        return Scan(
            results=results,
            components=joined(parts),
            coarse=Coarse(self._coarse, factor, picture.width, picture.height),
            bands=self._fusion.bands,
            sea_level=self._fusion.level,
            water=water,
            notes=(*self._fusion.notes, *water.notes),
        )


def _centred(found: Components, core: Box) -> Components:
    col, row = found.centre.T
    return found.only((col >= core.col0) & (col < core.col1) & (row >= core.row0) & (row < core.row1))
