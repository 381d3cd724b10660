"""Tables of AIS positions: NOAA's MarineCadastre, the Danish archive, Global Fishing Watch, and plain ones."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.errors import AisError
from offing.vessels.ais.columns import Columns, columns_of
from offing.vessels.ais.files import Text
from offing.vessels.ais.gathering import F64, Block, Gathered
from offing.vessels.ais.numbers import ship_number, why_no_ship
from offing.vessels.ais.times import DateOrder, column_seconds, order_of

ROWS = 5_000
"""Rows that are read at a time."""
Dates = Literal["auto", "day-first", "month-first"]
I64 = NDArray[np.int64]
Row = Sequence[str]


def read_table(first: str, rest: Iterator[str], text: Text, dates: Dates, gathered: Gathered) -> None:
    """Gather the positions of a table whose first line is ``first``. Raises AisError."""
    comma = max((",", ";", "\t"), key=first.count)
    lines = csv.reader(chain([first], rest), delimiter=comma)
    try:
        header = [c.strip().lstrip("# ") for c in next(lines)]
    except csv.Error as error:
        raise AisError(f"no table ({error})", where=f"{text.where}:1", fix="name files of AIS") from error
    columns = columns_of(header, f"{text.where}:1")
    row, order = 2, None
    while rows := _block(lines, f"{text.where}:{row}"):
        sound = [r for r in rows if len(r) == columns.width] if any(len(r) != columns.width for r in rows) else rows
        numbers = np.arange(row, row + len(rows), dtype=np.int64)
        if len(sound) < len(rows):
            blank = sum(not any(c.strip() for c in r) for r in rows)
            gathered.skipped["cells that do not fit the header"] += len(rows) - len(sound) - blank
            numbers = np.array([n for n, r in zip(numbers, rows, strict=True) if len(r) == columns.width], np.int64)
        if sound:
            if order is None:
                order = _order([r[columns.at["time"]] for r in sound], columns, dates, text.where)
            _gather(sound, numbers, columns, order, text.where, gathered)
        row += len(rows)
    if order is None:
        raise AisError("a header and no rows", where=text.where, fix="name a file with positions in it")


def _block(lines: Iterator[list[str]], where: str) -> list[list[str]]:
    try:
        return list(islice(lines, ROWS))
    except csv.Error as error:
        raise AisError(f"no table from there on ({error})", where=where, fix="check its quotation marks") from error


def _order(times: Sequence[str], columns: Columns, dates: Dates, where: str) -> DateOrder:
    given: Dates = "day-first" if columns.day_first and dates == "auto" else dates
    return order_of((t for t in times if t.strip()), given, where)


def _gather(
    rows: Sequence[Row], numbers: I64, columns: Columns, order: DateOrder, where: str, gathered: Gathered
) -> None:
    """Sift one block and keep what is left of it."""
    at = columns.at
    numbered = "mmsi" in at
    ids, times, lon, lat = ([r[at[n]] for r in rows] for n in ("mmsi" if numbered else "id", "time", "lon", "lat"))
    seconds = column_seconds(times, order)
    _same_order(times, seconds, order, numbers, where)
    block = Block(ids, seconds, _numbers(lon), _numbers(lat), numbers)
    by_key: dict[str, list[int]] = {}
    for i in gathered.usable(block, where):
        by_key.setdefault(ids[i], []).append(int(i))
    for written, chosen in by_key.items():
        key = ship_number(written) if numbered else "".join(filter(str.isprintable, written)).strip()[:60]
        if not key:
            gathered.skipped[why_no_ship(written) if numbered else "no id"] += len(chosen)
            continue
        motion = [_some(rows, at.get(n), chosen) for n in ("sog", "cog", "heading")]
        place = (seconds[chosen], block.lon[chosen], block.lat[chosen])
        gathered.keep(key, np.column_stack([*place, *motion, np.zeros(len(chosen)), numbers[chosen]]), where)
        for said, often in Counter(tuple(rows[i][c] for c in columns.static) for i in chosen).items():
            gathered.say(key, _said(said, columns.static_at), often)


def _same_order(times: Sequence[str], seconds: F64, order: DateOrder, numbers: I64, where: str) -> None:
    """A date that is none in the order of the others says that the order was told wrongly."""
    if order not in ("day-first", "month-first"):
        return
    other: DateOrder = "month-first" if order == "day-first" else "day-first"
    for i in map(int, np.flatnonzero(np.isnan(seconds))):
        if column_seconds([times[i]], other)[0] == column_seconds([times[i]], other)[0]:
            raise AisError(
                f"row {int(numbers[i])} has the date {times[i]!r}, and the others have the {order.replace('-', ' ')}",
                where=where,
                fix="write all times as YYYY-MM-DDThh:mm:ssZ, or say --dates",
            )


def _numbers(cells: Sequence[str]) -> F64:
    try:
        return np.array(cells, float)
    except ValueError:
        return np.array([_number(c) for c in cells])


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _some(rows: Sequence[Row], at: int | None, chosen: Sequence[int]) -> F64:
    if at is None:
        return np.full(len(chosen), math.nan)
    return np.array([_number(rows[i][at]) for i in chosen])


def _said(row: Row, at: dict[str, int]) -> tuple[object, ...]:
    """(name, imo, callsign, type, length, beam, forward, starboard, class b) in one row."""

    def cell(name: str) -> str | None:
        return (row[at[name]].strip()[:60] or None) if name in at else None

    def number(name: str) -> float | None:
        value = _number(cell(name) or "")
        return value if 0.0 < value < 1000.0 else None

    length, beam = number("length"), number("beam")
    ends = [_number(cell(n) or "") for n in ("bow", "stern", "port", "starboard")]
    forward = starboard = None
    if all(0.0 <= e <= 511.0 for e in ends) and ends[0] and ends[1]:
        length, beam = ends[0] + ends[1], (ends[2] + ends[3]) or beam
        forward, starboard = (ends[1] - ends[0]) / 2.0, (ends[2] - ends[3]) / 2.0
    small = (cell("transceiver") or "").upper().removeprefix("CLASS ").startswith("B")
    imo = (cell("imo") or "").upper().removeprefix("IMO").strip() or None
    imo = None if imo in (None, "0", "UNKNOWN", "0.0") else imo
    name = cell("name")
    return (name, imo, cell("callsign"), cell("type"), length, beam, forward, starboard, small)
