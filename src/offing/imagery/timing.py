"""When a picture was taken, from its tags and its name; a date without a time of day stays a hint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from offing.errors import TimeError
from offing.records import Record
from offing.timespan import parse_instant

_TAGS = (
    "OFFING_TIME",
    "ACQUISITION_TIME",
    "ACQUISITION_DATETIME",
    "ACQUISITIONDATETIME",
    "ACQUISITION_DATE_TIME",
    "ACQUISITION_START_TIME",
    "SENSING_TIME",
    "SENSING_START_TIME",
    "PRODUCT_START_TIME",
    "FIRST_LINE_TIME",
    "START_DATETIME",
    "DATETIME",
    "ACQUIRED",
    "ACQUISITION_DATE",
    "ACQUISITION",
)
"""Tags that state the acquisition, best first (the second last may be a date alone)."""
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FULL = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_]?([01]\d)[-_]?([0-3]\d)(?:[Tt]|[ _-]|(?=\d{6}(?!\d)))"
    r"([0-2]\d)[:_-]?([0-5]\d)[:_-]?([0-6]\d)(?!\d)"
)
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)([01]\d)\2([0-3]\d)(?!\d)")
_MAXAR = re.compile(r"(?<![0-9A-Za-z])(\d\d)(" + "|".join(_MONTHS) + r")(\d\d)([0-2]\d)([0-5]\d)([0-6]\d)(?!\d)", re.I)
_PRODUCT = re.compile(r"^(S1[A-D]|S2[A-D]|S3[A-D]|LC0|\d{8}_\d{6}|\d\d[A-Z]{3}\d{8})", re.I)
_SNAP = re.compile(r"^(\d{1,2})-([A-Za-z]{3})-(\d{4})[ T](.+)$")


class Timing(Record, frozen=True):
    """What a file says of its acquisition."""

    time: datetime | None = None
    """UTC; None: not stated, or only the day is."""
    basis: str | None = None
    """``metadata: TAG``, ``file name``, ``folder name`` or ``stated``."""
    day: date | None = None
    """The day, where only the day is known."""
    notes: tuple[str, ...] = ()


def timing(path: Path, tags: Mapping[str, str]) -> Timing:
    """The acquisition by its own tags, else by the name, else by TIFFTAG_DATETIME, which may be the time of processing.

    ``tags`` have upper-case names. A tag or name without a time of day yields only ``day``; a TIFFTAG_DATETIME of
    another day than the name's is not used.
    """
    for tag in _TAGS:
        found = _instant(tags.get(tag))
        if found is not None:
            return Timing(time=found, basis=f"metadata: {tag}")
    named, basis = _from_names(path)
    if named is not None:
        return Timing(time=named, basis=basis)
    day = next((d for tag in _TAGS if (d := _day(tags.get(tag)))), None) or _day_in_names(path)
    written = _instant(tags.get("TIFFTAG_DATETIME"))
    if written is not None and day in (None, written.date()):
        note = "the time is TIFFTAG_DATETIME, which in some products is when the file was made"
        return Timing(time=written, basis="metadata: TIFFTAG_DATETIME", notes=(note,))
    notes: tuple[str, ...] = ()
    if written is not None and day is not None:
        notes = (f"TIFFTAG_DATETIME ({written.date()}) is not the name's day and is not used",)
    if day is not None:
        notes = (*notes, f"only the day is known ({day}), not the time")
    return Timing(day=day, notes=notes)


def stated(time: datetime) -> Timing:
    """A time that the caller knows; without a zone it is taken as UTC."""
    aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return Timing(time=aware.astimezone(UTC), basis="stated")


def _from_names(path: Path) -> tuple[datetime | None, str | None]:
    found = time_in(path.name)
    if found is not None:
        return found, "file name"
    for parent in list(path.absolute().parents)[:4]:
        found = time_in(parent.name) if _PRODUCT.match(parent.name) else None
        if found is not None:
            return found, "folder name"
    return None, None


def _day_in_names(path: Path) -> date | None:
    return day_in(path.name) or day_in(path.absolute().parent.name)


def time_in(text: str) -> datetime | None:
    """The first instant written in a name (``20150823T221233``, ``20240612_013701``, ``24OCT17021530``), UTC."""
    for match in _FULL.finditer(text):
        found = _build(*(int(g) for g in match.groups()))
        if found is not None:
            return found
    for match in _MAXAR.finditer(text):
        year, month, *rest = match.groups()
        found = _build(2000 + int(year), _MONTHS.index(month.upper()) + 1, *(int(g) for g in rest))
        if found is not None:
            return found
    return None


def day_in(text: str) -> date | None:
    """The first date of the calendar written in a name (``2021-01-05``, ``20210105``)."""
    for match in _DATE.finditer(text):
        found = _build(int(match[1]), int(match[3]), int(match[4]), 0, 0, 0)
        if found is not None:
            return found.date()
    return None


def _build(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime | None:
    try:
        found = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    return found if found.year >= 1957 else None


def _instant(text: str | None) -> datetime | None:
    """A tag's value as an instant; None for a date alone or for anything else."""
    if not text:
        return None
    cleaned = text.strip().strip('"')
    cleaned = re.sub(r"^(\d{4}):(\d\d):(\d\d)[ T]", r"\1-\2-\3T", cleaned)
    if snap := _SNAP.match(cleaned):
        month = snap[2].upper()
        if month not in _MONTHS:
            return None
        cleaned = f"{snap[3]}-{_MONTHS.index(month) + 1:02d}-{int(snap[1]):02d}T{snap[4]}"
    if not re.match(r"^\d{4}-?\d\d-?\d\d[T ]\d\d", cleaned):
        return None
    cleaned = re.sub(r"(\.\d{6})\d+", r"\1", cleaned)
    try:
        instant, _ = parse_instant(cleaned.replace("/", "-"))
    except TimeError:
        return None
    return instant if instant.year >= 1957 else None


def _day(text: str | None) -> date | None:
    return day_in(text) if text else None
