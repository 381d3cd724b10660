"""What is asked of a catalogue, and what it answers."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal

from offing.errors import OffingError
from offing.imagery.model import SensorKind
from offing.records import Record
from offing.timespan import TimeSpan

Ring = tuple[tuple[float, float], ...]
"""Closed ring of (lon, lat), degrees, EPSG:4326."""

Cost = Literal["free", "bought"]
"""Whether a picture can be had for nothing or has to be paid for."""


class Query(Record, frozen=True):
    """What is asked of one catalogue for one site."""

    catalogue: str
    """Built-in name, or address of the API."""
    collections: tuple[str, ...]
    """Collection ids of that catalogue."""
    site: str
    """Site id."""
    place: tuple[float, float, float]
    """Longitude, latitude in degrees and radius in metres of the circle asked for."""
    span: TimeSpan


class Asset(Record, frozen=True):
    """A file of an item."""

    key: str
    """Name of the asset in its item."""
    href: str
    """Address, as the catalogue gives it; signed when it is read."""
    band: str | None = None
    """Canonical band name (``B02``, ``VV``, ``red``, ``SCL``, ``udm2`` …); None: no band that offing reads."""
    media_type: str | None = None
    gsd_m: float | None = None
    scale: float | None = None
    """``value = number * scale + offset``; None: not said."""
    offset: float | None = None
    bytes: int | None = None
    """Size, where it is said."""


class CatalogueItem(Record, frozen=True):
    """One acquisition as a catalogue lists it; nothing of it has been read."""

    id: str
    """``catalogue/collection/item``: unique in the case."""
    catalogue: str
    collection: str
    item: str
    """Its id in the collection."""
    time: datetime
    """Acquisition, UTC."""
    sensor: SensorKind
    platform: str | None
    """``sentinel-1a``, ``sentinel-2b``, ``landsat-9``, ``planetscope`` …; None: not said."""
    gsd_m: float | None
    """Of its finest bands."""
    outline: tuple[Ring, ...]
    """Footprint: outer rings, none of which crosses the antimeridian."""
    cloud: float | None = None
    """Clouded part of the whole scene, 0–1, as the catalogue says; says nothing of a berth in it."""
    sun_elevation_deg: float | None = None
    orbit: int | None = None
    """Relative orbit (track) number."""
    direction: Literal["ascending", "descending"] | None = None
    mode: str | None = None
    """``IW GRDH VV VH``, ``L2A`` …"""
    cost: Cost = "free"
    assets: tuple[Asset, ...] = ()
    licence: str | None = None
    credit: str | None = None
    href: str | None = None
    """Address of the item itself."""
    simulated: bool = False
    """True: the item says so of itself."""

    def __post_init__(self) -> None:
        if self.cloud is not None and not 0.0 <= self.cloud <= 1.0:
            raise OffingError(f"{self.id}: cloud is {self.cloud}", fix="it is a fraction from 0 to 1")
        if self.gsd_m is not None and not 0.0 < self.gsd_m < math.inf:
            raise OffingError(f"{self.id}: a pixel of {self.gsd_m} m")


class Answer(Record, frozen=True):
    """What a catalogue answered to a query. It is kept, also when it is empty, cut short or an error."""

    query: Query
    asked: datetime
    """UTC."""
    url: str
    """Address that was asked."""
    matched: int | None
    """How many the catalogue said there are; None: it did not say."""
    listed: int
    """How many it gave."""
    complete: bool
    """Whether all pages were read; False: the answer is a part, and ``stopped`` says why."""
    stopped: str | None = None
    """Why no more was read, or what went wrong; None: it is complete."""
    notes: tuple[str, ...] = ()
    """What was odd: items left out, counts that do not agree, geometry that was mended."""


class Found(Record, frozen=True):
    """An answer with its items, by (time, id)."""

    answer: Answer
    items: tuple[CatalogueItem, ...]
