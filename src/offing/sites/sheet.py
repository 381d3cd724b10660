"""What is around a site: towns and people, ports, and how far other places are by sea."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offing.geo import NAUTICAL_MILE_M, LonLat
from offing.quantities import Interval
from offing.records import Record
from offing.sites.gazetteer import Gazetteer, People, TownNear, people_within
from offing.sites.model import Berth, Site
from offing.sites.port_matches import PortMatch, matches, within
from offing.sites.ports import Port
from offing.sites.sea.model import SeaPath, SeaRoutes

TOWNS_M = 50_000.0
"""How far towns are looked for, metres."""
PEOPLE_M = (5_000.0, 20_000.0, 50_000.0)
"""Distances within which people are summed, metres."""
MOST_TOWNS, MOST_PORTS = 6, 5
REACH_M = 300.0 * NAUTICAL_MILE_M
"""Ports farther than this in a straight line are not listed: a night and half a day at 16 knots."""
SPEEDS_KN = (12.0, 16.0)


class HoursAt(Record, frozen=True):
    """Time under way on the shortest water path at a steady speed."""

    knots: float
    hours: Interval
    """Hours; the lower bound holds however she sails, the upper one only on the shortest path."""


class BySea(Record, frozen=True):
    """Another site of the case, or a port of the index, and the way to it."""

    name: str
    path: SeaPath
    under_way: tuple[HoursAt, ...]
    site: str | None = None
    """Site id; None: a port of the index."""
    port: str | None = None
    """``file:line`` of the index; None: a site of the case."""


class SiteSheet(Record, frozen=True):
    """A site and what is around it. Numbers only: whether it is lonely or busy is for the reader to say."""

    site: Site
    berths: tuple[Berth, ...]
    towns: tuple[TownNear, ...]
    """The nearest towns within 50 km, nearest first."""
    people: tuple[People, ...]
    """Sums of what the gazetteer lists within 5, 20 and 50 km: lower bounds. Empty: no gazetteer."""
    gazetteer: str | None
    """Where the towns come from; None: no gazetteer is installed."""
    index_ports: tuple[PortMatch, ...]
    """Entries of the port index that may be this site."""
    sites_by_sea: tuple[BySea, ...]
    """The other sites of the case, shortest path first."""
    ports_by_sea: tuple[BySea, ...]
    """Other ports of the index within 300 nautical miles in a straight line, the nearest few, shortest path first."""
    notes: tuple[str, ...] = ()
    """What is missing, and why."""


def sheets(
    sites: Sequence[Site],
    berths: Mapping[str, tuple[Berth, ...]],
    *,
    gazetteer: Gazetteer | None,
    ports: Sequence[Port] | None,
    routes: SeaRoutes,
    only: str | None = None,
) -> tuple[SiteSheet, ...]:
    """A sheet for each site, or for the one of the id ``only``, in their order.

    ``ports`` None: no port index was given.
    """
    asked = [s for s in sites if only is None or s.id == only]
    found = {s.id: matches(s, ports or ()) for s in asked}
    near = {s.id: _other_ports(s, ports or (), found[s.id]) for s in asked}
    pairs = [(s.lonlat, other.lonlat) for s in asked for other in _others(s, sites)]
    pairs += [(s.lonlat, port.lonlat) for s in asked for port in near[s.id]]
    paths = dict(zip(pairs, routes.paths(pairs), strict=True))
    return tuple(
        _sheet(s, sites, berths.get(s.id, ()), gazetteer, found[s.id], near[s.id], paths, ports is not None)
        for s in asked
    )


def _sheet(
    site: Site, sites: Sequence[Site], berths: tuple[Berth, ...], gazetteer: Gazetteer | None,
    found: tuple[PortMatch, ...], near: Sequence[Port], paths: Mapping[tuple[LonLat, LonLat], SeaPath], indexed: bool,
) -> SiteSheet:  # fmt: skip
    towns = () if gazetteer is None else gazetteer.near(site.lonlat, TOWNS_M)
    others = [_by_sea(o.name, paths[site.lonlat, o.lonlat], site=o.id) for o in _others(site, sites)]
    harbours = [_by_sea(p.name, paths[site.lonlat, p.lonlat], port=p.source) for p in near]
    return SiteSheet(
        site=site,
        berths=berths,
        towns=towns[:MOST_TOWNS],
        people=() if gazetteer is None else tuple(people_within(towns, metres) for metres in PEOPLE_M),
        gazetteer=None if gazetteer is None else gazetteer.source,
        index_ports=found,
        sites_by_sea=_shortest_first(others),
        ports_by_sea=_shortest_first(harbours),
        notes=_notes(site, gazetteer, found, indexed),
    )


def _others(site: Site, sites: Sequence[Site]) -> list[Site]:
    """The other sites: simulated ones are never mixed with real ones."""
    return [other for other in sites if other.id != site.id and other.simulated == site.simulated]


def _other_ports(site: Site, ports: Sequence[Port], found: Sequence[PortMatch]) -> tuple[Port, ...]:
    same = {match.port.source for match in found}
    return tuple(p for p in within(site.lonlat, ports, REACH_M) if p.source not in same)[:MOST_PORTS]


def _by_sea(name: str, path: SeaPath, *, site: str | None = None, port: str | None = None) -> BySea:
    under_way = tuple(HoursAt(knots=knots, hours=path.hours(knots)) for knots in SPEEDS_KN)
    return BySea(name=name, path=path, under_way=under_way, site=site, port=port)


def _shortest_first(found: Sequence[BySea]) -> tuple[BySea, ...]:
    return tuple(sorted(found, key=lambda b: (b.path.metres, b.site or "", b.port or "")))


def _notes(site: Site, gazetteer: Gazetteer | None, found: Sequence[PortMatch], indexed: bool) -> tuple[str, ...]:
    notes = []
    if gazetteer is None:
        notes.append("no gazetteer is installed: towns and people are not known")
    if not indexed:
        notes.append("no port index was given: facilities and other ports are not known")
    elif not found:
        notes.append(f"the port index has no entry within {max(10.0, site.radius_m / 1000.0):g} km, nor one of this "
                     "name within 60 km")  # fmt: skip
    if not any(not name.isascii() for name in (site.name, *site.aka)):
        notes.append("no name in another script is given (aka in case.yaml)")
    return tuple(notes)
