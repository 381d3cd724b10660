"""A generated radar picture as a file, written piece by piece: sea with ships, and textured land along one side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offing.bench.radar_scenes import LOOKS, draw_ship

F32 = NDArray[np.float32]
ROWS = 512
SHIP_PX = 836_000
"""One ship in so many pixels: some 500 in a picture of 25,000 × 16,700."""
AMPLITUDE = 60.0
"""Number stored for the sea's mean amplitude."""


def write_scene(path: Path, width: int, height: int, seed: int) -> NDArray[np.float64]:
    """Writes an amplitude GeoTIFF (uint16, tiles of 512, DEFLATE, predictor 2, 10 m); (n, 2) col, row of its ships."""
    import rasterio
    from affine import Affine
    from rasterio.windows import Window

    rng = np.random.default_rng(seed)
    coast = width * (0.24 + 0.1 * np.sin(np.arange(height) / 2500.0) + 0.05 * np.sin(np.arange(height) / 700.0))
    count = width * height // SHIP_PX
    ships = np.stack([rng.uniform(0.42 * width, width - 60, count), rng.uniform(60, height - 60, count)], axis=1)
    profile = {
        "driver": "GTiff", "width": width, "height": height, "count": 1, "dtype": "uint16", "crs": "EPSG:32652",
        "transform": Affine(10, 0, 3e5, 0, -10, 5e6), "tiled": True, "blockxsize": 512, "blockysize": 512,
        "compress": "deflate", "predictor": 2,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        below = np.zeros((64, width), np.float32)
        for row in range(0, height, ROWS):
            rows = min(ROWS, height - row)
            lit = np.zeros((rows + 64, width), np.float32)
            lit[:64] = below
            for place in ships[(ships[:, 1] - 32 >= row) & (ships[:, 1] - 32 < row + rows)]:
                at = place - [0, row]
                draw_ship(lit, rng, at, float(rng.uniform(0, np.pi)), float(rng.uniform(8, 30)))
            below = lit[rows : rows + 64]
            power = _ground(rng, coast[row : row + rows], width) + lit[:rows]
            stored = np.clip(np.sqrt(power) * AMPLITUDE, 1, 65535).astype(np.uint16)
            out.write(stored, 1, window=Window(0, row, width, rows))
    return ships


def _ground(rng: np.random.Generator, coast: NDArray[np.float64], width: int) -> F32:
    """Speckle: sea under a range ramp, and land of 12 times its level in texture of 64 px left of the coast."""
    rows = len(coast)
    power: F32 = rng.standard_gamma(LOOKS, (rows, width), dtype=np.float32) / np.float32(LOOKS)
    texture = rng.standard_gamma(3.0, (-(-rows // 64), -(-width // 64))).astype(np.float32) / 3
    land = np.repeat(np.repeat(texture, 64, axis=0), 64, axis=1)[:rows, :width] * 12
    sea = np.linspace(1.8, 0.6, width, dtype=np.float32)
    power *= np.where(np.arange(width) < coast[:, None], land, sea)
    return power
