"""Agent, cargo and activity: judged only from observations at that level.

A ship at a pier is not a crane at work, and a crane at work is not a soldier. How often a look shows an
activity or a cargo that is there is not declared anywhere, so no number is given and the verdict is at
most ``consistent``.
"""

from __future__ import annotations

import re

from offing.claims import Claim
from offing.judgement.confidence import ground
from offing.judgement.evidence import Desk, SiteEvidence, look_origin
from offing.judgement.model import Verdict, VerdictWord
from offing.judgement.question import Higher
from offing.judgement.situation import Situation
from offing.looks.model import Look, Observation

Found = tuple[Look, Observation]


def judge_higher(desk: Desk, claim: Claim, asked: Higher) -> Verdict:
    """The verdict on an element above presence."""
    situation = desk.situation
    sites = [
        desk.gather(site, asked.sought, window)
        for site, window in zip(asked.sites, asked.windows, strict=True)
        if window is not None
    ]
    found = [] if asked.element == "agent" else _found(desk, sites, asked)
    verdict, reasons, strength = _said(asked, sites, found)
    used = {look.id for look, _ in found}
    origins = sorted({look_origin(situation, look) for look, _ in found})
    stands = ground(situation, claim.source, sites, origins, None, verdict)
    return Verdict(
        claim=claim.id,
        element=asked.element,
        statement=asked.statement,
        verdict=verdict,
        likelihood_ratio=None,
        probability=None,
        power=None,
        word=None,
        confidence=stands.confidence,
        confidence_reasons=stands.reasons,
        origins=len(origins),
        evidence=tuple(f"look:{look_id}" for look_id in sorted(used)),
        reasons=reasons,
        strength=strength,
        simulated=any(site.simulated for site in sites),
    )


def _found(desk: Desk, sites: list[SiteEvidence], asked: Higher) -> list[Found]:
    """Observations at the level asked, of a ship that may be one sought, at the sites within the window."""
    out = []
    for site in sites:
        looks = desk.looks(site.site)
        for kept in looks.kept:
            if kept.time in site.window:
                # What is done or carried may be told only by a copy of the look that is weighed for presence.
                told = sorted(looks.copies[kept.id], key=lambda k: (k.id != kept.id, k.id))
                out += [(k, row) for k in told for row in k.observations if _bears(desk.situation, asked, row)]
    return out


def _bears(situation: Situation, asked: Higher, row: Observation) -> bool:
    """Whether an observation speaks at the level asked, of a ship that may be one sought."""
    return row.level == asked.element and asked.sought.relation(row, situation.library) != "other"


def _said(asked: Higher, sites: list[SiteEvidence], found: list[Found]) -> tuple[VerdictWord, tuple[str, ...], str]:
    """(verdict, reasons, strength in words)."""
    if asked.element == "agent":
        why = "no look can show on whose behalf a ship sails"
        return "not-observable", (why,), why
    if not found:
        seen = any(site.sightings for site in sites)
        why = f"no look in the window shows {'any cargo' if asked.element == 'cargo' else 'any activity'}"
        if seen:
            why += "; that a ship was there does not say what it carried or did"
        return "not-observable", (why,), why
    quoted = tuple(f"{look.id} shows “{_text(row)}”" for look, row in found)
    same = any(_shares_a_word(asked.claimed, _text(row)) for _, row in found)
    level = (
        f"at the level of {asked.element}; how often a look shows such a thing is not declared, so no number is given"
    )
    if same:
        return "consistent", (*quoted, level), f"seen {level}"
    if asked.element == "cargo":
        other = f"cargo was seen, and it is described otherwise than claimed (“{asked.claimed}”)"
        return "not-corroborated", (*quoted, other, level), other
    other = (
        f"an activity was seen, in other words than the claim's (“{asked.claimed}”); "
        "whether it is the one claimed is for the reader to judge"
    )
    return "consistent", (*quoted, other, level), other


def _text(row: Observation) -> str:
    text = row.activity or ""
    return text.partition(":")[2].strip() if row.level == "cargo" else text


def _shares_a_word(claimed: str, seen: str) -> bool:
    """Whether a word of four letters or more of the claim begins like one that was seen (unloading, unloaded)."""
    words = [re.findall(r"\w{4,}", text.casefold()) for text in (claimed, seen)]
    return any(a[:5] == b[:5] for a in words[0] for b in words[1])
