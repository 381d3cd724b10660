"""Connections of urllib3 that go only where they may, to the very address that was checked, and end in time.

The classes are made for each network, because they carry its gate and its deadline, and so that a test run that
replaces ``socket.socket`` is obeyed.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

from offing.network.addresses import Resolver, is_public

_SILENCE_FLOOR_S = 0.001


class RefusedAddressError(HTTPError):
    """The host resolves to an address that may not be asked."""


class Deadline(threading.local):
    """When the request that this thread makes has to be over."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._end: float | None = None

    def begin(self, seconds: float) -> None:
        """Give the request that begins now ``seconds``."""
        self._end = self._elapsed() + seconds

    def left(self, most: float | None) -> float:
        """Seconds that one wait may last, at most ``most``. Raises TimeoutError when there are none."""
        end = self._end
        left = 3600.0 if end is None else end - self._elapsed()
        if left <= 0.0:
            raise TimeoutError("it took too long as a whole")
        return max(_SILENCE_FLOOR_S, left if most is None else min(left, most))

    @property
    def over(self) -> bool:
        """Whether there is no time left."""
        return self._end is not None and self._end <= self._elapsed()


class Gate:
    """Which addresses may be connected to."""

    def __init__(self, resolve: Resolver) -> None:
        self._resolve = resolve
        self._named: set[tuple[str, int]] = set()

    def allow(self, host: str, port: int) -> None:
        """Let ``host:port`` be private."""
        self._named.add((host, port))

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host. Raises RefusedAddressError when one of them is not public; OSError."""
        found = list(self._resolve(host, port))
        if not found:
            raise socket.gaierror("it has no address")
        if (host.lower().rstrip("."), port) not in self._named and not all(is_public(a) for a in found):
            raise RefusedAddressError("it lies in a private or reserved network")
        return found


def pool_manager(gate: Gate, deadline: Deadline, timeout_s: float, certificates: Path | None) -> urllib3.PoolManager:
    """Pools whose connections ask ``gate`` first and keep to ``deadline``; certificates are always verified."""
    plain, secure = _plain_socket(deadline, timeout_s), _tls_socket(deadline, timeout_s)

    @cache  # the roots take 0.1 s to read, which asking over plain http does without
    def context() -> ssl.SSLContext:
        return _tls_context(secure, certificates)

    def connect(connection: HTTPConnection) -> socket.socket:
        return _connect(connection, gate, deadline, timeout_s, plain)

    class Plain(HTTPConnection):
        _new_conn = connect

    class Secure(HTTPSConnection):
        _new_conn = connect

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

        def __init__(self, host: str, port: int | None = None, **options: Any) -> None:  # noqa: ANN401
            super().__init__(host, port, **{**options, "ssl_context": context()})

    manager = urllib3.PoolManager(num_pools=64, maxsize=16, retries=False, timeout=urllib3.Timeout(timeout_s))
    manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return manager


def _tls_context(secure: type[ssl.SSLSocket], certificates: Path | None) -> ssl.SSLContext:
    """Trusts the roots of the system, of certifi and of ``certificates``; verifies certificate and host name."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if certificates is not None:
        context.load_verify_locations(certificates)
    context.sslsocket_class = secure
    return context


def _connect(
    connection: HTTPConnection, gate: Gate, deadline: Deadline, timeout_s: float, plain: type[socket.socket]
) -> socket.socket:
    """A socket to the first address that answers, among those that the gate has just checked."""
    host, port = connection.host.strip("[]"), int(connection.port or connection.default_port)
    try:
        addresses = gate.addresses(host, port)
    except (OSError, UnicodeError) as error:
        raise NameResolutionError(host, connection, socket.gaierror(str(error))) from error
    failure: OSError = OSError("no address answered")
    for address in addresses:
        made = plain(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.settimeout(deadline.left(timeout_s))
            made.connect((address, port))
        except OSError as error:
            made.close()
            failure = error
        except BaseException:
            made.close()
            raise
        else:
            return made
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, "it does not answer") from failure
    raise NewConnectionError(connection, str(failure)) from failure


def _plain_socket(deadline: Deadline, timeout_s: float) -> type[socket.socket]:
    class PlainSocket(socket.socket):
        def recv_into(self, *arguments: Any) -> int:  # noqa: ANN401
            self.settimeout(deadline.left(timeout_s))
            return super().recv_into(*arguments)

    return PlainSocket


def _tls_socket(deadline: Deadline, timeout_s: float) -> type[ssl.SSLSocket]:
    class TlsSocket(ssl.SSLSocket):
        def recv_into(self, *arguments: Any) -> int:  # noqa: ANN401
            self.settimeout(deadline.left(timeout_s))
            return super().recv_into(*arguments)

    return TlsSocket
