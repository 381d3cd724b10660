import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.vessels.detection.boxes import oriented_box, upright
from offing.vessels.detection.regions import Limits, Region, best_of_overlapping, level_regions
from offing.vessels.detection.shapes import form, sides, surroundings

LIMITS = Limits(min_px=3, max_px=5000, max_side_px=200)


def rectangle(length, beam, degrees, side=160, sub=5):
    """Mask of a rectangle by its pixels' centres."""
    at = np.arange(side) + 0.5 - side / 2
    cols, rows = np.meshgrid(at, at)
    a = np.radians(degrees)
    along, across = cols * np.cos(a) + rows * np.sin(a), rows * np.cos(a) - cols * np.sin(a)
    return (np.abs(along) <= length / 2) & (np.abs(across) <= beam / 2)


def region_of(mask):
    rows, cols = np.nonzero(mask)
    r0, c0 = int(rows.min()), int(cols.min())
    return Region(col0=c0, row0=r0, mask=mask[r0 : rows.max() + 1, c0 : cols.max() + 1], level=1.0, shrink=0.5)


@given(st.floats(40, 100), st.floats(5, 16), st.floats(-85, 90))
@settings(max_examples=60, deadline=None)
def test_a_rectangle_is_measured_as_it_is(length, beam, degrees):
    region = region_of(rectangle(length, beam, degrees))
    shape = form(region)
    box = oriented_box(region, shape)
    assert 2 * np.hypot(*box.length_px) == pytest.approx(length, abs=2.5)
    assert 2 * np.hypot(*box.beam_px) == pytest.approx(beam, abs=1.5)
    angle = np.degrees(np.arctan2(box.length_px[1], box.length_px[0]))
    assert abs((angle - degrees + 90) % 180 - 90) < 4
    assert (box.col, box.row) == (pytest.approx(80, abs=0.8), pytest.approx(80, abs=0.8))
    assert shape.fill == pytest.approx(1, abs=0.12)
    assert np.dot(box.length_px, box.beam_px) == pytest.approx(0, abs=1e-6)


def test_a_single_pixel_is_one_by_one():
    box = oriented_box(region_of(np.pad([[True]], 3)), form(region_of(np.pad([[True]], 3))))
    assert upright(box) == pytest.approx((3, 3, 4, 4), abs=0.01)


def test_levels_part_a_ship_from_its_quay():
    image = np.zeros((60, 60), np.float32)
    image[:, :20] = 2.0
    image[20:40, 20:25] = 5.0
    found = level_regions(image, [1.0, 3.0], Limits(min_px=3, max_px=400, max_side_px=30))
    assert [(r.col0, r.row0, r.area, r.level) for r in found] == [(20, 20, 100, 3.0)]
    assert found[0].shrink == pytest.approx(100 / 1300)


def test_a_region_that_hardly_shrinks_is_no_new_candidate():
    image = np.zeros((30, 30), np.float32)
    image[5:15, 5:15] = 10
    assert len(level_regions(image, [1, 2, 3, 4], LIMITS)) == 1


def test_nan_is_never_in_a_region():
    image = np.full((20, 20), np.nan, np.float32)
    assert level_regions(image, [0.0], LIMITS) == []


def common(a, b):
    return np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))


def brute(boxes, scores, share):
    kept = []
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    for i in np.lexsort((np.arange(len(scores)), -area, -scores)):
        if all(common(boxes[i], boxes[j]) <= share * min(area[i], area[j]) for j in kept):
            kept.append(int(i))
    return kept


@given(st.integers(0, 40), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_the_best_of_overlapping_agrees_with_brute_force(n, seed):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 50, (n, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(1, 15, (n, 2))], axis=1)
    scores = rng.integers(0, 5, n).astype(float)
    assert best_of_overlapping(boxes, scores, 0.4) == brute(boxes, scores, 0.4)


def test_sides_tell_the_quay_from_the_water():
    water = np.zeros((80, 80), bool)
    water[:, 40:] = True
    mask = np.zeros((80, 80), bool)
    mask[20:60, 40:46] = True
    region = region_of(mask)
    shape = form(region)
    wet, dry, ends = sides(shape, surroundings(region, shape, (80, 80)), water)
    assert wet > 0.95
    assert dry < 0.05
    assert ends > 0.3
