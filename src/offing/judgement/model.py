"""What a judgement says, in the shape of the public JSON contract."""

from __future__ import annotations

from typing import Literal

from offing.errors import CaseFileError
from offing.records import Record

VerdictWord = Literal["corroborated", "consistent", "not-observable", "not-corroborated", "contradicted"]
"""Never "verified"."""

Confidence = Literal["low", "moderate", "high"]
"""Quality of the ground a verdict stands on; never in one sentence with a likelihood word (ICD 203)."""


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


class NextLook(Record, frozen=True, rename={"time_from": "from", "time_to": "to"}):
    """The look that would be worth most."""

    site: str
    time_from: str
    """UTC, ISO 8601."""
    time_to: str
    sensor: str
    expected_power: float


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
    reasons: tuple[str, ...] = ()
    """Why the verdict is what it is, what was assumed, what limits it."""
    strength: str | None = None
    """In words, where no number may be given."""
    simulated: bool = False
