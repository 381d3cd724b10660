"""Physical values to grey or colour that a person can read: percentiles, radar in decibels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box, SensorKind
from offing.imagery.picture import Picture

LOW, HIGH = 2.0, 99.5
"""Percentiles of the cutting that become black and white."""
GAMMA = 0.65
"""Optical tones are raised to this power, so that dark water keeps its detail beside bright quays."""
_FAINTEST = 1e-6
"""Linear power that stands for no echo at all: −60 dB."""
_POINTS = f"stretched between the {LOW:g} and {HIGH:g} % points"
_TRIPLES = (("B04", "B03", "B02"), ("red", "green", "blue"))
_SINGLES = ("VV", "HH", "VH", "HV", "pan", "B08", "nir")


def chosen_bands(bands: tuple[str, ...], sensor: SensorKind) -> tuple[str, ...]:
    """Three bands for true colour, else the one that shows ships and quays best, else the first."""
    for triple in _TRIPLES:
        if sensor != "sar" and all(b in bands for b in triple):
            return triple
    if sensor == "rgb" and len(bands) >= 3:
        return bands[:3]
    return (next((b for b in _SINGLES if b in bands), bands[0]),)


def toned(picture: Picture, window: Box) -> tuple[NDArray[np.float32], str]:
    """((rows, cols, 1 or 3) values 0–1 with NaN where there is no data, how it was toned)."""
    bands = chosen_bands(picture.bands, picture.sensor)
    values = picture.read(bands, window)
    words = ", ".join(bands)
    if picture.sensor == "sar":
        decibels: NDArray[Any] = 10.0 * np.log10(np.maximum(values, np.float32(_FAINTEST)))
        return stretched(decibels), f"{words} in decibels, {_POINTS}"
    tones: NDArray[Any] = stretched(values) ** np.float32(GAMMA)
    return tones, f"{words}, {_POINTS}, gamma {GAMMA:g}"


def stretched(values: NDArray[Any]) -> NDArray[np.float32]:
    """(bands, rows, cols) to (rows, cols, bands) of 0–1, NaN kept; one stretch for all bands, so that hues stay."""
    known = values[np.isfinite(values)]
    if known.size == 0:
        return np.full((*values.shape[1:], values.shape[0]), np.nan, np.float32)
    low, high = (float(v) for v in np.percentile(known, (LOW, HIGH)))
    if not high > low:
        low, high = float(known.min()), float(known.max())
    bands = (values - np.float32(low)) / np.float32((high - low) or 1.0)
    return np.asarray(np.moveaxis(np.clip(bands, 0.0, 1.0), 0, -1), np.float32)
