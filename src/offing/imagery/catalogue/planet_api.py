"""How Planet's Data API is asked (quick search), with the user's own key."""

from __future__ import annotations

import base64

from offing.errors import NetworkError
from offing.imagery.catalogue.catalogues import PLANET_KEY, Catalogue, Keys
from offing.imagery.catalogue.fields import fields, text
from offing.imagery.catalogue.ground import Ground
from offing.imagery.catalogue.model import Query
from offing.imagery.catalogue.paging import Page, Turn
from offing.network import host_and_port
from offing.timespan import iso

_LINK = 8_000


def key_headers(keys: Keys) -> dict[str, str]:
    """How the key is sent: HTTP basic, the key as user, no password. Raises NetworkError without a key."""
    if keys.planet is None:
        raise NetworkError("it wants a key", fix=f"put your Planet key into the environment variable {PLANET_KEY}")
    if not keys.planet.isascii() or not keys.planet.isprintable() or ":" in keys.planet:
        raise NetworkError(f"{PLANET_KEY} holds what cannot be a key", fix="copy it again")
    return {"Authorization": "Basic " + base64.b64encode(f"{keys.planet}:".encode()).decode()}


def first_turn(query: Query, source: Catalogue) -> Turn:
    """The request for the first page."""
    place = {"type": "GeometryFilter", "field_name": "geometry", "config": Ground(*query.place).geojson}
    window = {"gte": iso(query.span.start), "lt": iso(query.span.end)}
    time = {"type": "DateRangeFilter", "field_name": "acquired", "config": window}
    body = {"item_types": list(query.collections), "filter": {"type": "AndFilter", "config": [place, time]}}
    return Turn(url=f"{source.search_url}?_page_size={source.page}&_sort=acquired+asc", body=body)


def next_turn(turn: Turn, page: Page) -> Turn | None:
    """The request for the page after this one; its last page has a link to an empty one. Raises NetworkError."""
    url = text(fields(page.following), "_next", most=_LINK)
    if url is None or not page.items:
        return None
    if host_and_port(url) != host_and_port(turn.url):
        raise NetworkError("it leads to another host, where the key may not go")
    return Turn(url=url)
