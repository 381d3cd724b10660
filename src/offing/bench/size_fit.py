"""Fits what turns a radar trace into length and beam; the benchmark and the kept weights use the same steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.measurement.radar_model import BeamTerms, LengthTerms, SizeModel, beam_of, length_of
from offing.vessels.measurement.radar_trace import Trace

F64 = NDArray[np.float64]

SIMULATED = "simulated"
LEVEL = 0.90
_SIMULATED_WEIGHT = 0.5
"""Of a simulated ship against a real one."""
_BLOCKS = 5
"""Simulated ships are held out in so many parts."""
_SPREADS_PX = (0.2, 0.4, 0.6)
_SPREADS_M = (0.0, 3.0, 6.0, 9.0, 12.0)
_SPREADS_RELATIVE = (0.0, 0.03, 0.06, 0.1)
_FAINTS = (0.0, 1.0, 2.0)


class KnownShip(Record, frozen=True):
    """A ship that was traced and whose size is known."""

    group: str
    """Its scene, held out whole; ``simulated``."""
    trace: Trace
    pixel_m: float
    """Ground metres of a pixel."""
    length_m: float
    beam_m: float | None
    """None: not known."""

    @property
    def unit_m(self) -> float:
        """Metres of an averaged pixel."""
        return self.pixel_m * self.trace.averaged


def fit(ships: Sequence[KnownShip]) -> SizeModel:
    """A model whose intervals hold for groups that it was not fitted on, as far as ``ships`` can tell."""
    plain = _fit(ships)
    held: list[tuple[KnownShip, SizeModel]] = []
    for part in _parts(ships):
        rest = [s for s in ships if s not in part]
        model = _fit(rest)
        held += [(s, model) for s in part]
    return SizeModel(
        length=replace(plain.length, quantile=_quantile(held, "length")),
        beam=replace(plain.beam, quantile=_quantile(held, "beam")),
    )


def _parts(ships: Sequence[KnownShip]) -> list[list[KnownShip]]:
    """Real ships by scene, simulated ones in blocks."""
    real = sorted({s.group for s in ships} - {SIMULATED})
    drawn = [s for s in ships if s.group == SIMULATED]
    parts = [[s for s in ships if s.group == g] for g in real] + [drawn[i::_BLOCKS] for i in range(_BLOCKS)]
    return [part for part in parts if part]


def _fit(ships: Sequence[KnownShip]) -> SizeModel:
    length = _fit_length(ships)
    return SizeModel(length=length, beam=_fit_beam(ships))


def _weights(ships: Sequence[KnownShip]) -> F64:
    return np.array([_SIMULATED_WEIGHT if s.group == SIMULATED else 1.0 for s in ships])


def _fit_length(ships: Sequence[KnownShip]) -> LengthTerms:
    """Iteratively reweighted least squares of the absolute error, in spreads; the spreads by Laplace likelihood."""
    reach = np.array([s.trace.reach_px for s in ships])
    x = np.column_stack([np.ones(len(ships)), reach, [s.trace.slant for s in ships]])
    y = np.array([s.length_m / s.unit_m for s in ships])
    faint_by = np.maximum(0.0, 12.0 - np.array([s.trace.above_db for s in ships])) / 10.0
    weight = _weights(ships)
    unit = np.array([s.unit_m for s in ships])
    terms = (0.5, 5.0, 0.05, 0.0)
    theta = np.array([-1.0, 1.0, 0.0])
    for _ in range(6):
        spread = _scale(terms, unit, y, faint_by)
        for _ in range(10):
            off = np.maximum(np.abs(y - x @ theta) / spread, 0.2)
            w = weight / (off * spread**2)
            theta = np.linalg.solve(x.T @ (x * w[:, None]) + 1e-6 * np.eye(3), x.T @ (w * y))
        terms = _spreads(np.abs(y - x @ theta), unit, np.maximum(x @ theta, 0.5), faint_by, weight)
    return LengthTerms(
        offset=round(float(theta[0]), 4),
        per_px=round(float(theta[1]), 5),
        slant=round(float(theta[2]), 4),
        sd_px=terms[0],
        sd_m=terms[1],
        sd_relative=terms[2],
        faint=terms[3],
        quantile=1.645,
        trusted_px=(float(np.floor(reach.min())), float(np.ceil(reach.max()))),
    )


_Spreads = tuple[float, float, float, float]
"""Averaged pixels, metres, share of the length, growth by 10 dB of faintness."""


def _scale(terms: _Spreads, unit: F64, size: F64, faint_by: F64) -> F64:
    """Spread in averaged pixels of ``unit`` metres, for ships of ``size`` such pixels."""
    square = terms[0] ** 2 + (terms[1] / unit) ** 2 + (terms[2] * size) ** 2
    return np.asarray(np.sqrt(square) * (1.0 + terms[3] * faint_by), np.float64)


def _spreads(error: F64, unit: F64, size: F64, faint_by: F64, weight: F64) -> _Spreads:
    """Those under which ``error`` (averaged pixels) is likeliest to be Laplace's."""
    best, least = (0.5, 5.0, 0.05, 0.0), math.inf
    for terms in product(_SPREADS_PX, _SPREADS_M, _SPREADS_RELATIVE, _FAINTS):
        scale = _scale(terms, unit, size, faint_by)
        lost = float(weight @ (np.log(scale) + math.sqrt(2.0) * error / scale))
        if lost < least:
            best, least = terms, lost
    return best


def _fit_beam(ships: Sequence[KnownShip]) -> BeamTerms:
    """The usual beam from real ships alone: simulated ones are drawn with beams of somebody's choice."""
    known = [s for s in ships if s.beam_m is not None]
    real = [s for s in known if s.group != SIMULATED]
    size = np.log([s.length_m for s in real])
    beam = np.log([s.beam_m or 1.0 for s in real])
    slope, offset = _line(size, beam)
    off = beam - offset - slope * size
    seen = np.array([s.trace.spread_px - (s.beam_m or 0.0) / s.unit_m for s in known])
    excess = _weighted_median(seen, _weights(known))
    return BeamTerms(
        log_offset=round(offset, 4),
        log_slope=round(slope, 4),
        sd_relative=round(max(0.05, 1.4826 * float(np.median(np.abs(off)))), 4),
        seen_offset_px=round(excess, 4),
        seen_sd_px=round(1.4826 * _weighted_median(np.abs(seen - excess), _weights(known)), 4),
        quantile=1.645,
    )


def _line(x: F64, y: F64) -> tuple[float, float]:
    """(slope, offset) of the line of least absolute distance."""
    b = np.column_stack([x, np.ones(len(x))])
    theta: F64 = np.zeros(2)
    for _ in range(30):
        w = 1.0 / np.maximum(np.abs(y - b @ theta), 0.02)
        theta = np.asarray(np.linalg.solve(b.T @ (b * w[:, None]), b.T @ (w * y)), np.float64)
    return float(theta[0]), float(theta[1])


def _weighted_median(values: F64, weights: F64) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, 0.5 * reached[-1])])


def _quantile(held: Sequence[tuple[KnownShip, SizeModel]], what: str) -> float:
    """The LEVEL quantile of error over spread, of real ships or of simulated ones, whichever is larger, and √(1 + 1/G)
    times that: what the next scene adds to the spread, as far as G scenes tell.
    """
    ratios: dict[bool, list[float]] = {}
    for ship, model in held:
        size = length_of(ship.trace, ship.pixel_m, model.length)
        truth: float | None = ship.length_m
        if what == "beam":
            size, truth = beam_of(ship.trace, ship.pixel_m, size, model.beam), ship.beam_m
        if truth is not None:
            ratios.setdefault(ship.group == SIMULATED, []).append(abs(truth - size.value_m) / size.sd_m)
    scenes = len({ship.group for ship, _ in held} - {SIMULATED})
    return round(max(_bound(r) for r in ratios.values()) * math.sqrt(1.0 + 1.0 / max(scenes, 1)), 4)


def _bound(ratios: Sequence[float]) -> float:
    """What the next one stays under with probability LEVEL (Vovk et al. 2005): the largest where they are few."""
    rank = min(math.ceil(LEVEL * (len(ratios) + 1)), len(ratios))
    return sorted(ratios)[rank - 1]
