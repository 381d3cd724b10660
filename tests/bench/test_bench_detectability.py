"""The detectability benchmark's own parts: intervals, traffic, and a few trials end to end."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from offing.bench.detectability import FIRST_SEED, KINDS, measure, traffic, wilson, write_curve
from offing.looks.detectability import Curve
from offing.simulation.stack import DEFAULT_SEED


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_are_wilsons(drawn) -> None:
    hits, n = drawn
    ours = wilson(hits, n, "test")
    reference = binomtest(hits, n).proportion_ci(confidence_level=0.9, method="wilson")
    assert (ours.low, ours.high) == pytest.approx((reference.low, reference.high), abs=1e-12)
    assert ours.value == pytest.approx((hits + 0.5) / (n + 1))


def test_traffic_is_everyday_and_sometimes_as_long_as_a_landing_ship() -> None:
    ships = [s for seed in range(800) for s in traffic(np.random.default_rng(seed))]
    assert {s.vessel_class for s in ships} == {"tug", "patrol", "cargo", "tanker"}
    lengths = np.array([s.length_m for s in ships if s.length_m])
    assert lengths.min() >= 60.0
    assert lengths.max() <= 190.0
    assert np.mean((lengths > 100.0) & (lengths < 125.0)) == pytest.approx(np.log(1.25) / np.log(190 / 60), abs=0.03)


def test_its_seeds_are_nobody_elses() -> None:
    assert DEFAULT_SEED * 100 + 99 < FIRST_SEED


def test_a_small_run_gives_a_curve_that_can_be_kept(tmp_path) -> None:
    kept = measure(4, FIRST_SEED, [KINDS[0]])
    (cell,) = kept.cells
    assert (cell.sensor, cell.gsd_m, cell.n_moored, cell.n_anchored, cell.n_false) == ("sar", 10.0, 1, 1, 2)
    assert kept == measure(4, FIRST_SEED, [KINDS[0]])
    path = tmp_path / "detectability.json"
    write_curve(kept, path)
    assert msgspec.json.decode(path.read_bytes(), type=Curve) == kept
