"""Errors and warnings on stderr: one line each, whatever the names and values in them hold."""

from __future__ import annotations

import re
import sys
from typing import Literal

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control and direction characters, which could steer a terminal, and what no UTF-8 terminal takes."""
_LONGEST = 1500
"""Characters of a line; the middle of a longer one is left out."""


def say(kind: Literal["error", "warning"], text: str) -> None:
    """``kind: text`` as one line that can be printed anywhere."""
    line = _UNPRINTABLE.sub("\ufffd", " ".join(text.split()))
    if len(line) > _LONGEST:
        line = f"{line[: _LONGEST * 2 // 3]} … {line[-_LONGEST // 3 :]}"
    print(f"{kind}: {line}", file=sys.stderr)  # noqa: T201
