"""Times as AIS archives write them: ISO 8601, seconds since 1970, or dates with slashes in either order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.errors import AisError

DateOrder = Literal["iso", "day-first", "month-first", "epoch"]
"""How a table writes its times. None of them says a zone that is not UTC; ISO ones may."""
Seconds = NDArray[np.float64]
_SLASHED = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$")
_PLAIN = re.compile(r"[0-9TZ:. -]*")
_NUMBER = re.compile(r"^\d{9,13}(?:\.\d+)?$")


def order_of(samples: Iterable[str], given: Literal["auto", "day-first", "month-first"], where: str) -> DateOrder:
    """How these times are written. Raises AisError where day and month cannot be told apart, or none is a time."""
    firsts, seconds = 0, 0
    seen = False
    for text in samples:
        if match := _SLASHED.match(text.strip()):
            seen, firsts, seconds = True, max(firsts, int(match[1])), max(seconds, int(match[2]))
        elif _NUMBER.match(text.strip()):
            return "epoch"
        elif seconds_of(text, "iso") is not None:
            return "iso"
    if not seen:
        raise AisError("no time that can be read", where=where, fix="write times as YYYY-MM-DDThh:mm:ssZ")
    if given != "auto":
        return given
    if (firsts > 12) == (seconds > 12):
        raise AisError(
            "its dates may have the day or the month first", where=where, fix="say --dates day-first or month-first"
        )
    return "day-first" if firsts > 12 else "month-first"


def column_seconds(column: Sequence[str], order: DateOrder) -> Seconds:
    """Seconds since 1970 of a column; NaN where there is no time."""
    if order == "iso":
        joined = "".join(column)
        # Where a zone is written, or anything else than a date and a time, each is read by itself.
        if _PLAIN.fullmatch(joined) and joined.count("-") == 2 * len(column):
            try:
                plain = np.array([t[:-1] if t.endswith("Z") else t for t in column], "datetime64[ms]")
                return np.where(np.isnat(plain), np.nan, plain.astype(np.int64) / 1000.0)
            except ValueError:
                pass
    found = [seconds_of(t, order) for t in column]
    return np.array([np.nan if s is None else s for s in found])


def seconds_of(text: str, order: DateOrder) -> float | None:
    """Seconds since 1970; None: no such time."""
    text = text.strip()
    try:
        if order == "epoch":
            value = float(text) if _NUMBER.match(text) else float("nan")
            value = value / 1000.0 if value > 1e11 else value
            return value if value == value else None
        if order == "iso":
            text = text.removesuffix(" UTC").removesuffix(" utc")
            if len(text) < 13:
                return None
            found = datetime.fromisoformat(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        match = _SLASHED.match(text)
        if match is None:
            return None
        first, second = int(match[1]), int(match[2])
        day, month = (first, second) if order == "day-first" else (second, first)
        hour, minute, sec = int(match[4]), int(match[5]), int(match[6] or 0)
        return datetime(int(match[3]), month, day, hour, minute, sec, tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return None
