"""A verdict without numbers, where a probability that matters was not declared."""

from __future__ import annotations

from collections.abc import Sequence

from offing.judgement.evidence import SiteEvidence
from offing.judgement.measure import Assumptions, measure
from offing.judgement.model import Thresholds, VerdictWord
from offing.judgement.question import Question
from offing.judgement.weigh import power
from offing.movements.sought import Reading


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


def most_power(question: Question, sites: Sequence[SiteEvidence]) -> float:
    """Power if every undeclared look were certain to show what is there."""
    if not any(site.telling for site in sites):
        return 0.0
    calls = min(max(question.needs.calls), 4) if question.needs is not None else 1
    measured = [measure(site, calls, Assumptions(), _certain(site)) for site in sites]
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
