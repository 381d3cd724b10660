"""Which fold holds out which port or place: one answer for training and for validation.

A port or a place is held out whole, whatever its pictures or dates.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from functools import cache
from pathlib import Path

FOLDS = 3

PORTS = {
    "algiers": 0, "honolulu": 0, "santos": 0,
    "genoa": 1, "hedland": 1, "klang": 1,
    "athens": 2, "cartagena": 2, "casablanca": 2,
}  # fmt: skip
"""Of all ways to put three ports in each fold the one with the most even numbers of ships (90, 64, 82), of ships at the
quay (62, 42, 57), and of masks shorter than 100 m (17, 17, 18) and from 200 m on (26, 25, 24)."""


def fold_of_port(name: str) -> int:
    """The fold that holds out a port of s2-ports. Raises KeyError for a port of another set."""
    return PORTS[name]


def fold_of_place(place: str, ships_csv: Path | None = None) -> int:
    """The fold that holds out a place of optical-naval.

    Its ``ships.csv`` is looked for in the folder that OFFING_DATA names unless it is given; KeyError without either, or
    for a place that is not in it.
    """
    return place_folds(ships_csv or Path(os.environ["OFFING_DATA"]) / "optical-naval" / "ships.csv")[place]


@cache
def place_folds(ships_csv: Path) -> dict[str, int]:
    """Place → fold: the largest place first, each to the fold with the fewest ships by then, of equals the first."""
    with ships_csv.open(encoding="utf-8", newline="") as table:
        ships = Counter(row["place"] for row in csv.DictReader(table))
    held, folds = [0] * FOLDS, {}
    for place, count in sorted(ships.items(), key=lambda item: (-item[1], item[0])):
        folds[place] = min(range(FOLDS), key=lambda fold: (held[fold], fold))
        held[folds[place]] += count
    return folds
