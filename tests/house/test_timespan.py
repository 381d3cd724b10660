"""Dates keep the precision they were said in, and whole days are whole days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import TimeError
from offing.timespan import TimeSpan, iso, parse_instant, parse_span

days = st.dates(min_value=datetime(1950, 1, 1).date(), max_value=datetime(2099, 12, 30).date())  # noqa: DTZ001


def test_last_day_is_included() -> None:
    span = parse_span("2024-10-08/2024-10-13")
    assert span.start == datetime(2024, 10, 8, tzinfo=UTC)
    assert span.end == datetime(2024, 10, 14, tzinfo=UTC)
    assert datetime(2024, 10, 13, 23, 59, tzinfo=UTC) in span
    assert datetime(2024, 10, 14, tzinfo=UTC) not in span


@pytest.mark.parametrize(
    ("text", "hours", "precision"),
    [
        ("2024", 366 * 24, "year"),
        ("2024-12", 31 * 24, "month"),
        ("2024-10-17", 24, "day"),
        ("2024-10/2024-11", 61 * 24, "span"),
    ],
)
def test_precision_is_kept(text: str, hours: float, precision: str) -> None:
    span = parse_span(text)
    assert (span.hours, span.precision) == (hours, precision)


def test_an_instant_holds_itself() -> None:
    span = parse_span("2024-10-17T02:00Z")
    assert span.precision == "instant"
    assert span.start in span


def test_local_days() -> None:
    span = parse_span("2024-10-08", "Asia/Pyongyang")
    assert span.start == datetime(2024, 10, 7, 15, tzinfo=UTC)
    assert span.hours == 24


@pytest.mark.parametrize(
    "text", ["", "/", "2024-13", "2024-02-30", "soon", "2024-10-13/2024-10-08", "9999-12-31", "10/8/2024"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(TimeError):
        parse_span(text)


def test_a_date_is_no_instant() -> None:
    with pytest.raises(TimeError, match="no time of day"):
        parse_instant("2024-10-17")


def test_no_zone_is_utc_and_said() -> None:
    assert parse_instant("2024-10-17T02:00") == (datetime(2024, 10, 17, 2, tzinfo=UTC), False)
    assert parse_instant("2024-10-17T11:00+09:00") == (datetime(2024, 10, 17, 2, tzinfo=UTC), True)


def test_unknown_zone() -> None:
    with pytest.raises(TimeError, match="no IANA time zone"):
        parse_span("2024-10-17", "Mars/Olympus")


def test_a_span_is_in_utc_and_in_order() -> None:
    noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(TimeError, match="before it begins"):
        TimeSpan(start=noon, end=noon - timedelta(hours=1))
    with pytest.raises(TimeError, match="not in UTC"):
        TimeSpan(start=noon.replace(tzinfo=None), end=noon)


@given(days, st.integers(0, 400))
def test_every_span_of_days_covers_them_all(first, more) -> None:
    try:
        last = first + timedelta(days=more)
    except OverflowError:
        return
    span = parse_span(f"{first}/{last}")
    assert span.hours == 24 * (more + 1)
    assert parse_span(str(first)).start == span.start


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2099, 1, 1)))  # noqa: DTZ001
def test_iso_round_trips_to_the_millisecond(naive) -> None:
    instant = naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000)
    assert parse_instant(iso(instant)) == (instant, True)
