"""Port calls with what all looks together say of each: when the ship came and left, and whether there was one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from offing.looks.distinct import Distinct, distinct
from offing.looks.model import Look
from offing.movements.baseline import Traffic, traffic
from offing.movements.follow import times_of_call
from offing.movements.genuine import Pair, no_ship_chance, real_chance
from offing.movements.model import CallPosterior, PortCall, SightingLink
from offing.movements.portcalls import RankedCall, ranked_calls
from offing.movements.presence_over_time import usable_readings
from offing.movements.sought import Reading, Sought, read_look
from offing.movements.weighed import Weighed
from offing.records import Record
from offing.sites import Site
from offing.timespan import TimeSpan
from offing.vessels.classes import ClassLibrary

_NAMED = 4
"""So many looks are named in a reason; the rest is counted."""


class WeighedCalls(Record, frozen=True):
    """The port calls of a case, and how their sightings hang together."""

    calls: tuple[PortCall, ...]
    links: tuple[SightingLink, ...]


def weighed_calls(
    looks: Sequence[Look], classes: Sequence[str], sites: Sequence[Site], library: ClassLibrary
) -> WeighedCalls:
    """``port_calls`` of ships of ``classes``, each with its posterior, and the links between consecutive sightings.

    Calls of one kind of ship at one site are weighed together, with the baseline of that kind. Copies of one
    acquisition count once. A call has no posterior where a look near it that can tell declares no probabilities.
    Raises ObservationError for two looks of one id.
    """
    places = {site.id: site for site in sites}
    at: dict[str, list[Look]] = {}
    for look in looks:
        at.setdefault(look.site, []).append(look)
    acquired = {name: distinct(group) for name, group in at.items()}
    groups: dict[tuple[str, str, str | None], list[RankedCall]] = {}
    for ranked in _calls_shown(acquired, classes, library):
        call = ranked.call
        groups.setdefault((call.site, call.vessel_class, call.vessel), []).append(ranked)
    calls: list[PortCall] = []
    links: list[SightingLink] = []
    for (site, vessel_class, vessel), group in groups.items():
        if site not in places:
            calls += [ranked.call for ranked in group]
            continue
        kind = Sought(classes=(vessel_class,), vessels=(vessel,) if vessel else ())
        desk = _Desk(places[site], kind, acquired[site], group, library)
        calls += [desk.call(ranked) for ranked in group]
        links += desk.links(vessel_class, vessel)
    return WeighedCalls(
        calls=tuple(sorted(calls, key=lambda c: (c.site, c.arrived_before, c.vessel_class, c.vessel or "", c.looks))),
        links=tuple(links),
    )


def _calls_shown(acquired: dict[str, Distinct], classes: Sequence[str], library: ClassLibrary) -> list[RankedCall]:
    """Calls by the acquisitions: what a copy says in other words is no other ship. All that show her are listed."""
    kept = [k for site in acquired.values() for k in site.kept]
    told = {i: group for site in acquired.values() for i, group in site.copies.items() if len(group) > 1}
    out = []
    for ranked in ranked_calls(kept, classes, library):
        looks = tuple(name for i in ranked.call.looks for name in (_showing(i, told[i]) if i in told else (i,)))
        out.append(replace(ranked, call=replace(ranked.call, looks=looks)))
    return out


def _showing(kept: str, group: Sequence[Look]) -> tuple[str, ...]:
    """Ids of the looks of one acquisition that show a ship, that which is kept among them."""
    showing = (k for k in group if k.id == kept or any(row.seen == "yes" for row in k.observations))
    return tuple(k.id for k in sorted(showing, key=lambda k: (k.time, k.id)))


class _Desk:
    """One kind of ship at one site: its looks weighed together once."""

    def __init__(
        self, site: Site, kind: Sought, acquired: Distinct, group: Sequence[RankedCall], library: ClassLibrary
    ) -> None:
        self.site, self.flow = site, traffic(site, kind, library)
        told = (read_look(look, kind, library) for look in acquired.kept)
        self.told = tuple(r for r in told if r.kind != "blind")
        span = TimeSpan(start=min(r.call.arrived_before for r in group), end=max(r.call.departed_after for r in group))
        used = usable_readings(self.told, self.flow, span)
        self.weighed = Weighed(self.flow, used, span.hours + 2.0 * self.flow.stay.p95, named=len(kind.vessels))
        self.index = {r.look: i for i, r in enumerate(used)}
        self.kept = {copy.id: look for look, copies in acquired.copies.items() for copy in copies}
        self._pairs: dict[tuple[int, int], Pair] = {}

    def call(self, ranked: RankedCall) -> PortCall:
        """The call with its posterior, or with why it has none."""
        call = ranked.call
        undeclared = self._undeclared(call)
        if undeclared:
            return msgspec.structs.replace(call, unweighed=undeclared)
        looks = [i for i in self._indices(call.looks) if self.weighed.readings[i].ships >= ranked.nth]
        if not looks:
            return msgspec.structs.replace(
                call, unweighed="a clearer copy of the same picture is kept, and does not show it"
            )
        if any(self.weighed.readings[i].p_detect == 0.0 for i in looks):
            return msgspec.structs.replace(call, unweighed="a look that shows it declares that it never could")
        return msgspec.structs.replace(call, posterior=self._posterior(looks, ranked))

    def _posterior(self, looks: Sequence[int], ranked: RankedCall) -> CallPosterior:
        apart = frozenset(self._indices(ranked.apart)) - set(looks)
        return CallPosterior(
            arrived=times_of_call(self.weighed, looks[0], "before", apart),
            departed=times_of_call(self.weighed, looks[-1], "after", apart),
            real=tuple(real_chance(self.weighed, i, ranked.nth) for i in looks),
            looks=tuple(self.weighed.readings[i].look for i in looks),
            look_alike=no_ship_chance(self.weighed, looks, ranked.nth),
            same=tuple(_given_real(self._pair(a, b)) for a, b in pairwise(looks)),
        )

    def links(self, vessel_class: str, vessel: str | None) -> list[SightingLink]:
        """Each two consecutive sightings; none where a look between or near them is undeclared."""
        seen = [i for i, r in enumerate(self.weighed.readings) if r.kind == "seen"]
        out = []
        for a, b in pairwise(seen):
            first, second = self.weighed.readings[a], self.weighed.readings[b]
            if _open(self.told, self.flow, TimeSpan(start=first.time, end=second.time)):
                continue
            pair = self._pair(a, b)
            out.append(
                SightingLink(
                    site=self.site.id,
                    vessel_class=vessel_class,
                    vessel=vessel,
                    first=first.look,
                    second=second.look,
                    one_call=pair.one_call,
                    two_calls=pair.two_calls,
                    look_alike=pair.look_alike,
                )
            )
        return out

    def _pair(self, first: int, second: int) -> Pair:
        if (first, second) not in self._pairs:
            self._pairs[first, second] = Pair(self.weighed, first, second)
        return self._pairs[first, second]

    def _indices(self, looks: Sequence[str]) -> list[int]:
        """Where these looks, or the copies kept for them, are among the readings, each once."""
        return sorted({self.index[kept] for look in looks if (kept := self.kept[look]) in self.index})

    def _undeclared(self, call: PortCall) -> str | None:
        span = TimeSpan(start=call.arrived_before, end=call.departed_after)
        found = _open(self.told, self.flow, span)
        if not found:
            return None
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        return f"no p_detect or p_false is declared for {', '.join(found[:_NAMED])}{more}"


def _open(told: Sequence[Reading], flow: Traffic, span: TimeSpan) -> list[str]:
    """Ids of looks within a 95 % stay of ``span`` that can tell, but declare no probabilities."""
    near = span.padded(flow.stay.p95)
    return [r.look for r in told if not r.declared and near.start <= r.time <= near.end]


def _given_real(pair: Pair) -> float:
    both = pair.one_call + pair.two_calls
    return pair.one_call / both if both > 0.0 else 0.0
