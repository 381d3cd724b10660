"""How many calls a claimed quantity needs, given what is published of the ships' capacity."""

from __future__ import annotations

import math
from collections import Counter

from offing.claims import Quantity
from offing.movements.lift import capacity_range, figures
from offing.movements.sought import Sought
from offing.records import Record
from offing.vessels.classes import ClassLibrary

COUNTED_MOST = 12
"""Up to so many calls are counted exactly; a greater need is judged by the calls that were told apart."""

_DRAWS = 40


class Needs(Record, frozen=True):
    """The number of calls that an element needs, as a distribution."""

    calls: tuple[int, ...]
    """Possible numbers, rising."""
    weights: tuple[float, ...]
    """Probability of each; sums to 1."""
    basis: tuple[str, ...]
    """Where the numbers come from."""
    unit: str | None = None
    """Unit of a claimed quantity; None where the claim gives a number of ships."""
    load: tuple[float, float] | None = None
    """Least and greatest load of one ship, in ``unit``."""


def needed_calls(quantity: Quantity, ships: Sought, library: ClassLibrary) -> Needs | None:
    """Ship-loads that ``quantity`` needs: every value within the bounds and every capacity as likely as any other.

    None where no capacity in its unit is published. Raises CaseFileError for a capacity that is not above 0.
    """
    published = figures(ships.classes, quantity.unit, library)
    if not published:
        return None
    least, most = capacity_range(published)
    low = quantity.low if quantity.low is not None else quantity.value
    high = quantity.high if quantity.high is not None else quantity.value
    steps = [i / _DRAWS for i in range(_DRAWS + 1)]
    counts: Counter[int] = Counter()
    for a in steps:
        for b in steps:
            load = least + a * (most - least)
            counts[max(1, math.ceil((low + b * (high - low)) / load - 1e-9))] += 1
    total = counts.total()
    calls = tuple(sorted(counts))
    words = f"{calls[0]}" if len(calls) == 1 else f"{calls[0]} to {calls[-1]}"
    return Needs(
        calls=calls,
        weights=tuple(counts[c] / total for c in calls),
        basis=(f"{quantity.value:g} {quantity.unit} are {words} ship-loads", *(f.text for f in published)),
        unit=quantity.unit,
        load=(least, most),
    )
