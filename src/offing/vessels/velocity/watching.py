"""Looks at one ship after the other of a Sentinel-2 picture: does it move, and which way is it heading?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.records import Record
from offing.vessels.model import Detection
from offing.vessels.velocity.delays import DELAYS_S, GREEN, NIR, OWN_PIXEL_M
from offing.vessels.velocity.ground import Course, ground_velocity
from offing.vessels.velocity.model import Motion, Outline, Still, Track
from offing.vessels.velocity.motion import excludes_rest, motion_of
from offing.vessels.velocity.still import still_of
from offing.vessels.velocity.surroundings import (
    blur_of,
    covered,
    outline_of,
    patch_of,
    pixel_m,
    water_beside,
    water_by_index,
    window_around,
)
from offing.vessels.velocity.tracking import track
from offing.vessels.velocity.wake import stern_log_odds

CERTAIN = 0.99
"""The region of the velocity with this probability must leave out rest: most ships of a port lie still."""
SEA_PX = 40
"""Pixels around a ship that are read for it and its wake."""
LAND_PX, CELL_PX = 300, 256
"""Pixels around a square of the picture within which land tells how the bands lie on each other there."""
LEAST_WATER = 0.7
"""Share of water along a ship's sides, without which it is not tried."""
LEAST_CONTRAST = 3.0
"""Ship over water noise that three bands must reach."""
VISIBLE = {"B02", "B03", "B04"}


class Seen(Record, frozen=True):
    """What the bands say of a ship."""

    motion: Motion
    track: Track
    still: Still
    moves: bool
    """Whether the velocity's 99 % region leaves out rest."""


class Moving(Record, frozen=True):
    """A ship that moves."""

    course: Course
    """By the handbook's order of the bands."""
    forward: float
    """Log odds that the ship goes that way, by its own bow and wake."""
    tiles: int
    """Patches of land that the bands were registered on; 0: as declared."""


class Watch:
    """The ships of a picture and the bands (Sentinel-2's name → the picture's) by which they are followed."""

    def __init__(self, ships: Sequence[Detection], picture: Picture, bands: dict[str, str]) -> None:
        self.ships, self.picture, self.bands = ships, picture, bands
        self.names = tuple(bands)
        self.seconds = np.array([DELAYS_S[b] for b in self.names])
        self._known: dict[tuple[int, int], Still] = {}

    def seen(self, index: int) -> Seen | str:
        """The motion of a ship, or what stands in the way of measuring it."""
        ship = outline_of(self.ships[index].box)
        window = window_around(ship.col, ship.row, int(ship.length / 2) + SEA_PX, self.picture)
        stack = self._read(window)
        others = covered([s.box for i, s in enumerate(self.ships) if i != index], window)
        patch = patch_of(stack, window, ship, others, blur_of(self.names, pixel_m(self.picture, ship)))
        if patch is None:
            return "cut off or hidden"
        if water_beside(ship, window, self._water(stack) & ~others) < LEAST_WATER:
            return "beside land or another ship"
        tracked = track(patch, ship)
        if np.sort(tracked.contrast)[-3] < LEAST_CONTRAST:
            return "too faint"
        still = self._still(ship)
        motion = motion_of(tracked, still, self.seconds)
        return Seen(motion=motion, track=tracked, still=still, moves=excludes_rest(motion, CERTAIN))

    def moving(self, index: int, seen: Seen) -> Moving:
        """Speed and course of a ship that moves, and what tells its bow."""
        outline = seen.track.outline
        window = window_around(outline.col, outline.row, int(outline.length / 2) + SEA_PX, self.picture)
        light = self._read(window)[[i for i, b in enumerate(self.names) if b in VISIBLE]].mean(axis=0)
        ahead = stern_log_odds(light, window, outline, pixel_m(self.picture, outline))
        bow = min(max(self.ships[index].measurement.bow_probability, 1e-3), 1 - 1e-3)
        ahead += math.log(bow / (1 - bow))  # the box' length points to the likelier bow
        return Moving(
            course=ground_velocity(seen.motion, outline, self.picture),
            forward=ahead if seen.motion.ahead > 0 else -ahead,
            tiles=seen.still.tiles,
        )

    def _read(self, window: Box) -> NDArray[np.float32]:
        return self.picture.read(tuple(self.bands.values()), window)

    def _water(self, stack: NDArray[np.float32]) -> NDArray[np.bool_]:
        return water_by_index(stack[self.names.index(GREEN)], stack[self.names.index(NIR)])

    def _still(self, ship: Outline) -> Still:
        """How the bands lie on each other around a ship, measured once for each square of the picture."""
        cell = int(ship.col) // CELL_PX, int(ship.row) // CELL_PX
        if cell not in self._known:
            half = CELL_PX // 2
            window = window_around(cell[0] * CELL_PX + half, cell[1] * CELL_PX + half, half + LAND_PX, self.picture)
            stack = self._read(window)
            ships = covered([s.box for s in self.ships], window)
            own = np.maximum([OWN_PIXEL_M[b] / pixel_m(self.picture, ship) for b in self.names], 1.0)
            self._known[cell] = still_of(stack, ~self._water(stack), ships, self.names.index(GREEN), own)
        return self._known[cell]
