"""A product's lookup tables: values at some pixels of some lines, bilinear in between (S1-RS-MDA-52-7441, 6.3)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.markup import Node
from offing.records import Record

_FIX = "download the whole product again"
_NUMBERS_MAX = 50_000_000
"""Most values of a table; a scene of 26,000 samples has some 30 vectors."""
Floats = NDArray[np.float64]
F32 = NDArray[np.float32]


class Table(Record, frozen=True):
    """Values over the picture, held at its edges."""

    lines: Floats
    """Lines that have a vector, ascending."""
    vectors: F32
    """(vectors, samples): each of them on every range sample of the picture."""

    def strips(self, samples: slice, first: int, last: int, lines: int) -> Iterator[tuple[int, int, F32]]:
        """(first line, line behind the last, values (lines, samples)) in runs of ``lines`` from ``first`` to ``last``.

        The array is the caller's to change until the next one is asked for.
        """
        vectors = self.vectors[:, samples]
        below, at, step = -1, vectors[0], vectors[0]
        room = np.empty((lines, vectors.shape[1]), np.float32)
        for start in range(first, last, lines):
            end = min(start + lines, last)
            values = room[: end - start]
            line = start
            while line < end:  # a run may go over a line that has a vector
                vector = max(0, int(np.searchsorted(self.lines, line, side="right")) - 1)
                if vector != below:
                    below, upper = vector, min(vector + 1, len(self.lines) - 1)
                    at, step = vectors[below], vectors[upper] - vectors[below]
                until = min(end, max(line + 1, self._next(vector, end)))
                part = values[line - start : until - start]
                np.multiply(self._weights(vector, line, until), step, out=part)
                part += at
                line = until
            yield start, end, values

    def _next(self, vector: int, otherwise: int) -> int:
        """The first line that the next vector governs."""
        return int(np.ceil(self.lines[vector + 1])) if vector + 1 < len(self.lines) else otherwise

    def _weights(self, vector: int, first: int, last: int) -> F32:
        """(lines, 1): how far the lines are on the way to the next vector, 0–1."""
        along = np.arange(first, last, dtype=np.float64)[:, None] - self.lines[vector]
        gap = self.lines[min(vector + 1, len(self.lines) - 1)] - self.lines[vector]
        return np.asarray(np.clip(along / gap if gap > 0 else 0.0 * along, 0.0, 1.0), np.float32)


def read_table(nodes: list[Node], values: str, samples: int, where: str) -> Table:
    """The table of the vectors' ``<line>``, ``<pixel>`` and ``<values>`` over a picture of so many samples a line.

    Raises PictureError where they do not fit.
    """
    if not nodes:
        raise PictureError(f"holds no vectors with <{values}>", where=where, fix=_FIX)
    if len(nodes) * samples > _NUMBERS_MAX:
        raise PictureError(f"holds {len(nodes)} vectors with <{values}>", where=where, fix=_FIX)
    found: dict[int, F32] = {}
    for node in nodes:
        pixels, numbers = node.numbers("pixel"), node.numbers(values)
        if len(pixels) != len(numbers) or (np.diff(pixels) <= 0).any():
            raise PictureError(f"has <pixel> and <{values}> that do not fit", where=where, fix=_FIX)
        found[node.whole("line")] = np.interp(np.arange(samples), pixels, numbers).astype(np.float32)
    lines = sorted(found)
    return Table(lines=np.array(lines, np.float64), vectors=np.stack([found[line] for line in lines]))
