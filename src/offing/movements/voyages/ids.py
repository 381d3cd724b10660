"""Names for port calls, which have none of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from offing.movements.model import PortCall
from offing.timespan import iso


def call_ids(calls: Sequence[PortCall]) -> tuple[str, ...]:
    """``site/ship/first seen``, with a number where several such calls lie side by side; in the order of ``calls``."""
    seen: Counter[str] = Counter()
    found = []
    for call in calls:
        name = f"{call.site}/{call.vessel or call.vessel_class}/{iso(call.arrived_before)}"
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}/{seen[name]}")
    return tuple(found)
