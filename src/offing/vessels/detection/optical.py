"""Candidates in an optical picture: extremal regions of brightness, of what stands out of the quay, and of colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.boxes import oriented_box
from offing.vessels.detection.candidates import Candidate
from offing.vessels.detection.kernels import F32, box_mean, disc, gaussian
from offing.vessels.detection.regions import Limits, Region, level_regions
from offing.vessels.detection.shapes import Form, Surroundings, form, sides, surroundings

Mask = NDArray[np.bool_]

FEATURES = (
    "length", "beam", "elongation", "fill", "solidity", "shrink", "level", "channel", "wet-side", "dry-side",
    "wet-ends", "wet-inside", "wet-near", "wet-around", "clipped", "visible", "visible-ring", "visible-quay",
    "visible-spread", "nir", "nir-ring", "nir-quay", "swir", "swir-quay", "red", "red-quay", "vegetation",
    "water-nir", "on-water", "water-near",
)  # fmt: skip
"""log2 m: length, beam; shares 0–1: wet-…; reflectances over the local water, over the ring and over its dry part.
NaN: no such band.
"""


class OpticalBlock(Record, frozen=True):
    """Arrays of one block, all (rows, cols), reflectance or 0–1 brightness; NaN where nodata."""

    visible: F32
    """Mean of the visible bands, or the panchromatic one."""
    red: F32 | None
    """Red − green over their sum; None in a picture of one band."""
    nir: F32 | None
    swir: F32 | None
    water: Mask
    """True: water, and no ship on it."""
    sea: Mask
    """True: water with the ships that lie on it."""
    gsd_m: float
    """Metres a pixel, the geometric mean of both axes."""


def optical_candidates(block: OpticalBlock, limits: Limits) -> list[Candidate]:
    """Candidates of a block that touch water, or lie within a beam of it."""
    planes = _planes(block)
    found: list[Candidate] = []
    for number, (image, levels) in enumerate(_channels(block, planes.local)):
        for region in level_regions(image, levels, limits):
            candidate = _candidate(region, number, block, planes, limits)
            if candidate is not None:
                found.append(candidate)
    return found


class _Planes(Record, frozen=True):
    local: dict[str, F32]
    """Each band over the local water's mean."""
    near_water: Mask
    wet_around: F32


def _planes(block: OpticalBlock) -> _Planes:
    import cv2

    water = block.water.astype(np.float32)
    side = 2 * max(8, round(400 / block.gsd_m)) + 1
    weight = box_mean(water, side)
    local = {}
    for name in ("visible", "nir", "swir", "red"):
        band = getattr(block, name)
        if band is None:
            continue
        known = np.nan_to_num(band)
        overall = float(np.median(known[block.water])) if block.water.any() else float(np.percentile(known, 20))
        mean = np.where(weight > 0.02, box_mean(known * water, side) / np.maximum(weight, 1e-6), overall)
        local[name] = (band - mean).astype(np.float32)
    reach = max(2, round(25 / block.gsd_m))
    kernel = disc(reach)
    # Water inside towns and fields (ponds, shadows of roofs) is small: only sizeable water can have a ship at its edge.
    opened = cv2.morphologyEx(block.water.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    return _Planes(local=local, near_water=cv2.dilate(opened, kernel) > 0, wet_around=weight)


def _channels(block: OpticalBlock, local: dict[str, F32]) -> list[tuple[F32, list[float]]]:
    """Images to cut, each with its rising levels."""
    import cv2

    fine = 0.5 if block.gsd_m >= 8 else 5.0 / block.gsd_m
    steps = [float(v) for v in 0.02 * 1.35 ** np.arange(12)]

    def blur(values: F32) -> F32:
        smooth = gaussian(np.nan_to_num(values), fine)
        smooth[np.isnan(values)] = np.nan
        return smooth

    visible = blur(local["visible"])
    strongest = np.fmax(visible, blur(local["nir"])) if "nir" in local else visible
    kernel = disc(max(2, round(38 / block.gsd_m)))
    hat = np.asarray(cv2.morphologyEx(np.nan_to_num(strongest), cv2.MORPH_TOPHAT, kernel), np.float32)
    channels = [(visible, steps), (hat, steps)]
    if "nir" in local:
        channels.append((blur(local["nir"]), steps))
    # Colour parts a ship from the quay it lies at; water has a colour of its own and is cut away first.
    dry = np.where(block.water, np.nan, 1).astype(np.float32)
    if block.red is not None:
        tint = blur(block.red) * dry
        middle = float(np.nanmedian(tint)) if (~block.water).any() else 0.0
        channels.append((tint - middle, [float(v) for v in np.arange(-0.06, 0.21, 0.03)]))
        channels.append((middle - tint, [float(v) for v in np.arange(-0.06, 0.21, 0.03)]))
    if block.nir is not None:
        excess = blur(np.asarray((block.nir - block.visible) / np.maximum(block.visible + block.nir, 0.02), np.float32))
        channels.append((excess * dry, [float(v) for v in np.arange(-0.4, 0.3, 0.05)]))
        channels.append((-excess * dry, [float(v) for v in np.arange(-0.3, 0.4, 0.05)]))
    return channels


def _candidate(region: Region, number: int, block: OpticalBlock, planes: _Planes, limits: Limits) -> Candidate | None:
    height, width = region.mask.shape
    crop = slice(region.row0, region.row0 + height), slice(region.col0, region.col0 + width)
    if not planes.near_water[crop][region.mask].any():
        return None
    wet_inside = float(block.water[crop][region.mask].mean())
    if wet_inside > 0.9:
        return None
    shape = form(region)
    if shape.length > limits.max_side_px or shape.beam * block.gsd_m > 120:
        return None
    around = surroundings(region, shape, (block.water.shape[0], block.water.shape[1]))
    if not around.ring.any():
        return None
    features = _features(region, number, shape, around, block, planes, wet_inside)
    near_land = features[FEATURES.index("wet-near")] < 0.75
    flags = tuple(f for f, on in (("clipped", around.clipped), ("near-land", near_land)) if on)
    return Candidate(region=region, shape=shape, box=oriented_box(region, shape), features=features, flags=flags)


def _features(
    region: Region,
    number: int,
    shape: Form,
    around: Surroundings,
    block: OpticalBlock,
    planes: _Planes,
    wet_inside: float,
) -> tuple[float, ...]:
    wet = block.water[around.window]
    wetter, drier, ends = sides(shape, around, block.water)
    quay = around.ring & ~wet
    row = min(int(shape.row), block.water.shape[0] - 1)
    col = min(int(shape.col), block.water.shape[1] - 1)

    def mean(name: str, part: Mask) -> float:
        return _mean(planes.local[name][around.window][part]) if name in planes.local else np.nan

    inside = {name: mean(name, around.inside) for name in ("visible", "nir", "swir", "red")}
    dry = {name: mean(name, quay) for name in inside}
    values = planes.local["visible"][around.window][around.inside]
    vegetation = (inside["nir"] - inside["visible"]) / max(abs(inside["nir"]) + abs(inside["visible"]), 0.02)
    return tuple(
        float(v)
        for v in (
            np.log2(shape.length * block.gsd_m), np.log2(shape.beam * block.gsd_m), np.log2(shape.length / shape.beam),
            shape.fill, shape.solidity, region.shrink, region.level, number, wetter, drier, ends, wet_inside,
            wet[around.near].mean() if around.near.any() else 0.0, planes.wet_around[row, col], around.clipped,
            inside["visible"], inside["visible"] - mean("visible", around.ring), inside["visible"] - dry["visible"],
            values[np.isfinite(values)].std() if np.isfinite(values).any() else np.nan,
            inside["nir"], inside["nir"] - mean("nir", around.ring), inside["nir"] - dry["nir"],
            inside["swir"], inside["swir"] - dry["swir"], inside["red"], inside["red"] - dry["red"], vegetation,
            _mean(block.nir[around.window][wet]) if block.nir is not None else np.nan,
            block.sea[around.window][around.inside].mean(), block.sea[around.window][around.near].mean(),
        )
    )  # fmt: skip


def _mean(values: F32) -> float:
    """Of the finite values; NaN where there is none."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
