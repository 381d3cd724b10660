"""SIMULATED radar chips to train a ship detector with: ``python training/simulated_chips.py OUT.npz --count 3000``.

Each chip is 192 × 192 pixels of 3–40 m. The npz file holds

``power``    (n, 192, 192) float16: square root of the power over the mean power of the sea; 0 where nothing was seen
``valid``    (n, 192, 192) uint8: 1 where seen
``boxes``    (m, 6) float32: chip, column, row, length, beam, axis. Columns and rows of the centre and the sizes are in
             pixels, (0, 0) the outer corner of the first pixel; the axis is the direction of the length in radians,
             [0, π), column = cos, row = sin. Drawn around what is bright of the ship, sidelobes left out
``ignore``   (k, 6) float32: alike, of what may be taken for a ship or not: faint, below 1.5 pixels, marinas
``gsd``      (n,) float32: metres a pixel
``simulated`` True
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from chip_land import SHAPE, Land, breakwater, buoys, draw_land, jetty, no_land
from chip_radar import CANVAS_PX, CHIP_PX, MARGIN_PX, NO_POINTS, Beam, Points, draw_beam, seen
from chip_sea import draw_sea
from chip_ships import (
    LEAST_CONTRAST_DB,
    Hull,
    Ship,
    boxes_of,
    corners,
    defocused,
    draw_beam_m,
    draw_length,
    ghost,
    moored,
    seen_ship,
)
from offing.records import Record
from offing.simulation.draws import Field

LAND_SHARE = 0.3
EMPTY_SHARE = 0.1


class Chip(Record, frozen=True, eq=False):
    """One picture and its truth; see the module for units."""

    power: NDArray[np.float16]
    valid: NDArray[np.uint8]
    boxes: NDArray[np.float64]
    """(m, 5)."""
    ignore: NDArray[np.float64]
    """(k, 5)."""
    gsd_m: float


def simulated_chip(seed: int, number: int) -> Chip:
    """Chip ``number`` of the set drawn with ``seed``."""
    rng = np.random.default_rng([seed, number])
    gsd = float(np.exp(rng.uniform(math.log(3.0), math.log(40.0))))
    beam = draw_beam(rng, gsd)
    empty = rng.random() < EMPTY_SHARE
    land = draw_land(rng, beam, gsd) if rng.random() < (0.5 if empty else LAND_SHARE) else no_land()
    clutter, doubtful = _clutter(rng, beam, gsd, land)
    hulls = [] if empty else draw_hulls(rng, land, clutter, gsd)
    ships = draw_ships(rng, hulls, beam, gsd)
    sea = draw_sea(rng, gsd, hulls)
    mean = sea * (1.0 - land.dry) + land.sigma * land.dry
    points = np.vstack([land.points, clutter, *[s.points for s in ships], *_artefacts(rng, ships, land, beam, gsd)])
    power = seen(rng, np.asarray(mean, np.float32), points, beam)[_CROP]
    valid = _border(rng, beam)
    boxes, ignore = boxes_of(ships)
    whole = (_seen(boxes, valid) > 0.99) & stands_out(boxes, power)
    unsure = boxes_of([Ship(points=NO_POINTS, box=b, contrast_db=0.0) for b in (*land.unsure, *doubtful)])[1]
    ignored = np.vstack([ignore, unsure, boxes[~whole]])
    return Chip(
        power=np.minimum(np.sqrt(power) * valid, 60_000.0).astype(np.float16),
        valid=valid,
        boxes=boxes[whole],
        ignore=ignored[_seen(ignored, valid) > 0.0],
        gsd_m=gsd,
    )


_CROP = (slice(MARGIN_PX, MARGIN_PX + CHIP_PX), slice(MARGIN_PX, MARGIN_PX + CHIP_PX))


def draw_hulls(rng: np.random.Generator, land: Land, clutter: Points, gsd_m: float) -> list[Hull]:
    """Ships at quays, rafted, anchored with the wind, or under way, none on land or on another."""
    count = int(min(25, 1 + rng.geometric(rng.choice([0.25, 0.08] if land.edges else [0.6, 0.25, 0.08]))))
    wind = rng.uniform(0.0, 2 * math.pi)
    taken = (land.dry > 0.3).astype(np.uint8)
    at = np.clip(clutter[:, :2], 0, CANVAS_PX - 1).astype(int)
    taken[at[:, 1], at[:, 0]] = 1
    hulls: list[Hull] = []
    for _ in range(3 * count):
        if len(hulls) >= count:
            break
        berthed = bool(land.edges) and rng.random() < 0.6
        hull = _at_quay(rng, land, gsd_m) if berthed else _afloat(rng, wind, gsd_m)
        group = [hull, moored(hull, rng)] if rng.random() < 0.06 else [hull]
        room = 0.0 if len(group) > 1 or berthed else 2.0
        fitting = [each for each in group if _free(taken, each, gsd_m, room)]
        hulls += fitting
        for each in fitting:
            cv2.fillConvexPoly(taken, np.round(corners(each, gsd_m)).astype(np.int32), 1)
    return hulls


def _at_quay(rng: np.random.Generator, land: Land, gsd_m: float) -> Hull:
    edge = land.edges[rng.integers(len(land.edges))]
    span = edge.end - edge.start
    room = float(np.hypot(*span)) * gsd_m
    length = min(draw_length(rng, gsd_m), max(12.0, 0.9 * room))
    beam = draw_beam_m(rng, length)
    place = edge.start + span * rng.uniform(0.5 * length / max(room, length), 1 - 0.5 * length / max(room, length))
    col, row = place + edge.out * (0.5 * beam + rng.uniform(0.0, 8.0)) / gsd_m
    axis = math.atan2(span[1], span[0]) + rng.choice([0.0, math.pi])
    return Hull(col=float(col), row=float(row), axis_rad=axis, length_m=length, beam_m=beam)


def _afloat(rng: np.random.Generator, wind: float, gsd_m: float) -> Hull:
    length = draw_length(rng, gsd_m)
    way = rng.random() < 0.4
    col, row = rng.uniform(MARGIN_PX - 4.0, CANVAS_PX - MARGIN_PX + 4.0, 2)
    return Hull(
        col=float(col),
        row=float(row),
        axis_rad=float(rng.uniform(0, 2 * math.pi) if way else rng.normal(wind, 0.2)),
        length_m=length,
        beam_m=draw_beam_m(rng, length),
        speed_kn=float(rng.uniform(2.0, 20.0)) if way else 0.0,
    )


def _free(taken: NDArray[np.uint8], hull: Hull, gsd_m: float, room_px: float) -> bool:
    own = np.zeros(SHAPE, np.uint8)
    cv2.fillConvexPoly(own, np.round(corners(hull, gsd_m, room_px)).astype(np.int32), 1)
    hidden = int(np.count_nonzero(own & taken))
    # A berthed hull may share the pixels of the quay's edge, and a rafted one those of its neighbour.
    return bool(hidden <= (0.0 if room_px else 0.3) * np.count_nonzero(own))


def draw_ships(rng: np.random.Generator, hulls: list[Hull], beam: Beam, gsd_m: float) -> list[Ship]:
    """The ships seen: 3–35 dB, seldom more over the sea, the larger the brighter, alike within a chip."""
    level = rng.uniform(8.0, 32.0 if gsd_m > 8.0 else 24.0)
    ships = []
    for hull in hulls:
        size = 5.0 * math.log10(hull.length_m / 100.0)
        contrast = float(np.clip(level + size + rng.normal(0.0, 3.5), 3.0, 36.0))
        if rng.random() < 0.08:
            contrast += rng.uniform(4.0, 10.0)
        ships.append(seen_ship(rng, hull, beam, gsd_m, contrast))
    return ships


def _clutter(
    rng: np.random.Generator, beam: Beam, gsd_m: float, land: Land
) -> tuple[Points, list[NDArray[np.float64]]]:
    """(fixed things at sea, which are no ships; boxes of those that look like ships)."""
    found, unsure = [NO_POINTS], []
    near = bool(land.dry.any())
    if rng.random() < (0.35 if near else 0.06):
        found += [breakwater(rng, gsd_m) for _ in range(rng.integers(1, 3))]
    if rng.random() < (0.25 if near else 0.03):
        found.append(jetty(rng, gsd_m))
    if rng.random() < 0.2:
        found.append(buoys(rng, beam))
    if rng.random() < 0.04:
        # A ghost whose ship lies outside the chip cannot be told from a faint ship.
        lone = _lone_ghost(rng, beam, gsd_m)
        found.append(lone.points)
        unsure.append(lone.box)
    return np.vstack(found), unsure


def _lone_ghost(rng: np.random.Generator, beam: Beam, gsd_m: float) -> Ship:
    ship = seen_ship(rng, _afloat(rng, 0.0, gsd_m), beam, gsd_m, float(rng.uniform(4.0, 9.0)))
    offset = rng.normal(0.0, 2.0, len(ship.points))[:, None] * beam.azimuth
    box = ship.box + np.array([0.0, 0.0, 5.0, 5.0, 0.0])
    return Ship(points=np.column_stack([ship.points[:, :2] + offset, ship.points[:, 2]]), box=box, contrast_db=0.0)


def _artefacts(rng: np.random.Generator, ships: list[Ship], land: Land, beam: Beam, gsd_m: float) -> list[Points]:
    """What the processor adds: tails of some ships, and ghosts of bright ships and towns."""
    tails = [defocused(rng, s, beam) for s in ships if rng.random() < 0.12]
    # Only of ships in the chip: a ghost without its ship cannot be told from a faint one.
    inner = [s for s in ships if np.all(np.abs(s.box[:2] - 0.5 * CANVAS_PX) < 0.5 * CHIP_PX)]
    clear = [s for s in inner if s.contrast_db > 22.0 and rng.random() < 0.4]
    ghosts = [ghost(rng, s.points, beam, gsd_m, s.contrast_db) for s in clear]
    if len(land.points) and rng.random() < 0.3:
        strong = land.points[np.argsort(land.points[:, 2])[-250:]]
        ghosts.append(ghost(rng, strong, beam, gsd_m, 35.0))
    return [*tails, *ghosts]


def _border(rng: np.random.Generator, beam: Beam) -> NDArray[np.uint8]:
    """1 where seen: some chips reach over the swath's edge."""
    valid = np.ones((CHIP_PX, CHIP_PX), np.uint8)
    if rng.random() < 0.08:
        side = rng.choice([-1.0, 1.0])
        normal = side * (beam.ground_range if rng.random() < 0.7 else beam.azimuth)
        rows, cols = np.indices(valid.shape) - 0.5 * CHIP_PX
        valid[cols * normal[0] + rows * normal[1] > rng.uniform(20.0, 95.0)] = 0
    return valid


def _seen(boxes: NDArray[np.float64], valid: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(m,) share of the length of each box where the radar saw."""
    t = np.linspace(-0.45, 0.45, 9)
    cols = boxes[:, :1] + t * boxes[:, 2:3] * np.cos(boxes[:, 4:])
    rows = boxes[:, 1:2] + t * boxes[:, 2:3] * np.sin(boxes[:, 4:])
    at = np.clip(np.stack([rows, cols]), 0, CHIP_PX - 1).astype(int)
    return np.asarray(valid[at[0], at[1]].mean(axis=1), np.float64)


def stands_out(boxes: NDArray[np.float64], power: Field) -> NDArray[np.bool_]:
    """(m,) whether a ship can be seen: 6 dB over the darker side beside it, and not outshone by the other.

    9 dB are asked of ships of few pixels. Measured in the picture itself, since speckle and lobes hide small ships
    whatever their mean.
    """
    inner = _mean_at(boxes, power, np.linspace(-0.35, 0.35, 5), 0.0)
    sides = np.stack([_mean_at(boxes, power, np.linspace(1.5, 4.0, 4), side) for side in (-0.5, 0.5)])
    few = np.clip(1.0 - boxes[:, 2] * boxes[:, 3] / 10.0, 0.0, 1.0)
    least = 10.0 ** (0.1 * (LEAST_CONTRAST_DB + 3.0 * few))
    return np.asarray((inner >= least * sides.min(axis=0)) & (inner >= 0.15 * sides.max(axis=0)), np.bool_)


def _mean_at(boxes: NDArray[np.float64], power: Field, across: NDArray[np.float64], edge: float) -> NDArray[np.float64]:
    """(m,) mean power along each box: ``across`` in its breadths, or in pixels outward from that edge (±0.5)."""
    col, row, length, breadth, axis = (boxes[:, i, None, None] for i in range(5))
    ahead = np.linspace(-0.42, 0.42, 11)[None, :, None] * length
    aside = across[None, None, :] * breadth if edge == 0.0 else edge * breadth + np.sign(edge) * across[None, None, :]
    cols = col + ahead * np.cos(axis) - aside * np.sin(axis)
    rows = row + ahead * np.sin(axis) + aside * np.cos(axis)
    at = np.clip(np.stack([rows, cols]), 0, CHIP_PX - 1).astype(int)
    return np.asarray(power[at[0], at[1]].mean(axis=(1, 2)), np.float64)


def simulated_set(seed: int, count: int) -> dict[str, NDArray[np.generic]]:
    """The arrays of the npz file."""
    chips = [simulated_chip(seed, i) for i in range(count)]
    return {
        "power": np.stack([c.power for c in chips]),
        "valid": np.stack([c.valid for c in chips]),
        "boxes": _numbered([c.boxes for c in chips]),
        "ignore": _numbered([c.ignore for c in chips]),
        "gsd": np.array([c.gsd_m for c in chips], np.float32),
        "simulated": np.array(True),
    }


def _numbered(parts: list[NDArray[np.float64]]) -> NDArray[np.float32]:
    rows = [np.column_stack([np.full(len(p), i), p]) for i, p in enumerate(parts)]
    return np.vstack([np.zeros((0, 6)), *rows]).astype(np.float32)


def main() -> None:
    """Write a set of chips."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    begun = time.process_time()
    arrays = simulated_set(options.seed, options.count)
    spent = time.process_time() - begun
    beside = options.out.with_name(options.out.name + ".part")
    with beside.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    beside.replace(options.out)
    ships, unsure = len(arrays["boxes"]), len(arrays["ignore"])
    sys.stdout.write(
        f"{options.count} chips, {ships} ships, {unsure} to ignore, "
        f"{1000 * spent / max(options.count, 1):.1f} ms each\n"
    )


if __name__ == "__main__":
    main()
