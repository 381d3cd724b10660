"""UTC instants and spans that keep the precision they were given in.

Spans are half-open inside (``start`` ≤ t < ``end``); as written, a date without a time is a whole
day and the last day of a span is included.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from offing.errors import TimeError
from offing.records import Record

Precision = Literal["instant", "day", "month", "year", "span"]
"""How exactly a time was said: ``span`` is "between A and B"."""

_YEAR = re.compile(r"^\d{4}$")
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")


class TimeSpan(Record, frozen=True):
    """A stretch of time in UTC."""

    start: datetime
    """First instant, UTC."""
    end: datetime
    """First instant after the span, UTC; equal to ``start`` for an instant."""
    precision: Precision = "span"
    """How exactly the time was said."""

    def __post_init__(self) -> None:
        for instant in (self.start, self.end):
            if instant.tzinfo is None or instant.utcoffset() != timedelta(0):
                raise TimeError(f"{instant.isoformat()} is not in UTC")
        if self.end < self.start:
            raise TimeError(f"the span ends ({iso(self.end)}) before it begins ({iso(self.start)})")

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end or instant == self.start == self.end

    @property
    def hours(self) -> float:
        """Duration in hours."""
        return (self.end - self.start).total_seconds() / 3600.0

    def padded(self, hours: float) -> TimeSpan:
        """The span widened by ``hours`` on both sides."""
        pad = timedelta(hours=hours)
        return TimeSpan(start=self.start - pad, end=self.end + pad, precision="span")

    def overlaps(self, other: TimeSpan) -> bool:
        """Whether the two spans share an instant."""
        return self.start < other.end and other.start < self.end


def zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name. Raises TimeError for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TimeError(f"{name!r} is no IANA time zone", fix="write one such as Asia/Vladivostok") from error


def parse_instant(text: str) -> tuple[datetime, bool]:
    """An ISO 8601 instant as (UTC datetime, whether a zone was written; without one it is taken as UTC).

    Raises TimeError when ``text`` is a date alone or no ISO 8601 instant.
    """
    cleaned = text.strip()
    if _DAY.match(cleaned) or _MONTH.match(cleaned) or _YEAR.match(cleaned):
        raise TimeError(f"{cleaned!r} has no time of day", fix="write YYYY-MM-DDThh:mmZ")
    try:
        instant = datetime.fromisoformat(cleaned)
    except ValueError as error:
        raise TimeError(f"{cleaned!r} is no ISO 8601 time", fix="write YYYY-MM-DDThh:mmZ") from error
    try:
        if instant.tzinfo is None:
            return instant.replace(tzinfo=UTC), False
        return instant.astimezone(UTC), True
    except OverflowError as error:
        raise TimeError(f"{cleaned!r} lies outside the years 1–9999", fix="check the year") from error


def parse_span(text: str, timezone: str | None = None) -> TimeSpan:
    """A span as written in a case: ``A/B``, a day, a month, a year or an instant.

    ``timezone`` is the IANA name of the zone whose local days are meant; UTC when None.
    Raises TimeError.
    """
    start_text, slash, end_text = text.strip().partition("/")
    first = _part(start_text.strip(), timezone)
    if not slash:
        return first
    last = _part(end_text.strip(), timezone)
    if last.end < first.start or last.start < first.start:
        raise TimeError(f"the span {text!r} ends before it begins", fix="write the earlier date first")
    return TimeSpan(start=first.start, end=last.end, precision="span")


def _part(text: str, timezone: str | None) -> TimeSpan:
    """One side of a span, as wide as it was said."""
    tz = zone(timezone) if timezone else UTC
    try:
        if _YEAR.match(text):
            year = int(text)
            return _utc_span(datetime(year, 1, 1, tzinfo=tz), datetime(year + 1, 1, 1, tzinfo=tz), "year")
        if month := _MONTH.match(text):
            year, number = int(month[1]), int(month[2])
            after = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=tz)
            return _utc_span(datetime(year, number, 1, tzinfo=tz), after, "month")
        if day := _DAY.match(text):
            start = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=tz)
            return _utc_span(start, start + timedelta(days=1), "day")
    except (ValueError, OverflowError) as error:
        raise TimeError(f"{text!r} is no date of the calendar", fix="write YYYY-MM-DD, YYYY-MM or YYYY") from error
    instant, _ = parse_instant(text)
    return TimeSpan(start=instant, end=instant, precision="instant")


def _utc_span(start: datetime, end: datetime, precision: Precision) -> TimeSpan:
    return TimeSpan(start=start.astimezone(UTC), end=end.astimezone(UTC), precision=precision)


def iso(instant: datetime) -> str:
    """``2024-10-17T02:00:00Z``: the one way an instant is written anywhere; milliseconds only where there are any."""
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds" if instant.microsecond else "seconds")
    return text.replace("+00:00", "Z")
