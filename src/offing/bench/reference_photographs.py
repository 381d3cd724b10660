"""Simulated photographs of the library's classes, as read: for the benchmark and for what is fitted before it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.records import Record
from offing.simulation.broadside import Broadside, BroadsideSpec, broadside
from offing.vessels.classes import library
from offing.vessels.model import VesselClass
from offing.vessels.profile.model import Relief
from offing.vessels.profile.relief import relief_of
from offing.vessels.reference.along import Given, photo_relief
from offing.vessels.reference.model import PhotoRelief
from offing.vessels.reference.references import of_mask
from offing.vessels.reference.silhouette import silhouette_of

WIDTH = 800
VIEW_SD_DEG, VIEW_MOST_DEG = 7.0, 15.0
"""How far from abeam the photographs are taken, which nobody states."""


class Taken(Record, frozen=True):
    """One simulated photograph and what was read off it."""

    picture: Broadside
    read: PhotoRelief | None
    """With the bow given; None: refused."""
    truth: PhotoRelief
    """The same from the mask that was drawn."""
    refusal: str | None


def half_of_the_classes(odd: bool) -> tuple[VesselClass, ...]:
    """The classes with a layout, those that are fitted on (even) or those that are measured on (odd), by their ids."""
    known = (c for c in library() if c.parts and c.length_m)
    return tuple(sorted((c for c in known if (zlib.crc32(c.id.encode()) % 2 == 1) == odd), key=lambda c: c.id))


def spec_of(vessel_class: VesselClass, seed: int) -> BroadsideSpec:
    """How the photograph of that seed is taken."""
    rng = np.random.default_rng([seed, 41])
    return BroadsideSpec(
        vessel_class=vessel_class,
        seed=seed,
        bow="left" if rng.random() < 0.5 else "right",
        width=WIDTH,
        span=float(rng.uniform(0.4, 0.8)),
        tilt_deg=float(rng.normal(0.0, 1.5)),
        view_deg=float(np.clip(rng.normal(0.0, VIEW_SD_DEG), -VIEW_MOST_DEG, VIEW_MOST_DEG)),
        haze=float(rng.uniform(0.0, 0.4)),
        sea_state=float(rng.uniform(0.0, 1.0)),
        cloudy=bool(rng.random() < 0.7),
        coast=bool(rng.random() < 0.25),
        jpeg_quality=int(rng.integers(50, 95)),
    )


def taken(vessel_class: VesselClass, seed: int) -> Taken:
    """Photograph a ship of the class, and read the photograph."""
    picture = broadside(spec_of(vessel_class, seed))
    rows, cols = picture.mask.shape
    given = Given(f"{vessel_class.id}-{seed}", "photograph", True, (cols, rows), 1.0, picture.spec.bow)
    truth = photo_relief(of_mask(picture.mask, given.name), given)
    try:
        return Taken(
            picture=picture,
            read=photo_relief(silhouette_of(picture.pixels, given.name), given),
            truth=truth,
            refusal=None,
        )
    except PictureError as error:
        return Taken(picture=picture, read=None, truth=truth, refusal=error.what)


def reliefs_of_about(length_m: float, classes: Sequence[VesselClass], within: float = 1.25) -> dict[str, Relief]:
    """The reliefs of the classes of about that length, by id."""
    found = {}
    for entry in classes:
        relief = relief_of(entry)
        if relief is not None and relief.length_m and 1.0 / within <= relief.length_m / length_m <= within:
            found[entry.id] = relief
    return found


def outline_overlap(read: PhotoRelief, truth: PhotoRelief) -> float:
    """Intersection over union of the two silhouettes, laid on each other by bow, stern and waterline."""
    a: NDArray[np.float64] = np.array(read.above_water)
    b: NDArray[np.float64] = np.array(truth.above_water)
    return float(np.minimum(a, b).sum() / np.maximum(a, b).sum())
