"""Likelihood ratio and power of a question, from what was measured at its sites."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.judgement.measure import Likelihoods, Measured
from offing.judgement.needs import Needs
from offing.judgement.question import Kind

Array = NDArray[np.float64]

_ONE = Needs(calls=(1,), weights=(1.0,), basis=())
RATIO_MOST = 1e6
"""No ratio is stated as greater than this, or as smaller than one over it."""


def ratio(kind: Kind, sites: Sequence[Measured], looks: Sequence[Likelihoods], needs: Needs | None) -> float:
    """P(looks | E) / P(looks | not E); ``looks`` are the likelihoods at each site to be used.

    - presence: at least one call against none, in the window.
    - all: every site against every way in which at least one is false, each site false or not with probability ½.
    - any: at least one site, the ways weighted alike, against none.
    - count: k or more calls against fewer, where 0, 1, …, k − 1 are as likely as each other: a claim that overstates
      the number does so by any amount.
    - window: at least one call in the window against calls only around it.
    """
    if kind == "count":
        assert needs is not None
        return _bounded(*counted(sites, [s.by_calls for s in looks], needs))
    if kind == "window":
        inside, _ = counted(sites, [s.by_calls for s in looks], _ONE)
        return _bounded(inside, math.prod(s.elsewhen for s in looks))
    ratios = [_average(m.prior[1:], s.by_calls[1:]) / s.by_calls[0] for m, s in zip(sites, looks, strict=True)]
    if kind == "presence":
        return _bounded(ratios[0], 1.0)
    ways = 2.0 ** len(ratios) - 1.0
    every = math.prod(1.0 + r for r in ratios)
    if kind == "any":
        return _bounded(every - 1.0, ways)
    full = math.prod(ratios)
    return _bounded(full * ways, every - full)


def power(kind: Kind, sites: Sequence[Measured], needs: Needs | None) -> float:
    """P(at least one of the looks would have shown a ship that the element speaks of | E)."""
    if kind == "count":
        assert needs is not None
        missed, _ = counted(sites, [m.unshown for m in sites], needs)
        return _unit(1.0 - missed)
    missed_at = [_average(m.prior[1:], m.unshown[1:]) for m in sites]
    if kind == "any":
        return _unit(1.0 - (math.prod(1.0 + u for u in missed_at) - 1.0) / (2.0 ** len(sites) - 1.0))
    return _unit(1.0 - math.prod(missed_at))


def counted(sites: Sequence[Measured], given: Sequence[Sequence[float]], needs: Needs) -> tuple[float, float]:
    """(mean of ``given`` over k or more calls, mean over fewer), calls at the sites added, k by ``needs``."""
    prior, joint = np.array([1.0]), np.array([1.0])
    size = len(sites[0].prior)
    for m, values in zip(sites, given, strict=True):
        prior, joint = added(prior, np.array(m.prior), size), added(joint, np.array(m.prior) * np.array(values), size)
    enough, fewer = 0.0, 0.0
    for k, weight in zip(needs.calls, needs.weights, strict=True):
        enough += weight * float(joint[k:].sum() / max(prior[k:].sum(), 1e-290))
        fewer += weight * float(np.mean(joint[:k] / np.maximum(prior[:k], 1e-290)))
    return enough, fewer


def added(a: Array, b: Array, size: int) -> Array:
    """Distribution of the sum of two counts, the last entry standing for that many or more."""
    whole = np.convolve(a, b)
    return np.append(whole[: size - 1], whole[size - 1 :].sum())


def _average(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(w * v for w, v in zip(weights, values, strict=True)) / max(sum(weights), 1e-290)


def _bounded(numerator: float, denominator: float) -> float:
    if denominator <= 0.0:
        return RATIO_MOST if numerator > 0.0 else 1.0
    return min(max(numerator / denominator, 1.0 / RATIO_MOST), RATIO_MOST)


def _unit(value: float) -> float:
    """A probability without the last digits' noise."""
    return min(max(round(value, 9), 0.0), 1.0)
