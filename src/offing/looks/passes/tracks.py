"""Where a satellite was, from mean elements by SGP4 or from a ground track that it repeats.

Times are seconds since 1970-01-01 UTC without leap seconds, positions metres and velocities metres a second over the
turning Earth, in the Earth-fixed frame. From SGP4's frame (TEME) to the Earth-fixed one by sidereal time alone
(Vallado et al. 2006, "Revisiting Spacetrack Report #3"); what is neglected, the motion of the pole and UT1 − UTC,
stays below 15 m and 0.9 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from offing.errors import OrbitError
from offing.looks.passes.model import Elements

Floats = NDArray[np.float64]

DAY_S = 86400.0
MU = 3.986004418e14
"""Gravitational parameter of the Earth, m³/s²."""

_JD_1970 = 2440587.5
_JD_1949 = 2433281.5
_TURN = 7.292115146706979e-5
"""Rotation of the Earth, radians a second."""

_STEP_S = 150.0
"""Between the points of a rough search: in it a low satellite flies 10°."""


class Track(Protocol):
    """A satellite's way over the Earth."""

    def states(self, times: Floats) -> tuple[Floats, Floats]:
        """Position and velocity, each of the shape of ``times`` with (x, y, z) last."""
        ...

    def near(self, up: Floats, reach_rad: float, start: float, end: float) -> Floats:
        """Rough times, within 75 s, at which the satellite comes closest to the place whose unit vector is ``up``.

        All of those closer than ``reach_rad`` at the Earth's centre, and some more; about those between ``start`` and
        ``end``.
        """
        ...

    @property
    def height_m(self) -> float:
        """About how high it flies at most, metres."""
        ...


def seconds(instant: datetime) -> float:
    """Seconds since 1970-01-01 UTC."""
    return instant.timestamp()


def instant(time: float) -> datetime:
    """The UTC instant, to the second."""
    return datetime.fromtimestamp(round(time), tz=UTC)


def abeam(track: Track, times: Floats, at: Floats) -> tuple[Floats, Floats, Floats]:
    """(times, positions, velocities) at which the places ``at`` (…, 3) are abeam, from rough ``times`` (…)."""
    for _ in range(5):
        position, velocity = track.states(times)
        line = at - position
        pull = -MU * position / np.linalg.norm(position, axis=-1, keepdims=True) ** 3
        slope = (line * pull).sum(-1) - (velocity**2).sum(-1)
        times = times - np.clip((line * velocity).sum(-1) / slope, -120.0, 120.0)
    return times, *track.states(times)


def peaks(closeness: NDArray[np.floating], least: float) -> tuple[NDArray[np.intp], ...]:
    """Indices of local maxima along the first axis that are at least ``least``."""
    middle = closeness[1:-1]
    return np.nonzero((middle >= closeness[:-2]) & (middle > closeness[2:]) & (middle >= least))


def sidereal(times: Floats) -> Floats:
    """Greenwich mean sidereal time (IAU 1982), radians."""
    days = (times / DAY_S) + (_JD_1970 - 2451545.0)
    century = days / 36525.0
    # 876600 h a century is one turn a day: taken modulo a day, so that whole turns do not cost precision.
    polynomial = 67310.54841 + 8640184.812866 * century + 0.093104 * century**2 - 6.2e-6 * century**3
    return np.asarray(np.mod(np.mod(days, 1.0) + polynomial / DAY_S, 1.0) * 2.0 * np.pi)


def satrec(elements: Elements) -> object:
    """The SGP4 model of an element set (WGS 72, as element sets are made with)."""
    from sgp4.api import WGS72, Satrec  # type: ignore[import-untyped]

    model = Satrec()
    turn = np.pi / 180.0
    model.sgp4init(
        WGS72, "i", elements.norad % 100_000, seconds(elements.epoch) / DAY_S + (_JD_1970 - _JD_1949), elements.drag,
        0.0, 0.0, elements.eccentricity, elements.perigee_deg * turn, elements.inclination_deg * turn,
        elements.anomaly_deg * turn, elements.revolutions * 2.0 * np.pi / 1440.0, elements.node_deg * turn,
    )  # fmt: skip
    return model


def propagate(elements: Elements, times: Floats) -> tuple[Floats, Floats]:
    """Earth-fixed positions and velocities (n, 3) by SGP4. Raises OrbitError where the satellite has decayed."""
    position, velocity, cos, sin = _sgp4(elements, times)
    return _turned(position, cos, sin) * 1000.0, _fixed_velocity(position, velocity, cos, sin) * 1000.0


def _sgp4(elements: Elements, times: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Positions (km) and velocities (km/s) in SGP4's frame, and cosine and sine of the sidereal time."""
    whole = np.floor(times / DAY_S)
    error, position, velocity = satrec(elements).sgp4_array(  # type: ignore[attr-defined]
        whole + _JD_1970, (times - whole * DAY_S) / DAY_S
    )
    if error.any():
        raise OrbitError(
            "these elements cannot be carried so far: the satellite would have decayed",
            where=elements.origin,
            fix="give elements nearer to the time asked",
        )
    angle = sidereal(times)
    return position, velocity, np.cos(angle), np.sin(angle)


def _turned(vector: Floats, cos: Floats, sin: Floats) -> Floats:
    x, y = vector[..., 0], vector[..., 1]
    return np.stack([x * cos + y * sin, y * cos - x * sin, vector[..., 2]], axis=-1)


def _fixed_velocity(position: Floats, velocity: Floats, cos: Floats, sin: Floats) -> Floats:
    turning = np.stack([-position[..., 1], position[..., 0], np.zeros_like(position[..., 0])], axis=-1) * _TURN
    return _turned(velocity - turning, cos, sin)


@dataclass(frozen=True)
class ElementTrack:
    """By SGP4, from the element set whose epoch is nearest to each time."""

    sets: tuple[Elements, ...]

    @property
    def height_m(self) -> float:
        """At the apogee, metres."""
        apogees = [
            (MU / (e.revolutions * 2.0 * np.pi / DAY_S) ** 2) ** (1.0 / 3.0) * (1.0 + e.eccentricity) for e in self.sets
        ]
        return float(max(apogees)) - 6_356_000.0

    def nearest(self, times: Floats) -> NDArray[np.intp]:
        """Index of the element set for each of ``times``."""
        epochs = np.array([seconds(e.epoch) for e in self.sets])
        return np.searchsorted((epochs[1:] + epochs[:-1]) / 2.0, times)

    def states(self, times: Floats) -> tuple[Floats, Floats]:
        """See ``Track``."""
        flat = np.ravel(times)
        position, velocity = np.empty((flat.size, 3)), np.empty((flat.size, 3))
        which = self.nearest(flat)
        for index in np.unique(which):
            chosen = which == index
            position[chosen], velocity[chosen] = propagate(self.sets[index], flat[chosen])
        shape = (*np.shape(times), 3)
        return position.reshape(shape), velocity.reshape(shape)

    def near(self, up: Floats, reach_rad: float, start: float, end: float) -> Floats:
        """See ``Track``."""
        times, directions = _rough(self, *(DAY_S * round(edge) for edge in (start / DAY_S - 1.0, end / DAY_S + 1.0)))
        closeness = directions @ up.astype(np.float32)
        # Between two points of the search the satellite can be nearer by half of what it flies in between.
        slack = 0.6 * _STEP_S * 2.0 * np.pi * max(e.revolutions for e in self.sets) / DAY_S
        (index,) = peaks(closeness, np.cos(min(np.pi, reach_rad + slack)))
        found = times[index + 1]
        return found[(found >= start - 2.0 * _STEP_S) & (found <= end + 2.0 * _STEP_S)]


@lru_cache(maxsize=16)
def _rough(track: ElementTrack, start: float, end: float) -> tuple[Floats, NDArray[np.float32]]:
    """Times a step apart and the unit vectors to the satellite at them, kept for the next site."""
    times = np.arange(start, end + _STEP_S, _STEP_S)
    directions = np.empty((times.size, 3), np.float32)
    which = track.nearest(times)
    for index in np.unique(which):
        chosen = which == index
        position, _, cos, sin = _sgp4(track.sets[index], times[chosen])
        directions[chosen] = _turned(position, cos, sin) / np.linalg.norm(position, axis=-1, keepdims=True)
    return times, directions


def track_of(sets: Sequence[Elements]) -> ElementTrack:
    """A track from element sets. Raises OrbitError for an orbit that does not pass low over the Earth."""
    for e in sets:
        axis = (MU / (e.revolutions * 2.0 * np.pi / DAY_S) ** 2) ** (1.0 / 3.0)
        if axis * (1.0 - e.eccentricity) < 6_478_000.0 or axis * (1.0 + e.eccentricity) > 8_878_000.0:
            raise OrbitError(
                "this orbit does not stay between 100 and 2500 km up",
                where=e.origin,
                fix="give elements of a low satellite that takes pictures",
            )
    return ElementTrack(tuple(sorted(sets, key=lambda e: e.epoch)))
