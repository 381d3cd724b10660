"""A ship of the library seen from abeam: what stands where, in metres, as polygons with their tones.

The hull's sheer, rake and colours are drawn by chance; parts stand where the class has them, moved and stretched a
little, because no two drawings of a class agree and no two ships are fitted out alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.errors import OffingError
from offing.records import Record
from offing.vessels.model import Part, VesselClass

Points = NDArray[np.float64]
"""(n, 3): metres aft of the stem, metres to starboard, metres above the water."""
Tone = tuple[float, float, float]
"""Red, green, blue, 0–1."""

_NAVAL: tuple[Tone, ...] = ((0.48, 0.51, 0.53), (0.42, 0.45, 0.48), (0.56, 0.58, 0.59))
_MERCHANT: tuple[Tone, ...] = (
    (0.10, 0.14, 0.26), (0.09, 0.09, 0.10), (0.42, 0.11, 0.09), (0.10, 0.26, 0.20), (0.16, 0.29, 0.47),
    (0.62, 0.60, 0.55),
)  # fmt: skip
_WHITE: Tone = (0.84, 0.84, 0.81)
_BUFF: Tone = (0.72, 0.55, 0.24)
_PLAIN_BEAM = 0.15
_PLAIN_FREEBOARD = 0.05
"""Beam and freeboard as parts of the length, where the library does not say."""


class Shape(Record, frozen=True):
    """A polygon in a plane along the hull, with its tone."""

    points: tuple[tuple[float, float, float], ...]
    """(metres aft of the stem, metres to starboard, metres above the water)."""
    tone: Tone


class SideShip(Record, frozen=True):
    """One ship as she is drawn."""

    length_m: float
    beam_m: float
    freeboard_m: float
    """Main deck above the water amidships, metres."""
    parts: tuple[Part, ...]
    """As drawn: moved and stretched against the class."""
    shapes: tuple[Shape, ...]
    """In the order of drawing."""


def side_ship(vessel_class: VesselClass, rng: np.random.Generator) -> SideShip:
    """A ship of the class drawn by chance. Raises OffingError where the library has no layout of it."""
    if not vessel_class.parts or vessel_class.length_m is None:
        raise OffingError(f"the library has no layout of {vessel_class.id!r} to draw", fix="choose a class with parts")
    length = float(rng.uniform(*vessel_class.length_m))
    beam = float(np.mean(vessel_class.beam_m)) if vessel_class.beam_m else _PLAIN_BEAM * length
    freeboard = vessel_class.hull.freeboard_m if vessel_class.hull else _PLAIN_FREEBOARD * length
    parts = tuple(_moved(p, rng) for p in vessel_class.parts)
    naval = bool(vessel_class.navies) or any(p.kind == "gun" for p in parts)
    hull_tone = _toned((_NAVAL if naval else _MERCHANT)[rng.integers(3 if naval else 6)], rng)
    upper = _toned(hull_tone if naval else (_WHITE if rng.random() < 0.75 else _BUFF), rng)
    deck = _Deck(length, freeboard, rng)
    shapes = [*_hull(deck, beam, hull_tone, naval, rng)]
    for part in sorted(parts, key=lambda p: (p.height_m, p.start)):
        shapes += _part(part, deck, beam, upper, rng)
    return SideShip(length_m=length, beam_m=beam, freeboard_m=freeboard, parts=parts, shapes=tuple(shapes))


class _Deck:
    """Where the deck lies: rising towards the bow, and a little towards the stern."""

    def __init__(self, length: float, freeboard: float, rng: np.random.Generator) -> None:
        self.length, self.freeboard = length, freeboard
        self.ahead, self.astern = float(rng.uniform(0.1, 0.7)) * freeboard, float(rng.uniform(0.0, 0.15)) * freeboard
        self.rake = float(rng.uniform(0.02, 0.075)) * length
        self.counter = float(rng.uniform(0.0, 0.02)) * length

    def height(self, fraction: float) -> float:
        """Metres above the water at a fraction of the length from the bow."""
        forward, aft = max(0.0, 0.3 - fraction) / 0.3, max(0.0, fraction - 0.85) / 0.15
        return self.freeboard + self.ahead * forward**2 + self.astern * aft**2


def _moved(part: Part, rng: np.random.Generator) -> Part:
    """Moved by 0.8 % of the length and 12 % in height, one standard deviation."""
    shift, grown = rng.normal(0.0, 0.008), math.exp(rng.normal(0.0, 0.12))
    room = part.end - part.start
    start = min(max(part.start + shift, 0.0), 1.0 - room)
    return msgspec.structs.replace(part, start=start, end=min(start + room, 1.0), height_m=part.height_m * grown)


def _toned(tone: Tone, rng: np.random.Generator) -> Tone:
    r, g, b = (float(np.clip(v * rng.uniform(0.9, 1.1), 0.02, 0.97)) for v in tone)
    return r, g, b


def _flat(points: list[tuple[float, float]], across: float, tone: Tone) -> Shape:
    return Shape(points=tuple((s, across, z) for s, z in points), tone=tone)


def _hull(deck: _Deck, beam: float, tone: Tone, naval: bool, rng: np.random.Generator) -> Iterator[Shape]:
    at = np.linspace(0.0, 1.0, 60)
    top = [(float(f) * deck.length, deck.height(float(f))) for f in at]
    stern = [(deck.length - deck.counter, 0.0)]
    stem = [(deck.rake * (1.0 - t) ** 1.3, deck.height(0.0) * t) for t in np.linspace(0.0, 1.0, 8)[:-1]]
    side = [*top, *stern, *((float(s), float(z)) for s, z in stem)]
    for hand in (-0.5, 0.5):
        breadth = [
            hand * beam * min(1.0, s / (0.2 * deck.length)) * (0.9 if s > 0.95 * deck.length else 1.0) for s, _ in side
        ]
        yield Shape(points=tuple((s, b, z) for (s, z), b in zip(side, breadth, strict=True)), tone=tone)
    boot = 0.12 * deck.freeboard * rng.uniform(0.5, 1.4)
    red: Tone = (0.10, 0.10, 0.11) if naval else (0.45, 0.14, 0.11)
    ahead = deck.rake * (1.0 - boot / deck.height(0.0)) ** 1.3
    yield _flat([(ahead, boot), (deck.length - deck.counter * 0.9, boot), stern[0], (deck.rake, 0.0)], 0.0, red)


def _part(part: Part, deck: _Deck, beam: float, upper: Tone, rng: np.random.Generator) -> Iterator[Shape]:
    """What the part looks like from abeam; a broad one has both its sides, for a view that is not quite abeam."""
    if part.height_m < 0.3:
        return
    start, end = part.start * deck.length, part.end * deck.length
    base = deck.height(0.5 * (part.start + part.end))
    foot, top = base - 0.5, base + part.height_m
    if part.kind in ("house", "boxes", "hatch", "ramp", "helideck", "well"):
        tone = _toned((0.5, 0.28, 0.2), rng) if part.kind == "boxes" else upper
        lean = min(0.15 * part.height_m, 0.1 * (end - start)) if part.kind == "house" else 0.0
        box = [(start, foot), (start + lean, top), (end, top), (end, foot)]
        for side in (-0.5, 0.5):
            yield _flat(box, beam * (part.across + side * part.width), tone)
        if part.kind == "house":
            yield from _windows(start + lean, end, base, top, beam * (part.across + 0.5 * part.width))
    else:
        yield from _slender(part, start, end, foot, top, beam, upper, rng)


def _bar(start: float, end: float, low: float, high: float, across: float, tone: Tone) -> Shape:
    return _flat([(start, low), (start, high), (end, high), (end, low)], across, tone)


def _windows(start: float, end: float, base: float, top: float, across: float) -> Iterator[Shape]:
    """A dark row a deck, the uppermost long: the bridge."""
    for level in range(max(1, int((top - base) / 2.8))):
        z = top - 1.6 - 2.8 * level
        count = max(1, int((end - start) / (2.2 if level else 1.4)))
        step = (end - start) / count
        for i in range(count):
            s = start + (i + 0.3) * step
            yield _flat(
                [(s, z), (s + 0.5 * step, z), (s + 0.5 * step, z + 0.8), (s, z + 0.8)], across, (0.08, 0.1, 0.12)
            )


def _slender(
    part: Part, start: float, end: float, foot: float, top: float, beam: float, upper: Tone, rng: np.random.Generator
) -> Iterator[Shape]:
    """Masts, cranes, funnels, guns and gear."""
    middle, room, across = 0.5 * (start + end), end - start, beam * part.across
    if part.kind == "mast":
        tip = 0.15 * room
        yield _flat([(start, foot), (middle - tip, top), (middle + tip, top), (end, foot)], across, upper)
        yard, half = foot + 0.75 * (top - foot), 0.9 * room
        yield _bar(middle - half, middle + half, yard, yard + 0.5, across, upper)
    elif part.kind == "crane":
        post = 0.5 * max(0.3 * room, 1.2)
        yield _bar(middle - post, middle + post, foot, top, across, _BUFF)
        reach, way = rng.uniform(0.8, 1.6) * (top - foot), 1.0 if rng.random() < 0.5 else -1.0
        tip = middle + way * reach
        low = foot + rng.uniform(0.45, 0.75) * (top - foot)
        yield _flat([(middle, top), (tip, low), (tip, low - 0.6), (middle, top - 1.0)], across, _BUFF)
    elif part.kind == "funnel":
        lean = 0.12 * (top - foot)
        yield _flat(
            [(start, foot), (start + 0.1 * room + 0.3 * lean, top), (end, top), (end, foot)], across, _toned(upper, rng)
        )
    elif part.kind == "gun":
        yield _flat([(start + 0.3 * room, foot), (start + 0.4 * room, top), (end, top), (end, foot)], across, upper)
        yield _flat(
            [(start - room, top - 0.3), (middle, top - 0.8), (middle, top - 1.1), (start - room, top - 0.6)],
            across,
            upper,
        )
    else:
        for s in np.linspace(start, end, max(2, int(room / 4.0)) + 1)[:-1]:
            wide = 0.7 * room / max(2, int(room / 4.0))
            z = foot + rng.uniform(0.6, 1.0) * (top - foot)
            yield _flat([(float(s), foot), (float(s), z), (float(s) + wide, z), (float(s) + wide, foot)], across, upper)
