"""The regression, the drawn scenes, and a small run end to end."""

import msgspec
import numpy as np
import pytest
from scipy.optimize import minimize
from shapely import Point, Polygon, box

from offing.bench import detectability, quay
from offing.bench.model import BenchOptions
from offing.bench.radar_seen import FIRST_SEED, ChipShip, chip_ships, figures, measure, table, write_seen
from offing.bench.regression import PRIOR_SD, fit_logistic
from offing.bench.seen_curve import misfit
from offing.bench.seen_scenes import KINDS, LENGTH_M, WIND_M_S, drawn, matched
from offing.looks.radar_seen import RadarSeen, chance
from offing.looks.seen import SeenCell
from offing.quantities import Interval, Probability
from offing.simulation.placing import place_ships
from offing.simulation.quay import harbour, paved, to_quay


def test_the_regression_finds_the_posterior_mode() -> None:
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(400), rng.normal(size=(400, 2))])
    y = (rng.random(400) < 1 / (1 + np.exp(-(x @ [0.3, 1.2, -0.7])))).astype(float)

    def loss(b):
        return np.logaddexp(0, -(2 * y - 1) * (x @ b)).sum() + 0.5 * (b**2).sum() / PRIOR_SD**2

    fit = fit_logistic(x, y, np.arange(400))
    assert fit.coefficients == pytest.approx(minimize(loss, np.zeros(3), tol=1e-10).x, abs=1e-4)


def test_outcomes_drawn_together_are_no_more_than_one() -> None:
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(300), rng.normal(size=300)])
    y = (rng.random(300) < 1 / (1 + np.exp(-x[:, 1]))).astype(float)
    alone = fit_logistic(x, y, np.arange(300))
    four = fit_logistic(np.tile(x, (4, 1)), np.tile(y, 4), np.tile(np.arange(300), 4))
    assert np.diag(four.covariance) == pytest.approx(np.diag(alone.covariance), rel=0.15)


def test_outcomes_all_alike_stay_finite_and_uncertain() -> None:
    fit = fit_logistic(np.ones((50, 1)), np.ones(50), np.arange(50))
    assert 2.0 < fit.coefficients[0] < 15.0
    assert fit.covariance[0, 0] > 0.5


def test_an_offset_is_all_that_is_missing() -> None:
    rng = np.random.default_rng(5)
    offset = rng.normal(size=4000)
    y = (rng.random(4000) < 1 / (1 + np.exp(-(offset - 1.5)))).astype(float)
    fit = fit_logistic(np.ones((4000, 1)), y, np.arange(4000), offset=offset)
    assert fit.coefficients[0] == pytest.approx(-1.5, abs=4 * np.sqrt(fit.covariance[0, 0]))


def test_ships_are_matched_one_to_one() -> None:
    hulls = [box(0, 0, 10, 2), box(0, 4, 10, 6)]
    assert matched([], hulls, 3.0) == set()
    assert matched([(5, 3)], hulls, 3.0) in ({0}, {1})
    assert matched([(5, 3), (5, 1)], hulls, 3.0) == {0, 1}
    assert matched([(50, 3)], hulls, 3.0) == set()


def test_drawn_ships_lie_where_they_are_said_to() -> None:
    lengths, ground = [], Polygon(paved())
    for seed in range(FIRST_SEED, FIRST_SEED + 120):
        spec, alongside = drawn(*KINDS[2], seed)
        port = harbour(spec.place_seed)
        ships = place_ships(spec, port)
        lengths += [s.length_m for s in ships]
        assert WIND_M_S[0] <= spec.wind_m_s <= WIND_M_S[1]
        for number, ship in enumerate(ships):
            u, v = to_quay(port, np.array([[ship.x_m, ship.y_m]]))[0]
            off = ground.distance(Point(u, v)) - 0.5 * ship.beam_m
            assert bool(off < 15.0) is (number < alongside)
            assert off > 0.0
    assert LENGTH_M[0] <= min(lengths)
    assert max(lengths) <= LENGTH_M[1]
    assert np.median(lengths) == pytest.approx(np.sqrt(15 * 350), rel=0.25)


def test_its_seeds_are_nobody_elses() -> None:
    assert max(detectability.FIRST_SEED, quay.FIRST_SEED) + 500_000 < FIRST_SEED


def test_a_small_run_gives_a_curve_that_can_be_kept(tmp_path) -> None:
    labelled = [ChipShip(name=f"{i}", length_m=40.0 + 10 * i, found=i > 3) for i in range(20)]
    kept = measure(3, FIRST_SEED, labelled, KINDS[4:])
    assert kept.n == sum(c.n for c in kept.cells)
    assert kept.real is not None
    assert (kept.real.found, kept.real.n) == (16, 20)
    said = np.array([chance(kept, s.length_m, 10.0, wind_m_s=None, at_quay=False) for s in labelled])
    moved = 1 / (1 + np.exp(-(np.log(said / (1 - said)) + kept.real.shift)))
    assert moved.sum() == pytest.approx(16, abs=0.5)
    write_seen(kept, tmp_path / "kept.json")
    assert msgspec.json.decode((tmp_path / "kept.json").read_bytes(), type=RadarSeen) == kept
    assert any("at anchor" in name for name in figures(kept))
    assert any("16 of 20" in line for line in table(kept))


def test_cells_away_from_the_curve_widen_it() -> None:
    def cell(found, said):
        length = Interval(low=15.0, high=35.0, level=1.0)
        share = Probability(value=0.5, low=0.0, high=1.0, basis="")
        return SeenCell(gsd_m=10.0, length_m=length, at_quay=False, found=found, n=100, share=share, said=said)

    assert misfit([cell(50, 0.5), cell(20, 0.2)], 1) == 1.0
    assert misfit([cell(50, 0.5), cell(60, 0.5), cell(65, 0.5)], 1) == pytest.approx((4 + 9) / 2)
    assert misfit([cell(0, 0.001), cell(1, 0.001)], 1) == 1.0


def test_without_the_labelled_set_nothing_real_is_compared(tmp_path) -> None:
    assert chip_ships(BenchOptions()) == []
    assert chip_ships(BenchOptions(data=tmp_path)) == []
