"""What one optical look shows of the ground: its bands without the clouds, and its water.

Source of the index: McFeeters 1996 (doi 10.1080/01431169608948714).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.clouds import clouds_by_brightness, clouds_by_classes, visible_bands
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.vessels.detection.kernels import distance_to
from offing.vessels.detection.stack.aligned import Other, on_reference

F32 = NDArray[np.float32]
Mask = NDArray[np.bool_]

GREEN, RED, NEAR = ("B03", "green"), ("B04", "red"), ("B08", "nir", "B8A")
WATER_ABOVE = 0.0
"""Normalised difference of green over near infrared from which a pixel is water: McFeeters' own threshold."""
RIM_M = 50.0
"""Around a cloud that was told by its brightness: its thin edge."""
_SHADOW, _CIRRUS = 3, 10
"""Classes of Sentinel-2's SCL that hide too little for a look to be given up, but too much for a history."""


def told_by(bands: Sequence[str]) -> tuple[str, ...]:
    """Those of ``bands`` that are looked at: visible light and near infrared; the first band where none has a name."""
    near = [b for b in bands if b in NEAR][:1]
    return (*visible_bands(bands), *near) or tuple(bands[:1])


def cloudless(values: F32, bands: Sequence[str], gsd_m: float, *, reflectance: bool) -> F32:
    """``values`` (bands, rows, cols) with NaN where any band has no data, and where clouds are by their brightness.

    One band alone does not tell clouds.
    """
    out = np.where(np.isfinite(values).all(axis=0), values, np.float32(np.nan)).astype(np.float32)
    shown = [i for i, b in enumerate(bands) if b in visible_bands(bands)]
    if len(shown) >= 2:
        near = _band(out, bands, NEAR)
        red = _band(out, bands, RED)
        mask = clouds_by_brightness(
            out[shown], out[shown[-1]] if red is None else red, near, gsd_m, reflectance=reflectance
        )
        if mask.cloud.any():
            out[:, distance_to(mask.cloud) <= RIM_M / gsd_m] = np.nan
    return out


def look_at(reference: Picture, other: Other | None, bands: Sequence[str], window: Box, gsd_m: float) -> F32:
    """(bands, rows, cols) of ``other`` (None: of ``reference`` itself) on the pixels of ``window`` of ``reference``.

    NaN: no data, or cloud by the look's own quality band, else by brightness.
    """
    picture = reference if other is None else other.picture
    values = reference.read(bands, window) if other is None else on_reference(reference, other, bands, window)
    if not picture.quality_bands:
        return cloudless(values, bands, gsd_m, reflectance=picture.scale.quantity == "reflectance")
    name = picture.quality_bands[0]
    classes = (
        reference.read([name], window)
        if other is None
        else on_reference(reference, other, [name], window, nearest=True)
    )[0]
    hidden = clouds_by_classes(classes, name).cloud | ~np.isfinite(classes)
    if name == "SCL":
        hidden |= np.isin(classes, (_SHADOW, _CIRRUS))
    return np.where(hidden | ~np.isfinite(values).all(axis=0), np.float32(np.nan), values).astype(np.float32)


def has_index(bands: Sequence[str]) -> bool:
    """Whether these bands tell water by green and near infrared."""
    return any(b in bands for b in GREEN) and any(b in bands for b in NEAR)


def water_in(values: F32, bands: Sequence[str]) -> Mask:
    """(rows, cols), True: water in a look of ``look_at`` whose bands tell it (``has_index``); most ships are none."""
    green, near = _band(values, bands, GREEN), _band(values, bands, NEAR)
    assert green is not None
    assert near is not None
    with np.errstate(invalid="ignore"):
        return np.asarray(green - near > WATER_ABOVE * np.maximum(green + near, 1e-3))


def _band(values: F32, bands: Sequence[str], names: Sequence[str]) -> F32 | None:
    return next((values[i] for i, b in enumerate(bands) if b in names), None)
