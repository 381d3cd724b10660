"""Where a ship was when a picture was taken, by her fixes before and after it."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.geo import KNOT_M_S, LonLat
from offing.vessels.ais.model import Assumptions, Expected, Fix, Part, Track
from offing.vessels.ais.motion import Observed, State, speed_vector, states
from offing.vessels.ais.plane import to_metres, to_place

F64 = NDArray[np.float64]
FIX_SD_M, COARSE_SD_M = 15.0, 80.0
"""Standard deviation of a fix, each way: satellite navigation and rounding; of long-range messages."""
MINUTE_SD_S = 17.3
"""Standard deviation of a time that is only told to the minute: 60 / √12."""
EACH_SIDE, APART_S = 4, 30.0
"""Fixes that are used on either side of the time, and the least seconds between them."""
UNKNOWN_ANTENNA = 0.2
"""Standard deviation of the antenna's place along the hull, as a fraction of the length, where it is not said."""
UNKNOWN_LENGTH_M = 80.0
DEAD_KN = 25.0
"""Twice the standard deviation of how fast a place can become uncertain."""
HEADING_MIN = 20.0
"""How old a heading may be at most, minutes; of a ship at rest on either side of it, any."""
SPIRAL = 96
_GOLDEN = math.pi * (3.0 - math.sqrt(5.0))


def expected(track: Track, time: datetime, anchor: LonLat, assumed: Assumptions) -> Expected | None:
    """Where the ship was at ``time``; None: there is no fix near enough in time.

    Near enough are two fixes around it with at most ``most_gap_h`` between them, or one within ``most_dead_h``.
    """
    times = [f.time for f in track.fixes]
    at = bisect.bisect_right(times, time)
    before, after = _picked(track.fixes[:at][::-1]), _picked(track.fixes[at:])
    first = (time - before[0].time).total_seconds() if before else None
    last = (after[0].time - time).total_seconds() if after else None
    if not _near(first, last, assumed):
        return None
    used = [*before[::-1], *after]
    found = states(_observed(used, time, anchor, track))
    bound = (0.5 * DEAD_KN * KNOT_M_S * min(s for s in (first, last) if s is not None)) ** 2 + 100.0**2
    length = track.static.length_m
    extra = 0.0 if track.static.antenna_m else (UNKNOWN_ANTENNA * (length or UNKNOWN_LENGTH_M)) ** 2
    parts = tuple(_part(s, bound, extra) for s in found if s.weight > 1e-6)
    east, north, eastward, northward = (
        sum(p.weight * v for p, v in zip(parts, values, strict=True)) / sum(p.weight for p in parts)
        for values in zip(*((p.east_m, p.north_m, p.east_m_s, p.north_m_s) for p in parts), strict=True)
    )
    points, weights = cloud(parts)
    return Expected(
        key=track.key,
        time=time,
        anchor=anchor,
        parts=parts,
        before_s=first,
        after_s=last,
        place=to_place(anchor, east, north),
        error_m=_radius(points - (east, north), weights),
        speed_kn=math.hypot(eastward, northward) / KNOT_M_S,
        course_deg=math.degrees(math.atan2(eastward, northward)) % 360.0,
        heading_deg=_heading(before, after, time),
    )


def _near(first: float | None, last: float | None, assumed: Assumptions) -> bool:
    if first is not None and last is not None and first + last <= assumed.most_gap_h * 3600.0:
        return True
    return min(s for s in (first, last, math.inf) if s is not None) <= assumed.most_dead_h * 3600.0


def _picked(fixes: Sequence[Fix]) -> list[Fix]:
    """The nearest few, some seconds apart; ``fixes`` from the time outwards."""
    found: list[Fix] = []
    for fix in fixes:
        if not found or abs((fix.time - found[-1].time).total_seconds()) >= APART_S:
            found.append(fix)
        if len(found) == EACH_SIDE:
            break
    return found


def _observed(fixes: Sequence[Fix], time: datetime, anchor: LonLat, track: Track) -> list[Observed]:
    metres = to_metres(anchor, [f.lon for f in fixes], [f.lat for f in fixes])
    minutes = all(f.time.second == 0 and f.time.microsecond == 0 for f in track.fixes)
    found = []
    for fix, place in zip(fixes, metres, strict=True):
        velocity = _velocity(fix)
        speed = 5.0 if velocity is None else math.hypot(*velocity)
        late = MINUTE_SD_S * speed if minutes else 0.0
        moved = place - _antenna(track, fix)
        found.append(
            Observed(
                seconds=(fix.time - time).total_seconds(),
                place_m=(float(moved[0]), float(moved[1])),
                place_sd_m=math.hypot(COARSE_SD_M if fix.coarse else FIX_SD_M, late),
                velocity_m_s=velocity,
                velocity_sd_m_s=0.25 + 0.03 * speed + (0.3 if fix.coarse else 0.0),
            )
        )
    return found


def _velocity(fix: Fix) -> tuple[float, float] | None:
    if fix.sog_kn is None:
        return None
    if fix.cog_deg is None:
        return (0.0, 0.0) if fix.sog_kn < 0.5 else None
    return speed_vector(fix.sog_kn, fix.cog_deg)


def _antenna(track: Track, fix: Fix) -> F64:
    """Metres (east, north) from the middle of the hull to the antenna; 0 where it is not known."""
    bow = fix.heading_deg if fix.heading_deg is not None else None
    if bow is None and fix.sog_kn is not None and fix.sog_kn > 3.0:
        bow = fix.cog_deg
    if bow is None or track.static.antenna_m is None:
        return np.zeros(2)
    forward, starboard = track.static.antenna_m
    sin, cos = math.sin(math.radians(bow)), math.cos(math.radians(bow))
    return np.array([forward * sin + starboard * cos, forward * cos - starboard * sin])


def _part(state: State, bound: float, extra: float) -> Part:
    """A state with its place no more uncertain than a ship can make it by sailing, and the antenna's own."""
    place, both, rate = state.covariance
    scale = min(1.0, bound / place)
    p, b, r = place * scale + extra, both * scale, min(rate, 36.0) if scale == 1.0 else min(rate * scale, 36.0)
    b = math.copysign(min(abs(b), 0.999 * math.sqrt(p * r)), b)
    return Part(
        weight=state.weight,
        name=state.name,
        east_m=state.mean[0],
        north_m=state.mean[1],
        east_m_s=state.mean[2],
        north_m_s=state.mean[3],
        covariance=((p, 0.0, b, 0.0), (0.0, p, 0.0, b), (b, 0.0, r, 0.0), (0.0, b, 0.0, r)),
    )


def cloud(parts: Sequence[Part]) -> tuple[F64, F64]:
    """(points (n, 2) in metres, weights (n,)) that stand for the place: a golden spiral a part, always the same."""
    turn = np.arange(SPIRAL)
    reach = np.sqrt(-2.0 * np.log1p(-(turn + 0.5) / SPIRAL))
    spiral = np.column_stack([reach * np.cos(turn * _GOLDEN), reach * np.sin(turn * _GOLDEN)])
    points, weights = [], []
    for part in parts:
        spread = np.linalg.cholesky(np.array(part.covariance)[:2, :2])
        points.append(spiral @ spread.T + (part.east_m, part.north_m))
        weights.append(np.full(SPIRAL, part.weight / SPIRAL))
    return np.vstack(points), np.concatenate(weights)


def _radius(points: F64, weights: F64, level: float = 0.9) -> float:
    """Radius around 0 that holds so much of the weight."""
    away = np.hypot(*points.T)
    order = np.argsort(away, kind="stable")
    held = np.cumsum(weights[order]) / weights.sum()
    return float(away[order][min(int(np.searchsorted(held, level)), len(order) - 1)])


def _heading(before: Sequence[Fix], after: Sequence[Fix], time: datetime) -> float | None:
    """The bow by the fix nearest in time; of one that lies at rest before and after, also of older fixes."""
    told = [f for f in (*before, *after) if f.heading_deg is not None]
    if not told:
        return None
    nearest = min(told, key=lambda f: abs((f.time - time).total_seconds()))
    old = abs((nearest.time - time).total_seconds()) > HEADING_MIN * 60.0
    resting = all(f.sog_kn is not None and f.sog_kn < 0.5 for f in (*before[:1], *after[:1])) and before and after
    turned = max(
        abs((f.heading_deg - (nearest.heading_deg or 0.0) + 180.0) % 360.0 - 180.0)
        for f in told
        if f.heading_deg is not None
    )
    return nearest.heading_deg if not old or (resting and turned < 15.0) else None
