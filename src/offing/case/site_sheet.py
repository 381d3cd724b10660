"""Sheets of a case's sites: what is around them, joined with what the case has seen and read of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec

from offing.case.case import Case
from offing.case.site_model import AisCover, CaseSheet, ReportedCall, SensorLooks, StatusCount
from offing.case.site_passes import passes_of
from offing.claims import Claim
from offing.claims.model import AnyOf, Carrier, origin_group, place_ids
from offing.looks.model import Look
from offing.sites import Site
from offing.sites.gazetteer import Gazetteer, installed_gazetteer
from offing.sites.ports import Port, read_ports
from offing.sites.sea import SeaRoutes, sea_routes
from offing.sites.sheet import SiteSheet, sheets
from offing.timespan import zone

ToLocal = Callable[[datetime], datetime]
"""A UTC instant as the clock on the wall shows it."""


@cache
def _gazetteer() -> Gazetteer | None:
    return installed_gazetteer()


@cache
def _routes() -> SeaRoutes:
    return sea_routes()


def case_sheets(
    case: Case, *, now: datetime, only: str | None = None, port_files: Sequence[Path] = (),
    gazetteer: Gazetteer | None = None, routes: SeaRoutes | None = None,
) -> tuple[CaseSheet, ...]:  # fmt: skip
    """A sheet for each site of the case, or for the one of the id ``only``, as of ``now`` (UTC).

    ``port_files`` are port indexes besides those of case.yaml; ``gazetteer`` and ``routes`` are the installed ones
    unless given. Raises CaseError for an unknown site, and what reading berths, ports and AIS coverage raises.
    """
    if only is not None:
        case.site(only)
    ports, notes = _ports(case, port_files)
    case.store.looks()  # a store that cannot be read is said before the long work
    places = sheets(
        case.definition.sites,
        {s.id: case.berths(s.id) for s in case.definition.sites if only in (None, s.id)},
        gazetteer=gazetteer or _gazetteer(),
        ports=ports,
        routes=routes or _routes(),
        only=only,
    )
    return tuple(_sheet(case, place, now, notes) for place in places)


def _ports(case: Case, more: Sequence[Path]) -> tuple[tuple[Port, ...] | None, tuple[str, ...]]:
    """The ports of all tables, and what could not be read in them; None: there is no table."""
    files = [*(case.inside(f.path) for f in case.definition.ports), *more]
    if not files:
        return None, ()
    read = [(path, read_ports(path)) for path in files]
    notes = tuple(f"{path.name}: left out {note}" for path, index in read for note in index.notes)
    return tuple(port for _, index in read for port in index.ports), notes


def _sheet(case: Case, place: SiteSheet, now: datetime, notes: Sequence[str]) -> CaseSheet:
    site = place.site
    clock, local = local_clock(site, site.timezone or case.definition.timezone)
    looks = case.store.looks(site.id)
    reported = tuple(r for claim in case.definition.claims for r in reported_calls(case, claim, site))
    passes, span, missing = passes_of(case, site, reported, now, local)
    ais = _ais(case, site)
    return CaseSheet(
        place=place,
        clock=clock,
        calls=tuple(c for c in case.store.port_calls() if c.site == site.id),
        reported=reported,
        sensors=sensor_looks(looks, local),
        passes=passes,
        passes_from=span.start,
        passes_to=span.end,
        ais=ais,
        ais_said=_ais_said(case, ais),
        notes=(*place.notes, *notes, *missing),
    )


def local_clock(site: Site, name: str | None) -> tuple[str, ToLocal]:
    """The clock of a site: its time zone's, or where none is named the sun's mean time at its longitude."""
    if name is not None:
        there = zone(name)
        return name, lambda t: t.astimezone(there)
    ahead = timedelta(hours=site.position[0] / 15.0)
    return "mean solar time", lambda t: t + ahead


def sensor_looks(looks: Iterable[Look], local: ToLocal) -> tuple[SensorLooks, ...]:
    """When each kind of sensor looked, by its name."""
    groups: dict[str, list[Look]] = {}
    for look in looks:
        groups.setdefault(look.sensor, []).append(look)
    return tuple(_of_sensor(sensor, group, local) for sensor, group in sorted(groups.items()))


def _of_sensor(sensor: str, looks: Sequence[Look], local: ToLocal) -> SensorLooks:
    hours = Counter(local(look.time).hour for look in looks)
    statuses = Counter(look.status for look in looks)
    return SensorLooks(
        sensor=sensor,
        looks=len(looks),
        usable=sum(look.usable > 0.0 for look in looks),
        by_status=tuple(StatusCount(status=s, looks=n) for s, n in sorted(statuses.items())),
        first=min(look.time for look in looks),
        last=max(look.time for look in looks),
        local_hours=tuple(hours.get(h, 0) for h in range(24)),
        simulated=any(look.simulated for look in looks),
    )


def reported_calls(case: Case, claim: Claim, site: Site) -> tuple[ReportedCall, ...]:
    """The calls at ``site`` that a claim reports: as its origin, its destination, or both."""
    elements = claim.elements
    source = next(s for s in case.definition.sources if s.id == claim.source)
    span = elements.span(site.timezone or case.definition.timezone)
    carrier = elements.carrier
    made = ReportedCall(
        claim=claim.id, source=source.id, origin=origin_group(source), title=source.title or source.publisher,
        published=source.published, role="origin", alternatives=0, window=elements.window,
        start=span.start if span else None, end=span.end if span else None,
        ships=_ships(carrier), count=carrier.count if carrier else None,
    )  # fmt: skip
    found = []
    for role, named in (("origin", elements.origin), ("destination", elements.destination)):
        ids = place_ids(named)
        if site.id in ids:
            others = len(ids) - 1 if isinstance(named, AnyOf) else 0
            found.append(msgspec.structs.replace(made, role=role, alternatives=others))
    return tuple(found)


def _ships(carrier: Carrier | None) -> tuple[str, ...]:
    return () if carrier is None else (*carrier.vessels, *carrier.classes)


def _ais(case: Case, site: Site) -> tuple[AisCover, ...]:
    """The declared areas that hold the site's position."""
    from offing.vessels.ais.coverage import inside, read_coverage

    lon, lat = site.position
    return tuple(
        AisCover(
            path=file.path, start=area.start, end=area.end, reception=area.reception,
            source=file.source or area.source, simulated=file.simulated,
        )
        for file in case.definition.ais if file.coverage is not None
        for area in read_coverage(case.inside(file.coverage)) if area.rings and inside(area.rings, lon, lat)
    )  # fmt: skip


def _ais_said(case: Case, found: Sequence[AisCover]) -> str:
    files = case.definition.ais
    if not files:
        return "not known: the case has no AIS"
    if found:
        return f"received at times, by the word of {len(found)} declared areas" if len(found) > 1 else (
            "received at times, by the word of a declared area")  # fmt: skip
    if any(f.coverage is None for f in files):
        return "not known: a file of AIS says nothing of where it was received"
    return "not received, by the word of the declared areas"
