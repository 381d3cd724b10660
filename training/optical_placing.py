"""Where simulated ships lie: along quays, rafted, stern to the quay, in docks, at anchor, under way."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from offing.simulation.draws import Field
from optical_canvas import Canvas
from optical_fleet import draw_design
from optical_harbour import Harbour
from optical_hulls import Design
from optical_plan import Berth
from optical_ships import Ship

_NAVAL = (
    ["escort", "patrol", "landing", "carrier", "submarine", "support", "tug", "offshore", "barge", "boat"],
    [0.50, 0.11, 0.11, 0.025, 0.05, 0.08, 0.04, 0.025, 0.03, 0.03],
)
_TRADE = {
    "yard": (["container", "general", "ferry", "bulk"], [0.72, 0.1, 0.08, 0.1]),
    "heaps": (["bulk", "general", "barge", "tanker"], [0.65, 0.15, 0.12, 0.08]),
    "tanks": (["tanker", "barge", "bulk"], [0.8, 0.1, 0.1]),
    "cars": (["ferry", "container", "general"], [0.75, 0.1, 0.15]),
}
_MIXED = (
    [
        "container",
        "bulk",
        "tanker",
        "general",
        "ferry",
        "offshore",
        "tug",
        "fishing",
        "barge",
        "escort",
        "landing",
        "support",
    ],
    [0.12, 0.17, 0.14, 0.16, 0.13, 0.06, 0.04, 0.06, 0.05, 0.03, 0.02, 0.02],
)
_WAY = (
    [
        "container",
        "bulk",
        "tanker",
        "general",
        "ferry",
        "offshore",
        "tug",
        "fishing",
        "escort",
        "patrol",
        "boat",
        "barge",
    ],
    [0.12, 0.14, 0.13, 0.13, 0.13, 0.06, 0.07, 0.08, 0.04, 0.03, 0.04, 0.03],
)


class Placer:
    """Puts ships where there is room, and remembers."""

    def __init__(self, rng: np.random.Generator, canvas: Canvas, harbour: Harbour | None, fine: bool) -> None:
        self.rng, self.canvas, self.harbour, self.fine = rng, canvas, harbour, fine
        shape = canvas.planes.shape[1:]
        self.taken = harbour.blocked.copy() if harbour else np.zeros(shape, np.uint8)
        self.naval = bool(harbour and harbour.naval)
        self.ships: list[Ship] = []
        self.most_m = 1.1 * canvas.extent_m

    def all_ships(self) -> list[Ship]:
        """Ships of one chip, docks first, then berths, then the water."""
        rng = self.rng
        busy = rng.uniform(0.4, 1.0) if self.fine else rng.uniform(0.15, 0.95)
        if self.harbour:
            for dock in self.harbour.docks:
                if rng.random() < 0.75:
                    self._docked(dock.centre, dock.along, dock.length_m, dock.breadth_m)
            for i in rng.permutation(len(self.harbour.berths)):
                if rng.random() < 0.85:
                    self._along(self.harbour.berths[i], busy)
        afloat = (
            int(rng.poisson(rng.choice([0.4, 2.0, 6.0], p=[0.5, 0.35, 0.15])))
            if self.harbour
            else 1 + int(rng.poisson(2.0))
        )
        if self.fine:
            afloat = min(afloat, 4) if self.harbour else min(afloat, 3)
        wind = rng.uniform(0.0, 2 * math.pi)
        for _ in range(afloat):
            self._afloat(wind)
        for _ in range(0 if self.ships else 4):
            self._afloat(wind)
        return self.ships

    def _design(self, style: str | None, most_m: float) -> Design | None:
        names, odds = _NAVAL if self.naval and self.rng.random() < 0.85 else _TRADE.get(style or "", _MIXED)
        if self.rng.random() < 0.15:
            names, odds = _MIXED
        weights = np.array(odds) / sum(odds)
        return draw_design(self.rng, str(self.rng.choice(names, p=weights)), min(most_m, self.most_m))

    def _docked(self, centre: NDArray[np.float64], along: float, long: float, wide: float) -> None:
        for _ in range(6):
            design = self._design(None, 0.92 * long)
            if design and design.beam_m < 0.85 * wide and design.length_m > 0.4 * long:
                turn = along + float(self.rng.choice([0.0, math.pi]))
                self.ships.append(Ship(design=design, at=centre, turn=turn))
                return

    def _along(self, berth: Berth, busy: float) -> None:
        rng = self.rng
        span = berth.end - berth.start
        room = float(np.hypot(*span))
        unit = span / max(room, 1e-9)
        if rng.random() < 0.12:
            self._sterns(berth, unit, room)
            return
        at = rng.uniform(-0.1, 0.3) * min(room, 200.0)
        low, high = self._span_inside(berth, unit)
        at = max(at, low - 150.0)
        for _ in range(25):
            if at > min(room, high):
                return
            over = 1.3 if rng.random() < 0.15 else 0.97
            design = self._design(berth.style, over * (room - max(at, 0.0)))
            if design is None or rng.random() > busy:
                at += rng.uniform(20.0, 120.0)
                continue
            gap = rng.uniform(0.0, 5.0) if rng.random() < 0.9 else rng.uniform(5.0, 15.0)
            middle = berth.start + unit * (at + 0.5 * design.length_m) + berth.out * (0.5 * design.beam_m + gap)
            turn = math.atan2(unit[1], unit[0]) + float(rng.choice([0.0, math.pi])) + rng.normal(0.0, 0.006)
            ship = Ship(design=design, at=middle, turn=turn)
            if self._put(ship):
                self._raft(ship, berth.out)
                at += design.length_m + rng.uniform(4.0, 45.0)
            else:
                at += rng.uniform(15.0, 60.0)

    def _span_inside(self, berth: Berth, unit: NDArray[np.float64]) -> tuple[float, float]:
        """Where along the berth the chip is near."""
        middle = 0.5 * self.canvas.extent_m
        near = float((np.array([middle, middle]) - berth.start) @ unit)
        return near - 0.75 * self.canvas.extent_m, near + 0.75 * self.canvas.extent_m

    def _raft(self, ship: Ship, out: NDArray[np.float64]) -> None:
        rng = self.rng
        likely = 0.35 if self.naval else 0.1
        while rng.random() < likely:
            likely *= 0.9
            design = ship.design
            if rng.random() < 0.45:
                other = self._design(None, 1.3 * design.length_m)
                if other is None or other.length_m < 0.5 * design.length_m:
                    continue
                design = other
            away = 0.5 * (ship.design.beam_m + design.beam_m) + rng.uniform(0.3, 4.0)
            slide = rng.normal(0.0, 0.04) * design.length_m
            turn = ship.turn + (math.pi if rng.random() < 0.25 else 0.0)
            ship = Ship(design=design, at=ship.at + out * away + slide * ship.ahead, turn=turn)
            if not self._put(ship):
                return

    def _sterns(self, berth: Berth, unit: NDArray[np.float64], room: float) -> None:
        """A row of ships across the quay's line, mostly stern first."""
        rng = self.rng
        at = rng.uniform(0.0, 0.5) * room
        design = self._design(None, 160.0 if self.fine else 220.0)
        for _ in range(int(rng.integers(1, 9))):
            if rng.random() < 0.5:
                design = self._design(None, 160.0 if self.fine else 220.0) or design
            if design is None:
                return
            at += 0.5 * design.beam_m
            base = berth.start + unit * at
            middle = base + berth.out * (0.5 * design.length_m + rng.uniform(1.0, 14.0))
            turn = (
                math.atan2(berth.out[1], berth.out[0])
                + (math.pi if rng.random() < 0.2 else 0.0)
                + rng.normal(0.0, 0.03)
            )
            self._put(Ship(design=design, at=middle, turn=turn))
            at += 0.5 * design.beam_m + rng.uniform(0.5, 12.0)
            if at > room:
                return

    def _afloat(self, wind: float) -> None:
        rng = self.rng
        moving = rng.random() < 0.5
        names, odds = _WAY if not self.naval or rng.random() < 0.4 else _NAVAL
        design = draw_design(rng, str(rng.choice(names, p=np.array(odds) / sum(odds))), self.most_m)
        if design is None:
            return
        at = rng.uniform(-0.02, 1.02, 2) * self.canvas.extent_m
        turn = rng.uniform(0.0, 2 * math.pi) if moving else wind + rng.normal(0.0, 0.25)
        speed = float(rng.uniform(1.0, 11.0)) if moving else 0.0
        ship = Ship(design=design, at=at, turn=turn, speed_m_s=speed)
        self._put(ship, 12.0)

    def _put(self, ship: Ship, room_m: float = 0.0) -> bool:
        """Keep the ship if its place is free and touches the chip."""
        canvas = self.canvas
        ring = ship.corners()
        if np.any(ring.max(axis=0) < 0.0) or np.any(ring.min(axis=0) > canvas.extent_m):
            return False
        own = np.zeros(self.taken.shape, np.uint8)
        cv2.fillConvexPoly(own, canvas.fixed(ship.corners(room_m)), 1, shift=4)
        # A berthed hull may share the fine pixels of the quay's edge.
        if int(np.count_nonzero(own & self.taken)) > (0.0 if room_m else 0.05) * np.count_nonzero(own):
            return False
        cv2.fillConvexPoly(self.taken, canvas.fixed(ship.corners()), 1, shift=4)
        self.ships.append(ship)
        return True


def drift(ship: Ship, bands: int) -> Field:
    """(bands, 2) metres that the ship moves between the blue band and each band of Sentinel-2."""
    delay = np.array([0.0, 0.53, 1.0, 0.26, 1.8])[:bands]
    return np.asarray(ship.speed_m_s * delay[:, None] * ship.ahead, np.float64)
