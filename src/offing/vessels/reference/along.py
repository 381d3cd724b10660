"""From a level silhouette to what stands along the deck."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.vessels.model import PartKind
from offing.vessels.profile.model import FRACTIONS, SAMPLES
from offing.vessels.reference.bow import bow_of
from offing.vessels.reference.deck import deck_of
from offing.vessels.reference.model import BowEnd, Origin, PhotoPart, PhotoRelief
from offing.vessels.reference.silhouette import Silhouette
from offing.vessels.reference.steps import parts_of_outline

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]

UNSTATED_DEG = 15.0
"""How far from abeam a picture may be whose view angle nobody stated."""
_BEAM, _TRANSOM = 0.145, 0.85
"""Beam as a fraction of the length, breadth of the stern as one of the beam, of ships in general: for a view angle."""
_NEAR_LENGTHS = 5.0
"""Perspective along the hull is allowed for as of a camera this many lengths away."""
_ENDS_PX, _DRAWN = 1.5, 0.008
"""Where an outline ends, pixels; and what a drawn edge leaves anyway, fraction of the length."""
_LEAST_LENGTH_PX = 60


class Given(NamedTuple):
    """What is known of a picture beside its pixels."""

    name: str
    origin: Origin
    simulated: bool
    size: tuple[int, int]
    """Width and height of the picture as given, pixels."""
    scale: float
    """Pixels as given in one pixel of the silhouette."""
    bow: Literal["left", "right"] | None = None
    view_deg: float | None = None
    length_m: float | None = None


def photo_relief(silhouette: Silhouette, given: Given) -> PhotoRelief:
    """What the silhouette says along the deck. Raises PictureError where it is too small to say anything."""
    mask, row = silhouette.mask, silhouette.foot.row
    columns = np.flatnonzero(mask.any(axis=0))
    length = int(columns[-1] - columns[0] + 1) if columns.size else 0
    if length < _LEAST_LENGTH_PX:
        raise PictureError(
            f"the ship is {length} pixels long, too few to tell what stands on her deck",
            where=given.name,
            fix=f"give a picture in which she is at least {_LEAST_LENGTH_PX} pixels long",
        )
    bow = BowEnd(side=given.bow, probability=1.0, basis="given") if given.bow else bow_of(mask, row)
    tops = row - np.argmax(mask[:, columns[0] : columns[-1] + 1], axis=0)
    open_sky = silhouette.overhang[columns[0] : columns[-1] + 1]
    open_sky = open_sky if bow.side == "left" else open_sky[::-1]
    tops = np.maximum(tops if bow.side == "left" else tops[::-1], 0.0) / length
    stretch, position_sd, scale_sd = _view(given.view_deg, length, silhouette.quality.value)
    return _described(tops, open_sky, (stretch, position_sd, scale_sd), bow, silhouette, given)


def _described(
    tops: F64,
    open_sky: F64,
    view: tuple[float, float, float],
    bow: BowEnd,
    silhouette: Silhouette,
    given: Given,
) -> PhotoRelief:
    length = len(tops)
    stretch, position_sd, scale_sd = view
    above_water = sampled(tops, SAMPLES, stretch)
    deck = deck_of(np.array(FRACTIONS), above_water)
    above_deck = np.maximum(above_water - deck.height, 0.0)
    height_sd = float(np.hypot(deck.sd, 1.2 / length))
    fine = min(max(SAMPLES, length // 3), 288)
    places = (np.arange(fine) + 0.5) / fine
    standing = np.maximum(sampled(tops, fine, stretch) - np.interp(places, FRACTIONS, deck.height), 0.0)
    hanging = sampled(open_sky, fine, stretch) / stretch
    parts = parts_of_outline(standing, hanging, position_sd, height_sd, scale_sd)
    return PhotoRelief(
        name=given.name,
        origin=given.origin,
        simulated=given.simulated,
        width=given.size[0],
        height=given.size[1],
        length_px=length * given.scale,
        bow=bow,
        tilt_deg=silhouette.tilt_deg,
        view_deg=given.view_deg,
        quality=silhouette.quality,
        fractions=FRACTIONS,
        above_deck=_floats(above_deck),
        above_water=_floats(above_water),
        deck=_floats(deck.height),
        height_sd=_floats(np.hypot(height_sd, scale_sd * above_deck)),
        deck_seen=deck.seen,
        position_sd=position_sd,
        parts=parts,
        kinds=_kinds(parts),
        overhang=_floats(sampled(open_sky, SAMPLES, stretch) / stretch),
        outline=_outline(tops, stretch),
        length_m=given.length_m,
        notes=(*silhouette.notes, *_notes(given, bow, deck.seen)),
    )


def _view(view_deg: float | None, length: int, quality: float) -> tuple[float, float, float]:
    """(fraction of the length per fraction of the silhouette, sd of positions, relative sd of heights).

    Seen from ahead or astern of abeam, the stern's far corner makes the silhouette longer than the centre line, and
    the nearer half takes more of it.
    """
    angle = math.radians(min(abs(view_deg if view_deg is not None else UNSTATED_DEG), 75.0))
    longer = 0.5 * _TRANSOM * _BEAM * math.tan(angle)
    nearer = math.sin(angle) / (4.0 * _NEAR_LENGTHS)
    sides = 0.35 * _BEAM * math.tan(angle)
    drawn = math.hypot(_DRAWN, _ENDS_PX / length) + 0.02 * (1.0 - quality)
    if view_deg is None:
        # An unknown angle is nearer 0 than its bound: a third of what the bound would do.
        return 1.0, math.hypot(drawn, (longer + nearer + sides) / 3.0), (1.0 - math.cos(angle)) / 2.0
    return 1.0 + longer, math.hypot(drawn, 0.5 * nearer + 0.5 * sides), 0.02


def sampled(tops: F64, count: int, stretch: float = 1.0) -> F64:
    """The highest of the outline in each of ``count`` equal samples, as a fraction of the length; single columns are
    let go where a sample has several: what one column alone shows may be noise.
    """
    n = len(tops)
    edges = np.clip(np.linspace(0.0, 1.0, count + 1) / stretch, 0.0, 1.0) * n
    out = np.empty(count)
    for i in range(count):
        first = min(int(edges[i]), n - 1)
        column = np.sort(tops[first : max(first + 1, round(float(edges[i + 1])))])
        out[i] = column[-2] if len(column) >= 3 else column[-1]
    return out * stretch


def _outline(tops: F64, stretch: float) -> tuple[tuple[float, float], ...]:
    """(fraction, height) along the outline, for drawing: at most 480 points, ends at the water."""
    count = min(240, len(tops))
    heights = sampled(tops, count, stretch)
    corners = [(f, round(float(h), 5)) for i, h in enumerate(heights) for f in (i / count, (i + 1) / count)]
    return ((0.0, 0.0), *((round(f, 5), h) for f, h in corners), (1.0, 0.0))


def _kinds(parts: tuple[PhotoPart, ...]) -> tuple[PartKind | None, ...]:
    return tuple(next((p.kind for p in parts if p.start <= f <= p.end), None) for f in FRACTIONS)


def _floats(values: F64) -> tuple[float, ...]:
    return tuple(round(float(v), 6) for v in values)


def _notes(given: Given, bow: BowEnd, deck_seen: float) -> tuple[str, ...]:
    notes = []
    if bow.basis != "given":
        notes.append(f"the bow is taken to be at the {bow.side}, probability {bow.probability:.2f}; --bow says it")
    if given.view_deg is None:
        notes.append(f"the view angle is not stated: within {UNSTATED_DEG:g}° of abeam is assumed for the intervals")
    elif given.view_deg:
        notes.append("perspective along the hull is not corrected, but allowed for in the intervals")
    if deck_seen < 0.15:
        notes.append("next to none of the deck is bare: its height is a guess, and so are heights above it")
    return tuple(notes)


def stated_bow(relief: PhotoRelief, side: Literal["left", "right"]) -> PhotoRelief:
    """The same silhouette with the bow said to be at ``side``."""
    turned = relief if relief.bow.side == side else relief.turned()
    return msgspec.structs.replace(turned, bow=BowEnd(side=side, probability=1.0, basis="given"))
