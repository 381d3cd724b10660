"""Which track a satellite is followed on at which time, how far it can be trusted there, and where there is none."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from offing.errors import OffingWarning, OrbitError
from offing.looks.passes.model import Elements, Orbit, Satellite, Unplaced
from offing.looks.passes.repeats import RepeatTrack
from offing.looks.passes.satellites import at_work, on_station
from offing.looks.passes.tracks import DAY_S, ElementTrack, Floats, Track, seconds, track_of

FRESH_D = 7.0
"""Elements nearer than this to the time asked are good to a few seconds."""

STALE_D = 30.0
"""Elements farther than this from the time asked are refused."""

_LOW_M = 600_000.0
"""Below this the air slows a satellite so that elements age faster."""


@dataclass(frozen=True)
class Piece:
    """A stretch of time (seconds since 1970) on one track."""

    track: Track
    start: float
    end: float

    def uncertainty(self, times: Floats) -> tuple[Floats, Floats]:
        """(seconds along the track, kilometres across it) that hold at about 95 %, for each of ``times``."""
        if isinstance(self.track, ElementTrack):
            return _of_elements(self.track, times)
        assert isinstance(self.track, RepeatTrack)
        return _of_repeat(self.track, times)

    def basis(self, time: float) -> str:
        """What the position at ``time`` was computed from."""
        if isinstance(self.track, ElementTrack):
            used = self.track.sets[int(self.track.nearest(np.array([time]))[0])]
            return f"elements of {used.epoch:%Y-%m-%d}"
        assert isinstance(self.track, RepeatTrack)
        nearest = min(self.track.station.anchors, key=lambda a: abs(seconds(a.node) - time))
        return f"reference orbit, anchored on {nearest.node:%Y-%m-%d}"


def _of_elements(track: ElementTrack, times: Floats) -> tuple[Floats, Floats]:
    """Grows with the square of the age; measured on pairs of element sets of one satellite (docs/accuracy.md).

    48 pairs of Sentinel-1, -2 and Landsat, 4 to 30 days apart, gave the growth (47 lie within it); 14 of Terra, Suomi
    NPP and NOAA-20, not looked at before, all lie within it. For satellites lower than 600 km there was one pair
    (ICESat-2, 10 days, at a time of much sun), and the growth is made to hold it.
    """
    epochs = np.array([seconds(e.epoch) for e in track.sets])
    age = np.abs(times - epochs[track.nearest(times)]) / DAY_S
    along, across = (1.0, 0.5) if track.height_m < _LOW_M else (0.035, 0.015)
    return 2.0 + along * age**2, 1.0 + across * age**2


def _of_repeat(track: RepeatTrack, times: Floats) -> tuple[Floats, Floats]:
    """As measured by leaving anchors out, growing by as much again every two years from the nearest anchor."""
    nodes = np.array([seconds(a.node) for a in track.station.anchors])
    years = np.abs(times[:, None] - nodes).min(axis=1) / (365.25 * DAY_S)
    growth = 1.0 + years / 2.0
    return track.repeat.late_s * growth, track.repeat.aside_km * growth


def pieces(orbit: Orbit, start: datetime, end: datetime, *, strict: bool = True) -> list[Piece]:
    """Where the satellite is followed between ``start`` and ``end``, in order of time.

    Elements count within ``FRESH_D`` of their epoch, then the repeated track, then elements up to ``STALE_D``, with a
    warning. Raises OrbitError where elements are all that there is and they are too old; where not ``strict``, or where
    the repeated track serves otherwise, a warning says so.
    """
    span = at_work(orbit.known, start, end) if orbit.known else (start, end)
    if span is None:
        return []
    first, last = seconds(span[0]), seconds(span[1])
    if not orbit.elements:
        return list(_on_stations(orbit.known, first, last))
    track = track_of(orbit.elements)
    fresh = _around(track, FRESH_D, first, last)
    found = [Piece(track, a, b) for a, b in fresh]
    for a, b in _without(first, last, fresh):
        found += _on_stations(orbit.known, a, b)
    rest = _without(first, last, [(p.start, p.end) for p in found])
    usable = [part for a, b in rest for part in _around(track, STALE_D, a, b)]
    stationed = orbit.known is not None and bool(orbit.known.stations)
    for a, b in _without_all(rest, usable):
        _too_old(orbit, a, b, strict=strict and not stationed)
    if stationed and not _around(track, STALE_D, first, last):
        _too_old(orbit, first, last, strict=False)
    if usable:
        _warn_of_age(orbit, track, usable)
    found += [Piece(track, a, b) for a, b in usable]
    return sorted(found, key=lambda p: p.start)


def check_age(orbit: Orbit, start: datetime, end: datetime) -> None:
    """Raises OrbitError, naming their age, where elements were given of which none serves ``start`` to ``end``."""
    span = at_work(orbit.known, start, end) if orbit.known else (start, end)
    if span is None or not orbit.elements:
        return
    first, last = seconds(span[0]), seconds(span[1])
    if not _around(track_of(orbit.elements), STALE_D, first, last):
        _too_old(orbit, first, last, strict=True)


def unplaced(orbits: Sequence[Orbit], start: datetime, end: datetime) -> tuple[Unplaced, ...]:
    """When satellites were at work and their place is not known, so that no pass of theirs can be told."""
    found = []
    for orbit in orbits:
        span = at_work(orbit.known, start, end) if orbit.known else (start, end)
        stationed = orbit.known is not None and bool(orbit.known.stations)
        if span is None or (orbit.elements and not stationed):
            continue  # elements that do not reach are refused where passes are asked for
        first, last = seconds(span[0]), seconds(span[1])
        told = [(p.start, p.end) for p in _on_stations(orbit.known, first, last)]
        if orbit.elements:
            told += _around(track_of(orbit.elements), STALE_D, first, last)
        for a, b in _without(first, last, told):
            gap = [datetime.fromtimestamp(t, tz=UTC) for t in (a, b)]
            reason = "no anchor of its orbit can be trusted then; give elements (TLE or OMM) of the time"
            found.append(Unplaced(satellite=orbit.satellite, start=gap[0], end=gap[1], reason=reason))
    return tuple(found)


def _on_stations(known: Satellite | None, start: float, end: float) -> Iterator[Piece]:
    if known is None or known.repeat is None:
        return
    edges = datetime.fromtimestamp(start, tz=UTC), datetime.fromtimestamp(end, tz=UTC)
    for station in known.stations:
        held = on_station(station, *edges)
        if held:
            yield Piece(RepeatTrack(station, known.repeat), seconds(held[0]), seconds(held[1]))


def _too_old(orbit: Orbit, start: float, end: float, *, strict: bool) -> None:
    """Say how old the nearest elements are where a stretch that they do not serve is farthest from them."""
    age, used, time = max((*_age(orbit.elements, float(t)), float(t)) for t in np.linspace(start, end, 65))
    asked = datetime.fromtimestamp(time, tz=UTC)
    words = f"{age:.0f} days" if age < 730.0 else f"{age / 365.25:.1f} years"
    what = f"the elements of {orbit.satellite} of {used:%Y-%m-%d} are {words} from {asked:%Y-%m-%d}"
    if strict:
        raise OrbitError(
            f"{what}: after {STALE_D:.0f} days they say nothing reliable",
            where=orbit.elements[0].origin,
            fix="give elements nearer to the time asked, or ask for another span",
        )
    warnings.warn(f"{what}: they are not used", OffingWarning, stacklevel=2)


def _warn_of_age(orbit: Orbit, track: ElementTrack, parts: Sequence[tuple[float, float]]) -> None:
    edges = np.array([t for part in parts for t in part])
    oldest = max(_age(track.sets, float(t))[0] for t in edges)
    late = float(_of_elements(track, edges)[0].max())
    warnings.warn(
        f"the elements of {orbit.satellite} are up to {oldest:.0f} days from the times asked: "
        f"its passes are uncertain by up to {late:.0f} s",
        OffingWarning,
        stacklevel=2,
    )


def _age(sets: Sequence[Elements], time: float) -> tuple[float, datetime]:
    """(days to the nearest epoch, that epoch)."""
    used = min((e.epoch for e in sets), key=lambda epoch: abs(seconds(epoch) - time))
    return abs(seconds(used) - time) / DAY_S, used


def _around(track: ElementTrack, days: float, start: float, end: float) -> list[tuple[float, float]]:
    """The parts of ``start`` to ``end`` that lie within ``days`` of an epoch."""
    found: list[tuple[float, float]] = []
    for e in track.sets:
        a, b = max(start, seconds(e.epoch) - days * DAY_S), min(end, seconds(e.epoch) + days * DAY_S)
        if a >= b:
            continue
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], b))
        else:
            found.append((a, b))
    return found


def _without(start: float, end: float, taken: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What remains of ``start`` to ``end``."""
    left, at = [], start
    for a, b in sorted(taken):
        if a > at:
            left.append((at, min(a, end)))
        at = max(at, b)
    if at < end:
        left.append((at, end))
    return left


def _without_all(
    parts: Sequence[tuple[float, float]], taken: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """What remains of all ``parts``."""
    return [left for a, b in parts for left in _without(a, b, [t for t in taken if t[0] < b and t[1] > a])]
