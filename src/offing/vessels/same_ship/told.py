"""What of two views was compared, in words."""

from __future__ import annotations

import math

from offing.quantities import Interval
from offing.vessels.same_ship.calibration import Measures
from offing.vessels.same_ship.model import View

COMPARED = {
    "dimensions": "one size measured twice, against two of the traffic's sizes; sisters are of one size",
    "profile": "brightness along the hull at the coarser resolution, gains free, both bow ends weighed",
    "paint": "ratios of bands over the deck",
    "backscatter": "radar cross-section for the length",
}
"""Measure → how it was compared."""


def compared(name: str, a: View, b: View, measures: Measures) -> str:
    """What of the one stands beside what of the other."""
    if name == "dimensions":
        return f"{_size(a)} beside {_size(b)}"
    if name == "profile":
        return _profile(a, b, measures)
    if name == "paint":
        if measures.paint is None:
            return "no common bands of reflectance, or too few pixels on a deck"
        return f"medians {measures.paint[0]:.3f} apart, spreads {measures.paint[1]:.3f} (natural logarithms)"
    if a.backscatter_db is None or b.backscatter_db is None:
        return "not two calibrated radar pictures"
    return f"{a.backscatter_db:.1f} dB beside {b.backscatter_db:.1f} dB above 1 m²"


def _profile(a: View, b: View, measures: Measures) -> str:
    if measures.as_named is None or measures.turned is None:
        without = [v.title for v in (a, b) if v.profile is None]
        return f"no profile of {' and '.join(without)}" if without else "too little of the hulls in common"
    one, other = (math.tanh(v) for v in (measures.as_named, measures.turned))
    return f"correlation {one:.2f} bow to bow, {other:.2f} bow to stern; P(bows agree) {measures.agree:.2f}"


def _size(view: View) -> str:
    m = view.measurement
    if m.length_m is None:
        return "no length"
    beam = "" if m.beam_m is None else f" × {m.beam_m:.0f} m{_bounds(m.beam_m_90)}"
    return f"{m.length_m:.0f} m{_bounds(m.length_m_90)}{beam}"


def _bounds(interval: Interval | None) -> str:
    return "" if interval is None else f" [{interval.low:.0f}, {interval.high:.0f}]"
