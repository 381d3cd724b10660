"""The lifts that bear on the claims' quantities: by the ships as claimed, and by the calls that were seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from offing.claims import Claim
from offing.claims.model import place_ids
from offing.movements.lift import capacity_range, figures, lift
from offing.movements.loads import Calls, Chance, load, seen_and_unseen
from offing.movements.model import Lift, PortCall, Presence
from offing.quantities import Interval
from offing.vessels.classes import ClassLibrary
from offing.vessels.model import Vessel


def claimed_lifts(
    claims: Iterable[Claim],
    calls: Sequence[PortCall],
    vessels: Sequence[Vessel],
    library: ClassLibrary,
    presences: Sequence[Presence] = (),
) -> tuple[Lift, ...]:
    """For each claim with a quantity and a carrier: the lift of the claimed ships, where told, and of the calls seen.

    Where ``presences`` tell how many calls there may have been at the destination in the claim's window, seen or not,
    a third lift is of these: its bounds are the least load of the fewest calls and the greatest of the most, of 90 %.

    Calls are those at the claim's destination that can lie within its window. ``shiploads`` are loads of one ship of
    any claimed class. A claim whose ships have no published capacity in its unit has no lift.
    """
    found = []
    for claim in claims:
        classes = _claimed_classes(claim, vessels)
        if claim.elements.quantity is None or not classes:
            continue
        if ships := _claimed_ships(claim, vessels, library):
            found.append(_labelled(claim, classes, ships, f"as claimed: {_counted(ships)}, one call each", library))
        seen = [c.vessel_class for c in calls if _bears(c, claim, library)]
        words = f"calls seen in the window: {_counted(seen)}" if seen else "no call seen in the window"
        found.append(_labelled(claim, classes, seen, words, library))
        found += [_possible(claim, classes, seen, p, library) for p in presences if _asked(p, claim)]
    return tuple(entry for entry in found if entry)


def _claimed_classes(claim: Claim, vessels: Sequence[Vessel]) -> tuple[str, ...]:
    carrier = claim.elements.carrier
    if carrier is None:
        return ()
    if carrier.vessels:
        return tuple(dict.fromkeys(v.vessel_class for v in vessels if v.id in carrier.vessels))
    return carrier.classes


def _claimed_ships(claim: Claim, vessels: Sequence[Vessel], library: ClassLibrary) -> list[str]:
    """A class id a ship. Where the case names just as many ships of the claimed classes, they are meant."""
    carrier = claim.elements.carrier
    if carrier is None:
        return []
    if carrier.vessels:
        return [v.vessel_class for v in vessels if v.id in carrier.vessels]
    named = [v.vessel_class for v in vessels if library.relation(v.vessel_class, carrier.classes) == "match"]
    if len(named) == carrier.count:
        return named
    return [carrier.classes[0]] * carrier.count if len(carrier.classes) == 1 else []


def _bears(call: PortCall, claim: Claim, library: ClassLibrary) -> bool:
    carrier, window = claim.elements.carrier, claim.elements.span()
    if carrier is None or window is None or call.site not in place_ids(claim.elements.destination):
        return False
    if call.departed_after < window.start or call.arrived_before >= window.end:
        return False
    if carrier.vessels:
        return call.vessel in carrier.vessels
    return library.relation(call.vessel_class, carrier.classes) == "match"


def _asked(presence: Presence, claim: Claim) -> bool:
    """Whether a presence is of the claim's ships at its destination, with a number of calls."""
    wanted = place_ids(claim.elements.destination)
    return claim.id in presence.claims and presence.site in wanted and presence.calls is not None


def _possible(
    claim: Claim, classes: Sequence[str], seen: Sequence[str], presence: Presence, library: ClassLibrary
) -> Lift | None:
    """The lift of all the calls that there may have been, by the probability of their number."""
    quantity, calls = claim.elements.quantity, presence.calls
    assert quantity is not None
    assert calls is not None
    published = figures(classes, quantity.unit, library)
    one = lift(classes, quantity.unit, library, quantity.value)
    if one is None or not published:
        return None
    total = sum(calls.probabilities)
    least, most = capacity_range(published)
    chances = seen_and_unseen(seen, classes, [p / total for p in calls.probabilities])
    likeliest = max(range(len(calls.probabilities)), key=lambda n: calls.probabilities[n])
    more = " or more" if calls.high == len(calls.probabilities) - 1 else ""
    return msgspec.structs.replace(
        one,
        calls=likeliest,
        carried=Interval(low=calls.low * least, high=calls.high * most, level=0.9),
        claim=claim.id,
        ships=f"calls at {presence.site} in the window, seen or not: {calls.low} to {calls.high}{more} (90 %)",
        load=load(chances, quantity.unit, library, quantity.value),
    )


def _labelled(
    claim: Claim, classes: Sequence[str], ships: Sequence[str], words: str, library: ClassLibrary
) -> Lift | None:
    quantity = claim.elements.quantity
    assert quantity is not None
    one = lift(classes, quantity.unit, library, quantity.value)
    if one is None:
        return None
    if not ships:
        nothing = Interval(low=0.0, high=0.0, level=1.0)
        return msgspec.structs.replace(one, calls=0, carried=nothing, claim=claim.id, ships=words)
    found = lift(ships, quantity.unit, library, quantity.value)
    if found is None:
        return None
    sure = Chance(
        probability=1.0, calls=tuple(Calls(classes=(c,), number=n) for c, n in sorted(Counter(ships).items()))
    )
    can = load([sure], quantity.unit, library, quantity.value)
    return msgspec.structs.replace(found, shiploads=one.shiploads, claim=claim.id, ships=words, load=can)


def _counted(ships: Iterable[str]) -> str:
    return ", ".join(f"{n} {class_id}" for class_id, n in Counter(ships).most_common())
