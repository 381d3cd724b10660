"""A graph of cells that a ship can go between, and the shortest ways through it.

Of every block of ``step`` × ``step`` cells one water cell stands for all; two of them are joined where the straight
line between them is water, cell by cell. So whatever way is found exists in the land data, however coarse the blocks.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offing.sites.sea.water import CELL_M, COLS, PER_DEGREE, ROWS, Cells, Water

Metres = NDArray[np.float64]

_MOVES = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1))
"""Half of the sixteen directions: the other half is the way back. At most 2.8 % longer than straight."""


class Box(NamedTuple):
    """Rows ``row0`` to ``row1`` and columns ``col0`` to ``col1`` of the raster, upper ends open; columns go round."""

    row0: int
    row1: int
    col0: int
    col1: int

    @property
    def cells(self) -> int:
        """How many cells lie in it."""
        return (self.row1 - self.row0) * (self.col1 - self.col0)

    @property
    def round(self) -> bool:
        """Whether it goes all the way round the Earth."""
        return self.col1 - self.col0 >= COLS


class Edges(NamedTuple):
    """Pairs of cells, ``a`` and ``b`` as row × COLS + column, and how far they are apart."""

    a: Cells
    b: Cells
    metres: Metres


def lattice(water: Water, box: Box, step: int) -> Edges:
    """The edges between neighbouring blocks of ``box``."""
    rows, cols = _representatives(water, box, step)
    if box.round:
        rows = np.concatenate([rows, rows[:, :2]], axis=1)
        cols = np.concatenate([cols, cols[:, :2] + COLS], axis=1)
    found = [_joined(water, rows, cols, move, step) for move in _MOVES]
    return Edges(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _representatives(water: Water, box: Box, step: int) -> tuple[Cells, Cells]:
    """(rows, columns) of a water cell in each block, the nearest to its centre that is looked at; row −1: none."""
    corner_r = np.arange(box.row0, box.row1, step, dtype=np.int64)[:, None]
    corner_c = np.arange(box.col0, box.col1, step, dtype=np.int64)[None, :]
    shape = (corner_r.shape[0], corner_c.shape[1])
    rows, cols = np.full(shape, -1, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    for dr, dc in _offsets(step):
        r, c = np.broadcast_to(corner_r + dr, shape), np.broadcast_to(corner_c + dc, shape)
        todo = (rows < 0) & (r < box.row1) & (c < box.col1)
        wet = np.zeros(shape, dtype=bool)
        wet[todo] = water.at(r[todo], c[todo])
        rows[wet], cols[wet] = r[wet], c[wet]
    return rows, cols


def _offsets(step: int) -> list[tuple[int, int]]:
    """Cells of a block that may stand for it, from the centre outwards, up to 49 of them."""
    along = sorted({round(i * (step - 1) / 6) for i in range(7)})
    middle = (step - 1) / 2.0
    return sorted(((r, c) for r in along for c in along), key=lambda p: (np.hypot(p[0] - middle, p[1] - middle), p))


def _joined(water: Water, rows: Cells, cols: Cells, move: tuple[int, int], step: int) -> Edges:
    dr, dc = move
    height, width = rows.shape
    here = (slice(0, max(0, height - dr)), slice(max(0, -dc), width - max(0, dc)))
    there = (slice(dr, height), slice(max(0, dc), width - max(0, -dc)))
    both = (rows[here] >= 0) & (rows[there] >= 0)
    r1, c1, r2, c2 = rows[here][both], cols[here][both], rows[there][both], cols[there][both]
    # Neighbouring cells are joined as they are, corner to corner too; only longer steps have something in between.
    parts = 1 if step == max(abs(dr), abs(dc)) == 1 else 2 * step * max(abs(dr), abs(dc))
    for k in range(1, parts):
        if k % 512 == 0 and not r1.size:
            break
        t = k / parts
        wet = water.at(np.floor(r1 + (r2 - r1) * t + 0.5).astype(np.int64),
                       np.floor(c1 + (c2 - c1) * t + 0.5).astype(np.int64))  # fmt: skip
        if not wet.all():
            r1, c1, r2, c2 = r1[wet], c1[wet], r2[wet], c2[wet]
    return Edges(r1 * COLS + c1 % COLS, r2 * COLS + c2 % COLS, metres_between(r1, c1, r2, c2))


def metres_between(r1: Cells, c1: Cells, r2: Cells, c2: Cells) -> Metres:
    """Distance between cells that are near each other: right to a thousandth, enough to choose a way."""
    middle = np.radians(90.0 - ((r1 + r2) / 2.0 + 0.5) / PER_DEGREE)
    return np.asarray(np.hypot((r2 - r1) * CELL_M, (c2 - c1) * CELL_M * 1.0017 * np.cos(middle)))


def around(row: int, col: int, radius: int) -> Box:
    """The cells within ``radius`` cells of one, as a box."""
    return Box(max(0, row - radius), min(ROWS, row + radius + 1), col - radius, col + radius + 1)


class Graph:
    """Edges as a sparse matrix, with the cells that its nodes are."""

    def __init__(self, parts: list[Edges]) -> None:
        from scipy.sparse import coo_array

        a, b, metres = (np.concatenate(p) for p in zip(*parts, strict=True))
        a, b = np.minimum(a, b), np.maximum(a, b)
        keep = a != b
        a, b, metres = a[keep], b[keep], metres[keep]
        self.cells = np.unique(np.concatenate([a, b]))
        i, j = np.searchsorted(self.cells, a), np.searchsorted(self.cells, b)
        # One edge a pair: a sparse matrix would add up what is given twice.
        _, first = np.unique(i * len(self.cells) + j, return_index=True)
        n = len(self.cells)
        self.matrix = coo_array((np.maximum(metres[first], 1e-3), (i[first], j[first])), shape=(n, n)).tocsr()

    def node(self, cell: int) -> int | None:
        """The node of a cell; None where nothing joins it."""
        i = int(np.searchsorted(self.cells, cell))
        return i if i < len(self.cells) and self.cells[i] == cell else None

    def from_cell(self, cell: int) -> tuple[Metres, Cells] | None:
        """(distance of every node, its predecessor on the shortest way) from a cell; None: it is joined to nothing."""
        from scipy.sparse.csgraph import dijkstra

        start = self.node(cell)
        if start is None:
            return None
        found = dijkstra(self.matrix, directed=False, indices=np.array([start]), return_predecessors=True)
        far, before = found[0][0], found[1][0]
        return np.asarray(far), np.asarray(before, dtype=np.int64)

    def way(self, found: tuple[Metres, Cells], cell: int) -> list[int]:
        """The cells from the start of a search to ``cell``; empty when it was not reached."""
        far, before = found
        node = self.node(cell)
        if node is None or not math.isfinite(far[node]):
            return []
        way = [node]
        while (node := int(before[node])) >= 0:
            way.append(node)
        return [int(self.cells[n]) for n in reversed(way)]
