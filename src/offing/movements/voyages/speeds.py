"""How fast a ship of a class goes at most, and how fast she makes good from berth to berth."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.classes import UNKNOWN, ClassLibrary
from offing.vessels.same_ship.passage import FASTEST_KN

Array = NDArray[np.float64]

SPARE = 1.1
"""A tenth is added to the greatest published speed before anything is excluded."""
USUAL_KN = 14.0
"""Stands for the greatest speed of ships whose class has none published, where a usual speed is needed (assumed)."""
_NOT_ONE = ("any", UNKNOWN)


class Fastest(Record, frozen=True):
    """The greatest speed that is believed of a class."""

    kn: float
    """Knots, as published, or assumed."""
    limit_kn: float
    """What excludes: with a tenth to spare where it is published."""
    usual_kn: float
    """What the usual speed is a share of."""
    words: str
    """``a ropucha makes at most 18 kn``."""


class Cruise(Record, frozen=True):
    """Speed made good from berth to berth: log-normal, cut off at the greatest speed."""

    median_kn: float
    """Of the log-normal before it is cut off."""
    log_sd: float
    most_kn: float

    def at_least(self, knots: Array) -> Array:
        """P(speed ≥ knots), for knots above 0."""
        from scipy.special import ndtr

        top = float(ndtr(math.log(self.most_kn / self.median_kn) / self.log_sd))
        below = ndtr(np.log(knots / self.median_kn) / self.log_sd)
        return np.asarray(np.clip((top - below) / top, 0.0, 1.0))


def fastest(class_id: str, library: ClassLibrary) -> Fastest:
    """What is believed of ``class_id``: its own published speed, the greatest of the classes that it stands for, or
    what no ship is believed to exceed.
    """
    own = library.get(class_id).speed_kn
    if own is not None:
        return _published(own[1], f"a ship of the class {class_id} makes at most {own[1]:g} kn")
    stood_for = [c for c in library.meant([class_id]) if c != class_id]
    top = _top(stood_for, library)
    if class_id not in _NOT_ONE and stood_for and top is not None:
        return _published(top, f"no class that {class_id!r} stands for makes more than {top:g} kn")
    words = f"the speed of {class_id!r} is not known, and no ship is believed to make more than {FASTEST_KN:g} kn"
    return Fastest(kn=FASTEST_KN, limit_kn=FASTEST_KN, usual_kn=USUAL_KN, words=words)


def _published(knots: float, words: str) -> Fastest:
    return Fastest(kn=knots, limit_kn=knots * SPARE, usual_kn=knots, words=words)


def _top(ids: Iterable[str], library: ClassLibrary) -> float | None:
    """The greatest speed of these classes; None where one that could be meant has none."""
    speeds = [library.get(c).speed_kn for c in ids if library.get(c).length_m]
    return max(s[1] for s in speeds if s) if speeds and all(speeds) else None
