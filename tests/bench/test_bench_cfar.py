"""The generated radar scenes, the matching, and the detectors that are compared on them."""

import numpy as np
import pytest

from offing.bench import cfar_methods
from offing.bench.matching import count_matches
from offing.bench.radar_scenes import dense, easy, harbour, speckle


def test_splits_and_false_alarms_are_told_apart():
    ships = np.array([(50.0, 50.0), (200.0, 200.0)])
    found = np.array([(50.0, 51.0), (58.0, 50.0), (400.0, 400.0)])
    count = count_matches(found, ships)
    assert (count.recall, count.alarms, count.a_ship) == (0.5, 1, 1.0)


def test_nothing_found_is_nothing_matched():
    count = count_matches(np.zeros((0, 2)), np.array([(1.0, 1.0)]))
    assert (count.recall, count.alarms, count.a_ship) == (0.0, 0, 0.0)


@pytest.mark.parametrize("make", [easy, dense, harbour])
def test_offing_finds_each_ship_once_where_plain_averaging_splits_or_misses(make):
    truth = make(2048 if make is harbour else 1400, 3)
    assert len(truth.ships) >= 4
    counts = {}
    for method in cfar_methods.methods()[:2]:
        found = method.find(truth.power, method.usual)
        cells = found.astype(int)
        counts[method.name] = count_matches(found[~truth.land[cells[:, 1], cells[:, 0]]], truth.ships)
    ours, plain = counts["offing"], counts["plain CA-CFAR"]
    assert ours.recall >= max(0.9, plain.recall)
    assert ours.alarms <= 2
    assert ours.a_ship <= 1.1


def test_ships_of_an_anchorage_lie_at_one_to_three_lengths():
    ships = dense(2048, 0).ships
    distance = np.hypot(*(ships[:, None] - ships[None]).T) + np.eye(len(ships)) * 1e9
    assert distance.min() >= 24
    assert distance.min(axis=1).max() <= 72


def test_texture_has_the_variance_that_its_order_gives():
    assert speckle(np.random.default_rng(0), 800).var() == pytest.approx(1 / 4, rel=0.02)
    assert speckle(np.random.default_rng(0), 800, 3.0).var() == pytest.approx(1 / 4 + 1 / 3 + 1 / 12, rel=0.1)
