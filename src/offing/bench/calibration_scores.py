"""Verdicts against the truth: reliability curve, calibration error, cost, and how often a decided verdict is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.bench.judging import Judged
from offing.judgement.calibrated import CurveBin, Scored, Share

BINS = 10
_Z = 1.959963984540054
_DRAWS = 200


def balanced(judged: Sequence[Judged]) -> list[Judged]:
    """As many true elements as false ones, evenly spaced over the order given, so that the prior of ½ is right.

    Those without a number are left out.
    """
    numbered = [j for j in judged if j.ratio is not None]
    true, false = [j for j in numbered if j.true], [j for j in numbered if not j.true]
    n = min(len(true), len(false))
    return [side[i * len(side) // n] for side in (true, false) for i in range(n)] if n else []


def share(number: int, of: int) -> Share:
    """A share with Wilson's 95 % interval; 0 to 1 of nothing."""
    if of == 0:
        return Share(of=0, number=0, low=0.0, high=1.0)
    p = number / of
    middle = (p + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half = _Z * math.sqrt(p * (1 - p) / of + _Z**2 / (4 * of**2)) / (1 + _Z**2 / of)
    return Share(of=of, number=number, low=round(max(middle - half, 0.0), 4), high=round(min(middle + half, 1.0), 4))


def calibration_error(probability: NDArray[np.float64], true: NDArray[np.bool_]) -> float:
    """Mean |share true − mean probability| over ten equal bins, weighted by their size (Naeini et al. 2015)."""
    which = _bins(probability)
    gaps = [abs(true[which == b].mean() - probability[which == b].mean()) * (which == b).mean() for b in set(which)]
    return float(sum(gaps))


def cost(ratio: NDArray[np.float64], true: NDArray[np.bool_]) -> float:
    """Cllr in bits: what the ratios cost somebody who acts on them, whatever the prior."""
    return float(0.5 * (np.log2(1.0 + 1.0 / ratio[true]).mean() + np.log2(1.0 + ratio[~true]).mean()))


def score(name: str, judged: Sequence[Judged]) -> Scored:
    """The figures of these verdicts, which must be balanced; of an empty set everything is 0."""
    ratio = np.array([j.ratio for j in judged], dtype=np.float64)
    true = np.array([j.true for j in judged], dtype=np.bool_)
    said = ratio / (1.0 + ratio)
    perfect = [0.0]
    if len(said):
        drawn = np.random.default_rng(0).random((_DRAWS, len(said))) < said
        perfect = [calibration_error(said, d) for d in drawn]
    corroborated = [j for j in judged if j.verdict == "corroborated"]
    contradicted = [j for j in judged if j.verdict == "contradicted"]
    both = [j for j in judged if j.of_true_model is not None]
    here, known = _costs(both)
    return Scored(
        name=name,
        n=len(judged),
        curve=curve(said, true),
        ece=round(calibration_error(said, true), 4),
        ece_of_perfect=round(float(np.mean(perfect)), 4),
        ece_of_perfect_most=round(float(np.quantile(perfect, 0.95)), 4),
        cllr=round(cost(ratio, true), 4) if len(said) else 0.0,
        corroborated_false=share(sum(not j.true for j in corroborated), len(corroborated)),
        contradicted_true=share(sum(j.true for j in contradicted), len(contradicted)),
        decided=share(len(corroborated) + len(contradicted), len(judged)),
        cllr_here=here,
        cllr_of_true_model=known,
    )


def _costs(both: Sequence[Judged]) -> tuple[float | None, float | None]:
    """(cost of ours, of the true model) over the same elements."""
    true = np.array([j.true for j in both], dtype=np.bool_)
    if not true.any() or true.all():
        return None, None
    ours, known = (np.array(v, dtype=np.float64) for v in ([j.ratio for j in both], [j.of_true_model for j in both]))
    return round(cost(ours, true), 4), round(cost(known, true), 4)


def curve(said: NDArray[np.float64], true: NDArray[np.bool_]) -> tuple[CurveBin, ...]:
    """The reliability curve over ten equal bins."""
    which = _bins(said)
    return tuple(
        CurveBin(
            said=round(float(said[which == b].mean()), 4),
            true=share(int(true[which == b].sum()), int((which == b).sum())),
        )
        for b in range(BINS)
        if (which == b).any()
    )


def _bins(probability: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.minimum((probability * BINS).astype(np.int64), BINS - 1)
