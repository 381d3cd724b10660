"""case.yaml as a value. Reading and writing the file is ``offing.case.casefile``."""

from __future__ import annotations

from typing import Literal

from offing.claims import Claim, Source
from offing.judgement.model import Thresholds
from offing.records import Record
from offing.sites import Site
from offing.vessels.model import Vessel, VesselClass

AchMark = Literal["CC", "C", "N", "I", "II", "NA"]
"""Very consistent, consistent, neutral, inconsistent, very inconsistent, not applicable."""


class Hypothesis(Record, frozen=True):
    """One of several explanations that compete."""

    id: str
    statement: str
    refuted_by: str | None = None
    """What, if seen, would refute it."""


class AchItem(Record, frozen=True):
    """An item of evidence and how it sits with each hypothesis."""

    item: str
    """What was observed or said, in a sentence."""
    source: str
    """Source id or ``look:ID``."""
    marks: dict[str, AchMark]
    """Hypothesis id → mark."""


class Competing(Record, frozen=True):
    """An analysis of competing hypotheses (Heuer 1999)."""

    question: str
    hypotheses: tuple[Hypothesis, ...]
    items: tuple[AchItem, ...] = ()


class CaseDefinition(Record, frozen=True):
    """Everything an analyst wrote in case.yaml."""

    title: str
    summary: str | None = None
    sources: tuple[Source, ...] = ()
    claims: tuple[Claim, ...] = ()
    sites: tuple[Site, ...] = ()
    classes: tuple[VesselClass, ...] = ()
    """Overrides and additions to the built-in class library."""
    vessels: tuple[Vessel, ...] = ()
    options: Thresholds = Thresholds()
    timezone: str | None = None
    """IANA zone whose local days the windows mean, where a site does not say its own; UTC when None."""
    competing: tuple[Competing, ...] = ()
