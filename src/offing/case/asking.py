"""Which stretches of time a watch asks catalogues for: what is wanted, less what was answered for good. Pure.

An archive goes on getting items of a day for a while after it. An answer therefore holds for good only up to some days
(the look back) before it was given; what is later is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from offing.case.definition import CaseDefinition
from offing.claims.model import Claim, sites_named
from offing.errors import TimeError
from offing.imagery.catalogue.model import Answer
from offing.sites import Site
from offing.timespan import TimeSpan


def wanted(definition: CaseDefinition, site: Site, began: datetime, now: datetime, back: timedelta) -> list[TimeSpan]:
    """What a watch of ``site`` that began at ``began`` wants to know, up to ``now``; apart and in order.

    The windows of the claims that name the site with the days before and after them (``search:`` in case.yaml), and
    all that comes since the watch began.
    """
    spans = [*around_claims(definition, site), TimeSpan(start=began - back, end=max(now, began))]
    return _union(TimeSpan(start=s.start, end=min(s.end, now)) for s in spans if s.start < now)


def around_claims(definition: CaseDefinition, site: Site) -> list[TimeSpan]:
    """The windows of the claims that name ``site``, with the days before and after them; apart and in order."""
    zone = site.timezone or definition.timezone
    around = [_around(claim, definition, zone) for claim in definition.claims if site.id in sites_named(claim.elements)]
    return _union(span for span in around if span is not None)


def unanswered(spans: Sequence[TimeSpan], answers: Iterable[Answer], back: timedelta) -> list[TimeSpan]:
    """The parts of ``spans`` that no complete answer holds for good, apart and in order."""
    held = _union(
        TimeSpan(start=a.query.span.start, end=min(a.query.span.end, a.asked - back))
        for a in answers
        if a.complete and a.query.span.start < min(a.query.span.end, a.asked - back)
    )
    left = list(spans)
    for known in held:
        left = [part for span in left for part in _less(span, known)]
    return left


def _around(claim: Claim, definition: CaseDefinition, zone: str | None) -> TimeSpan | None:
    """The claim's window with the days before and after it; None: it has none."""
    window = claim.elements.span(zone)
    if window is None:
        return None
    options = definition.search
    try:
        start = window.start - timedelta(days=options.baseline_days)
        end = window.end + timedelta(days=options.after_days)
    except OverflowError as error:
        raise TimeError(
            "the days around its window leave the calendar", where=f"claim {claim.id}", fix="check the year"
        ) from error
    return TimeSpan(start=start, end=end)


def _union(spans: Iterable[TimeSpan]) -> list[TimeSpan]:
    """The same stretches without overlap, by start."""
    merged: list[TimeSpan] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = TimeSpan(start=merged[-1].start, end=max(merged[-1].end, span.end))
        else:
            merged.append(TimeSpan(start=span.start, end=span.end))
    return merged


def _less(span: TimeSpan, known: TimeSpan) -> list[TimeSpan]:
    """What of ``span`` lies outside ``known``."""
    parts = [(span.start, min(span.end, known.start)), (max(span.start, known.end), span.end)]
    return [TimeSpan(start=start, end=end) for start, end in parts if start < end]
