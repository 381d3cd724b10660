"""The step from what was found in a scene to a look at its site: what stood in the way, and whose ships are there."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from offing.case.case import Case
from offing.case.comparing import kept_out
from offing.case.definition import Recognition
from offing.case.opening import opened
from offing.case.recognised import decided, meant, of_scene
from offing.case.sought import classes_sought, length_sought_m
from offing.case.steps import StepKey, Steps, hash_of
from offing.errors import PictureError
from offing.imagery.model import Scene
from offing.looks.model import Look
from offing.records import Record
from offing.sites import Berth, Site
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection, Sighting

DEFAULT_SOUGHT_LENGTH_M = 50.0
"""Length that a look is judged by where no claim names a class with a length."""

_REVISION = 4
"""Raised when the method changes within a version."""


class SceneLook(Record, frozen=True):
    """What one scene says of one site."""

    look: Look
    sightings: tuple[Sighting, ...]


def look_at(case: Case, scene: Scene, found: DetectionSet, steps: Steps) -> SceneLook:
    """What a scene says of its site. Raises PictureError when real and simulated things would be mixed."""
    from offing.looks.optical_seen import fingerprint

    site = site_of(case, scene)
    berths = case.berths(site.id)
    sought = classes_sought(case.definition.claims, site.id)
    recognised = of_scene(case.definition.recognition, scene)
    key = StepKey(
        step="look",
        subject=f"{site.id} in {scene.id}",
        inputs={
            "detections": hash_of([found.detections, found.dismissed]),
            "scene": hash_of([scene]),
            "site": hash_of([site]),
            "berths": hash_of(berths),
            "classes": hash_of(case.library),
            **({"recognition": hash_of([*recognised, *case.definition.vessels])} if recognised else {}),
        },
        parameters={"sought": list(sought), "measured": fingerprint(), "revision": _REVISION},
    )

    def work() -> SceneLook:
        return _scene_look(case, scene, site, berths, found, sought, recognised)

    return steps.do(key, SceneLook, work)


def _scene_look(
    case: Case,
    scene: Scene,
    site: Site,
    berths: tuple[Berth, ...],
    found: DetectionSet,
    sought: tuple[str, ...],
    recognised: tuple[Recognition, ...],
) -> SceneLook:
    from offing.looks.conditions import conditions_at
    from offing.looks.declared import declared
    from offing.looks.detectability import curve
    from offing.looks.scene_look import scene_look
    from offing.vessels.attribution import attribute, site_prior

    with opened(case.root, scene) as picture:
        length = length_sought_m(sought, case.library)
        conditions = conditions_at(picture, site, berths, length or DEFAULT_SOUGHT_LENGTH_M)
    ships = inside(found.detections, site)
    prior = site_prior(site, sought, case.library)
    sightings = attribute(
        ships,
        site=site,
        scene=scene.id,
        prior=prior,
        library=case.library,
        simulated=scene.simulated,
    )
    named_by = meant(recognised, ships)
    sightings = tuple(decided(s, named_by.get(s.detection, ()), case.definition.vessels) for s in sightings)
    gsd, clear = max(scene.gsd_m), conditions.status == "clear"
    measured = curve(scene.sensor, gsd, simulated=scene.simulated) or declared(
        scene.sensor, gsd, length, sought, case.library, prior, clear=clear, simulated=scene.simulated
    )
    look = scene_look(scene, site, conditions, sightings, {d.id: d for d in ships}, measured)
    note = kept_out(inside(found.dismissed, site))
    return SceneLook(look=msgspec.structs.replace(look, note=note), sightings=sightings)


def site_of(case: Case, scene: Scene) -> Site:
    """The site that a scene shows. Raises PictureError when it is gone, or real and simulated would be mixed."""
    sites = {s.id: s for s in case.definition.sites}
    name = scene.sites[0]
    if name not in sites:
        raise PictureError(
            f"scene {scene.id} shows the site {name!r}, which case.yaml no longer has",
            where=str(case.root / "case.yaml"),
            fix="put the site back",
        )
    if sites[name].simulated != scene.simulated:
        raise PictureError(
            f"scene {scene.id} and site {name!r} are not both simulated or both real",
            where=str(case.root / "case.yaml"),
            fix="keep simulated pictures at sites marked simulated: true",
        )
    return sites[name]


def inside(detections: Iterable[Detection], site: Site) -> tuple[Detection, ...]:
    """Those whose middle lies within the site; a picture without georeference shows its site alone."""
    return tuple(d for d in detections if d.ring is None or _within(d.ring, site))


def _within(ring: tuple[tuple[float, float], ...], site: Site) -> bool:
    from offing.geo import LonLat, distance_m

    corners = ring[:-1]
    middle = LonLat(lon=sum(p[0] for p in corners) / len(corners), lat=sum(p[1] for p in corners) / len(corners))
    return distance_m(middle, site.lonlat) <= site.radius_m
