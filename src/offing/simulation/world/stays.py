"""How long simulated ships stay: log-normal as the judgement takes it, and otherwise."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.simulation.world.model import TrueStay

_Z95 = 1.6448536269514722

LOGNORMALS: tuple[tuple[float, float, float], ...] = (
    (8.0, 36.0, 144.0),
    (4.0, 12.0, 36.0),
    (12.0, 48.0, 192.0),
    (6.0, 24.0, 96.0),
)
TWO_KINDS = ((0.7, (4.0, 10.0, 25.0)), (0.3, (60.0, 110.0, 201.7)))
"""Ships that turn round at once, and ships that wait."""

EVERYDAY = (6.0, 24.0, 96.0)
"""Stay of everything else that comes and goes, and of look-alikes."""


def lognormal(rng: np.random.Generator, points: tuple[float, float, float], size: int) -> NDArray[np.float64]:
    """Draws of a log-normal by its outer and middle points, hours."""
    sigma = math.log(points[2] / points[0]) / (2.0 * _Z95)
    return np.asarray(np.exp(rng.normal(math.log(points[1]), sigma, size)))


def draw(rng: np.random.Generator, stay: TrueStay, size: int) -> NDArray[np.float64]:
    """Stays, hours."""
    if stay.shape == "gamma":
        return np.asarray(rng.gamma(3.0, 12.0, size))
    if stay.shape == "weibull":
        return np.asarray(40.0 * rng.weibull(1.5, size))
    if stay.shape == "even":
        return np.asarray(rng.uniform(10.0, 60.0, size))
    if stay.shape == "two kinds":
        quick, slow = (lognormal(rng, points, size) for _, points in TWO_KINDS)
        return np.asarray(np.where(rng.random(size) < TWO_KINDS[0][0], quick, slow))
    return lognormal(rng, stay.points_h, size)


SHAPES: tuple[TrueStay, ...] = (
    *(TrueStay(shape="log-normal", points_h=p, parts=((1.0, p),)) for p in LOGNORMALS),
    # 5, 50 and 95 % points of gamma(3) × 12 h, of Weibull(1.5) × 40 h, of an even spread, and of the mixture.
    TrueStay(shape="gamma", points_h=(9.8, 32.1, 75.5), parts=()),
    TrueStay(shape="weibull", points_h=(5.5, 31.3, 83.1), parts=()),
    TrueStay(shape="even", points_h=(12.5, 35.0, 57.5), parts=()),
    TrueStay(shape="two kinds", points_h=(4.4, 13.4, 154.0), parts=TWO_KINDS),
)
"""What a class of ships may do; half of them are log-normal."""
