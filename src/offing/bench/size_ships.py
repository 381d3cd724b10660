"""Ships of known size as the search finds and the tracer traces them: OpenSARShip's chips, and simulated ones."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from offing.bench.size_blobs import BlobSizes, blob_sizes
from offing.bench.size_fit import SIMULATED, KnownShip
from offing.bench.size_scenes import TrueSize, simulated_ship
from offing.imagery.reading import Picture
from offing.records import Record
from offing.vessels.measurement.radar_model import KeptSizes
from offing.vessels.measurement.radar_trace import Trace, trace
from offing.vessels.model import Detection

GSD_M = 10.0
"""Pixel spacing of the ground-range products; the others' is not square and is left out."""
NEAR_PX = 12.0
"""The labelled ship is in the middle of its chip."""
MIN_SCORE = 0.2
_DISPLACED_M = 900.0
"""A mover may appear this far from where it is."""


class Chip(Record, frozen=True):
    """One ground-range chip with what AIS says of its ship."""

    path: Path
    scene: str
    length_m: float
    beam_m: float | None
    """None where AIS gives none."""
    marked_m: float
    """Length between a person's marks on bow and stern."""


class Found(Record, frozen=True):
    """A ship of known size, found."""

    ship: KnownShip | None
    """None: nothing stood out of the clutter under its box."""
    group: str
    length_m: float
    beam_m: float | None
    pixel_m: float
    detection: Detection
    """As the search gave it."""
    refined: Detection | None
    """As it is given out, by a model that has not seen its scene; None without one."""
    blobs: BlobSizes | None
    """None for simulated ships."""
    marked_m: float | None


def chips(folder: Path) -> Iterator[Chip]:
    """Each ground-range chip whose ship's length is known, in the order of the table."""
    with (folder / "chips.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            length, beam = float(row["ais_len"]), float(row["ais_wid"])
            if "_GRD" in row["scene"] and length > 0.0:
                yield Chip(
                    path=folder / row["scene"] / "Patch_Cal" / row["chip"],
                    scene=row["scene"],
                    length_m=length,
                    beam_m=beam if beam > 0.0 else None,
                    marked_m=float(row["manual_length_m"]),
                )


def found_in(chip: Chip, kept: KeptSizes | None = None) -> Found | None:
    """The ship in the middle of ``chip``, or None where none is found there; refined where ``kept`` is given."""
    from offing.imagery.reading import open_picture

    with open_picture([chip.path], sensor="sar", gsd_m=GSD_M) as picture:
        detection = _nearest(picture, NEAR_PX)
        if detection is None:
            return None
        return Found(
            ship=_known(chip.scene, trace(picture, detection.box, GSD_M), GSD_M, chip.length_m, chip.beam_m),
            group=chip.scene,
            length_m=chip.length_m,
            beam_m=chip.beam_m,
            pixel_m=GSD_M,
            detection=detection,
            refined=_refined(picture, detection, kept, chip.scene),
            blobs=blob_sizes(picture.read()[0], (detection.box.col, detection.box.row)),
            marked_m=chip.marked_m,
        )


def simulated(seeds: Iterable[int], kept: KeptSizes | None = None) -> Iterator[tuple[TrueSize, Found | None]]:
    """The ship of each seed with what was found of it; refined where ``kept`` is given."""
    for seed in seeds:
        with simulated_ship(seed) as (picture, truth):
            yield truth, _found(picture, truth, kept)


def _refined(picture: Picture, detection: Detection, kept: KeptSizes | None, group: str) -> Detection | None:
    from offing.vessels.measurement.radar_size import sized

    if kept is None:
        return None
    return sized(picture, [detection], kept.without.get(group, kept.model))[0]


def _found(picture: Picture, truth: TrueSize, kept: KeptSizes | None) -> Found | None:
    from offing.vessels.measurement.radar_size import pixel_along

    reach = _DISPLACED_M if truth.moving else 60.0 + 0.5 * truth.length_m
    detection = _nearest(picture, reach / truth.pixel_m)
    pixel = pixel_along(detection.box, picture) if detection else None
    if detection is None or pixel is None:
        return None
    return Found(
        ship=_known(SIMULATED, trace(picture, detection.box, pixel), pixel, truth.length_m, truth.beam_m),
        group=SIMULATED,
        length_m=truth.length_m,
        beam_m=truth.beam_m,
        pixel_m=truth.pixel_m,
        detection=detection,
        refined=_refined(picture, detection, kept, SIMULATED),
        blobs=None,
        marked_m=None,
    )


def _known(group: str, seen: Trace | None, pixel_m: float, length_m: float, beam_m: float | None) -> KnownShip | None:
    if seen is None or seen.runs_on:
        return None
    return KnownShip(group=group, trace=seen, pixel_m=pixel_m, length_m=length_m, beam_m=beam_m)


def _nearest(picture: Picture, within_px: float) -> Detection | None:
    from offing.vessels.detection import detect

    middle = (0.5 * picture.width, 0.5 * picture.height)
    ships = detect(picture, min_score=MIN_SCORE, workers=1, refine=False).detections
    near = sorted(ships, key=lambda d: np.hypot(d.box.col - middle[0], d.box.row - middle[1]))
    if not near or np.hypot(near[0].box.col - middle[0], near[0].box.row - middle[1]) > within_px:
        return None
    return near[0]
