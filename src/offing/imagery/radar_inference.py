"""The radar geometry of a picture: as it is annotated, else what follows from Sentinel-1's orbit, place and time."""

from __future__ import annotations

import math
import re
from datetime import UTC
from typing import TYPE_CHECKING, get_args

from offing.geo import geod
from offing.imagery.radar_geometry import LIGHT_M_S, Passing, RadarGeometry, SubSwath
from offing.imagery.sentinel1_orbit import Pass, pass_over
from offing.quantities import Interval

if TYPE_CHECKING:
    from offing.imagery.picture import Picture

FREQUENCY_HZ = 5.405e9
"""Carrier of Sentinel-1."""
_HOURS = 1.5
"""How far from the expected local solar time a pass may be: the two are 9 hours apart or more below 75°."""
_STEP_M = 1000.0
_IW = (
    SubSwath(name="IW1", prf_hz=1717.129, slant_range_m=Interval(low=795e3, high=855e3, level=1.0)),
    SubSwath(name="IW2", prf_hz=1451.627, slant_range_m=Interval(low=840e3, high=912e3, level=1.0)),
    SubSwath(name="IW3", prf_hz=1685.817, slant_range_m=Interval(low=895e3, high=972e3, level=1.0)),
)
"""Pulse rates and ranges of IW, from annotated products; the ranges change by a few km around the orbit."""
_INCIDENCE = {"IW": (29.1, 46.0), "EW": (18.9, 47.0), "SM": (18.3, 46.8)}
"""Incidence angles of the modes, degrees (ESA, Sentinel-1 mission guide)."""
_RANGE_M = {"IW": (795e3, 972e3), "EW": (720e3, 1_000e3), "SM": (720e3, 1_000e3)}
_MODE = re.compile(r"S1[A-D]_(IW|EW|SM|S[1-6])_", re.I)


def radar_geometries(picture: Picture) -> tuple[RadarGeometry, ...]:
    """What the radar's geometry can have been: one when it is known, one for each pass when that is open, else none.

    Without annotation it is inferred for a georeferenced Sentinel-1 picture only, and every figure has its bounds.
    """
    known = picture.facts.radar
    if known is not None:
        return (known,)
    if picture.sensor != "sar" or not (picture.platform or "").startswith("sentinel-1") or picture.transform is None:
        return ()
    col, row = picture.width / 2.0, picture.height / 2.0
    lons, lats = picture.lonlat([col], [row])
    lon, lat = float(lons[0]), float(lats[0])
    mode = _mode(picture)
    passes = [p for way in get_args(Passing) if (p := _middle_pass(lat, way, mode)) is not None]
    hour = _solar_hour(picture, lon)
    if hour is not None:
        near = [p for p in passes if abs((p.solar_hour - hour + 12.0) % 24.0 - 12.0) <= _HOURS]
        passes = near or passes
    return tuple(_inferred(picture, (lon, lat), p, mode, timed=len(passes) == 1) for p in passes)


def _mode(picture: Picture) -> str:
    """The acquisition mode by the product's name; IW, which is what is taken over coasts, where nothing says it."""
    for path in picture.paths:
        for part in (path.name, *(p.name for p in list(path.absolute().parents)[:4])):
            if match := _MODE.search(part):
                found = match[1].upper()
                return found if found in _INCIDENCE else "SM"
    return "IW"


def _solar_hour(picture: Picture, lon: float) -> float | None:
    if picture.time is None:
        return None
    time = picture.time.astimezone(UTC)
    return (time.hour + time.minute / 60.0 + time.second / 3600.0 + lon / 15.0) % 24.0


def _middle_pass(lat: float, way: Passing, mode: str) -> Pass | None:
    return pass_over(round(lat, 3), way, round(sum(_INCIDENCE[mode]) / 2.0, 2))


def _inferred(picture: Picture, place: tuple[float, float], found: Pass, mode: str, *, timed: bool) -> RadarGeometry:
    ends = [pass_over(round(place[1], 3), found.passing, i) for i in _INCIDENCE[mode]]
    turns = [abs((e.heading_deg - found.heading_deg + 180.0) % 360.0 - 180.0) for e in ends if e is not None]
    azimuth, azimuth_m = _direction(picture, place, found.heading_deg)
    away, away_m = _direction(picture, place, found.heading_deg + 90.0)
    incidence, reach = _INCIDENCE[mode], _RANGE_M[mode]
    why = "its orbit, place and local solar time" if timed else "its orbit and place; the pass is not known"
    return RadarGeometry(
        azimuth_px=azimuth,
        range_px=away,
        azimuth_spacing_m=azimuth_m,
        range_spacing_m=away_m,
        anchor_px=(picture.width / 2.0, picture.height / 2.0),
        heading_deg=found.heading_deg,
        heading_error_deg=round(max(turns, default=2.0) + 0.3, 2),
        passing=found.passing,
        wavelength_m=LIGHT_M_S / FREQUENCY_HZ,
        velocity_m_s=found.velocity_m_s,
        ground_velocity_m_s=found.ground_velocity_m_s,
        incidence_bounds_deg=Interval(low=incidence[0], high=incidence[1], level=1.0),
        slant_range_bounds_m=Interval(low=reach[0], high=reach[1], level=1.0),
        subswaths=_IW if mode == "IW" else (),
        basis=f"inferred from {why} (Sentinel-1 {mode})",
    )


def _direction(picture: Picture, place: tuple[float, float], bearing: float) -> tuple[tuple[float, float], float]:
    """(unit vector in pixels, ground metres of a pixel's length along it) of a bearing at a place."""
    lon, lat, _ = geod().fwd(place[0], place[1], bearing, _STEP_M)
    start, end = picture.pixel(*place), picture.pixel(float(lon), float(lat))
    dc, dr = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dc, dr)
    return (dc / length, dr / length), _STEP_M / length
