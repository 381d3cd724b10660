"""Looks and the observations made in them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.errors import ObservationError
from offing.imagery.model import Status
from offing.records import Record

Seen = Literal["yes", "no", "indeterminate"]
"""A ship was seen; nothing of interest was; the look cannot say."""

Level = Literal["presence", "activity", "cargo"]
"""Three different observations: a ship is there; something is done; what it carries is seen."""


class Observation(Record, frozen=True):
    """One ship seen in one look, or the statement that none was."""

    seen: Seen
    vessel_class: str | None = None
    """Class id, as specific as the look allows."""
    vessel: str | None = None
    """Vessel id, when the ship was identified by name."""
    length_m: float | None = None
    length_sd_m: float | None = None
    activity: str | None = None
    """What was seen being done (level activity); ``cargo: …`` for cargo that was itself seen."""
    detection: str | None = None
    """``scene/detection`` id when a machine measured it."""
    note: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("length_m", self.length_m), ("length_sd_m", self.length_sd_m)):
            if value is not None and not value > 0:
                raise ObservationError(f"{name} is {value}", fix="write metres above 0, or leave it blank")

    @property
    def level(self) -> Level:
        """The level at which this observation speaks."""
        if self.activity is None:
            return "presence"
        return "cargo" if self.activity.lower().startswith("cargo:") else "activity"


class Look(Record, frozen=True):
    """A site as one scene showed it."""

    id: str
    """Unique in the case."""
    site: str
    """Site id."""
    time: datetime
    """UTC."""
    sensor: str
    """As told: ``sentinel-1``, ``planetscope``, ``sar`` …"""
    status: Status
    usable: float
    """Fraction of the berth (or of the site, where no berth is drawn) that could be seen, 0–1."""
    reason: str
    """Why the status is what it is, in words."""
    p_detect: float | None = None
    """P(a fully usable look shows a ship of the class sought, if it is there, and names it so); None: undeclared."""
    p_false: float | None = None
    """P(it names that class when none is there); None: undeclared."""
    p_basis: str | None = None
    """Where ``p_detect`` and ``p_false`` come from: ``stated``, or the benchmark that measured them."""
    observations: tuple[Observation, ...] = ()
    source: str | None = None
    """Source id for an imported look."""
    scene: str | None = None
    """Scene id for a look at a picture of the case."""
    sun_elevation_deg: float | None = None
    """At the site and time, degrees above the horizon."""
    simulated: bool = False
    note: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("usable", self.usable), ("p_detect", self.p_detect), ("p_false", self.p_false)):
            if value is not None and not 0.0 <= value <= 1.0:
                raise ObservationError(f"{name} is {value}", fix="write a number from 0 to 1")
