"""What a simulated world is made from, what it holds, and what is true in it."""

from __future__ import annotations

from typing import Literal

import msgspec

from offing.claims import Claim, Source
from offing.errors import OffingError
from offing.judgement.situation import Situation
from offing.looks.model import Look
from offing.records import Record
from offing.sites import Site
from offing.vessels.classes import library
from offing.vessels.model import Vessel

Distortion = Literal[
    "invented",
    "wrong-port",
    "wrong-week",
    "wrong-class",
    "doubled-count",
    "overstated-count",
    "wrong-origin",
    "quantity-too-large",
    "wrong-ship",
]
"""What is wrong with a claim: nothing happened; it happened elsewhere, earlier or later, by another class; half as many
ships came, or any smaller number; they came from elsewhere; they cannot have carried it; a sister ship did it."""

DISTORTIONS: tuple[Distortion, ...] = (
    "invented",
    "wrong-port",
    "wrong-week",
    "wrong-class",
    "doubled-count",
    "overstated-count",
    "wrong-origin",
    "quantity-too-large",
    "wrong-ship",
)

Declared = Literal[
    "as-true",
    "rates-doubled",
    "rates-halved",
    "p-plus-0.1",
    "p-minus-0.1",
    "p-false-doubled",
    "p-false-halved",
    "no-baseline",
    "blank-p",
]
"""How what the case declares differs from what is true in the world."""

DECLARED: tuple[Declared, ...] = (
    "as-true",
    "rates-doubled",
    "rates-halved",
    "p-plus-0.1",
    "p-minus-0.1",
    "p-false-doubled",
    "p-false-halved",
    "no-baseline",
    "blank-p",
)

Hours = tuple[float, float]
"""(from, to), hours after the start of the world."""


class WorldSpec(Record, frozen=True):
    """What is asked for. The same spec gives the same world."""

    seed: int = 0
    sites: int = 3
    days: int = 180
    claims: int = 8
    distort: tuple[Distortion, ...] = DISTORTIONS
    """What false claims may suffer from; half of the claims are true whatever is chosen."""
    declared: Declared = "as-true"

    def __post_init__(self) -> None:
        bounds = (("sites", self.sites, 2, 12), ("days", self.days, 60, 2000), ("claims", self.claims, 1, 500))
        for name, value, least, most in bounds:
            if not least <= value <= most:
                raise OffingError(f"{name} is {value}", where=f"--{name}", fix=f"write {least} to {most}")
        if self.seed < 0:
            raise OffingError(f"the seed is {self.seed}", where="--seed", fix="write a whole number from 0 up")
        if not self.distort:
            raise OffingError("no distortion is left", where="--distort", fix=f"name some of {', '.join(DISTORTIONS)}")


class ShipCall(Record, frozen=True):
    """One stay of one ship."""

    site: str
    vessel_class: str
    arrived_h: float
    """Hours after the start of the world; may be negative."""
    departed_h: float
    vessel: str | None = None
    """Vessel id of a named ship."""


class Voyage(Record, frozen=True):
    """A ship sailing from one site to another."""

    origin: str
    destination: str
    vessel_class: str
    departed_h: float
    arrived_h: float
    distance_nm: float
    """Great circle, nautical miles; the way at sea is taken as 1.1 to 1.4 times that."""
    speed_kn: float
    vessel: str | None = None
    claim: str | None = None
    """The claim that this voyage was made for; None: everyday traffic."""


class TrueStay(Record, frozen=True):
    """How long ships of a class stay in truth."""

    shape: str
    """``log-normal``, ``gamma``, ``weibull``, ``even``, ``two kinds``."""
    points_h: tuple[float, float, float]
    """The true 5–50–95 % points, hours, as the case declares them."""
    parts: tuple[tuple[float, tuple[float, float, float]], ...]
    """(weight, points) of log-normals that make it up exactly; empty: none do."""


class TrueSensor(Record, frozen=True):
    """What a sensor shows in truth."""

    name: str
    p_detect: float
    p_false: float


class ClaimTruth(Record, frozen=True):
    """What is true of one claim."""

    claim: str
    distortion: Distortion | None
    """None: the claim was told as it happened."""
    elements: dict[str, bool]
    """Element → whether it is true; elements that no look can show are left out."""
    ships: int
    """Different ships of the claimed kind at the destination in the window."""


class WorldTruth(Record, frozen=True):
    """What is true, beside the case that only holds what was declared and shown."""

    simulated: bool
    """Always True: nothing here happened."""
    spec: WorldSpec
    begins: str
    """UTC; hours count from here."""
    rates_per_30d: dict[str, dict[str, float]]
    """Site → class → expected calls."""
    stays: dict[str, TrueStay]
    """Class → stay."""
    sensors: tuple[TrueSensor, ...]
    lookalikes_fool: float
    """How often a look-alike passes for the ship, as a share of p, as long as it lies there; 0: every one strikes
    anew."""
    calls: tuple[ShipCall, ...]
    voyages: tuple[Voyage, ...]
    claims: tuple[ClaimTruth, ...]


class SimulatedWorld(Record, frozen=True):
    """A case, made whole."""

    title: str
    summary: str
    sources: tuple[Source, ...]
    sites: tuple[Site, ...]
    vessels: tuple[Vessel, ...]
    claims: tuple[Claim, ...]
    looks: tuple[Look, ...]
    """By (time, site, id), as the table's reader orders them."""
    truth: WorldTruth

    def situation(self) -> Situation:
        """What the judgement is given: the same as from the files."""
        return Situation(
            claims=self.claims,
            sources=self.sources,
            sites=self.sites,
            vessels=self.vessels,
            library=library(),
            looks=self.looks,
        )


def json_bytes(truth: WorldTruth) -> bytes:
    """The truth as JSON, with its unset fields."""
    return msgspec.json.format(msgspec.json.encode(truth), indent=1) + b"\n"
