"""An observations table into a case: read whole, kept, recorded; or nothing of it."""

from __future__ import annotations

from pathlib import Path

from offing.case.case import Case
from offing.case.clock import Clock
from offing.case.model import ImportOutcome
from offing.errors import ObservationError
from offing.looks.observations import read_observations


def import_observations(case: Case, path: Path, clock: Clock) -> ImportOutcome:
    """Import the observations table ``path`` into ``case``, with an evidentiary copy and a ledger line.

    Raises ObservationError for a bad table, CaseBusyError, StoreError, CaseError; the case is then as it was.
    """
    definition = case.definition
    with case.writing():
        looks = read_observations(
            path,
            definition.sites,
            case.library,
            vessels=definition.vessels,
            sources=[source.id for source in definition.sources],
            simulated_sources=[source.id for source in definition.sources if source.simulated],
        )
        taken = {look.id for look in case.store.looks() if look.scene is not None}
        for look in looks:
            if look.id in taken:
                raise ObservationError(
                    f"look {look.id!r} is that of a picture of the case", where=str(path), fix="give it another look_id"
                )
        return case.import_looks(path, looks, at=clock())
