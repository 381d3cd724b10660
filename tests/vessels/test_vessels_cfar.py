import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.vessels.detection import cfar


def sea(side, seed=0):
    return np.random.default_rng(seed).standard_gamma(4.0, (side, side), dtype=np.float32) / np.float32(4)


@given(st.integers(20, 420), st.integers(20, 420))
@settings(max_examples=25, deadline=None)
def test_a_ship_is_one_component_wherever_the_seams_lie(row, col):
    import cv2

    old = cfar.BLOCK
    picture = sea(480)
    picture[row : row + 6, col : col + 20] += 40
    cfar.BLOCK = 128
    try:
        found = cfar.components(picture, workers=1)
    finally:
        cfar.BLOCK = old
    near = np.hypot(found.centre[:, 0] - (col + 10), found.centre[:, 1] - (row + 3)) < 25
    assert near.sum() == 1
    assert found.centre[near][0] == pytest.approx([col + 10, row + 3], abs=1.5)
    assert cv2 is not None


def test_the_number_of_threads_changes_nothing():
    picture = sea(2200)
    picture[1020:1030, 1010:1040] += 30
    one, two = cfar.components(picture, workers=1), cfar.components(picture, workers=2)
    assert np.array_equal(one.centre, two.centre)
    assert np.array_equal(one.box, two.box)


def test_a_gap_is_closed_and_a_speck_is_dropped():
    picture = sea(300)
    picture[100:104, 100:120] += 60
    picture[100:104, 109:111] = 1.0
    picture[200, 200] = 1000
    found = cfar.components(picture)
    assert len(found.area) == 1


def test_cores_cover_every_pixel_once():
    count = np.zeros((130, 1000), int)
    for c0, r0, c1, r1 in cfar.cores(130, 1000, 64):
        count[r0:r1, c0:c1] += 1
    assert (count == 1).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (64, 3), (2, 400)])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_tiny_and_constant_arrays_hold_nothing(shape, value):
    assert len(cfar.components(np.full(shape, value, np.float32)).area) == 0


@pytest.mark.parametrize("shape", [(5, 70), (64, 64), (131, 97)])
def test_only_the_pixels_over_the_limit_are_told(shape):
    rng = np.random.default_rng(0)
    power = rng.random(shape, np.float32)
    limit = rng.uniform(0.6, 1.0, (max(1, shape[0] // cfar.CELL), max(1, shape[1] // cfar.CELL))).astype(np.float32)
    rows, cols = cfar.over(power, limit)
    mask = np.zeros(shape, bool)
    mask[rows, cols] = True
    assert (np.diff(rows * shape[1] + cols) > 0).all()
    assert mask.any()
    if shape[0] % cfar.CELL == 0 and shape[1] % cfar.CELL == 0:
        assert (mask == (power > np.kron(limit, np.ones((cfar.CELL, cfar.CELL))))).all()
