"""What radar shows of a ship: P(a ship of that length is found, whatever it is taken for).

Not P(seen and named), which a look's ``p_detect`` is (``offing.looks.detectability``). Measured by ``offing bench
radar-seen`` on simulated pictures and, as a shift of their curve, on Sentinel-1 chips with lengths from AIS; kept in
``weights/radar-seen.json``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from offing.looks.seen import HeldOut, Odds, SeenCell, among, ends_of, mean_of, odds_of, told
from offing.quantities import Interval, Probability
from offing.records import Record

WIND_M_S = (3.0, 5.0, 7.0, 9.0, 11.0, 13.0)
"""What the wind may be where nobody knows it, 10 m above the sea."""
MEAN_WIND_M_S = 7.0
"""Mean of the Rayleigh distribution by which those winds are weighted; it is that of winds over the open ocean."""


class RealShift(Record, frozen=True):
    """How far real pictures differ from simulated ones, in log odds."""

    shift: float
    """Added to the log odds of simulated ships; fitted on the labelled ones."""
    sd: float
    """Its standard error, the regression's own left out."""
    origin: str
    length_m: Interval
    """Lengths that were measured."""
    gsd_m: Interval
    """Pixels that it may speak for."""
    found: int
    n: int
    cells: tuple[SeenCell, ...]
    """``said``: as the simulated pictures have it, before the shift."""


class RadarSeen(Record, frozen=True):
    """The kept result of ``offing bench radar-seen``."""

    origin: str
    """What was measured, on which seeds, by which version and network."""
    protocol: str
    found: int
    n: int
    coefficients: tuple[float, ...]
    """Of the terms that ``terms`` gives, in log odds."""
    covariance: tuple[tuple[float, ...], ...]
    """Of the coefficients; ships of one picture counted as one draw, the cells' lack of fit allowed for."""
    length_m: Interval
    """Lengths that were measured."""
    gsd_m: Interval
    wind_m_s: Interval
    cells: tuple[SeenCell, ...]
    held_out: HeldOut
    real: RealShift | None
    """None: never compared with real pictures."""


def terms(length_m: float, gsd_m: float, wind_m_s: float, at_quay: bool) -> tuple[float, ...]:
    """What the log odds are a sum of.

    Level, length in pixels (log2, and squared), pixel size (the same), their product and the wind: once for ships at
    anchor, once for those at the quay, which are another matter altogether.
    """
    pixels, pixel = math.log2(length_m / gsd_m) - 3.0, math.log2(gsd_m / 10.0)
    mine = (1.0, pixels, pixels**2, pixel, pixel**2, pixels * pixel, (wind_m_s - MEAN_WIND_M_S) / 5.0)
    none = (0.0,) * len(mine)
    return (*none, *mine) if at_quay else (*mine, *none)


def p_seen(
    length_m: float,
    gsd_m: float,
    *,
    wind_m_s: float | None = None,
    at_quay: bool | None = None,
    simulated: bool,
) -> Probability | None:
    """P(a ship ``length_m`` long is found in a radar picture of ``gsd_m`` pixels, at a score of at least 0.5).

    The interval holds 90 %: of the regression's uncertainty and, where wind or berth is None, of what they may be
    (wind: ``WIND_M_S``, weighted; at the quay or not: even). None where nothing was measured: outside the ranges of
    ``RadarSeen`` (15–350 m long, pixels of 3–40 m, wind of 2–14 m/s), for real pictures also of ``RealShift`` (the
    lengths of the labelled ships; pixels of 7.7–13 m).

    The labelled ships are ones that somebody had found first: where they do better than simulated ones, that widens the
    interval and does not raise the value. None of them is known to lie at a quay: a real one there may have up to the
    chance of one at anchor.
    """
    kept = measured()
    if not _covered(kept, length_m, gsd_m, wind_m_s, simulated=simulated):
        return None
    winds = _winds(wind_m_s)
    odds = _odds(kept, length_m, gsd_m, winds, among(at_quay))
    value, (low, high) = mean_of(odds), ends_of(odds)
    real = None if simulated else kept.real
    if real is not None:
        moved, best = _moved(odds, real), _odds(kept, length_m, gsd_m, winds, (False,))
        value, low = min(value, mean_of(moved)), min(low, ends_of(moved)[0])
        high = max(high, *(ends_of(o)[1] for o in (moved, best, _moved(best, real))))
    return told(value, low, high, _basis(kept, real, wind_m_s, at_quay))


def chance(kept: RadarSeen, length_m: float, gsd_m: float, *, wind_m_s: float | None, at_quay: bool | None) -> float:
    """What the regression says of a simulated ship, 0–1; averaged over what is None."""
    return mean_of(_odds(kept, length_m, gsd_m, _winds(wind_m_s), among(at_quay)))


@cache
def measured() -> RadarSeen:
    """What is kept in ``offing/weights``."""
    return msgspec.json.decode((files("offing") / "weights" / "radar-seen.json").read_bytes(), type=RadarSeen)


def _odds(
    kept: RadarSeen, length_m: float, gsd_m: float, winds: dict[float, float], berths: Sequence[bool]
) -> list[Odds]:
    return [
        odds_of(terms(length_m, gsd_m, wind, at_quay), kept.coefficients, kept.covariance, weight / len(berths))
        for wind, weight in winds.items()
        for at_quay in berths
    ]


def _covered(kept: RadarSeen, length_m: float, gsd_m: float, wind_m_s: float | None, *, simulated: bool) -> bool:
    """Whether such ships in such pictures were measured."""
    if not simulated and (kept.real is None or length_m not in kept.real.length_m or gsd_m not in kept.real.gsd_m):
        return False
    calm = wind_m_s is None or wind_m_s in kept.wind_m_s
    return calm and length_m in kept.length_m and gsd_m in kept.gsd_m


def _moved(odds: Sequence[Odds], real: RealShift) -> list[Odds]:
    return [o.moved(real.shift, real.sd) for o in odds]


def _winds(wind_m_s: float | None) -> dict[float, float]:
    """Wind → weight: the one that is known, or ``WIND_M_S`` by their Rayleigh density."""
    if wind_m_s is not None:
        return {wind_m_s: 1.0}
    density = {w: w * math.exp(-0.25 * math.pi * (w / MEAN_WIND_M_S) ** 2) for w in WIND_M_S}
    return {w: d / sum(density.values()) for w, d in density.items()}


def _basis(kept: RadarSeen, real: RealShift | None, wind_m_s: float | None, at_quay: bool | None) -> str:
    said = [f"{kept.found} of {kept.n} ships found in {kept.origin}"]
    if real is not None:
        said.append(f"set against {real.found} of {real.n} labelled ships in {real.origin}")
        if at_quay is not False:
            said.append("at the quay measured on simulated pictures alone, so up to what holds at anchor")
    if wind_m_s is None:
        said.append(f"wind unknown, taken as Rayleigh about {MEAN_WIND_M_S:g} m/s")
    if at_quay is None:
        said.append("at anchor or at the quay, even")
    return "; ".join(said)
