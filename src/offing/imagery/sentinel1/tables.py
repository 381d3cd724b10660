"""A product's lookup tables: values at some pixels of some lines, bilinear in between (S1-RS-MDA-52-7441, 6.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.sentinel1.markup import Node
from offing.records import Record

_FIX = "download the whole product again"
Floats = NDArray[np.float64]
F32 = NDArray[np.float32]


class Table(Record, frozen=True):
    """Values over the picture, held at its edges."""

    lines: Floats
    """Lines that have a vector, ascending."""
    pixels: tuple[Floats, ...]
    """Of each vector, the samples that have a value, ascending."""
    values: tuple[Floats, ...]
    """Of each vector, the values there."""

    def along(self, vector: int, samples: Floats) -> F32:
        """One vector's values at range samples."""
        return np.asarray(np.interp(samples, self.pixels[vector], self.values[vector]).astype(np.float32))

    def spans(self, first: int, last: int) -> list[tuple[int, int, int, int]]:
        """(first line, line behind the last, vector, next vector) of the runs of lines that share two vectors."""
        found, start = [], first
        while start < last:
            below = int(np.searchsorted(self.lines, start, side="right")) - 1
            upper = min(below + 1, len(self.lines) - 1)
            end = last if below + 1 >= len(self.lines) else min(last, int(np.ceil(self.lines[below + 1])))
            found.append((start, max(end, start + 1), max(below, 0), upper))
            start = max(end, start + 1)
        return found

    def weights(self, span: tuple[int, int, int, int]) -> F32:
        """(lines of the span, 1): the weight of the span's next vector."""
        first, last, below, upper = span
        gap = self.lines[upper] - self.lines[below]
        along = np.arange(first, last, dtype=np.float64) - self.lines[below]
        share = along / gap if gap > 0 else np.zeros_like(along)
        return np.asarray(np.clip(share, 0.0, 1.0)[:, None], np.float32)


def read_table(vectors: list[Node], values: str, where: str) -> Table:
    """The table of the vectors' ``<line>``, ``<pixel>`` and ``<values>``. Raises PictureError where they do not fit."""
    if not vectors:
        raise PictureError(f"holds no vectors with <{values}>", where=where, fix=_FIX)
    found: dict[int, tuple[Floats, Floats]] = {}
    for vector in vectors:
        pixels, numbers = vector.numbers("pixel"), vector.numbers(values)
        if len(pixels) != len(numbers) or (np.diff(pixels) <= 0).any():
            raise PictureError(f"has <pixel> and <{values}> that do not fit", where=where, fix=_FIX)
        found[vector.whole("line")] = (pixels, numbers)
    lines = sorted(found)
    return Table(
        lines=np.array(lines, np.float64),
        pixels=tuple(found[line][0] for line in lines),
        values=tuple(found[line][1] for line in lines),
    )
