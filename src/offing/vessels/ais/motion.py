"""How a ship may have moved between her fixes: three ways, each a Gaussian process, weighed by how well it fits.

A ship lies at rest, sails steadily, or manoeuvres. Under way her velocity is a Wiener process, so that between two
fixes with known velocities her mean track is the cubic Hermite curve through them, and its variance grows with the cube
of the gap (Wahba 1978; Rasmussen and Williams 2006, ch. 6). The fixes around the time are conditioned on exactly; what
they do not tell about a long gap is left to the ways' priors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.geo import KNOT_M_S
from offing.records import Record

F64 = NDArray[np.float64]
_FAR_M = 3e5
"""Standard deviation of a place before any fix."""
_FAST_M_S = 7.0
"""Standard deviation of a velocity before any fix, each way."""


class Way(Record, frozen=True):
    """A way of moving."""

    name: str
    prior: float
    """P(it) before the fixes are looked at; the priors sum to 1."""
    wander: float
    """Spectral density of the velocity's change, m²/s³; 0: she does not move."""
    swing_m: float = 0.0
    """Standard deviation of the place of one at rest, each way: she swings at her anchor."""


WAYS = (
    Way(name="at rest", prior=0.34, wander=0.0, swing_m=60.0),
    Way(name="steady", prior=0.33, wander=1e-4),
    Way(name="manoeuvring", prior=0.33, wander=3e-3),
)
CHANGE_H = 2.0
"""Hours to the nearest fix over which a ship has changed her way with probability 1 − 1/e."""
SURPRISE = 0.1
"""Weight of the priors, whatever the fixes say, once she may have changed her way."""


class Observed(Record, frozen=True):
    """A fix in metres and seconds from the picture."""

    seconds: float
    place_m: tuple[float, float]
    """East, north."""
    place_sd_m: float
    velocity_m_s: tuple[float, float] | None
    velocity_sd_m_s: float = 0.3


class State(Record, frozen=True):
    """Where a ship was and how she moved, at the picture's time: a normal distribution."""

    weight: float
    name: str
    mean: tuple[float, float, float, float]
    """East, north, m; eastward, northward, m/s."""
    covariance: tuple[float, float, float]
    """Of the place, of place and velocity, of the velocity, the same each way: m², m²/s, m²/s²."""


def states(fixes: Sequence[Observed], ways: Sequence[Way] = WAYS) -> tuple[State, ...]:
    """The state at second 0 by each way, given the fixes near it; the weights sum to 1."""
    found = [_state(fixes, way) for way in ways]
    evidence = np.array([e + math.log(w.prior) for (_, _, e), w in zip(found, ways, strict=True)])
    fitting = np.exp(evidence - evidence.max())
    fitting /= fitting.sum()
    # The longer the fixes are away, the less the way that fitted them needs to hold at the time.
    open_s = _open_s(fixes)
    kept = math.exp(-open_s / 3600.0 / CHANGE_H)
    prior = np.array([w.prior for w in ways])
    weights = kept * fitting + (1.0 - kept) * ((1.0 - SURPRISE) * _changed(fixes, ways) + SURPRISE * prior)
    return tuple(
        State(weight=float(w), name=way.name, mean=mean, covariance=spread)
        for w, way, (mean, spread, _) in zip(weights, ways, found, strict=True)
    )


def _changed(fixes: Sequence[Observed], ways: Sequence[Way]) -> F64:
    """Weights of the ways where nothing but the two fixes beside the time is trusted."""
    before = [f for f in fixes if f.seconds <= 0.0][-1:]
    after = [f for f in fixes if f.seconds > 0.0][:1]
    evidence = np.array([_state([*before, *after], way)[2] + math.log(way.prior) for way in ways])
    weights: F64 = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    return weights


def _open_s(fixes: Sequence[Observed]) -> float:
    """Seconds to the nearer of the fixes around the time, or to the only one beside it."""
    return min(abs(f.seconds) for f in fixes)


def _state(
    fixes: Sequence[Observed], way: Way
) -> tuple[tuple[float, float, float, float], tuple[float, float, float], float]:
    """(mean, covariance, log evidence) by one way."""
    times = np.array([f.seconds for f in fixes])
    moving = [i for i, f in enumerate(fixes) if f.velocity_m_s is not None]
    noise = np.array(
        [f.place_sd_m**2 + way.swing_m**2 for f in fixes] + [fixes[i].velocity_sd_m_s ** 2 for i in moving]
    )
    seen = np.array([f.place_m for f in fixes] + [fixes[i].velocity_m_s for i in moving])
    nodes = np.r_[times, times[moving]]
    rates = np.r_[np.zeros(len(times), bool), np.ones(len(moving), bool)]
    begin = float(min(times.min(), 0.0))
    gram = _covariance(nodes - begin, rates, nodes - begin, rates, way) + np.diag(noise)
    at, both = np.array([-begin, -begin]), np.array([False, True])
    cross = _covariance(at, both, nodes - begin, rates, way)
    own = _covariance(at, both, at, both, way)
    factor = np.linalg.cholesky(gram)
    white = np.linalg.solve(factor, seen)
    gain = np.linalg.solve(factor, cross.T)
    mean = gain.T @ white
    spread = own - gain.T @ gain
    evidence = -0.5 * float((white**2).sum()) - 2.0 * float(np.log(np.diag(factor)).sum())
    place = max(float(spread[0, 0]), 1.0) + way.swing_m**2
    return (
        (float(mean[0, 0]), float(mean[0, 1]), float(mean[1, 0]), float(mean[1, 1])),
        (place, float(spread[0, 1]), max(float(spread[1, 1]), 1e-6)),
        evidence,
    )


def _covariance(s: F64, s_rate: NDArray[np.bool_], t: F64, t_rate: NDArray[np.bool_], way: Way) -> F64:
    """Between places and velocities (where ``rate``) at seconds from the beginning, one direction.

    Of an integrated Wiener process with spectral density ``wander`` that starts from a wide prior.
    """
    a, b = s[:, None], t[None, :]
    low = np.minimum(a, b)
    start, fast, q = _FAR_M**2, _FAST_M_S**2 if way.wander > 0.0 else 0.0, way.wander
    places = start + fast * a * b + q * (low**2 * (3.0 * np.maximum(a, b) - low)) / 6.0
    rate_place = fast * b + q * np.where(a < b, a * b - 0.5 * a**2, 0.5 * b**2)  # velocity at a, place at b
    place_rate = fast * a + q * np.where(b < a, a * b - 0.5 * b**2, 0.5 * a**2)
    rates = fast + q * low + 0.0 * (a + b)
    return np.where(
        s_rate[:, None],
        np.where(t_rate[None, :], rates, rate_place),
        np.where(t_rate[None, :], place_rate, places),
    )


def speed_vector(sog_kn: float, cog_deg: float) -> tuple[float, float]:
    """(eastward, northward) m/s of a speed and course over ground."""
    speed, course = sog_kn * KNOT_M_S, math.radians(cog_deg)
    return speed * math.sin(course), speed * math.cos(course)
