"""Orbital elements from files: two-line elements (TLE) and orbit mean-elements messages (OMM).

TLE: the fixed columns and the checksum of the NORAD format; with or without a line of names, several satellites and
several epochs in a file. OMM: CCSDS 502.0-B as XML, JSON, CSV or key = value text. Everything is checked, nothing is
mended: a file with one bad line is refused, with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from offing.errors import OrbitError
from offing.looks.passes.model import Elements

MOST_BYTES = 5_000_000
"""A file of elements larger than this is refused: the whole public catalogue is smaller."""

_FIX = "get the file anew from its publisher"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_EPOCH = re.compile(r"(\d{2})([ \d]{2}\d\.\d{8})")
_ASSUMED = re.compile(r"([ +-])([ \d]{4}\d)([+-]\d)")


def read_elements(path: Path) -> tuple[Elements, ...]:
    """All element sets of a file, by (satellite number, epoch). Raises OrbitError naming file and line."""
    try:
        if not path.is_file():
            raise OrbitError("there is no such file", where=str(path), fix="check its name")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise OrbitError(error.strerror or "cannot be read", where=str(path)) from error
    if len(content) > MOST_BYTES:
        raise OrbitError(f"larger than {MOST_BYTES // 1_000_000} MB", where=str(path), fix="give only what is needed")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OrbitError("not text", where=str(path), fix=_FIX) from error
    return parse_elements(text, str(path))


def parse_elements(text: str, where: str) -> tuple[Elements, ...]:
    """All element sets in ``text``, by (satellite number, epoch). Raises OrbitError naming ``where`` and the line."""
    start = text.lstrip()[:2000]
    if start.startswith(("<", "{", "[")) or "CCSDS_OMM_VERS" in start or "MEAN_MOTION" in start.split("\n")[0]:
        from offing.looks.passes.messages import messages

        found = [_from_message(fields, spot) for spot, fields in messages(text, where)]
    else:
        found = list(_from_lines(text, where))
    if not found:
        raise OrbitError("holds no orbital elements", where=where, fix="give TLE or OMM text")
    unique = {(e.norad, e.epoch): e for e in found}
    return tuple(unique[key] for key in sorted(unique))


def _from_lines(text: str, where: str) -> Iterator[Elements]:
    name: str | None = None
    first: tuple[int, str] | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line, spot = raw.rstrip(), f"{where}:{number}"
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if first is not None:
            if not line.startswith("2 "):
                raise OrbitError("line 2 of the elements is missing", where=spot, fix=_FIX)
            yield _from_pair(name, first[1], _checked(line, spot), f"{where}:{first[0]}")
            name, first = None, None
        elif line.startswith("1 ") and len(line) > 60:
            first = (number, _checked(line, spot))
        elif line.startswith("2 ") and len(line) > 60:
            raise OrbitError("line 1 of the elements is missing", where=spot, fix=_FIX)
        elif name is None and len(line) <= 60 and line.isprintable():
            name = line.removeprefix("0 ").strip()
        else:
            raise OrbitError(f"{line[:30]!r} is no line of elements", where=spot, fix=_FIX)
    if first is not None or name is not None:
        raise OrbitError("the elements stop short", where=where, fix=_FIX)


def _checked(line: str, spot: str) -> str:
    if len(line) != 69 or not line.isascii():
        raise OrbitError(f"the line has {len(line)} characters where 69 are due", where=spot, fix=_FIX)
    total = sum(int(c) if c.isdigit() else int(c == "-") for c in line[:68]) % 10
    if line[68] != str(total):
        raise OrbitError(f"the checksum is {line[68]!r} where {total} is due", where=spot, fix=_FIX)
    return line


def _from_pair(name: str | None, one: str, two: str, spot: str) -> Elements:
    if one[2:7] != two[2:7]:
        raise OrbitError("the two lines are of different satellites", where=spot, fix=_FIX)
    return Elements(
        name=name,
        norad=_satellite_number(one[2:7], spot),
        epoch=_epoch(one[18:32], spot),
        drag=_assumed_point(one[53:61], spot),
        inclination_deg=_number(two[8:16], "inclination", spot),
        node_deg=_number(two[17:25], "node", spot),
        eccentricity=_number("0." + two[26:33].replace(" ", "0"), "eccentricity", spot),
        perigee_deg=_number(two[34:42], "perigee", spot),
        anomaly_deg=_number(two[43:51], "mean anomaly", spot),
        revolutions=_number(two[52:63], "mean motion", spot),
        origin=spot,
    )


def _satellite_number(text: str, spot: str) -> int:
    """The catalogue number; above 99,999 its first digit is a letter (Alpha-5, without I and O)."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    head, tail = text[0], text[1:]
    if head in letters and tail.isdigit():
        return (letters.index(head) + 10) * 10_000 + int(tail)
    if text.strip().isdigit():
        return int(text)
    raise OrbitError(f"{text!r} is no catalogue number", where=spot, fix=_FIX)


def _epoch(text: str, spot: str) -> datetime:
    """Two digits of the year (57–99: 1957–1999) and the day of the year with its fraction."""
    match = _EPOCH.fullmatch(text)
    day = float(match[2]) if match else 0.0
    if match is None or not 1.0 <= day < 367.0:
        raise OrbitError(f"{text!r} is no epoch", where=spot, fix=_FIX)
    year = int(match[1]) + (1900 if int(match[1]) >= 57 else 2000)
    return datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1.0)


def _assumed_point(text: str, spot: str) -> float:
    """``-12345-6`` is −0.12345 × 10⁻⁶."""
    match = _ASSUMED.fullmatch(text)
    if match is None:
        raise OrbitError(f"{text!r} is no drag term", where=spot, fix=_FIX)
    return float(f"{match[1].strip()}0.{match[2].replace(' ', '0')}e{match[3]}")


def _number(text: str, what: str, spot: str) -> float:
    if not _NUMBER.fullmatch(text.strip()):
        raise OrbitError(f"{text.strip()[:30]!r} is no number for the {what}", where=spot, fix=_FIX)
    return float(text)


def _from_message(fields: Mapping[str, str], spot: str) -> Elements:
    """An element set from the keywords of an OMM."""
    for key, due in (
        ("CENTER_NAME", "EARTH"),
        ("REF_FRAME", "TEME"),
        ("TIME_SYSTEM", "UTC"),
        ("MEAN_ELEMENT_THEORY", "SGP4"),
    ):
        given = fields.get(key, "").strip().upper()
        if given and given not in (due, "SGP/SGP4" if due == "SGP4" else due):
            raise OrbitError(f"{key} is {given[:30]!r} where {due} is due", where=spot, fix="give SGP4 mean elements")

    def value(key: str) -> float:
        if not fields.get(key, "").strip():
            raise OrbitError(f"{key} is missing", where=spot, fix=_FIX)
        return _number(fields[key], key, spot)

    norad = value("NORAD_CAT_ID")
    if not norad < 1e9:
        raise OrbitError("NORAD_CAT_ID is no catalogue number", where=spot, fix=_FIX)
    return Elements(
        name=" ".join(fields.get("OBJECT_NAME", "").split())[:60] or None,
        norad=int(norad),
        epoch=_message_epoch(fields.get("EPOCH", ""), spot),
        drag=value("BSTAR") if fields.get("BSTAR", "").strip() else 0.0,
        inclination_deg=value("INCLINATION"),
        node_deg=value("RA_OF_ASC_NODE"),
        eccentricity=value("ECCENTRICITY"),
        perigee_deg=value("ARG_OF_PERICENTER"),
        anomaly_deg=value("MEAN_ANOMALY"),
        revolutions=value("MEAN_MOTION"),
        origin=spot,
    )


def _message_epoch(text: str, spot: str) -> datetime:
    try:
        epoch = datetime.fromisoformat(text.strip())
        return epoch.replace(tzinfo=UTC) if epoch.tzinfo is None else epoch.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise OrbitError(f"{text[:30]!r} is no epoch", where=spot, fix=_FIX) from error
