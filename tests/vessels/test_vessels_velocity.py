"""Velocities by band delays: tracking shifts of known size, the statistics, the order of the bands, the whole."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from scipy.ndimage import fourier_shift, gaussian_filter, shift

from offing.bench.velocity_ports import detections
from offing.bench.velocity_scenes import roads, write_roads
from offing.imagery.reading import open_picture
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import OrientedBox
from offing.vessels.velocity import with_velocities
from offing.vessels.velocity.delays import DELAYS_S, tracked_bands
from offing.vessels.velocity.ground import ground_velocity
from offing.vessels.velocity.model import Motion, Outline, Patch, Still, Track
from offing.vessels.velocity.motion import excludes_rest, motion_of
from offing.vessels.velocity.still import DECLARED_PX, still_of
from offing.vessels.velocity.strips import STRIP_M, across_track_m, order_probability
from offing.vessels.velocity.tracking import track

SECONDS = np.array([DELAYS_S[b] for b in ("B02", "B08", "B03", "B04")])
EXACT = Still(shift=np.zeros((4, 2)), sd=np.zeros((4, 2)), tiles=20)
SHIFTS = ((0.0, 0.0), (0.12, -0.05), (0.31, 0.2), (0.66, -0.4))
"""(columns, rows) of the bands."""


def a_ship(colours, side=40, scale=8):
    """(side, side) a ship of 16 × 3 pixels along the columns, its quarters in ``colours``, drawn fine and blurred."""
    fine = np.zeros((side * scale, side * scale))
    rows = slice(int(18.5 * scale), int(21.5 * scale))
    for i, colour in enumerate(colours):
        fine[rows, (12 + 4 * i) * scale : (16 + 4 * i) * scale] = colour
    return gaussian_filter(fine, 0.55 * scale).reshape(side, scale, side, scale).mean(axis=(1, 3))


def moved(band, by):
    """Shifted by Fourier phases, which is exact for what the pixels hold."""
    return np.fft.ifft2(fourier_shift(np.fft.fft2(band), (by[1], by[0]))).real


def a_patch(bands, rng=None, noise=0.001):
    values = np.stack([b + (rng.normal(0, noise, b.shape) if rng else 0) for b in bands])[:, 12:28, 4:36]
    cols, rows = np.meshgrid(np.arange(4, 36) + 0.5, np.arange(12, 28) + 0.5)
    return Patch(
        values=values.reshape(len(bands), -1), cols=cols.ravel(), rows=rows.ravel(),
        blur=np.full(len(bands), np.hypot(0.55, 12**-0.5)),
    )  # fmt: skip


def around(length=16.0, width=3.0, angle=0.0):
    return Outline(col=20.0, row=20.0, length=length, width=width, angle=angle)


@pytest.mark.parametrize("off", [0.0, 0.8])
def test_shifts_of_known_size_are_found_whatever_gain_and_offset(off):
    rng = np.random.default_rng(1)
    ship = a_ship((0.3, 0.3, 0.2, 0.4))
    bands = [0.03 * i + (1 + 0.3 * i) * moved(ship, by) for i, by in enumerate(SHIFTS)]
    found = track(a_patch(bands, rng), around(length=16.0 + off, width=3.0 - off / 4, angle=0.03))
    turn = np.array([[np.cos(a := found.outline.angle), -np.sin(a)], [np.sin(a), np.cos(a)]])
    relative = (found.positions - found.positions[0]) @ turn.T
    assert np.abs(relative - np.array(SHIFTS)).max() < 0.07
    spread = np.sqrt(np.diag(found.covariance))
    assert spread.max() < 0.2


def test_a_hull_whose_colour_differs_between_bands_does_not_seem_to_move():
    rng = np.random.default_rng(2)
    colours = [(0.40, 0.40, 0.15, 0.15), (0.15, 0.18, 0.30, 0.40), (0.40, 0.33, 0.2, 0.15), (0.12, 0.15, 0.30, 0.33)]
    bands = [0.03 + a_ship(c) for c in colours]
    patch = a_patch(bands, rng)
    light = patch.values - 0.03
    centroids = (light * patch.cols).sum(axis=1) / light.sum(axis=1)
    assert np.ptp(centroids) > 2.0  # what the mean place of the light would say
    found = track(patch, around())
    assert np.ptp(found.positions[:, 0]) < 0.35
    assert not excludes_rest(motion_of(found, EXACT, SECONDS), 0.99)


def a_track(positions, sd=0.05, angle=0.0):
    return Track(
        outline=around(angle=angle), positions=np.asarray(positions), covariance=sd**2 * np.eye(8),
        contrast=np.full(4, 20.0), misfit=np.zeros(4),
    )  # fmt: skip


def test_a_straight_line_in_time_is_its_velocity():
    places = np.stack([1.0 + 0.7 * SECONDS, 0.3 - 0.1 * SECONDS], axis=1)
    motion = motion_of(a_track(places), EXACT, SECONDS)
    assert (motion.ahead, motion.starboard) == (pytest.approx(0.7), pytest.approx(-0.1))


def test_misregistration_is_taken_off_in_the_pictures_frame():
    angle = 0.7
    off = np.array([(0.1, 0.0), (0.0, 0.2), (-0.1, 0.1), (0.3, -0.2)])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    places = np.stack([0.5 * SECONDS, 0.0 * SECONDS], axis=1) + off @ turn.T
    still = Still(shift=off, sd=np.zeros((4, 2)), tiles=20)
    motion = motion_of(a_track(places, angle=angle), still, SECONDS)
    assert (motion.ahead, motion.starboard) == (pytest.approx(0.5), pytest.approx(0.0, abs=1e-9))


def test_places_off_the_line_widen_the_interval():
    line = np.stack([0.7 * SECONDS, 0.0 * SECONDS], axis=1)
    off = line + np.array([(0.0, 0.0), (0.5, 0.0), (-0.5, 0.0), (0.0, 0.0)])
    good, bad = (motion_of(a_track(p), EXACT, SECONDS) for p in (line, off))
    assert bad.covariance[0, 0] > 5 * good.covariance[0, 0]
    assert excludes_rest(good, 0.99)
    assert not excludes_rest(bad, 0.99)


def test_the_intervals_hold_where_the_errors_are_what_is_usual():
    rng = np.random.default_rng(3)
    holds, alarms = [], 0
    for _ in range(1500):
        motion = motion_of(a_track(rng.normal(0.0, np.hypot(0.05, 0.05), (4, 2))), EXACT, SECONDS)
        holds.append(abs(motion.ahead) < 1.8125 * np.sqrt(motion.covariance[0, 0]))  # t with 10 degrees of freedom
        alarms += excludes_rest(motion, 0.95)
    assert 0.86 < np.mean(holds) < 0.95
    assert alarms / 1500 < 0.07


def ground(rng, bands=4):
    shade = gaussian_filter(rng.normal(size=(200, 200)), 1.2)
    return 0.15 + 0.05 * shade / shade.std(), np.ones((200, 200), bool), np.zeros((200, 200), bool)


def test_the_bands_misregistration_is_measured_on_land():
    rng = np.random.default_rng(4)
    land, everywhere, nowhere = ground(rng)
    small = np.array(SHIFTS) / 3
    off = [shift(land, (by[1], by[0]), mode="nearest") for by in small]
    stack = np.stack([0.02 * i + (1 + 0.2 * i) * band for i, band in enumerate(off)])
    stack = (stack + rng.normal(0, 0.002, stack.shape)).astype(np.float32)
    still = still_of(stack, everywhere, nowhere, 0, np.ones(4))
    assert still.tiles > 50
    assert np.abs(still.shift - small).max() < 0.025
    assert still.sd.max() < 0.05


def test_without_land_the_registration_is_the_declared_one():
    sea = np.random.default_rng(5).normal(0.04, 0.003, (4, 200, 200)).astype(np.float32)
    nowhere = np.zeros((200, 200), bool)
    for land in (nowhere, ~nowhere):
        still = still_of(sea, land, nowhere, 0, np.ones(4))
        assert still.tiles == 0
        assert not still.shift.any()
        assert np.hypot(still.sd[0], still.sd[1]) == pytest.approx(DECLARED_PX / 2)  # two bands: one σ


odds = st.lists(st.floats(-3, 3), min_size=1, max_size=5)


@given(odds, st.lists(st.floats(0, 1e5), min_size=5, max_size=5))
def test_mirrored_signs_mirror_the_order(log_odds, places):
    across, signs = np.array(places[: len(log_odds)]), np.array(log_odds)
    order = order_probability(across, signs)
    assert np.allclose(order, 1 - order_probability(across, -signs))
    assert ((order >= 0) & (order <= 1)).all()


def test_ships_of_one_place_share_the_order_and_those_a_strip_away_have_the_other():
    alone, with_others = (
        order_probability(np.zeros(1), np.ones(1)),
        order_probability(np.zeros(3), np.array([1.0, 1, -1])),
    )
    assert alone[0] == pytest.approx(1 / (1 + np.exp(-1)))
    assert np.allclose(with_others, alone[0])  # two for, one against: one for
    apart = order_probability(np.array([0.0, STRIP_M]), np.array([3.0, 0.0]))
    assert apart.sum() == pytest.approx(1.0)
    half = order_probability(np.array([0.0, STRIP_M / 2]), np.array([3.0, 0.0]))
    assert half[1] == pytest.approx(0.5, abs=0.01)


def test_the_strips_lie_along_a_descending_track():
    south_west = across_track_m(np.array([10.0, 10.0 - 0.0025]), np.array([0.0, -0.011]))
    assert abs(south_west[1]) < 60  # 1.2 km along the track hardly crosses it
    assert across_track_m(np.array([10.0, 10.1]), np.array([50.0, 50.0]))[1] == pytest.approx(7000, rel=0.05)


def a_picture(tmp_path, crs, x, y, values=None, pixel=10.0, name="S2A_x.tif", bands=("B02", "B03", "B04", "B08")):
    path = tmp_path / name
    values = np.full((len(bands), 60, 60), 300, np.uint16) if values is None else values
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[2], height=values.shape[1], count=len(bands), dtype="uint16",
        crs=crs, transform=Affine(pixel, 0, x, 0, -pixel, y),
    ) as file:  # fmt: skip
        file.write(values)
        file.descriptions = bands
    return path


def test_knots_are_knots_on_the_ellipsoid_also_in_web_mercator(tmp_path):
    path = a_picture(tmp_path, "EPSG:3857", 2_776_000.0, 8_436_000.0)  # Helsinki: a pixel is half as long as it says
    motion = Motion(ahead=1.2, starboard=0.0, covariance=np.diag([0.01, 0.0004]), freedom=10.0)
    ship = Outline(col=30.0, row=30.0, length=10.0, width=2.0, angle=np.pi / 6)
    with open_picture([path]) as picture:
        course = ground_velocity(motion, ship, picture)
        c, s = np.cos(ship.angle) * 1.2, np.sin(ship.angle) * 1.2
        lons, lats = picture.lonlat([30.0, 30.0 + c], [30.0, 30.0 + s])
    azimuth, _, metres = Geod(ellps="WGS84").inv(lons[0], lats[0], lons[1], lats[1])
    assert course.speed_kn == pytest.approx(metres * 3600 / 1852, rel=2e-3)
    assert course.course_deg == pytest.approx(azimuth % 360, abs=0.1)
    assert course.speed_kn in course.speed_kn_90
    assert course.course_deg_90.high - course.course_deg == pytest.approx(
        np.degrees(np.arcsin(1.8125 * 0.02 / 1.2)), rel=0.02
    )
    assert course.reversed().reversed().course_deg == pytest.approx(course.course_deg)


def a_set(picture, boxes):
    return DetectionSet(
        image=picture.name, detections=tuple(detections(boxes, picture)), notes=(), width=picture.width,
        height=picture.height, georeferenced=True, sensor=picture.sensor,
    )  # fmt: skip


@pytest.fixture(scope="module")
def sailed(tmp_path_factory):
    """(ship, detection) of two generated roads, one of either order of the bands, with the notes."""
    made, notes = [], []
    for seed in (1, 4):
        scene = roads(seed, land=True, side=3)
        path = tmp_path_factory.mktemp("roads") / "S2_roads.tif"
        write_roads(scene, path)
        with open_picture([path]) as picture:
            found = with_velocities(a_set(picture, [s.box for s in scene.ships]), picture)
        made += [(s, d, scene.forward) for s, d in zip(scene.ships, found.detections, strict=True)]
        notes.append(found.notes[-1])
    return made, notes


def test_ships_at_anchor_are_not_told_to_move_and_fast_ones_are(sailed):
    made, notes = sailed
    told = [(s, d) for s, d, _ in made if d.velocity]
    assert not [s for s, _ in told if s.speed_kn == 0]
    fast = [d for s, d, _ in made if s.speed_kn > 12]
    assert len(fast) >= 3
    assert sum(d.velocity is not None for d in fast) >= 0.6 * len(fast)
    assert sum(s.speed_kn in d.velocity.speed_kn_90 for s, d in told) >= len(told) - 1
    assert all("tried" in n for n in notes)


def test_both_orders_of_the_bands_give_the_course_that_the_wakes_tell(sailed):
    made, _ = sailed
    told = [(s, d, forward) for s, d, forward in made if d.velocity]
    assert {forward for _, _, forward in told} == {True, False}
    off = [abs((d.velocity.course_deg - s.course_deg + 180) % 360 - 180) for s, d, _ in told]
    assert np.mean(np.array(off) < 25) > 0.85
    assert all(d.velocity.course_probability > 0.8 for _, d, _ in told)
    for _, d, _ in told:
        aside = abs((d.measurement.heading_deg - d.velocity.course_deg + 180) % 360 - 180)
        assert aside < 90
        assert d.measurement.bow_probability == d.velocity.course_probability


def test_nothing_but_sentinel_2_with_near_infrared_is_tried(tmp_path):
    others = {
        "x.tif": ("red", "green", "blue", "nir"), "S2A_rgb.tif": ("B02", "B03", "B04"), "S2A_two.tif": ("B03", "B08"),
    }  # fmt: skip
    box = OrientedBox(col=30.0, row=30.0, length_px=(5.0, 0.0), beam_px=(0.0, 1.0))
    for name, bands in others.items():
        with open_picture([a_picture(tmp_path, "EPSG:32652", 5e5, 4e6, name=name, bands=bands,
                                     values=np.full((len(bands), 60, 60), 300, np.uint16))]) as picture:  # fmt: skip
            assert tracked_bands(picture) == {}
            before = a_set(picture, [box])
            after = with_velocities(before, picture)
        assert after.detections == before.detections
        assert "no velocities" in after.notes[-1]


def test_colours_of_a_picture_known_to_be_of_sentinel_2_count_as_its_bands(tmp_path):
    path = a_picture(tmp_path, "EPSG:32652", 5e5, 4e6, bands=("red", "green", "blue", "nir"))
    with open_picture([path]) as picture:
        assert tracked_bands(picture) == {"B02": "blue", "B08": "nir", "B03": "green", "B04": "red"}


def test_a_ship_cut_by_the_edge_or_on_land_is_left_alone(tmp_path):
    values = np.full((4, 60, 60), 300, np.uint16)
    values[3] = 100
    values[:, :, 40:] = 1500
    values[3, :, 40:] = 3000
    boxes = [
        OrientedBox(col=2.0, row=30.0, length_px=(0.0, 8.0), beam_px=(1.5, 0.0)),
        OrientedBox(col=40.0, row=30.0, length_px=(0.0, 8.0), beam_px=(1.5, 0.0)),
    ]
    with open_picture([a_picture(tmp_path, "EPSG:32652", 5e5, 4e6, values=values)]) as picture:
        found = with_velocities(a_set(picture, boxes), picture)
    assert [d.velocity for d in found.detections] == [None, None]
    assert "1 beside land or another ship" in found.notes[-1]
    assert "1 cut off or hidden" in found.notes[-1]
