"""Judging the elements of many simulated claims at once: the value, the power and the verdict, nothing else.

The figures are those of ``offing.judgement.judge`` to the last digit (the benchmark checks that through files); what is
left out is the sensitivity to each look and source. Sites are measured in the order of their traffic, so that worlds
share the transitions of their chains, and elements of one claim share what they ask of one site.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from offing.judgement.evidence import Desk, SiteEvidence
from offing.judgement.measure import Measured, Measurer
from offing.judgement.model import VerdictWord
from offing.judgement.question import Question, questions
from offing.judgement.situation import Situation
from offing.judgement.strength import VARIED
from offing.judgement.undeclared import undeclared_verdict
from offing.judgement.weigh import power, ratio
from offing.judgement.words import verdict_word
from offing.movements.sensing import Sensitivities
from offing.movements.worlds import Variation
from offing.records import Record
from offing.simulation.world.making import make_world
from offing.simulation.world.model import ClaimTruth, Declared, Distortion, SimulatedWorld, WorldSpec
from offing.sites import Baseline


class Judged(Record, frozen=True):
    """One verdict beside the truth."""

    world: int
    """Seed."""
    claim: str
    element: str
    """As in a verdict; a carrier of one ship, which is the destination again, is left out."""
    distortion: Distortion | None
    declared: Declared
    verdict: VerdictWord
    true: bool
    ratio: float | None
    """None where a probability that matters was left blank."""
    power: float | None
    low: float | None = None
    high: float | None = None
    """The interval over assumptions, computed where the verdict says corroborated or contradicted."""
    of_true_model: float | None = None
    """The ratio of a judge who knows how things are; None where it was not asked."""

    @property
    def kind(self) -> str:
        """The element without the name of a site."""
        return "one of several origins" if ":" in self.element else self.element


class _Asked(Record, frozen=True):
    """One element of one claim, with its evidence laid out."""

    spec: WorldSpec
    truth: ClaimTruth
    question: Question
    situation: Situation
    sites: tuple[SiteEvidence, ...]
    vary: Variation

    @property
    def calls(self) -> int:
        return max(self.question.needs.calls) if self.question.needs is not None else 1


def judged(specs: Sequence[WorldSpec], *, true_model: bool = False, intervals: bool = False) -> list[Judged]:
    """The verdicts on every element that is true or false in these worlds, by world, claim and element.

    ``true_model``: also, where all is declared as it is, the ratio of a judge who knows the true rates, probabilities,
    both kinds of a stay that has two, and how long look-alikes last. ``intervals``: also the interval over the
    assumptions of every verdict that says corroborated or contradicted.
    """
    worlds = [make_world(spec) for spec in specs]
    asked = [a for world in worlds for a in _asked(world)]
    right = [world for world in worlds if world.truth.spec.declared == "as-true"]
    knowing = [a for world in right for a in _knowing(world)] if true_model else []
    measure = _Memory()
    measure.fill([*asked, *knowing])
    known = {_key(a): measure.ratio(a) for a in knowing}
    return [_judged(measure, a, known.get(_key(a)), intervals=intervals) for a in asked]


def _asked(world: SimulatedWorld, situation: Situation | None = None, vary: Variation | None = None) -> list[_Asked]:
    laid = situation or world.situation()
    desk = Desk(laid)
    out = []
    for claim, truth in zip(laid.claims, world.truth.claims, strict=True):
        for q in questions(laid, claim):
            if isinstance(q, Question) and q.element in truth.elements and not _again(q):
                sites = tuple(desk.gather(s, q.sought, w) for s, w in zip(q.sites, q.windows, strict=True))
                out.append(
                    _Asked(
                        spec=world.truth.spec,
                        truth=truth,
                        question=q,
                        situation=laid,
                        sites=sites,
                        vary=vary or Variation(),
                    )
                )
    return out


def _again(question: Question) -> bool:
    """Whether it is the destination over again: a carrier of one ship."""
    return question.element == "carrier" and question.needs is not None and question.needs.calls == (1,)


def _knowing(world: SimulatedWorld) -> list[_Asked]:
    """The same elements put to a judge who knows the truth about rates, stays and look-alikes."""
    truly = make_world(replace(world.truth.spec, declared="as-true"))
    whole = tuple(
        replace(s, baseline=tuple(part for entry in s.baseline for part in _parts(truly, entry))) for s in truly.sites
    )
    fool = truly.truth.lookalikes_fool
    looks = Sensitivities(kinds=((1.0, fool),)) if fool else Sensitivities(lasting=False)
    return _asked(truly, replace(truly.situation(), sites=whole), Variation(looks=looks))


def _parts(world: SimulatedWorld, entry: Baseline) -> tuple[Baseline, ...]:
    """A baseline entry as the log-normals that the stay is made of, where it is."""
    stay = world.truth.stays.get(entry.classes[0])
    if stay is None or len(stay.parts) < 2:
        return (entry,)
    return tuple(
        replace(entry, calls_per_30d=entry.calls_per_30d * share, stay_h=points) for share, points in stay.parts
    )


def _key(asked: _Asked) -> tuple[int, Declared, str, str]:
    return asked.spec.seed, asked.spec.declared, asked.truth.claim, asked.question.element


class _Memory:
    """What was measured of each site, by situation."""

    def __init__(self) -> None:
        self._by_world: dict[int, Measurer] = {}

    def fill(self, asked: Iterable[_Asked]) -> None:
        """Measure every site that is needed, like traffic after like traffic."""
        jobs = [(a, site) for a in asked if not _silent(a) for site in a.sites]
        for a, site in sorted(jobs, key=lambda j: _traffic_key(*j)):
            self._one(a, site, a.vary)

    def ratio(self, asked: _Asked, vary: Variation | None = None) -> float:
        """The likelihood ratio of an element."""
        base = self.sites(asked, vary)
        return ratio(asked.question.kind, base, [m.stated for m in base], asked.question.needs)

    def sites(self, asked: _Asked, vary: Variation | None = None) -> list[Measured]:
        """The measures of its sites."""
        return [self._one(asked, site, vary or asked.vary) for site in asked.sites]

    def _one(self, asked: _Asked, site: SiteEvidence, vary: Variation) -> Measured:
        measurer = self._by_world.setdefault(id(asked.situation), Measurer())
        # ``around`` adds the likelihood of calls around the window and changes nothing else, so that all share it.
        return measurer(site, asked.calls, vary, site.used, around=True)


def _traffic_key(asked: _Asked, site: SiteEvidence) -> tuple[object, ...]:
    stay = [(p.p05, p.p50, p.p95) for p in site.traffic.stay.parts]
    seen = max((r.ships for r in site.used), default=0)
    return stay, site.traffic.rates_per_h, asked.calls, len(site.sought.vessels), seen


def _silent(asked: _Asked) -> bool:
    """Whether a probability that matters was left blank, or no look bears on it."""
    return any(site.undeclared for site in asked.sites) or not any(site.used for site in asked.sites)


def _judged(measure: _Memory, asked: _Asked, known: float | None, *, intervals: bool) -> Judged:
    question, thresholds = asked.question, asked.situation.thresholds
    seen = any(site.sightings for site in asked.sites)
    value, shown = _strength(measure, asked)
    if value is None or shown is None:
        word = undeclared_verdict(question, asked.sites, thresholds, seen=seen)
    else:
        word = verdict_word(value, shown, seen=seen, thresholds=thresholds)
    low = high = None
    if intervals and value is not None and word in ("corroborated", "contradicted"):
        low, high = _interval(measure, asked, value)
    return Judged(
        world=asked.spec.seed,
        claim=asked.truth.claim,
        element=question.element,
        distortion=asked.truth.distortion,
        declared=asked.spec.declared,
        verdict=word,
        true=asked.truth.elements[question.element],
        ratio=value,
        power=shown,
        low=low,
        high=high,
        of_true_model=known,
    )


def _strength(measure: _Memory, asked: _Asked) -> tuple[float | None, float | None]:
    """(likelihood ratio, power); None where a blank forbids them."""
    if any(site.undeclared for site in asked.sites):
        return None, None
    if not any(site.used for site in asked.sites):
        return 1.0, 0.0
    base = measure.sites(asked)
    value = ratio(asked.question.kind, base, [m.stated for m in base], asked.question.needs)
    return value, power(asked.question.kind, base, asked.question.needs)


def _interval(measure: _Memory, asked: _Asked, value: float) -> tuple[float, float]:
    """The ratio's interval over the assumptions, as every verdict states it."""
    down = up = 0.0
    for _, variants in VARIED:
        moves = [0.0, *(math.log(measure.ratio(asked, vary) / value) for _, vary in variants)]
        down, up = down + min(moves) ** 2, up + max(moves) ** 2
    return value * math.exp(-math.sqrt(down)), value * math.exp(math.sqrt(up))
