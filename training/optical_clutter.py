"""What is in a harbour and is no ship: moles, bridges, dolphins, farms, booms, docks, marinas, cranes."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from optical_canvas import Canvas, Points, rectangle, swept
from optical_colours import CONTAINERS, FOAM, GREYS, HULLS, PAVED, ROCKS, ROOFS, WHITES, pick
from optical_ground import Slab, building
from optical_plan import Berth
from optical_ships import Light


def lone_things(rng: np.random.Generator, canvas: Canvas, light: Light, fine: bool, harbour: bool) -> list[Points]:
    """Breakwaters, bridges, dolphins, fish farms, buoys; their rings."""
    found: list[Points] = []
    if rng.random() < (0.08 if fine else 0.3 if harbour else 0.08):
        found += _breakwater(rng, canvas, light)
    if rng.random() < 0.05:
        found.append(_bridge(rng, canvas, light))
    if rng.random() < (0.2 if harbour else 0.04):
        found += _dolphins(rng, canvas, light)
    if not fine and rng.random() < 0.05:
        found.append(_farm(rng, canvas))
    if rng.random() < 0.1:
        for at in rng.uniform(0, canvas.extent_m, (int(rng.integers(1, 9)), 2)):
            canvas.disc(at, rng.uniform(0.8, 3.0), pick(rng, CONTAINERS))
    return found


def _breakwater(rng: np.random.Generator, canvas: Canvas, light: Light) -> list[Points]:
    """A long thin mole of rock or concrete, straight or bent, sometimes with a road on it and surf on one side."""
    e = canvas.extent_m
    turn, at = rng.uniform(0, 2 * math.pi), rng.uniform(0.0, 1.0, 2) * e
    points = [at]
    for _ in range(int(rng.integers(1, 5))):
        turn += rng.normal(0.0, 0.35)
        points.append(points[-1] + rng.uniform(0.12, 0.6) * e * np.array([math.cos(turn), math.sin(turn)]))
    wide = rng.uniform(6.0, 28.0)
    rock = pick(rng, ROCKS)
    path = np.array(points)
    canvas.line(path + light.shadow * 3.0, rock * np.float32(0.3), 0.8 * wide)
    if rng.random() < 0.4:
        canvas.line(path + rng.normal(0, 0.5 * wide, 2), FOAM * np.float32(rng.uniform(0.2, 0.9)), 0.7 * wide)
    canvas.line(path, rock, wide)
    if rng.random() < 0.6:
        canvas.line(path, pick(rng, PAVED), 0.4 * wide)
    return [rectangle(0.5 * (a + b), math.atan2(*(b - a)[::-1]), float(np.hypot(*(b - a))) + wide, wide + 6.0)
            for a, b in pairwise(path)]  # fmt: skip


def _bridge(rng: np.random.Generator, canvas: Canvas, light: Light) -> Points:
    turn, e = rng.uniform(0, math.pi), canvas.extent_m
    wide = rng.uniform(8.0, 30.0)
    ring = rectangle(rng.uniform(0.1, 0.9, 2) * e, turn, 4 * e, wide)
    canvas.shade([ring + light.shadow * rng.uniform(5.0, 40.0)], 0.8)
    canvas.fill(ring, pick(rng, PAVED))
    ends = np.array([0.5 * (ring[0] + ring[3]), 0.5 * (ring[1] + ring[2])])
    canvas.line(ends, pick(rng, PAVED), 0.1 * wide)
    return ring


def _dolphins(rng: np.random.Generator, canvas: Canvas, light: Light) -> list[Points]:
    """Mooring dolphins in a row, walkways between some."""
    at, turn = rng.uniform(0, canvas.extent_m, 2), rng.uniform(0, 2 * math.pi)
    step, side = rng.uniform(15.0, 70.0), rng.uniform(3.0, 12.0)
    tone = pick(rng, PAVED)
    rings = []
    path = [at + i * step * np.array([math.cos(turn), math.sin(turn)]) for i in range(int(rng.integers(2, 8)))]
    if rng.random() < 0.5:
        canvas.line(np.array([path[0], path[-1]]), tone * np.float32(0.8), rng.uniform(1.0, 2.5))
    for middle in path:
        ring = rectangle(middle, turn, side, side)
        canvas.shade([swept(ring, light.shadow * 4.0)], 0.8)
        canvas.fill(ring, tone)
        rings.append(rectangle(middle, turn, side + 6.0, side + 6.0))
    return rings


def _farm(rng: np.random.Generator, canvas: Canvas) -> Points:
    """Rings or frames of a fish or mussel farm."""
    at, turn = rng.uniform(0, canvas.extent_m, 2), rng.uniform(0, math.pi)
    rows, cols, step = int(rng.integers(1, 5)), int(rng.integers(2, 9)), rng.uniform(20.0, 60.0)
    round_, tone = rng.random() < 0.6, pick(rng, [*GREYS, *HULLS])
    for i in range(rows):
        for j in range(cols):
            middle = at + rectangle(np.zeros(2), turn, 2 * i * step, 2 * j * step)[0]
            if round_:
                t = np.linspace(0, 2 * math.pi, 16)
                canvas.line(middle + 0.4 * step * np.column_stack([np.cos(t), np.sin(t)]), tone, 1.5)
            else:
                canvas.line(rectangle(middle, turn, 0.8 * step, 0.6 * step), tone, 1.5, closed=True)
    return rectangle(at + rectangle(np.zeros(2), turn, rows * step, cols * step)[0], turn, rows * step, cols * step)


def paint_boom(rng: np.random.Generator, canvas: Canvas) -> None:
    """A floating barrier."""
    n = 12
    a, b = rng.uniform(-0.1, 1.1, (2, 2)) * canvas.extent_m
    t = np.linspace(0.0, 1.0, n)[:, None]
    sag = (
        rng.normal(0, 0.1)
        * canvas.extent_m
        * np.sin(math.pi * t)
        * np.array([[-(b - a)[1], (b - a)[0]]])
        / canvas.extent_m
    )
    canvas.line(a + t * (b - a) + sag, pick(rng, [*CONTAINERS, *GREYS]), rng.uniform(0.4, 1.5))


def dry_docks(rng: np.random.Generator, canvas: Canvas, slabs: tuple[Slab, ...], light: Light) -> list[Slab]:
    """Docks cut into slabs broad enough: dry floor or water, walls, open at one end."""
    found = []
    for slab in slabs:
        if slab.breadth_m < 60.0 or rng.random() > 0.12:
            continue
        long = min(rng.uniform(80.0, 320.0), 0.85 * slab.breadth_m) if rng.random() < 0.7 else rng.uniform(90.0, 250.0)
        wide = max(16.0, long * rng.uniform(0.13, 0.22))
        across = long <= 0.86 * slab.breadth_m
        reach = slab.length_m if across else slab.breadth_m
        offset = rng.uniform(-0.35, 0.35) * reach
        side = float(rng.choice([-1.0, 1.0]))
        if across:
            centre, along = (
                slab.place(np.array([offset, side * 0.5 * (slab.breadth_m - long)])),
                slab.along + 0.5 * math.pi,
            )
        else:
            centre, along = slab.place(np.array([side * 0.5 * (slab.length_m - long), 0.0])), slab.along
        dock = Slab(centre=centre, along=along, length_m=long, breadth_m=wide, style="plain")
        if np.any((centre < 0) | (centre > canvas.extent_m)):
            continue
        _paint_dock(rng, canvas, dock, light)
        found.append(dock)
    return found


def _paint_dock(rng: np.random.Generator, canvas: Canvas, dock: Slab, light: Light) -> None:
    rim = rectangle(dock.centre, dock.along, dock.length_m + 5.0, dock.breadth_m + 7.0)
    canvas.fill(rim, pick(rng, PAVED))
    floor = pick(rng, PAVED) * np.float32(0.6)
    canvas.fill(dock.ring, floor)
    window = canvas.window([dock.ring])
    if window is not None:
        lit = canvas.mask([dock.ring + light.shadow * 9.0], window)
        canvas.shade_where(canvas.mask([dock.ring], window) & (1 - lit), window, 0.9)


def floating_docks(
    rng: np.random.Generator, canvas: Canvas, berths: tuple[Berth, ...], blocked: NDArray[np.uint8], light: Light
) -> list[Slab]:
    """A floating dock beside a quay: two walls and a floor between."""
    if not berths or rng.random() > 0.06:
        return []
    berth = berths[int(rng.integers(len(berths)))]
    span = berth.end - berth.start
    long, wide = rng.uniform(90.0, 240.0), rng.uniform(24.0, 45.0)
    centre = berth.start + rng.uniform(0.2, 0.8) * span + berth.out * (0.5 * wide + rng.uniform(8.0, 20.0))
    along = math.atan2(span[1], span[0])
    whole = rectangle(centre, along, long, wide)
    if (canvas.mask([whole]) & blocked).any() or np.any((centre < 0) | (centre > canvas.extent_m)):
        return []
    tone = pick(rng, GREYS)
    canvas.shade([swept(whole, light.shadow * 12.0)], 0.9)
    canvas.fill(whole, tone * np.float32(0.6))
    inner = Slab(centre=centre, along=along, length_m=long * 0.98, breadth_m=wide * 0.72, style="plain")
    for side in (-0.45, 0.45):
        wall = rectangle(inner.place(np.array([0.0, side * wide])), along, long, 0.11 * wide)
        canvas.shade([swept(wall, light.shadow * 12.0)], 0.7)
        canvas.fill(wall + light.lean * 12.0, tone * np.float32(1.3))
    return [inner]


def marinas(rng: np.random.Generator, canvas: Canvas, berths: tuple[Berth, ...], blocked: NDArray[np.uint8]) -> None:
    """Floating pontoons with small boats on both sides: no ships, however much a row of yachts looks like one."""
    if not berths or rng.random() > 0.25:
        return
    berth = berths[int(rng.integers(len(berths)))]
    span = berth.end - berth.start
    along = math.atan2(berth.out[1], berth.out[0])
    unit = span / max(float(np.hypot(*span)), 1e-9)
    start = berth.start + rng.uniform(0.0, 0.8) * span
    long, step = rng.uniform(25.0, 130.0), rng.uniform(24.0, 45.0)
    for i in range(int(rng.integers(1, 8))):
        foot = start + i * step * unit
        ring = rectangle(foot + berth.out * (0.5 * long + 3.0), along, long, 0.9 * step)
        if (canvas.mask([ring]) & blocked).any():
            continue
        blocked |= canvas.mask([ring])
        canvas.line(np.array([foot, foot + berth.out * long]), pick(rng, [*PAVED, *GREYS]), 2.2)
        size = rng.uniform(7.0, 14.0)
        for k in np.arange(4.0, long, 0.42 * size):
            for side in (-1.0, 1.0):
                if rng.random() < 0.8:
                    at = foot + berth.out * k + side * unit * (0.55 * size + 1.0)
                    own = size * rng.uniform(0.6, 1.1)
                    canvas.fill(rectangle(at, along + 0.5 * math.pi, own, 0.3 * own), pick(rng, WHITES, 0.2))


def paint_cranes(
    rng: np.random.Generator,
    canvas: Canvas,
    berths: tuple[Berth, ...],
    blocked: NDArray[np.uint8],
    light: Light,
) -> None:
    """Gantries over container berths, jib cranes elsewhere: they reach over the ships, so they come last."""
    for berth in berths:
        span = berth.end - berth.start
        room = float(np.hypot(*span))
        if room < 60.0 or rng.random() > {"yard": 0.75, "heaps": 0.5, "stores": 0.2, "sheds": 0.2, "plain": 0.12}.get(
            berth.style, 0.0
        ):
            continue
        gantry = berth.style == "yard" or (berth.style == "heaps" and rng.random() < 0.5)
        colour = pick(rng, [*CONTAINERS, *WHITES, *GREYS])
        inside = _wet(canvas, berth, blocked)
        at = rng.uniform(10.0, 60.0)
        while at < room - 10.0:
            foot = berth.start + span * at / room
            if inside(foot):
                (_gantry if gantry else _jib)(rng, canvas, foot, berth, colour, light)
            at += rng.uniform(28.0, 140.0) if gantry else rng.uniform(40.0, 250.0)


def _wet(canvas: Canvas, berth: Berth, blocked: NDArray[np.uint8]) -> Callable[[NDArray[np.float64]], bool]:
    def check(foot: NDArray[np.float64]) -> bool:
        px = ((foot + 12.0 * berth.out + canvas.margin_m) / canvas.step_m).astype(int)
        return bool((px >= 0).all() and (px < canvas.side).all() and not blocked[px[1], px[0]])

    return check


def _gantry(
    rng: np.random.Generator, canvas: Canvas, foot: Points, berth: Berth, colour: NDArray[np.float32], light: Light
) -> None:
    across = math.atan2(berth.out[1], berth.out[0])
    gauge, boom, wide = rng.uniform(16.0, 32.0), rng.uniform(28.0, 62.0), rng.uniform(14.0, 26.0)
    if rng.random() < 0.4:
        boom = 6.0
    up = light.lean * 30.0
    spine = rectangle(
        foot + berth.out * 0.5 * (boom - gauge - 12.0), across, boom + gauge + 12.0, rng.uniform(1.8, 4.5)
    )
    canvas.shade([spine + light.shadow * 40.0], 0.55)
    for v in (-2.0, -2.0 - gauge):
        beam = rectangle(foot + berth.out * v, across + 0.5 * math.pi, wide, 2.5)
        canvas.shade([swept(beam, light.shadow * 25.0)], 0.35)
        canvas.fill(beam, colour)
    canvas.fill(spine + up, colour)


def _jib(
    rng: np.random.Generator, canvas: Canvas, foot: Points, berth: Berth, colour: NDArray[np.float32], light: Light
) -> None:
    base = rectangle(foot - berth.out * 6.0, math.atan2(berth.out[1], berth.out[0]), 8.0, 8.0)
    turn = rng.uniform(0, 2 * math.pi)
    reach = rng.uniform(15.0, 45.0)
    tip = foot - berth.out * 6.0 + reach * np.array([math.cos(turn), math.sin(turn)])
    path = np.array([foot - berth.out * 6.0, tip])
    canvas.shade([swept(base, light.shadow * 20.0)], 0.7)
    canvas.shade([rectangle(path.mean(axis=0) + light.shadow * 22.0, turn, reach, 1.5)], 0.7)
    building(rng, canvas, base, 12.0, light, ROOFS)
    canvas.line(path + light.lean * 22.0, colour, 1.6)
