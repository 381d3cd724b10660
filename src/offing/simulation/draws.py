"""Seeded streams of chance, and random fields that stay put on the ground."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
"""(rows, cols)."""


def stream(seed: int, name: str) -> np.random.Generator:
    """The random numbers for one purpose: adding a purpose leaves the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def smooth_field(rng: np.random.Generator, shape: tuple[int, int], cell_px: float) -> Field:
    """A field of mean 0 and standard deviation about 1 that varies over ``cell_px`` pixels."""
    import cv2

    rows, cols = (max(4, int(np.ceil(n / max(cell_px, 1.0))) + 3) for n in shape)
    coarse = rng.standard_normal((rows, cols)).astype(np.float32)
    wide = cv2.resize(coarse, None, fx=max(cell_px, 1.0), fy=max(cell_px, 1.0), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(wide[: shape[0], : shape[1]]) * np.float32(1.25)


def fractal_field(rng: np.random.Generator, shape: tuple[int, int], cell_px: float, octaves: int = 4) -> Field:
    """A sum of smooth fields, each half as coarse and 0.55 as strong as the one before; standard deviation about 1."""
    total, power = np.zeros(shape, np.float32), 0.0
    for octave in range(octaves):
        weight = 0.55**octave
        total += np.float32(weight) * smooth_field(rng, shape, cell_px / 2**octave)
        power += weight**2
    return total / np.float32(np.sqrt(power))


def ground_field(rng: np.random.Generator, x_m: Field, y_m: Field, cell_m: float) -> Field:
    """A field that belongs to the ground: the same place has the same value in every picture.

    ``x_m`` and ``y_m`` are the metres east and north of each pixel; the field repeats every
    256 cells. Mean 0, standard deviation about 1.
    """
    import cv2

    lattice = np.pad(rng.standard_normal((256, 256), np.float32), 4, mode="wrap")
    cols, rows = (np.mod(v / np.float32(cell_m), np.float32(256.0)) + np.float32(4.0) for v in (x_m, y_m))
    sampled = cv2.remap(lattice, cols, rows, cv2.INTER_CUBIC)
    return np.asarray(sampled, np.float32) * np.float32(1.25)
