"""``offing report`` and ``offing export``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

Kind = Literal["gpkg", "geojson", "csv", "kmz"]
"""Formats of the export."""


def report(case: Path, /, *, out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None) -> None:
    """Write the report of a case as one HTML file that needs no network, and print its path.

    Example: offing report dunai-2024

    Parameters
    ----------
    case
        The case folder. It must have been run.
    out
        The file to write, or a folder for index.html; CASE/report/index.html unless told.
    """
    from offing.case.case import Case
    from offing.report.writing import write_report

    with Case.open(case) as opened:
        _print_paths([write_report(opened, out or case / "report" / "index.html")])


def export(
    case: Path,
    /,
    *,
    as_: Annotated[Kind, Parameter(name="--as")],
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
) -> None:
    """Write what a case holds for other programs, and print the paths.

    Example: offing export dunai-2024 --as kmz

    Parameters
    ----------
    case
        The case folder. It must have been run.
    as_
        gpkg: one GeoPackage for QGIS; kmz: for Google Earth; geojson: a file a layer, or all layers in one when the
        path ends in .geojson; csv: a file a table.
    out
        The file to write (for csv and geojson a folder); in CASE/report unless told.
    """
    from offing.case.case import Case
    from offing.exchange.export import export_case

    with Case.open(case) as opened:
        _print_paths(export_case(opened, as_, out))


def _print_paths(paths: Iterable[Path]) -> None:
    """A path a line."""
    sys.stdout.writelines(f"{path}\n" for path in paths)
