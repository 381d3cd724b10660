"""Which rectangles of a block the network is shown: the tiles worth a look, put together where they touch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box

LONGEST = 1024
"""Pixels along a side of a piece at most, so that memory stays small."""


def pieces(tiles: Sequence[Box], longest: int = LONGEST) -> list[Box]:
    """Rectangles that cover ``tiles`` (of one grid) and nothing else: runs along a row, then equal runs below each
    other, none longer than ``longest`` where the tiles are shorter than it.
    """
    rows: list[Box] = []
    for tile in sorted(tiles, key=lambda t: (t.row0, t.col0)):
        last = rows[-1] if rows else None
        if last and last.row0 == tile.row0 and last.col1 == tile.col0 and tile.col1 - last.col0 <= longest:
            rows[-1] = Box(col0=last.col0, row0=last.row0, col1=tile.col1, row1=max(last.row1, tile.row1))
        else:
            rows.append(tile)
    made: list[Box] = []
    for run in sorted(rows, key=lambda r: (r.col0, r.col1, r.row0)):
        last = made[-1] if made else None
        below = last and (last.col0, last.col1, last.row1) == (run.col0, run.col1, run.row0)
        if last and below and run.row1 - last.row0 <= longest:
            made[-1] = Box(col0=last.col0, row0=last.row0, col1=last.col1, row1=run.row1)
        else:
            made.append(run)
    return sorted(made, key=lambda b: (b.row0, b.col0))


def widened(piece: Box, margin: int, cols: int, rows: int) -> Box:
    """``piece`` with ``margin`` pixels around it, as far as the block of ``cols`` × ``rows`` reaches."""
    return Box(
        col0=max(0, piece.col0 - margin),
        row0=max(0, piece.row0 - margin),
        col1=min(cols, piece.col1 + margin),
        row1=min(rows, piece.row1 + margin),
    )


def roomy(tiles: Sequence[Box], margin: int, longest: int) -> list[Box]:
    """Rectangles that cover ``tiles``, and other ground where that leaves less to show: two become one wherever the one
    with its margin is no larger than both with theirs, the best bargain first. Some may overlap.
    """
    made = np.array([(p.col0, p.row0, p.col1, p.row1) for p in pieces(tiles, longest)], np.int64).reshape(-1, 4)
    while len(made) > 1:
        both = np.concatenate([np.minimum(made[:, None, :2], made[None, :, :2]),
                               np.maximum(made[:, None, 2:], made[None, :, 2:])], axis=2)  # fmt: skip
        own = _area(made, margin)
        saved = own[:, None] + own[None, :] - _area(both, margin)
        saved[(both[..., 2:] - both[..., :2]).max(axis=2) > longest] = -1
        np.fill_diagonal(saved, -1)
        i, j = divmod(int(saved.argmax()), len(made))
        if saved[i, j] < 0:
            break
        rest = np.delete(made, [i, j], axis=0)
        joined = both[i, j]
        inside = (rest[:, :2] >= joined[:2]).all(axis=1) & (rest[:, 2:] <= joined[2:]).all(axis=1)
        made = np.concatenate([rest[~inside], joined[None]])
    boxes = [Box(col0=c0, row0=r0, col1=c1, row1=r1) for c0, r0, c1, r1 in made.tolist()]
    return sorted(boxes, key=lambda b: (b.row0, b.col0, b.row1, b.col1))


def _area(corners: NDArray[np.int64], margin: int) -> NDArray[np.int64]:
    return np.asarray((corners[..., 2:] - corners[..., :2] + 2 * margin).prod(axis=-1), np.int64)
