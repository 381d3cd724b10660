"""How long a passage takes at least: the sea path is never shorter than the geodesic."""

from __future__ import annotations

from collections.abc import Sequence

from offing.errors import GeometryError
from offing.geo import NAUTICAL_MILE_M, LonLat, distance_m
from offing.records import Record
from offing.timespan import TimeSpan


class Passage(Record, frozen=True):
    """A bound on the way from one place to another."""

    nautical_miles: float
    """Geodesic distance: the sea path is longer."""
    hours: float
    """Least time at ``speed_kn``."""
    speed_kn: float
    note: str = "along the geodesic; the path by sea is longer, so the passage takes at least this"


def passage(start: LonLat, end: LonLat, speed_kn: float) -> Passage:
    """The least distance and time from ``start`` to ``end``. Raises GeometryError for a speed that is not above 0."""
    if not speed_kn > 0.0:
        raise GeometryError(f"a speed of {speed_kn} kn goes nowhere", fix="write knots above 0")
    miles = distance_m(start, end) / NAUTICAL_MILE_M
    return Passage(nautical_miles=miles, hours=miles / speed_kn, speed_kn=speed_kn)


def fits_in(way: Passage, nights: Sequence[TimeSpan]) -> bool:
    """Whether the passage can lie wholly inside one of these spans: False excludes it, True only leaves it open."""
    return any(way.hours <= night.hours for night in nights)


def excluded(way: Passage, seen_at_start_until: TimeSpan, seen_at_end_from: TimeSpan) -> bool:
    """Whether one ship cannot have made it: last surely seen at one place and first surely seen at the other.

    ``seen_at_start_until`` ends when the ship was last seen at the start; ``seen_at_end_from`` begins when it was
    first seen at the end. That it could have made it is weak: it excludes nothing.
    """
    between = (seen_at_end_from.start - seen_at_start_until.end).total_seconds() / 3600.0
    return between < way.hours
