"""Ports and their facilities from a World Port Index (NGA Pub. 150) that the user has, in its old or its new columns.

Column names are compared without case, spaces and punctuation, so that ``Harbor Size``, ``HARBORSIZE`` and
``harborSize`` are one. What the index leaves blank, or calls unknown, stays unknown: 0 m is no depth, and no entry is
no "no". Letters that stand for depths in the old edition are not decoded.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

import msgspec

from offing.errors import PortIndexError
from offing.geo import LonLat
from offing.records import Record

_MOST_BYTES = 100_000_000
_MOST_CELL = 20_000
_FIX = "give the World Port Index as CSV: UpdatedPub150.csv, or the table of the older shapefile"

_SIZES = {"L": "Large", "M": "Medium", "S": "Small", "V": "Very Small"}
_TYPES = {
    "CN": "Coastal (Natural)", "CB": "Coastal (Breakwater)", "CT": "Coastal (Tide Gates)", "RN": "River (Natural)",
    "RB": "River (Basins)", "RT": "River (Tide Gates)", "LC": "Canal or Lake", "OR": "Open Roadstead",
    "TH": "Typhoon Harbor",
}  # fmt: skip
_SHELTER = {"E": "Excellent", "G": "Good", "F": "Fair", "P": "Poor", "N": "None"}
_BLANK = {"", "unknown", "u", "n/a"}

_COLUMNS: dict[str, tuple[str, ...]] = {
    "index": ("worldportindexnumber", "indexno", "portnumber"),
    "name": ("mainportname", "portname"),
    "alternate": ("alternateportname", "alternatename"),
    "country": ("countrycode", "country", "countryname"),
    "locode": ("unlocode",),
    "lat": ("latitude", "ycoord"),
    "lon": ("longitude", "xcoord"),
    "size": ("harborsize",),
    "type": ("harbortype",),
    "use": ("harboruse",),
    "shelter": ("shelterafforded", "shelter"),
    "repairs": ("repairs", "repaircode"),
    "dry_dock": ("drydock",),
    "railway": ("railway", "railways"),
}
_METRES = {
    "channel_depth_m": ("channeldepthm",),
    "anchorage_depth_m": ("anchoragedepthm",),
    "cargo_pier_depth_m": ("cargopierdepthm",),
    "oil_terminal_depth_m": ("oilterminaldepthm",),
    "max_length_m": ("maximumvessellengthm",),
    "max_beam_m": ("maximumvesselbeamm",),
    "max_draught_m": ("maximumvesseldraftm",),
}
_FACILITIES: dict[str, tuple[str, ...]] = {
    "wharves": ("facilitieswharves", "cargowharf"),
    "anchorage": ("facilitiesanchorage", "cargoanch"),
    "beach mooring": ("facilitiesbeachmooring", "cargobmoor"),
    "ro-ro": ("facilitiesroro",),
    "solid bulk": ("facilitiessolidbulk",),
    "liquid bulk": ("facilitiesliquidbulk",),
    "container": ("facilitiescontainer",),
    "breakbulk": ("facilitiesbreakbulk",),
    "oil terminal": ("facilitiesoilterminal",),
    "LNG terminal": ("facilitieslngterminal",),
    "fixed cranes": ("cranesfixed", "cranefixed"),
    "mobile cranes": ("cranesmobile", "cranemobil"),
    "floating cranes": ("cranesfloating", "cranefloat"),
    "container cranes": ("cranescontainer",),
    "lifts 100 t and more": ("lifts100tons", "lift100"),
    "lifts 50-100 t": ("lifts50100tons", "lift50100"),
    "lifts 25-49 t": ("lifts2549tons", "lift2549"),
    "lifts up to 24 t": ("lifts024tons", "lift024"),
    "fuel oil": ("suppliesfueloil", "fueloil"),
    "diesel oil": ("suppliesdieseloil", "diesel"),
    "pilots": ("pilotageavailable", "pilotavail"),
    "tugs": ("tugsassistance", "tugassist"),
}


class Port(Record, frozen=True):
    """An entry of the index."""

    name: str
    lon: float
    """Degrees east, as the index places it: often to the minute only."""
    lat: float
    source: str
    """``file:line``."""
    index: str | None = None
    """World Port Index number."""
    alternate: str | None = None
    country: str | None = None
    locode: str | None = None
    size: str | None = None
    type: str | None = None
    use: str | None = None
    shelter: str | None = None
    repairs: str | None = None
    dry_dock: str | None = None
    railway: str | None = None
    channel_depth_m: float | None = None
    anchorage_depth_m: float | None = None
    cargo_pier_depth_m: float | None = None
    oil_terminal_depth_m: float | None = None
    max_length_m: float | None = None
    max_beam_m: float | None = None
    max_draught_m: float | None = None
    has: tuple[str, ...] = ()
    """Facilities that the index says are there."""
    has_not: tuple[str, ...] = ()
    """Facilities that it says are not there; of all others it says nothing."""

    @property
    def lonlat(self) -> LonLat:
        """The position as a LonLat."""
        return LonLat(lon=self.lon, lat=self.lat)


class PortIndex(Record, frozen=True):
    """The ports of a file, in its order, and what could not be read."""

    ports: tuple[Port, ...]
    notes: tuple[str, ...] = ()
    """How many rows were left out, and why."""


def read_ports(path: Path) -> PortIndex:
    """The ports of a CSV file in UTF-8 or Windows-1252; rows without a name or a place are left out and counted.

    Raises PortIndexError for a file that is missing, too large, no CSV, or without names and positions.
    """
    try:
        if path.exists() and not path.is_file():
            raise PortIndexError("this is no ordinary file", where=str(path), fix=_FIX)
        if path.stat().st_size > _MOST_BYTES:
            raise PortIndexError("larger than 100 MB", where=str(path), fix=_FIX)
        with path.open(encoding=_encoding(path), newline="") as file:
            return _index(file, path)
    except FileNotFoundError:
        raise PortIndexError("there is no such file", where=str(path), fix="check its name") from None
    except UnicodeDecodeError:
        raise PortIndexError("neither UTF-8 nor Windows-1252 text", where=str(path), fix=_FIX) from None
    except OSError as error:
        raise PortIndexError(f"cannot be read: {error.strerror or error}", where=str(path)) from error


def _encoding(path: Path) -> str:
    try:
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _index(file: TextIO, path: Path) -> PortIndex:
    rows = _rows(file, path)
    first = next(rows, None)
    if first is None:
        raise PortIndexError("it is empty", where=str(path), fix=_FIX)
    where = _header(first[1], path)
    ports: list[Port] = []
    left_out: dict[str, list[int]] = {}
    for line, cells in rows:
        row = {name: _printable(cells[i]) if i < len(cells) else "" for name, i in where.items()}
        port = _port(row, f"{path.name}:{line}")
        if isinstance(port, str):
            left_out.setdefault(port, []).append(line)
        else:
            ports.append(port)
    notes = tuple(f"{len(at)} rows without {what}, first on line {at[0]}" for what, at in sorted(left_out.items()))
    return PortIndex(ports=tuple(ports), notes=notes)


def _rows(file: TextIO, path: Path) -> Iterator[tuple[int, list[str]]]:
    before = csv.field_size_limit(_MOST_CELL)
    reader = csv.reader(_lines(file, path), strict=True)
    try:
        while True:
            line = reader.line_num + 1
            csv.field_size_limit(_MOST_CELL)  # the limit is the whole process's
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise PortIndexError(f"no CSV ({error})", where=f"{path}:{line}", fix=_FIX) from None
            finally:
                csv.field_size_limit(before)
            if any(cell.strip() for cell in cells):
                yield line, cells
    finally:
        csv.field_size_limit(before)


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    number = 0
    while line := file.readline(20 * _MOST_CELL):
        number += 1
        if len(line) >= 20 * _MOST_CELL or "\0" in line:
            raise PortIndexError("this is no table", where=f"{path}:{number}", fix=_FIX)
        yield line


def _header(cells: list[str], path: Path) -> dict[str, int]:
    """Column → its number in the row."""
    names = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in cells]
    known = {**_COLUMNS, **_METRES, **_FACILITIES}
    found = {key: names.index(alias) for key, aliases in known.items() for alias in aliases[::-1] if alias in names}
    missing = [key for key in ("name", "lat", "lon") if key not in found]
    if missing:
        words = {"name": "a port's name", "lat": "latitudes", "lon": "longitudes"}
        raise PortIndexError(f"no column with {', '.join(words[m] for m in missing)}", where=f"{path}:1", fix=_FIX)
    return found


def _port(row: Mapping[str, str], source: str) -> Port | str:
    """The port of a row, or what the row lacks."""
    lat, lon = _degrees(row["lat"], "NS", 90.0), _degrees(row["lon"], "EW", 180.0)
    if not row["name"]:
        return "a name"
    if lat is None or lon is None:
        return "a place on Earth"
    coded = {"size": _SIZES, "type": _TYPES, "shelter": _SHELTER}
    said: dict[str, object] = {key: _word(row.get(key, ""), coded.get(key)) for key in _COLUMNS}
    said |= {key: _metres(row.get(key, "")) for key in _METRES}
    said |= {"name": row["name"], "lat": lat, "lon": lon, "source": source}
    said["has"] = [f for f in _FACILITIES if row.get(f, "").lower() in ("yes", "y")]
    said["has_not"] = [f for f in _FACILITIES if row.get(f, "").lower() in ("no", "n")]
    return msgspec.convert(said, Port)


def _printable(cell: str) -> str:
    """The cell without what steers a terminal."""
    return "".join(c if c.isprintable() else " " for c in cell).strip()


def _word(text: str, codes: Mapping[str, str] | None = None) -> str | None:
    if text.lower() in _BLANK:
        return None
    return (codes or {}).get(text.upper(), text)


def _metres(text: str) -> float | None:
    """Metres above 0; the index writes 0 where it does not know."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.0 < value < 20_000.0 else None


_DMS = re.compile(
    r"(\d{1,3})\s*[°d ]\s*(\d{1,2}(?:\.\d+)?)\s*['′m]?\s*(?:(\d{1,2}(?:\.\d+)?)\s*[\"″s]?)?\s*([NSEW])", re.I
)


def _degrees(text: str, sides: str, most: float) -> float | None:
    """Decimal degrees, or degrees, minutes and seconds with the side; None: no such angle."""
    text = text.strip()
    try:
        value = float(text)
    except ValueError:
        found = _DMS.fullmatch(text)
        if found is None or found[4].upper() not in sides or float(found[2]) >= 60.0 or float(found[3] or 0) >= 60.0:
            return None
        value = float(found[1]) + float(found[2]) / 60.0 + float(found[3] or 0.0) / 3600.0
        value = -value if found[4].upper() == sides[1] else value
    return value if math.isfinite(value) and abs(value) <= most else None
