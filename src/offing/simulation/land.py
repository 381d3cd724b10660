"""Land and quays: what they reflect in daylight, and how they scatter radar."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offing.simulation.canvas import Bands, Canvas, Colour, coarsened, swept
from offing.simulation.draws import Field, ground_field, stream
from offing.simulation.quay import Block, Harbour, apron, corners, paved, shore, to_grid

_SOIL = np.array([0.10, 0.13, 0.16, 0.22], np.float32)
_WOOD = np.array([0.030, 0.052, 0.040, 0.24], np.float32)
_CONCRETE = np.array([0.19, 0.22, 0.235, 0.26], np.float32)
_STACKS: tuple[Colour, ...] = (
    (0.09, 0.11, 0.30, 0.33), (0.26, 0.17, 0.10, 0.20), (0.12, 0.20, 0.12, 0.24), (0.36, 0.38, 0.40, 0.42),
    (0.10, 0.24, 0.38, 0.40), (0.16, 0.16, 0.17, 0.19),
)  # fmt: skip
_ROOFS: tuple[Colour, ...] = (
    (0.30, 0.32, 0.33, 0.36), (0.20, 0.22, 0.25, 0.28), (0.42, 0.45, 0.46, 0.48), (0.12, 0.14, 0.22, 0.28),
    (0.26, 0.22, 0.18, 0.24),
)  # fmt: skip


def supersampling(shape: tuple[int, int], gsd_m: float) -> int:
    """Fine pixels along a pixel: 1 m steps as far as that stays under 1,700 a side."""
    most = max(1, 1700 // max(shape))
    return int(np.clip(round(gsd_m), min(2, most), most))


def with_land(sea: Bands, gsd_m: float, place_seed: int, port: Harbour, shadow: NDArray[np.float64]) -> Bands:
    """The sea with coast, town and quay painted over it. ``shadow``: (east, north) metres for 1 m of height."""
    rows, cols = sea.shape[:2]
    factor = supersampling((rows, cols), gsd_m)
    step = gsd_m / factor
    fine = np.repeat(np.repeat(sea, factor, axis=0), factor, axis=1)
    canvas = Canvas(fine, -0.5 * cols * gsd_m, 0.5 * rows * gsd_m, step)
    x, y = _metres((rows, cols), gsd_m)
    dry = canvas.mask([to_grid(port, shore(port))])
    _lay(fine, dry, _ground(x, y, place_seed), factor)
    _lay(fine, canvas.mask([to_grid(port, paved())]), _concrete(x, y, place_seed), factor)
    _streets(canvas, port, dry)
    footprints = [to_grid(port, corners(b)) for b in port.blocks]
    canvas.shade([swept(f, shadow * b.height_m) for f, b in zip(footprints, port.blocks, strict=True)])
    for footprint, block in zip(footprints, port.blocks, strict=True):
        canvas.fill(footprint, _tone(block))
        if block.kind == "crane":
            _jib(canvas, port, block, shadow)
    return coarsened(fine, factor)


def _metres(shape: tuple[int, int], gsd_m: float) -> tuple[Field, Field]:
    """Metres east and north of the picture's centre, of every pixel's centre."""
    rows, cols = shape
    x = (np.arange(cols, dtype=np.float32) + 0.5 - 0.5 * cols) * gsd_m
    y = (0.5 * rows - np.arange(rows, dtype=np.float32) - 0.5) * gsd_m
    return np.broadcast_to(x, shape).copy(), np.broadcast_to(y[:, None], shape).copy()


def _lay(fine: Bands, where: NDArray[np.uint8], cover: Bands, factor: int) -> None:
    """Put ``cover``, one value a pixel, where the fine mask is 1."""
    rows, cols = np.nonzero(where)
    fine[rows, cols] = cover[rows // factor, cols // factor]


def _ground(x: Field, y: Field, place_seed: int) -> Bands:
    rng = stream(place_seed, "ground")
    woods = ground_field(rng, x, y, 160.0) + 0.6 * ground_field(rng, x, y, 45.0)
    grain = ground_field(rng, x, y, 17.0) + 0.8 * ground_field(rng, x, y, 6.0) + ground_field(rng, x, y, 2.5)
    share = (1.0 / (1.0 + np.exp(-2.2 * (woods - 0.1))))[..., None]
    bright = np.exp(0.085 * grain)[..., None]
    return np.asarray(((1.0 - share) * _SOIL + share * _WOOD) * bright, np.float32)


def _concrete(x: Field, y: Field, place_seed: int) -> Bands:
    rng = stream(place_seed, "concrete")
    stains = 0.08 * ground_field(rng, x, y, 30.0) + 0.05 * ground_field(rng, x, y, 6.0)
    return np.asarray(_CONCRETE * np.exp(stains)[..., None], np.float32)


def _streets(canvas: Canvas, port: Harbour, dry: NDArray[np.uint8]) -> None:
    asphalt = (0.15, 0.165, 0.175, 0.19)
    wet = dry == 0
    before = canvas.bands[wet]
    for v in (-190.0, -300.0, -430.0):
        canvas.line(to_grid(port, np.array([[-1500.0, v], [1500.0, v - 20.0]])), asphalt, 8.0)
    for u in (-260.0, 20.0, 330.0):
        canvas.line(to_grid(port, np.array([[u, -180.0], [u + 60.0, -900.0]])), asphalt, 7.0)
    canvas.bands[wet] = before


def _tone(block: Block) -> Colour:
    if block.kind == "crane":
        return (0.14, 0.30, 0.42, 0.44)
    if block.kind == "tank":
        return (0.50, 0.52, 0.53, 0.54)
    choices = _STACKS if block.kind in ("stack", "vehicle") else _ROOFS
    return choices[int(block.tone * len(choices)) % len(choices)]


def _jib(canvas: Canvas, port: Harbour, crane: Block, shadow: NDArray[np.float64]) -> None:
    """The crane's boom, laid along the quay, and its shadow."""
    turn = math.radians(-25.0 + 50.0 * crane.tone)
    tip = np.array([[crane.u, crane.v], [crane.u + 28.0 * math.cos(turn), crane.v + 28.0 * math.sin(turn)]])
    boom = to_grid(port, tip)
    canvas.line(boom + shadow * crane.height_m, (0.03, 0.035, 0.03, 0.03), 1.6)
    canvas.line(boom, _tone(crane), 1.8)


def radar_land(shape: tuple[int, int], gsd_m: float, place_seed: int, port: Harbour) -> tuple[Field, Field]:
    """(share of land in each pixel 0–1, mean VV sigma0 of the land there, linear)."""
    factor = 2 if max(shape) <= 1024 else 1
    step = gsd_m / factor
    fine = np.zeros((shape[0] * factor, shape[1] * factor, 1), np.float32)
    canvas = Canvas(fine, -0.5 * shape[1] * gsd_m, 0.5 * shape[0] * gsd_m, step)
    x, y = _metres(fine.shape[:2], step)
    rng = stream(place_seed, "radar ground")
    hills = ground_field(rng, x, y, 220.0) + 0.8 * ground_field(rng, x, y, 60.0) + 0.8 * ground_field(rng, x, y, 24.0)
    sigma = np.float32(0.11) * np.exp(0.35 * hills)
    concrete = canvas.mask([to_grid(port, paved())]) == 1
    sigma[concrete] = 0.05 * np.exp(0.4 * ground_field(rng, x, y, 25.0)[concrete])
    for block in port.blocks:
        if block.kind in ("shed", "tank", "stack"):
            built = canvas.mask([to_grid(port, corners(block))]) == 1
            sigma[built] = 0.4 + 1.6 * block.tone
    dry = canvas.mask([to_grid(port, shore(port))]).astype(np.float32)
    return coarsened(dry, factor), coarsened(np.asarray(sigma, np.float32), factor)


def radar_structures(place_seed: int, port: Harbour) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Strong points on quay and town: ((n, 2) metres east and north, radar cross-section in m²)."""
    rng = stream(place_seed, "radar structures")
    edge = apron()
    wall = [
        a + (b - a) * t
        for a, b in pairwise(edge)
        for t in np.arange(0.0, 1.0, 12.0 / max(12.0, float(np.hypot(*(b - a)))))
    ]
    wall_rcs = rng.exponential(900.0, len(wall))
    tops = [np.array([b.u, b.v]) for b in port.blocks if b.kind != "vehicle"]
    scale = {"crane": 9000.0, "tank": 5000.0, "stack": 1500.0, "shed": 1800.0}
    top_rcs = [scale[b.kind] * rng.exponential(1.0) for b in port.blocks if b.kind != "vehicle"]
    points = np.vstack([np.array(wall), np.array(tops)])
    return to_grid(port, points), np.concatenate([wall_rcs, top_rcs])
