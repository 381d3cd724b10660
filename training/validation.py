"""What the validations of all networks share: calibration, each fold left out in turn, and the model card."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
from scipy.optimize import isotonic_regression

from offing.vessels.detection.additive import Card, Curve
from offing.vessels.detection.network import NetworkCard

LEAST_SHARE = 0.002
"""No share is taken for smaller than this, or for greater than the rest of it, however many there are."""
LEAST_BOXES = 10
"""Between two knots."""
ABSENT = -4.0
"""Log odds of a labelled ship that a network does not see: what no box has."""


def calibrated(odds: np.ndarray, right: np.ndarray, *, knots: int = 12, balanced: bool = False) -> Curve:
    """A monotone curve from log odds to log odds of being right.

    Knots lie between quantiles of ``odds``; ``balanced`` gives what is right and what is not the same weight in them,
    which a few right ones among many need. Shares of n boxes stay half a box away from none and all.
    """
    order = np.argsort(odds, kind="stable")
    odds, right = odds[order], right[order].astype(bool)
    level = isotonic_regression(right.astype(float)).x
    edges = _roomy(odds, _quantiles(odds, right, np.linspace(0, 1, knots + 1), balanced=balanced))
    inside = [(odds >= a) & (odds <= b) for a, b in pairwise(edges)]
    values = np.maximum.accumulate([_log_odds(level[i].mean(), i.sum()) for i in inside])
    middle = (edges[1:] + edges[:-1]) / 2
    return Curve(feature="log odds", knots=tuple(middle.round(3).tolist()), values=tuple(values.round(3).tolist()))


def calibrated_bow(odds: np.ndarray, right: np.ndarray) -> Curve:
    """A monotone curve from the log odds of the likelier end, 0 or more, to those that held; 0 tells nothing."""
    curve = calibrated(odds, right, knots=8, balanced=True)
    known = [(k, max(0.0, v)) for k, v in zip(curve.knots, curve.values, strict=True) if k > 0]
    return Curve(feature="bow log odds", knots=(0.0, *(k for k, _ in known)), values=(0.0, *(v for _, v in known)))


def _quantiles(odds: np.ndarray, right: np.ndarray, at: np.ndarray, *, balanced: bool) -> np.ndarray:
    if not balanced or right.all() or not right.any():
        return np.quantile(odds, at)
    weight = np.where(right, 0.5 / right.sum(), 0.5 / (~right).sum())
    below = np.cumsum(weight)
    return odds[np.minimum(np.searchsorted(below, at - 1e-12), len(odds) - 1)]


def _roomy(odds: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The first and last of rising ``edges``, and those between that leave enough boxes on either side."""
    kept = [edges[0]]
    for edge in edges[1:-1]:
        below, above = ((odds > kept[-1]) & (odds <= edge)).sum(), ((odds > edge) & (odds <= edges[-1])).sum()
        if min(below, above) >= LEAST_BOXES:
            kept.append(edge)
    return np.array([*kept, edges[-1]])


def _log_odds(share: float, count: int) -> float:
    least = max(LEAST_SHARE, 0.5 / (count + 1))
    held = np.clip(share, least, 1 - least)
    return float(np.log(held / (1 - held)))


def probability(curve: Curve, odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.interp(odds, curve.knots, curve.values)))


def others(fold: int, folds: Sequence[int]) -> list[int]:
    """Indices of what other folds hold; all where there is but one fold."""
    rest = [i for i, f in enumerate(folds) if f != fold]
    return rest or list(range(len(folds)))


def refit_sd(tables: Sequence[np.ndarray], curve: Curve) -> float:
    """How far calibrated log odds of one ship differ between networks: ``tables`` holds for each network the log odds
    of the same labelled ships. Mean over ships of the standard deviation.
    """
    held = [np.interp(table, curve.knots, curve.values) for table in tables]
    return float(np.std(held, axis=0, ddof=1).mean())


def written(
    card: Path, final: Path, about: Card, calibration: Curve, bow: Curve | None = None, *, turned: bool = False
) -> NetworkCard:
    """The model card, written to ``card``, and the weights of ``final`` beside it; figures that are no numbers, for
    want of anything to measure, are left out.
    """
    weights = final.read_bytes()
    known = {name: round(float(value), 4) for name, value in about.figures.items() if np.isfinite(value)}
    about = msgspec.structs.replace(about, figures=known)
    made = NetworkCard(
        card=about,
        weights=final.name,
        sha256=hashlib.sha256(weights).hexdigest(),
        calibration=calibration,
        turned=turned,
        bow=bow,
    )
    card.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")
    (card.parent / final.name).write_bytes(weights)
    print(msgspec.json.format(msgspec.json.encode(about.figures), indent=1).decode())
    return made
