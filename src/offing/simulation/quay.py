"""The harbour: coast, quay, pier, what stands on them, and where ships lie.

Everything is laid out in quay coordinates: ``u`` metres along the quay, ``v`` metres seaward of the picture's centre.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.simulation.draws import stream

QUAY_V = -80.0
"""The quay's edge: 80 m landward of the picture's centre."""
QUAY_U = (-300.0, 300.0)
PIER_U = (142.0, 166.0)
PIER_END_V = QUAY_V + 230.0

BlockKind = Literal["shed", "stack", "vehicle", "crane", "tank"]


class Block(Record, frozen=True):
    """Something that stands on the ground: a rectangle in quay coordinates."""

    kind: BlockKind
    u: float
    v: float
    along_m: float
    across_m: float
    height_m: float
    tone: float
    """0–1, picks its colour."""


class Slot(Record, frozen=True):
    """Where one ship can lie alongside."""

    u: float
    """The point of the quay's edge abreast of the ship's middle."""
    v: float
    out: tuple[float, float]
    """Unit vector (u, v) away from the quay."""
    axis: float
    """Direction of the edge in degrees from the u axis: 0 along the quay, 90 along the pier."""
    room_m: float
    """Longest ship that fits."""


class Harbour(Record, frozen=True):
    """One simulated port."""

    angle_deg: float
    """Direction of the quay's edge (u), degrees clockwise from grid north; the sea lies 90° clockwise of it."""
    coast: tuple[float, ...]
    """v of the natural coast every 100 m of u from −6000 to 6000."""
    blocks: tuple[Block, ...]
    slots: tuple[Slot, ...]


def harbour(place_seed: int) -> Harbour:
    """The port that belongs to ``place_seed``."""
    rng = stream(place_seed, "harbour")
    angle = float(rng.uniform(200.0, 340.0))
    steps = np.cumsum(rng.normal(0.0, 26.0, 121))
    coast = QUAY_V - 60.0 + steps - steps[60]
    return Harbour(
        angle_deg=angle,
        coast=tuple(float(v) for v in np.clip(coast, -900.0, QUAY_V - 15.0)),
        blocks=(*_blocks(rng), *_town(rng)),
        slots=_slots(),
    )


def _slots() -> tuple[Slot, ...]:
    west, east = (-1.0, 0.0), (1.0, 0.0)
    middle = QUAY_V + 125.0
    return (
        Slot(u=-80.0, v=QUAY_V, out=(0.0, 1.0), axis=0.0, room_m=135.0),
        Slot(u=55.0, v=QUAY_V, out=(0.0, 1.0), axis=0.0, room_m=118.0),
        Slot(u=PIER_U[1], v=middle, out=east, axis=90.0, room_m=195.0),
        Slot(u=-222.0, v=QUAY_V, out=(0.0, 1.0), axis=0.0, room_m=135.0),
        Slot(u=PIER_U[0], v=middle, out=west, axis=90.0, room_m=195.0),
        Slot(u=240.0, v=QUAY_V, out=(0.0, 1.0), axis=0.0, room_m=90.0),
    )


def _blocks(rng: np.random.Generator) -> list[Block]:
    """Cranes, stacks, sheds and vehicles on the apron."""
    found = [
        Block(kind="crane", u=float(u), v=QUAY_V - 9.0, along_m=7.0, across_m=9.0, height_m=26.0, tone=float(t))
        for u, t in zip((-250.0, -110.0, -30.0, 70.0), rng.random(4), strict=True)
    ]
    found += [
        _block(rng, "stack", float(u), QUAY_V - rng.uniform(26, 48), (6, 13), (4, 13), (2.6, 7.8))
        for u in np.arange(-280.0, 285.0, 15.0)
        if rng.random() < 0.62
    ]
    found += [
        _block(rng, "shed", float(u), QUAY_V - rng.uniform(72, 82), (34, 54), (16, 24), (7, 11))
        for u in np.arange(-270.0, 280.0, 62.0)
        if rng.random() < 0.75
    ]
    found += [
        _block(rng, "vehicle", rng.uniform(-290, 290), QUAY_V - rng.uniform(14, 60), (6, 11), (2.4, 2.8), (3, 3.6))
        for _ in range(26)
    ]
    found += [
        _block(
            rng, "vehicle", rng.uniform(146, 162), rng.uniform(QUAY_V, PIER_END_V - 8), (2.5, 2.8), (6, 11), (3, 3.6)
        )
        for _ in range(5)
    ]
    return found


def _town(rng: np.random.Generator) -> list[Block]:
    """Houses and tanks behind the port."""
    found = []
    for _ in range(170):
        u, v = rng.uniform(-900, 900), QUAY_V - rng.uniform(115, 620)
        found.append(_block(rng, "shed", float(u), float(v), (9, 38), (8, 18), (4, 12)))
    tanks = [-380.0 - 34.0 * i for i in range(4)]
    return found + [_block(rng, "tank", u, QUAY_V - 130.0, (22, 22), (22, 22), (12, 12)) for u in tanks]


def _block(
    rng: np.random.Generator,
    kind: BlockKind,
    u: float,
    v: float,
    along: tuple[float, float],
    across: tuple[float, float],
    height: tuple[float, float],
) -> Block:
    return Block(
        kind=kind,
        u=float(u),
        v=float(v),
        along_m=float(rng.uniform(*along)),
        across_m=float(rng.uniform(*across)),
        height_m=float(rng.uniform(*height)),
        tone=float(rng.random()),
    )


def axes(port: Harbour) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unit vectors (east, north) along u and v."""
    angle = math.radians(port.angle_deg)
    along = np.array([math.sin(angle), math.cos(angle)])
    seaward = np.array([math.cos(angle), -math.sin(angle)])
    return along, seaward


def to_grid(port: Harbour, uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) quay coordinates as (n, 2) metres grid east and north of the picture's centre."""
    along, seaward = axes(port)
    result: NDArray[np.float64] = uv[:, :1] * along + uv[:, 1:] * seaward
    return result


def to_quay(port: Harbour, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) metres grid east and north as (n, 2) quay coordinates."""
    return xy @ np.column_stack(axes(port))


def corners(block: Block) -> NDArray[np.float64]:
    """The block's four corners in quay coordinates."""
    half = 0.5 * np.array([block.along_m, block.across_m])
    signs = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    return np.array([block.u, block.v]) + signs * half


def shore(port: Harbour) -> NDArray[np.float64]:
    """The outline of all land and quay in quay coordinates, far enough inland for any picture."""
    u = np.linspace(-6000.0, 6000.0, len(port.coast))
    coast = np.column_stack([u, port.coast])
    left = coast[u < QUAY_U[0] - 50.0]
    right = coast[u > QUAY_U[1] + 50.0]
    inland = -9000.0
    return np.vstack([[[-6000.0, inland]], left, apron(), right, [[6000.0, inland]]])


def apron() -> NDArray[np.float64]:
    """The edge of quay and pier in quay coordinates, from one end to the other."""
    (u0, u1), (p0, p1) = QUAY_U, PIER_U
    return np.array(
        [
            [u0, QUAY_V - 60.0], [u0, QUAY_V], [p0, QUAY_V], [p0, PIER_END_V],
            [p1, PIER_END_V], [p1, QUAY_V], [u1, QUAY_V], [u1, QUAY_V - 60.0],
        ]
    )  # fmt: skip


def paved() -> NDArray[np.float64]:
    """The concrete: apron and pier as one polygon in quay coordinates."""
    (u0, u1) = QUAY_U
    return np.vstack([apron(), [[u1, QUAY_V - 100.0], [u0, QUAY_V - 100.0]]])


def berths() -> dict[str, NDArray[np.float64]]:
    """Where ships lie, by berth id: polygons in quay coordinates.

    Those alongside are wide enough for a ship of 30 m beam; the roads are where ships of interest anchor.
    """
    (u0, u1), (p0, p1) = QUAY_U, PIER_U
    quay = np.array([[u0, QUAY_V], [p0 - 20.0, QUAY_V], [p0 - 20.0, QUAY_V + 34.0], [u0, QUAY_V + 34.0]])
    east_quay = np.array([[p1 + 20.0, QUAY_V], [u1, QUAY_V], [u1, QUAY_V + 34.0], [p1 + 20.0, QUAY_V + 34.0]])
    west, east, foot, head = p0 - 34.0, p1 + 34.0, QUAY_V + 36.0, PIER_END_V
    pier = np.array(
        [[west, foot], [west, head], [east, head], [east, foot], [p1, foot], [p1, head - 2], [p0, head - 2], [p0, foot]]
    )
    roads = np.array([[-480.0, 0.0], [100.0, 0.0], [100.0, 500.0], [-480.0, 500.0]])
    return {"quay": quay, "east-quay": east_quay, "pier": pier, "roads": roads}
