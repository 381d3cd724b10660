"""A ship followed through the looks: invariants, an independent computation in discrete time, histories drawn."""

import math
import runpy
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.looks.model import Look, Observation
from offing.movements.baseline import Traffic, traffic
from offing.movements.call_posteriors import weighed_calls
from offing.movements.follow import stays, times_of_call
from offing.movements.genuine import Pair, no_ship_chance, real_chance
from offing.movements.portcalls import port_calls
from offing.movements.presence_over_time import call_numbers, presence
from offing.movements.sensing import Sensitivities, by_real, emission
from offing.movements.shown import prior_calls
from offing.movements.sought import Reading, Sought
from offing.movements.stay import mixture
from offing.movements.weighed import Weighed
from offing.movements.worlds import Variation
from offing.sites import Baseline, Site, StayHours
from offing.timespan import TimeSpan
from offing.vessels.classes import library

T = datetime(2024, 10, 1, tzinfo=UTC)
STAY = mixture((StayHours(),), (1.0,))
WINDOW = TimeSpan(start=T + timedelta(hours=200), end=T + timedelta(hours=440))
SITE = Site(
    id="a", name="A", role="port", position=(0.0, 0.0), baseline=(Baseline(classes=("any",), calls_per_30d=2.0),)
)
ANY = Sought(classes=("any",))


def flow(per_30d=2.0):
    rate = per_30d / 720.0  # twice the same: a single stated rate may be weighed with its half and double
    return Traffic(rates_per_h=(rate, rate), weights=(0.5, 0.5), stay=STAY, lookalike_stay_h=50.0, stated=True, note="")


def reading(hour, ships=0, *, p=0.8, q=0.02, usable=1.0, open_ended=False, blind=False):
    kind = "blind" if blind else "seen" if ships else "not-seen"
    return Reading(
        look=f"at-{hour}", time=at(hour), kind=kind, ships=ships, usable=usable, p_detect=p, p_false=q,
        open_ended=open_ended,
    )  # fmt: skip


def at(hour):
    return T + timedelta(hours=hour)


def hours(instant):
    return (instant - T).total_seconds() / 3600.0


SCENE = [reading(h, n) for h, n in ((100, 0), (210, 0), (240, 1), (262, 1), (290, 0), (400, 2), (410, 1), (450, 0))]


def test_every_split_of_an_emission_adds_up():
    weighed = Weighed(flow(), [*SCENE, reading(460, 2, open_ended=True)], 240.0)
    world = weighed.worlds[0]
    passes, marked = world.passes, world.marked
    for i, r in enumerate(passes.readings):
        p, fooled = float(passes.alikes.p[i]), passes.alikes.fooled[i]
        whole = emission(r, p, fooled, 4)
        assert by_real(r, p, fooled, 4).sum(axis=0) == pytest.approx(whole, rel=1e-9)
        either = marked.shown(i, "seen") + marked.shown(i, "unseen")
        assert marked.shown(i, "either") == pytest.approx(either)
        more = emission(r, p, fooled, marked.others.ships + 1)[:, marked.others.count + 1]
        assert either == pytest.approx(more, rel=1e-9)


def test_the_marked_chain_counts_the_ships_that_are_there():
    weighed = Weighed(flow(), SCENE, 240.0)
    for world in weighed.worlds:
        passes, marked = world.passes, world.marked
        for i in range(len(SCENE)):
            state = passes.before[i] * passes.chain.shown[i]
            ships = float((state * passes.after[i] * passes.ships.count).sum())
            her = marked.spread(passes.before[i]) * marked.shown(i, "either")[None] * marked.value(passes.after[i])
            assert float(her.sum()) == pytest.approx(ships, rel=1e-9)
            joint = math.log(float((state * passes.after[i]).sum())) + passes.scales[i] + passes.back[i]
            assert joint == pytest.approx(passes.log_likelihood, abs=1e-9)


def test_following_her_over_one_gap_or_many_is_the_same():
    weighed = Weighed(flow(), SCENE, 240.0)
    blind = Weighed(flow(), [*SCENE[:2], reading(225, p=0.0, q=0.0), *SCENE[2:]], 240.0)
    one, two = times_of_call(weighed, 2, "before"), times_of_call(blind, 3, "before")
    for name in ("p05", "p50", "p95"):
        assert hours(getattr(one, name)) == pytest.approx(hours(getattr(two, name)), abs=0.6)


def test_the_distributions_are_distributions_and_look_the_same_however_they_are_asked_for():
    weighed = Weighed(flow(), SCENE, 240.0)
    for i in (2, 3, 5, 6):
        for side, sign in (("before", -1), ("after", 1)):
            marks = stays(weighed, i, side)
            assert marks[0] == (SCENE[i].time, pytest.approx(1.0))
            assert all(a >= b - 1e-9 for (_, a), (_, b) in pairwise(marks))
            assert all((b - a).total_seconds() * sign >= 0 for (a, _), (b, _) in pairwise(marks))
            assert marks[-1][1] < 0.01
        came, left = times_of_call(weighed, i, "before"), times_of_call(weighed, i, "after")
        assert came.p05 <= came.p25 <= came.p50 <= came.p75 <= came.p95 <= SCENE[i].time
        assert SCENE[i].time <= left.p05 <= left.p25 <= left.p50 <= left.p75 <= left.p95


def test_a_look_that_shows_nothing_where_she_was_sure_to_be_seen_bounds_her_stay():
    sharp = [reading(200, p=0.995, q=0.001), reading(240, 1, p=0.995, q=0.001), reading(300, p=0.995, q=0.001)]
    weighed = Weighed(flow(), sharp, 240.0)
    assert dict(stays(weighed, 1, "before"))[at(200)] < 0.01
    assert dict(stays(weighed, 1, "after"))[at(300)] < 0.01
    assert real_chance(weighed, 1) > 0.98


def test_without_other_looks_the_stay_is_the_stated_one_seen_at_a_random_moment():
    weighed = Weighed(flow(), [reading(240, 1)], 240.0)
    ships = weighed.worlds[0].passes.ships
    phase = ships.loads() / ships.loads().sum()
    for side in ("before", "after"):
        for instant, left in stays(weighed, 0, side):
            gone = abs(hours(instant) - 240.0)
            assert left == pytest.approx(float((phase @ ships.stay.transition(gone)).sum()), abs=1e-3)
            assert left == pytest.approx(STAY.still_there(gone), abs=0.03)


def test_two_ships_in_one_look_of_which_the_next_shows_one():
    weighed = Weighed(flow(), SCENE, 240.0)
    stayed, other = times_of_call(weighed, 5, "after"), times_of_call(weighed, 5, "after", frozenset({6}))
    assert other.p50 < stayed.p50
    assert other.p95 < stayed.p95


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(150, 480), st.integers(0, 2), st.floats(0.2, 1.0)), min_size=2, max_size=6,
             unique_by=lambda r: r[0]),
    st.floats(0.3, 0.95), st.floats(0.001, 0.15),
)  # fmt: skip
def test_probabilities_are_probabilities_and_blind_looks_change_nothing(rows, p, q):
    looks = [reading(h, n, p=p, q=q, usable=u) for h, n, u in sorted(rows)]
    blind = [*looks, reading(301.5, blind=True, usable=0.0), reading(199.0, blind=True, usable=0.0)]
    one = presence(SITE, ANY, WINDOW, looks, library())
    two = presence(SITE, ANY, WINDOW, sorted(blind, key=lambda r: r.time), library())
    assert one == two
    assert all(0.0 <= point.probability <= 1.0 for point in one.points)
    assert sum(one.calls.probabilities) == pytest.approx(1.0)
    assert sum(one.calls.before_looks) == pytest.approx(1.0)
    assert 0 <= one.calls.low <= one.calls.high < len(one.calls.probabilities)
    weighed = Weighed(traffic(SITE, ANY, library()), looks, 240.0)
    assert sum(w.share for w in weighed.worlds) == pytest.approx(1.0)
    seen = [i for i, r in enumerate(looks) if r.kind == "seen"]
    for a, b in pairwise(seen):
        pair = Pair(weighed, a, b)
        assert min(pair.one_call, pair.two_calls, pair.look_alike) >= -1e-9
        assert pair.one_call + pair.two_calls + pair.look_alike == pytest.approx(1.0)
    for i in seen:
        assert real_chance(weighed, i) + no_ship_chance(weighed, [i]) == pytest.approx(1.0)
        assert real_chance(weighed, i, 2) <= real_chance(weighed, i) + 1e-9
    if len(seen) > 1:
        assert no_ship_chance(weighed, seen) <= min(no_ship_chance(weighed, [i]) for i in seen) + 1e-9


def test_a_sure_sighting_is_presence_and_the_closer_the_surer():
    looks = [reading(240, 1, p=0.9, q=0.0), reading(300, p=0.9, q=0.0)]
    found = presence(SITE, ANY, WINDOW, looks, library())
    by_time = {p.time: p.probability for p in found.points}
    assert by_time[at(240)] > 0.99  # a stated 0 is rounded to 0.001
    before = [p for t, p in sorted(by_time.items()) if t <= at(240)]
    assert all(a <= b + 1e-9 for a, b in pairwise(before))


def test_another_sighting_raises_and_nothing_seen_lowers_the_number_of_calls():
    base = presence(SITE, ANY, WINDOW, [], library()).calls.mean
    less = presence(SITE, ANY, WINDOW, [reading(340)], library()).calls.mean
    one = presence(SITE, ANY, WINDOW, [reading(340, 1)], library()).calls.mean
    two = presence(SITE, ANY, WINDOW, [reading(210, 1), reading(340, 1)], library()).calls.mean
    assert less < base < one < two


def test_nothing_seen_between_two_sightings_makes_two_calls_of_one():
    without = presence(SITE, ANY, WINDOW, [reading(300, 1), reading(360, 1)], library()).calls.mean
    between = presence(SITE, ANY, WINDOW, [reading(300, 1), reading(330), reading(360, 1)], library()).calls.mean
    assert between > without


def test_without_looks_there_is_the_baseline():
    found = presence(SITE, ANY, WINDOW, [], library())
    assert [p.probability for p in found.points] == pytest.approx([p.before_looks for p in found.points])
    assert found.calls.probabilities == pytest.approx(found.calls.before_looks)
    assert found.calls.mean == pytest.approx(found.calls.mean_before)
    assert found.looks == ()


def test_the_range_holds_the_curve_and_grows_with_what_is_varied():
    rate = ((Variation(rate_factor=2.0), Variation(rate_factor=0.5)),)
    more = (*rate, (Variation(looks=Sensitivities(p_shift=0.1)), Variation(looks=Sensitivities(p_shift=-0.1))))
    narrow, wide = (presence(SITE, ANY, WINDOW, SCENE, library(), varied=v) for v in (rate, more))
    assert [p.probability for p in narrow.points] == [p.probability for p in wide.points]
    for a, b in zip(narrow.points, wide.points, strict=True):
        assert b.low <= a.low <= a.probability <= a.high <= b.high
    assert any(a.high - a.low > 0.05 for a in narrow.points)


def test_an_undeclared_look_near_the_window_leaves_no_number():
    bare = Reading(look="bare", time=at(300), kind="not-seen", usable=1.0)
    far = Reading(look="far", time=at(3000), kind="not-seen", usable=1.0)
    found = presence(SITE, ANY, WINDOW, sorted([*SCENE, bare], key=lambda r: r.time), library())
    assert (found.undeclared, found.points, found.calls) == (("bare",), (), None)
    assert presence(SITE, ANY, WINDOW, [*SCENE, far], library()).calls is not None


def test_a_look_at_an_edge_of_the_window_counts_as_the_timeline_has_it():
    ships = Weighed(flow(), [], 240.0).worlds[0].passes.ships
    prior = call_numbers(flow(), [], WINDOW)[1]
    assert prior_calls(ships, 240 * 60, 6)[:3] == pytest.approx(prior[:3], rel=1e-6)
    edge = call_numbers(flow(), [reading(200, 1)], WINDOW)[0]
    inside = call_numbers(flow(), [reading(200 + 1 / 60, 1)], WINDOW)[0]
    after = call_numbers(flow(), [reading(440, 1)], WINDOW)[0]
    before = call_numbers(flow(), [reading(440 - 1 / 60, 1)], WINDOW)[0]
    assert edge[0] == pytest.approx(inside[0], rel=1e-2)
    assert after[0] == pytest.approx(before[0], abs=0.02)


def discrete():
    path = Path(__file__).parents[2] / "design" / "presence_discrete.py"
    return SimpleNamespace(**runpy.run_path(str(path), run_name="__discrete__"))


@pytest.mark.parametrize(("cdf", "tolerance"), [("phases", 0.006), ("log-normal", 0.02)])
def test_a_named_ship_against_discrete_time(cdf, tolerance):
    other = discrete()
    rows = ((100, 0, 1.0), (150, 0, 0.7), (210, 0, 1.0), (240, 1, 1.0), (262, 1, 0.9), (290, 0, 0.6), (330, 0, 1.0),
            (400, 1, 1.0), (420, 0, 0.3), (450, 0, 1.0))  # fmt: skip
    looks = [other.Look(float(h), n, u, 0.8, 0.03) for h, n, u in rows]
    readings = [reading(h, n, usable=u, q=0.03) for h, n, u in rows]
    weighed = Weighed(flow(3.0), readings, 240.0, named=1)
    passes = weighed.worlds[0].passes
    length = passes.ships.stay.cdf if cdf == "phases" else STAY.cdf
    steps = other.Steps(3 / 720, length, looks, alike_mean_h=50.0, begin=99.0, end=900.0, step=0.5)
    when = np.arange(120.0, 520.0, 12.5)
    ours = passes.present([at(h) for h in when])
    assert ours == pytest.approx([steps.present(h) for h in when], abs=tolerance)
    assert call_numbers(flow(3.0), readings, WINDOW, 1)[0] == pytest.approx(
        steps.calls((200.0, 440.0), len(call_numbers(flow(3.0), readings, WINDOW, 1)[0]) - 1), abs=tolerance
    )
    for i in (3, 4, 7):
        assert real_chance(weighed, i) == pytest.approx(steps.real(looks[i]), abs=tolerance)
        marks = stays(weighed, i, "before")
        theirs = steps.arrived_before(looks[i], [hours(t) for t, _ in marks])
        assert [f for _, f in marks] == pytest.approx(theirs, abs=tolerance)
        marks = [(hours(t), f) for t, f in stays(weighed, i, "after") if hours(t) < 900.0]
        grid = np.arange(looks[i].hour, 900.1, 0.5)
        theirs = np.interp([h for h, _ in marks], grid, steps.stayed_until(looks[i], grid))
        assert [f for _, f in marks] == pytest.approx(theirs, abs=tolerance)
    for a, b in ((3, 4), (4, 7)):
        pair = Pair(weighed, a, b)
        assert (pair.one_call, pair.two_calls, pair.look_alike) == pytest.approx(
            steps.pair(looks[a], looks[b]), abs=tolerance
        )
    assert no_ship_chance(weighed, (3, 4)) == pytest.approx(steps.no_ship([looks[3], looks[4]]), abs=tolerance)


def test_ships_of_a_class_against_histories_drawn_one_by_one():
    rate, p, q = 3 / 720, 0.75, 0.03
    when, shown = (190.0, 215.0, 240.0, 300.0), (0, 1, 1, 0)
    readings = [reading(h, n, p=p, q=q) for h, n in zip(when, shown, strict=True)]
    drawn = _drawn(rate, p, q, when, shown)
    anew = Variation(looks=Sensitivities(lasting=False))
    weighed = Weighed(flow(3.0), readings, 240.0, anew)
    present = weighed.worlds[0].passes.present([at(228.0)])[0]
    assert present == pytest.approx(drawn["present"], abs=0.02)
    numbers = call_numbers(flow(3.0), readings, WINDOW, 0, anew)[0]
    assert numbers[:4] == pytest.approx(drawn["calls"], abs=0.02)
    assert real_chance(weighed, 1) == pytest.approx(drawn["real"], abs=0.02)
    marks = stays(weighed, 1, "before")
    ours = np.interp([205.0], [hours(t) for t, _ in marks[::-1]], [f for _, f in marks[::-1]])[0]
    assert ours == pytest.approx(drawn["arrived before 205"], abs=0.02)
    pair = Pair(weighed, 1, 2)
    assert (pair.one_call, pair.two_calls) == pytest.approx((drawn["one call"], drawn["two calls"]), abs=0.02)


def _drawn(rate, p, q, when, shown, number=40_000):
    """Histories with log-normal stays, each weighed by the probability of the looks in it; look-alikes strike anew."""
    rng = np.random.default_rng(5)
    more = min(max(q, 0.005), 0.2)
    total, sums = 0.0, dict.fromkeys(("present", "real", "arrived before 205", "one call", "two calls"), 0.0)
    calls = np.zeros(4)
    her = 0.0
    for _ in range(number):
        n = rng.poisson(rate * 1240.0)
        came = rng.uniform(-800.0, 440.0, n)
        left = came + np.exp(rng.normal(math.log(36.0), StayHours().sigma, n))
        parts = []  # of each look: (P(shown, the row is a look-alike), P(shown, the row is this ship) for each ship)
        for hour, rows in zip(when, shown, strict=True):
            there = (came <= hour) & (left > hour)
            missed = (1 - p) ** there.sum()
            if rows == 0:
                parts.append((missed * (1 - q), np.zeros(n)))
            else:
                parts.append((missed * q * (1 - more), there * p * (1 - p) ** max(there.sum() - 1, 0) * (1 - q)))
        chances = [false + ships.sum() for false, ships in parts]
        weight = math.prod(chances)
        total += weight
        sums["present"] += weight * bool(((came <= 228.0) & (left > 228.0)).any())
        k = int(((came < 440.0) & (left > 200.0)).sum())
        if k < 4:
            calls[k] += weight
        rest = chances[0] * chances[3]
        first, second = parts[1][1], parts[2][1]
        real = rest * chances[2] * first
        her += real.sum()
        sums["real"] += real.sum()
        sums["arrived before 205"] += (real * (came < 205.0)).sum()
        sums["one call"] += rest * (first * second).sum()
        sums["two calls"] += rest * (first.sum() * second.sum() - (first * second).sum())
    found = {name: value / total for name, value in sums.items()}
    found["arrived before 205"] = sums["arrived before 205"] / her
    found["calls"] = list(calls / total)
    return found


def look(hour, *rows, usable=1.0, p=0.8, q=0.02, sensor="x", name=None):
    made = []
    for row in rows:
        class_id, _, vessel = row.partition("/")
        made.append(
            Observation(seen=row) if row in ("no", "indeterminate")
            else Observation(seen="yes", vessel_class=class_id, vessel=vessel or None)
        )  # fmt: skip
    return Look(
        id=name or f"a{hour}", site="a", time=at(hour), sensor=sensor, status="clear", usable=usable, reason="",
        p_detect=p, p_false=q, observations=tuple(made),
    )  # fmt: skip


def weighed_of(*looks):
    return weighed_calls(looks, ("any",), (SITE,), library())


def test_calls_keep_their_hard_bounds_and_gain_a_posterior():
    looks = [look(0, "no"), look(10, "ropucha"), look(20, "ropucha"), look(30, "no")]
    (call,) = weighed_of(*looks).calls
    (plain,) = port_calls(looks, ("any",), library())
    assert [getattr(call, f) for f in ("arrived_after", "arrived_before", "departed_after", "departed_before")] == [
        getattr(plain, f) for f in ("arrived_after", "arrived_before", "departed_after", "departed_before")
    ]
    found = call.posterior
    assert found.arrived.p95 <= call.arrived_before
    assert call.departed_after <= found.departed.p05
    assert found.looks == ("a10", "a20")
    assert all(r > 0.7 for r in found.real)
    assert found.same[0] > 0.9
    assert found.look_alike < 0.3
    assert found.look_alike > 1.0 - max(found.real) - 0.1


def test_the_order_of_looks_does_not_matter_and_a_copy_counts_once():
    looks = [look(0, "no"), look(10, "ropucha"), look(20, "ropucha"), look(30, "no")]
    one = weighed_of(*looks)
    assert weighed_of(*reversed(looks)) == one
    copy = look(10, "ropucha", usable=0.9, name="copy")
    (call,) = weighed_of(*looks, copy).calls
    assert call.looks == ("a10", "copy", "a20")
    assert call.posterior == one.calls[0].posterior


def test_two_looks_at_one_instant_by_two_sensors_are_two_looks():
    looks = [look(10, "ropucha"), look(10, "ropucha", sensor="y", name="other"), look(30, "no")]
    (call,) = weighed_of(*looks).calls
    assert len(call.posterior.looks) == 2
    alone = weighed_of(looks[0], looks[2]).calls[0].posterior
    assert call.posterior.look_alike < alone.look_alike


def test_a_call_near_an_undeclared_look_says_why_it_has_no_posterior():
    (call,) = weighed_of(look(10, "ropucha"), look(20, "no", p=None)).calls
    assert call.posterior is None
    assert "a20" in call.unweighed
    far = weighed_of(look(10, "ropucha"), look(20, "no"), look(2000, "no", p=None))
    assert far.calls[0].posterior is not None


def test_sightings_with_a_clear_look_between_are_linked_as_two_calls():
    near = weighed_of(look(10, "ropucha"), look(20, "ropucha")).links[0]
    apart = weighed_of(look(10, "ropucha"), look(15, "no", p=0.95), look(20, "no", p=0.95), look(90, "ropucha")).links[
        0
    ]
    assert near.one_call > 0.75
    assert near.two_calls < 0.05
    assert apart.two_calls > apart.one_call
    for link in (near, apart):
        assert link.one_call + link.two_calls + link.look_alike == pytest.approx(1.0)


def test_a_named_ship_is_one_ship():
    found = weighed_of(look(10, "ropucha/peresvet"), look(20, "ropucha/peresvet", "ropucha/oslyabya"), look(60, "no"))
    assert {c.vessel for c in found.calls} == {"peresvet", "oslyabya"}
    peresvet = next(c for c in found.calls if c.vessel == "peresvet")
    assert peresvet.posterior.same[0] > 0.95


def test_of_two_ships_alike_the_one_that_came_later_arrived_later():
    found = weighed_of(look(0, "no"), look(60, "ropucha"), look(70, "ropucha", "ropucha"), look(100, "no"))
    first, second = sorted(found.calls, key=lambda c: len(c.looks), reverse=True)
    assert (len(first.looks), len(second.looks)) == (2, 1)
    assert first.posterior.arrived.p50 < second.posterior.arrived.p50
    assert second.posterior.arrived.p50 > at(55)
