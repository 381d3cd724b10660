"""A case at one moment, as plain records: what every export and the report are made from."""

from __future__ import annotations

from datetime import datetime

from offing import __version__
from offing.case.case import Case
from offing.case.definition import CaseDefinition
from offing.case.kept import SOURCES
from offing.case.ledger import LedgerLine
from offing.case.model import KeptFile, SceneIdentity
from offing.case.pipeline import judged_verdicts
from offing.imagery.model import Scene
from offing.judgement.model import ClaimVerdict, Verdict
from offing.looks.model import Look
from offing.movements.model import Lift, PortCall, Presence
from offing.movements.voyages.model import Voyage
from offing.records import Record
from offing.sites import Berth, Site
from offing.timespan import parse_instant
from offing.vessels.model import Detection, Sighting, VesselClass


class CaseDetection(Record, frozen=True):
    """A detection with the scene that it was made in."""

    scene: str
    """Scene id."""
    detection: Detection

    @property
    def id(self) -> str:
        """``scene/detection``, unique in the case."""
        return f"{self.scene}/{self.detection.id}"


class LedgerState(Record, frozen=True):
    """Where the ledger stood."""

    entries: int
    """Lines in the ledger."""
    head: str | None
    """Hash of the last line; None while the ledger is empty."""
    last_time: datetime | None
    """When the last line was written, UTC."""


class CaseSnapshot(Record, frozen=True):
    """Everything that was written and found, in the store's order."""

    definition: CaseDefinition
    classes: tuple[VesselClass, ...]
    """The class library in force, built-in classes included."""
    berths: tuple[Berth, ...]
    scenes: tuple[Scene, ...]
    looks: tuple[Look, ...]
    detections: tuple[CaseDetection, ...]
    """The ships."""
    dismissed: tuple[CaseDetection, ...]
    """What is named as something else, with its reasons."""
    sightings: tuple[Sighting, ...]
    identities: tuple[SceneIdentity, ...]
    """What the ships may be, and what AIS says of them, by scene."""
    port_calls: tuple[PortCall, ...]
    verdicts: tuple[Verdict, ...]
    lifts: tuple[Lift, ...]
    kept: tuple[KeptFile, ...]
    """Evidentiary copies of sources."""
    ledger: LedgerState
    offing: str
    """Version of offing that made the snapshot."""
    claims: tuple[ClaimVerdict, ...] = ()
    """On each claim as a whole."""
    voyages: tuple[Voyage, ...] = ()
    """Which of the calls one ship may have made in turn."""
    presence: tuple[Presence, ...] = ()
    """Ships of the claimed kinds at the sites over time, and how many called."""

    def site(self, site_id: str) -> Site | None:
        """The site of that id; None when case.yaml no longer has it."""
        return next((s for s in self.definition.sites if s.id == site_id), None)

    def simulated_scenes(self) -> frozenset[str]:
        """Ids of the scenes that were made, not taken."""
        return frozenset(s.id for s in self.scenes if s.simulated)


def take(case: Case) -> CaseSnapshot:
    """The case as it was last run. Warns when case.yaml changed since.

    Raises CaseError for a case that has not been run since it last changed, and whatever reading the store or the
    ledger raises.
    """
    verdicts = judged_verdicts(case)
    lines = tuple(case.ledger.lines())
    return CaseSnapshot(
        definition=case.definition,
        classes=tuple(case.library),
        berths=tuple(b for s in case.definition.sites for b in case.berths(s.id)),
        scenes=case.store.scenes(),
        looks=case.store.looks(),
        detections=tuple(
            CaseDetection(scene=group.scene, detection=found)
            for group in case.store.scene_detections()
            for found in group.detections
        ),
        dismissed=tuple(
            CaseDetection(scene=group.scene, detection=found)
            for group in case.store.scene_detections()
            for found in group.dismissed
        ),
        sightings=case.store.sightings(),
        identities=case.store.identities(),
        port_calls=case.store.port_calls(),
        presence=case.store.presence(),
        voyages=case.store.voyages().voyages,
        verdicts=verdicts,
        claims=case.store.claim_verdicts(),
        lifts=case.store.lifts(),
        kept=_evidentiary(lines),
        ledger=LedgerState(
            entries=len(lines),
            head=lines[-1].hash if lines else None,
            last_time=parse_instant(lines[-1].time)[0] if lines else None,
        ),
        offing=__version__,
    )


def _evidentiary(lines: tuple[LedgerLine, ...]) -> tuple[KeptFile, ...]:
    """The kept copies of sources that the ledger names, each once, by path."""
    entries = [entry for line in lines for entry in line.payload.get("files", ())]
    found = {entry["path"]: entry for entry in entries if str(entry["path"]).startswith(f"{SOURCES}/")}
    return tuple(
        KeptFile(path=path, sha256=entry["sha256"], bytes=entry["bytes"], name=entry.get("name"))
        for path, entry in sorted(found.items())
    )
