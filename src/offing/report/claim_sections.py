"""Claims with their verdicts."""

from __future__ import annotations

from collections import Counter

from offing.claims import Claim
from offing.exchange.snapshot import CaseSnapshot
from offing.looks.model import Look
from offing.report.model import ClaimSection, ElementRow, Headline
from offing.report.naming import element_title, element_value, ship_names, site_name, source_line, window_text
from offing.report.words import confidence_sentence, headline_sentence, likelihood_sentence, moment, noted


def claim_sections(case: CaseSnapshot) -> tuple[ClaimSection, ...]:
    """A section a claim, in the order of case.yaml."""
    looks = {f"look:{look.id}": look for look in case.looks}
    return tuple(_section(case, number, claim, looks) for number, claim in enumerate(case.definition.claims, 1))


def _section(case: CaseSnapshot, number: int, claim: Claim, looks: dict[str, Look]) -> ClaimSection:
    source = next((s for s in case.definition.sources if s.id == claim.source), None)
    rows = _rows(case, number, claim, looks)
    return ClaimSection(
        id=claim.id,
        source=source_line(case, claim.source),
        attribution=tuple(source_line(case, s) for s in (source.quotes if source else ())),
        quote=claim.quote,
        statement=claim.statement,
        note=claim.note,
        window=window_text(case, claim),
        headlines=tuple(_headline(case, claim, row) for row in rows),
        grounds=tuple(
            reason for reason, _ in Counter(r for row in rows for r in row.verdict.confidence_reasons).most_common()
        ),
        rows=rows,
    )


def _rows(case: CaseSnapshot, number: int, claim: Claim, looks: dict[str, Look]) -> tuple[ElementRow, ...]:
    verdicts = [v for v in case.verdicts if v.claim == claim.id]
    return tuple(
        ElementRow(
            title=element_title(case, v.element),
            anchor=f"claim-{number}-{place}",
            verdict=v,
            evidence=tuple(look_line(case, looks[e]) if e in looks else e for e in v.evidence),
        )
        for place, v in enumerate(verdicts, 1)
    )


def _headline(case: CaseSnapshot, claim: Claim, row: ElementRow) -> Headline:
    return Headline(
        element=row.title.partition(":")[0],
        value=element_value(case, claim, row.verdict.element),
        verdict=row.verdict.verdict,
        sentence=headline_sentence(row.verdict),
        likelihood=likelihood_sentence(row.verdict),
        confidence=confidence_sentence(row.verdict),
        simulated=row.verdict.simulated,
    )


def look_line(case: CaseSnapshot, look: Look) -> str:
    """One look on one line: when, where, by what, what was noted."""
    tag = "SIMULATED · " if look.simulated else ""
    where = site_name(case, look.site)
    return f"{tag}{moment(look.time)} UTC · {where} · {look.sensor} · {noted(look, ship_names(case))} ({look.id})"
