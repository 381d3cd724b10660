"""Catalogues that offing knows by name, and any STAC API by its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from offing.errors import CaseFileError, did_you_mean
from offing.imagery.catalogue.model import Cost
from offing.network import host_and_port, shown
from offing.records import Record

PLANET_KEY = "PL_API_KEY"
"""Environment variable with the user's key for Planet."""
PLANETARY_COMPUTER_KEY = "PC_SDK_SUBSCRIPTION_KEY"
"""Environment variable with a key for Planetary Computer, which also answers without one."""


class Keys(Record, frozen=True):
    """Keys of the user. They come from the environment and are kept, printed and logged nowhere."""

    planet: str | None = None
    planetary_computer: str | None = None

    def __repr__(self) -> str:
        return "Keys(…)"

    __str__ = __repr__

    def hidden_in(self, text: str) -> str:
        """``text`` with every key in it taken out."""
        for key in (self.planet, self.planetary_computer):
            text = text.replace(key, "…") if key else text
        return text


def keys_of(environment: Mapping[str, str]) -> Keys:
    """The keys that an environment (``os.environ``) holds."""
    planet = environment.get(PLANET_KEY, "").strip() or None
    return Keys(planet=planet, planetary_computer=environment.get(PLANETARY_COMPUTER_KEY, "").strip() or None)


class Catalogue(Record, frozen=True):
    """One catalogue and how it is asked."""

    name: str
    """Built-in name, or host and path of the address."""
    title: str
    url: str
    """Address of the API."""
    kind: Literal["stac", "planet"] = "stac"
    """How it is spoken to."""
    search_url: str | None = None
    """Address that searches; None: the API's front page says."""
    method: Literal["GET", "POST"] = "POST"
    """How ``search_url`` is asked."""
    collections: tuple[str, ...] = ()
    """Collections that are asked where the user names none; empty: all."""
    page: int = 100
    """Items a page that are asked for."""
    cost: Cost = "free"
    built_in: bool = True


_SENTINEL = ("sentinel-1-grd", "sentinel-2-l2a")

BUILT_IN: dict[str, Catalogue] = {
    c.name: c
    for c in (
        Catalogue(
            name="earth-search",
            title="Earth Search v1 (Element 84, on AWS)",
            url="https://earth-search.aws.element84.com/v1",
            search_url="https://earth-search.aws.element84.com/v1/search",
            collections=_SENTINEL,
        ),
        Catalogue(
            name="planetary-computer",
            title="Planetary Computer (Microsoft)",
            url="https://planetarycomputer.microsoft.com/api/stac/v1",
            search_url="https://planetarycomputer.microsoft.com/api/stac/v1/search",
            collections=_SENTINEL,
        ),
        Catalogue(
            name="copernicus",
            title="Copernicus Data Space Ecosystem (ESA)",
            url="https://stac.dataspace.copernicus.eu/v1",
            search_url="https://stac.dataspace.copernicus.eu/v1/search",
            collections=_SENTINEL,
        ),
        Catalogue(
            name="planet",
            title="Planet Data API",
            kind="planet",
            url="https://api.planet.com/data/v1",
            search_url="https://api.planet.com/data/v1/quick-search",
            collections=("PSScene", "SkySatCollect"),
            page=250,
            cost="bought",
        ),
    )
}
"""Name → catalogue. Addresses as their keepers document them."""

PLANET_TYPES = ("PSScene", "SkySatCollect", "SkySatScene", "SkySatVideo", "REOrthoTile", "REScene", "PelicanScene")
"""Item types of Planet, which stand where other catalogues have collections."""


def catalogue(name_or_url: str) -> Catalogue:
    """The catalogue of a built-in name or of the address of a STAC API. Raises CaseFileError, NetworkError."""
    text = name_or_url.strip()
    if found := BUILT_IN.get(text.lower()):
        return found
    if "://" not in text:
        names = ", ".join(BUILT_IN)
        fix = did_you_mean(text, BUILT_IN, f"write {names} or the address of a STAC API")
        raise CaseFileError(f"no catalogue is called {text[:80]!r}", fix=fix)
    host_and_port(text)
    if "?" in text or "#" in text:  # it is kept in the case, where no key may go
        raise CaseFileError(
            "the address of a catalogue holds a query", where=shown(text), fix="leave out what follows ?"
        )
    for known in BUILT_IN.values():
        if text.rstrip("/") == known.url:
            return known
    plain = shown(text).rstrip("/")
    return Catalogue(name=plain.partition("://")[2], title=plain, url=text, built_in=False)


def collections_for(asked: Catalogue, wanted: tuple[str, ...]) -> tuple[str, ...] | None:
    """What a catalogue is asked for when the user wants these collections (empty: the usual ones); None: it has none.

    Item types of Planet go to Planet alone, everything else to all others.
    """
    if not wanted:
        return asked.collections
    fitting = tuple(c for c in wanted if (c in PLANET_TYPES) == (asked.kind == "planet"))
    return fitting or None
