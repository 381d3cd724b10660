"""The bare answer to a question: ratio, power and verdict, without interval or sensitivity."""

from __future__ import annotations

from offing.judgement.evidence import Desk
from offing.judgement.measure import measure
from offing.judgement.model import VerdictWord
from offing.judgement.question import Question
from offing.judgement.situation import Situation
from offing.judgement.weigh import power, ratio
from offing.judgement.words import verdict_word
from offing.movements.worlds import Variation
from offing.records import Record


class Answer(Record, frozen=True):
    """What a question comes to."""

    ratio: float
    power: float
    verdict: VerdictWord


def answer(situation: Situation, question: Question, vary: Variation | None = None) -> Answer:
    """The answer from the looks that declare their probabilities; up to ``needs.COUNTED_MOST`` calls."""
    desk = Desk(situation)
    sites = [desk.gather(s, question.sought, w) for s, w in zip(question.sites, question.windows, strict=True)]
    calls = max(question.needs.calls) if question.needs is not None else 1
    around = question.kind == "window"
    measured = [measure(site, calls, vary or Variation(), site.used, around=around) for site in sites]
    value = ratio(question.kind, measured, [m.stated for m in measured], question.needs)
    shown = power(question.kind, measured, question.needs)
    seen = any(site.sightings for site in sites)
    word = verdict_word(value, shown, seen=seen, thresholds=situation.thresholds)
    return Answer(ratio=value, power=shown, verdict=word)
