"""Text from outside, made safe for one format each."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 allows in no form, not even escaped; lone surrogates among it, which no UTF-8 file may hold."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "=", "+", "-", "@")
"""First characters on which a spreadsheet begins to calculate (OWASP, CSV injection), wide forms included."""


def printable(text: str) -> str:
    """``text`` with every character that XML 1.0 forbids replaced by U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def spreadsheet_safe(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: an apostrophe goes in front where one might."""
    cleaned = printable(text).replace("\x00", "")
    if cleaned.lstrip(" \u00a0\ufeff").startswith(_FORMULA_STARTS) or cleaned.startswith(_FORMULA_STARTS):
        return f"'{cleaned}"
    return cleaned


def is_web_address(text: str | None) -> bool:
    """Whether ``text`` may become a link: http or https, with a host, and nothing that ends an attribute."""
    return text is not None and re.fullmatch(r"https?://[^\s/\"'<>\\]+(?:[/?#][^\s\"'<>\\]*)?", text, re.I) is not None
