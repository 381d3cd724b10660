"""What a factor's measure is worth for a pair of sensors: fitted on simulated pairs, kept with its card.

Each measure is turned into a log likelihood ratio by a logistic regression of its own; what they share is taken out by
one more over all of them, weights from 0 to ``MOST_WEIGHT``, no constant, so that a factor that is not there counts
for nothing (Morrison 2013, fusion of forensic systems; Brümmer and du Preez 2006).
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from offing.errors import OffingError
from offing.records import Record
from offing.vessels.same_ship.model import View

CALIBRATION = "same-ship-1"
FINE_M, COARSE_M = 1.4, 5.5
"""Optical pixels: fine below the first, coarse above the second, metres; fitted at 0.7, 3 and 10 m."""
MOST_WEIGHT = 1.2
LEAST_PAINT, MOST_PAINT = math.log(1 / 5), math.log(3)
"""Whatever simulated decks say: light, air and instruments change real colours more, and a navy has one grey
(declared)."""
MEASURES = ("dimensions", "profile", "paint", "backscatter")
Band = Literal["fine", "middle", "coarse", "radar"]
BANDS: tuple[Band, ...] = ("fine", "middle", "coarse", "radar")
TYPICAL_M: dict[Band, float] = {"fine": 0.7, "middle": 3.0, "coarse": 10.0, "radar": 10.0}


class Measures(Record, frozen=True):
    """What two views have in common, as numbers; None: not to be had."""

    dimensions: float | None = None
    """Natural logarithm of the likelihood ratio of ``dimensions.py``; against a sister always 0."""
    as_named: float | None = None
    """Fisher's z of the profiles' likeness with both bows where they are taken to be."""
    turned: float | None = None
    """The same with one turned round."""
    agree: float = 0.5
    """P(the named bows are the same end)."""
    paint: tuple[float, float] | None = None
    """Distances of ``paint.py``."""
    backscatter: float | None = None
    """Absolute difference of the cross-sections for their lengths, decibels."""


class Parameters(Record, frozen=True):
    """One rule that turns measures into a log likelihood ratio."""

    profile: tuple[float, float] = (0.0, 0.0)
    """(constant, weight of z ≥ 0)."""
    paint: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """(constant, weight of the medians' distance ≤ 0, weight of the spreads' distance ≤ 0)."""
    backscatter: tuple[float, float] = (0.0, 0.0)
    """(constant, weight of the difference ≤ 0)."""
    weights: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """How much of each of ``MEASURES`` counts beside the others."""


class Rule(Record, frozen=True):
    """The rule against one alternative, for one pair of kinds of picture."""

    best: Parameters
    draws: tuple[Parameters, ...]
    """Fitted again on ships drawn with replacement."""
    least: float
    """Natural logarithm of the least ratio that the simulated pairs support."""
    most: float
    """Of the greatest: with one more misleading pair than there was (Vergeer et al. 2016)."""
    same: int
    """Pairs of one ship."""
    different: int
    """Pairs of two ships."""


class PairRules(Record, frozen=True):
    """Both alternatives for one pair of kinds of picture."""

    traffic: Rule
    sister: Rule


class Calibration(Record, frozen=True):
    """The kept calibration."""

    card: dict[str, str]
    pairs: dict[str, PairRules]
    """``fine-radar`` … → rules; kinds in the order of ``BANDS``."""


@cache
def kept() -> Calibration:
    """The calibration that comes with offing."""
    raw = (files("offing.weights") / f"{CALIBRATION}.json").read_bytes()
    return msgspec.json.decode(raw, type=Calibration)


def band_of(view: View) -> Band:
    """The kind of picture. Raises OffingError where an optical picture's pixel size is not known."""
    if view.sensor == "sar":
        return "radar"
    if view.gsd_m is None:
        raise OffingError("the pixel size is not known", where=view.image, fix="give the picture's pixels: --gsd")
    return "fine" if view.gsd_m < FINE_M else "middle" if view.gsd_m <= COARSE_M else "coarse"


def pair_name(a: Band, b: Band) -> str:
    """The pair's name, whichever comes first."""
    return "-".join(sorted((a, b), key=BANDS.index))


def parts(measures: Measures, rule: Parameters, *, sister: bool) -> dict[str, float]:
    """Measure → natural logarithm of its likelihood ratio, before what is shared is taken out."""
    found: dict[str, float] = {}
    if measures.dimensions is not None:
        found["dimensions"] = 0.0 if sister else measures.dimensions
    if measures.as_named is not None and measures.turned is not None:
        found["profile"] = _profile(measures.as_named, measures.turned, measures.agree, rule.profile)
    if measures.paint is not None:
        constant, middle, spread = rule.paint
        told = constant + middle * measures.paint[0] + spread * measures.paint[1]
        # Sisters may be painted alike: the same paint never speaks against one.
        found["paint"] = min(max(told, LEAST_PAINT), 0.0 if sister else MOST_PAINT)
    if measures.backscatter is not None:
        found["backscatter"] = rule.backscatter[0] + rule.backscatter[1] * measures.backscatter
    return found


def weighed(measures: Measures, rule: Parameters, *, sister: bool) -> dict[str, float]:
    """Measure → what it adds to the logarithm of the ratio."""
    counted = dict(zip(MEASURES, rule.weights, strict=True))
    return {name: counted[name] * value for name, value in parts(measures, rule, sister=sister).items()}


def _profile(as_named: float, turned: float, agree: float, rule: tuple[float, float]) -> float:
    """Both ways round: the bows agree with P ``agree``, and the likeness of the other way round tells nothing."""
    constant, weight = rule
    return float(
        math.log(agree * math.exp(constant + weight * as_named) + (1.0 - agree) * math.exp(constant + weight * turned))
    )
