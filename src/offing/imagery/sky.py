"""The sky over optical pictures that bring no mask: cloud, thin cloud and haze, and the shadows that clouds throw.

Cloud is bright, white and wide. Thin cloud and haze leave nothing dark: over any 300 m of ground there is some water,
shadow or asphalt that is dark in one band at least, unless light is scattered in above it (the dark channel of He, Sun
and Tang 2009). Of dense cloud the same holds in near and short-wave infrared, which haze lets through. Shadows are
looked for where the sun throws them, for cloud bases of any height, and kept where the ground is darker than its like
(as Fmask does: Zhu and Woodcock 2012).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.clouds import clouds_by_brightness, visible_bands
from offing.records import Record

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

HAZE_M, HAZE = 110.0, 0.092
"""Radius of the disc of which no pixel is dark, and the reflectance of the darkest from which that is haze."""
NEAR_GAIN = np.float32(1.6)
"""Haze is weaker in near infrared than in visible light by about this factor; turbid water is darker yet."""
RIM_M = 25.0
"""How far the thin edge of a cloud reaches."""
VEIL_M, VEIL = 150.0, 0.19
"""The same for cloud that is too dense to look through but neither bright nor white enough."""
SWIR_GAIN = 1.4
"""Clouds are darker in short-wave infrared than in visible light by about this factor."""
SNOW = 0.4
"""Normalised difference of green over short-wave infrared from which white ground is snow (Dozier 1989)."""
GLINT = 0.035
"""Reflectance in near and short-wave infrared from which water shines: sun glint, foam, or a thin veil over it."""
_BASES_M = tuple(float(h) for h in np.geomspace(150.0, 5000.0, 36))
"""Heights of cloud bases that are tried."""
_DARKER, _MATCH = 0.82, 0.12
"""A cell counts as shaded below this part of its like; the shadow is found where it is darker by this part on average,
against other heights."""
_AROUND_M = 1200.0
_NOTHING = np.float32(9.0)
_FAR_M = 6000.0
"""No shadow is looked for farther from its cloud."""


class Sky(Record, frozen=True, eq=False):
    """What stood between the sensor and each cell, (rows, cols) each; a cell is at most one of them."""

    cloud: Bools
    """Nothing can be seen."""
    thin: Bools
    """Thin cloud or haze: seen with less contrast."""
    shadow: Bools
    """In the shadow of a cloud."""
    lost: Bools
    """Without usable data, by the quality band."""
    unknown: Bools
    """Not judged."""
    basis: str
    """By what this is known."""
    notes: tuple[str, ...]
    """What was not judged, or looks like something else, one clause each."""


class Sun(Record, frozen=True):
    """Where the sun stood, in the picture."""

    elevation_deg: float
    """Above the horizon."""
    azimuth_deg: float
    """Direction of the sun, degrees clockwise from the picture's up."""


def empty_sky(shape: tuple[int, ...], basis: str) -> Sky:
    """Nothing anywhere."""
    none = np.zeros(shape, np.bool_)
    return Sky(cloud=none, thin=none, shadow=none, lost=none, unknown=none, basis=basis, notes=())


def unjudged_sky(shape: tuple[int, ...], why: str) -> Sky:
    """Nothing is known anywhere."""
    none = np.zeros(shape, np.bool_)
    return Sky(cloud=none, thin=none, shadow=none, lost=none, unknown=~none, basis="", notes=(why,))


def sky_by_pixels(bands: Sequence[str], values: Floats, cell_m: float, sun: Sun | None, *, reflectance: bool) -> Sky:
    """From (bands, rows, cols) physical values in square cells of ``cell_m`` metres; NaN: no data.

    Fewer than two visible bands tell nothing. Of a rendering, without a physical scale, only wide white cloud is told.
    """
    shown = [i for i, b in enumerate(bands) if b in visible_bands(bands)]
    if len(shown) < 2:
        return unjudged_sky(values.shape[1:], "clouds not judged: it takes two bands of visible light")
    red, near, swir = (_band(bands, values, names) for names in (("B04", "red"), ("B08", "nir"), ("B11", "swir1")))
    visible = values[shown]
    mask = clouds_by_brightness(visible, visible[-1] if red is None else red, near, cell_m, reflectance=reflectance)
    clean = empty_sky(values.shape[1:], mask.basis)
    notes: tuple[str, ...]
    if not reflectance:
        notes = ("thin cloud, haze and shadow not judged in a rendering",)
        return Sky(cloud=mask.cloud, thin=clean.thin, shadow=clean.shadow, lost=clean.lost, unknown=clean.unknown,
                   basis=mask.basis, notes=notes)  # fmt: skip
    dark = _darkest(visible, near, swir)
    snow = _rim(_snow(bands, values, swir), 2.0)  # its edge is mixed with ground
    cloud = (mask.cloud & ~snow) | (opened(dark, VEIL_M / cell_m) > VEIL)
    hazy = opened(_darkest(visible, None if near is None else NEAR_GAIN * near, None), HAZE_M / cell_m) > HAZE
    thin = (hazy | _rim(cloud, RIM_M / cell_m)) & ~cloud & ~snow
    shadow, notes = _shadow(values, bands, cloud, thin, cell_m, sun)
    return Sky(cloud=cloud, thin=thin, shadow=shadow, lost=clean.lost, unknown=clean.unknown, basis=mask.basis,
               notes=notes)  # fmt: skip


def shining_water(bands: Sequence[str], values: Floats) -> tuple[Bools, Bools]:
    """(water, water that shines as sun glint makes it), (rows, cols) each; nowhere without green and near infrared."""
    green, near, swir = (_band(bands, values, n) for n in (("B03", "green"), ("B08", "nir"), ("B11", "swir1")))
    if green is None or near is None:
        return (none := np.zeros(values.shape[1:], np.bool_)), none
    with np.errstate(invalid="ignore"):
        water = green > near
        floor = near if swir is None else np.minimum(near, SWIR_GAIN * swir)
        return np.asarray(water), np.asarray(water & (floor > GLINT))


def opened(values: Floats, radius: float) -> Floats:
    """The darkest value within a disc of the radius (cells), of the disc around it in which that is greatest.

    What is brighter but narrower than the disc disappears, what is wider keeps its outline. NaN is passed over.
    """
    import cv2

    # The darkest of small blocks first: it loses none of the darkest, and costs a fraction.
    step = max(1, int(radius / 5.0))
    size = 2 * max(1, round(radius / step)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    known = np.isfinite(values)
    rows, cols = (-(-n // step) for n in values.shape)
    padded = np.full((rows * step, cols * step), _NOTHING, np.float32)
    padded[: values.shape[0], : values.shape[1]] = np.where(known, values, _NOTHING)
    low = cv2.erode(padded.reshape(rows, step, cols, step).min(axis=(1, 3)), disc)
    low[low >= _NOTHING] = -1.0
    wide = np.repeat(np.repeat(cv2.dilate(low, disc), step, axis=0), step, axis=1)
    return np.where(known, wide[: values.shape[0], : values.shape[1]], np.float32(-1.0)).astype(np.float32)


def _rim(cloud: Bools, radius: float) -> Bools:
    """Within the radius (cells) of cloud."""
    import cv2

    if not cloud.any():
        return cloud
    return np.asarray(cv2.distanceTransform((~cloud).astype(np.uint8), cv2.DIST_L2, 5) <= radius)


def _darkest(visible: Floats, near: Floats | None, swir: Floats | None) -> Floats:
    dark = visible.min(axis=0)
    if near is not None:
        dark = np.minimum(dark, near)
    if swir is not None:
        dark = np.minimum(dark, np.float32(SWIR_GAIN) * swir)
    return np.asarray(dark, np.float32)


def _snow(bands: Sequence[str], values: Floats, swir: Floats | None) -> Bools:
    """White ground that is dark in short-wave infrared."""
    green = _band(bands, values, ("B03", "green"))
    if swir is None or green is None:
        return np.zeros(values.shape[1:], np.bool_)
    with np.errstate(invalid="ignore"):
        return np.asarray((green - swir > SNOW * (green + swir)) & (green > 0.2))


def _shadow(
    values: Floats, bands: Sequence[str], cloud: Bools, thin: Bools, cell_m: float, sun: Sun | None
) -> tuple[Bools, tuple[str, ...]]:
    """(shaded cells, what could not be told)."""
    none = np.zeros(cloud.shape, np.bool_)
    if not cloud.any():
        return none, ()
    if sun is None or sun.elevation_deg < 5.0:
        return none, ("shadows of the cloud not judged",)
    dim = _dimness(values, bands, cloud | thin, cell_m)
    best, shade = -math.inf, none
    scores = []
    for base in _BASES_M:
        reach = base / math.tan(math.radians(sun.elevation_deg))
        if reach > _FAR_M:
            break
        thrown = _moved(cloud, reach / cell_m, sun.azimuth_deg + 180.0) & ~cloud & ~thin & np.isfinite(dim)
        if thrown.sum() < 20:
            continue
        score = float(dim[thrown].mean())
        scores.append(score)
        if score > best:
            best, shade = score, thrown
    if not scores or best - float(np.median(scores)) < _MATCH or best < _MATCH:
        return none, ("no shadow of the cloud was found",)
    return np.asarray(shade & (dim > 1.0 - _DARKER)), ()


def _dimness(values: Floats, bands: Sequence[str], hidden: Bools, cell_m: float) -> Floats:
    """How much darker a cell is than the median of its like, water or not, 0–1; NaN where nothing is known."""
    import cv2

    bright = values.mean(axis=0)
    water, _ = shining_water(bands, values)
    out = np.full(bright.shape, np.nan, np.float32)
    radius = max(1, round(_AROUND_M / cell_m))
    for kind in (water, ~water):
        own = kind & ~hidden & np.isfinite(bright)
        if not own.any():
            continue
        share = cv2.blur(own.astype(np.float32), (2 * radius + 1, 2 * radius + 1))
        total = cv2.blur(np.where(own, bright, 0.0).astype(np.float32), (2 * radius + 1, 2 * radius + 1))
        level = total / np.maximum(share, 1e-6)
        smooth = cv2.blur(np.where(own, bright, 0.0).astype(np.float32), (5, 5))
        smooth = smooth / np.maximum(cv2.blur(own.astype(np.float32), (5, 5)), 1e-6)
        out[own] = 1.0 - smooth[own] / np.maximum(level[own], 1e-4)
    return out


def _moved(mask: Bools, cells: float, towards_deg: float) -> Bools:
    """The mask moved by a distance in a direction clockwise from up; nothing comes in from outside."""
    angle = math.radians(towards_deg)
    right, down = round(cells * math.sin(angle)), round(-cells * math.cos(angle))
    out = np.zeros_like(mask)
    rows, cols = mask.shape
    if abs(right) >= cols or abs(down) >= rows:
        return out
    out[max(0, down) : rows + min(0, down), max(0, right) : cols + min(0, right)] = mask[
        max(0, -down) : rows + min(0, -down), max(0, -right) : cols + min(0, -right)
    ]
    return out


def _band(bands: Sequence[str], values: Floats, names: Sequence[str]) -> Floats | None:
    return next((values[i] for i, b in enumerate(bands) if b in names), None)
