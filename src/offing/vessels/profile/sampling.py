"""A lattice that follows a ship's box, and the pixels read on it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.reading import Picture
from offing.vessels.model import OrientedBox

F64 = NDArray[np.float64]

_VISIBLE = ("red", "green", "blue", "pan", "B02", "B03", "B04", "green_i", "yellow", "coastal")


def bands_read(picture: Picture) -> tuple[str, ...]:
    """The bands whose mean is the brightness: the visible ones, the polarisations, or all where none is so named."""
    if picture.sensor == "sar":
        return picture.bands[:2]
    return tuple(b for b in picture.bands if b in _VISIBLE) or picture.bands


def resampled(values: NDArray[np.float32], cols: F64, rows: F64, window: Box) -> F64:
    """(bands, *shape of ``cols``) between the pixels of ``values`` (bands, rows, cols of ``window``), linearly.

    ``cols`` and ``rows`` are the picture's pixel coordinates; NaN where a pixel without data or outside takes part.
    """
    from scipy.ndimage import map_coordinates

    at = np.stack([rows - window.row0 - 0.5, cols - window.col0 - 0.5])
    # Half a pixel at the picture's edge has data although no pixel's centre lies beyond it.
    inside = (at >= -0.5) & (at <= np.array(values.shape[1:]).reshape(2, *[1] * cols.ndim) - 0.5)
    return np.stack(
        [
            np.where(inside.all(axis=0), map_coordinates(b.astype(np.float64), at, order=1, mode="nearest"), np.nan)
            for b in values
        ]
    )


def lattice(box: OrientedBox, along: F64, across: F64) -> tuple[F64, F64]:
    """(cols, rows), each (along, across): ``along`` in fractions from the bow end, ``across`` in half beams."""
    (lc, lr), (bc, br) = box.length_px, box.beam_px
    t = (1.0 - 2.0 * along)[:, None]
    return box.col + t * lc + across[None, :] * bc, box.row + t * lr + across[None, :] * br


def pixel_noise(values: NDArray[np.float32]) -> float:
    """Standard deviation of a pixel of the bands' mean, from what no smooth surface explains (Immerkaer 1996, with the
    median so that edges do not count); 0 where there are too few pixels.
    """
    mean = values.mean(axis=0)
    if min(mean.shape) < 3:
        return 0.0
    rows = mean[:-2] - 2.0 * mean[1:-1] + mean[2:]
    both = rows[:, :-2] - 2.0 * rows[:, 1:-1] + rows[:, 2:]
    both = np.abs(both[np.isfinite(both)])
    return 1.4826 * float(np.median(both)) / 6.0 if both.size else 0.0


def window_of(box: OrientedBox, picture: Picture, margin: float = 2.0) -> Box | None:
    """The pixels under the box and ``margin`` half beams to each side; None where its axis leaves the picture."""
    (lc, lr), (bc, br) = box.length_px, box.beam_px
    ends = [(box.col + s * lc, box.row + s * lr) for s in (1, -1)]
    if not all(0.0 <= c <= picture.width and 0.0 <= r <= picture.height for c, r in ends):
        return None
    wide, high = abs(lc) + margin * abs(bc) + 3.0, abs(lr) + margin * abs(br) + 3.0
    return Box(
        col0=max(0, math.floor(box.col - wide)),
        row0=max(0, math.floor(box.row - high)),
        col1=min(picture.width, math.ceil(box.col + wide)),
        row1=min(picture.height, math.ceil(box.row + high)),
    )
