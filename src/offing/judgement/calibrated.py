"""How often verdicts were right on worlds whose truth is known: what ``offing bench calibration`` found, as data."""

from __future__ import annotations

from offing.records import Record


class Share(Record, frozen=True):
    """So many of so many, with Wilson's 95 % interval (Wilson 1927)."""

    of: int
    number: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share, 0–1; None of nothing."""
        return self.number / self.of if self.of else None


class CurveBin(Record, frozen=True):
    """Verdicts whose probability lies within a tenth."""

    said: float
    """Mean probability that was said, 0–1."""
    true: Share
    """How many were true."""


class Scored(Record, frozen=True):
    """How a set of verdicts compares with the truth; as many of its elements are true as are false."""

    name: str
    n: int
    curve: tuple[CurveBin, ...]
    """Ten bins of equal width, the empty ones left out."""
    ece: float
    """Expected calibration error over the bins, 0–1 (Naeini and others 2015)."""
    ece_of_perfect: float
    """What a judge whose every probability is right gets at this n by chance: mean of 200 draws."""
    ece_of_perfect_most: float
    """Exceeded by such a judge in one of twenty draws."""
    cllr: float
    """Cost of the log-likelihood ratio, bits (Brümmer and du Preez 2006); 1 is what no information costs."""
    corroborated_false: Share
    """False among corroborated."""
    contradicted_true: Share
    """True among contradicted."""
    decided: Share
    """Corroborated or contradicted, of all: what caution costs shows here."""
    cllr_here: float | None = None
    """``cllr`` over the elements that the true model was asked about too."""
    cllr_of_true_model: float | None = None
    """The same of a judge who knows the true rates, probabilities, stays and look-alikes."""


class Calibration(Record, frozen=True):
    """A run of the benchmark."""

    protocol: str
    offing: str
    """Version that was measured."""
    seeds: tuple[tuple[int, int], ...]
    """First and last seed of each run of worlds."""
    worlds: int
    claims: int
    scores: tuple[Scored, ...]
    """The first is of all elements with everything declared as it is."""
