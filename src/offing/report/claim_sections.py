"""Claims with their verdicts."""

from __future__ import annotations

from collections import Counter

import msgspec

from offing.claims import Claim
from offing.exchange.snapshot import CaseSnapshot
from offing.looks.model import Look
from offing.report.allowances import lift_sentences
from offing.report.model import ClaimSection, ElementRow, Headline, Subject, WholeClaim
from offing.report.naming import element_title, element_value, ship_names, site_name, source_line, window_text
from offing.report.whole_words import presence_numbers, whole_sentence
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
        headlines=_headlines(case, claim, rows),
        grounds=tuple(
            reason for reason, _ in Counter(r for row in rows for r in row.verdict.confidence_reasons).most_common()
        ),
        rows=rows,
        whole=_whole(case, number, claim, looks),
    )


def _whole(case: CaseSnapshot, number: int, claim: Claim, looks: dict[str, Look]) -> WholeClaim | None:
    verdict = next((v for v in case.claims if v.claim == claim.id), None)
    if verdict is None:
        return None
    row = ElementRow(
        title="The claim as a whole",
        anchor=f"claim-{number}-whole",
        verdict=verdict,
        evidence=tuple(look_line(case, looks[e]) if e in looks else e for e in verdict.evidence),
    )
    return WholeClaim(
        row=row,
        sentence=whole_sentence(verdict),
        numbers=presence_numbers(verdict),
        likelihood=likelihood_sentence(verdict),
        confidence=confidence_sentence(verdict),
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


def _headlines(case: CaseSnapshot, claim: Claim, rows: tuple[ElementRow, ...]) -> tuple[Headline, ...]:
    """Elements of which the same can be said are said together; what no look could show comes last."""
    together: dict[Headline, list[Subject]] = {}
    for row in rows:
        subject = Subject(element=row.title.partition(":")[0], value=element_value(case, claim, row.verdict.element))
        together.setdefault(_headline(case, claim, row), []).append(subject)
    lines = [msgspec.structs.replace(line, subjects=tuple(subjects)) for line, subjects in together.items()]
    return tuple(sorted(lines, key=lambda line: line.verdict == "not-observable"))


def _headline(case: CaseSnapshot, claim: Claim, row: ElementRow) -> Headline:
    bound = lift_sentences(case, claim) if row.verdict.element == "quantity" else ""
    return Headline(
        subjects=(),
        verdict=row.verdict.verdict,
        sentence=f"{headline_sentence(row.verdict)} {bound}".strip(),
        likelihood=likelihood_sentence(row.verdict),
        confidence=confidence_sentence(row.verdict),
        simulated=row.verdict.simulated,
    )


def look_line(case: CaseSnapshot, look: Look) -> str:
    """One look on one line: when, where, by what, what was noted."""
    tag = "SIMULATED · " if look.simulated else ""
    where = site_name(case, look.site)
    return f"{tag}{moment(look.time)} UTC · {where} · {look.sensor} · {noted(look, ship_names(case))} ({look.id})"
