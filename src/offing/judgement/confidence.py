"""How good the ground of a verdict is: low, moderate or high, and why. Never in one sentence with a likelihood."""

from __future__ import annotations

from collections.abc import Sequence

from offing.claims import Source, origin_group
from offing.judgement.evidence import SiteEvidence
from offing.judgement.model import Confidence, VerdictWord
from offing.judgement.situation import Situation
from offing.judgement.strength import Strength
from offing.records import Record

RANK: tuple[Confidence, ...] = ("low", "moderate", "high")
"""Least first."""


class Ground(Record, frozen=True):
    """Confidence with its reasons."""

    confidence: Confidence
    reasons: tuple[str, ...]


def ground(
    situation: Situation,
    claim_source: str,
    sites: Sequence[SiteEvidence],
    origins: Sequence[str],
    strength: Strength | None,
    verdict: VerdictWord,
) -> Ground:
    """The confidence that the evidence allows: the lowest of the limits that apply."""
    limits = [
        *_origin_limits(situation, claim_source, origins),
        *_grades(situation, sites),
        *_look_limits(sites, strength),
        *_strength_limits(strength, verdict),
    ]
    level = min((RANK.index(limit) for limit, _ in limits), default=2)
    reasons = tuple(dict.fromkeys(text for _, text in limits))
    return Ground(
        confidence=RANK[level], reasons=reasons or ("independent origins agree and no assumption carries it",)
    )


def _origin_limits(situation: Situation, claim_source: str, origins: Sequence[str]) -> list[tuple[Confidence, str]]:
    if not origins:
        return [("low", "no look bears on it")]
    out: list[tuple[Confidence, str]] = []
    if len(origins) == 1:
        out.append(("moderate", f"all looks go back to one origin ({origins[0]})"))
    source = situation.source(claim_source)
    if source is not None and set(origins) == {origin_group(source)}:
        out.append(
            (
                "low",
                "the looks come from the origin that makes the claim: they show what it rests on and are no "
                "independent confirmation",
            )
        )
    return out


def _grades(situation: Situation, sites: Sequence[SiteEvidence]) -> list[tuple[Confidence, str]]:
    """Limits by the grades of the sources that tell of the looks."""
    told = {source for site in sites for r in site.telling for source in site.sources[r.look]}
    return [limit for s in situation.sources if s.id in told for limit in _grade_limits(s)]


def _grade_limits(source: Source) -> list[tuple[Confidence, str]]:
    if source.reliability in ("E", "F") or source.credibility in (5, 6):
        return [("low", f"the source {source.id} is graded {source.reliability or '?'}{source.credibility or '?'}")]
    if source.reliability == "D" or source.credibility == 4:
        return [
            ("moderate", f"the source {source.id} is graded {source.reliability or '?'}{source.credibility or '?'}")
        ]
    return []


def _look_limits(sites: Sequence[SiteEvidence], strength: Strength | None) -> list[tuple[Confidence, str]]:
    out: list[tuple[Confidence, str]] = []
    if strength is None and any(site.telling for site in sites):
        out.append(("low", "how often the looks show or mistake such a ship is not declared"))
    if any(site.simulated for site in sites):
        out.append(("low", "the looks are simulated"))
    if any(not site.traffic.stated and site.telling for site in sites):
        out.append(("moderate", "the everyday traffic of just these ships is not stated"))
    return out


def _strength_limits(strength: Strength | None, verdict: VerdictWord) -> list[tuple[Confidence, str]]:
    if strength is None or not strength.sensitivity:
        return []
    if verdict == "not-observable":
        return [("low", "the looks would hardly have shown it")]
    out: list[tuple[Confidence, str]] = []
    varied = [name for name in strength.flips if name.startswith("assumption:")]
    dropped = [name for name in strength.flips if not name.startswith("assumption:")]
    if varied:
        out.append(("moderate", f"the verdict changes with {_listed(varied)}"))
    if dropped:
        out.append(("moderate", f"the verdict changes without {_listed(dropped)}"))
    if strength.low < 1.0 < strength.high:
        out.append(("low", "the assumptions leave open whether the looks speak for it or against it"))
    return out


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown
