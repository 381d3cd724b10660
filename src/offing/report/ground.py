"""The ground that the verdicts stand on: sources, origins, gaps, assumptions."""

from __future__ import annotations

from offing.claims import Source, origin_group, sites_named
from offing.exchange.snapshot import CaseSnapshot
from offing.looks.gaps import gaps
from offing.looks.model import Look
from offing.report.model import GapRow, OriginRow, SourceRow
from offing.report.naming import class_name, site_name, source_line, window_of
from offing.report.words import CREDIBILITY, RELIABILITY, listed
from offing.sites import Site

_LONGEST = 3
"""Gaps shown for each claim and site."""


def source_rows(case: CaseSnapshot) -> tuple[SourceRow, ...]:
    """Every source with its grade in words."""
    return tuple(_source(case, s) for s in case.definition.sources)


def _source(case: CaseSnapshot, source: Source) -> SourceRow:
    return SourceRow(
        line=source_line(case, source.id),
        reliability=RELIABILITY[source.reliability] if source.reliability else "ungraded",
        credibility=CREDIBILITY[source.credibility] if source.credibility else "ungraded",
        origin=origin_group(source),
        relays=tuple(source_line(case, s).name for s in source.quotes),
        licence=source.licence,
        note=source.note,
    )


def origin_rows(case: CaseSnapshot) -> tuple[OriginRow, ...]:
    """Sources by the origin that they go back to: each group counts once."""
    groups: dict[str, list[str]] = {}
    for source in case.definition.sources:
        groups.setdefault(origin_group(source), []).append(source_line(case, source.id).name)
    return tuple(OriginRow(origin=origin, sources=tuple(names)) for origin, names in groups.items())


def gap_rows(case: CaseSnapshot) -> tuple[GapRow, ...]:
    """The longest stretches without a usable look, for each claim and each of its sites."""
    rows: list[GapRow] = []
    looks: dict[str, list[Look]] = {}
    for look in case.looks:
        looks.setdefault(look.site, []).append(look)
    for claim in case.definition.claims:
        for site_id in sites_named(claim.elements):
            window = window_of(case, claim, site_id)
            if window is None:
                continue
            longest = sorted(gaps(looks.get(site_id, ()), site_id, window), key=lambda g: (-g.hours, g.start))[
                :_LONGEST
            ]
            rows += [
                GapRow(
                    site=site_name(case, site_id),
                    claim=claim.id,
                    start=g.start,
                    end=g.end,
                    hours=g.hours,
                    unusable=len(g.unusable),
                )
                for g in longest
            ]
    return tuple(rows)


def assumptions(case: CaseSnapshot) -> tuple[str, ...]:
    """What was assumed rather than seen, a sentence each."""
    said = [_baseline(case, site) for site in case.definition.sites if any(k.site == site.id for k in case.looks)]
    said += [
        f"Before any look, the elements of {c.id} are given a probability of {c.prior:g}."
        for c in case.definition.claims
        if c.prior is not None
    ]
    undeclared = sum(k.p_detect is None or k.p_false is None for k in case.looks if k.usable > 0)
    if undeclared:
        said.append(
            f"{undeclared} of {len(case.looks)} looks have no stated probability of detection or of a false naming; "
            "where one of them matters, no number and no likelihood word is given."
        )
    bases = dict.fromkeys(k.p_basis for k in case.looks if k.p_basis)
    said += [f"Probabilities of detection: {basis}." for basis in bases]
    return tuple(said)


def _baseline(case: CaseSnapshot, site: Site) -> str:
    if not site.baseline:
        return f"{site.name}: no everyday traffic is stated; it is estimated from the looks outside the window."
    parts = [
        f"{listed([class_name(case, k) for k in b.classes])} {b.calls_per_30d:g} calls in 30 days, "
        f"staying {b.stay_h[0]:g}–{b.stay_h[1]:g}–{b.stay_h[2]:g} h"
        for b in site.baseline
    ]
    return f"{site.name}: everyday traffic is taken to be {'; '.join(parts)} (5, 50 and 95 % points)."
