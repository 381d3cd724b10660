"""Where a satellite was that keeps one ground track: the track is repeated exactly, anchored to nodes once observed.

A station-kept satellite crosses the equator northwards at the same longitudes cycle after cycle. In a cycle of D days
and N orbits the nodes are D/N days and 360·D/N degrees apart. Each anchor is a node that was observed; between anchors
the small departures from that rhythm (seconds, from the slow drift of the local time of the node) are taken linearly,
before the first and after the last they are held. Along one orbit the satellite moves as SGP4 moves it on the frozen
orbit that the anchors have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from offing.looks.passes.model import Elements, Repeat, Station
from offing.looks.passes.tracks import DAY_S, Floats, peaks, propagate, seconds

_STEP_S = 10.0
"""Between the points of the table of one orbit; cubic between them."""

_ROUGH = 6
"""Every so many points of the table are looked at first."""


@dataclass(frozen=True)
class RepeatTrack:
    """The track of one station of one satellite."""

    station: Station
    repeat: Repeat

    @property
    def height_m(self) -> float:
        """See ``Track``."""
        return float(np.linalg.norm(self._table.position, axis=-1).max()) - 6_356_000.0

    @cached_property
    def _table(self) -> _Table:
        mid = self.station.anchors[len(self.station.anchors) // 2]
        e_cos = float(np.mean([a.eccentricity * np.cos(np.radians(a.perigee_deg)) for a in self.station.anchors]))
        e_sin = float(np.mean([a.eccentricity * np.sin(np.radians(a.perigee_deg)) for a in self.station.anchors]))
        inclination = float(np.mean([a.inclination_deg for a in self.station.anchors]))
        return _table(self.repeat, inclination, e_cos, e_sin, mid.node)

    @cached_property
    def _anchors(self) -> tuple[Floats, Floats, Floats]:
        """Orbits counted from the first anchor, and there the departures in time (s) and longitude (degrees)."""
        first, period = self.station.anchors[0], self.repeat.period_s
        since = np.array([seconds(a.node) - seconds(first.node) for a in self.station.anchors])
        count = np.round(since / period)
        east = np.array([a.lon - first.lon for a in self.station.anchors]) + count * self._step_deg
        return count, since - count * period, np.mod(east + 180.0, 360.0) - 180.0

    @property
    def _step_deg(self) -> float:
        return 360.0 * self.repeat.days / self.repeat.orbits

    def node(self, count: Floats) -> tuple[Floats, Floats]:
        """(time, longitude in degrees) of the node of orbits counted from the first anchor."""
        counts, late, east = self._anchors
        first = self.station.anchors[0]
        time = seconds(first.node) + count * self.repeat.period_s + np.interp(count, counts, late)
        return time, first.lon - count * self._step_deg + np.interp(count, counts, east)

    def states(self, times: Floats) -> tuple[Floats, Floats]:
        """See ``Track``."""
        first = seconds(self.station.anchors[0].node)
        count = np.floor((times - first) / self.repeat.period_s)
        node, lon = self.node(count)
        # Near a node a late anchor can put a time before its own orbit's node; the table reaches a little further.
        return self._table.at(times - node, np.radians(lon))

    def near(self, up: Floats, reach_rad: float, start: float, end: float) -> Floats:
        """See ``Track``."""
        lon = np.radians(self.node(np.arange(float(self.repeat.orbits)))[1])
        seen = np.stack([up[0] * np.cos(lon) + up[1] * np.sin(lon), up[1] * np.cos(lon) - up[0] * np.sin(lon),
                         np.full_like(lon, up[2])])  # fmt: skip
        rough = slice(0, None, _ROUGH)
        position = self._table.position[rough]
        closeness = position / np.linalg.norm(position, axis=-1, keepdims=True) @ seen
        slack = 0.6 * _ROUGH * _STEP_S * 2.0 * np.pi / self.repeat.period_s
        point, orbit = peaks(closeness, np.cos(min(np.pi, reach_rad + slack)))
        along = self._table.times[rough][point + 1]
        inside = (along >= 0.0) & (along < self.repeat.period_s)
        return self._repeated(orbit[inside], along[inside], start, end)

    def _repeated(self, orbit: NDArray[np.intp], along: Floats, start: float, end: float) -> Floats:
        """The times between ``start`` and ``end`` at which ``orbit`` of the cycle is ``along`` after its node."""
        cycle, first = self.repeat.days * DAY_S, seconds(self.station.anchors[0].node)
        cycles = np.arange(np.floor((start - first) / cycle) - 1.0, np.ceil((end - first) / cycle) + 1.0)
        count = orbit[None, :] + cycles[:, None] * self.repeat.orbits
        times = self.node(count)[0] + along
        return np.sort(times[(times >= start - 120.0) & (times <= end + 120.0)])


@dataclass(frozen=True)
class _Table:
    """One orbit from its ascending node at longitude 0, in a frame that turns with the Earth."""

    times: Floats
    position: Floats
    velocity: Floats

    def at(self, along: Floats, lon: Floats) -> tuple[Floats, Floats]:
        """Position and velocity ``along`` seconds after a node at ``lon`` (radians)."""
        place = np.clip((along - self.times[0]) / _STEP_S, 0.0, len(self.times) - 1.001)
        index = place.astype(np.intp)
        f = (place - index)[..., None]
        p0, p1 = self.position[index], self.position[index + 1]
        m0, m1 = self.velocity[index] * _STEP_S, self.velocity[index + 1] * _STEP_S
        a, b = 2.0 * (p0 - p1) + m0 + m1, 3.0 * (p1 - p0) - 2.0 * m0 - m1
        position = ((a * f + b) * f + m0) * f + p0
        velocity = ((3.0 * a * f + 2.0 * b) * f + m0) / _STEP_S
        cos, sin = np.cos(lon), np.sin(lon)
        return _east(position, cos, sin), _east(velocity, cos, sin)


def _east(vector: Floats, cos: Floats, sin: Floats) -> Floats:
    x, y = vector[..., 0], vector[..., 1]
    return np.stack([x * cos - y * sin, x * sin + y * cos, vector[..., 2]], axis=-1)


@cache
def _table(repeat: Repeat, inclination: float, e_cos: float, e_sin: float, epoch: datetime) -> _Table:
    """The table for a frozen orbit whose period from node to node is that of the repeated track."""
    revolutions = repeat.orbits / repeat.days
    for _ in range(4):
        nodes = [_node(_mean(inclination, e_cos, e_sin, revolutions, epoch), k * repeat.period_s) for k in (0, 1)]
        revolutions *= (nodes[1][0] - nodes[0][0]) / repeat.period_s
    elements = _mean(inclination, e_cos, e_sin, revolutions, epoch)
    start, lon = nodes[0]
    margin = 12.0 * _STEP_S * _ROUGH
    times = np.arange(-margin, repeat.period_s + margin, _STEP_S)
    position, velocity = propagate(elements, start + times)
    back = np.full_like(times, -lon)
    cos, sin = np.cos(back), np.sin(back)
    return _Table(times, _east(position, cos, sin), _east(velocity, cos, sin))


def _mean(inclination: float, e_cos: float, e_sin: float, revolutions: float, epoch: datetime) -> Elements:
    perigee = np.degrees(np.arctan2(e_sin, e_cos)) % 360.0
    return Elements(
        name=None, norad=0, epoch=epoch.astimezone(UTC), inclination_deg=inclination, node_deg=0.0,
        eccentricity=float(np.hypot(e_cos, e_sin)), perigee_deg=float(perigee), anomaly_deg=float(-perigee % 360.0),
        revolutions=revolutions, drag=0.0, origin="reference orbit",
    )  # fmt: skip


def _node(elements: Elements, about: float) -> tuple[float, float]:
    """(time, longitude in radians) of the ascending node ``about`` seconds after the epoch."""
    time = seconds(elements.epoch) + about
    for _ in range(8):
        position, velocity = propagate(elements, np.array([time]))
        time -= float(position[0, 2] / velocity[0, 2])
    return time, float(np.arctan2(position[0, 1], position[0, 0]))
