"""How a STAC API is asked, page by page (STAC API 1.0, item search), without trusting what it links to.

pystac-client is not used for this: it takes an empty page for the end though another follows, goes round for ever
where a page links to itself, and brings its own connections. The tests hold the requests made here against its.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from msgspec.structs import replace

from offing.errors import NetworkError
from offing.imagery.catalogue.catalogues import Catalogue
from offing.imagery.catalogue.fields import Fields, entries, fields, text
from offing.imagery.catalogue.ground import Ground
from offing.imagery.catalogue.model import Query
from offing.imagery.catalogue.paging import Page, Turn
from offing.network import Network, host_and_port, shown
from offing.timespan import iso

_FRONT_BYTES = 5_000_000
_LINK = 8_000
_HEADERS = 5


def resolved(source: Catalogue, network: Network) -> Catalogue:
    """The catalogue with the address that searches, read from its front page where it is not known.

    Raises NetworkError where there is none: a static catalogue cannot be searched.
    """
    if source.search_url is not None:
        return source
    reply = network.get(source.url, headers={"Accept": "application/json"}, most_bytes=_FRONT_BYTES)
    links = [fields(link) for link in entries(fields(reply.json()).get("links"))[:500]]
    found = [link for link in links if link.get("rel") == "search" and text(link, "href", most=_LINK)]
    if not found:
        raise NetworkError(
            "its front page names no search", where=shown(source.url), fix="give the address of a STAC API"
        )
    posts = [link for link in found if str(link.get("method", "")).upper() == "POST"]
    address = _joined(reply.url, str((posts or found)[0]["href"]))
    return replace(source, search_url=address, method="POST" if posts else "GET")


def first_turn(query: Query, source: Catalogue) -> Turn:
    """The request for the first page: the site's surroundings, the span, the collections, the oldest first."""
    assert source.search_url is not None
    asked: dict[str, Any] = {
        "intersects": Ground(*query.place).geojson,
        "datetime": f"{iso(query.span.start)}/{iso(query.span.end)}",
        "limit": source.page,
    }
    if query.collections:
        asked["collections"] = list(query.collections)
    if source.method == "POST":
        return Turn(url=source.search_url, body=asked)
    return Turn(url=_with(source.search_url, asked))


def next_turn(turn: Turn, page: Page) -> Turn | None:
    """The request for the page after this one. Raises NetworkError for a link that cannot be followed."""
    links = [fields(link) for link in entries(page.following)[:100]]
    link: Fields = next((link for link in links if link.get("rel") == "next"), {})
    if not link:
        return None
    href = text(link, "href", most=_LINK)
    if href is None:
        raise NetworkError("it has no address")
    url = _joined(turn.url, href)
    method = str(link.get("method") or "GET").upper()
    if method not in ("GET", "POST"):
        raise NetworkError(f"it asks for {method[:20]}")
    headers = {
        name: value
        for name, value in list(fields(link.get("headers")).items())[:_HEADERS]
        if isinstance(value, str) and name.lower() not in ("host", "content-length", "authorization", "cookie")
    }
    if method == "GET":
        return Turn(url=url, headers=headers)
    body = dict(fields(link.get("body")))
    if link.get("merge") is True and turn.body is not None:
        body = {**turn.body, **body}
    return Turn(url=url, body=body, headers=headers)


def _joined(base: str, href: str) -> str:
    """A link's address. Raises NetworkError for one that cannot be asked."""
    try:
        url = urljoin(base, href)
    except ValueError as error:
        raise NetworkError("it is no address") from error
    host_and_port(url)
    return url


def _with(url: str, asked: dict[str, Any]) -> str:
    """The address of a search by GET."""
    import json

    written = {**asked, "intersects": json.dumps(asked["intersects"], separators=(",", ":"))}
    if "collections" in asked:
        written["collections"] = ",".join(asked["collections"])
    parts = urlsplit(url)
    query = "&".join(q for q in (parts.query, urlencode(written)) if q)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
