"""``offing new``, ``claims`` and ``check``: a case folder and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing.cli.output import Format, emit, note

if TYPE_CHECKING:
    from offing.case.check import CheckReport
    from offing.case.claim_view import ClaimView


def new(folder: Path, /, *, title: str | None = None) -> None:
    """Make a case folder with a case.yaml that explains every key.

    Example: offing new dunai-2024 --title "Sealift to Dunai, autumn 2024"

    Parameters
    ----------
    folder
        A folder that does not exist yet, or is empty.
    title
        What the case is about; the folder's name where it is left out.
    """
    from offing.case.case import Case

    made = Case.create(folder, title or folder.resolve().name or "A new case")
    made.store.close()
    note(f"made {folder}; write what was reported into {folder / 'case.yaml'}")


def claims(case: Path, /, *, format: Format = "table") -> None:
    """List the claims of a case, element by element.

    Example: offing claims dunai-2024 --format json

    Parameters
    ----------
    case
        The case folder.
    """
    import msgspec

    from offing.case.case import Case
    from offing.case.claim_view import claim_views

    definition = Case.open(case).definition
    views = claim_views(definition.claims, definition.sources, definition.timezone)
    if format == "json":
        rows = [msgspec.to_builtins(view) for view in views]
    else:
        rows = [row for view in views for row in _element_rows(view)]
    emit(rows, ("claim", "element", "value", "low", "high", "attribution", "quote"), format, "claims")


def check(case: Path, /, *, format: Format = "table") -> None:
    """Verify every hash and the ledger's chain; say which file or line is not as it was kept.

    Exit 0: all is as it was kept. Exit 1: something is not, and each thing is on a line of its own.

    Example: offing check dunai-2024

    Parameters
    ----------
    case
        The case folder.
    """
    from offing.case.check import check_case
    from offing.errors import LedgerError

    report = check_case(case)
    rows = [{"where": p.where, "problem": p.what} for p in report.problems]
    if rows or format != "table":
        emit(rows, ("where", "problem"), format, "problems")
    else:
        print(_all_well(report))  # noqa: T201 - the result
    if rows:
        count = "1 thing is" if len(rows) == 1 else f"{len(rows)} things are"
        raise LedgerError(f"{count} not as kept: {rows[0]['where']}: {rows[0]['problem']}", where=str(case))


def _all_well(report: CheckReport) -> str:
    return (
        f"all is as it was kept: {report.files} files, {report.lines} ledger lines, "
        f"{report.statements} statements, {report.imports} imports, {report.scenes} scenes"
    )


def _element_rows(view: ClaimView) -> Iterable[dict[str, Any]]:
    for element in view.elements:
        yield {
            "claim": view.id,
            "element": element.kind,
            "value": in_words(element.value),
            "low": element.low,
            "high": element.high,
            "attribution": " < ".join(view.attribution),
            "quote": f"“{view.quote}”" if view.quote else None,
        }


def in_words(value: object) -> str:
    """A value of case.yaml on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {in_words(inner)}" for key, inner in value.items() if inner not in (None, [], ()))
    if isinstance(value, (list, tuple)):
        return "; ".join(in_words(inner) for inner in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
