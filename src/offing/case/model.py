"""What the case folder keeps, beside the records of the other rooms."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from offing.errors import StoreError
from offing.imagery.catalogue.model import Answer
from offing.judgement.model import ClaimVerdict, Verdict
from offing.looks.model import Look
from offing.movements.model import Lift, PortCall, Presence, SightingLink
from offing.movements.voyages.model import Voyages
from offing.records import Record
from offing.sites import Berth, Site
from offing.vessels.ais.model import Matching
from offing.vessels.identification.model import Identification
from offing.vessels.model import Detection, Sighting
from offing.vessels.profile.model import Profile
from offing.vessels.reference.model import PhotoRelief, ReferenceComparison

T = TypeVar("T")


class KeptFile(Record, frozen=True):
    """A file of the case folder whose bytes must not change."""

    path: str
    """Relative to the case folder, with forward slashes."""
    sha256: str
    """Of its bytes, in hex."""
    bytes: int
    """Its size."""
    name: str | None = None
    """Name of the file as it was given; None: made by offing."""


class Statement(Record, frozen=True):
    """A machine result: what a step found, from which inputs, with which parameters and version. Immutable."""

    key: str
    """Hash of step, inputs, parameters and version; the same key means the same result."""
    step: str
    """Name of the step: ``detect``, ``look``, ``judge`` …"""
    inputs: dict[str, Any]
    """What went in, as JSON: name → hash."""
    parameters: dict[str, Any]
    """How it was done, as JSON."""
    version: str
    """Version of offing that did it."""
    created: datetime
    """UTC."""
    result: str
    """What came out, as JSON text; read it with ``read``."""

    def read(self, kind: type[T]) -> T:
        """The result as a record or a tuple of records. Raises StoreError when it is not one."""
        try:
            return msgspec.json.decode(self.result, type=kind)
        except msgspec.DecodeError as error:
            raise StoreError(
                f"the result of step {self.step!r} cannot be read as it was kept: {error}", fix="run offing check"
            ) from error


class KeptSearch(Record, frozen=True):
    """What a catalogue answered once, as it is kept in the case."""

    number: int
    """1, 2, 3 … in the order in which they were asked."""
    answer: Answer
    items: int
    """How many it listed that the case keeps."""


class SceneDetections(Record, frozen=True):
    """The detections of one scene of the case."""

    scene: str
    """Scene id."""
    detections: tuple[Detection, ...]
    simulated: bool = False
    dismissed: tuple[Detection, ...] = ()
    """What is named as something else than a vessel, each with its reasons; no sighting comes from it."""


class PhotoMatch(Record, frozen=True):
    """A ship of a scene beside a photograph. It is shown, and counted in nothing: a photograph and the layout of its
    class tell of the same things.
    """

    reference: str
    """Id of the photograph under ``references``."""
    detection: str
    """Id of the detection."""
    comparison: ReferenceComparison
    photo: PhotoRelief
    """What the photograph says along the deck."""
    profile: Profile
    """What the picture shows along the hull."""


class SceneIdentity(Record, frozen=True):
    """What the ships of one scene may be."""

    scene: str
    """Scene id."""
    site: str
    """Site id."""
    identifications: tuple[Identification, ...] = ()
    """In the order of the detections at the site."""
    photographs: tuple[PhotoMatch, ...] = ()
    """The likeliest ships beside the case's photographs."""
    ais: Matching | None = None
    """None: the case has no AIS, or the scene has no place on Earth."""


class Results(Record, frozen=True):
    """The current results of a case as a whole: what the layers and every report show."""

    key: str
    """Hash of everything that the results were computed from."""
    sites: tuple[Site, ...] = ()
    berths: tuple[Berth, ...] = ()
    looks: tuple[Look, ...] = ()
    """Imported ones and those at pictures of the case."""
    detections: tuple[SceneDetections, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    port_calls: tuple[PortCall, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    """In the order in which they are to be read; the store keeps it."""
    claims: tuple[ClaimVerdict, ...] = ()
    """On each claim as a whole, in the order of the claims; the store keeps it."""
    lifts: tuple[Lift, ...] = ()
    """In the order in which they are to be read; the store keeps it."""
    identities: tuple[SceneIdentity, ...] = ()
    """What the ships of each scene may be, and what AIS says of them."""
    voyages: Voyages = Voyages(voyages=())
    """Which port calls one ship may have made in turn."""
    presence: tuple[Presence, ...] = ()
    """Ships of the claimed kinds at the sites over time, and how many called."""
    links: tuple[SightingLink, ...] = ()
    """Whether consecutive sightings of one kind of ship are one call."""


class Import(Record, frozen=True):
    """One import of an observations table. Immutable: a later one can take its place, not change it."""

    number: int
    """1, 2, 3 …"""
    name: str
    """Name of the file as given."""
    sha256: str
    """Of the file, whose copy is in ``sources/``."""
    imported: datetime
    """UTC."""
    looks: int
    """How many looks it holds."""


class ImportOutcome(Record, frozen=True):
    """What an import did to the looks of the case."""

    number: int
    """Of the import that now holds; that of an earlier one where nothing was to be done."""
    looks: int
    """Looks that the file holds."""
    unchanged: bool = False
    """True: the same bytes hold already; nothing was written."""
    replaced: tuple[str, ...] = ()
    """Ids of looks of earlier imports that the file states anew."""
    withdrawn: tuple[str, ...] = ()
    """Ids of looks of an earlier version of the same file that it no longer holds."""
    superseded: tuple[int, ...] = ()
    """Numbers of the imports that lost looks to it."""
