"""Windows by which a large picture is sampled before it is searched."""

from __future__ import annotations

from offing.imagery.model import Box


def sample_windows(width: int, height: int, size: int = 768, most: int = 36) -> list[Box]:
    """At most ``most`` windows of at most ``size`` × ``size`` pixels, spread evenly; all of a small picture."""
    columns, rows = -(-width // size), -(-height // size)
    while columns * rows > most:
        if columns >= rows:
            columns = max(1, columns - 1 - columns // 10)
        else:
            rows = max(1, rows - 1 - rows // 10)
    return [
        Box(col0=c, row0=r, col1=min(c + size, width), row1=min(r + size, height))
        for r in _starts(height, size, rows)
        for c in _starts(width, size, columns)
    ]


def _starts(extent: int, size: int, count: int) -> list[int]:
    last = max(0, extent - size)
    return sorted({round(last * i / max(1, count - 1)) for i in range(count)})
