"""How much a number of ships can have carried, and how many ship-loads a quantity needs.

Capacities are published by several sources and disagree. Figures that belong to actual ships or
modifications are preferred to a round range for the whole class where both are published; the range
stays in the basis. Every bound is hard: the least and the greatest that any preferred figure allows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from offing.errors import CaseFileError
from offing.movements.model import Lift
from offing.quantities import Interval
from offing.records import Record
from offing.vessels.classes import ClassLibrary
from offing.vessels.model import Capacity


class Figure(Record, frozen=True):
    """One published capacity of one class."""

    vessel_class: str
    capacity: Capacity

    @property
    def exact(self) -> bool:
        """Whether it is the figure of actual ships rather than a range for the class."""
        return self.capacity.exact or self.capacity.low == self.capacity.high

    @property
    def text(self) -> str:
        """The figure with its class and source."""
        c = self.capacity
        span = f"{c.low:g}" if c.low == c.high else f"{c.low:g}–{c.high:g}"
        return f"{self.vessel_class}: {span} {c.unit} ({c.source})"


def figures(classes: Iterable[str], unit: str, library: ClassLibrary) -> tuple[Figure, ...]:
    """Published capacities in ``unit`` of these classes and of those that they stand for.

    Raises CaseFileError for a capacity that is not above 0 or upside down.
    """
    meant = set(library.meant(classes))
    found = []
    for entry in library:
        if entry.id in meant:
            found += [Figure(vessel_class=entry.id, capacity=c) for c in entry.capacity if c.unit == unit]
    for figure in found:
        if not 0.0 < figure.capacity.low <= figure.capacity.high < math.inf:
            raise CaseFileError(
                f"the capacity of {figure.vessel_class!r} is {figure.capacity.low:g}–{figure.capacity.high:g}",
                fix="write numbers above 0, the lower first",
            )
    return tuple(found)


def preferred(published: Sequence[Figure]) -> tuple[Figure, ...]:
    """For each class the figures of actual ships, where there are any, else its ranges."""
    exact = {f.vessel_class for f in published if f.exact}
    return tuple(f for f in published if f.exact or f.vessel_class not in exact)


def capacity_range(published: Sequence[Figure]) -> tuple[float, float]:
    """Least and greatest load of one ship of any of the classes."""
    best = preferred(published)
    return min(f.capacity.low for f in best), max(f.capacity.high for f in best)


def lift(ships: Sequence[str], unit: str, library: ClassLibrary, claimed: float | None = None) -> Lift | None:
    """What these ships (a class id a ship) can have carried in one call each; None without any published capacity.

    A class without a capacity of its own is taken with those of the classes that it stands for. ``shiploads`` are loads
    of one ship of any of the classes.
    """
    by_ship = [figures([s], unit, library) for s in ships]
    if not by_ship or not all(by_ship):
        return None
    ranges = [capacity_range(published) for published in by_ship]
    everything = figures(dict.fromkeys(ships), unit, library)
    least, most = capacity_range(everything)
    loads = None
    if claimed is not None:
        loads = Interval(low=math.ceil(claimed / most - 1e-9), high=math.ceil(claimed / least - 1e-9), level=1.0)
    return Lift(
        unit=unit,
        calls=len(ships),
        carried=Interval(low=sum(r[0] for r in ranges), high=sum(r[1] for r in ranges), level=1.0),
        claimed=claimed,
        shiploads=loads,
        basis=tuple(f.text for f in everything),
    )
