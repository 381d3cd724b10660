"""Simulated radar pictures of one ship each whose length and beam are known, over lengths and pixel sizes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from offing.geo import LonLat
from offing.imagery.reading import Picture, open_picture
from offing.records import Record
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene

PIXELS_M = (1.5, 3.0, 5.0, 10.0, 20.0, 40.0)
LENGTH_M = (30.0, 350.0)
LEAST_PX = 2.0
"""Shorter ships are drawn again: nobody measures one pixel."""
MOVING_FROM_M = 20.0
"""In finer pixels a mover would be displaced out of its picture."""
_CLASSES = (("tug", "patrol"), ("patrol", "ropucha", "alligator", "cargo", "tanker"), ("cargo", "tanker"))
_SMALL_M, _LARGE_M = 42.0, 130.0
_MARGIN_PX = 40
_TIMES = (datetime(2024, 10, 16, 21, 30, tzinfo=UTC), datetime(2024, 10, 16, 9, 0, tzinfo=UTC))
_POSITION = LonLat(lon=134.0, lat=40.5)


class TrueSize(Record, frozen=True):
    """What is asked for in one simulated picture."""

    length_m: float
    beam_m: float
    pixel_m: float
    heading_deg: float
    """0–360 from true north."""
    moving: bool
    """Then it is displaced along the flight, and smeared."""


@contextmanager
def simulated_ship(seed: int) -> Iterator[tuple[Picture, TrueSize]]:
    """An open picture of the ship that ``seed`` draws: length log-uniform, any heading; in coarse pixels a
    third of them are under way.
    """
    spec = _spec(seed)
    scene = simulate(spec)
    (ship,) = scene.ships
    truth = TrueSize(
        length_m=ship.length_m,
        beam_m=ship.beam_m,
        pixel_m=spec.gsd_m,
        heading_deg=ship.heading_deg,
        moving=ship.speed_kn > 0.0,
    )
    with tempfile.TemporaryDirectory() as folder:
        path, _ = write_scene(scene, Path(folder) / "simulated.tif")
        with open_picture([path]) as picture:
            yield picture, truth


def _spec(seed: int) -> SceneSpec:
    rng = np.random.default_rng([seed, 5])
    pixel = float(PIXELS_M[seed % len(PIXELS_M)])
    least = max(LENGTH_M[0], LEAST_PX * pixel)
    length = float(np.exp(rng.uniform(np.log(least), np.log(LENGTH_M[1]))))
    kinds = _CLASSES[0 if length < _SMALL_M else 1 if length < _LARGE_M else 2]
    side = 2 * _MARGIN_PX + int(length / pixel)
    x, y = rng.uniform(-0.5, 0.5, 2) * pixel
    kind, heading = str(rng.choice(kinds)), float(rng.uniform(0.0, 360.0))
    speed = float(rng.uniform(3.0, 15.0)) if rng.random() < 1 / 3 else 0.0
    ship = ShipSpec(
        vessel_class=kind,
        length_m=length,
        x_m=float(x),
        y_m=float(y),
        heading_deg=heading,
        speed_kn=speed if pixel >= MOVING_FROM_M else 0.0,
    )
    return SceneSpec(
        sensor="sar",
        time=_TIMES[int(rng.integers(2))],
        position=_POSITION,
        gsd_m=pixel,
        size=(side, side),
        seed=seed,
        ships=(ship,),
        wind_m_s=float(rng.uniform(2.0, 12.0)),
        harbour=False,
    )
