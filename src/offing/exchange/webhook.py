"""The news of a watch as a small JSON document, sent to an address that the user named.

::

    {"offing": "0.1.0", "id": "urn:uuid:…", "time": "2026-11-22T06:00:00Z", "case": "Sealift to Dunai",
     "simulated": false, "text": "one sentence\\nanother",
     "changes": [{"kind": "verdict", "subject": "nis-lift-1/destination", "text": "one sentence",
                  "before": "not-observable", "after": "consistent", "evidence": ["look:a"], "simulated": false}]}

``id`` is also sent as the header ``Idempotency-Key``. A message may come twice, after a crash or a lost reply; it then
has the same id. The address often holds a secret, also in its path: only its host is ever shown.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from offing import __version__
from offing.case.told import Message
from offing.errors import NetworkError, OffingError
from offing.network import Network
from offing.timespan import iso

MOST_CHANGES = 500
"""That a document lists; ``text`` says how many more there were."""
_MOST_BYTES = 1_000_000


class Webhook:
    """A channel that posts each message to ``url``."""

    name = "webhook"

    def __init__(self, network: Network, url: str) -> None:
        """The host of ``url`` may be private. Raises OffingError when it is no web address."""
        try:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError
            self._called = f"the webhook at {parts.hostname}"
            network.allow(url)
        except (ValueError, NetworkError):
            raise OffingError(
                "the address of the webhook is none", where="--webhook", fix="write https://HOST/PATH"
            ) from None
        self._network, self._url = network, url

    def tell(self, message: Message) -> None:
        """Post the message. Raises NetworkError, which does not show the address."""
        headers = {"Idempotency-Key": message.id}
        reply = self._network.post(
            self._url, json=document(message), headers=headers, most_bytes=_MOST_BYTES, called=self._called
        )
        if reply.url != self._url:
            raise NetworkError("it redirects", where=self._called, fix="name the address that it leads to")


def document(message: Message) -> dict[str, object]:
    """What is sent: no pictures, nobody's name but what the case's title holds."""
    lines = [change.text for change in message.changes[:MOST_CHANGES]]
    if len(message.changes) > MOST_CHANGES:
        lines.append(f"and {len(message.changes) - MOST_CHANGES} more")
    return {
        "offing": __version__,
        "id": message.id,
        "time": iso(message.time),
        "case": message.case,
        "simulated": message.simulated,
        "text": "\n".join(lines),
        "changes": message.changes[:MOST_CHANGES],
    }
