"""Competing hypotheses (Heuer 1999) as the report shows them."""

from __future__ import annotations

from offing.exchange.snapshot import CaseSnapshot
from offing.judgement.competing import analyse
from offing.judgement.competing_items import LOOK, VERDICT
from offing.judgement.competing_result import JudgedItem
from offing.report.claim_sections import look_line
from offing.report.model import AchItemLine, AchTable
from offing.report.naming import element_title, source_line


def ach_tables(case: CaseSnapshot) -> tuple[AchTable, ...]:
    """A table an analysis, in the order of case.yaml."""
    found = []
    for competing in case.definition.competing:
        judged = analyse(competing, sources=case.definition.sources, looks=case.looks, verdicts=case.verdicts)
        found.append(AchTable(analysis=judged, lines=tuple(_line(case, item) for item in judged.items)))
    return tuple(found)


def _line(case: CaseSnapshot, item: JudgedItem) -> AchItemLine:
    """Who says it, or what shows it."""
    if item.source.startswith(LOOK):
        look = next((k for k in case.looks if item.source == f"{LOOK}{k.id}"), None)
        return AchItemLine(named=look_line(case, look) if look else item.source, grade=None)
    if item.source.startswith(VERDICT):
        claim, _, element = item.source.removeprefix(VERDICT).partition("/")
        verdict = next((v for v in case.verdicts if (v.claim, v.element) == (claim, element)), None)
        said = f": {verdict.verdict}" if verdict else ""
        return AchItemLine(
            named=f"Verdict on {claim}, {element_title(case, element)}{said}", grade=None, link="#verdicts"
        )
    line = source_line(case, item.source)
    return AchItemLine(named=line.name, grade=line.grade)
