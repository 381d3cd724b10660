"""Pages of a catalogue one after the other, until its end or ours: nothing it answers makes this run for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from offing.errors import NetworkError
from offing.imagery.catalogue.fields import Fields, fields, whole
from offing.network import Network, Reply, host_and_port
from offing.records import Record

MOST_ITEMS = 20_000
"""Items of one query that are read."""
MOST_PAGES = 1_000
MOST_EMPTY = 5
"""Pages in a row that may be empty though another follows."""
PAGE_BYTES = 16_000_000
ITEM_BYTES = 2_000_000
QUERY_BYTES = 2_000_000_000
"""Of all pages of one query."""


class Turn(Record, frozen=True):
    """One request for a page."""

    url: str
    body: dict[str, Any] | None = None
    """JSON that is posted; None: it is a GET."""
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    """What the catalogue wants with it, keys not included."""

    @property
    def same(self) -> tuple[str, bytes]:
        """What makes two turns the same request."""
        return self.url, b"" if self.body is None else msgspec.json.encode(self.body, order="deterministic")


class Page(Record, frozen=True):
    """One page as it came."""

    items: tuple[msgspec.Raw, ...]
    """Items, not read yet."""
    matched: int | None
    """How many the catalogue says there are."""
    following: object
    """What it says of the next page, as its kind of API writes it."""
    bytes: int
    """Size of the answer."""


class _Whole(msgspec.Struct):
    """The parts of a page that are looked at; everything else is skipped, unbuilt."""

    features: list[msgspec.Raw] | None = None
    links: msgspec.Raw = msgspec.Raw(b"[]")
    _links: msgspec.Raw = msgspec.Raw(b"{}")
    numberMatched: msgspec.Raw = msgspec.Raw(b"null")  # noqa: N815 - as OGC API Features writes it
    context: msgspec.Raw = msgspec.Raw(b"{}")


def ask(turn: Turn, network: Network, key_headers: Mapping[str, str], key_host: tuple[str, int]) -> Page:
    """The page of a turn. Keys go to their own host and to no other. Raises NetworkError."""
    headers = {"Accept": "application/geo+json, application/json", **turn.headers}
    if host_and_port(turn.url) == key_host:
        headers |= key_headers
    if turn.body is None:
        reply = network.get(turn.url, headers=headers, most_bytes=PAGE_BYTES)
    else:
        reply = network.post(turn.url, json=turn.body, headers=headers, most_bytes=PAGE_BYTES, search=True)
    return read_page(reply)


def read_page(reply: Reply) -> Page:
    """A page, its items left as they are. Raises NetworkError for what is none."""
    try:
        found = msgspec.json.decode(reply.body, type=_Whole)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        found = _leniently(reply)
    if found.features is None:
        raise NetworkError("what it answered holds no items (no features)", fix="check that it is a STAC API")
    following = unpacked(found.links) or unpacked(found._links)
    size = len(reply.body)
    return Page(items=tuple(found.features), matched=_matched(found), following=following, bytes=size)


def unpacked(raw: msgspec.Raw) -> Any:  # noqa: ANN401 - whatever the other side wrote
    """A piece of JSON; None where it is none, or larger than an item may be."""
    if len(bytes(raw)) > ITEM_BYTES:
        return None
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _leniently(reply: Reply) -> _Whole:
    """A page with NaN or Infinity in it, which some servers write though JSON has neither; they become null."""
    import json

    try:
        value = fields(json.loads(reply.body, parse_constant=lambda _: None))
        features = value.get("features")
        return _Whole(
            features=[_raw(f) for f in features] if isinstance(features, list) else None,
            links=_raw(value.get("links")),
            _links=_raw(value.get("_links")),
            numberMatched=_raw(value.get("numberMatched")),
            context=_raw(value.get("context")),
        )
    except (ValueError, RecursionError, msgspec.MsgspecError, TypeError) as error:
        raise NetworkError("what it answered is no JSON", fix="check that it is the address of a STAC API") from error


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _matched(page: _Whole) -> int | None:
    """How many items match, by OGC API Features or by the context extension of older APIs."""
    said: Fields = {"numberMatched": unpacked(page.numberMatched), **fields(unpacked(page.context))}
    return whole(said, "numberMatched", "matched")


Next = Callable[[Turn, Page], Turn | None]
"""(turn, its page) → the turn of the next page; None: there is none."""


def turns(first: Turn, fetch: Callable[[Turn], Page], following: Next, see: Callable[[Page], int]) -> str | None:
    """Read page after page; why it stopped before the end, or None at the end.

    ``see`` takes a page and says how many of its items were new. Raises NetworkError.
    """
    turn, asked, empty, idle, total, size = first, {first.same}, 0, 0, 0, 0
    for _ in range(MOST_PAGES):
        page = fetch(turn)
        new = see(page)
        total, size = total + len(page.items), size + page.bytes
        if size > QUERY_BYTES:
            return f"its pages are larger than {QUERY_BYTES:,} bytes"
        if total >= MOST_ITEMS:
            after = following(turn, page)
            cut = total > MOST_ITEMS or after is not None
            return (
                f"there are more than {MOST_ITEMS:,} items; ask for a shorter time or fewer collections"
                if cut
                else None
            )
        empty, idle = (empty + 1, idle) if not page.items else (0, 0 if new else idle + 1)
        try:
            after = following(turn, page)
        except NetworkError as error:
            return f"its link to the next page cannot be followed ({error.what})"
        if after is None:
            return None
        if after.same in asked:
            return "its next page is one that it gave before"
        if idle >= 2:
            return "its pages repeat what it listed before"
        if empty >= MOST_EMPTY:
            return f"{MOST_EMPTY} pages in a row were empty though others are said to follow"
        asked.add(after.same)
        turn = after
    return f"there are more than {MOST_PAGES:,} pages"
