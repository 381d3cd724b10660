"""The plan of a harbour: natural shores, quays, piers and islands as slabs, and their sides as berths."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from optical_canvas import Points
from optical_ground import Slab


class Berth(Record, frozen=True, eq=False):
    """A side that ships can lie along: from ``start`` to ``end``, water towards ``out`` (unit vector)."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    out: NDArray[np.float64]
    style: str


class Plan(Record, frozen=True, eq=False):
    """Rings of natural shores, and slabs of made ground."""

    shores: tuple[Points, ...]
    slabs: tuple[Slab, ...]


def draw_plan(rng: np.random.Generator, extent: float, fine: bool, naval: bool) -> Plan:
    """A harbour, or a coast, for a chip of ``extent`` metres."""
    kinds = ["coast", "quay", "fingers", "basin", "island", "pier", "jetty", "corner"]
    odds = (
        [0.04, 0.14, 0.34, 0.09, 0.07, 0.20, 0.02, 0.10] if fine else [0.12, 0.17, 0.23, 0.13, 0.10, 0.07, 0.08, 0.10]
    )
    kind = str(rng.choice(kinds, p=odds))
    theta = rng.uniform(0.0, 2 * math.pi)
    frame = _Frame(0.5 * extent + rng.normal(0.0, 0.1 * extent, 2), theta)
    site = _Site(extent=extent, front=rng.uniform(-0.42, 0.25) * extent, fine=fine, naval=naval)
    shores, slabs = _MAKERS[kind](rng, frame, site)
    if rng.random() < 0.12:
        shores.append(_coast(rng, _Frame(frame.origin, theta + math.pi), extent, -rng.uniform(0.25, 0.6) * extent))
    if rng.random() < 0.06:
        shores.append(_islet(rng, extent))
    return Plan(shores=tuple(shores), slabs=tuple(slabs))


class _Frame:
    """Quay coordinates: u along the shore, v seaward."""

    def __init__(self, origin: NDArray[np.float64], theta: float) -> None:
        self.origin, self.theta = origin, theta
        self.u = np.array([math.cos(theta), math.sin(theta)])
        self.v = np.array([-math.sin(theta), math.cos(theta)])

    def at(self, u: float, v: float) -> NDArray[np.float64]:
        return np.asarray(self.origin + u * self.u + v * self.v)

    def slab(self, u: tuple[float, float], v: tuple[float, float], style: str) -> Slab:
        long, wide = u[1] - u[0], v[1] - v[0]
        centre, along = self.at(0.5 * (u[0] + u[1]), 0.5 * (v[0] + v[1])), self.theta
        if wide > long:
            long, wide, along = wide, long, along + 0.5 * math.pi
        return Slab(centre=centre, along=along, length_m=long, breadth_m=wide, style=style)


def _style(rng: np.random.Generator, breadth: float, naval: bool) -> str:
    if breadth < 45.0:
        names, odds = ["stores", "plain", "sheds", "cars"], [0.45, 0.3, 0.15, 0.1]
    elif naval:
        names = ["stores", "plain", "sheds", "cars", "town", "tanks", "green", "yard"]
        odds = [0.3, 0.15, 0.22, 0.15, 0.06, 0.03, 0.07, 0.02]
    else:
        names = ["yard", "heaps", "sheds", "cars", "plain", "tanks", "town", "stores", "green"]
        odds = [0.28, 0.13, 0.2, 0.08, 0.1, 0.07, 0.04, 0.07, 0.03]
    return str(rng.choice(names, p=odds))


class _Site(Record, frozen=True):
    """What a maker is asked for, in metres: the chip's side, the shore's place seaward of its middle, the use."""

    extent: float
    front: float
    fine: bool
    naval: bool


_Made = tuple[list[Points], list[Slab]]


def _coast(rng: np.random.Generator, frame: _Frame, extent: float, front: float) -> Points:
    n = 60
    u = np.linspace(-1.6, 1.6, n) * extent
    rough = np.zeros(n)
    for octave in range(5):
        knots = max(3, int(4 * 2**octave))
        rough += 0.55**octave * np.interp(np.linspace(0, 1, n), np.linspace(0, 1, knots), rng.normal(0, 1, knots))
    v = front + rng.uniform(0.0, 0.12) * extent * rough
    ring = np.column_stack([np.concatenate([u, [1.6 * extent, -1.6 * extent]]), np.concatenate([v, [-2 * extent] * 2])])
    return np.asarray(frame.origin + ring[:, :1] * frame.u + ring[:, 1:] * frame.v)


def _islet(rng: np.random.Generator, extent: float) -> Points:
    turn = np.linspace(0.0, 2 * math.pi, 30, endpoint=False)
    shape = 1.0 + 0.3 * np.interp(turn, np.linspace(0, 2 * math.pi, 8), np.append(rng.normal(0, 1, 7), 0.0))
    radius = rng.uniform(0.01, 0.12) * extent
    ring = radius * shape[:, None] * np.column_stack([np.cos(turn) * rng.uniform(0.5, 2.0), np.sin(turn)])
    return np.asarray(rng.uniform(0, extent, 2) + ring)


def _shore(rng: np.random.Generator, frame: _Frame, site: _Site) -> _Made:
    """A straight quay with land behind."""
    extent, front, naval = site.extent, site.front, site.naval
    deep = rng.uniform(0.06, 0.5) * extent
    style = _style(rng, deep, naval)
    low, high = -1.5 * extent, 1.5 * extent
    if rng.random() < 0.35:
        low = rng.uniform(-0.5, 0.0) * extent
    if rng.random() < 0.35:
        high = rng.uniform(0.0, 0.5) * extent
    shores = [_coast(rng, frame, extent, front - rng.uniform(0.05, 0.5) * deep)]
    slabs = []
    if rng.random() < 0.88:
        town = str(rng.choice(["town", "sheds", "green", "cars"], p=[0.45, 0.3, 0.15, 0.1]))
        back = front - deep - rng.uniform(5, 30)
        tilted = _Frame(frame.at(0.0, back), frame.theta + (rng.normal(0.0, 0.3) if rng.random() < 0.3 else 0.0))
        far = rng.uniform(0.1, 0.9) * extent
        slabs.append(tilted.slab((-1.5 * extent, 1.5 * extent), (-far, 0.0), town))
        other = str(rng.choice(["town", "sheds", "green", "cars"], p=[0.5, 0.2, 0.2, 0.1]))
        slabs.append(tilted.slab((-1.5 * extent, 1.5 * extent), (-far - extent, -far - 12.0), other))
    at = low
    while at < high:
        end = min(high, at + rng.uniform(0.25, 1.4) * extent)
        if rng.random() < 0.5:
            style = _style(rng, deep, naval)
        slabs.append(frame.slab((at, end), (front - deep, front), style))
        at = end
    return shores, slabs


def _only_coast(rng: np.random.Generator, frame: _Frame, site: _Site) -> _Made:
    extent, front = site.extent, site.front
    slabs = []
    for _ in range(int(rng.integers(0, 4))):
        u, v = rng.uniform(-0.6, 0.6) * extent, front - rng.uniform(0.05, 0.5) * extent
        size = rng.uniform(0.1, 0.5, 2) * extent
        style = str(rng.choice(["town", "sheds", "green", "cars"], p=[0.5, 0.2, 0.2, 0.1]))
        slabs.append(frame.slab((u, u + size[0]), (v - size[1], v), style))
    return [_coast(rng, frame, extent, front)], slabs


def _fingers(rng: np.random.Generator, frame: _Frame, site: _Site) -> _Made:
    extent, front, fine, naval = site.extent, site.front, site.fine, site.naval
    site = _Site(extent=extent, front=min(front, -0.05 * extent), fine=fine, naval=naval)
    front = site.front
    shores, slabs = _shore(rng, frame, site)
    wide = rng.uniform(10.0, 45.0) if fine or naval else float(np.exp(rng.uniform(math.log(15.0), math.log(220.0))))
    gap = rng.uniform(45.0, 160.0) if fine or naval else rng.uniform(70.0, 300.0)
    long = rng.uniform(90.0, 420.0) if fine or naval else rng.uniform(120.0, 800.0)
    skew = rng.normal(0.0, 0.15) if rng.random() < 0.5 else 0.0
    leaning = _Frame(frame.at(0.0, front), frame.theta + skew)
    at = rng.uniform(-0.7, -0.2) * extent
    count = int(rng.integers(1, 6))
    style = _style(rng, wide, naval)
    for _ in range(count):
        own = wide * rng.uniform(0.8, 1.3)
        slabs.append(leaning.slab((at, at + own), (-20.0, long * rng.uniform(0.7, 1.1)), style))
        at += own + gap * rng.uniform(0.8, 1.3)
    return shores, slabs


def _basin(rng: np.random.Generator, frame: _Frame, site: _Site) -> _Made:
    front, fine = site.front, site.fine
    shores, slabs = _shore(rng, frame, site)
    gap = rng.uniform(60.0, 250.0) if fine else rng.uniform(120.0, 500.0)
    other = _Frame(frame.at(0.0, 2 * front + gap), frame.theta + math.pi + rng.normal(0.0, 0.08))
    more = _shore(rng, other, site)
    return shores + more[0], slabs + more[1]


def _island(rng: np.random.Generator, frame: _Frame, site: _Site) -> _Made:
    extent, naval = site.extent, site.naval
    long, wide = rng.uniform(0.25, 0.9) * extent, rng.uniform(0.06, 0.4) * extent
    slabs = [frame.slab((-0.5 * long, 0.5 * long), (-0.5 * wide, 0.5 * wide), _style(rng, wide, naval))]
    if rng.random() < 0.5:
        slabs.append(frame.slab((-0.03 * extent, 0.0), (-2 * extent, -0.4 * wide), "plain"))
    return [], slabs


def _pier(rng: np.random.Generator, frame: _Frame, site: _Site) -> _Made:
    extent, front, fine, naval = site.extent, site.front, site.fine, site.naval
    if rng.random() < 0.5:
        shores, slabs = _shore(rng, frame, site)
    else:
        shores, slabs = [_coast(rng, frame, extent, front)], []
    wide = rng.uniform(8.0, 40.0)
    long = rng.uniform(0.3, 1.4) * extent if fine else rng.uniform(150.0, 900.0)
    u = rng.uniform(-0.3, 0.3) * extent
    slabs.append(frame.slab((u, u + wide), (front - 0.1 * extent, front + long), _style(rng, wide, naval)))
    if rng.random() < 0.3:
        arm = rng.uniform(60.0, 300.0)
        shift = rng.uniform(-0.5, 0.5) * arm
        slabs.append(
            frame.slab((u + shift - 0.5 * arm, u + shift + 0.5 * arm), (front + long - wide, front + long), "stores")
        )
    return shores, slabs


def _jetty(rng: np.random.Generator, frame: _Frame, site: _Site) -> _Made:
    """An oil or ore jetty: a thin trestle, a platform across its end."""
    extent, front = site.extent, site.front
    shores = [_coast(rng, frame, extent, front)]
    long = rng.uniform(0.15, 0.6) * extent
    thin = rng.uniform(4.0, 12.0)
    slabs = []
    for _ in range(int(rng.integers(1, 3))):
        u = rng.uniform(-0.4, 0.4) * extent
        slabs.append(frame.slab((u, u + thin), (front - 0.3 * extent, front + long), "plain"))
        arm, deep = rng.uniform(30.0, 350.0), rng.uniform(8.0, 30.0)
        slabs.append(frame.slab((u - 0.5 * arm, u + 0.5 * arm), (front + long, front + long + deep), "stores"))
    return shores, slabs


def _corner(rng: np.random.Generator, frame: _Frame, site: _Site) -> _Made:
    extent, front, naval = site.extent, site.front, site.naval
    shores, slabs = _shore(rng, frame, site)
    edge = rng.uniform(-0.45, -0.1) * extent * rng.choice([-1.0, 1.0])
    far = (-1.5 * extent, edge) if edge < 0 else (edge, 1.5 * extent)
    deep = rng.uniform(0.2, 1.2) * extent
    slabs.append(frame.slab(far, (front - 10.0, front + deep), _style(rng, deep, naval)))
    return shores, slabs


_MAKERS = {
    "coast": _only_coast, "quay": _shore, "fingers": _fingers, "basin": _basin, "island": _island, "pier": _pier,
    "jetty": _jetty, "corner": _corner,
}  # fmt: skip


def sides(slab: Slab) -> list[Berth]:
    """The four sides of a slab."""
    ring = slab.ring
    found = []
    for i in range(4):
        a, b = ring[i], ring[(i + 1) % 4]
        out = 0.5 * (a + b) - slab.centre
        span = b - a
        normal = np.array([-span[1], span[0]]) / max(float(np.hypot(*span)), 1e-9)
        found.append(Berth(start=a, end=b, out=normal * np.sign(normal @ out), style=slab.style))
    return found
