"""The simulated harbour of the example: three weeks of pictures whose truth is known.

Two landing ships lie at the quay from 15 to 19 October 2024; before and after there is only everyday traffic.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

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


def _ship(vessel_class: str, place: str, length_m: float | None = None) -> ShipSpec:
    return ShipSpec(vessel_class=vessel_class, place="berth" if place == "berth" else "open", length_m=length_m)


_LANDING = (_ship("ropucha", "berth"), _ship("alligator", "berth"))
_TUG, _PATROL = _ship("tug", "open"), _ship("patrol", "open")
_COASTER, _FREIGHTER = _ship("cargo", "berth", 84.0), _ship("cargo", "berth", 162.0)

_PROGRAMME: tuple[tuple[str, SimulatedSensor, tuple[ShipSpec, ...], float], ...] = (
    ("2024-10-04T01:30", "optical", (_FREIGHTER, _TUG), 0.0),
    ("2024-10-08T21:00", "sar", (_COASTER, _PATROL), 0.0),
    ("2024-10-11T01:25", "optical", (_PATROL, _TUG), 0.05),
    ("2024-10-14T01:30", "optical", (_COASTER, _TUG), 0.95),
    ("2024-10-15T09:00", "sar", (*_LANDING, _TUG), 0.0),
    ("2024-10-16T01:35", "optical", (*_LANDING, _TUG, _PATROL), 0.0),
    ("2024-10-18T01:30", "optical", (*_LANDING, _COASTER), 0.0),
    ("2024-10-20T21:00", "sar", (_FREIGHTER, _TUG), 0.0),
    ("2024-10-25T01:30", "optical", (_COASTER, _PATROL), 0.0),
)
"""(time UTC, sensor, ships, cloud)."""


def write_stack(folder: Path, seed: int = DEFAULT_SEED) -> tuple[StackPicture, ...]:
    """Write the pictures and their truths into ``folder``, in order of time; the same seed gives the same bytes."""
    return tuple(_write(folder, seed, number) for number in range(len(_PROGRAMME)))


def _write(folder: Path, seed: int, number: int) -> StackPicture:
    spec = _spec(seed, number)
    name = f"simulated-{_NAMES[spec.sensor]}-{spec.time:%Y%m%dT%H%M%SZ}.tif"
    path, truth = write_scene(simulate(spec), folder / name)
    landing = sum(s.vessel_class in ("ropucha", "alligator") for s in spec.ships)
    return StackPicture(path=path, truth=truth, time=spec.time, sensor=spec.sensor, landing_ships=landing)


def _spec(seed: int, number: int) -> SceneSpec:
    when, sensor, ships, cloud = _PROGRAMME[number]
    return SceneSpec(
        sensor=sensor,
        time=datetime.fromisoformat(when).replace(tzinfo=UTC),
        position=POSITION,
        gsd_m=10.0 if sensor == "sar" else 3.0,
        size=(256, 256) if sensor == "sar" else (480, 480),
        seed=seed * 100 + number,
        place_seed=seed,
        ships=ships,
        cloud=cloud,
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
