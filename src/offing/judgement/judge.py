"""A verdict for every element of every claim, with its strength, its gaps and its sources."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from offing.claims import Claim
from offing.judgement.bound import weigh_bound
from offing.judgement.claim_level import judge_whole
from offing.judgement.claim_words import carries
from offing.judgement.confidence import ground
from offing.judgement.evidence import Desk, SiteEvidence, origins_of
from offing.judgement.higher import judge_higher
from offing.judgement.measure import Measurer
from offing.judgement.model import ClaimVerdict, Judgement, ProbabilityValue, RatioValue, Verdict, VerdictWord
from offing.judgement.needs import COUNTED_MOST
from offing.judgement.next_look import CLOSED, Ranking
from offing.judgement.next_words import why_no_look
from offing.judgement.question import Asked, Higher, Question, Unanswerable, questions
from offing.judgement.reasons import reasons_for, strength_in_words
from offing.judgement.situation import Situation, check
from offing.judgement.strength import Strength, round_ratio, weigh
from offing.judgement.undeclared import undeclared_rows, undeclared_verdict
from offing.judgement.words import likelihood_word, verdict_word
from offing.quantities import LikelihoodRatio


def judge(situation: Situation) -> tuple[Verdict, ...]:
    """A verdict on each element of each claim, in the order of the claims.

    Elements that no look can bear on come out ``not-observable`` with the reason. Raises CaseFileError for a name that
    leads nowhere, ObservationError for looks that contradict each other, OffingError for simulated looks at a real
    site.
    """
    check(situation)
    desk = Desk(situation)
    return tuple(verdict for claim in situation.claims for verdict in _judge_claim(desk, claim, Measurer())[1])


def judge_all(situation: Situation) -> Judgement:
    """The verdicts of ``judge``, and one on each claim as a whole. Raises what ``judge`` raises."""
    check(situation)
    desk = Desk(situation)
    elements: list[Verdict] = []
    claims: list[ClaimVerdict] = []
    for claim in situation.claims:
        measure = Measurer()
        asked, verdicts = _judge_claim(desk, claim, measure)
        elements += verdicts
        claims.append(judge_whole(desk, claim, asked, verdicts, measure))
    return Judgement(verdicts=tuple(elements), claims=tuple(claims))


def _judge_claim(desk: Desk, claim: Claim, measure: Measurer) -> tuple[tuple[Asked, ...], list[Verdict]]:
    """The elements of a claim, and a verdict on each."""
    out = []
    ranking = Ranking(desk, measure)
    elements = questions(desk.situation, claim)
    for asked in elements:
        if isinstance(asked, Question):
            out.append(_proposed(_answer(desk, claim, asked, measure), claim, asked, ranking))
        elif isinstance(asked, Higher):
            out.append(replace(judge_higher(desk, claim, asked), no_next_look=why_no_look(asked)))
        else:
            out.append(_unanswered(claim, asked))
    return elements, out


def _proposed(verdict: Verdict, claim: Claim, question: Question, ranking: Ranking) -> Verdict:
    """The verdict with the look worth most, where it is open."""
    if verdict.verdict in CLOSED:
        return verdict
    proposal = ranking.proposal(claim, question)
    return replace(verdict, next_look=proposal.look, no_next_look=proposal.why_none)


def _unanswered(claim: Claim, asked: Unanswerable) -> Verdict:
    return Verdict(
        claim=claim.id,
        element=asked.element,
        statement=asked.statement,
        verdict="not-observable",
        likelihood_ratio=None,
        probability=None,
        power=None,
        word=None,
        confidence="low",
        confidence_reasons=(asked.why,),
        origins=0,
        evidence=(),
        reasons=(asked.why,),
        no_next_look=asked.why,
    )


def _answer(desk: Desk, claim: Claim, question: Question, measure: Measurer) -> Verdict:
    situation = desk.situation
    sites = [desk.gather(s, question.sought, w) for s, w in zip(question.sites, question.windows, strict=True)]
    declared = not any(site.undeclared for site in sites)
    strength = _strength(situation, question, sites, measure) if declared else None
    verdict = _verdict(situation, question, sites, strength)
    origins = origins_of(sites)
    rows = (
        strength.sensitivity
        if strength is not None
        else undeclared_rows(question, sites, situation.thresholds, verdict)
    )
    hangs_on = carries(verdict, rows)
    stands = ground(situation, claim.source, sites, origins, strength, verdict)
    prior = claim.prior if claim.prior is not None else situation.thresholds.prior
    value, probability = _numbers(strength, prior)
    worded = strength is not None and verdict != "not-observable"
    return Verdict(
        claim=claim.id,
        element=question.element,
        statement=question.statement,
        verdict=verdict,
        likelihood_ratio=value,
        probability=probability,
        power=None if strength is None else round(strength.power, 6),
        word=likelihood_word(probability.value) if worded and probability is not None else None,
        confidence=stands.confidence,
        confidence_reasons=stands.reasons,
        origins=len(origins),
        evidence=tuple(f"look:{r.look}" for site in sites for r in site.telling),
        sensitivity=rows,
        reasons=(*reasons_for(question, sites, strength, verdict), *((hangs_on,) if hangs_on else ())),
        strength=None if strength is not None else strength_in_words(sites),
        simulated=any(site.simulated for site in sites),
    )


def _strength(situation: Situation, question: Question, sites: Sequence[SiteEvidence], measure: Measurer) -> Strength:
    calls = max(question.needs.calls) if question.needs is not None else 1
    if calls > COUNTED_MOST:
        return weigh_bound(question, sites, situation.thresholds)
    return weigh(question, sites, calls, situation.thresholds, measure)


def _verdict(
    situation: Situation, question: Question, sites: Sequence[SiteEvidence], strength: Strength | None
) -> VerdictWord:
    seen = any(site.sightings for site in sites)
    if strength is None:
        return undeclared_verdict(question, sites, situation.thresholds, seen=seen)
    return verdict_word(strength.value, strength.power, seen=seen, thresholds=situation.thresholds)


def _numbers(strength: Strength | None, prior: float) -> tuple[RatioValue | None, ProbabilityValue | None]:
    if strength is None:
        return None, None
    ratio = LikelihoodRatio(value=strength.value, low=strength.low, high=strength.high)
    value, low, high = ratio.posterior(prior)
    return (
        RatioValue(value=round_ratio(ratio.value), low=round_ratio(ratio.low), high=round_ratio(ratio.high)),
        ProbabilityValue(value=round(value, 6), low=round(low, 6), high=round(high, 6), prior=prior),
    )
