"""Rounds without end, with pauses between them, and what is said of what goes wrong: once, and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from offing.case.watch_search import Failure
from offing.case.watching import RoundOutcome
from offing.errors import OffingError

FIRST_WAIT_S = 60.0
"""After a round in which something failed; it doubles up to the interval."""


class Listener(Protocol):
    """Who is told of rounds; the news itself goes to the channels."""

    def problem(self, text: str) -> None:
        """Something went wrong that had not before."""

    def note(self, text: str) -> None:
        """Something that a person may want to know."""


class Report:
    """Says of each round what has not been said yet."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._wrong: dict[str, Failure] = {}

    def say(self, outcome: RoundOutcome) -> None:
        """Say what a round warned of, what failed newly, and what works again."""
        for text in outcome.warnings:
            self._listener.problem(text)
        self._fail({f.who: f for f in (*outcome.silent, *outcome.untold)})

    def fail(self, error: OffingError) -> None:
        """Say why a round could not be done."""
        text = str(error)
        self._fail({**self._wrong, text: Failure(who="", why=text)})

    def _fail(self, wrong: dict[str, Failure]) -> None:
        for name, failure in wrong.items():
            if name not in self._wrong:
                said = f"{failure.who}: {failure.why}" if failure.who else failure.why
                self._listener.problem(f"{said}; what is kept stays, and the next round tries again")
        for name, failure in self._wrong.items():
            if name not in wrong and failure.who:
                self._listener.note(f"{failure.who} works again")
        self._wrong = wrong


def watch_on(
    round_: Callable[[], RoundOutcome], every_s: float, pause: Callable[[float], None], listener: Listener
) -> None:
    """Do rounds until something (Ctrl-C, a signal) raises. The first must succeed; later ones may fail and are tried
    again, after waits that double from a minute up to ``every_s``.
    """
    report = Report(listener)
    outcome = round_()
    report.say(outcome)
    failed = int(bool(outcome.silent or outcome.untold))
    while True:
        pause(wait_s(failed, every_s))
        try:
            outcome = round_()
        except OffingError as error:
            report.fail(error)
            failed += 1
        else:
            report.say(outcome)
            failed = failed + 1 if outcome.silent or outcome.untold else 0


def wait_s(failed: int, every_s: float) -> float:
    """Seconds until the next round, after so many rounds in a row in which something failed."""
    return every_s if failed == 0 else min(every_s, FIRST_WAIT_S * 2.0 ** min(failed - 1, 30))
