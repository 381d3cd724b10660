"""The detector of optical pictures: reads, finds the water, finds candidates on it and at its edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.reading import Picture
from offing.imagery.water import find_water
from offing.vessels.detection.candidates import Candidate
from offing.vessels.detection.kernels import F32, reduced
from offing.vessels.detection.optical import OpticalBlock, optical_candidates
from offing.vessels.detection.regions import Limits
from offing.vessels.detection.sampling import sample_windows
from offing.vessels.detection.sea import nir_limit, water_among, water_by_nir

WORKING_M = 2.5
"""Finer pictures are reduced to about this pixel size: a ship's outline needs no more."""
ASSUMED_GSD_M = 1.0
SHIP_M = 450.0
SHOWN_REFLECTANCE = 0.3
"""Reflectance that full white stands for in pictures made for the eye, as their makers usually stretch them."""
MODELS = ("optical-nir-additive-1", "optical-colour-additive-1", "optical-grey-additive-1")
"""Score models for pictures with near infrared, with red and green, and for all others."""
_ROLES = {
    "red": ("B04", "red"),
    "green": ("B03", "green"),
    "nir": ("B08", "B8A", "nir"),
    "swir": ("B11", "swir1"),
}


class OpticalDetector:
    """Extremal regions of brightness and colour that touch water."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._roles = _roles(picture.bands)
        gsd = picture.gsd_m
        size = (gsd[0] * gsd[1]) ** 0.5 if gsd else ASSUMED_GSD_M
        self.reduction = max(1, int(WORKING_M / size + 0.25))
        self._gsd = size * self.reduction
        self.notes: tuple[str, ...] = (
            ()
            if gsd
            else (f"pixel size unknown: ships were sought as if it were {ASSUMED_GSD_M:g} m; give it with --gsd",)
        )
        side = max(24, int(SHIP_M / self._gsd))
        least = max(3, round(200 / self._gsd**2))
        self.limits = Limits(min_px=least, max_px=max(60, int(SHIP_M * 75 / self._gsd**2)), max_side_px=side)
        self._water = find_water(picture)
        self.notes += self._water.notes
        self._nir_limit = self._sample_nir() if "nir" in self._roles else 0.0

    @property
    def model(self) -> str:
        """By what the bands can tell."""
        infrared, colour, grey = MODELS
        if "nir" in self._roles:
            return infrared
        return colour if {"red", "green"} <= set(self._roles) else grey

    def candidates(self, window: Box) -> list[Candidate]:
        """Candidates of ``window``, in working pixels from its corner."""
        arrays = self._arrays(window)
        visible, red = _visible(arrays), _redness(arrays)
        if not np.isfinite(visible).any():
            return []
        nir = arrays.get("nir")
        sea = self._sea(window, visible.shape)
        if nir is not None and "green" in arrays:
            water = water_by_nir(arrays["green"], nir, self._nir_limit)
        else:
            water = water_among(visible, sea, self._gsd)
        block = OpticalBlock(
            visible=visible, red=red, nir=nir, swir=arrays.get("swir"), water=water, sea=sea, gsd_m=self._gsd
        )
        return optical_candidates(block, self.limits)

    def _arrays(self, window: Box) -> dict[str, F32]:
        stack = self._picture.read(tuple(self._roles.values()), window)
        stack[:, ~np.isfinite(stack).all(axis=0)] = np.nan
        if self._picture.scale.quantity == "digital-number":
            stack *= np.float32(SHOWN_REFLECTANCE)
        n = self.reduction
        rows, cols = max(1, stack.shape[1] // n), max(1, stack.shape[2] // n)
        return {
            role: band if n == 1 else reduced(band, rows, cols) for role, band in zip(self._roles, stack, strict=True)
        }

    def _sea(self, window: Box, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Water with the ships on it, in working pixels."""
        mask = self._water.mask(window)
        n = self.reduction
        if n == 1:
            return mask
        rows, cols = (
            np.minimum(np.arange(extent) * n + n // 2, full - 1) for extent, full in zip(shape, mask.shape, strict=True)
        )
        return np.asarray(mask[rows[:, None], cols])

    def _sample_nir(self) -> float:
        """Greatest near infrared of water."""
        values = []
        for window in sample_windows(self._picture.width, self._picture.height, 768 * self.reduction, 24):
            nir = self._arrays(window)["nir"]
            values.append(nir[np.isfinite(nir)][::7])
        return nir_limit(np.concatenate(values))


def _roles(bands: tuple[str, ...]) -> dict[str, str]:
    """Band by role; a picture without red and green has its first band as the only one."""
    found = {role: name for role, names in _ROLES.items() for name in names if name in bands}
    if "green" not in found and "red" not in found:
        return {"only": bands[0]} if "nir" not in found else {"only": bands[0], "nir": found["nir"]}
    return found


def _visible(arrays: dict[str, F32]) -> F32:
    parts = [arrays[role] for role in ("green", "red", "only") if role in arrays]
    return np.asarray(sum(parts[1:], parts[0]) / np.float32(len(parts)), np.float32)


def _redness(arrays: dict[str, F32]) -> F32 | None:
    if "red" not in arrays or "green" not in arrays:
        return None
    total = np.maximum(arrays["red"] + arrays["green"], 1e-3)
    return np.asarray((arrays["red"] - arrays["green"]) / total, np.float32)
