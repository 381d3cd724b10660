"""Which kernels for the radar threshold, and which statistics: what was tried, measured on a block of 2208² pixels.

Usage: python design/cfar_kernels.py

Prints (1) nanoseconds of processor time a pixel of every step in every way tried; (2) pixels over the threshold over
those due, for gamma and K clutter, of a Gaussian, a gamma and offing's threshold; (3) the share of ship pixels over the
threshold in an anchorage and at a quay.

Outcome on a Xeon with AVX-512 and 2 MiB of L2 a core, other work running: labelling the mask costs 5.3 ns a pixel,
more than all else together, bright pixels alone 0.2; the greatest of 8 rows, compared once, 0.6, where a threshold
stretched over all pixels and compared costs 1.0 to 1.2 and leaves a mask to be searched; statistics from one row in 8
cost 2.1, where the box filters of plain cell averaging alone cost 5.1. The comparison as a loop in numba takes 0.41
against 0.45 ns, after 2.9 s of compiling and at 208 MB of installed size: not taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np
from scipy import special, stats

from offing.bench.radar_scenes import LOOKS, speckle
from offing.vessels.detection.cfar import over, search_block
from offing.vessels.detection.clutter import clutter, threshold
from offing.vessels.detection.grouping import group
from offing.vessels.detection.kernels import box_mean, labelled, nearest, one_cv_thread, reduced, stretched

SIDE, PFA = 2208, 1e-5


def nanoseconds(work: Callable[[], object], pixels: int) -> float:
    """The least of several runs, in thread time a pixel."""
    best = float("inf")
    for _ in range(7):
        start = time.thread_time()
        work()
        best = min(best, time.thread_time() - start)
    return best / pixels * 1e9


def kernels() -> None:
    rng = np.random.default_rng(0)
    power = speckle(rng, SIDE)
    for row, col in rng.integers(50, SIDE - 50, (70, 2)):
        power[row : row + 4, col : col + 20] += 20
    limit = threshold(clutter(power), 1e-7)
    mask = np.asarray(cv2.compare(power, stretched(limit, SIDE, SIDE), cv2.CMP_GT), np.uint8)
    rows, cols = over(power, limit)
    ways: dict[str, Callable[[], object]] = {
        "label the whole mask, OpenCV": lambda: labelled(mask),
        "label bright pixels alone (taken)": lambda: group(rows, cols, power[rows, cols], 2),
        "compare: limit stretched bilinear": lambda: cv2.compare(power, stretched(limit, SIDE, SIDE), cv2.CMP_GT),
        "compare: limit stretched nearest": lambda: cv2.compare(power, nearest(limit, SIDE, SIDE), cv2.CMP_GT),
        "compare: greatest of 8 rows, then bright ones (taken)": lambda: over(power, limit),
        "moments: box filters of all pixels, ring and guard": lambda: (box_mean(power, 61), box_mean(power, 31)),
        "moments: x and x² by cells of 4": lambda: (
            reduced(power, SIDE // 4, SIDE // 4), reduced(power * power, SIDE // 4, SIDE // 4),
        ),
        "moments: one row in 8 by cells of 8": lambda: reduced(power[4::8], SIDE // 8, SIDE // 8),
        "level and tail from one row in 8 (taken)": lambda: clutter(power),
        "all of it: block to components": lambda: search_block(power, pfa=1e-7),
    }  # fmt: skip
    print(f"ns a pixel, one thread, block of {SIDE}²")
    for name, work in ways.items():
        print(f"  {name:55s} {nanoseconds(work, power.size):6.2f}")


def thresholds(power: np.ndarray) -> dict[str, np.ndarray]:
    mean = box_mean(power, 85)
    deviation = np.sqrt(np.maximum(box_mean(power * power, 85) - mean * mean, 0))
    return {
        "Gaussian": mean + np.float32(stats.norm.isf(PFA)) * deviation,
        "gamma": mean * np.float32(special.gammainccinv(LOOKS, PFA) / LOOKS),
        "offing": nearest(threshold(clutter(power), PFA), *power.shape),
    }


def alarms() -> None:
    print(f"pixels over the threshold over those due at {PFA:g}; texture of K clutter in squares of 8 px, then of 32")
    for name, texture, scale in (
        ("gamma", None, 8), ("K, order 8", 8.0, 8), ("K, order 3", 3.0, 8), ("K, order 1", 1.0, 8),
        ("K, 3, 32 px", 3.0, 32),
    ):  # fmt: skip
        power = speckle(np.random.default_rng(1), 3000, texture, scale)
        row = {k: float((power > t).sum()) / (PFA * power.size) for k, t in thresholds(power).items()}
        print(f"  {name:14s}", "  ".join(f"{k} {v:7.2f}" for k, v in row.items()))


def crowds() -> None:
    print("share of ship pixels over the threshold, ships of 24 × 5 px at 20 times the sea")
    rng = np.random.default_rng(2)
    anchorage, ships = speckle(rng, 1600), np.zeros((1600, 1600), bool)
    for row in range(20, 1560, 40):
        for col in range(20, 1550, 40):
            r, c = row + rng.integers(8), col + rng.integers(8)
            ships[r : r + 5, c : c + 24] = True
    port, quay = speckle(rng, 1600), np.zeros((1600, 1600), bool)
    port[:, 800:] *= 15
    for row in range(20, 1560, 50):
        quay[row : row + 24, 790:795] = True
    for name, power, mask in (("every 40 px", anchorage, ships), ("5 px from land at 15 times the sea", port, quay)):
        power[mask] *= 20
        row = {k: float((power > t)[mask].mean()) for k, t in thresholds(power).items()}
        print(f"  {name:36s}", "  ".join(f"{k} {v:.3f}" for k, v in row.items()))


if __name__ == "__main__":
    with one_cv_thread():
        kernels()
        alarms()
        crowds()
