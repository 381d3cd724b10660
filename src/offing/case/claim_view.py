"""Claims as the public JSON shape shows them: an attribution chain and a flat list of elements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from offing.claims import AnyOf, Claim, Elements, Quantity, Source
from offing.records import Record
from offing.timespan import TimeSpan, iso, parse_span


class ElementView(Record, frozen=True):
    """One element of a claim. What an analyst's case.yaml cannot tell is None."""

    kind: str
    """``carrier``, ``origin``, ``destination``, ``window``, ``quantity``, ``cargo``, ``activity`` or ``agent``."""
    value: Any
    """As in case.yaml."""
    text: str | None = None
    """The words of the source that say it."""
    span: dict[str, int] | None = None
    """``start`` and ``end`` in characters of the kept text."""
    precision: str | None = None
    """Of a window: instant, day, month, year or span. Of a quantity: the bound word."""
    low: str | float | None = None
    """Least value; of a window its first instant, UTC."""
    high: str | float | None = None
    """Greatest value; of a window the first instant after it, UTC."""
    hedge: str | None = None
    """``likely``, ``believed`` … in the source's words."""
    candidates: tuple[str, ...] | None = None
    """Site ids that the words may mean."""


class ClaimView(Record, frozen=True):
    """A claim with its chain of sources."""

    id: str
    source: str
    attribution: tuple[str, ...]
    """Source ids, nearest first."""
    quote: str | None
    span: dict[str, int] | None
    """``start`` and ``end`` of the quote in the kept text; None: written in by hand."""
    elements: tuple[ElementView, ...]


def claim_views(claims: Iterable[Claim], sources: Iterable[Source], timezone: str | None) -> tuple[ClaimView, ...]:
    """Every claim in the order of case.yaml; ``timezone`` is the case's, in which its windows are read."""
    known = {source.id: source for source in sources}
    return tuple(
        ClaimView(
            id=claim.id,
            source=claim.source,
            attribution=attribution(claim.source, known),
            quote=claim.quote,
            span=None,
            elements=tuple(_elements(claim.elements, timezone)),
        )
        for claim in claims
    )


def attribution(source: str, known: Mapping[str, Source]) -> tuple[str, ...]:
    """The source, then those it relays, nearest first; each named once."""
    chain: dict[str, None] = {source: None}
    for name in chain_of(source, known):
        chain.setdefault(name)
    return tuple(chain)


def chain_of(source: str, known: Mapping[str, Source]) -> Iterator[str]:
    """What a source relays, level by level; a circle is gone round once."""
    seen, level = {source}, [source]
    while level:
        quoted = [name for one in level for name in (known[one].quotes if one in known else ())]
        level = [name for name in dict.fromkeys(quoted) if name not in seen]
        seen.update(level)
        yield from level


def _elements(elements: Elements, timezone: str | None) -> Iterator[ElementView]:
    for kind in ("agent", "carrier", "cargo", "quantity", "origin", "destination", "window", "activity"):
        value = getattr(elements, kind)
        if isinstance(value, Quantity):
            yield ElementView(kind=kind, value=_plain(value), precision=value.bound, low=value.low, high=value.high)
        elif kind == "window" and value is not None:
            yield _window(value, parse_span(value, timezone))
        elif value is not None:
            yield ElementView(kind=kind, value=_plain(value))


def _window(text: str, span: TimeSpan) -> ElementView:
    return ElementView(kind="window", value=text, precision=span.precision, low=iso(span.start), high=iso(span.end))


def _plain(value: object) -> object:
    if isinstance(value, AnyOf):
        return {"any_of": list(value.any_of)}
    return msgspec.to_builtins(value)
