"""Values out of JSON that somebody else wrote: what has another type than expected is not there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from offing.errors import TimeError
from offing.timespan import parse_instant

Fields = Mapping[str, Any]
"""A JSON object."""

_NOTHING: Fields = {}


def fields(value: object) -> Fields:
    """An object, empty where it is none."""
    return value if isinstance(value, dict) else _NOTHING


def entries(value: object) -> list[Any]:
    """An array, empty where it is none."""
    return value if isinstance(value, list) else []


def text(source: Fields, *names: str, most: int = 200) -> str | None:
    """The first of these that is text, on one line; None: none is, or it is longer than ``most``."""
    for name in names:
        value = source.get(name)
        if isinstance(value, str) and 0 < len(value) <= most and value.isprintable():
            return value.strip() or None
    return None


def number(source: Fields, *names: str) -> float | None:
    """The first of these that is a finite number; True and False are none."""
    for name in names:
        value = source.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e18:
            return float(value)
    return None


def within(value: float | None, low: float, high: float) -> float | None:
    """The number where it lies between the bounds, which belong to it."""
    return value if value is not None and math.isfinite(value) and low <= value <= high else None


def whole(source: Fields, *names: str, low: int = 0, high: int = 10**9) -> int | None:
    """The first of these as a whole number within bounds."""
    value = within(number(source, *names), low, high)
    return int(value) if value is not None and value == int(value) else None


def instant(source: Fields, *names: str) -> datetime | None:
    """The first of these that is a time, in UTC, to the millisecond."""
    for name in names:
        written = text(source, name, most=64)
        if written is None:
            continue
        try:
            time = parse_instant(written)[0].astimezone(UTC)
        except (TimeError, ValueError, OverflowError):
            continue
        return time.replace(microsecond=time.microsecond // 1000 * 1000)
    return None


def listing(names: Iterable[str], most: int = 3) -> str:
    """Some of many names, for a note."""
    kept = list(names)
    rest = f" and {len(kept) - most} more" if len(kept) > most else ""
    return ", ".join(kept[:most]) + rest
