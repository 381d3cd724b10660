"""Clouds over an optical picture, and the shadows they throw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.simulation.canvas import SHADOW, Bands
from offing.simulation.draws import Field, fractal_field, stream


def cloud_cover(
    seed: int, shape: tuple[int, int], gsd_m: float, share: float, shadow: NDArray[np.float64]
) -> tuple[Field, Field]:
    """(opacity 0–1 of the cloud over each pixel, darkness 0–1 of its shadow).

    ``share`` of the pixels have opacity above 0.5; ``shadow`` is (east, north) metres for 1 m of height.
    """
    if share <= 0.0:
        return np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    rng = stream(seed, "clouds")
    base_m = float(rng.uniform(500.0, 1100.0))
    limit = 0.4 * min(shape)
    shift = np.clip(np.round(shadow * base_m / gsd_m), -limit, limit).astype(int)
    pad = int(np.abs(shift).max()) + 1
    wide = (shape[0] + 2 * pad, shape[1] + 2 * pad)
    field = fractal_field(rng, wide, 0.35 * max(shape), octaves=6)
    here = field[pad : pad + shape[0], pad : pad + shape[1]]
    edge = float(np.quantile(here, 1.0 - share)) if share < 1.0 else float(here.min()) - 1.0
    opacity = np.clip(0.5 + 1.6 * (field - edge), 0.0, 1.0)
    row, col = pad + int(shift[1]), pad - int(shift[0])
    shade = opacity[row : row + shape[0], col : col + shape[1]]
    return opacity[pad : pad + shape[0], pad : pad + shape[1]].astype(np.float32), shade.astype(np.float32)


def under_clouds(picture: Bands, seed: int, opacity: Field, shade: Field) -> Bands:
    """The picture with the cloud over it."""
    rng = stream(seed, "cloud tops")
    shaded = picture * (1.0 - 0.85 * shade[..., None] * np.array(SHADOW, np.float32))
    tops = 0.50 + 0.16 * opacity + 0.06 * fractal_field(rng, opacity.shape, 24.0)
    white = tops[..., None] * np.array([1.02, 1.0, 0.98, 1.0], np.float32)
    return np.asarray(shaded * (1.0 - opacity[..., None]) + white * opacity[..., None], np.float32)
