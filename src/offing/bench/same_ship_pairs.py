"""Simulated ships seen twice, and their sisters, by every kind of picture: what the same ship is calibrated and
measured on.

A ship is drawn from a class of the library by her identity; two visits and one of a sister, of the same size and
painted alike, are each pictured at 0.7, 3 and 10 m and by radar at 10 m, on another day with another sun, wind, heading
and light, and found by the detectors, which also measure her and name her bow.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from offing.geo import LonLat
from offing.records import Record
from offing.simulation.individuals import own_size
from offing.simulation.layouts import drawable, library_layout
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.scene import SimulatedScene, simulate
from offing.vessels.same_ship.calibration import BANDS, TYPICAL_M, Band
from offing.vessels.same_ship.model import View

MIN_SCORE = 0.2
PLACE = LonLat(lon=134.0, lat=40.5)
_LIGHT_SD = 0.04
"""Standard deviation of the logarithm of what air and instrument do to each band from one picture to the next."""
_MARGIN_M = 80.0
LEAST_M, _LONGEST_M = 40.0, 330.0
"""Classes of smaller ships are left out; longer ships are drawn shorter, to keep pictures small."""


class Seen(Record, frozen=True):
    """One simulated ship as it was seen: kind of picture → view; a kind that missed her is left out."""

    vessel_class: str
    ship: int
    """Her identity."""
    first: dict[Band, View]
    second: dict[Band, View]
    sister: dict[Band, View]
    """Another ship of her class, size and owner: painted alike."""


class Pair(Record, frozen=True):
    """Two views and the truth about them."""

    kind: str
    """``same``, ``sister``, or ``other``: another ship of the traffic."""
    a: View
    b: View
    ships: tuple[int, int]
    classes: tuple[str, str]


def classes_for(use: Literal["fit", "bench"]) -> tuple[str, ...]:
    """The classes that are calibrated on, or the others, which are measured on: halves by a hash of the id."""
    half = 0 if use == "fit" else 1
    return tuple(
        c for c in drawable() if zlib.crc32(c.encode()) % 2 == half and library_layout(c).length_m[1] >= LEAST_M
    )


def seen_ships(seeds: Sequence[int], classes: Sequence[str]) -> list[Seen]:
    """One ship a seed, her class drawn by it from ``classes``."""
    with tempfile.TemporaryDirectory() as folder:
        return [_seen(s, classes[int(np.random.default_rng(s).integers(len(classes)))], Path(folder)) for s in seeds]


def pairs(ships: Sequence[Seen], kinds: tuple[Band, Band], seed: int, others: int = 3) -> list[Pair]:
    """Pairs of the two kinds of picture: each ship with herself, with her sister, and with ``others`` other ships."""
    rng, found = np.random.default_rng([seed, 17]), []
    x, y = kinds
    for i, ship in enumerate(ships):
        ways = ((x, y), (y, x)) if x != y else ((x, y),)
        for p, q in ways:
            found.append(_pair("same", ship.first.get(p), ship.second.get(q), ship, ship))
            found.append(_pair("sister", ship.first.get(p), ship.sister.get(q), ship, ship))
        for j in (int(v) for v in rng.choice(len(ships) - 1, min(others, len(ships) - 1), replace=False)):
            other = ships[j + (j >= i)]
            found.append(_pair("other", ship.first.get(x), other.second.get(y), ship, other))
    return [p for p in found if p is not None]


def _pair(kind: str, a: View | None, b: View | None, one: Seen, other: Seen) -> Pair | None:
    if a is None or b is None:
        return None
    classes = (one.vessel_class, other.vessel_class)
    return Pair(kind=kind, a=a, b=b, ships=(one.ship, other.ship), classes=classes)


def _seen(seed: int, vessel_class: str, folder: Path) -> Seen:
    length = min(own_size(vessel_class, seed)[0], _LONGEST_M)
    visits = ((seed, 0), (seed, 1), (seed + 500_000_000, 2))
    first, second, sister = (
        {
            band: view
            for band in BANDS
            if (view := _viewed(vessel_class, identity, length, (seed, visit), band, folder)) is not None
        }
        for identity, visit in visits
    )
    return Seen(vessel_class=vessel_class, ship=seed, first=first, second=second, sister=sister)


def _viewed(
    vessel_class: str, identity: int, length: float, visit: tuple[int, int], band: Band, folder: Path
) -> View | None:
    """What the detector finds of her in one picture."""
    from offing.imagery.reading import open_picture
    from offing.simulation.writing import write_scene
    from offing.vessels.detection import detect
    from offing.vessels.same_ship.views import view_of

    scene = _scene(vessel_class, identity, length, visit, band)
    name = f"simulated-{visit[0]}-{visit[1]}-{band}.tif"
    path, truth = write_scene(scene, folder / name)
    with open_picture([path]) as picture:
        found = detect(picture, min_score=MIN_SCORE, workers=1).detections
        middle = np.array([picture.width, picture.height]) / 2.0
        reach = 0.35 * length / scene.spec.gsd_m + 2.0
        near = [d for d in found if np.hypot(d.box.col - middle[0], d.box.row - middle[1]) <= reach]
        view = view_of(picture, near[0]) if near else None
    path.unlink()
    truth.unlink()
    if view is None:
        return None
    profile = view.profile and msgspec.structs.replace(view.profile, image=name)
    return msgspec.structs.replace(view, image=name, profile=profile)


def _scene(vessel_class: str, identity: int, length: float, visit: tuple[int, int], band: Band) -> SimulatedScene:
    rng = np.random.default_rng([*visit, BANDS.index(band), 5])
    gsd = TYPICAL_M[band]
    day = datetime(2024, 1, 1, 1, 30, tzinfo=UTC) + timedelta(
        days=int(rng.integers(365)), minutes=int(rng.integers(-50, 51))
    )
    if band == "radar":
        day = day.replace(hour=int(rng.choice([9, 21])))
    size = max(48, int((length + _MARGIN_M) / gsd))
    ship = ShipSpec(
        vessel_class=vessel_class,
        length_m=length,
        x_m=float(rng.uniform(-0.5, 0.5)) * gsd,
        y_m=float(rng.uniform(-0.5, 0.5)) * gsd,
        heading_deg=float(rng.uniform(0.0, 360.0)),
        identity=identity,
        livery=visit[0],
    )
    spec = SceneSpec(
        sensor="sar" if band == "radar" else "optical",
        time=day,
        position=PLACE,
        gsd_m=gsd,
        size=(size, size),
        seed=int(rng.integers(1 << 31)),
        harbour=False,
        wind_m_s=float(rng.uniform(2.0, 9.0)),
        ships=(ship,),
    )
    scene = simulate(spec)
    if band == "radar":
        return scene
    light = np.exp(rng.normal(0.0, _LIGHT_SD, len(scene.bands)))[:, None, None]
    return msgspec.structs.replace(scene, pixels=np.clip(scene.pixels * light, 1, 20_000).astype(np.uint16))
