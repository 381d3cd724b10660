"""Requests over guarded connections: redirects by hand, limits on bytes and time, retries that do not hammer."""

from __future__ import annotations

import email.utils
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as SlowError
from urllib3.response import BaseHTTPResponse

from offing import __version__
from offing.errors import NetworkError
from offing.network.addresses import Resolver, host_and_port, shown, system_resolver
from offing.network.bodies import TooLargeError, TornBodyError, read_body
from offing.network.connections import Deadline, Gate, RefusedAddressError, pool_manager
from offing.network.reply import Reply

MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = (429, 500, 502, 503, 504)
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 60.0
_TRAVELS = ("accept", "accept-encoding", "user-agent", "range")
"""Headers that go along to another host; keys and cookies do not."""
_DETAIL = 400
_SIDE_BYTES = 100_000


class _Passing(Exception):  # noqa: N818 - not an error of its own: what a retry is tried for
    """A failure that may have gone the next time."""

    def __init__(self, error: NetworkError, wait_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error, self.wait_s = error, wait_s


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it is sent, and what is known of it for errors."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    most_bytes: int
    called: str | None

    @property
    def where(self) -> str:
        """How its address is shown."""
        return self.called or shown(self.url)


class HttpNetwork:
    """The real ``Network``. Safe to be used by several threads; close it when done."""

    def __init__(
        self,
        *,
        allow: Iterable[str],
        timeout_s: float,
        deadline_s: float,
        retries: int,
        pause: Callable[[float], None],
        resolve: Resolver | None,
        elapsed: Callable[[], float],
        certificates: Path | None,
    ) -> None:
        self._gate = Gate(resolve or system_resolver)
        self._deadline = Deadline(elapsed)
        self._deadline_s, self._retries, self._pause = deadline_s, retries, pause
        self._pools = pool_manager(self._gate, self._deadline, timeout_s, certificates)
        for url in allow:
            self.allow(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._pools.clear()

    def allow(self, url: str) -> None:
        """The host and port of ``url`` may be private from now on: the user named it."""
        self._gate.allow(*host_and_port(url))

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        most_bytes: int = 50_000_000,
        called: str | None = None,
    ) -> Reply:
        """Ask for ``url``; ``called`` names it in errors where its path is a secret. Raises NetworkError."""
        if params:
            url = f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(params)}"
        return self._persist(_request("GET", url, headers, None, most_bytes, called), self._retries)

    def post(
        self,
        url: str,
        *,
        json: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most_bytes: int = 50_000_000,
        search: bool = False,
        called: str | None = None,
    ) -> Reply:
        """Send ``json`` or ``content``; asked again only where it is a ``search``. Raises NetworkError."""
        sent = dict(headers or {})
        if content is None:
            content = msgspec.json.encode(json)
            sent = {"Content-Type": "application/json", **sent}
        request = _request("POST", url, sent, content, most_bytes, called)
        return self._persist(request, self._retries if search else 0)

    def ranged(self, url: str, start: int, stop: int, *, headers: Mapping[str, str] | None = None) -> bytes:
        """Bytes ``start`` to ``stop`` (half-open); fewer only where the file ends before. Raises NetworkError."""
        if not 0 <= start < stop:
            raise ValueError(f"no range of bytes: {start} to {stop}")
        asked = {**(headers or {}), "Range": f"bytes={start}-{stop - 1}", "Accept-Encoding": "identity"}
        reply = self._persist(_request("GET", url, asked, None, stop - start, None), self._retries)
        if not _is_range(reply, start, stop):
            raise NetworkError("it does not give the part of the file that was asked for", where=shown(url))
        return reply.body

    def _persist(self, request: _Request, retries: int) -> Reply:
        """Ask, and ask again after failures that may pass, with waits that double."""
        for attempt in range(retries + 1):
            try:
                return self._follow(request)
            except _Passing as passing:
                if attempt == retries:
                    raise passing.error from passing
                wait = _FIRST_WAIT_S * 2**attempt if passing.wait_s is None else passing.wait_s
                self._pause(min(wait, _LONGEST_WAIT_S))
        raise AssertionError("not reached")

    def _follow(self, request: _Request) -> Reply:
        """Ask and follow redirects, within one deadline."""
        self._deadline.begin(self._deadline_s)
        for _ in range(MOST_REDIRECTS + 1):
            reply = self._once(request)
            if reply.status not in _REDIRECTS:
                return reply
            request = _redirected(request, reply)
        raise NetworkError(f"it redirects more than {MOST_REDIRECTS} times", where=request.where)

    def _once(self, request: _Request) -> Reply:
        """Ask once. Raises NetworkError, or _Passing around one."""
        host_and_port(request.url)
        try:
            response = self._pools.request(
                request.method, request.url, body=request.content, headers=request.headers,
                redirect=False, preload_content=False, decode_content=False,
            )  # fmt: skip
            try:
                body = _body(response, request.most_bytes)
            except BaseException:
                response.close()
                raise
            response.release_conn()
        except TooLargeError as error:
            what = f"its answer is larger than {request.most_bytes:,} bytes"
            raise NetworkError(what, where=request.where) from error
        except (HTTPError, TornBodyError, OSError, UnicodeError, ValueError) as error:
            raise self._failed(request, error) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        reply = Reply(url=request.url, status=response.status, headers=headers, body=body)
        if reply.status >= 400:
            raise _refused(request, reply)
        return reply

    def _failed(self, request: _Request, error: Exception) -> Exception:
        """What a failed attempt is: for good, or perhaps only now."""
        if isinstance(error, RefusedAddressError):
            fix = "name its address yourself if you mean it"
            return NetworkError(f"is not asked: {error}", where=request.where, fix=fix)
        if isinstance(error, SSLError):
            return NetworkError("its certificate cannot be trusted, or its encryption fails", where=request.where)
        if self._deadline.over:
            what = f"its answer took longer than {self._deadline_s:g} s"
            return NetworkError(what, where=request.where, fix="try again later")
        if isinstance(error, (UnicodeError, ValueError)) and not isinstance(error, (HTTPError, OSError)):
            return NetworkError("is no address that can be asked", where=request.where)
        what, fix = "the connection failed", "check the network and try again"
        if isinstance(error, NameResolutionError):
            what, fix = "the host is not found", "check the address and the network"
        elif isinstance(error, SlowError) and not isinstance(error, NewConnectionError):
            what = "it does not answer"
        elif isinstance(error, TornBodyError):
            what = str(error)
        return _Passing(NetworkError(what, where=request.where, fix=fix))


def _body(response: BaseHTTPResponse, most_bytes: int) -> bytes:
    """The body; of a redirect or an error only where it is short, because nothing hangs on it."""
    if 200 <= response.status < 300:
        return read_body(response, most_bytes)
    try:
        return read_body(response, _SIDE_BYTES)
    except (TooLargeError, TornBodyError):
        response.close()
        return b""


def _request(
    method: str, url: str, headers: Mapping[str, str] | None, content: bytes | None, most_bytes: int, called: str | None
) -> _Request:
    sent = {"User-Agent": f"offing/{__version__}", "Accept-Encoding": "gzip", **(headers or {})}
    for name, value in sent.items():
        if not (name + value).isascii() or any(c in name + value for c in "\r\n\0"):
            raise NetworkError(f"header {name[:40]!r} holds characters that cannot be sent", where=called or shown(url))
    return _Request(method=method, url=url, headers=sent, content=content, most_bytes=most_bytes, called=called)


def _redirected(request: _Request, reply: Reply) -> _Request:
    """The request that a redirect asks for. Raises NetworkError for one that is not followed."""
    target = reply.headers.get("location")
    if not target:
        raise NetworkError(f"it redirects (status {reply.status}) to nowhere", where=request.where)
    try:
        url = urljoin(request.url, target)
    except ValueError as error:
        raise NetworkError("it redirects to what is no address", where=request.where) from error
    old, new = host_and_port(request.url), host_and_port(url)
    if _scheme(request.url) == "https" and _scheme(url) != "https":
        raise NetworkError("it redirects from https to http, which is not followed", where=request.where)
    method, content = request.method, request.content
    if method == "POST" and reply.status in (301, 302, 303):
        method, content = "GET", None
    headers = request.headers
    if content is None:
        headers = {n: v for n, v in headers.items() if n.lower() != "content-type"}
    if (old, _scheme(request.url)) != (new, _scheme(url)):
        if content is not None:
            raise NetworkError("it redirects what is sent to another host, which is not followed", where=request.where)
        headers = {n: v for n, v in headers.items() if n.lower() in _TRAVELS}
    return msgspec.structs.replace(request, method=method, url=url, content=content, headers=headers)


def _scheme(url: str) -> str:
    return urlsplit(url).scheme.lower()


def _refused(request: _Request, reply: Reply) -> Exception:
    """The error of a status from 400 up; 429 and failures of the server may pass."""
    words = {401: "it wants a key", 403: "it refuses access", 404: "there is nothing at this address",
             429: "it is asked too often"}  # fmt: skip
    what = f"{words.get(reply.status, 'it answers with an error')} (status {reply.status})"
    fix = "try again later" if reply.status in _AGAIN else None
    text = " ".join(reply.body[: 4 * _DETAIL].decode("utf-8", "replace").split())
    detail = "".join(c for c in text if c.isprintable())[:_DETAIL] or None
    error = NetworkError(what, where=request.where, fix=fix, status=reply.status, detail=detail)
    return _Passing(error, _retry_after(reply.headers)) if reply.status in _AGAIN else error


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, 10.2.3); a date is counted from the server's own clock."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT_S)
    try:
        until = email.utils.parsedate_to_datetime(text)
        now = email.utils.parsedate_to_datetime(headers.get("date", ""))
        return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT_S)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_range(reply: Reply, start: int, stop: int) -> bool:
    """Whether the reply is the part asked for: 206 with a range that fits, or a whole file that is shorter."""
    if reply.status == 200:
        return start == 0
    unit, _, rest = reply.headers.get("content-range", "").partition(" ")
    span, _, total = rest.partition("/")
    first, _, last = span.partition("-")
    if reply.status != 206 or unit != "bytes" or not (first.isdigit() and last.isdigit()):
        return False
    whole = int(last) + 1 == stop or (total.isdigit() and int(last) + 1 == int(total) < stop)
    return int(first) == start and whole and len(reply.body) == int(last) + 1 - start
