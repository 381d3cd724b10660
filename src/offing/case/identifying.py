"""The step from what was found in a scene to what each ship may be: size, layout, photographs, persons, AIS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from offing.case import ais_compared, kept, photographs
from offing.case.case import Case
from offing.case.definition import AisFile, Recognition
from offing.case.looking import inside, site_of
from offing.case.model import SceneIdentity
from offing.case.opening import opened
from offing.case.recognised import judgements, meant, of_scene
from offing.case.sought import classes_sought
from offing.case.steps import StepKey, Steps, hash_of
from offing.imagery.model import Scene
from offing.sites import Site
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection

_REVISION = 1
"""Raised when the method changes within a version."""
PRIOR_BASIS = "everyday traffic at the site and the classes that the claims look for there"


def identified(
    case: Case, scenes: Sequence[Scene], found: Sequence[DetectionSet], steps: Steps, workers: int, clock: datetime
) -> list[SceneIdentity]:
    """What the ships of each scene may be, in the order of the scenes."""
    definition = case.definition
    written = {*ais_compared.paths(definition.ais), *(r.path for r in definition.references)}
    hashes = {path: kept.hash_file(case.inside(path))[0] for path in sorted(written)}  # once a run: they may be large
    return steps.do_all(
        [_step(case, scene, detections, hashes, clock) for scene, detections in zip(scenes, found, strict=True)],
        SceneIdentity,
        workers,
    )


def _step(
    case: Case, scene: Scene, found: DetectionSet, hashes: Mapping[str, str], clock: datetime
) -> tuple[StepKey, Callable[[], SceneIdentity]]:
    from offing.vessels.detection.additive import fingerprint
    from offing.vessels.profile.calibration import NAME

    site = site_of(case, scene)
    ships = inside(found.detections, site)
    sought = classes_sought(case.definition.claims, site.id)
    recognised = of_scene(case.definition.recognition, scene)
    files = ais_compared.files_for(case, scene)
    key = StepKey(
        step="identify",
        subject=scene.id,
        inputs={
            "detections": hash_of(ships),
            "scene": hash_of([scene]),
            "site": hash_of([site]),
            "classes": hash_of(case.library),
            "vessels": hash_of(case.definition.vessels),
            "recognition": hash_of(recognised),
            "ais": [hashes[path] for path in ais_compared.paths(files)],
            "photographs": [hash_of(case.definition.references), [hashes[r.path] for r in case.definition.references]],
        },
        parameters={"sought": list(sought), "profiles": fingerprint(NAME), "revision": _REVISION},
    )
    return key, lambda: _identity(case, scene, site, ships, sought, recognised, files, clock)


def _identity(
    case: Case,
    scene: Scene,
    site: Site,
    ships: tuple[Detection, ...],
    sought: tuple[str, ...],
    recognised: tuple[Recognition, ...],
    files: tuple[AisFile, ...],
    clock: datetime,
) -> SceneIdentity:
    from offing.vessels.attribution import site_prior
    from offing.vessels.identification import identify_all

    with opened(case.root, scene) as picture:
        found = identify_all(
            picture,
            ships,
            library=case.library,
            prior=site_prior(site, sought, case.library),
            prior_basis=PRIOR_BASIS,
            vessels=case.definition.vessels,
            judged=judgements(meant(recognised, ships), case.library),
        )
        shown = photographs.matched(case, picture, ships, found)
        tracks = ais_compared.compared(case, scene, picture, ships, files, clock)
    return SceneIdentity(scene=scene.id, site=site.id, identifications=found, photographs=shown, ais=tracks)
