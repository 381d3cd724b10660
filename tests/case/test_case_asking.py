"""What is asked is what is wanted less what was answered for good, checked day by day."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.case.asking import unanswered, wanted
from offing.case.definition import CaseDefinition, SearchOptions
from offing.claims import Carrier, Claim, Elements, Source
from offing.errors import TimeError
from offing.imagery.catalogue.model import Answer, Query
from offing.sites import Site
from offing.timespan import TimeSpan

ZERO = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = Site(id="h", name="H", role="port", position=(0.0, 0.0))


def span(start: int, days: int) -> TimeSpan:
    return TimeSpan(start=ZERO + start * DAY, end=ZERO + (start + days) * DAY)


def answer(asked_for: TimeSpan, asked: int, complete: bool) -> Answer:
    query = Query(catalogue="k", collections=(), site="h", place=(0.0, 0.0, 1.0), span=asked_for)
    return Answer(query=query, asked=ZERO + asked * DAY, url="u", matched=None, listed=0, complete=complete)


spans = st.builds(span, st.integers(0, 40), st.integers(1, 20))
answers = st.builds(answer, spans, st.integers(0, 60), st.booleans())


@given(st.lists(spans, max_size=4), st.lists(answers, max_size=6), st.integers(0, 12))
def test_every_day_is_asked_for_unless_it_was_answered_for_good(
    whole: list[TimeSpan], kept: list[Answer], back: int
) -> None:
    left = unanswered(whole, kept, back * DAY)
    for number in range(62):
        noon = ZERO + (number + 0.5) * DAY
        settled = any(a.complete and noon in a.query.span and noon < a.asked - back * DAY for a in kept)
        assert any(noon in s for s in left) == (any(noon in s for s in whole) and not settled)


def definition(window: str) -> CaseDefinition:
    elements = Elements(carrier=Carrier(classes=("any",)), destination="h", window=window)
    return CaseDefinition(
        title="t", sources=(Source(id="s"),), claims=(Claim(id="c", source="s", elements=elements),), sites=(SITE,),
        search=SearchOptions(baseline_days=5, after_days=3),
    )  # fmt: skip


@given(st.integers(0, 100), st.integers(0, 100))
def test_wanted_are_the_windows_so_far_and_all_since_the_watch_began(began: int, later: int) -> None:
    now = ZERO + (began + later) * DAY
    found = wanted(definition("2024-02-01/2024-02-10"), SITE, ZERO + began * DAY, now, 2 * DAY)
    assert all(one.end < other.start for one, other in itertools.pairwise(found)), "apart and in order"
    for number in range(-5, 210):
        noon = ZERO + (number + 0.5) * DAY
        in_window = 26 <= number < 44
        assert any(noon in s for s in found) == (noon < now and (in_window or number >= began - 2))


def test_a_window_at_the_end_of_the_calendar_is_one_clear_error() -> None:
    with pytest.raises(TimeError, match="leave the calendar"):
        wanted(definition("9999-12-01/9999-12-30"), SITE, ZERO, ZERO + DAY, DAY)
