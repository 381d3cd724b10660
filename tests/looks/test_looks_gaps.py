"""Gaps and usable looks share out the window, whatever the looks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.looks.gaps import gaps
from offing.looks.model import Look, Observation
from offing.timespan import TimeSpan

START = datetime(2024, 10, 1, tzinfo=UTC)
WINDOW = TimeSpan(start=START, end=START + timedelta(days=10))


def look(hours: float, usable: float = 1.0, seen: str = "no", site: str = "dunai") -> Look:
    return Look(
        id=f"{site}-{hours}",
        site=site,
        time=START + timedelta(hours=hours),
        sensor="sentinel-1",
        status="clear" if usable else "cloud",
        usable=usable,
        reason="test",
        observations=(Observation(seen=seen),),
    )


def test_a_site_without_looks_is_one_gap() -> None:
    (gap,) = gaps([look(5, site="elsewhere")], "dunai", WINDOW)
    assert gap.hours == 240
    assert (gap.after, gap.before) == (None, None)


def test_cloud_and_indecision_do_not_end_a_gap() -> None:
    found = gaps([look(24), look(30, usable=0.0), look(36, seen="indeterminate"), look(48)], "dunai", WINDOW)
    assert [g.hours for g in found] == [24, 24, 192]
    assert found[1].unusable == ("dunai-30", "dunai-36")


@given(st.lists(st.tuples(st.floats(-50, 300), st.sampled_from([0.0, 0.4, 1.0])), max_size=12))
def test_gaps_cover_the_window_without_overlap(times) -> None:
    found = gaps([look(h, u) for h, u in times], "dunai", WINDOW)
    assert sum(g.hours for g in found) == pytest.approx(WINDOW.hours)
    assert all(a.end <= b.start for a, b in pairwise(found))
