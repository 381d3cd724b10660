"""Candidates of a block with what the score model needs to know of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.boxes import upright
from offing.vessels.detection.regions import Region
from offing.vessels.detection.shapes import Form
from offing.vessels.model import OrientedBox


class Candidate(Record, frozen=True):
    """One region that may be a ship, in the pixels of its block."""

    region: Region
    shape: Form
    box: OrientedBox
    features: tuple[float, ...]
    """In the order of the detector's feature names."""
    flags: tuple[str, ...]


def feature_table(candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    """(n, features)."""
    return np.array([c.features for c in candidates], np.float64)


def upright_boxes(candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    """(n, 4) col0, row0, col1, row1 around the oriented boxes."""
    return np.array([upright(c.box) for c in candidates], np.float64).reshape(-1, 4)
