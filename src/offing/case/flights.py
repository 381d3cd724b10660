"""Tables of flights from ADS-B receivers: OpenSky's flight lists, Flightradar24's, and plain ones.

OpenSky's columns are those of its flights interface (icao24, firstSeen, estDepartureAirport, lastSeen,
estArrivalAirport, callsign), in any case; Flightradar24's archive has adep, ades, reg, start_time or schd_from,
schd_to, date, and its pages From, To, Date, ATD (unverified). Unknown columns are passed over.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from offing.errors import ObservationError, OffingWarning, TimeError
from offing.looks.csv_rows import csv_records, csv_rows
from offing.movements.rates.flown import Covered, Flight
from offing.timespan import parse_span, zone

MOST_ROWS = 2_000_000
_NAMES: dict[str, tuple[str, ...]] = {
    "origin": ("estdepartureairport", "adep", "origin", "origicao", "origiata", "schdfrom", "from", "departureairport"),
    "destination": ("estarrivalairport", "ades", "destination", "desticao", "destiata", "schdto", "to",
                    "arrivalairport"),
    "time": ("firstseen", "starttime", "datetimetakeoff", "takeoff", "atd", "departuretime", "std", "time",
             "timestamp"),
    "date": ("date", "day", "flightdate"),
    "aircraft": ("icao24", "address", "aircraftid", "hex", "reg", "registration", "aircraft"),
    "callsign": ("callsign", "flight", "flightnumber"),
}  # fmt: skip
_EPOCH = re.compile(r"^\d{9,10}(?:\.\d+)?$")
_EPOCH_MS = re.compile(r"^\d{12,13}$")
_CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?$")
_IN_BRACKETS = re.compile(r"\(([A-Za-z]{3,4})\)")
_CODE = re.compile(r"^[A-Z0-9-]{2,8}$")
_NOTHING = frozenset({"", "-", "—", "N/A", "NA", "NULL", "NONE", "NAN", "UNKNOWN", r"\N"})
_WORDED = ("%d %b %Y", "%d %B %Y", "%Y/%m/%d")


def read_flights(paths: Sequence[Path], timezone: str | None = None) -> tuple[Flight, ...]:
    """The flights of the tables, by time. Times without a zone are in ``timezone``, else in UTC, and that is said.

    Rows without any time are passed over and said. Raises ObservationError (``path:line``) for a table without the
    columns that are needed, a time that is none, or no CSV; TimeError for a ``timezone`` that is none.
    """
    tz = zone(timezone) if timezone else None
    found: list[Flight] = []
    for path in paths:
        said: Counter[str] = Counter()
        found += _table(path, tz, said)
        for text, count in sorted(said.items()):
            warnings.warn(f"{path.name}: {text} ({count} rows)", OffingWarning, stacklevel=2)
    return tuple(sorted(found, key=lambda f: (f.time, f.aircraft or "", f.callsign or "", f.origin or "")))


def read_coverage(path: Path) -> tuple[Covered, ...]:
    """Stated coverage: columns ``from``, ``to`` (UTC days, the end included), ``fraction``. Raises ObservationError."""
    out = []
    for line, cells in csv_rows(path, ("from", "to", "fraction"), ("note",)):
        where = f"{path}:{line}"
        try:
            span = parse_span(f"{cells['from']}/{cells['to']}")
            fraction = float(cells["fraction"])
        except (TimeError, ValueError) as error:
            raise ObservationError(str(error), where=where, fix="write from,to,fraction: days, and 0 to 1") from error
        if not 0.0 <= fraction <= 1.0:
            raise ObservationError(f"the fraction is {cells['fraction']}", where=where, fix="write 0 to 1")
        out.append(Covered(span=span, fraction=fraction))
    if not out:
        raise ObservationError("a header and no rows", where=str(path), fix="state from when to when how much is heard")
    return tuple(out)


def _table(path: Path, tz: object, said: Counter[str]) -> list[Flight]:
    records = csv_records(path)
    first = next(records, None)
    if first is None:
        raise ObservationError("it is empty", where=str(path), fix="name a table of flights with a header")
    at = _columns(first[1], f"{path}:{first[0]}")
    out: list[Flight] = []
    for line, cells in records:
        if not any(c.strip() for c in cells):
            continue
        if len(out) >= MOST_ROWS:
            raise ObservationError(f"more than {MOST_ROWS} flights", where=str(path), fix="give the airfields' alone")
        if len(cells) != len(first[1]):
            raise ObservationError(
                f"{len(cells)} cells under a header of {len(first[1])}",
                where=f"{path}:{line}",
                fix="quote cells that hold a comma",
            )
        row = {name: cells[i].strip() for name, i in at.items()}
        time = _time(row, f"{path}:{line}", tz, said)
        if time is None:
            said["rows without a time are passed over"] += 1
            continue
        out.append(
            Flight(
                time=time,
                origin=_airfield(row.get("origin", "")),
                destination=_airfield(row.get("destination", "")),
                aircraft=_named(row.get("aircraft", "")),
                callsign=_named(row.get("callsign", "")),
            )
        )
    if not out:
        raise ObservationError("it holds no flight with a time", where=str(path), fix="name a table of flights")
    return out


def _columns(header: Sequence[str], where: str) -> dict[str, int]:
    """Meaning → index of the column."""
    plain = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in header]
    at = {}
    for meaning, names in _NAMES.items():
        known = [name for name in names if name in plain]
        if known and plain.count(known[0]) > 1:
            raise ObservationError(f"the column {known[0]!r} is there twice", where=where, fix="keep one of them")
        if known:
            at[meaning] = plain.index(known[0])
    lacking = [name for name in ("origin", "destination") if name not in at]
    if "time" not in at and "date" not in at:
        lacking.append("time")
    if lacking:
        raise ObservationError(
            f"no column for {', '.join(lacking)} in the header {', '.join(header)[:120]!r}",
            where=where,
            fix="it must name firstseen, estdepartureairport, estarrivalairport (OpenSky), or date, from, to",
        )
    return at


def _time(row: Mapping[str, str], where: str, tz: object, said: Counter[str]) -> datetime | None:
    """UTC; None: no time is written. A clock alone belongs to the row's date; a date alone is its noon."""
    text, day = row.get("time", ""), row.get("date", "")
    if text.upper() in _NOTHING:
        text = ""
    if day.upper() in _NOTHING:
        day = ""
    if not text and not day:
        return None
    try:
        if _EPOCH.match(text) or _EPOCH_MS.match(text):
            return datetime.fromtimestamp(float(text) / (1000.0 if _EPOCH_MS.match(text) else 1.0), UTC)
        clock = _CLOCK.match(text)
        if clock or not text:
            hours = timedelta(hours=int(clock[1]), minutes=int(clock[2])) if clock else timedelta(hours=12)
            found = _day(day) + hours
        else:
            found = datetime.fromisoformat(text.removesuffix(" UTC"))
            if text.endswith(" UTC"):
                found = found.replace(tzinfo=UTC)
        if found.tzinfo is None:
            said[f"times without a zone are taken as {tz or 'UTC'}"] += 1
            found = found.replace(tzinfo=tz or UTC)  # type: ignore[arg-type]
        return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ObservationError(
            f"{(day + ' ' + text).strip()[:60]!r} is no time", where=where, fix="write YYYY-MM-DDThh:mmZ"
        ) from error


def _day(text: str) -> datetime:
    for pattern in _WORDED:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is given to it afterwards
        except ValueError:
            continue
    return datetime.fromisoformat(text).replace(hour=0, minute=0, second=0, microsecond=0)


def _airfield(text: str) -> str | None:
    """``ZKPY``, also out of ``Pyongyang (FNJ)``; None: not told."""
    if text.upper() in _NOTHING:
        return None
    inside = _IN_BRACKETS.findall(text)
    code = (inside[-1] if inside else text).upper()
    return code if _CODE.match(code) else None


def _named(text: str) -> str | None:
    cleaned = "".join(filter(str.isprintable, text)).strip()[:40]
    return None if cleaned.upper() in _NOTHING else cleaned
