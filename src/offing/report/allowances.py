"""What the numbers allow: how much calls can have carried, how long passages take, how long it was dark."""

from __future__ import annotations

from functools import lru_cache

from offing.claims import Claim, sites_named
from offing.claims.model import place_ids
from offing.exchange.snapshot import CaseSnapshot
from offing.geo import LonLat
from offing.looks.darkness import nights
from offing.movements.model import Lift
from offing.movements.passage import passage
from offing.quantities import Interval
from offing.report.model import LiftRow, NightRow, PassageRow
from offing.report.naming import window_of
from offing.report.words import counted, whole
from offing.sites import Site
from offing.timespan import TimeSpan

_MOST_NIGHTS_DAYS = 400
"""Longer windows than this have no table of nights: it would say nothing."""


def lift_rows(case: CaseSnapshot) -> tuple[LiftRow, ...]:
    """Every lift of the store with its numbers in words."""
    return tuple(
        LiftRow(
            claim=lift.claim,
            ships=lift.ships or counted(lift.calls, "call"),
            carried=_bounds(lift) if lift.calls or lift.carried.high else "nothing: no call was counted",
            claimed=None if lift.claimed is None else whole(lift.claimed),
            shiploads=None if lift.shiploads is None else _range(lift.shiploads),
            unit=lift.unit,
            basis=lift.basis,
        )
        for lift in case.lifts
    )


def _bounds(lift: Lift) -> str:
    """``988 to 1,460``, with the points of the distribution where there is one."""
    bounds, load = _range(lift.carried), lift.load
    if load is None or load.p05 == load.p95:
        return bounds
    return f"{bounds}; 5–50–95 %: {whole(load.p05)}, {whole(load.p50)}, {whole(load.p95)}"


def _chance(lift: Lift) -> str:
    """`` (chance 0.31 to 0.50)`` that the capacity suffices, where the bounds leave it open."""
    enough = lift.load.enough if lift.load else None
    if enough is None or enough.high <= 0.0 or enough.low >= 1.0:
        return ""
    low, high = f"{enough.low:.2f}", f"{enough.high:.2f}"
    return f" (chance {low})" if low == high else f" (chance {low} to {high})"


def lift_sentences(case: CaseSnapshot, claim: Claim) -> str:
    """What the lifts say of a claimed quantity, in plain sentences; empty where there is none."""
    lifts = [lift for lift in case.lifts if lift.claim == claim.id]
    said = [f"{lift.ships or counted(lift.calls, 'call')}: {_carried(lift)}." for lift in lifts if lift.calls]
    needed = next((lift for lift in lifts if lift.shiploads and lift.claimed), None)
    if needed is not None and needed.shiploads is not None and needed.claimed is not None:
        said.append(f"{whole(needed.claimed)} {needed.unit} are {_range(needed.shiploads)} ship-loads.")
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in said)


def _carried(lift: Lift) -> str:
    """``313 to 440 persons at the most, too few for 12,000``."""
    amount = f"{_range(lift.carried)} {lift.unit} at the most"
    if lift.claimed is None:
        return amount
    if lift.carried.high < lift.claimed:
        return f"{amount}, too few for {whole(lift.claimed)}"
    if lift.carried.low >= lift.claimed:
        return f"{amount}, enough for {whole(lift.claimed)}"
    return f"{amount}, perhaps enough for {whole(lift.claimed)}{_chance(lift)}"


def _range(interval: Interval) -> str:
    low, high = whole(interval.low), whole(interval.high)
    return low if low == high else f"{low} to {high}"


def passage_rows(case: CaseSnapshot) -> tuple[PassageRow, ...]:
    """The great circles between the claims' origins and destinations, and the time they take at the classes' speeds."""
    found: dict[tuple[str, str], PassageRow] = {}
    for claim in case.definition.claims:
        for a, b in _legs(case, claim):
            known = found.get((a.id, b.id))
            found[a.id, b.id] = _passage(case, claim, a, b, known)
    return tuple(found.values())


def _legs(case: CaseSnapshot, claim: Claim) -> list[tuple[Site, Site]]:
    """The claim's origins with every destination that any claim names: one report's port is another's decoy."""
    origins = [case.site(s) for s in place_ids(claim.elements.origin)]
    named = [s for c in (claim, *case.definition.claims) for s in place_ids(c.elements.destination)]
    destinations = [case.site(s) for s in dict.fromkeys(named)]
    return [(a, b) for a in origins for b in destinations if a and b and a.id != b.id and a.simulated == b.simulated]


def _passage(case: CaseSnapshot, claim: Claim, a: Site, b: Site, known: PassageRow | None) -> PassageRow:
    speed = _speed(case, claim)
    if known is not None and known.speed_kn is not None:
        least, most = known.speed_kn
        speed = (min(least, speed[0]), max(most, speed[1])) if speed else known.speed_kn
    miles = passage(a.lonlat, b.lonlat, 1.0).nautical_miles
    dark = max(_longest_night(case, claim, a), known.longest_night_h or 0.0 if known else 0.0)
    return PassageRow(
        origin=a.name,
        destination=b.name,
        origin_at=a.position,
        destination_at=b.position,
        nautical_miles=miles,
        hours=(passage(a.lonlat, b.lonlat, speed[1]).hours, passage(a.lonlat, b.lonlat, speed[0]).hours)
        if speed
        else None,
        speed_kn=speed,
        longest_night_h=dark or None,
        claims=(*(known.claims if known else ()), *_asserted(claim, b)),
    )


def _asserted(claim: Claim, destination: Site) -> tuple[str, ...]:
    """The claim's id where it names that destination; nothing where the leg is there for comparison."""
    return (claim.id,) if destination.id in place_ids(claim.elements.destination) else ()


def _longest_night(case: CaseSnapshot, claim: Claim, site: Site) -> float:
    """Hours of the longest night at a site within the claim's window; 0 where it gives none."""
    window = window_of(case, claim, site.id)
    if window is None or not _reckoned(window):
        return 0.0
    return max((n.longest_h for n in _nights_at(site, claim, window)), default=0.0)


def _reckoned(window: TimeSpan) -> bool:
    return 12.0 <= window.hours <= 24.0 * _MOST_NIGHTS_DAYS


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
            if site and window and _reckoned(window):
                rows += _nights_at(site, claim, window)
    return tuple(rows)


def _nights_at(site: Site, claim: Claim, window: TimeSpan) -> list[NightRow]:
    """The nights that touch the window, each in its whole length."""
    touching = [n for n in _nights(site.lonlat, window.padded(24.0)) if n.overlaps(window)]
    if not touching:
        return []
    dark = sum((min(n.end, window.end) - max(n.start, window.start)).total_seconds() / 3600.0 for n in touching)
    return [
        NightRow(
            site=site.name,
            claim=claim.id,
            nights=len(touching),
            shortest_h=min(n.hours for n in touching),
            longest_h=max(n.hours for n in touching),
            dark_fraction=min(1.0, dark / window.hours),
        )
    ]


@lru_cache(maxsize=256)
def _nights(place: LonLat, window: TimeSpan) -> tuple[TimeSpan, ...]:
    """``nights``, which the same place and window are asked for by several claims and legs."""
    return nights(place, window)
