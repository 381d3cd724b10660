"""The hidden chain: closed forms, invariants, and histories drawn one by one."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.movements.occupancy import Occupancy, occupancy
from offing.movements.presence import Chain, presence_curve, timeline
from offing.movements.sensing import LookAlikes, Sensitivities
from offing.movements.shown import prior_calls, unshown_by_calls
from offing.movements.sought import Reading
from offing.movements.stay import PhaseType, mixture
from offing.sites import StayHours
from offing.timespan import TimeSpan

T = datetime(2024, 10, 1, tzinfo=UTC)
STAY = mixture((StayHours(),), (1.0,))
WINDOW = TimeSpan(start=T + timedelta(hours=200), end=T + timedelta(hours=296))


def reading(hour, ships=0, *, p=0.8, q=0.02, usable=1.0, name=None, open_ended=False):
    return Reading(
        look=name or f"at-{hour}",
        time=T + timedelta(hours=hour),
        kind="seen" if ships else "not-seen",
        ships=ships,
        usable=usable,
        p_detect=p,
        p_false=q,
        open_ended=open_ended,
    )


def passed(ships, readings, *, most=1, drops=False, window=WINDOW, vary=None):
    alikes = LookAlikes(readings, 50.0, vary or Sensitivities())
    plan = timeline([r.time for r in readings], window)
    return Chain(ships, alikes, readings, plan, most).passed(drops=drops)


def conditional(ships, readings, most=1):
    got = passed(ships, readings, most=most)
    prior = prior_calls(ships, round(WINDOW.hours * 60), most)
    return [j * math.exp(got.log_scale) / p for j, p in zip(got.joint, prior, strict=True)]


def exponential(mean_h, rate, ships=6):
    """Ships whose stay is exponential: everything has a closed form."""
    return Occupancy(PhaseType(orders=(1,), weights=(1.0,), rates=(1.0 / mean_h,), error=0.0), rate, ships)


def test_one_look_in_the_window_has_a_closed_form():
    rate, mean, p, q = 1 / 2000, 40.0, 0.8, 0.02
    ships = exponential(mean, rate)
    got = conditional(ships, [reading(250, 0, p=p, q=q)])
    # Given no call in the window nothing is there: only a false naming can be seen.
    assert got[0] == pytest.approx(1 - q, rel=1e-6)
    # P(nothing named and at least one call) = P(nothing named) − P(nothing named, no call).
    none = math.exp(-rate * (WINDOW.hours + mean))
    nothing = math.exp(-rate * mean * p) * (1 - q)
    assert got[1] == pytest.approx((nothing - none * (1 - q)) / (1 - none), rel=1e-4)


def test_two_looks_at_nothing_have_a_closed_form():
    rate, mean, p, gap = 1 / 1000, 30.0, 0.7, 20.0
    ships = exponential(mean, rate, ships=8)
    readings = [reading(240, p=p, q=0.0), reading(240 + gap, p=p, q=0.0)]
    both = math.exp(-gap / mean)
    # Ships present at both looks escape with (1 − p)², at one only with 1 − p: Poisson thinning.
    thinned = rate * mean * (both * (1 - (1 - p) ** 2) + 2 * (1 - both) * p)
    got = passed(ships, readings, vary=Sensitivities(lasting=False))
    quiet = (1 - 0.001) ** 2  # a stated 0 is rounded to 0.001
    assert sum(got.joint) * math.exp(got.log_scale) == pytest.approx(math.exp(-thinned) * quiet, rel=1e-4)


def test_power_of_looks_before_in_and_after_the_window_has_a_closed_form():
    rate, mean, p = 1 / 3000, 40.0, 0.8
    ships = exponential(mean, rate)
    for hour in (180.0, 250.0, 320.0):
        look = reading(hour, p=p)
        unseen = unshown_by_calls(ships, [(look, p)], WINDOW, 1)
        gap = max(200.0 - hour, hour - 296.0, 0.0)
        shown = rate * mean * math.exp(-gap / mean) * p
        none = math.exp(-rate * (WINDOW.hours + mean))
        assert unseen[0] == pytest.approx(none, rel=1e-4)
        assert sum(unseen) == pytest.approx(math.exp(-shown), rel=1e-4)


def test_dropping_a_look_by_both_passes_is_leaving_it_out():
    ships = occupancy(STAY, 1 / 700, 3)
    readings = [reading(h, n) for h, n in ((150, 0), (205, 1), (230, 2), (260, 0), (300, 1), (390, 0))]
    full = passed(ships, readings, most=2, drops=True)
    for i in range(len(readings)):
        left = passed(ships, readings[:i] + readings[i + 1 :], most=2)
        for a, b in zip(full.without[i], left.joint, strict=True):
            assert math.log(a) + full.without_scales[i] == pytest.approx(math.log(b) + left.log_scale, abs=1e-9)


def test_a_sighting_never_lowers_the_ratio_and_nothing_seen_never_raises_it():
    ships = occupancy(STAY, 1 / 700, 3)
    for hour in (201, 230, 290):
        seen, unseen = conditional(ships, [reading(hour, 1)]), conditional(ships, [reading(hour, 0)])
        assert seen[1] / seen[0] > 1.0 > unseen[1] / unseen[0]


def test_two_sightings_in_one_stay_are_not_two_pieces_of_evidence():
    ships = occupancy(STAY, 1 / 2000, 3)
    one = conditional(ships, [reading(230, 1)])
    two = conditional(ships, [reading(230, 1), reading(231, 1)])
    assert two[1] / two[0] < 3.0 * one[1] / one[0]
    lasting = passed(ships, [reading(230, 1), reading(231, 1)])
    anew = passed(ships, [reading(230, 1), reading(231, 1)], vary=Sensitivities(lasting=False))
    assert anew.joint[1] / anew.joint[0] > 5.0 * lasting.joint[1] / lasting.joint[0]


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 1.0), st.floats(0.001, 0.4), st.floats(0.05, 1.0))
def test_a_false_naming_happens_as_often_as_declared(p, q, usable):
    if q > 0.8 * p:
        return
    readings = [reading(10, p=p, q=q, usable=usable), reading(20, p=0.9, q=0.01)]
    alikes = LookAlikes(readings, 50.0, Sensitivities())
    got = alikes.fooled @ alikes.stationary
    assert alikes.stationary.sum() == pytest.approx(1.0)
    if p < 0.995:
        assert got[0] == pytest.approx(q * usable, rel=0.03, abs=1e-4)  # fooled is at most certain


def test_more_ships_than_can_be_are_still_possible():
    ships = occupancy(STAY, 1 / 700, 1)
    got = conditional(ships, [reading(230, 3)])
    assert all(math.isfinite(g) and g > 0 for g in got)


def test_at_least_is_weaker_than_exactly():
    ships = occupancy(STAY, 1 / 300, 3)
    exactly, at_least = conditional(ships, [reading(230, 1)]), conditional(ships, [reading(230, 1, open_ended=True)])
    assert all(a >= e for a, e in zip(at_least, exactly, strict=True))


def test_the_curve_rises_at_a_sighting_and_falls_between():
    ships = occupancy(STAY, 1 / 700, 3)
    looks = [reading(h, int(h == 240)) for h in range(0, 480, 24)]
    instants = [T + timedelta(hours=h) for h in (5, 228, 240, 252, 460)]
    curve = presence_curve(ships, looks, 50.0, instants)
    values = [c.probability for c in curve]
    assert values[2] > values[1] > values[0]
    assert values[2] > values[3] > values[4]
    assert curve[0].before_looks == pytest.approx(1 - math.exp(-STAY.mean / 700), rel=0.05)


def test_a_curve_without_looks_is_the_baseline():
    ships = occupancy(STAY, 1 / 700, 3)
    curve = presence_curve(ships, [], 50.0, [T, T + timedelta(days=9)])
    assert [c.probability for c in curve] == pytest.approx([c.before_looks for c in curve])


def test_the_ratio_against_histories_drawn_one_by_one():
    rate, hours, p = 4 / 720, (190.0, 235.0, 260.0, 310.0), 0.7
    readings = [reading(h, int(h == 235), p=p, q=0.03) for h in hours]
    ships = occupancy(STAY, rate, 4)
    got = passed(ships, readings, vary=Sensitivities(lasting=False))
    prior = prior_calls(ships, round(WINDOW.hours * 60), 1)
    ratio = got.joint[1] / prior[1] / (got.joint[0] / prior[0])
    assert ratio == pytest.approx(_drawn_ratio(rate, hours, p, 0.03), rel=0.05)


def _drawn_ratio(rate, hours, p, q):
    rng = np.random.default_rng(11)
    chances = {True: [], False: []}
    for _ in range(30_000):
        n = rng.poisson(rate * 1400.0)
        arrive = rng.uniform(-1090.0, 310.0, n)
        leave = arrive + np.exp(rng.normal(math.log(36.0), StayHours().sigma, n))
        chance = 1.0
        for hour in hours:
            there = int(((arrive <= hour) & (leave > hour)).sum())
            nothing = (1 - p) ** there * (1 - q)
            one = there * p * (1 - p) ** max(there - 1, 0) * (1 - q) + (1 - p) ** there * q * (1 - q)
            chance *= one if hour == 235.0 else nothing
        chances[bool(((arrive < 296.0) & (leave > 200.0)).any())].append(chance)
    return np.mean(chances[True]) / np.mean(chances[False])
