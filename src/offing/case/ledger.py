"""ledger.jsonl: one hash-chained line for everything that was imported, found or judged.

A line is canonical JSON (sorted keys, no spaces, UTF-8) of ``seq`` (from 1), ``time`` (UTC), ``kind``,
``payload``, ``prev`` (the hash of the line before, 64 zeros for the first) and ``hash`` (SHA-256 of the
canonical JSON of the other five). It can be checked with nothing but ``sha256sum`` and a JSON parser.

A line is written in two steps so that it and the store agree after any crash. ``prepare`` writes it
with a space where the line break belongs; the store commits; ``confirm`` puts the line break there.
A line without its break was never acknowledged, so it alone may be completed or removed afterwards;
a complete line is never touched again.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from offing.case.files import explain
from offing.errors import LedgerError, OffingWarning
from offing.records import Record
from offing.timespan import iso

GENESIS = "0" * 64
"""``prev`` of the first line."""
UNFINISHED = "an unfinished line that an interrupted command left was removed"
MAX_LINE = 4_000_000
"""Bytes; a longer line is not one of ours."""


class LedgerLine(Record, frozen=True):
    """One line of the ledger."""

    seq: int
    """1, 2, 3 …"""
    time: str
    """UTC, ISO 8601."""
    kind: str
    """What happened: ``observations-imported``, ``statement`` …"""
    payload: dict[str, Any]
    """JSON values; ``files`` lists kept files with ``path``, ``sha256`` and ``bytes``."""
    prev: str
    """``hash`` of the line before."""
    hash: str
    """SHA-256 of the canonical JSON of all the rest, in hex."""

    def encode(self) -> bytes:
        """The line as it stands in the file, without its line break."""
        return canonical({name: getattr(self, name) for name in self.__struct_fields__})


class Tail(Record, frozen=True):
    """How a ledger file ends."""

    last: LedgerLine | None
    """The last complete line; None: the ledger is empty."""
    length: int
    """Bytes up to and including the last complete line."""
    pending: LedgerLine | None
    """A whole line that follows on, but was not acknowledged."""
    torn: int
    """Bytes after ``length`` that are neither: a write that a crash cut short."""


class Ledger:
    """The ledger of one case. Only the process that holds the case may write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, kind: str, payload: Mapping[str, Any], at: datetime) -> LedgerLine:
        """Write one line and make it safe on disk.

        A line that an interrupted write left is completed first where it is whole, and removed, with a warning,
        where it is not. Raises LedgerError, CaseError.
        """
        tail = self.tail()
        if tail.pending is not None:
            self.confirm(tail.pending)
        elif tail.torn:
            self.drop_tail()
            warnings.warn(f"{self.path.name}: {UNFINISHED}", OffingWarning, stacklevel=2)
        line = self.prepare(kind, payload, at)
        self.confirm(line)
        return line

    def prepare(self, kind: str, payload: Mapping[str, Any], at: datetime) -> LedgerLine:
        """Write the next line without acknowledging it; ``confirm`` or ``drop_tail`` must follow."""
        tail = self.tail()
        if tail.pending or tail.torn:
            raise LedgerError("its last line is unfinished", where=str(self.path), fix="run the command again")
        seq, prev = (tail.last.seq + 1, tail.last.hash) if tail.last else (1, GENESIS)
        line = make_line(seq, iso(at), kind, payload, prev)
        self._write(tail.length, line.encode() + b" ")
        return line

    def confirm(self, line: LedgerLine) -> None:
        """Acknowledge the prepared ``line``: its line break is written over the space."""
        tail = self.tail()
        if tail.pending != line:
            raise LedgerError(f"line {line.seq} is not what was prepared", where=str(self.path))
        self._write(tail.length + len(line.encode()), b"\n", undo=False)

    def drop_tail(self) -> None:
        """Remove an unacknowledged line, whole or torn; complete lines stay."""
        length = self.tail().length
        try:
            with self.path.open("r+b") as file:
                file.truncate(length)
                os.fsync(file.fileno())
        except OSError as error:
            raise explain(error, self.path) from error

    def restore(self, line: LedgerLine) -> None:
        """Append a line that the store has and the file lost; it must be the very next of the chain."""
        last = self.tail().last
        if (line.seq, line.prev) != ((last.seq + 1, last.hash) if last else (1, GENESIS)):
            raise LedgerError(f"line {line.seq} does not follow on its last line", where=str(self.path))
        self._write(self.tail().length, line.encode() + b"\n")

    def lines(self) -> Iterator[LedgerLine]:
        """Every acknowledged line in order. Raises LedgerError at the first that is altered."""
        for number, _raw, line in self._scan():
            if isinstance(line, str):
                raise LedgerError(line, where=f"{self.path}:{number}", fix="offing check lists all that is wrong")
            yield line

    def sound_lines(self) -> Iterator[LedgerLine]:
        """The acknowledged lines that are sound in themselves, whatever is wrong with others."""
        return (line for _, _, line in self._scan(whole=False) if isinstance(line, LedgerLine))

    def verify(self) -> tuple[tuple[int, str], ...]:
        """Everything that is wrong with the chain, as (line number, what), in order; empty when all is well."""
        problems: list[tuple[int, str]] = []
        number, prev = 0, GENESIS
        for number, raw, line in self._scan(whole=False):
            if isinstance(line, str):
                problems.append((number, line))
                prev = _claimed_hash(raw)
                continue
            if line.seq != number:
                problems.append((number, f"it says that it is line {line.seq}: lines were removed, added or moved"))
            if line.prev != prev:
                problems.append((number, "it does not follow on the line before: one of the two was altered"))
            prev = line.hash
        rest = self._size() - self.tail_length()
        if rest > 0:
            problems.append((number + 1, "it is unfinished: a write was cut short, or its end was altered"))
        return tuple(problems)

    def tail(self) -> Tail:
        """How the file ends. Raises LedgerError when its last complete line is altered."""
        length = self.tail_length()
        last = None
        if length:
            begin = self._last_break(length - 1) + 1
            raw = self._read(begin, length - 1 - begin)
            line = _parse(raw)
            if isinstance(line, str):
                raise LedgerError(f"its last line is damaged: {line}", where=str(self.path), fix="run offing check")
            last = line
        rest = self._read(length, min(self._size() - length, MAX_LINE))
        pending = self._pending(rest, last)
        return Tail(last=last, length=length, pending=pending, torn=0 if pending else self._size() - length)

    def tail_length(self) -> int:
        """Bytes up to and including the last line break."""
        return self._last_break(self._size()) + 1

    def _pending(self, rest: bytes, last: LedgerLine | None) -> LedgerLine | None:
        """The whole line that ``rest`` is; None for a torn one. Raises LedgerError for an altered one."""
        line = _parse(rest.removesuffix(b" "))
        if isinstance(line, str):
            if _holds_object(rest):
                raise LedgerError(
                    f"what follows its last line is damaged: {line}", where=str(self.path), fix="run offing check"
                )
            return None
        seq, prev = (last.seq + 1, last.hash) if last else (1, GENESIS)
        if (line.seq, line.prev) != (seq, prev):
            raise LedgerError("its last line does not follow on", where=str(self.path), fix="run offing check")
        return line

    def _scan(self, *, whole: bool = True) -> Iterator[tuple[int, bytes, LedgerLine | str]]:
        """(number, bytes, line or what is wrong with it); ``whole``: the chain is checked along the way."""
        prev = GENESIS
        try:
            with self.path.open("rb") as file:
                for number in range(1, 1 << 62):
                    raw = file.readline(MAX_LINE)
                    if not raw.endswith(b"\n") and len(raw) < MAX_LINE:
                        return
                    line = _parse(raw[:-1]) if raw.endswith(b"\n") else "it is longer than a line can be"
                    if whole and isinstance(line, LedgerLine):
                        follows = (line.seq, line.prev) == (number, prev)
                        prev = line.hash
                        line = line if follows else "it does not follow on the line before"
                    yield number, raw, line
        except FileNotFoundError:
            return
        except OSError as error:
            raise explain(error, self.path) from error

    def _size(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise explain(error, self.path) from error

    def _last_break(self, before: int) -> int:
        """Position of the last line break below ``before``, −1 where there is none."""
        block = 65536
        while before > 0:
            begin = max(0, before - block)
            found = self._read(begin, before - begin).rfind(b"\n")
            if found >= 0:
                return begin + found
            before = begin
        return -1

    def _read(self, begin: int, count: int) -> bytes:
        if count <= 0:
            return b""
        try:
            with self.path.open("rb") as file:
                file.seek(begin)
                return file.read(count)
        except OSError as error:
            raise explain(error, self.path) from error

    def _write(self, begin: int, data: bytes, *, undo: bool = True) -> None:
        """``data`` at ``begin``, on disk; a write that fails is cut off again where ``undo`` says so."""
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
            with os.fdopen(handle, "r+b", buffering=0) as file:
                try:
                    file.seek(begin)
                    view = memoryview(data)
                    while view:
                        view = view[file.write(view) or 0 :]
                    os.fsync(file.fileno())
                except OSError:
                    if undo:
                        file.truncate(begin)
                    raise
        except OSError as error:
            raise explain(error, self.path) from error


def canonical(value: object) -> bytes:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8, no NaN. Raises ValueError."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest(value: object) -> str:
    """SHA-256 in hex of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def make_line(seq: int, time: str, kind: str, payload: Mapping[str, Any], prev: str) -> LedgerLine:
    """A line with its hash."""
    body = {"seq": seq, "time": time, "kind": kind, "payload": dict(payload), "prev": prev}
    return LedgerLine(seq=seq, time=time, kind=kind, payload=dict(payload), prev=prev, hash=digest(body))


def parse_line(raw: bytes) -> LedgerLine:
    """A line as it stands in a file or in the store. Raises LedgerError."""
    line = _parse(raw)
    if isinstance(line, str):
        raise LedgerError(f"a ledger line is damaged: {line}")
    return line


def _parse(raw: bytes) -> LedgerLine | str:
    """The line, or what is wrong with it."""
    try:
        value = json.loads(raw)
        if not isinstance(value, dict) or set(value) != set(LedgerLine.__struct_fields__):
            return "it is no ledger line"
        stated = value.pop("hash")
        texts = (stated, value["time"], value["kind"], value["prev"])
        if not (isinstance(value["seq"], int) and isinstance(value["payload"], dict) and _all_text(texts)):
            return "it is no ledger line"
        line = LedgerLine(**value, hash=stated)
        if digest(value) != stated or line.encode() != raw:
            return "it was altered: its hash does not match what it says"
    except (ValueError, RecursionError):
        return "it was altered: it is no JSON"
    return line


def _all_text(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _holds_object(raw: bytes) -> bool:
    """Whether ``raw`` begins with a whole JSON object, which a write that was cut short cannot."""
    try:
        json.JSONDecoder().raw_decode(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return False
    return True


def _claimed_hash(raw: bytes) -> str:
    """The hash that a damaged line states, so that one altered byte is reported once, not twice."""
    marker = b'"hash":"'
    at = raw.find(marker)
    return raw[at + len(marker) :][:64].decode("ascii", "replace") if at >= 0 else ""
