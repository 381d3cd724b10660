"""What a simulated picture is asked to show, and the truth about what it shows."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.errors import OffingError
from offing.geo import LonLat
from offing.records import Record

SimulatedSensor = Literal["sar", "optical"]
"""Radar like Sentinel-1 (VV, VH); optical like PlanetScope (blue, green, red, nir)."""

Place = Literal["berth", "open"]
"""At the quay or the pier; at anchor or under way off it."""


Artefact = Literal["ambiguities", "interference", "edge"]
"""What a radar picture shows beside what is there: ghosts of bright ships; another transmitter; an end of the data."""


class ShipSpec(Record, frozen=True):
    """A ship to be put into a picture."""

    vessel_class: str
    """A class that the simulation can draw; see ``layouts.drawable``."""
    place: Place = "open"
    length_m: float | None = None
    """Length overall, metres; None draws one from the class's range."""
    x_m: float | None = None
    """Centre, metres grid east of the picture's centre; None lets the simulation place it."""
    y_m: float | None = None
    """Centre, metres grid north of the picture's centre."""
    heading_deg: float | None = None
    """Bow, degrees clockwise from grid north; None lets the simulation choose."""
    speed_kn: float = 0.0
    """Over ground along the heading, knots; above 0 it makes a wake, and is displaced in a radar picture."""
    identity: int | None = None
    """Which ship of her class she is: the same number is the same ship in every scene; None: the class as such."""
    livery: int | None = None
    """The ship, by identity, whose owner's paint she wears; None: her own."""

    def __post_init__(self) -> None:
        if (self.x_m is None) != (self.y_m is None):
            raise OffingError("a ship has only one of x_m and y_m", fix="give both or neither")
        if not 0.0 <= self.speed_kn <= 60.0:
            raise OffingError(f"a ship's speed is {self.speed_kn} kn", fix="give 0 to 60")
        if self.livery is not None and (self.identity is None or self.livery < 0):
            raise OffingError("a livery without an identity, or below 0", fix="give both, whole numbers from 0 up")
        if self.identity is not None and self.identity < 0:
            raise OffingError(f"a ship's identity is {self.identity}", fix="give a whole number from 0 up")


class SceneSpec(Record, frozen=True):
    """A picture to be simulated. The same specification gives the same bytes."""

    sensor: SimulatedSensor
    time: datetime
    """Acquisition, UTC."""
    position: LonLat
    """Where the centre of the picture is said to lie."""
    gsd_m: float
    """Side of a pixel, metres, 0.3–60."""
    size: tuple[int, int] = (400, 400)
    """(columns, rows)."""
    seed: int = 0
    """Draws the ships, the sea, the clouds and the noise."""
    place_seed: int = 0
    """Draws the harbour; pictures of one place share it."""
    ships: tuple[ShipSpec, ...] = ()
    cloud: float = 0.0
    """Fraction of the picture under cloud, 0–1; a radar sees through it."""
    wind_m_s: float = 5.0
    """Wind speed 10 m above the sea, 0–25."""
    harbour: bool = True
    """False: open sea only."""
    artefacts: tuple[Artefact, ...] = ()
    """In a radar picture."""

    def __post_init__(self) -> None:
        _within("pixel size", self.gsd_m, 0.3, 60.0, "metres")
        _within("cloud", self.cloud, 0.0, 1.0, "a fraction")
        _within("wind", self.wind_m_s, 0.0, 25.0, "metres a second")
        if not all(16 <= n <= 2048 for n in self.size):
            raise OffingError(f"a picture of {self.size[0]} × {self.size[1]} pixels", fix="ask for 16 to 2048 a side")
        if self.time.tzinfo is None:
            raise OffingError(f"{self.time.isoformat()} has no time zone", fix="give the time in UTC")
        if not 1957 <= self.time.year <= 2100:
            raise OffingError(f"the year {self.time.year} is not one of satellites", fix="choose one from 1957 to 2100")
        if self.artefacts and self.sensor != "sar":
            raise OffingError(f"an optical picture has no {self.artefacts[0]}", fix="ask for a radar picture")
        if self.seed < 0 or self.place_seed < 0:
            raise OffingError("a seed is negative", fix="give a whole number from 0 up")
        if abs(self.position.lat) > 80.0:
            raise OffingError(f"latitude {self.position.lat} lies outside UTM", fix="choose one from −80 to 80")


class PlacedShip(Record, frozen=True):
    """A ship where it lies, in metres on the picture's grid."""

    vessel_class: str
    x_m: float
    """Centre, grid east of the picture's centre."""
    y_m: float
    """Centre, grid north of the picture's centre."""
    heading_deg: float
    """Bow, degrees clockwise from grid north, 0–360."""
    length_m: float
    beam_m: float
    speed_kn: float
    at_quay: bool
    seed: int
    """Draws this ship's colours and scatterers; with an identity only what changes from visit to visit."""
    identity: int | None = None
    """Which ship of her class she is; None: the class as such."""
    livery: int | None = None
    """The ship, by identity, whose owner's paint she wears; None: her own."""


class TrueShip(Record, frozen=True):
    """The truth about one ship in a simulated picture."""

    vessel_class: str
    ring: tuple[tuple[float, float], ...]
    """Closed ring of (lon, lat) of the box around the hull, starting at the starboard bow, degrees, EPSG:4326."""
    bow: tuple[float, float]
    """(lon, lat)."""
    stern: tuple[float, float]
    """(lon, lat)."""
    length_m: float
    beam_m: float
    heading_deg: float
    """0–360 clockwise from true north."""
    speed_kn: float
    at_quay: bool
    hidden_by_cloud: float
    """Fraction of the hull under opaque cloud, 0–1; 0 in a radar picture."""
    identity: int | None = None
    """Which ship of her class she is; None: the class as such."""
    simulated: bool = True


def _within(what: str, value: float, low: float, high: float, unit: str) -> None:
    if not low <= value <= high:
        raise OffingError(f"{what} is {value:g}", fix=f"give {unit} from {low:g} to {high:g}")
