"""Which addresses may be asked, and how an address is shown without its secrets."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from offing.errors import NetworkError

Resolver = Callable[[str, int], Sequence[str]]
"""(host, port) → its IP addresses as text. Raises OSError."""

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER = (
    ipaddress.ip_network("0.0.0.0/8"),
    ipaddress.ip_network("100.64.0.0/10"),  # shared address space, RFC 6598
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),  # relays of 6to4
    ipaddress.ip_network("198.18.0.0/15"),
    ipaddress.ip_network("::/96"),  # IPv4-compatible, withdrawn
    ipaddress.ip_network("64:ff9b:1::/48"),  # NAT64 of a local network, RFC 8215
    ipaddress.ip_network("2001::/23"),  # Teredo and other special use
    ipaddress.ip_network("fec0::/10"),
)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; those that carry an IPv4 address are judged by it."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    if any(ip.version == net.version and ip in net for net in _NEVER):
        return False
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    return ip.is_global and not special and not ip.is_unspecified


def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses that the operating system gives for a host, in its order."""
    found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def host_and_port(url: str) -> tuple[str, int]:
    """Host in lower case and port of an address that may be asked.

    Raises NetworkError for another scheme than http and https, for an address without host and for one that holds a
    user name or password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NetworkError("is no address", where=shown(url), fix="write https://…") from error
    if parts.scheme.lower() not in _PORTS:
        raise NetworkError("is no address of http or https", where=shown(url), fix="write https://…")
    if not host:
        raise NetworkError("names no host", where=shown(url), fix="write https://…")
    if "@" in parts.netloc:
        raise NetworkError("holds a user name or password", where=shown(url), fix="leave them out of the address")
    if any(c in "\\%" or c.isspace() or not c.isprintable() for c in host):
        raise NetworkError("names a host that cannot be one", where=shown(url), fix="write https://…")
    return host.lower().rstrip("."), _PORTS[parts.scheme.lower()] if port is None else port


def shown(url: str) -> str:
    """The address without user, password, query and fragment, cut to what a line can show."""
    try:
        parts = urlsplit(url)
        plain = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        plain = url.partition("?")[0].rpartition("@")[2]
    text = "".join(c if c.isprintable() and not c.isspace() else "?" for c in plain)
    return text if len(text) <= 200 else f"{text[:199]}…"
