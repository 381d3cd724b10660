"""What is known of a picture before anything is looked for in it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.errors import PictureError
from offing.geo import LonLat
from offing.records import Record

Status = Literal["clear", "partly", "cloud", "night", "nodata", "too-coarse", "not-obtained"]
"""What stood in the way of a look, if anything did."""

SensorKind = Literal["sar", "multispectral", "rgb", "panchromatic"]
"""How a picture sees: radar backscatter; bands with near infrared; colour; one optical band."""


Quantity = Literal["reflectance", "sigma0-linear", "sigma0-db", "amplitude", "digital-number"]
"""What a scaled number is: surface or top-of-atmosphere reflectance; backscattered power, linear or in dB;
its square root, calibrated or not; a grey value in 0–1."""


class BandScale(Record, frozen=True):
    """How stored numbers become physical ones: ``value = number * scale + offset``."""

    scale: float
    offset: float
    quantity: Quantity
    """What the value is."""
    basis: str
    """``metadata``, ``stated`` or ``inferred: why``."""


class Box(Record, frozen=True):
    """A window of a picture in whole pixels, half-open: ``col0`` ≤ column < ``col1``, ``row0`` ≤ row < ``row1``."""

    col0: int
    row0: int
    col1: int
    row1: int

    def __post_init__(self) -> None:
        if not (0 <= self.col0 < self.col1 and 0 <= self.row0 < self.row1):
            raise PictureError(
                f"the window {self.col0},{self.row0}–{self.col1},{self.row1} is empty or starts before the picture"
            )

    @property
    def width(self) -> int:
        """Columns."""
        return self.col1 - self.col0

    @property
    def height(self) -> int:
        """Rows."""
        return self.row1 - self.row0


class GroundPoint(Record, frozen=True):
    """A place in the picture whose position on the ground is known."""

    col: float
    """Pixels from the outer left edge."""
    row: float
    """Pixels from the outer top edge."""
    lonlat: LonLat
    """Where that is."""

    def __post_init__(self) -> None:
        if not (abs(self.col) < 1e7 and abs(self.row) < 1e7):
            raise PictureError(
                f"ground point at pixel {self.col}, {self.row} lies in no picture", fix="check COL,ROW,LON,LAT"
            )


class Usability(Record, frozen=True):
    """How far a place could be seen in a picture."""

    status: Status
    fraction: float
    """Part of the place that could be seen, 0–1."""
    reason: str
    """What stood in the way, in words, with the figures it was judged by."""
    cloud: float = 0.0
    """Part of the place under cloud that hides it."""
    thin: float = 0.0
    """Part under thin cloud or haze."""
    shadow: float = 0.0
    """Part in the shadow of clouds."""
    unjudged: float = 0.0
    """Part with data of which nobody can tell whether clouds hide it."""


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
    item: str | None = None
    """Id of the catalogue item that it was read from; then ``sha256`` is of the numbers that were read."""
