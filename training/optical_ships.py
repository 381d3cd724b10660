"""Painting a ship: hull, shadows, what stands on deck, wake; and the box around its hull."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from optical_canvas import SKYLIGHT, Canvas, Points, swept
from optical_colours import FOAM, mixed
from optical_hulls import Design, Part


class Light(Record, frozen=True, eq=False):
    """Where the top of something 1 m high throws its shadow, and how far it leans from the camera, metres."""

    shadow: NDArray[np.float64]
    lean: NDArray[np.float64]


class Ship(Record, frozen=True, eq=False):
    """A ship where it lies. ``turn``: direction of the bow, column = cos, row = sin."""

    design: Design
    at: NDArray[np.float64]
    """(2,) metres."""
    turn: float
    speed_m_s: float = 0.0

    @property
    def ahead(self) -> NDArray[np.float64]:
        """Unit vector towards the bow."""
        return np.array([math.cos(self.turn), math.sin(self.turn)])

    def place(self, points: Points) -> Points:
        """Metres ahead of the middle and to the right of it, as points of the chip."""
        ahead = self.ahead
        aside = np.array([-ahead[1], ahead[0]])
        return np.asarray(self.at + points[:, :1] * ahead + points[:, 1:] * aside)

    def corners(self, room_m: float = 0.0) -> Points:
        """(4, 2) the box around the hull, widened."""
        half = 0.5 * np.array([self.design.length_m, self.design.beam_m]) + room_m
        return self.place(np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]) * half)


def outline(ship: Ship, shrink_m: float = 0.0) -> Points:
    """The hull at deck level."""
    d = ship.design
    t = np.linspace(0.0, 1.0, 9)
    stern = 0.5 * (d.transom + (1.0 - d.transom) * np.array([0.75, 0.4]))
    a = np.concatenate([0.5 - d.bow * t, [-0.40, -0.46, -0.495, -0.5]]) * (d.length_m - 2 * shrink_m)
    b = np.concatenate([0.5 * (1.0 - (1.0 - t) ** d.power), [0.5, *stern, 0.5 * d.transom]]) * (d.beam_m - 2 * shrink_m)
    return ship.place(np.column_stack([np.concatenate([a, a[::-1]]), np.concatenate([b, -b[::-1]])]))


def paint_ship(rng: np.random.Generator, canvas: Canvas, ship: Ship, light: Light, drift_m: Points) -> None:
    """Paint a ship. ``drift_m``: (bands, 2) how far it has moved when each band is taken."""
    d = ship.design
    parts = sorted(d.parts, key=lambda p: p.height_m)
    # cv2 fills every fine pixel that the edge touches: a third of one too many on each side.
    hull = outline(ship, 0.33 * canvas.step_m)
    footprints = [_footprint(ship, p) for p in parts]
    if ship.speed_m_s > 1.0:
        paint_wake(rng, canvas, ship, drift_m)
    tall = [(f, p.height_m) for f, p in zip(footprints, parts, strict=True) if p.height_m > 1.0]
    shades = [swept(hull, light.shadow * d.freeboard_m)]
    shades += [swept(f, light.shadow * (d.freeboard_m + h)) for f, h in tall]
    canvas.shade(shades, rng.uniform(0.6, 1.0))
    canvas.fill(swept(hull, light.lean * d.freeboard_m), d.hull, drift_m)
    top = light.lean * d.freeboard_m
    canvas.fill(hull + top, d.deck, drift_m)
    if rng.random() < 0.5:
        canvas.line(hull + top + drift_m[0], mixed(d.deck, d.hull, 1.0) * rng.uniform(0.7, 1.6), 0.6, closed=True)
    _shade_deck(canvas, hull + top, [swept(f + top, light.shadow * h) for f, h in tall])
    for footprint, part in zip(footprints, parts, strict=True):
        up = top + light.lean * part.height_m
        if part.height_m > 3.0 and np.hypot(*light.lean) > 0.02:
            canvas.fill(swept(footprint + top, light.lean * part.height_m), part.colour * np.float32(0.55), drift_m)
        canvas.fill(footprint + up, part.colour, drift_m)
    _weather(rng, canvas, hull)


def _footprint(ship: Ship, part: Part) -> Points:
    d = ship.design
    a = (0.5 - np.array([part.start, part.end])) * d.length_m
    wide = 0.5 * part.width * d.beam_m
    if part.round_:
        turn = np.linspace(0.0, 2 * math.pi, 16, endpoint=False)
        middle, half = 0.5 * (a[0] + a[1]), 0.5 * (a[0] - a[1])
        return ship.place(np.column_stack([middle + half * np.cos(turn), part.across * d.beam_m + wide * np.sin(turn)]))
    b = part.across * d.beam_m + wide * np.array([-part.taper, part.taper, 1.0, -1.0])
    return ship.place(np.column_stack([a[[0, 0, 1, 1]], b]))


def _shade_deck(canvas: Canvas, hull: Points, shades: list[Points]) -> None:
    if not shades:
        return
    low = np.floor((hull.min(axis=0) + canvas.margin_m) / canvas.step_m).astype(int)
    high = np.ceil((hull.max(axis=0) + canvas.margin_m) / canvas.step_m).astype(int) + 1
    (c0, r0), (c1, r1) = np.clip(low, 0, canvas.side), np.clip(high, 0, canvas.side)
    if c1 <= c0 or r1 <= r0:
        return
    shift = np.array([c0, r0]) << 4
    deck, dark = np.zeros((r1 - r0, c1 - c0), np.uint8), np.zeros((r1 - r0, c1 - c0), np.uint8)
    cv2.fillPoly(deck, [(canvas.fixed(hull) - shift).astype(np.int32)], (1.0,), shift=4)
    for shade in shades:
        cv2.fillPoly(dark, [(canvas.fixed(shade) - shift).astype(np.int32)], (1.0,), shift=4)
    dark &= deck
    for plane, left in zip(canvas.planes, SKYLIGHT, strict=False):
        plane[r0:r1, c0:c1][dark == 1] *= left


def _weather(rng: np.random.Generator, canvas: Canvas, hull: Points) -> None:
    """Rust, gear and paint: specks and stains of a few metres over the whole ship."""
    low = np.floor((hull.min(axis=0) + canvas.margin_m) / canvas.step_m).astype(int) - 1
    high = np.ceil((hull.max(axis=0) + canvas.margin_m) / canvas.step_m).astype(int) + 1
    (c0, r0), (c1, r1) = np.clip(low, 0, canvas.side), np.clip(high, 0, canvas.side)
    if c1 <= c0 or r1 <= r0:
        return
    inside = np.zeros((r1 - r0, c1 - c0), np.uint8)
    cv2.fillPoly(inside, [(canvas.fixed(hull) - (np.array([c0, r0]) << 4)).astype(np.int32)], (1.0,), shift=4)
    cell = max(1.0, 2.5 / canvas.step_m)
    small = (max(2, int((r1 - r0) / cell)), max(2, int((c1 - c0) / cell)))
    stain = cv2.resize(rng.standard_normal(small, np.float32), (int(c1 - c0), int(r1 - r0)))
    gain = np.exp(rng.uniform(0.05, 0.28) * stain * inside)
    canvas.planes[:, r0:r1, c0:c1] *= gain


def paint_wake(rng: np.random.Generator, canvas: Canvas, ship: Ship, drift_m: Points) -> None:
    """White water at the stern that fades into a smooth or foamy track, and waves thrown from the bow."""
    d, speed = ship.design, ship.speed_m_s
    strength = np.clip(speed / 9.0, 0.1, 1.0) * rng.uniform(0.3, 1.0)
    reach = d.length_m * rng.uniform(0.6, 4.0) * np.clip(speed / 7.0, 0.3, 1.5)
    share = np.zeros(canvas.planes.shape[1:], np.float32)
    bend = rng.normal(0.0, 0.12)
    steps = np.linspace(0.0, 1.0, 24)
    for near, far in pairwise(steps):
        half = 0.5 * d.beam_m * (0.55 + rng.uniform(0.3, 0.9) * np.array([near, far, far, near]) ** 0.5)
        half = half * np.array([1, 1, -1, -1])
        along = np.array([near, far, far, near])
        aside = half + bend * reach * along**2
        strip = ship.place(np.column_stack([-0.5 * d.length_m - reach * along, aside]))
        cv2.fillPoly(share, [canvas.fixed(strip)], (float(strength * (1.0 - near) ** 2.2),), shift=4)
    if rng.random() < 0.7:
        arm = math.radians(rng.uniform(10.0, 24.0))
        far = d.length_m * rng.uniform(0.5, 1.6)
        for side in (-1.0, 1.0):
            line = np.array(
                [
                    [0.42 * d.length_m, side * 0.2 * d.beam_m],
                    [0.42 * d.length_m - far * math.cos(arm), side * (0.5 * d.beam_m + far * math.sin(arm))],
                ]
            )
            width = max(1, round(2.5 / canvas.step_m))
            cv2.polylines(share, [canvas.fixed(ship.place(line))], False, (float(0.4 * strength),), width, shift=4)
    share = cv2.GaussianBlur(share, (0, 0), max(0.8, 3.0 / canvas.step_m))
    share *= np.clip(1.0 + 0.5 * canvas.smooth(rng, 6.0), 0.2, 1.6)
    np.clip(share, 0.0, 0.95, out=share)
    foam = FOAM * np.float32(rng.uniform(0.45, 1.1))
    dark = rng.random() < 0.15
    for band, plane in enumerate(canvas.planes):
        moved = _moved(share, drift_m[band] / canvas.step_m)
        plane += moved * ((0.6 * plane if dark else foam[band]) - plane)


def _moved(share: NDArray[np.float32], shift_px: NDArray[np.float64]) -> NDArray[np.float32]:
    if np.abs(shift_px).max() < 0.05:
        return share
    matrix = np.array([[1.0, 0.0, shift_px[0]], [0.0, 1.0, shift_px[1]]])
    return np.asarray(cv2.warpAffine(share, matrix, share.shape[::-1]), np.float32)
