"""What each look could have shown of a call, as numbers in order of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offing.errors import OffingError
from offing.geo import LonLat
from offing.looks.beginnings import HOUR, ticks
from offing.looks.call_model import Cause
from offing.looks.distinct import distinct
from offing.looks.model import Look
from offing.looks.passes.model import Band, Pass
from offing.quantities import Interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BLIND = frozenset({"night", "nodata", "too-coarse", "not-obtained"})
"""Statuses under which a look shows nothing, whatever its usable fraction says."""

NOTHING_KNOWN = Interval(low=0.0, high=1.0, level=1.0)
"""What an undeclared p_detect may be."""


@dataclass(frozen=True, slots=True)
class Sights:
    """Acquisitions of one site by time, shape (looks,) each; probabilities have two rows, least and most."""

    at: Ints
    """Microseconds since 1970."""
    shows: Floats
    """P(shows a ship that is there), shape (2, looks)."""
    would: Floats
    """The same had the look been fully usable, shape (2, looks)."""
    undeclared: Flags
    """Whether nobody declared its p_detect."""
    cause: tuple[Cause | None, ...]
    """What kept it from showing all; None: nothing did."""
    day: Ints
    """Number of the day, by the sun at the place."""


def sights(looks: Sequence[Look], place: LonLat, assumed: Interval = NOTHING_KNOWN) -> Sights:
    """The acquisitions behind the ``looks`` of one site, copies counted once.

    ``assumed``: what an undeclared p_detect may be. Raises ObservationError for two looks of one id.
    """
    kept = distinct(looks).kept
    undeclared = np.array([k.p_detect is None for k in kept], dtype=bool)
    told = np.array([0.0 if k.p_detect is None else k.p_detect for k in kept], dtype=np.float64)
    would = np.stack([np.where(undeclared, end, told) for end in (assumed.low, assumed.high)])
    able = [_able(k) for k in kept]
    at = np.array([ticks(k.time) for k in kept], dtype=np.int64)
    return Sights(
        at=at,
        shows=would * np.array([usable for usable, _ in able], dtype=np.float64),
        would=would,
        undeclared=undeclared,
        cause=tuple(cause for _, cause in able),
        day=solar_day(at, place),
    )


def pass_sights(passes: Sequence[Pass], usable: Mapping[Band, float], place: LonLat) -> Sights:
    """Passes taken for looks, each usable with the stated probability of its band; optical ones not in the dark.

    Raises OffingError for a probability that is none.
    """
    for band, rate in usable.items():
        if not 0.0 <= rate <= 1.0:
            raise OffingError(f"usable is {rate} for {band}", fix="write a number from 0 to 1")
    kept = sorted(passes, key=lambda p: (p.time, p.satellite))
    lit = [p.band == "sar" or p.daylight for p in kept]
    rates = [usable.get(p.band, 0.0) for p in kept]
    would = np.array([r * p.covers for r, p in zip(rates, kept, strict=True)], dtype=np.float64)
    at = np.array([ticks(p.time) for p in kept], dtype=np.int64)
    return Sights(
        at=at,
        shows=np.stack([np.where(lit, would, 0.0)] * 2),
        would=np.stack([would] * 2),
        undeclared=np.zeros(len(kept), dtype=bool),
        cause=tuple(None if light else "night" for light in lit),
        day=solar_day(at, place),
    )


def solar_day(at: Ints, place: LonLat) -> Ints:
    """Number of the day of each instant, from midnight to midnight by the mean sun at the place."""
    return np.asarray((at + round(place.lon / 15.0 * HOUR)) // (24 * HOUR), dtype=np.int64)


def speaks(look: Look) -> bool:
    """Whether the look says anything: that a ship was there, or none."""
    return any(o.seen != "indeterminate" for o in look.observations)


def _able(look: Look) -> tuple[float, Cause | None]:
    """Usable fraction, and what took the rest."""
    if look.status in BLIND:
        return 0.0, look.status
    hidden: Cause = "partly" if look.status == "clear" else look.status
    if look.usable > 0.0 and not speaks(look):
        return 0.0, "undecided"
    return look.usable, hidden if look.usable < 1.0 else None
