"""Opening case.gpkg: SQLite set up so that what is committed stays, and every failure is one clear line."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from offing.errors import CaseBusyError, CaseError, StoreError

APPLICATION_ID = 0x47504B47
"""``GPKG``, as the GeoPackage standard asks (OGC 12-128r18, requirement 2)."""
USER_VERSION = 10300
"""GeoPackage 1.3."""
BUSY_MS = 5000
"""How long to wait for another connection's commit, milliseconds."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_COPY = "copy the case to a place where you may write"


@cache
def migrations() -> tuple[tuple[int, str, str], ...]:
    """(number, file name, SQL) of every step of the schema, in order."""
    found = [f for f in files("offing.case.migrations").iterdir() if f.name.endswith(".sql")]
    return tuple(sorted((int(f.name[:4]), f.name, f.read_text(encoding="utf-8")) for f in found))


@contextlib.contextmanager
def guarded(path: Path) -> Iterator[None]:
    """SQLite's errors inside the block as StoreError or CaseBusyError about ``path``."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(error, path) from error
    except OverflowError as error:
        raise StoreError(f"a number is too large to be kept: {error}", where=str(path)) from error
    except UnicodeEncodeError as error:
        raise StoreError("a text that is not Unicode cannot be kept", where=str(path)) from error


def _explain(error: sqlite3.Error, path: Path) -> CaseError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    where = str(path)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CaseBusyError("another process is writing to it", where=where, fix="wait until it is done")
    if code == sqlite3.SQLITE_FULL:
        return StoreError("the disk is full", where=where, fix="make room and run it again; all is as it was")
    if code == sqlite3.SQLITE_READONLY:
        return StoreError("it is read-only", where=where, fix=_COPY)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return StoreError("it cannot be opened", where=where, fix=f"check that you may read it, or {_COPY}")
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            "the disk could not be read or written", where=where, fix="check its room and its health; run offing check"
        )
    if code in _DAMAGED:
        return StoreError("it is damaged, or no GeoPackage", where=where, fix="put back a copy of it")
    return StoreError(f"the store refused: {error}", where=where, fix="run offing check")


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """A connection that trusts nothing in the file's schema. Raises StoreError for a file that is no case store.

    Reading never creates or changes the file. Writing creates it and brings its schema up to date; commits
    are on disk when they return (WAL, synchronous=FULL).
    """
    if path.exists() and not path.is_file():
        raise StoreError("it is no file", where=str(path), fix="put back a copy of case.gpkg")
    with guarded(path):
        connection = _open(path, "rwc" if write else "ro")
        try:
            _check(connection, path, write=write)
            if write:
                connection.execute("PRAGMA journal_mode=WAL").fetchone()
                connection.execute("PRAGMA synchronous=FULL")
        except BaseException:
            connection.close()
            raise
    return connection


def is_older(path: Path) -> bool:
    """Whether ``path`` is a case store whose schema has yet to be brought up to date."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    with guarded(path), contextlib.closing(_open(path, "ro")) as connection:
        number = _schema_number(connection)
    return number is not None and number < migrations()[-1][0]


def _open(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000, isolation_level=None)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def _check(connection: sqlite3.Connection, path: Path, *, write: bool) -> None:
    """The file is ours and its schema is the one that this version knows."""
    empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    latest = migrations()[-1][0]
    if empty and write:
        _create(connection)
        return
    number = _schema_number(connection)
    if number is None:
        raise StoreError("it is no store of a case", where=str(path), fix="put back the case.gpkg that offing made")
    if number > latest:
        raise StoreError("it was made by a newer version of offing", where=str(path), fix="update offing")
    if number < latest and write:
        _migrate(connection, number)
    elif number < latest:
        raise StoreError("it was made by an older version of offing", where=str(path), fix="offing run brings it up")


def _schema_number(connection: sqlite3.Connection) -> int | None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        return None
    known = connection.execute("SELECT 1 FROM sqlite_schema WHERE type='table' AND name='migrations'").fetchone()
    if known is None:
        return None
    return int(connection.execute("SELECT coalesce(max(number), 0) FROM migrations").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    head = (
        f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={USER_VERSION};"
        "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT;"
    )
    _apply(connection, head, 0)


def _migrate(connection: sqlite3.Connection, done: int) -> None:
    _apply(connection, "", done)


def _apply(connection: sqlite3.Connection, head: str, done: int) -> None:
    """All steps after ``done`` in one transaction: the file has the whole schema or the one it had."""
    steps = [
        f"{sql}\nINSERT INTO migrations VALUES ({number}, '{name}', '{hashlib.sha256(sql.encode()).hexdigest()}');"
        for number, name, sql in migrations()
        if number > done
    ]
    try:
        connection.executescript("\n".join(["BEGIN IMMEDIATE;", head, *steps, "COMMIT;"]))
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def close(connection: sqlite3.Connection) -> None:
    """Close, leaving one file that any reader opens, also from a read-only place."""
    with contextlib.suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        # Fails while somebody else reads; then the WAL stays beside the file, complete, and is taken in later.
        connection.execute("PRAGMA busy_timeout=200")
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    connection.close()
