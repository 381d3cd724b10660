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
    errno.ENOSPC: ("the disk is full", "make room and run it again; all is as it was"),
    errno.EDQUOT: ("the disk quota is used up", "make room and run it again; all is as it was"),
    errno.EFBIG: ("the file may not grow any further", "raise the file size limit; all is as it was"),
    errno.EROFS: ("the folder is read-only", "copy the case to a place where you may write"),
    errno.ENAMETOOLONG: ("the name is too long", "give it a shorter one"),
    errno.EACCES: ("permission denied", "copy the case to a place where you may write"),
    errno.EPERM: ("permission denied", "copy the case to a place where you may write"),
}


def explain(error: OSError, path: Path | str | None) -> CaseError:
    """An operating system error as one line about ``path``."""
    said = (error.strerror or str(error), "check the name, and that you may use it")
    what, fix = _REASONS.get(error.errno or 0, said)
    return CaseError(what, where=None if path is None else str(path), fix=fix)


def destination(path: Path) -> Path:
    """The ordinary file, existing or not, that ``path`` is or leads to: what may be replaced as a whole.

    Raises CaseError for a folder, device or pipe: taking the place of ``/dev/null`` would harm the whole machine.
    """
    if path.exists() and not path.is_file():
        what = "it is a folder" if path.is_dir() else "it is no ordinary file"
        raise CaseError(what, where=str(path), fix="name a file to write")
    return Path(os.path.realpath(path))


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file that takes the place of ``path`` when the block ends well, and vanishes when it does not.

    Raises CaseError when it cannot be written.
    """
    try:
        target = destination(path)
        beside = target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}.part")
        try:
            with beside.open("xb") as out:
                if target.exists():
                    beside.chmod(stat.S_IMODE(target.stat().st_mode))
                yield out
                out.flush()
                os.fsync(out.fileno())
            beside.replace(target)
            sync_folder(target.parent)
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
