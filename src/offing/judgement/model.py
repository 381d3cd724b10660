"""What a judgement says, in the shape of the public JSON contract."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.errors import CaseFileError
from offing.imagery.catalogue.model import Cost
from offing.quantities import Probability
from offing.records import Record

VerdictWord = Literal["corroborated", "consistent", "not-observable", "not-corroborated", "contradicted"]
"""Never "verified"."""

Confidence = Literal["low", "moderate", "high"]
"""Quality of the ground a verdict stands on; never in one sentence with a likelihood word (ICD 203)."""


Level = Literal["presence", "activity", "cargo", "agent"]
"""Four different observations: a ship is there; something is done; what it carries is seen; on whose behalf it is."""


class Thresholds(Record, frozen=True):
    """Where one verdict ends and the next begins; stated in every report."""

    prior: float = 0.5
    """P(element) before any look, unless the claim states one."""
    corroborated_lr: float = 20.0
    contradicted_lr: float = 0.05
    contradicted_power: float = 0.8
    observable_power: float = 0.2

    def __post_init__(self) -> None:
        if not 0.0 < self.prior < 1.0:
            raise CaseFileError(f"prior is {self.prior}", fix="write a probability between 0 and 1, both excluded")
        if not 0.0 < self.contradicted_lr < 1.0 < self.corroborated_lr:
            raise CaseFileError("contradicted_lr must lie below 1 and corroborated_lr above 1")


class RatioValue(Record, frozen=True):
    """A likelihood ratio with its spread over the assumptions."""

    value: float
    low: float
    high: float


class ProbabilityValue(Record, frozen=True):
    """The posterior with its spread and the prior it started from."""

    value: float
    low: float
    high: float
    prior: float


class Sensitivity(Record, frozen=True):
    """The ratio when one look, source or assumption is dropped."""

    without: str
    """``look:ID``, ``source:ID`` or ``assumption:NAME``."""
    likelihood_ratio: float | None
    verdict: VerdictWord | None = None


class Candidate(Record, frozen=True):
    """A look at one site that could still be had: a picture that is listed, or a pass to come."""

    id: str
    """Unique among the candidates."""
    site: str
    start: datetime
    """UTC; the look is taken between ``start`` and ``end``."""
    end: datetime
    """UTC; equal to ``start`` for an instant."""
    sensor: str
    """Platform or kind, as looks say it: ``sentinel-2b``, ``planetscope``, ``sar`` …"""
    basis: str
    """Who lists it, or what the pass was computed from."""
    usable: Probability
    """P(it will show the site at all): clear sky, data taken. 0 where it cannot (night, pixels too coarse)."""
    cost: Cost = "free"
    item: str | None = None
    """Id of the catalogue's item; None: a pass."""
    acquisition: str | None = None
    """Candidates of one acquisition at several sites share it; None: this one stands alone."""
    gsd_m: float | None = None
    p_detect: float | None = None
    """As a look's: P(a fully usable look shows a ship of the class sought that is there, and names it so); None:
    undeclared."""
    p_false: float | None = None
    """P(it names that class when none is there); None: undeclared."""
    p_basis: str | None = None
    """Where ``p_detect`` and ``p_false`` come from."""
    to_come: bool = False
    """True: the picture has not been taken yet at the stated time."""
    simulated: bool = False

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise CaseFileError(f"candidate {self.id} ends before it begins")
        for name, value in (("p_detect", self.p_detect), ("p_false", self.p_false)):
            if value is not None and not 0.0 <= value <= 1.0:
                raise CaseFileError(f"candidate {self.id}: {name} is {value}", fix="it is a number from 0 to 1")

    @property
    def time(self) -> datetime:
        """The middle of its span, UTC."""
        return self.start + (self.end - self.start) / 2


class NextLook(Record, frozen=True, rename={"time_from": "from", "time_to": "to"}):
    """The look that would be worth most."""

    site: str
    time_from: str
    """UTC, ISO 8601."""
    time_to: str
    sensor: str
    expected_power: float | None
    """P(this look would show it | it is true, and all looks so far), usability included; None: undeclared."""
    expected_power_low: float | None = None
    """The same at the lower end of what is known of its usability."""
    expected_power_high: float | None = None
    present: float | None = None
    """P(such a ship lies there then | it is true, and all looks so far): no look can show more."""
    information_bits: float | None = None
    """Expected information on the element, bits; None: a probability that it needs is undeclared."""
    cost: Cost | None = None
    item: str | None = None
    """Id of the catalogue's item; None: a pass."""
    why: str | None = None
    """In words."""
    otherwise: NextLook | None = None
    """The best look of the other cost, where there is one."""


class Verdict(Record, frozen=True):
    """The verdict on one element of one claim."""

    claim: str
    element: str
    """``destination``, ``origin:chongjin``, ``origin``, ``window``, ``carrier``, ``quantity``, ``cargo`` …"""
    statement: str
    """What was tested, in a sentence."""
    verdict: VerdictWord
    likelihood_ratio: RatioValue | None
    """None where a probability that mattered was undeclared, or nothing could be computed."""
    probability: ProbabilityValue | None
    power: float | None
    """P(these looks would have shown it, had it been true); None: undeclared."""
    word: str | None
    """ICD 203 likelihood word; None unless every probability that mattered was declared."""
    confidence: Confidence
    confidence_reasons: tuple[str, ...]
    origins: int
    """Independent origins behind the evidence."""
    evidence: tuple[str, ...]
    """``look:ID`` of each look that bears on it."""
    sensitivity: tuple[Sensitivity, ...] = ()
    next_look: NextLook | None = None
    no_next_look: str | None = None
    """Why there is none, where the element is open."""
    reasons: tuple[str, ...] = ()
    """Why the verdict is what it is, what was assumed, what limits it."""
    strength: str | None = None
    """In words, where no number may be given."""
    simulated: bool = False


class LevelVerdict(Record, frozen=True):
    """What can be said of a claim as a whole at one level; no level raises another."""

    level: Level
    verdict: VerdictWord
    statement: str
    """Which elements carry it, which nobody could have seen, in a sentence."""
    elements: tuple[str, ...]
    """Elements of the claim that speak at this level."""
    likelihood_ratio: RatioValue | None = None
    """Of all of them together; None above presence, and where a probability that mattered was undeclared."""
    probability: ProbabilityValue | None = None
    power: float | None = None
    """P(these looks would have shown a ship at every place that the claim needs, had it been true)."""


class ClaimVerdict(Verdict, frozen=True):
    """The verdict on a claim as a whole: all its elements together. ``element`` is ``claim``.

    Its numbers are those of presence, and stand only where the claim asserts nothing above it: how often a look shows
    an activity or a cargo is declared nowhere.
    """

    levels: tuple[LevelVerdict, ...] = ()
    """Presence first; only the levels at which the claim says something."""
    carried_by: tuple[str, ...] = ()
    """Elements that the looks fit or bear out."""
    doubted: tuple[str, ...] = ()
    """Elements for which a ship was seen, though all looks together speak rather against them."""
    missed: tuple[str, ...] = ()
    """Elements that were looked for and not seen, or that the looks speak against."""
    unseen: tuple[str, ...] = ()
    """Elements that nobody could have seen."""


class Judgement(Record, frozen=True):
    """All verdicts of a situation."""

    verdicts: tuple[Verdict, ...]
    """One an element, in the order of the claims."""
    claims: tuple[ClaimVerdict, ...]
    """One a claim, in the same order."""
