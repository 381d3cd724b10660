"""What a detected ship may be, with everything that was weighed for it."""

from __future__ import annotations

from typing import Literal

import msgspec

from offing.records import Record
from offing.vessels.model import Candidate
from offing.vessels.profile.model import Evidence

Seen = Literal["match", "mismatch", "not visible"]
"""What a person says of a recognition feature."""


class Judgement(Record, frozen=True):
    """What a person saw of one recognition feature in one picture."""

    detection: str
    """Id of the detection."""
    vessel_class: str
    """Class whose feature it is."""
    feature: str
    """Id of the feature."""
    seen: Seen
    by: str
    """Who judged it."""
    image: str | None = None
    """Name of the picture as given; None: any picture with such a detection."""
    note: str | None = None


class Factor(Record, frozen=True):
    """One thing that was compared, and how it bears on each class."""

    name: str
    """``length``, ``beam``, ``profile`` or ``feature ID``."""
    compared: str
    """What with what, in words with the figures."""
    log_ratios: dict[str, float]
    """Class id → natural logarithm of P(this | class) / P(this | none of these)."""
    evidence: dict[str, tuple[Evidence, ...]] = msgspec.field(default_factory=dict)
    """Class id → what each kind of part along the hull contributes, of the likeliest classes; of a profile only."""
    by: str | None = None
    """The person who judged it; None: computed."""
    note: str | None = None


class Alike(Record, frozen=True):
    """Candidates that what was compared cannot tell apart."""

    members: tuple[str, ...]
    """Class or vessel ids, the more probable first."""
    named: bool
    """True: vessels; False: classes."""
    greatest_ratio: float
    """Greatest likelihood ratio between two of them, 1 or more."""
    tell_apart: tuple[str, ...]
    """What would tell them apart, one clause each."""


class Identification(Record, frozen=True):
    """What one detection may be."""

    image: str
    detection: str
    """Id of the detection."""
    narrowest: str
    """The narrowest class that can be stood by; ``unknown`` where none can."""
    candidates: tuple[Candidate, ...]
    """Classes, most probable first; with ``none_of_these`` they sum to 1."""
    none_of_these: float
    """P(a ship of no class that was considered)."""
    named: tuple[Candidate, ...]
    """Named vessels, most probable first; each one's probability is part of its class's."""
    alike: tuple[Alike, ...]
    """Groups among the probable candidates that differ by less than a factor of 3 in all that was compared."""
    factors: tuple[Factor, ...]
    prior: dict[str, float]
    """Class id → probability before anything was compared; ``unknown``: none of these."""
    prior_basis: str
    """Where the prior comes from."""
    basis: str
    """What was compared, and what was not and why."""
    simulated: bool = False
