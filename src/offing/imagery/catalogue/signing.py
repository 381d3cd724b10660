"""Addresses of files that are read with a short-lived signature: Planetary Computer's blobs on Azure.

The signature is put on when a file is read, kept in memory alone and thrown away when it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from offing.errors import NetworkError
from offing.imagery.catalogue.catalogues import Keys
from offing.imagery.catalogue.fields import fields, instant, text
from offing.network import Network, shown

TOKENS = "https://planetarycomputer.microsoft.com/api/sas/v1/token"
_BLOBS = ".blob.core.windows.net"
_EARLY = timedelta(minutes=5)
"""A token is replaced this long before it ends."""
_SHORTEST = timedelta(minutes=1)


class Signer:
    """Signs addresses, asking for one token a storage container. Not shared between threads without a lock."""

    def __init__(
        self,
        network: Network,
        clock: Callable[[], datetime],
        keys: Keys = Keys(),  # noqa: B008 - frozen
        tokens: str = TOKENS,
    ) -> None:
        self._network, self._clock, self._tokens = network, clock, tokens
        key = keys.planetary_computer
        self._headers = {"Ocp-Apim-Subscription-Key": key} if key else {}
        self._kept: dict[tuple[str, str], tuple[datetime, str]] = {}

    def signed(self, href: str, catalogue: str) -> str:
        """``href`` as it can be read: with a signature for Planetary Computer's blobs, else unchanged.

        Raises NetworkError where no token is given.
        """
        where = container(href) if catalogue == "planetary-computer" else None
        return f"{href}?{self._token(*where)}" if where else href

    def _token(self, account: str, name: str) -> str:
        known = self._kept.get((account, name))
        if known and known[0] - _EARLY > self._clock():
            return known[1]
        url = f"{self._tokens}/{account}/{name}"
        reply = fields(self._network.get(url, headers=self._headers, most_bytes=100_000).json())
        token, until = text(reply, "token", most=4000), instant(reply, "msft:expiry")
        if token is None or until is None or any(c in token for c in "?# /") or until < self._clock() + _SHORTEST:
            raise NetworkError("it gives no token that can be used", where=shown(url), fix="try again later")
        self._kept[account, name] = (until, token)
        return token


def container(href: str) -> tuple[str, str] | None:
    """(account, container) of an unsigned blob on Azure; None for any other address."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    host, first = (parts.hostname or "").lower(), parts.path.split("/")[1:2]
    account = host.removesuffix(_BLOBS)
    plain = account.isalnum() and first and first[0].replace("-", "").replace("$", "").isalnum()
    if parts.scheme != "https" or not host.endswith(_BLOBS) or parts.query or not plain:
        return None
    return account, first[0]
