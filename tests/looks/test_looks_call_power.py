"""The power of looks against a call: drawn calls, the analytic table, invariants and the edges of the world."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import ObservationError, OffingError
from offing.geo import LonLat
from offing.looks.darkness import nights
from offing.looks.model import Look, Observation
from offing.looks.passes.model import Pass
from offing.looks.passes.overhead import passes_over
from offing.looks.passes.satellites import orbits
from offing.looks.power import (
    DAILY_OPTICAL,
    SENTINEL_1A,
    SENTINEL_2,
    chance_of_a_look,
    power_of_calls,
    power_of_passes,
)
from offing.quantities import Interval
from offing.sites import StayHours
from offing.timespan import TimeSpan

START = datetime(2024, 10, 1, tzinfo=UTC)
SPAN = TimeSpan(start=START, end=START + timedelta(days=10))
PLACE = LonLat(lon=132.335, lat=42.879)
DRAWS = 40_000


def look(
    hours: float,
    p: float | None = 0.8,
    usable: float = 1.0,
    status: str | None = None,
    seen: str = "no",
    name: str = "",
) -> Look:
    return Look(
        id=name or f"look-{hours}-{p}-{usable}",
        site="dunai",
        time=START + timedelta(hours=hours),
        sensor=f"satellite {name or hours}",
        status=status or ("clear" if usable == 1.0 else "partly"),
        usable=usable,
        reason="made up",
        p_detect=p,
        observations=(Observation(seen=seen),),
    )


def drawn(looks: Sequence[Look], begin: np.ndarray, length: np.ndarray, *, alike: bool = False) -> float:
    """Share of calls (hours after START) that a coin for each look met shows; by day of the mean sun if ``alike``."""
    rng = np.random.default_rng(11)
    at = np.array([(k.time - START).total_seconds() / 3600.0 for k in looks])
    chance = np.array([(k.p_detect or 0.0) * k.usable for k in looks])
    coins = rng.uniform(size=(len(begin), len(looks)))
    if alike:
        days = np.floor((at + PLACE.lon / 15.0) / 24.0).astype(int)
        daily = rng.uniform(size=(len(begin), 40))
        coins = daily[:, days - days.min()]
    met = (begin[:, None] <= at) & (at < (begin + length)[:, None])
    return float(np.mean((met & (coins < chance)).any(axis=1)))


def within_chance(got: float, share: float, n: int = DRAWS) -> bool:
    """Whether the drawn share lies within four standard errors (and a draw) of what was computed."""
    return abs(got - share) <= 4.0 * math.sqrt(max(got * (1.0 - got), 1.0 / n) / n)


SIXTEEN = [look(float(h), p, u) for h, p, u in np.random.default_rng(3).uniform([-10, 0, 0], [280, 1, 1], (16, 3))]


def only(power) -> float:
    assert power.shown.low == power.shown.high
    return power.shown.low


@pytest.mark.parametrize("length", [0.5, 6.0, 31.0, 100.0])
@pytest.mark.parametrize("whole", [False, True])
def test_against_drawn_calls(length, whole):
    got = power_of_calls(SIXTEEN, span=SPAN, place=PLACE, length_h=length, whole=whole)
    rng = np.random.default_rng(4)
    begin = rng.uniform(0, 240 - length * whole, DRAWS)
    lasts = np.full(DRAWS, length)
    assert within_chance(only(got), drawn(SIXTEEN, begin, lasts))
    assert within_chance(got.shown_alike.low, drawn(SIXTEEN, begin, lasts, alike=True))
    at = np.array([(k.time - START).total_seconds() / 3600.0 for k in SIXTEEN])
    number = ((begin[:, None] <= at) & (at < (begin + lasts)[:, None])).sum(axis=1)
    assert got.looks_met == pytest.approx(number.mean(), abs=4 * number.std() / math.sqrt(DRAWS) + 1e-3)


def by_night(length: np.ndarray, *, through: bool) -> tuple[np.ndarray, np.ndarray]:
    """(beginnings, lengths) of the calls of SPAN that lie in one night, or that come and leave in the dark."""
    long = TimeSpan(start=SPAN.start, end=SPAN.end + timedelta(days=20))
    dark = [((n.start - START) / timedelta(hours=1), (n.end - START) / timedelta(hours=1)) for n in nights(PLACE, long)]
    begin = np.random.default_rng(5).uniform(0, 240, len(length))
    number = np.full(len(begin), -1)
    left = np.full(len(begin), -2)
    for i, (a, c) in enumerate(dark):
        number[(a <= begin) & (begin <= c)] = i
        left[(a <= begin + length) & (begin + length <= c)] = i
    keep = (number >= 0) & ((left >= 0) if through else (left == number))
    return begin[keep], length[keep]


@pytest.mark.parametrize(("pattern", "length"), [("night", 6.0), ("night", 11.0), ("night-to-night", 30.0)])
def test_by_night_against_drawn_calls(pattern, length):
    got = power_of_calls(SIXTEEN, span=SPAN, place=PLACE, length_h=length, pattern=pattern)
    begin, lasts = by_night(np.full(6 * DRAWS, length), through=pattern != "night")
    assert got.begins_h == pytest.approx(240 * len(begin) / (6 * DRAWS), rel=0.06)
    assert within_chance(only(got), drawn(SIXTEEN, begin, lasts), len(begin))
    assert within_chance(got.shown_alike.low, drawn(SIXTEEN, begin, lasts, alike=True), len(begin))


@pytest.mark.parametrize("pattern", ["any", "night"])
@pytest.mark.parametrize("whole", [False, True])
def test_random_lengths_against_drawn_calls(pattern, whole):
    stay = StayHours(p05=3.0, p50=9.0, p95=40.0)
    got = power_of_calls(SIXTEEN, span=SPAN, place=PLACE, stay=stay, pattern=pattern, whole=whole)
    rng = np.random.default_rng(6)
    lasts = np.exp(rng.normal(stay.mu, stay.sigma, 8 * DRAWS))
    begin = rng.uniform(0, 240, len(lasts))
    if pattern == "night":
        begin, lasts = by_night(lasts, through=False)
    if whole:
        begin, lasts = begin[begin + lasts <= 240], lasts[begin + lasts <= 240]
    begin, lasts = begin[: 2 * DRAWS], lasts[: 2 * DRAWS]
    assert got.error <= 1.1e-9
    assert within_chance(got.shown.high, drawn(SIXTEEN, begin, lasts), len(begin))
    assert within_chance(got.shown_alike.low, drawn(SIXTEEN, begin, lasts, alike=True), len(begin))


def test_random_lengths_are_the_mean_over_lengths():
    """An independent quadrature that converges: the mean of the powers at the middles of equal shares of lengths."""
    from scipy.special import ndtri

    stay = StayHours(p05=3.0, p50=9.0, p95=40.0)
    got = power_of_calls(SIXTEEN, span=SPAN, place=PLACE, stay=stay)
    errors = []
    for n in (25, 100, 400):
        lengths = np.exp(stay.mu + stay.sigma * ndtri((np.arange(n) + 0.5) / n))
        powers = [only(power_of_calls(SIXTEEN, span=SPAN, place=PLACE, length_h=float(h))) for h in lengths]
        errors.append(abs(float(np.mean(powers)) - got.shown.high))
    assert errors[0] < 0.01
    assert errors[2] < 2e-4
    assert errors[2] < errors[0]


def test_the_remainder_is_told_where_the_sum_is_cut_off(monkeypatch):
    crowd = [look(i / 2.0, 0.03) for i in range(600)]
    stay = StayHours()
    whole = power_of_calls(crowd, span=SPAN, place=PLACE, stay=stay)
    monkeypatch.setattr("offing.looks.staying._MOST", 20_000)
    cut = power_of_calls(crowd, span=SPAN, place=PLACE, stay=stay)
    assert whole.error <= 1.1e-9 < cut.error
    assert cut.shown.low < whole.shown.low <= whole.shown.high <= cut.shown.high


@pytest.mark.parametrize(
    ("pattern", "days"),
    [(SENTINEL_2, 5), (SENTINEL_1A, 12), (DAILY_OPTICAL, 1)],
)
def test_the_table_of_the_method_with_passes_on_the_clock(pattern, days):
    """METHOD §5 once more, by real instants: passes that repeat are a list of looks like any other."""
    span = TimeSpan(start=START, end=START + timedelta(days=60))
    looks = [look(p + 24.0 * days * n, pattern.usable) for n in range(-1, 70 // days + 1) for p in pattern.passes_h]
    for hours in (12.0, 24.0, 48.0):
        got = only(power_of_calls(looks, span=span, place=LonLat(lon=0.0, lat=0.0), length_h=hours))
        assert got == pytest.approx(chance_of_a_look([pattern], hours), abs=1e-9)


def a_pass(hours: float, band: str = "sar", *, covers: float = 1.0, daylight: bool = False) -> Pass:
    t = START + timedelta(hours=hours)
    return Pass(
        satellite="x", sensor="y", band=band, start=t, end=t, time=t, direction="ascending", off_nadir_deg=30.0,
        incidence_deg=35.0, side="right", covers=covers, edge_km=50.0, sun_elevation_deg=0.0, daylight=daylight,
        basis="made up", uncertainty_s=1.0, uncertainty_km=1.0,
    )  # fmt: skip


def test_passes_are_looks_at_their_stated_rates():
    passes = [a_pass(30.0), a_pass(50.0, covers=0.5), a_pass(80.0, "optical", daylight=True), a_pass(81.0, "optical")]
    got = power_of_passes(passes, {"sar": 0.9, "optical": 0.4}, span=SPAN, place=PLACE, length_h=24.0)
    looks = [look(30.0, 0.9), look(50.0, 0.45), look(80.0, 0.4), look(81.0, 0.4, status="night")]
    like = power_of_calls(looks, span=SPAN, place=PLACE, length_h=24.0)
    assert got == like
    assert [(x.cause, x.looks) for x in got.lost] == [("night", 1)]
    blind = power_of_passes(passes, {}, span=SPAN, place=PLACE, length_h=24.0)
    assert (only(blind), blind.looks, blind.usable) == (0.0, 4, 0)
    with pytest.raises(OffingError, match=r"usable is 1\.5 for sar"):
        power_of_passes(passes, {"sar": 1.5}, span=SPAN, place=PLACE, length_h=24.0)


def real_passes(place: LonLat, span: TimeSpan, *names: str) -> tuple[Pass, ...]:
    wide = TimeSpan(start=span.start - timedelta(days=1), end=span.end + timedelta(days=3))
    return passes_over(place, 700.0, wide, orbits(names))


def test_the_table_of_the_method_by_real_orbits():
    """At a place on the equator that lies in one swath only; where swaths overlap the powers are higher."""
    start = datetime(2024, 3, 1, tzinfo=UTC)
    span, place = TimeSpan(start=start, end=start + timedelta(days=60)), LonLat(lon=115.0, lat=1.0)
    optical = real_passes(place, span, "sentinel-2a", "sentinel-2b")
    radar = real_passes(place, span, "sentinel-1a")
    for hours, by_optical, by_radar in ((12.0, 0.05, 0.08), (24.0, 0.10, 0.16), (48.0, 0.20, 0.33)):
        ask = {"span": span, "place": place, "length_h": hours}
        assert only(power_of_passes(optical, {"optical": 0.5}, **ask)) == pytest.approx(by_optical, abs=0.005)
        assert only(power_of_passes(radar, {"sar": 0.98}, **ask)) == pytest.approx(by_radar, abs=0.005)


def test_calls_by_night_meet_no_optical_pass_and_radar_only_where_nights_are_long():
    found = {}
    for month in (6, 12):
        span = TimeSpan(start=datetime(2023, month, 1, tzinfo=UTC), end=datetime(2023, month, 25, tzinfo=UTC))
        passes = real_passes(PLACE, span, "sentinel-1a", "sentinel-2a", "sentinel-2b")
        for band in ("optical", "sar"):
            rates = {band: 1.0}
            ask = {"span": span, "place": PLACE, "pattern": "night"}
            found[month, band] = [only(power_of_passes(passes, rates, length_h=h, **ask)) for h in (1.0, 6.0)]
    assert found[6, "optical"] == found[12, "optical"] == found[6, "sar"] == [0.0, 0.0]
    assert min(found[12, "sar"]) > 0.01


# What is not known --------------------------------------------------------------------------------------------------


def test_undeclared_looks_give_a_range_and_an_assumption_narrows_it():
    looks = [look(50.0, 0.8), look(90.0, None, 0.5)]
    got = power_of_calls(looks, span=SPAN, place=PLACE, length_h=24.0)
    assert (got.shown.low, got.shown.high) == pytest.approx((0.08, 0.08 + 0.05))
    assert (got.usable, got.undeclared, got.shown.level) == (2, 1, 1.0)
    narrow = power_of_calls(looks, span=SPAN, place=PLACE, length_h=24.0, assumed=Interval(low=0.6, high=0.8))
    assert (narrow.shown.low, narrow.shown.high) == pytest.approx((0.08 + 0.03, 0.08 + 0.04))


def test_what_was_lost_to_what():
    looks = [
        look(20.0, 0.8),
        look(60.0, 0.8, 0.0, status="cloud", seen="indeterminate"),
        look(100.0, 0.8, 0.5),
        look(150.0, None, 0.0, status="not-obtained", seen="indeterminate"),
        look(200.0, 0.8, seen="indeterminate"),
        look(400.0, 0.8, 0.0, status="nodata"),
    ]
    got = power_of_calls(looks, span=SPAN, place=PLACE, length_h=24.0)
    assert only(got) == pytest.approx(0.1 * (20 / 24 * 0.8 + 0.4))
    by_cause = {x.cause: x for x in got.lost}
    assert set(by_cause) == {"cloud", "partly", "not-obtained", "undecided"}  # nodata: 400 h is out of reach
    base = got.shown.low
    gained = {c: (x.shown.low - base, x.shown.high - base) for c, x in by_cause.items()}
    assert gained["cloud"] == pytest.approx((0.08, 0.08))
    assert gained["partly"] == pytest.approx((0.04, 0.04))
    assert gained["not-obtained"] == pytest.approx((0.0, 0.1))
    assert [x.cause for x in got.lost] == ["not-obtained", "cloud", "undecided", "partly"]
    assert by_cause["cloud"].looks_met == pytest.approx(0.1)


def test_two_tellings_of_one_picture_are_one_look():
    one = look(50.0, 0.5, name="a")
    copy = msgspec.structs.replace(one, id="b", time=one.time + timedelta(minutes=3))
    other = msgspec.structs.replace(one, id="c", sensor="another", observations=(Observation(seen="no"),))
    alone, told_twice, two = (
        power_of_calls(k, span=SPAN, place=PLACE, length_h=24.0) for k in ([one], [one, copy], [one, other])
    )
    assert told_twice == alone
    assert only(two) == pytest.approx(0.075)
    assert two.shown_alike.low == pytest.approx(0.05)
    with pytest.raises(ObservationError, match="two different looks have the id 'a'"):
        power_of_calls([one, msgspec.structs.replace(one, usable=0.5)], span=SPAN, place=PLACE, length_h=24.0)


# Invariants -----------------------------------------------------------------------------------------------------------

some_looks = st.lists(
    st.builds(
        look,
        st.integers(-200, 3000).map(lambda n: n / 8.0),
        st.one_of(st.none(), st.floats(0.0, 1.0), st.just(1.0)),
        st.floats(0.0, 1.0),
    ),
    max_size=12,
    unique_by=lambda k: k.time,
)
lengths = st.floats(0.1, 300.0)


@settings(max_examples=40, deadline=None)
@given(some_looks, lengths, st.randoms(use_true_random=False))
def test_order_changes_nothing(looks, length, rng):
    shuffled = list(looks)
    rng.shuffle(shuffled)
    ask = {"span": SPAN, "place": PLACE, "length_h": length}
    assert power_of_calls(shuffled, **ask) == power_of_calls(looks, **ask)


@settings(max_examples=40, deadline=None)
@given(some_looks, lengths, lengths)
def test_longer_calls_are_seen_no_less_when_only_their_beginning_is_within(looks, one, other):
    short, long = (power_of_calls(looks, span=SPAN, place=PLACE, length_h=h) for h in sorted((one, other)))
    for which in ("shown", "shown_alike"):
        assert getattr(short, which).low <= getattr(long, which).low + 1e-9
        assert getattr(short, which).high <= getattr(long, which).high + 1e-9
    assert short.looks_met <= long.looks_met + 1e-9


def test_longer_calls_may_be_seen_less_by_night():
    """Why the above is said of any time alone: long calls fit only into the long nights, and those were not watched."""
    place, span = LonLat(lon=0.0, lat=52.0), TimeSpan(start=START, end=START + timedelta(days=60))
    first, last = nights(place, span)[0], nights(place, span)[-2]
    assert first.hours + 3 < last.hours
    looks = [look((n.start - START) / timedelta(hours=1) + n.hours / 2) for n in nights(place, span)[:20]]
    short, long = (
        power_of_calls(looks, span=span, place=place, length_h=h, pattern="night")
        for h in (first.hours - 1, last.hours - 0.5)
    )
    assert only(long) == 0.0 < only(short)


@settings(max_examples=40, deadline=None)
@given(some_looks, st.floats(-24.0, 370.0), st.floats(0.0, 1.0), lengths, st.sampled_from(["any", "night"]))
def test_another_look_never_lowers_the_power(looks, hours, p, length, pattern):
    ask = {"span": SPAN, "place": PLACE, "length_h": length, "pattern": pattern}
    before, after = power_of_calls(looks, **ask), power_of_calls([*looks, look(hours, p, name="more")], **ask)
    assert before.possible == after.possible
    if before.possible:
        for which in ("shown", "shown_alike"):
            assert getattr(before, which).low <= getattr(after, which).low + 1e-9
            assert getattr(before, which).high <= getattr(after, which).high + 1e-9


@settings(max_examples=40, deadline=None)
@given(some_looks, lengths)
def test_bounds(looks, length):
    got = power_of_calls(looks, span=SPAN, place=PLACE, length_h=length)
    assert 0.0 <= got.shown.low <= got.shown.high <= 1.0
    assert got.shown_alike.low <= got.shown.low + 1e-9
    assert got.shown_alike.high <= got.shown.high + 1e-9
    assert got.shown.high <= got.usable_met + 1e-9 <= got.looks_met + 2e-9
    for lost in got.lost:
        assert lost.shown.low >= got.shown.low - 1e-9
        assert lost.shown.high >= got.shown.high - 1e-9


def test_certain_looks_make_certain_and_do_not_break_their_neighbours():
    looks = [look(float(h), 1.0 if h % 2 else 0.25) for h in range(-24, 100)]
    assert only(power_of_calls(looks, span=SPAN, place=PLACE, length_h=2.0)) == pytest.approx(99 / 240)
    lone = power_of_calls([*looks, look(200.0, 0.25)], span=SPAN, place=PLACE, length_h=10.0)
    assert only(lone) == pytest.approx((99 + 0.25 * 10) / 240)


# The edges ------------------------------------------------------------------------------------------------------------


def test_no_looks_at_all():
    got = power_of_calls([], span=SPAN, place=PLACE, length_h=24.0)
    assert (only(got), got.looks, got.looks_met, got.lost) == (0.0, 0, 0.0, ())
    assert power_of_calls([], span=SPAN, place=PLACE, stay=StayHours()).shown.high <= 1e-9


@pytest.mark.parametrize("ask", [{"length_h": 4.0}, {"stay": StayHours()}])
def test_a_polar_day_has_no_call_by_night(ask):
    summer = TimeSpan(start=datetime(2024, 6, 10, tzinfo=UTC), end=datetime(2024, 6, 20, tzinfo=UTC))
    got = power_of_calls([look(10.0)], span=summer, place=LonLat(lon=20.0, lat=75.0), pattern="night", **ask)
    assert (got.possible, got.begins_h, got.shown, got.shown_alike, got.lost) == (False, 0.0, None, None, ())


@pytest.mark.parametrize("pattern", ["night", "night-to-night"])
def test_a_polar_night_is_one_night(pattern):
    start = datetime(2024, 12, 15, tzinfo=UTC)
    winter = TimeSpan(start=start, end=start + timedelta(days=10))
    looks = [msgspec.structs.replace(k, time=k.time + (start - START)) for k in SIXTEEN]
    place = LonLat(lon=20.0, lat=85.0)
    any_time, dark = (
        power_of_calls(looks, span=winter, place=place, length_h=60.0, pattern=p) for p in ("any", pattern)
    )
    assert dark.begins_h == any_time.begins_h == 240.0
    assert only(dark) == only(any_time)


def test_calls_of_random_length_in_a_polar_night_are_those_of_any_time():
    start = datetime(2024, 11, 20, tzinfo=UTC)
    winter = TimeSpan(start=start, end=start + timedelta(days=10))
    looks = [msgspec.structs.replace(k, time=k.time + (start - START)) for k in SIXTEEN]
    any_time, dark = (
        power_of_calls(looks, span=winter, place=LonLat(lon=0.0, lat=88.0), stay=StayHours(), pattern=p)
        for p in ("any", "night")
    )
    assert dark.shown.high == pytest.approx(any_time.shown.high, abs=1e-3)


def test_a_span_shorter_than_the_call():
    short = TimeSpan(start=START, end=START + timedelta(hours=6))
    looks = [look(3.0, 0.5), look(20.0, 0.5)]
    assert only(power_of_calls(looks, span=short, place=PLACE, length_h=24.0)) == pytest.approx(0.5 * 0.75 + 0.5 * 0.5)
    assert not power_of_calls(looks, span=short, place=PLACE, length_h=24.0, whole=True).possible
    exact = power_of_calls(looks, span=short, place=PLACE, length_h=6.0, whole=True)
    assert (exact.possible, exact.begins_h, only(exact)) == (True, 0.0, pytest.approx(0.5))


def test_an_instant_for_a_span():
    now = TimeSpan(start=START, end=START)
    assert only(power_of_calls([look(0.0, 0.5), look(6.0, 0.5)], span=now, place=PLACE, length_h=6.0)) == 0.5


def test_the_date_line_changes_nothing_but_the_day():
    looks = [look(50.0, 0.5), look(55.0, 0.5, name="b")]
    east, west = (
        power_of_calls(looks, span=SPAN, place=LonLat(lon=lon, lat=50.0), length_h=24.0) for lon in (180.0, -180.0)
    )
    assert east == west


def test_night_follows_the_place_and_not_the_clock():
    """02:00 UTC is night at Greenwich and late morning at Dunai."""
    looks = [look(24.0 * d + 2.0, 1.0) for d in range(12)]
    dunai, greenwich = (
        power_of_calls(looks, span=SPAN, place=place, length_h=4.0, pattern="night")
        for place in (PLACE, LonLat(lon=0.0, lat=51.5))
    )
    assert only(dunai) == 0.0
    assert only(greenwich) > 0.3


@pytest.mark.parametrize("length", [0.0, -1.0, math.nan, math.inf, 1e9])
def test_no_length(length):
    with pytest.raises(OffingError, match="no length of a call"):
        power_of_calls([], span=SPAN, place=PLACE, length_h=length)


def test_neither_or_both_and_what_is_not_computed():
    for ask in ({}, {"length_h": 3.0, "stay": StayHours()}):
        with pytest.raises(OffingError, match="a length or a distribution"):
            power_of_calls([], span=SPAN, place=PLACE, **ask)
    with pytest.raises(OffingError, match="come and leave in the dark"):
        power_of_calls([], span=SPAN, place=PLACE, stay=StayHours(), pattern="night-to-night")


def test_the_end_of_time():
    last = TimeSpan(start=datetime(9999, 12, 29, tzinfo=UTC), end=datetime(9999, 12, 31, tzinfo=UTC))
    assert power_of_calls([], span=last, place=PLACE, length_h=48.0, pattern="night").possible is False
