"""What optical pictures show of a ship: P(a ship of that length is found, whatever it is taken for).

Measured by ``offing bench optical-seen`` on simulated pictures and on labelled ones, and kept in
``weights/optical-seen.json``. Of a real picture the lower of the two is said, and nothing where there are no labels.
``declared`` makes a look's ``p_detect`` of it: found *and named*.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from offing.looks.seen import HeldOut, Odds, SeenCell, among, ends_of, mean_of, odds_of, told
from offing.quantities import Interval, Probability
from offing.records import Record

COARSE_M = 7.0
"""Pixels from this size on are searched by another network than finer ones."""
SHOWN_M = 2.0
"""Finer pictures are averaged to pixels of this size before they are searched."""
COARSE_SHOWN_M = 10.0
"""Pixels that the coarse curve's own pixel term is counted from."""
NOMINAL_M = 100.0
"""Length that lengths are counted from."""
_EITHER = {
    "berth": "in open water or at the quay, even",
    "cloud": "near a cloud's edge or not, even",
}


class FalseAlarms(Record, frozen=True):
    """What was found that is no ship, at a score of at least 0.5."""

    gsd_m: float
    """Typical side of a pixel, metres."""
    false: int
    pictures: int
    km2: float
    """Area of the pictures together, land included."""
    a_picture: Interval
    """90 % interval of the mean number in a picture (Garwood 1936, as if they were drawn one by one)."""


class LengthSpread(Record, frozen=True):
    """How the lengths that are measured of ships that are found differ from the true ones."""

    gsd_m: float
    n: int
    """Ships."""
    ratios: tuple[float, ...]
    """Measured over true length: its 10, 20, … 90 % points."""
    said_sd: float
    """Median of the standard deviation that was said, over the length measured."""


class RealSeen(Record, frozen=True):
    """What labelled pictures of one kind show: a regression of its own, on length, for each berth."""

    origin: str
    held_out: bool
    """The networks had not seen these places; False: they were trained on them, so nothing may be said by it."""
    at_quay: tuple[bool, ...]
    """Berths that were labelled: in open water (False), at the quay (True)."""
    coefficients: tuple[float, ...]
    """Level and log2 of length over ``NOMINAL_M``, for each of ``at_quay``."""
    covariance: tuple[tuple[float, ...], ...]
    """Of the coefficients; ships of one place counted as one draw, the cells' lack of fit allowed for."""
    length_m: Interval
    """Lengths that were measured."""
    gsd_m: Interval
    """Pixels that it speaks for."""
    found: int
    n: int
    cells: tuple[SeenCell, ...]
    """``said``: by this regression."""
    false_alarms: FalseAlarms
    lengths: LengthSpread | None
    """None: too few found."""


class OpticalSeen(Record, frozen=True):
    """The kept result of ``offing bench optical-seen``."""

    origin: str
    """What was measured, on which seeds, by which version and networks."""
    protocol: str
    found: int
    n: int
    coefficients: tuple[float, ...]
    """Of the terms that ``terms`` gives, in log odds."""
    covariance: tuple[tuple[float, ...], ...]
    """Of the coefficients; ships of one picture counted as one draw, the cells' lack of fit allowed for."""
    length_m: Interval
    """Lengths that were measured."""
    gsd_m: tuple[Interval, ...]
    """Pixels that the measured ones speak for."""
    cells: tuple[SeenCell, ...]
    held_out: HeldOut
    false_alarms: tuple[FalseAlarms, ...]
    lengths: tuple[LengthSpread, ...]
    real: tuple[RealSeen, ...]
    """Empty: never compared with real pictures."""


def terms(length_m: float, gsd_m: float, at_quay: bool, cloud_edge: bool) -> tuple[float, ...]:
    """What the log odds of a simulated ship are a sum of.

    Level, length (log2, and squared), pixel size as shown (log2), and a cloud's edge: for each of the two networks, in
    open water and at the quay.
    """
    length, coarse = math.log2(length_m / NOMINAL_M), gsd_m >= COARSE_M
    pixel = math.log2(gsd_m / COARSE_SHOWN_M) if coarse else math.log2(max(gsd_m, SHOWN_M) / SHOWN_M)
    mine = (1.0, length, length**2, pixel, float(cloud_edge))
    none = (0.0,) * len(mine)
    return tuple(v for block in range(4) for v in (mine if block == 2 * coarse + at_quay else none))


def real_terms(length_m: float, at_quay: bool, berths: Sequence[bool]) -> tuple[float, ...]:
    """What the log odds of a labelled ship are a sum of; a berth that was not labelled goes by the one that was."""
    mine = (1.0, math.log2(length_m / NOMINAL_M))
    block = at_quay if at_quay in berths else berths[0]
    return tuple(v for berth in berths for v in (mine if berth is block else (0.0, 0.0)))


def p_seen(
    length_m: float,
    gsd_m: float,
    *,
    at_quay: bool | None = None,
    cloud_edge: bool | None = None,
    simulated: bool,
) -> Probability | None:
    """P(a ship ``length_m`` long is found in an optical picture of ``gsd_m`` pixels, at a score of at least 0.5).

    The ship is not under cloud; ``cloud_edge``: whether one is within 200 m, or its shadow on the ship. What is None
    may be either, counted alike, and widens the interval, which holds 90 %.

    Of real pictures the lower of two curves is said, that of simulated ships and that of labelled ones which the
    networks had not seen, condition by condition. A cloud's edge is known from simulated pictures alone: what it costs
    there is taken off. A berth that was not labelled is taken as no better than the one that was, and may have up to
    what simulated ships have. None where nothing was measured: outside the ranges of ``OpticalSeen``, for real pictures
    also of every ``RealSeen`` (pixels of 3 to 5 m have no labels).
    """
    kept = measured()
    real = None if simulated else _real_of(kept, length_m, gsd_m)
    if not _covered(kept, length_m, gsd_m) or not (simulated or real):
        return None
    either = [(quay, edge) for quay in among(at_quay) for edge in among(cloud_edge)]
    drawn = [_drawn(kept, length_m, gsd_m, quay, edge, 1.0 / len(either)) for quay, edge in either]
    basis = _basis(kept, real, at_quay, cloud_edge)
    if real is None:
        return told(mean_of(drawn), *ends_of(drawn), basis)
    labelled = [_labelled(kept, real, length_m, gsd_m, quay, edge, 1.0 / len(either)) for quay, edge in either]
    lower = [min(pair, key=lambda o: o.mean) for pair in zip(labelled, drawn, strict=True)]
    highest = max(ends_of(lower)[1], ends_of(labelled)[1])
    if any(quay not in real.at_quay for quay, _ in either):
        highest = max(highest, ends_of(drawn)[1])
    return told(mean_of(lower), ends_of(lower)[0], highest, basis)


def length_spread(gsd_m: float, *, simulated: bool) -> LengthSpread | None:
    """How lengths measured in such pictures differ from the true ones; None where that was not measured."""
    kept = measured()
    if simulated:
        near = [s for s, span in zip(kept.lengths, kept.gsd_m, strict=True) if gsd_m in span]
    else:
        near = [r.lengths for r in kept.real if r.held_out and gsd_m in r.gsd_m and r.lengths]
    return near[0] if near and near[0].n else None


@cache
def measured() -> OpticalSeen:
    """What is kept in ``offing/weights``."""
    return msgspec.json.decode(_kept(), type=OpticalSeen)


@cache
def fingerprint() -> str:
    """SHA-256 of what is kept."""
    return hashlib.sha256(_kept()).hexdigest()


def _kept() -> bytes:
    return (files("offing") / "weights" / "optical-seen.json").read_bytes()


def _covered(kept: OpticalSeen, length_m: float, gsd_m: float) -> bool:
    return length_m in kept.length_m and any(gsd_m in span for span in kept.gsd_m)


def _real_of(kept: OpticalSeen, length_m: float, gsd_m: float) -> RealSeen | None:
    """What speaks for such ships in such real pictures."""
    return next((r for r in kept.real if r.held_out and length_m in r.length_m and gsd_m in r.gsd_m), None)


def _drawn(kept: OpticalSeen, length_m: float, gsd_m: float, at_quay: bool, edge: bool, weight: float) -> Odds:
    return odds_of(terms(length_m, gsd_m, at_quay, edge), kept.coefficients, kept.covariance, weight)


def _labelled(
    kept: OpticalSeen, real: RealSeen, length_m: float, gsd_m: float, at_quay: bool, edge: bool, weight: float
) -> Odds:
    """By the labelled ships, less what a cloud's edge costs simulated ones."""
    found = odds_of(real_terms(length_m, at_quay, real.at_quay), real.coefficients, real.covariance, weight)
    if not edge:
        return found
    with_edge, without = (terms(length_m, gsd_m, at_quay, e) for e in (True, False))
    cost = odds_of([a - b for a, b in zip(with_edge, without, strict=True)], kept.coefficients, kept.covariance)
    return found.moved(min(0.0, cost.mean), cost.sd)


def _basis(kept: OpticalSeen, real: RealSeen | None, at_quay: bool | None, cloud_edge: bool | None) -> str:
    said = [f"{kept.found} of {kept.n} ships found in {kept.origin}"]
    if real is not None:
        said.append(f"and {real.found} of {real.n} labelled ships in {real.origin}: the lower of both")
        if any(berth not in real.at_quay for berth in among(at_quay)):
            where = "at the quay" if real.at_quay[0] else "in open water"
            said.append(f"labelled {where} only, elsewhere taken as no better")
        if cloud_edge is not False:
            said.append("a cloud's edge measured on simulated pictures alone")
    said += [_EITHER["berth"]] * (at_quay is None) + [_EITHER["cloud"]] * (cloud_edge is None)
    return "; ".join(said)
