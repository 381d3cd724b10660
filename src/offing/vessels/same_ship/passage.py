"""Whether one ship can have been at both places: impossible speaks against it, possible says nothing.

The path by sea is never shorter than the geodesic, so the speed found is the least; that a ship could have made it is
true of nearly every ship there, and counts for nothing.
"""

from __future__ import annotations

import math

from offing.geo import KNOT_M_S, NAUTICAL_MILE_M, distance_m
from offing.records import Record
from offing.vessels.same_ship.model import View

IMPOSSIBLE = 1e-3
"""Likelihood ratio where no ship can have made it: a time or a place may be wrong (declared)."""
FASTEST_KN = 45.0
"""Assumed of ships whose class is not known."""
_SLACK_S = 120.0
_SLACK_M = {"sar": 1500.0}
_SLACK_OPTICAL_M = 300.0
"""How far off a ship may seem to lie: radar displaces what moves along its flight."""


class PassageNeeded(Record, frozen=True):
    """What one ship would have had to do."""

    log_ratio: float | None
    """Natural logarithm of the likelihood ratio; None: times or places are not known."""
    compared: str
    note: str


def passage_needed(a: View, b: View, fastest_kn: float = FASTEST_KN) -> PassageNeeded:
    """The least speed between the two, against the fastest that is believed of the ships there. Symmetric."""
    if a.image == b.image and a.time == b.time:
        return PassageNeeded(
            log_ratio=math.log(IMPOSSIBLE),
            compared="two detections in one picture",
            note="one ship is not at two places at once; it may be one ship found twice",
        )
    if a.time is None or b.time is None or a.place is None or b.place is None:
        return PassageNeeded(log_ratio=None, compared="", note="not known when or where both were seen")
    metres = distance_m(a.place, b.place)
    hours = abs((b.time - a.time).total_seconds()) / 3600.0
    compared = f"{metres / NAUTICAL_MILE_M:.1f} nm apart in {hours:.1f} h"
    slack = sum(_SLACK_M.get(v.sensor or "", _SLACK_OPTICAL_M) for v in (a, b))
    seconds = hours * 3600.0 + _SLACK_S
    needed = max(0.0, metres - slack) / seconds / KNOT_M_S
    if needed > fastest_kn:
        return PassageNeeded(
            log_ratio=math.log(IMPOSSIBLE),
            compared=compared,
            note=f"needs {needed:.0f} kn at least, more than {fastest_kn:.0f} kn: two ships, or a wrong time or place",
        )
    return PassageNeeded(
        log_ratio=0.0, compared=compared, note=f"needs {needed:.1f} kn at least: possible, which excludes nothing"
    )
