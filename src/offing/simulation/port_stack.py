"""Radar pictures of one port from one orbit: ships come and go, what is built stays, cranes move along the quay.

Every port has berths that are taken now and then, beacons and dolphins in the water that are always there, at one port
in three a ship that never leaves, and in every picture cranes at work, containers and vehicles that stand elsewhere the
next time. The pictures lie some metres off one another, as orbits and processors leave them.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.geo import LonLat
from offing.records import Record
from offing.simulation.draws import Field, fractal_field, stream
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.quay import PIER_U, QUAY_U, QUAY_V, Harbour, Slot, berths, harbour, to_grid, to_quay
from offing.simulation.radar import LookGeometry, geometry
from offing.simulation.scene import SimulatedScene, simulate
from offing.simulation.sensors import LOOKS, RESOLUTION_PX, response_at
from offing.sites import Berth

SIDE_M = 1400.0
FIRST = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
REVISIT = timedelta(days=12)
POSITION = LonLat(lon=134.0, lat=40.5)
OFFSET_SD_M = 3.0
"""Of a picture's place along each axis: Sentinel-1's ground-range products lie within some metres."""
_CRANE_RCS_M2 = 9000.0
_CONTAINER_RCS_M2 = 1200.0
_WETNESS = 0.15
"""Spread of the ground's and the sea's backscatter from picture to picture, in log power: rain, wind, plants."""
_BEACON_RCS_M2 = (300.0, 6000.0)
_CROSS_POL = 0.1
_REACH_PX = 12


class StackLook(Record, frozen=True, eq=False):
    """One picture of the stack with what is known about it."""

    scene: SimulatedScene
    always: tuple[int, ...]
    """Indices among the scene's ships of those that never leave."""
    beacons: tuple[tuple[float, float], ...]
    """(lon, lat) of what is always there in open water."""


class _Port(Record, frozen=True, eq=False):
    """What stays the same from picture to picture."""

    seed: int
    plan: Harbour
    busy: float
    """Share of the time that a berth is taken."""
    resident: ShipSpec | None
    taken: int | None
    """Index of the resident's slot."""
    beacons: NDArray[np.float64]
    """(n, 2) metres east and north of the picture's centre."""
    beacon_rcs_m2: NDArray[np.float64]


def radar_stack(place_seed: int, looks: int, gsd_m: float = 10.0) -> tuple[StackLook, ...]:
    """``looks`` pictures (VV, VH) of the port ``place_seed``, 12 days apart, in order of time; the last one may serve
    as the one that is searched. The same arguments give the same pixels.
    """
    port = _port(place_seed)
    return tuple(_look(port, number, gsd_m) for number in range(looks))


def stack_berths(place_seed: int) -> tuple[Berth, ...]:
    """The berths alongside, as polygons in lon/lat."""
    from offing.simulation.position import picture_grid

    plan = harbour(place_seed)
    grid = picture_grid(_spec(place_seed, 0, 10.0, ()))
    found = []
    for name, polygon in berths().items():
        if name != "roads":
            ring = tuple(grid.lonlat(float(x), float(y)) for x, y in to_grid(plan, polygon))
            found.append(Berth(id=name, site="simulated", ring=(*ring, ring[0])))
    return tuple(found)


def _port(seed: int) -> _Port:
    rng = stream(seed, "port stack")
    plan = harbour(seed)
    resident, taken = None, None
    if rng.random() < 1 / 3:
        taken = int(rng.integers(len(plan.slots)))
        resident = _alongside(plan, plan.slots[taken], float(rng.uniform(60.0, plan.slots[taken].room_m)), rng)
    places = np.array([_afloat(plan, rng) for _ in range(int(rng.integers(1, 5)))])
    return _Port(
        seed=seed,
        plan=plan,
        busy=float(rng.uniform(0.15, 0.6)),
        resident=resident,
        taken=taken,
        beacons=places,
        beacon_rcs_m2=np.geomspace(*_BEACON_RCS_M2, 101)[rng.integers(101, size=len(places))],
    )


def _afloat(plan: Harbour, rng: np.random.Generator) -> NDArray[np.float64]:
    """A place in the water, at least 120 m off quay and pier."""
    xy = np.zeros(2)
    for _ in range(200):
        xy = rng.uniform(-0.45, 0.45, 2) * SIDE_M
        u, v = to_quay(plan, xy[None, :])[0]
        beside_pier = PIER_U[0] - 120.0 < u < PIER_U[1] + 120.0
        if v > QUAY_V + (350.0 if beside_pier else 120.0):
            break
    return np.asarray(xy, np.float64)


def _alongside(plan: Harbour, slot: Slot, length: float, rng: np.random.Generator) -> ShipSpec:
    """A ship in a slot, its side at the quay."""
    kind = "tug" if length < 35.0 else "patrol" if length < 60.0 else str(rng.choice(["cargo", "tanker", "ropucha"]))
    off = 0.5 * 0.15 * length + float(rng.uniform(1.0, 3.0))
    slack = float(rng.uniform(-0.4, 0.4)) * (slot.room_m - length)
    shift = (slack, 0.0) if slot.axis == 0.0 else (0.0, slack)
    at = np.array([[slot.u + off * slot.out[0] + shift[0], slot.v + off * slot.out[1] + shift[1]]])
    x, y = to_grid(plan, at)[0]
    turn = 180.0 if rng.random() < 0.5 else 0.0
    return ShipSpec(
        vessel_class=kind,
        place="berth",
        length_m=length,
        x_m=float(x),
        y_m=float(y),
        heading_deg=(plan.angle_deg + slot.axis + turn) % 360.0,
    )


def _look(port: _Port, number: int, gsd_m: float) -> StackLook:
    rng = np.random.default_rng([port.seed, number, 17])
    ships = [] if port.resident is None else [port.resident]
    for index, slot in enumerate(port.plan.slots):
        if index != port.taken and rng.random() < port.busy:
            longest = min(slot.room_m, 190.0)
            length = float(np.exp(rng.uniform(math.log(35.0), math.log(longest))))
            ships.append(_alongside(port.plan, slot, length, rng))
    kinds = rng.choice(["tug", "patrol", "cargo", "tanker"], int(rng.integers(0, 4)), p=[0.3, 0.3, 0.3, 0.1])
    ships += [ShipSpec(vessel_class=str(kind)) for kind in kinds]
    scene = simulate(_spec(port.seed, number, gsd_m, tuple(ships)))
    moving, moving_rcs = _on_the_apron(rng)
    points = np.vstack([port.beacons, to_grid(port.plan, moving)])
    rcs = np.concatenate([port.beacon_rcs_m2, moving_rcs])
    beacons = tuple(scene.grid.lonlat(float(x), float(y)) for x, y in port.beacons)
    moved = msgspec.structs.replace(
        scene.grid,
        easting=scene.grid.easting + float(rng.normal(0.0, OFFSET_SD_M)),
        northing=scene.grid.northing + float(rng.normal(0.0, OFFSET_SD_M)),
    )
    wetness = np.exp(_WETNESS * fractal_field(rng, scene.pixels.shape[1:], 300.0 / gsd_m))
    pixels = scene.pixels * wetness + _points(scene.spec, geometry(scene.spec), points, rcs, rng)
    return StackLook(
        scene=msgspec.structs.replace(scene, grid=moved, pixels=np.asarray(pixels, np.float32)),
        always=() if port.resident is None else (0,),
        beacons=beacons,
    )


def _on_the_apron(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """((n, 2) quay coordinates, radar cross-sections) of cranes at work, and of containers and vehicles behind them."""
    cranes, boxes = int(rng.integers(0, 4)), int(rng.integers(0, 25))
    u = rng.uniform(*QUAY_U, cranes + boxes)
    v = QUAY_V - np.concatenate([np.full(cranes, 9.0), rng.uniform(18.0, 48.0, boxes)])
    strength = np.concatenate([np.full(cranes, _CRANE_RCS_M2), np.full(boxes, _CONTAINER_RCS_M2)])
    return np.column_stack([u, v]), strength * rng.exponential(1.0, cranes + boxes)


def _spec(place_seed: int, number: int, gsd_m: float, ships: tuple[ShipSpec, ...]) -> SceneSpec:
    rng = np.random.default_rng([place_seed, number, 18])
    side = round(SIDE_M / gsd_m)
    return SceneSpec(
        sensor="sar",
        time=FIRST + number * REVISIT,
        position=POSITION,
        gsd_m=gsd_m,
        size=(side, side),
        seed=place_seed * 100 + number,
        place_seed=place_seed,
        ships=ships,
        wind_m_s=float(rng.uniform(1.5, 11.0)),
    )


def _points(
    spec: SceneSpec, look: LookGeometry, xy: NDArray[np.float64], rcs_m2: NDArray[np.float64], rng: np.random.Generator
) -> Field:
    """(2, rows, cols): the power of single points by their impulse response, speckled as a whole from look to look."""
    out = np.zeros((2, spec.size[1], spec.size[0]), np.float32)
    turn = math.radians(look.flight_deg)
    for (x, y), rcs in zip(xy, rcs_m2, strict=True):
        col, row = x / spec.gsd_m + 0.5 * spec.size[0] - 0.5, 0.5 * spec.size[1] - y / spec.gsd_m - 0.5
        cols = np.arange(max(0, math.floor(col) - _REACH_PX), min(spec.size[0], math.ceil(col) + _REACH_PX + 1))
        rows = np.arange(max(0, math.floor(row) - _REACH_PX), min(spec.size[1], math.ceil(row) + _REACH_PX + 1))
        if not cols.size or not rows.size:
            continue
        east, north = (cols - col)[None, :], (row - rows)[:, None]
        azimuth = east * math.sin(turn) + north * math.cos(turn)
        across = east * math.cos(turn) - north * math.sin(turn)
        power = (response_at(azimuth, _REACH_PX) * response_at(across, _REACH_PX)) ** 2
        power *= np.float32(rcs / (RESOLUTION_PX * spec.gsd_m) ** 2 * rng.gamma(LOOKS) / LOOKS)
        part = (slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1))
        out[0][part] += power
        out[1][part] += np.float32(_CROSS_POL) * power
    return out
