"""What ``offing gaps`` and ``offing power`` ask alike: lengths of calls and times of day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from offing.looks.call_model import Pattern

_SECONDS = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d):[\d.]+Z$")

LENGTHS_H = (6.0, 12.0, 24.0, 48.0)
"""Calls that are asked about where nobody names a length."""

Lengths = Annotated[tuple[float, ...], Parameter(consume_multiple=True, negative="")]

Dark = Literal["within", "ends"]
"""Wholly within one night, or coming and leaving in the dark."""

WHEN: Mapping[Pattern, str] = {
    "any": "any time",
    "night": "within one night",
    "night-to-night": "comes and leaves in the dark",
}


def by_night(dark: Dark) -> Pattern:
    """The pattern of calls only at night."""
    return "night" if dark == "within" else "night-to-night"


def each(lengths: tuple[float, ...]) -> tuple[float, ...]:
    """The lengths asked about, hours, rising, each once."""
    return tuple(sorted(set(lengths or LENGTHS_H)))


def to_the_minute(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for people: instants without their seconds."""
    return {key: _SECONDS.sub(r"\1Z", value) if isinstance(value, str) else value for key, value in row.items()}
