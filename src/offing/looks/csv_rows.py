"""Rows of a CSV table from outside, one at a time, with their line numbers and under tight limits."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from offing.errors import ObservationError, did_you_mean

MAX_FIELD = 20_000
"""Characters in one cell; more is no cell but a quotation mark that was never closed."""


def csv_rows(path: Path, mandatory: Sequence[str], optional: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, column → stripped cell) of every row that is not blank; absent columns are ''.

    Raises ObservationError for a file that is missing, empty, not UTF-8 or no CSV, for a header with unknown,
    repeated or missing columns, and for a row that is longer or shorter than the header.
    """
    yield from _rows(csv_records(path), path, tuple(mandatory), tuple(optional))


def csv_records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of every record of a CSV file, the header first.

    Raises ObservationError for a file that is missing, not UTF-8 or no CSV.
    """
    try:
        if path.exists() and not path.is_file():
            raise ObservationError("this is no ordinary file", where=str(path), fix="name a CSV file")
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _records(file, path)
    except FileNotFoundError as error:
        raise ObservationError("there is no such file", where=str(path), fix="check its name") from error
    except UnicodeDecodeError as error:
        raise ObservationError("not UTF-8 text", where=str(path), fix="save the table as CSV UTF-8") from error
    except OSError as error:
        raise ObservationError(f"cannot be read: {error.strerror}", where=str(path)) from error


def _rows(
    records: Iterator[tuple[int, list[str]]], path: Path, mandatory: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    first = next(records, None)
    if first is None:
        raise ObservationError(
            "it is empty", where=f"{path}:1", fix=f"begin with the header {','.join((*mandatory, *optional))}"
        )
    header = _header([cell.strip() for cell in first[1]], f"{path}:{first[0]}", mandatory, optional)
    blank = dict.fromkeys((*mandatory, *optional), "")
    for line, cells in records:
        stripped = [cell.strip() for cell in cells]
        if not any(stripped):
            continue
        if len(stripped) != len(header):
            raise ObservationError(
                f"{len(stripped)} cells under a header of {len(header)}",
                where=f"{path}:{line}",
                fix="quote cells that hold a comma, and keep the commas of blank ones",
            )
        yield line, {**blank, **dict(zip(header, stripped, strict=True))}


def _records(file: TextIO, path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of every record."""
    before = csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(_lines(file, path), strict=True)
    try:
        while True:
            line = reader.line_num + 1
            # The limit is the whole process's: it holds only while a record is being read.
            csv.field_size_limit(MAX_FIELD)
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                what = "a cell that is too long" if "field limit" in str(error) else f"no CSV ({error})"
                raise ObservationError(what, where=f"{path}:{line}", fix="check its quotation marks") from error
            finally:
                csv.field_size_limit(before)
            if cells:
                yield line, cells
    finally:
        csv.field_size_limit(before)


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    """The file's lines, none of them without end."""
    number = 0
    while line := file.readline(20 * MAX_FIELD):
        number += 1
        if len(line) >= 20 * MAX_FIELD:
            raise ObservationError("a line that is too long", where=f"{path}:{number}", fix="this is no such table")
        if "\0" in line:
            raise ObservationError("a NUL byte", where=f"{path}:{number}", fix="save the table as CSV UTF-8")
        yield line


def _header(names: list[str], where: str, mandatory: tuple[str, ...], optional: tuple[str, ...]) -> list[str]:
    known = (*mandatory, *optional)
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise ObservationError("the columns are not separated by commas", where=where, fix="save it with commas")
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, f"the columns are {', '.join(known)}")
            raise ObservationError(f"unknown column {name[:40]!r}", where=where, fix=hint)
        if names.count(name) > 1:
            raise ObservationError(f"the column {name!r} is there twice", where=where, fix="keep one of them")
    missing = [name for name in mandatory if name not in names]
    if missing:
        raise ObservationError(
            f"the header lacks {', '.join(missing)}", where=where, fix=f"it must name {', '.join(mandatory)}"
        )
    return names
