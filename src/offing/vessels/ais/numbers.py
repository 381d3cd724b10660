"""Whose number an identity is."""

from __future__ import annotations

import re

_NINE = re.compile(r"^\d{9}(?:\.0+)?$")


def ship_number(text: str) -> str | None:
    """The MMSI of a ship, nine digits that begin with a country's (201 to 775, ITU-R M.585); None: no ship's."""
    text = text.strip()
    if not _NINE.match(text):
        return None
    digits = text[:9]
    return digits if 201 <= int(digits[:3]) <= 775 and digits[3:] != "000000" else None


def why_no_ship(text: str) -> str:
    """What a number that is no ship's is, in a few words for a count."""
    text = text.strip()
    digits = text[:9]
    if not _NINE.match(text) or set(digits) == {"0"}:
        return "MMSI 0 or malformed"
    if digits.startswith(("00", "111", "97", "98", "99")):
        return "MMSI of a shore station, buoy, aircraft, beacon or tender"
    return "MMSI of no country"
