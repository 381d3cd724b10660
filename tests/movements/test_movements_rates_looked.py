"""How many calls looks would have counted: against calls that were drawn and looked at, and by hand."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.special import ive

from offing.looks.model import Look, Observation
from offing.movements.portcalls import port_calls
from offing.movements.rates.looked import look_cells
from offing.movements.sought import Sought
from offing.movements.stay import mixture
from offing.quantities import Interval
from offing.sites import StayHours
from offing.vessels.classes import library

LIBRARY = library()
START = datetime(2024, 1, 1, tzinfo=UTC)
ROPUCHA = Sought(classes=("ropucha",))
STAY = mixture((StayHours(p05=8, p50=36, p95=144),), (1.0,))


def look(hours, ships=0, usable=1.0, p=0.8, q=0.02, status="clear", **more):
    seen = (Observation(seen="yes", vessel_class="ropucha"),) * ships or (Observation(seen="no"),)
    return Look(
        id=f"k{hours:09.3f}{more.get('sensor', '')}", site="s", time=START + timedelta(hours=float(hours)),
        sensor=more.get("sensor", "x"), status=status, usable=usable, reason="", p_detect=p, p_false=q,
        observations=seen,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("every", "p", "weak", "apart_d"),
    [(60.0, 0.9, 0.0, 40), (12.0, 0.7, 0.4, 40), (30.0, 0.5, 0.2, 40), (60.0, 0.9, 0.0, 4), (24.0, 0.8, 0.0, 4)],
)
def test_the_expected_count_is_what_drawn_calls_are_counted_as(every, p, weak, apart_d) -> None:
    rng = np.random.default_rng(7)
    span_h, per_h = 4000 * every, 1 / (24.0 * apart_d)
    begins = np.sort(rng.uniform(0, span_h, rng.poisson(per_h * span_h)))
    ends = begins + np.exp(rng.normal(math.log(36), STAY.parts[0].sigma, len(begins)))
    at = 2000 + np.cumsum(0.2 + rng.exponential(every - 0.2, int((span_h - 2000) / every)))  # no copies of a look
    usable = np.where(rng.random(len(at)) < weak, 0.3, 1.0)
    looks = []
    for t, u in zip(at, usable, strict=True):
        there = int(((begins <= t) & (t < ends)).sum())
        looks.append(look(t, int(rng.binomial(there, p * u)), u, p, 0.0))
    cells = look_cells(looks, ROPUCHA, LIBRARY, STAY)
    expected = sum(c.exposure_d for c in cells) * per_h * 24.0
    counted = len(port_calls(looks, ["ropucha"], LIBRARY))
    assert sum(c.count for c in cells) == counted
    assert abs(counted - expected) < 3.5 * math.sqrt(expected)
    assert expected > 40


def test_one_look_sees_what_is_there_and_many_see_all() -> None:
    (one,) = look_cells([look(0, p=0.8, usable=0.5)], ROPUCHA, LIBRARY, STAY)
    assert one.exposure_d == pytest.approx(0.4 * STAY.mean / 24)
    often = look_cells([look(h, p=1.0) for h in np.arange(0, 480, 0.5)], ROPUCHA, LIBRARY, STAY)
    later = [c.exposure_d for c in often[1:]]
    assert sum(later) == pytest.approx(len(later) * 0.5 / 24, rel=0.02)


def test_cloud_and_looks_that_cannot_tell_are_no_exposure() -> None:
    blind = [look(0, status="night"), look(10, usable=0.0, status="cloud"), look(20)]
    cells = look_cells(blind, ROPUCHA, LIBRARY, STAY)
    assert [c.usable for c in cells] == [False, False, True]
    assert [c.exposure_d > 0 for c in cells] == [False, False, True]


def test_undeclared_looks_give_a_range() -> None:
    (cell,) = look_cells([look(0, p=None)], ROPUCHA, LIBRARY, STAY, Interval(low=0.4, high=0.8, level=1.0))
    day = STAY.mean / 24
    assert (cell.least_d, cell.exposure_d, cell.most_d) == pytest.approx((0.4 * day, 0.6 * day, 0.8 * day))


def test_a_second_picture_within_minutes_adds_its_ships_to_the_first() -> None:
    looks = [look(0, 1, p=1.0, sensor="a"), look(0, 2, p=1.0, sensor="b")]
    cells = look_cells(looks, ROPUCHA, LIBRARY, STAY)
    assert [c.count for c in cells] == [2, 0]
    assert cells[1].exposure_d == pytest.approx(0.0, abs=1e-9)
    copies = look_cells([look(0, 1), look(0.02, 1)], ROPUCHA, LIBRARY, STAY)
    assert len(copies) == 1


def test_false_calls_are_those_that_the_looks_declare() -> None:
    cells = look_cells([look(h, q=0.1, usable=0.5) for h in range(0, 1000, 100)], ROPUCHA, LIBRARY, STAY)
    assert sum(c.false for c in cells) == pytest.approx(0.5)


def test_ships_that_come_as_others_leave_are_fewer_by_the_skellam_mean() -> None:
    pairs = np.random.default_rng(0).poisson(0.7, size=(400_000, 2))
    share = ive(0, 1.4) + ive(1, 1.4)
    assert np.maximum(pairs[:, 0] - pairs[:, 1], 0).mean() / 0.7 == pytest.approx(share, rel=0.01)
    few = [look(72.0 * n, int(n == 50)) for n in range(100)]
    many = [look(72.0 * n, n % 2 * 3) for n in range(100)]
    rare, often = (sum(c.exposure_d for c in look_cells(k, ROPUCHA, LIBRARY, STAY)) for k in (few, many))
    assert often < 0.7 * rare
