"""Why a verdict is what it is, in sentences: what was seen, what was assumed, what limits it."""

from __future__ import annotations

from collections.abc import Sequence

from offing.judgement.bound import told_apart
from offing.judgement.evidence import SiteEvidence
from offing.judgement.model import VerdictWord
from offing.judgement.needs import COUNTED_MOST
from offing.judgement.question import Question
from offing.judgement.strength import Strength

_FIT_SAID = 0.03
"""A stay that is met worse than this is mentioned."""


def reasons_for(
    question: Question,
    sites: Sequence[SiteEvidence],
    strength: Strength | None,
    verdict: VerdictWord,
) -> tuple[str, ...]:
    """The reasons, the looks first."""
    out = [text for site in sites for text in _looks(site)]
    if strength is None:
        undeclared = [r.look for site in sites for r in site.undeclared]
        out.append(f"p_detect or p_false is not declared for {_listed(undeclared)}: no number and no likelihood word")
    elif verdict in ("not-observable", "not-corroborated"):
        out.append(f"had it been true, the chance that these looks would have shown it is {strength.power:.2g}")
    if any(site.telling for site in sites):
        out += [f"{site.site.name}: {site.traffic.note}" for site in sites]
        out.append("looks outside the window count as far as a ship seen then can have been there within it")
    out += _needs(question, sites)
    if strength is not None and strength.fit_error > _FIT_SAID:
        out.append(f"the stated stay is met by the computation only within {strength.fit_error:.0%}")
    out += [note for site in sites for note in site.notes]
    if any(site.simulated for site in sites):
        out.append("the looks are simulated")
    return tuple(dict.fromkeys(out))


def strength_in_words(sites: Sequence[SiteEvidence]) -> str:
    """What there is to say where no number may be given."""
    within = [r for site in sites for r in site.within]
    seen = sum(r.kind == "seen" for r in within)
    if not within:
        return "no look in the window could tell; looks near it could, but what they show is not declared as a number"
    return (
        f"{seen} of {_number(len(within), 'look')} in the window that could tell show such a ship; "
        "how often they would show or mistake one is not declared"
    )


def _looks(site: SiteEvidence) -> list[str]:
    """How many looks there are at a site and what they show."""
    name = site.site.name
    blind = [r for r in site.near if r.kind == "blind" and r.time in site.window]
    within = site.within
    if not within and not blind:
        out = [f"{name}: no look in the window"]
    else:
        seen = sum(r.kind == "seen" for r in within)
        parts = [f"{seen} show such a ship, {len(within) - seen} do not"] if within else []
        if blind:
            parts.append(f"{len(blind)} could not tell ({_listed(sorted({r.why for r in blind}))})")
        out = [f"{name}: {_number(len(within) + len(blind), 'look')} in the window: {', '.join(parts)}"]
    outside = [r for r in site.telling if r.time not in site.window]
    if outside:
        seen = sum(r.kind == "seen" for r in outside)
        out.append(f"{name}: {_number(len(outside), 'look')} near the window, {seen} of them show such a ship")
    return out


def _needs(question: Question, sites: Sequence[SiteEvidence]) -> list[str]:
    """What a number of calls was compared with."""
    if question.needs is None:
        return []
    out = list(question.needs.basis)
    if max(question.needs.calls) > 1:
        out.append("each call is taken as a different ship; a smaller number is weighed as all smaller ones alike")
    if max(question.needs.calls) > COUNTED_MOST:
        out.append(f"more than {COUNTED_MOST} calls are not counted one by one: judged from the calls told apart")
    if question.needs.load is not None:
        told = told_apart(sites)
        least, most = (told * load for load in question.needs.load)
        carried = f"can, by whichever of these ships, have carried {least:,.0f}–{most:,.0f} {question.needs.unit}"
        out.append(f"{_number(told, 'call')} told apart in the window {carried}" if told else "no call was seen")
    return out


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown
