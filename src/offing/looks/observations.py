"""The observations table: an analyst's own looks and sightings as CSV, read to the letter of its contract.

Columns: ``look_id, site, time, sensor, status, usable, p_detect, p_false, seen, vessel_class, vessel, length_m,
length_sd_m, activity, source, note``; the first six and ``seen`` must be there. A row is one ship seen in that look
(``yes``), or the statement that nothing of interest was (``no``) or that the look cannot say (``indeterminate``).
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path

from offing.errors import OffingWarning
from offing.looks.csv_rows import csv_rows
from offing.looks.distinct import distinct
from offing.looks.gathering import Gathered
from offing.looks.model import Look
from offing.looks.observation_row import RowReader
from offing.sites import Site
from offing.vessels.classes import ClassLibrary
from offing.vessels.model import Vessel

MANDATORY = ("look_id", "site", "time", "sensor", "status", "usable", "seen")
OPTIONAL = (
    "p_detect", "p_false", "vessel_class", "vessel", "length_m", "length_sd_m", "activity", "source", "note",
)  # fmt: skip


def read_observations(
    path: Path,
    sites: Iterable[Site],
    library: ClassLibrary,
    *,
    vessels: Iterable[Vessel] = (),
    sources: Collection[str] = (),
    simulated_sources: Collection[str] = (),
) -> tuple[Look, ...]:
    """The looks of an observations table by (time, site, id), each with its observations in the order of the file.

    ``sources`` are the ids that the case knows; others are taken as they are, and said. Looks at a simulated site or
    from one of ``simulated_sources`` are marked simulated.
    What was assumed (a time without zone, a blank ``usable``, repeated rows, disorder, copies) is said once each by
    OffingWarning.
    Raises ObservationError, whose ``where`` is ``path:line``; nothing is returned of a table with any bad row.
    """
    notes: Counter[str] = Counter()
    reader = RowReader(path, sites, library, vessels, notes)
    gathered = Gathered(path, notes)
    latest: dict[str, datetime] = {}
    for line, cells in csv_rows(path, MANDATORY, OPTIONAL):
        row = reader.read(line, cells)
        if row.time < latest.setdefault(row.site, row.time):
            notes["a look stands after a later one of its site: the order of the rows does not matter"] += 1
        latest[row.site] = max(latest[row.site], row.time)
        gathered.add(row)
    looks = gathered.looks(reader.simulated_sites, frozenset(simulated_sources))
    _say_copies(looks, notes)
    _say(notes, {look.source for look in looks if look.source}, set(sources), path)
    return looks


def _say_copies(looks: Collection[Look], notes: Counter[str]) -> None:
    """Note looks that tell of an acquisition that another tells of."""
    at: dict[str, list[Look]] = {}
    for look in looks:
        at.setdefault(look.site, []).append(look)
    copies = sum(len(group) - len(distinct(group).kept) for group in at.values())
    if copies:
        notes["a look is of an acquisition that another row tells of (one sensor, minutes apart): counts once"] += (
            copies
        )


def _say(notes: Counter[str], named: set[str], known: set[str], path: Path) -> None:
    for text, count in sorted(notes.items()):
        rows = "1 row" if count == 1 else f"{count} rows"
        warnings.warn(f"{path.name}: {text} ({rows})", OffingWarning, stacklevel=3)
    for name in sorted(named - known):
        text = f"source {name!r} is not in case.yaml and counts as an origin of its own; add it under sources"
        warnings.warn(f"{path.name}: {text}", OffingWarning, stacklevel=3)
