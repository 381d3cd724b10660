"""A look at a picture of the case: what stood in the way, and what was seen in spite of it."""

from __future__ import annotations

from collections.abc import Sequence

from offing.imagery.model import Scene, Status, Usability
from offing.looks.model import Look, Observation, Seen
from offing.records import Record
from offing.sites import Site
from offing.vessels.model import Detection, Sighting

_Z95 = 1.6448536269514722


class PlaceSeen(Record, frozen=True):
    """What a scene could show of one berth, or of the site where none is drawn."""

    name: str
    area_m2: float
    seen: Usability


class Conditions(Record, frozen=True):
    """What a scene could show of a site."""

    status: Status
    usable: float
    """Fraction of the berths (of the site where none is drawn) that could be seen, 0–1."""
    reason: str
    sun_elevation_deg: float
    """At the site and time."""
    places: tuple[PlaceSeen, ...] = ()
    """The berths, each by itself."""


class Detectability(Record, frozen=True):
    """The measured chances of a kind of picture."""

    p_detect: float
    p_false: float | None
    """None: not measured."""
    basis: str
    """The benchmark that measured them, with n."""


def scene_look(
    scene: Scene,
    site: Site,
    conditions: Conditions,
    sightings: Sequence[Sighting],
    detections: dict[str, Detection],
    measured: Detectability | None,
) -> Look:
    """The look of ``site`` in ``scene``; ``detections`` by id hold what the sightings were measured from.

    ``measured`` is None where nothing has measured what such a picture shows: undeclared stays undeclared.
    """
    return Look(
        id=f"{scene.id}@{site.id}",
        site=site.id,
        time=scene.time,
        sensor=scene.platform or scene.sensor,
        status=conditions.status,
        usable=conditions.usable,
        reason=conditions.reason,
        p_detect=measured.p_detect if measured else None,
        p_false=measured.p_false if measured else None,
        p_basis=measured.basis if measured else None,
        observations=_observations(conditions, sightings, detections),
        scene=scene.id,
        sun_elevation_deg=conditions.sun_elevation_deg,
        simulated=scene.simulated,
    )


def _observations(
    conditions: Conditions, sightings: Sequence[Sighting], detections: dict[str, Detection]
) -> tuple[Observation, ...]:
    if conditions.usable <= 0.0:
        return (Observation(seen="indeterminate"),)
    if not sightings:
        return (Observation(seen="no"),)
    return tuple(_seen(s, detections[s.detection], "yes") for s in sightings)


def _seen(sighting: Sighting, detection: Detection, seen: Seen) -> Observation:
    measured = detection.measurement
    interval = measured.length_m_90
    return Observation(
        seen=seen,
        vessel_class=sighting.named,
        vessel=sighting.vessel,
        length_m=measured.length_m,
        length_sd_m=(interval.high - interval.low) / (2.0 * _Z95) if interval else None,
        detection=sighting.id,
        note=f"{sighting.decided}; by the machine: {sighting.basis}" if sighting.decided else sighting.basis,
    )
