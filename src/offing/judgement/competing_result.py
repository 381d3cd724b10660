"""What an analysis of competing hypotheses comes to. Nothing in it is a probability."""

from __future__ import annotations

from typing import Literal

from offing.judgement.competing_model import AchMark
from offing.records import Record

Relation = Literal["separated", "rests-on-one", "counts-disagree", "equal"]
"""How two hypotheses stand to each other; only ``separated`` tells them apart. ``rests-on-one``: less speaks against
one, but only while some single item or origin is kept. ``counts-disagree``: plain and weighed points differ in that."""


class JudgedItem(Record, frozen=True):
    """An item as it was counted."""

    number: int
    """Place in case.yaml, from 1."""
    name: str
    """Its id; ``item-3`` where it has none."""
    item: str
    source: str
    """As written: a source id, ``look:ID`` or ``verdict:CLAIM/ELEMENT``."""
    note: str | None
    marks: dict[str, AchMark]
    """Hypothesis id → mark, for all hypotheses in their order."""
    unmarked: tuple[str, ...]
    """Hypotheses that the analyst gave no mark: taken as N."""
    origins: tuple[str, ...]
    """Origin groups that it goes back to."""
    weight: float
    """What one point of it weighs: 1.5, 1 or 0.5, by the grades of its origin."""
    weight_reason: str
    diagnosticity: int
    """How far the marks differ between hypotheses, steps of CC C N I II (NA stands with N): 0, it tells nothing
    apart, to 4."""
    against: tuple[str, ...]
    """Hypotheses that it is inconsistent with."""
    aside: str | None
    """Why it is not counted, in words; None: it is."""
    copy_of: int | None
    """Number of the first item of the same origins and marks, with which it is counted once."""
    simulated: bool
    missing: bool
    """Its look or verdict is not in the case."""


class OriginCount(Record, frozen=True):
    """Items that go back to one origin: of their marks, the strongest against a hypothesis counts."""

    origin: str
    items: tuple[int, ...]
    """Numbers of the items, those that tell nothing apart too."""
    points: dict[str, int]
    """Hypothesis id → points of the strongest mark against it, of the items that count."""
    disagree: tuple[str, ...]
    """Hypotheses that the items are marked differently for."""


class HypothesisScore(Record, frozen=True):
    """A hypothesis with what speaks against it."""

    id: str
    statement: str
    refuted_by: str | None
    place: int
    """1: fewest points against it; equal points share a place."""
    marked_against: int
    """Items marked I or II, all of them, copies and items set aside included."""
    independent_against: int
    """Items against it that count and share no origin."""
    points: int
    """I counts 1 and II counts 2, one item for each origin: the inconsistency score."""
    weighted: float
    """The same with each point weighed by the grades of its origin."""
    against: tuple[int, ...]
    """Numbers of the counted items that are inconsistent with it."""
    nearly_refuted_by: tuple[int, ...]
    """Those of them marked very inconsistent."""
    untested: bool
    """No item that counts or fits bears on it: all its marks are N or NA."""


class WouldTell(Record, frozen=True):
    """What, if seen, would refute one of two hypotheses."""

    refutes: str
    if_seen: str


class Pair(Record, frozen=True):
    """How two hypotheses stand to each other."""

    first: str
    second: str
    relation: Relation
    less: str | None
    """The one with fewer points against it; None: neither, or the counts disagree."""
    why: str
    rests_on: tuple[str, ...]
    """``item:NAME`` and ``origin:ID`` whose loss would make them equal or turn them round."""
    would_tell: tuple[WouldTell, ...]
    """What would tell them apart, where nothing does yet."""


class WithoutOne(Record, frozen=True):
    """The order of the hypotheses when one item (with its copies) or one origin is left out, where that changes it."""

    without: str
    """``item:NAME`` or ``origin:ID``."""
    order: tuple[tuple[str, ...], ...]
    """Hypotheses, fewest points first; those with equal points together."""


class Analysis(Record, frozen=True):
    """One analysis, judged."""

    question: str
    hypotheses: tuple[HypothesisScore, ...]
    """In the order of case.yaml."""
    items: tuple[JudgedItem, ...]
    """Most diagnostic first."""
    origins: tuple[OriginCount, ...]
    order: tuple[tuple[str, ...], ...]
    """Hypotheses, fewest points first; those with equal points together."""
    pairs: tuple[Pair, ...]
    standing: tuple[str, ...]
    """Hypotheses that no other is set before."""
    sensitivity: tuple[WithoutOne, ...]
    outcome: str
    """In words."""
    notes: tuple[str, ...]
    """What limits it: copies, disagreements, cells left blank, what nothing bears on."""
    simulated: bool
    """True: it rests on simulated items."""
