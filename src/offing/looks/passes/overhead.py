"""The passes of satellites over a place: when it lay within what they see.

A pass is an overflight, not an acquisition: whether the satellite took a picture is for its plan to say, and whether
there is one for a catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from offing.geo import LonLat
from offing.looks.darkness import sun_elevation_deg
from offing.looks.passes.geometry import Ground, Sight, disc, reach_rad, sight
from offing.looks.passes.model import Orbit, Pass, Unplaced
from offing.looks.passes.placing import Piece, pieces, unplaced
from offing.looks.passes.satellites import acquired
from offing.looks.passes.tracks import Floats, abeam
from offing.timespan import TimeSpan

LEAST_SUN_DEG = 5.0
"""Below this elevation of the sun an optical picture shows no ship: shadow, glow and too little light."""

_SAME = timedelta(minutes=2)
"""Passes of one satellite closer than this are one."""

_GROUND_M_S = 6500.0
"""The slowest that a low satellite's picture moves over the ground, metres a second."""


def passes_over(
    place: LonLat, radius_m: float, span: TimeSpan, orbits: Sequence[Orbit], *, strict: bool = True
) -> tuple[Pass, ...]:
    """Passes of ``orbits`` in which some of the circle of ``radius_m`` around ``place`` lies in the swath, by time.

    Passes count whose closest moment lies in ``span``. Raises OrbitError for elements too old for the span, or, where
    not ``strict``, warns and goes on without them; warns where they are old. Satellites whose place is not known give
    no passes: see ``not_known``.
    """
    circle = disc(place, radius_m)
    found: list[Pass] = []
    for orbit in orbits:
        last: Pass | None = None
        for piece in pieces(orbit, span.start, span.end, strict=strict):
            for one in sorted(_of_piece(orbit, piece, circle, place, radius_m), key=lambda p: p.time):
                # Where one piece ends and the next begins, both may have the same pass, a second apart.
                if last is None or one.time - last.time > _SAME:
                    found.append(one)
                last = one
    return tuple(sorted(found, key=lambda p: (p.time, p.satellite, p.sensor)))


def next_passes(
    place: LonLat, radius_m: float, after: datetime, orbits: Sequence[Orbit], *, days: float = 14.0
) -> tuple[Pass, ...]:
    """The passes of the ``days`` after ``after`` (UTC), by time; warns of elements too old and goes on without them."""
    span = TimeSpan(start=after, end=after + timedelta(days=days))
    return passes_over(place, radius_m, span, orbits, strict=False)


def not_known(span: TimeSpan, orbits: Sequence[Orbit]) -> tuple[Unplaced, ...]:
    """When satellites among ``orbits`` were at work and no pass of theirs can be told, for want of their orbit."""
    return unplaced(orbits, span.start, span.end)


def _of_piece(orbit: Orbit, piece: Piece, circle: Ground, place: LonLat, radius_m: float) -> Iterator[Pass]:
    reach = reach_rad(orbit.swath, piece.track.height_m) + (radius_m + 50_000.0) / 6_356_000.0
    rough = piece.track.near(circle.position[0] / np.linalg.norm(circle.position[0]), reach, piece.start, piece.end)
    centre = np.broadcast_to(circle.position[0], (rough.size, 3))
    times, position, velocity = abeam(piece.track, rough, centre)
    seen = sight(orbit.swath, position, velocity, Ground(centre, np.broadcast_to(circle.up[0], centre.shape)))
    inside = (times >= piece.start) & (times < piece.end) & (seen.edge_km > -1.5 * radius_m / 1000.0 - 1.0)
    late, aside = piece.uncertainty(times)
    for i in np.unique(np.round(times, 1), return_index=True)[1]:
        if not inside[i]:
            continue
        covers, start, end = _covered(orbit, piece, circle, radius_m, float(times[i]), float(seen.edge_km[i]))
        if covers > 0.0:
            yield _pass(orbit, piece, place, seen, i, float(times[i]), covers, (start, end), (late[i], aside[i]))


def _covered(
    orbit: Orbit, piece: Piece, circle: Ground, radius_m: float, time: float, edge_km: float
) -> tuple[float, float, float]:
    """(fraction of the circle within the swath, when its first part is abeam, when its last)."""
    if edge_km > 1.1 * radius_m / 1000.0 + 0.5:
        half = radius_m / _GROUND_M_S
        return 1.0, time - half, time + half
    times, position, velocity = abeam(piece.track, np.full(len(circle.position), time), circle.position)
    within = sight(orbit.swath, position, velocity, circle).edge_km >= 0.0
    if not within.any():
        return 0.0, time, time
    return float(within.mean()), float(times[within].min()), float(times[within].max())


def _pass(
    orbit: Orbit, piece: Piece, place: LonLat, seen: Sight, i: int, time: float, covers: float,
    ends: tuple[float, float], uncertainty: tuple[Floats, Floats],
) -> Pass:  # fmt: skip
    moment = datetime.fromtimestamp(round(time), tz=UTC)
    sun = sun_elevation_deg(place, moment)
    plan = f"; pictures are taken {acquired(orbit.known, moment)}" if orbit.known else ""
    return Pass(
        satellite=orbit.satellite,
        sensor=orbit.swath.mode,
        band=orbit.swath.band,
        start=_whole(ends[0], down=True),
        end=_whole(ends[1], down=False),
        time=moment,
        direction="ascending" if seen.ascending[i] else "descending",
        off_nadir_deg=round(float(seen.off_nadir_deg[i]), 2),
        incidence_deg=round(float(seen.incidence_deg[i]), 2),
        side="right" if seen.right[i] else "left",
        covers=round(covers, 3),
        edge_km=round(float(seen.edge_km[i]), 1),
        sun_elevation_deg=round(sun, 1),
        daylight=sun >= LEAST_SUN_DEG,
        basis=f"{piece.basis(time)}; an overflight, not an acquisition{plan}",
        uncertainty_s=round(float(uncertainty[0]), 1),
        uncertainty_km=round(float(uncertainty[1]), 1),
    )


def _whole(time: float, *, down: bool) -> datetime:
    """The whole second at or before, or at or after, ``time``."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(np.floor(time) if down else np.ceil(time)))
