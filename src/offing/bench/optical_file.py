"""A generated Sentinel-2-sized set of band files, written band by band: sea with ships, land, and ships along quays."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
BLOCK = 1024
"""Pixels along a stored block, as in Sentinel-2 products."""
DIGITS: dict[str, tuple[float, float, float]] = {
    "B02": (620.0, 700.0, 2100.0),
    "B03": (540.0, 900.0, 2150.0),
    "B04": (360.0, 1100.0, 2200.0),
    "B08": (180.0, 2600.0, 2250.0),
}
"""Numbers stored for water, land and ships, of reflectance in 1/10000."""
NOISE, TEXTURE = 14.0, 0.35
"""Spread of every pixel, which makes files of some 6 bits a pixel as real ones are; relative one of the land."""
SHIP_PX = 240_000
"""One ship at sea in so many pixels: some 500 in a tile, half as many at quays."""


def write_bands(folder: Path, side: int, seed: int) -> tuple[list[Path], NDArray[np.float64]]:
    """(files, (n, 2) col, row of the ships): lossless JPEG 2000, 10 m, in blocks of 1024."""
    ships = _ships(side, seed)
    paths = []
    for band in DIGITS:
        paths.append(folder / f"T52SDH_20240101T021609_{band}_10m.jp2")
        _write(paths[-1], _pixels(band, side, seed, ships))
    return paths, ships[:, :2]


def _write(path: Path, values: NDArray[np.uint16]) -> None:
    import rasterio
    from affine import Affine

    side = len(values)
    profile = {
        "driver": "JP2OpenJPEG", "width": side, "height": side, "count": 1, "dtype": "uint16", "crs": "EPSG:32652",
        "transform": Affine(10, 0, 3e5, 0, -10, 4.8e6), "QUALITY": "100", "REVERSIBLE": "YES",
        "BLOCKXSIZE": BLOCK, "BLOCKYSIZE": BLOCK,
    }  # fmt: skip
    with rasterio.Env(GDAL_NUM_THREADS="ALL_CPUS"), rasterio.open(path, "w", **profile) as out:
        out.write(values, 1)
        out.update_tags(OFFING_SIMULATED="yes")


def _pixels(band: str, side: int, seed: int, ships: NDArray[np.float64]) -> NDArray[np.uint16]:
    water, land, ship = DIGITS[band]
    out = np.empty((side, side), np.uint16)
    coast = _coast(side)
    for row in range(0, side, BLOCK):
        rows = min(BLOCK, side - row)
        values = np.full((rows, side), water, np.float32)
        grain = np.random.default_rng((seed, row, 0)).standard_normal((rows // 8 + 1, side // 8 + 1), np.float32)
        ground = land * (1 + TEXTURE * np.repeat(np.repeat(grain, 8, axis=0), 8, axis=1)[:rows, :side])
        ashore = np.arange(side) < coast[row : row + rows, None]
        values[ashore] = ground[ashore]
        for col, at, length, angle in ships:
            if row - 40 < at < row + rows + 40:
                _draw(values, col, at - row, length, angle, ship)
        noise = np.random.default_rng((seed, row, 1 + list(DIGITS).index(band)))
        values += np.float32(NOISE) * noise.standard_normal(values.shape, np.float32)
        out[row : row + rows] = np.clip(values, 1, 65535).astype(np.uint16)
    return out


def _coast(side: int) -> NDArray[np.float64]:
    """First column of the sea in each row: bays of several sizes, and straight quays a kilometre long."""
    row = np.arange(side) / side
    shore = 0.35 + 0.12 * np.sin(9 * row) + 0.05 * np.sin(41 * row) + 0.015 * np.sin(173 * row)
    stepped = shore[np.arange(side) // 100 * 100]
    return np.where(np.arange(side) // 1000 % 3 == 0, stepped, shore) * side


def _ships(side: int, seed: int) -> NDArray[np.float64]:
    """(n, 4) col, row, length in pixels, angle of the axis in radians from right: at sea, and alongside the quays."""
    rng = np.random.default_rng(seed)
    count, coast = max(4, side * side // SHIP_PX), _coast(side)
    rows = rng.uniform(40, side - 40, count)
    at_sea = np.stack([rng.uniform(coast[rows.astype(int)] + 80, side - 40), rows, rng.uniform(6, 30, count),
                       rng.uniform(0, np.pi, count)], axis=1)  # fmt: skip
    berths = [r + 50 for r in range(0, side - 100, 100) if r // 1000 % 3 == 0]
    alongside = np.array([(coast[r] + 2.5, r, rng.uniform(12, 28), math.pi / 2) for r in berths]).reshape(-1, 4)
    return np.concatenate([at_sea, alongside])


def _draw(values: F32, col: float, row: float, length: float, angle: float, level: float) -> None:
    """A hull as long as ``length`` pixels and a seventh as wide, by 4 × 4 sub-pixels."""
    reach = int(length / 2) + 3
    r0, r1 = max(0, int(row) - reach), min(len(values), int(row) + reach)
    c0, c1 = max(0, int(col) - reach), min(values.shape[1], int(col) + reach)
    if r0 >= r1 or c0 >= c1:
        return
    at_row, at_col = (np.arange(4 * (b - a)) / 4 + 0.125 + a for a, b in ((r0, r1), (c0, c1)))
    dc, dr = at_col[None, :] - col, at_row[:, None] - row
    along, across = dc * math.cos(angle) + dr * math.sin(angle), dr * math.cos(angle) - dc * math.sin(angle)
    inside = (np.abs(along) < length / 2) & (np.abs(across) < length / 14)
    share = inside.reshape(r1 - r0, 4, c1 - c0, 4).mean(axis=(1, 3)).astype(np.float32)
    part = values[r0:r1, c0:c1]
    part += share * (np.float32(level) - part)
