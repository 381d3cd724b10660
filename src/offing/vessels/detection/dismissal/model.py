"""What the rules that name false alarms are given, and what they answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from offing.imagery.coarse import Coarse
from offing.imagery.model import Box
from offing.imagery.radar_geometry import RadarGeometry
from offing.imagery.water import Water
from offing.records import Record
from offing.vessels.model import Detection

F64 = NDArray[np.float64]
Kind = Literal["ambiguity", "interference", "nodata-edge", "land", "structure", "fixed", "cloud"]
"""What a dismissed detection is taken for; stands among its flags. ``fixed``: it is there in every scene."""
KINDS: tuple[Kind, ...] = get_args(Kind)


class Spots(Record, frozen=True, eq=False):
    """The brightest pixels of things, one each."""

    col: F64
    """(n,) pixels, (0, 0) the outer corner of the first pixel."""
    row: F64
    """(n,) pixels."""
    peak_db: F64
    """(n,) dB of its power over the picture's typical sea."""

    def __len__(self) -> int:
        return len(self.col)

    def only(self, which: NDArray[np.intp]) -> Spots:
        """Those that ``which`` counts, in its order."""
        return Spots(col=self.col[which], row=self.row[which], peak_db=self.peak_db[which])


class RadarScene(Record, frozen=True, eq=False):
    """One radar picture after it was searched, as far as the rules must know it."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""
    gsd_m: tuple[float, float] | None
    """Ground metres a pixel along columns and rows; None: unknown, and then only the edges are judged."""
    peaks: Spots
    """Of the detections that are to be judged, in their order."""
    bright: Spots
    """Everything bright that may have ghosts, on land too: the components of the scan. Detections may be among them."""
    coarse: Coarse
    """Mean linear power of every polarisation; NaN where no pixel of a cell is valid."""
    bands: tuple[str, ...]
    """Names of the coarse values' bands."""
    water: Water | None
    """Where water is; None: not known, and then land is not judged."""
    valid: Callable[[Box], NDArray[np.bool_]]
    """(rows, cols) of a window, True: has data. ``Picture.valid``; asked only near cells without data."""
    radars: tuple[RadarGeometry, ...]
    """``Picture.radars``: how the radar looked. None of them: neither ambiguities nor interference are judged; two: the
    pass is not known.
    """


class Call(Record, frozen=True):
    """What a rule says of one detection."""

    flag: str
    """A ``Kind`` where it is dismissed, else a word of caution."""
    reason: str | None = None
    """Why it is kept out of the ship list; None: it stays, with the flag."""


Calls = dict[int, Call]
"""Index of the detection → what is said of it; nothing for most."""


def counted(dismissed: Iterable[Detection]) -> str:
    """``3 dismissed: 2 ambiguity, 1 land``; empty for none. One of several kinds counts as the first of ``KINDS``."""
    kinds = Counter(next((kind for kind in KINDS if kind in d.flags), "other") for d in dismissed)
    if not kinds:
        return ""
    parts = [f"{kinds[kind]} {kind}" for kind in (*KINDS, "other") if kinds[kind]]
    return f"{kinds.total()} dismissed: {', '.join(parts)}"
