"""Fixes put together to tracks: sorted, each once, and parted where one number was heard at two places at a time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from offing.errors import AisError
from offing.geo import KNOT_M_S, geod
from offing.vessels.ais.gathering import F64, Gathered
from offing.vessels.ais.model import Fix, Reach, Static, Track
from offing.vessels.ais.numbers import ship_number

MOST_KN = 60.0
"""A ship that went faster between two fixes is two ships, or none."""
SLACK_M = 1000.0
"""What fixes may be off, in place and by late clocks of receivers."""
NO_SOG, NO_COG, NO_HEADING = 102.2, 360.0, 360.0
_STEPS_S = ((600.0, 0.0), (3600.0, 10.0), (np.inf, 60.0))
"""(seconds from the picture up to which, least seconds between fixes that are kept)."""
_NAMED = ("name", "imo", "callsign", "ship_type", "length_m", "beam_m")
T, LON, LAT, SOG, COG, HEADING, COARSE, ROW = range(8)


def build(gathered: Gathered) -> tuple[Track, ...]:
    """The tracks by key. Raises AisError for fixes that only make sense with latitude and longitude exchanged."""
    found: list[Track] = []
    for key in sorted(gathered.tables):
        found += _tracks(key, gathered)
    return tuple(found)


def _tracks(key: str, gathered: Gathered) -> list[Track]:
    table = np.vstack(gathered.tables[key])
    table = table[np.lexsort((table[:, ROW], table[:, LAT], table[:, LON], table[:, T]))]
    again = np.r_[False, (np.diff(table[:, [T, LON, LAT]], axis=0) == 0.0).all(axis=1)]
    gathered.skipped["fix that is there twice"] += int(again.sum())
    table = _thinned(table[~again], gathered.reach)
    whole, strays = _parted(table)
    _refuse_exchanged(strays, whole, gathered.sources[key])
    gathered.skipped["position too far from the ship's others to be hers"] += len(strays)
    static = static_of(gathered.statics.get(key, Counter()))
    note = f"heard at {len(whole)} places at once: {len(whole)} ships with one number, or false positions"
    return [
        Track(
            key=key if n == 0 else f"{key}/{n + 1}",
            mmsi=ship_number(key),
            static=static,
            fixes=tuple(_fix(row) for row in part),
            notes=(note,) if len(whole) > 1 else (),
        )
        for n, part in enumerate(whole)
    ]


def _thinned(table: F64, reach: Reach | None) -> F64:
    """Fewer fixes far from the picture's time: a place at that time does not get better by them."""
    if reach is None or len(table) < 100:
        return table
    away = np.abs(table[:, T] - reach.time.timestamp())
    step = np.select([away <= limit for limit, _ in _STEPS_S], [s for _, s in _STEPS_S])
    slot = np.where(step > 0.0, np.floor(table[:, T] / np.maximum(step, 1.0)), table[:, T])
    # Places far apart in one slot are all kept: they say that two ships share a number.
    far = np.r_[True, np.abs(np.diff(table[:, LAT])) + np.abs(np.diff(table[:, LON])) > 0.02]
    kept: F64 = table[np.r_[True, np.diff(slot) != 0.0] | far | (step == 0.0)]
    return kept


def _parted(table: F64) -> tuple[list[F64], F64]:
    """(tracks that a ship can have sailed, the longest first; single fixes that fit none of them)."""
    if len(table) < 2 or _fast(table).max() <= 0.0:
        return [table], table[:0]
    parts: list[list[int]] = []
    for n, row in enumerate(table):
        best = None
        for part in parts:
            last = table[part[-1]]
            metres = float(geod().inv(last[LON], last[LAT], row[LON], row[LAT])[2])
            if metres <= SLACK_M + MOST_KN * KNOT_M_S * (row[T] - last[T]) and (best is None or metres < best[0]):
                best = (metres, part)
        if best is None:
            parts.append([n])
        else:
            best[1].append(n)
    parts.sort(key=lambda p: (-len(p), p[0]))
    longest = len(parts[0])
    whole = [table[p] for p in parts if len(p) > 1 or longest == 1]
    strays = [p[0] for p in parts if len(p) == 1 and longest > 1]
    return whole, table[sorted(strays)]


def _fast(table: F64) -> F64:
    """Metres by which each fix is too far from the one before."""
    metres = np.asarray(geod().inv(table[:-1, LON], table[:-1, LAT], table[1:, LON], table[1:, LAT])[2])
    over: F64 = metres - SLACK_M - MOST_KN * KNOT_M_S * np.diff(table[:, T])
    return over


def _refuse_exchanged(strays: F64, whole: list[F64], where: str) -> None:
    rows = [int(s[ROW]) for s in strays if abs(s[LON]) <= 90.0 and any(_exchanged(s, part) for part in whole)]
    if rows:
        raise AisError(
            f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:5]))} "
            "lie near the ship's other places only with latitude and longitude exchanged",
            where=where,
            fix="exchange latitude and longitude there",
        )


def _exchanged(stray: F64, part: F64) -> bool:
    nearest = part[int(np.abs(part[:, T] - stray[T]).argmin())]
    metres = float(geod().inv(nearest[LON], nearest[LAT], stray[LAT], stray[LON])[2])
    return bool(metres <= SLACK_M + MOST_KN * KNOT_M_S * abs(nearest[T] - stray[T]))


def _fix(row: NDArray[np.float64]) -> Fix:
    return Fix(
        time=datetime.fromtimestamp(round(float(row[T]), 3), UTC),
        lon=float(row[LON]),
        lat=float(row[LAT]),
        sog_kn=float(row[SOG]) if 0.0 <= row[SOG] < min(NO_SOG, MOST_KN) else None,
        cog_deg=float(row[COG]) if 0.0 <= row[COG] < NO_COG else None,
        heading_deg=float(row[HEADING]) if 0.0 <= row[HEADING] < NO_HEADING else None,
        coarse=bool(row[COARSE]),
    )


def static_of(said: Counter[tuple[object, ...]]) -> Static:
    """What was said most often of each thing, and what else was said."""
    values = [Counter[object]() for _ in range(9)]
    for words, often in said.items():
        for count, value in zip(values, words, strict=True):
            if value is not None:
                count[value] += often
    best = [min(c, key=lambda v, c=c: (-c[v], str(v))) if c else None for c in values]  # type: ignore[misc]
    conflicts = []
    for field, count in zip(_NAMED, values, strict=False):
        if len(count) > 1:
            listed = sorted(count.items(), key=lambda p: (-p[1], str(p[0])))[:4]
            conflicts.append(f"{field}: " + ", ".join(f"{v} (of {n})" for v, n in listed))
    name, imo, callsign, kind, length, beam, forward, starboard, small = best
    antenna = (float(str(forward)), float(str(starboard))) if forward is not None and starboard is not None else None
    return Static(
        name=_plain(name),
        imo=_plain(imo),
        callsign=_plain(callsign),
        ship_type=_plain(kind),
        length_m=None if length is None else float(str(length)),
        beam_m=None if beam is None else float(str(beam)),
        antenna_m=antenna,
        class_b=bool(small),
        conflicts=tuple(str(_plain(c)) for c in conflicts),
    )


def _plain(text: object) -> str | None:
    """Text without what could steer a terminal."""
    return None if text is None else "".join(c if c.isprintable() else "\ufffd" for c in str(text))
