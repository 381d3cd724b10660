"""What lies at the quay now and not when it is empty: regions of excess power, as candidates with their features."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.boxes import oriented_box
from offing.vessels.detection.candidates import Candidate
from offing.vessels.detection.kernels import distance_to, gaussian
from offing.vessels.detection.regions import Limits, Region, level_regions
from offing.vessels.detection.shapes import Form, form, surroundings
from offing.vessels.detection.stack.background import Background

MODEL = "quay-additive-1"
FEATURES = (
    "log length", "log beam", "excess", "peak", "significance", "step", "wet", "fill", "shrink", "berth", "bright",
)  # fmt: skip
LEVELS = (0.6, 0.9, 1.25, 1.65, 2.1, 2.6, 3.2, 3.9)
"""Excess in log power (×10/ln 10 for dB) at which the place is cut: 2.6 to 17 dB."""
COARSE_M = 16.0
COARSE_LEVELS = (0.22, 0.32, 0.47, 0.7)
"""A second, coarser scale: ships that are hardly brighter than the quay show over their whole length only."""
LEAST_SHARE = 0.35
"""Part of a candidate that must lie in the berths or along the quay."""
LEAST_SIGNIFICANCE = 2.0
SHIP_M, BEAM_M, LEAST_M = 450.0, 80.0, 20.0


def arrivals(place: Background, along_quay: NDArray[np.bool_], gsd_m: float, *, drawn: bool) -> list[Candidate]:
    """Candidates of one window, in its pixels.

    ``along_quay``: (rows, cols), True in the berths; ``drawn``: they are polygons that a person drew.
    """
    excess, limits = place.excess, _limits(gsd_m)
    coarse = gaussian(excess, COARSE_M / gsd_m)
    found = []
    for region in [*level_regions(excess, LEVELS, limits), *level_regions(coarse, COARSE_LEVELS, limits)]:
        part = _crop(region)
        if along_quay[part][region.mask].mean() < LEAST_SHARE:
            continue
        if place.significance[part][region.mask].mean() < LEAST_SIGNIFICANCE:
            continue
        shape = form(region)
        found.append(
            Candidate(
                region=region,
                shape=shape,
                box=oriented_box(region, shape),
                features=_features(region, shape, place, along_quay if drawn else None, gsd_m),
                flags=(),
            )
        )
    return found


def _limits(gsd_m: float) -> Limits:
    return Limits(
        min_px=max(3, round(LEAST_M * LEAST_M / gsd_m**2)),
        max_px=max(60, round(2 * SHIP_M * BEAM_M / gsd_m**2)),
        max_side_px=math.ceil(1.3 * SHIP_M / gsd_m),
    )


def _crop(region: Region) -> tuple[slice, slice]:
    height, width = region.mask.shape
    return slice(region.row0, region.row0 + height), slice(region.col0, region.col0 + width)


def _features(
    region: Region, shape: Form, place: Background, berths: NDArray[np.bool_] | None, gsd_m: float
) -> tuple[float, ...]:
    part, mask = _crop(region), region.mask
    excess = place.excess[part][mask]
    around = surroundings(region, shape, place.now.shape)
    ring = place.excess[around.window][around.ring]
    return (
        math.log(shape.length * gsd_m),
        math.log(shape.beam * gsd_m),
        float(excess.mean()),
        float(excess.max()),
        float(place.significance[part][mask].mean()),
        float(excess.mean() - ring.mean()) if ring.size else 0.0,
        float(place.wet[part][mask].mean()),
        shape.fill,
        region.shrink,
        float(berths[part][mask].mean()) if berths is not None else math.nan,
        float(place.now[part][mask].mean() - place.floor),
    )


def quay_strip(place: Background, gsd_m: float, reach_m: float = 70.0, inland_m: float = 20.0) -> NDArray[np.bool_]:
    """(rows, cols), True along the shore that the empty place shows, where no berths were drawn."""
    land = _large(~place.wet & np.isfinite(place.level), LEAST_LAND_M2 / gsd_m**2)
    if not land.any():
        return np.zeros(land.shape, np.bool_)
    return np.asarray((distance_to(land) <= reach_m / gsd_m) & (distance_to(~land) <= inland_m / gsd_m))


LEAST_LAND_M2 = 30_000.0
"""Less is a beacon, a platform, or a ship that never left."""


def _large(mask: NDArray[np.bool_], least: float) -> NDArray[np.bool_]:
    from offing.vessels.detection.kernels import labelled

    labels, stats, _ = labelled(mask.astype(np.uint8))
    large = stats[:, 4] >= least
    large[0] = False
    return np.asarray(large[labels])
