"""Looks at one site as cells of a rate: the calls first seen in each, and how many it would have shown.

Calls begin at a constant rate and stay as the baseline says. The number of calls that are counted at look j is, for
each call a day, the mean stay times P(j shows the ship, and no look before it has shown her in the same call); a sum
over the looks before, in closed form by the residual life of a stay. Months of cloud have little exposure, a ship that
stays over many looks is counted once, and one that a look misses in between as often as port calls count her. Ships
that follow each other within what is counted as one call are beyond it: it holds while few of the kind are there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from offing.looks.distinct import distinct
from offing.looks.model import Look
from offing.movements.portcalls import ENDS_A_CALL, LONGEST_GAP, port_calls
from offing.movements.rates.model import Cell
from offing.movements.sought import Reading, Sought, read_look
from offing.movements.stay import StayMixture
from offing.quantities import Interval
from offing.records import Record
from offing.vessels.classes import ClassLibrary

ASSUMED = Interval(low=0.5, high=1.0, level=1.0)
"""What an undeclared p_detect may be, unless other bounds are asked for; the middle is used."""
_NEGLIGIBLE = 1e-6


class _Sight(Record, frozen=True):
    """What a look says, with three values of P(it shows a ship that is there): least, middle, most."""

    reading: Reading
    shows: tuple[float, float, float]

    @property
    def ends(self) -> bool:
        """Whether a look that does not show the ship ends her call."""
        return self.reading.usable >= ENDS_A_CALL and not self.reading.open_ended


def look_cells(
    looks: Sequence[Look], sought: Sought, library: ClassLibrary, stay: StayMixture, assumed: Interval = ASSUMED
) -> tuple[Cell, ...]:
    """A cell for each acquisition of one site, by time. Raises ObservationError for two looks of one id."""
    kept = distinct(looks).kept
    calls = Counter(
        call.looks[0]
        for call in port_calls(kept, sought.classes, library)
        if not sought.vessels or call.vessel in sought.vessels
    )
    sights: list[_Sight] = []
    cells: list[Cell] = []
    at: int | None = None
    for look in kept:
        reading = read_look(look, sought, library)
        exposure = (0.0, 0.0, 0.0)
        if reading.kind != "blind":
            sight = _Sight(reading=reading, shows=_shows(reading, assumed))
            low, middle, high = (stay.mean / 24.0 * _counted(sights, sight, stay, way) for way in range(3))
            exposure = (min(low, middle, high), middle, max(low, middle, high))
            sights.append(sight)
        count = calls[look.id]
        if count and reading.kind != "blind" and exposure[0] < _NEGLIGIBLE and at is not None:
            # A second picture within minutes shows no time that the first did not: what it adds belongs to that.
            cells[at], count = _and(cells[at], count), 0
        cells.append(
            Cell(
                time=look.time,
                least_d=exposure[0],
                exposure_d=exposure[1],
                most_d=exposure[2],
                count=count,
                arrivals=min(count, 1),
                false=0.0 if reading.kind == "blind" else look.usable * (look.p_false or 0.0),
                usable=reading.kind != "blind",
            )
        )
        at = len(cells) - 1 if reading.kind != "blind" and exposure[0] >= _NEGLIGIBLE else at
    return tuple(cells)


def _and(cell: Cell, more: int) -> Cell:
    return msgspec.structs.replace(cell, count=cell.count + more, arrivals=min(1, cell.count + more))


def _shows(reading: Reading, assumed: Interval) -> tuple[float, float, float]:
    low, high = (assumed.low, assumed.high) if reading.p_detect is None else (reading.p_detect, reading.p_detect)
    return reading.usable * low, reading.usable * (low + high) / 2.0, reading.usable * high


def _counted(before: Sequence[_Sight], now: _Sight, stay: StayMixture, way: int) -> float:
    """P(a ship that is there is shown, and counted anew)."""
    going_on, unseen = 0.0, 1.0
    for sight in reversed(before):
        gap = now.reading.time - sight.reading.time
        still = stay.still_there(gap.total_seconds() / 3600.0)
        if gap > LONGEST_GAP or still * unseen < _NEGLIGIBLE:
            break
        going_on += unseen * sight.shows[way] * still
        if sight.ends:
            break
        unseen *= 1.0 - sight.shows[way]
    return now.shows[way] * max(0.0, 1.0 - going_on)
