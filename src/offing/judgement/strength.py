"""How strong the looks speak: ratio, interval, power, and what each look, source and assumption carries."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from offing.judgement.assumptions import VARIED as VARIED
from offing.judgement.evidence import UNSTATED, SiteEvidence
from offing.judgement.measure import Measured, Measurer
from offing.judgement.model import Sensitivity, Thresholds
from offing.judgement.question import Question
from offing.judgement.weigh import power, ratio
from offing.judgement.words import verdict_word
from offing.movements.sensing import Sensitivities, detect_probability
from offing.movements.sought import Reading
from offing.movements.worlds import Variation
from offing.records import Record

LISTED_LOOKS = 50
"""At most so many looks are listed in the sensitivity, those that carry most."""

_LISTED_SOURCES = 20


class Strength(Record, frozen=True):
    """What the declared looks say of a question."""

    value: float
    """Likelihood ratio at the stated assumptions."""
    low: float
    high: float
    power: float
    sensitivity: tuple[Sensitivity, ...]
    flips: tuple[str, ...]
    """Names of what, dropped or varied, changes the verdict."""
    fit_error: float


NOTHING = Strength(value=1.0, low=1.0, high=1.0, power=0.0, sensitivity=(), flips=(), fit_error=0.0)
"""No look can tell: the ratio is 1 whatever is assumed."""


def weigh(
    question: Question, sites: Sequence[SiteEvidence], calls: int, thresholds: Thresholds, measure: Measurer
) -> Strength:
    """The strength of the used readings at the question's sites, with ``calls`` calls counted."""
    if not any(site.used for site in sites):
        return NOTHING
    used, around = [site.used for site in sites], question.kind == "window"
    base = [
        measure(site, calls, Variation(), r, drops=True, around=around) for site, r in zip(sites, used, strict=True)
    ]
    value = _ratio(question, base)
    shown = power(question.kind, base, question.needs)
    seen = any(site.sightings for site in sites)
    judged = partial(_sensitivity, thresholds)
    varied, spread = _assumptions(question, sites, calls, value, judged, measure, seen=seen)
    low, high = value * math.exp(-spread[0]), value * math.exp(spread[1])
    rows = [
        *_looks(question, sites, base, judged),
        *_sources(question, sites, base, calls, judged, measure),
        *varied,
    ]
    verdict = verdict_word(value, shown, seen=seen, thresholds=thresholds)
    return Strength(
        value=value,
        low=low,
        high=high,
        power=shown,
        sensitivity=tuple(rows),
        flips=tuple(row.without for row in rows if row.verdict != verdict),
        fit_error=max(m.fit_error for m in base),
    )


Judged = Callable[[str, float, float, bool], Sensitivity]


def _sensitivity(thresholds: Thresholds, name: str, value: float, shown: float, seen: bool) -> Sensitivity:
    verdict = verdict_word(value, shown, seen=seen, thresholds=thresholds)
    return Sensitivity(without=name, likelihood_ratio=round_ratio(value), verdict=verdict)


def _ratio(question: Question, base: Sequence[Measured]) -> float:
    return ratio(question.kind, base, [m.stated for m in base], question.needs)


def _assumptions(
    question: Question,
    sites: Sequence[SiteEvidence],
    calls: int,
    value: float,
    judged: Judged,
    measure: Measurer,
    *,
    seen: bool,
) -> tuple[list[Sensitivity], tuple[float, float]]:
    """(a row for each assumption varied, spread of the log ratio downwards and upwards)."""
    rows, down, up, around = [], 0.0, 0.0, question.kind == "window"
    for _, variants in VARIED:
        moves = [0.0]
        for name, vary in variants:
            other = [measure(site, calls, vary, site.used, around=around) for site in sites]
            moved = _ratio(question, other)
            rows.append(judged(f"assumption:{name}", moved, power(question.kind, other, question.needs), seen))
            moves.append(math.log(moved / value))
        down, up = down + min(moves) ** 2, up + max(moves) ** 2
    return rows, (math.sqrt(down), math.sqrt(up))


def _looks(
    question: Question, sites: Sequence[SiteEvidence], base: Sequence[Measured], judged: Judged
) -> list[Sensitivity]:
    """A row for each look that bears on the question, at most the fifty that move the ratio most; by site and time."""
    value = _ratio(question, base)
    found: list[tuple[float, int, int, float]] = []
    for s, site in enumerate(sites):
        near = {r.look for r in site.near}
        for i, reading in enumerate(site.used):
            if reading.look in near:
                looks = [m.without[reading.look] if k == s else m.stated for k, m in enumerate(base)]
                without = ratio(question.kind, base, looks, question.needs)
                found.append((abs(math.log(without / value)), s, i, without))
    found.sort(key=lambda f: (-f[0], f[1], f[2]))
    rows = []
    for _, s, i, without in sorted(found[:LISTED_LOOKS], key=lambda f: (f[1], f[2])):
        reading = sites[s].used[i]
        shown = _power_without(question, sites, base, s, reading)
        seen = any(r.look != reading.look for site in sites for r in site.sightings)
        rows.append(judged(f"look:{reading.look}", without, shown, seen))
    return rows


def _power_without(
    question: Question, sites: Sequence[SiteEvidence], base: Sequence[Measured], index: int, reading: Reading
) -> float:
    """The least power that is left without one look: what it alone can have shown is taken away."""
    whole = power(question.kind, base, question.needs)
    missed = 1.0 - detect_probability(reading, Sensitivities()) * reading.usable
    if reading.time not in sites[index].window:
        missed = 1.0 - (1.0 - missed) * sites[index].traffic.stay.still_there(_gap_hours(sites[index], reading))
    return max(0.0, 1.0 - (1.0 - whole) / max(missed, 1e-9))


def _gap_hours(site: SiteEvidence, reading: Reading) -> float:
    gap = max(site.window.start - reading.time, reading.time - site.window.end)
    return max(0.0, gap.total_seconds() / 3600.0)


def _sources(
    question: Question,
    sites: Sequence[SiteEvidence],
    base: Sequence[Measured],
    calls: int,
    judged: Judged,
    measure: Measurer,
) -> list[Sensitivity]:
    """A row for each source and each origin group whose looks are left out together."""
    rows, around = [], question.kind == "window"
    for prefix, of in (("source", "sources"), ("origin", "origins")):
        groups: list[Mapping[str, tuple[str, ...]]] = [getattr(site, of) for site in sites]
        names = _names(groups, sites)
        if of == "origins":
            names = [name for name in names if name != UNSTATED and not _is_source(name, sites)]
        for name in names[:_LISTED_SOURCES]:
            left = [[r for r in site.used if name not in g[r.look]] for site, g in zip(sites, groups, strict=True)]
            kept = [
                m if len(r) == len(site.used) else measure(site, calls, Variation(), r, around=around)
                for m, r, site in zip(base, left, sites, strict=True)
            ]
            seen = any(name not in g[r.look] for site, g in zip(sites, groups, strict=True) for r in site.sightings)
            rows.append(
                judged(f"{prefix}:{name}", _ratio(question, kept), power(question.kind, kept, question.needs), seen)
            )
    return rows


def _is_source(origin: str, sites: Sequence[SiteEvidence]) -> bool:
    """Whether a source of the same name tells of just the looks of the origin, so that one row says both."""
    return all(
        (origin in site.origins.get(r.look, ())) == (origin in site.sources.get(r.look, ()))
        for site in sites
        for r in site.telling
    )


def _names(groups: Iterable[Mapping[str, tuple[str, ...]]], sites: Sequence[SiteEvidence]) -> list[str]:
    """Names that stand behind at least one reading near a window."""
    found = {n for g, site in zip(groups, sites, strict=True) for r in site.telling for n in g.get(r.look, ())}
    return sorted(found)


def round_ratio(value: float) -> float:
    """Four significant digits: more would claim an exactness that the assumptions do not have."""
    return float(f"{value:.4g}")
