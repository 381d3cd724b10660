"""Which rectangles of a block the network is shown: the tiles worth a look, put together where they touch."""

from __future__ import annotations

from collections.abc import Sequence

from offing.imagery.model import Box

LONGEST = 1024
"""Pixels along a side of a piece at most, so that memory stays small."""


def pieces(tiles: Sequence[Box]) -> list[Box]:
    """Rectangles that cover ``tiles`` (of one grid) and nothing else: runs along a row, then equal runs below each
    other, none longer than ``LONGEST`` where the tiles are shorter than it.
    """
    rows: list[Box] = []
    for tile in sorted(tiles, key=lambda t: (t.row0, t.col0)):
        last = rows[-1] if rows else None
        if last and last.row0 == tile.row0 and last.col1 == tile.col0 and tile.col1 - last.col0 <= LONGEST:
            rows[-1] = Box(col0=last.col0, row0=last.row0, col1=tile.col1, row1=max(last.row1, tile.row1))
        else:
            rows.append(tile)
    made: list[Box] = []
    for run in sorted(rows, key=lambda r: (r.col0, r.col1, r.row0)):
        last = made[-1] if made else None
        below = last and (last.col0, last.col1, last.row1) == (run.col0, run.col1, run.row0)
        if last and below and run.row1 - last.row0 <= LONGEST:
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
