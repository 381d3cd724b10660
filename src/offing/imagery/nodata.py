"""Where a picture has no data although nothing declares it: solid areas of zeros at its corners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.layers import Stored
from offing.imagery.model import SensorKind
from offing.imagery.source import Sample, SourceFile

_SIDE = 8
"""Side in pixels of the squares that must be zero throughout."""
_SHARE = 0.005
"""Least part of the sample that such squares must fill."""


def zeros_are_nodata(
    sensor: SensorKind, bands: Sequence[Stored], sources: Sequence[SourceFile], samples: Sequence[Sample], lead: int
) -> bool:
    """Whether pixels that are 0 in all bands are taken as nodata.

    Only where the file has no nodata or mask of its own and whole squares of zeros reach a corner. An 8-bit radar
    picture is left alone: black is what calm water looks like there.
    """
    first = sources[lead]
    on_grid = [i for i, s in enumerate(sources) if (s.width, s.height) == (first.width, first.height)]
    used = sorted({b.file for b in bands} & set(on_grid))
    if any(sources[i].masked or sources[i].palette or any(v is not None for v in sources[i].nodata) for i in used):
        return False
    if sensor == "sar" and first.dtype == "uint8":
        return False
    empty = [
        np.logical_and.reduce([(samples[i].windows[n] == 0).all(axis=0) for i in used])
        for n in range(min(len(samples[i].windows) for i in used))
    ]
    corner = any(bool(w[r, c]) for w in (empty[0], empty[-1]) for r in (0, -1) for c in (0, -1))
    return corner and _solid_share(empty) >= _SHARE


def _solid_share(windows: Sequence[NDArray[np.bool_]]) -> float:
    solid = total = 0
    for window in windows:
        rows, cols = window.shape[0] // _SIDE * _SIDE, window.shape[1] // _SIDE * _SIDE
        tiles = window[:rows, :cols].reshape(rows // _SIDE, _SIDE, cols // _SIDE, _SIDE).all(axis=(1, 3))
        solid += int(tiles.sum())
        total += tiles.size
    return solid / total if total else 0.0
