"""What another machine answered."""

from __future__ import annotations

from typing import Any

import msgspec

from offing.errors import NetworkError
from offing.records import Record


class Reply(Record, frozen=True):
    """A whole answer."""

    url: str
    """Address that gave it, after redirects; may hold secrets, so it is shown with ``offing.network.shown``."""
    status: int
    """HTTP status, below 400."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    """Unpacked."""

    def json(self) -> Any:  # noqa: ANN401 - whatever the other side wrote
        """The body as JSON. Raises NetworkError."""
        from offing.network.addresses import shown

        try:
            return msgspec.json.decode(self.body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise NetworkError(
                "what it answered is no JSON", where=shown(self.url), fix="check that it is the address of an API"
            ) from error
