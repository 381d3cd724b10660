"""The sun's elevation against published values, and nights at the edges of the world."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import OffingError
from offing.geo import LonLat, distance_m
from offing.looks.darkness import DARK_DEG, SUNSET_DEG, nights, sun_azimuth_deg, sun_elevation_deg
from offing.timespan import TimeSpan, parse_span

CHONGJIN = LonLat(lon=129.8167, lat=41.7667)


def test_elevation_is_that_of_the_solar_position_algorithm() -> None:
    # Reda and Andreas, NREL/TP-560-34302, table A5.1: zenith 50.11162° with 0.01634° of refraction, azimuth 194.34024°.
    place = LonLat(lon=-105.1786, lat=39.742476)
    t = datetime(2003, 10, 17, 19, 30, 30, tzinfo=UTC)
    assert sun_elevation_deg(place, t) == pytest.approx(39.88838 - 0.01634, abs=0.005)
    assert sun_azimuth_deg(place, t) == pytest.approx(194.34024, abs=0.02)


@pytest.mark.parametrize(
    ("lon", "lat", "day", "zone", "rise", "set_"),
    [
        # Royal Observatory, summer solstice 2024, as almanacs give it.
        (0.0, 51.4769, "2024-06-20", "Europe/London", "04:43", "21:21"),
        (0.0, 51.4769, "2024-12-21", "Europe/London", "08:03", "15:53"),
    ],
)
def test_sunrise_and_sunset_are_the_almanacs(lon, lat, day, zone, rise, set_) -> None:
    tz = ZoneInfo(zone)
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=tz).astimezone(UTC)
    span = TimeSpan(start=noon - timedelta(hours=12), end=noon + timedelta(hours=12))
    morning, evening = nights(LonLat(lon=lon, lat=lat), span, SUNSET_DEG)
    for got, told in ((morning.end, rise), (evening.start, set_)):
        expected = datetime.fromisoformat(f"{day}T{told}").replace(tzinfo=tz)
        assert abs(got - expected) < timedelta(seconds=75)


def test_sunrise_is_that_of_the_solar_position_algorithm() -> None:
    # The same report's example: sunrise 06:12:43 local standard time (13:12:43 UTC).
    span = parse_span("2003-10-17T07:00Z/2003-10-17T19:00Z")
    (night,) = nights(LonLat(lon=-105.1786, lat=39.742476), span, SUNSET_DEG)
    assert abs(night.end - datetime(2003, 10, 17, 13, 12, 43, tzinfo=UTC)) < timedelta(seconds=20)


def test_chongjin_was_dark_for_11_7_hours() -> None:
    span = parse_span("2024-10-08T03:00Z/2024-10-09T03:00Z")
    (night,) = nights(CHONGJIN, span)
    assert night.hours == pytest.approx(11.7, abs=0.1)
    tz = ZoneInfo("Asia/Pyongyang")
    assert abs(night.start - datetime(2024, 10, 8, 18, 18, tzinfo=tz)) < timedelta(minutes=3)
    assert abs(night.end - datetime(2024, 10, 9, 5, 58, tzinfo=tz)) < timedelta(minutes=3)


def test_a_passage_to_dunai_fits_the_night_from_chongjin_and_not_from_hungnam() -> None:
    dunai, hungnam = LonLat(lon=132.33542, lat=42.87879), LonLat(lon=127.6167, lat=39.8333)
    (night,) = nights(CHONGJIN, parse_span("2024-10-08T03:00Z/2024-10-09T03:00Z"))
    hours = [distance_m(place, dunai) / 1852.0 / 12.0 for place in (CHONGJIN, hungnam)]
    assert hours[0] < night.hours < hours[1]


def test_polar_night_is_one_night_and_polar_day_none() -> None:
    alert = LonLat(lon=-62.35, lat=82.5)
    winter, summer = parse_span("2024-12-10/2024-12-31"), parse_span("2024-06-10/2024-06-30")
    (night,) = nights(alert, winter)
    assert (night.start, night.end) == (winter.start, winter.end)
    assert nights(alert, summer) == ()
    assert nights(alert, summer, SUNSET_DEG) == ()


def test_white_nights_have_sunset_but_no_dark() -> None:
    petersburg, june = LonLat(lon=30.3, lat=60.6), parse_span("2024-06-20/2024-06-22")
    assert nights(petersburg, june) == ()
    assert len(nights(petersburg, june, SUNSET_DEG)) == 4  # three days, the first and last night cut in two


def test_nights_are_cut_at_the_span() -> None:
    span = parse_span("2024-10-08T12:00Z/2024-10-08T13:00Z")
    assert [(n.start, n.end) for n in nights(CHONGJIN, span)] == [(span.start, span.end)]


def test_an_instant_has_no_night() -> None:
    assert nights(CHONGJIN, parse_span("2024-10-08T15:00Z")) == ()


def test_a_time_without_zone_is_an_error() -> None:
    with pytest.raises(OffingError, match="no time zone"):
        sun_elevation_deg(CHONGJIN, datetime(2024, 10, 8))  # noqa: DTZ001


@settings(max_examples=40, deadline=None)
@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    day=st.integers(0, 364),
    hours=st.floats(0.0, 24.0),
    level=st.sampled_from([SUNSET_DEG, DARK_DEG]),
)
def test_every_instant_is_dark_exactly_in_a_night(lon, lat, day, hours, level) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day)
    span = TimeSpan(start=start, end=start + timedelta(hours=36))
    place, t = LonLat(lon=lon, lat=lat), start + timedelta(hours=hours)
    height = sun_elevation_deg(place, t)
    found = nights(place, span, level)
    assert list(found) == sorted(found, key=lambda n: n.start)
    if abs(height - level) > 0.05:  # within 0.05° a grazing sun may pass between two samples
        assert any(t in night for night in found) == (height < level)
