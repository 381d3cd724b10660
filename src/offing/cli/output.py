"""Records on stdout, as a table, JSON or CSV; notes on stderr."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

Format = Literal["table", "json", "csv"]
"""How records are printed."""

_CELL = 2000
"""Characters of a cell for people: wrapping a whole book into a column takes for ever. CSV and JSON hold it all."""


def emit(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], output: Format, key: str) -> None:
    """Print ``rows``: all of them under ``key`` as JSON, or the named ``columns`` as a table or CSV."""
    if output == "json":
        print_json({key: rows})
    elif output == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_for_programs(row.get(c)) for c in columns] for row in rows)
    else:
        _table([[_cell(row.get(c)) for c in columns] for row in rows], columns)


def print_json(value: object) -> None:
    """One JSON document on stdout, indented, ending in a newline."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def note(text: str) -> None:
    """A line for a person, on stderr."""
    sys.stderr.write(f"{text}\n")


def _table(rows: list[list[str]], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(text if len(text) <= _CELL else f"{text[:_CELL]}…" for text in row))
    width = None if sys.stdout.isatty() else 160
    Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False).print(table)


def _cell(value: Any) -> str:  # noqa: ANN401 - a cell is whatever the record holds
    """A value as text for people, numbers shortened."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return "; ".join(_cell(v) for v in value)
    return str(value)


def _for_programs(value: Any) -> str | float | None:  # noqa: ANN401
    """A value for CSV: numbers whole, text so that no spreadsheet runs it."""
    from offing.exchange.text import spreadsheet_safe

    return value if value is None or isinstance(value, (int, float)) else spreadsheet_safe(_cell(value))
