"""From the places of a ship in the bands to its velocity, with what fit, registration and misfit leave open.

Places are a straight line in time plus errors: those of the tracking, those of the registration of the bands on each
other, and a systematic part of each band that no outline explains (colours across the hull, shadows, glint). The size
of the errors is itself learnt from how far the places are off the line, against what is usual: so the velocity has a t
distribution, and a hull whose places do not fit a line gets a wide interval.
"""

from __future__ import annotations

import numpy as np

from offing.vessels.velocity.model import F64, Motion, Still, Track

SYSTEMATIC_PX = 0.05
"""Standard deviation of a band's own error in place, each way."""
BELIEF = 6.0
"""Degrees of freedom that the usual size of errors counts for."""


def motion_of(track: Track, still: Still, seconds: F64) -> Motion:
    """The velocity by generalised least squares; ``seconds`` are the bands' delays."""
    bands = len(seconds)
    cos, sin = np.cos(track.outline.angle), np.sin(track.outline.angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    places = track.positions - still.shift @ turn.T
    spread = track.covariance + SYSTEMATIC_PX**2 * np.eye(2 * bands)
    for b in range(bands):
        part = slice(2 * b, 2 * b + 2)
        spread[part, part] += turn @ np.diag(still.sd[b] ** 2) @ turn.T
    line = np.zeros((2 * bands, 4))
    line[0::2, 0] = line[1::2, 1] = 1.0
    line[0::2, 2] = line[1::2, 3] = seconds
    weight = np.linalg.inv(spread)
    covariance = np.linalg.inv(line.T @ weight @ line)
    found = covariance @ line.T @ weight @ places.ravel()
    off = places.ravel() - line @ found
    freedom = BELIEF + 2 * bands - 4
    scale = (BELIEF + float(off @ weight @ off)) / freedom
    widened = np.asarray(scale * covariance[2:, 2:], np.float64)
    return Motion(
        ahead=float(found[2]),
        starboard=float(found[3]),
        covariance=widened,
        freedom=freedom,
    )


def excludes_rest(motion: Motion, level: float) -> bool:
    """Whether the region that holds the velocity with probability ``level`` leaves out rest (Hotelling's T²)."""
    v = np.array([motion.ahead, motion.starboard])
    half = motion.freedom / 2
    limit = half * ((1 - level) ** (-1 / half) - 1)  # quantile of F with 2 and ``freedom`` degrees
    return bool(v @ np.linalg.solve(motion.covariance, v) / 2 > limit)
