"""How classes of ships are drawn: the hull and what stands on it, as fractions from the bow.

Any class of the library that has a hull and parts can be drawn. Six are drawn the same way whatever the library says
of them, so that scenes made with them stay as they are; a ship with an identity always follows the library. Ropucha
and Alligator follow what is published of their layout: the Ropucha's long hatch forward, worked by cranes on the quay,
with the superstructure aft of midships; the Alligator's four holds forward, worked by cranes of its own, with the
superstructure aft. The proportions are approximate.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from offing.errors import OffingError, did_you_mean
from offing.records import Record
from offing.vessels.classes import ClassLibrary, library
from offing.vessels.model import Hull, Part, VesselClass

Palette = Literal["naval", "merchant", "tug"]
"""Which paints a ship may wear."""


class Layout(Record, frozen=True):
    """A class of ships, or one ship, as the simulation draws it."""

    length_m: tuple[float, float]
    beam_per_length: tuple[float, float]
    hull: Hull
    palette: Palette
    parts: tuple[Part, ...]


def _hatches(start: float, end: float, count: int, width: float, height: float) -> tuple[Part, ...]:
    """``count`` hatch covers in a row with gaps between them."""
    step = (end - start) / count
    return tuple(
        Part(kind="hatch", start=start + i * step, end=start + (i + 0.8) * step, width=width, height_m=height)
        for i in range(count)
    )


DRAWN: dict[str, Layout] = {
    "ropucha": Layout(
        length_m=(112.5, 112.5),
        beam_per_length=(15.0 / 112.5, 15.0 / 112.5),
        hull=Hull(bow=0.2, transom=0.9, freeboard_m=6.0),
        palette="naval",
        parts=(
            Part(kind="gear", start=0.05, end=0.09, width=0.2, height_m=1.5),
            Part(kind="gun", start=0.12, end=0.15, width=0.25, height_m=3.0),
            Part(kind="hatch", start=0.19, end=0.46, width=0.42, height_m=1.2),
            Part(kind="house", start=0.50, end=0.83, width=0.88, height_m=6.0),
            Part(kind="house", start=0.54, end=0.68, width=0.7, height_m=12.0),
            Part(kind="mast", start=0.645, end=0.665, width=0.15, height_m=20.0),
            Part(kind="funnel", start=0.71, end=0.77, width=0.2, height_m=11.0, across=-0.28),
            Part(kind="funnel", start=0.71, end=0.77, width=0.2, height_m=11.0, across=0.28),
            Part(kind="gun", start=0.86, end=0.89, width=0.25, height_m=3.0),
        ),
    ),
    "alligator": Layout(
        length_m=(112.8, 113.1),
        beam_per_length=(15.4 / 113.0, 15.5 / 113.0),
        hull=Hull(bow=0.22, transom=0.75, freeboard_m=6.5),
        palette="naval",
        parts=(
            *_hatches(0.14, 0.62, 4, 0.55, 1.5),
            Part(kind="crane", start=0.240, end=0.255, width=0.75, height_m=11.0),
            Part(kind="crane", start=0.360, end=0.375, width=0.75, height_m=11.0),
            Part(kind="crane", start=0.480, end=0.495, width=0.75, height_m=11.0),
            Part(kind="house", start=0.66, end=0.90, width=0.86, height_m=7.0),
            Part(kind="house", start=0.67, end=0.78, width=0.75, height_m=13.0),
            Part(kind="mast", start=0.735, end=0.75, width=0.12, height_m=20.0),
            Part(kind="funnel", start=0.81, end=0.86, width=0.3, height_m=13.0),
        ),
    ),
    "cargo": Layout(
        length_m=(80.0, 190.0),
        beam_per_length=(0.135, 0.165),
        hull=Hull(bow=0.14, transom=0.85, freeboard_m=6.0),
        palette="merchant",
        parts=(
            Part(kind="gear", start=0.03, end=0.07, width=0.3, height_m=2.0),
            *_hatches(0.12, 0.80, 5, 0.72, 2.0),
            Part(kind="crane", start=0.36, end=0.375, width=0.3, height_m=16.0),
            Part(kind="crane", start=0.63, end=0.645, width=0.3, height_m=16.0),
            Part(kind="house", start=0.84, end=0.94, width=0.9, height_m=16.0),
            Part(kind="funnel", start=0.935, end=0.965, width=0.3, height_m=18.0),
        ),
    ),
    "tanker": Layout(
        length_m=(90.0, 190.0),
        beam_per_length=(0.15, 0.175),
        hull=Hull(bow=0.13, transom=0.9, freeboard_m=5.0),
        palette="merchant",
        parts=(
            Part(kind="gear", start=0.14, end=0.80, width=0.1, height_m=1.5),
            Part(kind="gear", start=0.47, end=0.50, width=0.8, height_m=2.0),
            Part(kind="house", start=0.84, end=0.93, width=0.85, height_m=15.0),
            Part(kind="funnel", start=0.935, end=0.965, width=0.3, height_m=16.0),
        ),
    ),
    "patrol": Layout(
        length_m=(42.0, 75.0),
        beam_per_length=(0.135, 0.16),
        hull=Hull(bow=0.35, transom=0.85, freeboard_m=3.0),
        palette="naval",
        parts=(
            Part(kind="gun", start=0.2, end=0.24, width=0.3, height_m=2.5),
            Part(kind="house", start=0.32, end=0.68, width=0.7, height_m=4.5),
            Part(kind="house", start=0.36, end=0.48, width=0.6, height_m=8.0),
            Part(kind="mast", start=0.49, end=0.51, width=0.15, height_m=14.0),
            Part(kind="funnel", start=0.58, end=0.63, width=0.3, height_m=7.0),
        ),
    ),
    "tug": Layout(
        length_m=(24.0, 36.0),
        beam_per_length=(0.30, 0.36),
        hull=Hull(bow=0.3, transom=0.85, freeboard_m=2.0),
        palette="tug",
        parts=(
            Part(kind="house", start=0.25, end=0.55, width=0.6, height_m=6.0),
            Part(kind="mast", start=0.4, end=0.45, width=0.2, height_m=11.0),
            Part(kind="gear", start=0.68, end=0.76, width=0.3, height_m=1.5),
        ),
    ),
}


def drawable() -> tuple[str, ...]:
    """The ids of the classes that can be drawn, sorted."""
    return tuple(sorted(c.id for c in library() if c.hull and c.parts and c.length_m and c.beam_m))


@cache
def layout_of(vessel_class: str) -> Layout:
    """The layout of a class as such. Raises OffingError that names those there are."""
    return DRAWN[vessel_class] if vessel_class in DRAWN else library_layout(vessel_class)


@cache
def library_layout(vessel_class: str) -> Layout:
    """The layout of a class as the library has it; sizes of the six that are always drawn are those drawn.

    Raises OffingError that names the classes that can be drawn.
    """
    known = drawable()
    if vessel_class not in known:
        hint = did_you_mean(vessel_class, known, f"choose one of {', '.join(known)}")
        raise OffingError(f"no layout to draw a ship of class {vessel_class!r} from", fix=hint)
    classes = library()
    layout, drawn = layout_from(classes.get(vessel_class), classes), DRAWN.get(vessel_class)
    if drawn is None:
        return layout
    sizes = {"length_m": drawn.length_m, "beam_per_length": drawn.beam_per_length}
    return msgspec.structs.replace(layout, **sizes, palette=drawn.palette)


def layout_from(entry: VesselClass, classes: ClassLibrary) -> Layout:
    """A class of a library as it is drawn. Raises OffingError when it lacks hull, parts, length or beam."""
    if not (entry.hull and entry.parts and entry.length_m and entry.beam_m):
        raise OffingError(
            f"class {entry.id!r} cannot be drawn", fix="give it length_m, beam_m, a hull and parts in the class library"
        )
    (shortest, longest), (slim, broad) = entry.length_m, entry.beam_m
    narrow, wide = sorted((slim / shortest, broad / longest))
    return Layout(
        length_m=(shortest, longest),
        beam_per_length=(narrow, wide),
        hull=entry.hull,
        palette=_palette(entry, classes),
        parts=entry.parts,
    )


def _palette(entry: VesselClass, classes: ClassLibrary) -> Palette:
    lineage = classes.lineage(entry.id)
    if "warship" in lineage or "patrol" in lineage:
        return "naval"
    return "tug" if {"tug", "fishing"} & {*lineage} else "merchant"
