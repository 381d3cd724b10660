"""A question as two sums over the number of calls at one of its sites, the looks at the others being what they are.

``weigh.ratio`` is a quotient in which the likelihoods at each site enter linearly. Taken apart, the effect of one more
look at one site needs no more than the likelihoods there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.judgement.measure import Likelihoods, Measured
from offing.judgement.needs import Needs
from offing.judgement.question import Kind
from offing.judgement.weigh import counted
from offing.records import Record

Array = NDArray[np.float64]

_ONE = Needs(calls=(1,), weights=(1.0,), basis=())


class Sides(Record, frozen=True):
    """Coefficients over P(looks at the site | 0, 1, …, at least most calls), up to a common factor."""

    true: Array
    """Their sum is P(looks | E), shape (most + 1,)."""
    false: Array
    """Their sum is P(looks | not E), shape (most + 1,); of no use where ``around`` is given."""
    around: float | None = None
    """What P(looks | calls only around the window) is multiplied by, for a question of the window."""


def sides(kind: Kind, sites: Sequence[Measured], looks: Sequence[Likelihoods], needs: Needs | None, at: int) -> Sides:
    """The two sides of ``kind`` as sums over the likelihoods at site ``at``; ``looks`` hold those at the others."""
    if kind in ("count", "window"):
        return _counted(kind, sites, looks, needs or _ONE, at)
    most = len(sites[at].prior) - 1
    prior = np.array(sites[at].prior)
    inside = np.append(0.0, prior[1:] / max(float(prior[1:].sum()), 1e-290))
    outside = np.append(1.0, np.zeros(most))
    others = [_pair(m, s) for i, (m, s) in enumerate(zip(sites, looks, strict=True)) if i != at]
    every = math.prod(n for n, _ in others)
    none = math.prod(d for _, d in others)
    whole = math.prod(n + d for n, d in others)
    ways = 2.0 ** len(sites) - 1.0
    if kind == "any":
        return Sides(true=((inside + outside) * whole - outside * none) / ways, false=outside * none)
    return Sides(true=inside * every, false=((inside + outside) * whole - inside * every) / ways)


def _pair(site: Measured, looks: Likelihoods) -> tuple[float, float]:
    """(P(looks | at least one call), P(looks | none)), the greater being 1."""
    weights, values = site.prior[1:], looks.by_calls[1:]
    inside = sum(w * v for w, v in zip(weights, values, strict=True)) / max(sum(weights), 1e-290)
    top = max(inside, looks.by_calls[0])
    return inside / top, looks.by_calls[0] / top


def _counted(kind: Kind, sites: Sequence[Measured], looks: Sequence[Likelihoods], needs: Needs, at: int) -> Sides:
    given = [np.array(s.by_calls) for s in looks]
    size = len(given[at])
    found = []
    for unit in np.eye(size):
        given[at] = unit
        found.append(counted(sites, [tuple(float(v) for v in g) for g in given], needs))
    true, false = (np.array([pair[side] for pair in found]) for side in (0, 1))
    if kind == "count":
        return Sides(true=true, false=false)
    return Sides(true=true, false=false, around=math.prod(s.elsewhen for i, s in enumerate(looks) if i != at))
