"""What the numbers allow: how much calls can have carried, how long passages take, how long it was dark."""

from __future__ import annotations

from offing.claims import Claim, sites_named
from offing.exchange.snapshot import CaseSnapshot
from offing.geo import NAUTICAL_MILE_M, distance_m
from offing.looks.darkness import nights
from offing.movements.model import Lift
from offing.report.model import LiftRow, NightRow, PassageRow
from offing.report.naming import window_of
from offing.report.words import counted, site_ids, whole
from offing.sites import Site
from offing.timespan import TimeSpan

_MOST_NIGHTS_DAYS = 400
"""Longer windows than this have no table of nights: it would say nothing."""


def lift_rows(case: CaseSnapshot) -> tuple[LiftRow, ...]:
    """Every lift of the store with a sentence that says its bounds."""
    return tuple(LiftRow(lift=lift, sentence=_lift_sentence(lift)) for lift in case.lifts)


def _lift_sentence(lift: Lift) -> str:
    low, high = whole(lift.carried.low), whole(lift.carried.high)
    amount = f"{low} {lift.unit}" if low == high else f"{low} to {high} {lift.unit}"
    sentence = f"{counted(lift.calls, 'call')} can have carried {amount}."
    if lift.claimed is None:
        return sentence
    sentence += f" The claim says {whole(lift.claimed)}"
    if lift.shiploads is None:
        return f"{sentence}."
    least, most = whole(lift.shiploads.low), whole(lift.shiploads.high)
    return f"{sentence}, which needs {least if least == most else f'{least} to {most}'} ship-loads."


def passage_rows(case: CaseSnapshot) -> tuple[PassageRow, ...]:
    """The great circles between claimed origins and destinations, with the time they take at the classes' speeds."""
    found: dict[tuple[str, str], PassageRow] = {}
    for claim in case.definition.claims:
        for a, b in _legs(case, claim):
            known = found.get((a.id, b.id))
            found[a.id, b.id] = _passage(case, claim, a, b, known)
    return tuple(found.values())


def _legs(case: CaseSnapshot, claim: Claim) -> list[tuple[Site, Site]]:
    origins = [case.site(s) for s in site_ids(claim.elements.origin)]
    destinations = [case.site(s) for s in site_ids(claim.elements.destination)]
    return [(a, b) for a in origins for b in destinations if a and b and a.id != b.id]


def _passage(case: CaseSnapshot, claim: Claim, a: Site, b: Site, known: PassageRow | None) -> PassageRow:
    miles = distance_m(a.lonlat, b.lonlat) / NAUTICAL_MILE_M
    speed = _speed(case, claim)
    if known is not None and known.speed_kn is not None:
        least, most = known.speed_kn
        speed = (min(least, speed[0]), max(most, speed[1])) if speed else known.speed_kn
    return PassageRow(
        origin=a.name,
        destination=b.name,
        origin_at=a.position,
        destination_at=b.position,
        nautical_miles=miles,
        hours=(miles / speed[1], miles / speed[0]) if speed else None,
        speed_kn=speed,
        claims=(*(known.claims if known else ()), claim.id),
    )


def _speed(case: CaseSnapshot, claim: Claim) -> tuple[float, float] | None:
    """Least and greatest service speed over the claimed classes and the classes of the claimed vessels, knots."""
    carrier = claim.elements.carrier
    if carrier is None:
        return None
    wanted = set(carrier.classes) | {v.vessel_class for v in case.definition.vessels if v.id in carrier.vessels}
    speeds = [c.speed_kn for c in case.classes if c.id in wanted and c.speed_kn]
    return (min(s[0] for s in speeds), max(s[1] for s in speeds)) if speeds else None


def night_rows(case: CaseSnapshot) -> tuple[NightRow, ...]:
    """The dark of civil night at every site of a claim within the claim's window."""
    rows = []
    for claim in case.definition.claims:
        for site_id in sites_named(claim.elements):
            site, window = case.site(site_id), window_of(case, claim, site_id)
            if site and window and 12.0 <= window.hours <= 24.0 * _MOST_NIGHTS_DAYS:
                rows += _nights_at(site, claim, window)
    return tuple(rows)


def _nights_at(site: Site, claim: Claim, window: TimeSpan) -> list[NightRow]:
    dark = nights(site.lonlat, window)
    whole_nights = [n for n in dark if n.start > window.start and n.end < window.end] or list(dark)
    if not whole_nights:
        return []
    return [
        NightRow(
            site=site.name,
            claim=claim.id,
            nights=len(whole_nights),
            shortest_h=min(n.hours for n in whole_nights),
            longest_h=max(n.hours for n in whole_nights),
            dark_fraction=min(1.0, sum(n.hours for n in dark) / window.hours),
        )
    ]
