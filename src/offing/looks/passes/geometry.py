"""Where a place lies within what a satellite sees: side, off-nadir angle, incidence and distance to the swath's edge.

Positions are metres in the Earth-fixed frame (x through 0° E, z through the pole), on the WGS 84 ellipsoid. The
moment that counts is the one at which a place is abeam, the line of sight square to the motion over the turning
Earth: where a radar processed to zero Doppler puts a target, and where a yaw-steered scanner has its line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offing.geo import LonLat, geod
from offing.looks.passes.model import Swath

Floats = NDArray[np.float64]

A_M = 6378137.0
"""Equatorial radius of WGS 84, metres."""

B_M = 6356752.314245179
"""Polar radius, metres."""

_E2 = 1.0 - (B_M / A_M) ** 2
_RINGS = 4
"""Rings of sample points over a site's circle."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Points on the ellipsoid. ``position`` and ``up`` (unit vectors square to the ellipsoid) are (n, 3)."""

    position: Floats
    up: Floats


@dataclass(frozen=True, slots=True)
class Sight:
    """How places lie as seen from the satellite when abeam; every array has the shape of the times asked."""

    off_nadir_deg: Floats
    incidence_deg: Floats
    right: NDArray[np.bool_]
    """Right of the track, looking along the motion."""
    edge_km: Floats
    """Along the ground to the nearest edge of the swath, negative outside."""
    ascending: NDArray[np.bool_]


def ground(lons: Floats, lats: Floats) -> Ground:
    """Points at (lons, lats), degrees, on the ellipsoid."""
    lon, lat = np.radians(lons), np.radians(lats)
    up = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    radius = A_M / np.sqrt(1.0 - _E2 * np.sin(lat) ** 2)
    return Ground(position=up * (radius[..., None] * np.array([1.0, 1.0, 1.0 - _E2])), up=up)


def disc(place: LonLat, radius_m: float) -> Ground:
    """Points that stand for equal parts of a circle around ``place``, its centre first."""
    radii, bearings = [0.0], [0.0]
    for ring in range(1, _RINGS + 1):
        count = 8 * ring
        # Each ring of 8·i points stands for the annulus between (2i−1)²:1 and (2i+1)²:1 of the centre's own disc.
        radii += [radius_m * 2.0 * ring / (2 * _RINGS + 1)] * count
        bearings += [360.0 * i / count for i in range(count)]
    n = len(radii)
    lons, lats, _ = geod().fwd([place.lon] * n, [place.lat] * n, bearings, radii)
    return ground(np.asarray(lons), np.asarray(lats))


def nadir(position: Floats) -> tuple[Floats, Floats]:
    """(unit vector up, point of the ellipsoid below) of satellites at ``position`` (…, 3), metres (Bowring 1976)."""
    x, y, z = position[..., 0], position[..., 1], position[..., 2]
    p = np.hypot(x, y)
    beta = np.arctan2(z * A_M, p * B_M)
    for _ in range(2):
        lat = np.arctan2(
            z + _E2 / (1.0 - _E2) * B_M * np.sin(beta) ** 3, np.maximum(p - _E2 * A_M * np.cos(beta) ** 3, 1e-9)
        )
        beta = np.arctan2(B_M * np.sin(lat), A_M * np.cos(lat))
    below = ground(np.degrees(np.arctan2(y, x)), np.degrees(lat))
    return below.up, below.position


def sight(swath: Swath, position: Floats, velocity: Floats, at: Ground) -> Sight:
    """How ``at`` lies as seen from ``position`` moving with ``velocity`` over the Earth: all (…, 3), one a place."""
    up, below = nadir(position)
    line = at.position - position
    distance = np.linalg.norm(line, axis=-1)
    off_nadir = np.degrees(np.arccos(np.clip(-(line * up).sum(-1) / distance, -1.0, 1.0)))
    incidence = np.degrees(np.arccos(np.clip(-(line * at.up).sum(-1) / distance, -1.0, 1.0)))
    right = (line * np.cross(velocity, up)).sum(-1) >= 0.0
    if swath.off_nadir_deg is None:
        assert swath.width_km is not None
        edge = swath.width_km / 2.0 - _arc_km(np.linalg.norm(at.position - below, axis=-1))
    else:
        height_km = np.linalg.norm(position - below, axis=-1) / 1000.0
        edge = _edge_between(swath, off_nadir, height_km, position, at)
    if swath.side != "both":
        on_side = right if swath.side == "right" else ~right
        edge = np.where(on_side, edge, -np.abs(edge))
    return Sight(
        off_nadir_deg=off_nadir, incidence_deg=incidence, right=right, edge_km=edge, ascending=velocity[..., 2] > 0.0
    )


def _edge_between(swath: Swath, off_nadir: Floats, height_km: Floats, position: Floats, at: Ground) -> Floats:
    """Kilometres along the ground to the nearer of two bounds of the angle at the satellite."""
    assert swath.off_nadir_deg is not None
    radius, distance = np.linalg.norm(at.position, axis=-1), np.linalg.norm(position, axis=-1)

    def reach(angle: Floats) -> Floats:
        radians = np.radians(angle)
        incidence = np.arcsin(np.clip(distance / radius * np.sin(radians), -1.0, 1.0))
        return np.asarray(radius / 1000.0 * (incidence - radians))

    roll = swath.roll_deg_km * (height_km - swath.at_height_km)
    near, far = (reach(bound + roll) for bound in swath.off_nadir_deg)
    here = reach(off_nadir)
    return np.minimum(here - near, far - here)


def reach_rad(swath: Swath, height_m: float) -> float:
    """Angle at the Earth's centre from a satellite ``height_m`` up to the far edge of its swath, generously."""
    if swath.off_nadir_deg is None:
        assert swath.width_km is not None
        return swath.width_km * 500.0 / B_M
    angle = np.radians(swath.off_nadir_deg[1] + 2.0)
    incidence = np.arcsin(min(1.0, (A_M + height_m) / B_M * float(np.sin(angle))))
    return float(incidence - angle)


def _arc_km(chord_m: Floats) -> Floats:
    """Length along the ground of a chord between two places on it."""
    radius = (2.0 * A_M + B_M) / 3.0
    return 2.0 * radius * np.arcsin(np.clip(chord_m / (2.0 * radius), 0.0, 1.0)) / 1000.0
