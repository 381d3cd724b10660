"""Rows of the store's own tables, and the digests by which a change to them is found."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from offing.case.layers import LATER, LAYERS, Cell, Row
from offing.case.ledger import canonical
from offing.case.model import Results, SceneDetections, SceneIdentity, Statement
from offing.looks.model import Look
from offing.movements.model import PortCall, Presence, SightingLink
from offing.records import Record
from offing.timespan import iso
from offing.vessels.model import Sighting


def statement_row(made: Statement) -> tuple[str, ...]:
    """key, step, inputs, parameters, version, created, result and the SHA-256 of these."""
    inputs, parameters = canonical(made.inputs).decode(), canonical(made.parameters).decode()
    row = (made.key, made.step, inputs, parameters, made.version, iso(made.created), made.result)
    return (*row, row_digest(row))


def row_digest(row: Sequence[Any]) -> str:
    """SHA-256 of a row as canonical JSON."""
    return hashlib.sha256(canonical(list(row))).hexdigest()


def result_rows(results: Results) -> dict[str, Sequence[Record]]:
    """Kind → the records of that kind."""
    return {
        "look": results.looks,
        "detection": results.detections,
        "sighting": results.sightings,
        "port_call": results.port_calls,
        "verdict": results.verdicts,
        "claim_verdict": results.claims,
        "lift": results.lifts,
        "identity": results.identities,
        "presence": results.presence,
        "link": results.links,
        "voyages": (results.voyages,) if results.voyages.voyages or results.voyages.notes else (),
    }


def put_results(connection: sqlite3.Connection, kind: str, records: Iterable[Record]) -> None:
    """Insert records of a kind in their order."""
    encode = msgspec.json.Encoder().encode
    connection.executemany(
        "INSERT INTO results VALUES (?,?,?,?,?)",
        ((kind, i, *_place(record), encode(record).decode()) for i, record in enumerate(records)),
    )


def _place(record: Record) -> tuple[str | None, str | None]:
    """Site and scene by which a record can be asked for."""
    if isinstance(record, (Look, Sighting)):
        return record.site, record.scene
    if isinstance(record, SceneDetections):
        return None, record.scene
    if isinstance(record, SceneIdentity):
        return record.site, record.scene
    return (record.site, None) if isinstance(record, (PortCall, Presence, SightingLink)) else (None, None)


def fill(connection: sqlite3.Connection, layer: str, rows: Iterable[Row]) -> None:
    """Replace all rows of a layer, numbered from 1."""
    connection.execute(f"DELETE FROM {layer}")  # noqa: S608 - a name of ours
    width = len(connection.execute(f"PRAGMA table_info({layer})").fetchall())
    marks = ",".join("?" * width)
    numbered: Iterator[tuple[Cell, ...]] = ((i, *row) for i, row in enumerate(rows, start=1))
    connection.executemany(f"INSERT INTO {layer} VALUES ({marks})", numbered)  # noqa: S608


def results_digest(connection: sqlite3.Connection) -> str:
    """SHA-256 over the current results and the layers that show them, as they stand in the file."""
    total = hashlib.sha256()
    for name, order in (("results", "kind, position"), *((layer, "fid") for layer in LAYERS)):
        sql = f"SELECT * FROM {name} ORDER BY {order}"  # noqa: S608 - names of ours
        rows = connection.execute(sql).fetchall()
        if name in LATER and not rows:
            continue
        total.update(sql.encode())
        for row in rows:
            total.update(repr(row).encode())
    return total.hexdigest()
