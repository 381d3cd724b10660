"""The sea: what it reflects in daylight, and how it scatters radar."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.simulation.canvas import Bands, Colour
from offing.simulation.draws import Field, fractal_field, smooth_field, stream

_CLEAR_WATER: Colour = (0.052, 0.056, 0.034, 0.014)
_TURBID_WATER: Colour = (0.062, 0.078, 0.056, 0.022)


def sunlit_sea(seed: int, shape: tuple[int, int], gsd_m: float, wind_m_s: float) -> Bands:
    """Reflectance of the sea: turbid plumes over hundreds of metres, waves of some metres."""
    rng = stream(seed, "sea")
    mix = 0.5 + 0.22 * fractal_field(rng, shape, 420.0 / gsd_m)
    mix = np.clip(mix, 0.0, 1.0)[..., None]
    water = (1.0 - mix) * np.array(_CLEAR_WATER, np.float32) + mix * np.array(_TURBID_WATER, np.float32)
    waves = smooth_field(rng, shape, max(1.0, 7.0 / gsd_m)) + 0.7 * rng.standard_normal(shape, np.float32)
    # A pixel averages over waves: the larger it is, the less they show.
    strength = 0.0009 * math.sqrt(max(wind_m_s, 0.5)) * min(1.0, 3.0 / gsd_m)
    glint = (strength * waves)[..., None] * np.array([0.9, 1.0, 1.0, 1.1], np.float32)
    return np.asarray(water + glint, np.float32)


def sea_backscatter(wind_m_s: float, incidence_deg: float) -> tuple[float, float]:
    """Mean sigma0 of the sea at C band as (VV, VH), linear.

    VV: a log-linear law in the wind that gives −17 dB at 5 m/s and 38°, as Sentinel-1 pictures of coastal seas show,
    falling by 0.35 dB a degree. VH: 0.592·U − 35.6 dB (Vachon and Wolfe 2011), above a noise floor of −26 dB.
    """
    vv_db = -17.0 + 13.0 * math.log10(max(wind_m_s, 0.7) / 5.0) - 0.35 * (incidence_deg - 38.0)
    vh_db = 0.592 * wind_m_s - 35.6
    noise = 10.0**-2.6
    return 10.0 ** (vv_db / 10.0) + 0.3 * noise, 10.0 ** (vh_db / 10.0) + noise


def sea_texture(seed: int, shape: tuple[int, int], gsd_m: float, wind_m_s: float) -> Field:
    """What multiplies the mean backscatter: gamma texture of mean 1, spikier in light wind, and slow wind patches.

    With speckle on top the clutter is K-distributed; the order is 4 in a calm and 20 in a fresh breeze.
    """
    from scipy.special import gammaincinv, ndtr

    rng = stream(seed, "radar sea")
    order = float(np.clip(2.0 + 2.2 * wind_m_s, 4.0, 20.0))
    field = smooth_field(rng, shape, max(1.5, 45.0 / gsd_m))
    table = np.linspace(-4.0, 4.0, 257)
    gamma = gammaincinv(order, np.clip(ndtr(table), 1e-6, 1.0 - 1e-6)) / order
    texture = np.interp(np.clip(field, -4.0, 4.0), table, gamma)
    patches = np.exp(0.18 * fractal_field(rng, shape, 900.0 / gsd_m) - 0.016)
    result: NDArray[np.float32] = (texture * patches).astype(np.float32)
    return result
