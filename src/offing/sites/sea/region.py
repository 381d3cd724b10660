"""A part of the sea with its graph: ways between places in it, pulled taut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from offing.sites.sea.lattice import Box, Edges, Graph, Metres, around, lattice
from offing.sites.sea.model import Passage
from offing.sites.sea.sight import Point, clear, length_m, taut
from offing.sites.sea.snap import Snapped, snap
from offing.sites.sea.water import COLS, ROWS, Cells, RasterWater, Water, cols_of, lats_of, lons_of, rows_of

_MOST_NODES = 250_000
_FREE = 12
"""Cells around an end within which land that was made larger stays as it is: a harbour is near land."""


class Way(NamedTuple):
    """A line over water between two snapped places, and the passages it takes."""

    points: tuple[Point, ...]
    passages: tuple[str, ...]
    metres: float


class _Gate(NamedTuple):
    """A passage with both its ends on the water."""

    name: str
    line: tuple[Point, ...]
    cells: tuple[int, int]
    metres: float


class Region:
    """One window of water, ready to be searched between any of its ``ends``."""

    def __init__(
        self, water: Water, box: Box, ends: Sequence[Snapped], passages: Sequence[Passage], *, step: int | None = None
    ) -> None:
        """``step``: cells of a block of the lattice along each side; None: as the size of the window asks."""
        self.water, self.box = water, box
        self.step = step or max(1, math.ceil(math.sqrt(box.cells / _MOST_NODES)))
        self.gates = [gate for p in passages if (gate := _gate(water, box, p)) is not None]
        self._half_in = any(_touches(box, p) for p in passages if p.name not in {g.name for g in self.gates})
        self._ends = tuple({(e.row, e.col % COLS) for e in ends})
        self._graph: Graph | None = None
        self._searched: dict[int, tuple[Metres, Cells] | None] = {}

    def way(self, start: Snapped, end: Snapped) -> Way | None:
        """The shortest way over water from one end to another; None where the window holds none."""
        a, b = (start.lon, start.lat), (end.lon, end.lat)
        if clear(self.water, a, b):
            return Way((a, b), (), length_m((a, b)))
        graph, found = self._from(start)
        cells = [] if found is None else graph.way(found, _cell(end))
        return self._pulled(cells, a, b) if cells else None

    def enclosed(self, end: Snapped) -> bool:
        """Whether all that can be reached from there keeps away from the window's edges: no larger window helps."""
        graph, found = self._from(end)
        if found is None:
            return True
        if self._half_in:
            return False
        rows, cols = np.divmod(graph.cells[np.isfinite(found[0])], COLS)
        cols = (cols - self.box.col0) % COLS
        margin = 2 * self.step
        top, bottom = self.box.row0 + margin, self.box.row1 - margin
        inside = (rows.min() >= top or self.box.row0 <= 0) and (rows.max() < bottom or self.box.row1 >= ROWS)
        wide = self.box.col1 - self.box.col0
        return bool(inside and (self.box.round or (cols.min() >= margin and cols.max() < wide - margin)))

    def _from(self, start: Snapped) -> tuple[Graph, tuple[Metres, Cells] | None]:
        if self._graph is None:
            self._graph = self._build()
        cell = _cell(start)
        if cell not in self._searched:
            self._searched[cell] = self._graph.from_cell(cell)
        return self._graph, self._searched[cell]

    def _build(self) -> Graph:
        parts = [lattice(self.water, self.box, self.step)]
        if self.step > 1:
            spots = [*self._ends, *(divmod(c, COLS) for gate in self.gates for c in gate.cells)]
            parts += [lattice(self.water, around(r, c, 3 * self.step + 6), 1) for r, c in spots]
        if self.gates:
            parts.append(_edges(self.gates))
        return Graph(parts)

    def _pulled(self, cells: list[int], start: Point, end: Point) -> Way:
        """The way through ``cells`` in pieces between passages, each pulled taut."""
        by_cells = {frozenset(g.cells): g for g in self.gates}
        pieces: list[list[Point]] = [[start]]
        lines: list[tuple[Point, ...]] = []
        names: list[str] = []
        for here, there in pairwise(cells):
            gate = by_cells.get(frozenset((here, there)))
            if gate is not None:
                names.append(gate.name)
                lines.append(gate.line if gate.cells[0] == here else gate.line[::-1])
                pieces.append([_centre(there)])
            else:
                pieces[-1].append(_centre(there))
        pieces[-1][-1] = end
        points: list[Point] = []
        for i, piece in enumerate(pieces):
            points += taut(self.water, piece) if len(piece) > 1 else piece
            points += lines[i] if i < len(lines) else ()
        whole = _once(points)
        return Way(whole, tuple(names), length_m(whole))


def _gate(water: Water, box: Box, passage: Passage) -> _Gate | None:
    """The passage with its ends moved to the sea; None where they do not lie in the box, or reach no sea."""
    lons, lats = np.array(passage.points).T
    if not all(_in_box(box, int(r), int(c)) for r, c in zip(rows_of(lats), cols_of(lons), strict=True)):
        return None
    first, last = (snap(water, *p) for p in (passage.points[0], passage.points[-1]))
    if first is None or last is None or not all(_in_box(box, e.row, e.col) for e in (first, last)):
        return None
    ends = (first.row * COLS + first.col % COLS, last.row * COLS + last.col % COLS)
    line = ((first.lon, first.lat), *passage.points, (last.lon, last.lat))
    return _Gate(passage.name, line, ends, length_m(line)) if ends[0] != ends[1] else None


def _touches(box: Box, passage: Passage) -> bool:
    """Whether some of a passage lies in the box."""
    lons, lats = np.array(passage.points).T
    return any(_in_box(box, int(r), int(c)) for r, c in zip(rows_of(lats), cols_of(lons), strict=True))


def _cell(end: Snapped) -> int:
    return end.row * COLS + end.col % COLS


def _in_box(box: Box, row: int, col: int) -> bool:
    return box.row0 <= row < box.row1 and (col - box.col0) % COLS < box.col1 - box.col0


def _edges(gates: Sequence[_Gate]) -> Edges:
    return Edges(
        np.array([g.cells[0] for g in gates], dtype=np.int64),
        np.array([g.cells[1] for g in gates], dtype=np.int64),
        np.array([g.metres for g in gates]),
    )


def _centre(cell: int) -> Point:
    row, col = divmod(cell, COLS)
    return float(lons_of(np.array([col]))[0]), float(lats_of(np.array([row]))[0])


def _once(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without points that repeat the one before."""
    return tuple(p for i, p in enumerate(points) if i == 0 or p != points[i - 1])


def larger_land(water: RasterWater, cells: int, ends: Sequence[tuple[int, int]]) -> RasterWater:
    """Land grown by ``cells``, but not near ``ends`` (row, column), where ships lie close to it."""
    grown = water.moved_shore(-cells)
    array = grown.array.copy()
    height, width = array.shape
    for row, col in ends:
        r, c = row - water.row0, (col - water.col0) % COLS
        if not (0 <= r < height and c < width):
            continue
        spot = np.s_[max(0, r - _FREE) : min(height, r + _FREE + 1), max(0, c - _FREE) : min(width, c + _FREE + 1)]
        array[spot] = water.array[spot]
    return RasterWater(array, row0=water.row0, col0=water.col0, outside=water.outside, basis=water.basis)
