"""The simulated harbour of the example: three weeks of pictures whose truth is known.

Two landing ships lie in the roads from 15 October 2024, one of them goes alongside on the 18th, both are gone on the
20th; before and after there is only everyday traffic.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from offing.geo import LonLat
from offing.records import Record
from offing.simulation.model import SceneSpec, ShipSpec, SimulatedSensor
from offing.simulation.position import picture_grid
from offing.simulation.quay import berths, harbour, to_grid
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene

POSITION = LonLat(lon=134.0, lat=40.5)
"""In the open sea: the harbour is invented."""

SITE = "sim-harbour"
DEFAULT_SEED = 1171
_NAMES = {"sar": "radar", "optical": "optical"}


class StackPicture(Record, frozen=True):
    """One picture of the stack."""

    path: Path
    truth: Path
    """GeoJSON with the ships that are there."""
    time: datetime
    """UTC; in the picture's tags too."""
    sensor: SimulatedSensor
    landing_ships: int
    """How many are there in truth."""


_TUG, _PATROL = ShipSpec(vessel_class="tug"), ShipSpec(vessel_class="patrol")
_COASTER = ShipSpec(vessel_class="cargo", place="berth", length_m=84.0)
_FREIGHTER = ShipSpec(vessel_class="cargo", place="berth", length_m=162.0)


class _Entry(Record, frozen=True):
    """What one picture of the stack shows."""

    time: str
    """UTC, without zone."""
    sensor: SimulatedSensor
    ships: tuple[ShipSpec, ...]
    cloud: float = 0.0


def _programme(seed: int) -> tuple[_Entry, ...]:
    """The pictures in order of time."""
    port = harbour(seed)

    def anchored(vessel_class: str, u: float, v: float, heading_deg: float) -> ShipSpec:
        ((x, y),) = to_grid(port, np.array([[u, v]]))
        return ShipSpec(vessel_class=vessel_class, x_m=float(x), y_m=float(y), heading_deg=heading_deg)

    def ropucha(turned: float) -> ShipSpec:
        return anchored("ropucha", -330.0, 210.0, turned)

    def alligator(turned: float) -> ShipSpec:
        return anchored("alligator", -110.0, 330.0, turned)

    moored = ShipSpec(vessel_class="ropucha", place="berth")
    return (
        _Entry(time="2024-10-04T01:30", sensor="optical", ships=(_FREIGHTER, _TUG)),
        _Entry(time="2024-10-08T21:00", sensor="sar", ships=(_COASTER, _PATROL)),
        _Entry(time="2024-10-11T01:25", sensor="optical", ships=(_PATROL, _TUG), cloud=0.05),
        _Entry(time="2024-10-14T01:30", sensor="optical", ships=(_COASTER, _TUG), cloud=0.95),
        _Entry(time="2024-10-15T09:00", sensor="sar", ships=(ropucha(40.0), alligator(44.0), _COASTER)),
        _Entry(time="2024-10-16T01:35", sensor="optical", ships=(ropucha(75.0), alligator(79.0), _COASTER)),
        _Entry(time="2024-10-17T01:30", sensor="optical", ships=(ropucha(110.0), alligator(113.0), _TUG)),
        _Entry(time="2024-10-18T01:25", sensor="optical", ships=(moored, alligator(60.0), _PATROL)),
        _Entry(time="2024-10-20T21:00", sensor="sar", ships=(_FREIGHTER, _TUG)),
        _Entry(time="2024-10-25T01:30", sensor="optical", ships=(_COASTER, _PATROL)),
    )


def write_stack(folder: Path, seed: int = DEFAULT_SEED) -> tuple[StackPicture, ...]:
    """Write the pictures and their truths into ``folder``, in order of time; the same seed gives the same bytes."""
    return tuple(_write(folder, seed, number) for number in range(len(_programme(seed))))


def _write(folder: Path, seed: int, number: int) -> StackPicture:
    spec = _spec(seed, number)
    name = f"simulated-{_NAMES[spec.sensor]}-{spec.time:%Y%m%dT%H%M%SZ}.tif"
    path, truth = write_scene(simulate(spec), folder / name)
    landing = sum(s.vessel_class in ("ropucha", "alligator") for s in spec.ships)
    return StackPicture(path=path, truth=truth, time=spec.time, sensor=spec.sensor, landing_ships=landing)


def _spec(seed: int, number: int) -> SceneSpec:
    entry = _programme(seed)[number]
    radar = entry.sensor == "sar"
    return SceneSpec(
        sensor=entry.sensor,
        time=datetime.fromisoformat(entry.time).replace(tzinfo=UTC),
        position=POSITION,
        gsd_m=10.0 if radar else 3.0,
        size=(256, 256) if radar else (480, 480),
        seed=seed * 100 + number,
        place_seed=seed,
        ships=entry.ships,
        cloud=entry.cloud,
    )


def berths_geojson(seed: int = DEFAULT_SEED) -> dict[str, object]:
    """The berths of the simulated harbour as GeoJSON, polygons in lon/lat."""
    port, grid = harbour(seed), picture_grid(_spec(seed, 0))
    features = []
    for name, polygon in berths().items():
        ring = [[round(v, 7) for v in grid.lonlat(float(x), float(y))] for x, y in to_grid(port, polygon)]
        features.append(
            {
                "type": "Feature",
                "id": name,
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
                "properties": {"id": name, "name": f"Simulated {name}", "site": SITE, "simulated": True},
            }
        )
    return {"type": "FeatureCollection", "simulated": True, "features": features}
