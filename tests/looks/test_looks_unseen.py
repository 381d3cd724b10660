"""Beginnings of calls that no look met: against trying them one by one, and against the power."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import OffingError
from offing.geo import LonLat
from offing.looks.darkness import nights
from offing.looks.gaps import Seeing, gaps
from offing.looks.model import Look, Observation
from offing.looks.power import power_of_calls
from offing.looks.unseen import unseen_calls
from offing.timespan import TimeSpan

START = datetime(2024, 10, 1, tzinfo=UTC)
SPAN = TimeSpan(start=START, end=START + timedelta(days=6))
PLACE = LonLat(lon=132.335, lat=42.879)


def look(hours: float, usable: float = 1.0, p: float | None = 1.0, status: str = "clear", site: str = "dunai") -> Look:
    return Look(
        id=f"{site}-{hours}-{usable}",
        site=site,
        time=START + timedelta(hours=hours),
        sensor=f"at {hours}",
        status=status,
        usable=usable,
        reason="made up",
        p_detect=p,
        observations=(Observation(seen="no"),),
    )


def hours(found) -> list[tuple[float, float]]:
    return [((b.start - START) / timedelta(hours=1), (b.end - START) / timedelta(hours=1)) for b in found.beginnings]


def test_between_two_looks_a_call_must_fit():
    looks = [look(24.0), look(60.0), look(80.0), look(150.0)]
    day = unseen_calls(looks, "dunai", SPAN, 24.0, place=PLACE)
    assert hours(day) == [(24.0, 36.0), (80.0, 126.0)]
    assert (day.hours, day.share, day.seeing) == (58.0, pytest.approx(58 / 144), 4)
    assert day.longest.hours == 46.0
    # What begins at the very start meets the look at 24 h, but for the one that ends then.
    assert hours(unseen_calls(looks, "dunai", SPAN, 12.0, place=PLACE))[0] == (0.0, 12.0)
    two_days = unseen_calls(looks, "dunai", SPAN, 48.0, place=PLACE, whole=True)
    assert hours(two_days) == [(80.0, 96.0)]
    assert two_days.begins_h == 96.0


def test_no_look_and_no_room():
    none = unseen_calls([look(3.0, site="elsewhere")], "dunai", SPAN, 24.0, place=PLACE)
    assert (hours(none), none.share, none.seeing) == ([(0.0, 144.0)], 1.0, 0)
    long = unseen_calls([], "dunai", SPAN, 200.0, place=PLACE, whole=True)
    assert (long.beginnings, long.begins_h, long.share, long.longest) == ((), 0.0, None, None)


def test_what_counts_as_seeing():
    looks = [
        look(30.0, 0.6, None),
        look(60.0, 0.4),
        look(90.0, 1.0, 0.3),
        look(120.0, 1.0, 0.0),
        look(20.0, 1.0, status="night"),
    ]
    usual = unseen_calls(looks, "dunai", SPAN, 6.0, place=PLACE)
    assert hours(usual) == [(0.0, 24.0), (30.0, 84.0), (90.0, 144.0)]
    assert (usual.seeing, usual.undeclared) == (2, 1)
    strict = Seeing(least_usable=0.3, least_p=0.5)
    assert hours(unseen_calls(looks, "dunai", SPAN, 6.0, place=PLACE, seeing=strict)) == [
        (0.0, 24.0),
        (30.0, 54.0),
        (60.0, 144.0),
    ]
    assert [g.hours for g in gaps(looks[:4], "dunai", SPAN, strict)] == [30.0, 30.0, 84.0]
    for wrong in ({"least_usable": 1.5}, {"least_p": -0.1}, {"least_p": float("nan")}):
        with pytest.raises(OffingError, match="write a number from 0 to 1"):
            Seeing(**wrong)


some_times = st.lists(st.integers(-40, 200).map(lambda n: n + 0.5), max_size=8, unique=True)


@settings(max_examples=60, deadline=None)
@given(some_times, st.floats(0.5, 150.0), st.sampled_from(["any", "night", "night-to-night"]), st.booleans())
def test_every_beginning_is_right_and_the_power_is_the_rest(times, length, pattern, whole):
    looks = [look(h) for h in times]
    ask = {"place": PLACE, "pattern": pattern, "whole": whole}
    found = unseen_calls(looks, "dunai", SPAN, length, **ask)
    power = power_of_calls(looks, span=SPAN, length_h=length, **ask)
    assert power.possible == (power.begins_h > 0.0) == (found.share is not None)
    if found.share is not None:
        assert power.shown.high == pytest.approx(1.0 - found.share, abs=1e-9)
        assert power.looks == found.seeing
    dark = nights(PLACE, TimeSpan(start=SPAN.start, end=SPAN.end + timedelta(days=8)))
    spans = hours(found)
    for tenth in range(0, 1440, 7):
        begin = tenth / 10.0 + 0.013
        inside = any(a < begin < c for a, c in spans)
        seen = any(begin <= h < begin + length for h in times)
        assert inside == (not seen and _allowed(begin, begin + length, pattern, dark, whole=whole))


def _allowed(begin: float, end: float, pattern: str, dark, *, whole: bool) -> bool:
    if begin > 144.0 or (whole and end > 144.0):
        return False
    came, left = (
        [i for i, n in enumerate(dark) if n.start <= START + timedelta(hours=h) <= n.end] for h in (begin, end)
    )
    return pattern == "any" or bool(came and left and (pattern == "night-to-night" or came == left))


def test_nights_are_those_of_the_place():
    found = unseen_calls([look(24.0 * d + 12.0) for d in range(7)], "dunai", SPAN, 8.0, place=PLACE, pattern="night")
    assert 3.0 < found.begins_h / 6 < 4.5
    assert len(found.beginnings) == 6
    assert found.seeing == 6


def test_polar_day_and_polar_night():
    summer = TimeSpan(start=datetime(2024, 6, 10, tzinfo=UTC), end=datetime(2024, 6, 20, tzinfo=UTC))
    north = LonLat(lon=20.0, lat=80.0)
    for pattern in ("night", "night-to-night"):
        none = unseen_calls([], "dunai", summer, 5.0, place=north, pattern=pattern)
        assert (none.share, none.beginnings) == (None, ())
    winter = TimeSpan(start=datetime(2024, 12, 10, tzinfo=UTC), end=datetime(2024, 12, 20, tzinfo=UTC))
    assert unseen_calls([], "dunai", winter, 72.0, place=north, pattern="night").begins_h == 240.0
