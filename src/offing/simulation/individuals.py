"""One ship of a class: what she has for good, from her identity, and what changes from one visit to the next.

The identity alone fixes her size within the class, where exactly things stand on her, her paint, the clutter on her
deck and the pattern of what scatters radar, so that the same identity in two scenes is the same ship whatever the
sensor, and another identity of the class is a sister ship. A livery lends her the paint of another's owner. The spreads
are declared, not measured: parts of sisters stand some 1.5 % of the length apart and differ by some 12 % in width and
height.
"""

from __future__ import annotations

import math
from functools import lru_cache

import msgspec
import numpy as np

from offing.records import Record
from offing.simulation.draws import stream
from offing.simulation.layouts import Layout, layout_of, library_layout
from offing.simulation.model import PlacedShip
from offing.vessels.model import Part

_COMMON_SD, _OWN_SD = 0.0125, 0.009
"""Of a part's place, fractions of the length: shared with its neighbours (one block was built further aft), its own."""
_SIZE_SD = 0.12
"""Of the logarithm of a part's width and height."""


class Visit(Record, frozen=True):
    """What is different about a ship each time she is seen."""

    draught_m: float
    """Deck higher (above 0) or lower above the water than usual, metres."""
    tone: float
    """Factor on all her colours: wet or dry, clean or dirty."""
    hatches_open: float
    """P(a hatch is open)."""
    deck_cargo: float
    """P(cargo stands on a hatch)."""
    boxes: float
    """Share of the places for containers that are taken."""
    crane_swing_deg: float
    """Standard deviation of the cranes' directions from stowed, degrees."""


USUAL = Visit(draught_m=0.0, tone=1.0, hatches_open=0.0, deck_cargo=0.0, boxes=1.0, crane_swing_deg=0.0)
"""Ships that have no identity are drawn like this."""


def own_size(vessel_class: str, identity: int) -> tuple[float, float]:
    """(length, beam) in metres of one ship, within what the class has."""
    layout, rng = library_layout(vessel_class), stream(identity, "size")
    (shortest, longest), (slim, broad) = layout.length_m, layout.beam_per_length
    length = min(max(math.exp(rng.uniform(math.log(shortest), math.log(longest))), shortest), longest)
    return length, length * float(rng.uniform(slim, broad))


def body_of(ship: PlacedShip) -> Layout:
    """The layout of this very ship; that of her class where she has no identity."""
    return layout_of(ship.vessel_class) if ship.identity is None else _body(ship.vessel_class, ship.identity)


def visit_of(ship: PlacedShip) -> Visit:
    """How she is this time: from the scene's seed."""
    if ship.identity is None:
        return USUAL
    rng = np.random.default_rng([ship.seed, 3])
    freeboard = body_of(ship).hull.freeboard_m
    return Visit(
        draught_m=freeboard * float(rng.uniform(-0.25, 0.25)),
        tone=float(np.exp(rng.normal(0.0, 0.08))),
        hatches_open=float(rng.choice([0.0, 0.0, rng.random()])),
        deck_cargo=float(rng.choice([0.0, 0.0, 0.0, 0.5 * rng.random()])),
        boxes=float(rng.uniform(0.3, 1.0)),
        crane_swing_deg=float(rng.choice([3.0, 45.0])) if ship.at_quay else 3.0,
    )


@lru_cache(maxsize=4096)
def _body(vessel_class: str, identity: int) -> Layout:
    layout, rng = library_layout(vessel_class), stream(identity, "body")
    knots = rng.normal(0.0, _COMMON_SD, 6)
    parts = [_moved(part, knots, rng) for part in layout.parts]
    clutter = [_clutter(rng) for _ in range(int(rng.integers(4, 11)))]
    return msgspec.structs.replace(layout, parts=(*parts, *clutter))


def _moved(part: Part, knots: np.ndarray, rng: np.random.Generator) -> Part:
    """The part where this ship has it, and as large."""
    middle = 0.5 * (part.start + part.end)
    shift = float(np.interp(middle, np.linspace(0.0, 1.0, len(knots)), knots) + rng.normal(0.0, _OWN_SD))
    half = 0.5 * (part.end - part.start) * math.exp(rng.normal(0.0, 0.04))
    width, height = np.exp(rng.normal(0.0, _SIZE_SD, 2))
    start, end = max(0.0, middle + shift - half), min(1.0, middle + shift + half)
    if end - start < 0.002:
        start, end = part.start, part.end
    wide = min(1.0, part.width * float(width))
    return msgspec.structs.replace(part, start=start, end=end, width=wide, height_m=part.height_m * float(height))


def _clutter(rng: np.random.Generator) -> Part:
    """A winch, a locker, a boat: something small that only this ship has there."""
    start = float(rng.uniform(0.04, 0.94))
    return Part(
        kind="gear",
        start=start,
        end=start + float(rng.uniform(0.008, 0.025)),
        width=float(rng.uniform(0.08, 0.2)),
        height_m=float(rng.uniform(0.8, 2.5)),
        across=float(rng.uniform(-0.35, 0.35)),
    )
