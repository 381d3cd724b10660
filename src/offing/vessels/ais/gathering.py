"""Positions as they come out of files, sifted: what is unusable is counted, what cannot matter for a picture is left.

Everything is done a block of rows at a time, so that files of many million rows need little memory.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from offing.errors import AisError
from offing.geo import KNOT_M_S, geod
from offing.vessels.ais.model import Reach

KEPT_MAX = 3_000_000
"""Fixes that are held at most; more says that the window is too wide."""
NO_LAT, NO_LON = 91.0, 181.0
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp()
_KM_A_DEGREE = 111.0
"""Somewhat less than any degree of latitude has, so that nothing near is left out."""
_SUSPECTS_MAX = 10_000
_NAMED_MAX = 5
F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
Suspect = tuple[float, float, float, str, int]
"""Seconds, lon, lat, file, row."""


class Block:
    """A few thousand positions: columns of equal length."""

    def __init__(self, keys: Sequence[str], seconds: F64, lon: F64, lat: F64, rows: NDArray[np.int64]) -> None:
        self.keys, self.seconds, self.lon, self.lat, self.rows = keys, seconds, lon, lat, rows
        """Ids as written; seconds since 1970; degrees; row numbers in the file."""


class Gathered:
    """What was kept, by key."""

    def __init__(self, reach: Reach | None, clock: datetime) -> None:
        self.reach, self._clock = reach, clock.timestamp()
        self.skipped: Counter[str] = Counter()
        self.rows = 0
        self.kept = 0
        self.sound = 0
        """Positions that could be used, near or far."""
        self.first, self.last = math.inf, -math.inf
        self.tables: dict[str, list[F64]] = {}
        """Key → blocks of (n, 8): seconds, lon, lat, sog, cog, heading, 1 where coarse, row."""
        self.statics: dict[str, Counter[tuple[object, ...]]] = {}
        """Key → (name, imo, callsign, type, length, beam, forward, starboard, class b) as said → how often."""
        self.sources: dict[str, str] = {}
        """Key → the file that it was first read from."""
        self.suspects: dict[str, list[Suspect]] = {}
        """Key → places that would be near the picture with latitude and longitude exchanged."""
        self._suspected = 0
        self.near_rows = 0
        self.in_window = 0
        self.exchanged = 0

    def usable(self, block: Block, where: str) -> NDArray[np.intp]:
        """Indices of the positions that can be used and may matter; the others are counted.

        Raises AisError for latitudes that can only be longitudes.
        """
        t, lon, lat = block.seconds, block.lon, block.lat
        self.rows += len(t)
        timed = np.isfinite(t)
        future, ancient = timed & (t > self._clock), timed & (t < _EARLIEST)
        absent = ~(np.isfinite(lon) & np.isfinite(lat)) | (np.abs(lat) == NO_LAT) | (np.abs(lon) == NO_LON)
        absent |= (lon == 0.0) & (lat == 0.0)
        off = ~absent & ((np.abs(lat) > 90.0) | (np.abs(lon) > 180.0))
        _refuse_exchanged(block, ~absent & (np.abs(lat) > 90.0) & (np.abs(lon) <= 90.0) & (np.abs(lat) <= 180.0), where)
        for why, which in (
            ("no time", ~timed),
            ("time still to come", future),
            ("time before 1990", ancient),
            ("no position", absent & timed),
            ("position nowhere on Earth", off & timed),
        ):
            self.skipped[why] += int(which.sum())
        sound = timed & ~future & ~ancient & ~absent & ~off
        self.sound += int(sound.sum())
        if sound.any():
            self.first, self.last = min(self.first, float(t[sound].min())), max(self.last, float(t[sound].max()))
        return np.flatnonzero(sound if self.reach is None else self._near(block, sound, where))

    def untimely(self, seconds: float) -> bool:
        """Whether a position of that time cannot matter, so that it need not be decoded; it is counted then."""
        if self.reach is None or seconds > self._clock or seconds < _EARLIEST:
            return False
        if abs(seconds - self.reach.time.timestamp()) <= self.reach.window_h * 3600.0:
            return False
        self.rows += 1
        self.sound += 1
        self.first, self.last = min(self.first, seconds), max(self.last, seconds)
        return True

    def _near(self, block: Block, sound: Flags, where: str) -> Flags:
        """Those from which a ship can have come into the picture, or gone to from it."""
        reach = self.reach
        assert reach is not None
        away = np.abs(block.seconds - reach.time.timestamp()) / 3600.0
        timely = sound & (away <= reach.window_h)
        if not timely.any():
            return timely
        near = timely & _within(block.lon, block.lat, away, reach)
        other = timely & ~near & (np.abs(block.lon) <= 90.0)
        exchanged = other & _within(block.lat, block.lon, away, reach)
        self.in_window += int(timely.sum())
        self.near_rows += int(near.sum())
        self.exchanged += int(exchanged.sum())
        for i in np.flatnonzero(exchanged)[: _SUSPECTS_MAX - self._suspected]:
            self._suspected += 1
            at = (float(block.seconds[i]), float(block.lon[i]), float(block.lat[i]))
            self.suspects.setdefault(block.keys[i], []).append((*at, where, int(block.rows[i])))
        return near

    def keep(self, key: str, table: F64, where: str) -> None:
        """Add fixes, (n, 8) as in ``tables``, of one key. Raises AisError when there are too many."""
        self.tables.setdefault(key, []).append(table)
        self.sources.setdefault(key, where)
        self.kept += len(table)
        if self.kept > KEPT_MAX:
            raise AisError(
                f"more than {KEPT_MAX:,} positions near the picture", where=where, fix="give a smaller --window"
            )

    def say(self, key: str, words: tuple[object, ...], often: int = 1) -> None:
        """Add what a ship says of herself."""
        said = self.statics.setdefault(key, Counter())
        if words in said or len(said) < 200:
            said[words] += often

    def check_exchanged(self) -> None:
        """Raises AisError where rows only make sense with latitude and longitude exchanged."""
        rows = [
            (where, row)
            for key in sorted(self.suspects)
            if key in self.tables
            for t, lon, lat, where, row in self.suspects[key]
            if self._impossible(key, t, lon, lat) and not self._impossible(key, t, lat, lon)
        ]
        if rows:
            _refuse(sorted(rows), "lie where the ship can be only with latitude and longitude exchanged")
        if self.exchanged >= 10 and self.near_rows == 0 and self.exchanged >= 0.9 * self.in_window:
            rows = sorted((where, row) for found in self.suspects.values() for *_, where, row in found)
            _refuse(rows, "lie near the picture only with latitude and longitude exchanged, as nearly all others")

    def _impossible(self, key: str, seconds: float, lon: float, lat: float) -> bool:
        """Whether the ship cannot have been there, by her fix nearest in time."""
        fixes = np.vstack(self.tables[key])
        near = fixes[int(np.abs(fixes[:, 0] - seconds).argmin())]
        metres = float(geod().inv(near[1], near[2], lon, lat)[2])
        return metres > 2000.0 + 60.0 * KNOT_M_S * abs(float(near[0]) - seconds)


def _within(lon: F64, lat: F64, away_h: F64, reach: Reach) -> Flags:
    """Whether places are within reach of the box, at so many hours from the picture's time; never too strict."""
    west, south, east, north = reach.box
    wide = (east - west) % 360.0
    middle = west + wide / 2.0
    dlon = np.maximum(np.abs((lon - middle + 180.0) % 360.0 - 180.0) - wide / 2.0, 0.0)
    dlat = np.maximum(np.maximum(south - lat, lat - north), 0.0)
    steepest = np.maximum(np.abs(lat), max(abs(south), abs(north)))
    km = _KM_A_DEGREE * np.hypot(dlat, dlon * np.cos(np.radians(np.minimum(steepest, 90.0))))
    found: Flags = km <= reach.slack_km + reach.most_kn * 1.852 * away_h
    return found


def _refuse_exchanged(block: Block, which: Flags, where: str) -> None:
    if which.any():
        _refuse([(where, int(r)) for r in block.rows[which][:_NAMED_MAX]], "have a latitude beyond 90°: a longitude")


def _refuse(rows: Sequence[tuple[str, int]], why: str) -> None:
    """Exchanged coordinates are refused, never mended: nobody can tell which rows are meant."""
    where, named = rows[0][0], [str(r) for _, r in rows[:_NAMED_MAX]]
    raise AisError(
        f"row{'s' if len(named) > 1 else ''} {', '.join(named)}{' …' if len(rows) > _NAMED_MAX else ''} {why}",
        where=where,
        fix="exchange latitude and longitude, name the columns rightly, or give AIS of the picture's area",
    )
