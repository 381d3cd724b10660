"""Which looks hold after several imports: each import is kept, the latest word on a look counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from offing.case.model import ImportOutcome


def settle(connection: sqlite3.Connection, name: str, sha256: str, ids: Collection[str]) -> ImportOutcome:
    """What importing a file of that name and hash, with looks of these ids, would do."""
    owners = _owners(connection)
    rows = connection.execute("SELECT number, name, sha256 FROM imports ORDER BY number").fetchall()
    wanted = set(ids)
    for number, _, known in rows:
        if known == sha256 and {i for i, owner in owners.items() if owner == number} == wanted:
            return ImportOutcome(number=number, looks=len(ids), unchanged=True)
    replaced = sorted(wanted & set(owners))
    earlier = {number for number, known, _ in rows if known == name}
    versions = earlier & {owners[i] for i in replaced}
    withdrawn = sorted(i for i, owner in owners.items() if owner in versions and i not in wanted)
    return ImportOutcome(
        number=len(rows) + 1,
        looks=len(ids),
        replaced=tuple(replaced),
        withdrawn=tuple(withdrawn),
        superseded=tuple(sorted({owners[i] for i in (*replaced, *withdrawn)})),
    )


def current_looks(connection: sqlite3.Connection) -> dict[str, str]:
    """Look id → JSON of the look, of all that hold."""
    owners = _owners(connection)
    rows = connection.execute("SELECT import, id, record FROM import_looks ORDER BY import, position")
    return {name: record for number, name, record in rows if owners.get(name) == number}


def _owners(connection: sqlite3.Connection) -> dict[str, int]:
    """Look id → number of the import that it holds from, by replaying the imports in order."""
    names = dict(connection.execute("SELECT number, name FROM imports ORDER BY number").fetchall())
    owners: dict[str, int] = {}
    for number, name in names.items():
        ids = [row[0] for row in connection.execute("SELECT id FROM import_looks WHERE import = ?", (number,))]
        versions = {owners[i] for i in ids if i in owners and names[owners[i]] == name}
        owners = {i: owner for i, owner in owners.items() if owner not in versions}
        owners.update(dict.fromkeys(ids, number))
    return owners
