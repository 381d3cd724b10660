"""The section on what each ship may be, as plain data."""

from __future__ import annotations

from offing.case.model import PhotoMatch
from offing.records import Record
from offing.vessels.profile.model import Relief


class FactorLine(Record, frozen=True):
    """One thing that was compared."""

    name: str
    compared: str
    ratios: tuple[str, ...]
    """Likelihood ratio of each shown candidate against none of these."""
    note: str | None


class PhotoBeside(Record, frozen=True):
    """A reference photograph beside the ship."""

    match: PhotoMatch
    relief: Relief | None
    """Layout of the photographed class, where the library has it."""
    caption: str


class IdentityCard(Record, frozen=True):
    """One ship."""

    id: str
    """``scene/detection``."""
    title: str
    simulated: bool
    measured: str
    decided: str | None
    """What a person decided, and who."""
    candidates: tuple[tuple[str, str], ...]
    """(name, probability in words) of the likeliest."""
    vessels: tuple[tuple[str, str], ...]
    none: str
    """Probability of none of these."""
    factors: tuple[FactorLine, ...]
    alike: tuple[str, ...]
    ais: str | None
    photographs: tuple[PhotoBeside, ...]
    basis: str
    prior: str


class Identities(Record, frozen=True):
    """The section."""

    cards: tuple[IdentityCard, ...]
    left_out: int
    """Ships without a card."""
    unseen: tuple[str, ...]
    """Ships that sent AIS within a picture and are no detection, one line each."""
