"""A harbour before its ships: land and quays painted onto the water, and where ships can berth."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from optical_canvas import Canvas, rectangle
from optical_clutter import dry_docks, floating_docks, lone_things, marinas, paint_boom
from optical_ground import Slab, paint_nature, paint_slab
from optical_plan import Berth, draw_plan, sides
from optical_ships import Light
from optical_water import paint_shore


class Harbour(Record, frozen=True, eq=False):
    """What is there before the ships."""

    blocked: NDArray[np.uint8]
    """1 where no ship can be, in fine pixels."""
    berths: tuple[Berth, ...]
    docks: tuple[Slab, ...]
    """Floors of dry and floating docks: a ship fits in."""
    naval: bool


def draw_harbour(rng: np.random.Generator, canvas: Canvas, light: Light, fine: bool, naval: bool) -> Harbour:
    """Plan and paint land, quays and clutter onto the water."""
    plan = draw_plan(rng, canvas.extent_m, fine, naval)
    dry = canvas.mask(list(plan.shores))
    soft = cv2.GaussianBlur(dry.astype(np.float32), (0, 0), max(0.8, rng.uniform(1.0, 5.0) / canvas.step_m))
    if dry.any():
        paint_shore(rng, canvas, soft)
        paint_nature(rng, canvas, soft)
    blocked = dry.copy()
    if fine and rng.random() < 0.2:
        paint_boom(rng, canvas)
    for slab in plan.slabs:
        paint_slab(rng, canvas, slab, light)
        blocked |= canvas.mask([slab.ring])
    for lone in lone_things(rng, canvas, light, fine, bool(dry.any() or plan.slabs)):
        blocked |= canvas.mask([lone])
    berths = tuple(b for slab in plan.slabs for b in sides(slab))
    docks = [*dry_docks(rng, canvas, plan.slabs, light), *floating_docks(rng, canvas, berths, blocked, light)]
    for dock in docks:
        blocked |= canvas.mask([rectangle(dock.centre, dock.along, dock.length_m + 4, dock.breadth_m + 8)])
    marinas(rng, canvas, berths, blocked)
    return Harbour(blocked=blocked, berths=berths, docks=tuple(docks), naval=naval)
