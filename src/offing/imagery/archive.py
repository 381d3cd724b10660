"""Files within a ZIP archive, read in place: nothing is ever unpacked, and no name can lead out of the archive.

A file in an archive is written as a path that goes on behind the archive's: ``X.zip/X.SAFE/manifest.safe``.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path, PurePosixPath

from offing.errors import PictureError

ENTRIES_MAX = 10_000
MEMBER_BYTES_MAX = 16 << 30
"""Largest file in an archive that is read; a measurement of 25,000 × 20,000 pixels has 1 GB."""
RATIO_MAX = 200
"""How much smaller than itself a file may be stored: pictures and tables shrink to a tenth, bombs to a thousandth."""
_SAFE_NAME = re.compile(r"[A-Za-z0-9._()+ -]{1,200}")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def split(path: Path) -> tuple[Path, str] | None:
    """(archive, name within it) of a path that goes on behind a file; None: a plain path."""
    for parent in path.parents:
        if parent.is_file():
            return parent, path.relative_to(parent).as_posix()
        if parent.is_dir():
            return None
    return None


def members(archive: Path) -> tuple[str, ...]:
    """Names of the files in an archive. Raises PictureError for one that is damaged or built to do harm."""
    found = archive.absolute()
    return tuple(_entries(found, found.stat().st_mtime_ns))


def check_member(archive: Path, name: str) -> zipfile.ZipInfo:
    """The entry of a file. Raises PictureError when it is not there, encrypted, or larger than it can be in truth."""
    where = f"{archive}/{name}"
    found = archive.absolute()
    entry = _entries(found, found.stat().st_mtime_ns).get(name)
    if entry is None:
        raise PictureError("there is no such file in the archive", where=where, fix="download the product again")
    if entry.flag_bits & 0x1:
        raise PictureError("is encrypted", where=where, fix="unpack it with its password first")
    if entry.compress_type not in _METHODS:
        raise PictureError(
            "is packed in a way not read here", where=where, fix="unpack the archive and name the folder"
        )
    bomb = entry.file_size > RATIO_MAX * max(entry.compress_size, 1) and entry.file_size > 1 << 20
    if entry.file_size > MEMBER_BYTES_MAX or bomb:
        raise PictureError(
            f"claims {entry.file_size} bytes, packed into {entry.compress_size}: that cannot be true",
            where=where,
            fix="download the product again from its source",
        )
    return entry


def read_member(path: Path, limit: int, *, head: bool = False) -> bytes:
    """The bytes of a file in an archive, at most ``limit``; with ``head`` its first ones, else more is an error."""
    parts = split(path)
    if parts is None:
        raise PictureError("there is no such file", where=str(path), fix="check the path")
    archive, name = parts
    entry = check_member(archive, name)
    if entry.file_size > limit and not head:
        raise PictureError(
            f"has {entry.file_size} bytes, far more than such a file has", where=str(path), fix="download it again"
        )
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(entry) as stream:
            return stream.read(limit)
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise PictureError(
            "cannot be unpacked: the archive is cut short or damaged", where=str(path), fix="download it again"
        ) from error


def gdal_path(path: Path) -> str | None:
    """The name by which GDAL reads a file in an archive, once it is checked; None: a plain path."""
    parts = split(path)
    if parts is None:
        return None
    archive, name = parts
    check_member(archive, name)
    if "{" in str(archive) or "}" in str(archive):
        raise PictureError("has a brace in its name", where=str(archive), fix="rename the archive")
    return f"/vsizip/{{{archive.absolute()}}}/{name}"


@lru_cache(maxsize=8)
def _entries(archive: Path, stamp: int) -> dict[str, zipfile.ZipInfo]:
    """The files by name; ``stamp`` makes a changed archive a new one."""
    del stamp
    try:
        with zipfile.ZipFile(archive) as opened:
            listed = opened.infolist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError) as error:
        raise PictureError(
            "is a ZIP archive that is cut short or damaged", where=str(archive), fix="download it again"
        ) from error
    if len(listed) > ENTRIES_MAX:
        raise PictureError(
            f"holds {len(listed)} files, more than any product", where=str(archive), fix="unpack what you need of it"
        )
    files: dict[str, zipfile.ZipInfo] = {}
    for entry in listed:
        if entry.is_dir():
            continue
        if not _harmless(entry) or entry.filename in files:
            raise PictureError(
                "holds names that lead out of it or are there twice",
                where=str(archive),
                fix="do not trust it; download the product from its source",
            )
        files[entry.filename] = entry
    return files


def _harmless(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    plain = all(_SAFE_NAME.fullmatch(p) and p not in {".", ".."} for p in parts)
    return bool(parts) and plain and not link and "/".join(parts) == entry.filename
