"""When it was dark: the sun's elevation at a place, and the nights of a span.

Elevations are those of the sun's centre without refraction, by the NOAA solar equations (Meeus 1998) as
implemented in astral; against the worked example of NREL's Solar Position Algorithm (Reda and Andreas 2004)
the error is below 0.01°.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import pairwise

from offing.errors import OffingError
from offing.geo import LonLat
from offing.timespan import TimeSpan

SUNSET_DEG = -0.833
"""Elevation of the sun's centre at sunrise and sunset: 34′ of refraction and 16′ of radius."""

DARK_DEG = -6.0
"""End of civil twilight: below it work outdoors needs lamps, and no optical picture shows a ship."""

_TURNING_DEG_PER_H = 15.06
"""At the equator the sun's elevation never changes faster than the Earth turns; elsewhere by the cosine of latitude."""

_DECLINING_DEG_PER_H = 0.02
"""And by this, for the sun moves north and south."""

_STEP = timedelta(minutes=2)
"""A night, or a break in one, that is shorter than this may be missed."""

_PRECISION = timedelta(seconds=0.5)


def sun_elevation_deg(place: LonLat, t: datetime) -> float:
    """Elevation of the sun's centre above the horizon in degrees, −90 to 90, without refraction.

    ``t`` is an instant with its zone. Raises OffingError for a time without one.
    """
    from astral import Observer
    from astral.sun import elevation

    _check_zone(t)
    return float(elevation(Observer(latitude=place.lat, longitude=place.lon), t, with_refraction=False))


def sun_azimuth_deg(place: LonLat, t: datetime) -> float:
    """Direction of the sun in degrees clockwise from true north, 0–360. Raises as ``sun_elevation_deg``."""
    from astral import Observer
    from astral.sun import azimuth

    _check_zone(t)
    return float(azimuth(Observer(latitude=place.lat, longitude=place.lon), t)) % 360.0


def nights(place: LonLat, span: TimeSpan, below_deg: float = DARK_DEG) -> tuple[TimeSpan, ...]:
    """The parts of ``span`` during which the sun stood below ``below_deg``, in order, to the second.

    The default is the dark of civil night, the sun's centre more than 6° below the horizon. Give ``SUNSET_DEG``
    for sunset to sunrise. A polar night gives the whole span, a polar day nothing. Nights are cut at the span's
    ends.
    """
    edges = [span.start, *_crossings(place, span, below_deg), span.end]
    dark = sun_elevation_deg(place, span.start) < below_deg
    found = []
    for start, end in pairwise(edges):
        if dark and end > start:
            found.append(TimeSpan(start=start, end=end))
        dark = not dark
    return tuple(found)


def _crossings(place: LonLat, span: TimeSpan, level: float) -> list[datetime]:
    """Instants inside the span at which the sun passes ``level``, either way."""
    found = []
    t, height = span.start, sun_elevation_deg(place, span.start) - level
    fastest = _TURNING_DEG_PER_H * math.cos(math.radians(place.lat)) + _DECLINING_DEG_PER_H
    while t < span.end:
        # No crossing can come sooner than the fastest sun would bring it.
        stride = max(_STEP, timedelta(hours=0.98 * abs(height) / fastest))
        later = t + stride if span.end - t > stride else span.end
        height_later = sun_elevation_deg(place, later) - level
        if (height < 0.0) != (height_later < 0.0):
            found.append(_crossing(place, (t, height), (later, height_later), level))
        t, height = later, height_later
    return found


def _crossing(place: LonLat, before: tuple[datetime, float], after: tuple[datetime, float], level: float) -> datetime:
    """The crossing between two instants, each with the height above ``level``, whose signs differ; to the second."""
    (start, low), (end, high) = before, after
    while end - start > _PRECISION:
        # So short a stretch of the sun's path is all but straight: two probes close about the crossing.
        guess = start + (end - start) * (low / (low - high))
        for probe in (guess - _PRECISION / 2, guess + _PRECISION / 2, start + (end - start) / 2):
            if start < probe < end and end - start > _PRECISION:
                height = sun_elevation_deg(place, probe) - level
                if (height < 0.0) == (low < 0.0):
                    start, low = probe, height
                else:
                    end, high = probe, height
    return end.replace(microsecond=0)


def _check_zone(t: datetime) -> None:
    if t.tzinfo is None:
        raise OffingError(f"{t.isoformat()} has no time zone", fix="give the time in UTC")
