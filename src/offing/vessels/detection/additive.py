"""A small additive logistic model: a sum of piecewise-linear curves, one a feature, through the logistic function.

Generalised additive models (Hastie and Tibshirani 1986) are small enough to read: every feature's curve can be drawn.
The coefficients are data with their origin, a JSON model card in ``offing/weights``.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.records import Record

F64 = NDArray[np.float64]


class Curve(Record, frozen=True):
    """What one feature adds to the log odds: linear between its knots, constant outside."""

    feature: str
    knots: tuple[float, ...]
    """Rising values of the feature."""
    values: tuple[float, ...]
    """Log odds added at each knot."""


class Card(Record, frozen=True):
    """Where a model comes from and how far it can be trusted."""

    id: str
    data: str
    """What it was fitted on, by whose labels."""
    licence: str
    split: str
    """How it was held out."""
    target: str
    """What the probability is of."""
    figures: dict[str, float]
    """Measured on held-out data: see the keys."""
    calibration: str
    """How well the probabilities hold, in words with figures."""
    limits: str
    """Where it should not be believed."""


class ScoreModel(Record, frozen=True):
    """An additive logistic model with its card, and the calibration of what it selects."""

    card: Card
    bias: float
    curves: tuple[Curve, ...]
    calibration: Curve
    """From the log odds of a candidate to those of a detection that was kept as best of its overlaps."""

    def log_odds(self, features: F64) -> F64:
        """(n,) log odds of (n, number of curves) ``features``, columns in the order of ``curves``."""
        total = np.full(len(features), self.bias)
        for column, curve in zip(features.T, self.curves, strict=True):
            known = np.isfinite(column)
            total += np.where(known, np.interp(np.where(known, column, 0.0), curve.knots, curve.values), 0.0)
        return total

    def probability(self, log_odds: F64) -> F64:
        """P(a vessel), 0–1, of detections that were kept, from candidates' ``log_odds``."""
        curve = self.calibration
        return np.asarray(1 / (1 + np.exp(-np.interp(log_odds, curve.knots, curve.values))), np.float64)

    def bow_probability(self, log_odds: float) -> float:  # noqa: ARG002
        """Of the bow at either end: nothing tells, whatever the ``log_odds``."""
        return 0.5


@cache
def score_model(name: str) -> ScoreModel:
    """The model ``name`` from ``offing/weights``."""
    from importlib.resources import files

    return msgspec.json.decode((files("offing") / "weights" / f"{name}.json").read_bytes(), type=ScoreModel)


@cache
def fingerprint(name: str) -> str:
    """SHA-256 of the model card ``name``, which names the hash of its weights where they lie apart: what a result that
    is kept depends on.
    """
    from importlib.resources import files

    return sha256((files("offing") / "weights" / f"{name}.json").read_bytes()).hexdigest()
