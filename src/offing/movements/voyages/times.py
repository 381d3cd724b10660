"""The times of two calls: how probable if one ship sailed between them, and how probable by chance.

The first call left at d, which lies within its bounds; the second began at a within its own. Chance traffic comes as
a Poisson process. With s the density of the stay, G(a) = P(the second call lasted as it was seen | a), and f the
density of the time under way,

    ratio = ∫∫ p(d) f(a - d) G(a) da dd / (rate · ∫ G(a) da),

where p(d) follows from the bounds of the first call and an arrival at any time within them. This is the association
likelihood of multi-target tracking (Reid 1979), with intervals in place of points.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.movements.model import PortCall
from offing.movements.stay import StayMixture
from offing.movements.voyages.model import Way
from offing.movements.voyages.speeds import Cruise

Array = NDArray[np.float64]

LOG_CAP = 12.0
"""No two times weigh more than e^±12: stays and speeds are models, and their tails are not known so well."""
_DEPARTURES, _ARRIVALS, _GRID = 48, 160, 400
_TAIL = 0.999
_DETOUR = 1.1
"""The way is taken to be up to so much longer where no bound of it is known (assumed)."""
_SHORTEST_H = 1.0 / 60.0


class Underway:
    """The distribution of the time under way between two sites."""

    def __init__(self, way: Way, cruise: Cruise) -> None:
        least = max(way.path_nm, 0.1)
        lengths = np.linspace(least, max(way.most_nm or least * _DETOUR, least), 5)
        self.shortest_h = least / cruise.most_kn
        slow = cruise.median_kn * np.exp(-5.0 * cruise.log_sd)
        self._hours = np.geomspace(self.shortest_h * 0.999, lengths[-1] / slow, _GRID)
        chance = [cruise.at_least(length / self._hours) for length in lengths]
        self._cdf = np.mean(chance, axis=0)

    def cdf(self, hours: Array) -> Array:
        """P(time under way ≤ hours)."""
        return np.asarray(np.interp(hours, self._hours, self._cdf, left=0.0, right=1.0))

    def exceeded(self, probability: float) -> float:
        """The hours that are exceeded with ``probability``."""
        return float(np.interp(1.0 - probability, self._cdf, self._hours))


class Times:
    """Two calls' bounds, ready to be weighed; hours are counted from when the first was last seen."""

    def __init__(self, left: PortCall, come: PortCall, stay_left: StayMixture, stay_come: StayMixture) -> None:
        base = left.departed_after
        self._depart, self._mass = _departures(
            _hours(left.arrived_after, base), _hours(left.arrived_before, base), _hours(left.departed_before, base),
            stay_left,
        )  # fmt: skip
        self._edges, self._lasts = _arrivals(
            _hours(come.arrived_after, base), _hours(come.arrived_before, base), _hours(come.departed_after, base),
            _hours(come.departed_before, base), stay_come,
        )  # fmt: skip
        self._chance = float(np.sum(self._lasts * np.diff(self._edges)))

    def log_ratio(self, underway: Underway, rate_per_h: float) -> float:
        """Natural logarithm of the ratio, never beyond ±LOG_CAP."""
        reached = underway.cdf(self._edges[None, :] - self._depart[:, None])
        sailed = float(self._mass @ np.diff(reached, axis=1) @ self._lasts)
        if sailed <= 0.0:
            return -LOG_CAP
        return float(np.clip(np.log(sailed) - np.log(self._chance * rate_per_h), -LOG_CAP, LOG_CAP))


def _hours(instant: datetime | None, base: datetime) -> float | None:
    return None if instant is None else (instant - base).total_seconds() / 3600.0


def _departures(
    after: float | None, before: float | None, gone: float | None, stay: StayMixture
) -> tuple[Array, Array]:
    """(moments of departure, their probabilities), hours after the ship was last seen."""
    assert before is not None
    far = _longest(stay)
    edges = np.linspace(0.0, max(gone, _SHORTEST_H), _DEPARTURES + 1) if gone is not None else _spread(far, _DEPARTURES)
    middle = (edges[1:] + edges[:-1]) / 2.0
    came_after = np.ones_like(middle) if after is None else _cdf(stay, middle - after)
    density = np.maximum(came_after - _cdf(stay, middle - before), 0.0) * np.diff(edges)
    if density.sum() <= 1e-200:  # seen for longer than any such stay: the stay says nothing of when it ended
        density = np.diff(edges)
    return middle, density / density.sum()


def _arrivals(
    after: float | None, before: float | None, last: float | None, gone: float | None, stay: StayMixture
) -> tuple[Array, Array]:
    """(edges of the moments of arrival, P(the call lasted as it was seen) between them)."""
    assert before is not None
    assert last is not None
    if after is None:
        edges = before - _spread(_longest(stay), _ARRIVALS)[::-1]
    else:
        edges = np.linspace(min(after, before - _SHORTEST_H), before, _ARRIVALS + 1)
    middle = (edges[1:] + edges[:-1]) / 2.0
    until = np.ones_like(middle) if gone is None else _cdf(stay, gone - middle)
    lasts = np.maximum(until - _cdf(stay, last - middle), 0.0)
    return edges, lasts if float(lasts.sum()) > 1e-200 else np.ones_like(lasts)


def _spread(far: float, parts: int) -> Array:
    """Edges from 0 to ``far``, finer near 0."""
    return np.concatenate([[0.0], np.geomspace(min(0.25, far / 2.0), far, parts)])


def _longest(stay: StayMixture) -> float:
    """A stay that hardly any exceeds, hours."""
    hours = np.geomspace(0.1, 1e5, 400)
    return float(hours[min(int(np.searchsorted(stay.cdf(hours), _TAIL)), len(hours) - 1)])


def _cdf(stay: StayMixture, hours: Array) -> Array:
    """P(stay ≤ hours), 0 for hours not above 0."""
    return np.asarray(np.where(hours > 0.0, stay.cdf(np.maximum(hours, 1e-9)), 0.0))


def without_empty_looks(call: PortCall) -> PortCall:
    """The call as if no look had failed to show it: what misses can have hidden."""
    import msgspec

    return msgspec.structs.replace(call, arrived_after=None, departed_before=None)
