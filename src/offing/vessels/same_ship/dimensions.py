"""Length and beam: one size measured twice, against two sizes of the traffic.

LR = Σ p(size) p(a | size) p(b | size) / (Σ p(size) p(a | size) · Σ p(size) p(b | size)), sizes over the traffic's
classes. What a rare size has in common counts more than what every ship there has. Sisters are of one size: against
them dimensions say nothing.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.quantities import Interval
from offing.vessels.model import Measurement
from offing.vessels.same_ship.traffic import Sizes

F64 = NDArray[np.float64]

Z90 = 1.6448536269514722
_TAIL = 0.02
"""P(a measurement is off by more than its interval says): a merged or clipped ship, a wake taken for hull."""
_OFF = 0.35
"""Standard deviation of the logarithm of a size measured so."""
LEAST_SD = 0.02
"""Two pictures of one ship agree no better than this, relative."""


def log_ratio(a: Measurement, b: Measurement, sizes: Sizes) -> float | None:
    """Natural logarithm of the likelihood ratio; None where either has no length."""
    if a.length_m is None or b.length_m is None:
        return None
    with_beam = a.beam_m is not None and b.beam_m is not None
    one, other = (_likelihood(m, sizes, with_beam) for m in (a, b))
    prior = sizes.probability
    both, first, second = (float((prior * v).sum()) for v in (one * other, one, other))
    if min(both, first, second) <= 0.0:
        return 0.0
    return math.log(both) - math.log(first) - math.log(second)


def _likelihood(measured: Measurement, sizes: Sizes, with_beam: bool) -> F64:
    """(classes, n) p(what was measured | class, length), integrated over the beams of the class."""
    assert measured.length_m is not None
    log_length = np.log(sizes.length_m)
    length = _density(math.log(measured.length_m) - log_length, _relative_sd(measured.length_m, measured.length_m_90))
    if not with_beam:
        return np.broadcast_to(length, sizes.probability.shape)
    assert measured.beam_m is not None
    sd = _relative_sd(measured.beam_m, measured.beam_m_90)
    off = math.log(max(measured.beam_m, 0.1)) - log_length[None, :] - np.log(sizes.beam_ratio)[:, None]
    wide = np.hypot(sd, sizes.beam_sd)[:, None]
    return np.asarray(length[None, :] * _density(off, wide), np.float64)


def _density(off: F64, sd: float | F64) -> F64:
    core = np.exp(-0.5 * (off / sd) ** 2) / sd
    tail = np.exp(-0.5 * (off / _OFF) ** 2) / _OFF
    return np.asarray((1.0 - _TAIL) * core + _TAIL * tail, np.float64)


def _relative_sd(value: float, interval: Interval | None) -> float:
    if interval is None:
        return 0.15
    return max((interval.high - interval.low) / (2.0 * Z90 * max(value, 0.1)), LEAST_SD)
