"""``offing new``, ``claims``, ``sites`` and ``check``: a case folder and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing.cli.output import Format, emit, note

if TYPE_CHECKING:
    from offing.case.case import Case
    from offing.case.check import CheckReport
    from offing.case.claim_view import ClaimView
    from offing.sites import Site


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


def sites(case: Path, /, *, format: Format = "table") -> None:
    """List the sites of a case, with their berths and how often each was looked at.

    Example: offing sites dunai-2024 --format csv

    Parameters
    ----------
    case
        The case folder.
    """
    from offing.case.case import Case

    with Case.open(case) as opened:
        rows = [_site_row(opened, site) for site in opened.definition.sites]
    if format != "json":
        # A position keeps its metre in print.
        rows = [{**row, "lon": f"{row['lon']:.5f}", "lat": f"{row['lat']:.5f}"} for row in rows]
    emit(rows, ("site", "name", "role", "lon", "lat", "radius_m", "berths", "looks", "usable_looks"), format, "sites")


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
            "value": _in_words(element.value),
            "low": element.low,
            "high": element.high,
            "attribution": " < ".join(view.attribution),
            "quote": f"“{view.quote}”" if view.quote else None,
        }


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_in_words(inner)}" for key, inner in value.items() if inner not in (None, [], ()))
    if isinstance(value, (list, tuple)):
        return "; ".join(_in_words(inner) for inner in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _site_row(case: Case, site: Site) -> dict[str, Any]:
    looks = case.store.looks(site.id)
    return {
        "site": site.id,
        "name": site.name,
        "aka": site.aka,
        "role": site.role,
        "lon": site.position[0],
        "lat": site.position[1],
        "radius_m": site.radius_m,
        "timezone": site.timezone or case.definition.timezone,
        "berths": [berth.id for berth in case.berths(site.id)],
        "baseline": [_in_words({"classes": list(b.classes), "calls_per_30d": b.calls_per_30d}) for b in site.baseline],
        "looks": len(looks),
        "usable_looks": sum(look.usable > 0 for look in looks),
        "simulated": site.simulated,
    }
