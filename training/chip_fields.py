"""Random fields on the canvas of a simulated chip, without the wide borders of ``offing.simulation.draws``."""

from __future__ import annotations

import cv2
import numpy as np

from chip_radar import CANVAS_PX
from offing.simulation.draws import Field


def smooth(rng: np.random.Generator, cell_px: float, stretch: float = 1.0, turn_rad: float = 0.0) -> Field:
    """Mean 0 and standard deviation about 1; varies over ``cell_px`` pixels, ``stretch`` times that along the turn."""
    cell = max(cell_px, 1.0)
    reach = CANVAS_PX * (1.0 if turn_rad == 0.0 else 1.45)
    rows, cols = int(reach / cell) + 5, int(reach / (cell * stretch)) + 5
    coarse = rng.standard_normal((rows, cols), np.float32)
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    middle = 0.5 * CANVAS_PX
    scale = np.array([[1.0 / (cell * stretch)], [1.0 / cell]])
    matrix = scale * np.array([[c, s], [-s, c]])
    offset = np.array([0.5 * (cols - 1), 0.5 * (rows - 1)]) - matrix @ [middle, middle] + rng.uniform(-0.5, 0.5, 2)
    size = (CANVAS_PX, CANVAS_PX)
    wide = cv2.warpAffine(
        coarse, np.column_stack([matrix, offset]), size,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    return np.asarray(wide * np.float32(1.25), np.float32)


def fractal(rng: np.random.Generator, cell_px: float, octaves: int = 3) -> Field:
    """Smooth fields, each half as coarse and 0.55 as strong as the one before; standard deviation about 1."""
    weights = 0.55 ** np.arange(octaves)
    total = sum(np.float32(w) * smooth(rng, cell_px / 2**k) for k, w in enumerate(weights))
    return np.asarray(total / np.float32(np.sqrt(np.sum(weights**2))), np.float32)
