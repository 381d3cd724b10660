"""How likely a call was to meet a usable look at all, from the passes of the free satellites."""

from __future__ import annotations

from offing.looks.power import DAILY_OPTICAL, SENTINEL_1A, SENTINEL_2, chance_of_a_look
from offing.report.model import ChanceRow

CALL_HOURS = (12.0, 24.0, 48.0)
NIGHT_CALL_H = 10.0
NIGHT = (18.5, 5.5)
"""Local hours between which a call "by night" lies: after the evening pass of radar, before the morning one."""


def chance_rows() -> tuple[ChanceRow, ...]:
    """P(at least one usable look) for calls of 12, 24 and 48 h at any time, and for 10 h by night, by kind of pass."""
    return tuple(
        ChanceRow(
            passes=pattern.name,
            by_length=tuple(chance_of_a_look([pattern], hours) for hours in CALL_HOURS),
            by_night=chance_of_a_look([pattern], NIGHT_CALL_H, within=NIGHT),
        )
        for pattern in (SENTINEL_2, SENTINEL_1A, DAILY_OPTICAL)
    )
