"""A satellite that flies like Sentinel-1, and where on the ellipsoid its radar sees what: the truth of the tests.

Range–Doppler geolocation by root finding, independent of anything in offing.
"""

import math
from dataclasses import dataclass

import numpy as np
from pyproj import Transformer
from scipy.optimize import fsolve

RADIUS = 7_071_000.0
INCLINATION = math.radians(98.18)
TURN = 2 * math.pi / (12 * 86400 / 175)
EARTH = 2 * math.pi / 86164.1
SPACE = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
A, B = 6378137.0, 6356752.314245


@dataclass
class Orbit:
    """A circular orbit; ``u0`` is the argument of latitude at time 0, ``node`` the node's longitude then."""

    u0: float
    node: float

    def position(self, t):
        u, lon = self.u0 + TURN * t, self.node - EARTH * t
        x, y, z = math.cos(u), math.sin(u) * math.cos(INCLINATION), math.sin(u) * math.sin(INCLINATION)
        c, s = math.cos(lon), math.sin(lon)
        return RADIUS * np.array([c * x - s * y, s * x + c * y, z])

    def velocity(self, t):
        return (self.position(t + 0.01) - self.position(t - 0.01)) / 0.02

    def target(self, t, reach, height=0.0):
        """(lon, lat) at which a target of that height is seen at zero Doppler, to the right."""
        s, v = self.position(t), self.velocity(t)
        right = np.cross(v, s)
        right /= np.linalg.norm(right)
        down = -s / np.linalg.norm(s)

        look = math.radians(33.0)
        p = s + reach * (math.cos(look) * down + math.sin(look) * right)
        axes = np.array([A + height, A + height, B + height])
        for _ in range(12):
            value = [np.dot(p - s, p - s) - reach**2, np.dot(p - s, v), np.sum((p / axes) ** 2) - 1.0]
            p = p - np.linalg.solve(np.array([2 * (p - s), v, 2 * p / axes**2]), value)
        lon, lat, _ = SPACE.transform(*p, direction="INVERSE")
        return lon, lat

    def incidence(self, t, place, height=0.0):
        """Degrees between the ellipsoid's normal at a place and the line of sight."""
        p = np.array(SPACE.transform(*place, height))
        up = np.array(SPACE.transform(*place, height + 1000.0)) - p
        sight = self.position(t) - p
        return math.degrees(math.acos(np.dot(up, sight) / np.linalg.norm(up) / np.linalg.norm(sight)))


def orbit_over(lon, lat, passing, t, reach):
    """The orbit that sees a place at time ``t`` and slant range ``reach``."""
    u = math.asin(min(1.0, math.sin(math.radians(lat)) / math.sin(INCLINATION)))
    u = u if passing == "ascending" else math.pi - u
    node = math.radians(lon) - math.atan2(math.sin(u) * math.cos(INCLINATION), math.cos(u))

    def off(p):
        found = Orbit(p[0], p[1]).target(t, reach)
        return [(found[0] - lon + 180) % 360 - 180, found[1] - lat]

    return Orbit(*fsolve(off, [u - TURN * t, node + EARTH * t], xtol=1e-9))


def slant_range(near_incidence, ground):
    """Slant range on a sphere at a ground distance from where the incidence angle is ``near_incidence`` degrees."""
    earth = 6_369_000.0
    inc = math.radians(near_incidence)
    angle = inc - math.asin(earth * math.sin(inc) / RADIUS) + ground / earth
    return math.sqrt(earth**2 + RADIUS**2 - 2 * earth * RADIUS * math.cos(angle))
