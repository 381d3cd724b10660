"""One pass over a picture by the squares of a fixed lattice, each with a margin: every pixel is read once.

The squares are counted from the picture's corner, whatever the blocks in which it is stored, so that what is found in
them does not depend on how it was read. Of wide pictures panels of columns are read one after the other; they share
their margins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.records import Record
from offing.vessels.detection.kernels import F32

MEMORY_BYTES = 600_000_000
"""What the rows in memory may take."""
STRIP = 256
"""Least rows that are read at once."""
GREATEST = 1024
"""Greatest block on whose edges reads are laid; of larger ones, parts are read."""


class Square(Record, frozen=True, eq=False):
    """A square of the lattice with its margin."""

    core: Box
    """The square, pixels of the picture."""
    window: Box
    """With its margin."""
    values: F32
    """(bands, rows, cols) of the window; NaN where no data."""


class Lattice(Record, frozen=True):
    """How a picture is cut."""

    width: int
    height: int
    side: int
    """Pixels along a square."""
    margin: int
    """Pixels around it."""
    block: tuple[int, int]
    """(rows, cols) on whose multiples reads begin and end."""
    columns: int
    """Greatest number of columns in memory."""

    def panels(self) -> Iterator[tuple[Box, list[int]]]:
        """(columns to read, first columns of the squares in them), from the left."""
        starts = list(range(0, self.width, self.side))
        room = len(starts)
        if self.columns < self.width:
            room = max(1, (self.columns - 2 * (self.margin + self.block[1])) // self.side)
        for i in range(0, len(starts), room):
            mine = starts[i : i + room]
            left = max(0, mine[0] - self.margin) // self.block[1] * self.block[1]
            right = _up(min(self.width, mine[-1] + self.side + self.margin), self.block[1], self.width)
            yield Box(col0=left, row0=0, col1=right, row1=self.height), mine

    def core(self, col: int, row: int) -> Box:
        """The square that begins there."""
        return Box(col0=col, row0=row, col1=min(col + self.side, self.width), row1=min(row + self.side, self.height))

    def window(self, core: Box) -> Box:
        """A square with its margin."""
        return Box(
            col0=max(0, core.col0 - self.margin),
            row0=max(0, core.row0 - self.margin),
            col1=min(self.width, core.col1 + self.margin),
            row1=min(self.height, core.row1 + self.margin),
        )

    def chunks(self, panel: Box, top: int, bottom: int) -> list[Box]:
        """What threads read at once."""
        rows, cols = self.block
        tall = max(1, STRIP // rows) * rows
        wide = max(1, GREATEST // cols) * cols
        return [
            Box(col0=c, row0=r, col1=min(c + wide, panel.col1), row1=min(r + tall, bottom))
            for r in range(top, bottom, tall)
            for c in range(panel.col0, panel.col1, wide)
        ]

    @property
    def rows_in_memory(self) -> int:
        """At most."""
        return self.side + 2 * self.margin + max(STRIP, self.block[0])


def lattice_of(picture: Picture, side: int, margin: int, bands: int, cell: int) -> Lattice:
    """Squares of ``side`` pixels over ``picture``, of which ``bands`` are kept in memory; reads are laid on whole
    blocks and whole cells of ``cell`` pixels.
    """
    rows, cols = picture.stored_block
    block = _shared(rows, cell), picture.width if cols >= picture.width else _shared(cols, cell)
    lattice = Lattice(
        width=picture.width, height=picture.height, side=side, margin=margin, block=block, columns=picture.width
    )
    columns = MEMORY_BYTES // (4 * bands * min(lattice.rows_in_memory, picture.height))
    if columns >= picture.width:
        return lattice
    return Lattice(
        width=picture.width, height=picture.height, side=side, margin=margin,
        block=(block[0], min(block[1], cell)) if block[1] >= picture.width else block, columns=columns,
    )  # fmt: skip


def passed(
    read: Callable[[Box], F32], bands: int, lattice: Lattice, pool: ThreadPoolExecutor
) -> Iterator[list[Square]]:
    """Rows of squares, from above, panel by panel; they share memory that the next row overwrites.

    ``read`` gives (bands, rows, cols) of a chunk; it is called from the threads of ``pool``, in any order, for every
    pixel of the picture (twice where panels share margins).
    """
    for panel, cols in lattice.panels():
        memory = np.empty((bands, min(lattice.rows_in_memory, lattice.height), panel.width), np.float32)
        top = bottom = 0

        def fill(chunk: Box, top: int, memory: F32 = memory, panel: Box = panel) -> None:
            at = slice(chunk.row0 - top, chunk.row1 - top), slice(chunk.col0 - panel.col0, chunk.col1 - panel.col0)
            memory[:, *at] = read(chunk)

        for row in range(0, lattice.height, lattice.side):
            first = max(0, row - lattice.margin)
            last = _up(min(lattice.height, row + lattice.side + lattice.margin), lattice.block[0], lattice.height)
            if bottom > first:
                memory[:, : bottom - first] = memory[:, first - top : bottom - top]
            top, begin = first, max(bottom, first)
            list(pool.map(lambda c, t=top: fill(c, t), lattice.chunks(panel, begin, last)))
            bottom = max(bottom, last)
            yield [_square(lattice, lattice.core(col, row), memory, top, panel.col0) for col in cols]


def _square(lattice: Lattice, core: Box, memory: F32, top: int, left: int) -> Square:
    window = lattice.window(core)
    rows = slice(window.row0 - top, window.row1 - top)
    return Square(core=core, window=window, values=memory[:, rows, window.col0 - left : window.col1 - left])


def _shared(block: int, cell: int) -> int:
    """The least number of pixels that whole blocks and whole cells share, or of cells alone if it is many."""
    together = math.lcm(block, cell)
    return together if together <= GREATEST else GREATEST // cell * cell


def _up(value: int, step: int, most: int) -> int:
    return min(most, -(-value // step) * step)
