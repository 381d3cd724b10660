"""Explanations that compete, as an analyst writes them (Heuer, Psychology of Intelligence Analysis, 1999)."""

from __future__ import annotations

from typing import Literal

from offing.records import Record

AchMark = Literal["CC", "C", "N", "I", "II", "NA"]
"""Very consistent, consistent, neutral (it can be read either way), inconsistent, very inconsistent, not applicable."""


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
    """Source id, ``look:ID``, or ``verdict:CLAIM/ELEMENT``."""
    marks: dict[str, AchMark]
    """Hypothesis id → mark; one that is left out is taken as N, and said."""
    id: str | None = None
    """Short name, unique in the analysis; None: it goes by its number."""
    note: str | None = None
    """Why it is marked so."""


class Competing(Record, frozen=True):
    """An analysis of competing hypotheses."""

    question: str
    hypotheses: tuple[Hypothesis, ...]
    """Two or more."""
    items: tuple[AchItem, ...] = ()
