"""The lift of the worked example comes out as published capacities allow."""

from datetime import UTC, datetime, timedelta

import pytest

from offing.claims import Carrier, Claim, Elements, Quantity
from offing.movements.claimed_lift import claimed_lifts
from offing.movements.model import CallNumbers, PortCall, Presence
from offing.timespan import TimeSpan
from offing.vessels.classes import library
from offing.vessels.model import Vessel

LIBRARY = library()
FLEET = (
    Vessel(id="vilkov", vessel_class="alligator"),
    Vessel(id="oslyabya", vessel_class="ropucha"),
    Vessel(id="nevelskoy", vessel_class="ropucha"),
    Vessel(id="peresvet", vessel_class="ropucha"),
    Vessel(id="angara", vessel_class="cargo"),
)
START = datetime(2024, 10, 8, tzinfo=UTC)


def claim(count: int, value: float, **elements) -> Claim:
    carrier = Carrier(classes=("ropucha", "alligator"), count=count)
    given = {"carrier": carrier, "destination": "dunai", "window": "2024-10-08/2024-10-13", **elements}
    return Claim(id="c", source="s", elements=Elements(quantity=Quantity(value=value), **given))


def call(vessel_class: str, day: float, site: str = "dunai", vessel: str | None = None) -> PortCall:
    seen = START + timedelta(days=day)
    return PortCall(
        site=site,
        vessel_class=vessel_class,
        vessel=vessel,
        arrived_after=None,
        arrived_before=seen,
        departed_after=seen,
        departed_before=None,
        looks=("k",),
    )


def test_one_lift_of_four_ships_falls_short_of_1500() -> None:
    lift, seen = claimed_lifts([claim(4, 1500)], [], FLEET, LIBRARY)
    assert (lift.carried.low, lift.carried.high) == (988, 1460)
    assert lift.calls == 4
    assert lift.ships == "as claimed: 3 ropucha, 1 alligator, one call each"
    assert (seen.calls, seen.carried.high, seen.ships) == (0, 0, "no call seen in the window")


def test_12000_men_are_28_to_54_shiploads() -> None:
    (seen,) = claimed_lifts([claim(1, 12000)], [call("alligator", 2)], FLEET, LIBRARY)
    assert seen.ships == "calls seen in the window: 1 alligator"
    assert seen.carried.high < 12000
    assert seen.shiploads is not None
    assert (seen.shiploads.low, seen.shiploads.high) == (28, 54)


@pytest.mark.parametrize(
    "other", [call("cargo", 2), call("ropucha", 30), call("ropucha", -3), call("ropucha", 2, site="rajin")]
)
def test_calls_elsewhere_and_by_others_do_not_count(other: PortCall) -> None:
    lifts = claimed_lifts([claim(4, 1500)], [other], FLEET, LIBRARY)
    assert [lift.ships for lift in lifts] == [
        "as claimed: 3 ropucha, 1 alligator, one call each",
        "no call seen in the window",
    ]


def test_ships_without_a_published_capacity_have_no_lift() -> None:
    assert claimed_lifts([claim(2, 1500, carrier=Carrier(classes=("cargo",)))], [], FLEET, LIBRARY) == ()


def test_calls_that_nobody_saw_are_reckoned_by_the_chance_of_their_number() -> None:
    asked = claim(1, 1500)
    numbers = CallNumbers(
        probabilities=(0.1, 0.4, 0.3, 0.2), before_looks=(1.0,), mean=1.6, mean_before=0.0, low=0, high=3
    )
    window = TimeSpan(start=START, end=START + timedelta(days=6))
    known = Presence(site="dunai", classes=("alligator",), vessels=(), window=window, claims=("c",), calls=numbers)
    *_, seen, possible = claimed_lifts([asked], [call("alligator", 2)], FLEET, LIBRARY, [known])
    assert seen.load is not None
    assert (seen.load.p05, seen.load.p95) == (313, 440)
    assert (possible.calls, possible.carried.low, possible.carried.high) == (1, 0, 1320)
    assert possible.load is not None
    assert possible.load.calls == pytest.approx((0.1, 0.4, 0.3, 0.2))
    assert possible.load.enough is not None
    assert possible.load.enough.high == 0.0
    other = Presence(site="elsewhere", classes=(), vessels=(), window=window, claims=("c",), calls=numbers)
    assert len(claimed_lifts([asked], [], FLEET, LIBRARY, [other])) == len(claimed_lifts([asked], [], FLEET, LIBRARY))
