"""Simulated optical pictures in which ships of every length are looked for, at the quay and off it, clear and cloudy.

Drawn as the radar ones are (``seen_scenes``), with lengths of 30 to 300 m and the sun of a morning in October; every
second picture is under clouds, 15 to 40 % of it. A ship counts when at most a tenth of its hull lies under cloud; it is
near a cloud's edge when cloud comes within 200 m of it or its shadow falls on a tenth of it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offing.bench.seen_scenes import MIN_SCORE, drawn, matches, tolerance_m
from offing.errors import OffingError
from offing.looks.darkness import sun_azimuth_deg, sun_elevation_deg
from offing.records import Record
from offing.simulation.canvas import shadow_per_metre
from offing.simulation.clouds import cloud_cover
from offing.simulation.model import SceneSpec
from offing.simulation.placing import place_ships
from offing.simulation.quay import harbour
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
from offing.vessels.model import Detection

LENGTH_M = (30.0, 300.0)
EDGE_M = 200.0
OPAQUE = 0.5
"""Cloud that lets less than half of the light through, and shadow that takes as much of its darkness."""
TOUCHED = 0.1
"""Share of a hull under cloud up to which the ship counts, and in shadow from which it is near an edge."""
_CLOUD = (0.15, 0.40)
_TIME = datetime(2024, 10, 16, 1, 30, tzinfo=UTC)
_MOST_ROADS = 3


class Sought(Record, frozen=True):
    """One ship that was looked for."""

    picture: int
    """Ships of one picture share it."""
    length_m: float
    gsd_m: float
    """Side of a pixel, metres."""
    at_quay: bool
    cloud_edge: bool
    found: bool
    ratio: float | None
    """Measured over true length; None: not found."""
    said_sd: float | None
    """Standard deviation of the measured length, over it; None: not found."""


class Searched(Record, frozen=True):
    """One picture that was searched."""

    gsd_m: float
    km2: float
    ships: tuple[Sought, ...]
    """Those that count: not under cloud."""
    false: int
    """Detections that are no ship."""


def searched(gsd_m: float, size: int, seeds: Iterable[int]) -> list[Searched]:
    """A picture of ``size`` × ``size`` pixels for every seed; those of odd seeds are partly under cloud."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simulated.tif"
        return [_searched(gsd_m, size, seed, path) for seed in seeds]


def optical_drawn(gsd_m: float, size: int, seed: int) -> tuple[SceneSpec, int]:
    """As ``seen_scenes.drawn``, with as many ships off the quay as the picture has room for, the longest first left
    out.
    """
    cloud = float(np.random.default_rng([seed, 98]).uniform(*_CLOUD)) if seed % 2 else 0.0
    for roads in range(_MOST_ROADS, 0, -1):
        spec, alongside = drawn(
            gsd_m, size, seed, sensor="optical", time=_TIME, lengths_m=LENGTH_M, cloud=cloud, roads=roads
        )
        try:
            place_ships(spec, harbour(spec.place_seed))
        except OffingError:
            continue
        return spec, alongside
    return drawn(gsd_m, size, seed, sensor="optical", time=_TIME, lengths_m=LENGTH_M, cloud=cloud, roads=0)


def said_sd_of(detection: Detection) -> float | None:
    """Standard deviation of the length that a detection says, over that length; None where it says none."""
    length, interval = detection.measurement.length_m, detection.measurement.length_m_90
    if length is None or interval is None:
        return None
    return (interval.high - interval.low) / (2.0 * 1.6448536269514722) / length


def _searched(gsd_m: float, size: int, seed: int, path: Path) -> Searched:
    from shapely import Polygon

    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect

    spec, alongside = optical_drawn(gsd_m, size, seed)
    scene = simulate(spec)
    write_scene(scene, path)
    with open_picture([path]) as picture:
        detections = detect(picture, min_score=MIN_SCORE, workers=1).detections
        hulls = [Polygon([picture.pixel(*p) for p in ship.ring]) for ship in scene.ships]
    hit = matches([(d.box.col, d.box.row) for d in detections], hulls, tolerance_m(gsd_m) / gsd_m)
    covered, edge = clouded(spec, [np.array(h.exterior.coords) for h in hulls])
    ships = tuple(
        Sought(
            picture=seed,
            length_m=ship.length_m,
            gsd_m=gsd_m,
            at_quay=number < alongside,
            cloud_edge=bool(edge[number]),
            found=number in hit,
            ratio=_ratio(detections[hit[number]], ship.length_m) if number in hit else None,
            said_sd=said_sd_of(detections[hit[number]]) if number in hit else None,
        )
        for number, ship in enumerate(scene.ships)
        if covered[number] <= TOUCHED
    )
    return Searched(gsd_m=gsd_m, km2=(size * gsd_m / 1000.0) ** 2, ships=ships, false=len(detections) - len(hit))


def _ratio(detection: Detection, length_m: float) -> float | None:
    measured = detection.measurement.length_m
    return None if measured is None else measured / length_m


def clouded(spec: SceneSpec, hulls: Sequence[NDArray[np.float64]]) -> tuple[list[float], list[bool]]:
    """(share of each hull under cloud, whether it is near an edge); ``hulls``: (n, 2) corners col, row each."""
    import cv2

    if spec.cloud <= 0.0:
        return [0.0] * len(hulls), [False] * len(hulls)
    sun = sun_azimuth_deg(spec.position, spec.time), sun_elevation_deg(spec.position, spec.time)
    shape = (spec.size[1], spec.size[0])
    opacity, shade = cloud_cover(spec.seed, shape, spec.gsd_m, spec.cloud, shadow_per_metre(*sun))
    away = cv2.distanceTransform((opacity <= OPAQUE).astype(np.uint8), cv2.DIST_L2, 5) * spec.gsd_m
    covered, edge = [], []
    for hull in hulls:
        mask = np.zeros(shape, np.uint8)
        cv2.fillPoly(mask, [np.round((hull - 0.5) * 16).astype(np.int32)], 1, shift=4)
        inside = mask > 0
        covered.append(float((opacity[inside] > OPAQUE).mean()))
        edge.append(bool(away[inside].min() <= EDGE_M or (shade[inside] > OPAQUE).mean() >= TOUCHED))
    return covered, edge
