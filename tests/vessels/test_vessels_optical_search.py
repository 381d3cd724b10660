"""Optical pictures of any size: what is shown to the network, where its boxes lie, and what is named as no ship.

A stand-in for the network boxes every bright blob by its moments, so that only the search itself is tested.
"""

from __future__ import annotations

import tracemalloc
import warnings
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning

from offing.errors import PictureError
from offing.imagery import sketch
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.imagery.reading import open_picture
from offing.vessels.detection import lattice, optical_sampling, optical_search
from offing.vessels.detection.additive import Card, Curve
from offing.vessels.detection.dismissal.cover import dismiss_by_cover
from offing.vessels.detection.finds import detection_of
from offing.vessels.detection.lattice import Lattice, passed
from offing.vessels.detection.network import Boxes, NetworkCard
from offing.vessels.detection.optical_tiles import limits, limits_of, worth
from offing.vessels.detection.pieces import pieces, roomy

S2 = ("B02", "B03", "B04", "B08")
WATER = (0.07, 0.06, 0.04, 0.02)
LAND = (0.05, 0.07, 0.08, 0.25)
SHIP = (0.26, 0.26, 0.27, 0.27)
CLOUD = (0.6, 0.6, 0.6, 0.65)


class Blobs:
    """Boxes of what is bright in the green plane; the bow is at the brighter end."""

    def __init__(self, over: float = 0.5) -> None:
        self.over = over

    def boxes(self, channels: np.ndarray, least: float) -> Boxes:
        del least
        grey = channels[1]
        _, labels, stats, _ = cv2.connectedComponentsWithStats((grey > self.over).astype(np.uint8), connectivity=8)
        rows = [self._box(grey, labels == n, stats[n]) for n in range(1, len(stats)) if 3 <= stats[n, 4] < 40_000]
        table = np.array(rows, np.float64).reshape(-1, 8)
        angle = table[:, 4] % np.pi
        bow = table[:, 6] * np.cos(angle) + table[:, 7] * np.sin(angle)
        return Boxes(centre=table[:, :2], size=table[:, 2:4], angle=angle, log_odds=table[:, 5], bow=bow)

    def _box(self, grey: np.ndarray, where: np.ndarray, stat: np.ndarray) -> tuple[float, ...]:
        near = cv2.dilate(where.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        row, col = np.nonzero(near)
        weight = np.maximum(grey[row, col].astype(np.float64), 0.0) ** 2
        weight /= weight.sum()
        col, row = col + 0.5, row + 0.5
        x, y = float(weight @ col), float(weight @ row)
        cover = np.cov(np.stack([col, row]), aweights=weight, bias=True)
        values, vectors = np.linalg.eigh(cover)
        ahead = vectors[:, 1]
        length, beam = (float(np.sqrt(12 * max(v, 0.05))) for v in values[::-1])
        along = (col - x) * ahead[0] + (row - y) * ahead[1]
        skew = float(weight @ along**3)
        bow = ahead * (-np.sign(skew) * 2.0)
        return x, y, length, beam, float(np.arctan2(ahead[1], ahead[0])), 3.0 + 1e-4 * stat[4], *bow


def stamp(shape, col, row, length, beam, degrees):
    """Share of each pixel in a rectangle, by 4 × 4 sub-pixels; ``degrees`` clockwise from up."""
    reach = int(length + beam) + 3
    r0, c0 = max(0, int(row) - reach), max(0, int(col) - reach)
    r1, c1 = min(shape[0], int(row) + reach), min(shape[1], int(col) + reach)
    at_rows, at_cols = (np.arange(4 * (b - a)) / 4 + 0.125 + a for a, b in ((r0, r1), (c0, c1)))
    dc, dr = at_cols[None, :] - col, at_rows[:, None] - row
    a = np.radians(degrees)
    along, across = dc * np.sin(a) - dr * np.cos(a), dc * np.cos(a) + dr * np.sin(a)
    inside = (np.abs(along) <= length / 2) & (np.abs(across) <= beam / 2)
    share = np.zeros(shape)
    share[r0:r1, c0:c1] = inside.reshape(r1 - r0, 4, c1 - c0, 4).mean(axis=(1, 3))
    return share


def scene(shape, ships=(), ground=WATER, seed=0, noise=0.001):
    """(bands, rows, cols) reflectance of water with bright ships."""
    rng = np.random.default_rng(seed)
    bands = np.array(ground)[:, None, None] + rng.normal(0, noise, (len(ground), *shape))
    for ship in ships:
        part = stamp(shape, *ship)
        bands = bands * (1 - part) + part * np.array(SHIP[: len(ground)])[:, None, None]
    return bands.astype(np.float32)


def fill(bands, rows, cols, colour):
    bands[:, rows, cols] = np.array(colour, np.float32)[:, None, None]


def write(path, bands, names=S2, *, gsd=10.0, transform=None, crs="EPSG:32652", **profile):
    place = {"crs": crs, "transform": transform or Affine(gsd, 0, 500_000, 0, -gsd, 4_750_000)} if gsd else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", height=bands.shape[1], width=bands.shape[2], count=bands.shape[0],
            dtype=bands.dtype, **{"tiled": True, "blockxsize": 64, "blockysize": 64, **place, **profile},
        ) as out:  # fmt: skip
            out.write(bands)
            out.descriptions = names
    return path


def search(path, workers=None, over=0.5):
    with open_picture([path]) as picture:
        return optical_search.optical_search(picture, workers, Blobs(over))


def table(found):
    """(n, 5) col, row, half length, half beam, log odds."""
    rows = [(f.box.col, f.box.row, np.hypot(*f.box.length_px), np.hypot(*f.box.beam_px), f.log_odds) for f in found]
    return np.array(sorted(rows, key=lambda r: (round(r[0]), round(r[1])))).reshape(-1, 5)


CARD = NetworkCard(
    card=Card(id="blobs", data="", licence="", split="", target="", figures={"refit_sd_log_odds": 0.1},
              calibration="", limits=""),
    weights="", sha256="",
    calibration=Curve(feature="log odds", knots=(-4.0, 4.0), values=(-4.0, 4.0)),
    bow=Curve(feature="bow", knots=(0.0, 4.0), values=(0.0, 2.0)),
)  # fmt: skip


def judged(path, over=0.5):
    """(ships, dismissed) as ``detect`` gives them."""
    with open_picture([path]) as picture:
        seen = optical_search.optical_search(picture, 2, Blobs(over))
        return dismiss_by_cover([detection_of(f, 0.9, picture, CARD) for f in seen.finds], seen.cover)


GRID = [(float(c), float(r), 20.0, 4.0, 35.0) for c in (50, 128, 200, 256, 330) for r in (40, 128, 192, 255)]


@pytest.fixture
def small_squares(monkeypatch):
    """Squares of 128 pixels at 10 m."""
    monkeypatch.setattr(optical_search, "WHOLE_PX", 1000)
    monkeypatch.setattr(optical_search, "SQUARE", {"coarse": 256, "fine": 128})


def test_seams_neither_split_nor_double(tmp_path, small_squares):
    path = write(tmp_path / "a.tif", scene((300, 400), GRID))
    one, three = (table(search(path, n).finds) for n in (1, 3))
    np.testing.assert_array_equal(one, three)
    assert len(one) == len(GRID)
    np.testing.assert_allclose(one[:, :2], sorted((c, r) for c, r, *_ in GRID), atol=0.15)


def test_the_answer_does_not_depend_on_how_the_file_stores_it(tmp_path, small_squares, monkeypatch):
    bands = scene((300, 400), GRID)
    answers = []
    for i, how in enumerate(
        ({}, {"blockxsize": 256, "blockysize": 128}, {"tiled": False, "blockxsize": 400, "blockysize": 1})
    ):
        answers.append(table(search(write(tmp_path / f"{i}.tif", bands, **how), 2).finds))
    monkeypatch.setattr(lattice, "MEMORY_BYTES", 4 * 4 * 500 * 300)  # panels of two squares
    answers += [table(search(tmp_path / f"{i}.tif", 2).finds) for i in range(3)]
    for answer in answers[1:]:
        np.testing.assert_array_equal(answer, answers[0])


def test_the_whole_picture_and_its_squares_agree(tmp_path, monkeypatch):
    path = write(tmp_path / "a.tif", scene((300, 400), GRID))
    whole = table(search(path).finds)
    monkeypatch.setattr(optical_search, "WHOLE_PX", 1000)
    monkeypatch.setattr(optical_search, "SQUARE", {"coarse": 300, "fine": 128})
    np.testing.assert_allclose(table(search(path).finds), whole, atol=0.2)


@pytest.mark.parametrize(
    ("gsd", "names", "size"),
    [(10.0, S2, 1), (8.1, S2, 1), (15.0, S2, 1), (3.0, ("blue", "green", "red", "nir"), 4),
     (5.0, ("blue", "green", "red"), 3), (0.53, ("red", "green", "blue"), 10), (0.31, ("pan",), 16)],
)  # fmt: skip
def test_what_is_seen_is_put_back_where_it_lies(tmp_path, gsd, names, size):
    """Whatever the zoom: centres to a fraction of a pixel as shown, the axis, the length, the bow."""
    shape = (120 * min(size, 10), 160 * min(size, 10))
    ships = [(shape[1] * x, shape[0] * y, 16.0 * size, 3.5 * size, d)
             for x, y, d in ((0.2, 0.3, 20.0), (0.5, 0.6, 75.0), (0.8, 0.4, 130.0))]  # fmt: skip
    bands = scene(shape, ships, WATER[: len(names)])
    path = write(tmp_path / "a.tif", bands, names, gsd=gsd)
    with open_picture([path]) as picture:
        scale = optical_search.scale_of(picture)[0].mean
        found = optical_search.optical_search(picture, 1, Blobs())
        axes = [detection_of(f, 0.9, picture, CARD).measurement.axis_deg for f in found.finds]
    assert len(found.finds) == 3
    order = np.argsort([f.box.col for f in found.finds])
    for i, (col, row, length, _, degrees) in zip(order, ships, strict=True):
        box = found.finds[i].box
        assert abs(box.col - col) < 0.3 / scale
        assert abs(box.row - row) < 0.3 / scale
        assert 2 * np.hypot(*box.length_px) == pytest.approx(length, abs=0.08 * length + 1 / scale)
        assert abs((axes[i] - degrees + 90) % 180 - 90) < 3


def test_pixels_that_are_not_square_are_shown_square(tmp_path):
    """In degrees at 60° north a pixel is half as wide as it is high."""
    step = 1 / 11_140
    path = write(
        tmp_path / "a.tif", scene((200, 600), [(300.0, 100.0, 1.0, 1.0, 0.0)]), crs="EPSG:4326",
        transform=Affine(step, 0, 20, 0, -step, 60.0),
    )  # fmt: skip
    bands = scene((200, 600))
    # 240 m along the parallel and 60 m across it
    bands[:, 97:103, 276:324] = np.array(SHIP)[:, None, None]
    path = write(tmp_path / "a.tif", bands, crs="EPSG:4326", transform=Affine(step, 0, 20, 0, -step, 60.0))
    with open_picture([path]) as picture:
        wide, high = picture.gsd_m
        (find,) = optical_search.optical_search(picture, 1, Blobs()).finds
        measured = detection_of(find, 0.9, picture, CARD).measurement
    assert wide == pytest.approx(high / 2, rel=0.02)
    assert abs(find.box.col - 300) < 0.3
    assert abs(find.box.row - 100) < 0.2
    assert measured.length_m == pytest.approx(48 * wide, rel=0.1)
    assert abs(measured.axis_deg - 90) < 2


def test_the_bow_is_where_it_is_told(tmp_path):
    """The brighter end, whatever way the ship lies; the heading follows, its probability by the card."""
    for degrees in (15.0, 105.0, 200.0, 300.0):
        bands = scene((200, 240), [(120.0, 100.0, 30.0, 5.0, degrees)])
        a = np.radians(degrees)
        bands += 0.25 * stamp((200, 240), 120 + 10 * np.sin(a), 100 - 10 * np.cos(a), 10, 5, degrees)
        path = write(tmp_path / "a.tif", bands.astype(np.float32))
        with open_picture([path]) as picture:
            (find,) = optical_search.optical_search(picture, 1, Blobs()).finds
            measured = detection_of(find, 0.9, picture, CARD).measurement
            north = picture.north_deg_at(120, 100)
        assert find.bow_log_odds == pytest.approx(2.0, rel=0.01)
        assert measured.bow_probability == pytest.approx(1 / (1 + np.exp(-1.0)), abs=0.01)
        assert abs((measured.heading_deg - (degrees - north) + 180) % 360 - 180) < 4
        assert measured.axis_deg == pytest.approx(measured.heading_deg % 180)


def test_no_pixel_is_read_twice(tmp_path, small_squares, monkeypatch):
    read = np.zeros((300, 400), int)
    honest = Picture.read

    def counting(self, bands=None, window=None):
        if window is None:
            read[:] += 1
        else:
            read[window.row0 : window.row1, window.col0 : window.col1] += 1
        return honest(self, bands, window)

    monkeypatch.setattr(Picture, "read", counting)
    path = write(tmp_path / "a.tif", scene((300, 400), GRID))
    search(path, 2)
    assert (read == 1).all()
    # A large picture is sampled first; the pass itself reads every pixel once.
    monkeypatch.setattr(optical_sampling, "SMALL_PX", 1000)
    monkeypatch.setattr(optical_sampling, "stored_windows", lambda *_: [Box(col0=0, row0=0, col1=64, row1=64)])
    read[:] = 0
    assert len(search(path, 2).finds) == len(GRID)
    assert (read[:64, :64] == 2).all()
    read[:64, :64] -= 1
    assert (read == 1).all()


def test_memory_does_not_grow_with_the_picture(tmp_path, monkeypatch):
    """Rows in memory are bounded, and so is what is shown at once."""
    monkeypatch.setattr(lattice, "MEMORY_BYTES", 6_000_000)
    monkeypatch.setattr(optical_sampling, "SMALL_PX", 1000)
    monkeypatch.setattr(optical_search, "WHOLE_PX", 1000)
    monkeypatch.setattr(optical_search, "SQUARE", {"coarse": 512, "fine": 256})
    peaks = []
    for rows in (1200, 2400):
        bands = np.full((3, rows, 1000), 20, np.uint8)
        bands[:, rows - 60 : rows - 40, 500:580] = 200
        path = write(tmp_path / f"{rows}.tif", bands, ("red", "green", "blue"), gsd=1.0, compress="deflate")
        with open_picture([path]) as picture:
            tracemalloc.start()
            found = optical_search.optical_search(picture, 2, Blobs())
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert [(round(f.box.col), round(f.box.row)) for f in found.finds] == [(540, rows - 50)]
    assert peaks[1] < 1.3 * peaks[0]
    assert peaks[1] < 0.6 * 4 * 3 * 2400 * 1000


def test_ships_cut_off_by_the_edge_or_by_missing_data_are_clipped(tmp_path):
    bands = scene((200, 300), [(3.0, 100.0, 24.0, 5.0, 90.0), (150.0, 100.0, 24.0, 5.0, 90.0),
                               (250.0, 60.0, 24.0, 5.0, 90.0)])  # fmt: skip
    bands[:, :, 255:] = np.nan
    found = search(write(tmp_path / "a.tif", bands, nodata=np.nan)).finds
    flags = {round(f.box.col): f.flags for f in found}
    assert len(found) == 3
    assert sorted(flags.values()) == [(), ("clipped",), ("clipped",)]
    assert flags[150] == ()
    for f in found:
        assert 0 <= f.box.col < 300


def test_a_slanted_edge_of_data_is_no_ship(tmp_path):
    bands = scene((300, 300), [(180.0, 180.0, 20.0, 4.0, 45.0)])
    row, col = np.mgrid[:300, :300]
    bands[:, row + col < 200] = np.nan
    found = search(write(tmp_path / "a.tif", bands, nodata=np.nan)).finds
    assert [(round(f.box.col), round(f.box.row)) for f in found] == [(180, 180)]


def test_nothing_but_nodata_is_said(tmp_path):
    path = write(tmp_path / "a.tif", scene((64, 64)))
    with open_picture([path]) as picture, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Picture, "read", lambda self, bands=None, window=None: np.full(
            (len(bands), *((self.height, self.width) if window is None else (window.height, window.width))), np.nan,
            np.float32))  # fmt: skip
        with pytest.raises(PictureError, match="nodata"):
            optical_search.optical_search(picture, 1, Blobs())


def test_unknown_pixel_size_is_said(tmp_path):
    path = write(tmp_path / "a.tif", scene((200, 300), [(150.0, 100.0, 60.0, 12.0, 30.0)], WATER[:3]),
                 ("red", "green", "blue"), gsd=None)  # fmt: skip
    found = search(path)
    assert len(found.finds) == 1
    assert any("pixel size unknown" in n and "half" in n for n in found.notes)
    path = write(tmp_path / "b.tif", scene((200, 300), [(150.0, 100.0, 20.0, 4.0, 30.0)]), gsd=None)
    with open_picture([path]) as picture:
        assert optical_search.kind_of(picture) == "coarse"
    assert any("10 m" in n for n in search(path).notes)


# What a large coarse picture is shown of -------------------------------------------------------------------------


def coast(shape=(600, 800), shore=400):
    """Land left of ``shore``, with a straight quay."""
    bands = scene(shape)
    part = np.random.default_rng(5).normal(1, 0.15, (shape[0], shore))
    bands[:, :, :shore] = np.array(LAND, np.float32)[:, None, None] * part
    return bands


@pytest.fixture
def large(monkeypatch):
    """Pictures are large from the first pixel on."""
    monkeypatch.setattr(optical_sampling, "SMALL_PX", 0)
    monkeypatch.setattr(optical_search, "WHOLE_PX", 1000)
    monkeypatch.setattr(optical_search, "SQUARE", {"coarse": 400, "fine": 256})


def put(bands, *ship, colour=SHIP):
    part = stamp(bands.shape[1:], *ship)
    bands[:] = bands * (1 - part) + part * np.array(colour)[:, None, None]


def test_ships_at_the_quay_at_anchor_and_in_a_dock_are_shown(tmp_path, large):
    bands = coast()
    fill(bands, slice(400, 406), slice(340, 400), WATER)  # a dock 60 m wide and 600 m long
    put(bands, 403.0, 150.0, 22.0, 4.0, 0.0)  # alongside
    put(bands, 600.0, 300.0, 20.0, 4.0, 45.0)  # at anchor
    put(bands, 370.0, 403.0, 20.0, 3.5, 90.0)  # in the dock
    found = search(write(tmp_path / "a.tif", bands), over=0.6)
    places = sorted((round(f.box.col / 5), round(f.box.row / 5)) for f in found.finds)
    assert len(places) == 3
    np.testing.assert_allclose(places, [(74, 81), (81, 30), (120, 60)], atol=1)
    assert found.shown < 0.75


def test_land_and_empty_water_are_not_shown(tmp_path, large):
    bands = coast((600, 1200), 600)
    found = search(write(tmp_path / "a.tif", bands))
    assert 0 < found.shown < 0.4  # the shore
    assert search(write(tmp_path / "b.tif", scene((600, 1200)))).shown == 0
    bands = scene((600, 1200), ground=LAND, noise=0.01)
    assert search(write(tmp_path / "c.tif", bands)).shown == 0


@pytest.mark.parametrize("haze", [0.0, 0.06, 0.15])
def test_faint_boats_on_open_water_are_shown_through_haze_and_glint(tmp_path, large, haze):
    bands = scene((600, 800), ground=tuple(w + haze for w in WATER), noise=0.002)
    put(bands, 500.0, 300.0, 3.0, 1.5, 30.0, colour=tuple(w + haze + 0.05 for w in WATER))
    with open_picture([write(tmp_path / "a.tif", bands)]) as picture:
        shown = []

        class Watching(Blobs):
            def boxes(self, channels, least):
                shown.append(channels.shape)
                return super().boxes(channels, least)

        optical_search.optical_search(picture, 1, Watching())
    assert shown


def test_colour_alone_shows_what_is_not_flat(tmp_path, large):
    bands = coast()[:3]
    put(bands, 600.0, 300.0, 20.0, 4.0, 45.0, colour=SHIP[:3])
    found = search(write(tmp_path / "a.tif", bands, ("B02", "B03", "B04")), over=0.6)
    assert any(abs(f.box.col - 600) < 1 for f in found.finds)
    assert search(write(tmp_path / "b.tif", scene((600, 800))[:3], ("B02", "B03", "B04"))).shown == 0


def test_what_a_glance_shows_to_be_inland_is_not_read(tmp_path, large, monkeypatch):
    """Land without water within a kilometre; what is found stays."""
    monkeypatch.setattr(lattice, "GREATEST", 64)
    monkeypatch.setattr(lattice, "STRIP", 64)
    bands = coast((600, 1200), 600)
    put(bands, 603.0, 150.0, 22.0, 4.0, 0.0)
    put(bands, 900.0, 300.0, 20.0, 4.0, 45.0)
    fill(bands, slice(400, 440), slice(100, 140), WATER)
    put(bands, 120.0, 420.0, 14.0, 3.0, 45.0)  # in a harbour basin of its own
    path = write(tmp_path / "a.tif", bands)
    whole = search(path, over=0.6)
    with rasterio.open(path, "r+") as out:
        out.build_overviews([2, 4, 8], Resampling.average)
    monkeypatch.setattr(sketch, "LEAST_PX", 1000)
    monkeypatch.setattr(sketch, "CELLS", 15_000)
    read = np.zeros((600, 1200), int)
    honest = Picture.read

    def counting(self, bands=None, window=None):
        read[window.row0 : window.row1, window.col0 : window.col1] += 1
        return honest(self, bands, window)

    monkeypatch.setattr(Picture, "read", counting)
    found = search(path, 2, over=0.6)
    assert len(found.finds) == 3
    np.testing.assert_allclose(table(found.finds)[:, :2], table(whole.finds)[:, :2], atol=0.02)
    np.testing.assert_allclose(table(found.finds)[:, 2:4], table(whole.finds)[:, 2:4], rtol=0.04)
    assert read.max() <= 2  # the darkest places are sampled first
    assert 0.05 < (read == 0).mean() < 0.4
    assert (read[:, 500:] >= 1).all()
    assert (read[330:510, 30:210] >= 1).all()
    assert (read == 2).mean() < 0.4


def test_the_limit_of_water_is_the_pictures_own():
    rng = np.random.default_rng(2)
    wet, dry = rng.normal(0.05, 0.004, 5000), rng.normal(0.30, 0.05, 5000)
    green = np.concatenate([rng.normal(0.08, 0.01, 5000), rng.normal(0.09, 0.01, 5000)]).astype(np.float32)
    found = limits_of(green, np.concatenate([wet, dry]).astype(np.float32), 10.0)
    assert 0.06 < found.nir < 0.18
    assert limits_of(green[:5000], wet.astype(np.float32), 10.0).nir == pytest.approx(0.18)
    assert limits_of(green[5000:], dry.astype(np.float32), 10.0).nir == pytest.approx(0.03)


def test_a_small_pond_shows_nothing():
    bands = scene((300, 300), ground=LAND)
    fill(bands, slice(100, 102), slice(100, 140), WATER)  # 20 m wide
    core = Box(col0=0, row0=0, col1=300, row1=300)
    assert worth(bands[1], bands[2], bands[3], core, limits(0.1, 10.0)).tiles == []
    fill(bands, slice(100, 110), slice(100, 140), WATER)
    assert worth(bands[1], bands[2], bands[3], core, limits(0.1, 10.0)).tiles != []


# What is named as no ship ----------------------------------------------------------------------------------------


def test_on_land_is_dismissed_and_at_the_quay_is_not(tmp_path):
    bands = coast()
    put(bands, 100.0, 100.0, 20.0, 4.0, 45.0)  # 3 km inland
    put(bands, 397.0, 300.0, 22.0, 4.0, 0.0)  # a dry dock beside the water
    put(bands, 404.0, 150.0, 22.0, 4.0, 0.0)
    put(bands, 700.0, 300.0, 20.0, 4.0, 45.0)
    ships, dismissed = judged(write(tmp_path / "a.tif", bands), over=0.6)
    assert sorted(round(d.box.col / 10) for d in ships) == [40, 40, 70]
    (inland,) = dismissed
    assert "land" in inland.flags
    assert "on land" in inland.reasons[0]
    assert round(inland.box.col / 10) == 10
    assert {"near-land" in d.flags for d in ships if d.box.col < 500} == {True}
    assert ["near-land" in d.flags for d in ships if d.box.col > 500] == [False]


def cloudy():
    bands = scene((500, 700))
    row, col = np.mgrid[:500, :700]
    cloud = np.hypot(row - 250, col - 250) < 90
    bands[:, cloud] = np.array(CLOUD, np.float32)[:, None]
    put(bands, 250.0, 250.0, 20.0, 5.0, 30.0, colour=(2.0, 2.0, 2.0, 2.0))
    put(bands, 250.0, 355.0, 20.0, 4.0, 90.0)
    put(bands, 600.0, 250.0, 20.0, 4.0, 90.0)
    return bands, cloud


@pytest.mark.parametrize("quality", [False, True])
def test_on_a_cloud_is_dismissed_beside_it_is_flagged(tmp_path, quality):
    bands, cloud = cloudy()
    names = S2
    if quality:
        bands = np.concatenate([bands, np.where(cloud, 9, 6)[None].astype(np.float32)])
        names = (*S2, "SCL")
    path = write(tmp_path / "a.tif", bands, names)
    with open_picture([path]) as picture:
        assert bool(picture.quality_bands) == quality

        class Above(Blobs):
            """Boxes even what shines out of a cloud."""

            def boxes(self, channels, least):
                low, high = Blobs(0.6).boxes(channels, least), Blobs(2.4).boxes(channels, least)
                small = low.only(low.size[:, 0] < 80)
                return Boxes.joined([small, high])

        seen = optical_search.optical_search(picture, 2, Above())
        ships, dismissed = dismiss_by_cover([detection_of(f, 0.9, picture, CARD) for f in seen.finds], seen.cover)
    assert [round(d.box.col / 10) for d in dismissed] == [25]
    assert "cloud" in dismissed[0].flags
    assert ("SCL" if quality else "brightness") in dismissed[0].reasons[0]
    near = {round(d.box.row / 5): "near-cloud" in d.flags for d in ships}
    assert near == {71: True, 50: False}


def test_a_ship_at_a_white_quay_is_not_on_a_cloud(tmp_path):
    """A white terminal of 0.4 km², as bright as a cloud, and one of 2 km² with the ship in the water beside it."""
    for side, across in ((60, 68), (140, 145)):
        bands = coast((500, 700), 300)
        fill(bands, slice(150, 150 + side), slice(300 - across, 300), CLOUD)
        put(bands, 303.0, 180.0, 24.0, 4.0, 0.0, colour=CLOUD)
        bands[:, 150:210, 300] = np.array(WATER, np.float32)[:, None]
        _, dismissed = judged(write(tmp_path / "a.tif", bands), over=1.0)
        assert not any(d.box.col > 300 for d in dismissed)


# The parts -------------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 300), st.integers(1, 300), st.integers(10, 90), st.integers(0, 40),
    st.sampled_from([(1, 300), (16, 16), (64, 32), (7, 128)]), st.integers(50, 400),
)  # fmt: skip
def test_squares_cover_the_picture_once_and_hold_its_pixels(width, height, side, margin, block, columns):
    numbers = np.arange(width * height, dtype=np.float32).reshape(1, height, width)
    cut = Lattice(
        width=width, height=height, side=side, margin=margin,
        block=(block[0], min(block[1], columns // 4 + 1)), columns=columns,
    )  # fmt: skip
    seen = np.zeros((height, width), int)
    with ThreadPoolExecutor(2) as pool:
        rows = passed(lambda c: numbers[:, c.row0 : c.row1, c.col0 : c.col1], 1, cut, pool)
        for square in (s for row in rows for s in row):
            w = square.window
            np.testing.assert_array_equal(square.values, numbers[:, w.row0 : w.row1, w.col0 : w.col1])
            assert w.col0 == max(0, square.core.col0 - margin)
            assert w.row1 == min(height, square.core.row1 + margin)
            seen[square.core.row0 : square.core.row1, square.core.col0 : square.core.col1] += 1
    assert (seen == 1).all()


@settings(max_examples=30, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=60), st.integers(0, 80))
def test_roomy_pieces_cover_the_tiles_and_show_no_more(cells, margin):
    tiles = [Box(col0=c * 64, row0=r * 64, col1=c * 64 + 64, row1=r * 64 + 64) for c, r in cells]
    painted = np.zeros((12, 12), bool)
    made = roomy(tiles, margin, 448)
    for piece in made:
        assert max(piece.width, piece.height) <= 448
        painted[piece.row0 // 64 : piece.row1 // 64, piece.col0 // 64 : piece.col1 // 64] = True
    assert all(painted[r, c] for c, r in cells)

    def cost(boxes):
        return sum((b.width + 2 * margin) * (b.height + 2 * margin) for b in boxes)

    assert cost(made) <= cost(pieces(tiles, 448))
    assert roomy(tiles[::-1], margin, 448) == made


def test_a_glance_takes_the_overviews(tmp_path, monkeypatch):
    monkeypatch.setattr(sketch, "LEAST_PX", 10_000)
    monkeypatch.setattr(sketch, "CELLS", 6_000)
    bands = scene((512, 640))
    bands[:, :, 320:] += 0.2
    path = write(tmp_path / "a.tif", bands)
    with open_picture([path]) as picture:
        assert sketch.glance(picture, S2) is None
    with rasterio.open(path, "r+") as out:
        out.build_overviews([2, 4, 8, 16], Resampling.average)
    with open_picture([path]) as picture:
        values = sketch.glance(picture, ("B03", "B08"))
    assert values.values.shape == (2, 64, 80)
    assert values.factor == 8
    np.testing.assert_allclose(
        np.quantile(values.values.reshape(2, -1), [0.25, 0.75], axis=1), [[0.06, 0.02], [0.26, 0.22]], atol=0.003
    )
