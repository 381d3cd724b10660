"""What each pair of calls weighs, at the stated assumptions and at each of those that are tried instead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from offing.movements.baseline import Traffic, traffic
from offing.movements.model import PortCall
from offing.movements.sought import Sought
from offing.movements.stay import StayMixture
from offing.movements.voyages.candidates import Pair
from offing.movements.voyages.model import Assumed, SameShipRatio, VoyagePart, Way
from offing.movements.voyages.speeds import Cruise
from offing.movements.voyages.times import Times, Underway, without_empty_looks
from offing.quantities import LikelihoodRatio
from offing.records import Record
from offing.sites import Site
from offing.vessels.classes import UNKNOWN, ClassLibrary

FLEET = 20
"""Ships of a class, one of which bears the name that was given, where their number is not known (assumed)."""
_FLEET_MOST = 200
_NO_PORT = ("airfield", "cape")


class Variant(Record, frozen=True):
    """One set of assumptions."""

    name: str
    direct: float
    rate: float = 1.0
    """Factor on chance traffic."""
    speed: tuple[float, float] | None = None
    """(share, log_sd) in place of the stated ones."""
    same: str = "value"
    """Which end of a same-ship ratio counts: ``value``, ``low``, ``high``."""
    empty_looks: bool = True
    """Whether looks that did not show the ship bound her calls."""


def variants(assumed: Assumed) -> tuple[Variant, ...]:
    """The stated assumptions first, then each other one alone, then all that speak against, and all that speak for."""
    busy, rare = assumed.rate_factors[1], assumed.rate_factors[0]
    low, high = assumed.direct_range
    return (
        Variant(name="as stated", direct=assumed.direct),
        Variant(name="rarer traffic", direct=assumed.direct, rate=rare),
        Variant(name="busier traffic", direct=assumed.direct, rate=busy),
        Variant(name="fewer direct voyages", direct=low),
        Variant(name="more direct voyages", direct=high),
        *(Variant(name=f"speed {s:g}", direct=assumed.direct, speed=(s, d)) for s, d in assumed.other_speeds),
        Variant(name="empty looks not counted", direct=assumed.direct, empty_looks=False),
        Variant(name="all against", direct=low, rate=busy, same="low"),
        Variant(name="all for", direct=high, rate=rare, same="high"),
    )


class Weigher:
    """Weighs the pairs of one list of calls; what several pairs need is computed once."""

    def __init__(
        self,
        calls: Sequence[PortCall],
        ids: Sequence[str],
        sites: Iterable[Site],
        library: ClassLibrary,
        same: Iterable[SameShipRatio],
        assumed: Assumed,
    ) -> None:
        self._calls, self._ids, self._library, self._assumed = calls, ids, library, assumed
        self._sites = {s.id: s for s in sites}
        self._ports = sum(s.role not in _NO_PORT for s in self._sites.values())
        self._same = {(s.departure, s.arrival): s for s in same}
        self._traffic: dict[tuple[str, str], Traffic] = {}
        self._underway: dict[tuple[Way, Cruise], Underway] = {}
        self._times: dict[tuple[int, int, bool], Times] = {}

    def log_odds(self, pair: Pair, variant: Variant) -> float:
        """Logarithm of the odds of the link against both calls being joined to elsewhere, at these assumptions."""
        prior = math.log(variant.direct / (1.0 - variant.direct)) - math.log(max(1, self._ports - 1))
        return prior + self.evidence(pair, variant)

    def evidence(self, pair: Pair, variant: Variant) -> float:
        """Logarithm of the likelihood ratio without the prior."""
        return self._time(pair, variant) + self._kind(pair) + self._alike(pair, variant)

    def parts(self, pair: Pair) -> tuple[VoyagePart, ...]:
        """Each part of the evidence at the stated assumptions, with what was compared."""
        stated = variants(self._assumed)[0]
        come = self._calls[pair.arrival]
        rate = mean_rate(self.traffic(come.site, come.vessel_class)) * 720.0
        usual = self._cruise(pair, stated)
        time = VoyagePart(
            name="time",
            log_ratio=self._time(pair, stated),
            note=f"{_hours(pair)} under way, at {usual.median_kn:.3g} kn usually, against chance traffic of {rate:.2g} "
            f"such calls in 30 days",
        )
        kind = self._kind(pair)
        narrower = VoyagePart(
            name="class",
            log_ratio=kind,
            note=f"the ship that left is told as {self._calls[pair.departure].vessel_class} only, and not all are "
            f"{come.vessel_class}" if kind else "the class seen at the start is no wider",
            used=kind != 0.0,
        )  # fmt: skip
        return time, narrower, self._same_part(pair)

    def basis(self, pair: Pair) -> tuple[str, ...]:
        """What was assumed, and where distances and rates come from."""
        come, left = self._calls[pair.arrival], self._calls[pair.departure]
        a = self._assumed
        return (
            f"way by sea: {pair.way.basis or 'as given'}",
            f"greatest speed: {pair.fastest.words}",
            f"speed made good: median {a.share:g} of it, log-normal with a spread of {a.log_sd:g} (assumed)",
            f"arrivals at {come.site}: {self.traffic(come.site, come.vessel_class).note}",
            f"stays at {left.site}: {self.traffic(left.site, left.vessel_class).note}",
            f"a ship that leaves sails straight to another site of the case and is seen there with {a.direct:g}, "
            f"all sites alike (assumed)",
        )

    def ratio(self, pair: Pair, tried: Sequence[Variant]) -> LikelihoodRatio:
        """The evidence at the stated assumptions, with its spread over all that were tried."""
        values = [math.exp(max(-30.0, min(30.0, self.evidence(pair, v)))) for v in tried]
        return LikelihoodRatio(value=values[0], low=min(values), high=max(values))

    def identity(self, pair: Pair) -> str:
        """``given``, ``measured`` or ``not compared``."""
        if pair.identity == "given":
            return "given"
        return "measured" if self._measured(pair) else "not compared"

    def traffic(self, site: str, class_id: str) -> Traffic:
        """Everyday traffic of a class at a site."""
        key = (site, class_id)
        if key not in self._traffic:
            kind = "any" if class_id == UNKNOWN else class_id
            self._traffic[key] = traffic(self._sites[site], Sought(classes=(kind,)), self._library)
        return self._traffic[key]

    def _time(self, pair: Pair, variant: Variant) -> float:
        come = self._calls[pair.arrival]
        rate = mean_rate(self.traffic(come.site, come.vessel_class)) * variant.rate
        return self._bounds(pair, counted=variant.empty_looks).log_ratio(self._way(pair, variant), rate)

    def _bounds(self, pair: Pair, *, counted: bool) -> Times:
        key = (pair.departure, pair.arrival, counted)
        if key not in self._times:
            left, come = self._calls[pair.departure], self._calls[pair.arrival]
            stays = self._stay(left), self._stay(come)
            if not counted:
                left, come = without_empty_looks(left), without_empty_looks(come)
            self._times[key] = Times(left, come, *stays)
        return self._times[key]

    def _stay(self, call: PortCall) -> StayMixture:
        return self.traffic(call.site, call.vessel_class).stay

    def _way(self, pair: Pair, variant: Variant) -> Underway:
        key = (pair.way, self._cruise(pair, variant))
        if key not in self._underway:
            self._underway[key] = Underway(*key)
        return self._underway[key]

    def _cruise(self, pair: Pair, variant: Variant) -> Cruise:
        share, log_sd = variant.speed or (self._assumed.share, self._assumed.log_sd)
        top = pair.fastest
        return Cruise(median_kn=share * top.usual_kn, log_sd=log_sd, most_kn=max(top.kn, top.usual_kn))

    def _kind(self, pair: Pair) -> float:
        """P(the ship that left is of the narrower class seen at the end | the wider one seen at the start)."""
        left, come = self._calls[pair.departure], self._calls[pair.arrival]
        if left.vessel_class == come.vessel_class or come.vessel_class == UNKNOWN or left.vessel:
            return 0.0
        if left.vessel_class != UNKNOWN and self._library.is_a(left.vessel_class, come.vessel_class):
            return 0.0
        narrow = mean_rate(self.traffic(left.site, come.vessel_class))
        return math.log(min(1.0, narrow / mean_rate(self.traffic(left.site, left.vessel_class))))

    def _measured(self, pair: Pair) -> SameShipRatio | None:
        return self._same.get((self._ids[pair.departure], self._ids[pair.arrival]))

    def _alike(self, pair: Pair, variant: Variant) -> float:
        if pair.identity == "given":
            return math.log(self._fleet(pair))
        found = self._measured(pair)
        return 0.0 if found is None else math.log(getattr(found.ratio, variant.same))

    def _same_part(self, pair: Pair) -> VoyagePart:
        if pair.identity == "given":
            n = self._fleet(pair)
            known = "as far as is known" if self._library.get(pair.vessel_class).built else "assumed"
            note = f"a person named {pair.vessel} at both ends; by chance it would be one of {n} such ships ({known})"
            return VoyagePart(name="name", log_ratio=math.log(n), note=note)
        found = self._measured(pair)
        if found is None:
            note = "not compared: no picture of the one ship at both ends; counts for nothing"
            return VoyagePart(name="same ship", log_ratio=0.0, note=note, used=False)
        return VoyagePart(name="same ship", log_ratio=math.log(found.ratio.value), note=found.basis)

    def _fleet(self, pair: Pair) -> int:
        built = self._library.get(pair.vessel_class).built
        return min(max(built, 2), _FLEET_MOST) if built else FLEET


def mean_rate(there: Traffic) -> float:
    """Mean rate of arrival, per hour."""
    return sum(r * w for r, w in zip(there.rates_per_h, there.weights, strict=True))


def by_link(weigher: Weigher, pairs: Iterable[Pair], variant: Variant) -> Mapping[tuple[int, int], float]:
    """(call left, call come to) → logarithm of the odds."""
    return {(p.departure, p.arrival): weigher.log_odds(p, variant) for p in pairs}


def _hours(pair: Pair) -> str:
    return f"{pair.least_h:.3g} to {pair.most_h:.3g} h"
