"""Curves of what optical pictures show, made up for tests: every figure known."""

import numpy as np

from offing.bench.optical_seen import KINDS, SPEAKS_FOR
from offing.looks.optical_seen import FalseAlarms, LengthSpread, OpticalSeen, RealSeen
from offing.looks.seen import HeldOut
from offing.quantities import Interval


def hard(low: float, high: float) -> Interval:
    return Interval(low=low, high=high, level=1.0)


def spread(gsd: float = 10.0, sd: float = 0.05, ratios=(0.9, 0.95, 0.97, 0.99, 1.0, 1.01, 1.03, 1.05, 1.1)):
    return LengthSpread(gsd_m=gsd, n=50, ratios=tuple(ratios), said_sd=sd)


def alarms() -> FalseAlarms:
    return FalseAlarms(gsd_m=10.0, false=3, pictures=9, km2=400.0, a_picture=hard(0.1, 0.9))


def real(levels=(1.0, -1.0), *, berths=(False, True), held_out=True, gsd=(7.0, 13.0)) -> RealSeen:
    """``levels``: log odds of a ship of 100 m at each of ``berths``; doubling the length adds one."""
    return RealSeen(
        origin="labelled ports",
        held_out=held_out,
        at_quay=berths,
        coefficients=tuple(v for level in levels for v in (level, 1.0)),
        covariance=matrix(2 * len(berths), 0.04),
        length_m=hard(60.0, 400.0),
        gsd_m=hard(*gsd),
        found=70,
        n=100,
        cells=(),
        false_alarms=alarms(),
        lengths=spread(),
    )


def curve(*labelled: RealSeen, edge: float = -1.5) -> OpticalSeen:
    """Simulated ships of 100 m have log odds of 3 in open water and 1 at the quay in coarse pictures, one more in fine
    ones; a cloud's edge adds ``edge``.
    """
    blocks = [(level, 1.5, -0.2, -0.5, edge) for level in (4.0, 2.0, 3.0, 1.0)]
    return OpticalSeen(
        origin="simulated ports",
        protocol="made up",
        found=300,
        n=400,
        coefficients=tuple(v for block in blocks for v in block),
        covariance=matrix(20, 0.01),
        length_m=hard(30.0, 300.0),
        gsd_m=tuple(hard(*SPEAKS_FOR[gsd]) for gsd, _ in KINDS),
        cells=(),
        held_out=HeldOut(n=100, found=75, expected=74.0, error=0.03, brier=0.1, brier_constant=0.19),
        false_alarms=(),
        lengths=tuple(spread(gsd) for gsd, _ in KINDS),
        real=labelled,
    )


def matrix(size: int, variance: float) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in (variance * np.eye(size)).tolist())
