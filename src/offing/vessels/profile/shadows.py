"""How high the ship stands, from the shadow she throws on the water beside her.

The sun's rays meet the water at height / tan(elevation) from what throws them. Across a ship's axis that is
height · sin(azimuth − axis) / tan(elevation): the reach of the dark strip beside the hull, turned back into metres of
height. A strip is read where it is clearly darker than the water beyond it.
"""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.imagery.reading import Picture
from offing.records import Record
from offing.vessels.model import Detection
from offing.vessels.profile.model import FRACTIONS, SAMPLES
from offing.vessels.profile.sampling import bands_read, lattice, pixel_noise, resampled, window_of

F64 = NDArray[np.float64]

COARSEST_M = 4.0
"""Coarser pixels show no shadow of a deckhouse."""
TALLEST_M, BEYOND_M = 30.0, 12.0
"""The highest thing above the water that is looked for, and how far beyond its shadow the water is read, metres."""
CLEAR = 5.0
"""By how many standard deviations of a pixel's noise a shadow is darker than the water beyond it."""
MOST_STEPS = 2000
LEAST_ACROSS = 0.35
"""Sine of the angle between sun and axis below which the shadow lies along the ship."""
SUN_DEG = (8.0, 60.0)
"""Sun's elevations at which a shadow can be read: lower it is cut off by waves and other ships, higher it is short."""


def sun(lon: float, lat: float, time: datetime) -> tuple[float, float]:
    """(azimuth clockwise from true north, elevation without refraction), degrees."""
    from astral import Observer
    from astral.sun import azimuth, elevation

    observer = Observer(latitude=lat, longitude=lon)
    return float(azimuth(observer, time)), float(elevation(observer, time, with_refraction=False))


def shadow_heights(picture: Picture, detection: Detection) -> tuple[float, ...] | None:
    """Height above the water at each sample, metres; -1 where no shadow can be told. None: nothing to read it from."""
    light = _light(picture, detection)
    if light is None:
        return None
    strip = _strip(picture, detection, light)
    if strip is None:
        return None
    values, steps_m, noise = strip
    length_m = 2.0 * light.half_length_m
    heights = np.full(SAMPLES, -1.0)
    for i, reach in enumerate(_reach(row, steps_m, noise) for row in values):
        if reach is None:
            continue
        # A shadow falls fore or aft of what throws it as well as beside it.
        source = i + SAMPLES * reach * light.along / (abs(light.across) * length_m)
        if 0 <= (k := round(source)) < SAMPLES:
            heights[k] = max(heights[k], reach * light.rise / abs(light.across))
    return tuple(float(h) for h in heights)


class Light(Record, frozen=True):
    """How the sun stands to one ship."""

    along: float
    """Cosine of the angle between the shadow and the bow."""
    across: float
    """Cosine of the angle between the shadow and the box's beam vector."""
    rise: float
    """Tangent of the sun's elevation: metres of height for a metre of shadow."""
    half_length_m: float
    half_beam_m: float


def _light(picture: Picture, detection: Detection) -> Light | None:
    """None where the sun is not known, too high, too low or along the ship, or the pixels are too coarse."""
    if picture.sensor == "sar" or picture.time is None or picture.transform is None:
        return None
    box = detection.box
    wide, high = picture.metres_per_pixel_at(box.col, box.row)
    if max(wide, high) > COARSEST_M:
        return None
    lons, lats = picture.lonlat([box.col], [box.row])
    azimuth, elevation = sun(float(lons[0]), float(lats[0]), picture.time)
    if not SUN_DEG[0] <= elevation <= SUN_DEG[1]:
        return None
    away = math.radians(azimuth + 180.0 + picture.north_deg_at(box.col, box.row))

    def towards(vector: tuple[float, float]) -> tuple[float, float]:
        """(cosine to the shadow, metres)."""
        x, y = vector[0] * wide, -vector[1] * high
        metres = max(math.hypot(x, y), 1e-9)
        return (x * math.sin(away) + y * math.cos(away)) / metres, metres

    (along, half_length), (across, half_beam) = towards(box.length_px), towards(box.beam_px)
    if abs(across) < LEAST_ACROSS:
        return None
    rise = math.tan(math.radians(elevation))
    return Light(along=along, across=across, rise=rise, half_length_m=half_length, half_beam_m=half_beam)


def _strip(picture: Picture, detection: Detection, light: Light) -> tuple[F64, F64, float] | None:
    """(brightness beside the hull on the shadow's side (sample, step), steps in metres from the hull's side, noise of
    one value); None where the picture ends there.
    """
    box = detection.box
    farthest = TALLEST_M * abs(light.across) / light.rise
    step = max(0.5 * 2.0 * light.half_length_m / (2.0 * math.hypot(*box.length_px)), 0.2)
    steps = np.arange(step, farthest + BEYOND_M, step)
    window = window_of(box, picture, margin=1.0 + (farthest + BEYOND_M) / light.half_beam_m)
    if window is None or not 4 <= len(steps) <= MOST_STEPS:
        return None
    across = math.copysign(1.0, light.across) * (1.0 + steps / light.half_beam_m)
    cols, rows = lattice(box, np.array(FRACTIONS), across)
    pixels = picture.read(bands_read(picture), window)
    values = resampled(pixels, cols, rows, window).mean(axis=0)
    return values, steps, pixel_noise(pixels)


def _reach(values: F64, steps_m: F64, noise: float) -> float | None:
    """How far the dark strip goes from the hull's side, metres; None where none stands out from the water."""
    if not np.isfinite(values).all():
        return None
    water = float(np.median(values[-max(3, len(values) // 3) :]))
    darkest = int(np.argmin(values[: max(3, 2 * len(values) // 3)]))
    if water - values[darkest] < CLEAR * max(noise, 1e-9):
        return None
    level = 0.5 * (water + values[darkest])
    beyond = np.flatnonzero(values[darkest:] > level)
    return float(steps_m[darkest + beyond[0]]) if beyond.size else None
