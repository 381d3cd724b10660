"""Warships from above: escorts, landing ships, carriers, submarines, and the ships that support them."""

from __future__ import annotations

import numpy as np

from optical_canvas import Colour
from optical_colours import DARK, GREYS, WHITES, mixed, pick
from optical_hulls import Design, Part, beam_m, bits, row_of


def _arms(rng: np.random.Generator, grey: Colour) -> list[Part]:
    """Gun and missiles on the fore deck of a warship."""
    parts = []
    if rng.random() < 0.85:
        at = rng.uniform(0.13, 0.2)
        tone = mixed(grey, grey * 1.5, rng.uniform())
        parts.append(Part(start=at, end=at + 0.035, width=0.22, height_m=3.0, colour=tone, taper=0.7))
        parts.append(Part(start=at - 0.03, end=at, width=0.04, height_m=3.0, colour=tone))
    if rng.random() < 0.6:
        at = rng.uniform(0.22, 0.28)
        parts.append(
            Part(
                start=at, end=at + 0.05, width=rng.uniform(0.25, 0.5), height_m=0.5, colour=grey * rng.uniform(0.4, 0.8)
            )
        )
    return parts


def escort(rng: np.random.Generator, length: float) -> Design:
    """A destroyer, frigate or corvette: slender, gun forward, bridge, masts and funnels amidships, flight deck aft."""
    grey = pick(rng, GREYS)
    house = mixed(grey, grey * rng.uniform(1.1, 1.7), 1.0)
    deck = grey * np.float32(rng.uniform(0.55, 1.05))
    fore, hangar = rng.uniform(0.27, 0.35), rng.uniform(0.68, 0.80)
    parts = _arms(rng, grey)
    split = rng.uniform(fore + 0.12, hangar - 0.12)
    parts.append(
        Part(
            start=fore, end=split, width=rng.uniform(0.7, 0.98), height_m=7.0, colour=house, taper=rng.uniform(0.5, 0.9)
        )
    )
    back = split + (0.0 if rng.random() < 0.4 else rng.uniform(0.02, 0.07))
    parts.append(
        Part(start=back, end=hangar, width=rng.uniform(0.6, 0.95), height_m=6.0, colour=house * rng.uniform(0.85, 1.1))
    )
    parts.append(
        Part(start=fore + 0.02, end=fore + rng.uniform(0.06, 0.1), width=0.6, height_m=12.0, colour=house * 1.1)
    )
    for at in (fore + rng.uniform(0.08, 0.13), rng.uniform(split, hangar - 0.04))[: int(rng.integers(1, 3))]:
        parts.append(Part(start=at, end=at + 0.02, width=0.2, height_m=24.0, colour=house * 1.05))
    for at in rng.uniform(fore + 0.12, hangar - 0.06, rng.integers(1, 3)):
        parts.append(
            Part(
                start=at,
                end=at + rng.uniform(0.03, 0.05),
                width=0.4,
                height_m=10.0,
                colour=grey * rng.uniform(0.3, 0.8),
            )
        )
    tones = [house * 1.3, house * 1.6, grey * 0.4, grey * 0.6, pick(rng, WHITES), DARK]
    parts += bits(rng, int(rng.integers(10, 36)), fore, hangar, tones)
    if rng.random() < 0.75:
        dark = deck * rng.uniform(0.5, 0.95)
        parts.append(Part(start=hangar + 0.01, end=rng.uniform(0.93, 0.985), width=0.85, height_m=0.0, colour=dark))
        if rng.random() < 0.5:
            mark, middle = mixed(dark, pick(rng, WHITES), rng.uniform(0.2, 0.8)), 0.5 * (hangar + 0.97)
            parts.append(Part(start=middle - 0.001, end=middle + 0.006, width=0.6, height_m=0.0, colour=mark))
            parts.append(Part(start=hangar + 0.02, end=0.96, width=0.05, height_m=0.0, colour=mark))
    else:
        parts += bits(rng, 6, hangar, 0.95, [house, grey * 0.6])
    return Design(
        length_m=length, beam_m=beam_m(rng, length, 8.6 if length > 90 else 7.0), bow=rng.uniform(0.34, 0.5),
        transom=rng.uniform(0.6, 0.88), hull=grey * np.float32(0.85), deck=deck, freeboard_m=rng.uniform(3.0, 6.0),
        parts=tuple(parts), power=rng.uniform(1.5, 2.0),
    )  # fmt: skip


def landing(rng: np.random.Generator, length: float) -> Design:
    """A landing ship: house aft over a long fore deck, or a block forward of a flight deck."""
    grey = pick(rng, GREYS)
    house = grey * np.float32(rng.uniform(1.1, 1.7))
    deck = grey * np.float32(rng.uniform(0.55, 1.1))
    parts: list[Part] = []
    if rng.random() < 0.55:
        start = rng.uniform(0.48, 0.66)
        parts.append(Part(start=start, end=start + rng.uniform(0.22, 0.33), width=0.9, height_m=8.0, colour=house))
        parts.append(Part(start=start + 0.03, end=start + 0.14, width=0.75, height_m=14.0, colour=house * 1.08))
        parts += row_of(0.14, start - 0.04, int(rng.integers(1, 5)), rng.uniform(0.4, 0.6), 1.2, [grey * 0.8] * 5)
        if rng.random() < 0.5:
            for at in rng.uniform(0.15, start - 0.05, 2):
                parts.append(Part(start=at, end=at + 0.015, width=0.7, height_m=11.0, colour=house))
        for side in (-0.28, 0.28):
            parts.append(
                Part(start=start + 0.2, end=start + 0.25, width=0.2, height_m=11.0, across=side, colour=grey * 0.4)
            )
    else:
        start, end = rng.uniform(0.14, 0.25), rng.uniform(0.45, 0.62)
        parts.append(Part(start=start, end=end, width=0.95, height_m=12.0, colour=house, taper=0.85))
        parts.append(Part(start=start + 0.03, end=start + 0.12, width=0.8, height_m=18.0, colour=house * 1.05))
        parts.append(Part(start=end - 0.12, end=end - 0.06, width=0.3, height_m=16.0, colour=grey * 0.5, across=0.2))
        parts.append(Part(start=end + 0.01, end=0.97, width=0.92, height_m=0.0, colour=deck * 0.75))
        for spot in np.linspace(end + 0.08, 0.9, 3)[: int(rng.integers(0, 4))]:
            parts.append(Part(start=spot, end=spot + 0.006, width=0.5, height_m=0.0, colour=pick(rng, WHITES) * 0.7))
    parts += _arms(rng, grey)[:2]
    parts += bits(rng, int(rng.integers(5, 18)), 0.1, 0.9, [house * 1.2, grey * 0.5, pick(rng, WHITES), DARK])
    return Design(
        length_m=length, beam_m=beam_m(rng, length, 7.0), bow=rng.uniform(0.16, 0.28), transom=rng.uniform(0.75, 0.97),
        hull=grey * np.float32(0.85), deck=deck, freeboard_m=rng.uniform(4.0, 9.0), parts=tuple(parts),
    )  # fmt: skip


def carrier(rng: np.random.Generator, length: float) -> Design:
    """A flat dark deck with an island to starboard, lines and parked aircraft."""
    deck = pick(rng, GREYS) * np.float32(0.7)
    mark, isle = mixed(deck, pick(rng, WHITES), 0.5), rng.uniform(0.4, 0.65)
    parts = [
        Part(
            start=isle,
            end=isle + rng.uniform(0.08, 0.2),
            width=0.17,
            height_m=20.0,
            colour=pick(rng, GREYS),
            across=0.37,
        ),
        Part(start=0.06, end=0.96, width=0.03, height_m=0.0, colour=mark, across=float(rng.uniform(-0.2, 0.05))),
    ]
    for _ in range(rng.integers(0, 25)):
        at, side = rng.uniform(0.08, 0.95), float(rng.choice([-0.38, 0.38, 0.3]))
        parts.append(
            Part(
                start=at,
                end=at + 11.0 / length,
                width=0.14,
                height_m=3.0,
                colour=pick(rng, GREYS) * 1.4,
                across=side,
                taper=0.3,
            )
        )
    return Design(
        length_m=length,
        beam_m=beam_m(rng, length, 5.2 if length > 280 else 7.0),
        bow=rng.uniform(0.02, 0.15),
        transom=0.92,
        hull=deck,
        deck=deck,
        freeboard_m=14.0,
        parts=tuple(parts),
        power=2.2,
    )


def submarine(rng: np.random.Generator, length: float) -> Design:
    """A dark cigar with a sail before the middle, its stern under water."""
    dark = pick(
        rng, [(0.035, 0.036, 0.036, 0.04, 0.05), (0.06, 0.06, 0.06, 0.06, 0.06), (0.05, 0.06, 0.065, 0.07, 0.07)]
    )
    sail = rng.uniform(0.24, 0.42)
    parts = [
        Part(start=0.1, end=0.85, width=0.35, height_m=0.2, colour=dark * rng.uniform(1.0, 1.6)),
        Part(
            start=sail,
            end=sail + rng.uniform(0.06, 0.13),
            width=0.25,
            height_m=6.0,
            colour=dark * rng.uniform(0.8, 1.8),
        ),
    ]
    if rng.random() < 0.4:
        parts.append(Part(start=sail + 0.2, end=sail + 0.22, width=0.3, height_m=1.0, colour=pick(rng, WHITES)))
    return Design(
        length_m=length, beam_m=beam_m(rng, length, 9.5), bow=0.12, transom=0.05, hull=dark, deck=dark, freeboard_m=1.0,
        parts=tuple(parts), power=3.0,
    )  # fmt: skip


def support(rng: np.random.Generator, length: float) -> Design:
    """A naval oiler, tender or hospital ship: a merchant's form in grey or white, kingposts across the deck."""
    grey = pick(rng, GREYS) if rng.random() < 0.85 else pick(rng, WHITES)
    house = grey * np.float32(rng.uniform(1.0, 1.5))
    parts = [Part(start=0.72, end=0.9, width=0.92, height_m=14.0, colour=house)]
    if rng.random() < 0.6:
        parts.append(Part(start=0.17, end=0.28, width=0.8, height_m=12.0, colour=house))
    posts = np.linspace(0.34, 0.66, int(rng.integers(2, 5)))
    parts += [Part(start=at, end=at + 0.018, width=0.8, height_m=18.0, colour=house * 1.1) for at in posts]
    if rng.random() < 0.6:
        parts.append(Part(start=0.91, end=0.98, width=0.85, height_m=0.0, colour=grey * 0.6))
    parts += bits(rng, int(rng.integers(8, 22)), 0.12, 0.7, [house, grey * 0.5, pick(rng, WHITES), DARK])
    return Design(
        length_m=length,
        beam_m=beam_m(rng, length, 7.0),
        bow=rng.uniform(0.14, 0.26),
        transom=0.8,
        hull=grey * np.float32(0.85),
        deck=grey * np.float32(rng.uniform(0.6, 1.0)),
        freeboard_m=6.0,
        parts=tuple(parts),
    )
