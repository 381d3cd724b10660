"""Land, harbours and small fixed things of a simulated chip: everything bright that is no ship."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from chip_fields import fractal, smooth
from chip_radar import CANVAS_PX, NO_POINTS, Beam, Points
from offing.records import Record
from offing.simulation.draws import Field

SHAPE = (CANVAS_PX, CANVAS_PX)
Ring = NDArray[np.float64]
"""(n, 2) column, row on the canvas."""


class Edge(Record, frozen=True, eq=False):
    """A straight quay where ships can lie."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    out: NDArray[np.float64]
    """Unit vector towards the water."""


class Land(Record, frozen=True, eq=False):
    """What is not sea."""

    dry: Field
    """1 on land, 0 at sea."""
    sigma: Field
    """Mean power of the land, sea = 1."""
    points: Points
    edges: tuple[Edge, ...] = ()
    unsure: tuple[NDArray[np.float64], ...] = ()
    """(5,) boxes on the canvas of things that may be ships, such as marinas."""


def no_land() -> Land:
    """Open sea."""
    return Land(dry=np.zeros(SHAPE, np.float32), sigma=np.ones(SHAPE, np.float32), points=NO_POINTS)


def draw_land(rng: np.random.Generator, beam: Beam, gsd_m: float) -> Land:
    """A coast, a harbour, a channel, or islands."""
    edges: list[Edge] = []
    kind = rng.choice(["coast", "harbour", "channel", "islands"], p=[0.2, 0.5, 0.15, 0.15])
    if kind == "harbour":
        rings, edges = _harbour(rng, gsd_m)
    elif kind == "channel":
        rings = [_coast(rng, s, rng.uniform(8, 45)) for s in (-1.0, 1.0)]
        rings = _turned(rings, rng.uniform(0, 2 * math.pi))
    elif kind == "islands":
        rings = _islands(rng, gsd_m)
    else:
        rings = _turned([_coast(rng, 1.0, rng.uniform(-50, 80))], rng.uniform(0, 2 * math.pi))
    dry = _filled(rings)
    sigma = _ground(rng)
    built = _town(rng, dry, gsd_m)
    quays = [_quay(rng, edge, beam, gsd_m) for edge in edges]
    extra = [_bridge(rng, gsd_m)] if kind == "channel" and rng.random() < 0.5 else []
    marinas = [_marina(rng, edge, gsd_m) for edge in edges if rng.random() < 0.08]
    points = np.vstack([built, *quays, *extra, *[m[0] for m in marinas], NO_POINTS])
    return Land(dry=dry, sigma=sigma, points=points, edges=tuple(edges), unsure=tuple(m[1] for m in marinas))


def _turned(rings: list[Ring], angle: float) -> list[Ring]:
    c, s = math.cos(angle), math.sin(angle)
    return [ring @ np.array([[c, s], [-s, c]]) + 0.5 * CANVAS_PX for ring in rings]


def _coast(rng: np.random.Generator, side: float, offset: float) -> Ring:
    """All that lies beyond ``offset`` pixels from the centre on one side, with a rough edge."""
    u = np.arange(-300.0, 301.0, 5.0)
    rough = np.cumsum(rng.normal(0.0, rng.uniform(0.3, 3.0), len(u)))
    rough -= np.interp(u, [u[0], u[-1]], [rough[0], rough[-1]])
    v = side * (offset + np.clip(rough, -60.0, 60.0))
    return np.vstack([np.column_stack([u, v]), [[300.0, side * 400.0], [-300.0, side * 400.0]]])


def _islands(rng: np.random.Generator, gsd_m: float) -> list[Ring]:
    """Natural ones of any size, and round artificial ones of 100–300 m as off Long Beach."""
    rings = []
    for _ in range(rng.integers(1, 6)):
        radius = rng.uniform(60, 180) / gsd_m if rng.random() < 0.5 else rng.uniform(3.0, 50.0)
        angles = np.linspace(0.0, 2 * math.pi, 24, endpoint=False)
        waves = sum(rng.normal(0, 0.25 / k) * np.cos(k * angles + rng.uniform(0, 6)) for k in range(1, 5))
        r = radius * np.clip(1.0 + waves, 0.4, 2.0)
        centre = rng.uniform(0, CANVAS_PX, 2)
        rings.append(centre + np.column_stack([r * np.cos(angles), r * np.sin(angles) * rng.uniform(0.4, 1.0)]))
    return rings


def _harbour(rng: np.random.Generator, gsd_m: float) -> tuple[list[Ring], list[Edge]]:
    """A straight quay with piers of 20–250 m by 100–900 m, with the town behind."""
    shore = rng.uniform(-70.0, 60.0)
    rings: list[Ring] = [np.array([[-300.0, shore], [300.0, shore], [300.0, -400.0], [-300.0, -400.0]])]
    edges: list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]] = []
    u = -150.0 + rng.uniform(0.0, 100.0)
    while u < 150.0:
        width, reach = rng.uniform(15, 250) / gsd_m + 1.0, min(rng.uniform(100, 900) / gsd_m, 150.0)
        gap = rng.uniform(80, 600) / gsd_m + 4.0
        tip = shore + reach
        rings.append(np.array([[u, shore - 2], [u, tip], [u + width, tip], [u + width, shore - 2]]))
        edges.append((np.array([u, shore]), np.array([u, tip]), np.array([-1.0, 0.0])))
        edges.append((np.array([u + width, shore]), np.array([u + width, tip]), np.array([1.0, 0.0])))
        edges.append((np.array([u, tip]), np.array([u + width, tip]), np.array([0.0, 1.0])))
        edges.append((np.array([u + width, shore]), np.array([u + width + gap, shore]), np.array([0.0, 1.0])))
        u += width + gap
    angle = rng.uniform(0, 2 * math.pi)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    middle = 0.5 * CANVAS_PX
    return _turned(rings, angle), [
        Edge(start=a @ turn + middle, end=b @ turn + middle, out=o @ turn) for a, b, o in edges
    ]


def _filled(rings: list[Ring]) -> Field:
    fine = np.zeros(SHAPE, np.uint8)
    for ring in rings:
        cv2.fillPoly(fine, [np.round(ring * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(fine, np.float32) / np.float32(255.0)


def _ground(rng: np.random.Generator) -> Field:
    """Fields, woods and hills: 1 to 17 dB over the sea, with dark flats and streets in places."""
    level = 10.0 ** rng.uniform(0.1, 1.7)
    hills = rng.uniform(0.2, 0.9) * fractal(rng, rng.uniform(8.0, 80.0))
    grain = rng.uniform(0.1, 0.7) * smooth(rng, rng.uniform(1.2, 4.0))
    flats = fractal(rng, 60.0, 2) > rng.uniform(0.8, 2.5)
    sigma = level * np.exp(hills + grain) * np.where(flats, 0.15, 1.0)
    return np.asarray(sigma, np.float32)


def _town(rng: np.random.Generator, dry: Field, gsd_m: float) -> Points:
    """Houses and works: points of any strength, denser in some quarters, along streets in some towns."""
    rows, cols = np.nonzero(dry > 0.9)
    if not len(rows):
        return NO_POINTS
    quarters = np.exp(1.5 * fractal(rng, rng.uniform(20.0, 80.0), 3))[rows, cols]
    if rng.random() < 0.5:
        angle, step = rng.uniform(0, math.pi), max(rng.uniform(60, 250) / gsd_m, 3.0)
        for turn in (angle, angle + 0.5 * math.pi):
            phase = (cols * math.cos(turn) + rows * math.sin(turn)) / step
            quarters = quarters * (0.15 + (phase % 1.0 < 0.6))
    count = min(int(len(rows) * 10.0 ** rng.uniform(-2.7, -0.7)), 3000)
    pick = rng.choice(len(rows), count, p=quarters / quarters.sum())
    strength = 10.0 ** rng.uniform(0.8, 2.6) * np.minimum(rng.pareto(1.1, count), 80.0)
    return np.column_stack([cols[pick] + rng.random(count), rows[pick] + rng.random(count), strength])


def _quay(rng: np.random.Generator, edge: Edge, beam: Beam, gsd_m: float) -> Points:
    """The corner of wall and water, rows of stacks, and cranes whose booms hang over the water."""
    span = edge.end - edge.start
    length = float(np.hypot(*span))
    step = span / max(length, 1e-6)
    t = np.arange(0.0, length, 0.7)
    facing = max(0.15, float(-edge.out @ beam.ground_range * -1.0) ** 2)
    level = 10.0 ** rng.uniform(0.3, 2.0)
    wall = [np.column_stack([edge.start + t[:, None] * step, level * facing * rng.exponential(1.0, len(t))])]
    if rng.random() < 0.35:
        wall += [_crane(rng, edge, step, length, beam, gsd_m) for _ in range(rng.integers(1, 7))]
    if rng.random() < 0.4:
        wall.append(_stacks(rng, edge, step, length, gsd_m))
    return np.vstack(wall)


def _crane(
    rng: np.random.Generator, edge: Edge, step: NDArray[np.float64], length: float, beam: Beam, gsd_m: float
) -> Points:
    n = 12
    foot = edge.start + rng.uniform(0, length) * step
    reach = rng.uniform(-30.0, rng.uniform(5.0, 55.0), n) / gsd_m
    height = rng.uniform(0.0, 60.0, n) / gsd_m
    at = foot + reach[:, None] * edge.out - height[:, None] * beam.ground_range
    return np.column_stack([at, 10.0 ** rng.uniform(0.5, 2.6) * rng.exponential(1.0, n)])


def _stacks(rng: np.random.Generator, edge: Edge, step: NDArray[np.float64], length: float, gsd_m: float) -> Points:
    n = min(int(length * rng.uniform(1.0, 8.0)), 600)
    inland = rng.integers(1, 6, n) * 28.0 / gsd_m
    at = edge.start + rng.uniform(0, length, n)[:, None] * step - inland[:, None] * edge.out
    return np.column_stack([at, 10.0 ** rng.uniform(0.8, 2.8) * rng.exponential(1.0, n)])


def _bridge(rng: np.random.Generator, gsd_m: float) -> Points:
    """A bright line across the canvas, doubled or tripled by bounces off the water."""
    angle, width = rng.uniform(0, math.pi), rng.uniform(10, 40) / gsd_m
    t = np.arange(-170.0, 170.0, 0.6)
    along, aside = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    base = 0.5 * CANVAS_PX + rng.uniform(-40, 40, 2) + t[:, None] * along
    level = 10.0 ** rng.uniform(0.5, 2.0)
    lines = [
        np.column_stack([base + k * width * aside, level * 0.4**k * rng.exponential(1.0, len(t))])
        for k in range(rng.integers(1, 4))
    ]
    return np.vstack(lines)


def _marina(rng: np.random.Generator, edge: Edge, gsd_m: float) -> tuple[Points, NDArray[np.float64]]:
    """Boats of some 10 m at pontoons, and the box to ignore around them."""
    length, width = rng.uniform(60, 250) / gsd_m, rng.uniform(40, 120) / gsd_m
    axis = math.atan2(edge.end[1] - edge.start[1], edge.end[0] - edge.start[0]) % math.pi
    centre = 0.5 * (edge.start + edge.end) + edge.out * 0.6 * width
    n = min(int(length * width * gsd_m**2 / 150.0), 250)
    u = rng.uniform(-0.5, 0.5, n) * length
    v = (np.round(rng.uniform(-0.5, 0.5, n) * 4) / 4 * width) + rng.normal(0, 4.0 / gsd_m, n)
    at = centre + u[:, None] * [math.cos(axis), math.sin(axis)] + v[:, None] * [-math.sin(axis), math.cos(axis)]
    energy = (12.0 / gsd_m) ** 2 * 10.0 ** rng.uniform(0.5, 1.5) * rng.exponential(1.0, n)
    size = np.array([length, width]) + 3.0
    turn = axis if length >= width else axis + 0.5 * math.pi
    return np.column_stack([at, energy]), np.array([*centre, size.max(), size.min(), turn % math.pi])


def breakwater(rng: np.random.Generator, gsd_m: float) -> Points:
    """A mole: a thin line of rock with a bend, 2–14 dB over the sea, with gaps now and then."""
    width = rng.uniform(8, 30) / gsd_m
    heading, at, pieces = rng.uniform(0, 2 * math.pi), rng.uniform(20, CANVAS_PX - 20, 2), []
    level = 10.0 ** rng.uniform(0.2, 1.4)
    for _ in range(rng.integers(1, 4)):
        t = np.arange(0.0, rng.uniform(100, 1800) / gsd_m, 0.5)[:600]
        line = at + t[:, None] * [math.cos(heading), math.sin(heading)]
        across = rng.uniform(-0.5, 0.5, len(t))[:, None] * width * [-math.sin(heading), math.cos(heading)]
        pieces.append(np.column_stack([line + across, 0.5 * level * max(width, 1.0) * rng.gamma(2.0, 0.5, len(t))]))
        at, heading = line[-1] + rng.choice([0.0, 0.0, 8.0]), heading + rng.normal(0.0, 0.5)
    return np.vstack(pieces)


def jetty(rng: np.random.Generator, gsd_m: float) -> Points:
    """A thin pier on piles with dolphins: a weak line and bright dots at equal distances."""
    heading, at = rng.uniform(0, 2 * math.pi), rng.uniform(40, CANVAS_PX - 40, 2)
    length, step = rng.uniform(200, 1500) / gsd_m, rng.uniform(20, 90) / gsd_m
    along = np.array([math.cos(heading), math.sin(heading)])
    weak, dots = np.arange(0.0, length, 0.8)[:400], np.arange(0.0, length, max(step, 1.0))
    level = 10.0 ** rng.uniform(0.3, 1.5)
    line = np.column_stack([at + weak[:, None] * along, level * rng.exponential(1.0, len(weak))])
    tops = np.column_stack([at + dots[:, None] * along, 8.0 * level * rng.exponential(1.0, len(dots))])
    return np.vstack([line, tops])


def buoys(rng: np.random.Generator, beam: Beam) -> Points:
    """Faint points: single, in a row, or the grid of a fish farm; at most 7 dB over the sea at their peak."""
    kind = rng.choice(["some", "row", "grid"])
    if kind == "some":
        at = rng.uniform(0, CANVAS_PX, (rng.integers(1, 8), 2))
    else:
        rows = 1 if kind == "row" else rng.integers(2, 6)
        i, j = np.meshgrid(np.arange(rng.integers(3, 12)), np.arange(rows))
        turn, step = rng.uniform(0, math.pi), rng.uniform(3.0, 14.0)
        axes = step * np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        at = rng.uniform(20, CANVAS_PX - 20, 2) + np.column_stack([i.ravel(), j.ravel()]) @ axes
    energy = 10.0 ** rng.uniform(0.0, 0.7, len(at)) * beam.response_px**2
    return np.column_stack([at, energy])
