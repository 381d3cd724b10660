"""What the radar search makes of simulated pictures with ghosts, interference and an edge of the data."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offing.geo import LonLat
from offing.simulation.artefacts import interfered
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.radar import geometry
from offing.simulation.scene import SimulatedScene, simulate
from offing.simulation.writing import write_scene
from offing.vessels.detection.detect import detect
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection

SIDE, PIXEL_M, SHIPS = 1300, 10.0, 10
NEAR_PX = 12.0
"""A detection this near to a ship's or a ghost's middle, or half a ship's length, is of it."""
EDGE_PX = 8.0
START = datetime(2024, 10, 17, 9, 0, tzinfo=UTC)
CAUSES = ("ship", "ghost", "interference", "edge", "nothing")


def measured(count: int, seed: int) -> tuple[dict[str, float | str], int]:
    """(figures, detections judged) of ``count`` pictures of 13 × 13 km of sea with ten ships each."""
    ships, listed, gone = 0, np.zeros(len(CAUSES), np.int64), np.zeros(len(CAUSES), np.int64)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            scene = simulate(_spec(seed + number))
            ships += int(_in_data(scene).sum())
            found = _searched(scene, Path(folder) / f"simulated-{number}.tif")
            listed += _by_cause(found.detections, scene)
            gone += _by_cause(found.dismissed, scene)
    figures: dict[str, float | str] = {"pictures: ships in them": ships}
    for cause, kept, out in zip(CAUSES, listed.tolist(), gone.tolist(), strict=True):
        figures |= {
            f"pictures: detections that are {_WORDS[cause]}, listed": kept,
            f"pictures: detections that are {_WORDS[cause]}, dismissed": out,
        }
    return figures, int(listed.sum() + gone.sum())


_WORDS = {"ship": "ships", "ghost": "ghosts", "interference": "interference", "edge": "the edge", "nothing": "nothing"}


def _spec(seed: int) -> SceneSpec:
    ships = tuple(ShipSpec(vessel_class="cargo" if i % 2 else "tanker") for i in range(SHIPS))
    return SceneSpec(
        sensor="sar",
        time=START + timedelta(hours=12 * (seed % 2)),
        position=LonLat(lon=134.0, lat=40.5),
        gsd_m=PIXEL_M,
        size=(SIDE, SIDE),
        seed=seed,
        ships=ships,
        wind_m_s=2.0 + seed % 5,
        harbour=False,
        artefacts=("ambiguities", "interference", "edge"),
    )


def _searched(scene: SimulatedScene, path: Path) -> DetectionSet:
    from offing.imagery.reading import open_picture

    write_scene(scene, path)
    with open_picture([path]) as picture:
        return detect(picture)


def _places(scene: SimulatedScene) -> NDArray[np.float64]:
    """(n, 2) col, row of the ships' middles."""
    return np.array([_pixel(scene, *_middle(s.ring)) for s in scene.ships])


def _in_data(scene: SimulatedScene) -> NDArray[np.bool_]:
    """(n,) which ships' middles lie where the picture has data."""
    col, row = np.clip(_places(scene).astype(np.intp), 0, SIDE - 1).T
    return np.asarray(np.isfinite(scene.pixels[0][row, col]), np.bool_)


def _by_cause(found: tuple[Detection, ...], scene: SimulatedScene) -> NDArray[np.int64]:
    """How many detections are of each of ``CAUSES``, the nearest in that order."""
    ships = _places(scene)
    reach = np.array([max(NEAR_PX, s.length_m / 2 / PIXEL_M) for s in scene.ships])
    ghosts = np.array([(SIDE / 2 + g.x_m / PIXEL_M, SIDE / 2 - g.y_m / PIXEL_M) for g in scene.ghosts])
    band = interfered(scene.spec, geometry(scene.spec).flight_deg)
    lacking = np.isnan(scene.pixels[0])
    counts = np.zeros(len(CAUSES), np.int64)
    for detection in found:
        at = np.array([detection.box.col, detection.box.row])
        col, row = np.clip(at.astype(int), 0, SIDE - 1)
        window = np.s_[max(0, row - int(EDGE_PX)) : row + int(EDGE_PX) + 1, max(0, col - int(EDGE_PX)) : col + 9]
        causes = (
            bool((np.hypot(*(ships - at).T) <= reach).any()),
            bool((np.hypot(*(ghosts - at).T) <= NEAR_PX).any()),
            bool(band[row, col]),
            bool(lacking[window].any()),
            True,
        )
        counts[causes.index(True)] += 1
    return counts


def _middle(ring: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    corners = ring[:-1]
    return sum(p[0] for p in corners) / len(corners), sum(p[1] for p in corners) / len(corners)


def _pixel(scene: SimulatedScene, lon: float, lat: float) -> tuple[float, float]:
    from pyproj import Transformer

    forward = Transformer.from_crs("EPSG:4326", f"EPSG:{scene.grid.epsg}", always_xy=True)
    east, north = forward.transform(lon, lat)
    west, top = scene.grid.origin
    return (east - west) / PIXEL_M, (top - north) / PIXEL_M
