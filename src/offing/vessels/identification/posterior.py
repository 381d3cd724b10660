"""Bayes' rule over classes, the vessels named among them, and none of these."""

from __future__ import annotations

import math
from collections.abc import Mapping

from offing.records import Record
from offing.vessels.classes import UNKNOWN

IMPOSSIBLE = -100.0
"""Where every class is less likely than this (a logarithm), and none of these has no prior, it is none of these."""


class Posterior(Record, frozen=True):
    """Probabilities after everything that was compared; ``classes`` and ``none`` sum to 1."""

    classes: dict[str, float]
    none: float
    vessels: dict[str, float]
    """Vessel id → P; part of her class's."""


def posterior(
    prior: Mapping[str, float],
    log_ratios: Mapping[str, float],
    shares: Mapping[str, Mapping[str, float]],
    own: Mapping[str, float],
) -> Posterior:
    """``prior``: class id → weight with ``unknown``; ``log_ratios``: class id → log P(all | class) / P(all | none).

    ``shares``: class id → vessel id → P(vessel | class); ``own``: vessel id → log P(all | vessel) / P(all | class).
    """
    weights: dict[str, float] = {}
    for class_id, vessels in shares.items():
        base = _log(prior.get(class_id, 0.0)) + log_ratios.get(class_id, 0.0)
        weights |= {v: base + _log(share) + own[v] for v, share in vessels.items()}
    others = {
        c: _log(p * (1.0 - sum(shares.get(c, {}).values()))) + log_ratios[c]
        for c, p in prior.items()
        if c != UNKNOWN and c in log_ratios
    }
    none = _log(prior.get(UNKNOWN, 0.0))
    top = max([none, *weights.values(), *others.values()])
    if top <= IMPOSSIBLE:
        return Posterior(classes=dict.fromkeys(others, 0.0), none=1.0, vessels=dict.fromkeys(weights, 0.0))
    vessels_p = {v: math.exp(w - top) for v, w in weights.items()}
    classes_p = {c: math.exp(w - top) + sum(vessels_p[v] for v in shares.get(c, {})) for c, w in others.items()}
    none_p = math.exp(none - top)
    total = none_p + sum(classes_p.values())
    return Posterior(
        classes={c: p / total for c, p in classes_p.items()},
        none=none_p / total,
        vessels={v: p / total for v, p in vessels_p.items()},
    )


def _log(p: float) -> float:
    return math.log(p) if p > 0.0 else -math.inf
