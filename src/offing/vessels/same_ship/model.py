"""Two sightings compared: what is known of each, and how far that speaks for one ship."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.errors import OffingError
from offing.geo import LonLat
from offing.imagery.model import SensorKind
from offing.quantities import LikelihoodRatio
from offing.records import Record
from offing.vessels.identification.model import Judgement
from offing.vessels.model import Measurement
from offing.vessels.profile.model import Profile

Statement = Literal["same ship supported", "cannot tell", "another ship"]
"""What a comparison comes to, in words."""


class Paint(Record, frozen=True):
    """The colours of a deck, as ratios of bands: the light of the day drops out of them as far as it is grey."""

    names: tuple[str, ...]
    """Ratios measured: ``green/blue``, ``red/green``, ``nir/green``."""
    middle: tuple[float, ...]
    """Median of the natural logarithm of each ratio over the deck."""
    spread: tuple[tuple[float, ...], ...]
    """10, 30, 70 and 90 % points of each less its median."""


class View(Record, frozen=True):
    """One sighting as it is compared."""

    detection: str
    """Id within the picture."""
    image: str
    """Name of the picture as given."""
    sensor: SensorKind | None
    """None: only the detection is known, not the picture."""
    measurement: Measurement
    simulated: bool = False
    time: datetime | None = None
    """Acquisition, UTC; None: not known."""
    place: LonLat | None = None
    """Middle of the ship; None: not known."""
    gsd_m: float | None = None
    """Ground metres of a pixel; None: not known."""
    flags: tuple[str, ...] = ()
    """Of the detection."""
    profile: Profile | None = None
    paint: Paint | None = None
    backscatter_db: float | None = None
    """Co-polarised radar cross-section of the ship, decibels above one square metre; None: not a calibrated radar
    picture."""
    judged: tuple[Judgement, ...] = ()
    """What a person saw of recognition features in this picture of this ship."""

    @property
    def title(self) -> str:
        """Picture and detection."""
        return f"{self.image}:{self.detection}"


class SameShipFactor(Record, frozen=True):
    """One thing that was compared."""

    name: str
    """``dimensions``, ``profile``, ``paint``, ``backscatter``, ``features``, ``passage``."""
    compared: str
    """What of the one beside what of the other."""
    against_traffic: float
    """Natural logarithm of the likelihood ratio, the same ship against another of the traffic, as it is counted."""
    against_sister: float
    """The same against another ship of the same class and size."""
    note: str
    """Why it counts as it does; why it does not, where it does not."""
    used: bool = True


class SameShip(Record, frozen=True):
    """How far two sightings speak for one ship."""

    a: str
    """``picture:detection``."""
    b: str
    ratio: LikelihoodRatio
    """P(what is seen | one ship) / P(what is seen | two ships), the two being sisters with ``sister_share``; 90 %
    interval by bootstrap over the simulated ships that it was calibrated on."""
    against_traffic: LikelihoodRatio
    """Against another ship of the traffic."""
    against_sister: LikelihoodRatio
    """Against another ship of the same class and size."""
    statement: Statement
    why: str
    """The statement's reason in a sentence."""
    factors: tuple[SameShipFactor, ...]
    sister_share: float
    """P(a sister ship | another ship), stated."""
    traffic: str
    """What the traffic was taken to be."""
    calibration: str
    """Which calibration, and for which pair of sensors."""
    capped: bool
    """Whether a ratio stands at what the simulated pairs can support."""
    simulated: bool
    """Whether either picture is simulated."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.sister_share <= 1.0:
            raise OffingError(f"a sister share of {self.sister_share}", fix="give a probability from 0 to 1")
