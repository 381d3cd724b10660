"""Merchant ships, workboats and yachts from above, drawn anew for each ship."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from optical_canvas import Colour
from optical_colours import BULK, CONTAINERS, DARK, DECKS, GREYS, HULLS, WHITES, mixed, pick
from optical_hulls import Design, Part, beam_m, bits, row_of


def _house(rng: np.random.Generator, at: float, length_m: float, white: Colour) -> list[Part]:
    """An accommodation block with bridge wings and a funnel behind it."""
    long = min(rng.uniform(12.0, 20.0) / length_m, 0.955 - at)
    height = float(rng.uniform(12.0, 28.0))
    parts = [
        Part(start=at, end=at + long, width=rng.uniform(0.6, 0.95), height_m=height, colour=white),
        Part(start=at, end=at + 0.3 * long, width=1.0, height_m=height + 2.0, colour=mixed(white, white * 0.8, 0.5)),
    ]
    if rng.random() < 0.8:
        funnel = pick(rng, HULLS) if rng.random() < 0.6 else pick(rng, CONTAINERS)
        back = at + long + rng.uniform(0.005, 0.02)
        size = min(rng.uniform(5.0, 9.0) / length_m, 0.99 - back)
        parts.append(Part(start=back, end=back + size, width=0.25, height_m=height + 3.0, colour=funnel))
    return parts


def container(rng: np.random.Generator, length: float) -> Design:
    """Striped, colourful stacks before and abaft a narrow house."""
    white, aft = pick(rng, WHITES), rng.uniform(0.62, 0.85)
    parts: list[Part] = []
    bays = max(4, int(length / 15.0))
    step = 0.84 / bays
    empty = rng.uniform(0.0, 0.7) ** 2
    for i in range(bays):
        start = 0.10 + i * step
        if abs(start - aft) < 0.045 or rng.random() < empty:
            if abs(start - aft) >= 0.045:
                parts.append(
                    Part(start=start, end=start + 0.85 * step, width=0.85, height_m=1.5, colour=pick(rng, DECKS))
                )
            continue
        cut = min(1.0, 0.55 + 2.2 * start)
        edges = np.unique(np.concatenate([[-0.47, 0.47], rng.uniform(-0.47, 0.47, rng.integers(1, 5))])) * cut
        for low, high in pairwise(edges):
            parts.append(
                Part(
                    start=start,
                    end=start + rng.uniform(0.8, 0.92) * step,
                    width=high - low,
                    across=0.5 * (low + high),
                    height_m=rng.uniform(4.0, 18.0),
                    colour=pick(rng, CONTAINERS),
                )
            )
    parts += _house(rng, aft, length, white)
    return Design(
        length_m=length,
        beam_m=beam_m(rng, length, 6.8 if length > 180 else 6.2),
        bow=rng.uniform(0.10, 0.18),
        transom=0.9,
        hull=pick(rng, HULLS),
        deck=pick(rng, DECKS),
        freeboard_m=rng.uniform(4, 12),
        parts=tuple(parts),
    )


def bulk(rng: np.random.Generator, length: float) -> Design:
    """Hatches in a row, sometimes open over ore or coal, cranes between them, the house aft."""
    deck = pick(rng, DECKS)
    cover = pick(rng, DECKS) if rng.random() < 0.5 else mixed(deck, pick(rng, GREYS), rng.uniform(0.2, 0.9))
    count = int(np.clip(length / 28.0 + rng.integers(-1, 2), 3, 9))
    house = rng.uniform(0.84, 0.88)
    width = rng.uniform(0.45, 0.7)
    colours = [
        pick(rng, BULK) if rng.random() < 0.15 else mixed(cover, cover * 1.15, rng.uniform()) for _ in range(count)
    ]
    parts = row_of(0.1, house - 0.02, count, width, 2.0, colours, rng.uniform(0.6, 0.85))
    if length < 230 and rng.random() < 0.6:
        crane = pick(rng, WHITES) if rng.random() < 0.5 else np.array([0.08, 0.25, 0.38, 0.4, 0.36], np.float32)
        step = (house - 0.12) / count
        for i in range(1, count):
            at = 0.1 + i * step - 0.03
            parts.append(Part(start=at, end=at + 0.02, width=0.22, height_m=18.0, colour=crane))
            if rng.random() < 0.6:
                parts.append(Part(start=at - 0.12, end=at, width=0.07, height_m=10.0, colour=crane))
    parts += _house(rng, house, length, pick(rng, WHITES))
    return Design(
        length_m=length, beam_m=beam_m(rng, length, 6.3), bow=rng.uniform(0.07, 0.14), transom=rng.uniform(0.7, 0.95),
        hull=pick(rng, HULLS), deck=deck, freeboard_m=rng.uniform(3, 14), parts=tuple(parts), power=2.2,
    )  # fmt: skip


def tanker(rng: np.random.Generator, length: float) -> Design:
    """A plain deck with a line of pipes and the manifold amidships, the house aft; or a gas carrier's domes."""
    deck = pick(rng, DECKS)
    light = mixed(deck, pick(rng, WHITES), rng.uniform(0.2, 0.7))
    house = rng.uniform(0.83, 0.88)
    parts = [
        Part(start=0.12, end=house, width=rng.uniform(0.05, 0.14), height_m=2.0, colour=light),
        Part(start=0.46, end=0.46 + rng.uniform(0.02, 0.05), width=0.85, height_m=2.0, colour=light),
    ]
    if length > 120 and rng.random() < 0.15:
        dome = pick(rng, WHITES)
        for i in range(4):
            at = 0.14 + i * 0.165
            parts.append(
                Part(start=at, end=at + 0.15, width=0.9, height_m=14.0, colour=dome, round_=bool(rng.random() < 0.9))
            )
    if rng.random() < 0.5:
        parts.append(Part(start=0.035, end=0.09, width=0.5, height_m=2.5, colour=light, taper=0.5))
    parts += bits(rng, int(rng.integers(2, 10)), 0.1, house, [light, deck * 0.7])
    parts += _house(rng, house, length, pick(rng, WHITES))
    return Design(
        length_m=length, beam_m=beam_m(rng, length, 6.0), bow=rng.uniform(0.07, 0.13), transom=rng.uniform(0.75, 0.95),
        hull=pick(rng, HULLS), deck=deck, freeboard_m=rng.uniform(2, 10), parts=tuple(parts), power=2.2,
    )  # fmt: skip


def general(rng: np.random.Generator, length: float) -> Design:
    """A small coaster: one or two long holds, open or covered, the house aft."""
    deck, house = pick(rng, DECKS), rng.uniform(0.78, 0.86)
    count = int(rng.integers(1, 4))
    covers = [pick(rng, [*DECKS, *BULK, *GREYS]) for _ in range(count)]
    parts = row_of(rng.uniform(0.12, 0.2), house - 0.02, count, rng.uniform(0.55, 0.8), 2.0, covers, 0.93)
    if rng.random() < 0.5:
        colour = pick(rng, WHITES)
        for at in rng.uniform(0.2, 0.7, rng.integers(1, 4)):
            parts.append(Part(start=at, end=at + 0.025, width=rng.uniform(0.2, 0.5), height_m=12.0, colour=colour,
                              across=float(rng.choice([0.0, 0.3, -0.3]))))  # fmt: skip
    parts += _house(rng, house, max(length, 110.0), pick(rng, WHITES))
    return Design(
        length_m=length, beam_m=beam_m(rng, length, 6.0), bow=rng.uniform(0.10, 0.18), transom=rng.uniform(0.7, 0.95),
        hull=pick(rng, HULLS), deck=deck, freeboard_m=rng.uniform(1.5, 6), parts=tuple(parts),
    )  # fmt: skip


def ferry(rng: np.random.Generator, length: float) -> Design:
    """White superstructure over most of the length, pools, boats, a funnel; or a boxy car carrier."""
    white = pick(rng, WHITES)
    boxy = rng.random() < 0.3
    top = white if not boxy else pick(rng, [*WHITES, *HULLS, *DECKS])
    fore, aft = rng.uniform(0.06, 0.22), rng.uniform(0.78, 0.98)
    parts = [
        Part(start=fore, end=aft, width=rng.uniform(0.85, 0.98), height_m=rng.uniform(10, 25), colour=top, taper=0.8)
    ]
    tone = pick(rng, [*WHITES, *GREYS, *DECKS])
    for _ in range(rng.integers(1, 5)):
        at = rng.uniform(fore + 0.02, aft - 0.1)
        parts.append(Part(start=at, end=at + rng.uniform(0.03, 0.15), width=rng.uniform(0.2, 0.8), height_m=2.0,
                          colour=mixed(top, tone, rng.uniform(0.2, 1.0))))  # fmt: skip
    funnel = rng.uniform(0.55, 0.85)
    parts.append(Part(start=funnel, end=funnel + rng.uniform(0.03, 0.06), width=rng.uniform(0.2, 0.6), height_m=8.0,
                      colour=pick(rng, [*HULLS, *CONTAINERS])))  # fmt: skip
    if not boxy and rng.random() < 0.4:
        pool = np.array([0.35, 0.30, 0.12, 0.05, 0.03], np.float32)
        at = rng.uniform(0.4, 0.7)
        parts.append(Part(start=at, end=at + 0.03, width=0.3, height_m=0.0, colour=pool))
    return Design(
        length_m=length,
        beam_m=beam_m(rng, length, 6.3 if length > 90 else 4.6),
        bow=rng.uniform(0.10, 0.24),
        transom=0.92,
        hull=white if rng.random() < 0.6 else pick(rng, HULLS),
        deck=pick(rng, [*DECKS, *WHITES, *GREYS]),
        freeboard_m=rng.uniform(4, 12),
        parts=tuple(parts),
        two_ended=bool(length < 110 and rng.random() < 0.2),
    )


def offshore(rng: np.random.Generator, length: float) -> Design:
    """House and bridge forward, a long open deck aft: supply ships, anchor handlers, research and buoy ships."""
    hull, white = pick(rng, HULLS), pick(rng, WHITES)
    end = rng.uniform(0.38, 0.5)
    parts = [
        Part(start=0.12, end=end, width=0.9, height_m=9.0, colour=white, taper=0.7),
        Part(start=0.18, end=0.3, width=0.75, height_m=14.0, colour=white * 0.9),
        *bits(rng, int(rng.integers(0, 9)), end + 0.03, 0.93, [pick(rng, CONTAINERS) for _ in range(3)]),
    ]
    if rng.random() < 0.3:
        parts.append(Part(start=0.03, end=0.12, width=0.9, height_m=12.0, colour=pick(rng, GREYS), round_=True))
    return Design(
        length_m=length, beam_m=beam_m(rng, length, 4.3), bow=rng.uniform(0.15, 0.25), transom=0.95,
        hull=hull, deck=pick(rng, DECKS), freeboard_m=3.0, parts=tuple(parts),
    )  # fmt: skip


def tug(rng: np.random.Generator, length: float) -> Design:
    """Short, broad, a house before the middle and a clear towing deck."""
    house = pick(rng, [*WHITES, *CONTAINERS])
    at = rng.uniform(0.2, 0.35)
    parts = (
        Part(start=at, end=at + 0.32, width=0.6, height_m=5.0, colour=house),
        Part(start=at + 0.03, end=at + 0.14, width=0.45, height_m=8.0, colour=pick(rng, WHITES)),
        Part(start=0.7, end=0.78, width=0.3, height_m=1.5, colour=DARK),
    )
    return Design(
        length_m=length,
        beam_m=beam_m(rng, length, 3.0),
        bow=rng.uniform(0.25, 0.4),
        transom=0.85,
        hull=pick(rng, HULLS),
        deck=pick(rng, DECKS),
        freeboard_m=1.5,
        parts=parts,
        power=2.2,
    )


def fishing(rng: np.random.Generator, length: float) -> Design:
    """A fishing boat: house forward or aft, gear on deck."""
    at = rng.uniform(0.15, 0.3) if rng.random() < 0.5 else rng.uniform(0.55, 0.68)
    parts = (
        Part(start=at, end=at + rng.uniform(0.15, 0.28), width=0.7, height_m=5.0, colour=pick(rng, WHITES)),
        *bits(rng, int(rng.integers(2, 8)), 0.15, 0.9, [pick(rng, CONTAINERS), pick(rng, GREYS), DARK]),
    )
    return Design(
        length_m=length, beam_m=beam_m(rng, length, 3.9), bow=rng.uniform(0.3, 0.45), transom=0.8,
        hull=pick(rng, [*HULLS, *WHITES]), deck=pick(rng, [*DECKS, *WHITES, *GREYS]), freeboard_m=2.0, parts=parts,
    )  # fmt: skip


def barge(rng: np.random.Generator, length: float) -> Design:
    """A box, empty or with cargo; one in three with a small house at an end. Its ends look alike."""
    deck = pick(rng, [*DECKS, *BULK, *GREYS])
    parts = []
    if rng.random() < 0.6:
        parts.append(Part(start=0.08, end=0.92, width=0.8, height_m=2.0, colour=pick(rng, [*BULK, *DECKS])))
    if rng.random() < 0.4:
        parts += bits(rng, int(rng.integers(2, 9)), 0.25, 0.9, [pick(rng, CONTAINERS), pick(rng, GREYS)])
    if rng.random() < 0.25:
        parts.append(Part(start=rng.uniform(0.2, 0.7), end=0.8, width=0.3, height_m=20.0, colour=pick(rng, CONTAINERS)))
    return Design(
        length_m=length,
        beam_m=beam_m(rng, length, 3.8, 0.2),
        bow=rng.uniform(0.01, 0.06),
        transom=0.97,
        hull=pick(rng, HULLS),
        deck=deck,
        freeboard_m=rng.uniform(0.5, 4.0),
        parts=tuple(parts),
        power=3.0,
        two_ended=True,
    )


def boat(rng: np.random.Generator, length: float) -> Design:
    """A yacht or launch."""
    white = pick(rng, [*WHITES, *WHITES, *GREYS, *HULLS])
    parts = (Part(start=0.35, end=0.65, width=0.6, height_m=2.0, colour=pick(rng, [*WHITES, *GREYS, *HULLS])),)
    return Design(
        length_m=length, beam_m=beam_m(rng, length, 3.3), bow=0.5, transom=0.8, hull=white, deck=white, freeboard_m=1.0,
        parts=parts,
    )  # fmt: skip
