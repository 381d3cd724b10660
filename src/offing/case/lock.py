"""One writer at a time: a lock that the system lets go of when its process ends, however it ends."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from offing.case.files import explain
from offing.errors import CaseBusyError, CaseError

LOCK_FILE = ".lock"
"""Empty; SQLite's own file locking is used on it because it works alike on every system."""


class WriterLock:
    """Held from ``take`` to ``release`` or the end of the process."""

    def __init__(self, root: Path, file: str = LOCK_FILE, holder: str = "another offing command is at work on") -> None:
        """``file``: name in ``root``; ``holder``: how an error begins when another process holds it."""
        self._root, self._file, self._holder = root, file, holder
        self._connection: sqlite3.Connection | None = None

    def take(self) -> None:
        """Raises CaseBusyError when another process holds the case, CaseError where no lock can be kept."""
        path = self._root / self._file
        try:
            path.touch()
        except OSError as error:
            raise explain(error, self._root) from error
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(path, timeout=0.2, isolation_level=None)
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
                raise explain(OSError(errno.ENOSPC, ""), self._root) from error
            if code != sqlite3.SQLITE_BUSY:
                raise CaseError("the lock file cannot be used", where=str(path), fix="remove it") from error
            raise CaseBusyError(
                f"{self._holder} this case",
                where=str(self._root),
                fix="wait until it is done, or end it",
            ) from error
        self._connection = connection

    def release(self) -> None:
        """Let go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
