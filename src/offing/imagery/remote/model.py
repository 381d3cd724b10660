"""What reading from other machines may cost, and what it did cost."""

from __future__ import annotations

import threading

from offing.errors import NetworkError
from offing.records import Record


class Limits(Record, frozen=True):
    """The most that reading one item may cost; what comes from the cache costs nothing."""

    most_bytes: int = 200_000_000
    most_requests: int = 500


class Spent(Record, frozen=True):
    """What reading cost."""

    requests: int = 0
    bytes: int = 0
    """Bytes that came over the network."""
    cached_bytes: int = 0
    """Bytes that did not have to."""


class Purse:
    """Counts what is spent, from several threads, and ends it at the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._lock = limits, threading.Lock()
        self._requests = self._bytes = self._cached = 0

    @property
    def spent(self) -> Spent:
        """So far."""
        with self._lock:
            return Spent(requests=self._requests, bytes=self._bytes, cached_bytes=self._cached)

    def spend(self, size: int, where: str) -> None:
        """Before a request for ``size`` bytes. Raises NetworkError where that would be more than allowed."""
        with self._lock:
            if self._bytes + size > self._limits.most_bytes:
                most = f"{self._limits.most_bytes / 1e6:,.0f} MB"
                raise NetworkError(f"more than {most} would be read", where=where, fix="allow more with --max-mb")
            if self._requests + 1 > self._limits.most_requests:
                most = f"{self._limits.most_requests:,} requests"
                raise NetworkError(f"it takes more than {most} to read", where=where, fix="it is not stored in tiles")
            self._bytes += size
            self._requests += 1

    def returned(self, size: int) -> None:
        """Bytes that were allowed for and did not come: the file ended before."""
        with self._lock:
            self._bytes -= size

    def saved(self, size: int) -> None:
        """Bytes that the cache held."""
        with self._lock:
            self._cached += size
