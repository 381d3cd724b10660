"""Lines of a file from outside, plain or packed, one at a time and under limits: nothing is ever unpacked whole."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from offing.errors import AisError

LINE_MAX = 20_000
"""Characters of a line; a longer one is none of a table."""
BLOCK = 1 << 18
"""Bytes that are read at a time."""
RATIO_MAX = 200
"""How much smaller than itself a file may be packed: tables of positions shrink to a tenth, bombs to a thousandth."""
PACKED_FREE = 64 << 20
"""Bytes that may come out of any packed file."""
MEMBERS_MAX = 1000
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class Source(Protocol):
    """What bytes come from."""

    def read(self, size: int = ..., /) -> bytes: ...


class Text:
    """The lines of one file, with what had to be mended."""

    def __init__(self, stream: Source, where: str, limit: int | None) -> None:
        self.where = where
        self.mended = 0
        """Lines with bytes that are no UTF-8."""
        self._counted, self._limit = _Counted(stream), limit
        self._stream = io.BufferedReader(self._counted, BLOCK)
        start = self._peek(4)
        wide = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(start[:2])
        self._wide = codecs.getincrementaldecoder(wide)() if wide else None
        if start[:3] == b"\xef\xbb\xbf":
            self._stream.read(3)

    def lines(self) -> Iterator[str]:
        """Each line with its end. Raises AisError for a line without end, a NUL byte, a damaged or harmful file."""
        number = 0
        try:
            for block in self._blocks():
                text = self._decoded(block)
                if "\0" in text or len(block) >= BLOCK + LINE_MAX:
                    self._refuse(text, number)
                lines = text.split("\n")
                for line in lines[:-1]:
                    yield line + "\n"
                if lines[-1]:
                    yield lines[-1]
                number += len(lines) - 1
        except UnicodeDecodeError as error:
            raise AisError("not the text it says it is", where=self.where, fix="save it as UTF-8") from error
        except _DAMAGED as error:
            raise AisError(
                "cannot be read on: it is cut short or damaged", where=f"{self.where}:{number + 1}", fix="get it again"
            ) from error

    def _blocks(self) -> Iterator[bytes]:
        """Whole lines, some hundred kilobytes at a time."""
        rest = b""
        while data := self._read():
            self._check()
            end = data.rfind(b"\n")
            if end < 0:
                rest += data
                if len(rest) >= BLOCK + LINE_MAX:
                    yield rest
                    rest = b""
                continue
            yield rest + data[: end + 1]
            rest = data[end + 1 :]
        if rest:
            yield rest

    def _read(self) -> bytes:
        data = self._stream.read(BLOCK)
        return self._wide.decode(data, final=not data).encode() if self._wide else data

    def _decoded(self, block: bytes) -> str:
        try:
            return block.decode()
        except UnicodeDecodeError:
            self.mended += sum(not _is_utf8(line) for line in block.split(b"\n"))
            return block.decode("utf-8", "replace")

    def _refuse(self, text: str, before: int) -> None:
        for number, line in enumerate(text.split("\n"), start=before + 1):
            if "\0" in line:
                raise AisError("a NUL byte", where=f"{self.where}:{number}", fix="it is damaged: get it again")
            if len(line) >= LINE_MAX:
                raise AisError("a line that is too long", where=f"{self.where}:{number}", fix="name files of AIS")

    def _check(self) -> None:
        if self._limit is not None and self._counted.count > self._limit:
            raise AisError(
                f"more than {self._limit >> 20} MB come out of it: that cannot be a table",
                where=self.where,
                fix="do not trust it; unpack it yourself if it is what it says",
            )

    def _peek(self, size: int) -> bytes:
        try:
            return self._stream.peek(size)[:size]
        except _DAMAGED as error:
            raise AisError(
                "cannot be unpacked: it is cut short or damaged", where=self.where, fix="get it again"
            ) from error


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Counted(io.RawIOBase):
    """A stream that counts what comes out of it."""

    def __init__(self, stream: Source) -> None:
        self._inner = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._inner.read(len(view))
        view[: len(data)] = data
        self.count += len(data)
        return len(data)


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Text]]:
    """The texts in a file: one, or one for each table of a ZIP archive. Raises AisError."""
    if not path.exists():
        raise AisError("there is no such file", where=str(path), fix="check its name")
    if not path.is_file():
        raise AisError("this is no ordinary file", where=str(path), fix="name files of AIS, not a folder")
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
            stream.seek(0)
            yield _texts(path, stream, start)
    except OSError as error:
        raise AisError(f"cannot be read: {error.strerror or error}", where=str(path)) from error


def _texts(path: Path, stream: IO[bytes], start: bytes) -> Iterator[Text]:
    size = path.stat().st_size
    if size == 0:
        raise AisError("it is empty", where=str(path), fix="name a file with AIS in it")
    if start[:2] == b"\x1f\x8b":
        with gzip.open(stream) as inner:
            yield Text(inner, str(path), max(PACKED_FREE, RATIO_MAX * size))
    elif start == b"PK\x03\x04":
        yield from _members(path, stream)
    else:
        yield Text(stream, str(path), None)


def _members(path: Path, stream: IO[bytes]) -> Iterator[Text]:
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and not e.filename.startswith("__MACOSX")]
            if not 0 < len(entries) <= MEMBERS_MAX:
                raise AisError(f"holds {len(entries)} files", where=str(path), fix="unpack what you need of it")
            for entry in entries:
                where = f"{path}/{entry.filename}"
                if entry.flag_bits & 0x1:
                    raise AisError("is encrypted", where=where, fix="unpack it with its password first")
                with archive.open(entry) as inner:
                    yield Text(inner, where, max(PACKED_FREE, RATIO_MAX * entry.compress_size))
    except _DAMAGED as error:
        raise AisError("cannot be unpacked: it is cut short or damaged", where=str(path), fix="get it again") from error
