"""``offing voyages``: which port calls one ship may have made in turn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from offing.cli.output import Format, emit, note, print_json

if TYPE_CHECKING:
    from offing.case.case import Case
    from offing.movements.voyages.model import Voyage

COLUMNS = ("from_to", "ship", "departed", "arrived", "distance_nm", "least_kn", "status", "probability", "why")
"""What a table for people shows."""


def voyages(
    case: Path,
    /,
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    vessel: str | None = None,
    class_: Annotated[str | None, Parameter(name="--class")] = None,
    format: Format = "table",
) -> None:
    """List which port calls one ship may have made in turn, and which none can have.

    Too fast is excluded, with its numbers. That a ship could have made it is weak by itself; the probability is among
    all ways to join the calls, against chance traffic, and its range is over what was assumed. Nothing here changes a
    verdict: origin and destination are judged from the looks at each site alone.

    Example: offing voyages dunai-2024 --to dunai --class landing-ship

    Parameters
    ----------
    case
        The case folder; run it first.
    from_
        Only voyages from this site.
    to
        Only voyages to this site.
    vessel
        Only voyages of this named ship.
    class_
        Only voyages of ships of this class, or of a narrower one.
    """
    from offing.case.case import Case
    from offing.case.voyage_rows import COLUMNS as ALL
    from offing.case.voyage_rows import cells

    with Case.open(case) as opened:
        chosen = _checked(opened, from_, to, vessel, class_)
        kept = opened.store.voyages()
        found = [v for v in kept.voyages if chosen(v)]
        if opened.store.results_key() is None:
            note(f"nothing has been found since the last change; run: offing run {case}")
    if format == "json":
        print_json({"voyages": found, "pairings": kept.pairings, "notes": kept.notes})
        return
    if format == "csv":
        emit([dict(zip(ALL, map(_plain, cells(v)), strict=True)) for v in found], ALL, format, "voyages")
    else:
        emit([_row(v) for v in found], COLUMNS, format, "voyages")
    for text in kept.notes:
        note(text)


def _checked(case: Case, start: str | None, end: str | None, vessel: str | None, class_id: str | None) -> Any:  # noqa: ANN401
    """Whether a voyage was asked for. Raises CaseError, CaseFileError for names that the case does not know."""
    from offing.errors import CaseError, did_you_mean

    for name in (start, end):
        if name is not None:
            case.site(name)
    ships = [v.id for v in case.definition.vessels]
    if vessel is not None and vessel not in ships:
        hint = did_you_mean(vessel, ships, f"vessels: {', '.join(ships) or 'none'}")
        raise CaseError(f"{vessel!r} is no vessel of the case", where=str(case.root), fix=hint)
    if class_id is not None:
        case.library.get(class_id)
    return lambda v: (
        start in (None, v.start)
        and end in (None, v.end)
        and vessel in (None, v.vessel)
        and (class_id is None or case.library.is_a(v.vessel_class, class_id))
    )


def _row(v: Voyage) -> dict[str, Any]:
    from offing.timespan import iso

    chance, left, come = v.posterior, v.departed_before, v.arrived_after
    return {
        "from_to": f"{v.start} → {v.end}" + (" (simulated)" if v.simulated else ""),
        "ship": v.vessel or v.vessel_class,
        "departed": f"{iso(v.departed_after)} … {iso(left) if left else '?'}",
        "arrived": f"{iso(come) if come else '?'} … {iso(v.arrived_before)}",
        "distance_nm": f"{v.distance_nm.low:.0f}–{v.distance_nm.high:.0f}",
        "least_kn": round(v.least_kn, 1),
        "status": v.status,
        "probability": f"{chance.value:.2f} [{chance.low:.2f}, {chance.high:.2f}]" if chance else None,
        "why": v.why,
    }


def _plain(value: object) -> object:
    from datetime import datetime

    from offing.timespan import iso

    return iso(value) if isinstance(value, datetime) else value
