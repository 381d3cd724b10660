"""Did a rate change, when, and has it stopped: from exact weights of every way to part the series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
import numpy as np

from offing.errors import OffingError
from offing.movements.rates.gamma import mixture_quantiles
from offing.movements.rates.model import Cell, Change, Changes, RatePrior, Varied
from offing.movements.rates.segments import Floats, Segments, days_of
from offing.quantities import Interval, Probability
from offing.timespan import TimeSpan

MOST_CELLS = 400
"""Longer series are cut into so many stretches of equal length."""
MOST_CHANGES = 6
"""Numbers of changes that are told apart."""
STOPPED_BELOW = 0.1
"""A rate that fell below this part of what it was has stopped, unless another part is asked for."""
_FACTOR = 3.0
"""The mean of the prior is varied by this factor each way."""


def pooled_prior(cells: Sequence[Cell], change: float = 0.5) -> RatePrior | None:
    """A prior around the mean rate of the whole series; None where nothing was searched."""
    searched = sum(c.exposure_d for c in cells)
    if searched <= 0.0:
        return None
    return RatePrior(mean_per_30d=30.0 * (sum(c.count for c in cells) + 0.5) / searched, change=change)


def changes(
    cells: Sequence[Cell], prior: RatePrior | None = None, *, stopped_below: float = STOPPED_BELOW
) -> Changes | None:
    """The changes of a series of cells (rising times). None for fewer than two cells with exposure.

    Cells that were not searched change nothing. ``changed`` and ``stopped`` have the range over a prior mean three
    times and a third of the stated one, ships that came together counted once, and what undeclared looks may show.
    Raises OffingError for calls where nothing was searched, times that do not rise, or a fraction outside 0–1.
    """
    if not 0.0 < stopped_below < 1.0:
        raise OffingError(f"stopped_below is {stopped_below:g}", fix="write a part of the rate before, 0 to 1")
    searched = _searched(cells)
    prior = prior or pooled_prior(searched)
    if len(searched) < 2 or prior is None:
        return None
    series = _segments(searched, prior)
    numbers = series.numbered(MOST_CHANGES)
    likeliest = _likeliest(series)
    found = tuple(_change(series, searched, k, likeliest) for k in range(1, likeliest + 1))
    values = (1.0 - series.unchanged, _stopped(series, stopped_below))
    varied = tuple(_varied(words, kind, p, stopped_below) for words, kind, p in _others(searched, prior))
    after = [c for c in searched if c.time > found[-1].date]
    since = sum(c.exposure_d for c in after)
    return Changes(
        cells=len(searched),
        span=TimeSpan(start=searched[0].time, end=searched[-1].time),
        prior=prior,
        changed=_ranged(values[0], [v.changed for v in varied]),
        numbers=tuple(float(p) for p in numbers),
        changes=found,
        stopped=_ranged(values[1], [v.stopped for v in varied]),
        stopped_below=stopped_below,
        since_d=since,
        expected_since=since * found[-1].before_per_30d / 30.0,
        counted_since=sum(c.count for c in after),
        varied=varied,
    )


def _searched(cells: Sequence[Cell]) -> list[Cell]:
    """Cells with exposure, no more than ``MOST_CELLS``."""
    if any(c.count and not c.exposure_d for c in cells):
        raise OffingError("calls are counted where nothing was searched", fix="give such looks a p_detect above 0")
    if any(b.time < a.time for a, b in pairwise(cells)):
        raise OffingError("the cells of a rate are not in order of time")
    searched = [c for c in cells if c.exposure_d > 0.0]
    if len(searched) <= MOST_CELLS:
        return searched
    length = (searched[-1].time - searched[0].time) / MOST_CELLS
    bins: dict[int, list[Cell]] = {}
    for cell in searched:
        number = min(MOST_CELLS - 1, int((cell.time - searched[0].time) / length)) if length else 0
        bins.setdefault(number, []).append(cell)
    return [_merged(group) for group in bins.values()]


def _merged(group: Sequence[Cell]) -> Cell:
    """Cells as one, in the middle of their times."""
    return Cell(
        time=group[0].time + (group[-1].time - group[0].time) / 2,
        exposure_d=sum(c.exposure_d for c in group),
        least_d=sum(c.least_d for c in group),
        most_d=sum(c.most_d for c in group),
        count=sum(c.count for c in group),
        arrivals=sum(c.arrivals for c in group),
        false=sum(c.false for c in group),
    )


def _segments(cells: Sequence[Cell], prior: RatePrior) -> Segments:
    days = days_of([c.time.timestamp() for c in cells])
    exposure = np.array([c.exposure_d for c in cells], dtype=np.float64)
    count = np.array([c.count for c in cells], dtype=np.float64)
    return Segments(days, exposure, count, prior)


def _stopped(series: Segments, fraction: float) -> float:
    """P(there was a change, and the rate at the end is below ``fraction`` of the median rate before the last one).

    Over all ways to part the series; the rate before is that of the likeliest number of changes.
    """
    from scipy.special import gammainc

    number = _likeliest(series)
    weights = series.stretch(number - 1, number).ravel()
    (before,) = mixture_quantiles(weights, series.shape.ravel(), series.days.ravel(), (0.5,))
    least = before * fraction
    begins = series.last().sum(axis=0)
    below = np.asarray(gammainc(series.shape[1:, -1], series.days[1:, -1] * least), dtype=np.float64)
    return min(1.0, float(begins @ below))


def _likeliest(series: Segments) -> int:
    """The likeliest number of changes above 0."""
    return int(np.argmax(series.numbered(MOST_CHANGES)[1:])) + 1


def _change(series: Segments, cells: Sequence[Cell], k: int, number: int) -> Change:
    """Change number ``k`` of so many."""
    dated = series.dated(k, number)
    low90, low50, middle, high50, high90 = (_date(dated, cells, q) for q in (0.05, 0.25, 0.5, 0.75, 0.95))
    before, after = _rate(series, k - 1, number), _rate(series, k, number)
    return Change(
        date=middle,
        date_50=TimeSpan(start=low50, end=high50),
        date_90=TimeSpan(start=low90, end=high90),
        before_per_30d=before[1],
        before_90=Interval(low=before[0], high=before[2]),
        after_per_30d=after[1],
        after_90=Interval(low=after[0], high=after[2]),
    )


def _date(dated: Floats, cells: Sequence[Cell], share: float) -> datetime:
    """The date before which the change lies with probability ``share``; between two cells any instant is as good."""
    summed = np.concatenate(([0.0], np.cumsum(dated)))
    at = min(int(np.searchsorted(summed[1:], share * summed[-1])), len(dated) - 1)
    part = (share * summed[-1] - summed[at]) / dated[at] if dated[at] > 0.0 else 0.0
    first, second = cells[at].time, cells[at + 1].time
    whole = timedelta(seconds=round(min(max(part, 0.0), 1.0) * (second - first).total_seconds()))
    return min(first + whole, second)


def _rate(series: Segments, k: int, number: int) -> tuple[float, float, float]:
    """5, 50 and 95 % points of the rate of stretch ``k``, calls in 30 days."""
    weights = series.stretch(k, number).ravel()
    points = mixture_quantiles(weights, series.shape.ravel(), series.days.ravel(), (0.05, 0.5, 0.95))
    low, middle, high = (30.0 * p for p in points)
    return low, middle, high


def _others(cells: list[Cell], prior: RatePrior) -> list[tuple[str, list[Cell], RatePrior]]:
    """Other assumptions: (in words, cells, prior)."""
    found = [
        (f"mean rate before counting × {words}", cells, _scaled(prior, factor))
        for words, factor in (("3", _FACTOR), ("1/3", 1.0 / _FACTOR))
    ]
    if any(c.arrivals < c.count for c in cells):
        once = [msgspec.structs.replace(c, count=c.arrivals) for c in cells]
        found.append(("ships that came together counted once", once, prior))
    if any(c.least_d < c.exposure_d for c in cells):
        least = [msgspec.structs.replace(c, exposure_d=c.least_d) for c in cells]
        most = [msgspec.structs.replace(c, exposure_d=c.most_d) for c in cells]
        found += [("undeclared looks show least", least, prior), ("undeclared looks show most", most, prior)]
    return found


def _scaled(prior: RatePrior, factor: float) -> RatePrior:
    return msgspec.structs.replace(prior, mean_per_30d=prior.mean_per_30d * factor)


def _varied(words: str, cells: list[Cell], prior: RatePrior, fraction: float) -> Varied:
    searched = [c for c in cells if c.exposure_d > 0.0]
    if len(searched) < 2:
        return Varied(assumption=words, changed=0.0, stopped=0.0)
    series = _segments(searched, prior)
    return Varied(assumption=words, changed=1.0 - series.unchanged, stopped=_stopped(series, fraction))


def _ranged(value: float, others: Sequence[float]) -> Probability:
    held = [min(max(v, 0.0), 1.0) for v in (value, *others)]
    basis = "exact over all ways to part the series; range over the assumptions varied"
    return Probability(value=held[0], low=min(held), high=max(held), basis=basis)
