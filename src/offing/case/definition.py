"""case.yaml as a value. Reading and writing the file is ``offing.case.casefile``."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from offing.claims import Claim, Source
from offing.errors import CaseFileError
from offing.judgement.competing_model import Competing
from offing.judgement.model import Thresholds
from offing.records import Record
from offing.sites import Site
from offing.vessels.model import Vessel, VesselClass
from offing.vessels.reference.model import ReferenceImage

FeatureMark = Literal["match", "mismatch", "not visible"]
"""Whether a recognition feature is there; ``not visible``: the picture cannot show it."""


class AisFile(Record, frozen=True):
    """A file of AIS that the ships of the pictures are compared with."""

    path: str
    """Within the case folder: NMEA or CSV, also gzipped."""
    coverage: str | None = None
    """A GeoJSON file in the case folder: where and when AIS was received, by somebody's word; None: not known."""
    source: str | None = None
    """Source id: whose receivers."""
    simulated: bool = False
    """True: made by offing, and held against simulated pictures alone."""
    note: str | None = None


class Recognition(Record, frozen=True, rename={"vessel_class": "class"}):
    """What a person recognised in a picture. It decides how the ship is named; take the entry out to withdraw it."""

    scene: str
    """Scene id."""
    at: tuple[float, float]
    """A point on the ship: (lon, lat), or (column, row) in a picture without georeference. Numbers of detections
    change when a detector does; places do not."""
    by: str
    """Who judged it."""
    on: date | None = None
    """When."""
    vessel_class: str | None = None
    """Class that the ship is taken for; ``class`` in case.yaml. None: features are scored, nothing is decided."""
    vessel: str | None = None
    """Vessel id, where one ship is meant."""
    features: dict[str, FeatureMark] = msgspec.field(default_factory=dict)
    """Feature id of the class library → whether it matches."""
    note: str | None = None

    def __post_init__(self) -> None:
        if self.vessel_class is None and self.vessel is None and not self.features:
            raise CaseFileError("a recognition says nothing", fix="give it features:, a class: or a vessel:")


class SearchOptions(Record, frozen=True):
    """What is asked of which catalogues."""

    catalogues: tuple[str, ...] = ("earth-search", "planetary-computer")
    """Built-in names (earth-search, planetary-computer, copernicus, planet) or addresses of STAC APIs. The second has
    Sentinel-1 in files that anybody may read."""
    collections: tuple[str, ...] = ()
    """Collection ids; empty: Sentinel-1 GRD and Sentinel-2 L2A of a built-in catalogue, all collections of another."""
    baseline_days: float = 60.0
    """Days before each claim's window that are searched too, for what is usual there."""
    after_days: float = 14.0
    """Days after it."""

    def __post_init__(self) -> None:
        for name, value in (("baseline_days", self.baseline_days), ("after_days", self.after_days)):
            if not 0.0 <= value <= 3660.0:
                raise CaseFileError(f"{name} is {value}", fix="write days, from 0 to 3660")


class OrbitFile(Record, frozen=True):
    """Two-line elements of satellites that may have looked."""

    path: str
    """Within the case folder: TLE or OMM text of one or more satellites."""
    swath_km: float | None = None
    """Width of what one pass can show, kilometres; None: known satellites only."""
    note: str | None = None


class PortFile(Record, frozen=True):
    """A World Port Index (NGA Pub. 150) that the sites' facilities and other ports are looked up in."""

    path: str
    """Within the case folder: CSV, in the old or the new columns."""
    note: str | None = None


class CaseDefinition(Record, frozen=True):
    """Everything an analyst wrote in case.yaml."""

    title: str
    summary: str | None = None
    sources: tuple[Source, ...] = ()
    claims: tuple[Claim, ...] = ()
    sites: tuple[Site, ...] = ()
    classes: tuple[VesselClass, ...] = ()
    """Overrides and additions to the built-in class library."""
    vessels: tuple[Vessel, ...] = ()
    options: Thresholds = Thresholds()
    timezone: str | None = None
    """IANA zone whose local days the windows mean, where a site does not say its own; UTC when None."""
    competing: tuple[Competing, ...] = ()
    references: tuple[ReferenceImage, ...] = ()
    """Photographs that ships in the pictures are compared with."""
    recognition: tuple[Recognition, ...] = ()
    ais: tuple[AisFile, ...] = ()
    search: SearchOptions = SearchOptions()
    orbits: tuple[OrbitFile, ...] = ()
    ports: tuple[PortFile, ...] = ()
    """Tables of ports; none: facilities and other ports are not known."""
