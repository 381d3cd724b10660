"""The table of the voyages between port calls."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from offing.case.voyage_rows import COLUMNS, cells
from offing.exchange.snapshot import CaseSnapshot
from offing.exchange.tables import Cell, Table
from offing.timespan import iso


def voyage_table(case: CaseSnapshot) -> Table:
    """Calls that one ship may have made in turn, the excluded pairs too."""
    rows = tuple(
        tuple(iso(cell) if isinstance(cell, datetime) else cast("Cell", cell) for cell in cells(voyage))
        for voyage in case.voyages
    )
    return Table(name="voyages", columns=COLUMNS, rows=rows)
