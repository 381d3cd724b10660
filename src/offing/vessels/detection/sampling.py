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


def stored_windows(width: int, height: int, block: tuple[int, int], size: int = 512, most: int = 36) -> list[Box]:
    """Windows as ``sample_windows`` gives, laid on whole stored blocks (rows, cols), so that few are decoded for them.

    Of a picture stored in rows as wide as itself, low and wide windows are taken. All of a small picture.
    """
    if width * height <= most * size * size:
        return sample_windows(width, height, size * 2)
    most = min(most, max(9, width * height // (16 * size * size)))
    rows, cols = block
    tall, wide = (size // 4, size * 4) if cols > 4 * size and rows <= size else (size, size)
    step_down = rows if rows <= size else 1
    step_right = cols if cols <= wide else 1
    side = int(most**0.5)
    return [
        Box(col0=c, row0=r, col1=min(c + wide, width), row1=min(r + tall, height))
        for r in sorted({s // step_down * step_down for s in _starts(height, tall, side)})
        for c in sorted({s // step_right * step_right for s in _starts(width, wide, side)})
    ]
