"""Sea routes over a raster of water: a lattice to choose the way round, then a line pulled taut on the raster.

A way that is at most L long stays within the ellipse of sum L around its ends, so a window that holds that ellipse
holds the shortest way; a window that turned out too small is made larger and searched again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from offing.geo import LonLat, distance_m, geod
from offing.sites.sea.lattice import Box
from offing.sites.sea.model import Passage, SeaPath
from offing.sites.sea.passages import PASSAGES
from offing.sites.sea.region import Region, Way, larger_land
from offing.sites.sea.snap import Snapped, snap
from offing.sites.sea.water import CELL_M, COLS, PER_DEGREE, ROWS, GlobeWater, Water, globe_mask

_HALF_ROUND_M = 20_037_508.0
_SHARED_CELLS = 6_000_000
"""Several ways are searched in one window up to this size."""
_UNPACKED_CELLS = 40_000_000
"""Beyond it a window stays packed, and the shore is not moved: low and high are then the geodesic and unknown."""
_FINE_CELLS = 2_000_000
"""Up to this size a window in which nothing was found is searched again cell by cell."""
_LOW_CELLS, _HIGH_CELLS = 2, 1
"""By how many cells the land may be smaller or larger than the data say."""
_LATTICE = 0.028
"""Which way round is chosen on a lattice whose ways are up to this fraction longer than straight."""


class GeodesicRoutes:
    """Where there are no land data: the geodesic, which no way by water is shorter than."""

    def path(self, start: LonLat, end: LonLat) -> SeaPath:
        return _geodesic(start, end, "geodesic", "no land data: the sea path is longer")

    def paths(self, pairs: Sequence[tuple[LonLat, LonLat]]) -> tuple[SeaPath, ...]:
        return tuple(self.path(a, b) for a, b in pairs)


class _Pair(NamedTuple):
    """A pair that is being searched, and the longest way that its window can hold."""

    start: LonLat
    end: LonLat
    bound_m: float


class RasterRoutes:
    """Shortest ways over a raster of water (see the module's docstring)."""

    def __init__(self, water: Water, *, passages: Sequence[Passage] = PASSAGES, closed: Sequence[str] = ()) -> None:
        """``closed``: ids of passages that must not be used."""
        self.water = water
        self.passages = tuple(p for p in passages if p.id not in closed)
        self._snaps: dict[tuple[float, float], Snapped | None] = {}

    def path(self, start: LonLat, end: LonLat) -> SeaPath:
        return self.paths([(start, end)])[0]

    def paths(self, pairs: Sequence[tuple[LonLat, LonLat]]) -> tuple[SeaPath, ...]:
        made: dict[tuple[LonLat, LonLat], SeaPath] = {}
        asked = list(dict.fromkeys((a, b) for a, b in (_ordered(p) for p in pairs)))
        todo = [_Pair(a, b, 1.25 * distance_m(a, b) + 100_000.0) for a, b in asked]
        while todo:
            again: list[_Pair] = []
            for box, group in _groups(todo):
                again += self._solve(box, group, made)
            todo = again
        return tuple(_turned(made[_ordered(pair)], pair) for pair in pairs)

    def _solve(self, box: Box, group: Sequence[_Pair], made: dict[tuple[LonLat, LonLat], SeaPath]) -> list[_Pair]:
        """Searches the pairs of one window; those that need a larger one come back with the bound for it."""
        unpacked = box.cells <= _UNPACKED_CELLS
        plain = Region(self.water.window(*box) if unpacked else self.water, box, self._ends(group), self.passages)
        moved: tuple[Region, Region] | None = None
        whole = box.round and box.row0 <= 0 and box.row1 >= ROWS
        again = []
        for pair in group:
            ends = self._snap(pair.start), self._snap(pair.end)
            if ends[0] is None or ends[1] is None:
                which = "start" if ends[0] is None else "end"
                note = f"the {which} lies more than 120 km from any sea in the land data"
                made[pair.start, pair.end] = _geodesic(pair.start, pair.end, self.water.basis, note)
                continue
            way = plain.way(ends[0], ends[1])
            closed = way is None and (plain.enclosed(ends[0]) or plain.enclosed(ends[1]))
            own = _window(pair)
            if closed and plain.step > 1 and own.cells <= _FINE_CELLS:
                # A winding channel of a few cells: looked at cell by cell before it is called closed.
                fine = Region(self.water.window(*own), own, self._ends([pair]), self.passages, step=1)
                way = fine.way(ends[0], ends[1])
                closed = way is None and (fine.enclosed(ends[0]) or fine.enclosed(ends[1]))
            length = math.inf if way is None else way.metres
            if length > pair.bound_m and not whole and not closed:
                bound = 3.0 * pair.bound_m if way is None else length * 1.001
                again.append(pair._replace(bound_m=bound))
            elif way is None:
                note = "no way by water in the land data"
                made[pair.start, pair.end] = _geodesic(pair.start, pair.end, self.water.basis, note)
            else:
                moved = moved or (self._moved(plain, group) if unpacked else None)
                made[pair.start, pair.end] = _made(pair, (ends[0], ends[1]), way, moved, self.water.basis)
        return again

    def _moved(self, plain: Region, group: Sequence[_Pair]) -> tuple[Region, Region]:
        """The window of ``plain`` with less and with more land."""
        window = plain.water.window(*plain.box)
        less = window.moved_shore(_LOW_CELLS)
        nearer = [s for pair in group for p in (pair.start, pair.end) if (s := snap(less, p.lon, p.lat)) is not None]
        ends = self._ends(group)
        free = [(e.row, e.col) for e in ends] + [divmod(c, COLS) for gate in plain.gates for c in gate.cells]
        more = larger_land(window, _HIGH_CELLS, free)
        return Region(less, plain.box, nearer, self.passages), Region(more, plain.box, ends, self.passages)

    def _ends(self, group: Sequence[_Pair]) -> list[Snapped]:
        return [s for pair in group for p in (pair.start, pair.end) if (s := self._snap(p)) is not None]

    def _snap(self, place: LonLat) -> Snapped | None:
        key = (place.lon, place.lat)
        if key not in self._snaps:
            self._snaps[key] = snap(self.water, place.lon, place.lat)
        return self._snaps[key]


def sea_routes() -> RasterRoutes | GeodesicRoutes:
    """Routes over the installed land mask; where there is none, geodesics, which say so."""
    path = globe_mask()
    return GeodesicRoutes() if path is None else RasterRoutes(GlobeWater(path))


def _made(
    pair: _Pair, ends: tuple[Snapped, Snapped], way: Way, moved: tuple[Region, Region] | None, basis: str
) -> SeaPath:
    """The path with its bounds, from the same window with less and with more land."""
    geodesic = distance_m(pair.start, pair.end)
    metres = max(geodesic, ends[0].metres + way.metres + ends[1].metres)
    low, high = geodesic, None
    notes = [_snap_note(name, end) for name, end in zip(("start", "end"), ends, strict=True) if end.metres]
    if moved is not None:
        low = min(metres, max(geodesic, _low(pair, moved[0])))
        far = moved[1].way(*ends)
        high = None if far is None else max(metres, ends[0].metres + far.metres + ends[1].metres)
        if high is None:
            notes.append("leads through a channel that is as narrow as the land data: no upper bound")
    else:
        notes.append("too long to search with the shore moved: bounded by the geodesic alone")
    notes += [f"through the {name}" for name in way.passages]
    corners = [(pair.start.lon, pair.start.lat), *way.points, (pair.end.lon, pair.end.lat)]
    points = tuple(p for i, p in enumerate(corners) if i == 0 or p != corners[i - 1])
    return SeaPath(
        start=pair.start, end=pair.end, geodesic_m=geodesic, metres=metres, low_m=low, high_m=high, points=points,
        passages=way.passages, basis=f"shortest water path; land: {basis}", notes=tuple(notes),
    )  # fmt: skip


def _low(pair: _Pair, region: Region) -> float:
    """Length with less land, less what the lattice may have chosen too long; 0 where there is no way."""
    ends = [snap(region.water, p.lon, p.lat) for p in (pair.start, pair.end)]
    if ends[0] is None or ends[1] is None or (way := region.way(ends[0], ends[1])) is None:
        return 0.0
    straight = len(way.points) == 2
    return ends[0].metres + way.metres * (1.0 if straight else 1.0 - _LATTICE) + ends[1].metres


def _snap_note(name: str, end: Snapped) -> str:
    return f"{name} moved {end.metres / 1000.0:.1f} km to the water"


def _geodesic(start: LonLat, end: LonLat, basis: str, note: str) -> SeaPath:
    metres = distance_m(start, end)
    points = ((start.lon, start.lat), (end.lon, end.lat))
    return SeaPath(
        start=start, end=end, geodesic_m=metres, metres=metres, low_m=metres, high_m=None, points=points,
        reached=False, basis=basis, notes=(f"{note}; a lower bound",),
    )  # fmt: skip


def _ordered(pair: tuple[LonLat, LonLat]) -> tuple[LonLat, LonLat]:
    """Both directions are one search, so that there and back are equally long."""
    a, b = pair
    return (a, b) if (a.lon, a.lat) <= (b.lon, b.lat) else (b, a)


def _turned(path: SeaPath, pair: tuple[LonLat, LonLat]) -> SeaPath:
    if path.start == pair[0]:
        return path
    notes = tuple(_swapped(note) for note in path.notes)
    return msgspec.structs.replace(
        path, start=path.end, end=path.start, points=path.points[::-1], passages=path.passages[::-1], notes=notes
    )


def _swapped(note: str) -> str:
    for a, b in (("start moved", "end moved"), ("end moved", "start moved"), ("the start lies", "the end lies"),
                 ("the end lies", "the start lies")):  # fmt: skip
        if note.startswith(a):
            return note.replace(a, b, 1)
    return note


def _groups(pairs: Sequence[_Pair]) -> list[tuple[Box, list[_Pair]]]:
    """Pairs whose windows fit into one of moderate size, together."""
    groups: list[tuple[Box, list[_Pair]]] = []
    for pair in pairs:
        box = _window(pair)
        for i, (other, members) in enumerate(groups):
            both = _union(other, box)
            if both.cells <= max(_SHARED_CELLS, other.cells):
                groups[i] = (both, [*members, pair])
                break
        else:
            groups.append((box, [pair]))
    return groups


def _window(pair: _Pair) -> Box:
    """A box that holds the circle around the middle of the pair whose radius is half the longest way."""
    forward, _, metres = geod().inv(pair.start.lon, pair.start.lat, pair.end.lon, pair.end.lat)
    lon, lat, _ = geod().fwd(pair.start.lon, pair.start.lat, forward, metres / 2.0)
    degrees = 1.01 * (pair.bound_m / 2.0 + 20.0 * CELL_M) / (_HALF_ROUND_M / 180.0)
    row0 = max(0, math.floor((90.0 - lat - degrees) * PER_DEGREE))
    row1 = min(ROWS, math.ceil((90.0 - lat + degrees) * PER_DEGREE))
    if abs(lat) + degrees >= 89.0:
        return Box(row0, row1, 0, COLS)
    half = math.degrees(math.asin(min(1.0, math.sin(math.radians(degrees)) / math.cos(math.radians(lat)))))
    col0 = math.floor((lon - half + 180.0) * PER_DEGREE)
    return Box(row0, row1, col0, min(col0 + COLS, math.ceil((lon + half + 180.0) * PER_DEGREE)))


def _union(a: Box, b: Box) -> Box:
    """The smallest box around both, the shorter way round the Earth."""
    shift = round((a.col0 - b.col0) / COLS) * COLS
    col0, col1 = min(a.col0, b.col0 + shift), max(a.col1, b.col1 + shift)
    return Box(min(a.row0, b.row0), max(a.row1, b.row1), col0, min(col1, col0 + COLS))
