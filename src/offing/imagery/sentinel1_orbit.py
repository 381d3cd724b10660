"""Where Sentinel-1 flies: direction and local solar time of its passes over a latitude, from its orbit alone.

A circular orbit of 98.18° inclination that repeats after 175 revolutions in 12 days, sun-synchronous with its
ascending node at 18:00 mean local solar time (ESA, Sentinel-1 mission guide). The satellite looks to the right. Over
the rotating Earth everything at a fixed place in the swath moves by one rotation: that of the orbit less that of the
Earth. The heading of the image lines at a target is the direction of that movement there, some 2–4° off the
satellite's own heading 200–700 km away; less a drift along range, for on the ellipsoid the ground falls away towards
the poles. Good to 0.2°, nearer the equator to 0.1°.
"""

from __future__ import annotations

import math
from functools import lru_cache

from offing.imagery.radar_geometry import Passing
from offing.records import Record

INCLINATION_DEG = 98.18
PERIOD_S = 12.0 * 86_400.0 / 175.0
NODE_HOUR = 18.0
"""Mean local solar time of the ascending node, hours."""
EARTH_RADIUS_M = 6_371_000.0
ORBIT_RADIUS_M = 7_071_000.0
_EARTH_TURN = 2.0 * math.pi / 86_164.1
_ORBIT_TURN = 2.0 * math.pi / PERIOD_S
_FLATTENING = 1.0 / 298.257223563

Vector = tuple[float, float, float]


class Pass(Record, frozen=True):
    """How one pass crosses a target's latitude."""

    passing: Passing
    heading_deg: float
    """Direction of the image lines at the target, degrees 0–360 clockwise from true north."""
    solar_hour: float
    """Mean local solar time at the target, hours 0–24."""
    ground_velocity_m_s: float
    """Speed of the beam's footprint at the target."""
    velocity_m_s: float
    """Speed of the satellite in the Earth-fixed frame."""


def central_angle_rad(incidence_deg: float) -> float:
    """Angle at the Earth's centre between the point below the satellite and a target that it sees so steeply."""
    sine = math.sin(math.radians(incidence_deg)) * EARTH_RADIUS_M / ORBIT_RADIUS_M
    return math.radians(incidence_deg) - math.asin(sine)


@lru_cache(maxsize=256)
def pass_over(lat_deg: float, passing: Passing, incidence_deg: float) -> Pass | None:
    """The pass whose swath holds a target of geodetic latitude at an incidence angle; None: none reaches so far."""
    angle = central_angle_rad(incidence_deg)
    z = math.sin(math.atan((1.0 - _FLATTENING) ** 2 * math.tan(math.radians(min(max(lat_deg, -89.9), 89.9)))))
    u = _argument(z, angle, passing)
    if u is None:
        return None
    target, satellite = _target(u, angle), _position(u)
    east, north = _ground_velocity(target, satellite, math.radians(incidence_deg))
    velocity = math.sqrt(sum(c * c for c in _cross(_rotation(), satellite))) * ORBIT_RADIUS_M
    return Pass(
        passing=passing,
        heading_deg=math.degrees(math.atan2(east, north)) % 360.0,
        solar_hour=(NODE_HOUR + math.degrees(math.atan2(target[1], target[0])) / 15.0) % 24.0,
        ground_velocity_m_s=math.hypot(east, north) * EARTH_RADIUS_M,
        velocity_m_s=velocity,
    )


def _argument(z: float, angle: float, passing: Passing) -> float | None:
    """Argument of latitude (radians from the ascending node) at which the target has the sine of latitude ``z``."""
    # Northernmost and southernmost targets part the two passes; the sine of latitude is monotone between them.
    top, bottom = _extreme(angle, 0.5 * math.pi), _extreme(angle, 1.5 * math.pi)
    low, high = (bottom - 2.0 * math.pi, top) if passing == "ascending" else (bottom, top)
    if not _target(low, angle)[2] <= z <= _target(high, angle)[2]:
        return None
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _target(middle, angle)[2] < z else (low, middle)
    return 0.5 * (low + high)


def _extreme(angle: float, near: float) -> float:
    """Argument of latitude of the extreme latitude near ``near``; z is a sinusoid of it, so two samples tell."""
    a, b = _target(0.0, angle)[2], _target(0.5 * math.pi, angle)[2]
    mean = 0.5 * (a + _target(math.pi, angle)[2])
    phase = math.atan2(b - mean, a - mean)  # z = mean + amplitude · cos(u − phase)
    candidates = (phase, phase + math.pi, phase + 2.0 * math.pi, phase - math.pi)
    return min(candidates, key=lambda u: abs(u - near))


def _position(u: float) -> Vector:
    """Unit vector to the satellite in the inertial frame whose x axis is the ascending node."""
    i = math.radians(INCLINATION_DEG)
    return (math.cos(u), math.sin(u) * math.cos(i), math.sin(u) * math.sin(i))


def _target(u: float, angle: float) -> Vector:
    """Unit vector to the target, at right angles to the satellite's Earth-fixed movement, on its right."""
    p = _position(u)
    v = _cross(_rotation(), p)
    size = math.sqrt(sum(c * c for c in v))
    right = _cross((v[0] / size, v[1] / size, v[2] / size), p)
    c, s = math.cos(angle), math.sin(angle)
    return (c * p[0] + s * right[0], c * p[1] + s * right[1], c * p[2] + s * right[2])


def _ground_velocity(target: Vector, satellite: Vector, incidence: float) -> tuple[float, float]:
    """(east, north) of the movement on the ellipsoid of what keeps its slant range, radians a second.

    The common rotation would lift it off the ellipsoid; at one slant range, what lies lower lies nearer to the radar
    by that height over the tangent of the incidence angle.
    """
    lon = math.atan2(target[1], target[0])
    lat = math.atan(math.tan(math.asin(target[2])) / (1.0 - _FLATTENING) ** 2)
    east = (-math.sin(lon), math.cos(lon), 0.0)
    north = (-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat))
    up = (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))
    v = _cross(_rotation(), target)
    towards = (_dot(satellite, east), _dot(satellite, north))
    length = math.hypot(*towards)
    drift = _dot(v, up) / math.tan(incidence) / length if incidence > 0.0 else 0.0
    return _dot(v, east) + drift * towards[0], _dot(v, north) + drift * towards[1]


def _rotation() -> Vector:
    """The orbit's rotation less the Earth's, radians a second."""
    i = math.radians(INCLINATION_DEG)
    return (0.0, -_ORBIT_TURN * math.sin(i), _ORBIT_TURN * math.cos(i) - _EARTH_TURN)


def _cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
