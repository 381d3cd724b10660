"""Are the verdicts right as often as they say, on worlds whose truth is known?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offing.bench.model import BenchResult, split_hash
from offing.bench.worlds import Misdeclared, world
from offing.judgement.answers import answer
from offing.judgement.question import Question, questions
from offing.records import Record

if TYPE_CHECKING:
    from offing.bench.model import BenchOptions

DECLARED: tuple[tuple[str, Misdeclared], ...] = (
    ("as declared", Misdeclared()),
    ("rates twice the truth", Misdeclared(rate_factor=2.0)),
    ("rates half the truth", Misdeclared(rate_factor=0.5)),
    ("p_detect 0.1 too high", Misdeclared(p_shift=0.1)),
    ("p_detect 0.1 too low", Misdeclared(p_shift=-0.1)),
    ("p_false half the truth", Misdeclared(q_factor=0.5)),
    ("no baseline stated", Misdeclared(baseline=False)),
)

WORLDS, QUICK = 1000, 60
_BINS = 10


class Judged(Record, frozen=True):
    """One verdict beside the truth."""

    element: str
    probability: float
    """P(element | looks), from a prior of ½."""
    ratio: float
    verdict: str
    true: bool


class Figures(Record, frozen=True):
    """How a set of verdicts compares with the truth."""

    n: int
    ece: float
    """Expected calibration error over ten bins, 0–1."""
    ece_of_perfect: float
    """What a judge whose every probability is right would get at this n, by chance alone: mean of 200 draws."""
    cllr: float
    """Cost of the log-likelihood ratio (Brümmer and du Preez 2006), bits; 1 is what no information costs."""
    corroborated: int
    corroborated_false: float
    """Share false among corroborated, 0–1."""
    contradicted: int
    contradicted_true: float
    """Share true among contradicted, 0–1."""


def run(options: BenchOptions) -> BenchResult:
    """Judge generated claims and compare with their truth, declared rightly and wrongly."""
    number = QUICK if options.quick else WORLDS
    seeds = range(options.seed, options.seed + number)
    figures: dict[str, float | str] = {}
    total = 0
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        found = pool.map(partial(_judged, seeds), [wrong for _, wrong in DECLARED])
        sets = dict(zip((name for name, _ in DECLARED), found, strict=True))
    for name, judged in sets.items():
        total += len(judged)
        for element in ("destination", "carrier", ""):
            part = [j for j in judged if j.element == element or not element]
            got = compare(part)
            label = f"{name}, {element or 'all'}"
            figures[f"{label}: ECE"] = round(got.ece, 4)
            figures[f"{label}: ECE of a perfect judge at this n"] = round(got.ece_of_perfect, 4)
            figures[f"{label}: Cllr, bits"] = round(got.cllr, 4)
            figures[f"{label}: false among corroborated"] = f"{got.corroborated_false:.2%} of {got.corroborated}"
            figures[f"{label}: true among contradicted"] = f"{got.contradicted_true:.2%} of {got.contradicted}"
    return BenchResult(
        name="calibration",
        protocol="single-site worlds: Poisson calls, log-normal stays, 1–3 sensors, cloud, look-alikes that last or "
        "strike anew; claims of 1 to 4 ships, half of them true; each verdict compared with the truth",
        n=total,
        split=f"generated, seeds {seeds.start} to {seeds.stop - 1}, {split_hash(str(s) for s in seeds)}",
        figures=figures,
    )


def _judged(seeds: Sequence[int], wrong: Misdeclared) -> list[Judged]:
    return list(verdicts(seeds, wrong))


def verdicts(seeds: Sequence[int], wrong: Misdeclared) -> Iterator[Judged]:
    """The verdict on each element whose truth the world knows; prior ½."""
    for seed in seeds:
        made = world(seed, wrong)
        claim = made.situation.claims[0]
        for asked in questions(made.situation, claim):
            if isinstance(asked, Question) and asked.element in made.truth:
                got = answer(made.situation, asked)
                yield Judged(
                    element=asked.element,
                    probability=got.ratio / (1.0 + got.ratio),
                    ratio=got.ratio,
                    verdict=got.verdict,
                    true=made.truth[asked.element],
                )


def calibration_error(probability: NDArray[np.float64], true: NDArray[np.bool_]) -> float:
    """Mean |share true − mean probability| over ten equal bins, weighted by their size (Naeini et al. 2015)."""
    which = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    gaps = [abs(true[which == b].mean() - probability[which == b].mean()) * (which == b).mean() for b in set(which)]
    return float(sum(gaps))


def compare(judged: Sequence[Judged]) -> Figures:
    """The figures of these verdicts. Shares of none are 0."""
    p = np.array([j.probability for j in judged])
    true = np.array([j.true for j in judged])
    ratio = np.array([j.ratio for j in judged])
    words = np.array([j.verdict for j in judged])
    draws = np.random.default_rng(0).random((200, len(p))) < p
    cost = 0.5 * (np.log2(1.0 + 1.0 / ratio[true]).mean() + np.log2(1.0 + ratio[~true]).mean())
    corroborated, contradicted = true[words == "corroborated"], true[words == "contradicted"]
    return Figures(
        n=len(judged),
        ece=calibration_error(p, true),
        ece_of_perfect=float(np.mean([calibration_error(p, drawn) for drawn in draws])),
        cllr=float(cost),
        corroborated=len(corroborated),
        corroborated_false=float(1.0 - corroborated.mean()) if len(corroborated) else 0.0,
        contradicted=len(contradicted),
        contradicted_true=float(contradicted.mean()) if len(contradicted) else 0.0,
    )
