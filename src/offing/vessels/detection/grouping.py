"""Few bright pixels to components, without looking at the many dark ones.

An image labelled whole costs some 5 ns a pixel, more than everything else that a threshold needs. Here the bright
pixels alone are joined: into runs along a row, and runs into components where they come close to each other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.kernels import F32

Ints = NDArray[np.int64]
LONG_PX = 40
"""As long as solid ground is wide at least."""


class Components(Record, frozen=True, eq=False):
    """Bright components, one row each, ordered by row then column of their centres."""

    centre: NDArray[np.float64]
    """(n, 2): col, row in pixels, (0, 0) the outer corner of the first pixel."""
    box: NDArray[np.int32]
    """(n, 4): col0, row0, col1, row1, half-open."""
    area: NDArray[np.int32]
    """(n,): pixels over the threshold."""
    peak: F32
    """(n,): the greatest intensity among them, in the units of what was searched."""
    brightest: NDArray[np.int32]
    """(n, 2): col, row of the pixel that has it."""

    def __len__(self) -> int:
        return len(self.area)

    def only(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Components:
        """Those where ``which`` (n,) is True, or those that it counts, in its order."""
        return Components(
            centre=self.centre[which],
            box=self.box[which],
            area=self.area[which],
            peak=self.peak[which],
            brightest=self.brightest[which],
        )

    def moved(self, cols: int, rows: int) -> Components:
        """The same in pixels of a larger picture, in which the corner lies at ``cols``, ``rows``."""
        step = np.array([cols, rows, cols, rows], np.int32)
        return Components(
            centre=self.centre + step[:2],
            box=self.box + step,
            area=self.area,
            peak=self.peak,
            brightest=self.brightest + step[:2],
        )

    def over(self, level: float) -> Components:
        """The same with intensities divided by ``level``."""
        return Components(
            centre=self.centre,
            box=self.box,
            area=self.area,
            peak=self.peak * np.float32(1 / level),
            brightest=self.brightest,
        )


NONE = Components(
    centre=np.zeros((0, 2)),
    box=np.zeros((0, 4), np.int32),
    area=np.zeros(0, np.int32),
    peak=np.zeros(0, np.float32),
    brightest=np.zeros((0, 2), np.int32),
)


def joined(parts: list[Components]) -> Components:
    """All of them, ordered again."""
    parts = [*parts, NONE]
    centre = np.concatenate([p.centre for p in parts])
    order = np.lexsort((centre[:, 0], centre[:, 1]))
    return Components(
        centre=centre,
        box=np.concatenate([p.box for p in parts]),
        area=np.concatenate([p.area for p in parts]),
        peak=np.concatenate([p.peak for p in parts]),
        brightest=np.concatenate([p.brightest for p in parts]),
    ).only(order)


def group(rows: Ints, cols: Ints, values: F32, gap_px: int, ashore: NDArray[np.bool_] | None = None) -> Components:
    """Components of bright pixels given by ``rows`` and ``cols`` in reading order, with their intensities.

    Pixels belong together that touch, or have at most ``gap_px`` dark rows and columns between them, so that a ship
    split by speckle or structure stays one. ``ashore`` (n,): pixels at solid ground. What is at it and longer than
    ``LONG_PX`` is a quay or a coast, from which no gap is bridged: a ship beside it stays one of its own.
    """
    if not len(rows):
        return NONE
    new = np.ones(len(rows), np.bool_)
    new[1:] = (np.diff(rows) != 0) | (np.diff(cols) > 1)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(rows)) - 1
    run = np.cumsum(new) - 1
    one, other, touching = _near_runs(rows[first], cols[first], cols[last], gap_px + 1)
    label = _least_of_joined(len(first), one[touching], other[touching])
    if gap_px:
        free = ~_long_ashore(label, rows[first], cols[first], cols[last], ashore[first] if ashore is not None else None)
        bridged = touching | (free[one] & free[other])
        label = _least_of_joined(len(first), one[bridged], other[bridged])
    return _summed(label[run], rows, cols, values)


def _near_runs(row: Ints, start: Ints, end: Ints, reach: int) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """(one, other, whether they touch) for all pairs of runs whose rows and columns come within ``reach``."""
    # Rows laid out one after the other with room between them: runs of one row that come close to a run are neighbours.
    stride = int(end.max()) + 2 * reach + 2
    begins, ends = row * stride + start, row * stride + end
    pairs: list[tuple[Ints, Ints, NDArray[np.bool_]]] = []
    for down in range(reach + 1):
        shift = down * stride
        low = np.searchsorted(ends, begins + shift - reach)
        if down == 0:
            low = np.maximum(low, np.arange(len(row)) + 1)
        high = np.searchsorted(begins, ends + shift + reach, side="right")
        count = np.maximum(high - low, 0)
        one = np.repeat(np.arange(len(row)), count)
        other = low[one] + np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
        apart = np.maximum(start[other] - end[one], start[one] - end[other])
        pairs.append((one, other, (apart <= 1) & (down == 1)))
    ones, others, touching = zip(*pairs, strict=True)
    return np.concatenate(ones), np.concatenate(others), np.concatenate(touching)


def _long_ashore(label: Ints, row: Ints, start: Ints, end: Ints, ashore: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """(n,), True for runs of a component that is at solid ground and longer than ``LONG_PX``."""
    if ashore is None or not ashore.any():
        return np.zeros(len(label), np.bool_)
    order = np.argsort(label, kind="stable")
    firsts = np.flatnonzero(np.append(True, np.diff(label[order]) != 0))
    tall = np.maximum.reduceat(row[order], firsts) - np.minimum.reduceat(row[order], firsts)
    wide = np.maximum.reduceat(end[order], firsts) - np.minimum.reduceat(start[order], firsts)
    found = (np.maximum(tall, wide) > LONG_PX) & np.logical_or.reduceat(ashore[order], firsts)
    result = np.zeros(len(label), np.bool_)
    result[order] = np.repeat(found, np.diff(np.append(firsts, len(label))))
    return result


def _least_of_joined(count: int, one: Ints, other: Ints) -> Ints:
    """(count,): for each thing the least number of all that pairs join it to, by halving paths until nothing moves."""
    label = np.arange(count)
    while len(one):
        least = np.minimum(label[one], label[other])
        np.minimum.at(label, label[one], least)
        np.minimum.at(label, label[other], least)
        label = label[label]
        apart = label[one] != label[other]
        one, other = one[apart], other[apart]
    while (label != label[label]).any():
        label = label[label]
    return label


def _summed(label: Ints, rows: Ints, cols: Ints, values: F32) -> Components:
    """Box, area, centre and peak by label."""
    order = np.lexsort((values, label))
    label, rows, cols, values = label[order], rows[order], cols[order], values[order]
    starts = np.flatnonzero(np.append(True, np.diff(label) != 0))
    ends = np.append(starts[1:], len(label))
    area = ends - starts
    centre = np.stack([np.add.reduceat(cols, starts), np.add.reduceat(rows, starts)], axis=1) / area[:, None] + 0.5
    box = np.stack(
        [
            np.minimum.reduceat(cols, starts),
            np.minimum.reduceat(rows, starts),
            np.maximum.reduceat(cols, starts) + 1,
            np.maximum.reduceat(rows, starts) + 1,
        ],
        axis=1,
    )
    found = Components(
        centre=centre,
        box=box.astype(np.int32),
        area=area.astype(np.int32),
        peak=values[ends - 1],
        brightest=np.stack([cols[ends - 1], rows[ends - 1]], axis=1).astype(np.int32),
    )
    return joined([found])
