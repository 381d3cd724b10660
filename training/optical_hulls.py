"""What a simulated ship is made of: hull form and colours, and the parts that stand on its deck."""

from __future__ import annotations

import math

import numpy as np

from offing.records import Record
from optical_canvas import Colour


class Part(Record, frozen=True, eq=False):
    """Something on the deck: ``start`` and ``end`` in lengths from the bow, ``width`` and ``across`` in beams."""

    start: float
    end: float
    width: float
    height_m: float
    colour: Colour
    across: float = 0.0
    taper: float = 1.0
    """Width of the fore end over that of the aft end."""
    round_: bool = False


class Design(Record, frozen=True, eq=False):
    """A ship as drawn. Lengths in metres."""

    length_m: float
    beam_m: float
    bow: float
    """Length of the taper towards the bow over the ship's length."""
    transom: float
    """Breadth of the stern over the beam."""
    hull: Colour
    deck: Colour
    freeboard_m: float
    parts: tuple[Part, ...]
    power: float = 1.8
    """How full the bow is: 1 a wedge, 3 nearly round."""
    two_ended: bool = False
    """No one could say which end is the bow."""


def beam_m(rng: np.random.Generator, length: float, ratio: float, spread: float = 0.07) -> float:
    return float(length / (ratio * math.exp(rng.normal(0.0, spread))))


def row_of(
    start: float, end: float, count: int, width: float, height: float, colours: list[Colour], fill: float = 0.82
) -> list[Part]:
    step = (end - start) / max(count, 1)
    return [
        Part(start=start + i * step, end=start + (i + fill) * step, width=width, height_m=height, colour=colours[i])
        for i in range(count)
    ]


def bits(rng: np.random.Generator, count: int, start: float, end: float, colours: list[Colour]) -> list[Part]:
    """Small things strewn over the deck: winches, vents, boats, stores."""
    found = []
    for _ in range(count):
        at, size = rng.uniform(start, end), rng.uniform(0.006, 0.025)
        room = 0.36 * min(1.0, at / 0.25)
        found.append(
            Part(start=at, end=at + size, width=rng.uniform(0.06, 0.22), height_m=rng.uniform(1.0, 3.5),
                 across=rng.uniform(-room, room), colour=colours[int(rng.integers(len(colours)))])
        )  # fmt: skip
    return found
