"""The chain of ships against its own matrix exponential and against draws."""

import math

import numpy as np
import pytest
from scipy.linalg import expm

from offing.movements.occupancy import Occupancy, phases_for, steps
from offing.movements.shown import prior_calls
from offing.movements.stay import mixture, phase_type
from offing.sites import StayHours

STAY = mixture((StayHours(),), (1.0,))


def chain(rate=1 / 200, ships=3, phases=3):
    return Occupancy(phase_type(STAY, phases), rate, ships)


def generator(ships):
    return ships._arrive + ships._stayed


def test_the_stationary_state_stays():
    ships = chain()
    assert ships.stationary.sum() == pytest.approx(1.0)
    assert np.abs(ships.stationary @ generator(ships)).max() < 1e-12


@pytest.mark.parametrize("minutes", [1, 7, 60, 1441, 20_000])
def test_steps_are_the_matrix_exponential(minutes):
    ships = chain()
    got = np.eye(len(ships.count))
    for level in steps(minutes):
        got = got @ ships.plain(level)
    assert np.allclose(got, expm(generator(ships) * minutes / 60.0), atol=1e-9)


def test_steps_add_up():
    for minutes in (0, 1, 12_345, 1_000_000):
        assert sum(2**level for level in steps(minutes)) == minutes


def test_counted_steps_are_the_exponential_of_the_counting_chain():
    ships, most, minutes = chain(), 2, 1000
    size = len(ships.count)
    whole = np.zeros((3 * size, 3 * size))
    for c in range(3):
        here = slice(c * size, (c + 1) * size)
        whole[here, here] = ships._stayed
        then = slice(min(c + 1, 2) * size, (min(c + 1, 2) + 1) * size)
        whole[here, then] += ships._arrive
    full = expm(whole * minutes / 60.0)
    exact, at_least = [np.eye(size), np.zeros((size, size))], [np.eye(size)] + [np.zeros((size, size))] * 2
    for level in steps(minutes):
        e, g = ships.counted(level, most)
        exact, at_least = (
            [exact[0] @ e[0], exact[0] @ e[1] + exact[1] @ e[0]],
            [
                at_least[0] @ g[0],
                exact[0] @ g[1] + at_least[1] @ g[0],
                exact[0] @ g[2] + exact[1] @ g[1] + at_least[2] @ g[0],
            ],
        )
    for c, part in enumerate((exact[0], exact[1], at_least[2])):
        assert np.allclose(part, full[:size, c * size : (c + 1) * size], atol=1e-9)


def test_the_number_of_calls_in_a_window_is_poisson():
    rate, hours = 1 / 300, 120.0
    ships = chain(rate=rate, ships=5, phases=3)
    mean = rate * (hours + ships.stay.mean)
    got = prior_calls(ships, round(hours * 60), 3)
    expected = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(3)]
    assert got[:3] == pytest.approx(expected, rel=2e-3)
    assert sum(got) == pytest.approx(1.0)


def test_a_rate_of_almost_nothing_keeps_its_digits():
    ships = chain(rate=1e-9)
    got = prior_calls(ships, 6000, 3)
    mean = 1e-9 * (100.0 + ships.stay.mean)
    assert got[1] == pytest.approx(mean, rel=1e-6)
    assert got[3] == pytest.approx(mean**3 / 6, rel=1e-4)


def test_more_ships_mean_fewer_phases():
    sizes = [math.comb(n + phases_for(n), n) for n in range(1, 60)]
    assert max(sizes) <= 130
    assert phases_for(3) == 6
    assert phases_for(120) == 1
