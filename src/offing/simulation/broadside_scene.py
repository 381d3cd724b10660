"""What is around a ship in a simulated photograph: sky, coast, sea, reflection, wake, haze."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from offing.simulation.draws import fractal_field, smooth_field

Pixels = NDArray[np.float32]
"""(rows, cols, 3) red, green, blue, 0–1."""


def backdrop(
    rng: np.random.Generator, shape: tuple[int, int], horizon: int, *, cloudy: bool, coast: bool, sea_state: float
) -> Pixels:
    """Sky above the row ``horizon``, sea below it, and a coast between where there is one."""
    rows, cols = shape
    grey = float(rng.uniform(0.0, 0.8))
    high = np.array([0.36, 0.52, 0.75]) * (1 - grey) + 0.62 * grey
    low = np.array([0.72, 0.79, 0.85]) * (1 - 0.6 * grey) + 0.74 * 0.6 * grey
    light = float(rng.uniform(0.8, 1.1))
    part = np.linspace(0.0, 1.0, max(horizon, 1))[:, None, None]
    picture = np.zeros((rows, cols, 3), np.float32)
    picture[:horizon] = (high * (1 - part) + low * part) * light
    if cloudy:
        field = fractal_field(rng, (horizon, cols), 0.35 * cols)[..., None]
        picture[:horizon] += np.clip(field, -0.6, 2.0) * np.float32(0.055)
    picture[horizon:] = _sea(rng, (rows - horizon, cols), low * light, sea_state)
    if coast:
        _add_coast(rng, picture, horizon, low * light)
    return np.clip(picture, 0.0, 1.0).astype(np.float32)


def _sea(rng: np.random.Generator, shape: tuple[int, int], sky: NDArray[Any], sea_state: float) -> Pixels:
    """Waves that grow towards the viewer, lighter near the horizon."""
    rows, cols = shape
    deep = np.array([0.12, 0.22, 0.28]) * rng.uniform(0.7, 1.5) + rng.uniform(0.0, 0.06)
    near = np.linspace(0.0, 1.0, rows)[:, None, None] ** 0.6
    sea: NDArray[Any] = (0.5 * sky + 0.5 * deep) * (1 - near) + deep * near
    waves = np.zeros((rows, cols), np.float32)
    for cell in (5.0, 11.0, 24.0):
        flat = smooth_field(rng, (rows * 3, cols), cell)[::3]
        waves += flat[:rows] * np.float32(1.0)
    sea = sea + waves[..., None] * (0.01 + 0.045 * sea_state) * (0.35 + near)
    crests = (waves > 3.6 - 1.2 * sea_state)[..., None]
    return np.asarray(np.where(crests, sea + 0.2 * sea_state, sea), np.float32)


def _add_coast(rng: np.random.Generator, picture: Pixels, horizon: int, sky: NDArray[Any]) -> None:
    rows, cols = picture.shape[:2]
    line = fractal_field(rng, (1, cols), 0.3 * cols)[0]
    tops = horizon - np.clip(rows * (0.05 + 0.022 * line) * rng.uniform(0.7, 1.5), 2, 0.3 * rows).astype(int)
    land = np.array([0.26, 0.31, 0.24]) * rng.uniform(0.7, 1.2)
    far = float(rng.uniform(0.3, 0.75))
    texture = fractal_field(rng, (horizon, cols), 12.0)[..., None] * np.float32(0.03)
    below = np.arange(horizon)[:, None] >= tops[None, :]
    tone = (land * (1 - far) + sky * far) + texture * (1 - far)
    picture[:horizon] = np.where(below[..., None], tone, picture[:horizon])


def composed(
    picture: Pixels, ship: Pixels, cover: NDArray[np.float32], waterline: int, haze: float, rng: np.random.Generator
) -> Pixels:
    """The ship, faded by haze, before the backdrop, with her reflection and the foam along her waterline.

    ``cover`` is (rows, cols), 0–1; ``waterline`` the row where the hull meets the water.
    """
    rows, cols = cover.shape
    out = picture.copy()
    strength = float(rng.uniform(0.1, 0.45))
    depth = min(rows - waterline, waterline)
    wobble = smooth_field(rng, (depth, cols), 9.0) * 2.5 * np.linspace(0.3, 2.0, depth)[:, None]
    index = np.clip(np.arange(cols)[None, :] + wobble.astype(int), 0, cols - 1)
    mirrored_cover = np.take_along_axis(cover[waterline - depth : waterline][::-1], index, axis=1)
    fade = np.linspace(strength, 0.0, depth)[:, None]
    dark = 0.55 * out[waterline : waterline + depth]
    weight = (mirrored_cover * fade)[..., None]
    out[waterline : waterline + depth] = out[waterline : waterline + depth] * (1 - weight) + dark * weight
    air = picture[: max(1, waterline // 2)].mean(axis=(0, 1))
    body = ship * np.float32(1 - haze) + air * np.float32(haze)
    out = out * (1 - cover[..., None]) + body * cover[..., None]
    _foam(out, cover, waterline, rng)
    return np.asarray(out, np.float32)


def _foam(out: Pixels, cover: NDArray[np.float32], waterline: int, rng: np.random.Generator) -> None:
    """White water in patches along the foot of the hull."""
    touched = np.flatnonzero(cover[max(0, waterline - 3) : waterline].max(axis=0) > 0.5)
    if touched.size == 0 or rng.random() < 0.35:
        return
    cols = np.arange(touched.min(), touched.max() + 1)
    height = np.clip(2.0 + 1.5 * smooth_field(rng, (1, cols.size), 14.0)[0], 0.0, 5.0) * (out.shape[0] / 600.0)
    for reach in range(5):
        on = cols[height > reach]
        row = min(waterline + 1 - reach // 2 + reach, out.shape[0] - 1)
        out[row, on] = 0.6 * out[row, on] + 0.4 * 0.85
