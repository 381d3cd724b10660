"""Ask one catalogue what it has of one place in one span of time, and say how far the answer can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from offing.errors import NetworkError, OffingError
from offing.imagery.catalogue import planet_api, stac_api
from offing.imagery.catalogue.catalogues import Catalogue, Keys, catalogue
from offing.imagery.catalogue.fields import fields, text
from offing.imagery.catalogue.ground import Ground
from offing.imagery.catalogue.model import Answer, CatalogueItem, Found, Query
from offing.imagery.catalogue.paging import ITEM_BYTES, MOST_ITEMS, Page, Turn, ask, turns, unpacked
from offing.imagery.catalogue.planet_items import read_planet_item
from offing.imagery.catalogue.stac_items import LeftOut, ReadItem, read_item
from offing.network import Network, host_and_port, shown

LONGEST = timedelta(minutes=30)
"""Of one query; a catalogue that is slow, or that makes wait again and again, is left after it."""
KEPT_BYTES = 400_000_000
"""Memory that the items of one query may take, roughly."""

Progress = Callable[[int], None]
"""Called with the number of items listed so far."""


def search(
    query: Query,
    network: Network,
    *,
    clock: Callable[[], datetime],
    keys: Keys = Keys(),  # noqa: B008 - frozen
    source: Catalogue | None = None,
    progress: Progress | None = None,
) -> Found:
    """What a catalogue lists. Never raises for what it answers: failures are in the answer, with what came before.

    ``source``: the catalogue of ``query.catalogue``, where its front page has been read already. An address that the
    user named may lie in a private network; what it links to may not. Raises OffingError for an unknown catalogue.
    """
    chosen = catalogue(query.catalogue) if source is None else source
    gathering = _Gathering(query, chosen, clock(), progress)
    if not chosen.built_in:
        network.allow(chosen.url)
    try:
        chosen = stac_api.resolved(chosen, network)
        stopped = _read(query, chosen, network, keys, gathering, clock)
    except NetworkError as error:
        stopped = keys.hidden_in(_failure(error, chosen))
    return gathering.found(chosen, stopped)


def failed(query: Query, source: Catalogue, error: NetworkError, now: datetime) -> Found:
    """The answer of a catalogue that could not be asked at all."""
    return _Gathering(query, source, now, None).found(source, _failure(error, source))


def _read(
    query: Query, source: Catalogue, network: Network, keys: Keys, gathering: _Gathering, clock: Callable[[], datetime]
) -> str | None:
    """All pages; why they end early. Raises NetworkError."""
    assert source.search_url is not None
    api = planet_api if source.kind == "planet" else stac_api
    headers = planet_api.key_headers(keys) if source.kind == "planet" else _subscription(source, keys)
    host = host_and_port(source.search_url)

    def fetch(turn: Turn) -> Page:
        if clock() - gathering.now > LONGEST:
            raise NetworkError(f"it took longer than {LONGEST.total_seconds() / 60:g} minutes")
        return ask(turn, network, headers, host)

    return turns(api.first_turn(query, source), fetch, api.next_turn, gathering.see)


def _subscription(source: Catalogue, keys: Keys) -> dict[str, str]:
    if source.name == "planetary-computer" and keys.planetary_computer:
        return {"Ocp-Apim-Subscription-Key": keys.planetary_computer}
    return {}


def _failure(error: NetworkError, source: Catalogue) -> str:
    """What went wrong, with what the other side said of it, and where, if that is not where the search was sent."""
    detail = f": {error.detail[:200]}" if error.detail and error.status in (400, 422) else ""
    fix = f"; {error.fix}" if error.fix else ""
    own = (None, shown(source.url), shown(source.search_url or source.url))
    place = "" if error.where in own else f"{error.where}: "
    return f"{place}{error.what}{detail}{fix}"


class _Gathering:
    """The items of one query as they come, each once, and what was odd."""

    def __init__(self, query: Query, source: Catalogue, now: datetime, progress: Progress | None) -> None:
        self.query, self.source, self.now, self.progress = query, source, now, progress
        self.ground = Ground(*query.place)
        self.items: dict[str, CatalogueItem] = {}
        self.seen: set[str] = set()
        self.listed = self.kept = 0
        self.matched: int | None = None
        self.odd: Counter[str] = Counter()
        self.left: Counter[str] = Counter()

    def see(self, page: Page) -> int:
        """Take a page in; how many of its items were not there before."""
        before = len(self.seen)
        if self.matched is None:
            self.matched = page.matched
        elif page.matched is not None and page.matched != self.matched:
            self.odd["pages that count otherwise"] += 1
        for raw in page.items:
            if self.listed >= MOST_ITEMS:
                break
            self.listed += 1
            value = unpacked(raw)
            if value is None:
                self.left["too large" if len(bytes(raw)) > ITEM_BYTES else "unreadable"] += 1
            else:
                self._take(value)
        if self.progress is not None:
            self.progress(self.listed)
        return len(self.seen) - before

    def _take(self, value: object) -> None:
        """One item: kept, or left out for a reason."""
        base = self.source.search_url or self.source.url
        read = read_planet_item if self.source.kind == "planet" else read_item
        try:
            result = read(value, self.source, base)
        except (OffingError, ArithmeticError, ValueError, RecursionError) as error:
            result = LeftOut(reason=f"unreadable ({type(error).__name__})")
        if isinstance(result, LeftOut):
            name = text(fields(value), "id", most=300)
            key = f"#{self.listed}" if name is None else f"{text(fields(value), 'collection')}/{name}"
            if key in self.seen:
                self.left["listed twice"] += 1
                return
            self.seen.add(key)
            self.left[result.reason] += 1
            return
        self._keep(result)

    def _keep(self, result: ReadItem) -> None:
        item = result.item
        if item.id in self.seen:
            self.left["listed twice"] += 1
            return
        self.seen.add(item.id)
        if reason := self._outside(item):
            if reason != "edge":
                self.left[reason] += 1
            return
        self.items[item.id] = item
        self.kept += sum(150 * len(r) for r in item.outline) + sum(400 + len(a.href) for a in item.assets) + 1000
        if self.kept > KEPT_BYTES:
            raise NetworkError("what it lists is larger than can be kept", fix="ask for a shorter time")
        if result.note:
            self.odd[result.note] += 1

    def _outside(self, item: CatalogueItem) -> str | None:
        """Why an item is not what was asked for; ``edge``: at the span's very end, which an API may count in."""
        if item.time > self.now:
            return "in the future"
        if item.time == self.query.span.end:
            return "edge"
        if item.time not in self.query.span:
            return "outside the time asked for"
        if self.query.collections and item.collection not in self.query.collections:
            return "of other collections than asked for"
        return None if self.ground.touches(item.outline) else "outside the place asked for"

    def found(self, source: Catalogue, stopped: str | None) -> Found:
        """The answer with its items, by (time, id)."""
        given = len(self.seen)
        if stopped is None and self.matched is not None and given < self.matched:
            stopped = f"it says that there are {self.matched:,} and gave {given:,}"
        notes = [f"{count:,} left out: {reason}" for reason, count in sorted(self.left.items())]
        notes += [f"{count:,} with {note}" if " that " not in note else f"{count:,} {note}"
                  for note, count in sorted(self.odd.items())]  # fmt: skip
        if self.matched is not None and given > self.matched:
            notes.append(f"it says that there are {self.matched:,} and gave {given:,}")
        answer = Answer(
            query=self.query,
            asked=self.now,
            url=shown(source.search_url or source.url),
            matched=self.matched,
            listed=self.listed,
            complete=stopped is None,
            stopped=stopped,
            notes=tuple(notes),
        )
        return Found(answer=answer, items=tuple(sorted(self.items.values(), key=lambda i: (i.time, i.id))))
