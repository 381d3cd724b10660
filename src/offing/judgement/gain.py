"""What a look that could still be had is worth to an element: expected information, and power.

With p = P(E | looks so far), and x, y the chances of each thing that the look may show if E is true and if it is not,
the expected information is Σ p·x·log₂(x/m) + (1 − p)·y·log₂(y/m), m = p·x + (1 − p)·y: the mutual information of the
element and of what the look shows (Lindley 1956). A look that is not usable shows nothing, so it is worth its
information times its chance to be usable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.claims import Claim
from offing.judgement.evidence import REACH, SiteEvidence
from offing.judgement.imagined import Imagined, Imaginer, Kind
from offing.judgement.measure import Measured, Measurer
from offing.judgement.model import Candidate, Thresholds
from offing.judgement.needs import COUNTED_MOST
from offing.judgement.question import Question
from offing.judgement.sides import Sides, sides
from offing.judgement.weigh import RATIO_MOST
from offing.movements.worlds import Variation
from offing.records import Record

Array = NDArray[np.float64]


class Gain(Record, frozen=True):
    """What one candidate is worth to one element."""

    claim: str
    element: str
    candidate: str
    """Candidate id."""
    present: float
    """P(a ship that the element speaks of lies there then | E and all looks so far): no look can show more."""
    expected_power: float | None
    """P(the look shows such a ship | E and all looks so far), its usability included; None: undeclared."""
    expected_power_90: tuple[float, float] | None
    """The same at both ends of what is known of its usability."""
    information_bits: float | None
    """Expected information on the element; None: a probability that it needs is undeclared, of this look or of
    another, or the element needs too many calls to be counted."""
    expected_shift: float | None
    """Expected size of the change of the natural logarithm of the likelihood ratio."""


def gains(
    claim: Claim,
    question: Question,
    evidence: Sequence[SiteEvidence],
    candidates: Sequence[Candidate],
    thresholds: Thresholds,
    measure: Measurer,
    imagine: Imaginer,
) -> tuple[Gain, ...]:
    """The gain of each candidate that is near enough to the window at its site to bear on ``question``, in order."""
    asked = _Asked(claim, question, evidence, thresholds, measure, imagine)
    found: dict[str, Gain] = {}
    for at, site in enumerate(evidence):
        near = [c for c in candidates if in_reach(c, site)]
        for kind in dict.fromkeys(_kind(c, declared=asked.numbered) for c in near):
            alike = [c for c in near if _kind(c, declared=asked.numbered) == kind]
            found |= {g.candidate: g for g in asked.gains(at, kind, alike)}
    return tuple(found[c.id] for c in candidates if c.id in found)


def in_reach(candidate: Candidate, site: SiteEvidence) -> bool:
    """Whether a look at this time could have any weight that can be noticed, at this site."""
    return candidate.site == site.site.id and candidate.time in site.window.padded(REACH * site.traffic.stay.p95)


def _kind(candidate: Candidate, *, declared: bool) -> Kind:
    return Kind(p_detect=candidate.p_detect, p_false=candidate.p_false if declared else None)


class _Asked:
    """A question with what was measured of its sites."""

    def __init__(
        self,
        claim: Claim,
        question: Question,
        evidence: Sequence[SiteEvidence],
        thresholds: Thresholds,
        measure: Measurer,
        imagine: Imaginer,
    ) -> None:
        self.claim, self.question, self.evidence, self.imagine = claim, question, evidence, imagine
        self.prior = claim.prior if claim.prior is not None else thresholds.prior
        calls = max(question.needs.calls) if question.needs is not None else 1
        self.counted = calls <= COUNTED_MOST
        self.calls = calls if self.counted else 1
        self.numbered = self.counted and not any(site.undeclared for site in evidence)
        self.around = question.kind == "window"
        self.base: list[Measured] = [
            measure(site, self.calls, Variation(), site.used, drops=self.numbered, around=self.around)
            for site in evidence
        ]

    def gains(self, at: int, kind: Kind, alike: Sequence[Candidate]) -> list[Gain]:
        """The gains of candidates of one kind at one site."""
        split = self._sides(at)
        # For one call the likelihoods by calls serve; for more, the two sums that are asked for.
        direct = self.calls > 1
        columns = np.array([split.true, split.false]) if direct else np.eye(2)
        times = [c.time for c in alike]
        imagined = self.imagine(self.evidence[at], self.calls, columns, kind, times, around=self.around)
        if direct:
            split = Sides(true=np.array([1.0, 0.0]), false=np.array([0.0, 1.0]))
        return [self._gain(c, split, i) for c, i in zip(alike, imagined, strict=True)]

    def _sides(self, at: int) -> Sides:
        """Of a number of calls too great to be counted, at least one is what a look is asked to show."""
        looks = [m.stated for m in self.base]
        if not self.counted:
            return sides("any", self.base, looks, None, at)
        return sides(self.question.kind, self.base, looks, self.question.needs, at)

    def _gain(self, candidate: Candidate, split: Sides, imagined: Imagined) -> Gain:
        usable = candidate.usable
        whole = float(split.true @ imagined.base)
        shown = None if imagined.shown is None else _share(float(split.true @ imagined.shown), whole)
        bits = shift = None
        if imagined.outcomes is not None:
            bits, shift = self._worth(split, imagined)
        return Gain(
            claim=self.claim.id,
            element=self.question.element,
            candidate=candidate.id,
            present=_share(float(split.true @ imagined.present), whole),
            expected_power=None if shown is None else usable.value * shown,
            expected_power_90=None if shown is None else (usable.low * shown, usable.high * shown),
            information_bits=None if bits is None else usable.value * bits,
            expected_shift=None if shift is None else usable.value * shift,
        )

    def _worth(self, split: Sides, imagined: Imagined) -> tuple[float, float]:
        """(expected information in bits, expected change of the log ratio) of a usable look."""
        assert imagined.outcomes is not None
        true = imagined.outcomes @ split.true
        if split.around is None:
            false = imagined.outcomes @ split.false
        else:
            assert imagined.elsewhen is not None
            false = split.around * imagined.elsewhen
        return worth(true, false, self.prior)


def worth(true: Array, false: Array, prior: float) -> tuple[float, float]:
    """(mutual information in bits, expected change of the log ratio) of E and what a look shows.

    ``true``, ``false``: P(looks so far, each outcome | E) and | not E, up to one factor; ``prior``: P(E).
    """
    whole = float(true.sum()), float(false.sum())
    if min(whole) <= 0.0:
        return 0.0, 0.0
    odds = prior / (1.0 - prior) * min(max(whole[0] / whole[1], 1.0 / RATIO_MOST), RATIO_MOST)
    p = odds / (1.0 + odds)
    x, y = np.maximum(true / whole[0], 1e-300), np.maximum(false / whole[1], 1e-300)
    m = p * x + (1.0 - p) * y
    bits = float((p * x * np.log2(x / m) + (1.0 - p) * y * np.log2(y / m)).sum())
    return max(bits, 0.0), float((m * np.abs(np.log(x / y))).sum())


def _share(part: float, whole: float) -> float:
    value = part / whole if whole > 0.0 else 0.0
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0
