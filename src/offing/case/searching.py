"""``offing scenes search``: what catalogues list of each site around the windows of the claims, kept in the case.

Every answer is kept the moment it is there, also an empty one and a failure, so that a search that is broken off goes
on where it was. What a complete answer has settled is not asked again.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from offing.case.asking import around_claims, unanswered
from offing.case.case import Case
from offing.case.clock import Clock
from offing.case.model import KeptSearch
from offing.case.steps import Progress
from offing.case.watch_catalogues import NetworkCatalogues
from offing.case.watch_search import LOOK_BACK
from offing.errors import NetworkError, OffingWarning
from offing.imagery.catalogue.catalogues import PLANET_KEY, Catalogue, Keys, catalogue
from offing.imagery.catalogue.model import Answer, Found, Query
from offing.imagery.catalogue.search import failed, search
from offing.imagery.catalogue.stac_api import resolved
from offing.network import Network
from offing.records import Record
from offing.sites import Site
from offing.timespan import TimeSpan

PATIENCE = 2
"""Answers in a row that give nothing at all, after which a catalogue is left alone."""


class SearchRow(Record, frozen=True):
    """What a catalogue lists of one collection at one site."""

    site: str
    catalogue: str
    collection: str
    """Collection id; ``*``: all that it has."""
    span: TimeSpan
    listed: int
    """Items that were kept."""
    new: int
    """Of these, how many the case did not know."""
    complete: bool
    stopped: str | None = None
    """Why the answer is only a part, or none."""
    notes: tuple[str, ...] = ()
    """What was odd in the answer as a whole."""
    known: bool = False
    """True: nothing was asked, because a complete answer is kept."""


class RememberingCatalogues(NetworkCatalogues):
    """Catalogues whose front pages are read once."""

    def __init__(self, network: Network, clock: Clock, keys: Keys) -> None:
        super().__init__(network, clock, keys)
        self._known: dict[str, Catalogue] = {}

    def ask(self, query: Query) -> Found:
        """The answer; what goes wrong is in it."""
        source = self._known.get(query.catalogue) or catalogue(query.catalogue)
        if not source.built_in:
            self._network.allow(source.url)
        try:
            source = self._known[query.catalogue] = resolved(source, self._network)
        except NetworkError as error:
            return failed(query, source, error, self._clock())
        return search(query, self._network, clock=self._clock, keys=self._keys, source=source)


def search_case(
    case: Case,
    network: Network,
    clock: Clock,
    *,
    catalogues: Sequence[str] | None = None,
    site: str | None = None,
    again: bool = False,
    keys: Keys = Keys(),  # noqa: B008 - frozen
    progress: Progress | None = None,
    told: Callable[[SearchRow], None] | None = None,
) -> tuple[KeptSearch, ...]:
    """Ask the catalogues (else those of case.yaml) for every site (or one), and keep what they answer.

    ``again``: also what is settled. ``told`` hears of every site × catalogue × collection.
    Warns of what is not asked. Raises CaseError, CaseFileError, NetworkError before anything is asked for a site or
    catalogue that does not exist, and CaseBusyError when another command holds the case.
    """
    sites = case.definition.sites if site is None else (case.site(site),)
    asker = RememberingCatalogues(network, clock, keys)
    names = _usable(catalogues or case.definition.search.catalogues, keys)
    queries = [q for s in sites for q in _queries(case, s, names, asker, clock())]
    kept: list[KeptSearch] = []
    silent: Counter[str] = Counter()
    if progress is not None:
        progress.begin(len(queries))
    for query in queries:
        stretches = [query.span] if again else _open(case, query)
        if not stretches and told is not None:
            _settled(case, query, told)
        for span in stretches:
            if silent[query.catalogue] >= PATIENCE:
                continue
            kept.append(_ask(case, asker, replace(query, span=span), clock, told))
            answer = kept[-1].answer
            silent[query.catalogue] = 0 if answer.complete or answer.listed else silent[query.catalogue] + 1
            if silent[query.catalogue] >= PATIENCE:
                _warn(f"{query.catalogue} is not asked for more: {answer.stopped}")
        if progress is not None:
            progress.finished(f"{query.site} at {query.catalogue}", unchanged=not stretches)
    return tuple(kept)


def _queries(case: Case, site: Site, names: Sequence[str], asker: NetworkCatalogues, now: datetime) -> Iterator[Query]:
    """What is to be asked about one site, up to now."""
    if site.simulated:
        _warn(f"site {site.id} is simulated and not searched")
        return
    spans = [
        TimeSpan(start=s.start, end=min(s.end, now)) for s in around_claims(case.definition, site) if s.start < now
    ]
    if not spans:
        _warn(f"site {site.id} is not searched: no claim with a window that has begun names it")
    for name in names:
        for span in spans:
            query = asker.query(name, case.definition.search.collections, site, span)
            if query is None:
                _warn(f"{name} has none of the collections that case.yaml wants; it is not asked about {site.id}")
                break
            yield query


def _usable(names: Sequence[str], keys: Keys) -> list[str]:
    """The catalogues that can be asked, each once; one without the key that it wants is left out and said."""
    found: list[str] = []
    for name in dict.fromkeys(names):
        if catalogue(name).kind == "planet" and keys.planet is None:
            _warn(f"{name} is not asked: put your key into the environment variable {PLANET_KEY}")
            continue
        found.append(name)
    return found


def _open(case: Case, query: Query) -> list[TimeSpan]:
    """The stretches of a query that no complete answer has settled."""
    return unanswered([query.span], _answers(case, query), LOOK_BACK)


def _answers(case: Case, like: Query) -> list[Answer]:
    """The kept answers to queries that differ from ``like`` in their span alone."""
    kept = [search.answer for search in case.store.searches(like.site)]
    return [a for a in kept if replace(a.query, span=like.span) == like]


def _ask(
    case: Case, asker: NetworkCatalogues, query: Query, clock: Clock, told: Callable[[SearchRow], None] | None
) -> KeptSearch:
    """Ask, keep the answer, tell of it."""
    known = {item.id for item in case.store.items(query.site)}
    found = asker.ask(query)
    with case.writing() as store:
        kept = store.add_search(found, at=clock())
    if told is not None:
        listed = Counter(item.collection for item in found.items)
        fresh = Counter(item.collection for item in found.items if item.id not in known)
        for name in query.collections or tuple(sorted(listed)) or ("*",):
            told(
                SearchRow(
                    site=query.site, catalogue=query.catalogue, collection=name, span=query.span, listed=listed[name],
                    new=fresh[name], complete=found.answer.complete, stopped=found.answer.stopped,
                    notes=found.answer.notes,
                )
            )  # fmt: skip
    return kept


def _settled(case: Case, query: Query, told: Callable[[SearchRow], None]) -> None:
    """Tell what is known already of a query that is not asked again."""
    name = catalogue(query.catalogue).name
    items = [i for i in case.store.items(query.site) if i.catalogue == name and i.time in query.span]
    listed = Counter(item.collection for item in items)
    for collection in query.collections or tuple(sorted(listed)) or ("*",):
        told(
            SearchRow(
                site=query.site, catalogue=query.catalogue, collection=collection, span=query.span,
                listed=listed[collection], new=0, complete=True, known=True,
            )
        )  # fmt: skip


def _warn(text: str) -> None:
    warnings.warn(text, OffingWarning, stacklevel=3)
