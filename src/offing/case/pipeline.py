"""``offing run``: from the pictures and tables of a case to a verdict for each element of each claim.

Pictures → detections → comparison of radar pictures with the others of their site → looks and sightings → port
calls, lifts and verdicts. Each arrow is a step that is keyed by the hash of its inputs, parameters and version; its
result is kept as an immutable statement the moment it is there, so a run that is killed goes on where it was.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from pathlib import Path

import msgspec

from offing.case.candidates import listed, told_looks
from offing.case.case import Case
from offing.case.catalogued import not_obtained
from offing.case.clock import Clock
from offing.case.comparing import compared_scenes, count
from offing.case.identifying import identified
from offing.case.ledger import digest
from offing.case.looking import look_at
from offing.case.model import Results, SceneDetections
from offing.case.opening import opened
from offing.case.present import REVISION as PRESENCE_REVISION
from offing.case.present import Present, ships_present
from offing.case.recognised import warn_of_unmet
from offing.case.steps import Progress, StepKey, Steps, hash_of
from offing.case.voyaging import voyaged
from offing.errors import CaseError, OffingWarning
from offing.imagery.model import Scene
from offing.judgement.model import Candidate, ClaimVerdict, Verdict
from offing.judgement.situation import Situation
from offing.looks.model import Look
from offing.movements.model import Lift
from offing.records import Record
from offing.vessels.detection.model import DetectionSet

MIN_SCORE = 0.5
"""Detections below this probability of being a vessel make no sighting."""

_REVISION = {"detect": 3, "judge": 3}
"""Raised when a step's method changes within a version, so that old results are not taken for new ones."""


class Judged(Record, frozen=True):
    """What follows from all looks together."""

    verdicts: tuple[Verdict, ...]
    claims: tuple[ClaimVerdict, ...]
    lifts: tuple[Lift, ...]


class RunSummary(Record, frozen=True):
    """What a run did and what the case now holds."""

    done: int
    """Steps that were done."""
    unchanged: int
    """Steps that had been done before."""
    looks: int
    sightings: int
    verdicts: int


def run_case(case: Case, progress: Progress, clock: Clock, *, workers: int | None = None) -> RunSummary:
    """Bring ``case`` up to date.

    ``workers`` pictures are worked on at a time (as many as processors when None).
    Raises CaseBusyError when another command holds the case, and whatever is wrong with its pictures.
    """
    with case.writing():
        scenes = case.store.scenes()
        berths = tuple(b for s in case.definition.sites for b in case.berths(s.id))
        steps = Steps(case.store, progress, clock)
        progress.begin(3 * len(scenes) + count(scenes) + 3)
        workers = workers or os.cpu_count() or 1
        alone = _detect(case, scenes, steps, workers)
        found = compared_scenes(case, scenes, alone, steps, MIN_SCORE, workers)
        warn_of_unmet(case.definition.recognition, {s.id: d.detections for s, d in zip(scenes, found, strict=True)})
        identities = identified(case, scenes, found, steps, workers, clock())
        seen = [look_at(case, scene, detections, steps) for scene, detections in zip(scenes, found, strict=True)]
        told = [*case.store.imported_looks(), *(s.look for s in seen)]
        looks = tuple(sorted([*told, *not_obtained(case, scenes, told)], key=lambda k: (k.time, k.site, k.id)))
        situation = _situation(case, looks, listed(case, scenes, told))
        present = ships_present(situation, steps)
        judged = steps.do(_judge_key(case, situation), Judged, lambda: _judged(case, situation, present))
        voyages = voyaged(case, present.port_calls, looks, scenes, found, steps)
        results = Results(
            key=digest(
                [
                    *(hash_of(part) for part in ([case.definition], looks, [judged], found, identities)),
                    hash_of([voyages]),
                    hash_of([present]),
                ]
            ),
            sites=case.definition.sites,
            berths=berths,
            looks=looks,
            detections=tuple(
                SceneDetections(
                    scene=scene.id, detections=d.detections, simulated=scene.simulated, dismissed=d.dismissed
                )
                for scene, d in zip(scenes, found, strict=True)
            ),
            sightings=tuple(sighting for s in seen for sighting in s.sightings),
            port_calls=present.port_calls,
            verdicts=judged.verdicts,
            claims=judged.claims,
            lifts=judged.lifts,
            identities=tuple(identities),
            voyages=voyages,
            presence=present.presence,
            links=present.links,
        )
        if results.key != case.store.results_key():
            case.store.project(results, at=clock())
        return RunSummary(
            done=steps.done,
            unchanged=steps.unchanged,
            looks=len(looks),
            sightings=len(results.sightings),
            verdicts=len(judged.verdicts),
        )


def _detect(case: Case, scenes: Iterable[Scene], steps: Steps, workers: int) -> list[DetectionSet]:
    """The detections of each scene, in the order of the scenes."""
    return steps.do_all(
        [(_detect_key(scene), lambda scene=scene: _detections(case.root, scene)) for scene in scenes],  # type: ignore[misc]
        DetectionSet,
        workers,
    )


def _detect_key(scene: Scene) -> StepKey:
    from offing.vessels.detection.detect import models_of

    return StepKey(
        step="detect",
        subject=scene.id,
        inputs={"scene": hash_of([scene])},
        parameters={"min_score": MIN_SCORE, "models": models_of(scene.sensor), "revision": _REVISION["detect"]},
    )


def _detections(root: Path, scene: Scene) -> DetectionSet:
    from offing.vessels.detection.detect import detect, empty, has_data

    with opened(root, scene) as picture:
        if not has_data(picture):
            return empty(picture)
        return detect(picture, min_score=MIN_SCORE, workers=1)


def judged_verdicts(case: Case) -> tuple[Verdict, ...]:
    """The verdicts of the last run. Raises CaseError when there was none; warns when something changed since."""
    if case.store.results_key() is None:
        raise CaseError("nothing has been judged since the last change", where=str(case.root), fix=_run_it(case))
    if case.store.statement(_judge_key(case, kept_situation(case)).key) is None:
        warnings.warn(
            f"{case.root}: case.yaml, or what catalogues list, changed since the last run; {_run_it(case)}",
            OffingWarning,
            stacklevel=2,
        )
    return case.store.verdicts()


def _run_it(case: Case) -> str:
    return f"run: offing run {case.root}"


def kept_situation(case: Case) -> Situation:
    """What the verdicts that are kept were judged from, if nothing changed since."""
    looks = case.store.looks()
    return _situation(case, looks, listed(case, case.store.scenes(), told_looks(case, looks)))


def _situation(case: Case, looks: tuple[Look, ...], candidates: tuple[Candidate, ...]) -> Situation:
    definition = case.definition
    return Situation(
        claims=definition.claims,
        sources=definition.sources,
        sites=definition.sites,
        vessels=definition.vessels,
        library=case.library,
        looks=looks,
        candidates=candidates,
        thresholds=definition.options,
        timezone=definition.timezone,
    )


def _judge_key(case: Case, situation: Situation) -> StepKey:
    return StepKey(
        step="judge",
        subject=f"{len(situation.claims)} claims",
        inputs={
            "claims": hash_of(situation.claims),
            "sources": hash_of(situation.sources),
            "sites": hash_of(situation.sites),
            "vessels": hash_of(situation.vessels),
            "classes": hash_of(case.library),
            "looks": hash_of(situation.looks),
            "candidates": hash_of(situation.candidates),
        },
        parameters={
            "thresholds": msgspec.to_builtins(situation.thresholds),
            "timezone": situation.timezone,
            "revision": _REVISION["judge"],
            "presence": PRESENCE_REVISION,
        },
    )


def _judged(case: Case, situation: Situation, present: Present) -> Judged:
    from offing.judgement.judge import judge_all
    from offing.movements.claimed_lift import claimed_lifts

    found = judge_all(situation)
    return Judged(
        verdicts=found.verdicts,
        claims=found.claims,
        lifts=claimed_lifts(situation.claims, present.port_calls, situation.vessels, case.library, present.presence),
    )
