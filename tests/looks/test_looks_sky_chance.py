"""How probable it is that nobody's picture is clear."""

from datetime import UTC, datetime, timedelta

import pytest
from scipy.stats import beta

from offing.looks.model import Look
from offing.looks.sky_chance import clear_by_catalogue, clear_by_season

NOON = datetime(2024, 10, 12, 2, tzinfo=UTC)


def look(days, usable, **said):
    fields = {"id": f"k{days}", "site": "h", "sensor": "sentinel-2b", "status": "clear", "reason": "", **said}
    return Look(time=NOON + timedelta(days=days), usable=usable, **fields)


def test_looks_of_the_season_speak_whatever_the_year_and_others_do_not():
    looks = [look(1, 1.0), look(-30, 0.5, status="partly"), look(366, 0.0, status="cloud"), look(-365 - 40, 1.0)]
    other = [
        look(100, 0.0, status="cloud"),
        look(2, 1.0, sensor="sentinel-1a"),
        look(3, 1.0, sensor="ICEYE radar"),
        look(4, 0.0, status="night"),
        look(5, 0.0, status="not-obtained"),
    ]
    got = clear_by_season([*looks, *other], NOON)
    assert got.value == pytest.approx((2.5 + 0.5) / 5.0)
    assert (got.low, got.high) == pytest.approx(beta(3.0, 2.0).interval(0.9))
    assert "4 optical looks" in got.basis


def test_without_looks_nothing_is_known():
    got = clear_by_season([], NOON)
    assert got.value == 0.5
    assert got.low < 0.01 < 0.99 < got.high
    assert "no optical look" in got.basis


@pytest.mark.parametrize("cloud", [0.0, 0.3, 1.0])
def test_the_catalogues_cloud_counts_as_a_few_looks(cloud):
    got = clear_by_catalogue(cloud)
    assert got.value == pytest.approx((4 * (1 - cloud) + 0.5) / 5.0)
    assert got.low < got.value < got.high
    assert f"{cloud:.0%} cloud over the whole scene" in got.basis
