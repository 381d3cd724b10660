"""The oriented box of a region: axis by second moments, ends by the outermost pixels, beam by second moments."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.regions import Region
from offing.vessels.detection.shapes import Form
from offing.vessels.model import OrientedBox

F64 = NDArray[np.float64]


def oriented_box(region: Region, shape: Form) -> OrientedBox:
    """The box around a region in the pixels of the array it was cut from.

    The ends lie where the 1 % outermost pixels begin, so that one stray pixel does not lengthen a ship; the beam is
    that of the
    rectangle with the same second moments, which a mast's or a crane's reflection hardly widens. Beam never exceeds
    length.
    """
    rows, cols = np.nonzero(region.mask)
    c, s = float(np.cos(shape.angle)), float(np.sin(shape.angle))
    dc, dr = cols + region.col0 + 0.5 - shape.col, rows + region.row0 + 0.5 - shape.row
    half_pixel = 0.5 * max(abs(c), abs(s))
    low, high = np.quantile(dc * c + dr * s, [0.01, 0.99]) + np.array([-half_pixel, half_pixel])
    length, middle = float(high - low), float(high + low) / 2
    beam = min(shape.beam, length)
    return OrientedBox(
        col=shape.col + middle * c,
        row=shape.row + middle * s,
        length_px=(length / 2 * c, length / 2 * s),
        beam_px=(-beam / 2 * s, beam / 2 * c),
    )


def upright(box: OrientedBox) -> tuple[float, float, float, float]:
    """(col0, row0, col1, row1) of the upright box around an oriented one."""
    wide = abs(box.length_px[0]) + abs(box.beam_px[0])
    high = abs(box.length_px[1]) + abs(box.beam_px[1])
    return box.col - wide, box.row - high, box.col + wide, box.row + high
