"""``offing observations``: an analyst's own table of looks and sightings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from offing.cli.output import note

if TYPE_CHECKING:
    from offing.case.model import ImportOutcome

app = App(
    name="observations",
    help="An analyst's own table of looks and sightings.\n\nExample: offing observations import CASE looks.csv",
)


@app.command(name="import")
def import_(case: Path, file: Path, /) -> None:
    """Import a CSV table of looks and what was seen in them; a table with any bad row is not imported at all.

    Columns: look_id, site, time, sensor, status, usable, p_detect, p_false, seen, vessel_class, vessel, length_m,
    length_sd_m, activity, source, note. A copy is kept in sources/ and the import goes into the ledger. A corrected
    file replaces the looks of the same ids.

    Example: offing observations import dunai-2024 looks.csv

    Parameters
    ----------
    case
        The case folder.
    file
        The table, UTF-8, with a header.
    """
    from offing.case.case import Case
    from offing.case.clock import system_clock
    from offing.case.importing import import_observations

    with Case.open(case) as opened:
        outcome = import_observations(opened, file, system_clock)
    for line in _in_words(outcome, file.name):
        note(line)


def _in_words(outcome: ImportOutcome, name: str) -> list[str]:
    looks = "1 look" if outcome.looks == 1 else f"{outcome.looks} looks"
    if outcome.unchanged:
        return [f"{name}: unchanged since import {outcome.number}; nothing to do"]
    lines = [f"{name}: {looks} imported (import {outcome.number})"]
    if outcome.replaced:
        earlier = ", ".join(str(number) for number in outcome.superseded)
        lines.append(f"{len(outcome.replaced)} of them take the place of looks from import {earlier}")
    if outcome.withdrawn:
        shown = ", ".join(outcome.withdrawn[:5]) + (" …" if len(outcome.withdrawn) > 5 else "")
        lines.append(f"{len(outcome.withdrawn)} looks of its earlier version are withdrawn: {shown}")
    return lines
