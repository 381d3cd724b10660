"""A claim as a whole: the parts that must all be true, and how strong the looks speak for all of them together.

The elements of a claim share looks, so they are never multiplied. At the destination the strongest of them is
judged: at least as many calls as the carrier's count and the quantity need; it implies the weaker ones. Each other
place is a part of its own, and ships hidden at one place say nothing of those hidden at another. What a conjunction
is compared with is every way in which at least one part is false; how probable each way is before any look is an
assumption: each part true with the stated prior, each on its own. The two ends of it (just one part is false; all
of them are) go into the interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec.structs import replace

from offing.judgement.measure import Likelihoods, Measured
from offing.judgement.needs import Needs
from offing.judgement.question import Question
from offing.judgement.weigh import RATIO_MOST, added, counted, power, ratio

ONE_FALSE, ALL_FALSE = "just-one-part-false", "every-part-false"


def parts_of(asked: Sequence[Question]) -> tuple[Question, ...] | None:
    """The parts of a claim from its questions of presence, at different places; None where places are mixed up.

    A place that is named among the origins too is judged once when the destination needs it anyway; otherwise
    its two roles cannot be told apart.
    """
    by_name = {q.element: q for q in asked}
    parts = list(_destinations(by_name))
    there = {s.id for q in parts for s in q.sites}
    sure = {s.id for q in parts if q.kind != "any" and (q.kind != "count" or len(q.sites) == 1) for s in q.sites}
    for part in _origins(asked):
        here = {s.id for s in part.sites}
        if here & sure:
            continue
        if here & there:
            return None
        parts.append(part)
    return tuple(parts)


def _destinations(by_name: dict[str, Question]) -> Iterable[Question]:
    """One part for the destination: the number of calls that carrier and quantity need; else one for each place."""
    whole = by_name.get("destination")
    if whole is None:
        return
    needs = _greatest([q.needs for q in by_name.values() if q.needs is not None])
    if max(needs.calls) > 1:
        everywhere = whole.kind == "all" and len(whole.sites) > 1
        yield replace(whole, kind="all" if everywhere else "count", needs=needs)
    elif whole.kind == "all":
        yield from _each(whole)
    else:
        yield whole


def _origins(asked: Sequence[Question]) -> Iterable[Question]:
    whole = next((q for q in asked if q.element == "origin"), None)
    if whole is not None:
        yield from _each(whole) if whole.kind == "all" else (whole,)


def _each(whole: Question) -> Iterable[Question]:
    for site, window in zip(whole.sites, whole.windows, strict=True):
        yield replace(whole, element=f"{whole.element}:{site.id}", kind="presence", sites=(site,), windows=(window,))


def _greatest(needs: Sequence[Needs]) -> Needs:
    """The calls needed for all of these together: the greater number, each as probable as it is said to be."""
    chances: dict[int, float] = {1: 1.0}
    for one in needs:
        both: dict[int, float] = {}
        for k, weight in zip(one.calls, one.weights, strict=True):
            for other, chance in chances.items():
                both[max(k, other)] = both.get(max(k, other), 0.0) + weight * chance
        chances = both
    calls = tuple(sorted(chances))
    return Needs(calls=calls, weights=tuple(chances[c] for c in calls), basis=())


def part_ratio(part: Question, sites: Sequence[Measured], looks: Sequence[Likelihoods]) -> float:
    """P(looks | part) / P(looks | not part), from the likelihoods at its own places."""
    if part.kind != "all" or part.needs is None:
        return ratio(part.kind, sites, looks, part.needs)
    return _everywhere(part.needs, sites, looks)


def _everywhere(needs: Needs, sites: Sequence[Measured], looks: Sequence[Likelihoods]) -> float:
    """A call at each destination and enough of them in all, against too few in all or a destination without any.

    The two ways to be false are taken as equally probable.
    """
    size = len(sites[0].prior)
    prior, joint = np.array([1.0]), np.array([1.0])
    none = enough = 0.0
    for m, seen in zip(sites, looks, strict=True):
        there = np.append(0.0, m.prior[1:])
        prior, joint = added(prior, there, size), added(joint, there * np.array(seen.by_calls), size)
    for k, weight in zip(needs.calls, needs.weights, strict=True):
        k = max(k, len(sites))
        enough += weight * float(joint[min(k, size - 1) :].sum() / max(prior[min(k, size - 1) :].sum(), 1e-290))
    _, fewer = counted(sites, [s.by_calls for s in looks], needs)
    singles = [ratio("presence", (m,), (s,), None) for m, s in zip(sites, looks, strict=True)]
    none = math.prod(s.by_calls[0] for s in looks)
    absent = none * (math.prod(1.0 + r for r in singles) - math.prod(singles)) / (2.0 ** len(singles) - 1.0)
    return _bounded(enough / max(0.5 * fewer + 0.5 * absent, 1e-290))


def part_power(part: Question, sites: Sequence[Measured]) -> float:
    """P(the looks would have shown a ship at the part's place, at each of them where all are needed | part)."""
    if part.kind == "all":
        return math.prod(power("presence", (m,), None) for m in sites)
    return power(part.kind, sites, part.needs)


def together(ratios: Sequence[float], prior: float) -> float:
    """P(looks | every part) / P(looks | at least one is false), each part true with ``prior``, each on its own."""
    m = len(ratios)
    every = math.prod(ratios)
    whole = math.prod(1.0 - prior + prior * r for r in ratios)
    return _bounded(every * (1.0 - prior**m) / max(whole - prior**m * every, 1e-290))


def mixes(ratios: Sequence[float]) -> tuple[tuple[str, float], ...]:
    """The ratio at both ends of what may be assumed of the ways to be false; none for a claim of one part."""
    if len(ratios) < 2:
        return ()
    one = len(ratios) / sum(1.0 / r for r in ratios)
    return ((ONE_FALSE, _bounded(one)), (ALL_FALSE, _bounded(math.prod(ratios))))


def _bounded(value: float) -> float:
    return min(max(value, 1.0 / RATIO_MOST), RATIO_MOST)
