"""Which tiles of a coarse picture the network is shown: shores of sizeable water, and what stands out of open water.

Everything dry within reach of sizeable water is shown, so that no quay is left out; of open water only what is brighter
than the water around it; of land nothing. Water: near infrared below the picture's own limit and no vegetation
(McFeeters 1996), or plainly bluer than infrared, which holds under haze and glint.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.watermasks import otsu
from offing.records import Record
from offing.vessels.detection.kernels import F32, U8, box_mean, disc, distance_to

Mask = NDArray[np.bool_]

TILE = 64
"""Pixels along a side."""
REACH_M = 120.0
"""How far from sizeable water a quay may lie: docks and ships that hide the water beside them are narrower."""
SIZEABLE_M = 20.0
"""Radius of a disc that fits into sizeable water."""
NIR_BOUNDS = (0.03, 0.18)
INDEX_LEAST, INDEX_WET, NIR_WET = -0.12, 0.0, 0.35
MIXED_INDEX, MIXED_NIR = -0.35, 0.15
"""The same for coarse cells that are water for a good part."""
AWAY_PX = 100
"""Blocks of a file with nothing wet within so many pixels are not read."""
CONTRAST = 0.30
"""Decimal logarithm by which land must outshine water in near infrared to be told from it; as for the water mask."""
AROUND_M = 165.0
"""Half side of the squares over which the water's own level and spread are taken."""
OUT_SPREADS, OUT_LEAST = 6.0, 0.006
"""How far something stands out of the water, in the water's own spreads and in reflectance."""
TEXTURED = 0.01
"""Where no infrared tells water from land: what varies more than this is shown whatever stands out."""
MEAN_TO_SD = 1.2533
"""Standard deviation of a normal distribution over its mean absolute deviation."""


class Limits(Record, frozen=True):
    """How water is told in one picture."""

    nir: float
    """Greatest near-infrared reflectance of plain water."""
    radius: int
    """Pixels of the disc that fits into sizeable water."""
    reach: int
    """Pixels from sizeable water within which all that is dry is shown."""
    around: int
    """Pixels along the squares over which the water's own level is taken, odd."""


class Inland(Record, frozen=True, eq=False):
    """Where a picture shows no water at all, by a glance at it in coarse cells."""

    dry: Mask
    """(cell rows, cell cols), True: no cell within ``AWAY_PX`` pixels may be water, even in part."""
    factor: int
    """Pixels along a cell."""

    def holds(self, box: Box) -> bool:
        """Whether no part of ``box`` lies near anything wet."""
        n = self.factor
        return bool(self.dry[box.row0 // n : -(-box.row1 // n), box.col0 // n : -(-box.col1 // n)].all())


class Worth(Record, frozen=True, eq=False):
    """What the first look at a square says."""

    tiles: list[Box]
    """Pixels from the window's corner."""
    sizeable: Mask | None
    """(rows, cols) of the window, True: sizeable water; None: no band tells."""


def limits_of(green: F32, nir: F32, gsd_m: float) -> Limits:
    """From values all over a picture: reflectances of green and near infrared, (n,) each."""
    known = np.isfinite(green) & np.isfinite(nir)
    green, nir = green[known], nir[known]
    threshold, contrast = otsu(np.log10(np.clip(nir, 2e-3, 1.0)))
    if contrast < CONTRAST:
        wet = nir.size > 0 and float(np.median(green - nir)) > 0
        threshold = math.log10(NIR_BOUNDS[1] if wet else NIR_BOUNDS[0])
    return limits(float(np.clip(10**threshold, *NIR_BOUNDS)), gsd_m)


def inland(green: F32, nir: F32, factor: int, limits: Limits) -> Inland:
    """From reflectances of cells of ``factor`` pixels; cells that are half water count as wet, without data as dry."""
    with np.errstate(invalid="ignore"):
        total, over = green + nir, green - nir
        wet = (over > np.float32(MIXED_INDEX) * total) & (nir < np.float32(max(MIXED_NIR, 1.5 * limits.nir)))
        wet |= (over > np.float32(INDEX_WET) * total) & (nir < np.float32(NIR_WET))
    near = distance_to(wet) * factor <= AWAY_PX if wet.any() else wet
    return Inland(dry=np.asarray(~near), factor=factor)


def limits(nir: float, gsd_m: float) -> Limits:
    """For a known limit of the near infrared."""
    return Limits(
        nir=nir,
        radius=max(1, round(SIZEABLE_M / gsd_m)),
        reach=max(2, round(REACH_M / gsd_m)),
        around=2 * max(4, round(AROUND_M / gsd_m)) + 1,
    )


def worth(green: F32, visible: F32, nir: F32 | None, core: Box, limits: Limits) -> Worth:
    """The tiles of ``core`` (pixels from the window's corner) that are worth a look.

    ``green``, ``visible``, ``nir``: (rows, cols) of the window, reflectances, NaN where no data.
    """
    if nir is None:
        valid = np.isfinite(visible)
        known = visible if valid.all() else np.where(valid, visible, np.float32(0))
        return Worth(tiles=_tiles(_stands_out(known, valid, limits, TEXTURED), core), sizeable=None)
    together = nir + visible
    valid = np.isfinite(together) & np.isfinite(green)
    if not valid.all():
        green, nir, together = (np.where(valid, band, np.float32(0)) for band in (green, nir, together))
    wet = wet_pixels(green, nir, limits.nir) & valid
    sizeable = _sizeable(wet, limits.radius)
    if not sizeable.any():
        return Worth(tiles=[], sizeable=sizeable)
    shown = valid & ~wet & (distance_to(sizeable) <= limits.reach)
    shown |= _stands_out(together, sizeable, limits, math.inf)
    return Worth(tiles=_tiles(shown, core), sizeable=sizeable)


def all_tiles(valid: Mask, core: Box) -> list[Box]:
    """Every tile of ``core`` with data in it."""
    return _tiles(valid, core)


def wet_pixels(green: F32, nir: F32, limit: float) -> Mask:
    """Water by near infrared; single pixels are smoothed away. Reflectances without NaN."""
    import cv2

    total, over = green + nir, green - nir
    wet = (over > np.float32(INDEX_LEAST) * total) & (nir < np.float32(limit))
    wet |= (over > np.float32(INDEX_WET) * total) & (nir < np.float32(NIR_WET))
    return np.asarray(cv2.medianBlur(wet.astype(np.uint8), 3) > 0)


def _sizeable(wet: Mask, radius: int) -> Mask:
    """Water into which a disc fits, and what lies within three radii of such water."""
    import cv2

    core: U8 = np.asarray(cv2.morphologyEx(wet.astype(np.uint8), cv2.MORPH_OPEN, disc(radius)), np.uint8)
    if not core.any():
        return np.asarray(core > 0)
    return np.asarray(wet & (distance_to(core > 0) <= 3 * radius))


def _stands_out(band: F32, water: Mask, limits: Limits, textured: float) -> Mask:
    """Pixels of ``water`` brighter than the water around them by its own spread, or where that is ``textured``."""
    if not water.any():
        return water
    weight = water.astype(np.float32)
    inverse = 1 / np.maximum(box_mean(weight, limits.around), np.float32(1e-6))
    off = band * weight
    off -= box_mean(off, limits.around) * inverse
    off *= weight
    size = np.abs(off)
    # What stands out must not hide itself or its neighbours by raising the spread.
    usual = float(np.median(size[::5, ::5][water[::5, ::5]])) if water[::5, ::5].any() else float(size.max())
    np.minimum(size, np.float32(4 * usual), out=size)
    spread = box_mean(size, limits.around)
    spread *= inverse * np.float32(MEAN_TO_SD)
    out = off > np.maximum(np.float32(OUT_SPREADS) * spread, np.float32(OUT_LEAST))
    return np.asarray(out | (water & (spread > np.float32(textured))))


def _tiles(shown: Mask, core: Box) -> list[Box]:
    """The tiles of ``core`` in which anything is shown."""
    part = shown[core.row0 : core.row1, core.col0 : core.col1]
    rows, cols = (-(-n // TILE) for n in part.shape)
    padded = np.zeros((rows * TILE, cols * TILE), np.bool_)
    padded[: part.shape[0], : part.shape[1]] = part
    hit = padded.reshape(rows, TILE, cols, TILE).any(axis=(1, 3))
    return [
        Box(
            col0=core.col0 + c * TILE,
            row0=core.row0 + r * TILE,
            col1=min(core.col0 + (c + 1) * TILE, core.col1),
            row1=min(core.row0 + (r + 1) * TILE, core.row1),
        )
        for r, c in np.argwhere(hit).tolist()
    ]
