"""The one place where GDAL opens a file: local raster files of known formats only, in bounded memory.

A file is recognised by its first bytes, never by its name, and only the driver of that format is let near it: no
format that can point at other files or at the network (VRT, WMS …), no sidecar files, no ``/vsi…`` paths.
"""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from offing.errors import OffingError, PictureError
from offing.imagery.archive import check_member, gdal_path, read_member, split

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

BLOCK_BYTES_MAX = 1 << 30
"""Largest stored block that is decoded: more cannot be read piece by piece."""
PLAIN_BYTES_MAX = 1_500_000_000
"""Largest PNG or JPEG: those formats have no blocks, so all of it may have to pass through memory."""
SPARSE_BYTES, SPARSE_RATIO = 20_000_000_000, 1500
"""Pictures larger than this may claim so many times the bytes that they hold (DEFLATE reaches 1030); nobody has time
to search nothing.
"""
CACHE_BYTES = 256 << 20
"""GDAL's block cache (rasterio hands the number on as bytes): a row of blocks of a wide picture fits."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"II*\x00", "GTiff"),
    (b"MM\x00*", "GTiff"),
    (b"II+\x00", "GTiff"),
    (b"MM\x00+", "GTiff"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JP2OpenJPEG"),
    (b"\xff\x4f\xff\x51", "JP2OpenJPEG"),
)
_FORMAT = {"GTiff": "TIFF", "PNG": "PNG", "JPEG": "JPEG", "JP2OpenJPEG": "JPEG 2000"}
_GEO_SUFFIXES = {".tif": "TIFF", ".tiff": "TIFF", ".jp2": "JPEG 2000", ".j2k": "JPEG 2000"}
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\x89HDF", "an HDF5 or netCDF-4 file"),
    (b"CDF", "a netCDF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"RIFF", "a WebP picture"),
    (b"NITF", "a NITF file"),
    (b"SQLite format 3", "a GeoPackage or other SQLite file"),
    (b"<VRTDataset", "a VRT, which only points at other files"),
    (b"<", "XML or HTML"),
    (b"{", "JSON"),
)
_CONVERT = "convert it to GeoTIFF, or download it again if it should be one"
_FOREIGN_FIX = {
    "a ZIP archive": "unpack it and name the picture, or its folder",
    **dict.fromkeys(("a GIF", "a BMP", "a WebP picture"), "save it as PNG, at its full size"),
}
ONE_THREAD = {"JP2OpenJPEG": "1"}
"""Drivers that, in threads of their own, hand out blocks that could not be decoded as if they were pixels."""
open_lock = threading.Lock()
"""Held while a file is opened with warnings filtered: filters are process-wide."""


_here = threading.local()


@contextmanager
def one_gdal_thread() -> Iterator[None]:
    """Reads of this thread without GDAL's own threads, where several of ours read already."""
    _here.threads = "1"
    try:
        yield
    finally:
        del _here.threads


@contextmanager
def gdal(threads: str | None = None) -> Iterator[None]:
    """GDAL set up for hostile files: no directory listing, no sidecars, a small cache, all cores unless ``threads``.

    GDAL's own threads print their failures on the terminal instead of handing them on, so writing wants one thread.
    """
    import rasterio

    threads = threads or getattr(_here, "threads", "ALL_CPUS")

    with rasterio.Env(
        GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR",
        GDAL_PAM_ENABLED="NO",
        GDAL_NUM_THREADS=threads,
        GDAL_CACHEMAX=CACHE_BYTES,
        CPL_VSIL_CURL_ALLOWED_EXTENSIONS=".none",
        GDAL_HTTP_MAX_RETRY="0",
    ):
        yield


def picture_format(path: Path) -> str:
    """The GDAL driver for the file, from its first bytes. Raises PictureError for what is not read here."""
    where = str(path)
    if where.startswith(("/vsi", "\\vsi")) or re.match(r"[A-Za-z]{2,}:/", where):
        raise PictureError("is not a local file", where=where, fix="download it first")
    if re.search("[\ud800-\udfff]", where):
        raise PictureError("has a name that is not UTF-8", where=where, fix="rename it")
    head = _head(path)
    if not head:
        raise PictureError("is empty (0 bytes)", where=where, fix="copy or download it again")
    driver = driver_of(head)
    if driver is not None:
        _check_name(path, driver)
        return driver
    kind = next((name for magic, name in _FOREIGN if head.lstrip().startswith(magic)), "no picture format known here")
    raise PictureError(
        f"is {kind}; offing reads GeoTIFF, COG, JPEG 2000, PNG and JPEG",
        where=where,
        fix=_FOREIGN_FIX.get(kind, _CONVERT),
    )


def driver_of(head: bytes) -> str | None:
    """The GDAL driver for a file by its first bytes; None: no picture format known here."""
    return next((driver for magic, driver in _MAGIC if head.startswith(magic)), None)


def _head(path: Path) -> bytes:
    """The file's first bytes, also of a file in an archive."""
    where = str(path)
    if split(path) is not None:
        return read_member(path, 64, head=True)
    if not path.exists():
        raise PictureError("there is no such file", where=where, fix="check the path")
    if not path.is_file():
        raise PictureError("is not a regular file", where=where, fix="name a picture file")
    try:
        with path.open("rb") as stream:
            return stream.read(64)
    except OSError as error:
        raise PictureError(f"cannot be read ({error.strerror})", where=where, fix="check its permissions") from error


def _check_name(path: Path, driver: str) -> None:
    """A name that promises a georeferenced format must keep the promise; PNG and JPEG may stand for each other."""
    promised = _GEO_SUFFIXES.get(path.suffix.lower())
    if promised is not None and promised != _FORMAT[driver]:
        raise PictureError(
            f"is called {path.suffix} but is a {_FORMAT[driver]}",
            where=str(path),
            fix=f"get the original {promised}, or rename it and give --gcp or --gsd",
        )


def open_raster(path: Path) -> DatasetReader:
    """The file opened read-only by its own format's driver. Raises PictureError."""
    driver = picture_format(path)
    dataset = _open(path, driver)
    try:
        check_size(str(path), dataset, driver, _stored_bytes(path))
    except PictureError:
        dataset.close()
        raise
    return dataset


def _open(path: Path, driver: str) -> DatasetReader:
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        # Filters are process-wide, and other threads open their own handles.
        with open_lock, warnings.catch_warnings(), gdal(ONE_THREAD.get(driver)):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return rasterio.open(gdal_path(path) or path.absolute(), driver=driver)
    except (RasterioError, OSError, ValueError, MemoryError) as error:
        raise PictureError(
            f"cannot be opened as a {_FORMAT[driver]}: {plain(error)}",
            where=str(path),
            fix="the file is cut short or damaged: copy or download it again",
        ) from error


def check_size(where: str, dataset: DatasetReader, driver: str, stored_bytes: int) -> None:
    """Raises PictureError for a picture that is too small, too large for what it holds, or not readable in pieces."""
    width, height = dataset.width, dataset.height
    if dataset.count == 0:
        raise PictureError("holds no bands", where=where, fix="export the bands as one GeoTIFF")
    if any(name.startswith("complex") for name in dataset.dtypes):
        raise PictureError(
            "holds complex values (a single-look complex product)",
            where=where,
            fix="export its intensity or amplitude, for example with SNAP",
        )
    if width < 16 or height < 16:
        raise PictureError(
            f"is {width} × {height} pixels, too small to hold a look", where=where, fix="at least 16 × 16"
        )
    pixel = sum(_item_bytes(dtype) for dtype in dataset.dtypes)
    if driver in {"PNG", "JPEG"} and width * height * pixel > PLAIN_BYTES_MAX:
        raise PictureError(
            f"claims {width} × {height} pixels of {pixel} bytes, too much for a {_FORMAT[driver]}",
            where=where,
            fix="convert it to a tiled GeoTIFF if that is its true size",
        )
    claimed = width * height * pixel
    if claimed > max(SPARSE_BYTES, SPARSE_RATIO * stored_bytes):
        raise PictureError(
            f"claims {width} × {height} pixels ({claimed / 1e9:.0f} GB) and holds next to none of them",
            where=where,
            fix="cut out the part that holds the picture",
        )
    rows, cols = dataset.block_shapes[0]
    together = dataset.count if str(dataset.interleaving or "").lower().endswith("pixel") else 1
    block = rows * cols * together * _item_bytes(dataset.dtypes[0])
    if block > BLOCK_BYTES_MAX:
        raise PictureError(
            f"is stored in blocks of {cols} × {rows} pixels ({block / 1e9:.1f} GB each)",
            where=where,
            fix="convert it to a tiled GeoTIFF (gdal_translate -co TILED=YES)",
        )


def _stored_bytes(path: Path) -> int:
    parts = split(path)
    return path.stat().st_size if parts is None else check_member(*parts).file_size


def _item_bytes(dtype: str) -> int:
    import numpy as np

    return int(np.dtype(dtype).itemsize)


def plain(error: BaseException) -> str:
    """GDAL's complaint without its paths, codes and chains: the shortest clause that says what happened."""
    text = " ".join(str(error.__cause__ or error).split())
    lower = text.lower()
    if isinstance(error, MemoryError) or "memory" in lower or "alloc" in lower:
        return "it asks for more memory than there is"
    if "not recognized" in lower or "not a tiff" in lower or "magic" in lower:
        return "its header is not valid"
    if "directory" in lower:
        return "its directory is not where its header says"
    if any(word in lower for word in ("read error", "truncated", "premature", "eof", "end of file", "past end")):
        return "it ends before its pixels do"
    if any(word in lower for word in ("decod", "inflate", "zip", "lzw", "corrupt", "crc", "jpeg", "block")):
        return "its pixels cannot be decoded"
    return "its contents are not valid"


def read_error(path: Path, error: BaseException) -> OffingError:
    """The error for pixels that could not be decoded."""
    return PictureError(
        f"pixels cannot be read: {plain(error)}",
        where=str(path),
        fix="the file is cut short or damaged: copy or download it again",
    )


def tags_of(dataset: DatasetReader) -> dict[str, str]:
    """The file's own tags, names in upper case, with printable characters only."""
    found: dict[str, str] = {}
    for namespace in ("", "EXIF", "IMAGERY"):
        tags = dataset.tags(ns=namespace) if namespace else dataset.tags()
        found.update({_printable(key).upper(): _printable(value) for key, value in tags.items()})
    return found


def _printable(text: object) -> str:
    """At most 4,000 characters, none of which can steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in str(text)[:4000])
