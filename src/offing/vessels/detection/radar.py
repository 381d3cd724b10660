"""Candidates in a radar picture: extremal regions of the smoothed backscatter that hold a pixel over the clutter's
threshold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.boxes import oriented_box
from offing.vessels.detection.candidates import Candidate
from offing.vessels.detection.cfar import exceeds
from offing.vessels.detection.clutter import clutter
from offing.vessels.detection.kernels import F32, box_mean, gaussian
from offing.vessels.detection.regions import Limits, Region, level_regions
from offing.vessels.detection.shapes import form, surroundings

PFA = 1e-6
SMOOTHING_PX = (0.8, 2.0)
"""Gaussian sigmas: little, for small ships; more, so that a large one does not fall into its bright spots."""
STEP_DB = 1.8
LEVELS = 14
RANGE_DB = 24.0
"""Backscatter is capped this far above the sea: 8-bit pictures end there, calibrated ones must look the same to the
model.
"""

FEATURES = (
    "length", "beam", "elongation", "fill", "solidity", "contrast", "peak", "ring", "inside", "ring-top",
    "near-over-level", "near-over-sea", "shrink", "level", "bright-share", "clipped", "cfar-share", "spread",
    "smoothing", "contrast-in-open", "on-water", "water-near",
)  # fmt: skip
"""log2 px: length, beam, elongation; dB: contrast … level; shares 0–1. See ``_describe``."""


def radar_candidates(
    power: F32, limits: Limits, water: NDArray[np.bool_], sea_db: float | None = None
) -> list[Candidate]:
    """Candidates of a block of linear ``power`` (rows, cols; nodata 0). ``sea_db``: level of the sea, else the
    block's own.
    """
    seen = power > 0
    if not seen.any():
        return []
    sea = sea_level_db(power) if sea_db is None else sea_db
    floor = np.float32(10 ** (sea / 10 - 2))
    hits = exceeds(power, PFA) > 0
    if not hits.any():
        return []
    amplitude = np.sqrt(np.clip(power, floor, np.float32(10 ** ((sea + RANGE_DB) / 10))))
    found: list[Candidate] = []
    raw = decibel(amplitude)
    bright = box_mean((gaussian(raw, 2.0) > sea + 5).astype(np.float32), 65)
    for number, sigma in enumerate(SMOOTHING_PX):
        smooth = decibel(gaussian(amplitude, sigma))
        smooth[~seen] = np.nan
        top = float(np.nanmax(smooth))
        levels = sea + 4 + STEP_DB * np.arange(LEVELS)
        for region in level_regions(smooth, [float(v) for v in levels if v < top], limits):
            candidate = _candidate(region, smooth, raw, hits, bright, water, sea, number)
            if candidate is not None:
                found.append(candidate)
    return found


def decibel(amplitude: F32) -> F32:
    """20 log10 of an amplitude above 0."""
    return np.asarray(20 * np.log10(amplitude), np.float32)


def sea_level_db(power: F32) -> float:
    """Level of the darker background of a block: the sea where there is any."""
    field = clutter(power)
    return float(10 * np.log10(max(float(np.percentile(field.mean, 20)), 1e-12)))


def _candidate(
    region: Region,
    smooth: F32,
    raw: F32,
    hits: NDArray[np.bool_],
    bright: F32,
    water: NDArray[np.bool_],
    sea: float,
    number: int,
) -> Candidate | None:
    height, width = region.mask.shape
    crop = slice(region.row0, region.row0 + height), slice(region.col0, region.col0 + width)
    share = float(hits[crop][region.mask].mean())
    if share == 0:
        return None
    shape = form(region)
    around = surroundings(region, shape, (raw.shape[0], raw.shape[1]))
    values, ring, near = raw[crop][region.mask], raw[around.window][around.ring], smooth[around.window][around.near]
    near = near[np.isfinite(near)]
    if not len(ring) or not len(near):
        return None
    inside, outside = float(values.mean()), float(ring.mean())
    open_water = float((near > sea + 5).mean())
    features = (
        np.log2(shape.length), np.log2(shape.beam), np.log2(shape.length / shape.beam), shape.fill, shape.solidity,
        inside - outside, float(values.max()) - inside, outside - sea, inside - sea,
        float(np.percentile(ring, 90)) - region.level, float((near > region.level).mean()), open_water, region.shrink,
        region.level - sea, float(bright[min(int(shape.row), raw.shape[0] - 1), min(int(shape.col), raw.shape[1] - 1)]),
        float(around.clipped), share, float(values.std()), float(number), (inside - outside) * (1 - open_water),
        float(water[crop][region.mask].mean()), float(water[around.window][around.near].mean()),
    )  # fmt: skip
    flags = tuple(f for f, on in (("clipped", around.clipped), ("near-land", open_water > 0.25)) if on)
    return Candidate(
        region=region,
        shape=shape,
        box=oriented_box(region, shape),
        features=tuple(float(f) for f in features),
        flags=flags,
    )
