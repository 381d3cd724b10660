"""Whether a real picture shows ghosts where the physics says: its bright points correlated with its empty sea.

Usage: python design/azimuth_ambiguities.py PICTURE

Everything 22 dB over the sea, weighted by its power, is shifted over the sea that is free of targets; where the mean
of the sea under it rises, it has ghosts. Prints the highest peaks 3.5–6.8 km away, in standard deviations of the map,
with their components along and across the flight for each pass, and the offsets that λ·R·PRF / (2·V) gives for
Sentinel-1 IW.

On the Los Angeles scene of 2021-01-05 (30 m, dB, nothing said of pass or sub-swath): 15.9 and 8.2 standard deviations
at +5.87 and −5.84 km along an ascending flight, 47 m and −13 m across it; IW3 has 5.52–5.99 km. The next peak has 6.2
and lies 2.6 km off the flight.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import cv2
import msgspec
import numpy as np
from scipy import ndimage
from scipy.signal import fftconvolve

from offing.imagery.radar_inference import radar_geometries
from offing.imagery.reading import open_picture
from offing.imagery.water import find_water

BRIGHT_DB, MOST_DB, TARGET_DB = 22.0, 42.0, 14.0
NEAREST_M, FARTHEST_M = 3500.0, 6800.0


def correlated(over: np.ndarray, water: np.ndarray) -> np.ndarray:
    """(2 rows − 1, 2 cols − 1) mean excess of the free sea under the shifted bright points; the middle is no shift."""
    targets = ndimage.binary_dilation(over > TARGET_DB, iterations=6)
    free = water & (ndimage.distance_transform_edt(water) > 6) & ~targets
    power = 10 ** (over / 10)
    share = np.maximum(cv2.GaussianBlur(free.astype(float), (0, 0), 25), 1e-3)
    around = np.maximum(cv2.GaussianBlur(np.where(free, power, 0), (0, 0), 25) / share, 1e-9)
    excess = np.where(free, np.clip(power / around - 1, -1, 6), 0)
    bright = np.where(over > BRIGHT_DB, np.minimum(power, 10 ** (MOST_DB / 10)), 0).astype(float)[::-1, ::-1]
    total, weight = fftconvolve(excess, bright), fftconvolve(free.astype(float), bright)
    enough = weight > 0.02 * bright.sum()
    return cv2.GaussianBlur(np.where(enough, total / np.where(enough, weight, 1), 0), (0, 0), 1.0)


def main() -> None:
    """Prints the peaks."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("picture", type=Path)
    asked = arguments.parse_args()
    with open_picture([asked.picture]) as picture:
        picture.facts = msgspec.structs.replace(picture.facts, platform="sentinel-1")
        water = find_water(picture).mask()
        power = picture.read(picture.bands[:1])[0]
        radars, gsd = radar_geometries(picture), math.sqrt(picture.gsd_m[0] * picture.gsd_m[1])
    decibels = 10 * np.log10(np.maximum(np.nan_to_num(power), 1e-9))
    field = correlated(decibels - np.median(decibels[water]), water)
    rows, cols = np.mgrid[0 : field.shape[0], 0 : field.shape[1]]
    rows, cols = rows - field.shape[0] // 2, cols - field.shape[1] // 2
    away = np.hypot(rows, cols) * gsd
    sought = (away > NEAREST_M) & (away < FARTHEST_M) & (np.abs(cols) * gsd < 2500)
    peaks = np.argwhere(sought & (field == ndimage.maximum_filter(field, 9)))
    spread = field[sought].std()
    for radar in radars:
        windows = [f"{i.low:.0f}–{i.high:.0f}" for i in radar.ambiguity_offsets_m(0, 0)]
        print(f"{radar.passing}: offsets expected {', '.join(windows)} m")
    for row, col in sorted(peaks.tolist(), key=lambda p: -field[p[0], p[1]])[:6]:
        parts = []
        for radar in radars:
            basis = np.column_stack([radar.azimuth_px, radar.range_px])
            along, across = np.linalg.solve(basis, [cols[row, col], rows[row, col]]) * gsd
            parts.append(f"{radar.passing} {along:+.0f} m along, {across:+.0f} m across")
        print(f"{field[row, col] / spread:5.1f} sd: {'; '.join(parts)}")


if __name__ == "__main__":
    main()
