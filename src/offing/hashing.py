"""SHA-256 of files, read piece by piece."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from offing.errors import OffingError


def sha256_of(paths: Sequence[Path]) -> str:
    """Hex digest of one file; of several, of their lines ``digest  name`` in the order of the names.

    The digest of several files is that of ``sha256sum NAMES | LC_ALL=C sort -k 2 | sha256sum`` in their folder, so
    anyone can check it without this program. Raises OffingError for a file that cannot be read.
    """
    if not paths:
        raise OffingError("no file to hash")
    if len(paths) == 1:
        return _digest(paths[0])
    lines = sorted((path.name.encode("utf-8", "surrogateescape"), _digest(path)) for path in paths)
    together = hashlib.sha256()
    for name, digest in lines:
        together.update(digest.encode() + b"  " + name + b"\n")
    return together.hexdigest()


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise OffingError(
            f"cannot be read ({error.strerror or error})", where=str(path), fix="check that it is there and readable"
        ) from error
