"""Ways by water: against analytic tangents, a brute-force visibility graph, and what must hold of any way."""

from __future__ import annotations

import heapq
import itertools
import math
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.lib import format as npy

from offing.errors import GeometryError
from offing.geo import LonLat, distance_m
from offing.sites.sea import GeodesicRoutes, Passage, RasterRoutes
from offing.sites.sea.sight import clear, leg_m, length_m
from offing.sites.sea.water import (
    COLS,
    PER_DEGREE,
    ROWS,
    GlobeWater,
    cols_of,
    globe_mask,
    lats_of,
    lons_of,
    raster_of,
    rows_of,
)

CELL_DEG = 1.0 / PER_DEGREE


def test_open_water_is_the_geodesic(sea, at) -> None:
    path = sea().path(at(0.5, 0.5), at(3.5, 3.2))
    assert path.metres == pytest.approx(distance_m(path.start, path.end), rel=1e-12)
    assert path.low_m == path.geodesic_m
    assert path.high_m == pytest.approx(path.metres)
    assert path.notes == ()


@pytest.mark.parametrize(("south", "north"), [(0.5, 3.0), (1.0, 3.5)])
def test_around_an_island_as_long_as_the_tangents(sea, at, south: float, north: float) -> None:
    routes = sea((1.8, south, 2.2, north))
    path = routes.path(at(0.5, 2.0), at(3.5, 2.0))
    corners = {"south": [(1.8, south), (2.2, south)], "north": [(1.8, north), (2.2, north)]}
    tangents = {way: length_m([(0.5, 2.0), *c, (3.5, 2.0)]) for way, c in corners.items()}
    best = min(tangents, key=tangents.__getitem__)
    # A cell's centre stands for the cell, so a corner can be cut by less than one cell, and no more than that.
    assert tangents[best] - 1500.0 <= path.metres <= tangents[best] + 1500.0
    assert path.low_m < path.metres < path.high_m
    turned = path.points[len(path.points) // 2]
    assert (turned[1] < 2.0) == (best == "south")


def test_every_leg_stays_on_the_water(sea, at) -> None:
    routes = sea((1.0, 0.0, 1.2, 3.0), (2.0, 1.0, 2.2, 4.0), (2.8, 0.0, 3.0, 2.5))
    path = routes.path(at(0.5, 1.0), at(3.5, 1.0))
    assert all(clear(routes.water, a, b) for a, b in itertools.pairwise(path.points))
    assert path.metres == pytest.approx(length_m(path.points), rel=1e-9)


def test_a_way_that_leads_far_out_of_its_way_is_found(sea, at) -> None:
    wall = (1.99, -1.2, 2.01, 3.0)
    path = sea(wall, box=(0.0, -2.0, 4.0, 4.0)).path(at(1.9, 1.0), at(2.1, 1.0))
    expected = length_m([(1.9, 1.0), (1.99, 3.0), (2.01, 3.0), (2.1, 1.0)])
    assert path.metres == pytest.approx(expected, rel=5e-3)


def test_a_harbour_without_an_exit_has_no_way(sea, at) -> None:
    ring = [(0.5, 0.5, 1.0, 0.55), (0.5, 0.95, 1.0, 1.0), (0.5, 0.5, 0.55, 1.0), (0.95, 0.5, 1.0, 1.0)]
    routes = sea(*ring, box=(0.0, 0.0, 2.0, 2.0))
    path = routes.path(at(0.75, 0.75), at(1.5, 0.75))
    assert not path.reached
    assert path.metres == path.low_m == path.geodesic_m
    assert path.high_m is None
    assert path.notes == ("no way by water in the land data; a lower bound",)


def test_a_place_inland_is_moved_to_the_sea_and_not_to_a_pond(sea, at) -> None:
    west = (0.0, 0.0, 2.0, 4.0)
    polygons = [[(0.0, 0.0), (2.0, 0.0), (2.0, 4.0), (0.0, 4.0), (0.0, 0.0)]]
    water = raster_of(polygons, (0.0, 0.0, 4.0, 4.0))
    pond = np.s_[int(2.0 * PER_DEGREE) : int(2.05 * PER_DEGREE), int(1.9 * PER_DEGREE) : int(1.95 * PER_DEGREE)]
    water.array[pond] = True
    path = RasterRoutes(water, passages=()).path(at(1.92, 2.02), at(3.0, 2.02))
    assert path.points[1][0] == pytest.approx(2.0 + CELL_DEG / 2.0)
    assert path.notes[0].startswith("start moved 9.")
    assert path.metres >= path.geodesic_m
    assert sea(west).path(at(3.0, 2.0), at(3.5, 2.0)).notes == ()


@pytest.mark.parametrize("lean", [1, -1])
def test_out_through_a_channel_of_cells_that_touch_at_their_corners(at, lean: int) -> None:
    water = raster_of([[(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0), (0.0, 0.0)]], (-1.0, -1.0, 5.0, 5.0))
    row0, col0 = water.row0, water.col0
    middle = int(88.5 * PER_DEGREE) - row0
    inner = int(182.0 * PER_DEGREE) - col0
    water.array[middle - 15 : middle + 15, inner - 30 : inner] = True
    for i in range(130):
        water.array[middle + lean * (i % 60 if i % 120 < 60 else 60 - i % 60), inner + i] = True
    path = RasterRoutes(water, passages=()).path(at(1.9, 1.5), at(4.0, 1.5))
    assert path.reached
    assert path.metres > path.geodesic_m
    assert path.low_m <= path.metres


def test_a_place_far_from_any_sea_has_no_way(sea, at) -> None:
    path = sea((0.0, 0.0, 4.0, 4.0)).path(at(2.0, 2.0), at(-2.0, 2.0))
    assert not path.reached
    assert "more than 120 km from any sea" in path.notes[0]


CANAL = Passage(id="cut", name="Cut", points=((1.9, 2.0), (2.0, 2.02), (2.1, 2.0)), source="made")


def test_a_canal_is_used_where_it_is_shorter_and_named(sea, at) -> None:
    wall = (1.95, 0.9, 2.05, 3.1)
    box = (0.5, 0.2, 3.5, 3.8)
    through = sea(wall, box=box, passages=[CANAL]).path(at(1.0, 2.0), at(3.0, 2.0))
    around = sea(wall, box=box, passages=[CANAL], closed=["cut"]).path(at(1.0, 2.0), at(3.0, 2.0))
    assert through.passages == ("Cut",)
    assert "through the Cut" in through.notes
    assert through.metres == pytest.approx(
        length_m([(1.0, 2.0), *CANAL.points, (3.0, 2.0)]), rel=1e-2
    )  # two cells at each end
    assert around.passages == ()
    assert around.metres > 1.4 * through.metres
    back = sea(wall, box=box, passages=[CANAL]).path(at(3.0, 2.0), at(1.0, 2.0))
    assert (back.metres, back.points) == (through.metres, through.points[::-1])


def test_across_the_antimeridian_as_elsewhere(at) -> None:
    def routes(shift: float) -> RasterRoutes:
        water = raster_of([[(1.8, 0.5), (2.2, 0.5), (2.2, 3.0), (1.8, 3.0), (1.8, 0.5)]], (0.0, 0.0, 4.0, 4.0))
        water.col0 += round(shift * PER_DEGREE)
        return RasterRoutes(water, passages=())

    here = routes(0.0).path(at(0.5, 2.0), at(3.5, 2.0))
    there = routes(178.0).path(at(178.5, 2.0), at(-178.5, 2.0))
    assert there.metres == pytest.approx(here.metres, rel=3e-3)
    assert there.low_m == pytest.approx(here.low_m, rel=3e-3)
    assert here.metres > 1.02 * here.geodesic_m


def test_over_the_pole(sea, at) -> None:
    path = sea().path(at(10.0, 85.0), at(-170.0, 84.0))
    assert path.metres == pytest.approx(distance_m(path.start, path.end))
    around = sea((-3.0, 83.0, 3.0, 89.0), box=(-20.0, 80.0, 20.0, 90.0)).path(at(-10.0, 86.0), at(10.0, 86.0))
    assert around.reached
    assert around.metres > around.geodesic_m


def test_without_land_data_a_lower_bound(at) -> None:
    path = GeodesicRoutes().path(at(129.0, 41.0), at(132.3, 42.9))
    assert (path.reached, path.high_m) == (False, None)
    assert path.metres == path.low_m == path.geodesic_m
    assert "lower bound" in path.notes[0]
    assert path.hours(12.0).low == pytest.approx(path.metres / 1852.0 / 12.0)


def _brute_force(water, box, start: LonLat, end: LonLat) -> float:
    """Shortest way over a visibility graph of all water cells at the corners of land."""
    rows = rows_of(np.array([box[3], box[1]]))
    cols = cols_of(np.array([box[0], box[2]]))
    r, c = np.meshgrid(np.arange(rows[0], rows[1]), np.arange(cols[0], cols[1]), indexing="ij")
    wet = water.at(r, c)
    corner = np.zeros_like(wet)
    for dr, dc in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        diagonal, side_r, side_c = (water.at(r + a, c + b) for a, b in ((dr, dc), (dr, 0), (0, dc)))
        corner |= wet & ~diagonal & side_r & side_c
    nodes = [(start.lon, start.lat), (end.lon, end.lat)]
    nodes += [(float(x), float(y)) for x, y in zip(lons_of(c[corner]), lats_of(r[corner]), strict=True)]
    far = [math.inf] * len(nodes)
    far[0] = 0.0
    queue, done = [(0.0, 0)], set()
    while queue:
        metres, i = heapq.heappop(queue)
        if i == 1:
            return metres
        if i in done:
            continue
        done.add(i)
        for j in range(len(nodes)):
            step = metres + leg_m(nodes[i], nodes[j])
            if j not in done and step < far[j] and clear(water, nodes[i], nodes[j]):
                far[j] = step
                heapq.heappush(queue, (step, j))
    return math.inf


@pytest.mark.parametrize("seed", range(6))
def test_as_short_as_a_visibility_graph(sea, at, seed: int) -> None:
    draw = np.random.default_rng(seed)
    land = []
    for _ in range(7):
        west, south = draw.uniform(0.6, 2.6, 2)
        land.append((west, south, west + draw.uniform(0.1, 0.9), south + draw.uniform(0.1, 0.9)))
    routes = sea(*land)
    start, end = at(0.3, float(draw.uniform(0.5, 3.5))), at(3.7, float(draw.uniform(0.5, 3.5)))
    best = _brute_force(routes.water, (0.0, 0.0, 4.0, 4.0), start, end)
    assert 0.997 * best <= routes.path(start, end).metres <= 1.03 * best


LAND = st.lists(
    st.tuples(st.floats(0.5, 3.0), st.floats(0.5, 3.0), st.floats(0.05, 1.0), st.floats(0.05, 1.0)), max_size=5
)
PLACE = st.tuples(st.floats(-0.5, 4.5), st.floats(-0.5, 4.5))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(land=LAND, places=st.tuples(PLACE, PLACE, PLACE))
def test_what_holds_of_any_way(sea, at, land, places) -> None:
    routes = sea(*((w, s, w + x, s + y) for w, s, x, y in land))
    a, b, c = (at(*p) for p in places)
    ab, ba, bc, ac = routes.paths([(a, b), (b, a), (b, c), (a, c)])
    for path in (ab, bc, ac):
        assert path.geodesic_m <= path.low_m <= path.metres
        assert path.high_m is None or path.high_m >= path.metres
        assert path.points[0] == (path.start.lon, path.start.lat)
        assert path.points[-1] == (path.end.lon, path.end.lat)
    assert (ab.metres, ab.low_m, ab.points) == (ba.metres, ba.low_m, ba.points[::-1])
    assert ab.notes == tuple(n.replace("start", "*").replace("end", "start").replace("*", "end") for n in ba.notes)
    if ab.reached and bc.reached and ac.reached:
        assert ac.metres <= 1.03 * (ab.metres + bc.metres) + 5000.0


def _mask_file(path, north_rows: int):
    """A mask whose rows are water but for a square of land, cut short after ``north_rows``."""
    rows = np.ones((north_rows, COLS), dtype=bool)
    rows[100:200, 21600:21700] = False
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("mask.npy", "w") as f,
    ):
        npy.write_array_header_1_0(f, {"descr": "|b1", "fortran_order": False, "shape": (ROWS, COLS)})
        f.write(rows.tobytes())
    return path


def test_the_mask_is_read_as_far_as_it_is_needed(tmp_path) -> None:
    water = GlobeWater(_mask_file(tmp_path / "mask.npz", 480))
    rows, cols = np.array([50, 150, 150, 150]), np.array([21650, 21650, 21650 + COLS, 21650 - 3 * COLS])
    assert water.at(rows, cols).tolist() == [True, False, False, False]
    assert not water.window(90, 210, 21590 - COLS, 21710 - COLS).array[10:110, 10:110].any()
    assert water.window(90, 210, 21590, 21710).array.sum() == 120 * 120 - 100 * 100
    seam = water.window(0, 10, COLS - 5, COLS + 7)
    assert seam.array.shape == (10, 12)
    assert seam.array.all()
    with pytest.raises(GeometryError, match="cut short"):
        water.at(np.array([600]), np.array([0]))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\0" * 1000])
def test_a_mask_that_is_none(tmp_path, content: bytes) -> None:
    path = tmp_path / "mask.npz"
    path.write_bytes(content)
    with pytest.raises(GeometryError, match="no land mask"):
        GlobeWater(path).at(np.array([0]), np.array([0]))


def test_land_that_is_moved(sea) -> None:
    water = raster_of([[(1.0, 1.0), (1.1, 1.0), (1.1, 1.1), (1.0, 1.1), (1.0, 1.0)]], (0.0, 0.0, 2.0, 2.0))
    land = [int((~water.moved_shore(n).array).sum()) for n in (2, 1, -1, -2)]
    assert land[:3] == [8 * 8, 10 * 10, 12 * 12 + 4 * 12]
    assert land[0] < land[1] < 144 < land[2] < land[3]


@pytest.mark.skipif(globe_mask() is None, reason="no land mask is installed")
def test_ways_to_dunai_are_no_shorter_than_the_great_circles(at) -> None:
    routes = RasterRoutes(GlobeWater(globe_mask()))
    dunai = at(132.33542, 42.87879)
    ports = {
        98: at(130.28663, 42.22578), 130: at(129.8167, 41.7667), 176: at(129.497, 40.838), 281: at(127.6167, 39.8333),
        315: at(127.444, 39.153),
    }  # fmt: skip
    for miles, path in zip(ports, routes.paths([(p, dunai) for p in ports.values()]), strict=True):
        assert path.geodesic_m / 1852.0 == pytest.approx(miles, abs=1.0)
        assert path.geodesic_m <= path.metres <= 1.08 * path.geodesic_m
        assert path.reached
