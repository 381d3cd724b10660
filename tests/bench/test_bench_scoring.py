import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.bench.scoring import Counts, best_f1, box_overlap, calibration_error, match_boxes, match_points


def mask(rows, cols, shape=(40, 40)):
    made = np.zeros(shape, bool)
    made[rows, cols] = True
    return made


SHIP = mask(slice(10, 12), slice(10, 20))


def test_only_one_point_matches_a_ship():
    points = np.array([(14.5, 10.5), (15.5, 11.5), (14.5, 14.5), (39.5, 39.5)])
    assert len(match_points(points, [SHIP], 10.0)) == 1


@pytest.mark.parametrize(("row", "found"), [(14.5, 1), (15.5, 0)])
def test_the_tolerance_counts_to_the_nearest_pixel_centre(row, found):
    """The lowest pixel centres of the ship lie at 11.5: three pixels of 10 m below is 30 m, four are 40 m."""
    assert len(match_points(np.array([(14.5, row)]), [SHIP], 10.0)) == found


def test_a_point_inside_is_at_no_distance_whatever_the_pixel_size():
    assert match_points(np.array([(10.01, 10.01)]), [SHIP], 1000.0) == [(0, 0)]


def test_most_matches_come_before_least_distance():
    other = mask(slice(10, 12), slice(22, 30))
    points = np.array([(21.0, 11.0), (16.0, 11.0)])
    assert sorted(match_points(points, [SHIP, other], 10.0)) == [(0, 1), (1, 0)]
    assert len(match_points(np.array([(20.6, 11.0), (9.0, 14.0)]), [SHIP, other], 10.0)) == 2


def test_nothing_matches_nothing():
    assert match_points(np.zeros((0, 2)), [SHIP], 10.0) == []
    assert match_points(np.array([(1.0, 1.0)]), [], 10.0) == []


def test_counts_add_up():
    both = Counts(right=1, false=3, missed=0) + Counts(right=1, false=0, missed=2)
    assert (both.precision, both.recall, both.f1) == (0.4, 0.5, pytest.approx(4 / 9))
    assert Counts(right=0, false=0, missed=0).f1 == 0


def test_box_overlap():
    one = np.array([[0, 0, 10, 10]], float)
    other = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]], float)
    assert box_overlap(one, other)[0] == pytest.approx([1, 1 / 3, 0])


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_boxes_match_one_to_one(n, m, seed):
    rng = np.random.default_rng(seed)
    corner, truth = rng.uniform(0, 20, (n, 2)), rng.uniform(0, 20, (m, 2))
    boxes = np.concatenate([corner, corner + 8], axis=1)
    labels = np.concatenate([truth, truth + 8], axis=1)
    scores = rng.uniform(size=n)
    right = match_boxes(boxes, scores, labels, 0.3)
    assert right.sum() <= min(n, m)
    top = int(np.argmax(scores))
    assert right[top] == (box_overlap(boxes[[top]], labels).max() >= 0.3)


def test_best_f1_is_the_best_over_all_limits():
    scores, right = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, False])
    value, at = best_f1(scores, right, 3)
    assert (value, at) == (pytest.approx(2 * 2 / (3 + 3)), 0.7)


def test_equal_scores_are_taken_together():
    assert best_f1(np.array([0.5, 0.5]), np.array([True, False]), 1) == (pytest.approx(2 / 3), 0.5)


def test_calibration_error():
    probability = np.array([0.85] * 10 + [0.15] * 10)
    right = np.array([True] * 8 + [False] * 2 + [False] * 10)
    assert calibration_error(probability, right) == pytest.approx(0.5 * 0.05 + 0.5 * 0.15)
