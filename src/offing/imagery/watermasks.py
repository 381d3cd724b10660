"""Water by the numbers: from arrays of one grid, without files.

Sources: McFeeters 1996 (doi 10.1080/01431169608948714) and Xu 2006 (doi 10.1080/01431160600589179) for the normalised
differences, Otsu 1979 (doi 10.1109/TSMC.1979.4310076) for the thresholds.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

ISLAND_M2 = 60_000.0
"""Smaller patches in the water are ships, not land (the largest ship covers 25,000 m²) …"""
ISLAND_M = 600.0
"""… unless they are longer than any ship."""
POND_M2 = 20_000.0
"""Smaller patches of water are shadows, roofs and roads."""
RADAR_ISLAND_M2, RADAR_POND_M2 = 250_000.0, 100_000.0
"""The same in radar pictures, where side lobes widen ships and speckle makes ponds."""
VEGETATION = 0.45
"""Normalised difference of near infrared over green above which a small patch is green land, never a ship."""
_ENOUGH = 500_000
"""Cells from which a threshold is found well enough."""
CLOSING_M = 15.0
"""Land narrower than twice this, such as a ship's hull at a quay or a jetty, does not cut the water."""


def infrared_water(
    infrared: Floats, green: Floats, near: Floats, cell_m: float, name: str
) -> tuple[Bools, tuple[str, ...]]:
    """(mask, notes) from reflectances (rows, cols) of an infrared, a green and a near infrared band; NaN is no water.

    The threshold is Otsu's on the logarithm of the infrared. It is used when the two sides differ by a factor of two;
    else the picture is of one kind, and the sign of the normalised difference of green says which.
    """
    valid = np.asarray(np.isfinite(infrared) & np.isfinite(green) & np.isfinite(near))
    dark = np.log10(np.clip(_smooth(infrared, valid, 1), 2e-3, 1.0))
    threshold, contrast = otsu(dark[valid])
    if contrast >= 0.30:
        mask = valid & (dark < threshold)
        note = f"water: {name} below {10**threshold:.3f}"
    else:
        wet = bool(valid.any()) and float(np.median(_difference(green, near)[valid])) > 0.0
        mask = valid if wet else np.zeros_like(valid)
        note = f"water: {name} shows one kind of surface only, taken as {'all water' if wet else 'no water'}"
    leafy = valid & (_difference(near, green) > VEGETATION)
    return tidy(mask & ~leafy, valid, cell_m, land=leafy), (note,)


def _difference(one: Floats, other: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((one - other) / np.maximum(one + other, 1e-3), np.float32)


def radar_water(power: Floats, cell_m: float) -> tuple[Bools, tuple[str, ...]]:
    """(mask, notes) from linear backscattered power (rows, cols) in cells of some 30 m; NaN is no water.

    Ships and speckle are taken out by medians over 5 × 5 cells, and Otsu's threshold on dB is used when the two sides
    differ by 4 dB or more; else all of it is taken as water, open sea being what such pictures show.
    """
    valid = np.isfinite(power)
    decibels = (10.0 * np.log10(np.maximum(power, 1e-7))).astype(np.float32)
    level = _median(_median(decibels, valid), valid)
    known = level[valid]
    threshold, contrast = otsu(known[:: max(1, known.size // _ENOUGH)])
    if contrast < 4.0:
        return valid, ("water: no land stands out in the radar picture, all of it is taken as water",)
    mask = tidy(valid & (level < threshold), valid, cell_m, island_m2=RADAR_ISLAND_M2, pond_m2=RADAR_POND_M2)
    return mask, (f"water: smoothed backscatter below {threshold:.1f} dB, {contrast:.1f} dB under the land",)


def colour_water(colours: Floats, cell_m: float) -> tuple[Bools, tuple[str, ...]]:
    """(mask, notes) from 1–3 visible bands (bands, rows, cols), red first; a rough guess by calm texture and colour.

    Water is the largest stretch of the smoothest surface, and what is like it in colour and texture.
    """
    valid: Bools = np.asarray(np.isfinite(colours).all(axis=0))
    filled = np.where(valid, colours, 0.0).astype(np.float32)
    smooth = np.stack([_smooth(band, valid, 1) for band in filled])
    texture = _texture(smooth.mean(axis=0), valid)
    seed = _seed(smooth, texture, valid)
    if seed is None:
        return np.zeros_like(valid), ("water: none found by colour and texture",)
    distance = _distance(smooth, texture, seed)
    mask = tidy(valid & (distance < 3.5), valid, cell_m)
    return mask, ("water: by colour and texture alone, a rough guess",)


def otsu(values: NDArray[Any]) -> tuple[float, float]:
    """(threshold, difference of the two sides' medians) that best splits the values in two; (0, 0) for none."""
    if values.size < 16:
        return 0.0, 0.0
    low, high = (float(q) for q in np.quantile(values, (0.002, 0.998)))
    if not high - low > 1e-6 * max(abs(low), abs(high)):
        return low, 0.0  # as good as constant: too narrow for float32 to be cut into 256 bins
    counts, edges = np.histogram(np.clip(values, low, high), bins=256, range=(low, high))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1].astype(np.float64)
    above = counts.sum() - below
    sums = np.cumsum(counts * centres)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = below * above * (sums[:-1] / below - (sums[-1] - sums[:-1]) / above) ** 2
    threshold = float(edges[1:-1][int(np.nanargmax(between))])
    lower, upper = values[values < threshold], values[values >= threshold]
    if not lower.size or not upper.size:
        return threshold, 0.0
    return threshold, float(np.median(upper) - np.median(lower))


def tidy(
    mask: Bools,
    valid: Bools,
    cell_m: float,
    *,
    land: Bools | None = None,
    island_m2: float = ISLAND_M2,
    pond_m2: float = POND_M2,
) -> Bools:
    """The mask with narrow cuts closed, islands too small for land filled and ponds too small for ships dropped.

    Patches that are mostly ``land``, or longer than any ship, stay land.
    """
    import cv2

    radius = int(CLOSING_M / cell_m)
    wet = mask.copy()
    if radius >= 1:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        wet = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, disc) > 0
    length = ISLAND_M / cell_m if island_m2 == ISLAND_M2 else math.inf
    wet |= _small(~wet & valid, island_m2 / cell_m**2, length=length, never=land)
    wet &= ~_small(wet, pond_m2 / cell_m**2)
    return np.asarray(wet & valid)


def _small(mask: Bools, cells: float, *, length: float = math.inf, never: Bools | None = None) -> Bools:
    """The connected parts of fewer cells; at the edge of a quarter of that, as they may go on beyond it."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    area = stats[:, cv2.CC_STAT_AREA]
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    inside = (left > 0) & (top > 0) & (left + wide < mask.shape[1]) & (top + high < mask.shape[0])
    small = (area < np.where(inside, cells, cells / 4)) & (np.hypot(wide, high) < length)
    if never is not None:
        small &= np.bincount(labels[never], minlength=len(stats)) < area / 2
    small[0] = False
    return np.asarray(small[labels])


def _smooth(values: Floats, valid: Bools, radius: int) -> Floats:
    """Mean over squares of 2·radius + 1 cells, of the valid ones only."""
    import cv2

    side = (2 * radius + 1, 2 * radius + 1)
    weight = cv2.boxFilter(valid.astype(np.float32), -1, side, borderType=cv2.BORDER_REFLECT)
    total = cv2.boxFilter(np.where(valid, values, 0.0).astype(np.float32), -1, side, borderType=cv2.BORDER_REFLECT)
    return np.asarray(np.where(weight > 1e-6, total / np.maximum(weight, 1e-6), 0.0), np.float32)


def _median(values: Floats, valid: Bools) -> Floats:
    import cv2

    if valid.all():
        return np.asarray(cv2.medianBlur(values, 5), np.float32)
    fill = float(np.median(values[valid])) if valid.any() else 0.0
    return np.asarray(cv2.medianBlur(np.where(valid, values, fill).astype(np.float32), 5), np.float32)


def _texture(grey: Floats, valid: Bools) -> Floats:
    """Logarithm of the standard deviation over 7 × 7 cells."""
    mean = _smooth(grey, valid, 3)
    variance = _smooth(grey * grey, valid, 3) - mean * mean
    return np.asarray(np.log10(np.sqrt(np.maximum(variance, 0.0)) + 2e-3), np.float32)


def _seed(smooth: Floats, texture: Floats, valid: Bools) -> Bools | None:
    """The largest connected stretch of the smoothest fifth that is not redder than it is green or blue."""
    import cv2

    if not valid.any():
        return None
    calm = valid & (texture <= np.quantile(texture[valid], 0.3))
    if len(smooth) == 3:
        red, green, blue = smooth
        calm &= np.maximum(green, blue) >= red
    calm &= smooth.mean(axis=0) <= np.quantile(smooth.mean(axis=0)[valid], 0.8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(calm.astype(np.uint8), connectivity=4)
    if len(stats) < 2:
        return None
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if stats[best, cv2.CC_STAT_AREA] < 0.005 * valid.sum():
        return None
    return np.asarray(labels == best)


def _distance(smooth: Floats, texture: Floats, seed: Bools) -> Floats:
    """Mahalanobis distance from the seed's colour and texture, with a floor on the spread."""
    features = np.concatenate([smooth, texture[None]]).reshape(len(smooth) + 1, -1).T.astype(np.float64)
    inside = features[seed.ravel()]
    floor = np.diag([*([0.02**2] * len(smooth)), 0.25**2])
    precision = np.linalg.inv(np.cov(inside.T) + floor)
    off = features - inside.mean(axis=0)
    off[:, -1] = np.maximum(off[:, -1], 0.0)  # smoother than the seed is not less like water
    return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", off, precision, off)).reshape(seed.shape), np.float32)
