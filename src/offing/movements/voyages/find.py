"""Voyages: calls joined to voyages, each with its probability among all ways to join them.

A voyage says that two sightings may be of one ship. It is not evidence for a claim's origin or destination, which are
judged from the looks at each site alone: the same looks would be counted twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import cast

from offing.movements.model import PortCall
from offing.movements.voyages import words
from offing.movements.voyages.candidates import MOST, Candidates, Pair, candidates
from offing.movements.voyages.joining import Joined, groups, joined
from offing.movements.voyages.model import (
    Assumed,
    Identity,
    Pairing,
    SameShipRatio,
    Status,
    Voyage,
    Voyages,
    Way,
)
from offing.movements.voyages.murty import Link, best_ways
from offing.movements.voyages.weighing import Variant, Weigher, by_link, variants
from offing.quantities import Interval, LikelihoodRatio, Probability
from offing.sites import Site
from offing.vessels.classes import ClassLibrary

LIKELY, LIKELY_LOW = 0.8, 0.5
"""A voyage is called likely from this probability, if it is no less than the second whatever was assumed, and if
pictures or a person speak for one ship: times and assumed traffic alone never make one likely."""
_NEGLIGIBLE = 1e-3
"""A share of the whole that was not summed is in the ranges; above this it is said, too."""
LISTED = 5
"""Ways to join a group of calls that are listed."""


def voyages(
    calls: Sequence[PortCall],
    *,
    sites: Sequence[Site],
    library: ClassLibrary,
    ways: Iterable[Way],
    same: Iterable[SameShipRatio] = (),
    assumed: Assumed | None = None,
    most: int = MOST,
) -> Voyages:
    """Every voyage that the calls allow or exclude, with its probability among all ways to join the calls.

    ``ways``: one a pair of sites, either direction; calls at sites without one are not joined. ``same``: what pictures
    tell, by the ids of ``candidates``. Each call has at most one before it and one after it. Real and simulated calls
    are never joined. Raises CaseFileError for a class that the library does not hold.
    """
    found = candidates(calls, sites=sites, library=library, ways=ways, most=most)
    stated = assumed or Assumed()
    weigher = Weigher(calls, found.ids, sites, library, same, stated)
    open_pairs = [p for p in found.pairs if not p.excluded]
    tried = variants(stated)
    order = sorted(range(len(calls)), key=lambda i: (calls[i].departed_after, i))
    results = [joined(by_link(weigher, open_pairs, v), order) for v in tried]
    made = _Made(calls, found, weigher, tried, results)
    log_odds = dict(by_link(weigher, open_pairs, tried[0]))
    return Voyages(
        voyages=tuple(made.voyage(pair) for pair in found.pairs),
        pairings=tuple(_pairings({k: log_odds[k] for k in group}, found, order) for group in groups(list(log_odds))),
        notes=(*found.notes, *_inexact(results)),
    )


class _Made:
    """Makes the records of one search."""

    def __init__(
        self,
        calls: Sequence[PortCall],
        found: Candidates,
        weigher: Weigher,
        tried: Sequence[Variant],
        results: Sequence[Joined],
    ) -> None:
        self._calls, self._ids, self._weigher, self._tried = calls, found.ids, weigher, tried
        self._results = results
        self._before: dict[int, list[tuple[str, float]]] = {}
        self._after: dict[int, list[tuple[str, float]]] = {}
        for (row, column), p in results[0].probability.items():
            self._before.setdefault(column, []).append((found.ids[row], p))
            self._after.setdefault(row, []).append((found.ids[column], p))

    def voyage(self, pair: Pair) -> Voyage:
        left, come = self._calls[pair.departure], self._calls[pair.arrival]
        identity = self._weigher.identity(pair)
        ratio, chance, others = (None, None, ()) if pair.excluded else self._weighed(pair)
        status = _status(chance, identity)
        longest = pair.way.most_nm or pair.way.path_nm
        return Voyage(
            id=voyage_id(self._ids, (pair.departure, pair.arrival)),
            start=left.site,
            end=come.site,
            departure=self._ids[pair.departure],
            arrival=self._ids[pair.arrival],
            vessel_class=pair.vessel_class,
            vessel=pair.vessel,
            departed_after=left.departed_after,
            departed_before=left.departed_before,
            arrived_after=come.arrived_after,
            arrived_before=come.arrived_before,
            distance_nm=Interval(low=pair.way.geodesic_nm, high=longest, level=1.0),
            hours=Interval(low=pair.least_h, high=pair.most_h, level=1.0),
            least_kn=pair.least_kn,
            most_kn=longest / pair.least_h if pair.least_h > 0.0 else None,
            fastest_kn=pair.fastest.kn,
            status=status,
            why=words.possible(pair, status, chance, identity) if chance else words.excluded(pair),
            identity=cast("Identity", identity),
            parts=() if pair.excluded else self._weigher.parts(pair),
            ratio=ratio,
            posterior=chance,
            alternatives=others,
            basis=self._weigher.basis(pair),
            points=pair.way.points,
            simulated=left.simulated,
        )

    def _weighed(self, pair: Pair) -> tuple[LikelihoodRatio, Probability, tuple[str, ...]]:
        link = (pair.departure, pair.arrival)
        value = self._results[0].probability[link]
        bounds = [r.bounds(link) for r in self._results]
        chance = Probability(
            value=min(1.0, value),
            low=max(0.0, min(value, *(b[0] for b in bounds))),
            high=min(1.0, max(value, *(b[1] for b in bounds))),
            basis="all ways to join the calls; the range is over what was assumed, not over the error of any figure",
        )
        here, there = self._ids[pair.departure], self._ids[pair.arrival]
        others = words.alternatives(
            self._calls[pair.departure].site,
            self._calls[pair.arrival].site,
            value,
            [(name, p) for name, p in self._before[pair.arrival] if name != here],
            [(name, p) for name, p in self._after[pair.departure] if name != there],
        )
        return self._weigher.ratio(pair, self._tried), chance, others


def voyage_id(ids: Sequence[str], link: Link) -> str:
    """``departure > arrival``."""
    return f"{ids[link[0]]} > {ids[link[1]]}"


def _status(chance: Probability | None, identity: str) -> Status:
    if chance is None:
        return "excluded"
    certain = chance.value >= LIKELY and chance.low >= LIKELY_LOW and identity != "not compared"
    return "likely" if certain else "feasible"


def _pairings(odds: dict[Link, float], found: Candidates, order: Sequence[int]) -> tuple[Pairing, ...]:
    """The most probable ways to join one group."""
    total = joined(odds, order).log_total
    return tuple(
        Pairing(
            probability=min(1.0, math.exp(way.log_weight - total)),
            voyages=tuple(voyage_id(found.ids, link) for link in sorted(way.links)),
        )
        for way in best_ways(odds, LISTED)[0]
    )


def _inexact(results: Sequence[Joined]) -> tuple[str, ...]:
    worst = max((r.missing for r in results), default=0.0)
    if worst <= _NEGLIGIBLE:
        return ()
    return (f"too many calls overlap to sum all ways to join them: probabilities may be off by up to {worst:.2g}, and "
            f"their ranges allow for it",)  # fmt: skip
