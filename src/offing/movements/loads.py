"""What a number of calls can have carried, as a distribution: numbers of calls × capacities by source.

A capacity is a mixture of what is published: every source counts alike; a range is uniform within its bounds, exact
figures are points. Which source is right is unknown but the same for all calls of a class; within one source calls
differ (modifications, loading). Two other readings bound that: every call drawn by itself, and all ships of a class
carrying alike. The convolution is exact on a grid of loads, and rounding every capacity down and up gives what the
grid may cost. Capacity only: nothing here says that anything was carried.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from offing.errors import CaseFileError, OffingError
from offing.movements.lift import Figure, figures, preferred
from offing.movements.model import Load
from offing.quantities import Probability
from offing.records import Record
from offing.vessels.classes import ClassLibrary

Floats = NDArray[np.float64]
Part = tuple[float, float, float]
"""(weight, least, most) of a uniform stretch of capacity; a point where both are the same."""

_CELLS, _MOST_CELLS = 1000, 2**18
"""Cells of the grid for one call, about, and for all of them together at most."""
_MOST_CALLS, _MOST_READINGS = 2000, 512
_BASIS = (
    "capacity, not what was carried; sources weighted alike, ranges uniform, exact figures as points; one source is "
    "right for all calls of a class (bounds: each call by itself, all ships of a class alike)"
)


class Calls(Record, frozen=True):
    """So many calls by ships of any of these classes."""

    classes: tuple[str, ...]
    """Class ids; a ship is of any of those that they stand for, alike likely."""
    number: int


class Chance(Record, frozen=True):
    """One way how many calls there may have been."""

    probability: float
    calls: tuple[Calls, ...]


def seen_and_unseen(seen: Sequence[str], classes: Sequence[str], numbers: Sequence[float]) -> tuple[Chance, ...]:
    """Chances of calls from the probabilities of 0, 1, 2 … calls in all, ``seen`` (a class a call) among them.

    More calls than were seen are by ships of ``classes``; of fewer, which ones were real is not known. Raises
    OffingError for numbers that are no probabilities.
    """
    total = math.fsum(numbers)
    if not numbers or any(not 0.0 <= p <= 1.0 for p in numbers) or not math.isclose(total, 1.0, abs_tol=1e-6):
        raise OffingError("the probabilities of 0, 1, 2 … calls do not sum to 1")
    out = []
    for number, p in enumerate(numbers):
        if number < len(seen):
            calls: tuple[Calls, ...] = (Calls(classes=tuple(seen), number=number),)
        else:
            known = tuple(Calls(classes=(c,), number=seen.count(c)) for c in dict.fromkeys(seen))
            calls = (*known, Calls(classes=tuple(classes), number=number - len(seen)))
        out.append(Chance(probability=p / total, calls=calls))
    return tuple(out)


def load(chances: Sequence[Chance], unit: str, library: ClassLibrary, claimed: float | None = None) -> Load | None:
    """The distribution of what the calls can have carried; None where a ship has no published capacity in ``unit``.

    Raises CaseFileError for a capacity that is not above 0 or upside down, OffingError for more than 2,000 calls.
    """
    kinds = tuple(dict.fromkeys(c.classes for chance in chances for c in chance.calls if c.number))
    by_kind = {kind: _sources(kind, unit, library) for kind in kinds}
    if not all(by_kind.values()):
        return None
    most_calls = max((sum(c.number for c in chance.calls) for chance in chances), default=0)
    if most_calls > _MOST_CALLS:
        raise OffingError(f"{most_calls} calls are too many to convolve", fix=f"ask for {_MOST_CALLS} at most")
    step, cells = _grid(by_kind.values(), most_calls)
    low, high = (_Sums(chances, by_kind, step, cells, up=up) for up in (False, True))
    shared = (low.shared(), high.shared())
    others = [(low.apart(), high.apart()), (low.alike(), high.alike())]
    every = [shared, *others]
    basis = _BASIS if low.told_apart else f"{_BASIS}; too many sources to try all together: each call by itself"
    return Load(
        p05=_point(shared, 0.05, step),
        p50=_point(shared, 0.50, step),
        p95=_point(shared, 0.95, step),
        least_p05=min(_point(pair, 0.05, step) for pair in every),
        most_p95=max(_point(pair, 0.95, step) for pair in every),
        enough=None if claimed is None else _enough(every, claimed, step, basis),
        calls=tuple(_numbers(chances, most_calls)),
        grid_error=step * most_calls if any(a != b for a, b in _inexact(by_kind.values(), step)) else 0.0,
        basis=basis,
    )


def _numbers(chances: Sequence[Chance], most: int) -> Iterable[float]:
    found = [0.0] * (most + 1)
    for chance in chances:
        found[sum(c.number for c in chance.calls)] += chance.probability
    return found


Source = tuple[float, tuple[Part, ...]]
"""Weight of a source among those of a kind of ship, and its capacities, whose weights sum to 1."""


def _sources(kind: tuple[str, ...], unit: str, library: ClassLibrary) -> tuple[Source, ...]:
    """Capacities of a ship of any of these classes; of several classes as one source, for the class differs by call."""
    by_class: dict[str, list[Source]] = {}
    best = [f for f in preferred(figures(kind, unit, library)) if f.capacity.low > 0.0]
    for class_id in dict.fromkeys(f.vessel_class for f in best):
        own = [f for f in best if f.vessel_class == class_id]
        by_class[class_id] = [(1.0 / len(own), _parts(f)) for f in own]
    if any(not figures((c,), unit, library) for c in kind):
        return ()
    if len(by_class) == 1:
        return tuple(next(iter(by_class.values())))
    share = 1.0 / len(by_class) if by_class else 0.0
    mixed = [(share * w * p, a, b) for own in by_class.values() for w, parts in own for p, a, b in parts]
    return ((1.0, tuple(mixed)),) if mixed else ()


def _parts(figure: Figure) -> tuple[Part, ...]:
    """Exact figures of modifications are points at both ends, anything else is uniform between them."""
    c = figure.capacity
    if c.exact and c.low < c.high:
        return ((0.5, c.low, c.low), (0.5, c.high, c.high))
    return ((1.0, c.low, c.high),)


def _grid(kinds: Iterable[tuple[Source, ...]], calls: int) -> tuple[float, int]:
    """(step of the grid, cells that hold the greatest total). Steps are 1, 2 or 5 times a power of ten."""
    most = max((b for sources in kinds for _, parts in sources for _, _, b in parts), default=1.0)
    least = max(most / _CELLS, most * max(calls, 1) / _MOST_CELLS)
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * m for m in (1.0, 2.0, 5.0, 10.0) if power * m >= least * (1.0 - 1e-9))
    return step, int(math.ceil(most / step) + 1) * max(calls, 1) + 2


def _inexact(kinds: Iterable[tuple[Source, ...]], step: float) -> Iterable[tuple[int, int]]:
    """(cell below, cell above) of every capacity; the ends of a stretch."""
    for sources in kinds:
        for _, parts in sources:
            for _, a, b in parts:
                yield (_cell(a, step, up=False), _cell(b, step, up=True))


def _cell(value: float, step: float, *, up: bool) -> int:
    """The grid cell of a load, rounded one way unless it lies on the grid."""
    cells = value / step
    near = round(cells)
    if abs(cells - near) < 1e-6:
        return near
    return math.ceil(cells) if up else math.floor(cells)


class _Sums:
    """Totals on the grid with every capacity rounded down, or ``up``."""

    def __init__(
        self,
        chances: Sequence[Chance],
        kinds: dict[tuple[str, ...], tuple[Source, ...]],
        step: float,
        cells: int,
        *,
        up: bool,
    ) -> None:
        self._chances, self._step, self._up, self._cells = chances, step, up, cells
        self._size = 1 << (cells - 1).bit_length()
        self._kinds = {kind: [(w, self._pmf(parts)) for w, parts in sources] for kind, sources in kinds.items()}

    @property
    def told_apart(self) -> bool:
        """Whether the ways which source may be right are few enough to try all."""
        return math.prod(len(sources) for sources in self._kinds.values()) <= _MOST_READINGS

    def shared(self) -> Floats:
        """P(total = cell), one source right for all calls of a kind; as ``apart`` where there are too many."""
        picks = [range(len(sources)) for sources in self._kinds.values()]
        if not self.told_apart:
            return self.apart()
        waves = {kind: [self._wave(pmf) for _, pmf in sources] for kind, sources in self._kinds.items()}
        total = np.zeros(self._size // 2 + 1, dtype=np.complex128)
        for pick in product(*picks):
            chosen = dict(zip(self._kinds, pick, strict=True))
            weight = math.prod(self._kinds[kind][i][0] for kind, i in chosen.items())
            total += weight * self._total({kind: waves[kind][i] for kind, i in chosen.items()})
        return self._back(total)

    def apart(self) -> Floats:
        """P(total = cell), every call drawn by itself."""
        return self._back(self._total({kind: self._wave(self._mixed(kind)) for kind in self._kinds}))

    def alike(self) -> Floats:
        """P(total = cell), all ships of a kind carrying the same."""
        total = np.zeros(self._size // 2 + 1, dtype=np.complex128)
        for chance in self._chances:
            wave = np.full(len(total), chance.probability, dtype=np.complex128)
            for kind, number in _counted(chance).items():
                stretched = np.zeros(self._size)
                pmf = self._mixed(kind)
                stretched[: len(pmf) * number : number] = pmf
                wave *= self._wave(stretched)
            total += wave
        return self._back(total)

    def _total(self, waves: dict[tuple[str, ...], NDArray[np.complex128]]) -> NDArray[np.complex128]:
        total = np.zeros(self._size // 2 + 1, dtype=np.complex128)
        for chance in self._chances:
            wave = np.full(len(total), chance.probability, dtype=np.complex128)
            for kind, number in _counted(chance).items():
                wave *= waves[kind] ** number
            total += wave
        return total

    def _mixed(self, kind: tuple[str, ...]) -> Floats:
        sources = self._kinds[kind]
        out = np.zeros(max(len(pmf) for _, pmf in sources))
        for weight, pmf in sources:
            out[: len(pmf)] += weight * pmf
        return out

    def _pmf(self, parts: Sequence[Part]) -> Floats:
        out = np.zeros(max(_cell(b, self._step, up=True) for _, _, b in parts) + 1)
        for weight, a, b in parts:
            first, last = _cell(a, self._step, up=False), _cell(b, self._step, up=True)
            if a == b or first == last:
                out[_cell(a, self._step, up=self._up)] += weight
                continue
            edges = np.clip(np.arange(first, last + 1) * self._step, a, b)
            edges[0], edges[-1] = a, b
            out[first + self._up : last + self._up] += weight * np.diff(edges) / (b - a)
        return out

    def _wave(self, pmf: Floats) -> NDArray[np.complex128]:
        return np.fft.rfft(pmf, self._size)

    def _back(self, wave: NDArray[np.complex128]) -> Floats:
        return np.clip(np.fft.irfft(wave, self._size)[: self._cells], 0.0, None)


def _counted(chance: Chance) -> dict[tuple[str, ...], int]:
    """Calls by kind of ship, those with any."""
    found: dict[tuple[str, ...], int] = {}
    for calls in chance.calls:
        if calls.number < 0:
            raise CaseFileError(f"{calls.number} calls", fix="write 0 or more")
        if calls.number:
            found[calls.classes] = found.get(calls.classes, 0) + calls.number
    return found


def _point(pair: tuple[Floats, Floats], share: float, step: float) -> float:
    """The load that ``share`` of the distribution does not exceed, midway between both roundings."""
    found = [int(np.searchsorted(np.cumsum(pmf), share * pmf.sum() - 1e-9)) for pmf in pair]
    return step * (found[0] + found[1]) / 2.0


def _enough(every: Sequence[tuple[Floats, Floats]], claimed: float, step: float, basis: str) -> Probability:
    """P(the calls can have carried as much as claimed), over the three readings and the grid."""
    cell = _cell(claimed, step, up=True)
    found = [[min(1.0, float(pmf[cell:].sum())) for pmf in pair] for pair in every]
    low, high = min(min(pair) for pair in found), max(max(pair) for pair in found)
    low, high = (0.0 if v < 1e-9 else 1.0 if v > 1.0 - 1e-9 else v for v in (low, high))
    value = min(max(sum(found[0]) / 2.0, low), high)
    return Probability(value=value, low=low, high=high, basis=basis)
