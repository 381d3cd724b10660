"""Any ship: layouts drawn at random, the alternative that a class's layout has to beat.

Declared, not measured: one block of superstructure at a random place or two, a funnel on it, and by chance a row of
hatches, cranes, containers, guns or a deck for helicopters.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from offing.vessels.model import Part, PartKind

LAYOUTS = 48
_SEED = 51


@cache
def any_layouts() -> tuple[tuple[Part, ...], ...]:
    """``LAYOUTS`` layouts, always the same."""
    rng = np.random.default_rng(_SEED)
    return tuple(_layout(rng) for _ in range(LAYOUTS))


def _layout(rng: np.random.Generator) -> tuple[Part, ...]:
    length = float(rng.uniform(0.06, 0.40))
    aft = rng.random() < 0.6
    start = float(rng.uniform(0.55, 0.95 - length) if aft and length < 0.38 else rng.uniform(0.08, 0.92 - length))
    parts = [_part("house", start, start + length, float(rng.uniform(0.6, 0.95)), float(rng.uniform(5.0, 18.0)))]
    at = float(rng.uniform(start + 0.4 * length, min(start + 1.1 * length, 0.94)))
    parts.append(_part("funnel", at, at + 0.04, 0.3, 12.0))
    if rng.random() < 0.35:
        second = float(rng.uniform(0.05, 0.85))
        parts.append(_part("house", second, second + float(rng.uniform(0.04, 0.10)), 0.8, 5.0))
    free = (0.12, start) if start > 0.5 else (start + length, 0.9)
    if free[1] - free[0] > 0.15:
        parts += _cargo(rng, *free)
    if rng.random() < 0.3:
        parts.append(_part("helideck", 0.86, 0.98, 0.9, 0.0))
    return tuple(parts)


def _cargo(rng: np.random.Generator, start: float, end: float) -> list[Part]:
    """What a free stretch of deck carries."""
    choice = rng.random()
    if choice < 0.25:
        return [_part("gear", start, end, 0.15, 1.5)]
    kind: PartKind = "boxes" if choice > 0.85 else "hatch"
    count = int(rng.integers(1, 8))
    step = (end - start) / count
    row = [_part(kind, start + i * step, start + (i + 0.8) * step, 0.65, 2.0) for i in range(count)]
    if rng.random() < 0.5:
        row += [_part("crane", start + i * step - 0.01, start + i * step + 0.01, 0.4, 14.0) for i in range(1, count)]
    return row


def _part(kind: PartKind, start: float, end: float, width: float, height: float) -> Part:
    return Part(kind=kind, start=start, end=min(end, 1.0), width=width, height_m=height)
