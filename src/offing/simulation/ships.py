"""How ships of a class are built: the hull and what stands on it, as fractions from the bow.

Ropucha and Alligator follow what is published of their layout: the Ropucha's long hatch forward, worked by cranes
on the quay, with the superstructure aft of midships; the Alligator's four holds forward, worked by cranes of its own,
with the superstructure aft. The proportions are approximate and drawn for the simulation only.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.errors import OffingError
from offing.records import Record
from offing.simulation.model import PlacedShip

PartKind = Literal["hatch", "house", "funnel", "crane", "mast", "gun", "boxes", "gear"]

Points = NDArray[np.float64]
"""(n, 2) points as (along, across): metres ahead of the ship's centre, metres to starboard."""


class Part(Record, frozen=True):
    """Something on the deck."""

    kind: PartKind
    start: float
    """Forward end, fraction of the length from the bow."""
    end: float
    """After end, fraction of the length from the bow."""
    width: float
    """Fraction of the beam."""
    height_m: float
    """Above the deck."""
    across: float = 0.0
    """Middle, fraction of the beam to starboard of the centre line."""


class Layout(Record, frozen=True):
    """A class as the simulation draws it."""

    length_m: tuple[float, float]
    beam_per_length: tuple[float, float]
    bow: float
    """Fraction of the length over which the hull narrows to the bow."""
    transom: float
    """Breadth of the stern as a fraction of the beam."""
    freeboard_m: float
    palette: Literal["naval", "merchant", "tug"]
    parts: tuple[Part, ...]


def _hatches(start: float, end: float, count: int, width: float, height: float) -> tuple[Part, ...]:
    """``count`` hatch covers in a row with gaps between them."""
    step = (end - start) / count
    return tuple(
        Part(kind="hatch", start=start + i * step, end=start + (i + 0.8) * step, width=width, height_m=height)
        for i in range(count)
    )


LAYOUTS: dict[str, Layout] = {
    "ropucha": Layout(
        length_m=(112.5, 112.5),
        beam_per_length=(15.0 / 112.5, 15.0 / 112.5),
        bow=0.2,
        transom=0.9,
        freeboard_m=6.0,
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
        bow=0.22,
        transom=0.75,
        freeboard_m=6.5,
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
        bow=0.14,
        transom=0.85,
        freeboard_m=6.0,
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
        bow=0.13,
        transom=0.9,
        freeboard_m=5.0,
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
        bow=0.35,
        transom=0.85,
        freeboard_m=3.0,
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
        bow=0.3,
        transom=0.85,
        freeboard_m=2.0,
        palette="tug",
        parts=(
            Part(kind="house", start=0.25, end=0.55, width=0.6, height_m=6.0),
            Part(kind="mast", start=0.4, end=0.45, width=0.2, height_m=11.0),
            Part(kind="gear", start=0.68, end=0.76, width=0.3, height_m=1.5),
        ),
    ),
}


def layout_of(vessel_class: str) -> Layout:
    """The layout of a class. Raises OffingError that names those there are."""
    try:
        return LAYOUTS[vessel_class]
    except KeyError:
        raise OffingError(
            f"no layout to draw a ship of class {vessel_class!r} from", fix=f"choose one of {', '.join(LAYOUTS)}"
        ) from None


def hull(ship: PlacedShip, points: int = 12) -> Points:
    """The outline at deck level: pointed bow, parallel sides, stern somewhat narrower."""
    layout = layout_of(ship.vessel_class)
    t = np.linspace(0.0, 1.0, points)
    a = np.append(0.5 - layout.bow * t, [-0.42, -0.5]) * ship.length_m
    b = np.append(0.5 * (1.0 - (1.0 - t) ** 1.8), [0.5, 0.5 * layout.transom]) * ship.beam_m
    return np.column_stack([np.concatenate([a, a[::-1]]), np.concatenate([b, -b[::-1]])])


def outline(ship: PlacedShip, part: Part) -> Points:
    """The four corners of a part."""
    ends = (0.5 - np.array([part.start, part.start, part.end, part.end])) * ship.length_m
    side = part.across + 0.5 * part.width * np.array([-1.0, 1.0, 1.0, -1.0])
    return np.column_stack([ends, side * ship.beam_m])


def on_grid(ship: PlacedShip, points: Points) -> Points:
    """Points of the ship as (x, y): metres grid east and north of the picture's centre."""
    heading = math.radians(ship.heading_deg)
    ahead = np.array([math.sin(heading), math.cos(heading)])
    starboard = np.array([math.cos(heading), -math.sin(heading)])
    result: Points = np.array([ship.x_m, ship.y_m]) + points[:, :1] * ahead + points[:, 1:] * starboard
    return result


def box_corners(ship: PlacedShip) -> Points:
    """The box around the hull as (x, y) on the grid: starboard bow, starboard quarter, port quarter, port bow."""
    signs = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    return on_grid(ship, signs * np.array([0.5 * ship.length_m, 0.5 * ship.beam_m]))
