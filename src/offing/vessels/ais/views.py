"""Where radar shows a ship that moves: displaced along its flight by her speed across it (Raney 1971).

A ship whose speed over ground has the component u away from the radar appears ``R·u·sin(incidence)/V`` behind her true
place along the flight: R is the slant range, V the speed of the satellite over the rotating Earth.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import NDArray

from offing.geo import LonLat
from offing.imagery.radar_geometry import Passing, RadarGeometry
from offing.imagery.sentinel1_orbit import Pass, pass_over
from offing.vessels.ais.model import RadarView
from offing.vessels.ais.plane import to_metres

if TYPE_CHECKING:
    from offing.imagery.picture import Picture

INCIDENCE_DEG, RANGE_M = (29.1, 46.0), (795e3, 972e3)
"""Of Sentinel-1's usual mode over coasts, IW (ESA, Sentinel-1 mission guide)."""
HOURS = 1.5
"""How far from the usual local solar time a pass may be."""
TURN_DEG = 0.6
"""Standard deviation of the flight direction within a scene."""
F64 = NDArray[np.float64]


def views_of(picture: Picture, passing: Passing | None = None) -> tuple[RadarView, ...]:
    """How the radar of a picture can have looked; empty for a picture that is no radar's, or whose geometry is unknown.

    ``passing`` leaves only views of that pass, where both are open.
    """
    if picture.sensor != "sar" or picture.transform is None:
        return ()
    known = [g for g in picture.radars if passing is None or g.passing in (None, passing)] or list(picture.radars)
    return tuple(_view(picture, g, 1.0 / len(known)) for g in known)


def _view(picture: Picture, geometry: RadarGeometry, prior: float) -> RadarView:
    col, row = picture.width / 2.0, picture.height / 2.0
    lons, lats = picture.lonlat([col], [row])
    middle = geometry.ground_range_m(col, row)
    across = [geometry.displaced_px(col, row, 0.0, metres) for metres in np.linspace(-1.2e5, 1.2e5, 7)]
    inside = [(c, r) for c, r in across if -1.0 <= c <= picture.width + 1.0 and -1.0 <= r <= picture.height + 1.0]
    inside = [(col, row), *inside]
    bounds = np.array([_seconds(geometry, *p) for p in inside])
    ranges = np.array([(geometry.ground_range_m(*p) - middle) / 1000.0 for p in inside])
    order = min(2, len(np.unique(np.round(ranges, 3))) - 1) if geometry.slant_range else 0
    fitted = np.polynomial.polynomial.polyfit(ranges, bounds.mean(axis=1), order)
    side = 1.0 if geometry.looks_right else -1.0
    return RadarView(
        heading_deg=geometry.heading_deg,
        heading_error_deg=math.hypot(TURN_DEG, geometry.heading_error_deg / 2.0),
        anchor=LonLat(lon=float(lons[0]), lat=float(lats[0])),
        seconds=tuple(side * float(c) for c in fitted),
        seconds_error=float((bounds[:, 1] - bounds[:, 0]).mean() / math.sqrt(12.0)),
        prior=prior,
        basis=geometry.basis,
    )


def _seconds(geometry: RadarGeometry, col: float, row: float) -> tuple[float, float]:
    """Least and most seconds at a pixel; range and incidence grow together."""
    reach, angle = geometry.slant_range_m(col, row), geometry.incidence_deg(col, row)
    low, high = (
        r * math.sin(math.radians(a)) / geometry.velocity_m_s
        for r, a in ((reach.low, angle.low), (reach.high, angle.high))
    )
    return low, high


def usual_views(place: LonLat, time: datetime, passing: Passing | None = None) -> tuple[RadarView, ...]:
    """How Sentinel-1 looks at a place: of the pass that was asked for, else by local solar time, else both."""
    middle = round(sum(INCIDENCE_DEG) / 2.0, 2)
    passes = [p for way in get_args(Passing) if (p := pass_over(round(place.lat, 3), way, middle)) is not None]
    hour = (time.astimezone(UTC).hour + time.minute / 60.0 + time.second / 3600.0 + place.lon / 15.0) % 24.0
    near = [p for p in passes if abs((p.solar_hour - hour + 12.0) % 24.0 - 12.0) <= HOURS]
    chosen = [p for p in passes if p.passing == passing] if passing else near or passes
    if passing:
        why = f"the {passing} pass that was stated"
    else:
        why = "its local solar time" if len(chosen) == 1 else "its place; both passes are tried"
    return tuple(_usual(p, place, 1.0 / len(chosen), f"Sentinel-1's usual flight, by {why}") for p in chosen)


def _usual(found: Pass, place: LonLat, prior: float, basis: str) -> RadarView:
    low, high = (
        r * math.sin(math.radians(a)) / found.velocity_m_s for r, a in zip(RANGE_M, INCIDENCE_DEG, strict=True)
    )
    return RadarView(
        heading_deg=found.heading_deg,
        heading_error_deg=1.0,
        anchor=place,
        seconds=((low + high) / 2.0,),
        seconds_error=(high - low) / math.sqrt(12.0),
        prior=prior,
        basis=basis,
    )


def displacement(view: RadarView, place: LonLat) -> F64:
    """(2, 2) seconds: metres (east, north) by which a velocity (east, north; m/s) displaces a ship near ``place``."""
    heading = math.radians(view.heading_deg)
    along = np.array([math.sin(heading), math.cos(heading)])
    right = np.array([math.cos(heading), -math.sin(heading)])
    kilometres = float(to_metres(view.anchor, place.lon, place.lat)[0] @ right) / 1000.0
    # A view that looks to the left counts its seconds negative, and its range to the left.
    seconds = sum(c * (math.copysign(1.0, view.seconds[0]) * kilometres) ** n for n, c in enumerate(view.seconds))
    return -seconds * np.outer(along, right)
