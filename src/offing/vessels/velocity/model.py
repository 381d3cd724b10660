"""What is measured on the way from pixels to a velocity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.records import Record

F64 = NDArray[np.float64]


class Outline(Record, frozen=True):
    """A ship's rectangle in pixels (GDAL's outer-corner convention)."""

    col: float
    row: float
    length: float
    width: float
    angle: float
    """Radians from the column axis towards the row axis, of the end that counts as ahead."""

    def along_across(self, cols: F64, rows: F64) -> tuple[F64, F64]:
        """Pixels ahead of the centre, and to starboard of it (rows count down)."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        dc, dr = cols - self.col, rows - self.row
        return np.asarray(dc * c + dr * s), np.asarray(dr * c - dc * s)


class Patch(Record, frozen=True):
    """Pixels around a ship in several bands."""

    values: F64
    """(bands, n) reflectance."""
    cols: F64
    """(n,) pixel centres."""
    rows: F64
    """(n,) pixel centres."""
    blur: F64
    """(bands,) standard deviation of the point spread, pixels."""


class Track(Record, frozen=True):
    """Where each band sees a ship."""

    outline: Outline
    """As fitted; its centre is the box' centre, from which positions count."""
    positions: F64
    """(bands, 2) pixels ahead of the centre and to starboard."""
    covariance: F64
    """(2 bands, 2 bands) of the positions, band by band."""
    contrast: F64
    """(bands,) RMS of the ship over the water's standard deviation."""
    misfit: F64
    """(bands,) RMS of what the model leaves within the hull, over the RMS of the ship."""


class Still(Record, frozen=True):
    """How the bands of a place lie on each other where nothing moves."""

    shift: F64
    """(bands, 2) pixels (columns, rows) by which a band lies off."""
    sd: F64
    """(bands, 2) its standard deviation."""
    tiles: int
    """Patches of land it was measured on; 0: declared, not measured."""


class Motion(Record, frozen=True):
    """A velocity in the picture, by the handbook's order of the bands."""

    ahead: float
    """Pixels a second along the outline's axis."""
    starboard: float
    """Pixels a second across it."""
    covariance: F64
    """(2, 2), already widened by the misfit."""
    freedom: float
    """Degrees of freedom of the t distribution that it belongs to."""
