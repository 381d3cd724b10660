"""What is always there: a detection that the other looks show at the same place, as bright and of the same pattern."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.stack.background import Background
from offing.vessels.model import OrientedBox

LEAST_LOOKS = 4
"""With fewer other looks nothing is called always there."""
LEAST_SPAN = timedelta(days=45)
"""What was there for less may be a ship that stays: five pictures of one week show the same ship at anchor."""
LEAST_SHARE = 0.85
AS_BRIGHT = (0.8, 1.2)
"""Largest difference of log power from the looks' median that passes as the same brightness, 3.5 dB; up to 5 dB where
the looks themselves differ, as what is made of a few scatterers does."""
ALIKE = 0.6
"""Least correlation of the two patterns."""


class Persistence(Record, frozen=True):
    """How often something was there that looks like a detection."""

    there: int
    """Other looks that show it."""
    looks: int
    """Other looks with data at the place."""
    since: datetime | None
    """Time of the earliest of the looks that show it."""
    steady: bool
    """Whether the searched look is as bright as the others."""
    span: timedelta
    """Between the first and the last look that show it, the searched one included."""

    @property
    def fixed(self) -> bool:
        """Whether it is always there, as far as these looks can tell."""
        often = self.looks >= LEAST_LOOKS and self.there >= LEAST_SHARE * self.looks
        return often and self.steady and self.span >= LEAST_SPAN

    def reason(self) -> str:
        """In words, for the list of what was dismissed."""
        first = f" since {self.since:%Y-%m-%d}" if self.since else ""
        return (
            f"always there: in {self.there} of {self.looks} other looks{first} at the same place and as bright; "
            "built, anchored for good, or a ship that never left"
        )


def persistence(
    box: OrientedBox,
    place: Background,
    times: list[datetime | None],
    now: datetime | None,
) -> Persistence | None:
    """How often the looks of ``place`` show what ``box`` (its pixels) marks; None where the box has no data.

    ``times`` are those of the looks, in their order.
    """
    inside, patch = _masks(box, place.now.shape)
    if not inside.any() or not np.isfinite(place.now[patch]).all():
        return None
    known = [n for n, look in enumerate(place.looks) if np.isfinite(look[patch]).all()]
    bright = np.array([place.looks[n][patch][inside].mean() for n in known], np.float64)
    typical = float(np.median(bright)) if known else 0.0
    steady = abs(float(place.now[patch][inside].mean()) - typical) <= _tolerance(bright)
    there = [
        times[n]
        for n, level in zip(known, bright, strict=True)
        if abs(level - typical) <= AS_BRIGHT[1] and _alike(place.now[patch], place.looks[n][patch])
    ]
    dated = [t for t in there if t is not None]
    everyone = [*dated, *([now] if now is not None else [])]
    return Persistence(
        there=len(there),
        looks=len(known),
        steady=steady,
        since=min(dated, default=None),
        span=max(everyone) - min(everyone) if everyone else timedelta(0),
    )


def _tolerance(bright: NDArray[np.float64]) -> float:
    """By how much brightness may differ from the median, from the spread of the looks about it."""
    if not bright.size:
        return 0.0
    spread = 1.4826 * float(np.median(np.abs(bright - np.median(bright))))
    return float(np.clip(2.0 * spread, *AS_BRIGHT))


def _alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two patches show the same pattern."""
    spread = float(one.std() * other.std())
    return spread > 1e-6 and float(((one - one.mean()) * (other - other.mean())).mean()) / spread >= ALIKE


_Part = tuple[slice, slice]


def _masks(box: OrientedBox, shape: tuple[int, ...]) -> tuple[NDArray[np.bool_], _Part]:
    """(mask of the box within the patch, the patch around it with as much again on every side)."""
    import cv2

    corners = np.array(box.corners(), np.float64)
    margin = max(3.0, float(np.hypot(*box.beam_px)))
    col0, row0 = np.maximum(np.floor(corners.min(axis=0) - margin), 0).astype(int)
    col1, row1 = np.minimum(np.ceil(corners.max(axis=0) + margin), (shape[1], shape[0])).astype(int)
    if col1 - col0 < 3 or row1 - row0 < 3:
        return np.zeros((0, 0), np.bool_), (slice(0, 0), slice(0, 0))
    mask = np.zeros((row1 - row0, col1 - col0), np.uint8)
    cv2.fillPoly(mask, [np.round((corners - (col0, row0) - 0.5) * 16).astype(np.int32)], (1.0,), shift=4)
    return mask > 0, (slice(row0, row1), slice(col0, col1))
