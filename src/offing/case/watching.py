"""One round of a watch: ask the catalogues, run the case, compare with what was told, and tell what is new.

Whatever ends a round, nothing is lost and no channel that knows messages by their id gets one twice; see
``offing.case.told``. Losing the network ends no round: what is kept is judged and told all the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import msgspec

from offing.case import told as memory
from offing.case.case import Case
from offing.case.change_state import state_of
from offing.case.changes import changes, told_state
from offing.case.clock import Clock
from offing.case.lock import WriterLock
from offing.case.pipeline import run_case
from offing.case.steps import Progress
from offing.case.told import Message, Told
from offing.case.watch_search import LOOK_BACK, Catalogues, Failure, search
from offing.errors import NetworkError, OffingError, OffingWarning
from offing.records import Record
from offing.timespan import iso

WATCH_LOCK = ".watch.lock"
LEDGER_KIND = "watch-told"
"""Kind of the ledger line of a round that found something new."""
_PROBLEMS = 10
"""Items that could not be fetched and are named."""
_LISTED = 1000
"""Changes that a ledger line lists one by one."""


class Channel(Protocol):
    """Somewhere that news is told."""

    @property
    def name(self) -> str:
        """By which is remembered what it was told."""
        ...

    def tell(self, message: Message) -> None:
        """Tell ``message``; it may have been told before, under the same id. Raises OffingError: to be told again."""
        ...


class RoundOutcome(Record, frozen=True):
    """What a round did."""

    news: Message | None
    """None: nothing changed."""
    deaf: bool
    """Whether catalogues were asked and none answered."""
    silent: tuple[Failure, ...] = ()
    """Catalogues that did not answer, or not to the end."""
    untold: tuple[Failure, ...] = ()
    """Channels that did not take what they are owed."""
    warnings: tuple[str, ...] = ()
    """What the run warned of, and what could not be fetched, that the round before did not say."""


class Watch:
    """A watch of one case folder; take its ``lock``, then do ``round`` after ``round``."""

    def __init__(
        self,
        root: Path,
        *,
        catalogues: Catalogues,
        channels: Sequence[Channel],
        progress: Progress,
        clock: Clock,
        names: Sequence[str] = (),
        fetch: Callable[[Case], Sequence[str]] | None = None,
        look_back: timedelta = LOOK_BACK,
        workers: int | None = None,
    ) -> None:
        """``names`` stand in for the catalogues of case.yaml; ``fetch`` brings what is listed into the case, and gives
        what went wrong, item by item.
        """
        self._root, self._catalogues, self._names, self._fetch = Path(root), catalogues, tuple(names), fetch
        self._channels = {channel.name: channel for channel in channels}
        self._progress, self._clock, self._back, self._workers = progress, clock, look_back, workers

    def lock(self) -> WriterLock:
        """Taken for as long as the watch goes on; other commands may work on the case meanwhile."""
        return WriterLock(self._root, WATCH_LOCK, "another offing watch holds")

    def round(self) -> RoundOutcome:
        """One round. Raises what is wrong with the case; a network that is gone is no error."""
        with Case.open(self._root) as case:
            told = self._remembered(case)
            searched = search(case, self._catalogues, self._names, told.began, self._clock, self._back)
            said = (*self._fetched(case), *self._run(case))
            told, news = self._compared(case, told)
            fresh = tuple(text for text in said if text not in told.warned)
            if said != told.warned:
                told = msgspec.structs.replace(told, warned=said)
                memory.write(self._root, told)
            untold = self._tell(case, told)
        return RoundOutcome(news=news, deaf=searched.deaf, silent=searched.silent, untold=untold, warnings=fresh)

    def _remembered(self, case: Case) -> Told:
        told = memory.read(self._root)
        if told is None:
            told = memory.begin(case.definition.title, state_of(case), self._clock())
            memory.write(self._root, told)
        return told

    def _fetched(self, case: Case) -> tuple[str, ...]:
        """What could not be fetched, and why."""
        if self._fetch is None or not case.store.searches():
            return ()
        try:
            problems = self._fetch(case)
        except NetworkError as error:
            problems = [str(error)]
        more = [f"{len(problems) - _PROBLEMS} more items could not be fetched"] if len(problems) > _PROBLEMS else []
        return tuple([f"not fetched: {problem}" for problem in problems[:_PROBLEMS]] + more)

    # Judging and comparing

    def _run(self, case: Case) -> tuple[str, ...]:
        """Run the case; what it warns of, each once."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", OffingWarning)
            run_case(case, self._progress, self._clock, workers=self._workers)
        return tuple(dict.fromkeys(str(w.message) for w in caught if issubclass(w.category, OffingWarning)))

    def _compared(self, case: Case, told: Told) -> tuple[Told, Message | None]:
        """What is remembered from now on, and the message of what is new; both are on disk, or neither is."""
        state = state_of(case)
        news = changes(told.state, state, case.definition.options)
        if not news:
            return told, None
        if len(told.owed) >= memory.MOST_OWED:
            text = f"{memory.MOST_OWED} messages wait for channels that do not take them; the oldest is given up"
            warnings.warn(text, OffingWarning, stacklevel=2)
        channels = ("ledger", *self._channels)
        title = case.definition.title
        told = memory.add(told, title, news, told_state(told.state, state, news), channels, self._clock())
        memory.write(self._root, told)
        return told, told.owed[-1].message

    # Telling

    def _tell(self, case: Case, told: Told) -> tuple[Failure, ...]:
        """Tell every channel what it is owed, oldest first; one that fails is left alone for this round."""
        failed: dict[str, Failure] = {}
        for owed in told.owed:
            for name in owed.channels:
                if name in failed or (name != "ledger" and name not in self._channels):
                    continue
                try:
                    self._tell_one(case, name, owed.message)
                except OffingError as error:
                    failed[name] = Failure(who=name, why=str(error))
                    continue
                told = memory.taken(told, owed.message, name)
                memory.write(self._root, told)
        return tuple(failed.values())

    def _tell_one(self, case: Case, name: str, message: Message) -> None:
        if name != "ledger":
            self._channels[name].tell(message)
            return
        with case.writing() as store:
            if not any(k.kind == LEDGER_KIND and k.payload.get("message") == message.id for k in case.ledger.lines()):
                store.record(LEDGER_KIND, _payload(message), at=self._clock())


def _payload(message: Message) -> dict[str, object]:
    """What the ledger says of a message: what changed, without its sentences."""
    shown = [{"kind": c.kind, "subject": c.subject, "before": c.before, "after": c.after} for c in message.changes]
    return {
        "message": message.id,
        "found": iso(message.time),
        "changes": shown[:_LISTED],
        "count": len(shown),
        "simulated": message.simulated,
    }
