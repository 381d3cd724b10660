"""Rates by month or week of a series of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from offing.errors import OffingError
from offing.movements.rates.changes import STOPPED_BELOW, changes, pooled_prior
from offing.movements.rates.gamma import posterior, ratio
from offing.movements.rates.model import Cell, Period, RatePrior, Rates, Ratio
from offing.quantities import Interval
from offing.timespan import TimeSpan

Length = Literal["month", "week"]
MOST_PERIODS = 12_000
_TOO_MANY_FALSE = 0.2


def rates(
    cells: Sequence[Cell],
    what: str,
    *,
    length: Length = "month",
    span: TimeSpan | None = None,
    prior: RatePrior | None = None,
    stopped_below: float = STOPPED_BELOW,
    notes: Sequence[str] = (),
    simulated: bool = False,
) -> Rates:
    """The rate in every calendar month or ISO week (UTC) of ``span``, and whether it changed.

    Without ``span``: from the first cell to the last. The prior, where none is given, has the mean of the whole
    series. What was seen where nothing counts as searched is left out, and said. Each period is counted by itself;
    the changes are found on the cells, whatever the periods. Raises OffingError as ``changes`` does, and for more
    than 12,000 periods.
    """
    ordered = sorted(cells, key=lambda c: c.time)
    if span is not None:
        ordered = [c for c in ordered if span.start <= c.time < span.end]
    elif ordered:
        span = TimeSpan(start=ordered[0].time, end=ordered[-1].time + timedelta(microseconds=1))
    outside = sum(c.count for c in ordered if c.exposure_d <= 0.0)
    ordered = [msgspec.structs.replace(c, count=0, arrivals=0) if c.exposure_d <= 0.0 else c for c in ordered]
    taken = prior or pooled_prior(ordered)
    found = tuple(_period(p, ordered, taken) for p in (_periods(span, length) if span else ()))
    searched = [c.time for c in ordered if c.exposure_d > 0.0]
    return Rates(
        what=what,
        periods=found,
        prior=taken,
        changes=changes(ordered, taken, stopped_below=stopped_below),
        last_searched=searched[-1] if searched else None,
        notes=(*notes, *_cautions(ordered, outside)),
        simulated=simulated,
    )


def compared(first: Period, second: Period, prior: RatePrior) -> Ratio:
    """The rate of the first period over that of the second; of a period that was not searched the prior is all."""
    a, b = (posterior(p.count, p.exposure_d, prior) for p in (first, second))
    return ratio(a, b)


def _periods(span: TimeSpan, length: Length) -> Iterator[TimeSpan]:
    """The months, or weeks from Monday on, that touch the span."""
    start = span.start.replace(hour=0, minute=0, second=0, microsecond=0)
    start = start.replace(day=1) if length == "month" else start - timedelta(days=start.weekday())
    made = 0
    while start < span.end:
        made += 1
        if made > MOST_PERIODS:
            raise OffingError(f"more than {MOST_PERIODS} periods", fix="ask for months, or for a shorter span")
        month = start.year * 12 + start.month
        after = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) if length == "month" else start + timedelta(days=7)
        yield TimeSpan(start=start, end=after)
        start = after


def _period(span: TimeSpan, cells: Sequence[Cell], prior: RatePrior | None) -> Period:
    own = [c for c in cells if span.start <= c.time < span.end]
    exposure, count = sum(c.exposure_d for c in own), sum(c.count for c in own)
    rate, interval = None, None
    if prior is not None and exposure > 0.0:
        rate = 30.0 * posterior(count, exposure, prior).quantile(0.5)
        low = posterior(count, sum(c.most_d for c in own), prior).quantile(0.05)
        high = posterior(count, sum(c.least_d for c in own), prior).quantile(0.95)
        interval = Interval(low=30.0 * low, high=30.0 * high)
    return Period(
        span=span,
        looks=len(own),
        usable=sum(c.usable for c in own),
        exposure_d=exposure,
        count=count,
        false=sum(c.false for c in own),
        per_30d=rate,
        per_30d_90=interval,
    )


def _cautions(cells: Sequence[Cell], outside: int) -> tuple[str, ...]:
    count, false = sum(c.count for c in cells), sum(c.false for c in cells)
    together = count - sum(c.arrivals for c in cells)
    out = []
    if outside:
        out.append(f"{outside} seen where nothing counts as searched: left out of every rate")
    if false > _TOO_MANY_FALSE * count and false > 0.1:
        out.append(f"of {count} calls about {false:.1f} may be look-alikes, by p_false: they are counted all the same")
    if together:
        ships = "1 ship" if together == 1 else f"{together} ships"
        out.append(f"{ships} came with others, not each by its own chance: the range counts them once too")
    return tuple(out)
