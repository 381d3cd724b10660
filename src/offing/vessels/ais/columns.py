"""Which column holds what: the names that NOAA, the Danish Maritime Authority, Global Fishing Watch and others use."""

from __future__ import annotations

import re
from collections.abc import Sequence

from offing.errors import AisError
from offing.records import Record

_NAMES: dict[str, tuple[str, ...]] = {
    "time": (
        "basedatetime", "timestamp", "aispostimestamp", "datetime", "time", "timeutc", "datetimeutc", "timestamputc",
        "positiontimestamp", "basedatetimeutc", "dtposutc", "lastpositionepoch", "t", "ts", "date",
    ),
    "lon": ("lon", "longitude", "long", "lng", "x", "londeg", "longitudedeg"),
    "lat": ("lat", "latitude", "y", "latdeg", "latitudedeg"),
    "mmsi": ("mmsi", "ssvid", "mmsinumber", "usermmsi"),
    "id": ("id", "shipid", "vesselid", "trackid", "segid"),
    "sog": ("sog", "speed", "speedoverground", "speedknots", "sogkn", "sogknots"),
    "cog": ("cog", "course", "courseoverground", "cogdeg"),
    "heading": ("heading", "trueheading", "hdg", "headingdeg"),
    "name": ("vesselname", "name", "shipname"),
    "imo": ("imo", "imonumber"),
    "callsign": ("callsign",),
    "type": ("vesseltype", "shiptype", "shipandcargotype", "vesselclass", "geartype"),
    "length": ("length", "lengthm", "loa"),
    "beam": ("width", "beam", "widthm", "beamm"),
    "transceiver": ("transceiverclass", "transceiver", "typeofmobile", "aisclass"),
    "bow": ("a", "tobow", "dimbow"),
    "stern": ("b", "tostern", "dimstern"),
    "port": ("c", "toport", "dimport"),
    "starboard": ("d", "tostarboard", "dimstarboard"),
}  # fmt: skip
_STATIC = ("name", "imo", "callsign", "type", "length", "beam", "transceiver", "bow", "stern", "port", "starboard")
_DANISH = {"typeofmobile", "timestamp", "rot"}


class Columns(Record, frozen=True):
    """Where a table keeps what."""

    at: dict[str, int]
    """Meaning → index of the column."""
    width: int
    """Columns of the table."""
    static: tuple[int, ...]
    """Indices of the columns in which a ship says what she is."""
    static_at: dict[str, int]
    """Meaning → index among those."""
    day_first: bool
    """True: the Danish archive, whose dates have the day first."""


def columns_of(header: Sequence[str], where: str) -> Columns:
    """What the columns of a header hold. Raises AisError where it lacks a time, a place or an id."""
    plain = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in header]
    at: dict[str, int] = {}
    for meaning, names in _NAMES.items():
        found = [plain.index(n) for n in names if n in plain]
        if found:
            at[meaning] = found[0]
            if plain.count(plain[found[0]]) > 1:
                raise AisError(f"the column {header[found[0]]!r} is there twice", where=where, fix="keep one of them")
    lacking = [n for n in ("time", "lon", "lat") if n not in at]
    if "mmsi" not in at and "id" not in at:
        lacking.append("mmsi")
    if lacking:
        raise AisError(
            f"no column for {', '.join(lacking)} in the header {', '.join(header)[:120]!r}",
            where=where,
            fix="the first line must name them: time (or BaseDateTime), lon, lat, mmsi; sog, cog, heading where known",
        )
    says = [name for name in _STATIC if name in at]
    return Columns(
        at=at,
        width=len(header),
        static=tuple(at[name] for name in says),
        static_at={name: n for n, name in enumerate(says)},
        day_first=set(plain) >= _DANISH,
    )
