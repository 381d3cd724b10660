"""Logistic regression with an uncertainty that knows which outcomes were drawn together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.errors import OffingError
from offing.records import Record

F64 = NDArray[np.float64]
PRIOR_SD = 5.0
"""Of every coefficient: keeps them finite where all outcomes of a corner are alike."""


class Fit(Record, frozen=True, eq=False):
    """Coefficients in log odds."""

    coefficients: F64
    """(k,)."""
    covariance: F64
    """(k, k)."""


def fit_logistic(x: F64, y: F64, group: NDArray[np.int64], offset: F64 | None = None) -> Fit:
    """The posterior mode of y (n,) 0 or 1 on x (n, k), added to ``offset`` (n,) log odds, by Newton's steps.

    The covariance is the sandwich of Liang & Zeger (1986) over the outcomes of one ``group`` (n,), but no coefficient's
    variance is less than the model's own. Raises OffingError where the steps do not settle.
    """
    fixed = np.zeros(len(y)) if offset is None else offset
    b = np.zeros(x.shape[1])
    prior = np.eye(len(b)) / PRIOR_SD**2
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-np.clip(fixed + x @ b, -500.0, 500.0)))
        curvature = (x * (p * (1.0 - p))[:, None]).T @ x + prior
        step = np.linalg.solve(curvature, x.T @ (y - p) - prior @ b)
        b = b + step
        if np.abs(step).max() < 1e-9:
            break
    else:
        raise OffingError("the regression does not settle", fix="measure more ships")
    bread = np.linalg.inv(curvature)
    scores = np.zeros((int(group.max()) + 1, len(b)))
    np.add.at(scores, group, x * (y - p)[:, None])
    sandwich = bread @ (scores.T @ scores + prior) @ bread
    # Where hardly any outcome went the other way, the scores say next to nothing: the model's own then speaks.
    stretch = np.sqrt(np.maximum(1.0, np.diag(bread) / np.diag(sandwich)))
    return Fit(coefficients=b, covariance=sandwich * np.outer(stretch, stretch))
