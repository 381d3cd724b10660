"""The clock as something that is handed in: results carry the time they are given, never one they looked up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Says what time it is, in UTC."""


def system_clock() -> datetime:
    """The machine's time in UTC. Only the command line hands it in."""
    return datetime.now(UTC)
