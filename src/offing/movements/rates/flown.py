"""Flights from one airfield to another as cells of a rate, a day a cell.

Receivers hear an airfield on some days and not on others. A day counts as searched when an aircraft on another route
was heard at both airfields (the route's own flights cannot tell the days on which they would have been heard), or as
far as somebody states. Silent days are not searched; they are no days without a flight.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

from offing.errors import OffingError
from offing.movements.rates.model import Cell
from offing.records import Record
from offing.timespan import TimeSpan

MOST_DAYS = 40_000


class Flight(Record, frozen=True):
    """One flight as receivers heard it."""

    time: datetime
    """When it was first heard, or took off, UTC."""
    origin: str | None
    """Code of the airfield, as the table has it, in capitals; None: not told."""
    destination: str | None
    aircraft: str | None
    """ICAO 24-bit address, registration, or whatever names it; None: not told."""
    callsign: str | None


class Covered(Record, frozen=True):
    """How far receivers hear a route."""

    span: TimeSpan
    """Whole days in UTC."""
    fraction: float
    """P(a flight is listed), 0–1."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.fraction <= 1.0:
            raise OffingError(f"the coverage is {self.fraction}", fix="write a number from 0 to 1")


class Route(Record, frozen=True):
    """Flights of one direction by day, with what was heard."""

    cells: tuple[Cell, ...]
    heard_from: int
    """Days on which another aircraft was heard at the first airfield."""
    heard_to: int
    days: int
    unknown: int
    """Flights of which one end is not told."""


def flown(
    flights: Sequence[Flight],
    origins: Collection[str],
    destinations: Collection[str],
    coverage: Sequence[Covered] | None = None,
) -> Route:
    """The flights from any of ``origins`` to any of ``destinations``, a cell for every day (UTC) that the table spans.

    ``coverage``: as stated, in place of the days on which others were heard; the last entry that holds a day counts,
    days without any are not searched. A flight listed twice counts once. Raises OffingError for a table that spans
    more than 40,000 days.
    """
    told = {_key(f): f for f in flights}.values()
    route = [f for f in told if f.origin in origins and f.destination in destinations]
    others = [f for f in told if not (f.origin in origins and f.destination in destinations)]
    heard = [{f.time.date() for f in others if {f.origin, f.destination} & set(end)} for end in (origins, destinations)]
    days = _days([f.time for f in told], coverage)
    counted: dict[date, int] = {}
    for flight in route:
        counted[flight.time.date()] = counted.get(flight.time.date(), 0) + 1
    cells = []
    for day in days:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        share = float(day in heard[0] and day in heard[1]) if coverage is None else _stated(noon, coverage)
        n = counted.get(day, 0)
        cells.append(
            Cell(time=noon, exposure_d=share, least_d=share, most_d=share, count=n, arrivals=n, usable=share > 0.0)
        )
    return Route(
        cells=tuple(cells),
        heard_from=len(heard[0]),
        heard_to=len(heard[1]),
        days=len(days),
        unknown=sum(f.origin is None or f.destination is None for f in told),
    )


def _key(flight: Flight) -> tuple[object, ...]:
    name = flight.aircraft or flight.callsign
    return flight.time, name, flight.origin, flight.destination


def _days(times: Sequence[datetime], coverage: Sequence[Covered] | None) -> list[date]:
    ends = [*times, *(t for c in coverage or () for t in (c.span.start, c.span.end - timedelta(microseconds=1)))]
    if not ends:
        return []
    first, last = min(ends).date(), max(ends).date()
    if (last - first).days >= MOST_DAYS:
        raise OffingError(f"the flights span {(last - first).days} days", fix="check their years")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _stated(noon: datetime, coverage: Sequence[Covered]) -> float:
    return next((c.fraction for c in reversed(coverage) if noon in c.span), 0.0)
