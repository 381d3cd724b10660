"""Looks at one site as cells of a rate: the calls first seen in each, and how many it would have shown.

Calls begin at a constant rate and stay as the baseline says. The number of calls that are counted at look j is, for
each call a day, the mean stay times P(j shows the ship, and no look before it has shown her in the same call); a sum
over the looks before, in closed form by the residual life of a stay. Months of cloud have little exposure, a ship that
stays over many looks is counted once, and one that a look misses in between as often as port calls count her.

A ship that comes while another of her kind leaves is not told from one that stayed. With as many that come as leave
between two looks, m of each on average, only e^(−2m) (I0(2m) + I1(2m)) of them are counted, half the mean absolute
difference of two Poisson counts (Skellam 1946) over m; m is taken at the mean rate of all looks, found by repetition.
Named ships are told apart, and have no such loss.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

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
_REPEATS = 12
"""The correction for ships that come as others leave is repeated so often: each halves what is left, or better."""
Floats = NDArray[np.float64]


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
    leaving: list[float] = []
    at: int | None = None
    for look in kept:
        reading = read_look(look, sought, library)
        exposure = (0.0, 0.0, 0.0)
        left = 0.0
        if reading.kind != "blind":
            sight = _Sight(reading=reading, shows=_shows(reading, assumed))
            low, middle, high = (stay.mean / 24.0 * _counted(sights, sight, stay, way) for way in range(3))
            exposure = (min(low, middle, high), middle, max(low, middle, high))
            left = 0.0 if sought.vessels else stay.mean / 24.0 * _left(sights, sight, stay)
            sights.append(sight)
        leaving.append(left)
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
    return tuple(_told_apart(cells, np.array(leaving)))


def _told_apart(cells: Sequence[Cell], leaving: Floats) -> list[Cell]:
    """Exposure without the ships that come unnoticed while others of their kind (``leaving``, in days) leave."""
    from scipy.special import ive

    coming = np.array([c.exposure_d for c in cells])
    count = sum(c.count for c in cells if c.exposure_d)
    share = np.ones(len(cells))
    for _ in range(_REPEATS):
        counted = float(coming @ share)
        if not count or counted <= 0.0:
            break
        both = count / counted * (coming + leaving)
        share = np.where(leaving > 0.0, ive(0, both) + ive(1, both), 1.0)
    return [
        msgspec.structs.replace(c, least_d=c.least_d * s, exposure_d=c.exposure_d * s, most_d=c.most_d * s)
        for c, s in zip(cells, share.tolist(), strict=True)
    ]


def _and(cell: Cell, more: int) -> Cell:
    return msgspec.structs.replace(cell, count=cell.count + more, arrivals=min(1, cell.count + more))


def _shows(reading: Reading, assumed: Interval) -> tuple[float, float, float]:
    low, high = (assumed.low, assumed.high) if reading.p_detect is None else (reading.p_detect, reading.p_detect)
    return reading.usable * low, reading.usable * (low + high) / 2.0, reading.usable * high


def _left(before: Sequence[_Sight], now: _Sight, stay: StayMixture) -> float:
    """P(a ship that was there at the last look was shown, and is not shown now)."""
    if not before or now.reading.time - before[-1].reading.time > LONGEST_GAP:
        return 0.0
    hours = (now.reading.time - before[-1].reading.time).total_seconds() / 3600.0
    return before[-1].shows[1] * (1.0 - now.shows[1] * stay.still_there(hours))


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
