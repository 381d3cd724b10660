"""Writes the report of a case."""

from __future__ import annotations

from pathlib import Path

from offing.case.case import Case
from offing.exchange.files import write_atomically
from offing.exchange.snapshot import take
from offing.report.content import gather
from offing.report.html import render


def write_report(case: Case, out: Path) -> Path:
    """Write the report of ``case`` to the file ``out`` (a folder: ``index.html`` in it) and return the file.

    The file appears whole or not at all. Raises CaseError for a case that has not been run or a place that cannot
    be written to.
    """
    path = out / "index.html" if out.is_dir() else out
    return write_atomically(path, render(gather(take(case)), case.root).encode("utf-8"))
