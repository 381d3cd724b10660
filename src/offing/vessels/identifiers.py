"""IMO numbers and MMSIs: digits that can be checked without asking anyone."""

from __future__ import annotations

import re

from offing.errors import CaseFileError

_IMO = re.compile(r"(?:IMO ?)?([0-9]{7})(?: ?\(unverified\))?")
_MMSI = re.compile(r"(?:MMSI ?)?([0-9]{9})(?: ?\(unverified\))?")


def imo_digits(text: str) -> str | None:
    """The seven digits of an IMO number as it was written, ``IMO`` before or ``(unverified)`` behind; else None."""
    found = _IMO.fullmatch(text.strip())
    return found[1] if found else None


def mmsi_digits(text: str) -> str | None:
    """The nine digits of an MMSI as it was written, ``MMSI`` before or ``(unverified)`` behind; else None."""
    found = _MMSI.fullmatch(text.strip())
    return found[1] if found else None


def imo_check_digit(digits: str) -> int:
    """The seventh digit that the first six ask for: the last of their sum weighted 7 to 2 (IMO Res. A.1117(30))."""
    return sum(int(d) * w for d, w in zip(digits[:6], range(7, 1, -1), strict=True)) % 10


def check_imo(text: str | None) -> None:
    """Raises CaseFileError for what can be no ship's IMO number; None is none given."""
    if text is None:
        return
    digits = imo_digits(text)
    if digits is None:
        raise CaseFileError(f"imo {text[:40]!r} is not seven digits", fix="write them in quotes, such as '9179842'")
    wanted = imo_check_digit(digits)
    if int(digits[6]) != wanted or not int(digits):
        raise CaseFileError(
            f"imo {text[:40]!r} cannot be right: its last digit checks the others and would be {wanted}",
            fix="compare it with the source, or leave it out",
        )


def check_mmsi(text: str | None) -> None:
    """Raises CaseFileError for what can be no ship's MMSI; None is none given."""
    if text is None:
        return
    digits = mmsi_digits(text)
    if digits is None or not int(digits):
        raise CaseFileError(
            f"mmsi {text[:40]!r} is not nine digits above 0", fix="compare it with the source, or leave it out"
        )
