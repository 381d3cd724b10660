"""Radar pictures freed of the radar's point spread, side lobes included.

Richardson (1972) and Lucy (1974): the picture is explained as clutter plus non-negative brightness seen through the
point spread. It is what a bright scatterer's cross of side lobes does to a ship's outline that matters here: seen in
decibels it reaches far beyond the ship. The point spread is Sentinel-1's in pixels (20 × 22 m at 10 m): a sinc of a
spectrum under a Hamming window, along the flight with a tail for what rolls while it is imaged.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

OVERSAMPLING = 2
"""Samples a pixel in the deblurred picture."""
RANGE_PX, AZIMUTH_PX = 1.8, 2.2
"""Resolution across and along the flight, pixels: −3 dB width of the answer to a point."""
TAIL, TAIL_PX = 0.2, 2.0
"""Share of the power in the tail along the flight, and the distance over which it falls by a factor e."""
ITERATIONS = 15
_REACH_PX = 14
_HAMMING, _WIDTH = 0.75, 1.13
"""Sentinel-1's window, and the −3 dB width of its answer in units of one over the bandwidth."""
_SKIRT = 10.0**-2.65
"""Power of the envelope of the side lobes 3 pixels off, over the peak's, as in Sentinel-1 pictures of ships."""
_FAINTEST = 0.05
"""Samples below this share of the clutter count as that."""


def deblurred(power: F32, flight_is_rows: bool = True) -> F32:
    """(OVERSAMPLING · rows, OVERSAMPLING · cols) brightness of ``power`` (rows, cols), where clutter is 1.

    ``flight_is_rows``: the radar flew up or down the picture, rather than left or right.
    """
    fine = np.maximum(_finer(power), np.float32(_FAINTEST))
    down, right = (_blur(n, along) for n, along in zip(fine.shape, (flight_is_rows, not flight_is_rows), strict=True))
    reached = down.sum(axis=0)[:, None] * right.sum(axis=0)[None, :]
    found = fine.copy()
    for _ in range(ITERATIONS):
        found *= (down.T @ (fine / (down @ found @ right.T + np.float32(1.0))) @ right) / reached
    return found


def _finer(power: F32) -> F32:
    """``power`` at more samples a pixel, by cubic interpolation of the amplitude, which is sampled densely enough."""
    down, right = (_interpolation(n) for n in power.shape)
    amplitude = down @ np.sqrt(np.maximum(power, 0.0)).astype(np.float32) @ right.T
    return np.asarray(np.maximum(amplitude, 0.0) ** 2, np.float32)


@lru_cache(maxsize=256)
def _interpolation(count: int) -> F32:
    """(OVERSAMPLING · count, count) weights of Catmull and Rom's cubic; the picture's edge goes on for ever."""
    at = (np.arange(count * OVERSAMPLING) + 0.5) / OVERSAMPLING - 0.5
    first = np.floor(at).astype(int)
    f = at - first
    weights = (
        -0.5 * f + f**2 - 0.5 * f**3,
        1 - 2.5 * f**2 + 1.5 * f**3,
        0.5 * f + 2 * f**2 - 1.5 * f**3,
        -0.5 * f**2 + 0.5 * f**3,
    )
    matrix = np.zeros((len(at), count), np.float32)
    for step, weight in enumerate(weights, -1):
        np.add.at(matrix, (np.arange(len(at)), np.clip(first + step, 0, count - 1)), weight)
    return matrix


@lru_cache(maxsize=256)
def _blur(count: int, along_flight: bool) -> F32:
    """(count, count) share of each sample's power that the point spread puts into each other."""
    response = point_response(along_flight)
    reach = len(response) // 2
    offset = np.arange(count)[:, None] - np.arange(count)[None, :]
    inside = np.abs(offset) <= reach
    return np.where(inside, response[np.clip(offset + reach, 0, 2 * reach)], np.float32(0.0))


@lru_cache(maxsize=2)
def point_response(along_flight: bool) -> F32:
    """Power of a point at OVERSAMPLING samples a pixel, peak in the middle, sum 1."""
    reach = _REACH_PX * OVERSAMPLING
    x = np.arange(-reach, reach + 1) / OVERSAMPLING
    width = AZIMUTH_PX if along_flight else RANGE_PX
    u = x * _WIDTH / width
    lobe = _HAMMING * np.sinc(u) + 0.5 * (1 - _HAMMING) * (np.sinc(u - 1) + np.sinc(u + 1))
    power = (lobe / lobe.max()) ** 2
    far = np.maximum(np.abs(x), 1.0)
    power += np.where(np.abs(x) > 1.1 * width, _SKIRT * (3.0 / far) ** 1.6, 0.0)
    power /= power.sum()
    if along_flight:
        fall = np.exp(-np.abs(x) / TAIL_PX)
        tail = np.convolve(fall / fall.sum(), power, "same")
        power = (1 - TAIL) * power + TAIL * tail / tail.sum()
    return np.asarray(power / power.sum(), np.float32)
