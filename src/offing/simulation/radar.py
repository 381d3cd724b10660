"""A radar picture: clutter of sea and land with speckle, and ships as sets of scatterers.

Every look is a complex field: rough surfaces are complex Gaussian, ships and structures are points with random phases
spread by the impulse response, and the looks' powers are averaged. Bright ships so get the cross of sidelobes that
Sentinel-1 gives them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.geo import KNOT_M_S, LonLat
from offing.records import Record
from offing.simulation.artefacts import (
    BLUR_M,
    PLATFORM_M_S,
    SLANT_RANGE_M,
    TrueGhost,
    ghosts_of,
    with_edge,
    with_interference,
)
from offing.simulation.draws import Field, stream
from offing.simulation.individuals import body_of
from offing.simulation.land import radar_land, radar_structures
from offing.simulation.model import PlacedShip, SceneSpec
from offing.simulation.quay import Harbour
from offing.simulation.sea import sea_backscatter, sea_texture
from offing.simulation.sensors import LOOKS, RESOLUTION_PX, clutter_look, multilooked, response_at
from offing.simulation.ships import on_grid
from offing.vessels.model import Part, PartKind

_CROSS_POL = 10.0**-1.0
"""VH power of a ship over its VV power: −10 dB, as measured on OpenSARShip's Sentinel-1 chips."""


_PER_POINT: dict[PartKind, float] = {
    "house": 1.1, "crane": 1.6, "mast": 1.5, "funnel": 1.0, "hatch": 0.45, "gun": 0.8, "gear": 0.4, "boxes": 1.2,
    "helideck": 0.2, "ramp": 0.6, "well": 0.7,
}  # fmt: skip
"""How much each point of a part sends back, at 5 m of height: declared."""


class LookGeometry(Record, frozen=True):
    """How the radar looks down."""

    flight_deg: float
    """Direction of flight, degrees clockwise from grid north."""
    incidence_deg: float
    """From the vertical, 31–46 over Sentinel-1's swath."""

    @property
    def look_deg(self) -> float:
        """Where the beam points on the ground: to the right of the flight."""
        return (self.flight_deg + 90.0) % 360.0


class Scatterers(Record, frozen=True):
    """Points that send radar back."""

    xy: NDArray[np.float64]
    """(n, 2) metres grid east and north of the picture's centre."""
    rcs_m2: NDArray[np.float64]
    """(n,) VV radar cross-section."""


def geometry(spec: SceneSpec) -> LookGeometry:
    """Descending in the morning, ascending in the evening, as Sentinel-1 flies."""
    rng = stream(spec.seed, "radar geometry")
    morning = _local_hour(spec.position, spec.time) < 12.0
    return LookGeometry(flight_deg=192.0 if morning else 348.0, incidence_deg=float(rng.uniform(33.0, 44.0)))


def _local_hour(place: LonLat, time: datetime) -> float:
    return (time.hour + time.minute / 60.0 + place.lon / 15.0) % 24.0


def radar_picture(spec: SceneSpec, port: Harbour | None, ships: Sequence[PlacedShip]) -> NDArray[np.float32]:
    """(2, rows, cols): VV and VH sigma0, linear power."""
    look = geometry(spec)
    shape = (spec.size[1], spec.size[0])
    means = _surface(spec, port, look)
    points = [ship_scatterers(s, look) for s in ships]
    ghosts = [_ghostly(spec, points[g.ship], g, look) for g in true_ghosts(spec, ships)]
    bands = []
    for name, mean, share in (("VV", means[0], 1.0), ("VH", means[1], _CROSS_POL)):
        rng = stream(spec.seed, f"speckle {name}")
        root = np.sqrt(mean)
        looks = [clutter_look(rng, shape) * root for _ in range(LOOKS)]
        if port is not None:
            xy, rcs = radar_structures(spec.place_seed, port)
            _add(looks, spec, Scatterers(xy=xy, rcs_m2=rcs), look, rng, share)
        for scatterers in (*points, *ghosts):
            _add(looks, spec, scatterers, look, rng, share)
        bands.append(multilooked(looks))
    power = np.stack(bands)
    if "interference" in spec.artefacts:
        power = with_interference(spec, power, look.flight_deg, sea_backscatter(spec.wind_m_s, look.incidence_deg)[0])
    return with_edge(spec, power, look.flight_deg) if "edge" in spec.artefacts else power


def true_ghosts(spec: SceneSpec, ships: Sequence[PlacedShip]) -> tuple[TrueGhost, ...]:
    """The azimuth ambiguities of the ships, where the picture is to show them."""
    if "ambiguities" not in spec.artefacts:
        return ()
    look = geometry(spec)
    return ghosts_of(spec, [ship_scatterers(s, look).xy for s in ships], look.flight_deg, look.incidence_deg)


def _ghostly(spec: SceneSpec, source: Scatterers, ghost: TrueGhost, look: LookGeometry) -> Scatterers:
    """The scatterers of a ship where its ambiguity shows them: fainter, and smeared along the flight."""
    rng = stream(spec.seed, f"smear {ghost.ship} {ghost.order}")
    flight = math.radians(look.flight_deg)
    smear = rng.normal(0.0, BLUR_M * abs(ghost.order), len(source.xy))[:, None]
    moved = source.xy - source.xy.mean(axis=0) + [ghost.x_m, ghost.y_m]
    return Scatterers(
        xy=moved + smear * [math.sin(flight), math.cos(flight)],
        rcs_m2=source.rcs_m2 * 10.0 ** (-ghost.fainter_db / 10.0),
    )


def _surface(spec: SceneSpec, port: Harbour | None, look: LookGeometry) -> tuple[Field, Field]:
    """Mean VV and VH backscatter of every pixel, ships and structures left out."""
    shape = (spec.size[1], spec.size[0])
    vv, vh = sea_backscatter(spec.wind_m_s, look.incidence_deg)
    texture = sea_texture(spec.seed, shape, spec.gsd_m, spec.wind_m_s)
    copolar, cross = np.float32(vv) * texture, np.float32(vh) * np.sqrt(texture)
    if port is None:
        return copolar, cross
    dry, sigma = radar_land(shape, spec.gsd_m, spec.place_seed, port)
    return copolar * (1 - dry) + sigma * dry, cross * (1 - dry) + np.float32(0.2) * sigma * dry


def ship_scatterers(ship: PlacedShip, look: LookGeometry) -> Scatterers:
    """The points of a ship that send radar back, displaced where it moves.

    The hull's side towards the radar and the water before it form a corner, strongest when seen broadside; deckhouses,
    cranes, hatch coamings, bow and stern follow the class's layout. The sum of the cross-sections is drawn around
    14,000 m² × (length / 100 m)^2.2 with a spread of 4 dB, as on 163 Sentinel-1 chips of OpenSARShip (60–300 m).
    A ship with an identity keeps her points and 3 dB of that spread; 2.6 dB, and half of each point's own strength,
    come anew with every look: the split is declared.
    """
    rng = np.random.default_rng([ship.seed, 7])
    own = rng if ship.identity is None else stream(ship.identity, "scatterers")
    along, across, weight = _hull_points(ship, look, own)
    for part in body_of(ship).parts:
        a, b, w = _part_points(ship, part, own)
        along, across, weight = np.append(along, a), np.append(across, b), np.append(weight, w)
    bels = own.normal(0.0, 0.4) if ship.identity is None else own.normal(0.0, 0.3) + rng.normal(0.0, 0.26)
    total = 14_000.0 * (ship.length_m / 100.0) ** 2.2 * 10.0 ** float(bels)
    spread = weight * own.exponential(1.0, len(weight))
    if ship.identity is not None:
        spread *= rng.gamma(2.0, 0.5, len(weight))
    xy = on_grid(ship, np.column_stack([along, across]))
    return Scatterers(xy=xy + _displacement(ship, look, rng, len(xy)), rcs_m2=total * spread / spread.sum())


def _hull_points(
    ship: PlacedShip, look: LookGeometry, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(along, across, weight) of the side that faces the radar, of the deck, and of bow and stern."""
    n = max(6, round(ship.length_m / 5.0))
    along = np.linspace(-0.48, 0.48, n) * ship.length_m
    to_radar = math.radians(look.look_deg + 180.0 - ship.heading_deg)
    facing = 1.0 if math.sin(to_radar) > 0.0 else -1.0
    broadside = abs(math.sin(to_radar))
    taper = np.clip((0.5 - along / ship.length_m) / 0.2, 0.15, 1.0)
    side = facing * 0.5 * ship.beam_m * np.clip(taper, 0.2, 1.0)
    wall = (0.45 + 1.3 * broadside**4) * np.ones(n)
    deck_across = rng.uniform(-0.35, 0.35, n) * ship.beam_m * taper
    deck = 0.55 * np.ones(n)
    ends_along, ends = np.array([0.485, -0.485]) * ship.length_m, np.array([2.2, 2.6])
    return (
        np.concatenate([along, along, ends_along]),
        np.concatenate([side, deck_across, np.zeros(2)]),
        np.concatenate([wall, deck, ends]),
    )


def _part_points(
    ship: PlacedShip, part: Part, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(along, across, weight) of what stands on the deck: the higher, the stronger."""
    n = max(2, round((part.end - part.start) * ship.length_m / 5.0))
    along = (0.5 - rng.uniform(part.start, part.end, n)) * ship.length_m
    across = (part.across + rng.uniform(-0.5, 0.5, n) * part.width) * ship.beam_m
    weight = _PER_POINT[part.kind] * math.sqrt(max(part.height_m, 1.0) / 5.0)
    return along, across, np.full(n, weight)


def _displacement(ship: PlacedShip, look: LookGeometry, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """(count, 2) metres by which a mover appears along the flight, with the smear of its rolling and yawing.

    A target that comes nearer is shifted the way the satellite flies (Raney 1971).
    """
    away = math.radians(ship.heading_deg - look.look_deg)
    radial = -ship.speed_kn * KNOT_M_S * math.cos(away) * math.sin(math.radians(look.incidence_deg))
    shift = SLANT_RANGE_M * radial / PLATFORM_M_S
    smear = rng.normal(0.0, 1.5 + 1.6 * ship.speed_kn, count) if ship.speed_kn > 0.0 else np.zeros(count)
    flight = math.radians(look.flight_deg)
    result: NDArray[np.float64] = (shift + smear)[:, None] * np.array([math.sin(flight), math.cos(flight)])
    return result


def _add(
    looks: list[NDArray[np.complex64]],
    spec: SceneSpec,
    points: Scatterers,
    look: LookGeometry,
    rng: np.random.Generator,
    share: float,
) -> None:
    """Add scatterers to every look, each with its own phase in every look."""
    cell_m2 = (RESOLUTION_PX * spec.gsd_m) ** 2
    amplitude = np.sqrt(share * points.rcs_m2 / cell_m2)
    phases = np.exp(2j * np.pi * rng.random((len(looks), len(amplitude)))).astype(np.complex64)
    cols = points.xy[:, 0] / spec.gsd_m + 0.5 * spec.size[0] - 0.5
    rows = 0.5 * spec.size[1] - points.xy[:, 1] / spec.gsd_m - 0.5
    turn = math.radians(look.flight_deg)
    for k, strength in enumerate(amplitude):
        patch = _response_patch(spec, float(cols[k]), float(rows[k]), turn, 44 if strength > 0.7 else 12)
        if patch is None:
            continue
        where, response = patch
        for field, phase in zip(looks, phases[:, k], strict=True):
            field[where] += response * (np.float32(strength) * phase)


def _response_patch(
    spec: SceneSpec, col: float, row: float, turn: float, reach: int
) -> tuple[tuple[slice, slice], NDArray[np.float32]] | None:
    """The pixels around a point and its impulse response there, turned to the flight direction."""
    cols, rows = spec.size
    c0, c1 = max(0, math.floor(col) - reach), min(cols, math.ceil(col) + reach + 1)
    r0, r1 = max(0, math.floor(row) - reach), min(rows, math.ceil(row) + reach + 1)
    if c1 <= c0 or r1 <= r0:
        return None
    east = np.arange(c0, c1)[None, :] - col
    north = row - np.arange(r0, r1)[:, None]
    azimuth = east * math.sin(turn) + north * math.cos(turn)
    ground_range = east * math.cos(turn) - north * math.sin(turn)
    response = response_at(azimuth, reach) * response_at(ground_range, reach)
    return (slice(r0, r1), slice(c0, c1)), np.asarray(response, np.float32)
