"""A remote GeoTIFF or JPEG 2000 file opened by GDAL, which asks this program for bytes and never the network."""

from __future__ import annotations

import io
import itertools
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rasterio.abc import FileContainer

from offing.errors import OffingError, PictureError
from offing.imagery.model import Box
from offing.imagery.raster import check_size, driver_of, gdal, open_lock, plain
from offing.imagery.remote.content import Content
from offing.imagery.remote.ranges import Range

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

FORMATS = ("GTiff", "JP2OpenJPEG")
"""What may be read piece by piece."""
_numbers = itertools.count()
_FIX = "look for the picture in another catalogue, or download it whole and add it with offing scenes add"


class RemotePicture:
    """An open remote file. It belongs to the thread that opened it."""

    def __init__(self, dataset: DatasetReader, content: Content, files: _Files) -> None:
        self.dataset, self.content, self._files = dataset, content, files

    def fetch_blocks(self, box: Box, indexes: tuple[int, ...]) -> None:
        """Have the stored blocks of a window, asked for together where they lie together. Raises as ``Content``.

        JPEG 2000 does not say where its blocks are: GDAL finds them as it reads.
        """
        if self.dataset.driver == "GTiff":
            with self.guarded():
                ranges = [r for index in indexes for r in self._blocks(box, index)]
            self.content.fetch(ranges)

    def _blocks(self, box: Box, index: int) -> Iterator[Range]:
        rows, cols = self.dataset.block_shapes[index - 1]
        for row in range(box.row0 // rows, (box.row1 - 1) // rows + 1):
            for col in range(box.col0 // cols, (box.col1 - 1) // cols + 1):
                offset = self.dataset.get_tag_item(f"BLOCK_OFFSET_{col}_{row}", "TIFF", bidx=index)
                size = self.dataset.get_tag_item(f"BLOCK_SIZE_{col}_{row}", "TIFF", bidx=index)
                if offset and size and int(size) > 0:
                    yield int(offset), int(offset) + int(size)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Around every read: what went wrong with the network comes out as it was, not as GDAL saw it."""
        with _explained(self.content.name, self._files):
            yield


@contextmanager
def open_remote(content: Content) -> Iterator[RemotePicture]:
    """The file, opened by its own format's driver. Raises PictureError and NetworkError."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    driver = driver_of(content.head)
    if driver not in FORMATS:
        raise PictureError("is no GeoTIFF, COG or JPEG 2000", where=content.name, fix=_FIX)
    files = _Files(content)
    with gdal(threads="1"):
        # Filters are process-wide, and other threads open files too.
        with _explained(content.name, files), open_lock, warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            dataset = rasterio.open(f"offing-{next(_numbers)}/picture", driver=driver, opener=files)
        try:
            check_size(content.name, dataset, driver, content.size)
            yield RemotePicture(dataset, content, files)
        finally:
            dataset.close()


@contextmanager
def _explained(name: str, files: _Files) -> Iterator[None]:
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    try:
        yield
    except (RasterioError, CPLE_BaseError, OSError, ValueError, MemoryError, SystemError) as error:
        if files.failure is not None:
            raise files.failure from error
        raise PictureError(f"cannot be read: {plain(error)}", where=name, fix=_FIX) from error
    if files.failure is not None:
        raise files.failure


class _Files(FileContainer):  # type: ignore[misc]
    """What GDAL may open: one file, for reading."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._thread = threading.get_ident()
        self.failure: OffingError | None = None
        """Why a read failed: GDAL itself cannot be told."""

    def open(self, path: str, mode: str = "rb", **_: object) -> _Stream:  # noqa: ARG002
        if mode != "rb":
            raise OSError("only for reading")
        return _Stream(self)

    def piece(self, start: int, stop: int) -> bytes:
        """Bytes for GDAL; none after a failure, which ends its reading."""
        assert threading.get_ident() == self._thread
        if self.failure is not None:
            return b""
        try:
            return self._content.read(start, stop)
        except OffingError as error:
            self.failure = error
            return b""

    def isdir(self, path: str) -> bool:  # noqa: ARG002
        return False

    def isfile(self, path: str) -> bool:  # noqa: ARG002
        return True

    def ls(self, path: str) -> list[str]:  # noqa: ARG002
        return []

    def mtime(self, path: str) -> int:  # noqa: ARG002
        return 0

    def rm(self, path: str) -> None:  # noqa: ARG002
        raise OSError("only for reading")

    def size(self, path: str = "") -> int:  # noqa: ARG002
        return self._content.size


class _Stream(io.RawIOBase):
    """The file as a stream."""

    def __init__(self, files: _Files) -> None:
        self._files, self._at = files, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}.get(whence, self._files.size())
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._files.size()
        stop = end if size is None or size < 0 else min(self._at + size, end)
        data = self._files.piece(self._at, stop)
        self._at += len(data)
        return data
