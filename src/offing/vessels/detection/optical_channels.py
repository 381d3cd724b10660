"""What the networks are shown of an optical picture: planes that depend little on haze, gain and stretch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from offing.records import Record
from offing.vessels.detection.kernels import F32

Kind = Literal["coarse", "fine"]
PLANES: dict[Kind, tuple[str, ...]] = {
    "coarse": ("blue", "green", "red", "nir", "swir"),
    "fine": ("blue", "green", "red"),
}
"""Roles of the planes that each network is shown, in its order."""
_BANDS = {
    "blue": ("B02", "blue"),
    "green": ("B03", "green"),
    "red": ("B04", "red"),
    "nir": ("B08", "B8A", "nir"),
    "swir": ("B11", "swir1"),
}
WHITE = 0.25
"""Reflectance over the darkest that is shown as 1: quays and decks are about as bright."""
DARK_QUANTILE, WHITE_QUANTILE, BRIGHTEST_QUANTILE = 0.005, 0.99, 0.9999
BRIGHTEST_SHARE = 0.5
"""White is no less than this share of the brightest: in open sea with a few ships the ships are bright, not the sea."""
LEAST_SPAN = 0.02
"""Greatest contrast enhancement: nothing darker than this over the darkest is shown as white."""
RANGE = (-0.6, 2.5)
SAMPLED = 400_000
"""Pixels from which quantiles are taken."""


class Tone(Record, frozen=True):
    """How values of one picture become what the network is shown."""

    dark: tuple[float, ...]
    """The darkest of each band (dark-object subtraction, Chavez 1988: haze lifts every pixel alike)."""
    white: float
    """What is shown as 1, over the darkest."""


def bands_of(bands: Sequence[str], kind: Kind) -> tuple[str | None, ...]:
    """The picture's band for each plane; None: it has none. A picture without visible colours shows its first band as
    all of them, and so does a fine one that lacks a colour.
    """
    found = [next((name for name in _BANDS[role] if name in bands), None) for role in PLANES[kind]]
    visible = found[:3]
    if not any(visible) or (kind == "fine" and not all(visible)):
        only = next((name for name in visible if name), None) or bands[0]
        found[:3] = [only] * 3
    return tuple(found)


def tone_among(values: F32, *, reflectance: bool) -> Tone:
    """From ``values`` (bands, n), NaN where there are none; of reflectances only the darkest is taken from them."""
    known = values[:, np.isfinite(values).all(axis=0)]
    known = known[:, :: max(1, known.shape[1] // SAMPLED)]
    if not known.size:
        return Tone(dark=(0.0,) * len(values), white=WHITE)
    dark = np.quantile(known, DARK_QUANTILE, axis=1)
    if reflectance:
        return Tone(dark=tuple(dark.tolist()), white=WHITE)
    usual, brightest = np.quantile(known - dark[:, None], (WHITE_QUANTILE, BRIGHTEST_QUANTILE))
    white = float(max(usual, BRIGHTEST_SHARE * brightest))
    return Tone(dark=tuple(dark.tolist()), white=max(white, LEAST_SPAN))


def channels(values: F32, tone: Tone, rows: Sequence[int | None], kind: Kind) -> F32:
    """(planes, rows, cols) for the network of ``kind``.

    ``values``: (bands, rows, cols), NaN where nodata; ``rows``: for each plane which of them it shows, None: zeros.
    Coarse planes are square roots, which part the dark hulls from the dark water.
    """
    shown = np.zeros((len(rows), *values.shape[1:]), np.float32)
    root = np.empty(values.shape[1:], np.float32)
    for plane, band in zip(shown, rows, strict=True):
        if band is None:
            continue
        np.subtract(values[band], np.float32(tone.dark[band]), out=plane)
        plane *= np.float32(1 / tone.white)
        if kind == "coarse":
            np.abs(plane, out=root)
            np.sqrt(root, out=root)
            np.copysign(root, plane, out=plane)
        np.clip(plane, *(np.float32(v) for v in RANGE), out=plane)
        if np.isnan(plane.sum()):
            plane[np.isnan(plane)] = 0
    return shown
