"""Calls of a stated length, and how likely the looks there were would have shown one."""

from __future__ import annotations

from typing import Literal

from offing.imagery.model import Status
from offing.quantities import Interval
from offing.records import Record
from offing.sites import StayHours
from offing.timespan import TimeSpan

Pattern = Literal["any", "night", "night-to-night"]
"""Any time of day; wholly within one night; comes in one night and leaves in the same or another."""

Cause = Status | Literal["undecided"]
"""Why a look shows less than it might: its status, or that it was usable and yet says nothing."""


class Loss(Record, frozen=True):
    """What one cause took from the power."""

    cause: Cause
    looks: int
    """Acquisitions that such a call may meet and that this kept from showing all of the site."""
    looks_met: float
    """How many of them a call meets on average."""
    shown: Interval
    """P(at least one look shows the call) had these been fully usable, all others as they were."""


class CallPower(Record, frozen=True):
    """P(at least one look shows a call | there was one), and what went into it.

    Looks are independent of each other given that the ship is there. Haze and cloud last, so that looks of one day may
    fail together: ``shown_alike`` is the other extreme.
    """

    length_h: float | None
    """Length of the call, hours; None: distributed as ``stay``."""
    stay: StayHours | None
    """Log-normal lengths; None: all calls are ``length_h`` long."""
    pattern: Pattern
    whole: bool
    """Whether the call also ends within the span; otherwise it only begins in it."""
    span: TimeSpan
    """When the call begins, each instant alike as far as the pattern allows."""
    begins_h: float
    """Hours of the span in which such a call can begin (of random length: that many on average); 0: there can be none,
    for no night is long enough, it never gets dark, or the span is too short."""
    looks: int
    """Acquisitions that such a call may meet, whatever they show."""
    usable: int
    """Those of them that may show something."""
    undeclared: int
    """Those of the usable whose p_detect nobody declared."""
    looks_met: float
    """Acquisitions that such a call meets on average."""
    usable_met: float
    """Usable ones among them."""
    shown: Interval | None
    """P(at least one look shows it), 0–1: a hard range. Low: undeclared looks never show it; high: they do as far as
    they are usable (or as assumed). None: there can be no such call."""
    shown_alike: Interval | None
    """The same if all looks of one day fail together: only the best of a day counts. Days are by the sun at the place.
    None: there can be no such call."""
    lost: tuple[Loss, ...]
    """By cause, what cost most first."""
    error: float
    """``shown`` may be too narrow by this at most, by cutting off the quadrature; 0 for calls of one length."""

    @property
    def possible(self) -> bool:
        """Whether there can have been such a call."""
        return self.shown is not None


class UnseenCalls(Record, frozen=True):
    """When a call of one length could have begun and passed without a single look that sees."""

    site: str
    span: TimeSpan
    """When the call begins."""
    length_h: float
    pattern: Pattern
    whole: bool
    """Whether the call also ends within the span."""
    begins_h: float
    """Hours of the span in which such a call can begin at all; 0: there can be none."""
    beginnings: tuple[TimeSpan, ...]
    """The stretches in which one can begin and be met by no look that sees; in order."""
    seeing: int
    """Acquisitions that see and that such a call may meet."""
    undeclared: int
    """Those of them that are counted as seeing although nobody declared their p_detect."""

    @property
    def hours(self) -> float:
        """Length of all beginnings together."""
        return sum(b.hours for b in self.beginnings)

    @property
    def share(self) -> float | None:
        """Share of the beginnings that there can be, 0–1; None: there can be none."""
        return min(1.0, self.hours / self.begins_h) if self.begins_h > 0.0 else None

    @property
    def longest(self) -> TimeSpan | None:
        """The longest stretch, the first of equals."""
        return max(self.beginnings, key=lambda b: b.hours, default=None)
