"""Ships measured from optical pixels: drawn hulls, blurred, whose truth is known to a tenth of a pixel."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import msgspec
import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from offing.imagery.reading import open_picture
from offing.quantities import Probability
from offing.vessels.detection.kernels import F32
from offing.vessels.measurement import measure
from offing.vessels.measurement.adjoining import adjoining
from offing.vessels.measurement.ends import ends_card
from offing.vessels.measurement.hull_windows import (
    ACROSS,
    ALONG,
    cut_of,
    frame_of,
    sampled_window,
    shown_window,
)
from offing.vessels.measurement.optical_size import LONGEST_M, sized
from offing.vessels.model import Detection, OrientedBox

SEA = np.array([0.05, 0.05, 0.035, 0.02])
DECK = np.array([0.15, 0.16, 0.17, 0.19])
QUAY = np.array([0.17, 0.18, 0.20, 0.24])
BANDS = ("B02", "B03", "B04", "B08")
BLUR = 0.6
FINER = 8


def box(col: float, row: float, length: float, beam: float, degrees: float) -> OrientedBox:
    """In pixels; ``degrees`` clockwise from right."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return OrientedBox(
        col=col, row=row, length_px=(c * length / 2, s * length / 2), beam_px=(-s * beam / 2, c * beam / 2)
    )


def cover(shape: tuple[int, int], hull: OrientedBox, blur: float = BLUR) -> np.ndarray:
    """(rows, cols) share of a hull in each pixel: a rectangle whose first fifth narrows to the bow, drawn
    ``FINER`` times finer and blurred there.
    """
    import cv2

    centre, ahead, abeam = (np.array(v) for v in ((hull.col, hull.row), hull.length_px, hull.beam_px))
    outline = [(1, 0), (0.9, 0.55), (0.75, 0.9), (0.6, 1), (-0.95, 1), (-1, 0.85)]
    outline += [(a, -b) for a, b in reversed(outline[1:])]
    points = np.array([centre + a * ahead + b * abeam for a, b in outline]) * FINER - 0.5
    fine = np.zeros((shape[0] * FINER, shape[1] * FINER), np.uint8)
    cv2.fillPoly(fine, [np.round(points * 16).astype(np.int32)], 255, shift=4)
    # The mean over a pixel blurs too: blur says both.
    inner = math.sqrt(max(blur * blur - 1 / 12, 0.01)) * FINER
    soft = cv2.GaussianBlur(fine.astype(np.float32) / 255, (0, 0), inner)
    return np.asarray(soft.reshape(shape[0], FINER, shape[1], FINER).mean(axis=(1, 3)), np.float64)


def scene(shape: tuple[int, int], ships: list[OrientedBox], seed: int = 0, blur: float = BLUR) -> F32:
    """(4, rows, cols) reflectance: sea with uniform ships."""
    share = np.clip(sum(cover(shape, s, blur) for s in ships), 0, 1)
    noise = np.random.default_rng(seed).normal(0, 0.001, (4, *shape))
    return (SEA[:, None, None] + (DECK - SEA)[:, None, None] * share + noise).astype(np.float32)


def write(
    path: Path,
    values: F32,
    pixel: float = 10.0,
    crs: str | None = "EPSG:32652",
    north: float = 4.75e6,
    bands: tuple[str, ...] = BANDS,
) -> Path:
    transform = Affine(pixel, 0.0, 500_000.0, 0.0, -pixel, north) if crs else None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", width=values.shape[2], height=values.shape[1], count=4, dtype="float32",
            crs=crs, transform=transform, nodata=float("nan"),
        ) as out:  # fmt: skip
            out.write(values)
            out.descriptions = bands
            out.update_tags(OFFING_SENSOR="multispectral")
    return path


def found(path: Path, boxes: list[OrientedBox], bow: float = 0.5, **given_: object) -> tuple[list[Detection], object]:
    """(measured, picture's pixel size); the detections are what ``boxes`` say."""
    with open_picture([path], **given_) as picture:  # type: ignore[arg-type]
        detections = [
            Detection(
                id=str(i), image=picture.name, time=None, box=b, ring=None, measurement=measure(b, picture, bow=bow),
                score=Probability(value=0.9, low=0.8, high=0.95, basis="test"),
            )
            for i, b in enumerate(boxes)
        ]  # fmt: skip
        return list(sized(picture, detections)), picture.gsd_m


def worse(hull: OrientedBox, length: float = 1.15, turn: float = 3.0, shift: float = 0.8) -> OrientedBox:
    half, wide = math.hypot(*hull.length_px), math.hypot(*hull.beam_px)
    degrees = math.degrees(math.atan2(hull.length_px[1], hull.length_px[0])) + turn
    return box(hull.col + shift, hull.row - shift / 2, 2 * half * length, 2 * wide * 1.2, degrees)


@pytest.mark.parametrize("length", [80.0, 150.0, 300.0])
def test_a_wrong_box_becomes_the_hull(tmp_path: Path, length: float) -> None:
    hull = box(40.3, 41.7, length / 10, length / 70, 33.0)
    path = write(tmp_path / "a.tif", scene((84, 84), [hull]))
    (ship,), _ = found(path, [worse(hull)])
    m = ship.measurement
    assert m.length_m is not None
    assert m.length_m_90 is not None
    assert m.beam_m is not None
    before = 0.15 * length
    assert abs(m.length_m - length) < max(8.0, 0.6 * before)
    assert m.length_m_90.low <= length <= m.length_m_90.high
    assert m.axis_deg == pytest.approx(123.0, abs=2.5)
    assert ship.ring is not None
    assert len(ship.ring) == 5


def test_metres_are_those_of_the_ground_in_web_mercator(tmp_path: Path) -> None:
    # 60 degrees north: 10 m pixels of the map are 5 m of ground, taken at 10.
    lengths = []
    for crs, pixel, north, blur in (("EPSG:32652", 10.0, 6.65e6, 0.6), ("EPSG:3857", 10.0, 8_399_737.9, 1.2)):
        ground = 10.0 if crs == "EPSG:32652" else 5.0
        hull = box(60.0, 60.0, 180.0 / ground, 28.0 / ground, 20.0)
        path = write(tmp_path / f"{pixel}{crs[-4:]}.tif", scene((120, 120), [hull], blur=blur), pixel, crs, north)
        (ship,), gsd = found(path, [worse(hull, shift=0.5)])
        assert gsd is not None
        assert gsd[0] == pytest.approx(ground, rel=0.02)
        assert ship.measurement.length_m is not None
        lengths.append(ship.measurement.length_m)
    assert lengths[0] == pytest.approx(180.0, abs=9.0)
    assert lengths[1] == pytest.approx(lengths[0], abs=8.0)


@settings(max_examples=12, deadline=None)
@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.sampled_from([0, 90, 180, 270]))
def test_length_does_not_depend_on_where_the_pixels_lie(dc: float, dr: float, turn: int) -> None:
    def length_of(col: float, row: float, degrees: float) -> float:
        hull = box(col, row, 16.0, 2.6, degrees)
        values = scene((60, 60), [hull])
        frame = frame_of(worse(hull, shift=0.0), (10.0, 10.0))
        cut = cut_of(frame, 60, 60)
        assert cut is not None
        window = sampled_window(values[:, cut.row0 : cut.row1, cut.col0 : cut.col1], cut, frame)
        from offing.vessels.measurement.ends import ends_network

        seen = ends_network("coarse").seen(shown_window(window, (0, 1, 2, 3, None))[None], [frame])
        return float(np.ptp(seen.ends[0]))

    assert length_of(30 + dc, 30 + dr, 25.0 + turn) == pytest.approx(length_of(30.0, 30.0, 25.0), abs=5.0)


def test_either_direction_of_the_box_gives_the_same(tmp_path: Path) -> None:
    hull = box(40.0, 40.0, 15.0, 2.4, 70.0)
    path = write(tmp_path / "a.tif", scene((80, 80), [hull]))
    one, other = worse(hull), worse(hull)
    other = OrientedBox(
        col=one.col, row=one.row, length_px=(-one.length_px[0], -one.length_px[1]),
        beam_px=(-one.beam_px[0], -one.beam_px[1]),
    )  # fmt: skip
    (a,), _ = found(path, [one])
    (b,), _ = found(path, [other])
    assert a.measurement.length_m == pytest.approx(b.measurement.length_m, rel=1e-3)
    assert a.measurement.axis_deg == pytest.approx(b.measurement.axis_deg, abs=0.01)
    assert a.measurement.heading_deg == a.measurement.axis_deg


def test_the_bow_stays_at_its_end(tmp_path: Path) -> None:
    hull = box(40.0, 40.0, 15.0, 2.4, 200.0)
    path = write(tmp_path / "a.tif", scene((80, 80), [hull]))
    (ship,), _ = found(path, [worse(hull, shift=0.2)], bow=0.9)
    assert ship.measurement.heading_deg == pytest.approx(290.0, abs=3.0)
    assert ship.measurement.bow_probability == 0.9


def test_a_wake_is_no_hull(tmp_path: Path) -> None:
    hull = box(45.0, 40.0, 14.0, 2.6, 0.0)
    values = scene((80, 90), [hull])
    cols, rows = np.arange(90) + 0.5, np.arange(80) + 0.5
    astern = (38.0 - cols) / 14.0
    fade = np.where(astern > 0, 0.35 * np.exp(-1.5 * astern), 0)
    thin = np.exp(-0.5 * ((rows - 40.0) / 0.6) ** 2)
    values += (DECK - SEA)[:, None, None].astype(np.float32) * (thin[:, None] * fade).astype(np.float32)
    path = write(tmp_path / "a.tif", values)
    with_wake = box(42.5, 40.0, 19.0, 2.8, 0.0)
    (ship,), _ = found(path, [with_wake])
    assert ship.measurement.length_m is not None
    assert abs(ship.measurement.length_m - 140.0) < 25.0  # half of what the wake had added to the box


def test_at_the_quay_the_ends_are_found_along_the_open_side(tmp_path: Path) -> None:
    hull = box(40.0, 41.4, 18.0, 2.8, 0.0)
    values = scene((80, 80), [hull])
    # A quay as bright as the ship, half a pixel from its side.
    quay = ndtr((np.arange(80) + 0.5 - 43.3) / BLUR)[None, :, None]
    values = (values * (1 - quay) + QUAY[:, None, None] * quay).astype(np.float32)
    path = write(tmp_path / "a.tif", values)
    (ship,), _ = found(path, [worse(hull, turn=2.0)])
    m = ship.measurement
    assert m.length_m is not None
    assert m.length_m_90 is not None
    assert m.length_m == pytest.approx(180.0, abs=18.0)
    assert m.length_m_90.low <= 180.0 <= m.length_m_90.high


def test_a_ship_cut_off_by_the_picture_says_so(tmp_path: Path) -> None:
    hull = box(2.0, 30.0, 18.0, 2.8, 0.0)
    path = write(tmp_path / "a.tif", scene((60, 60), [hull]))
    (ship,), _ = found(path, [box(4.0, 30.0, 16.0, 3.0, 0.0)])
    m = ship.measurement
    assert "clipped" in ship.flags
    assert m.length_m is not None
    assert m.length_m_90 is not None
    assert m.length_m_90.high >= LONGEST_M > 180.0
    assert m.length_m <= 125.0


def test_a_ship_cut_off_by_nodata_says_so(tmp_path: Path) -> None:
    hull = box(30.0, 30.0, 18.0, 2.8, 0.0)
    values = scene((60, 60), [hull])
    values[:, :, 36:] = np.nan
    path = write(tmp_path / "a.tif", values)
    (ship,), _ = found(path, [box(29.0, 30.0, 16.0, 3.0, 0.0)])
    assert "clipped" in ship.flags
    assert ship.measurement.length_m_90 is not None
    assert ship.measurement.length_m_90.high >= LONGEST_M


def test_a_ship_that_is_whole_is_not_clipped_because_its_box_was(tmp_path: Path) -> None:
    hull = box(11.5, 30.0, 15.0, 2.8, 0.0)
    path = write(tmp_path / "a.tif", scene((60, 60), [hull]))
    with open_picture([path]) as picture:
        at = box(9.0, 30.0, 21.0, 3.0, 0.0)
        ship = Detection(
            id="1", image=picture.name, time=None, box=at, ring=None, measurement=measure(at, picture),
            score=Probability(value=0.9, low=0.8, high=0.95, basis="test"), flags=("clipped", "near-land"),
        )  # fmt: skip
        (after,) = sized(picture, [ship])
    assert after.flags == ("near-land",)
    assert after.measurement.length_m_90 is not None
    assert after.measurement.length_m_90.high < 250.0


def test_where_nothing_is_known_the_box_stays(tmp_path: Path) -> None:
    values = scene((60, 60), [])
    values[:, :, 25:] = np.nan
    path = write(tmp_path / "a.tif", values)
    at = box(40.0, 30.0, 15.0, 2.0, 0.0)
    (ship,), _ = found(path, [at])
    assert ship.box == at


def test_without_a_pixel_size_lengths_are_not_told_but_boxes_are_refined(tmp_path: Path) -> None:
    hull = box(200.0, 200.0, 150.0, 20.0, 12.0)
    path = write(tmp_path / "a.tif", scene((400, 400), [hull]), crs=None, bands=("red", "green", "blue", "nir"))
    at = worse(hull, shift=3.0)
    (ship,), gsd = found(path, [at])
    assert gsd is None
    assert ship.measurement.length_m is None
    assert ship.measurement.length_m_90 is None
    assert 2 * math.hypot(*ship.box.length_px) == pytest.approx(150.0, abs=12.0)


def test_coarser_pixels_than_the_network_knows_are_left_alone(tmp_path: Path) -> None:
    hull = box(30.0, 30.0, 8.0, 2.0, 0.0)
    path = write(tmp_path / "a.tif", scene((60, 60), [hull]), pixel=30.0)
    (ship,), _ = found(path, [hull])
    assert ship.box == hull


def test_windows_are_the_same_in_pixels_that_are_not_square() -> None:
    square = scene((80, 80), [box(40.0, 40.0, 20.0, 4.0, 30.0)])
    narrow = np.repeat(square, 2, axis=2)
    c, s = math.cos(math.radians(30)), math.sin(math.radians(30))
    stretched = OrientedBox(col=80.0, row=40.0, length_px=(20 * c, 10 * s), beam_px=(-4 * s, 2 * c))
    one = _window(square, box(40.0, 40.0, 20.0, 4.0, 30.0), (10.0, 10.0))
    other = _window(narrow, stretched, (5.0, 10.0))
    assert np.nanmax(np.abs(one - other)) < 0.05
    assert np.nanmean(np.abs(one - other)) < 0.006


def _window(values: F32, at: OrientedBox, metres: tuple[float, float]) -> F32:
    frame = frame_of(at, metres, grain=10.0)
    cut = cut_of(frame, values.shape[2], values.shape[1])
    assert cut is not None
    return sampled_window(values[:, cut.row0 : cut.row1, cut.col0 : cut.col1], cut, frame)


def test_a_frame_gives_back_the_box_it_was_cut_for() -> None:
    at = box(31.0, 47.0, 22.0, 4.0, 140.0)
    frame = frame_of(at, (9.0, 11.0))
    back = frame.box((-frame.length / 2, frame.length / 2), (-frame.beam / 2, frame.beam / 2), 0.0)
    assert np.allclose(back.length_px, at.length_px)
    assert (back.col, back.row) == pytest.approx((at.col, at.row))


def test_empty_windows_are_shown_as_nothing() -> None:
    shown = shown_window(np.full((4, ALONG, ACROSS), np.nan, np.float32), (0, 1, 2, 3, None))
    assert shown.shape == (6, ALONG, ACROSS)
    assert not shown.any()


def test_ships_that_lie_against_each_other_say_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", scene((80, 80), []))
    boxes = [
        box(40.0, 20.0, 15.0, 3.0, 0.0), box(40.0, 23.2, 15.0, 3.0, 0.0), box(40.0, 60.0, 15.0, 3.0, 0.0),
        box(43.0, 60.5, 14.0, 3.0, 4.0), box(15.0, 40.0, 15.0, 3.0, 90.0),
    ]  # fmt: skip
    with open_picture([path]) as picture:
        ships = [
            Detection(id=str(i), image="a", time=None, score=Probability(value=1, low=1, high=1, basis="test"), box=b,
                      ring=None, measurement=measure(b, picture))
            for i, b in enumerate(boxes)
        ]  # fmt: skip
        flags = [d.flags for d in adjoining(ships, picture)]
    assert flags == [("touching",), ("touching",), ("merged",), ("merged",), ()]


def test_intervals_hold_on_drawn_hulls(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    inside = []
    for n in range(4):
        values, hulls = np.empty((4, 210, 210), np.float32), []
        for k, length in enumerate(np.exp(rng.uniform(math.log(60), math.log(350), 9))):
            row, col = 70 * (k // 3), 70 * (k % 3)
            at, beam = rng.uniform(34, 36, 2), length / 10 / rng.uniform(5.5, 7.5)
            hull = box(at[0], at[1], length / 10, beam, float(rng.uniform(0, 180)))
            values[:, row : row + 70, col : col + 70] = scene((70, 70), [hull], seed=9 * n + k)
            hulls.append(msgspec.structs.replace(hull, col=hull.col + col, row=hull.row + row))
        path = write(tmp_path / f"{n}.tif", values)
        drawn = [worse(h, math.exp(rng.normal(0, 0.1)), rng.normal(0, 2.5), rng.normal(0, 0.5)) for h in hulls]
        ships, _ = found(path, drawn)
        for ship, hull in zip(ships, hulls, strict=True):
            truth = 20 * math.hypot(*hull.length_px)
            interval = ship.measurement.length_m_90
            assert interval is not None
            inside.append(interval.low <= truth <= interval.high)
    # Of 36, 27 is three standard deviations under nine in ten.
    assert sum(inside) >= 27


def test_cards_say_what_they_stand_on() -> None:
    for kind in ("coarse", "fine"):
        card = ends_card(kind)  # type: ignore[arg-type]
        assert card.card.id.startswith(f"optical-{kind}")
        assert card.card.figures
        assert card.length.sd(1.0, 10.0, 100.0) > 0
