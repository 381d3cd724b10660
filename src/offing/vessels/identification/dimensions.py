"""Densities of measured lengths and beams for ships of a class, and for ships of no class considered."""

from __future__ import annotations

import math

from offing.quantities import Interval

WIDE = 1.5
"""A class whose greatest length is this many times its least is spread evenly in the logarithm."""
OTHER_MEDIAN_M, OTHER_SIGMA = 90.0, 0.8
"""Lengths of ships of no class here: log-normal, wide on purpose."""
SLENDER, SLENDER_POWER, SLENDER_SIGMA = 0.62, 0.72, 0.25
"""Beams of ships of any kind, given their length: spread by a quarter around 0.62 · length^0.72 metres, declared: 7 m
of a ship of 30 m, 18 m of one of 110 m, 38 m of one of 300 m."""
LEAST_SD_M = 1.0
BEAM_LEAST_SD = 0.06
"""Least standard deviation of a beam, share of it: what counts as beam differs between picture and handbook."""
BEAM_OUTLIER, BEAM_RANGE_M = 0.1, (2.0, 80.0)
"""P(a beam was measured wrongly, with something beside the hull or of a smear: then any, evenly in the logarithm), and
the range; declared: some 15 of 100 real 90 % intervals do not hold."""
_Z95 = 1.6448536269514722


def sd_of(interval: Interval) -> float:
    """Standard deviation that a 90 % interval stands for, metres."""
    return max((interval.high - interval.low) / (2.0 * _Z95), LEAST_SD_M)


def length_density(length_m: float, sd: float, bounds: tuple[float, float] | None) -> float:
    """Density per metre of measuring ``length_m`` for a ship within ``bounds``, with measurement error ``sd``."""
    if bounds is None:
        return other_length_density(length_m)
    low, high = bounds
    if high <= low:
        return _normal(length_m, low, sd)
    inside = _phi((high - length_m) / sd) - _phi((low - length_m) / sd)
    if high / low < WIDE:
        return inside / (high - low)
    return inside / (min(max(length_m, low), high) * math.log(high / low))


def other_length_density(length_m: float) -> float:
    """Density per metre of a length among ships of no class considered."""
    return _log_normal(length_m, OTHER_MEDIAN_M, OTHER_SIGMA)


def beam_density(
    beam_m: float,
    sd: float,
    length: tuple[float, float],
    beams: tuple[float, float] | None,
    lengths: tuple[float, float] | None,
) -> float:
    """Density per metre of measuring ``beam_m`` on a ship of a class with these bounds; ``length``: as measured, with
    its standard deviation.

    A class of ships of all sizes has the beams of ships of that length.
    """
    if beams is None or (lengths and lengths[1] / lengths[0] >= WIDE):
        return other_beam_density(beam_m, sd, length)
    sd = max(sd, BEAM_LEAST_SD * beam_m)
    low, high = beams
    if high <= low:
        own = _normal(beam_m, low, sd)
    else:
        own = (_phi((high - beam_m) / sd) - _phi((low - beam_m) / sd)) / (high - low)
    return _or_wrong(own, beam_m)


def other_beam_density(beam_m: float, sd: float, length: tuple[float, float]) -> float:
    """Density per metre of measuring ``beam_m`` on ships of any kind of that ``length``, as above."""
    length_m, length_sd = length
    middle = SLENDER * length_m**SLENDER_POWER
    spread = math.hypot(SLENDER_SIGMA, SLENDER_POWER * length_sd / length_m)
    return _or_wrong(_normal(beam_m, middle, math.hypot(sd, spread * middle)), beam_m)


def _or_wrong(density: float, beam_m: float) -> float:
    low, high = BEAM_RANGE_M
    anything = 1.0 / (min(max(beam_m, low), high) * math.log(high / low))
    return (1.0 - BEAM_OUTLIER) * density + BEAM_OUTLIER * anything


def _normal(x: float, mean: float, sd: float) -> float:
    return math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * math.sqrt(2.0 * math.pi))


def _log_normal(x: float, median: float, sigma: float) -> float:
    if x <= 0.0:
        return 0.0
    z = math.log(x / median) / sigma
    return math.exp(-0.5 * z * z) / (x * sigma * math.sqrt(2.0 * math.pi))


def _phi(z: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
