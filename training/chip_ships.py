"""Ships of a simulated chip: where they lie, what they send back, and the box a labeller would draw."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from chip_radar import CHIP_PX, MARGIN_PX, Beam, Points, smeared
from offing.records import Record
from offing.simulation.model import PlacedShip
from offing.simulation.radar import LookGeometry, ship_scatterers

LEAST_CONTRAST_DB = 6.0
LEAST_LENGTH_PX = 1.5
LEAST_PART_INSIDE = 0.35
"""A ship cut by the border is asked for only if this much of its box is inside."""


class Hull(Record, frozen=True, eq=False):
    """A ship where it lies on the canvas."""

    col: float
    row: float
    axis_rad: float
    """Direction of the bow: column = cos, row = sin."""
    length_m: float
    beam_m: float
    speed_kn: float = 0.0


class Ship(Record, frozen=True, eq=False):
    """A ship as the radar sees it."""

    points: Points
    box: NDArray[np.float64]
    """(5,) on the canvas: column, row (0 is the middle of the first pixel), length_px, beam_px, axis in radians."""
    contrast_db: float
    """Mean power in the box over the background."""


def draw_length(rng: np.random.Generator, gsd_m: float) -> float:
    """Length in metres, 12–400; mostly one of at least 3 pixels."""
    for _ in range(6):
        low, high = ((12, 40), (40, 120), (120, 250), (250, 400))[rng.choice(4, p=[0.25, 0.35, 0.27, 0.13])]
        length = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        if length > 3.0 * gsd_m or rng.random() < 0.12:
            break
    return length


def draw_beam_m(rng: np.random.Generator, length_m: float) -> float:
    """Breadth for a length: a third for a tug, a seventh for a large ship."""
    ratio = np.interp(length_m, [12.0, 30.0, 80.0, 150.0, 400.0], [3.0, 3.6, 5.6, 6.4, 6.8]) * math.exp(
        rng.normal(0.0, 0.1)
    )
    return float(length_m / ratio)


def moored(hull: Hull, rng: np.random.Generator) -> Hull:
    """Another ship rafted alongside."""
    length = hull.length_m * float(rng.uniform(0.6, 1.1))
    beam = draw_beam_m(rng, length)
    away = (0.5 * (hull.beam_m + beam) + rng.uniform(1.0, 8.0)) * rng.choice([-1.0, 1.0])
    return Hull(
        col=hull.col - math.sin(hull.axis_rad) * away,
        row=hull.row + math.cos(hull.axis_rad) * away,
        axis_rad=hull.axis_rad,
        length_m=length,
        beam_m=beam,
    )


def corners(hull: Hull, gsd_m: float, room_px: float = 0.0) -> NDArray[np.float64]:
    """(4, 2) corners of the hull on the canvas, widened by ``room_px``."""
    half = 0.5 * np.array([hull.length_m, hull.beam_m]) / gsd_m + room_px
    return _corners(hull.col, hull.row, half[0], half[1], hull.axis_rad)


def _corners(col: float, row: float, half_length: float, half_beam: float, axis: float) -> NDArray[np.float64]:
    signs = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]) * [half_length, half_beam]
    turn = np.array([[math.cos(axis), math.sin(axis)], [-math.sin(axis), math.cos(axis)]])
    return np.asarray([col, row] + signs @ turn)


def seen_ship(rng: np.random.Generator, hull: Hull, beam: Beam, gsd_m: float, contrast_db: float) -> Ship:
    """The ship's points and box, for this mean contrast over the sea (power 1) within the hull's own area.

    The points are those of ``offing.simulation.radar.ship_scatterers``; raising their strengths to a power makes a few
    of them (deckhouse, cranes, corners) outshine the hull, as on real ships.
    """
    placed = _placed(rng, hull)
    look = LookGeometry(flight_deg=math.degrees(beam.flight_rad), incidence_deg=float(rng.uniform(25.0, 45.0)))
    scatterers = ship_scatterers(placed, look)
    strength = scatterers.rcs_m2 ** float(rng.uniform(0.7, 1.6))
    if rng.random() < 0.5:  # a corner that outshines the rest: the long crosses of anchored ships
        strength[rng.integers(len(strength))] = strength.sum() * rng.uniform(0.3, 3.0)
    # Masts and decks lie over towards the radar by their height, unlike the wall at the waterline.
    height = rng.uniform(0.0, 0.12, len(strength)) * min(hull.length_m, 120.0) * (rng.random(len(strength)) < 0.4)
    cols = hull.col + scatterers.xy[:, 0] / gsd_m - beam.ground_range[0] * height / gsd_m
    rows = hull.row - scatterers.xy[:, 1] / gsd_m - beam.ground_range[1] * height / gsd_m
    deck = _deck(rng, hull, beam, gsd_m)
    share = float(rng.uniform(0.05, 0.6))
    points = np.vstack([np.column_stack([cols, rows, (1.0 - share) * strength / strength.sum()]), deck * [1, 1, share]])
    area = max(hull.length_m / gsd_m, beam.response_px) * max(hull.beam_m / gsd_m, beam.response_px)
    points[:, 2] *= 10.0 ** (contrast_db / 10.0) * area
    if hull.speed_kn:
        points = smeared(rng, points, beam, 0.0, rng.uniform(0.1, 0.9) * hull.speed_kn / gsd_m)
    box = _visible_box(points, hull, beam)
    mean = points[:, 2].sum() / max(box[2] * box[3], 1.0)
    return Ship(points=points, box=box, contrast_db=float(10.0 * np.log10(1.0 + mean)))


def _deck(rng: np.random.Generator, hull: Hull, beam: Beam, gsd_m: float) -> Points:
    """Weak points all over the hull, close enough to be seen as one; energies sum to 1."""
    length, breadth = hull.length_m / gsd_m, hull.beam_m / gsd_m
    n = int(np.clip(2.0 * length * breadth / beam.response_px**2, 6, 700))
    t = rng.uniform(-0.5, 0.5, n)
    aside = rng.uniform(-0.5, 0.5, n) * breadth * np.clip((0.5 - t) / 0.2, 0.1, 1.0)
    bands = 1.0 + 0.8 * np.sin(2 * math.pi * rng.uniform(0.5, 4.0) * t + rng.uniform(0.0, 6.3))
    energy = bands * rng.exponential(1.0, n)
    c, s = math.cos(hull.axis_rad), math.sin(hull.axis_rad)
    cols, rows = hull.col + t * length * c - aside * s, hull.row + t * length * s + aside * c
    return np.column_stack([cols, rows, energy / energy.sum()])


def _placed(rng: np.random.Generator, hull: Hull) -> PlacedShip:
    kinds = ["tug"] if hull.length_m < 36.0 else ["patrol", "tug", "cargo"] if hull.length_m < 75.0 else None
    kind = str(rng.choice(kinds or ["cargo", "cargo", "tanker", "tanker", "ropucha", "alligator"]))
    heading = math.degrees(math.atan2(math.cos(hull.axis_rad), -math.sin(hull.axis_rad))) % 360.0
    return PlacedShip(
        vessel_class=kind,
        x_m=0.0,
        y_m=0.0,
        heading_deg=heading,
        length_m=hull.length_m,
        beam_m=hull.beam_m,
        speed_kn=0.0,
        at_quay=False,
        seed=int(rng.integers(2**31)),
    )


_STEP = 0.5
"""Pixels between the samples on which the visible extent is found."""


def _visible_box(points: Points, hull: Hull, beam: Beam) -> NDArray[np.float64]:
    """The box around what is bright, along the ship's axis: lobes left out, about to half the hull's power."""
    axis = np.array([math.cos(hull.axis_rad), math.sin(hull.axis_rad)])
    ahead = (points[:, :2] - [hull.col, hull.row]) @ axis
    aside = (points[:, :2] - [hull.col, hull.row]) @ np.array([-axis[1], axis[0]])
    room = 0.75 * beam.response_px
    pad = 2.0 * beam.response_px + 1.0
    shape = tuple(int((np.ptp(v) + 2 * pad) / _STEP) + 1 for v in (aside, ahead))
    x, y = (ahead - ahead.min() + pad) / _STEP, (aside - aside.min() + pad) / _STEP
    flat = np.round(y).astype(int) * shape[1] + np.round(x).astype(int)
    sharp = np.bincount(flat, points[:, 2], shape[0] * shape[1]).reshape(shape).astype(np.float32)
    power = cv2.GaussianBlur(sharp, (0, 0), beam.response_px / 2.355 / _STEP) / _STEP**2
    level = 0.35 * float(np.quantile(power.ravel()[flat], 0.5))
    bright = power > max(level, min(3.0, 0.35 * float(power.max())))
    extents = []
    for values, lit in ((ahead, bright.any(axis=0)), (aside, bright.any(axis=1))):
        where = np.flatnonzero(lit) * _STEP + values.min() - pad
        low = max(where[0] - 0.5 * _STEP, values.min() - room)
        high = min(where[-1] + 0.5 * _STEP, values.max() + room)
        extents.append((0.5 * (low + high), max(high - low, 1.0)))
    (along, length), (across, breadth) = extents
    col, row = np.array([hull.col, hull.row]) + along * axis + across * np.array([-axis[1], axis[0]])
    turn = hull.axis_rad if length >= breadth else hull.axis_rad + 0.5 * math.pi
    return np.array([col, row, max(length, breadth), min(length, breadth), turn % math.pi])


def defocused(rng: np.random.Generator, ship: Ship, beam: Beam) -> Points:
    """A weak one-sided tail along the flight, as slow movers and processing errors leave."""
    reach = rng.uniform(0.5, 2.0) * ship.box[2] * rng.choice([-1.0, 1.0])
    share = 10.0 ** rng.uniform(-2.8, -1.6)
    offset = reach * rng.random(len(ship.points)) ** 1.5
    return np.column_stack([ship.points[:, :2] + offset[:, None] * beam.azimuth, ship.points[:, 2] * share])


def ghost(rng: np.random.Generator, points: Points, beam: Beam, gsd_m: float, contrast_db: float) -> Points:
    """The azimuth ambiguities of points: blurred copies some kilometres ahead and behind along the flight.

    24–36 dB weaker, and never as bright as a clear ship.
    """
    shift = min(float(rng.uniform(3500.0, 5500.0)) / gsd_m, float(rng.uniform(40.0, 170.0)))
    share = 10.0 ** min(rng.uniform(-3.6, -2.4), 0.1 * (rng.uniform(3.0, 11.0) - contrast_db))
    copies = [smeared(rng, points, beam, side * shift, float(rng.uniform(1.0, 5.0))) for side in (-1.0, 1.0)]
    both = np.vstack(copies)
    both[:, 2] *= share
    return both


def boxes_of(ships: Sequence[Ship]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """((m, 5) boxes of the ships asked for, (k, 5) of those to ignore), in pixels of the chip, (0, 0) its outer corner.

    Ships cut by the border keep the part inside.
    """
    wanted, ignored = [np.zeros((0, 5))], [np.zeros((0, 5))]
    for ship in ships:
        box = ship.box - np.array([MARGIN_PX - 0.5, MARGIN_PX - 0.5, 0.0, 0.0, 0.0])
        cut = clipped(box)
        if cut is None:
            continue
        inside = cut[2] * cut[3] / (box[2] * box[3])
        clear = ship.contrast_db >= LEAST_CONTRAST_DB and box[2] >= LEAST_LENGTH_PX and inside >= LEAST_PART_INSIDE
        (wanted if clear else ignored).append(cut[None])
    return np.vstack(wanted), np.vstack(ignored)


def clipped(box: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The box around what is inside the chip of this one, along the same axis; None when nothing is."""
    frame = np.array([[0, 0], [CHIP_PX, 0], [CHIP_PX, CHIP_PX], [0, CHIP_PX]], np.float32)
    ring = _corners(box[0], box[1], 0.5 * box[2], 0.5 * box[3], box[4]).astype(np.float32)
    if ring.min() >= 0.0 and ring.max() <= CHIP_PX:
        return box
    area, part = cv2.intersectConvexConvex(ring, frame)
    if part is None or area < 0.5:
        return None
    axis = np.array([math.cos(box[4]), math.sin(box[4])])
    normal = np.array([-axis[1], axis[0]])
    along, across = part[:, 0] @ axis, part[:, 0] @ normal
    centre = 0.5 * (along.min() + along.max()) * axis + 0.5 * (across.min() + across.max()) * normal
    length, breadth, turn = float(np.ptp(along)), float(np.ptp(across)), box[4]
    if length < breadth:
        length, breadth, turn = breadth, length, (turn + 0.5 * math.pi) % math.pi
    return np.array([*np.clip(centre, 0.0, CHIP_PX), max(length, 1.0), max(breadth, 1.0), turn])
