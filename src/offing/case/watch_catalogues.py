"""The catalogues of the world behind the protocol that a watch asks."""

from __future__ import annotations

from offing.case.clock import Clock
from offing.imagery.catalogue.catalogues import Keys, catalogue, collections_for
from offing.imagery.catalogue.model import Found, Query
from offing.imagery.catalogue.search import search
from offing.network import Network
from offing.sites import Site
from offing.timespan import TimeSpan


class NetworkCatalogues:
    """Built-in catalogues and STAC APIs, over the guarded network."""

    def __init__(self, network: Network, clock: Clock, keys: Keys) -> None:
        self._network, self._clock, self._keys = network, clock, keys

    def query(self, name: str, collections: tuple[str, ...], site: Site, span: TimeSpan) -> Query | None:
        """Raises CaseFileError, NetworkError for a name that is no catalogue."""
        chosen = catalogue(name)
        wanted = collections_for(chosen, collections)
        if wanted is None:
            return None
        return Query(
            catalogue=chosen.name if chosen.built_in else chosen.url,
            collections=wanted,
            site=site.id,
            place=(*site.position, site.radius_m),
            span=span,
        )

    def ask(self, query: Query) -> Found:
        """The answer; what goes wrong is in it."""
        return search(query, self._network, clock=self._clock, keys=self._keys)
