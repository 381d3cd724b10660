"""Round after round: pauses that grow with failures and never beyond the interval, and nothing said twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.case.watch_loop import FIRST_WAIT_S, wait_s, watch_on
from offing.case.watch_search import Failure
from offing.case.watching import RoundOutcome
from offing.errors import CaseBusyError, CaseFileError, OffingError

FINE = RoundOutcome(news=None, deaf=False)
GONE = RoundOutcome(news=None, deaf=True, silent=(Failure(who="earth-search", why="the host is not found"),))
HOUR = 3600.0


class Ears:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self.notes: list[str] = []

    def problem(self, text: str) -> None:
        self.problems.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)


def played(*rounds: RoundOutcome | OffingError) -> tuple[list[float], Ears]:
    """The pauses after each of these rounds, and what was said; then Ctrl-C."""
    waits: list[float] = []
    left, ears = list(rounds), Ears()

    def one() -> RoundOutcome:
        outcome = left.pop(0)
        if isinstance(outcome, OffingError):
            raise outcome
        return outcome

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if not left:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch_on(one, HOUR, pause, ears)
    return waits, ears


def test_rounds_follow_at_the_interval_and_are_quiet() -> None:
    waits, ears = played(FINE, FINE, FINE)
    assert waits == [HOUR] * 3
    assert (ears.problems, ears.notes) == ([], [])


def test_a_lost_network_is_said_once_and_tried_again_ever_more_slowly() -> None:
    waits, ears = played(FINE, *[GONE] * 8, FINE, FINE, GONE)
    assert waits == [HOUR, 60, 120, 240, 480, 960, 1920, HOUR, HOUR, HOUR, HOUR, 60]
    said = "earth-search: the host is not found; what is kept stays, and the next round tries again"
    assert ears.problems == [said, said], "once each time that it was lost"
    assert ears.notes == ["earth-search works again"]


def test_a_case_that_is_busy_or_being_edited_is_tried_again() -> None:
    busy = CaseBusyError("another offing command is at work on this case")
    waits, ears = played(FINE, busy, busy, CaseFileError("unknown key", where="case.yaml:3"), FINE)
    assert waits == [HOUR, 60, 120, 240, HOUR]
    assert len(ears.problems) == 2
    assert ears.problems[1].startswith("case.yaml:3: unknown key")


def test_a_webhook_that_fails_is_said_once_and_what_was_silent_before_is_not_forgotten() -> None:
    hook = RoundOutcome(news=None, deaf=False, untold=(Failure(who="webhook", why="status 500"),))
    busy = CaseBusyError("busy")
    _, ears = played(hook, busy, hook, FINE)
    assert [p.split(":")[0].split(";")[0] for p in ears.problems] == ["webhook", "busy"]
    assert ears.notes == ["webhook works again"]


def test_what_a_run_warns_of_is_said() -> None:
    _, ears = played(RoundOutcome(news=None, deaf=False, warnings=("a", "b")))
    assert ears.problems == ["a", "b"]


def test_the_first_round_must_succeed() -> None:
    def fails() -> RoundOutcome:
        raise CaseFileError("unknown key")

    never: Callable[[float], None] = lambda seconds: pytest.fail("it paused")  # noqa: E731
    with pytest.raises(CaseFileError):
        watch_on(fails, HOUR, never, Ears())


@given(st.integers(0, 10_000), st.floats(300.0, 1e8))
def test_no_pause_is_longer_than_the_interval(failed: int, every: float) -> None:
    assert min(every, FIRST_WAIT_S) <= wait_s(failed, every) <= every
