"""Sites, berths and the baseline traffic of a site."""

from __future__ import annotations

import math
from typing import Literal

from offing.errors import CaseFileError
from offing.geo import LonLat
from offing.records import Record
from offing.timespan import zone

Role = Literal["port", "town", "naval berth", "anchorage", "beach", "airfield", "cape", "shipyard", "terminal"]
"""What a site is to the claim."""

_Z95 = 1.6448536269514722
"""Standard normal quantile at 95 %."""


class StayHours(Record, frozen=True):
    """A log-normal length of stay by its 5–50–95 % points, in hours."""

    p05: float = 8.0
    p50: float = 36.0
    p95: float = 144.0

    def __post_init__(self) -> None:
        if not 0.0 < self.p05 < self.p50 < self.p95:
            raise CaseFileError(
                f"stay_h [{self.p05:g}, {self.p50:g}, {self.p95:g}] is not positive and rising",
                fix="write the 5, 50 and 95 % points of the stay in hours",
            )

    @property
    def mu(self) -> float:
        """Mean of the logarithm of the hours."""
        return math.log(self.p50)

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm, from the outer points."""
        return math.log(self.p95 / self.p05) / (2.0 * _Z95)


class Baseline(Record, frozen=True):
    """Calls by ships of these classes, together, when nothing special happens."""

    classes: tuple[str, ...]
    """Class ids; a class that no entry names falls under ``any``."""
    calls_per_30d: float
    """Expected calls in 30 days, 0 or more."""
    stay_h: tuple[float, float, float] = (8.0, 36.0, 144.0)
    """5, 50 and 95 % points of a log-normal stay, hours."""

    def __post_init__(self) -> None:
        if not (0.0 <= self.calls_per_30d < math.inf):
            raise CaseFileError(f"calls_per_30d is {self.calls_per_30d}", fix="write 0 or more")
        if not self.classes:
            raise CaseFileError("a baseline entry names no classes", fix="write classes: [any] for all ships")
        _ = self.stay

    @property
    def stay(self) -> StayHours:
        """``stay_h`` as a distribution."""
        return StayHours(p05=self.stay_h[0], p50=self.stay_h[1], p95=self.stay_h[2])


class Site(Record, frozen=True):
    """A place that a claim names, or where pictures were taken."""

    id: str
    name: str
    role: Role
    position: tuple[float, float]
    """[longitude, latitude], degrees, EPSG:4326."""
    aka: tuple[str, ...] = ()
    """Other names and spellings."""
    radius_m: float = 3000.0
    """How far the site reaches around its position, metres."""
    area: str | None = None
    """GeoJSON file in the case folder with the site's berths or outline (lon/lat polygons)."""
    baseline: tuple[Baseline, ...] = ()
    """Everyday traffic; empty: estimated from the looks outside the window, and said."""
    timezone: str | None = None
    """IANA zone; the window's dates are its local days here when it is set."""
    simulated: bool = False
    """True: only simulated scenes belong here, and everything said of it is marked so."""
    note: str | None = None

    def __post_init__(self) -> None:
        _ = self.lonlat
        if not 0.0 < self.radius_m <= 200_000.0:
            raise CaseFileError(f"radius_m is {self.radius_m}", fix="write metres, above 0 and up to 200000")
        if self.timezone is not None:
            zone(self.timezone)

    @property
    def lonlat(self) -> LonLat:
        """The position as a LonLat."""
        return LonLat(lon=self.position[0], lat=self.position[1])


class Berth(Record, frozen=True):
    """A polygon within a site where ships lie."""

    id: str
    site: str
    ring: tuple[tuple[float, float], ...]
    """Closed outer ring of (lon, lat), degrees, EPSG:4326."""
    name: str | None = None
