"""When it was dark: the sun's elevation at a place, and the nights of a span.

Elevations are those of the sun's centre without refraction, by the NOAA solar equations (Meeus 1998) as
implemented in astral; against the worked example of NREL's Solar Position Algorithm (Reda and Andreas 2004)
the error is below 0.01°.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from offing.errors import OffingError
from offing.geo import LonLat
from offing.timespan import TimeSpan

SUNSET_DEG = -0.833
"""Elevation of the sun's centre at sunrise and sunset: 34′ of refraction and 16′ of radius."""

DARK_DEG = -6.0
"""End of civil twilight: below it work outdoors needs lamps, and no optical picture shows a ship."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    ends. A night, or a break in one, that is shorter than two minutes may be missed.
    """
    from offing.looks.sun_path import crossings

    dark, passed = crossings(place, (span.start - _EPOCH).total_seconds(), span.hours * 3600.0, below_deg)
    edges = [span.start, *(max(span.start, _EPOCH + timedelta(seconds=math.floor(t))) for t in passed), span.end]
    found = []
    for start, end in pairwise(edges):
        if dark and end > start:
            found.append(TimeSpan(start=start, end=end))
        dark = not dark
    return tuple(found)


def _check_zone(t: datetime) -> None:
    if t.tzinfo is None:
        raise OffingError(f"{t.isoformat()} has no time zone", fix="give the time in UTC")
