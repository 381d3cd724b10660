"""What persons recognised, joined to the detections that they meant."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from offing.case.definition import Recognition
from offing.errors import OffingWarning
from offing.imagery.model import Scene
from offing.vessels.classes import ClassLibrary
from offing.vessels.identification.model import Judgement
from offing.vessels.model import Detection, Sighting, Vessel

NEAR = 0.6
"""A place belongs to the nearest ship whose middle is no farther than this times her length."""


def of_scene(entries: Iterable[Recognition], scene: Scene) -> tuple[Recognition, ...]:
    """The entries that speak of ``scene``."""
    return tuple(e for e in entries if e.scene == scene.id)


def meant(entries: Iterable[Recognition], detections: Sequence[Detection]) -> dict[str, tuple[Recognition, ...]]:
    """Detection id → what was recognised of it; an entry where no ship was detected is in none."""
    found: dict[str, list[Recognition]] = {}
    for entry in entries:
        near = [(away, d.id) for d in detections if (away := _away(entry.at, d)) is not None]
        if near:
            found.setdefault(min(near)[1], []).append(entry)
    return {key: tuple(value) for key, value in found.items()}


def warn_of_unmet(entries: Iterable[Recognition], ships: Mapping[str, Sequence[Detection]]) -> None:
    """Warn of what was recognised in no scene of the case, or where no ship was detected; ``ships``: by scene id."""
    for entry in entries:
        if entry.scene not in ships:
            why = "the case has no such scene"
        elif not meant([entry], ships[entry.scene]):
            why = "no ship was detected there; import what you saw as an observation"
        else:
            continue
        where = f"{entry.at[0]:g}, {entry.at[1]:g} in {entry.scene}"
        warnings.warn(f"recognition at {where}: {why}", OffingWarning, stacklevel=2)


def judgements(recognised: dict[str, tuple[Recognition, ...]], library: ClassLibrary) -> tuple[Judgement, ...]:
    """One for each feature that was scored and each class that has it."""
    return tuple(
        Judgement(detection=detection, vessel_class=c.id, feature=name, seen=mark, by=entry.by, note=entry.note)
        for detection, entries in sorted(recognised.items())
        for entry in entries
        for name, mark in entry.features.items()
        for c in library
        if any(f.id == name for f in c.features)
    )


def decided(sighting: Sighting, entries: Iterable[Recognition], vessels: Iterable[Vessel]) -> Sighting:
    """The sighting under the name that a person gave it; of several decisions the last one in the file holds."""
    ships = {v.id: v for v in vessels}
    for entry in entries:
        ship = ships.get(entry.vessel or "")
        name = ship.vessel_class if ship else entry.vessel_class
        if name is None:
            continue
        on = f" on {entry.on.isoformat()}" if entry.on else ""
        said = f"Identified as {ship.title if ship else name} by {entry.by}{on}"
        sighting = msgspec.structs.replace(sighting, named=name, vessel=entry.vessel, decided=said)
    return sighting


def _away(at: tuple[float, float], detection: Detection) -> float | None:
    """From a place to the middle of a ship, in lengths of the ship; None: too far."""
    if detection.ring is None:
        box = detection.box
        away = math.hypot(at[0] - box.col, at[1] - box.row) / max(2.0 * math.hypot(*box.length_px), 1.0)
    else:
        away = _ground_away(at, detection.ring, detection.measurement.length_m or 0.0)
    return away if away <= NEAR else None


def _ground_away(at: tuple[float, float], ring: Sequence[tuple[float, float]], length_m: float) -> float:
    from offing.geo import LonLat, distance_m

    corners = ring[:-1]
    middle = LonLat(lon=sum(p[0] for p in corners) / len(corners), lat=sum(p[1] for p in corners) / len(corners))
    return distance_m(LonLat(lon=at[0], lat=at[1]), middle) / max(length_m, 20.0)
