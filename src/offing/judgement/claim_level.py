"""The verdict on a claim as a whole: all its elements together, presence first, the levels above it apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from offing.claims import Claim
from offing.judgement.claim_strength import ClaimStrength, Whole, sensitivity
from offing.judgement.claim_words import carries, conjunction, grouped, level_statement, statement, with_higher
from offing.judgement.confidence import RANK
from offing.judgement.evidence import Desk, origins_of
from offing.judgement.measure import Measurer
from offing.judgement.model import (
    ClaimVerdict,
    Confidence,
    Level,
    LevelVerdict,
    NextLook,
    ProbabilityValue,
    RatioValue,
    Thresholds,
    Verdict,
    VerdictWord,
)
from offing.judgement.parts import parts_of
from offing.judgement.question import Asked, Higher, Question
from offing.judgement.strength import round_ratio
from offing.judgement.words import likelihood_word
from offing.quantities import LikelihoodRatio
from offing.sites import Site
from offing.timespan import TimeSpan

ELEMENT = "claim"
_ABOVE: tuple[Level, ...] = ("activity", "cargo", "agent")


def judge_whole(
    desk: Desk, claim: Claim, asked: Sequence[Asked], verdicts: Sequence[Verdict], measure: Measurer
) -> ClaimVerdict:
    """The verdict on ``claim``; ``verdicts`` are those on its elements, in the order of ``asked``."""
    pairs = list(zip(asked, verdicts, strict=True))
    presence = [v for a, v in pairs if not isinstance(a, Higher)]
    above = [v for a, v in pairs if isinstance(a, Higher)]
    prior = claim.prior if claim.prior is not None else desk.situation.thresholds.prior
    whole, why_none = _whole(desk, [a for a in asked if not isinstance(a, Higher)], presence, prior, measure)
    strength = None if whole is None else whole.strength(presence)
    thresholds = desk.situation.thresholds
    worded = partial(_worded, [v.element for v in presence], [v.element for v in above], thresholds)
    words = {v.element: v.verdict for v in verdicts}
    verdict = worded(words, None if strength is None else strength.value)
    levels = _levels(presence, above, strength, thresholds)
    ratio, probability = _numbers(strength, presence)
    if above:
        ratio = probability = None
    rows = sensitivity(whole, presence, worded, words)
    by, confidence = grouped(verdicts), _confidence(presence or above)
    origins = origins_of([desk.gather(s, a.sought, w) for a in asked if isinstance(a, Question) for s, w in _places(a)])
    return ClaimVerdict(
        claim=claim.id,
        element=ELEMENT,
        statement=statement(levels),
        verdict=verdict,
        likelihood_ratio=ratio,
        probability=probability,
        power=None if strength is None or above else round(strength.power, 6),
        word=likelihood_word(probability.value) if probability is not None and verdict != "not-observable" else None,
        confidence=confidence,
        confidence_reasons=_confidence_reasons(presence or above, confidence),
        origins=len(origins) if presence else max((v.origins for v in above), default=0),
        evidence=tuple(dict.fromkeys(e for v in verdicts for e in v.evidence)),
        sensitivity=rows,
        next_look=_next_look(presence),
        no_next_look=None if _next_look(presence) else _why_no_look(presence),
        reasons=_reasons(whole, strength, why_none, verdict, carries(verdict, rows), above=bool(above)),
        strength=why_none,
        simulated=any(v.simulated for v in verdicts),
        levels=levels,
        carried_by=by.carried_by,
        doubted=by.doubted,
        missed=by.missed,
        unseen=by.unseen,
    )


def _places(question: Question) -> Iterator[tuple[Site, TimeSpan]]:
    return zip(question.sites, question.windows, strict=True)


def _whole(
    desk: Desk, asked: Sequence[Asked], presence: Sequence[Verdict], prior: float, measure: Measurer
) -> tuple[Whole | None, str | None]:
    """The parts with their evidence, or why no number can be given for all of them together."""
    if not presence:
        return None, "the claim asserts no presence of a ship anywhere"
    blank = [v.element for v in presence if v.likelihood_ratio is None]
    if blank:
        return None, f"no number for the claim as a whole, because there is none for {', '.join(blank)}"
    parts = parts_of([a for a in asked if isinstance(a, Question)])
    if not parts:
        return None, "no number for the claim as a whole: one place is named among the origins and the destinations"
    return Whole(desk, parts, prior, measure), None


def _worded(
    presence: Sequence[str],
    above: Sequence[str],
    thresholds: Thresholds,
    words: Mapping[str, VerdictWord],
    ratio: float | None,
) -> VerdictWord:
    """The verdict on the claim from those on its elements and the ratio of presence."""
    higher = [words[e] for e in above if e in words]
    if not presence:
        return conjunction(higher)
    return with_higher(_presence([words[e] for e in presence], ratio, thresholds), higher)


def _presence(words: Sequence[VerdictWord], ratio: float | None, thresholds: Thresholds) -> VerdictWord:
    word = conjunction(words)
    if word == "corroborated" and (ratio is None or ratio < thresholds.corroborated_lr):
        return "consistent"
    return word


def _levels(
    presence: Sequence[Verdict], above: Sequence[Verdict], strength: ClaimStrength | None, thresholds: Thresholds
) -> tuple[LevelVerdict, ...]:
    found = []
    if presence:
        ratio, probability = _numbers(strength, presence)
        word = _presence([v.verdict for v in presence], None if strength is None else strength.value, thresholds)
        found.append(
            LevelVerdict(
                level="presence",
                verdict=word,
                statement=level_statement("presence", word, presence),
                elements=tuple(v.element for v in presence),
                likelihood_ratio=ratio,
                probability=probability,
                power=None if strength is None else round(strength.power, 6),
            )
        )
    for level in _ABOVE:
        for v in above:
            if v.element == level:
                text = f"{level} {v.verdict.replace('-', ' ')}: {v.strength or v.statement}"
                found.append(LevelVerdict(level=level, verdict=v.verdict, statement=text, elements=(level,)))
    return tuple(found)


def _numbers(
    strength: ClaimStrength | None, presence: Sequence[Verdict]
) -> tuple[RatioValue | None, ProbabilityValue | None]:
    if strength is None:
        return None, None
    ratio = LikelihoodRatio(value=strength.value, low=strength.low, high=strength.high)
    value, low, high = ratio.posterior(strength.prior)
    known = [v.probability for v in presence if v.probability is not None]
    value, low, high = (
        min(value, *(p.value for p in known)),
        min(low, *(p.value for p in known)),
        min(high, *(p.high for p in known)),
    )
    return (
        RatioValue(value=round_ratio(ratio.value), low=round_ratio(ratio.low), high=round_ratio(ratio.high)),
        ProbabilityValue(value=round(value, 6), low=round(low, 6), high=round(high, 6), prior=round(strength.prior, 6)),
    )


def _confidence(verdicts: Sequence[Verdict]) -> Confidence:
    """No better than in the least of its elements."""
    return RANK[min((RANK.index(v.confidence) for v in verdicts), default=0)]


def _confidence_reasons(verdicts: Sequence[Verdict], confidence: Confidence) -> tuple[str, ...]:
    out: dict[str, list[str]] = {}
    for v in verdicts:
        if v.confidence == confidence:
            for reason in v.confidence_reasons:
                out.setdefault(reason, []).append(v.element)
    if not out:
        return ("the claim says nothing that a look could bear on",)
    return tuple(f"{', '.join(elements)}: {reason}" for reason, elements in out.items())


def _next_look(presence: Sequence[Verdict]) -> NextLook | None:
    """The look worth most to any element that is open."""
    found = [v.next_look for v in presence if v.next_look is not None]
    return max(found, key=lambda n: (n.information_bits or 0.0, n.expected_power or 0.0), default=None)


def _why_no_look(presence: Sequence[Verdict]) -> str | None:
    return next((v.no_next_look for v in presence if v.no_next_look is not None), None)


def _reasons(
    whole: Whole | None,
    strength: ClaimStrength | None,
    why_none: str | None,
    verdict: VerdictWord,
    hangs_on: str | None,
    *,
    above: bool,
) -> tuple[str, ...]:
    out = [hangs_on] if hangs_on else []
    if why_none:
        out.append(why_none)
    if whole is not None and strength is not None:
        out += _how(whole, strength)
    if above:
        out.append(
            "numbers are given of presence alone: how often a look shows an activity or a cargo is declared nowhere"
        )
    if len({s.id for p in (whole.parts if whole else ()) for s in p.sites}) > 1:
        out.append("that the ships at these places are the same ships is not tested here")
    if verdict == "not-corroborated":
        out.append("a part of the claim was looked for and not seen")
    return tuple(out)


def _how(whole: Whole, strength: ClaimStrength) -> list[str]:
    names = [p.element if p.needs is None else f"{p.element} with the calls that are needed" for p in whole.parts]
    if len(names) == 1:
        out = [f"judged as {names[0]}, which implies its other elements of presence; nothing is multiplied"]
    else:
        out = [
            f"judged as {' and '.join(names)} together; the elements at one place share its looks and are not "
            "multiplied",
            f"before any look each of these {len(names)} parts is taken as true with {whole.prior:.0%}, each on its "
            f"own, so all of them with {strength.prior:.2g}; the interval spans from just one part being false to all",
        ]
    if strength.capped is not None:
        out.append(f"no more probable than its least probable element, {strength.capped}")
    return out
