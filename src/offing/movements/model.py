"""Port calls, presence and lifts."""

from __future__ import annotations

from datetime import datetime

from offing.quantities import Interval, Probability
from offing.records import Record
from offing.timespan import TimeSpan


class CallTime(Record, frozen=True):
    """When a ship came, or left, given all looks: instants that it was before with so much probability, UTC."""

    p05: datetime
    p25: datetime
    p50: datetime
    p75: datetime
    p95: datetime


class CallPosterior(Record, frozen=True):
    """What all looks together say of a port call."""

    arrived: CallTime
    """Of the ship that the first look shows, if it shows one indeed."""
    departed: CallTime
    """Of the ship that the last look shows, if it shows one indeed."""
    real: tuple[float, ...]
    """P(a look shows a ship of the class indeed, no look-alike), for each look of the call that was weighed."""
    looks: tuple[str, ...]
    """Ids of those looks; copies of one acquisition count once."""
    look_alike: float
    """P(none of them does: there was no such call)."""
    same: tuple[float, ...]
    """P(one ship that stayed | both show a ship), for each of the looks and the next."""


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
    posterior: CallPosterior | None = None
    """Given all looks; None: ``unweighed`` says why there is none."""
    unweighed: str | None = None


class SightingLink(Record, frozen=True):
    """Two sightings of one kind of ship with none between: one call, or two. The three sum to 1."""

    site: str
    vessel_class: str
    vessel: str | None
    first: str
    """Id of the earlier look."""
    second: str
    """Id of the later look."""
    one_call: float
    """P(both show one ship, and she stayed)."""
    two_calls: float
    """P(both show a ship indeed, but not one that stayed)."""
    look_alike: float
    """P(at least one of them shows a look-alike)."""


class PresencePoint(Record, frozen=True):
    """P(at least one ship sought is present) at an instant."""

    time: datetime
    """UTC."""
    probability: float
    """Given all looks, 0–1."""
    before_looks: float
    """Under the baseline alone, 0–1."""
    low: float | None = None
    high: float | None = None
    """Over the assumptions varied; None: none were."""


class CallNumbers(Record, frozen=True):
    """How many different ships sought were there within a window."""

    probabilities: tuple[float, ...]
    """P(0, 1, 2, …, that many or more), given all looks."""
    before_looks: tuple[float, ...]
    """The same under the baseline alone."""
    mean: float
    """The last entry counted as it stands: a least mean where it is not negligible."""
    mean_before: float
    low: int
    high: int
    """90 % set: no more than 5 % below, no more than 5 % above. ``high`` may stand for "or more"."""


class Presence(Record, frozen=True):
    """Whether ships of one kind were at a site, over time and as a number of calls in a window."""

    site: str
    classes: tuple[str, ...]
    """Class ids sought."""
    vessels: tuple[str, ...]
    """Ids of the named vessels sought; when there are any, only these count."""
    window: TimeSpan
    claims: tuple[str, ...]
    """Ids of the claims that ask for it."""
    points: tuple[PresencePoint, ...] = ()
    """By time, from one 95 % stay before the window to one after it; empty where no number is given."""
    calls: CallNumbers | None = None
    looks: tuple[str, ...] = ()
    """Ids of the looks that it was computed from."""
    undeclared: tuple[str, ...] = ()
    """Ids of looks that can tell, near the window, without p_detect or p_false: with any, no number is given."""
    traffic: str = ""
    """Where the rate comes from, in words."""
    fit_error: float = 0.0
    """Greatest difference of the stay in the computation to the stated one, 0–1."""
    simulated: bool = False


class Load(Record, frozen=True):
    """What a number of calls can have carried, as a distribution: capacity, never what was carried."""

    p05: float
    """5 % point, in the lift's unit."""
    p50: float
    p95: float
    least_p05: float
    """Least 5 % point over how capacities of different ships may hang together."""
    most_p95: float
    """Greatest 95 % point over the same."""
    enough: Probability | None
    """P(they can have carried as much as was claimed), 0–1; None: no quantity was claimed."""
    calls: tuple[float, ...]
    """P(0, 1, 2 … calls)."""
    grid_error: float
    """The points are good to so much, in the lift's unit; 0: exact."""
    basis: str
    """What was assumed, in words."""


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
    load: Load | None = None
    """The same as a distribution; None: not computed, or no call to compute it for."""
