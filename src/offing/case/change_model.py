"""What a case held at one time, as far as a change of it is news, and what a change is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.imagery.catalogue.model import Cost
from offing.imagery.model import SensorKind, Status
from offing.judgement.model import Confidence, VerdictWord
from offing.looks.model import Seen
from offing.records import Record

ChangeKind = Literal[
    "items-listed",
    "scene-added",
    "look-added",
    "look-changed",
    "look-gone",
    "verdict",
    "confidence",
    "verdict-added",
    "verdict-gone",
    "claim-added",
    "claim-gone",
    "element-added",
    "element-changed",
    "element-gone",
]
"""What came, went or is another than before."""


class ItemState(Record, frozen=True):
    """An acquisition that a catalogue lists for a site."""

    id: str
    """``catalogue/collection/item``."""
    site: str
    """Site id."""
    time: datetime
    """UTC."""
    taken_by: str
    """Satellite, or the kind of sensor where it is not said."""
    cost: Cost = "free"
    simulated: bool = False


class SceneState(Record, frozen=True):
    """A picture of the case."""

    id: str
    """Scene id."""
    sites: tuple[str, ...]
    """Ids of the sites that it shows."""
    time: datetime
    """UTC."""
    sensor: SensorKind
    platform: str | None
    """None: not known."""
    simulated: bool = False


class LookState(Record, frozen=True):
    """A look at a picture, or one that somebody wrote down; what catalogues merely list are items."""

    id: str
    """Look id."""
    site: str
    """Site id."""
    time: datetime
    """UTC."""
    sensor: str
    status: Status
    seen: Seen
    """``yes``: a ship was seen in it, of whatever class."""
    scene: str | None = None
    """Scene id; None: somebody wrote it down."""
    simulated: bool = False


class VerdictState(Record, frozen=True):
    """What was judged of one element of one claim."""

    claim: str
    element: str
    """As in the verdicts: ``destination``, ``origin:chongjin`` …"""
    verdict: VerdictWord
    ratio: float | None
    """Likelihood ratio; None: undeclared."""
    word: str | None
    """Likelihood word; None: no probability may be given."""
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    """``look:ID`` of each look that bears on it."""
    simulated: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """(claim, element)."""
        return self.claim, self.element


class ElementState(Record, frozen=True):
    """One part of what a claim asserts, as case.yaml has it."""

    claim: str
    element: str
    """Key in case.yaml: ``destination``, ``window`` …"""
    sha256: str
    """Of its value, which may name people and is therefore not kept here."""
    shown: str | None = None
    """Its value, where that is a window or the ids of sites."""


class CaseState(Record, frozen=True):
    """What a case held at one time; each tuple in a fixed order."""

    items: tuple[ItemState, ...] = ()
    scenes: tuple[SceneState, ...] = ()
    looks: tuple[LookState, ...] = ()
    verdicts: tuple[VerdictState, ...] = ()
    elements: tuple[ElementState, ...] = ()


class Change(Record, frozen=True):
    """One thing that is another than before, in a plain sentence."""

    kind: ChangeKind
    subject: str
    """Site id, scene id, look id, or ``claim/element``."""
    text: str
    """The sentence; it says itself where something is simulated. No names of people are in it."""
    before: str | None = None
    """The word that held before: a verdict, a status; None: there was none."""
    after: str | None = None
    """The word that holds now; None: there is none."""
    evidence: tuple[str, ...] = ()
    """``look:ID`` of what is new among the looks that bear on it."""
    simulated: bool = False
