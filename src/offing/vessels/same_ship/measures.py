"""The measures that two views have in common."""

from __future__ import annotations

import math

from offing.vessels.same_ship.backscatter import PER_LENGTH
from offing.vessels.same_ship.calibration import Measures
from offing.vessels.same_ship.dimensions import log_ratio
from offing.vessels.same_ship.likeness import likeness
from offing.vessels.same_ship.model import View
from offing.vessels.same_ship.paint import distance
from offing.vessels.same_ship.traffic import Sizes


def measures_of(a: View, b: View, sizes: Sizes) -> Measures:
    """What can be compared of ``a`` and ``b``; symmetric."""
    alike = likeness(a.profile, b.profile) if a.profile is not None and b.profile is not None else None
    return Measures(
        dimensions=log_ratio(a.measurement, b.measurement, sizes),
        as_named=alike.as_named if alike else None,
        turned=alike.turned if alike else None,
        agree=alike.agree if alike else 0.5,
        paint=distance(a.paint, b.paint) if a.paint is not None and b.paint is not None else None,
        backscatter=_backscatter(a, b),
    )


def _backscatter(a: View, b: View) -> float | None:
    levels = [_level(v) for v in (a, b)]
    return None if levels[0] is None or levels[1] is None else abs(levels[0] - levels[1])


def _level(view: View) -> float | None:
    """Cross-section of a ship of 100 m that is as bright for its length."""
    length = view.measurement.length_m
    if view.backscatter_db is None or length is None or length <= 0.0:
        return None
    return view.backscatter_db - PER_LENGTH * math.log10(length / 100.0)
