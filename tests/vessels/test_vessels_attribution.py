"""Length says what it can and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.quantities import Interval
from offing.sites import Baseline, Site
from offing.vessels.attribution import class_probabilities, narrowest, site_prior
from offing.vessels.classes import library

LIBRARY = library()


def site(*baseline: Baseline) -> Site:
    return Site(id="s", name="S", role="port", position=(132.3, 42.9), baseline=baseline)


BUSY = site(Baseline(classes=("landing-ship",), calls_per_30d=2), Baseline(classes=("any",), calls_per_30d=6))


def named(length: float, half_width: float, where: Site = BUSY) -> str:
    prior = site_prior(where, ["landing-ship"], LIBRARY)
    interval = Interval(low=length - half_width, high=length + half_width)
    return narrowest(class_probabilities(length, interval, prior, LIBRARY), LIBRARY)


def test_length_cannot_separate_ropucha_from_alligator() -> None:
    prior = site_prior(BUSY, ["ropucha", "alligator"], LIBRARY)
    p = class_probabilities(112.7, Interval(low=104, high=121), prior, LIBRARY)
    assert p["ropucha"] / p["alligator"] == pytest.approx(1.0, abs=0.1)
    assert named(112.7, 8.5) == "landing-ship"


def test_another_length_is_no_landing_ship() -> None:
    assert named(180.0, 10.0) == "unknown"


def test_where_landing_ships_are_rare_length_alone_names_none() -> None:
    assert named(112.7, 15.0, site(Baseline(classes=("any",), calls_per_30d=30))) == "unknown"


def test_a_sought_class_without_baseline_has_a_small_stated_rate() -> None:
    assert site_prior(site(), ["ropucha"], LIBRARY)["ropucha"] == 0.5


@given(st.floats(10, 400), st.floats(0.5, 60))
def test_probabilities_sum_to_one(length: float, half_width: float) -> None:
    prior = site_prior(BUSY, ["landing-ship"], LIBRARY)
    p = class_probabilities(length, Interval(low=length - half_width, high=length + half_width), prior, LIBRARY)
    assert sum(p.values()) == pytest.approx(1.0)
