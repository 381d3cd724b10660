"""What the instruments do to a scene: point spread, noise, looks."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from offing.simulation.canvas import Bands
from offing.simulation.draws import Field, stream
from offing.simulation.model import SceneSpec

LOOKS = 4
"""Independent looks averaged in a radar picture; Sentinel-1 GRD high resolution has about 4.4."""

RESOLUTION_PX = 2.0
"""Radar resolution in pixels: Sentinel-1 GRD has 20 × 22 m at 10 m pixels."""

_HAMMING = 0.75
"""Spectral weight of Sentinel-1's processor in range and azimuth (0.70–0.75)."""

_OVERSAMPLING = 32


@cache
def impulse_response(reach_px: int) -> NDArray[np.float32]:
    """Amplitude of a point target at ``_OVERSAMPLING`` steps a pixel, from −``reach_px`` to ``reach_px``; peak 1.

    A sinc whose spectrum is weighted by a Hamming window: f(t) = a·sinc(t) + (1 − a)/2·(sinc(t−1) + sinc(t+1)).
    """
    t = np.arange(-reach_px * _OVERSAMPLING, reach_px * _OVERSAMPLING + 1) / (_OVERSAMPLING * RESOLUTION_PX) * 1.19
    side = 0.5 * (1.0 - _HAMMING)
    shape = _HAMMING * np.sinc(t) + side * (np.sinc(t - 1.0) + np.sinc(t + 1.0))
    return np.asarray(shape / shape.max(), np.float32)


def response_at(offset_px: NDArray[np.float64], reach_px: int) -> NDArray[np.float32]:
    """The impulse response at these distances from its peak, in pixels; 0 beyond ``reach_px``."""
    table = impulse_response(reach_px)
    index = np.round((offset_px + reach_px) * _OVERSAMPLING).astype(np.int64)
    inside = (index >= 0) & (index < len(table))
    return np.where(inside, table[np.clip(index, 0, len(table) - 1)], np.float32(0.0))


def clutter_look(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.complex64]:
    """One look at a rough surface of mean power 1: complex Gaussian, as fine as the radar resolves."""
    import cv2

    reach = 4
    taps = impulse_response(reach)[::_OVERSAMPLING]
    kernel = taps / np.sqrt(np.sum(taps**2))
    white = rng.standard_normal((*shape, 2), np.float32) * np.float32(np.sqrt(0.5))
    real, imaginary = (
        cv2.sepFilter2D(np.ascontiguousarray(white[..., i]), cv2.CV_32F, kernel, kernel, borderType=cv2.BORDER_REFLECT)
        for i in (0, 1)
    )
    return np.asarray(real + 1j * imaginary, np.complex64)


def through_optics(scene: Bands, spec: SceneSpec) -> Bands:
    """Point spread of about 1.2 pixels (full width at half maximum), then shot and read noise."""
    import cv2

    blurred = cv2.GaussianBlur(scene, (0, 0), 0.5)
    rng = stream(spec.seed, "optical noise")
    spread = np.sqrt(0.0011**2 + 8e-6 * np.clip(blurred, 0.0, None))
    noise = rng.standard_normal(blurred.shape, np.float32)
    return np.asarray(blurred + spread * noise, np.float32)


def digital_numbers(reflectance: Bands) -> NDArray[np.uint16]:
    """Reflectance as PlanetScope and Sentinel-2 store it: DN = 10,000 × reflectance, 1 at least (0 is nodata)."""
    return np.clip(np.round(reflectance * 10_000.0), 1, 20_000).astype(np.uint16)


def multilooked(looks: list[NDArray[np.complex64]]) -> Field:
    """Power averaged over looks."""
    total = np.zeros(looks[0].shape, np.float32)
    for look in looks:
        total += look.real**2 + look.imag**2
    return total / np.float32(len(looks))
