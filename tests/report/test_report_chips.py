"""Cuttings: the right ground, the right ships, marked when simulated, honest about what cannot be shown."""

import os
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sample_case
from offing.imagery.reading import open_picture
from offing.report.chip_requests import MOST_CHIPS, chip_requests
from offing.report.figures.chip_overlay import WIDTH, chip_overlay
from offing.report.figures.chips import make_chips
from offing.report.figures.framing import LEAST_M, cutting
from offing.report.figures.png import LEAST_SIDE, SIZES, fitted_png
from offing.report.figures.toning import stretched

CASE = sample_case.snapshot()
REQUESTS, _ = chip_requests(CASE)


@pytest.fixture(scope="module")
def chips(pictures):
    """The cuttings of the made-up case by scene id."""
    return {c.request.scene.id: c for c in make_chips(pictures, REQUESTS)}


def pixels(chip):
    """(rows, cols, channels) as a reader that is not ours decodes them."""
    image = cv2.imdecode(np.frombuffer(chip.png, np.uint8), cv2.IMREAD_UNCHANGED)
    return image[..., None] if image.ndim == 2 else image


def test_every_scene_has_a_cutting(chips):
    assert set(chips) == {s.id for s in CASE.scenes}
    for chip in chips.values():
        assert chip.failure is None
        assert pixels(chip).shape[:2] == (chip.height, chip.width)


@pytest.mark.parametrize("scene", [s.id for s in CASE.scenes])
def test_ships_are_outlined_where_they_are_bright(chips, scene):
    chip = chips[scene]
    image = pixels(chip)[..., :3].astype(float).mean(axis=2)
    water = np.median(image[round(chip.top * chip.height) + 1 :, chip.width // 2 :])
    assert len(chip.boxes) == sum(d.scene == scene for d in CASE.detections)
    for box in chip.boxes:
        col = int(np.mean([p[0] for p in box.points]) * chip.width)
        row = int(np.mean([p[1] for p in box.points]) * chip.height)
        assert image[row - 1 : row + 2, col - 1 : col + 2].mean() > water + 80


@pytest.mark.parametrize("scene", CASE.scenes, ids=lambda s: s.id)
def test_the_scale_is_in_ground_metres(chips, pictures, scene):
    chip = chips[scene.id]
    with open_picture([pictures / scene.path], sensor=scene.sensor, time=scene.time) as picture:
        across = picture.metres_per_pixel_at(80.0, 80.0)[0]
        north = picture.north_deg_at(80.0, 80.0)
    ship = chip.boxes[0].points
    ends = np.mean([ship[0], ship[1]], axis=0), np.mean([ship[2], ship[3]], axis=0)
    vector = (ends[0] - ends[1]) * [chip.width_m, chip.width_m * chip.height / chip.width]
    assert np.hypot(*vector) == pytest.approx(112.0 * across / scene.gsd_m[0], rel=1e-3)
    assert chip.north_deg == pytest.approx(north, abs=0.05)
    assert chip.width_m >= LEAST_M * 0.95


def test_what_is_simulated_says_so_in_its_pixels(pictures):
    request = next(r for r in REQUESTS if r.scene.id == "scene-3")
    real = msgspec.structs.replace(request, scene=msgspec.structs.replace(request.scene, simulated=False))
    marked, plain = make_chips(pictures, (request, real))
    assert plain.top == 0.0
    band = round(marked.top * marked.height)
    assert band >= 12
    image, clean = pixels(marked), pixels(plain)
    assert image.shape[0] == clean.shape[0] + band
    strip = image[:band].astype(int)
    assert strip.max() > 200  # letters
    assert np.median(strip) < 40  # on a dark band
    changed = np.abs(image[band:].astype(int) - clean.astype(int)).max(axis=2) > 25
    lower = changed[changed.shape[0] * 3 // 4 :]
    assert lower.sum() > 200  # the word once more, in the picture itself
    assert changed[: changed.shape[0] // 2].sum() == 0  # and never over the ships


def test_the_overlay_names_scale_and_north(chips):
    chip = chips["scene-1"]
    svg = chip_overlay(chip, "c")
    assert "on the ground" in svg
    assert "True north" in svg
    assert svg.count('class="ship-box"') == 2
    assert f'viewBox="0 0 {WIDTH:g}' in svg


def test_a_picture_that_is_gone_or_outside_says_so(pictures, tmp_path):
    gone = msgspec.structs.replace(REQUESTS[0], scene=msgspec.structs.replace(REQUESTS[0].scene, path="scenes/no.tif"))
    away = msgspec.structs.replace(REQUESTS[0], scene=msgspec.structs.replace(REQUESTS[0].scene, path="../../x.tif"))
    for chip in make_chips(pictures, (gone, away)):
        assert chip.png == b""
        assert "cannot be shown" in chip.failure
        assert str(pictures) not in chip.failure


def test_a_picture_without_ground_has_no_north(pictures):
    scene = msgspec.structs.replace(REQUESTS[1].scene, crs=None, path="scenes/plain.png", gsd_m=(3.0, 3.0))
    draws = np.random.default_rng(1)
    cv2.imwrite(str(pictures / "scenes/plain.png"), draws.integers(10, 200, (90, 120, 3), np.uint8))
    (chip,) = make_chips(pictures, (msgspec.structs.replace(REQUESTS[1], scene=scene),))
    assert chip.failure is None
    assert chip.north_deg is None
    assert "True north" not in chip_overlay(chip, "c")
    assert chip.berths == ()


def test_the_cutting_stays_inside_the_picture(pictures):
    for request in REQUESTS:
        scene = request.scene
        with open_picture([pictures / scene.path], sensor=scene.sensor, time=scene.time) as picture:
            box = cutting(picture, request)
            far = msgspec.structs.replace(request.site, position=(10.0, 50.0))
            assert cutting(picture, msgspec.structs.replace(request, site=far, detections=(), rings=())) is None
        assert 0 <= box.col0 < box.col1 <= sample_case.SIZE
        assert 0 <= box.row0 < box.row1 <= sample_case.SIZE


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 700), st.integers(1, 700), st.sampled_from([1, 3]), st.booleans(), st.floats(0.3, 4.0))
def test_any_size_becomes_a_picture_with_square_ground_pixels(rows, cols, depth, simulated, stretch):
    tones = np.full((rows, cols, depth), 0.5, np.float32)
    tones[: rows // 2] = np.nan
    data, width, height, band = fitted_png(tones, (stretch, 1.0), simulated=simulated, budget=10**9)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image.shape[:2] == (height, width)
    assert (band > 0) is simulated
    assert max(width, height - band) <= max(SIZES)
    if min(rows, cols * stretch, cols) > 20:
        assert width / (height - band) == pytest.approx(stretch * cols / rows, rel=0.1)
    if rows > 1 and height - band > 1:  # a single row left cannot show both halves
        assert image.shape[2] == 4  # what is unknown is transparent, not black
        assert image[band, :, 3].max() == 0
        assert image[-1, :, 3].min() == 255


def test_a_budget_makes_cuttings_smaller():
    noise = np.random.default_rng(0).random((900, 900, 3)).astype(np.float32)
    sizes = [len(fitted_png(noise, (1.0, 1.0), simulated=False, budget=b)[0]) for b in (10**9, 300_000, 60_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[1] <= 300_000
    assert sizes[2] <= 60_000


def test_small_cuttings_are_repeated_not_smoothed():
    tones = np.random.default_rng(0).random((10, 10, 1)).astype(np.float32)
    data, width, _, _ = fitted_png(tones, (1.0, 1.0), simulated=False, budget=10**9)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    times = width // 10
    assert width > LEAST_SIDE / 2
    assert (image[::times, ::times] == np.round(tones[..., 0] * 255)).all()
    assert (image[:times, :times] == image[0, 0]).all()


@pytest.mark.parametrize("values", [np.zeros((1, 4, 4)), np.full((3, 4, 4), np.nan), np.ones((3, 4, 4)) * 7])
def test_flat_and_empty_pictures_have_tones(values):
    tones = stretched(values.astype(np.float32))
    assert tones.shape == (4, 4, values.shape[0])
    assert np.isnan(tones).all() or ((tones >= 0) & (tones <= 1)).all()


def test_hues_are_kept():
    values = np.random.default_rng(0).random((3, 50, 50)).astype(np.float32)
    values[0] *= 0.5
    tones = stretched(values)
    assert np.nanmedian(tones[..., 0]) < 0.7 * np.nanmedian(tones[..., 1])


def test_pictures_that_carry_a_verdict_come_first_when_there_are_too_many():
    many = tuple(
        msgspec.structs.replace(CASE.scenes[n % 2], id=f"s{n:03d}", time=sample_case.at(n))
        for n in range(MOST_CHIPS + 9)
    )
    looks = tuple(
        msgspec.structs.replace(CASE.looks[0], id=f"k{n:03d}", scene=s.id, site=s.sites[0]) for n, s in enumerate(many)
    )
    last = msgspec.structs.replace(CASE.verdicts[3], evidence=(f"look:{looks[-1].id}",))
    case = msgspec.structs.replace(CASE, scenes=many, looks=looks, detections=(), sightings=(), verdicts=(last,))
    chosen, left_out = chip_requests(case)
    assert len(chosen) == MOST_CHIPS
    assert len(left_out) == 9
    assert many[-1].id in {r.scene.id for r in chosen}


@pytest.mark.realdata
@pytest.mark.skipif("OFFING_DATA" not in os.environ, reason="OFFING_DATA names no folder of real pictures")
def test_a_real_radar_picture_shows_its_port():
    root = Path(os.environ["OFFING_DATA"])
    (path,) = sorted((root / "s1-los-angeles").glob("*.tif"))
    with open_picture([path]) as picture:
        lon, lat = (float(v) for v in picture.lonlat(picture.width / 2, picture.height / 2))
        scene = msgspec.structs.replace(
            CASE.scenes[0], path=str(path.relative_to(root)), crs=picture.crs, gsd_m=picture.gsd_m
        )
    site = msgspec.structs.replace(CASE.definition.sites[0], position=(lon, lat), radius_m=2500.0)
    request = msgspec.structs.replace(REQUESTS[0], scene=scene, site=site, detections=(), rings=())
    (chip,) = make_chips(root, (request,))
    assert chip.failure is None
    assert chip.width_m == pytest.approx(5200.0, rel=0.02)
    assert np.ptp(pixels(chip).astype(int)) > 200
