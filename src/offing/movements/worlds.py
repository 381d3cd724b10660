"""The rates that are possible at a site, the room that its chain needs, and the assumptions that can be varied."""

from __future__ import annotations

import math
from collections.abc import Sequence

from offing.movements.baseline import CALLS_MOST, Traffic
from offing.movements.occupancy import MOST_SHIPS, Occupancy, occupancy
from offing.movements.sensing import Sensitivities
from offing.movements.stay import StayMixture
from offing.records import Record

_USUAL = 0.5
"""Calls expected in a window from which on the rate's uncertainty is weighed in."""


class Variation(Record, frozen=True):
    """What is assumed of traffic and looks; the defaults are what was stated."""

    rate_factor: float = 1.0
    stay_factor: float = 1.0
    looks: Sensitivities = Sensitivities()


STATED = Variation()
Groups = Sequence[Sequence[Variation]]
"""Groups of assumptions, each varied on its own, the spreads of the groups taken as independent."""


def rates(flow: Traffic, window_h: float) -> tuple[tuple[float, float], ...]:
    """Possible rates with their weights.

    A stated rate is not known exactly. Where several calls in the window would be usual, a rate that is too high makes
    nothing seen look like a contradiction, so half and twice the rate are weighed with it; for a rare ship the rate
    hardly matters.
    """
    pairs = tuple(zip(flow.rates_per_h, flow.weights, strict=True))
    if len(pairs) > 1 or pairs[0][0] * (window_h + flow.stay.mean) < _USUAL:
        return pairs
    rate = pairs[0][0]
    return ((0.5 * rate, 0.4), (rate, 0.4), (2.0 * rate, 0.2))


def room(stay: StayMixture, rate: float, window_h: float, *, seen: int, calls: int = 1, named: int = 0) -> Occupancy:
    """The chain of ships with room for all that were seen, are claimed, or come by everyday traffic.

    ``named``: so many named ships are sought, and there can be no more of them; 0: ships of a class.
    """
    rate = min(rate, CALLS_MOST / (window_h + stay.mean), 0.5 * MOST_SHIPS / stay.mean)
    most = max(3, seen + 1, calls + 1 if calls > 1 else 0, poisson_top(rate * stay.mean))
    if named:
        most = max(1, min(most, named))
    return occupancy(stay, rate, min(most, MOST_SHIPS))


def poisson_top(mean: float, share: float = 0.999) -> int:
    """The least number that a Poisson number of this mean does not exceed with probability ``share``."""
    chance, total, n = math.exp(-mean), math.exp(-mean), 0
    while total < share:
        n += 1
        chance *= mean / n
        total += chance
    return n
