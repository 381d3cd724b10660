"""Which calls one ship may have made in turn: what the times allow, what is too fast, what names rule out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from offing.movements.model import PortCall
from offing.movements.voyages.ids import call_ids
from offing.movements.voyages.model import Identity, Way
from offing.movements.voyages.speeds import Fastest, fastest
from offing.records import Record
from offing.sites import Site
from offing.vessels.classes import UNKNOWN, ClassLibrary

TIME_MARGIN_H = 0.5
"""Times of looks may be off by so much together before a passage is called too fast (assumed)."""
LONGEST = timedelta(days=30)
"""Calls that lie farther apart for certain are not joined: the ship can have called anywhere in between."""
MOST = 600
"""Pairs that are kept, those with the shortest time under way first."""
_METRES_A_MILE = 1852.0
_NO_CLASS = ("any", UNKNOWN)


class Pair(Record, frozen=True):
    """Two calls whose times allow that one ship made them in turn."""

    departure: int
    """Index of the call that was left."""
    arrival: int
    """Index of the call that was come to."""
    vessel_class: str
    """The narrower class."""
    vessel: str | None
    way: Way
    """From the site left to the site come to."""
    floor_nm: float
    """Least distance: the geodesic less the reach of both sites."""
    least_h: float
    """Least time under way by the bounds, hours, 0 or more."""
    most_h: float
    """Greatest time under way, hours, above 0."""
    fastest: Fastest
    identity: Identity

    @property
    def least_kn(self) -> float:
        """The slowest that the ship can have been."""
        return self.floor_nm / self.most_h

    @property
    def excluded(self) -> bool:
        """Whether no such ship can have made it, times and speed with their margins."""
        return self.floor_nm / (self.most_h + TIME_MARGIN_H) > self.fastest.limit_kn


class Candidates(Record, frozen=True):
    """Pairs in a fixed order, the calls' ids, and what was left out."""

    ids: tuple[str, ...]
    """Id of each call, in the order of the calls."""
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def candidates(
    calls: Sequence[PortCall], *, sites: Iterable[Site], library: ClassLibrary, ways: Iterable[Way], most: int = MOST
) -> Candidates:
    """Every ordered pair of calls at different sites that the times allow, those that are too fast included.

    Real and simulated calls are never paired. Left out are pairs of ships of classes that rule each other out, of
    different names, of calls between which the named ship called elsewhere, those that lie more than 30 days apart
    for certain, and those where neither end says what kind of ship it was.
    """
    between = {(w.start, w.end): w for w in ways} | {(w.end, w.start): _back(w) for w in ways}
    reach = {s.id: s.radius_m / _METRES_A_MILE for s in sites}
    order = sorted(range(len(calls)), key=lambda i: (calls[i].arrived_before, i))
    found: list[Pair] = []
    nameless = 0
    for i, left in enumerate(calls):
        for j in order:
            come = calls[j]
            way = between.get((left.site, come.site))
            if way is None or not _times_allow(left, come):
                continue
            narrow = _narrower(left, come, library)
            if narrow is None or _named_between(left, come, calls):
                continue
            if narrow in _NO_CLASS and left.vessel is None:
                nameless += 1
                continue
            found.append(_pair(i, j, left, come, narrow, way, reach, library))
    return _kept(calls, found, nameless, most)


def _times_allow(left: PortCall, come: PortCall) -> bool:
    if left.site == come.site or left.simulated != come.simulated or come.arrived_before <= left.departed_after:
        return False
    return come.arrived_after is None or left.departed_before is None or (
        come.arrived_after - left.departed_before <= LONGEST
    )  # fmt: skip


def _narrower(left: PortCall, come: PortCall, library: ClassLibrary) -> str | None:
    """The narrower of both classes; None where they, or the names, rule one ship out."""
    if left.vessel and come.vessel:
        return come.vessel_class if left.vessel == come.vessel else None
    a, b = left.vessel_class, come.vessel_class
    if UNKNOWN in (a, b):
        return b if a == UNKNOWN else a
    if library.is_a(b, a):
        return b
    return a if library.is_a(a, b) else None


def _named_between(left: PortCall, come: PortCall, calls: Sequence[PortCall]) -> bool:
    """Whether the named ship made another call between the two."""
    name = left.vessel
    return name is not None and name == come.vessel and any(
        c.vessel == name and left.departed_after < c.arrived_before < come.arrived_before and c is not come
        for c in calls if c is not left
    )  # fmt: skip


def _pair(
    i: int, j: int, left: PortCall, come: PortCall, narrow: str, way: Way, reach: dict[str, float],
    library: ClassLibrary,
) -> Pair:  # fmt: skip
    least = 0.0
    if come.arrived_after is not None and left.departed_before is not None:
        least = max(0.0, (come.arrived_after - left.departed_before).total_seconds() / 3600.0)
    same = left.vessel is not None and left.vessel == come.vessel
    return Pair(
        departure=i,
        arrival=j,
        vessel_class=narrow,
        vessel=left.vessel or come.vessel,
        way=way,
        floor_nm=max(0.0, way.geodesic_nm - reach.get(left.site, 0.0) - reach.get(come.site, 0.0)),
        least_h=least,
        most_h=(come.arrived_before - left.departed_after).total_seconds() / 3600.0,
        fastest=fastest(narrow, library),
        identity="given" if same else "not compared",
    )


def _kept(calls: Sequence[PortCall], found: list[Pair], nameless: int, most: int) -> Candidates:
    notes = []
    if nameless:
        notes.append(f"{nameless} pairs of calls were not joined: neither end says what kind of ship it was")
    if len(found) > most:
        notes.append(f"{len(found) - most} of {len(found)} pairs of calls were left out, those farthest apart in time")
        found = sorted(found, key=lambda p: (p.least_h, p.most_h, p.departure, p.arrival))[:most]
    found.sort(
        key=lambda p: (calls[p.departure].departed_after, p.departure, calls[p.arrival].arrived_before, p.arrival)
    )
    return Candidates(ids=call_ids(calls), pairs=tuple(found), notes=tuple(notes))


def _back(way: Way) -> Way:
    import msgspec

    return msgspec.structs.replace(way, start=way.end, end=way.start, points=way.points[::-1])
