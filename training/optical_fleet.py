"""The kinds of simulated ships and how long they are."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from offing.records import Record
from optical_hulls import Design
from optical_merchants import barge, boat, bulk, container, ferry, fishing, general, offshore, tanker, tug
from optical_warships import carrier, escort, landing, submarine, support

Maker = Callable[[np.random.Generator, float], Design]


class Kind(Record, frozen=True, eq=False):
    """A kind of ship and how long it is, metres."""

    make: Maker
    low_m: float
    high_m: float


FLEET: dict[str, Kind] = {
    "container": Kind(make=container, low_m=110, high_m=400),
    "bulk": Kind(make=bulk, low_m=100, high_m=330),
    "tanker": Kind(make=tanker, low_m=70, high_m=340),
    "general": Kind(make=general, low_m=55, high_m=150),
    "ferry": Kind(make=ferry, low_m=40, high_m=340),
    "offshore": Kind(make=offshore, low_m=40, high_m=110),
    "tug": Kind(make=tug, low_m=18, high_m=42),
    "fishing": Kind(make=fishing, low_m=15, high_m=75),
    "barge": Kind(make=barge, low_m=25, high_m=110),
    "escort": Kind(make=escort, low_m=80, high_m=175),
    "patrol": Kind(make=escort, low_m=30, high_m=80),
    "landing": Kind(make=landing, low_m=70, high_m=210),
    "carrier": Kind(make=carrier, low_m=180, high_m=335),
    "submarine": Kind(make=submarine, low_m=55, high_m=155),
    "support": Kind(make=support, low_m=70, high_m=220),
    "boat": Kind(make=boat, low_m=7, high_m=28),
}


def draw_design(rng: np.random.Generator, kind: str, most_m: float = 1e9) -> Design | None:
    """A ship of this kind, at most so long; None when all of the kind are longer."""
    which = FLEET[kind]
    high = min(which.high_m, most_m)
    if high < which.low_m:
        return None
    length = float(np.exp(rng.uniform(math.log(which.low_m), math.log(high))))
    return which.make(rng, length)
