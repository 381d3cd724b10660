"""How far a profile's likelihood ratio may be believed, by kind of sensor and pixels along the hull.

The model of brightness is wrong in detail, and neighbouring samples are less independent than it thinks: its log
likelihoods are multiplied by a temper (below 1), and every layout loses an offset to "any ship", both fitted so that
stated probabilities hold on simulated ships. A ratio is never stated beyond a cap: declared, since no real ships of
known class were measured, and no more than the simulated ships bear out.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np

from offing.errors import OffingError
from offing.records import Record
from offing.vessels.detection.additive import Card

NAME = "profile-calibration-1"


class Knot(Record, frozen=True):
    """What was measured at one number of pixels along the hull."""

    pixels: float
    """Pixels of the length, the median of the ships measured."""
    temper: float
    """0–1."""
    offset: float
    """What every layout that is tried loses to any ship, a logarithm: among many layouts one fits by chance."""
    cap: float
    """Greatest likelihood ratio that is stated, 1 or more; its inverse is the least."""
    ships: int
    """How many simulated ships it stands on."""

    def __post_init__(self) -> None:
        if not (self.pixels > 0.0 and 0.0 <= self.temper <= 1.0 and self.cap >= 1.0 and self.offset >= 0.0):
            raise OffingError(f"a temper of {self.temper:g} and a cap of {self.cap:g} at {self.pixels:g} pixels")


class Belief(Record, frozen=True):
    """How far log ratios are believed: ``temper`` · ratio − ``offset``, no further apart than ``cap``."""

    temper: float
    offset: float
    cap: float
    """A logarithm."""

    def stated(self, raw: float) -> float:
        """The log ratio that is stated, before the cap."""
        return self.temper * raw - self.offset


class ProfileCalibration(Record, frozen=True):
    """Tempers and caps with where they come from."""

    card: Card
    optical: tuple[Knot, ...]
    """By rising pixels."""
    radar: tuple[Knot, ...]

    def at(self, sensor: str, pixels: float) -> Belief:
        """Between the knots linear in the logarithm of ``pixels``; beyond the last knot as there, below the first
        falling to nothing at half of it.
        """
        knots = self.radar if sensor == "sar" else self.optical
        places = np.log([0.5 * knots[0].pixels, *(k.pixels for k in knots)])

        def between(values: list[float]) -> float:
            return float(np.interp(math.log(pixels), places, [0.0, *values]))

        return Belief(
            temper=between([k.temper for k in knots]),
            offset=between([k.offset for k in knots]),
            cap=between([math.log(k.cap) for k in knots]),
        )


@cache
def calibration() -> ProfileCalibration:
    """The one that comes with offing."""
    return msgspec.json.decode((files("offing") / "weights" / f"{NAME}.json").read_bytes(), type=ProfileCalibration)
