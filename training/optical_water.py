"""Water in daylight: colour, plumes, waves and glint, and loose things on it that are no ships."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from offing.simulation.draws import Field
from optical_canvas import Canvas
from optical_colours import FOAM, SANDS, WATERS, mixed, pick


def paint_water(rng: np.random.Generator, canvas: Canvas, fine: bool) -> None:
    """Fill the canvas: two waters mixed by slow fields, wind streaks, waves, glint, sand under shallow water."""
    bands = len(canvas.planes)
    one = pick(rng, WATERS, 0.3)
    if fine and rng.random() < 0.5:  # most naval ports: dark and dull
        one = mixed(one, np.full_like(one, one.mean()), rng.uniform(0.0, 0.7)) * np.float32(rng.uniform(0.4, 1.0))
    if not fine:
        one = one * np.float32(rng.uniform(0.45, 1.0))
    other = mixed(one, pick(rng, WATERS, 0.3), rng.uniform(0.0, 1.0) ** 2)
    share = np.clip(
        0.5 + rng.uniform(0.05, 0.5) * canvas.fractal(rng, canvas.extent_m * rng.uniform(0.2, 1.0), 3), 0, 1
    )
    if rng.random() < 0.25:
        share = _fronts(rng, share)
    for band in range(bands):
        canvas.planes[band] = one[band] + (other[band] - one[band]) * share
    if rng.random() < (0.15 if fine else 0.2):
        bank = 1.0 / (1.0 + np.exp(-3.0 * (canvas.fractal(rng, canvas.extent_m * 0.35) - rng.uniform(0.8, 2.0))))
        sand = pick(rng, SANDS) * np.array([0.5, 0.55, 0.4, 0.08, 0.03], np.float32)
        canvas.lay(np.asarray(0.8 * bank, np.float32), sand)
    canvas.planes += _waves(rng, canvas, fine)
    np.clip(canvas.planes, 0.0005, None, out=canvas.planes)


def _fronts(rng: np.random.Generator, share: Field) -> Field:
    """Sharp edges between waters, as of a plume."""
    return np.asarray(1.0 / (1.0 + np.exp(-rng.uniform(4.0, 30.0) * (share - 0.5))), np.float32)


def _waves(rng: np.random.Generator, canvas: Canvas, fine: bool) -> Field:
    """What waves and glint add, alike in all bands."""
    turn = rng.uniform(0.01, math.pi)
    if fine:
        strength = float(np.exp(rng.uniform(math.log(0.0008), math.log(0.011))))
        long = rng.uniform(4.0, 25.0)
        field = canvas.smooth(rng, rng.uniform(1.2, 3.0), 2.0, turn) + 0.7 * canvas.smooth(rng, long, 2.5, turn)
        field += 0.4 * canvas.smooth(rng, 4 * long, 1.5, turn)
    else:
        strength = float(np.exp(rng.uniform(math.log(0.0004), math.log(0.005))))
        field = 2.0 * canvas.smooth(rng, 8.0) + 0.8 * canvas.smooth(rng, rng.uniform(15.0, 40.0), 2.0, turn)
        if rng.random() < 0.35:
            field += rng.uniform(0.5, 2.0) * _swell(rng, canvas)
    if rng.random() < 0.4:
        field *= np.clip(0.8 + 0.6 * canvas.fractal(rng, canvas.extent_m * 0.3, 3), 0.1, 2.5)
    if rng.random() < 0.5:
        field += rng.uniform(0.2, 0.8) * canvas.smooth(rng, rng.uniform(0.02, 0.08) * canvas.extent_m, 7.0, turn)
    if rng.random() < 0.25:
        field += rng.uniform(0.5, 2.0) * canvas.fractal(rng, canvas.extent_m * rng.uniform(0.2, 0.8), 2)
    return np.asarray(strength * field, np.float32)


def _swell(rng: np.random.Generator, canvas: Canvas) -> Field:
    step, turn = rng.uniform(25.0, 130.0), rng.uniform(0.0, math.pi)
    rows, cols = np.indices((canvas.side, canvas.side), np.float32) * np.float32(canvas.step_m)
    phase = 2 * math.pi / step * (cols * math.cos(turn) + rows * math.sin(turn))
    return np.asarray(np.sin(phase + 2.0 * canvas.smooth(rng, 4 * step)), np.float32)


def paint_shore(rng: np.random.Generator, canvas: Canvas, dry: Field) -> None:
    """Shallows, mud and surf where the land's mask fades into the water."""
    wide = rng.uniform(0.004, 0.05) * canvas.extent_m
    near = np.clip(2.0 * _blurred(dry, wide / canvas.step_m), 0.0, 1.0) * rng.uniform(0.1, 0.9)
    shallow = pick(rng, SANDS) * np.array([0.55, 0.6, 0.45, 0.1, 0.03], np.float32)
    canvas.lay(np.asarray(near, np.float32), shallow)
    if rng.random() < 0.3:
        surf = np.clip(2.0 * _blurred(dry, rng.uniform(3.0, 14.0) / canvas.step_m), 0.0, 1.0)
        broken = np.clip(canvas.fractal(rng, rng.uniform(15.0, 60.0), 3) - rng.uniform(0.2, 1.4), 0.0, 1.0)
        canvas.lay(np.asarray(surf * broken, np.float32), FOAM * np.float32(rng.uniform(0.4, 1.0)))


def _blurred(field: Field, sigma_px: float) -> Field:
    small = max(1, int(sigma_px / 3.0))
    if small == 1:
        return np.asarray(cv2.GaussianBlur(field, (0, 0), max(sigma_px, 0.5)), np.float32)
    size = field.shape[0]
    reduced = cv2.resize(field, (max(8, size // small), max(8, size // small)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(cv2.GaussianBlur(reduced, (0, 0), sigma_px / small), (size, size)), np.float32)


def paint_foam(rng: np.random.Generator, canvas: Canvas, blocked: NDArray[np.uint8] | None) -> None:
    """White caps, strewn where nothing else is."""
    count = int(rng.integers(10, 160))
    where = np.zeros(canvas.planes.shape[1:], np.uint8)
    turn = rng.uniform(0, math.pi)
    for at in rng.uniform(-canvas.margin_m, canvas.extent_m + canvas.margin_m, (count, 2)):
        half = 0.5 * rng.uniform(1.0, 9.0) * np.array([math.cos(turn), math.sin(turn)])
        cv2.polylines(where, [canvas.fixed(np.array([at - half, at + half]))], False, (1.0,), 1, shift=4)
    if blocked is not None:
        where[blocked == 1] = 0
    canvas.blend(where, FOAM, rng.uniform(0.1, 0.7))
