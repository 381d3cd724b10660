"""The bytes of one remote file, asked for range by range, checked to be of one and the same file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from offing.errors import NetworkError, PictureError
from offing.imagery.remote.cache import PartCache
from offing.imagery.remote.model import Purse
from offing.imagery.remote.ranges import Held, Range, merged
from offing.network import Network, Reply, shown

FIRST_BYTES = 64 << 10
"""What is read first: headers of COGs of 10,980² pixels take 3–20 kB."""
CHUNK_BYTES = 64 << 10
"""Reads that nobody announced are rounded to this."""
FILE_BYTES_MAX = 1 << 42
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


class Content:
    """A remote file of fixed content. One thread at a time may use it.

    ``url`` may hold a signature; errors and the cache know only its address. Raises NetworkError where the server
    refuses, does not give parts of files, or gives others than were asked for; PictureError where the file changes
    while it is read.
    """

    def __init__(self, network: Network, url: str, purse: Purse, cache: PartCache | None = None) -> None:
        self._network, self._url, self._purse, self._cache = network, url, purse, cache
        self.name = shown(url)
        self._held = Held()
        self._etag: str | None = None
        self._changed: str | None = None
        self.size = 0
        self._start()

    @property
    def etag(self) -> str | None:
        """What the server calls this content; None: it does not say."""
        return self._etag

    @property
    def head(self) -> bytes:
        """The first bytes."""
        return self.read(0, min(64, self.size))

    def read(self, start: int, stop: int) -> bytes:
        """Bytes of a range, fewer where the file ends before."""
        stop = min(stop, self.size)
        if start >= stop:
            return b""
        data = self._held.read(start, stop)
        if data is None:
            first, last = start // CHUNK_BYTES * CHUNK_BYTES, -(-stop // CHUNK_BYTES) * CHUNK_BYTES
            self.fetch([(at, at + CHUNK_BYTES) for at in range(first, last, CHUNK_BYTES)])
            data = self._held.read(start, stop)
        assert data is not None
        return data

    def write_held(self, path: Path) -> None:
        """Write what is here into a file of the full size, each part where it lies; the rest of it is nothing.

        Raises OSError.
        """
        with path.open("r+b" if path.exists() else "wb") as stream:
            stream.truncate(self.size)
            for start, data in self._held.parts():
                stream.seek(start)
                stream.write(data)

    def fetch(self, ranges: Iterable[Range]) -> None:
        """Have these ranges, in as few requests as is sensible."""
        wanted = sorted({(start, min(stop, self.size)) for start, stop in ranges if start < min(stop, self.size)})
        missing = [r for r in wanted if self._held.read(*r) is None and not self._from_cache(r)]
        for start, stop in merged(missing):
            data = self._ask(start, stop).body
            for low, high in missing:
                if start <= low and high <= stop:
                    self._keep(low, data[low - start : high - start])

    def _from_cache(self, wanted: Range) -> bool:
        key = self._key
        data = self._cache.get(key, *wanted) if self._cache is not None and key is not None else None
        if data is None:
            return False
        self._purse.saved(len(data))
        self._held.add(wanted[0], data)
        return True

    def _keep(self, start: int, data: bytes) -> None:
        self._held.add(start, data)
        if self._cache is not None and self._key is not None:
            self._cache.put(self._key, start, data)

    @property
    def _key(self) -> str | None:
        """Names the content in the cache; None: the server does not say when it changes."""
        if self._etag is None and self._changed is None:
            return None
        parts = urlsplit(self._url)
        text = "\n".join([parts.netloc, parts.path, self._etag or "", self._changed or "", str(self.size)])
        return hashlib.sha256(text.encode()).hexdigest()

    def _start(self) -> None:
        """The first bytes, and with them what the file is."""
        reply = self._get(0, FIRST_BYTES)
        if reply.status == 200:
            self.size = len(reply.body)  # the whole file, which is small: a larger one would not have come through
        else:
            first, stop, self.size = self._placed(reply)
            expected = min(FIRST_BYTES, self.size)
            if (first, stop) != (0, expected) or len(reply.body) != expected or self.size > FILE_BYTES_MAX:
                raise self._other_part()
        if self.size == 0:
            raise PictureError("is empty (0 bytes)", where=self.name, fix="look for the picture in another catalogue")
        self._etag, self._changed = reply.headers.get("etag"), reply.headers.get("last-modified")
        if self._etag is not None and self._etag.startswith("W/"):
            self._etag = None  # a weak one stays the same when bytes change
        self._held.add(0, reply.body)

    def _ask(self, start: int, stop: int) -> Reply:
        """A range of the file as it was at the start."""
        reply = self._get(start, stop)
        if reply.status == 200:
            raise self._no_parts()
        first, last, size = self._placed(reply)
        etag, changed = reply.headers.get("etag"), reply.headers.get("last-modified")
        strong = etag if etag is None or not etag.startswith("W/") else None
        if size != self.size or strong != self._etag or changed != self._changed:
            raise PictureError("changed while it was read", where=self.name, fix="read it again")
        if (first, last) != (start, stop) or len(reply.body) != stop - start:
            raise self._other_part()
        return reply

    def _get(self, start: int, stop: int) -> Reply:
        self._purse.spend(stop - start, self.name)
        headers = {"Range": f"bytes={start}-{stop - 1}", "Accept-Encoding": "identity"}
        try:
            reply = self._network.get(self._url, headers=headers, most_bytes=stop - start)
        except NetworkError as error:
            if error.what.startswith("its answer is larger"):
                raise self._no_parts() from error
            raise
        self._purse.returned(stop - start - len(reply.body))
        return reply

    def _placed(self, reply: Reply) -> tuple[int, int, int]:
        """(first byte, byte after the last, size of the file) of a part, as the server says."""
        found = _RANGE.fullmatch(reply.headers.get("content-range", "").strip())
        if reply.status != 206 or found is None:
            raise self._other_part()
        return int(found[1]), int(found[2]) + 1, int(found[3])

    def _no_parts(self) -> NetworkError:
        fix = "download it whole and add it with offing scenes add"
        return NetworkError("its server does not give parts of files", where=self.name, fix=fix)

    def _other_part(self) -> NetworkError:
        what = "its server does not give the part of the file that was asked for"
        return NetworkError(what, where=self.name, fix="try again later, or look in another catalogue")
