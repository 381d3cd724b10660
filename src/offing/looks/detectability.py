"""What a kind of picture has been measured to show: P(seen and named | there) and P(named | not there).

Only simulated pictures have a measured curve (``offing bench detectability``); of a real picture nothing is
declared, so its looks give no likelihood word.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from offing.imagery.model import SensorKind
from offing.looks.scene_look import Detectability
from offing.quantities import Probability
from offing.records import Record

Berthing = Literal["moored", "anchored"]
"""Alongside, where a ship is hard to part from the quay; at anchor, in open water."""

NEAR = 1.3
"""A cell speaks for pixels up to this many times larger or smaller than its own."""


class Cell(Record, frozen=True):
    """One sensor at one pixel size."""

    sensor: SensorKind
    gsd_m: float
    """Side of a pixel, metres."""
    moored: Probability
    """P(a landing ship alongside is detected and named so), with its 90 % interval."""
    n_moored: int
    """Ships alongside that were looked for."""
    anchored: Probability
    """P(a landing ship at anchor off the quay is detected and named so), with its 90 % interval."""
    n_anchored: int
    """Ships at anchor that were looked for."""
    p_false: Probability
    """P(a picture with other traffic only has at least one ship named a landing ship), with its 90 % interval."""
    n_false: int
    """Pictures without a landing ship."""


class Curve(Record, frozen=True):
    """The kept result of ``offing bench detectability``."""

    simulated: bool
    """True: holds for simulated pictures alone."""
    origin: str
    """What was measured, on which seeds, by which version."""
    protocol: str
    cells: tuple[Cell, ...]


def curve(
    sensor: SensorKind, gsd_m: float, *, simulated: bool, berthing: Berthing | None = None
) -> Detectability | None:
    """The measured chances of such a picture, or None where nothing has measured them.

    ``gsd_m`` is the side of a pixel in metres. The cell of the nearest pixel size speaks, if it is within a factor
    of ``NEAR``. Where it is not known how ships lie (``berthing`` None), both ways count the same.
    """
    measured = _curve()
    if not simulated or not measured.simulated:
        return None
    cells = [c for c in measured.cells if c.sensor == sensor and max(c.gsd_m / gsd_m, gsd_m / c.gsd_m) <= NEAR]
    if not cells:
        return None
    cell = min(cells, key=lambda c: max(c.gsd_m / gsd_m, gsd_m / c.gsd_m))
    chances = {"moored": cell.moored.value, "anchored": cell.anchored.value}
    ships = {"moored": cell.n_moored, "anchored": cell.n_anchored}
    among = (berthing,) if berthing else ("moored", "anchored")
    return Detectability(
        p_detect=sum(chances[b] for b in among) / len(among),
        p_false=cell.p_false.value,
        basis=f"{measured.origin}; {cell.gsd_m:g} m pixels, "
        f"{' and '.join(f'{ships[b]} ships {b}' for b in among)}, {cell.n_false} pictures without",
    )


@cache
def _curve() -> Curve:
    return msgspec.json.decode((files("offing") / "weights" / "detectability.json").read_bytes(), type=Curve)
