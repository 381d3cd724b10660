"""What to look at next in a case: listed pictures, passes that may have been taken, and passes to come.

``offing run`` proposes what catalogues list and nothing else, so that verdicts need no clock. Here the passes over each
site are added: those near the claims' windows of which no catalogue was asked, and those of the days to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from offing.case.candidates import KNOWN, overhead, told_looks, windows_at
from offing.case.case import Case
from offing.case.pipeline import judged_verdicts, kept_situation
from offing.imagery.catalogue.model import Answer
from offing.judgement.model import Candidate
from offing.judgement.next_look import Outlook, outlook
from offing.looks.catalogued import family
from offing.looks.model import Look
from offing.looks.passes.model import Orbit, Pass
from offing.sites import Site
from offing.timespan import TimeSpan

SAME_LOOK = timedelta(minutes=15)
"""A pass nearer than this to a look by such a satellite, or to a listed picture, is that one. Analysts round times."""

AROUND_H = 48.0
"""Passes that may have been taken are sought so many hours before and after each window."""


def next_in_case(case: Case, now: datetime, orbits: Sequence[Orbit], *, days: float = 14.0) -> Outlook:
    """What to look at next by the verdicts of the last run, as of ``now`` (UTC); ``days`` ahead are looked at.

    Raises CaseError where nothing was judged yet, OrbitError.
    """
    verdicts = judged_verdicts(case)
    situation = kept_situation(case)
    told = told_looks(case, situation.looks)
    found: list[Candidate] = []
    for place in case.definition.sites:
        known = [c for c in situation.candidates if c.site == place.id]
        found += known
        if not place.simulated:
            found += _overhead(case, place, told, known, now, orbits, days)
    return outlook(situation, found, verdicts)


def _overhead(
    case: Case,
    site: Site,
    told: Sequence[Look],
    known: Iterable[Candidate],
    now: datetime,
    orbits: Sequence[Orbit],
    days: float,
) -> tuple[Candidate, ...]:
    """Passes over a site that are no look and no listed picture."""
    from offing.looks.passes.overhead import passes_over

    ahead = TimeSpan(start=now, end=now + timedelta(days=days))
    spans = [_before(w.padded(AROUND_H), now) for w in windows_at(case, site)]
    passes = [p for s in [*spans, ahead] if s for p in passes_over(site.lonlat, site.radius_m, s, orbits, strict=False)]
    taken = [(family(k.sensor), k.time) for k in told if k.site == site.id]
    taken += [(family(c.sensor), c.time) for c in known]
    answers = [s.answer for s in case.store.searches(site.id)]
    kept = {(p.satellite, p.sensor, p.time): p for p in passes if not _known(p, taken, answers)}
    return overhead(case, site, (kept[key] for key in sorted(kept, key=lambda k: (k[2], k[0], k[1]))), told, now)


def _before(span: TimeSpan, now: datetime) -> TimeSpan | None:
    """The part of a span that has passed."""
    return TimeSpan(start=span.start, end=min(span.end, now)) if span.start < now else None


def _known(passed: Pass, taken: Sequence[tuple[str, datetime]], answers: Sequence[Answer]) -> bool:
    """Whether a pass was looked at or is listed, or a catalogue that would list it answered that it is not."""
    name = family(passed.satellite)
    if any(name == other and abs(passed.time - time) <= SAME_LOOK for other, time in taken):
        return True
    whose = next((known for known in KNOWN if name.startswith(known)), name)
    return any(
        a.complete
        and passed.time in a.query.span
        and passed.time < a.asked
        and any(c.startswith(whose) for c in a.query.collections)
        for a in answers
    )
