"""Fits additive logistic models: piecewise-linear curves by penalised likelihood, and their calibration."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from offing.vessels.detection.additive import Curve

KNOTS, RIDGE, SMOOTH = 8, 0.6, 4.0


def knots_of(x: np.ndarray) -> np.ndarray:
    known = x[np.isfinite(x)]
    if not known.size:
        return np.array([0.0, 1.0])
    knots = np.unique(np.round(np.quantile(known, np.linspace(0.01, 0.99, KNOTS)), 5))
    return knots if len(knots) > 1 else np.array([knots[0], knots[0] + 1.0])


def basis(features: np.ndarray, knots: list[np.ndarray]) -> np.ndarray:
    """Hat functions; a feature that is not known (NaN) adds nothing."""
    columns = []
    for x, k in zip(features.T, knots, strict=True):
        known = np.isfinite(x)
        at = np.where(known, x, 0)
        columns += [np.where(known, np.interp(at, k, hat), 0.0) for hat in np.eye(len(k))]
    return np.stack(columns, 1)


def fit(features: np.ndarray, target: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Penalised maximum likelihood: ridge on the values, and on second differences for smooth curves."""
    knots = [knots_of(x) for x in features.T]
    b = basis(features, knots)
    n = b.shape[1]
    penalty = RIDGE * np.eye(n)
    at = 0
    for k in knots:
        for j in range(at, at + len(k) - 2):
            row = np.zeros(n)
            row[j : j + 3] = 1, -2, 1
            penalty += SMOOTH * np.outer(row, row)
        at += len(k)

    def loss(t: np.ndarray) -> tuple[float, np.ndarray]:
        z = t[0] + b @ t[1:]
        residual = 1 / (1 + np.exp(-z)) - target
        value = float(np.sum(np.logaddexp(0, z) - target * z) + 0.5 * t[1:] @ penalty @ t[1:])
        return value, np.concatenate([[residual.sum()], b.T @ residual + penalty @ t[1:]])

    start = np.zeros(n + 1)
    start[0] = np.log(max(target.mean(), 1e-6))
    return knots, minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x


def as_curves(knots, theta, names) -> tuple[float, tuple[Curve, ...]]:
    curves, at = [], 1
    for name, k in zip(names, knots, strict=True):
        values = theta[at : at + len(k)]
        curves.append(Curve(feature=name, knots=tuple(k.tolist()), values=tuple(np.round(values, 4).tolist())))
        at += len(k)
    return float(round(theta[0], 4)), tuple(curves)


def log_odds(fitted, features) -> np.ndarray:
    knots, theta = fitted
    return theta[0] + basis(features, knots) @ theta[1:]


def platt(z: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Slope and shift from log odds to the log odds of being right (Platt 1999)."""

    def loss(t: np.ndarray) -> float:
        w = t[0] * z + t[1]
        return float(np.sum(np.logaddexp(0, w) - right * w))

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="BFGS").x
    return float(slope), float(shift)
