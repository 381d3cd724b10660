"""Are the chances that a rate changed right as often as they say, and do its intervals hold what they should?

Series whose truth is known: looks every three days, clear more often in winter than in summer; rates log-normal around
five calls in 30 days (not drawn from the prior), half of them with one change at any time to nothing, a fifth, a half,
twice or five times of what it was. Beside it the same looked at as if all looks were alike, ships that come in threes,
and whole looks with stays and missed ships counted as port calls.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from offing.bench.model import BenchResult, split_hash
from offing.looks.model import Look, Observation
from offing.movements.rates.changes import changes
from offing.movements.rates.gamma import posterior
from offing.movements.rates.looked import look_cells
from offing.movements.rates.model import Cell, Changes
from offing.movements.sought import Sought
from offing.movements.stay import mixture
from offing.records import Record
from offing.sites import StayHours
from offing.vessels.classes import library

if TYPE_CHECKING:
    from offing.bench.model import BenchOptions

SERIES, QUICK = 2000, 60
WHOLE = 200
"""Series with whole looks; a fifth of that when quick."""
LOOKS, EVERY_D = 150, 3.0
FACTORS = (0.0, 0.2, 0.5, 2.0, 5.0)
_START = datetime(2023, 1, 1, tzinfo=UTC)
_BINS = 10
_STAY = StayHours(p05=8.0, p50=36.0, p95=144.0)
_EXPOSED_D = 2.0
"""What a clear look is worth in the plain series, days."""


class Truth(Record, frozen=True):
    """What was drawn."""

    per_d: float
    factor: float
    """1: no change."""
    at_d: float
    """Days from the start; beyond the end: no change."""


class Scored(Record, frozen=True):
    """One series beside its truth."""

    truth: Truth
    found: Changes
    held: tuple[float, ...]
    """Whether each stretch of ten looks' 90 % interval held the true mean rate in it: 0 or 1."""
    unweighed: float
    """P(changed) had every look counted alike, clear or not."""


def run(options: BenchOptions) -> BenchResult:
    """Figures of calibration over generated series."""
    n, whole = (QUICK, WHOLE // 5) if options.quick else (SERIES, WHOLE)
    plain = [_score(rng, _truth(rng)) for rng in _draws(options.seed, n)]
    together = [_together(rng) for rng in _draws(options.seed + 1, n // 4)]
    looked = [_looked(rng, _truth(rng)) for rng in _draws(options.seed + 2, whole)]
    figures: dict[str, float | str] = {}
    figures.update(_figures(plain, "series"))
    figures.update(_dates([(s.truth, s.found) for s in plain], "series"))
    still = [s for s in plain if s.truth.factor == 1.0]
    figures["period rates: 90 % intervals that hold the truth"] = _mean([h for s in plain for h in s.held])
    figures["no change, P(changed) ≥ 0.95"] = _mean([s.found.changed.value >= 0.95 for s in still])
    figures["no change, P(changed) ≥ 0.95, looks not weighed"] = _mean([s.unweighed >= 0.95 for s in still])
    figures["no change, ships in threes, P(changed) ≥ 0.95"] = _mean([c.changed.value >= 0.95 for c in together])
    figures["no change, ships in threes counted once, P(changed) ≥ 0.95"] = _mean(
        [next(v.changed for v in c.varied if "together" in v.assumption) >= 0.95 for c in together]
    )
    figures["whole looks: ECE of P(changed)"] = _ece([(c.changed.value, t.factor != 1.0) for t, c in looked])
    figures.update(_dates(looked, "whole looks"))
    names = [f"seed {options.seed} number {i}" for i in range(n)]
    return BenchResult(
        name="rates",
        protocol=(
            f"{n} series of {LOOKS} looks with seasonal cloud, half with one change at any time by {FACTORS}, rates "
            f"log-normal about 5 in 30 days; {n // 4} without change and ships in threes; {whole} with whole looks "
            "(log-normal stays, p_detect 0.8), counted as port calls"
        ),
        n=n,
        split=f"generated, {split_hash(names)}",
        figures=figures,
    )


def _draws(seed: int, n: int) -> Iterator[np.random.Generator]:
    return (np.random.default_rng([seed, i]) for i in range(n))


def _truth(rng: np.random.Generator) -> Truth:
    rate = 5.0 / 30.0 * math.exp(0.7 * float(rng.standard_normal()))
    if rng.random() < 0.5:
        return Truth(per_d=rate, factor=1.0, at_d=math.inf)
    return Truth(per_d=rate, factor=float(rng.choice(FACTORS)), at_d=float(rng.uniform(0.0, LOOKS * EVERY_D)))


def _clear(rng: np.random.Generator) -> list[bool]:
    """Whether each look is: on nine of ten in winter, on one of ten in summer."""
    days = np.arange(LOOKS) * EVERY_D
    return [bool(c) for c in rng.random(LOOKS) < 0.5 + 0.4 * np.cos(2.0 * math.pi * days / 365.25)]


def _series(rng: np.random.Generator, truth: Truth, ships: int = 1) -> list[Cell]:
    cells = []
    for i, clear in enumerate(_clear(rng)):
        day = i * EVERY_D
        rate = truth.per_d * (truth.factor if day >= truth.at_d else 1.0)
        exposure = _EXPOSED_D if clear else 0.0
        arrivals = int(rng.poisson(rate / ships * exposure))
        cells.append(
            Cell(
                time=_START + timedelta(days=day),
                exposure_d=exposure,
                least_d=exposure,
                most_d=exposure,
                count=ships * arrivals,
                arrivals=min(arrivals, 1),
                usable=clear,
            )
        )
    return cells


def _found(cells: Sequence[Cell]) -> Changes:
    found = changes(cells)
    assert found is not None
    return found


def _score(rng: np.random.Generator, truth: Truth) -> Scored:
    cells = _series(rng, truth)
    found = _found(cells)
    alike = [msgspec.structs.replace(c, exposure_d=EVERY_D, least_d=EVERY_D, most_d=EVERY_D) for c in cells]
    return Scored(
        truth=truth, found=found, held=tuple(_held(cells, truth, found)), unweighed=_found(alike).changed.value
    )


def _held(cells: Sequence[Cell], truth: Truth, found: Changes) -> Iterator[float]:
    """Stretches of ten looks within which the rate did not change."""
    for first in range(0, LOOKS, 10):
        own = [c for c in cells[first : first + 10] if c.exposure_d]
        start, end = first * EVERY_D, (first + 9) * EVERY_D
        if not own or start < truth.at_d <= end:
            continue
        rate = truth.per_d * (truth.factor if start >= truth.at_d else 1.0)
        got = posterior(sum(c.count for c in own), sum(c.exposure_d for c in own), found.prior)
        yield float(got.quantile(0.05) <= rate <= got.quantile(0.95))


def _together(rng: np.random.Generator) -> Changes:
    """Ships that always come in threes, at a constant rate."""
    rate = 5.0 / 30.0 * math.exp(0.7 * float(rng.standard_normal()))
    while True:
        cells = _series(rng, Truth(per_d=rate, factor=1.0, at_d=math.inf), 3)
        if any(c.count for c in cells):
            return _found(cells)


def _looked(rng: np.random.Generator, truth: Truth) -> tuple[Truth, Changes]:
    """Ships that come and stay, looks that miss some of them, and port calls as they are counted."""
    span = LOOKS * EVERY_D
    split = min(max(truth.at_d, 0.0), span)
    early = rng.uniform(-30.0, split, rng.poisson(truth.per_d * (split + 30.0)))
    late = rng.uniform(split, span, rng.poisson(truth.per_d * truth.factor * (span - split)))
    begins = np.concatenate((early, late))
    ends = begins + np.exp(_STAY.mu + _STAY.sigma * rng.standard_normal(len(begins))) / 24.0
    looks = []
    for i, clear in enumerate(_clear(rng)):
        day = i * EVERY_D
        seen = int(rng.binomial(int(((begins <= day) & (day < ends)).sum()), 0.8)) if clear else 0
        looks.append(
            Look(
                id=f"k{i:04d}",
                site="s",
                time=_START + timedelta(days=day),
                sensor="simulated",
                status="clear" if clear else "cloud",
                usable=1.0 if clear else 0.0,
                reason="simulated",
                p_detect=0.8,
                p_false=0.0,
                observations=(Observation(seen="yes", vessel_class="ropucha"),) * seen or (Observation(seen="no"),),
                simulated=True,
            )
        )
    cells = look_cells(looks, Sought(classes=("ropucha",)), library(), mixture((_STAY,), (1.0,)))
    kept = [c if c.exposure_d else msgspec.structs.replace(c, count=0, arrivals=0) for c in cells]
    return truth, _found(kept)


def _figures(scored: Sequence[Scored], name: str) -> dict[str, float | str]:
    told = [(s.found.changed.value, s.truth.factor != 1.0) for s in scored]
    stopped = [(s.found.stopped.value, s.truth.factor == 0.0) for s in scored]
    sure = [true for p, true in stopped if p >= 0.9]
    return {
        f"{name}: ECE of P(changed)": _ece(told),
        f"{name}: ECE of a perfect judge at this n": _ece_by_chance([p for p, _ in told]),
        f"{name}: changed, where P(changed) ≥ 0.95": _mean([true for p, true in told if p >= 0.95]),
        f"{name}: changed, where P(changed) < 0.2": _mean([true for p, true in told if p < 0.2]),
        f"{name}: said to have stopped (P ≥ 0.9)": len(sure),
        f"{name}: of these rate truly nought": _mean(sure),
        f"{name}: truly nought, P(stopped) ≥ 0.9": _mean([p >= 0.9 for p, true in stopped if true]),
    }


def _dates(found: Sequence[tuple[Truth, Changes]], name: str) -> dict[str, float | str]:
    """How often intervals hold the date and the rates, of the changes that were told as one, P ≥ 0.5."""
    told = [(t, c) for t, c in found if t.factor != 1.0 and c.changed.value >= 0.5 and len(c.changes) == 1]
    held: dict[str, list[bool]] = {"50 %": [], "90 %": []}
    rates: list[bool] = []
    for truth, got in told:
        date, change = _START + timedelta(days=truth.at_d), got.changes[0]
        for words, span in (("50 %", change.date_50), ("90 %", change.date_90)):
            held[words].append(span.start <= date <= span.end)
        rates.append(30.0 * truth.per_d in change.before_90)
        if truth.factor:  # a rate of nought lies below every interval
            rates.append(30.0 * truth.per_d * truth.factor in change.after_90)
    out: dict[str, float | str] = {f"{name}: changes told": len(told)}
    out.update({f"{name}: {words} intervals that hold the date": _mean(v) for words, v in held.items()})
    out[f"{name}: 90 % intervals that hold the rates before and after"] = _mean(rates)
    return out


def _ece(told: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ten bins of equal width."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for p, true in told:
        bins.setdefault(min(_BINS - 1, int(p * _BINS)), []).append((p, true))
    gaps = [abs(sum(p for p, _ in b) - sum(t for _, t in b)) for b in bins.values()]
    return sum(gaps) / max(1, len(told))


def _ece_by_chance(chances: Sequence[float]) -> float:
    """What a judge whose every probability is right gets at this n: mean of 50 draws."""
    rng = np.random.default_rng(0)
    draws = [
        _ece([(p, bool(u < p)) for p, u in zip(chances, rng.random(len(chances)), strict=True)]) for _ in range(50)
    ]
    return _mean(draws)


def _mean(values: Sequence[float]) -> float:
    return float(sum(values) / len(values)) if values else math.nan
