"""Competing hypotheses (Heuer 1999): which items tell them apart, and how much speaks against each."""

from __future__ import annotations

from offing.case.definition import AchItem, AchMark, Competing
from offing.exchange.snapshot import CaseSnapshot
from offing.report.claim_sections import look_line
from offing.report.model import AchHypothesis, AchRow, AchTable
from offing.report.naming import source_line

_AGAINST: dict[AchMark, int] = {"I": 1, "II": 2}
"""Only what is inconsistent counts: consistency with one explanation says nothing against another."""


def ach_tables(case: CaseSnapshot) -> tuple[AchTable, ...]:
    """A table an analysis, in the order of case.yaml."""
    return tuple(_table(case, competing) for competing in case.definition.competing)


def _table(case: CaseSnapshot, competing: Competing) -> AchTable:
    return AchTable(
        question=competing.question,
        hypotheses=tuple(
            AchHypothesis(
                id=h.id,
                statement=h.statement,
                refuted_by=h.refuted_by,
                inconsistent=sum(_mark(item, h.id) in _AGAINST for item in competing.items),
                score=sum(_AGAINST.get(_mark(item, h.id), 0) for item in competing.items),
            )
            for h in competing.hypotheses
        ),
        rows=tuple(_row(case, competing, item) for item in competing.items),
    )


def _mark(item: AchItem, hypothesis: str) -> AchMark:
    """The mark of an item; not applicable where the analyst gave none."""
    return item.marks.get(hypothesis, "NA")


def _row(case: CaseSnapshot, competing: Competing, item: AchItem) -> AchRow:
    marks = tuple(_mark(item, h.id) for h in competing.hypotheses)
    look = next((k for k in case.looks if item.source == f"look:{k.id}"), None)
    named = look_line(case, look) if look else source_line(case, item.source).name
    return AchRow(item=item.item, source=named, marks=marks, discriminates=len(set(marks) - {"NA"}) > 1)
