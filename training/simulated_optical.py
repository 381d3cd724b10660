"""SIMULATED optical chips to train ship detectors with: ``python simulated_optical.py OUT.npz --kind coarse``.

Each chip is 160 × 160 pixels. The npz file holds

``planes``   coarse: (n, 5, 160, 160) float16 reflectance of blue, green, red, near infrared (8–10.2 m) and short-wave
             infrared (resampled from twice that). fine: (n, 3, 160, 160) uint8 display counts of blue, green, red
``boxes``    (m, 7) float32: chip, column, row, length, beam, bow, bow known. Columns and rows of the hull's centre
             and its sizes in pixels, (0, 0) the outer corner of the first pixel; bow: direction of the bow in radians
             clockwise from right, [0, 2π), column = cos, row = sin; bow known: 0 where the ends look alike
``ignore``   (k, 5) float32: chip, first column, first row, last column, last row of upright boxes where it is open
             whether there is a ship: small craft, marinas, ships that hardly show, less than half inside, or in cloud
``gsd``      (n,) float32: metres a pixel
``simulated`` True
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.simulation.draws import Field
from optical_canvas import Canvas, Points
from optical_clutter import paint_cranes
from optical_harbour import Harbour, draw_harbour
from optical_look import CHIP_PX, coarse_look, draw_tone, fine_look, sampled
from optical_placing import Placer, drift
from optical_ships import Light, Ship, outline, paint_ship
from optical_water import paint_foam, paint_water

EMPTY_SHARE = 0.13
LEAST_M = {"coarse": 40.0, "fine": 20.0}
"""Shorter craft are left open: at most four coarse pixels, or boats that labellers pass over."""
_MARGIN_PX = 6


class Chip(Record, frozen=True, eq=False):
    """One picture and its truth; see the module for units."""

    planes: NDArray[np.generic]
    boxes: NDArray[np.float64]
    """(m, 6)."""
    ignore: NDArray[np.float64]
    """(k, 4)."""
    gsd_m: float


def simulated_chip(kind: str, seed: int, number: int) -> Chip:
    """Chip ``number`` of the set drawn with ``seed``; ``kind``: coarse or fine."""
    rng = np.random.default_rng([seed, number, int(kind == "fine")])
    fine = kind == "fine"
    gsd = _draw_gsd(rng, fine)
    factor = (3 if gsd > 1.8 else 2) if fine else 3
    canvas = Canvas(3 if fine else 5, (CHIP_PX + 2 * _MARGIN_PX) * factor, gsd / factor, _MARGIN_PX * gsd)
    light = _draw_light(rng, fine)
    paint_water(rng, canvas, fine)
    harbour = None
    if rng.random() > (0.07 if fine else 0.2):
        harbour = draw_harbour(rng, canvas, light, fine, naval=bool(rng.random() < (0.85 if fine else 0.25)))
    if rng.random() < 0.08:
        paint_foam(rng, canvas, harbour.blocked if harbour else None)
    placer = Placer(rng, canvas, harbour, fine)
    ships = [] if rng.random() < EMPTY_SHARE else placer.all_ships()
    shown = _paint_ships(rng, canvas, ships, harbour, light, fine)
    if fine:
        picture = sampled(canvas.planes, factor, rng.uniform(0.0, 0.75), np.zeros((3, 2), np.int64))
        inner = picture[:, _CROP, _CROP]
        tone = draw_tone(rng, inner)
        clear = np.array([_seen_fine(tone.apply(s[:, :, None])[:, :, 0], g) for s, g in shown], bool)
        return _chip(ships, clear, fine_look(rng, inner, tone), gsd, LEAST_M[kind])
    picture, opacity = coarse_look(rng, canvas.planes, factor)
    inner, veil = picture[:, _CROP, _CROP], opacity[_CROP, _CROP]
    rough = _roughness(inner, placer.taken, factor)
    clear = np.array([_seen_coarse(s, rough) for s, _ in shown], bool)
    clear &= np.array([_veil(veil, ship, gsd) < 0.4 for ship in ships], bool)
    return _chip(ships, clear, inner.astype(np.float16), gsd, LEAST_M[kind])


_CROP = slice(_MARGIN_PX, _MARGIN_PX + CHIP_PX)


def _draw_gsd(rng: np.random.Generator, fine: bool) -> float:
    if fine:
        return float(np.exp(rng.uniform(math.log(1.2), math.log(3.5))))
    return 10.0 if rng.random() < 0.5 else float(rng.uniform(7.8, 10.2))


def _draw_light(rng: np.random.Generator, fine: bool) -> Light:
    """The sun anywhere around, 22–75° high; the camera up to 25° (fine) off the vertical."""
    azimuth, height = rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(22.0, 75.0))
    side, tilt = rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(0.0, 25.0 if fine else 7.0))
    return Light(
        shadow=np.array([math.cos(azimuth), math.sin(azimuth)]) / math.tan(height),
        lean=np.array([math.cos(side), math.sin(side)]) * math.tan(tilt),
    )


_Shown = tuple[NDArray[np.float32], float]


def _paint_ships(
    rng: np.random.Generator, canvas: Canvas, ships: list[Ship], harbour: Harbour | None, light: Light, fine: bool
) -> list[_Shown]:
    """Paint all; of each the mean reflectance (bands, 2) of its place before and after, and the spread on it."""
    bands = len(canvas.planes)
    places, before = [], []
    for ship in ships:
        at = _pixels(canvas, outline(ship))
        places.append(at)
        before.append(_means(canvas, at))
        moved = np.zeros((bands, 2)) if fine else drift(ship, bands)
        paint_ship(rng, canvas, ship, light, moved)
    if harbour:
        paint_cranes(rng, canvas, harbour.berths, harbour.blocked, light)
    return [
        (np.stack([b, _means(canvas, at)], axis=1), float(canvas.planes[1].reshape(-1)[at].std()) if len(at) else 0.0)
        for b, at in zip(before, places, strict=True)
    ]


def _pixels(canvas: Canvas, ring: Points) -> NDArray[np.intp]:
    """Flat numbers of the fine pixels inside a ring."""
    window = canvas.window([ring])
    if window is None:
        return np.zeros(0, np.intp)
    rows, cols = np.nonzero(canvas.mask([ring], window))
    return (rows + window[0].start) * canvas.side + cols + window[1].start


def _means(canvas: Canvas, at: NDArray[np.intp]) -> NDArray[np.float32]:
    return np.array([p.reshape(-1)[at].mean() if len(at) else 0.0 for p in canvas.planes], np.float32)


def _seen_fine(counts: NDArray[np.float32], spread: float) -> bool:
    """Whether a ship shows: display counts (3, 2) before and after, spread of its reflectance."""
    return bool(np.abs(counts[:, 1] - counts[:, 0]).max() > 9.0 or spread > 0.05)


def _seen_coarse(levels: NDArray[np.float32], rough: float) -> bool:
    """Whether a ship shows: reflectance (5, 2) before and after, roughness of the water."""
    return bool(np.abs(levels[:4, 1] - levels[:4, 0]).max() > max(0.012, 2.5 * rough))


def _roughness(picture: NDArray[np.float32], taken: NDArray[np.uint8], factor: int) -> float:
    """Deviation of the green water from pixel to pixel."""
    side = taken.shape[0] // factor
    dry = cv2.resize(taken.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)[_CROP, _CROP]
    water = cv2.dilate(dry, np.ones((7, 7))) == 0
    detail = picture[1] - cv2.GaussianBlur(picture[1], (0, 0), 2.0)
    return float(detail[water].std()) if water.sum() > 50 else 0.0


def _veil(opacity: Field, ship: Ship, gsd_m: float) -> float:
    col, row = np.clip((ship.at / gsd_m).astype(int), 0, CHIP_PX - 1)
    return float(opacity[row, col])


def _chip(
    ships: list[Ship],
    clear: NDArray[np.bool_],
    planes: NDArray[np.generic],
    gsd: float,
    least_m: float,
) -> Chip:
    boxes, ignore = [np.zeros((0, 6))], [np.zeros((0, 4))]
    for ship, seen in zip(ships, clear, strict=True):
        box = clipped(_box(ship, gsd))
        if box is None:
            continue
        part, inside = box
        if seen and inside >= 0.5 and ship.design.length_m >= least_m and part[2] >= part[3]:
            part[5] *= inside >= 0.75
            boxes.append(part[None])
        else:
            ignore.append(_upright(ship.corners() / gsd))
    return Chip(planes=planes, boxes=np.vstack(boxes), ignore=np.vstack(ignore), gsd_m=gsd)


def _box(ship: Ship, gsd: float) -> NDArray[np.float64]:
    d = ship.design
    known = float(not d.two_ended)
    return np.array([*(ship.at / gsd), d.length_m / gsd, d.beam_m / gsd, ship.turn % (2 * math.pi), known])


def clipped(box: NDArray[np.float64]) -> tuple[NDArray[np.float64], float] | None:
    """(the box around what is inside the chip of this one, along the same axis; the share inside), or None."""
    frame = np.array([[0, 0], [CHIP_PX, 0], [CHIP_PX, CHIP_PX], [0, CHIP_PX]], np.float32)
    ahead = np.array([math.cos(box[4]), math.sin(box[4])])
    aside = np.array([-ahead[1], ahead[0]])
    signs = np.array([[0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5], [0.5, -0.5]])
    ring = box[:2] + signs[:, :1] * box[2] * ahead + signs[:, 1:] * box[3] * aside
    if ring.min() >= 0.0 and ring.max() <= CHIP_PX:
        return box.copy(), 1.0
    area, part = cv2.intersectConvexConvex(ring.astype(np.float32), frame)
    if part is None or area < 0.5:
        return None
    along, across = part[:, 0] @ ahead, part[:, 0] @ aside
    low, high = np.array([along.min(), across.min()]), np.array([along.max(), across.max()])
    centre = 0.5 * (low + high)[0] * ahead + 0.5 * (low + high)[1] * aside
    return np.array([*centre, *(high - low), box[4], box[5]]), float(area / (box[2] * box[3]))


def _upright(ring: Points) -> NDArray[np.float64]:
    """(0 or 1, 4) the upright box around a ring, one pixel wider, as far as it is inside."""
    low, high = np.clip(ring.min(axis=0) - 1.0, 0.0, CHIP_PX), np.clip(ring.max(axis=0) + 1.0, 0.0, CHIP_PX)
    return np.array([[*low, *high]]) if (high - low > 0.5).all() else np.zeros((0, 4))


def simulated_set(kind: str, seed: int, count: int) -> dict[str, NDArray[np.generic]]:
    """The arrays of the npz file."""
    chips = [simulated_chip(kind, seed, i) for i in range(count)]
    return {
        "planes": np.stack([c.planes for c in chips]),
        "boxes": _numbered([c.boxes for c in chips], 7),
        "ignore": _numbered([c.ignore for c in chips], 5),
        "gsd": np.array([c.gsd_m for c in chips], np.float32),
        "simulated": np.array(True),
    }


def _numbered(parts: list[NDArray[np.float64]], width: int) -> NDArray[np.float32]:
    rows = [np.column_stack([np.full(len(p), i), p]) for i, p in enumerate(parts)]
    return np.vstack([np.zeros((0, width)), *rows]).astype(np.float32)


def main() -> None:
    """Write a set of chips."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--kind", choices=["coarse", "fine"], required=True)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    begun = time.process_time()
    arrays = simulated_set(options.kind, options.seed, options.count)
    spent = time.process_time() - begun
    beside = options.out.with_name(options.out.name + ".part")
    with beside.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    os.replace(beside, options.out)  # noqa: PTH105 - atomic on every system
    ships, unsure = len(arrays["boxes"]), len(arrays["ignore"])
    each = 1000 * spent / max(options.count, 1)
    sys.stdout.write(f"{options.count} chips, {ships} ships, {unsure} to ignore, {each:.0f} ms each\n")


if __name__ == "__main__":
    main()
