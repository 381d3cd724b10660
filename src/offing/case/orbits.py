"""The satellites that a case counts on, and the spans of time in which its claims lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from offing.case.case import Case
from offing.claims.model import sites_named
from offing.looks.passes.elements import read_elements
from offing.looks.passes.model import Elements, Orbit
from offing.looks.passes.satellites import orbits
from offing.timespan import TimeSpan


def case_orbits(case: Case, names: Iterable[str] = ()) -> tuple[Orbit, ...]:
    """The known satellites and those of the case's ``orbits:``, or those named alone. Raises OrbitError, CaseError."""
    return given_orbits([(case.inside(f.path), f.swath_km) for f in case.definition.orbits], names)


def given_orbits(files: Sequence[tuple[Path, float | None]], names: Iterable[str] = ()) -> tuple[Orbit, ...]:
    """The known satellites refined and joined by those of ``files``, each with the width of their swaths in kilometres.

    Raises OrbitError.
    """
    elements: list[Elements] = []
    swaths: dict[int, float] = {}
    for path, swath_km in files:
        read = read_elements(path)
        elements += read
        if swath_km is not None:
            swaths |= {e.norad: swath_km for e in read}
    return orbits(names, elements, swaths)


def claimed_span(case: Case, site: str) -> TimeSpan | None:
    """From the first to the last moment for which a claim speaks of ``site``; None where none does."""
    zone = next((s.timezone for s in case.definition.sites if s.id == site), None) or case.definition.timezone
    spans = [
        span
        for claim in case.definition.claims
        if site in sites_named(claim.elements)
        if (span := claim.elements.span(zone)) is not None
    ]
    if not spans:
        return None
    return TimeSpan(start=min(s.start for s in spans), end=max(s.end for s in spans))
