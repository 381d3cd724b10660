"""Ranges of bytes, half-open: which to ask for together, and what is held of a file."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable

Range = tuple[int, int]
"""(first byte, byte after the last)."""

GAP_BYTES = 128 << 10
"""Neighbours closer than this are asked for together: a request costs more than the bytes between."""
REQUEST_BYTES = 16 << 20
"""Largest request that is made of several ranges."""


def merged(ranges: Iterable[Range], gap: int = GAP_BYTES, most: int = REQUEST_BYTES) -> list[Range]:
    """The ranges in order, those at most ``gap`` bytes apart made one of at most ``most`` bytes."""
    found: list[Range] = []
    for start, stop in sorted(ranges):
        if found and start - found[-1][1] <= gap and max(stop, found[-1][1]) - found[-1][0] <= most:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found


class Held:
    """The parts of a file that are here."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._parts: dict[int, bytes] = {}

    def add(self, start: int, data: bytes) -> None:
        """Keep ``data``, which begins at byte ``start`` of the file."""
        if start not in self._parts:
            insort(self._starts, start)
        if len(data) > len(self._parts.get(start, b"")):
            self._parts[start] = data

    def parts(self) -> list[tuple[int, bytes]]:
        """(first byte, bytes) of every part, in order."""
        return [(start, self._parts[start]) for start in self._starts]

    def read(self, start: int, stop: int) -> bytes | None:
        """The bytes of a range; None: not all of them are here."""
        pieces: list[bytes] = []
        at = start
        while at < stop:
            piece = self._from(at, stop)
            if piece is None:
                return None
            pieces.append(piece)
            at += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _from(self, at: int, stop: int) -> bytes | None:
        """As much as one part holds from ``at``."""
        best: bytes | None = None
        for start in self._starts[: bisect_right(self._starts, at)]:
            part = self._parts[start]
            if start + len(part) > at and (best is None or start + len(part) - at > len(best)):
                best = part[at - start : stop - start]
        return best
