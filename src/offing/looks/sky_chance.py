"""How probable it is that a place is clear for an optical picture that nobody has opened yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from offing.looks.model import Look
from offing.quantities import Probability

SEASON_DAYS = 45
"""Looks within so many days of the day of the year speak for the season."""

CATALOGUE_LOOKS = 4.0
"""A scene's cloud says of a place in it as much as so many looks: the place may be the clouded part. A convention."""

_JEFFREYS = 0.5
_TELLING = frozenset({"clear", "partly", "cloud"})
_RADAR = re.compile(r"\bsar\b|radar|sentinel-?1|iceye|capella|umbra|terrasar|tandem|cosmo|kompsat-?5|gaofen-?3|alos")
"""Names under which analysts and pictures speak of radar."""
_YEAR = 365.25


def clear_by_catalogue(cloud: float) -> Probability:
    """From the clouded part of the whole scene, 0–1, as a catalogue gives it."""
    clear = CATALOGUE_LOOKS * (1.0 - cloud)
    return _beta(clear, CATALOGUE_LOOKS - clear, f"{cloud:.0%} cloud over the whole scene by the catalogue")


def clear_by_season(looks: Iterable[Look], time: datetime) -> Probability:
    """From how far the optical ones of ``looks``, all at one site, were usable in the season of ``time``, any year.

    Beta posterior from Jeffreys' prior, a look counting by its usable fraction; the bounds are its 5 and 95 % points.
    """
    near = [k.usable for k in looks if _tells(k) and _season_gap(k.time, time) <= SEASON_DAYS]
    basis = "no optical look at this site in this season says how often it is clear"
    if near:
        basis = (
            f"of {len(near)} optical looks at this site within {SEASON_DAYS} days of the day of the year "
            f"{sum(near):.1f} were clear"
        )
    return _beta(sum(near), len(near) - sum(near), basis)


def _tells(look: Look) -> bool:
    """Whether a look says how the sky was: radar does not mind it."""
    return look.status in _TELLING and not _RADAR.search(look.sensor.casefold())


def _season_gap(a: datetime, b: datetime) -> float:
    """Days between two days of the year, at most half a year."""
    gap = abs((a - b).total_seconds() / 86400.0) % _YEAR
    return min(gap, _YEAR - gap)


def _beta(clear: float, clouded: float, basis: str) -> Probability:
    from scipy.special import betaincinv

    a, b = clear + _JEFFREYS, clouded + _JEFFREYS
    low, high = (float(betaincinv(a, b, q)) for q in (0.05, 0.95))
    value = a / (a + b)
    return Probability(value=value, low=min(low, value), high=max(high, value), basis=basis)
