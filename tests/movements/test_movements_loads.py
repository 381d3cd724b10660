"""What calls can have carried, as a distribution: against enumeration, closed forms and drawing."""

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import CaseFileError, OffingError
from offing.movements.lift import lift
from offing.movements.loads import Calls, Chance, load, seen_and_unseen
from offing.vessels.classes import library
from offing.vessels.model import Capacity, VesselClass

LIBRARY = library()


def sure(**numbers):
    return [Chance(probability=1.0, calls=tuple(Calls(classes=(c,), number=n) for c, n in numbers.items()))]


def ship(class_id, *capacities):
    found = tuple(Capacity(unit="t", low=a, high=b, source="x", exact=e) for a, b, e in capacities)
    return library([VesselClass(id=class_id, capacity=found)])


def test_the_fleet_of_the_worked_example_carries_what_enumeration_says() -> None:
    totals = defaultdict(float)
    for ropucha in (225.0, 340.0):  # one source right for all three
        for alligator in (313.0, 440.0):
            totals[3 * ropucha + alligator] += 0.25
    got = load(sure(ropucha=3, alligator=1), "persons", LIBRARY, 1300.0)
    assert got is not None
    assert (got.p05, got.p50, got.p95) == (988.0, 1115.0, 1460.0)
    assert got.grid_error == 0.0
    assert got.enough is not None
    assert got.enough.value == pytest.approx(sum(p for t, p in totals.items() if t >= 1300))
    apart = [sum(c) for c in itertools.product((225, 340), (225, 340), (225, 340), (313, 440))]
    assert got.enough.low == pytest.approx(np.mean(np.array(apart) >= 1300))


def test_one_lift_never_carries_1500_and_two_always_do() -> None:
    one = load(sure(ropucha=3, alligator=1), "persons", LIBRARY, 1500.0)
    two = load(sure(ropucha=6, alligator=2), "persons", LIBRARY, 1500.0)
    assert one is not None
    assert two is not None
    assert one.enough is not None
    assert two.enough is not None
    assert one.enough.high == 0.0
    assert two.enough.low == 1.0


def test_sums_of_uniform_loads_are_those_of_irwin_and_hall() -> None:
    holds = ship("lighter", (100.0, 200.0, False))
    got = load(sure(lighter=4), "t", holds, 650.0)
    assert got is not None
    x = 2.5  # (650 − 400) / 100
    cdf = sum((-1) ** k * math.comb(4, k) * (x - k) ** 4 for k in range(3)) / math.factorial(4)
    assert got.enough is not None
    # All ships alike is one uniform load four times: P = (200 − 162.5) / 100.
    assert got.enough.value == pytest.approx(1.0 - cdf, abs=3e-3)
    assert got.enough.high == pytest.approx(0.375, abs=4e-3)
    assert got.p50 == pytest.approx(600.0, abs=got.grid_error)
    assert got.least_p05 == pytest.approx(420.0, abs=got.grid_error)


def test_unseen_calls_come_on_top_of_those_seen() -> None:
    chances = seen_and_unseen(["alligator"], ["ropucha"], [0.1, 0.5, 0.4])
    got = load(chances, "persons", LIBRARY, 600.0)
    assert got is not None
    assert got.calls == pytest.approx((0.1, 0.5, 0.4))
    assert got.enough is not None
    # Two calls reach 600 with 440 + 225, 440 + 340 and 313 + 340.
    assert got.enough.value == pytest.approx(0.4 * 0.75)
    assert got.p05 == 0.0


def test_sources_that_disagree_widen_the_loads_of_many_calls() -> None:
    got = load(sure(ropucha=40), "persons", LIBRARY)
    assert got is not None
    assert (got.p05, got.p95) == (40 * 225, 40 * 340)
    assert got.enough is None


def test_a_kind_of_several_classes_agrees_with_drawing() -> None:
    kind = ("ropucha", "alligator")
    got = load([Chance(probability=1.0, calls=(Calls(classes=kind, number=3),))], "persons", LIBRARY, 1000.0)
    rng = np.random.default_rng(0)
    drawn = rng.choice([225, 340, 313, 440], size=(200_000, 3)).sum(axis=1)
    assert got is not None
    assert got.enough is not None
    assert got.enough.low <= np.mean(drawn >= 1000) + 0.004
    assert got.enough.value == pytest.approx(np.mean(drawn >= 1000), abs=0.004)


def test_what_makes_no_sense_is_one_clear_error() -> None:
    with pytest.raises(CaseFileError, match="capacity of 'hulk' is 0"):
        load(sure(hulk=1), "t", ship("hulk", (0.0, 0.0, False)))
    with pytest.raises(CaseFileError, match="capacity of 'hulk' is 5–1"):
        load(sure(hulk=1), "t", ship("hulk", (5.0, 1.0, False)))
    with pytest.raises(OffingError, match="do not sum to 1"):
        seen_and_unseen([], ["ropucha"], [0.5, 0.2])
    with pytest.raises(OffingError, match="too many"):
        load(sure(ropucha=5000), "persons", LIBRARY)
    assert load(sure(ropucha=1), "containers", LIBRARY) is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(1.0, 1e4), st.floats(0.0, 1e4), st.booleans()).map(lambda t: (t[0], t[0] + t[1], t[2])),
        min_size=1, max_size=3,
    ),
    st.integers(1, 20),
)  # fmt: skip
def test_the_distribution_lies_within_the_hard_bounds(capacities, number) -> None:
    holds = ship("hulk", *capacities)
    got, hard = load(sure(hulk=number), "t", holds, 1.0), lift(["hulk"] * number, "t", holds)
    assert got is not None
    assert hard is not None
    slack = got.grid_error + 1e-6 * hard.carried.high
    assert hard.carried.low - slack <= got.least_p05 <= got.p05 <= got.p50 <= got.p95 <= got.most_p95
    assert got.most_p95 <= hard.carried.high + slack
    assert got.enough is not None
    assert got.enough.high == 1.0
