"""What is known of a picture before anything is looked for in it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.records import Record

SensorKind = Literal["sar", "multispectral", "rgb", "panchromatic"]
"""How a picture sees: radar backscatter; bands with near infrared; colour; one optical band."""


class BandScale(Record, frozen=True):
    """How stored numbers become physical ones: ``value = number * scale + offset``."""

    scale: float
    offset: float
    quantity: Literal["reflectance", "sigma0-linear", "amplitude", "digital-number"]
    """What the value is."""
    basis: str
    """``metadata``, ``stated`` or ``inferred: why``."""


class Scene(Record, frozen=True):
    """One acquisition, kept in the case."""

    id: str
    """Unique in the case: time, sensor and the start of the hash."""
    path: str
    """The clip or kept picture, relative to the case folder."""
    original: str
    """Name of the file as it was given."""
    sha256: str
    """Of the original as it was given (of all files together, for bands in separate files)."""
    time: datetime
    """Acquisition, UTC."""
    time_basis: str
    """``metadata: TAG``, ``file name`` or ``stated``."""
    sensor: SensorKind
    gsd_m: tuple[float, float]
    """Ground size of a pixel along columns and rows at the middle, metres."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    platform: str | None = None
    """``sentinel-1``, ``sentinel-2``, ``planetscope`` …; None is unknown."""
    crs: str | None = None
    """Authority code or WKT; None: not georeferenced."""
    footprint: tuple[tuple[float, float], ...] | None = None
    """Closed ring of (lon, lat) of the picture's outline; None: not georeferenced."""
    sites: tuple[str, ...] = ()
    """Ids of the sites that it shows at least in part."""
    simulated: bool = False
    """True: made by ``offing simulate``; says so in its own tags too."""
    licence: str | None = None
    credit: str | None = None
