"""Sparse labelling against scipy's on whole images."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from offing.vessels.detection.grouping import NONE, group, joined


def labelled(mask, gap):
    """(number, labels) of pixels that come within gap + 1 of each other: those whose squares touch."""
    rows, cols = np.nonzero(mask)
    label = np.arange(len(rows))
    near = np.maximum(abs(rows[:, None] - rows), abs(cols[:, None] - cols)) <= gap + 1
    for _ in range(len(rows)):
        least = np.where(near, label, len(rows)).min(axis=1)
        if (least == label).all():
            break
        label = least
    return rows, cols, label


@given(st.integers(0, 10**6), st.integers(0, 3), st.floats(0.01, 0.3))
@settings(max_examples=60, deadline=None)
def test_components_are_those_of_brute_force(seed, gap, share):
    rng = np.random.default_rng(seed)
    power = rng.random((23, 31)).astype(np.float32)
    mask = power < share
    rows, cols, label = labelled(mask, gap)
    found = group(*(v.astype(np.int64) for v in np.nonzero(mask)), power[mask], gap)
    assert len(found) == len(set(label.tolist()))
    expected = sorted(
        (
            (float(rows[label == k].mean() + 0.5), float(cols[label == k].mean() + 0.5)),
            (cols[label == k].min(), rows[label == k].min(), cols[label == k].max() + 1, rows[label == k].max() + 1),
            int((label == k).sum()),
            float(power[rows[label == k], cols[label == k]].max()),
        )
        for k in set(label.tolist())
    )
    for i, (centre, box, area, peak) in enumerate(expected):
        assert found.centre[i][::-1] == pytest.approx(centre)
        assert tuple(found.box[i]) == box
        assert found.area[i] == area
        assert found.peak[i] == pytest.approx(peak)
        assert power[found.brightest[i][1], found.brightest[i][0]] == found.peak[i]


def test_without_gaps_it_is_the_usual_labelling():
    mask = np.random.default_rng(1).random((200, 300)) < 0.25
    found = group(*(v.astype(np.int64) for v in np.nonzero(mask)), np.ones(int(mask.sum()), np.float32), 0)
    _, number = ndimage.label(mask, np.ones((3, 3)))
    assert len(found) == number
    assert found.area.sum() == mask.sum()


def test_nothing_makes_no_components():
    empty = np.zeros(0, np.int64)
    assert len(group(empty, empty, np.zeros(0, np.float32), 2)) == 0
    assert len(joined([NONE, NONE])) == 0
    assert len(joined([])) == 0
