"""The one way to the network, guarded: what a catalogue answers, links or redirects to is never trusted.

Everything that asks another machine for something is handed a ``Network``. The real one is ``open_network``; it
connects only to public addresses, except for a host and port that the user named, and it ends: every answer has a
limit in bytes and in time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from offing.errors import NetworkError
from offing.network.addresses import Resolver, host_and_port, shown
from offing.network.reply import Reply

if TYPE_CHECKING:
    from offing.network.client import HttpNetwork

MOST_BYTES = 50_000_000
"""Bytes of an answer, unpacked, unless the caller says otherwise."""


class Network(Protocol):
    """What is needed of a network. Every method raises NetworkError; a status from 400 up is one."""

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        most_bytes: int = MOST_BYTES,
        called: str | None = None,
    ) -> Reply:
        """Ask for ``url``; ``called`` names it in errors where its path is a secret."""
        ...

    def post(
        self,
        url: str,
        *,
        json: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most_bytes: int = MOST_BYTES,
        search: bool = False,
        called: str | None = None,
    ) -> Reply:
        """Send ``json`` or ``content`` to ``url``; asked again after a failure only where it is a ``search``."""
        ...

    def ranged(self, url: str, start: int, stop: int, *, headers: Mapping[str, str] | None = None) -> bytes:
        """Bytes ``start`` to ``stop`` (half-open) of a file; fewer only where the file ends before."""
        ...

    def allow(self, url: str) -> None:
        """The host and port of ``url`` may be private from now on: the user named it."""
        ...


def open_network(
    *,
    allow: Iterable[str] = (),
    timeout_s: float = 30.0,
    deadline_s: float = 180.0,
    retries: int = 4,
    pause: Callable[[float], None] = time.sleep,
    resolve: Resolver | None = None,
    elapsed: Callable[[], float] = time.monotonic,
    certificates: Path | None = None,
) -> HttpNetwork:
    """The real network, to be closed when done (it is a context manager).

    ``allow``: addresses that the user named; their host and port may be private. ``timeout_s``: longest silence.
    ``deadline_s``: longest time of one request, its body included. ``retries``: how often a request that may be
    repeated is repeated after 429, 5xx or a broken connection; ``pause`` waits in between. ``resolve``, ``elapsed``
    and ``certificates`` (a file of further trusted roots, PEM) stand for what the system gives.

    Proxies named in the environment are not used: through one, the address that is really asked cannot be checked.
    """
    from offing.network.client import HttpNetwork

    return HttpNetwork(
        allow=allow, timeout_s=timeout_s, deadline_s=deadline_s, retries=retries, pause=pause,
        resolve=resolve, elapsed=elapsed, certificates=certificates,
    )  # fmt: skip


__all__ = ["MOST_BYTES", "Network", "NetworkError", "Reply", "Resolver", "host_and_port", "open_network", "shown"]
