"""The look worth most: which picture or pass would move the open elements, and why none would.

Candidates whose chances are declared are ranked by the expected information on the element; after them come those
without a number for it, by the power expected of them, then by the chance that a ship would lie there to be seen.
Ties go to the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from offing.claims import Claim
from offing.judgement.evidence import Desk, SiteEvidence
from offing.judgement.gain import Gain, gains, in_reach
from offing.judgement.imagined import Imaginer
from offing.judgement.measure import Measurer
from offing.judgement.model import Candidate, NextLook, Verdict
from offing.judgement.next_words import in_words, names, number, too_far, unable, why_no_look
from offing.judgement.question import Asked, Higher, Question, questions
from offing.judgement.situation import Situation, check
from offing.records import Record
from offing.timespan import iso

CLOSED = frozenset({"corroborated", "contradicted"})
"""Verdicts that no further look is proposed for."""

LEAST_BITS, LEAST_CHANCE = 0.001, 0.01
"""A look is proposed from so much expected information, or else so great a chance that it meets such a ship."""


class Ranked(Record, frozen=True):
    """An acquisition that could still be had, with what it is worth to each open element."""

    candidates: tuple[Candidate, ...]
    """One for each site that it shows, by site."""
    information_bits: float | None
    """Sum over the elements. They share what they rest on, so it serves for ranking alone; None: no element has one."""
    gains: tuple[Gain, ...]
    """The elements it bears on, the greatest gain first."""
    why: str
    """What it would do for the element that gains most, in words."""

    @property
    def first(self) -> Candidate:
        """The candidate that stands for it."""
        return self.candidates[0]


class Without(Record, frozen=True):
    """An open element that no look is proposed for."""

    claim: str
    element: str
    why: str


class Outlook(Record, frozen=True):
    """What to look at next in a case."""

    ranked: tuple[Ranked, ...]
    """The best first."""
    without: tuple[Without, ...]
    """In the order of the claims."""


class Proposal(Record, frozen=True):
    """The look worth most to one element, or why there is none."""

    look: NextLook | None
    why_none: str | None


class Ranking:
    """The candidates of a situation, weighed for one element after another."""

    def __init__(self, desk: Desk, measure: Measurer) -> None:
        self._desk, self._measure, self._imagine = desk, measure, Imaginer()
        self._at: dict[str, list[Candidate]] = {}
        for candidate in sorted(desk.situation.candidates, key=lambda c: (c.time, c.id)):
            self._at.setdefault(candidate.site, []).append(candidate)

    def _here(self, question: Question) -> list[Candidate]:
        """The candidates at the sites of a question, in order; real and simulated ones are kept apart."""
        return [c for s in question.sites for c in self._at.get(s.id, ()) if c.simulated == s.simulated]

    def gains(self, claim: Claim, question: Question) -> tuple[Gain, ...]:
        """What each candidate that could tell something is worth to ``question``; those worth nothing are left out."""
        able = [c for c in self._here(question) if c.usable.value > 0.0]
        if not able:
            return ()
        sites = self._evidence(question)
        weighed = gains(claim, question, sites, able, self._desk.situation.thresholds, self._measure, self._imagine)
        by_id = {c.id: c for c in able}
        return tuple(g for g in weighed if _tells(g, by_id[g.candidate]))

    def proposal(self, claim: Claim, question: Question) -> Proposal:
        """The look worth most to ``question``, the best of the other cost with it."""
        by_id = {c.id: c for c in self._here(question)}
        found = sorted(self.gains(claim, question), key=lambda g: _order(g, by_id))
        if not found:
            return Proposal(look=None, why_none=self._why_none(question))
        best = found[0]
        cost = by_id[best.candidate].cost
        other = next((g for g in found if by_id[g.candidate].cost != cost), None)
        second = None if other is None else next_look(other, by_id[other.candidate])
        return Proposal(look=next_look(best, by_id[best.candidate], second), why_none=None)

    def _evidence(self, question: Question) -> list[SiteEvidence]:
        pairs = zip(question.sites, question.windows, strict=True)
        return [self._desk.gather(site, question.sought, window) for site, window in pairs]

    def why_none(self, asked: Asked) -> str:
        """Why no look is proposed for an element."""
        if isinstance(asked, Question):
            return self._why_none(asked)
        return why_no_look(asked) if isinstance(asked, Higher) else asked.why

    def _why_none(self, question: Question) -> str:
        here = self._here(question)
        where = names(question.sites)
        if not here:
            return f"no picture that could still be had of {where} near the window is listed"
        sites = self._evidence(question)
        near = [c for c in here if any(in_reach(c, site) for site in sites)]
        if not near:
            return too_far(here, where)
        able = [c for c in near if c.usable.value > 0.0]
        if not able:
            reasons = "; ".join(sorted({c.usable.basis for c in near})[:3])
            return (
                f"none of the {number(len(near))} near the window that could still be had can show {where}: {reasons}"
            )
        if all(c.to_come for c in able):
            return too_far(able, where)
        return unable(able, where)


def next_looks(
    situation: Situation, candidates: Iterable[Candidate], verdicts: Iterable[Verdict] = ()
) -> tuple[Ranked, ...]:
    """The acquisitions among ``candidates`` that would tell something of the elements still open, the best first.

    ``verdicts``: those of this situation; corroborated and contradicted elements are closed, without them all are
    open. Both costs are in the list, each candidate says its own. Raises as ``judge`` does.
    """
    return outlook(situation, candidates, verdicts).ranked


def outlook(situation: Situation, candidates: Iterable[Candidate], verdicts: Iterable[Verdict] = ()) -> Outlook:
    """As ``next_looks``, and why nothing is proposed for the other open elements."""
    situation = replace(situation, candidates=tuple(candidates))
    check(situation)
    closed = {(v.claim, v.element) for v in verdicts if v.verdict in CLOSED}
    ranking = Ranking(Desk(situation), Measurer())
    found: list[Gain] = []
    without: list[Without] = []
    for claim in situation.claims:
        for asked in questions(situation, claim):
            if (claim.id, asked.element) in closed:
                continue
            gained = ranking.gains(claim, asked) if isinstance(asked, Question) else ()
            found += gained
            if not gained:
                without.append(Without(claim=claim.id, element=asked.element, why=ranking.why_none(asked)))
    return Outlook(ranked=_ranked(situation.candidates, found), without=tuple(without))


def next_look(gain: Gain, candidate: Candidate, otherwise: NextLook | None = None) -> NextLook:
    """A candidate as a verdict says it."""
    low, high = gain.expected_power_90 or (None, None)
    return NextLook(
        site=candidate.site,
        time_from=iso(candidate.start),
        time_to=iso(candidate.end),
        sensor=candidate.sensor,
        expected_power=_rounded(gain.expected_power),
        expected_power_low=_rounded(low),
        expected_power_high=_rounded(high),
        present=_rounded(gain.present),
        information_bits=_rounded(gain.information_bits),
        cost=candidate.cost,
        item=candidate.item,
        why=in_words(gain, candidate),
        otherwise=otherwise,
    )


def _tells(gain: Gain, candidate: Candidate) -> bool:
    """Whether a candidate is worth proposing. A pass to come that hardly meets a ship of the window bears only on what
    is usual there, which is not what was claimed."""
    meets = candidate.usable.value * gain.present >= LEAST_CHANCE
    if gain.information_bits is not None:
        return gain.information_bits >= LEAST_BITS and (meets or not candidate.to_come)
    return meets and (gain.expected_power is None or gain.expected_power >= LEAST_CHANCE)


def _order(gain: Gain, by_id: Mapping[str, Candidate]) -> tuple[object, ...]:
    candidate = by_id[gain.candidate]
    return (*_value(gain, candidate), candidate.time, candidate.id)


def _value(gain: Gain, candidate: Candidate) -> tuple[float, float, float]:
    """Rising from the best: information, then power, then the chance of meeting a ship. Digits of noise are cut."""
    parts = (gain.information_bits, gain.expected_power, candidate.usable.value * gain.present)
    a, b, c = (1.0 if part is None else -round(part, 9) for part in parts)
    return a, b, c


def _ranked(candidates: Iterable[Candidate], found: Sequence[Gain]) -> tuple[Ranked, ...]:
    by_id = {c.id: c for c in candidates}
    groups: dict[str, list[Gain]] = {}
    for gain in found:
        groups.setdefault(by_id[gain.candidate].acquisition or gain.candidate, []).append(gain)
    out = [_together(group, by_id) for group in groups.values()]
    return tuple(sorted(out, key=lambda r: (*_ranked_value(r, by_id), r.first.time, r.first.id)))


def _together(group: Sequence[Gain], by_id: Mapping[str, Candidate]) -> Ranked:
    """The gains of one acquisition, over its sites and elements."""
    bits = [g.information_bits for g in group if g.information_bits is not None]
    ordered = sorted(group, key=lambda g: (*_order(g, by_id), g.claim, g.element))
    shown = {g.candidate: by_id[g.candidate] for g in ordered}
    return Ranked(
        candidates=tuple(sorted(shown.values(), key=lambda c: (c.site, c.id))),
        information_bits=sum(bits) if bits else None,
        gains=tuple(ordered),
        why=in_words(ordered[0], by_id[ordered[0].candidate]),
    )


def _ranked_value(ranked: Ranked, by_id: Mapping[str, Candidate]) -> tuple[float, ...]:
    bits = 1.0 if ranked.information_bits is None else -round(ranked.information_bits, 9)
    best = ranked.gains[0]
    return (bits, *_value(best, by_id[best.candidate])[1:])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
