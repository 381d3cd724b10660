"""Satellites, what one pass of theirs can show, and their passes over a place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from offing.errors import OrbitError
from offing.records import Record

Band = Literal["sar", "optical"]
"""Radar sees by night and through cloud; optical sees neither."""

Direction = Literal["ascending", "descending"]
"""Whether the satellite flies north or south when it passes the place."""

Side = Literal["right", "left", "both"]
"""On which side of the track, seen in the direction of flight, the swath lies."""


class DatedFact(Record, frozen=True):
    """A day on which something began or ended, and who says so."""

    on: date
    """The day, UTC."""
    source: str
    """Where it is written; "(unverified)" stands in it when it was not checked against a source."""


class Swath(Record, frozen=True):
    """What one pass can show across the track: between two angles at the satellite, or a width centred on the track."""

    mode: str
    """Mode or instrument, such as ``IW``, ``MSI``."""
    band: Band
    source: str
    """Where the bounds are written, or how they were measured."""
    side: Side = "both"
    off_nadir_deg: tuple[float, float] | None = None
    """Nearest and farthest angle from straight down, at the satellite, ``at_height_km`` up, degrees."""
    at_height_km: float = 0.0
    """Height over the ellipsoid for which the angles are given, kilometres."""
    roll_deg_km: float = 0.0
    """How much both angles grow with each kilometre of height, degrees: the satellite rolls as its height changes."""
    width_km: float | None = None
    """Width on the ground, kilometres, half on each side of the track; used where ``off_nadir_deg`` is None."""

    def __post_init__(self) -> None:
        if (self.off_nadir_deg is None) == (self.width_km is None):
            raise OrbitError("a swath needs either off_nadir_deg or width_km")
        if self.off_nadir_deg is not None and not 0.0 <= self.off_nadir_deg[0] < self.off_nadir_deg[1] < 60.0:
            raise OrbitError(f"off_nadir_deg {list(self.off_nadir_deg)} is not rising within 0–60")
        if self.width_km is not None and not 0.0 < self.width_km <= 6000.0:
            raise OrbitError(f"the swath is {self.width_km} km wide", fix="write kilometres, above 0 and up to 6000")


class Repeat(Record, frozen=True):
    """A ground track that is flown again and again: so many orbits in so many days."""

    orbits: int
    days: int
    late_s: float
    """A node comes within this of the rhythm that the anchors give, at about 95 %, seconds."""
    aside_km: float
    """The track lies within this of the one that the anchors give, at about 95 %, kilometres."""
    measured: str
    """How those two were found."""

    @property
    def period_s(self) -> float:
        """From one ascending node to the next, seconds."""
        return self.days * 86400.0 / self.orbits


class Anchor(Record, frozen=True):
    """An ascending node that was computed from a published observation of the orbit."""

    node: datetime
    """UTC instant of the ascending node."""
    lon: float
    """Longitude of the node, degrees east."""
    inclination_deg: float
    """Mean inclination, degrees."""
    eccentricity: float
    """Mean eccentricity."""
    perigee_deg: float
    """Mean argument of perigee, degrees."""
    source: str
    """What it was computed from."""


class Station(Record, frozen=True):
    """A stretch of time during which a satellite kept one repeated ground track."""

    start: date
    """First day."""
    source: str
    """Why it begins and ends there."""
    anchors: tuple[Anchor, ...]
    """In order of time, one or more; they may lie outside it."""
    end: date | None = None
    """First day on which it was left; None: no end is known."""
    acquires: str | None = None
    """Of what pictures were taken meanwhile, where that differs from the satellite's usual."""


class Satellite(Record, frozen=True):
    """A satellite as dated facts."""

    id: str
    """Such as ``sentinel-1a``, as catalogues write platforms."""
    name: str
    norad: int
    """NORAD catalogue number."""
    launch: DatedFact
    swaths: tuple[Swath, ...]
    """The first is the one that passes are computed for unless another is asked for."""
    acquires: str
    """Of what and by whose plan pictures are taken: a pass is not an acquisition."""
    data_from: DatedFact | None = None
    """First routine data; None: not known or none yet."""
    data_to: DatedFact | None = None
    """Last data; None: still at work when this was written, or not known."""
    repeat: Repeat | None = None
    local_time: str | None = None
    """Mean local solar time at a node, such as ``18:00 ascending``."""
    stations: tuple[Station, ...] = ()
    """Where its repeated track lay; empty: give a TLE."""
    note: str | None = None


class Elements(Record, frozen=True):
    """Mean orbital elements of one satellite at one epoch, as SGP4 takes them (TLE or OMM)."""

    name: str | None
    """As the file calls it; None where it does not."""
    norad: int
    epoch: datetime
    """UTC."""
    inclination_deg: float
    node_deg: float
    """Right ascension of the ascending node, degrees."""
    eccentricity: float
    perigee_deg: float
    """Argument of perigee, degrees."""
    anomaly_deg: float
    """Mean anomaly, degrees."""
    revolutions: float
    """Mean motion, revolutions a day (Kozai)."""
    drag: float
    """B*, per Earth radius."""
    origin: str
    """``file:line``."""

    def __post_init__(self) -> None:
        checks = {
            "inclination": 0.0 <= self.inclination_deg <= 180.0,
            "right ascension of the node": 0.0 <= self.node_deg <= 360.0,
            "eccentricity": 0.0 <= self.eccentricity < 1.0,
            "argument of perigee": 0.0 <= self.perigee_deg <= 360.0,
            "mean anomaly": 0.0 <= self.anomaly_deg <= 360.0,
            "mean motion": 0.0 < self.revolutions <= 20.0,
            "drag term": -10.0 <= self.drag <= 10.0,
            "catalogue number": 0 <= self.norad < 1_000_000_000,
        }
        for what, fits in checks.items():
            if not fits:
                raise OrbitError(f"the {what} is impossible", where=self.origin, fix="get the elements anew")


class Orbit(Record, frozen=True):
    """A satellite, the swath that is asked about, and the elements that were given for it."""

    satellite: str
    """Satellite id, or the name in the file of elements."""
    swath: Swath
    known: Satellite | None = None
    """Dated facts; None: a satellite that only the user's file knows."""
    elements: tuple[Elements, ...] = ()
    """By epoch."""


class Unplaced(Record, frozen=True):
    """A stretch in which a satellite was at work, as far as known, and where it was is not."""

    satellite: str
    start: datetime
    """UTC."""
    end: datetime
    """UTC."""
    reason: str


class Pass(Record, frozen=True):
    """One overflight in which a place lies within the swath. Whether a picture was taken is another matter."""

    satellite: str
    """Satellite id, or the name in the file of elements."""
    sensor: str
    """Mode or instrument."""
    band: Band
    start: datetime
    """When the first covered part of the place is abeam, UTC."""
    end: datetime
    """When the last is, UTC."""
    time: datetime
    """When the centre is abeam, that is closest, UTC."""
    direction: Direction
    off_nadir_deg: float
    """At the satellite, between straight down and the centre of the place, degrees."""
    incidence_deg: float
    """At the centre of the place, between the vertical and the line of sight, degrees."""
    side: Literal["right", "left"]
    """On which side of the track the centre lies."""
    covers: float
    """Fraction of the site's circle within the swath, above 0, up to 1."""
    edge_km: float
    """From the centre to the nearest edge of the swath along the ground, negative outside it, kilometres."""
    sun_elevation_deg: float
    """Of the sun's centre at ``time``, without refraction, degrees."""
    daylight: bool
    """Whether the sun was up high enough for an optical picture to show a ship."""
    basis: str
    """What the position of the satellite was computed from, and that a pass is no acquisition."""
    uncertainty_s: float
    """``time`` is right within this at about 95 %, seconds."""
    uncertainty_km: float
    """The track, and with it the swath's edge, is right within this across the track at about 95 %, kilometres."""
