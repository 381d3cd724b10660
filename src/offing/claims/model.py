"""Sources, claims and claim elements, as an analyst writes them in case.yaml."""

from __future__ import annotations

from typing import Literal

from offing.errors import CaseFileError
from offing.records import Record
from offing.timespan import TimeSpan, parse_span

Grade = Literal["A", "B", "C", "D", "E", "F"]
"""Admiralty reliability of a source: A completely reliable … F cannot be judged (NATO AJP-2.1)."""


class Source(Record, frozen=True):
    """Who speaks."""

    id: str
    """Short name, unique in the case."""
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: str | None = None
    """Date or span as known: ``2024-10-18``, ``2024-10``, ``2025``."""
    reliability: Grade | None = None
    """Admiralty reliability of the source; None is ungraded."""
    credibility: Literal[1, 2, 3, 4, 5, 6] | None = None
    """Admiralty credibility of what it says: 1 confirmed by an independent origin … 6 cannot be judged."""
    origin: str | None = None
    """Origin group: items that go back to one origin share it. None: the source is its own origin."""
    quotes: tuple[str, ...] = ()
    """Ids of the sources it relays, nearest first."""
    licence: str | None = None
    simulated: bool = False
    """True: made by ``offing simulate``, not said by anybody."""
    note: str | None = None

    def __post_init__(self) -> None:
        if self.published is not None:
            parse_span(self.published)


class Carrier(Record, frozen=True):
    """The ships that a claim speaks of."""

    classes: tuple[str, ...] = ()
    """Class ids; a ship of any of them counts."""
    vessels: tuple[str, ...] = ()
    """Ids of named vessels; when there are any, only these count."""
    count: int = 1
    """At least so many different ships."""

    def __post_init__(self) -> None:
        if not self.classes and not self.vessels:
            raise CaseFileError("carrier names neither classes nor vessels", fix="write classes: [any] for any ship")
        if self.count < 1:
            raise CaseFileError(f"carrier count is {self.count}", fix="write 1 or more")


class Quantity(Record, frozen=True):
    """How much or how many were moved."""

    value: float
    """As stated, in ``unit``."""
    unit: str = "persons"
    """``persons``, ``t``, ``containers``, ``vehicles``."""
    low: float | None = None
    high: float | None = None
    """Bounds when the source gives any."""
    bound: Literal["exactly", "about", "at least", "at most"] = "about"
    """The bound word of the source."""

    def __post_init__(self) -> None:
        if not self.value > 0:
            raise CaseFileError(f"quantity is {self.value}", fix="write a number above 0")
        if not (self.low or 0.0) <= self.value <= (self.value if self.high is None else self.high):
            raise CaseFileError(
                f"the value {self.value:g} does not lie between low and high", fix="write low ≤ value ≤ high"
            )


class AnyOf(Record, frozen=True):
    """At least one of these sites."""

    any_of: tuple[str, ...]
    """Site ids."""


class Elements(Record, frozen=True):
    """What a claim asserts, taken apart; each is judged on its own."""

    agent: str | None = None
    """Who did it."""
    carrier: Carrier | None = None
    cargo: str | None = None
    quantity: Quantity | None = None
    origin: str | tuple[str, ...] | AnyOf | None = None
    """Site id(s) that the ships came from."""
    destination: str | tuple[str, ...] | AnyOf | None = None
    """Site id(s) that the ships went to."""
    window: str | None = None
    """When: ``2024-10-08/2024-10-13``, ``2024-10``; read it with ``span``."""
    activity: str | None = None
    """What was done there, e.g. ``unloading``."""

    def __post_init__(self) -> None:
        if self.window is not None:
            parse_span(self.window)

    def span(self, timezone: str | None = None) -> TimeSpan | None:
        """The window as a UTC span; its dates are local days of ``timezone`` when given."""
        return None if self.window is None else parse_span(self.window, timezone)


class Claim(Record, frozen=True):
    """One assertion by one source."""

    id: str
    source: str
    """Id of the nearest source: the one that the quote was read in."""
    elements: Elements
    quote: str | None = None
    """Verbatim, shown in quotation marks in every report."""
    statement: str | None = None
    """The assertion in the analyst's own words."""
    note: str | None = None
    prior: float | None = None
    """P(element) before any look, 0–1 exclusive; None takes the case's."""

    def __post_init__(self) -> None:
        if self.prior is not None and not 0.0 < self.prior < 1.0:
            raise CaseFileError(f"prior is {self.prior}", fix="write a probability between 0 and 1, both excluded")


def origin_group(source: Source) -> str:
    """The origin that a source goes back to: copies of one origin add no weight."""
    return source.origin or source.id


def place_ids(place: str | tuple[str, ...] | AnyOf | None) -> tuple[str, ...]:
    """The site ids that an origin or destination names, in order, each once."""
    match place:
        case None:
            return ()
        case str():
            return (place,)
        case AnyOf():
            return tuple(dict.fromkeys(place.any_of))
        case _:
            return tuple(dict.fromkeys(place))


def sites_named(elements: Elements) -> tuple[str, ...]:
    """Ids of all sites that a claim speaks of, destinations first, each once."""
    return tuple(dict.fromkeys([*place_ids(elements.destination), *place_ids(elements.origin)]))
