"""Parts of remote files on disk, by what the server says is their content; a part that was torn is no part.

Every part is a file of its own, written beside and renamed, and carries the SHA-256 of its bytes: two processes may
write the same one, and one that was cut short or altered is thrown away when it is read. The oldest go when there are
too many.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path

MOST_BYTES = 2_000_000_000
"""Bytes kept, unless said otherwise."""
_DIGEST = hashlib.sha256().digest_size


def default_folder() -> Path:
    """``OFFING_CACHE``, or the folder that the system has for caches."""
    if stated := os.environ.get("OFFING_CACHE"):
        return Path(stated)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "offing" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "offing"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "offing"


class PartCache:
    """Parts of files in ``folder``; a folder that cannot be written to holds nothing, and reading goes on without."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most_bytes = folder / "parts", most_bytes

    def get(self, content: str, start: int, stop: int) -> bytes | None:
        """The bytes of a range of a content; None: not kept."""
        path = self._path(content, start, stop)
        try:
            kept = path.read_bytes()
            data, digest = kept[:-_DIGEST], kept[-_DIGEST:]
            if len(data) == stop - start and hashlib.sha256(data).digest() == digest:
                os.utime(path)
                return data
            path.unlink()
        except OSError:
            return None
        return None

    def put(self, content: str, start: int, data: bytes) -> None:
        """Keep a range."""
        path = self._path(content, start, start + len(data))
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            number, part = tempfile.mkstemp(prefix=".", dir=path.parent)
            try:
                with os.fdopen(number, "wb") as stream:
                    stream.write(data + hashlib.sha256(data).digest())
                os.replace(part, path)  # noqa: PTH105 - the atomic rename is the point
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise

    def trim(self) -> None:
        """Let the parts go that were not used for longest, until the rest fits."""
        found = []
        for path in self._folder.glob("*/*/*"):
            with contextlib.suppress(OSError):  # another process was faster
                state = path.stat()
                found.append((state.st_mtime_ns, state.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._most_bytes:
                break
            total -= size
            with contextlib.suppress(OSError):
                path.unlink()
                path.parent.rmdir()

    def _path(self, content: str, start: int, stop: int) -> Path:
        return self._folder / content[:2] / content / f"{start}-{stop}"
