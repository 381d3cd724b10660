"""What covers land and quays: woods, soil, towns, container yards, sheds, tanks, heaps, cars, roads."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from optical_canvas import Canvas, Points, Window, rectangle, swept
from optical_colours import BULK, CARS, CONTAINERS, GREENS, GREYS, PAVED, ROOFS, SANDS, SOILS, Palette, mixed, pick
from optical_ships import Light


class Slab(Record, frozen=True, eq=False):
    """A rectangle of made ground."""

    centre: NDArray[np.float64]
    """(2,) metres."""
    along: float
    length_m: float
    breadth_m: float
    style: str

    @property
    def ring(self) -> Points:
        """(4, 2) its corners."""
        return rectangle(self.centre, self.along, self.length_m, self.breadth_m)

    def place(self, points: Points) -> Points:
        """Metres along and across from the middle, as points of the chip."""
        ahead = np.array([math.cos(self.along), math.sin(self.along)])
        aside = np.array([-ahead[1], ahead[0]])
        return np.asarray(self.centre + points[..., :1] * ahead + points[..., 1:] * aside)


class Ground(Record, frozen=True, eq=False):
    """A slab to be covered, the light on it, and its mask within a window of the canvas."""

    slab: Slab
    light: Light
    mask: NDArray[np.uint8]
    window: Window


STYLES = ("yard", "heaps", "sheds", "cars", "plain", "tanks", "town", "stores", "green")


def paint_nature(rng: np.random.Generator, canvas: Canvas, dry: NDArray[np.float32]) -> None:
    """Soil, grass, woods and a town where land is."""
    bands = len(canvas.planes)
    soil, green, wood = pick(rng, SOILS), pick(rng, GREENS), pick(rng, GREENS)
    size = max(90, min(canvas.side, 260))
    small = Canvas(bands, size, canvas.step_m * canvas.side / size, canvas.margin_m)
    grass = 1.0 / (
        1.0 + np.exp(-3.0 * (small.fractal(rng, rng.uniform(0.08, 0.4) * small.extent_m, 5) + rng.normal(0, 1)))
    )
    trees = 1.0 / (
        1.0 + np.exp(-6.0 * (small.fractal(rng, rng.uniform(0.05, 0.3) * small.extent_m, 5) + rng.normal(-0.4, 1)))
    )
    grain = np.exp(0.12 * small.smooth(rng, 1.0) + 0.1 * small.fractal(rng, 0.1 * small.extent_m))
    for band in range(bands):
        tone = soil[band] + grass * (green[band] - soil[band])
        small.planes[band] = (tone + trees * (wood[band] - tone)) * grain
    rough = cv2.resize(np.asarray(trees, np.float32), (canvas.side, canvas.side))
    rough = np.exp((0.06 + 0.3 * rough) * canvas.smooth(rng, 4.0))
    sand, beach = pick(rng, SANDS), np.zeros((1, 1), np.float32)
    if rng.random() < 0.5:
        wide = rng.uniform(5.0, 30.0) / canvas.step_m / 4.0
        quarter = cv2.GaussianBlur(cv2.resize(dry, (canvas.side // 4, canvas.side // 4)), (0, 0), max(wide, 0.6))
        beach = np.clip(4.0 * (1.0 - cv2.resize(quarter, (canvas.side, canvas.side))), 0.0, 1.0)
    for band, plane in enumerate(canvas.planes):
        cover = cv2.resize(small.planes[band], (canvas.side, canvas.side)) * rough
        cover += beach * (sand[band] - cover)
        plane += dry * (cover - plane)


def paint_slab(rng: np.random.Generator, canvas: Canvas, slab: Slab, light: Light) -> None:
    """The ground of a slab and what stands on it."""
    ring = slab.ring
    window = canvas.window([ring])
    if window is None:
        return
    canvas.shade([swept(ring, light.shadow * rng.uniform(1.0, 5.0))], rng.uniform(0.3, 1.0))
    paved = pick(rng, PAVED, 0.2) * np.float32(0.85)
    other = mixed(paved, pick(rng, PAVED), rng.uniform(0.0, 0.5))
    mask = canvas.mask([ring], window)
    patches = (canvas.texture(rng, window) > rng.uniform(-0.3, 1.5)).astype(np.float32)
    grain = np.exp(rng.uniform(0.04, 0.14) * canvas.texture(rng, window))
    for band, plane in enumerate(canvas.planes):
        ground = (paved[band] + patches * (other[band] - paved[band])) * grain
        plane[window] = np.where(mask, ground, plane[window])
    if rng.random() < 0.5:
        canvas.line(ring, paved * np.float32(rng.uniform(0.5, 1.9)), rng.uniform(0.6, 2.5), closed=True)
    _STYLES[slab.style](rng, canvas, Ground(slab=slab, light=light, mask=mask, window=window))
    if slab.breadth_m > 100.0:
        _roads(rng, canvas, slab)
    if slab.breadth_m > 25.0 and rng.random() < 0.6:
        _along_quay(rng, canvas, slab, light)


def _roads(rng: np.random.Generator, canvas: Canvas, slab: Slab) -> None:
    """A few roads and railway tracks over the slab, along it and across."""
    tone = pick(rng, PAVED, 0.3) * np.float32(rng.uniform(0.5, 1.1))
    for _ in range(int(rng.integers(0, 5))):
        where, wide = rng.uniform(-0.45, 0.45), float(rng.choice([3.0, 6.0, 9.0, 14.0, 22.0]))
        slant = rng.normal(0.0, 0.05) if rng.random() < 0.3 else 0.0
        if rng.random() < 0.6:
            ends = np.array([[-0.5, where - slant], [0.5, where + slant]])
        else:
            ends = np.array([[where - slant, -0.5], [where + slant, 0.5]])
        canvas.line(slab.place(np.clip(ends, -0.5, 0.5) * [slab.length_m, slab.breadth_m]), tone, wide)


def _along_quay(rng: np.random.Generator, canvas: Canvas, slab: Slab, light: Light) -> None:
    """What runs along a quay's edge: crane rails, roads, a line of sheds or stacks, stains of cargo."""
    side = float(rng.choice([-1.0, 1.0]))
    offset = 0.0
    for _ in range(int(rng.integers(1, 5))):
        offset += rng.uniform(2.0, 30.0)
        if offset > 0.4 * slab.breadth_m:
            return
        ends = rng.uniform(0.2, 0.5, 2) * slab.length_m * np.array([-1.0, 1.0])
        v = side * (0.5 * slab.breadth_m - offset)
        wide = rng.uniform(1.0, 9.0)
        tone = pick(rng, [*PAVED, *PAVED, *BULK, *ROOFS], 0.2)
        line = slab.place(np.array([[ends[0], v], [ends[1], v]]))
        if rng.random() < 0.7:
            canvas.line(line, tone, wide)
        else:
            ring = rectangle(line.mean(axis=0), slab.along, float(ends[1] - ends[0]), wide + 8.0)
            building(rng, canvas, ring, rng.uniform(4.0, 15.0), light, quarter(rng))
        offset += wide


def _tiled(
    canvas: Canvas, slab: Slab, cells: NDArray[np.uint8], size: tuple[float, float], ground: Ground
) -> NDArray[np.uint8]:
    """A pattern of cells of ``size`` metres (along, across) laid over the slab's window; 0 outside it."""
    across = np.array([math.cos(slab.along), math.sin(slab.along)])
    turn = np.array([across, [-across[1], across[0]]])
    scale = np.diag([1.0 / size[0], 1.0 / size[1]])
    origin = slab.place(np.array([-0.5 * cells.shape[1] * size[0], -0.5 * cells.shape[0] * size[1]]))
    linear = scale @ turn
    rows, cols = ground.window
    start = (np.array([cols.start, rows.start]) + 0.5) * canvas.step_m - canvas.margin_m - origin
    matrix = np.column_stack([linear * canvas.step_m, linear @ start - 0.5])
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    tiles = cv2.warpAffine(cells, matrix, ground.mask.shape[::-1], flags=flags)
    return np.asarray(tiles * ground.mask, np.uint8)


def _lay_tiles(
    rng: np.random.Generator, canvas: Canvas, tiles: NDArray[np.uint8], window: Window, palette: Palette, shadow: Points
) -> None:
    """Paint tiles (0 is nothing) in colours of the palette, with their shadows of ``shadow`` metres."""
    some = np.stack([pick(rng, palette) for _ in range(int(rng.integers(4, 40)))])
    colours = some[rng.integers(0, len(some), 256)] * np.exp(rng.normal(0.0, 0.08, (256, 1)))
    shift = np.round(shadow / canvas.step_m)
    if np.abs(shift).max() >= 1.0:
        moved = np.zeros_like(tiles)
        for part in (0.5, 1.0):
            matrix = np.array([[1.0, 0.0, part * shift[0]], [0.0, 1.0, part * shift[1]]])
            moved |= cv2.warpAffine(tiles, matrix, tiles.shape[::-1], flags=cv2.INTER_NEAREST)
        canvas.shade_where(((moved > 0) & (tiles == 0)).astype(np.uint8), window, 0.8)
    for band, plane in enumerate(canvas.planes):
        plane[window] = np.where(tiles, colours[tiles, band].astype(np.float32), plane[window])


def _numbers(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.uint8]:
    return rng.integers(1, 256, shape, np.uint8)


def _yard(rng: np.random.Generator, canvas: Canvas, ground: Ground) -> None:
    """Rows of containers in blocks, with lanes between."""
    slab, light = ground.slab, ground.light
    apron = min(rng.uniform(15.0, 60.0), 0.25 * slab.breadth_m)
    cell = (float(rng.choice([6.1, 12.2])), 2.6)
    rows, cols = int((slab.breadth_m - 2 * apron) / cell[1]), int((slab.length_m - 20.0) / cell[0])
    if rows < 3 or cols < 3:
        return
    rows, cols = min(rows, 900), min(cols, 900)
    cells = _numbers(rng, (rows, cols))
    if rng.random() < 0.5:  # blocks of one line
        runs = np.repeat(_numbers(rng, (rows, cols // 4 + 1)), 4, axis=1)[:, :cols]
        cells = np.where(rng.random((rows, cols)) < 0.6, runs, cells)
    lane = int(rng.integers(6, 14)), int(rng.integers(2, 7))
    block = int(rng.integers(80, 260) / cell[0]), int(rng.integers(1, 4))
    cells[np.arange(rows) % (lane[0] + lane[1]) < lane[1], :] = 0
    cells[:, np.arange(cols) % (block[0] + 2) < block[1]] = 0
    full = rng.uniform(0.35, 1.0)
    coarse = rng.random((rows // lane[0] + 1, cols // 6 + 1)) < full
    cells[~np.repeat(np.repeat(coarse, lane[0], axis=0), 6, axis=1)[:rows, :cols]] = 0
    tiles = _tiled(canvas, slab, cells, cell, ground)
    _lay_tiles(rng, canvas, tiles, ground.window, CONTAINERS, light.shadow * rng.uniform(4.0, 12.0))


def _cars(rng: np.random.Generator, canvas: Canvas, ground: Ground) -> None:
    """Parked cars in double rows."""
    slab, light = ground.slab, ground.light
    cell = (2.6, 5.0)
    rows, cols = min(600, int(slab.breadth_m / cell[1]) - 1), min(600, int(slab.length_m / cell[0]) - 3)
    if rows < 1 or cols < 2:
        return
    cells = _numbers(rng, (rows, cols)) * (rng.random((rows, cols)) < rng.uniform(0.2, 0.95))
    cells[np.arange(rows) % 3 == int(rng.integers(3))] = 0
    cells[:, np.arange(cols) % int(rng.integers(14, 40)) < 2] = 0
    coarse = rng.random((rows // 6 + 1, cols // 20 + 1)) < rng.uniform(0.3, 1.0)
    cells = cells * np.repeat(np.repeat(coarse, 6, axis=0), 20, axis=1)[:rows, :cols]
    tiles = _tiled(canvas, slab, cells.astype(np.uint8), cell, ground)
    if slab.breadth_m > 60.0 or slab.length_m < 120.0:
        apron = rectangle(slab.centre, slab.along, slab.length_m - 16.0, slab.breadth_m - 16.0)
        tiles *= canvas.mask([apron], ground.window)
    _lay_tiles(rng, canvas, tiles, ground.window, CARS, light.shadow * 1.5)


def _heaps(rng: np.random.Generator, canvas: Canvas, ground: Ground) -> None:
    """Heaps of coal, ore, sand, scrap; belts between them."""
    slab, light = ground.slab, ground.light
    colour = pick(rng, BULK)
    dust = mixed(colour, colour * np.float32(1.6), rng.uniform())
    if rng.random() < 0.5:
        share = ground.mask * np.float32(rng.uniform(0.3, 0.8))
        for band, plane in enumerate(canvas.planes):
            plane[ground.window] += share * (dust[band] - plane[ground.window])
    for _ in range(int(rng.integers(2, 12))):
        tone = colour * np.float32(rng.uniform(0.7, 1.3)) if rng.random() < 0.7 else pick(rng, BULK)
        long, wide = rng.uniform(20.0, 0.5 * max(slab.length_m, 50.0)), rng.uniform(12.0, 45.0)
        wide = min(wide, 0.5 * slab.breadth_m)
        at = slab.place(rng.uniform(-0.45, 0.45, 2) * [slab.length_m - long, slab.breadth_m - wide])
        turn = np.linspace(0, 2 * math.pi, 18, endpoint=False)
        bent = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.6, np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.6
        ring = 0.5 * np.column_stack([long * bent[0], wide * bent[1]])
        shape = at + (slab.place(ring) - slab.centre)
        canvas.shade([swept(shape, light.shadow * 0.2 * wide)], 0.7)
        canvas.fill(shape, tone)
        lit = shape - light.shadow / max(np.hypot(*light.shadow), 1e-6) * 0.15 * wide
        canvas.fill(at + 0.55 * (lit - at), tone * np.float32(1.25))


def building(
    rng: np.random.Generator, canvas: Canvas, ring: Points, height_m: float, light: Light, palette: Palette = ROOFS
) -> None:
    """A block with its shadow, its leaning wall and a roof, now and then of two slopes or with things on it."""
    roof = pick(rng, palette)
    canvas.shade([swept(ring, light.shadow * height_m)], 0.95)
    up = light.lean * height_m
    if np.hypot(*up) > canvas.step_m:
        canvas.fill(swept(ring, up), roof * np.float32(0.6))
    top = ring + up
    canvas.fill(top, roof)
    kind = rng.random()
    if kind < 0.35:
        half = np.array([top[0], top[1], 0.5 * (top[1] + top[2]), 0.5 * (top[0] + top[3])])
        canvas.fill(half, roof * np.float32(rng.uniform(0.7, 1.3)))
    elif kind < 0.6:
        for _ in range(int(rng.integers(1, 6))):
            a, b = rng.uniform(0.1, 0.85, 2)
            at = top[0] + a * (top[1] - top[0]) + b * (top[3] - top[0])
            side = rng.uniform(0.05, 0.14)
            u, v = side * (top[1] - top[0]), side * (top[3] - top[0])
            canvas.fill(np.array([at, at + u, at + u + v, at + v]), roof * np.float32(rng.uniform(0.5, 1.5)))


def quarter(rng: np.random.Generator) -> Palette:
    """The roofs of one neighbourhood: a few colours, mostly greyish, one in ten any."""
    some = [ROOFS[int(i)] for i in rng.integers(0, len(ROOFS), int(rng.integers(1, 4)))]
    grey = rng.uniform(0.0, 0.8)
    dull = [np.array(s) + grey * (0.6 * s[1] + 0.4 * s[2] - np.array(s)) for s in some]
    toned: Palette = [tuple(float(v) for v in rng.uniform(0.5, 1.1) * d) for d in dull]  # type: ignore[misc]
    return [*toned * 3, ROOFS[int(rng.integers(len(ROOFS)))]]


def _lots(
    rng: np.random.Generator,
    canvas: Canvas,
    slab: Slab,
    light: Light,
    lot: tuple[float, float],
    share: float,
    most: int,
) -> None:
    """Buildings on a grid of lots, inside the slab and on the chip."""
    nu, nv = int((slab.length_m - 6.0) / lot[0]), int((slab.breadth_m - 6.0) / lot[1])
    if nu < 1 or nv < 1:
        lot, nu, nv = (min(lot[0], 0.8 * slab.length_m), min(lot[1], 0.7 * slab.breadth_m)), 1, 1
    grid = np.stack(np.meshgrid(np.arange(nu), np.arange(nv)), axis=-1).reshape(-1, 2)
    middles = (grid - 0.5 * (np.array([nu, nv]) - 1)) * lot
    at = slab.place(middles)
    near = np.all((at > -canvas.margin_m - 40) & (at < canvas.extent_m + canvas.margin_m + 40), axis=1)
    chosen = rng.permutation(np.flatnonzero(near & (rng.random(len(at)) < share)))[:most]
    palette = quarter(rng)
    for i in np.sort(chosen):
        size = np.array(lot) * rng.uniform(0.45, 0.92, 2)
        ring = rectangle(at[i] + rng.uniform(-0.05, 0.05, 2) * lot, slab.along, float(size[0]), float(size[1]))
        building(
            rng, canvas, ring, float(np.clip(0.15 * size.min(), 4.0, 14.0) * rng.uniform(0.6, 2.0)), light, palette
        )


def _sheds(rng: np.random.Generator, canvas: Canvas, ground: Ground) -> None:
    """Long sheds along the quay and smaller ones."""
    slab, light = ground.slab, ground.light
    wide = min(rng.uniform(18.0, 70.0), 0.75 * slab.breadth_m)
    _lots(rng, canvas, slab, light, (rng.uniform(1.2, 4.0) * wide, wide * 1.25), rng.uniform(0.4, 0.95), 120)
    _strewn(rng, canvas, slab, light)


def _town(rng: np.random.Generator, canvas: Canvas, ground: Ground) -> None:
    """Houses of one neighbourhood, streets and trees."""
    slab, light = ground.slab, ground.light
    side = rng.uniform(12.0, 45.0)
    _lots(rng, canvas, slab, light, (side * rng.uniform(1.0, 1.8), side), rng.uniform(0.5, 0.95), 420)
    for _ in range(int(rng.integers(0, 40))):
        at = slab.place(rng.uniform(-0.5, 0.5, 2) * [slab.length_m, slab.breadth_m])
        if np.all((at > -canvas.margin_m) & (at < canvas.extent_m + canvas.margin_m)):
            canvas.disc(at, rng.uniform(3.0, 12.0), pick(rng, GREENS))


def _plain(rng: np.random.Generator, canvas: Canvas, ground: Ground) -> None:
    """Next to nothing."""
    slab, light = ground.slab, ground.light
    if rng.random() < 0.7:
        _strewn(rng, canvas, slab, light)
    if rng.random() < 0.4:
        line = slab.place(np.array([[-0.5 * slab.length_m, 0.0], [0.5 * slab.length_m, 0.0]]))
        canvas.line(line, pick(rng, PAVED), rng.uniform(0.3, 0.5) * min(slab.breadth_m, 25.0))


def _strewn(rng: np.random.Generator, canvas: Canvas, slab: Slab, light: Light) -> None:
    """Lorries, boxes, small huts and containers here and there."""
    palettes = [CARS, quarter(rng), quarter(rng), GREYS, GREYS, quarter(rng), CONTAINERS][: int(rng.integers(2, 8))]
    for _ in range(int(rng.integers(2, 50))):
        at = rng.uniform(-0.48, 0.48, 2) * [slab.length_m, slab.breadth_m]
        middle = slab.place(at)
        if not np.all((middle > -canvas.margin_m) & (middle < canvas.extent_m + canvas.margin_m)):
            continue
        turn = slab.along + rng.choice([0.0, 0.5 * math.pi]) + rng.normal(0.0, 0.05)
        long = rng.uniform(3.5, 9.0) if rng.random() < 0.7 else rng.uniform(8.0, 18.0)
        ring = rectangle(middle, turn, long, rng.uniform(1.8, 3.5) if long < 14 else rng.uniform(2.5, 6.0))
        canvas.shade([swept(ring, light.shadow * rng.uniform(1.5, 4.0))], 0.8)
        canvas.fill(ring, pick(rng, palettes[int(rng.integers(len(palettes)))]))


def _stores(rng: np.random.Generator, canvas: Canvas, ground: Ground) -> None:
    """A naval pier: huts, boxes, vehicles and pipes along it."""
    slab, light = ground.slab, ground.light
    _strewn(rng, canvas, slab, light)
    _strewn(rng, canvas, slab, light)
    if rng.random() < 0.4 and slab.breadth_m > 22.0:
        ring = rectangle(slab.place(np.array([rng.uniform(-0.2, 0.2) * slab.length_m, 0.0])), slab.along,
                         rng.uniform(0.2, 0.8) * slab.length_m, 0.45 * slab.breadth_m)  # fmt: skip
        building(rng, canvas, ring, rng.uniform(5.0, 14.0), light)
    for side in (-0.42, 0.42, 0.3):
        if rng.random() < 0.4:
            line = slab.place(
                np.array(
                    [[-0.49 * slab.length_m, side * slab.breadth_m], [0.49 * slab.length_m, side * slab.breadth_m]]
                )
            )
            canvas.line(line, pick(rng, PAVED) * np.float32(rng.uniform(0.4, 1.5)), rng.uniform(0.4, 1.5))


def _tanks(rng: np.random.Generator, canvas: Canvas, ground: Ground) -> None:
    """Oil tanks in rows."""
    slab, light = ground.slab, ground.light
    radius = min(rng.uniform(6.0, 35.0), 0.4 * slab.breadth_m)
    step = 2.0 * radius * rng.uniform(1.15, 1.6)
    colour = pick(rng, ROOFS[:4])
    for u in np.arange(-0.5 * slab.length_m + step, 0.5 * slab.length_m - 0.5 * step, step):
        for v in np.arange(-0.5 * slab.breadth_m + step, 0.5 * slab.breadth_m - 0.5 * step + 0.1, step):
            at = slab.place(np.array([u, v]))
            if rng.random() < 0.2 or np.any(
                (at < -canvas.margin_m - 40) | (at > canvas.extent_m + canvas.margin_m + 40)
            ):
                continue
            turn = np.linspace(0, 2 * math.pi, 18, endpoint=False)
            own = radius * rng.uniform(0.7, 1.0)
            ring = at + own * np.column_stack([np.cos(turn), np.sin(turn)])
            canvas.shade([swept(ring, light.shadow * 14.0)], 0.9)
            canvas.fill(ring, colour * np.float32(rng.uniform(0.8, 1.15)))
            if rng.random() < 0.3:
                canvas.disc(at, 0.85 * own, colour * np.float32(rng.uniform(0.5, 0.8)))


def _green(rng: np.random.Generator, canvas: Canvas, ground: Ground) -> None:
    """Grass, soil and trees, a road or two."""
    slab = ground.slab
    tone = pick(rng, GREENS + SOILS)
    soft = ground.mask * np.clip(0.7 + 0.5 * canvas.texture(rng, ground.window), 0.0, 1.0)
    grain = np.exp(0.2 * canvas.texture(rng, ground.window))
    for band, plane in enumerate(canvas.planes):
        plane[ground.window] += soft * (tone[band] * grain - plane[ground.window])
    for _ in range(int(rng.integers(0, 4))):
        ends = slab.place(rng.uniform(-0.5, 0.5, (2, 2)) * [slab.length_m, slab.breadth_m])
        canvas.line(ends, pick(rng, PAVED), rng.uniform(5.0, 14.0))


_STYLES = {
    "yard": _yard, "heaps": _heaps, "sheds": _sheds, "cars": _cars, "plain": _plain, "tanks": _tanks, "town": _town,
    "stores": _stores, "green": _green,
}  # fmt: skip
