"""How the radar of a simulated chip sees: impulse response, looks, and points spread by them."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.simulation.draws import Field

CHIP_PX = 192
MARGIN_PX = 24
CANVAS_PX = CHIP_PX + 2 * MARGIN_PX
"""A chip is drawn on a wider canvas, so that ships, land and lobes from outside reach into it."""

Points = NDArray[np.float64]
"""(n, 3) points on the canvas: column, row (0 is the middle of the first pixel), energy.

Energy is the sum over pixels of the power the point adds, in units of the mean power of the sea.
"""

NO_POINTS: Points = np.zeros((0, 3))


class Beam(Record, frozen=True, eq=False):
    """One radar: where it flies and how sharp it is."""

    flight_rad: float
    """Direction of flight, clockwise from the picture's up."""
    response_px: float
    """Full width at half power of a point."""
    transfer: Field
    """(CANVAS_PX, CANVAS_PX) real spectrum of the impulse response; keeps the mean power of rough surfaces."""
    looks: int

    @property
    def azimuth(self) -> NDArray[np.float64]:
        """Unit vector (column, row) along the flight."""
        return np.array([math.sin(self.flight_rad), -math.cos(self.flight_rad)])

    @property
    def ground_range(self) -> NDArray[np.float64]:
        """Unit vector (column, row) away from the radar, right of the flight."""
        return np.array([math.cos(self.flight_rad), math.sin(self.flight_rad)])


def draw_beam(rng: np.random.Generator, gsd_m: float) -> Beam:
    """A radar like Sentinel-1's mostly: flight near north or south, 2 pixels of resolution, Hamming weights of 0.75.

    Coarse pictures are resampled ones and so sharper in pixels; some have no weighting at all (lobes of −13 dB).
    """
    steep = rng.choice([0.0, 180.0], p=[0.5, 0.5]) + rng.choice([-12.0, 0.0, 12.0]) + rng.normal(0.0, 3.0)
    flight = math.radians(steep if rng.random() < 0.8 else rng.choice([0.0, 90.0, 180.0, 270.0]))
    resolution = rng.uniform(1.05, 1.6) if gsd_m > 18.0 else rng.uniform(1.2, 2.3)
    weight = 1.0 if rng.random() < 0.1 else rng.uniform(0.62, 0.9)
    aspect = math.exp(rng.normal(0.0, 0.1))
    transfer = _transfer(flight, resolution * aspect, resolution / aspect, weight)
    # A sinc is 0.886 cells wide at half power; weights of 0.75 widen it by 1.19 (Cumming and Wong 2005, table 2.1).
    response = resolution * 0.886 * (1.0 + 0.76 * (1.0 - weight))
    looks = int(rng.choice([1, 2, 3, 4, 5], p=[0.1, 0.1, 0.15, 0.35, 0.3]))
    return Beam(flight_rad=flight, response_px=max(response, 1.0), transfer=transfer, looks=looks)


def _transfer(flight: float, azimuth_px: float, range_px: float, weight: float) -> Field:
    f = np.fft.fftfreq(CANVAS_PX).astype(np.float32)
    along = f[None, :] * math.sin(flight) - f[:, None] * math.cos(flight)
    across = f[None, :] * math.cos(flight) + f[:, None] * math.sin(flight)
    band = _window(along, azimuth_px, weight) * _window(across, range_px, weight)
    return np.asarray(band / np.sqrt(np.mean(band**2)), np.float32)


def _window(frequency: NDArray[np.floating], cell_px: float, weight: float) -> NDArray[np.floating]:
    """Hamming weights inside the band of a resolution cell, 0 outside."""
    u = frequency * cell_px
    inside = np.abs(u) <= 0.5
    return np.asarray(inside * (weight + (1.0 - weight) * np.cos(2.0 * np.pi * u)), np.float32)


def seen(rng: np.random.Generator, mean: Field, points: Points, beam: Beam) -> Field:
    """(CANVAS_PX, CANVAS_PX) power: looks at a rough surface of this mean power with points of random phase on it."""
    root = np.sqrt(0.5 * mean)[..., None]
    index, weights = _spots(points)
    total = np.zeros(mean.shape, np.float32)
    for _ in range(beam.looks):
        field = rng.standard_normal((*mean.shape, 2), np.float32) * root
        phase = rng.uniform(0.0, 2.0 * np.pi, len(points))
        for part, turned in enumerate((np.cos(phase), np.sin(phase))):
            spot = np.bincount(index.ravel(), (weights * turned).ravel(), mean.size)
            field[..., part] += spot.reshape(mean.shape).astype(np.float32)
        spectrum = cv2.dft(field) * beam.transfer[..., None]
        look = cv2.dft(spectrum, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)
        total += look[..., 0] ** 2 + look[..., 1] ** 2
    return total / np.float32(beam.looks)


def _spots(points: Points) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(4, n) flat pixels around each point and its amplitude there; points off the canvas are left out at weight 0."""
    col, row = np.floor(points[:, 0]), np.floor(points[:, 1])
    inside = (col >= 0) & (row >= 0) & (col < CANVAS_PX - 1) & (row < CANVAS_PX - 1)
    right, down = points[:, 0] - col, points[:, 1] - row
    shares = np.stack([(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down])
    amplitude = np.sqrt(points[:, 2]) * inside / np.sqrt(np.sum(shares**2, axis=0))
    first = (np.where(inside, row, 0) * CANVAS_PX + np.where(inside, col, 0)).astype(np.int64)
    index = first + np.array([0, 1, CANVAS_PX, CANVAS_PX + 1])[:, None]
    return index, shares * amplitude


def smeared(rng: np.random.Generator, points: Points, beam: Beam, shift_px: float, spread_px: float) -> Points:
    """The points moved along the flight by ``shift_px`` and spread there with this standard deviation, in pieces."""
    pieces = np.repeat(points, 4, axis=0)
    offset = shift_px + rng.normal(0.0, spread_px, len(pieces))
    moved = pieces[:, :2] + offset[:, None] * beam.azimuth
    return np.column_stack([moved, pieces[:, 2] / 4.0])
