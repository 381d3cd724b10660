"""How a picture is cut for one pass: bands of whole stored blocks to read, and cores with margins to search."""

from __future__ import annotations

import math
from collections.abc import Iterator

from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.records import Record

WHOLE_PX = 4_000_000
"""A picture up to this size is one block."""
CORE = 2048
"""Side of a core in pixels, at most: margins are searched twice, so small cores cost time."""
BAND_PX = 56_000_000
"""Pixels of the band in memory, about: 220 MB."""
PANEL = 32_768
"""A wider picture is swept in panels of this many columns."""
CHUNK_PX = 1 << 19
"""Pixels that one thread reads at once, about: they fit its cache."""
TOGETHER = 1024
"""Columns of a chunk, and the greatest block on whose edges reads are laid; of larger ones, parts are read."""
SHIP_M = 450.0
"""The longest ships, with room."""
CELL_M = 30.0
"""Cell to which speckle is averaged for the water."""
CELLS = 8_000_000
"""Coarse cells at most."""
GUESSED_M = 10.0
"""Pixel size where it is unknown."""


class Layout(Record, frozen=True):
    """The geometry of one pass."""

    width: int
    height: int
    block: tuple[int, int]
    """(rows, cols) by which the file stores pixels and coarse cells are laid: where reads begin and end."""
    stripes: bool
    """True: stored blocks are as wide as the picture."""
    factor: int
    """Pixels along a side of a coarse cell, a power of 2."""
    cell_m: float
    """Metres along a side of a coarse cell."""
    margin: int
    """Pixels around a core."""
    whole: bool
    """True: one block."""

    def panels(self) -> list[Box]:
        """Columns that are swept one after the other, with their margins."""
        step = PANEL // self.block[1] * self.block[1]
        return [
            Box(col0=max(0, c - self._around), row0=0, col1=min(c + step, self.width), row1=self.height)
            for c in range(0, self.width, step)
        ]

    def bands(self, panel: Box) -> Iterator[tuple[Box, list[Box]]]:
        """(rows to read next, cores that are whole then) of a panel, downwards."""
        step, done = self._step(panel), 0
        for row in range(0, self.height, step):
            bottom = min(row + step, self.height)
            reach = max(done, bottom if bottom == self.height else bottom - self.margin)
            band = Box(col0=panel.col0, row0=row, col1=panel.col1, row1=bottom)
            yield band, self._cores(panel, done, reach) if reach > done else []
            done = reach

    def rows_in_memory(self, panel: Box) -> int:
        """Rows of a band and of what stays of the one before: what its cores and their margins need."""
        return min(self.height, self._step(panel) + 2 * self.margin)

    def _step(self, panel: Box) -> int:
        if self.whole:
            return self.height
        room = BAND_PX // panel.width - 2 * self.margin
        return max(1, min(CORE, room) // self.block[0]) * self.block[0]

    def _cores(self, panel: Box, top: int, bottom: int) -> list[Box]:
        """Cores of a row; those of a panel that is not the first begin where the one before ended."""
        first = 0 if panel.col0 == 0 else self._end(panel.col0 + self._around)
        last = self._end(panel.col1)
        step = self.width if self.whole else CORE
        return [Box(col0=c, row0=top, col1=min(c + step, last), row1=bottom) for c in range(first, last, step)]

    @property
    def _around(self) -> int:
        """Columns that two panels share: the margins of both, in whole blocks."""
        return -(-2 * self.margin // self.block[1]) * self.block[1]

    def _end(self, col: int) -> int:
        """Where the cores of a panel end that was read up to ``col``."""
        return col if col == self.width else col - self.margin

    def window(self, core: Box) -> Box:
        """A core with its margin."""
        return Box(
            col0=max(0, core.col0 - self.margin),
            row0=max(0, core.row0 - self.margin),
            col1=min(self.width, core.col1 + self.margin),
            row1=min(self.height, core.row1 + self.margin),
        )

    def chunks(self, band: Box) -> list[Box]:
        """What threads read at once: whole stored blocks."""
        rows, cols = self.block
        wide = band.width if self.stripes else max(1, TOGETHER // cols) * cols
        tall = max(1, CHUNK_PX // wide // rows) * rows
        return [
            Box(col0=c, row0=r, col1=min(c + wide, band.col1), row1=min(r + tall, band.row1))
            for r in range(band.row0, band.row1, tall)
            for c in range(band.col0, band.col1, wide)
        ]


def layout_of(picture: Picture, margin: int | None = None) -> Layout:
    """The layout of a pass over ``picture``; ``margin`` in pixels, by default enough for the longest ship."""
    gsd = picture.gsd_m
    pixel = math.sqrt(gsd[0] * gsd[1]) if gsd else GUESSED_M
    area = picture.width * picture.height
    wanted = max(CELL_M / pixel if gsd else 1.0, math.sqrt(area / CELLS))
    factor = 2 ** min(6, max(0, round(math.log2(wanted))))
    rows, cols = picture.stored_block
    around = 1.5 * SHIP_M / pixel + 16 if gsd else TOGETHER // 2
    return Layout(
        width=picture.width,
        height=picture.height,
        block=(_common(rows, factor), factor if cols >= picture.width else _common(cols, factor)),
        stripes=cols >= picture.width,
        factor=factor,
        cell_m=factor * pixel,
        margin=margin if margin is not None else int(min(TOGETHER // 2, max(64, around))),
        whole=area <= WHOLE_PX,
    )


def _common(block: int, factor: int) -> int:
    """The least number of pixels that whole blocks and whole coarse cells share, or of cells alone if it is many."""
    together = math.lcm(block, factor)
    return together if together <= TOGETHER else TOGETHER
