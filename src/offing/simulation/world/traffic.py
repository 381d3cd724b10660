"""Ships that come and go: everyday calls, named ships between the sites, and what claims are about."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from offing.records import Record
from offing.simulation.world.model import Hours, ShipCall, Voyage
from offing.simulation.world.setting import AWAY_H, BEFORE_H, Lane, Setting, mean_h, named_rate
from offing.simulation.world.stays import draw

_TRIES = 400


class Booking(Record, frozen=True):
    """What has to happen in one lane within one window."""

    window: Hours
    ships: int
    """Exactly so many ships are there at some time in the window."""


Bookings = dict[Lane, list[Booking]]


def overlaps(call: Hours, window: Hours) -> bool:
    """Whether a stay and a window share any time."""
    return call[0] < window[1] and call[1] > window[0]


def span(call: ShipCall) -> Hours:
    """(arrived, departed), hours."""
    return call.arrived_h, call.departed_h


def everyday(
    rng: np.random.Generator, stage: Setting, lane: Lane, until_h: float, booked: Sequence[Booking]
) -> list[ShipCall]:
    """Calls of ships without a name, none of them within a booked window."""
    stay = stage.stays[lane.vessel_class]
    named = named_rate(stay, len(stage.places)) if stage.sisters and lane.vessel_class == _named_class(stage) else 0.0
    rate = max(stage.rates[lane] - named, 0.0)
    number = int(rng.poisson(rate * (until_h + BEFORE_H) / 720.0))
    arrivals = rng.uniform(-BEFORE_H, until_h, number)
    stays = draw(rng, stay, number)
    found = [(float(a), float(a + s)) for a, s in zip(arrivals, stays, strict=True)]
    return [_call(lane, c) for c in found if not any(overlaps(c, b.window) for b in booked)]


def booked_calls(rng: np.random.Generator, stage: Setting, lane: Lane, booked: Sequence[Booking]) -> list[ShipCall]:
    """For each booked window its ships, each a call of everyday traffic that happens to fall into it."""
    out: list[ShipCall] = []
    for booking in booked:
        others = [b.window for b in booked if b is not booking]
        out += [_call(lane, _within(rng, stage, lane, booking.window, others)) for _ in range(booking.ships)]
    return out


def _within(rng: np.random.Generator, stage: Setting, lane: Lane, window: Hours, others: Sequence[Hours]) -> Hours:
    """One call that overlaps the window; where possible none that reaches another booked window of the lane."""
    stay = stage.stays[lane.vessel_class]
    call = window
    for _ in range(_TRIES):
        arrived = float(rng.uniform(window[0] - 600.0, window[1]))
        call = (arrived, arrived + float(draw(rng, stay, 1)[0]))
        if overlaps(call, window) and not any(overlaps(call, o) for o in others):
            break
    return call


def usual_number(rng: np.random.Generator, stage: Setting, lane: Lane, window: Hours, least: int) -> int:
    """A number of ships in the window as everyday traffic has it, given that it is at least ``least``."""
    mean = stage.rates[lane] / 720.0 * (window[1] - window[0] + mean_h(stage.stays[lane.vessel_class]))
    weights = np.array([math.exp(n * math.log(mean) - math.lgamma(n + 1.0)) for n in range(least, least + 12)])
    return least + int(rng.choice(12, p=weights / weights.sum()))


def sailed(
    rng: np.random.Generator, stage: Setting, origin: Lane, call: ShipCall, window: Hours, claim: str
) -> tuple[ShipCall, Voyage] | None:
    """The call at ``origin`` that a ship made before ``call``, and her voyage; None where she would have left before
    the window began."""
    distance = max(stage.distance_nm(origin.site, call.site), 1.0)
    speed = float(rng.uniform(9.0, 16.0))
    departed = call.arrived_h - distance * float(rng.uniform(1.1, 1.4)) / speed
    if departed <= window[0]:
        return None
    stayed = float(draw(rng, stage.stays[origin.vessel_class], 1)[0])
    before = _call(origin, (departed - stayed, departed))
    voyage = Voyage(
        origin=origin.site,
        destination=call.site,
        vessel_class=call.vessel_class,
        departed_h=departed,
        arrived_h=call.arrived_h,
        distance_nm=distance,
        speed_kn=speed,
        claim=claim,
    )
    return before, voyage


def named_ships(
    rng: np.random.Generator, stage: Setting, until_h: float, bookings: Bookings
) -> tuple[list[ShipCall], list[Voyage]]:
    """Calls of the named ships, each from site to site, and their voyages; they keep out of booked windows."""
    calls: list[ShipCall] = []
    voyages: list[Voyage] = []
    sites = sorted(stage.places)
    for vessel in stage.sisters:
        now, last = -BEFORE_H + float(rng.uniform(0.0, AWAY_H)), None
        while now < until_h:
            site = sites[int(rng.integers(len(sites)))]
            lane = Lane(site=site, vessel_class=_named_class(stage))
            stay = float(draw(rng, stage.stays[lane.vessel_class], 1)[0])
            if any(overlaps((now, now + stay), b.window) for b in bookings.get(lane, [])):
                now += float(rng.exponential(48.0))
                continue
            call = _call(lane, (now, now + stay), vessel)
            if last is not None and last.site != site:
                voyages.append(_passage(rng, stage, last, call))
            calls.append(call)
            last = call
            now += stay + 72.0 + float(rng.exponential(AWAY_H - 72.0))
    return calls, voyages


def _passage(rng: np.random.Generator, stage: Setting, last: ShipCall, call: ShipCall) -> Voyage:
    """The voyage between two calls; a ship that had more time than she needed waited at sea."""
    distance = stage.distance_nm(last.site, call.site)
    speed = float(rng.uniform(9.0, 16.0))
    return Voyage(
        origin=last.site,
        destination=call.site,
        vessel_class=call.vessel_class,
        departed_h=last.departed_h,
        arrived_h=call.arrived_h,
        distance_nm=distance,
        speed_kn=min(speed, 1.1 * distance / max(call.arrived_h - last.departed_h, 1.0)),
        vessel=call.vessel,
    )


def _named_class(stage: Setting) -> str:
    return next(iter(stage.stays))


def _call(lane: Lane, hours: Hours, vessel: str | None = None) -> ShipCall:
    return ShipCall(
        site=lane.site, vessel_class=lane.vessel_class, arrived_h=hours[0], departed_h=hours[1], vessel=vessel
    )
