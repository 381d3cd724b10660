"""Writing so that a crash or a full disk leaves the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from offing.errors import CaseError

_REASONS = {
    errno.ENOSPC: ("the disk is full", "make room and run it again; the case is as it was"),
    errno.EDQUOT: ("the disk quota is used up", "make room and run it again; the case is as it was"),
    errno.EFBIG: ("the file may not grow any further", "raise the file size limit; the case is as it was"),
    errno.EROFS: ("the folder is read-only", "copy the case to a place where you may write"),
    errno.EACCES: ("permission denied", "copy the case to a place where you may write"),
    errno.EPERM: ("permission denied", "copy the case to a place where you may write"),
}


def explain(error: OSError, path: Path) -> CaseError:
    """An operating system error as one line about ``path``."""
    what, fix = _REASONS.get(error.errno or 0, (error.strerror or str(error), None))
    return CaseError(what, where=str(path), fix=fix)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file that takes the place of ``path`` when the block ends well, and vanishes when it does not.

    Raises CaseError when it cannot be written.
    """
    beside = path.with_name(f".{path.name[:40]}.{secrets.token_hex(6)}.part")
    try:
        try:
            with beside.open("xb") as out:
                if path.exists():
                    beside.chmod(stat.S_IMODE(path.stat().st_mode))
                yield out
                out.flush()
                os.fsync(out.fileno())
            beside.replace(path)
            sync_folder(path.parent)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise explain(error, path) from error


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
