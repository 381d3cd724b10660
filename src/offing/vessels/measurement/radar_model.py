"""From what the pixels show of a ship to its length and beam with intervals: a few numbers, kept as a model card.

Length is linear in the distance between the cuts. Beam joins what is seen across the ship, which the radar's resolution
hides in coarse pixels, to what ships of that length are: a weighted mean by their variances. The spreads grow with the
pixel and with the ship; 90 % intervals are the spread times the quantile that held when each scene was held out
(split conformal prediction, Papadopoulos et al. 2002, with the spread as the scale).
"""

from __future__ import annotations

import math
from functools import cache

import msgspec

from offing.quantities import Interval
from offing.records import Record
from offing.vessels.measurement.radar_trace import Trace

MODEL = "radar-size-1"
LEAST_PX = 0.5
"""Nothing is said to be shorter or narrower than this."""
FAINT_DB = 12.0
"""Fainter ships, decibels above the clutter, get wider intervals."""


class LengthTerms(Record, frozen=True):
    """Length in averaged pixels: ``offset + per_px · reach + slant · slant``."""

    offset: float
    per_px: float
    slant: float
    sd_px: float
    """Standard deviation that grows with the pixel, averaged pixels."""
    sd_m: float
    """Standard deviation that depends neither on ship nor on pixel, metres."""
    sd_relative: float
    """Standard deviation over length."""
    faint: float
    """By how much the spread grows, relatively, with every 10 dB under FAINT_DB."""
    quantile: float
    """Nine in ten errors are smaller than this many spreads."""
    trusted_px: tuple[float, float]
    """Averaged pixels of reach that it was fitted on; outside, intervals are twice as wide."""


class BeamTerms(Record, frozen=True):
    """What ships of a length are like, and what is seen of the beam."""

    log_offset: float
    log_slope: float
    """Usual beam: exp(log_offset + log_slope · log(length)), metres."""
    sd_relative: float
    """Standard deviation of ships' beams around it, over the beam."""
    seen_offset_px: float
    """By how much the breadth seen is too large, averaged pixels."""
    seen_sd_px: float
    quantile: float


class SizeCard(Record, frozen=True):
    """Where a model of sizes comes from and how far it can be trusted."""

    id: str
    data: str
    licence: str
    split: str
    figures: dict[str, float]
    limits: str
    retrain: str


class SizeModel(Record, frozen=True):
    """Length and beam from a trace."""

    length: LengthTerms
    beam: BeamTerms


class KeptSizes(Record, frozen=True):
    """The model with its card, and those fitted without one scene each, by which it was judged."""

    card: SizeCard
    model: SizeModel
    without: dict[str, SizeModel]
    """Scene → the model that has not seen it."""


class Size(Record, frozen=True):
    """A length or beam, metres."""

    value_m: float
    sd_m: float
    """The spread that its interval scales with; not yet a 90 % bound."""
    interval: Interval


@cache
def kept_sizes() -> KeptSizes:
    """The model from ``offing/weights``."""
    from importlib.resources import files

    return msgspec.json.decode((files("offing") / "weights" / f"{MODEL}.json").read_bytes(), type=KeptSizes)


def length_of(trace: Trace, pixel_m: float, terms: LengthTerms) -> Size:
    """Length of a ship whose pixels are ``pixel_m`` ground metres along it."""
    unit = pixel_m * trace.averaged
    value = max(terms.offset + terms.per_px * trace.reach_px + terms.slant * trace.slant, LEAST_PX) * unit
    spread = math.hypot(terms.sd_px * unit, terms.sd_m, terms.sd_relative * value)
    spread *= 1.0 + terms.faint * max(0.0, FAINT_DB - trace.above_db) / 10.0
    if not terms.trusted_px[0] <= trace.reach_px <= terms.trusted_px[1]:
        spread *= 2.0
    return _size(value, spread, terms.quantile)


def beam_of(trace: Trace, pixel_m: float, length: Size, terms: BeamTerms, *, usual: bool = True) -> Size:
    """Beam of a ship whose pixels are ``pixel_m`` ground metres; never more than its length.

    ``usual`` False leaves out what ships of that length are like, for those whose length is not known.
    """
    unit = pixel_m * trace.averaged
    seen, seen_sd = max(trace.spread_px - terms.seen_offset_px, LEAST_PX) * unit, terms.seen_sd_px * unit
    if not usual:
        return _size(min(seen, length.value_m), seen_sd, terms.quantile)
    expected = math.exp(terms.log_offset + terms.log_slope * math.log(length.value_m))
    expected_sd = expected * math.hypot(terms.sd_relative, terms.log_slope * length.sd_m / length.value_m)
    weight = expected_sd**2 / (expected_sd**2 + seen_sd**2)
    value = min(weight * seen + (1 - weight) * expected, length.value_m)
    return _size(value, expected_sd * seen_sd / math.hypot(expected_sd, seen_sd), terms.quantile)


def _size(value: float, spread: float, quantile: float) -> Size:
    reach = quantile * spread
    return Size(value_m=value, sd_m=spread, interval=Interval(low=max(0.0, value - reach), high=value + reach))
