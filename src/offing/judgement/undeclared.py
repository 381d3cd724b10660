"""A verdict without numbers, where a probability that matters was not declared."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from offing.judgement.evidence import UNSTATED, SiteEvidence
from offing.judgement.measure import measure
from offing.judgement.model import Sensitivity, Thresholds, VerdictWord
from offing.judgement.question import Question
from offing.judgement.strength import LISTED_LOOKS
from offing.judgement.weigh import power
from offing.movements.sensing import P_MOST
from offing.movements.sought import Reading
from offing.movements.worlds import Variation


def undeclared_verdict(
    question: Question, sites: Sequence[SiteEvidence], thresholds: Thresholds, *, seen: bool
) -> VerdictWord:
    """``consistent`` where a ship sought was seen; otherwise by the greatest power that the looks can have had.

    That bound takes every undeclared p_detect as certain. Below the observable power nothing could have been seen
    whatever the truth; above it the looks may have had power, and the element is ``not-corroborated``: nothing was
    seen, and nothing more can be said.
    """
    if seen:
        return "consistent"
    bound = most_power(question, sites)
    return "not-observable" if bound < thresholds.observable_power else "not-corroborated"


def undeclared_rows(
    question: Question, sites: Sequence[SiteEvidence], thresholds: Thresholds, verdict: VerdictWord
) -> tuple[Sensitivity, ...]:
    """The verdict without each look, source and origin, without numbers; the looks that show a ship sought first."""
    seen = {r.look for site in sites for r in site.sightings}
    looks = sorted({r.look: r.time for site in sites for r in site.telling}.items(), key=lambda p: (p[1], p[0]))
    listed = sorted([i for i, _ in looks], key=lambda i: i not in seen)[:LISTED_LOOKS]
    groups = [(f"look:{i}", {i}) for i, _ in looks if i in set(listed)]
    sources, origins = (_behind(sites, of) for of in ("sources", "origins"))
    groups += [(f"source:{name}", ids) for name, ids in sorted(sources.items())]
    groups += [(f"origin:{n}", i) for n, i in sorted(origins.items()) if n != UNSTATED and sources.get(n) != i]
    whole = most_power(question, sites) if groups and not seen else 0.0
    return tuple(
        Sensitivity(
            without=name,
            likelihood_ratio=None,
            verdict=_without(question, sites, thresholds, ids, seen, verdict, whole),
        )
        for name, ids in groups
    )


def _behind(sites: Sequence[SiteEvidence], of: str) -> dict[str, set[str]]:
    """Name of a source or origin → ids of the looks that it tells of."""
    found: dict[str, set[str]] = {}
    for site in sites:
        for r in site.telling:
            for name in getattr(site, of).get(r.look, ()):
                found.setdefault(name, set()).add(r.look)
    return found


def _without(
    question: Question,
    sites: Sequence[SiteEvidence],
    thresholds: Thresholds,
    ids: set[str],
    seen: set[str],
    verdict: VerdictWord,
    whole: float,
) -> VerdictWord:
    if seen - ids:
        return "consistent"
    missed = 1.0
    for site in sites:
        for r in site.telling:
            if r.look in ids:
                missed *= 1.0 - P_MOST * (1.0 if r.p_detect is None else r.p_detect) * r.usable
    if not seen and 1.0 - (1.0 - whole) / max(missed, 1e-12) >= thresholds.observable_power:
        return verdict  # even the least power that can be left is enough
    left = [
        replace(
            site,
            near=tuple(r for r in site.near if r.look not in ids),
            used=tuple(r for r in site.used if r.look not in ids),
        )
        for site in sites
    ]
    return undeclared_verdict(question, left, thresholds, seen=False)


def most_power(question: Question, sites: Sequence[SiteEvidence]) -> float:
    """Power if every undeclared look were certain to show what is there."""
    if not any(site.telling for site in sites):
        return 0.0
    calls = min(max(question.needs.calls), 4) if question.needs is not None else 1
    measured = [measure(site, calls, Variation(), _certain(site)) for site in sites]
    needs = None
    if question.needs is not None:
        needs = type(question.needs)(calls=(calls,), weights=(1.0,), basis=())
    return power(question.kind, measured, needs)


def _certain(site: SiteEvidence) -> tuple[Reading, ...]:
    """Telling readings near the window, with certainty where nothing was declared."""
    return tuple(
        Reading(
            look=r.look,
            time=r.time,
            kind=r.kind,
            ships=r.ships,
            open_ended=r.open_ended,
            usable=r.usable,
            p_detect=1.0 if r.p_detect is None else r.p_detect,
            p_false=0.0 if r.p_false is None else r.p_false,
        )
        for r in site.telling
    )
