"""Rates of calls or flights with the exposure that they stand on, and changes of them."""

from __future__ import annotations

import math
from datetime import datetime

from offing.errors import OffingError
from offing.quantities import Interval, Probability
from offing.records import Record
from offing.timespan import TimeSpan


class Cell(Record, frozen=True):
    """The smallest piece of time that was looked at as one: a look, or a day."""

    time: datetime
    """Its instant or its middle, UTC."""
    exposure_d: float
    """Days in which whatever happened is counted here on average: a call that begins at rate r a day is counted
    r × exposure_d times. 0: not searched."""
    least_d: float
    """The same at the least that undeclared looks may show."""
    most_d: float
    count: int
    """Calls that are first seen here, or flights."""
    arrivals: int
    """The same with ships that came together counted once."""
    false: float = 0.0
    """Expected number of calls among ``count`` that are look-alikes, by what the looks declare."""
    usable: bool = True
    """Whether anything could be seen."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.least_d <= self.exposure_d <= self.most_d < math.inf:
            raise OffingError(f"exposure {self.least_d}–{self.exposure_d}–{self.most_d} d is not rising from 0 up")
        if not 0 <= self.arrivals <= self.count:
            raise OffingError(f"{self.count} calls in {self.arrivals} arrivals", fix="count from 0 up")


class RatePrior(Record, frozen=True):
    """What is taken for granted of rates before anything is counted."""

    mean_per_30d: float
    """Mean of a gamma distribution of rates."""
    shape: float = 0.5
    """Of the same; ½ is a broad one that allows rates near 0."""
    change: float = 0.5
    """P(the rate changed at least once from the first cell to the last), changes alike likely at any time."""

    def __post_init__(self) -> None:
        if not (0.0 < self.shape < math.inf and 0.0 < self.mean_per_30d < math.inf and 0.0 < self.change < 1.0):
            raise OffingError(
                f"prior with shape {self.shape:g}, mean {self.mean_per_30d:g} and change {self.change:g}",
                fix="write shape and mean above 0 and a chance of change between 0 and 1",
            )

    @property
    def inverse_scale_d(self) -> float:
        """Rate parameter of the gamma distribution of calls a day, in days."""
        return self.shape * 30.0 / self.mean_per_30d


class Period(Record, frozen=True):
    """A month or a week, what was looked at in it, and the rate."""

    span: TimeSpan
    looks: int
    """Cells in it."""
    usable: int
    """Those in which something could be seen."""
    exposure_d: float
    """As in ``Cell``, days."""
    count: int
    false: float
    """Expected look-alikes among ``count``."""
    per_30d: float | None
    """Median of the rate in 30 days; None: not searched."""
    per_30d_90: Interval | None
    """90 % interval, over what undeclared looks may show."""


class Change(Record, frozen=True):
    """One change of the rate, given how many there were."""

    date: datetime
    """Median, UTC."""
    date_50: TimeSpan
    """Holds the date with probability 0.5."""
    date_90: TimeSpan
    before_per_30d: float
    """Median of the rate before it, back to the change before."""
    before_90: Interval
    after_per_30d: float
    after_90: Interval


class Varied(Record, frozen=True):
    """The same answer under another assumption."""

    assumption: str
    changed: float
    stopped: float


class Changes(Record, frozen=True):
    """Whether and when a rate changed."""

    cells: int
    """Cells with exposure that were compared."""
    span: TimeSpan
    """First to last of them: a change outside cannot be told."""
    prior: RatePrior
    changed: Probability
    """P(at least one change), over the assumptions varied."""
    numbers: tuple[float, ...]
    """P(0, 1, 2, … changes); what is missing to 1 are more."""
    changes: tuple[Change, ...]
    """By date, given the likeliest number above 0."""
    stopped: Probability
    """P(there was a change, and the rate at the end is less than ``stopped_below`` times the median rate before the
    last of ``changes``), over the assumptions."""
    stopped_below: float
    since_d: float
    """Exposure after the median date of the last of ``changes``, days."""
    expected_since: float
    """Calls that would have been counted in it at the rate before."""
    counted_since: int
    varied: tuple[Varied, ...]


class Rates(Record, frozen=True):
    """Rates by period with their changes."""

    what: str
    """What is counted, in words."""
    periods: tuple[Period, ...]
    prior: RatePrior | None
    """None: nothing was searched."""
    changes: Changes | None
    """None: fewer than two cells with exposure."""
    last_searched: datetime | None
    """Last cell with exposure, UTC."""
    notes: tuple[str, ...]
    simulated: bool = False


class Ratio(Record, frozen=True):
    """One rate over another."""

    value: float
    """Median."""
    interval_90: Interval
    below_one: float
    """P(the first rate is the lower)."""
