"""Where the ships of a picture lie: alongside, at anchor, or where they were told to."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from offing.errors import OffingError
from offing.simulation.draws import stream
from offing.simulation.individuals import own_size
from offing.simulation.layouts import layout_of
from offing.simulation.model import PlacedShip, SceneSpec, ShipSpec
from offing.simulation.quay import PIER_END_V, QUAY_V, Harbour, Slot, to_grid, to_quay

_CLEAR_M = 40.0
"""Least gap between two ships that are not alongside."""


def place_ships(spec: SceneSpec, port: Harbour | None) -> tuple[PlacedShip, ...]:
    """Every ship of ``spec`` in its place, in the order asked for.

    Raises OffingError for a class that cannot be drawn, or when there is no room.
    """
    rng = stream(spec.seed, "ships")
    slots = list(port.slots) if port is not None else []
    placed: list[PlacedShip] = []
    anchored = float(rng.uniform(0.0, 360.0))
    for number, ship in enumerate(spec.ships):
        length, beam = _size(ship, rng)
        drawn = int(rng.integers(1 << 31))
        if ship.x_m is not None and ship.y_m is not None:
            heading = ship.heading_deg if ship.heading_deg is not None else float(rng.uniform(0.0, 360.0))
            where = (ship.x_m, ship.y_m, heading)
        elif ship.place == "berth":
            where = _alongside(ship, length, beam, port, slots, rng)
        else:
            where = _open_water(spec, ship, length, port, placed, anchored, rng)
        placed.append(
            PlacedShip(
                vessel_class=ship.vessel_class,
                x_m=where[0],
                y_m=where[1],
                heading_deg=where[2] % 360.0,
                length_m=length,
                beam_m=beam,
                speed_kn=0.0 if ship.place == "berth" else ship.speed_kn,
                at_quay=ship.place == "berth",
                seed=drawn + number,
                identity=ship.identity,
                livery=ship.livery,
            )
        )
    return tuple(placed)


def _size(ship: ShipSpec, rng: np.random.Generator) -> tuple[float, float]:
    layout = layout_of(ship.vessel_class)
    length = float(rng.uniform(*layout.length_m)) if ship.length_m is None else ship.length_m
    beam = length * float(rng.uniform(*layout.beam_per_length))
    if ship.identity is not None:
        own_length, own_beam = own_size(ship.vessel_class, ship.identity)
        length = own_length if ship.length_m is None else ship.length_m
        beam = own_beam * length / own_length
    if not 5.0 <= length <= 450.0:
        raise OffingError(f"a ship's length is {length:g} m", fix="give 5 to 450 metres")
    return length, beam


def _alongside(
    ship: ShipSpec,
    length: float,
    beam: float,
    port: Harbour | None,
    slots: list[Slot],
    rng: np.random.Generator,
) -> tuple[float, float, float]:
    """(x, y, heading) in the first free slot that is long enough; the slot is taken."""
    if port is None:
        raise OffingError(f"no quay for a {ship.vessel_class}", fix="ask for it in open water, or for a harbour")
    slot = next((s for s in slots if length <= s.room_m), None)
    if slot is None:
        raise OffingError(
            f"no free berth for a {ship.vessel_class} of {length:.0f} m", fix="put fewer or shorter ships at the berth"
        )
    slots.remove(slot)
    off = 0.5 * beam + float(rng.uniform(1.0, 2.5))
    slack = float(rng.uniform(-0.5, 0.5)) * min(12.0, slot.room_m - length)
    shift = (slack, 0.0) if slot.axis == 0.0 else (0.0, slack)
    at = np.array([[slot.u + off * slot.out[0] + shift[0], slot.v + off * slot.out[1] + shift[1]]])
    x, y = to_grid(port, at)[0]
    turn = 180.0 if rng.random() < 0.5 else 0.0
    heading = port.angle_deg + slot.axis + turn if ship.heading_deg is None else ship.heading_deg
    return float(x), float(y), heading


def _open_water(
    spec: SceneSpec,
    ship: ShipSpec,
    length: float,
    port: Harbour | None,
    placed: Sequence[PlacedShip],
    anchored: float,
    rng: np.random.Generator,
) -> tuple[float, float, float]:
    """(x, y, heading) clear of the shore, the berths and the other ships, wholly inside the picture."""
    half = 0.5 * np.array(spec.size) * spec.gsd_m - 0.5 * length - 6.0
    if half.min() <= 0.0:
        raise OffingError(f"a ship of {length:.0f} m does not fit the picture", fix="ask for more or larger pixels")
    for _ in range(400):
        xy = rng.uniform(-half, half)
        if port is not None and not _afloat(port, xy, length):
            continue
        if all(math.dist(xy, (o.x_m, o.y_m)) > 0.5 * (length + o.length_m) + _CLEAR_M for o in placed):
            swing = float(rng.normal(0.0, 12.0))
            heading = anchored + swing if ship.heading_deg is None else ship.heading_deg
            return float(xy[0]), float(xy[1]), heading
    raise OffingError("no room left in open water", fix="ask for fewer ships, a larger picture or no harbour")


def _afloat(port: Harbour, xy: np.ndarray, length: float) -> bool:
    """Whether a ship of that length there keeps clear of land, berths and pier."""
    u, v = to_quay(port, xy[None, :])[0]
    reach = 0.5 * length + _CLEAR_M
    near_pier = abs(u - 154.0) < reach + 45.0
    coast = float(np.interp(u, np.linspace(-6000.0, 6000.0, len(port.coast)), port.coast))
    shore = max(coast, QUAY_V + 35.0 if abs(u) < 360.0 else coast, PIER_END_V if near_pier else coast)
    return bool(v > shore + reach)
