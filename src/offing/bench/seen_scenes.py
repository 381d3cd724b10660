"""Simulated pictures in which ships of every length are looked for: at the quay of a port, and at anchor off it.

Lengths are log-uniform from 15 to 350 m, the wind uniform from 2 to 14 m/s. Up to three ships lie at anchor and up to
three at the quay; one longer than the berths lies at the quay alone. A ship is found when a detection of score 0.5 or
more has its centre within 30 m or two pixels of its hull, one to one (Hungarian).
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offing.geo import LonLat
from offing.records import Record
from offing.simulation.model import SceneSpec, ShipSpec, SimulatedSensor
from offing.simulation.quay import QUAY_V, harbour, to_grid
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene

if TYPE_CHECKING:
    from shapely import Polygon

KINDS: tuple[tuple[float, int], ...] = ((3.0, 560), (5.0, 336), (10.0, 176), (20.0, 96), (40.0, 64))
"""(side of a pixel in metres, pixels a side)."""
LENGTH_M = (15.0, 350.0)
WIND_M_S = (2.0, 14.0)
MIN_SCORE = 0.5
NEAR_M, NEAR_PX = 30.0, 2.0
"""A centre within the larger of the two of the hull is the ship's."""
_EACH = 3
"""Ships at anchor, and ships at the quay, in a picture."""
_BERTH_M = 190.0
"""Longest ship of the pier's two berths."""
_QUAY_BERTH_M = 135.0
"""Longest ship of the quay's berths."""
_QUAY_U = (-290.0, 135.0)
"""The quay west of the pier, free of berths when a long ship lies there."""
_NEVER = 1e6
_TIME = datetime(2024, 10, 16, 9, 0, tzinfo=UTC)
_POSITION = LonLat(lon=134.0, lat=40.5)


class Sought(Record, frozen=True):
    """One ship that was looked for."""

    picture: int
    """Ships of one picture share it."""
    length_m: float
    gsd_m: float
    """Side of a pixel, metres."""
    wind_m_s: float
    at_quay: bool
    found: bool


def sought(gsd_m: float, size: int, seeds: Iterable[int]) -> list[Sought]:
    """The ships of one picture of ``size`` × ``size`` pixels a seed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simulated.tif"
        return [ship for seed in seeds for ship in _looked_for(gsd_m, size, seed, path)]


def tolerance_m(gsd_m: float) -> float:
    """How far a detection's centre may lie from the hull."""
    return max(NEAR_M, NEAR_PX * gsd_m)


def _looked_for(gsd_m: float, size: int, seed: int, path: Path) -> list[Sought]:
    from shapely import Polygon

    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect

    spec, alongside = drawn(gsd_m, size, seed)
    scene = simulate(spec)
    write_scene(scene, path)
    with open_picture([path]) as picture:
        detections = detect(picture, min_score=MIN_SCORE, workers=1).detections
        hulls = [Polygon([picture.pixel(*p) for p in ship.ring]) for ship in scene.ships]
    centres = [(d.box.col, d.box.row) for d in detections]
    found = matched(centres, hulls, tolerance_m(gsd_m) / gsd_m)
    return [
        Sought(
            picture=seed,
            length_m=ship.length_m,
            gsd_m=gsd_m,
            wind_m_s=spec.wind_m_s,
            at_quay=number < alongside,
            found=number in found,
        )
        for number, ship in enumerate(scene.ships)
    ]


def matched(centres: Sequence[tuple[float, float]], hulls: Sequence[Polygon], reach_px: float) -> set[int]:
    """Which hulls have a centre (col, row) of their own within the reach, all in pixels: as many as possible."""
    return set(matches(centres, hulls, reach_px))


def matches(centres: Sequence[tuple[float, float]], hulls: Sequence[Polygon], reach_px: float) -> dict[int, int]:
    """Hull → the centre that is its own, as ``matched`` has it."""
    from scipy.optimize import linear_sum_assignment
    from shapely import Point

    if not centres or not hulls:
        return {}
    away = np.array([[hull.distance(Point(c)) for hull in hulls] for c in centres])
    cost = np.where(away <= reach_px, away, _NEVER)
    return {int(j): int(i) for i, j in zip(*linear_sum_assignment(cost), strict=True) if cost[i, j] < _NEVER}


def drawn(
    gsd_m: float,
    size: int,
    seed: int,
    *,
    sensor: SimulatedSensor = "sar",
    time: datetime = _TIME,
    lengths_m: tuple[float, float] = LENGTH_M,
    cloud: float = 0.0,
    roads: int = _EACH,
) -> tuple[SceneSpec, int]:
    """(the picture, how many of its ships, the first ones, lie at the quay); ``roads`` others lie off it."""
    rng = np.random.default_rng([seed, 97])
    # The scale of the grid differs from 1 by less than a thousandth: kept off the range's ends.
    low, high = 1.001 * lengths_m[0], 0.999 * lengths_m[1]
    lengths = -np.sort(-np.exp(rng.uniform(math.log(low), math.log(high), (2, _EACH))), axis=1)
    quay = _at_quay(lengths[0], seed, rng)
    off = [ShipSpec(vessel_class=_class(length, rng), length_m=float(length)) for length in lengths[1]]
    spec = SceneSpec(
        sensor=sensor,
        time=time,
        position=_POSITION,
        gsd_m=gsd_m,
        size=(size, size),
        seed=seed,
        place_seed=seed,
        ships=(*quay, *off[_EACH - roads :]),
        wind_m_s=float(rng.uniform(*WIND_M_S)),
        cloud=cloud,
    )
    return spec, len(quay)


def _at_quay(lengths: NDArray[np.float64], seed: int, rng: np.random.Generator) -> list[ShipSpec]:
    """Ships alongside, the longest first; one that no berth holds lies along the quay alone."""
    if lengths[0] > _BERTH_M:
        return [_long(float(lengths[0]), seed, rng)]
    pier = [n for n in lengths if n > _QUAY_BERTH_M][:2]
    shorter = [n for n in lengths if n <= _QUAY_BERTH_M]
    return [ShipSpec(vessel_class=_class(n, rng), place="berth", length_m=float(n)) for n in (*pier, *shorter)]


def _long(length: float, seed: int, rng: np.random.Generator) -> ShipSpec:
    port = harbour(seed)
    u = rng.uniform(_QUAY_U[0] + 0.5 * length, _QUAY_U[1] - 0.5 * length)
    # Half the beam of the widest layout, and a fender.
    x, y = to_grid(port, np.array([[u, QUAY_V + 0.085 * length + 1.5]]))[0]
    heading = port.angle_deg + 180.0 * int(rng.integers(2))
    return ShipSpec(
        vessel_class=_class(length, rng), length_m=length, x_m=float(x), y_m=float(y), heading_deg=heading % 360.0
    )


def _class(length: float, rng: np.random.Generator) -> str:
    """A class that has ships of about that length."""
    if length < 40.0:
        return "tug"
    return str(rng.choice(["patrol", "cargo"] if length < 80.0 else ["cargo", "tanker"]))
