"""Is everything as it was kept? Every file, every ledger line, every record of the store against its hash."""

from __future__ import annotations

import hashlib
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from offing.case import database, kept
from offing.case.case import LEDGER_FILE, STORE_FILE, Case
from offing.case.casefile import CASE_FILE
from offing.case.ledger import Ledger, LedgerLine, parse_line
from offing.case.tables import results_digest, row_digest
from offing.errors import CaseError, LedgerError, OffingError, OffingWarning
from offing.records import Record


class Problem(Record, frozen=True):
    """One thing that is not as it was kept."""

    where: str
    """File, file:line, or record of the store."""
    what: str


class CheckReport(Record, frozen=True):
    """What a check found and how much it looked at."""

    problems: tuple[Problem, ...]
    """In the order ledger, files, store, case.yaml; empty when all is well."""
    lines: int
    """Ledger lines."""
    files: int
    """Kept files."""
    statements: int
    imports: int
    scenes: int
    searches: int
    """Answers of catalogues."""


def check_case(root: Path) -> CheckReport:
    """Check the case folder ``root``; nothing is written.

    Files that nothing speaks of are said by OffingWarning. Raises CaseError when it is no case folder.
    """
    root = Path(root)
    if not (root / CASE_FILE).exists() and not (root / LEDGER_FILE).exists():
        raise CaseError("there is no case in it", where=str(root), fix="name a case folder")
    ledger = Ledger(root / LEDGER_FILE)
    problems = [Problem(where=f"{LEDGER_FILE}:{n}", what=what) for n, what in ledger.verify()]
    lines = list(ledger.sound_lines())
    store = _StoreCheck(root / STORE_FILE, lines)
    found = store.run()
    files = _kept_files(store.told)
    problems += _files(root, files)
    _strangers(root, files)
    problems += found
    problems += _written(root)
    return CheckReport(
        problems=tuple(problems),
        lines=len(lines),
        files=len(files),
        statements=store.counts.get("statement", 0),
        imports=store.counts.get("import", 0),
        scenes=store.counts.get("scene", 0),
        searches=store.counts.get("search", 0),
    )


def _written(root: Path) -> Iterator[Problem]:
    """What is wrong with case.yaml and the berths that it points to."""
    try:
        case = Case.open(root)
    except OffingError as error:
        yield Problem(where=CASE_FILE, what=str(error))
        return
    for site in case.definition.sites:
        try:
            case.berths(site.id)
        except OffingError as error:
            yield Problem(where=site.area or CASE_FILE, what=error.what)


def _kept_files(lines: list[LedgerLine]) -> dict[str, tuple[str, int]]:
    """Path → (SHA-256, size), as the ledger last told it."""
    found: dict[str, tuple[str, int]] = {}
    for line in lines:
        entries = line.payload.get("files", [])
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                size = entry.get("bytes")
                found[entry["path"]] = (str(entry.get("sha256")), size if isinstance(size, int) else 0)
    return found


def _files(root: Path, files: dict[str, tuple[str, int]]) -> Iterator[Problem]:
    for name, (sha256, size) in sorted(files.items()):
        path = root / name
        if ".." in PurePosixPath(name).parts or not path.resolve().is_relative_to(root.resolve()):
            yield Problem(where=name, what="the ledger names a file outside the case")
        elif not path.exists():
            yield Problem(where=name, what="it is missing")
        else:
            try:
                found, length = kept.hash_file(path)
            except CaseError as error:
                yield Problem(where=name, what=error.what)
                continue
            if found != sha256:
                changed = f"{length} bytes instead of {size}" if length != size else "its bytes are not those kept"
                yield Problem(where=name, what=f"it was changed: {changed} (SHA-256 {found[:12]}…, not {sha256[:12]}…)")


def _sound(text: str) -> LedgerLine | None:
    try:
        return parse_line(text.encode())
    except LedgerError:
        return None


def _strangers(root: Path, files: dict[str, tuple[str, int]]) -> None:
    """Warn of files in the kept folders that the ledger does not know."""
    for folder in (kept.SOURCES, kept.SCENES):
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and name not in files:
                warnings.warn(f"{name} is not in the ledger: it is no evidence", OffingWarning, stacklevel=3)


class _StoreCheck:
    """The store against itself and against the ledger."""

    def __init__(self, path: Path, lines: list[LedgerLine]) -> None:
        self._path, self._lines = path, lines
        self.counts: dict[str, int] = {}
        self.told = lines
        """What was recorded: the store's own copy of each ledger line, and the lines that it does not know."""

    def run(self) -> list[Problem]:
        """Every problem of the store."""
        if not self._path.exists():
            return [self._problem("", "it is missing")] if self._lines else []
        try:
            connection = database.connect(self._path, write=False)
        except OffingError as error:
            return [self._problem("", error.what)]
        try:
            with database.guarded(self._path):
                return list(self._all(connection))
        except OffingError as error:
            return [self._problem("", error.what)]
        finally:
            connection.close()

    def _problem(self, where: str, what: str) -> Problem:
        return Problem(where=f"{self._path.name}: {where}" if where else self._path.name, what=what)

    def _all(self, connection: sqlite3.Connection) -> Iterator[Problem]:
        for (text,) in connection.execute("PRAGMA integrity_check(20)"):
            if text != "ok":
                yield self._problem("", f"it is damaged: {text}")
        yield from self._ledger_lines(connection)
        stated = self._stated()
        yield from self._statements(connection, stated["statement"])
        yield from self._scenes(connection, stated["scene-added"])
        yield from self._imports(connection, stated["observations-imported"])
        yield from self._searches(connection, stated["catalogue-searched"])
        results = [p["results"] for p in (line.payload for line in self.told) if isinstance(p.get("results"), str)]
        if results and results_digest(connection) != results[-1]:
            yield self._problem("results", "the verdicts, looks or layers were changed after they were written")

    def _stated(self) -> dict[str, dict[Any, str]]:
        """Kind of ledger line → name of the record → its SHA-256 as the ledger tells it."""
        names = {
            "statement": "key",
            "scene-added": "scene",
            "observations-imported": "number",
            "catalogue-searched": "number",
        }
        stated: dict[str, dict[Any, str]] = {kind: {} for kind in names}
        for line in self.told:
            if line.kind in names:
                stated[line.kind][line.payload.get(names[line.kind])] = str(line.payload.get("sha256"))
        return stated

    def _ledger_lines(self, connection: sqlite3.Connection) -> Iterator[Problem]:
        known = dict(connection.execute("SELECT seq, line FROM ledger_lines"))
        present = {line.seq: line.encode().decode() for line in self._lines}
        copies = {seq: line for seq, text in known.items() if (line := _sound(text)) is not None}
        self.told = [line for _, line in sorted({**{line.seq: line for line in self._lines}, **copies}.items())]
        damaged = {number for number, _ in Ledger(self._path.with_name(LEDGER_FILE)).verify()}
        for seq in sorted(known.keys() - present.keys() - damaged):
            yield Problem(where=f"{LEDGER_FILE}:{seq}", what=f"the line that {self._path.name} knows is not there")
        for seq in sorted(present.keys() - known.keys()):
            yield Problem(where=f"{LEDGER_FILE}:{seq}", what=f"{self._path.name} does not know this line")
        for seq in sorted(known.keys() & present.keys()):
            if known[seq] != present[seq]:
                yield Problem(where=f"{LEDGER_FILE}:{seq}", what=f"it is not the line that {self._path.name} knows")

    def _compare(self, kind: str, found: dict[Any, tuple[str, str]], stated: dict[Any, str]) -> Iterator[Problem]:
        """``found``: name → (SHA-256 of what is there, SHA-256 as the store tells it)."""
        self.counts[kind] = len(found)
        for name, (actual, recorded) in found.items():
            if actual != recorded:
                yield self._problem(f"{kind} {name}", "it was changed after it was kept")
            elif name not in stated:
                yield self._problem(f"{kind} {name}", "the ledger does not know it")
            elif stated[name] != recorded:
                yield self._problem(f"{kind} {name}", "it is not the one that the ledger tells of")
        for name in stated:
            if name not in found:
                yield self._problem(f"{kind} {name}", "the ledger tells of it, but it is gone")

    def _statements(self, connection: sqlite3.Connection, stated: dict[Any, str]) -> Iterator[Problem]:
        rows = connection.execute(
            "SELECT key, step, inputs, parameters, version, created, result, sha256 FROM statements ORDER BY key"
        )
        found = {f"{row[1]} {row[0][:12]}": row for row in rows}
        digests = {name: (row_digest(row[:-1]), row[-1]) for name, row in found.items()}
        keys = {row[0]: name for name, row in found.items()}
        yield from self._compare("statement", digests, {keys.get(k, str(k)[:12]): v for k, v in stated.items()})

    def _scenes(self, connection: sqlite3.Connection, stated: dict[Any, str]) -> Iterator[Problem]:
        rows = connection.execute("SELECT id, record, sha256 FROM scenes ORDER BY id")
        found = {name: (hashlib.sha256(record.encode()).hexdigest(), sha256) for name, record, sha256 in rows}
        yield from self._compare("scene", found, stated)

    def _imports(self, connection: sqlite3.Connection, stated: dict[Any, str]) -> Iterator[Problem]:
        found: dict[Any, tuple[str, str]] = {}
        for number, recorded in connection.execute("SELECT number, looks_sha256 FROM imports ORDER BY number"):
            total, first = hashlib.sha256(), True
            for (text,) in connection.execute(
                "SELECT record FROM import_looks WHERE import = ? ORDER BY position", (number,)
            ):
                total.update(b"" if first else b"\n")
                total.update(text.encode())
                first = False
            found[number] = (total.hexdigest(), recorded)
        yield from self._compare("import", found, stated)

    def _searches(self, connection: sqlite3.Connection, stated: dict[Any, str]) -> Iterator[Problem]:
        every = connection.execute("SELECT number, record, items_sha256, sha256 FROM searches ORDER BY number")
        rows = every.fetchall()
        found = {n: (hashlib.sha256(record.encode()).hexdigest(), sha256) for n, record, _, sha256 in rows}
        yield from self._compare("search", found, stated)
        for number, _, listed, _ in rows:
            texts = connection.execute(
                "SELECT record FROM search_items JOIN catalogue_items USING (id, sha256)"
                " WHERE search_items.search = ? ORDER BY position",
                (number,),
            )
            if hashlib.sha256("\n".join(text for (text,) in texts).encode()).hexdigest() != listed:
                yield self._problem(f"search {number}", "what it listed was changed after it was kept")
