"""What a watch asks of catalogues in a round, and which answers it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from offing.case.asking import unanswered, wanted
from offing.case.case import Case
from offing.case.clock import Clock
from offing.errors import NetworkError
from offing.imagery.catalogue.model import Answer, CatalogueItem, Found, Query
from offing.records import Record
from offing.sites import Site
from offing.timespan import TimeSpan

LOOK_BACK = timedelta(days=10)
"""How long an archive may still get items of a day."""
_PATIENCE = 3
"""Failures after which a catalogue is left alone for the round; one bad answer must not hide the other sites."""


class Catalogues(Protocol):
    """What a watch asks. ``ask`` raises NetworkError, or gives an answer that says why it is not complete."""

    def query(self, name: str, collections: tuple[str, ...], site: Site, span: TimeSpan, /) -> Query | None:
        """What is to be asked of that catalogue; None: it has none of ``collections`` (none named: the usual ones)."""
        ...

    def ask(self, query: Query) -> Found:
        """The answer."""
        ...


class Failure(Record, frozen=True):
    """Something that did not work and is tried again in the next round."""

    who: str
    """Name of the catalogue or of the channel."""
    why: str


class Searched(Record, frozen=True):
    """How a round of asking went."""

    deaf: bool
    """Whether catalogues were asked and none answered."""
    silent: tuple[Failure, ...]
    """Catalogues that failed at least once, each with the first reason."""


def search(
    case: Case, catalogues: Catalogues, names: Sequence[str], began: datetime, clock: Clock, back: timedelta
) -> Searched:
    """Ask every catalogue (``names``, else those of case.yaml) for what is not known for good; keep what adds to it.

    ``began``: since when everything that comes is wanted, beside the claims' windows.
    """
    answered: list[bool] = []
    silent: list[Failure] = []
    now = max(began, clock().replace(microsecond=0))
    for name in names or case.definition.search.catalogues:
        failures: list[Failure] = []
        for query in _due(case, catalogues, name, TimeSpan(start=began, end=now), back):
            failure = _ask(case, catalogues, query, clock, back)
            answered.append(failure is None)
            failures += [] if failure is None else [failure]
            if len(failures) >= _PATIENCE:
                break
        silent += failures[:1]
    return Searched(deaf=bool(answered) and not any(answered), silent=tuple(silent))


def _due(case: Case, catalogues: Catalogues, name: str, watch: TimeSpan, back: timedelta) -> Iterator[Query]:
    """What is to be asked of a catalogue now; ``watch``: since it began. Invented places are in none."""
    for site in case.definition.sites:
        if site.simulated:
            continue
        whole = wanted(case.definition, site, watch.start, watch.end, back)
        pattern = catalogues.query(name, case.definition.search.collections, site, whole[0])
        if pattern is not None:
            for span in unanswered(whole, _answers(case, pattern), back):
                yield msgspec.structs.replace(pattern, span=span)


def _ask(case: Case, catalogues: Catalogues, query: Query, clock: Clock, back: timedelta) -> Failure | None:
    """Ask, and keep the answer where it adds to what is known. The failure, if it was one."""
    try:
        found = catalogues.ask(query)
    except NetworkError as error:
        return Failure(who=query.catalogue, why=str(error))
    if _adds(case, found, clock() - 2 * back):
        with case.writing() as store:
            store.add_search(found, at=clock())
    if found.answer.complete:
        return None
    return Failure(who=query.catalogue, why=found.answer.stopped or "its answer is not complete")


def _adds(case: Case, found: Found, old: datetime) -> bool:
    """Whether an answer is worth keeping: it lists something new, or covers a stretch before ``old`` that was unknown.

    An answer that says once more what is known is not kept: a watch would fill the ledger with them.
    """
    query = found.answer.query
    known = {item.id: _gist(item) for item in case.store.items(query.site)}
    if any(known.get(item.id) != _gist(item) for item in found.items):
        return True
    end = min(query.span.end, old)
    if not found.answer.complete or end <= query.span.start:
        return False
    return bool(unanswered([TimeSpan(start=query.span.start, end=end)], _answers(case, query), timedelta(0)))


def _answers(case: Case, like: Query) -> list[Answer]:
    """The kept answers to queries that differ from ``like`` in their span alone."""
    kept = [search.answer for search in case.store.searches(like.site)]
    return [a for a in kept if msgspec.structs.replace(a.query, span=like.span) == like]


def _gist(item: CatalogueItem) -> CatalogueItem:
    """An item without its addresses, which some catalogues write anew in every answer."""
    return msgspec.structs.replace(item, assets=(), href=None)
