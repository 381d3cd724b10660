"""What a case knows of a site: its surroundings, who was there, who is said to have been, and who looked when."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.imagery.model import Status
from offing.movements.model import PortCall
from offing.records import Record
from offing.sites.sheet import SiteSheet


class ReportedCall(Record, frozen=True):
    """A call that a source reports. It was read, not seen."""

    claim: str
    """Claim id."""
    source: str
    """Id of the source in which it was read."""
    origin: str
    """Origin group: reports of one group are one report."""
    title: str | None
    """Title or publisher of the source."""
    published: str | None
    role: Literal["origin", "destination"]
    """What the site is to the reported movement."""
    alternatives: int
    """How many other sites the same element names, if any one of them may be meant; 0: this site."""
    window: str | None
    """As written in the case; None: no time is given."""
    start: datetime | None
    """UTC; None: no time is given."""
    end: datetime | None
    ships: tuple[str, ...]
    """Class or vessel ids that it speaks of."""
    count: int | None
    """At least so many ships; None: not said."""
    basis: str = "reported, not seen"


class StatusCount(Record, frozen=True):
    """How many looks had one status."""

    status: Status
    looks: int


class SensorLooks(Record, frozen=True):
    """When one kind of sensor looked at the site."""

    sensor: str
    looks: int
    usable: int
    """Looks in which some of the site could be seen."""
    by_status: tuple[StatusCount, ...]
    first: datetime
    """UTC."""
    last: datetime
    local_hours: tuple[int, ...]
    """How many looks fell into each hour of the day, 24 numbers from 00 to 23, in the sheet's ``clock``; looks that
    were not obtained count too."""
    simulated: bool
    """True: at least one of them was simulated."""


class SensorPasses(Record, frozen=True):
    """When one satellite passes over, whether it takes a picture or not."""

    satellite: str
    sensor: str
    radar: bool
    passes: int
    """Passes in the sheet's ``passes_from`` to ``passes_to`` whose swath reaches the site."""
    lit: int
    """How many of them with the sun high enough for an optical picture."""
    local_times: tuple[str, ...]
    """``HH:MM`` in the sheet's ``clock``, in order; passes within 20 minutes of each other are one, at their mean."""
    upcoming: tuple[datetime, ...]
    """The next ones after the sheet was made, at most three, UTC."""
    basis: str
    """What they were computed from; "(…)" with the uncertainty."""


class AisCover(Record, frozen=True):
    """Somebody's word that AIS was received at the site."""

    path: str
    """File of the case."""
    start: datetime | None
    """UTC; None: always."""
    end: datetime | None
    reception: float | None
    """P(a ship that sends is received within the hour), as declared; None: not declared."""
    source: str
    simulated: bool


class CaseSheet(Record, frozen=True):
    """The sheet of a site of a case, ready for print."""

    place: SiteSheet
    clock: str
    """What local hours are counted in: an IANA zone, or mean solar time."""
    calls: tuple[PortCall, ...]
    """Seen in the looks of the case, each with its four bounds."""
    reported: tuple[ReportedCall, ...]
    """Calls that sources report, in the order of the claims."""
    sensors: tuple[SensorLooks, ...]
    """By name of the sensor."""
    passes: tuple[SensorPasses, ...]
    passes_from: datetime
    """UTC."""
    passes_to: datetime
    ais: tuple[AisCover, ...]
    ais_said: str
    """What is known of AIS here, in words."""
    notes: tuple[str, ...]
    """What is missing, and why."""
