"""Port calls with their four bounds."""

from datetime import UTC, datetime, timedelta

from offing.looks.model import Look, Observation
from offing.movements.portcalls import port_calls
from offing.vessels.classes import library

T = datetime(2024, 10, 1, tzinfo=UTC)


def look(hour, *rows, usable=1.0, status="clear", site="a"):
    made = []
    for row in rows:
        class_id, _, vessel = row.partition("/")
        if row in ("no", "indeterminate"):
            made.append(Observation(seen=row))
        else:
            made.append(Observation(seen="yes", vessel_class=class_id, vessel=vessel or None))
    return Look(
        id=f"{site}{hour}",
        site=site,
        time=T + timedelta(hours=hour),
        sensor="x",
        status=status,
        usable=usable,
        reason="",
        observations=tuple(made),
    )


def calls(*looks, classes=("any",)):
    return port_calls(looks, classes, library())


def hours(instant):
    return None if instant is None else (instant - T).total_seconds() / 3600.0


def test_four_bounds():
    (call,) = calls(look(0, "no"), look(10, "ropucha"), look(20, "ropucha"), look(30, "no"))
    bounds = (call.arrived_after, call.arrived_before, call.departed_after, call.departed_before)
    assert [hours(b) for b in bounds] == [0, 10, 20, 30]
    assert call.looks == ("a10", "a20")


def test_without_looks_around_it_the_bounds_are_open():
    (call,) = calls(look(10, "ropucha"))
    assert call.arrived_after is None
    assert call.departed_before is None


def test_a_look_that_could_not_see_bounds_nothing():
    (call,) = calls(
        look(0, "no", usable=0.2), look(10, "ropucha"), look(15, "indeterminate"), look(20, "ropucha"),
        look(30, "no", usable=0.0, status="cloud"),
    )  # fmt: skip
    assert call.arrived_after is None
    assert call.departed_before is None
    assert call.looks == ("a10", "a20")


def test_a_clear_look_without_the_ship_ends_the_call():
    assert len(calls(look(10, "ropucha"), look(20, "no"), look(30, "ropucha"))) == 2


def test_another_class_seen_is_the_ship_not_seen():
    got = calls(look(10, "ropucha"), look(20, "cargo"), look(30, "ropucha"), classes=("ropucha",))
    assert len(got) == 2


def test_two_of_a_class_are_two_calls_side_by_side():
    got = calls(look(0, "no"), look(10, "ropucha"), look(20, "ropucha", "ropucha"), look(30, "no"))
    assert sorted(call.looks for call in got) == [("a10", "a20"), ("a20",)]


def test_named_ships_have_their_own_calls():
    got = calls(look(10, "ropucha/peresvet"), look(20, "ropucha/peresvet", "ropucha/oslyabya"))
    assert {(c.vessel, c.looks) for c in got} == {("peresvet", ("a10", "a20")), ("oslyabya", ("a20",))}


def test_sightings_a_week_apart_are_two_calls():
    assert len(calls(look(0, "ropucha"), look(200, "ropucha"))) == 2


def test_sites_and_order_do_not_mix():
    looks = [look(20, "ropucha"), look(10, "ropucha"), look(15, "ropucha", site="b")]
    assert calls(*looks) == calls(*reversed(looks))
    assert {c.site for c in calls(*looks)} == {"a", "b"}
