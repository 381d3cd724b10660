"""Claims put into the words of a case, and what is true of each of their elements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from msgspec.structs import replace

from offing.claims import AnyOf, Carrier, Claim, Elements, Quantity
from offing.simulation.world.model import ClaimTruth, Hours, ShipCall
from offing.simulation.world.planning import Plan
from offing.simulation.world.setting import SISTERS, START
from offing.simulation.world.traffic import overlaps, span

REPORT = "simulated-report"
"""Source id of every claim."""

_AROUND_H = 240.0
"""A call so near the window is one around it."""


def on_named(plan: Plan, calls: Sequence[ShipCall], days: int, rng: np.random.Generator) -> Plan:
    """A claim about a named ship, told of one of her calls, or (wrong ship) of one of her sister's.

    Where no call fits the claim is made up: it names a window in which neither was there.
    """
    teller = plan.vessel if plan.distortion is None else _sister(plan.vessel)
    visits = [c for c in calls if c.vessel == teller and 0.0 <= c.arrived_h <= days * 24.0 - 240.0]
    for i in rng.permutation(len(visits)):
        visit = visits[int(i)]
        first = max(0, int(visit.arrived_h // 24.0) - int(rng.integers(0, 6)))
        last = min(days - 1, max(int(visit.arrived_h // 24.0) + int(rng.integers(0, 4)), first + 1))
        told = replace(plan, destination=visit.site, days=(first, last))
        if plan.distortion is None or not _ships(calls, told, told.destination):
            return told
    return replace(plan, days=(days // 2, days // 2 + 3), distortion="invented")


def _sister(vessel: str | None) -> str:
    return SISTERS[0] if vessel == SISTERS[1] else SISTERS[1]


def claim_of(plan: Plan, typical: float) -> Claim:
    """The claim as case.yaml holds it. ``typical``: persons that an analyst takes one ship to carry."""
    first, last = ((START + timedelta(days=d)).date().isoformat() for d in plan.days)
    quantity = None
    if plan.loads is not None:
        quantity = Quantity(value=float(round(plan.loads * plan.fullness * typical)))
    return Claim(
        id=plan.id,
        source=REPORT,
        statement=f"SIMULATED: {plan.count} or more of {plan.vessel or plan.vessel_class} at {plan.destination}.",
        elements=Elements(
            carrier=Carrier(
                classes=() if plan.vessel else (plan.vessel_class,),
                vessels=(plan.vessel,) if plan.vessel else (),
                count=plan.count,
            ),
            origin=_origin(plan),
            destination=plan.destination,
            quantity=quantity,
            window=f"{first}/{last}",
        ),
    )


def _origin(plan: Plan) -> str | tuple[str, ...] | AnyOf | None:
    if plan.origin is None or plan.form == "one":
        return plan.origin
    sites = tuple(sorted((plan.origin, *plan.others)))
    return sites if plan.form == "list" else AnyOf(any_of=sites)


def truth_of(plan: Plan, claim: Claim, calls: Sequence[ShipCall], load: float) -> ClaimTruth:
    """What is true of the claim. ``load``: persons that one ship carries in truth."""
    there = _ships(calls, plan, plan.destination)
    elements = {"destination": there > 0, "carrier": there >= plan.count}
    around = (plan.window[0] - _AROUND_H, plan.window[1] + _AROUND_H)
    if there or _ships(calls, plan, plan.destination, around):
        elements["window"] = there > 0
    if claim.elements.quantity is not None:
        elements["quantity"] = there * load >= claim.elements.quantity.value
    elements |= _origins(plan, calls)
    return ClaimTruth(claim=plan.id, distortion=plan.distortion, elements=elements, ships=there)


def _origins(plan: Plan, calls: Sequence[ShipCall]) -> dict[str, bool]:
    if plan.origin is None:
        return {}
    seen = {site: _ships(calls, plan, site) > 0 for site in sorted((plan.origin, *plan.others))}
    if plan.form == "one":
        return {"origin": seen[plan.origin]}
    if plan.form == "any":
        return {"origin": any(seen.values())}
    return {**{f"origin:{site}": there for site, there in seen.items()}, "origin": all(seen.values())}


def _ships(calls: Sequence[ShipCall], plan: Plan, site: str, window: Hours | None = None) -> int:
    """Different ships of the claimed kind at a site in the window."""
    of = [
        c
        for c in calls
        if c.site == site
        and c.vessel_class == plan.vessel_class
        and (plan.vessel is None or c.vessel == plan.vessel)
        and overlaps(span(c), window or plan.window)
    ]
    return len({c.vessel for c in of if c.vessel}) + sum(c.vessel is None for c in of)
