"""One call for every export of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from offing.case.case import Case
from offing.errors import OffingError
from offing.exchange.csv_tables import write_csv
from offing.exchange.geojson import write_geojson
from offing.exchange.gpkg import write_gpkg
from offing.exchange.kmz import write_kmz
from offing.exchange.snapshot import take

Kind = Literal["gpkg", "geojson", "csv", "kmz"]


def export_case(case: Case, kind: Kind, out: Path | None = None) -> tuple[Path, ...]:
    """Write the case as ``kind`` and return the files, sorted as they are to be read.

    ``out`` is a file, or a folder to put it in; for csv and geojson a folder (a name ending in .geojson is one file
    with all layers); CASE/report when None. Raises CaseError for a case that has not been run or a place that cannot
    be written to.
    """
    snapshot = take(case)
    report = case.root / "report"
    if kind == "csv":
        return write_csv(snapshot, _folder(out or report / "csv", "csv"))
    if kind == "geojson":
        return write_geojson(snapshot, out or report / "geojson")
    path = out or report / f"case.{kind}"
    path = path / f"case.{kind}" if path.is_dir() else path
    return (write_kmz(snapshot, path) if kind == "kmz" else write_gpkg(case.store.path, path),)


def _folder(path: Path, kind: str) -> Path:
    if path.is_file() or path.suffix.lower() == f".{kind}":
        raise OffingError(f"{kind} is a file a table", where=str(path), fix="name a folder")
    return path
