"""One ship of those present, followed through the looks: the chain with a ship marked.

Ships come and go independently, so that as long as the marked ship lies at the site, her phase and the others' states
move apart from each other: the others are the same chain with room for one ship fewer, and the product is exact for the
truncated chain. Forwards she is followed until she leaves, backwards until she came: a state says what is known on
condition that she is there.

Arrays have the axes (her phase, look-alike state, others' state).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.movements.occupancy import Occupancy, steps
from offing.movements.passes import Passes
from offing.movements.sensing import emission
from offing.movements.sought import Reading
from offing.movements.stay import PhaseType

Array = NDArray[np.float64]
Shown = Literal["seen", "unseen", "either"]
"""Whether the marked ship is one of the rows of a look."""


class Marked:
    """The chain of ``passes`` with one of the ships present marked. Its chain must have room for a ship."""

    def __init__(self, passes: Passes) -> None:
        self.passes = passes
        ships = passes.ships
        self.others = _fewer(ships.stay, ships.rate, ships.ships - 1)
        index = {tuple(row): i for i, row in enumerate(ships.states.tolist())}
        rows = self.others.states
        step = np.eye(ships.stay.phases, dtype=np.int64)
        self.whole = np.array([[index[tuple(row)] for row in (rows + step[p]).tolist()] for p in range(len(step))])
        """State of all ships, by her phase and the others' state."""
        self.number = rows.T + 1
        """Ships in her phase, herself included: each of them may be the marked one, shape (phases, others' states)."""

    def spread(self, state: Array) -> Array:
        """The mean number of ships in each phase, with the state of the others, of a state of all ships."""
        return np.moveaxis(state[:, self.whole], 0, 1) * self.number[:, None, :]

    def value(self, value: Array) -> Array:
        """A value of the state of all ships, as one of her phase and the others' state."""
        return np.moveaxis(value[:, self.whole], 0, 1)

    def shown(self, look: int, her: Shown) -> Array:
        """P(what a look shows, and she is seen in it or not | she is there, state), axes (look-alikes, others)."""
        reading, alikes, most = self.passes.readings[look], self.passes.alikes, self.others.ships
        p, fooled = float(alikes.p[look]), alikes.fooled[look]
        chance = p * reading.usable
        total = np.zeros((len(fooled), most + 1))
        if her in ("unseen", "either"):
            total += (1.0 - chance) * emission(reading, p, fooled, most)
        if her in ("seen", "either") and reading.ships > 0:
            total += chance * emission(_one_fewer(reading), p, fooled, most)
        return total[:, self.others.count]

    def advanced(self, state: Array, minutes: int) -> Array:
        """``state`` after so many minutes, as far as she is still there."""
        for level in steps(minutes):
            state = state @ self.others.plain(level)
        state = np.einsum("pq,plo->qlo", self.passes.ships.stay.transition(minutes / 60.0), state)
        kept, alikes = self.passes.alikes.kept(minutes), self.passes.alikes.stationary
        return np.asarray(kept * state + (1.0 - kept) * alikes[None, :, None] * state.sum(axis=1, keepdims=True))

    def retreated(self, value: Array, minutes: int) -> Array:
        """``value`` so many minutes before, as far as she stays for them."""
        for level in steps(minutes):
            value = value @ self.others.plain(level).T
        value = np.einsum("pq,qlo->plo", self.passes.ships.stay.transition(minutes / 60.0), value)
        kept, alikes = self.passes.alikes.kept(minutes), self.passes.alikes.stationary
        return np.asarray(kept * value + (1.0 - kept) * np.einsum("l,plo->po", alikes, value)[:, None, :])


def _one_fewer(reading: Reading) -> Reading:
    """What the look says of the others, where one of its rows is the marked ship."""
    return Reading(
        look=reading.look,
        time=reading.time,
        kind=reading.kind,
        ships=reading.ships - 1,
        open_ended=reading.open_ended,
        usable=reading.usable,
        p_detect=reading.p_detect,
        p_false=reading.p_false,
    )


@lru_cache(maxsize=48)
def _fewer(stay: PhaseType, rate_per_h: float, ships: int) -> Occupancy:
    return Occupancy(stay, rate_per_h, ships)
