"""Detections and tracks of ships at stated places."""

import math
from datetime import timedelta

from pyproj import Geod

from ais_files import NOON
from offing.geo import KNOT_M_S, LonLat
from offing.quantities import Interval, Probability
from offing.vessels.ais.model import Fix, Static, Track
from offing.vessels.model import Detection, Measurement, OrientedBox

GEOD = Geod(ellps="WGS84")
PLACE = LonLat(lon=132.3, lat=42.9)


def off(east, north, start=PLACE):
    lon, lat, _ = GEOD.fwd(start.lon, start.lat, math.degrees(math.atan2(east, north)), math.hypot(east, north))
    return LonLat(lon=lon, lat=lat)


def detection(east, north, *, length=110.0, axis=60.0, name="0001", sd=0.06, flags=(), image="S1A_x", ring=True):
    """One at so many metres from PLACE."""
    turned = math.radians(axis)
    along, side = (
        (math.sin(turned) * length / 2, math.cos(turned) * length / 2),
        (math.cos(turned) * 8, -math.sin(turned) * 8),
    )
    corners = [
        off(east + s * along[0] + t * side[0], north + s * along[1] + t * side[1])
        for s, t in ((1, 1), (1, -1), (-1, -1), (-1, 1), (1, 1))
    ]
    return Detection(
        id=name, image=image, time=NOON, score=Probability(value=0.9, low=0.9, high=0.9, basis="test"),
        box=OrientedBox(col=0, row=0, length_px=(1, 0), beam_px=(0, 1)), flags=flags,
        ring=tuple((p.lon, p.lat) for p in corners) if ring else None,
        measurement=Measurement(
            length_m=length,
            length_m_90=Interval(low=length * math.exp(-1.645 * sd), high=length * math.exp(1.645 * sd)),
            beam_m=16.0, beam_m_90=Interval(low=10, high=24), axis_deg=axis % 180, heading_deg=axis % 360,
            bow_probability=0.5,
        ),
    )  # fmt: skip


def track(
    east, north, *, knots=0.0, course=60.0, minutes=(-4, 3), key="273000001", length=110.0, heading=60.0, **static
):
    """A ship that is at so many metres from PLACE at noon, on a straight course."""
    fixes = []
    for minute in minutes:
        metres = knots * KNOT_M_S * (60.0 * minute + 7)
        turned = math.radians(course)
        place = off(east + metres * math.sin(turned), north + metres * math.cos(turned))
        fixes.append(
            Fix(
                time=NOON + timedelta(minutes=minute, seconds=7), lon=place.lon, lat=place.lat, sog_kn=knots,
                cog_deg=course % 360.0, heading_deg=heading,
            )
        )  # fmt: skip
    said = Static(name=f"SHIP {key[-1]}", length_m=length, beam_m=16.0, antenna_m=(0.0, 0.0), **static)
    return Track(key=key, mmsi=key, static=said, fixes=tuple(fixes))
