"""case.gpkg: what was found, in one SQLite file that is also a valid GeoPackage.

Reading needs nothing but the file. Writing happens inside ``Store.hold()`` (or ``Case.writing()``),
which one process at a time can enter. Every method that writes is one transaction with one line in
the ledger: when it returns, both are on disk; when it raises, or the process dies in it, neither
holds, or the next ``hold`` brings the ledger in step with what was committed.

Write API (all need ``hold``; ``at`` is the clock's UTC time and goes into the record and the ledger):

- ``put_statement(key=, step=, inputs=, parameters=, version=, result=, at=)`` → Statement
- ``add_scene(scene, kept, at=, read=)`` → bool
- ``add_import(name=, kept=, looks=, sites=, at=)`` → ImportOutcome
- ``add_search(found, at=)`` → KeptSearch
- ``project(results, at=)``: replaces all current results at once
- ``record(kind, payload, at=)``: a ledger line alone
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from offing.case import database, layers
from offing.case.imports import current_looks, settle
from offing.case.ledger import UNFINISHED, Ledger, LedgerLine, parse_line
from offing.case.lock import WriterLock
from offing.case.model import ImportOutcome, KeptFile, KeptSearch, Results, Statement
from offing.case.reading import StoreReader
from offing.case.tables import fill, put_results, result_rows, results_digest, statement_row
from offing.errors import LedgerError, OffingError, OffingWarning, StoreError
from offing.imagery.catalogue.model import Found
from offing.imagery.model import Scene
from offing.looks.model import Look
from offing.sites import Site
from offing.timespan import iso


class Store(StoreReader):
    """The store of one case, for reading until ``hold`` is entered."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        super().__init__(path)
        self.ledger = ledger
        self._lock = WriterLock(path.parent)
        self._depth = 0
        self._held = False

    # Opening and closing

    @contextlib.contextmanager
    def hold(self) -> Iterator[Store]:
        """Hold the case for writing; may be entered again inside itself.

        On entry, what a crash left unfinished in the ledger is put in order (with a warning that says what was
        done). The file itself is opened for writing, and created or brought up to date, by the first write: a
        command that fails before leaves every byte as it was.
        Raises CaseBusyError when another process holds it, StoreError, LedgerError, CaseError.
        """
        if self._depth == 0:
            self._begin()
        self._depth += 1
        try:
            yield self
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._end()

    def require_hold(self) -> None:
        """Raises StoreError outside ``hold``."""
        if not self._held:
            raise StoreError("it is open for reading only", where=str(self.path), fix="hold the case to write to it")

    def prepare(self) -> None:
        """Create the file, or bring it up to date, if that is still to be done. Needs ``hold``."""
        self._writing()

    def _begin(self) -> None:
        self._lock.take()
        self._held = True
        try:
            if database.is_older(self.path):
                self.prepare()
            self._reconcile(say=True)
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        if self._writer is not None:
            database.close(self._writer)
            self._writer = None
        self._held = False
        self._lock.release()

    def _writing(self) -> sqlite3.Connection:
        self.require_hold()
        if self._writer is None:
            self.close()
            self._writer = database.connect(self.path, write=True)
        return self._writer

    # Writing: each is one transaction and one ledger line

    def put_statement(
        self,
        *,
        key: str,
        step: str,
        inputs: Mapping[str, Any],
        parameters: Mapping[str, Any],
        version: str,
        result: object,
        at: datetime,
    ) -> Statement:
        """Keep the result of a step for ever; ``result`` is a record, or a tuple or list of records.

        A key that is there already with the same result is left as it is.
        Raises StoreError when the same key comes with another result: the step is not reproducible.
        """
        text = msgspec.json.encode(result).decode()
        made = Statement(
            key=key, step=step, inputs=dict(inputs), parameters=dict(parameters), version=version, created=at,
            result=text,
        )  # fmt: skip
        old = self.statement(key)
        if old is not None:
            if old.result != text:
                raise StoreError(f"step {step!r} gave another result for the same inputs", where=str(self.path))
            return old
        row = statement_row(made)
        with self._transaction("statement", at) as (connection, payload):
            connection.execute("INSERT INTO statements VALUES (?,?,?,?,?,?,?,?)", row)
            payload.update(key=key, step=step, version=version, sha256=row[-1])
        return made

    def add_scene(
        self, scene: Scene, kept: Sequence[KeptFile], *, at: datetime, read: Mapping[str, Any] | None = None
    ) -> bool:
        """Add a scene with the files that make it up (clip, STAC item …), whose hashes go into the ledger.

        ``read`` goes there too: where it was read from over a network, and how much of it.

        False: the very same scene is there already and nothing was done.
        Raises StoreError when another scene has that id.
        """
        text = msgspec.json.encode(scene).decode()
        known = self._rows("SELECT record FROM scenes WHERE id = ?", (scene.id,))
        if known:
            if known[0][0] != text:
                raise StoreError(f"there is another scene {scene.id!r} already", where=str(self.path))
            return False
        with self._transaction("scene-added", at) as (connection, payload):
            connection.execute("INSERT INTO scenes VALUES (?,?,?)", (scene.id, text, _sha(text)))
            layers_of = layers.footprint(scene)
            marks = ",".join("?" * len(layers_of))
            connection.execute(f"INSERT INTO footprints VALUES (NULL,{marks})", layers_of)  # noqa: S608
            self._bounds(connection, ("footprints",), at)
            connection.execute("DELETE FROM state WHERE name = 'results'")
            payload.update(scene=scene.id, sha256=_sha(text), simulated=scene.simulated, files=_files(kept))
            if read:
                payload.update(read=dict(read))
        return True

    def add_import(
        self, *, name: str, kept: KeptFile, looks: Sequence[Look], sites: Sequence[Site], at: datetime
    ) -> ImportOutcome:
        """Keep the looks of an observations table, and make them the current ones.

        The very bytes that hold already: nothing is done. Looks of earlier imports with the same id are replaced;
        an earlier version of the file of the same name that shares any look is superseded as a whole. Looks at
        pictures stay. ``sites`` gives the looks their place on the map.
        """
        self.require_hold()
        connection = self._connection() or self._writing()
        with database.guarded(self.path):
            plan = settle(connection, name, kept.sha256, [look.id for look in looks])
        if plan.unchanged:
            return plan
        texts = [msgspec.json.encode(look).decode() for look in looks]
        with self._transaction("observations-imported", at) as (connection, payload):
            content = hashlib.sha256("\n".join(texts).encode()).hexdigest()
            row = (plan.number, name, kept.sha256, iso(at), content)
            connection.execute("INSERT INTO imports VALUES (?,?,?,?,?)", row)
            connection.executemany(
                "INSERT INTO import_looks VALUES (?,?,?,?)",
                ((plan.number, i, look.id, text) for i, (look, text) in enumerate(zip(looks, texts, strict=True))),
            )
            self._refresh_looks(connection, sites, at)
            payload.update(
                number=plan.number, name=name, looks=len(looks), sha256=content, files=_files([kept]),
                replaced=len(plan.replaced), withdrawn=len(plan.withdrawn), superseded=list(plan.superseded),
                results=results_digest(connection),
            )  # fmt: skip
        return plan

    def add_search(self, found: Found, *, at: datetime) -> KeptSearch:
        """Keep what a catalogue answered, with all that it listed, also where that is nothing or an error."""
        texts = [msgspec.json.encode(item).decode() for item in found.items]
        rows = [(item.id, _sha(text)) for item, text in zip(found.items, texts, strict=True)]
        record, content = msgspec.json.encode(found.answer).decode(), _sha("\n".join(texts))
        site = found.answer.query.site
        with self._transaction("catalogue-searched", at) as (connection, payload):
            number = int(connection.execute("SELECT coalesce(max(number), 0) + 1 FROM searches").fetchone()[0])
            connection.execute("INSERT INTO searches VALUES (?,?,?,?,?)", (number, site, record, content, _sha(record)))
            connection.executemany(
                "INSERT OR IGNORE INTO catalogue_items VALUES (?,?,?,?)",
                ((number, *row, text) for row, text in zip(rows, texts, strict=True)),
            )
            connection.executemany(
                "INSERT INTO search_items VALUES (?,?,?,?)", ((number, i, *row) for i, row in enumerate(rows))
            )
            connection.execute("DELETE FROM state WHERE name = 'results'")
            payload.update(
                number=number, site=site, url=found.answer.url, matched=found.answer.matched, items=len(rows),
                complete=found.answer.complete, stopped=found.answer.stopped, sha256=_sha(record),
                items_sha256=content,
            )  # fmt: skip
        return KeptSearch(number=number, answer=found.answer, items=len(rows))

    def project(self, results: Results, *, at: datetime) -> None:
        """Make ``results`` the current ones: all layers and all that the read methods give, at once."""
        with self._transaction("results", at) as (connection, payload):
            connection.execute("DELETE FROM results")
            for kind, entries in result_rows(results).items():
                put_results(connection, kind, entries)
            for layer, rows in layers.rows(results).items():
                fill(connection, layer, rows)
            self._bounds(connection, layers.LAYERS, at)
            connection.execute("INSERT OR REPLACE INTO state VALUES ('results', ?)", (results.key,))
            counts = {kind: len(entries) for kind, entries in result_rows(results).items()}
            payload.update(key=results.key, counts=counts, results=results_digest(connection))

    def record(self, kind: str, payload: Mapping[str, Any], *, at: datetime) -> LedgerLine:
        """Write a line into the ledger that nothing else in the store belongs to."""
        with self._transaction(kind, at) as (_, content):
            content.update(payload)
        last = self.ledger.tail().last
        assert last is not None
        return last

    # Inside

    @contextlib.contextmanager
    def _transaction(self, kind: str, at: datetime) -> Iterator[tuple[sqlite3.Connection, dict[str, Any]]]:
        """A transaction whose ledger line, with the payload filled in by the block, is committed with it.

        The line is on disk, unacknowledged, before the commit, and acknowledged after it; whatever happens in
        between, ``_reconcile`` knows from the store whether it counts.
        """
        connection = self._writing()
        payload: dict[str, Any] = {}
        with database.guarded(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection, payload
                line = self.ledger.prepare(kind, payload, at)
                row = (line.seq, line.encode().decode())
                connection.execute("INSERT INTO ledger_lines VALUES (?,?)", row)
                connection.execute("COMMIT")
                self.ledger.confirm(line)
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                with contextlib.suppress(OffingError, sqlite3.Error):
                    self._reconcile(say=False)
                raise

    def _reconcile(self, *, say: bool) -> None:
        """Bring the ledger's end in step with what the store has committed. Raises LedgerError."""
        rows = self._rows("SELECT seq, line FROM ledger_lines ORDER BY seq DESC LIMIT 1")
        stored = parse_line(rows[0][1].encode()) if rows else None
        count = stored.seq if stored else 0
        tail = self.ledger.tail()
        if tail.pending is not None and tail.pending == stored:
            self.ledger.confirm(tail.pending)
        elif tail.pending is not None or tail.torn:
            self.ledger.drop_tail()
            _say(f"{self.ledger.path.name}: {UNFINISHED}", say)
        last = self.ledger.tail().last
        reached = last.seq if last else 0
        if reached > count:
            raise LedgerError(
                f"it has {reached} lines, {self.path.name} knows {count}: the two are not of the same state",
                where=str(self.ledger.path),
                fix="put back the copies that belong together",
            )
        if last is not None and self._line(reached) != last:
            raise LedgerError(
                f"line {reached} is not the one that {self.path.name} knows",
                where=str(self.ledger.path),
                fix="run offing check",
            )
        for seq in range(reached + 1, count + 1):
            self.ledger.restore(self._line(seq))
        if reached < count:
            lost = f"{count - reached} of its last lines were missing"
            _say(f"{self.ledger.path.name}: {lost} and were written again from {self.path.name}", say)

    def _line(self, seq: int) -> LedgerLine:
        rows = self._rows("SELECT line FROM ledger_lines WHERE seq = ?", (seq,))
        if not rows:
            raise StoreError(f"ledger line {seq} is missing from it", where=str(self.path), fix="run offing check")
        return parse_line(str(rows[0][0]).encode())

    def _refresh_looks(self, connection: sqlite3.Connection, sites: Sequence[Site], at: datetime) -> None:
        """Current looks = those at pictures as they were, and the imported ones as they now are."""
        kept = [look for look in self.looks() if look.scene is not None]
        imported = [self._decode(Look, text) for text in current_looks(connection).values()]
        looks = sorted([*kept, *imported], key=lambda x: (x.time, x.site, x.id))
        connection.execute("DELETE FROM results WHERE kind = 'look'")
        put_results(connection, "look", looks)
        places = {site.id: layers.point(*site.position) for site in sites}
        fill(connection, "looks", layers.look_rows(looks, places))
        self._bounds(connection, ("looks",), at)
        connection.execute("DELETE FROM state WHERE name = 'results'")

    @staticmethod
    def _bounds(connection: sqlite3.Connection, names: Iterable[str], at: datetime) -> None:
        """Extent and time of change of the layers, as the standard's table of contents tells them."""
        for name in names:
            box: tuple[float | None, ...] = (None,) * 4
            if name not in ("verdicts", "claim_verdicts"):
                box = layers.extent(row[0] for row in connection.execute(f"SELECT geom FROM {name}"))  # noqa: S608
            connection.execute(
                "UPDATE gpkg_contents SET last_change=?, min_x=?, min_y=?, max_x=?, max_y=? WHERE table_name=?",
                (layers.stamp(at), *box, name),
            )


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _files(kept: Iterable[KeptFile]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(file) for file in kept]


def _say(text: str, loud: bool) -> None:
    if loud:
        warnings.warn(text, OffingWarning, stacklevel=2)
