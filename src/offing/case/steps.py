"""Steps of a run: each is keyed by the hash of what goes in, and done once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, Protocol, TypeVar

import msgspec

from offing import __version__
from offing.case.clock import Clock
from offing.case.ledger import digest
from offing.case.model import Statement
from offing.case.store import Store
from offing.records import Record

T = TypeVar("T")


def hash_of(records: Iterable[object]) -> str:
    """SHA-256 of records as JSON; equal records, equal hash."""
    return digest(msgspec.to_builtins(list(records)))


class Progress(Protocol):
    """Who is told how far a run is."""

    def begin(self, total: int) -> None:
        """``total`` steps lie ahead."""

    def finished(self, step: str, *, unchanged: bool) -> None:
        """A step is done; ``unchanged``: it had been done before and was skipped."""


class StepKey(Record, frozen=True):
    """What makes a step the same as one that was done before."""

    step: str
    """``detect``, ``look``, ``judge`` …"""
    subject: str
    """What it is done to, for people; not part of the key."""
    inputs: dict[str, Any]
    """Name → hash of what goes in."""
    parameters: dict[str, Any]
    """How it is done, with the revision of the method."""

    @property
    def key(self) -> str:
        """SHA-256 over step, inputs, parameters and the version of offing."""
        return digest([self.step, self.inputs, self.parameters, __version__])


class Steps:
    """Does steps, keeps their results as statements, and skips what was done."""

    def __init__(self, store: Store, progress: Progress, clock: Clock) -> None:
        self._store, self._progress, self._clock = store, progress, clock
        self.done = 0
        self.unchanged = 0

    def do(self, key: StepKey, kind: type[T], work: Callable[[], T]) -> T:
        """The result of one step, from the store when it is there."""
        return self.do_all([(key, work)], kind, workers=1)[0]

    def do_all(self, steps: Iterable[tuple[StepKey, Callable[[], T]]], kind: type[T], workers: int) -> list[T]:
        """The results of independent steps in their order, up to ``workers`` at a time.

        Each is kept as soon as it is finished, so that whatever ends the run, nothing finished is done again.
        """
        steps = list(steps)
        results: dict[int, T] = {}
        missing: dict[int, Callable[[], T]] = {}
        for number, (key, work) in enumerate(steps):
            statement = self._store.statement(key.key)
            if statement is None:
                missing[number] = work
            else:
                results[number] = statement.read(kind)
                self._tell(key, unchanged=True)
        for number, result in _worked(missing, workers):
            results[number] = self._keep(steps[number][0], result).read(kind)
        return [results[number] for number in range(len(steps))]

    def _keep(self, key: StepKey, result: object) -> Statement:
        """Keep a result. What is read back from it is what counts: a first run and a later one go on alike."""
        kept = self._store.put_statement(
            key=key.key,
            step=key.step,
            inputs=key.inputs,
            parameters=key.parameters,
            version=__version__,
            result=result,
            at=self._clock(),
        )
        self._tell(key, unchanged=False)
        return kept

    def _tell(self, key: StepKey, *, unchanged: bool) -> None:
        if unchanged:
            self.unchanged += 1
        else:
            self.done += 1
        self._progress.finished(f"{key.step} {key.subject}", unchanged=unchanged)


def _worked(tasks: Mapping[int, Callable[[], T]], workers: int) -> Iterable[tuple[int, T]]:
    """(number, result) as each task ends. The first failure ends the rest that has not begun."""
    if workers <= 1 or len(tasks) <= 1:
        for number, work in tasks.items():
            yield number, work()
        return
    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = {pool.submit(work): number for number, work in tasks.items()}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)
