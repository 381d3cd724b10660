"""Which threshold for the sea: why truncated statistics, and why the K distribution's quantile.

Usage: python design/cfar_kernels.py

Prints, for gamma and K-distributed clutter, the false alarms over those due of (a) mean + k·deviation with the Gaussian
quantile, (b) the gamma quantile on the local mean, (c) what offing.vessels.detection.clutter does; and, for a dense
anchorage, the share of ship pixels that pass with and without censoring.
"""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from offing.vessels.detection.clutter import clutter, threshold
from offing.vessels.detection.kernels import box_mean, stretched

SIDE, LOOKS, PFA = 3000, 4.0, 1e-5


def sea(texture: float | None, seed: int) -> np.ndarray:
    """K-distributed clutter with texture that varies over 8 px, or gamma speckle alone."""
    rng = np.random.default_rng(seed)
    speckle = rng.standard_gamma(LOOKS, (SIDE, SIDE), dtype=np.float32) / np.float32(LOOKS)
    if texture is None:
        return speckle
    coarse = rng.standard_gamma(texture, (SIDE // 8, SIDE // 8)).astype(np.float32) / np.float32(texture)
    return speckle * np.kron(coarse, np.ones((8, 8), np.float32))


def thresholds(values: np.ndarray) -> dict[str, np.ndarray]:
    mean = box_mean(values, 85)
    deviation = np.sqrt(np.maximum(box_mean(values * values, 85) - mean * mean, 0))
    return {
        "Gaussian": mean + np.float32(stats.norm.isf(PFA)) * deviation,
        "gamma": mean * np.float32(special.gammainccinv(LOOKS, PFA) / LOOKS),
        "truncated K": stretched(threshold(clutter(values), PFA), *values.shape),
    }


def main() -> None:
    due = PFA * SIDE * SIDE
    print(f"false alarms over those due ({due:.0f} at {PFA:g}), {SIDE}² pixels, {LOOKS:g} looks")
    for name, texture in (("gamma", None), ("K, texture 8", 8.0), ("K, texture 3", 3.0), ("K, texture 1", 1.0)):
        values = sea(texture, 1)
        row = {k: float((values > t).sum()) / due for k, t in thresholds(values).items()}
        print(f"  {name:14s}", "  ".join(f"{k} {v:7.2f}" for k, v in row.items()))
    print(
        "dense anchorage (ships of 24 × 5 px, 20 times the sea, every 40 px): share of ship pixels over the threshold"
    )
    values = sea(None, 2)
    ships = np.zeros_like(values, bool)
    for row in range(20, SIDE - 20, 40):
        for col in range(20, SIDE - 30, 40):
            ships[row : row + 5, col : col + 24] = True
    values[ships] *= 20
    for name, limit in thresholds(values).items():
        print(f"  {name:14s} {float((values > limit)[ships].mean()):.3f}")


if __name__ == "__main__":
    main()
