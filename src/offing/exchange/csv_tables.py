"""One CSV file a table: UTF-8 with a byte order mark, header first, no cell that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from offing.exchange.claim_table import claim_table
from offing.exchange.files import write_atomically
from offing.exchange.identities import identity_table
from offing.exchange.presence import presence_table, weighed_call_table
from offing.exchange.snapshot import CaseSnapshot
from offing.exchange.tables import Cell, Table, all_tables
from offing.exchange.text import spreadsheet_safe
from offing.exchange.voyages import voyage_table


def write_csv(case: CaseSnapshot, folder: Path) -> tuple[Path, ...]:
    """Write every table of the case into ``folder`` and return the paths. Raises OSError."""
    return tuple(
        write_atomically(folder / f"{table.name}.csv", csv_bytes(table))
        for table in (
            *all_tables(case),
            claim_table(case),
            identity_table(case),
            voyage_table(case),
            presence_table(case),
            weighed_call_table(case),
        )
    )


def csv_bytes(table: Table) -> bytes:
    """The table as RFC 4180 CSV with a byte order mark, without which Excel misreads UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    """Numbers as they are, so that a negative longitude stays a number; text guarded; True as ``true``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return spreadsheet_safe(value) if isinstance(value, str) else repr(value)
