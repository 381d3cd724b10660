"""Ropucha against Alligator: separated at 0.7 m, hedged at 3 m, not separated at 10 m."""

import math

import numpy as np
import pytest

from offing.bench.datasets import NavalPicture
from offing.bench.identify import PAIR, ahead, reliability
from offing.bench.identify_real import labelled
from offing.bench.identify_ships import disturbed, seen_ship, seen_ships
from offing.vessels.classes import library

CLASSES = library()
SEED = 9_900_000


def ratios(gsd: float, ships: int = 6) -> list[float]:
    """Log likelihood ratios of the right class over the other."""
    seen = list(seen_ships(PAIR, "optical", gsd, ships, SEED))
    return [stated for stated, _ in ahead(seen, CLASSES)]


def test_ropucha_and_alligator_are_separated_at_0_7_m() -> None:
    found = ratios(0.7)
    assert sum(r > math.log(10.0) for r in found) >= 10
    assert not any(r < -math.log(10.0) for r in found)


def test_ropucha_and_alligator_are_hedged_at_3_m() -> None:
    found = ratios(3.0)
    assert sum(r > 0.0 for r in found) >= 10
    assert all(abs(r) < math.log(30.0) for r in found)


def test_ropucha_and_alligator_are_not_separated_at_10_m() -> None:
    assert all(abs(r) < math.log(3.5) for r in ratios(10.0))


def test_the_same_seed_is_the_same_ship_and_another_seed_another() -> None:
    one, same, other = (seen_ship("ropucha", "optical", 3.0, seed) for seed in (SEED, SEED, SEED + 1))
    assert one == same
    assert one.profile != other.profile


def test_things_on_deck_keep_a_profile_normalised() -> None:
    profile = seen_ship("ropucha", "optical", 3.0, SEED).profile
    assert profile is not None
    values = np.array(disturbed(profile, np.random.default_rng(3)).brightness)
    assert np.median(values) == pytest.approx(0.0, abs=1e-9)
    assert 1.4826 * np.median(np.abs(values)) == pytest.approx(1.0)


def test_reliability_of_what_is_known_exactly() -> None:
    sure = reliability([{"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 1.0}], ["a", "b"])
    assert (sure.log_loss, sure.right, sure.ece_top, sure.ece_all) == (0.0, 1.0, 0.0, 0.0)
    half = reliability([{"a": 0.75, "b": 0.25}] * 4, ["a", "a", "a", "b"])
    assert half.log_loss == pytest.approx(-(3 * math.log(0.75) + math.log(0.25)) / 4)
    assert (half.right, half.ece_top) == (0.75, 0.0)
    wrong = reliability([{"a": 0.9, "b": 0.1}] * 10, ["b"] * 10)
    assert wrong.ece_top == pytest.approx(0.9)
    assert wrong.right == 0.0


def test_a_labelled_ship_keeps_her_ends_and_the_beam_of_her_box() -> None:
    turn, length, beam = math.radians(30.0), 100.0, 14.0
    ahead = np.array([math.cos(turn), math.sin(turn)])
    middle = np.array([200.0, 150.0])
    reach = 0.5 * (length * np.abs(ahead) + beam * np.abs(ahead[::-1]))
    picture = NavalPicture(
        name="a.jpg",
        place="p",
        paths=(),
        codes=np.array([2]),
        boxes=np.concatenate([middle - reach, middle + reach])[None, :],
        bows=(middle + 0.5 * length * ahead)[None, :],
        sterns=(middle - 0.5 * length * ahead)[None, :],
    )
    found = labelled(picture, 0)
    assert (found.box.col, found.box.row) == pytest.approx((200.0, 150.0))
    assert found.box.length_px == pytest.approx(tuple(50.0 * ahead))
    assert 2.0 * math.hypot(*found.box.beam_px) == pytest.approx(14.0)
    assert found.measurement.heading_deg == pytest.approx(120.0)
