"""The table of what each ship may be."""

from __future__ import annotations

from offing.case.identity_rows import COLUMNS, IdentityRow, identity_rows, texts
from offing.exchange.snapshot import CaseSnapshot
from offing.exchange.tables import Table
from offing.timespan import iso


def rows_of(case: CaseSnapshot) -> tuple[IdentityRow, ...]:
    """One a ship, in the order of the scenes."""
    return tuple(identity_rows(case.identities, {s.id: s.time for s in case.scenes}))


def identity_table(case: CaseSnapshot) -> Table:
    """Candidates, what was compared, and what AIS says, a row a ship."""
    rows = tuple(
        (r.sighting, r.site, r.scene, r.found.detection, iso(r.time) if r.time else None, *texts(r), r.found.simulated)
        for r in rows_of(case)
    )
    return Table(name="identities", columns=COLUMNS, rows=rows)
