"""How many ships of the sought kind lie at a site, each in a phase of its stay: a Markov chain.

Ships arrive as a Poisson process and stay independently; an arrival at a full site is lost, which
the truncation makes rare. The stationary distribution is then a truncated product of Poisson
distributions whatever the stay (Erlang's insensitivity).

The chain is advanced over whole minutes by precomputed transitions of 1, 2, 4, … minutes, so that the
cost is linear in the number of looks and no gap is approximated. Calls are counted by splitting each
transition by the number of arrivals in it; every step adds and multiplies only non-negative numbers,
so that very small probabilities stay exact.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from offing.movements.stay import MOST_PHASES, PhaseType, StayMixture, phase_type

Array = NDArray[np.float64]

STATE_LIMIT = 130
"""Greatest number of states that is kept; with more ships at once, fewer phases a stay."""

MOST_SHIPS = 120
_NEGLIGIBLE = 1e-24
_LONGEST = 16
"""2^16 minutes, 45 days: the longest single step."""


def phases_for(ships: int) -> int:
    """How many phases a stay may have when up to ``ships`` ships are present at once."""
    for phases in range(MOST_PHASES, 1, -1):
        if math.comb(ships + phases, phases) <= STATE_LIMIT:
            return phases
    return 1


class Occupancy:
    """The chain of ships present: its states, transitions and stationary distribution."""

    def __init__(self, stay: PhaseType, rate_per_h: float, ships: int) -> None:
        self.stay, self.rate, self.ships = stay, rate_per_h, ships
        self.states = _states(stay.phases, ships)
        self.count: NDArray[np.int64] = self.states.sum(axis=1)
        """Ships present in each state, shape (states,)."""
        self.stationary = self._product(self.loads())
        """Probability of each state long after any change, shape (states,)."""
        self._arrive, self._stayed = self._jumps()
        self._plain: list[Array] = []
        self._counted: dict[int, list[tuple[list[Array], list[Array]]]] = {}

    def loads(self) -> Array:
        """Mean number of ships in each phase at a site without limit, shape (phases,)."""
        entry, rates, after = self.stay.entry(), self.stay.phase_rates(), self.stay.following()
        flow = entry.copy()
        for phase in np.flatnonzero(after >= 0):
            flow[after[phase]] += flow[phase]
        return np.asarray(self.rate * flow / rates)

    def weights(self, loads: Array) -> Array:
        """Unnormalised truncated-product weights of the states for these phase loads, shape (states,)."""
        powers = self.states @ np.log(np.maximum(loads, 1e-300))
        factorials = np.array([math.lgamma(n + 1.0) for n in range(self.ships + 1)])
        return np.asarray(np.exp(powers - factorials[self.states].sum(axis=1)))

    def _product(self, loads: Array) -> Array:
        weights = self.weights(loads)
        return np.asarray(weights / weights.sum())

    def _jumps(self) -> tuple[Array, Array]:
        """Rates per hour of transitions with an arrival, and of all others (diagonal included)."""
        index = {tuple(row): i for i, row in enumerate(self.states.tolist())}
        size = len(index)
        arrive, stayed = np.zeros((size, size)), np.zeros((size, size))
        entry, rates, after = self.stay.entry(), self.stay.phase_rates(), self.stay.following()
        for row, i in index.items():
            for phase, present in enumerate(row):
                if sum(row) < self.ships and entry[phase] > 0:
                    arrive[i, index[_moved(row, -1, phase)]] += self.rate * entry[phase]
                if present:
                    stayed[i, index[_moved(row, phase, int(after[phase]))]] += present * rates[phase]
        stayed[np.diag_indices(size)] -= stayed.sum(axis=1) + arrive.sum(axis=1)
        return arrive, stayed

    def _uniformised(self) -> tuple[Array, Array, Array]:
        """One minute's jump matrices (no arrival, arrival) and the Poisson weights of the number of jumps."""
        pace = max(float(-self._stayed.diagonal().min()), 1e-12) / 60.0
        size = len(self.count)
        still = np.maximum(np.eye(size) + self._stayed / (60.0 * pace), 0.0)
        jumps = int(pace + 12.0 * math.sqrt(pace) + 20.0)
        orders = np.arange(jumps + 1)
        logs = orders * math.log(pace) - pace - np.array([math.lgamma(n + 1.0) for n in orders])
        poisson = np.exp(logs)
        return still, self._arrive / (60.0 * pace), poisson[(orders <= pace) | (poisson > _NEGLIGIBLE)]

    def plain(self, level: int) -> Array:
        """Transition probabilities over 2^level minutes, shape (states, states)."""
        while len(self._plain) <= level:
            if self._plain:
                self._plain.append(self._plain[-1] @ self._plain[-1])
                continue
            still, arrive, poisson = self._uniformised()
            power, total = np.eye(len(self.count)), np.zeros_like(still)
            for weight in poisson:
                total += weight * power
                power = power @ (still + arrive)
            self._plain.append(total)
        return self._plain[level]

    def counted(self, level: int, most: int) -> tuple[list[Array], list[Array]]:
        """Transitions over 2^level minutes, split by arrivals: (exactly 0 … most − 1, at least 0 … most)."""
        ladder = self._counted.setdefault(most, [])
        while len(ladder) <= level:
            ladder.append(_doubled(*ladder[-1], self.plain(len(ladder))) if ladder else self._first_counted(most))
        return ladder[level]

    def _first_counted(self, most: int) -> tuple[list[Array], list[Array]]:
        """One minute, by uniformisation in the number of arrivals."""
        still, arrive, poisson = self._uniformised()
        size = len(self.count)
        powers = [np.eye(size)] + [np.zeros((size, size)) for _ in range(most)]
        sums = [np.zeros((size, size)) for _ in range(most + 1)]
        for weight in poisson:
            for total, power in zip(sums, powers, strict=True):
                total += weight * power
            later = [powers[0] @ still]
            later += [powers[j] @ still + powers[j - 1] @ arrive for j in range(1, most)]
            if most:
                later.append(powers[most] @ (still + arrive) + powers[most - 1] @ arrive)
            powers = later
        at_least = [self.plain(0)]
        tail = sums[most]
        for total in reversed(sums[:most]):
            at_least.insert(1, tail)
            tail = tail + total
        return sums[:most], at_least


def _doubled(exact: list[Array], at_least: list[Array], twice: Array) -> tuple[list[Array], list[Array]]:
    """Transitions over twice the time, from those over the time."""
    most = len(exact)
    both, more = [], [twice]
    for j in range(most):
        total = exact[0] @ exact[j]
        for a in range(1, j + 1):
            total += exact[a] @ exact[j - a]
        both.append(total)
    for j in range(1, most + 1):
        total = at_least[j] @ at_least[0]
        for a in range(j):
            total += exact[a] @ at_least[j - a]
        more.append(total)
    return both, more


def steps(minutes: int) -> list[int]:
    """Levels of the doubling ladder whose steps make up ``minutes``."""
    whole, rest = divmod(minutes, 1 << _LONGEST)
    return [_LONGEST] * whole + [level for level in range(_LONGEST - 1, -1, -1) if rest >> level & 1]


@lru_cache(maxsize=24)
def occupancy(stay: StayMixture, rate_per_h: float, ships: int) -> Occupancy:
    """The chain for a stay (hours), an arrival rate (per hour) and the most ships at once; cached."""
    return Occupancy(phase_type(stay, phases_for(ships)), rate_per_h, ships)


def _moved(row: tuple[int, ...], source: int, target: int) -> tuple[int, ...]:
    """``row`` with one ship fewer in phase ``source`` and one more in ``target``; −1 is outside."""
    new = list(row)
    if source >= 0:
        new[source] -= 1
    if target >= 0:
        new[target] += 1
    return tuple(new)


@lru_cache(maxsize=64)
def _states(phases: int, ships: int) -> NDArray[np.int64]:
    """All ways to have up to ``ships`` ships over the phases, fewest first, shape (states, phases)."""
    chosen = (c for total in range(ships + 1) for c in combinations_with_replacement(range(phases), total))
    rows = [[c.count(phase) for phase in range(phases)] for c in chosen]
    return np.array(rows, dtype=np.int64).reshape(len(rows), phases)
