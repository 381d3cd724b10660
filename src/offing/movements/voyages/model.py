"""What goes into the search for voyages, and what comes out of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.errors import OffingError
from offing.quantities import Interval, LikelihoodRatio, Probability
from offing.records import Record

Status = Literal["excluded", "feasible", "likely"]
"""Too fast for the ship; possible, which alone says little; probable whatever was assumed, and not by time alone."""

Identity = Literal["given", "measured", "not compared"]
"""A person named the same ship at both ends; the pictures were compared; neither."""


class Way(Record, frozen=True):
    """The way by sea between two sites, the same in both directions."""

    start: str
    """Site id."""
    end: str
    """Site id."""
    geodesic_nm: float
    """Shortest line on the ellipsoid, nautical miles: no ship sails less."""
    path_nm: float
    """Shortest way by water that was found, nautical miles, never below ``geodesic_nm``."""
    most_nm: float | None = None
    """The shortest way is not longer, as far as the land data can be trusted, nautical miles; None: not known."""
    points: tuple[tuple[float, float], ...] = ()
    """(lon, lat) of its corners from ``start`` to ``end``, degrees, EPSG:4326; empty: only lengths are known."""
    basis: str = ""
    """What it was computed from, with what a reader has to know."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.geodesic_nm <= self.path_nm <= (self.path_nm if self.most_nm is None else self.most_nm):
            raise OffingError(f"the way from {self.start} to {self.end} is shorter than the shortest line")


class SameShipRatio(Record, frozen=True):
    """How far the pictures of two calls speak for one ship, against another of the class that was named."""

    departure: str
    """Id of the call that the ship left."""
    arrival: str
    """Id of the call that she came to."""
    ratio: LikelihoodRatio
    """Without the time and the distance between the two, which are counted here."""
    basis: str
    """Which detections were compared, and against what."""


class Assumed(Record, frozen=True):
    """What nothing tells and is therefore declared; each is varied for the range of every result."""

    direct: float = 0.3
    """P(the next call of a ship that leaves a site is at another site of the case, and is among the calls), 0–1."""
    direct_range: tuple[float, float] = (0.1, 0.6)
    rate_factors: tuple[float, float] = (0.5, 5.0)
    """Chance traffic is that much rarer or busier: baselines hold when nothing special happens, and what is looked
    into is special."""
    share: float = 0.7
    """Median speed made good from berth to berth, of the greatest published speed. Average speed at sea over design
    speed was 0.85 in 2007 and 0.75 in 2012 (Third IMO GHG Study 2014, executive summary); less for pilotage and
    waiting, assumed."""
    log_sd: float = 0.3
    """Standard deviation of the logarithm of the speed made good, assumed."""
    other_speeds: tuple[tuple[float, float], ...] = ((0.5, 0.4), (0.9, 0.15))
    """(share, log_sd) that are tried instead: ships that dawdle, ships in haste."""

    def __post_init__(self) -> None:
        for value in (self.direct, *self.direct_range):
            if not 0.0 < value < 1.0:
                raise OffingError(f"direct is {value}", fix="give a probability between 0 and 1, both excluded")


class VoyagePart(Record, frozen=True):
    """One thing that speaks for or against one ship having sailed from the one call to the other."""

    name: Literal["time", "class", "same ship", "name"]
    log_ratio: float
    """Natural logarithm of the likelihood ratio; 0 where it is not counted."""
    note: str
    """What was compared, or why it is not counted."""
    used: bool = True


class Voyage(Record, frozen=True):
    """Two calls that one ship may have made in turn, sailing straight from the first to the second."""

    id: str
    """``departure > arrival``, by the calls' ids."""
    start: str
    """Site id."""
    end: str
    """Site id."""
    departure: str
    """Id of the call that was left."""
    arrival: str
    """Id of the call that was come to."""
    vessel_class: str
    """The narrower of the classes seen at the two ends."""
    vessel: str | None
    """Vessel id where a person named the ship at either end."""
    departed_after: datetime
    """UTC; last look that shows her at the start."""
    departed_before: datetime | None
    """UTC; None where no look bounds it."""
    arrived_after: datetime | None
    """UTC; None where no look bounds it."""
    arrived_before: datetime
    """UTC; first look that shows her at the end."""
    distance_nm: Interval
    """From the geodesic to the longest that the shortest way by water may be, nautical miles (level 1.0)."""
    hours: Interval
    """Least and greatest time that she can have been under way, by the bounds of the calls (level 1.0)."""
    least_kn: float
    """The slowest that she can have been: the shortest line between the sites' edges in the greatest time."""
    most_kn: float | None
    """The fastest that she need have been: the longest way in the least time; None where that time may be nothing."""
    fastest_kn: float
    """The most that is believed of such a ship, knots."""
    status: Status
    why: str
    """The status's reason in a sentence."""
    identity: Identity
    parts: tuple[VoyagePart, ...]
    ratio: LikelihoodRatio | None
    """P(what is known | one ship sailed straight) / P(the same | chance traffic); None where excluded."""
    posterior: Probability | None
    """P(she did), among all ways to join the calls; range over what was assumed; None where excluded."""
    alternatives: tuple[str, ...]
    """What could have been instead, with its probability, in words."""
    basis: tuple[str, ...]
    """What was assumed and where distances and rates come from."""
    points: tuple[tuple[float, float], ...] = ()
    """(lon, lat) along the shortest way by water, from start to end; not the track of a ship."""
    simulated: bool = False


class Pairing(Record, frozen=True):
    """One way to join calls that hang together, with its probability at the stated assumptions."""

    probability: float
    """0–1, among all ways to join these calls."""
    voyages: tuple[str, ...]
    """Ids of the voyages that it holds; every other call came from elsewhere and left for elsewhere."""


class Voyages(Record, frozen=True):
    """All voyages of a case, and what was left out."""

    voyages: tuple[Voyage, ...]
    """By time of departure; excluded ones too."""
    pairings: tuple[tuple[Pairing, ...], ...] = ()
    """For each group of calls that hang together the most probable ways to join them, best first."""
    notes: tuple[str, ...] = ()
    """What was left out and why."""
