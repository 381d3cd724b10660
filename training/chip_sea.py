"""The sea of a simulated chip: its mean power before speckle."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chip_fields import fractal, smooth
from chip_radar import CANVAS_PX
from chip_ships import Hull
from offing.simulation.draws import Field

SHAPE = (CANVAS_PX, CANVAS_PX)


def draw_sea(rng: np.random.Generator, gsd_m: float, hulls: Sequence[Hull]) -> Field:
    """Mean power of the sea, 1 on average: K-distributed with its speckle, swell, wind streaks, slicks, wakes."""
    order = float(np.exp(rng.uniform(math.log(3.0), math.log(30.0))))
    sea = _texture(rng, order, max(1.5, rng.uniform(20.0, 90.0) / gsd_m))
    if rng.random() < 0.15:
        sea *= np.exp(rng.uniform(0.3, 0.9) * smooth(rng, rng.uniform(1.0, 2.5)))
    if rng.random() < 0.3:
        sea *= _streaks(rng, gsd_m)
    if rng.random() < 0.2:
        sea *= _swell(rng, gsd_m)
    if rng.random() < 0.12:
        slick: Field = 1.0 / (1.0 + np.exp(-6.0 * (fractal(rng, rng.uniform(25.0, 90.0), 3) - 0.5)))
        sea *= np.float32(10.0) ** (-0.1 * rng.uniform(3.0, 9.0) * slick)
    if rng.random() < 0.25:
        sea *= _ramp(rng)
    waked = _wakes(rng, np.asarray(sea, np.float32), hulls, gsd_m)
    noise = rng.uniform(0.0, 0.7)  # thermal noise has no texture: most of the power of a dark VH sea
    return np.asarray((1.0 - noise) * waked / waked.mean() + noise, np.float32)


def _texture(rng: np.random.Generator, order: float, cell_px: float) -> Field:
    """Log-normal, of mean 1 and the variance 1/order of a gamma texture: near K-distributed with speckle on it."""
    spread = math.sqrt(math.log1p(1.0 / order))
    patches = rng.uniform(0.0, 0.2) * fractal(rng, rng.uniform(30.0, 120.0))
    return np.asarray(np.exp(spread * smooth(rng, cell_px) - 0.5 * spread**2 + patches), np.float32)


def _streaks(rng: np.random.Generator, gsd_m: float) -> Field:
    """Wind rows of some hundred metres: a smooth field drawn out in one direction."""
    across = max(rng.uniform(80, 600) / gsd_m, 2.0)
    field = smooth(rng, across, stretch=rng.uniform(4.0, 12.0), turn_rad=rng.uniform(0.01, math.pi))
    return np.asarray(np.exp(rng.uniform(0.08, 0.35) * field), np.float32)


def _swell(rng: np.random.Generator, gsd_m: float) -> Field:
    """Waves of 80–350 m, bent and broken up."""
    step, turn = max(rng.uniform(80, 350) / gsd_m, 2.5), rng.uniform(0, math.pi)
    rows, cols = np.indices(SHAPE, np.float32)
    phase = 2 * math.pi * (cols * math.cos(turn) + rows * math.sin(turn)) / step
    phase = phase + 1.5 * fractal(rng, 6.0 * step, 2)
    return np.asarray(1.0 + rng.uniform(0.1, 0.6) * np.sin(phase), np.float32)


def _wakes(rng: np.random.Generator, sea: Field, hulls: Sequence[Hull], gsd_m: float) -> Field:
    """Behind some movers a dark turbulent wake, with one bright arm now and then."""
    gain = np.ones(SHAPE, np.float32)
    for hull in hulls:
        if hull.speed_kn < 6.0 or gsd_m > 25.0 or rng.random() > 0.3:
            continue
        start = np.array([hull.col, hull.row])
        for angle, level in ((0.0, rng.uniform(0.3, 0.8)), (rng.choice([-0.3, 0.3]), rng.uniform(1.0, 2.2))):
            back = hull.axis_rad + math.pi + angle
            end = start + rng.uniform(3.0, 12.0) * hull.length_m / gsd_m * np.array([math.cos(back), math.sin(back)])
            width = max(1, round(1.2 * hull.beam_m / gsd_m)) if angle == 0.0 else 1
            cv2.line(gain, _pixel(start), _pixel(end), float(level), width)
    return np.asarray(sea * cv2.GaussianBlur(gain, (0, 0), 0.8), np.float32)


def _pixel(at: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))


def _ramp(rng: np.random.Generator) -> Field:
    """The fall of the sea's power across the picture, 0.5–3 dB to either side, as with incidence or wind."""
    turn, t = rng.uniform(0, 2 * math.pi), np.linspace(-1.0, 1.0, CANVAS_PX)
    slope = t[None, :] * math.cos(turn) + t[:, None] * math.sin(turn)
    return np.asarray(10.0 ** (0.1 * rng.uniform(0.5, 3.0) * slope), np.float32)
