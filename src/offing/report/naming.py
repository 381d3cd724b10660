"""Names for ids, so that no reader has to look one up."""

from __future__ import annotations

from offing.claims import AnyOf, Carrier, Claim, Source, sites_named
from offing.claims.model import place_ids
from offing.exchange.snapshot import CaseSnapshot
from offing.report.model import SourceLine
from offing.report.words import listed, whole, window_words
from offing.timespan import TimeSpan

_KINDS = {
    "destination": "Destination",
    "origin": "Origin",
    "window": "Window",
    "carrier": "Carrier",
    "quantity": "Quantity",
    "cargo": "Cargo",
    "activity": "Activity",
    "agent": "Agent",
}


def site_name(case: CaseSnapshot, site_id: str) -> str:
    """The site's name; the id where case.yaml no longer has the site."""
    site = case.site(site_id)
    return site.name if site else site_id


def element_title(case: CaseSnapshot, element: str) -> str:
    """``origin:chongjin`` as ``Origin: Chongjin``."""
    kind, colon, rest = element.partition(":")
    title = _KINDS.get(kind, kind.capitalize())
    return f"{title}: {site_name(case, rest)}" if colon else title


def element_value(case: CaseSnapshot, claim: Claim, element: str) -> str:
    """What the claim says of the element, in a few words; empty where it says nothing (any more)."""
    kind, _, rest = element.partition(":")
    said = claim.elements
    if kind in ("origin", "destination"):
        place = said.origin if kind == "origin" else said.destination
        names = [site_name(case, rest)] if rest else [site_name(case, s) for s in place_ids(place)]
        return listed(names, "or" if isinstance(place, AnyOf) else "and")
    if kind == "window":
        return window_text(case, claim) or ""
    if kind == "carrier" and said.carrier:
        ships = carrier_words(case, (said.carrier,), short=True)
        return ships if said.carrier.count == 1 else f"at least {said.carrier.count} different ships, {ships}"
    if kind == "quantity" and said.quantity:
        return f"{said.quantity.bound} {whole(said.quantity.value)} {said.quantity.unit}"
    return {"cargo": said.cargo, "activity": said.activity, "agent": said.agent}.get(kind) or ""


def class_name(case: CaseSnapshot, class_id: str) -> str:
    """The class's name; the id where the library has none."""
    return next((c.name or c.id for c in case.classes if c.id == class_id), class_id)


def ship_names(case: CaseSnapshot) -> dict[str, str]:
    """Class and vessel ids with the names that people use."""
    return {c.id: c.name or c.id for c in case.classes} | {v.id: v.title for v in case.definition.vessels}


def carrier_words(case: CaseSnapshot, carriers: tuple[Carrier, ...], *, short: bool = False) -> str:
    """Whom the claims speak of: named vessels, else classes (``short``: without what is in brackets), else any ship."""
    vessels = {v.id: v.title for v in case.definition.vessels}
    names = [vessels.get(v, v) for c in carriers for v in c.vessels]
    classes = [class_name(case, k) for c in carriers if not c.vessels for k in c.classes]
    names += [name.partition(" (")[0] if short else name for name in classes]
    return listed(list(dict.fromkeys(names)), "or") if names else "any ship"


def source_line(case: CaseSnapshot, source_id: str) -> SourceLine:
    """The source of that id as it is named beside what it said."""
    source = next((s for s in case.definition.sources if s.id == source_id), None) or Source(id=source_id)
    named = [part for part in (source.publisher, source.title) if part]
    return SourceLine(
        id=source.id,
        name=": ".join(dict.fromkeys(named)) or source.id,
        published=source.published,
        grade=grade(source),
        url=source.url,
        simulated=source.simulated,
    )


def grade(source: Source) -> str:
    """``B3``; a dash where one half is missing; ``ungraded``."""
    if source.reliability is None and source.credibility is None:
        return "ungraded"
    return f"{source.reliability or '–'}{source.credibility or '–'}"


def window_zone(case: CaseSnapshot, claim: Claim) -> str | None:
    """The zone whose days the claim's window means: that of its first destination, else origin, else the case's."""
    for site_id in sites_named(claim.elements):
        site = case.site(site_id)
        if site and site.timezone:
            return site.timezone
    return case.definition.timezone


def window_of(case: CaseSnapshot, claim: Claim, site_id: str | None = None) -> TimeSpan | None:
    """The claim's window in UTC, by the days of the site where it has a zone, else of the case."""
    site = case.site(site_id) if site_id else None
    return claim.elements.span((site.timezone if site else None) or case.definition.timezone)


def window_text(case: CaseSnapshot, claim: Claim) -> str | None:
    """The claim's window in words, its days named by the zone that they are counted in."""
    timezone = window_zone(case, claim)
    span = claim.elements.span(timezone)
    return None if span is None else window_words(span, timezone)


def claims_at(case: CaseSnapshot, site_id: str) -> tuple[Claim, ...]:
    """Claims that name the site as an origin or a destination."""
    return tuple(c for c in case.definition.claims if site_id in sites_named(c.elements))
