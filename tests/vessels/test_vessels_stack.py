"""What other looks of a place tell: the empty berth, what came to it, and what is always there."""

import warnings
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from rasterio.warp import Resampling, reproject
from scipy.ndimage import gaussian_filter

from offing.imagery.model import Box
from offing.imagery.reading import open_picture
from offing.quantities import Probability
from offing.sites import Berth
from offing.vessels.detection.detect import detect
from offing.vessels.detection.stack import detect_with_background
from offing.vessels.detection.stack.aligned import Other, Shift, on_reference, registered
from offing.vessels.detection.stack.background import background
from offing.vessels.detection.stack.detect import compared
from offing.vessels.detection.stack.fixed import LEAST_SPAN, persistence
from offing.vessels.detection.stack.merging import merged, numbered, reconciled
from offing.vessels.model import Detection, Measurement, OrientedBox

SIDE, SHORE = 192, 110
START = datetime(2024, 3, 1, 9, tzinfo=UTC)
PLACE = Affine(10, 0, 500_000, 0, -10, 4_750_000)
ALL = Box(col0=0, row0=0, col1=SIDE, row1=SIDE)


def power(seed: int, ships=(), *, wind: float = 1.0, beacon: float = 0.0):
    """(2, rows, cols): water on the left with its quay at column SHORE, a town that stays on the right."""
    town = np.exp(2.5 * gaussian_filter(np.random.default_rng(7).normal(0.0, 1.0, (SIDE, SIDE)), 1.2))
    mean = np.where(np.arange(SIDE) < SHORE, 0.01 * wind, 0.15 * town)
    mean[:, SHORE - 1 : SHORE + 2] += 0.6
    mean[30:32, 40:42] += beacon
    for row, col, long, wide, bright in ships:
        mean[row : row + long, col : col + wide] += bright
    speckle = np.random.default_rng([seed, 1]).gamma(4.4, 1 / 4.4, (2, SIDE, SIDE))
    return (mean * speckle * np.array([1.0, 0.15])[:, None, None]).astype(np.float32)


def written(path, array, *, day: int = 0, place=PLACE, crs="EPSG:32652", simulated: bool = False):
    with rasterio.open(
        path, "w", driver="GTiff", count=len(array), height=array.shape[1], width=array.shape[2], dtype="float32",
        crs=crs, transform=place,
    ) as out:  # fmt: skip
        out.write(array)
        out.descriptions = ("VV", "VH")[: len(array)]
        tags = {"OFFING_TIME": (START + timedelta(days=day)).isoformat(), "OFFING_SENSOR": "sar"}
        out.update_tags(**tags, **({"OFFING_SIMULATED": "YES"} if simulated else {}))
    return path


MOORED = (70, SHORE - 4, 13, 3, 1.5)
"""A ship of 130 × 30 m alongside, as bright as what stands on the quay."""


@pytest.fixture
def stack():
    with ExitStack() as opened:
        yield lambda *paths: [opened.enter_context(open_picture([p])) for p in paths]


def quay(picture) -> Berth:
    corners = [(SHORE - 5, 40), (SHORE, 40), (SHORE, 150), (SHORE - 5, 150), (SHORE - 5, 40)]
    lons, lats = picture.lonlat([c for c, _ in corners], [r for _, r in corners])
    return Berth(id="q", site="s", ring=tuple(zip(lons.tolist(), lats.tolist(), strict=True)))


# The empty place ---------------------------------------------------------------------------------------------------
def water():
    return np.broadcast_to(np.arange(SIDE) < SHORE - 3, (SIDE, SIDE))


def test_the_empty_berth_is_found_though_ships_lie_there_two_times_in_five() -> None:
    looks = np.stack([power(n, [MOORED] if n % 5 < 2 else []) for n in range(10)])
    empty = background(power(99), looks[[2, 3, 4, 7, 8, 9]], water(), 10.0)
    found = background(power(99, [MOORED]), looks, water(), 10.0)
    berth = (slice(71, 82), slice(SHORE - 4, SHORE - 1))
    assert abs((found.level - empty.level)[berth]).mean() < 0.25
    assert found.excess[berth].mean() > 1.0
    assert found.significance[berth].mean() > 4.0
    elsewhere = np.ones((SIDE, SIDE), bool)
    elsewhere[65:90, SHORE - 12 : SHORE + 8] = False
    assert np.mean(found.significance[elsewhere] > 4.0) < 0.002
    assert found.wet[:, : SHORE - 6].mean() > 0.99
    assert not found.wet[:, SHORE:].any() or found.wet[:, SHORE:].mean() < 0.1


def test_wind_does_not_look_like_ships() -> None:
    calm = np.stack([power(n, wind=0.5) for n in range(6)])
    place = background(power(9, wind=6.0), calm, water(), 10.0)
    assert np.mean(place.significance[:, : SHORE - 4] > 4.0) < 0.002


def test_another_gain_is_taken_out() -> None:
    looks = np.stack([power(n) * (0.3 if n % 2 else 2.0) for n in range(6)])
    place = background(power(9), looks, water(), 10.0)
    assert abs(place.excess[:, SHORE + 4 :].mean()) < 0.1


@given(order=st.permutations(range(5)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_looks_does_not_matter(order) -> None:
    looks = np.stack([power(n)[:, 60:124, 70:134] for n in range(5)])
    wet = water()[60:124, 70:134]
    now = power(9)[:, 60:124, 70:134]
    one, other = background(now, looks, wet, 10.0), background(now, looks[list(order)], wet, 10.0)
    np.testing.assert_allclose(one.level, other.level, atol=1e-3)
    np.testing.assert_allclose(one.spread, other.spread, atol=0.05)


def test_looks_without_data_are_left_out() -> None:
    looks = np.stack([power(n) for n in range(5)])
    looks[1:, :, :50] = np.nan
    looks[:, :, :10] = np.nan
    place = background(power(9), looks, water(), 10.0)
    assert np.isnan(place.level[:10]).all()
    assert not place.excess[:10].any()
    assert (place.count[15:45] == 1).all()
    assert np.isfinite(place.significance).all()


# On one grid -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("crs", ["EPSG:32652", "EPSG:32651", "EPSG:4326"])
def test_another_grid_is_read_as_gdal_would_warp_it(tmp_path, stack, crs) -> None:
    smooth = gaussian_filter(power(1), (0, 2, 2)).astype(np.float32)
    if crs == "EPSG:32652":
        place = PLACE @ Affine.translation(3.4, -2.7)
    else:
        # The same middle in the other system, with pixels of about the same size.
        x, y = Transformer.from_crs("EPSG:32652", crs, always_xy=True).transform(*(PLACE @ (SIDE / 2, SIDE / 2)))
        wide, high = (10.0, 10.0) if crs == "EPSG:32651" else (1.22e-4, 9e-5)
        place = Affine(wide, 0, x - wide * SIDE / 2, 0, -high, y + high * SIDE / 2)
    ours, theirs = stack(written(tmp_path / "a.tif", smooth), written(tmp_path / "b.tif", smooth, place=place, crs=crs))
    got = on_reference(ours, Other(picture=theirs, shift=Shift()), ("VV",), ALL)[0]
    wanted = np.full((SIDE, SIDE), np.nan, np.float32)
    reproject(
        smooth[0], wanted, src_transform=place, src_crs=crs, dst_transform=PLACE, dst_crs="EPSG:32652",
        resampling=Resampling.bilinear, src_nodata=np.nan, dst_nodata=np.nan, tolerance=0.0,
    )  # fmt: skip
    both = np.isfinite(got) & np.isfinite(wanted)
    assert both.mean() > 0.4
    np.testing.assert_allclose(got[both], wanted[both], rtol=0.03, atol=0.004)


def test_a_picture_that_lies_off_is_moved_back(tmp_path, stack) -> None:
    off = PLACE @ Affine.translation(0.7, -0.4)
    ours, theirs = stack(written(tmp_path / "a.tif", power(1)), written(tmp_path / "b.tif", power(2), place=off))
    found = registered(ours, theirs, ("VV", "VH"), [ALL]).shift
    assert found.measured
    assert (found.col, found.row) == pytest.approx((0.7, -0.4), abs=0.12)


def test_nothing_in_common_leaves_the_georeference_alone(tmp_path, stack) -> None:
    sea = np.random.default_rng(5).gamma(4.4, 0.002, (2, 2, SIDE, SIDE)).astype(np.float32)
    ours, theirs = stack(written(tmp_path / "a.tif", sea[0]), written(tmp_path / "b.tif", sea[1]))
    assert registered(ours, theirs, ("VV",), [ALL]).shift == Shift()


# Always there ------------------------------------------------------------------------------------------------------
BEACON = OrientedBox(col=41.0, row=31.0, length_px=(1.5, 0.0), beam_px=(0.0, 1.2))


def seen(in_looks, now: float = 1.0, days: int = 12):
    looks = np.stack([power(n, beacon=b) for n, b in enumerate(in_looks)])
    place = background(power(50, beacon=now), looks, water(), 10.0)
    times = [START + timedelta(days=days * n) for n in range(len(looks))]
    found = persistence(BEACON, place, times, START + timedelta(days=days * len(looks)))
    assert found is not None
    return found


def test_what_every_look_shows_is_fixed_and_says_since_when() -> None:
    found = seen([1.0] * 8)
    assert found.fixed
    assert (found.there, found.looks) == (8, 8)
    assert found.reason().startswith("always there: in 8 of 8 other looks since 2024-03-01 at the same place")


@pytest.mark.parametrize(
    ("in_looks", "now", "days"),
    [
        ([1.0, 0.0] * 4, 1.0, 12),  # every other look only
        ([0.0] * 8, 1.0, 12),  # never before
        ([1.0] * 8, 12.0, 12),  # far brighter now: a ship came alongside it
        ([1.0] * 3, 1.0, 60),  # too few looks
        ([1.0] * 8, 1.0, 3),  # all within a month: a ship may stay as long
    ],
)
def test_what_is_not_always_there_is_no_fixed_thing(in_looks, now, days) -> None:
    found = seen(in_looks, now, days)
    assert not found.fixed
    assert found.span <= timedelta(days=days * len(in_looks))


def test_a_box_without_data_says_nothing() -> None:
    now = power(1)
    now[:, 25:40, 35:45] = np.nan
    place = background(now, np.stack([power(n) for n in range(5)]), water(), 10.0)
    assert persistence(BEACON, place, [START] * 5, START) is None
    assert timedelta(days=30) < LEAST_SPAN


# One list ----------------------------------------------------------------------------------------------------------
def ship(col, row, length, beam, score, *flags) -> Detection:
    return Detection(
        id="x", image="a", time=None, score=Probability(value=score, low=score, high=score, basis="test"),
        box=OrientedBox(col=col, row=row, length_px=(length / 2, 0.0), beam_px=(0.0, beam / 2)), ring=None,
        measurement=Measurement(
            length_m=None, length_m_90=None, beam_m=None, beam_m_90=None, axis_deg=0.0, heading_deg=0.0,
            bow_probability=0.5,
        ),
        flags=flags,
    )  # fmt: skip


def test_the_detectors_box_wins_at_the_higher_score() -> None:
    (one,) = merged([ship(50, 50, 20, 5, 0.6, "near-land")], [ship(51, 50, 22, 6, 0.9, "at-berth")])
    assert one.box.length_px == (10.0, 0.0)
    assert one.score.value == 0.9
    assert one.flags == ("at-berth", "near-land")


def test_a_piece_of_a_ship_gives_way_to_the_whole() -> None:
    (one,) = merged([ship(44, 50, 5, 5, 0.6)], [ship(50, 50, 30, 5, 0.9)])
    assert one.box.length_px == (15.0, 0.0)
    (one,) = merged([ship(44, 50, 5, 5, 0.95)], [ship(50, 50, 30, 5, 0.9)])
    assert one.box.length_px == (2.5, 0.0)


def test_what_only_the_comparison_found_is_added_and_numbered() -> None:
    fresh = msgspec.structs.replace(ship(90, 50, 20, 5, 0.9), id="")
    known = msgspec.structs.replace(ship(50, 50, 20, 5, 0.6), id="0001")
    found = numbered(merged([known], [fresh]), ["0001", "0007"])
    assert [(d.id, d.score.value) for d in found] == [("0008", 0.9), ("0001", 0.6)]


def test_what_came_is_no_structure_but_may_be_a_ghost() -> None:
    wall, ghost = ship(50, 50, 20, 5, 0.6, "structure"), ship(90, 50, 20, 5, 0.6, "ambiguity")
    came = [ship(51, 50, 20, 5, 0.9), ship(91, 50, 20, 5, 0.9)]
    assert reconciled(came, (wall, ghost)) == ([came[0]], (ghost,))


# The whole ---------------------------------------------------------------------------------------------------------
def test_a_ship_at_the_quay_is_found_by_its_empty_berth(tmp_path, stack) -> None:
    earlier = [written(tmp_path / f"{n}.tif", power(n), day=12 * n) for n in range(6)]
    picture, free, *others = stack(
        written(tmp_path / "now.tif", power(20, [MOORED]), day=100),
        written(tmp_path / "free.tif", power(21), day=112),
        *earlier,
    )
    berth = quay(picture)
    for berths in ([berth], []):
        found = detect_with_background(picture, others, berths=berths)
        assert any("compared with 6 other looks" in note for note in found.notes)
        moored = [d for d in found.detections if "at-berth" in d.flags]
        assert len(moored) == 1
        assert abs(moored[0].box.col - (SHORE - 2.5)) < 2
        assert abs(moored[0].box.row - 76.5) < 3
        assert moored[0].measurement.axis_deg % 180 == pytest.approx(0.0, abs=15) or (
            moored[0].measurement.axis_deg % 180 > 165
        )
        assert moored[0].ring is not None
        nobody = detect_with_background(free, others, berths=berths)
        assert not [d for d in nobody.detections if "at-berth" in d.flags]


def test_what_is_always_there_is_dismissed_and_what_came_is_not(tmp_path, stack) -> None:
    earlier = [written(tmp_path / f"{n}.tif", power(n, beacon=3.0), day=12 * n) for n in range(6)]
    now = power(20, [(120, 60, 12, 3, 2.0)], beacon=3.0)
    picture, *others = stack(written(tmp_path / "now.tif", now, day=100), *earlier)
    lone = msgspec.structs.replace(ship(41, 31, 5, 4, 0.8), id="0002")
    came = msgspec.structs.replace(ship(61.5, 126, 5, 12, 0.9), id="0001")
    found = msgspec.structs.replace(detect(picture), detections=(came, lone), dismissed=())
    told = compared(found, picture, others)
    assert [d.box for d in told.detections] == [came.box]
    assert [(d.box, d.flags) for d in told.dismissed] == [(lone.box, ("fixed",))]
    assert "in 6 of 6 other looks since 2024-03-01" in told.dismissed[0].reasons[0]
    corners = [(36, 26), (46, 26), (46, 36), (36, 36), (36, 26)]
    lons, lats = picture.lonlat(*zip(*corners, strict=True))
    roads = Berth(id="r", site="s", ring=tuple(zip(lons.tolist(), lats.tolist(), strict=True)))
    told = compared(found, picture, others, berths=[roads])
    assert [d.flags for d in told.detections] == [(), ("always-there",)], "in a berth it may be a ship laid up"
    assert told.dismissed == ()


def test_pictures_that_cannot_serve_are_said(tmp_path, stack) -> None:
    simulated = written(tmp_path / "s.tif", power(2), simulated=True)
    coarse = written(tmp_path / "c.tif", power(3), place=PLACE @ Affine.scale(4))
    picture, *others = stack(written(tmp_path / "now.tif", power(20)), simulated, coarse)
    found = detect_with_background(picture, others)
    assert "no other radar picture of the place with such pixels and polarisation: not compared" in found.notes
    assert detect_with_background(picture, []).detections == detect(picture).detections


def test_a_second_file_of_one_acquisition_is_no_second_look(tmp_path, stack) -> None:
    paths = [written(tmp_path / f"{n}.tif", power(n), day=d) for n, d in enumerate([0, 0, 12, 12, 24])]
    picture, *others = stack(*paths)
    assert any("compared with 2 other looks" in note for note in detect_with_background(picture, others).notes)


def test_a_picture_without_georeference_is_not_compared(tmp_path, stack) -> None:
    path = tmp_path / "bare.tif"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(path, "w", driver="GTiff", count=1, height=SIDE, width=SIDE, dtype="float32") as out:
            out.write(power(1)[:1])
            out.update_tags(OFFING_SENSOR="sar")
    picture, other = stack(path, written(tmp_path / "b.tif", power(2)))
    assert "no georeference: not compared with other pictures" in detect_with_background(picture, [other]).notes
