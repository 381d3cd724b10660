"""A clean copy of case.gpkg: one file, without the write-ahead log beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from offing.errors import StoreError
from offing.exchange.files import fill_atomically


def write_gpkg(store: Path, path: Path) -> Path:
    """Copy the GeoPackage ``store`` to ``path``, also while it is being written to, and return ``path``.

    SQLite's backup takes what was committed, the log included. Raises StoreError, OSError.
    """
    if path.resolve() == store.resolve():
        raise StoreError("the export would replace the case's own store", where=str(path), fix="give another path")
    return fill_atomically(path, lambda temporary: _copy(store, temporary))


def _copy(store: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            copy.execute("VACUUM")
    except sqlite3.Error as error:
        raise StoreError(f"cannot be copied ({error})", where=str(store), fix="run offing check on the case") from error
