"""What is always there: a detection that the other looks show at the same place, as bright and of the same pattern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.stack.background import Background
from offing.vessels.model import OrientedBox

ALWAYS_THERE = "always-there"
"""Flag of what is always there and lies in a berth that a person drew: a ship laid up is still a ship."""
LEAST_LOOKS = 4
"""With fewer other looks nothing is called always there."""
LEAST_SPAN = timedelta(days=45)
"""What was there for less may be a ship that stays: five pictures of one week show the same ship at anchor."""


class Likeness(Record, frozen=True):
    """What passes as the same thing in two pictures."""

    as_bright: tuple[float, float]
    """Largest difference from the looks' median in logarithms of brightness over the water's: where the looks agree,
    and where they differ themselves."""
    alike: float
    """Least correlation of the two patterns."""
    share: float
    """Least share of the looks that must show it."""


RADAR = Likeness(as_bright=(0.8, 1.2), alike=0.6, share=0.85)
"""3.5 dB, and 5 dB, as what is made of a few scatterers differs by."""


class Shown(Record, frozen=True, eq=False):
    """What one look shows where a detection lies."""

    bright: float
    """Mean over the box: the logarithm of brightness over the water's."""
    patch: NDArray[np.float32]
    """The box, with as much again around it where need be; the same pixels in every look."""


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
    often: bool
    """Whether that is a large enough share of them."""
    span: timedelta
    """Between the first and the last look that show it, the searched one included."""

    @property
    def fixed(self) -> bool:
        """Whether it is always there, as far as these looks can tell."""
        return self.looks >= LEAST_LOOKS and self.often and self.steady and self.span >= LEAST_SPAN

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
    inside, patch = masks(box, place.now.shape)
    if not inside.any() or not np.isfinite(place.now[patch]).all():
        return None

    def shown(look: NDArray[np.float32]) -> Shown | None:
        part = look[patch]
        return Shown(bright=float(part[inside].mean()), patch=part) if np.isfinite(part).all() else None

    return likened(
        Shown(bright=float(place.now[patch][inside].mean()), patch=place.now[patch]),
        [shown(look) for look in place.looks],
        times,
        now,
        RADAR,
    )


def likened(
    searched: Shown,
    looks: Sequence[Shown | None],
    times: Sequence[datetime | None],
    now: datetime | None,
    likeness: Likeness,
) -> Persistence:
    """How often ``looks`` show what the ``searched`` one shows; None: a look that cannot tell.

    ``times`` are those of the looks, ``now`` is the searched one's.
    """
    known = [(look, time) for look, time in zip(looks, times, strict=True) if look is not None]
    bright = np.array([look.bright for look, _ in known], np.float64)
    typical = float(np.median(bright)) if known else 0.0
    steady = abs(searched.bright - typical) <= _tolerance(bright, likeness)
    there = [
        time
        for look, time in known
        if abs(look.bright - typical) <= likeness.as_bright[1]
        and correlation(searched.patch, look.patch) >= likeness.alike
    ]
    dated = [t for t in there if t is not None]
    everyone = [*dated, *([now] if now is not None else [])]
    return Persistence(
        there=len(there),
        looks=len(known),
        steady=steady,
        often=len(there) >= likeness.share * len(known),
        since=min(dated, default=None),
        span=max(everyone) - min(everyone) if everyone else timedelta(0),
    )


def _tolerance(bright: NDArray[np.float64], likeness: Likeness) -> float:
    """By how much brightness may differ from the median, from the spread of the looks about it."""
    if not bright.size:
        return 0.0
    spread = 1.4826 * float(np.median(np.abs(bright - np.median(bright))))
    return float(np.clip(2.0 * spread, *likeness.as_bright))


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """How alike two patterns of one shape are, −1 to 1; 0 where one is flat."""
    spread = float(one.std() * other.std())
    return float(((one - one.mean()) * (other - other.mean())).mean()) / spread if spread > 1e-6 else 0.0


_Part = tuple[slice, slice]


def masks(box: OrientedBox, shape: tuple[int, ...]) -> tuple[NDArray[np.bool_], _Part]:
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
