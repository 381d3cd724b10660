"""Port calls and lifts."""

from __future__ import annotations

from datetime import datetime

from offing.quantities import Interval
from offing.records import Record


class PortCall(Record, frozen=True):
    """A stay of a ship at a site with its four bounds; None where no look bounds it."""

    site: str
    vessel_class: str
    """Class id, or the vessel's class."""
    vessel: str | None
    """Vessel id when every sighting names the same."""
    arrived_after: datetime | None
    """Last usable look before that did not show it."""
    arrived_before: datetime
    """First look that shows it."""
    departed_after: datetime
    """Last look that shows it."""
    departed_before: datetime | None
    """First usable look after that does not show it."""
    looks: tuple[str, ...]
    """Ids of the looks that show it."""
    simulated: bool = False


class Lift(Record, frozen=True):
    """How much a number of calls can have carried."""

    unit: str
    calls: int
    """Port calls counted."""
    carried: Interval
    """Least and greatest that the calls can have carried, over all capacity sources (level 1.0)."""
    claimed: float | None
    """What the claim says, in ``unit``."""
    shiploads: Interval | None
    """Ship-loads that the claimed quantity needs (level 1.0)."""
    basis: tuple[str, ...]
    """Each capacity used, with its source."""
    claim: str | None = None
    """Id of the claim whose quantity it is held against."""
    ships: str | None = None
    """Which ships were counted, in words: ``3 ropucha, 1 alligator, one call each``."""
