"""Voyages between port calls: what is excluded, what is weighed and how it is joined."""

import math
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import OffingError
from offing.movements.model import PortCall
from offing.movements.stay import mixture
from offing.movements.voyages.candidates import candidates
from offing.movements.voyages.find import voyages
from offing.movements.voyages.model import Assumed, SameShipRatio, Way
from offing.movements.voyages.speeds import Cruise, fastest
from offing.movements.voyages.times import Times, Underway
from offing.quantities import LikelihoodRatio
from offing.sites import Baseline, Site, StayHours
from offing.vessels.classes import library

T = datetime(2024, 10, 1, tzinfo=UTC)
LIBRARY = library()
BASELINE = (Baseline(classes=("ropucha",), calls_per_30d=2.0), Baseline(classes=("any",), calls_per_30d=6.0))


def at(hour):
    return None if hour is None else T + timedelta(hours=hour)


def call(site, bounds, ship="ropucha", **more):
    class_id, _, vessel = ship.partition("/")
    a, b, c, d = bounds
    return PortCall(
        site=site, vessel_class=class_id, vessel=vessel or None, arrived_after=at(a), arrived_before=at(b),
        departed_after=at(c), departed_before=at(d), looks=(), **more,
    )  # fmt: skip


def site(name, **more):
    return Site(id=name, name=name, role="port", position=(130.0, 40.0), radius_m=1852.0, baseline=BASELINE, **more)


SITES = tuple(site(name) for name in "abc")
WAYS = (
    Way(start="a", end="b", geodesic_nm=130.0, path_nm=140.0, most_nm=145.0, points=((1.0, 2.0), (3.0, 4.0))),
    Way(start="a", end="c", geodesic_nm=98.0, path_nm=100.0),
    Way(start="b", end="c", geodesic_nm=60.0, path_nm=60.0),
)


def find(*calls, **more):
    return voyages(calls, sites=SITES, library=LIBRARY, ways=WAYS, **more)


A = call("a", (0, 10, 20, 30))


def test_too_fast_is_excluded_with_its_numbers():
    (voyage,) = find(A, call("b", (20, 25, 40, 50))).voyages
    assert voyage.status == "excluded"
    assert voyage.posterior is None
    assert voyage.ratio is None
    assert voyage.least_kn == pytest.approx((130 - 2) / 5)
    assert "at least 128 nm in at most 5.0 h, which is 26 kn; a ship of the class ropucha makes at most 18 kn" in (
        voyage.why
    )


@pytest.mark.parametrize(("hours", "status"), [(5.95, "excluded"), (5.98, "feasible")])
def test_what_excludes_leaves_margins_for_time_speed_and_the_reach_of_the_sites(hours, status):
    # 128 nm at 18 kn and a tenth: 6.4646 h, less half an hour
    (voyage,) = find(A, call("b", (None, 20 + hours, 60, None))).voyages
    assert voyage.status == status
    assert ("only what is allowed for errors" in voyage.why) == (status == "feasible")


def test_the_sea_path_never_excludes_what_the_geodesic_allows():
    far = (Way(start="a", end="b", geodesic_nm=10.0, path_nm=1000.0),)
    (voyage,) = voyages((A, call("b", (None, 25, 40, None))), sites=SITES, library=LIBRARY, ways=far).voyages
    assert voyage.status == "feasible"
    assert voyage.posterior.value < 0.01


def test_two_days_exclude_nothing_and_say_so():
    (voyage,) = find(call("a", (None, 10, 20, None)), call("c", (None, 68, 69, None))).voyages
    assert voyage.status == "feasible"
    assert "possible, which excludes nothing and is weak by itself" in voyage.why
    assert "No pictures tell" in voyage.why
    assert voyage.identity == "not compared"
    assert [p.used for p in voyage.parts if p.name == "same ship"] == [False]


def test_bounds_are_intervals_and_not_points():
    (voyage,) = find(A, call("b", (34, 42, 50, 60))).voyages
    assert (voyage.hours.low, voyage.hours.high) == (4.0, 22.0)
    assert (voyage.distance_nm.low, voyage.distance_nm.high) == (130.0, 145.0)
    assert voyage.most_kn == pytest.approx(145 / 4)
    assert voyage.points == ((1.0, 2.0), (3.0, 4.0))


def test_the_way_back_is_the_way_turned_round():
    (voyage,) = find(call("b", (0, 10, 20, 30)), call("a", (34, 42, 50, 60))).voyages
    assert voyage.points == ((3.0, 4.0), (1.0, 2.0))


def test_seen_at_both_at_once_is_no_voyage():
    assert find(A, call("b", (0, 15, 40, 50))).voyages == ()


def test_real_and_simulated_are_never_joined():
    later = call("b", (34, 42, 50, 60))
    assert find(A, msgspec.structs.replace(later, simulated=True)).voyages == ()
    both = find(*(msgspec.structs.replace(c, simulated=True) for c in (A, later)))
    assert both.voyages[0].simulated


@pytest.mark.parametrize(
    ("left", "come", "count"),
    [("ropucha", "cargo", 0), ("ropucha", "landing-ship", 1), ("unknown", "ropucha", 1), ("unknown", "unknown", 0),
     ("ropucha/v", "ropucha/w", 0), ("ropucha/v", "ropucha", 1), ("any", "any", 0)],
)  # fmt: skip
def test_which_ships_may_be_one(left, come, count):
    found = find(call("a", (0, 10, 20, 30), left), call("b", (34, 42, 50, 60), come))
    assert len(found.voyages) == count
    assert bool(found.notes) == (left in ("any", "unknown") and come in ("any", "unknown"))


def test_the_same_name_at_both_ends_is_an_identity_and_counts_by_the_ships_that_could_bear_it():
    (voyage,) = find(call("a", (0, 10, 20, 30), "ropucha/v"), call("b", (34, 42, 50, 60), "ropucha/v")).voyages
    assert voyage.identity == "given"
    assert voyage.status == "likely"
    (name,) = (p for p in voyage.parts if p.name == "name")
    assert name.log_ratio == pytest.approx(math.log(LIBRARY.get("ropucha").built))


def test_the_same_name_too_fast_is_a_contradiction_that_is_told():
    (voyage,) = find(call("a", (0, 10, 20, 30), "ropucha/v"), call("b", (20, 22, 50, 60), "ropucha/v")).voyages
    assert voyage.status == "excluded"
    assert "One of the two names, times or places is wrong" in voyage.why


def test_a_named_ship_is_not_joined_past_another_call_of_hers():
    calls = [call("a", (0, 10, 20, 30), "ropucha/v"), call("c", (34, 42, 50, 60), "ropucha/v"),
             call("b", (70, 80, 90, 99), "ropucha/v")]  # fmt: skip
    assert [(v.start, v.end) for v in find(*calls).voyages] == [("a", "c"), ("c", "b")]


def test_pictures_count_as_they_are_and_never_make_up_for_speed():
    later = call("b", (34, 42, 50, 60))
    ids = candidates((A, later), sites=SITES, library=LIBRARY, ways=WAYS).ids
    ratio = LikelihoodRatio(value=6.0, low=2.0, high=9.0)
    told = SameShipRatio(departure=ids[0], arrival=ids[1], ratio=ratio, basis="two detections")
    (plain,), (seen,) = find(A, later).voyages, find(A, later, same=[told]).voyages
    assert seen.ratio.value == pytest.approx(6.0 * plain.ratio.value)
    assert seen.identity == "measured"
    odds = [v.posterior.value / (1 - v.posterior.value) for v in (plain, seen)]
    assert odds[1] / odds[0] == pytest.approx(6.0)


def test_a_single_pair_is_bayes_rule():
    (voyage,) = find(A, call("b", (34, 42, 50, 60))).voyages
    odds = 0.3 / 0.7 / 2.0 * voyage.ratio.value
    assert voyage.posterior.value == pytest.approx(odds / (1 + odds))
    assert voyage.posterior.low < voyage.posterior.value < voyage.posterior.high


def test_one_ship_that_two_could_be_is_shared_and_the_other_is_named():
    twin = call("a", (0, 10, 20, 30))
    found = find(A, twin, call("b", (34, 42, 50, 60)))
    one, other = (v.posterior.value for v in found.voyages)
    assert one == pytest.approx(other)
    assert one + other < 1.0
    assert any(
        "could as well have come from a/ropucha/2024-10-01T10:00:00Z/2" in a for a in found.voyages[0].alternatives
    )
    assert [len(p.voyages) for p in found.pairings[0]] == [1, 1, 0]
    assert sum(p.probability for p in found.pairings[0]) == pytest.approx(1.0)


def test_what_is_left_out_is_said():
    calls = [call("a", (0, 10, 20, 30)), call("b", (34, 42, 50, 60)), call("c", (34, 45, 50, 60))]
    found = voyages(calls, sites=SITES, library=LIBRARY, ways=WAYS, most=1)
    assert len(found.voyages) == 1
    assert "left out" in found.notes[0]


BOUNDS = st.tuples(st.integers(0, 200), st.integers(1, 30), st.integers(0, 40), st.integers(1, 30)).map(
    lambda t: (t[0], t[0] + t[1], t[0] + t[1] + t[2], t[0] + t[1] + t[2] + t[3])
)
CALLS = st.lists(st.tuples(st.sampled_from("abc"), BOUNDS), min_size=2, max_size=6, unique=True)


@settings(max_examples=15, deadline=None)
@given(CALLS)
def test_each_call_comes_from_one_place_and_goes_to_one(drawn):
    found = find(*(call(s, b) for s, b in drawn))
    for side in ("departure", "arrival"):
        for name in {getattr(v, side) for v in found.voyages}:
            held = [v for v in found.voyages if getattr(v, side) == name and v.posterior]
            assert sum(v.posterior.value for v in held) <= 1.0 + 1e-9


@settings(max_examples=10, deadline=None)
@given(CALLS, st.randoms(use_true_random=False))
def test_the_order_of_the_calls_changes_nothing(drawn, random):
    turned = list(drawn)
    random.shuffle(turned)
    key = lambda v: (v.start, v.end, v.departed_after, v.departed_before, v.arrived_before, v.arrived_after)  # noqa: E731
    one, other = (sorted(find(*(call(s, b) for s, b in d)).voyages, key=key) for d in (drawn, turned))
    values = [[v.posterior.value if v.posterior else -1.0 for v in found] for found in (one, other)]
    assert sorted(values[0]) == pytest.approx(sorted(values[1]), abs=1e-9)


def test_an_excluded_pair_changes_no_other_voyage():
    later = call("b", (34, 42, 50, 60))
    hasty = call("c", (20, 21, 22, 23))
    before = find(A, later).voyages[0].posterior
    after = next(v for v in find(A, later, hasty).voyages if (v.start, v.end) == ("a", "b")).posterior
    assert [v.status for v in find(A, hasty).voyages] == ["excluded"]
    # The call at c may be one before the call at b, and that is counted; far away from b it changes nothing.
    far = (*WAYS[:2], Way(start="b", end="c", geodesic_nm=9000.0, path_nm=9000.0))
    alone = voyages((A, later, hasty), sites=SITES, library=LIBRARY, ways=far).voyages
    assert next(v for v in alone if (v.start, v.end) == ("a", "b")).posterior == before
    assert after.value < before.value


STAY = mixture((StayHours(),), (1.0,))


def test_points_in_time_give_the_density_over_the_rate():
    left, come = call("a", (0, 10, 20, 20.001)), call("b", (31.9, 32.1, 50, 60))
    way = Way(start="a", end="b", geodesic_nm=120.0, path_nm=120.0, most_nm=120.0)
    cruise = Cruise(median_kn=12.6, log_sd=0.3, most_kn=18.0)
    value = Times(left, come, STAY, STAY).log_ratio(Underway(way, cruise), 0.01)
    density = (cruise.at_least(np.array([120 / 12.1])) - cruise.at_least(np.array([120 / 11.9]))) / 0.2
    assert value == pytest.approx(math.log(float(density[0]) / 0.01), abs=0.02)


def test_intervals_agree_with_draws():
    """The integrals against draws from the model: departures, stays and speeds as they are stated."""
    left, come = call("a", (0, 10, 20, 30)), call("b", (30, 44, 60, 80))
    way = Way(start="a", end="b", geodesic_nm=130.0, path_nm=130.0, most_nm=130.0)
    cruise = Cruise(median_kn=12.0, log_sd=0.3, most_kn=18.0)
    rng = np.random.default_rng(4)
    n = 2_000_000
    arrive = rng.uniform(0, 10, n)
    leave = arrive + np.exp(rng.normal(STAY.parts[0].mu, STAY.parts[0].sigma, n))
    leave = leave[(leave >= 20) & (leave <= 30)]
    speed = np.exp(rng.normal(math.log(12.0), 0.3, leave.size))
    leave, speed = leave[speed <= 18.0], speed[speed <= 18.0]
    there = leave + 130.0 / speed

    def seen(moment):
        stay = np.exp(rng.normal(STAY.parts[0].mu, STAY.parts[0].sigma, moment.size))
        return (moment > 30) & (moment <= 44) & (moment + stay >= 60) & (moment + stay <= 80)

    chance = 0.01 * 14.0 * seen(rng.uniform(30, 44, n)).mean()
    expected = math.log(seen(there).mean() / chance)
    assert Times(left, come, STAY, STAY).log_ratio(Underway(way, cruise), 0.01) == pytest.approx(expected, abs=0.03)


def test_speeds_come_from_the_library_or_are_said_to_be_unknown():
    assert fastest("ropucha", LIBRARY).kn == 18.0
    assert fastest("ropucha", LIBRARY).limit_kn == pytest.approx(19.8)
    wide = fastest("landing-ship", LIBRARY)
    assert "stands for" in wide.words
    assert "not known" in fastest("cargo", LIBRARY).words


def test_declared_chances_are_probabilities():
    with pytest.raises(OffingError, match="direct is 1"):
        Assumed(direct=1.0)
    with pytest.raises(OffingError, match="shorter than the shortest line"):
        Way(start="a", end="b", geodesic_nm=10.0, path_nm=9.0)
