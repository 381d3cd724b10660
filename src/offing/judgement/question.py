"""What each element of a claim asserts, as something that looks can bear on."""

from __future__ import annotations

from typing import Literal

from offing.claims import AnyOf, Carrier, Claim
from offing.claims.model import place_ids
from offing.judgement.needs import Needs, needed_calls
from offing.judgement.situation import Situation
from offing.movements.sought import Sought
from offing.records import Record
from offing.sites import Site
from offing.timespan import TimeSpan, iso

Kind = Literal["presence", "all", "any", "count", "window"]
"""One site; every site; at least one site; so many calls; in the window rather than around it."""


class Question(Record, frozen=True):
    """One element of one claim, ready to be judged from presence."""

    element: str
    statement: str
    """What is tested, in a sentence."""
    kind: Kind
    sought: Sought
    sites: tuple[Site, ...]
    windows: tuple[TimeSpan, ...]
    """The window at each site, UTC."""
    needs: Needs | None = None
    """Calls needed, where the element is about a number."""


class Unanswerable(Record, frozen=True):
    """An element that the looks cannot bear on, with the reason."""

    element: str
    statement: str
    why: str


class Higher(Record, frozen=True):
    """An element above presence: judged only from observations at its own level."""

    element: Literal["agent", "cargo", "activity"]
    statement: str
    claimed: str
    sought: Sought
    sites: tuple[Site, ...]
    windows: tuple[TimeSpan | None, ...]


Asked = Question | Unanswerable | Higher


def questions(situation: Situation, claim: Claim) -> tuple[Asked, ...]:
    """Every element of ``claim``, in a fixed order; none is dropped."""
    e = claim.elements
    asked: list[Asked] = []
    if e.agent is not None:
        asked.append(_higher(situation, claim, "agent", e.agent))
    if e.carrier is not None:
        asked.append(_carrier(situation, claim, e.carrier))
    if e.cargo is not None:
        asked.append(_higher(situation, claim, "cargo", e.cargo))
    if e.quantity is not None:
        asked.append(_quantity(situation, claim))
    asked += _places(situation, claim, "origin")
    asked += _places(situation, claim, "destination")
    if e.window is not None:
        asked.append(_window(situation, claim))
    if e.activity is not None:
        asked.append(_higher(situation, claim, "activity", e.activity))
    return tuple(asked)


def sought(situation: Situation, claim: Claim) -> Sought:
    """The ships that a claim speaks of; any ship when it names no carrier."""
    carrier = claim.elements.carrier
    if carrier is None:
        return Sought(classes=("any",))
    if not carrier.vessels:
        return Sought(classes=carrier.classes)
    named = [v for v in situation.vessels if v.id in carrier.vessels]
    classes = tuple(dict.fromkeys(v.vessel_class for v in named))
    return Sought(classes=classes, vessels=tuple(dict.fromkeys(carrier.vessels)))


def span_at(situation: Situation, claim: Claim, site: Site) -> TimeSpan | None:
    """The claim's window at a site: its dates are local days of the site's zone, the case's, or UTC."""
    return claim.elements.span(site.timezone or situation.timezone)


def _sites(situation: Situation, claim: Claim, role: Literal["origin", "destination"]) -> tuple[Site, ...]:
    place = claim.elements.origin if role == "origin" else claim.elements.destination
    return tuple(situation.site(site_id, f"claim {claim.id}") for site_id in place_ids(place))


def _places(situation: Situation, claim: Claim, role: Literal["origin", "destination"]) -> list[Asked]:
    place = claim.elements.origin if role == "origin" else claim.elements.destination
    sites = _sites(situation, claim, role)
    if place is None or not sites:
        return []
    if isinstance(place, str):
        return [_ask(situation, claim, role, "presence", sites)]
    if isinstance(place, AnyOf):
        return [_ask(situation, claim, role, "any", sites)]
    each = [_ask(situation, claim, f"{role}:{site.id}", "presence", (site,)) for site in sites]
    return [*each, _ask(situation, claim, role, "all", sites)]


def _ask(
    situation: Situation,
    claim: Claim,
    element: str,
    kind: Kind,
    sites: tuple[Site, ...],
    needs: Needs | None = None,
    text: str = "{who} at {where} {when}",
) -> Question | Unanswerable:
    """The question, or why there is none: a claim without a window cannot be tested by looks."""
    ships = sought(situation, claim)
    joint = {"any": " or ", "all": " and at "}.get(kind, " or at ")
    where = joint.join(site.name for site in sites)
    windows = tuple(span for site in sites if (span := span_at(situation, claim, site)) is not None)
    when = f"between {iso(windows[0].start)} and {iso(windows[0].end)}" if windows else "at a time that is not said"
    statement = text.format(who=f"{_who(situation, ships)} was", ships=_who(situation, ships), where=where, when=when)
    if len(windows) < len(sites):
        return Unanswerable(
            element=element,
            statement=statement,
            why="the claim gives no window, so that no look can be said to fall in it or out of it",
        )
    return Question(
        element=element, statement=statement, kind=kind, sought=ships, sites=sites, windows=windows, needs=needs
    )


def _who(situation: Situation, ships: Sought) -> str:
    if ships.vessels:
        titles = [v.title for v in situation.vessels if v.id in ships.vessels]
        return " or ".join(titles)
    names = [situation.library.get(c).name or c for c in ships.classes]
    return f"a ship of the class {' or '.join(names)}" if ships.classes != ("any",) else "a ship"


def _destinations(situation: Situation, claim: Claim, element: str, statement: str) -> tuple[Site, ...] | Unanswerable:
    sites = _sites(situation, claim, "destination")
    if sites:
        return sites
    return Unanswerable(
        element=element, statement=statement, why="the claim names no destination where it could be tested"
    )


def _carrier(situation: Situation, claim: Claim, carrier: Carrier) -> Asked:
    sites = _destinations(situation, claim, "carrier", f"{carrier.count} or more of the claimed ships arrived")
    if isinstance(sites, Unanswerable):
        return sites
    needs = Needs(calls=(carrier.count,), weights=(1.0,), basis=(f"the claim says {carrier.count}",))
    text = f"at least {carrier.count} different ships ({{ships}} each) were at {{where}} {{when}}"
    return _ask(
        situation, claim, "carrier", "count", sites, needs, text if carrier.count > 1 else "{who} at {where} {when}"
    )


def _quantity(situation: Situation, claim: Claim) -> Asked:
    quantity = claim.elements.quantity
    assert quantity is not None
    statement = f"the calls at the destination can have carried {quantity.value:g} {quantity.unit}"
    sites = _destinations(situation, claim, "quantity", statement)
    if isinstance(sites, Unanswerable):
        return sites
    needs = needed_calls(quantity, sought(situation, claim), situation.library)
    if needs is None:
        return Unanswerable(
            element="quantity",
            statement=statement,
            why=f"no capacity in {quantity.unit} is known for the claimed ships",
        )
    text = f"the calls of {{ships}} at {{where}} {{when}} can have carried {quantity.value:g} {quantity.unit}"
    return _ask(situation, claim, "quantity", "count", sites, needs, text)


def _window(situation: Situation, claim: Claim) -> Asked:
    sites = _destinations(situation, claim, "window", "the calls lie in the window")
    if isinstance(sites, Unanswerable):
        return sites
    text = "the calls of {ships} at {where} lie {when}, rather than only before or after"
    return _ask(situation, claim, "window", "window", sites, text=text)


def _higher(situation: Situation, claim: Claim, element: Literal["agent", "cargo", "activity"], claimed: str) -> Asked:
    sites = _sites(situation, claim, "destination") or _sites(situation, claim, "origin")
    words = {"agent": "it was done by", "cargo": "the cargo was", "activity": "what was done there was"}
    return Higher(
        element=element,
        statement=f"{words[element]} {claimed}",
        claimed=claimed,
        sought=sought(situation, claim),
        sites=sites,
        windows=tuple(span_at(situation, claim, site) for site in sites),
    )
