"""Files whose bytes must not change: evidentiary copies, clips and their descriptions."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from offing.case.files import explain, replacing
from offing.case.model import KeptFile
from offing.errors import CaseError, LedgerError

SOURCES = "sources"
"""Folder of the evidentiary copies."""
SCENES = "scenes"
"""Folder of the clips and their STAC items."""
REPORT = "report"

_CHUNK = 1 << 20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


def hash_file(path: Path) -> tuple[str, int]:
    """(SHA-256 in hex, size in bytes) of an ordinary file. Raises CaseError."""
    try:
        if path.exists() and not path.is_file():
            raise CaseError("this is no ordinary file", where=str(path), fix="name a file")
        total, size = hashlib.sha256(), 0
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                total.update(chunk)
                size += len(chunk)
    except FileNotFoundError as error:
        raise CaseError("there is no such file", where=str(path), fix="check its name") from error
    except ValueError as error:
        raise CaseError("this is no file name", where=repr(str(path))) from error
    except OSError as error:
        raise explain(error, path) from error
    return total.hexdigest(), size


def describe(root: Path, path: Path) -> KeptFile:
    """A file that already lies in the case folder ``root``, with its hash. Raises CaseError when it does not."""
    try:
        relative = path.resolve().relative_to(root.resolve())
    except ValueError as error:
        raise CaseError("this file is not in the case folder", where=str(path)) from error
    sha256, size = hash_file(path)
    return KeptFile(path=relative.as_posix(), sha256=sha256, bytes=size)


def copy(root: Path, path: Path) -> tuple[KeptFile, bool]:
    """An untouched, read-only copy of ``path`` in ``sources/``, named by its SHA-256; and whether it is new.

    Raises CaseError, and LedgerError when a copy of that name is there with other bytes.
    """
    folder = root / SOURCES
    sha256, size = hash_file(path)
    suffix = path.suffix.lower() if _SUFFIX.fullmatch(path.suffix) else ""
    present = sorted(folder.glob(f"{sha256}*")) if folder.is_dir() else []
    target = present[0] if present else folder / f"{sha256}{suffix}"
    kept = KeptFile(path=f"{SOURCES}/{target.name}", sha256=sha256, bytes=size, name=printable(path.name))
    if present:
        if hash_file(target)[0] != sha256:
            raise LedgerError("this evidentiary copy was altered", where=str(target), fix="run offing check")
        return kept, False
    _write_copy(path, target, sha256)
    return kept, True


def printable(name: str) -> str:
    """A file name that can be written down: bytes that are no UTF-8 are escaped."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _write_copy(path: Path, target: Path, sha256: str) -> None:
    total = hashlib.sha256()
    try:
        target.parent.mkdir(exist_ok=True)
        source = path.open("rb")
    except OSError as error:
        raise explain(error, path) from error
    with source, replacing(target) as out:
        while chunk := source.read(_CHUNK):
            total.update(chunk)
            out.write(chunk)
        if total.hexdigest() != sha256:
            raise CaseError("it changed while it was copied", where=str(path), fix="run it again")
        Path(out.name).chmod(0o444)
