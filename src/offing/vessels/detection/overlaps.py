"""Of boxes that stand for one ship only the best: by the Gaussians that oriented boxes stand for.

Upright boxes of ships that lie side by side on a slant overlap although the ships do not. The Gaussian overlap
(ProbIoU, Llerena et al. 2021) knows the axis, and hardly changes with it where a ship is as wide as long.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.vessels.detection.kernels import F64
from offing.vessels.detection.network import Boxes

SAME = 0.35
"""Gaussian overlap from which two boxes are one ship."""
CORE = 0.8
"""A box whose centre lies in this part of another, along and across, is a part of that ship or the whole of it."""


def best_boxes(boxes: Boxes, same: float = SAME, core: float = CORE) -> NDArray[np.intp]:
    """Indices to keep, the best first; ties go to the larger box, then to the earlier."""
    if not len(boxes):
        return np.zeros(0, np.intp)
    frame, spread = boxes.upright(), covariances(boxes)
    order = np.lexsort((np.arange(len(boxes)), -boxes.size.prod(axis=1), -boxes.log_odds))
    alive = np.ones(len(boxes), np.bool_)
    kept = []
    for i in order:
        if not alive[i]:
            continue
        kept.append(i)
        near = np.flatnonzero(alive & _touches(frame, i))
        one = _gaussian_overlap(boxes.centre, spread, i, near) > same
        within = _centred_in(boxes, near, i, core) | _centred_in(boxes, i, near, core)
        alive[near[one | within]] = False
        alive[i] = False
    return np.array(kept, np.intp)


def covariances(boxes: Boxes) -> F64:
    """(n, 3) xx, yy, xy of the Gaussians with the moments of uniform rectangles."""
    long, short = boxes.size[:, 0] ** 2 / 12, boxes.size[:, 1] ** 2 / 12
    mean, half = (long + short) / 2, (long - short) / 2
    cos, sin = np.cos(2 * boxes.angle), np.sin(2 * boxes.angle)
    return np.stack([mean + half * cos, mean - half * cos, half * sin], axis=1)


def _touches(frame: F64, i: np.intp) -> NDArray[np.bool_]:
    return np.asarray(
        (frame[:, 0] < frame[i, 2])
        & (frame[:, 2] > frame[i, 0])
        & (frame[:, 1] < frame[i, 3])
        & (frame[:, 3] > frame[i, 1])
    )


def _gaussian_overlap(centre: F64, spread: F64, i: np.intp, others: NDArray[np.intp]) -> F64:
    """1 − Hellinger distance of box ``i`` to ``others``."""
    xx, yy, xy = (spread[others] + spread[i]).T
    dx, dy = (centre[others] - centre[i]).T
    det = np.maximum(xx * yy - xy**2, 1e-12)
    near = 0.25 * (yy * dx**2 + xx * dy**2 - 2 * xy * dx * dy) / det
    own = np.maximum(spread[:, 0] * spread[:, 1] - spread[:, 2] ** 2, 1e-12)
    shape = 0.5 * np.log(np.maximum(det / (4 * np.sqrt(own[others] * own[i])), 1.0))
    return np.asarray(1 - np.sqrt(1 - np.exp(-(near + shape))))


def _centred_in(
    boxes: Boxes, inner: np.intp | NDArray[np.intp], outer: np.intp | NDArray[np.intp], core: float
) -> NDArray[np.bool_]:
    """Whether the centre of ``inner`` lies in the inner part of ``outer``; one of both may be many."""
    dc, dr = (boxes.centre[inner] - boxes.centre[outer]).T
    cos, sin = np.cos(boxes.angle[outer]), np.sin(boxes.angle[outer])
    length, beam = boxes.size[outer].T * core / 2
    return np.asarray((np.abs(dc * cos + dr * sin) < length) & (np.abs(dr * cos - dc * sin) < beam))
