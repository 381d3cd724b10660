"""The way from one place to another by water, and what may compute it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from offing.errors import GeometryError
from offing.geo import NAUTICAL_MILE_M, LonLat
from offing.quantities import Interval
from offing.records import Record


class Passage(Record, frozen=True):
    """A canal or strait that is narrower than the land data can show, as a line through it."""

    id: str
    name: str
    points: tuple[tuple[float, float], ...]
    """(lon, lat) from open water to open water, two or more, EPSG:4326."""
    source: str
    """Where its course was taken from."""
    canal: bool = True
    """True: dug, with locks, tolls or a greatest size; False: a natural strait."""

    def __post_init__(self) -> None:
        if len(self.points) < 2:
            raise GeometryError(f"the passage {self.id!r} has fewer than two points")


class SeaPath(Record, frozen=True):
    """The shortest way by water between two places. No ship sails it: she keeps clear of land and of other ships."""

    start: LonLat
    end: LonLat
    geodesic_m: float
    """The shortest line on the ellipsoid, through whatever lies in between, metres."""
    metres: float
    """Length of the path, the ways to the water at both ends included; never below ``geodesic_m``."""
    low_m: float
    """No way by water is shorter, as far as the land data can be trusted; never below ``geodesic_m``, metres."""
    high_m: float | None
    """The shortest way is not longer, as far as the land data can be trusted, metres; None: they cannot say."""
    points: tuple[tuple[float, float], ...]
    """(lon, lat) of its corners from start to end, geodesics between them, EPSG:4326; lon may jump at ±180."""
    basis: str
    """What it was computed from."""
    passages: tuple[str, ...] = ()
    """Names of the canals and narrow straits that it uses, in order."""
    reached: bool = True
    """False: no way by water is known, and ``metres`` is the geodesic, a lower bound."""
    notes: tuple[str, ...] = ()
    """What a reader has to know: how far an end was moved to reach the water, and the like."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.geodesic_m <= self.low_m <= self.metres:
            raise GeometryError("a sea path that is shorter than the shortest line")
        if self.high_m is not None and self.high_m < self.metres:
            raise GeometryError("a sea path that is longer than its own upper bound")

    @property
    def nautical_miles(self) -> float:
        """Length in nautical miles."""
        return self.metres / NAUTICAL_MILE_M

    def hours(self, knots: float) -> Interval:
        """Least and, as far as known, greatest time under way on the shortest path at a steady speed, hours.

        Where no upper bound of the length is known, the path's own length stands for it.
        """
        speed = knots * NAUTICAL_MILE_M
        high = self.metres if self.high_m is None else self.high_m
        return Interval(low=self.low_m / speed, high=high / speed, level=1.0)


class SeaRoutes(Protocol):
    """Whatever finds ways by water."""

    def path(self, start: LonLat, end: LonLat) -> SeaPath:
        """The shortest way by water from one place to the other."""
        ...

    def paths(self, pairs: Sequence[tuple[LonLat, LonLat]]) -> tuple[SeaPath, ...]:
        """The same for many pairs, in their order."""
        ...
