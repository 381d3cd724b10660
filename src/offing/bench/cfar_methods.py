"""The detectors that stand side by side in ``offing bench cfar``: an array of power to the centres of ships."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from offing.bench.radar_scenes import LOOKS
from offing.records import Record
from offing.vessels.detection.cfar import components
from offing.vessels.detection.kernels import labelled

F32 = NDArray[np.float32]
Centres = NDArray[np.float64]
WORKERS = 2
RATES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)


class Method(Record, frozen=True, eq=False):
    """A detector and the settings that it is swept over."""

    name: str
    find: Callable[[F32, float], Centres]
    """(power, setting) → (n, 2) col, row."""
    settings: tuple[float, ...]
    """From the most to the fewest false alarms."""
    usual: float
    """The setting by which its speed and its detections a ship are told."""


def methods() -> list[Method]:
    """Ours, plain cell averaging, and strait-observatory where it is installed."""
    found = [
        Method(name="offing", find=ours, settings=RATES, usual=1e-7),
        Method(name="plain CA-CFAR", find=cell_averaging, settings=RATES, usual=1e-7),
    ]
    if importlib.util.find_spec("strait") is not None:
        found.append(Method(name="strait-observatory", find=strait, settings=(3.5, 4.5, 5.5, 6.5, 7.5), usual=5.5))
    return found


def ours(power: F32, pfa: float) -> Centres:
    """What offing's pass does to each block of a picture."""
    return components(power, pfa=pfa, workers=WORKERS).centre


def cell_averaging(power: F32, pfa: float, guard: int = 31, ring: int = 61) -> Centres:
    """Plain cell averaging: the mean of a ring around a guard window, times the gamma quantile of known looks."""
    import cv2
    from scipy import special

    outer = cv2.boxFilter(power, -1, (ring, ring), normalize=False)
    inner = cv2.boxFilter(power, -1, (guard, guard), normalize=False)
    factor = float(special.gammainccinv(LOOKS, pfa) / LOOKS) / (ring * ring - guard * guard)
    limit = np.asarray(cv2.addWeighted(outer, factor, inner, -factor, 0.0), np.float32)
    mask = np.asarray(cv2.compare(power, limit, cv2.CMP_GT), np.uint8)
    _, stats, centre = labelled(mask)
    return np.asarray(centre[1:][stats[1:, 4] >= 3] + 0.5)


def strait(power: F32, k: float) -> Centres:
    """strait-observatory's trimmed CFAR with its own window and sizes, the sea put at −15 dB, where it expects one."""
    from strait.detect import detect_vessels  # type: ignore[import-not-found]

    rows, cols = power.shape
    found = detect_vessels(
        [power * np.float32(10**-1.5)],
        ["20210101"],
        np.zeros(power.shape, np.bool_),
        bounds=(0.0, 0.0, float(cols), float(rows)),
        shape=power.shape,
        k=k,
    )
    return np.stack([found.geometry.x.to_numpy(), rows - found.geometry.y.to_numpy()], axis=1)
