"""Reading case.gpkg: the records that are in it, decoded and in a fixed order."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from offing.case import database
from offing.case.imports import current_looks
from offing.case.model import Import, KeptSearch, SceneDetections, SceneIdentity, Statement
from offing.errors import OffingError, StoreError
from offing.imagery.catalogue.model import Answer, CatalogueItem
from offing.imagery.model import Scene
from offing.judgement.model import ClaimVerdict, Verdict
from offing.looks.model import Look
from offing.movements.model import Lift, PortCall, Presence, SightingLink
from offing.movements.voyages.model import Voyages
from offing.timespan import parse_instant
from offing.vessels.model import Detection, Sighting

R = TypeVar("R")

STATEMENT_COLUMNS = "key, step, inputs, parameters, version, created, result"


class StoreReader:
    """The read side of the store. A file that is missing or empty reads as a case without results."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close what reading opened."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def scenes(self) -> tuple[Scene, ...]:
        """Every scene of the case by (time, id)."""
        found = self._records(Scene, "SELECT record FROM scenes ORDER BY id")
        return tuple(sorted(found, key=lambda s: (s.time, s.id)))

    def looks(self, site: str | None = None) -> tuple[Look, ...]:
        """The looks of the case, or of one site, by (time, site, id)."""
        return tuple(sorted(self._results(Look, "look", site=site), key=lambda x: (x.time, x.site, x.id)))

    def detections(self, scene: str | None = None) -> tuple[Detection, ...]:
        """The detections of the case, or of one scene, by (scene, id)."""
        return tuple(found for group in self.scene_detections(scene) for found in group.detections)

    def scene_detections(self, scene: str | None = None) -> tuple[SceneDetections, ...]:
        """The detections by scene, scenes by id; scenes that were searched in vain are there, with none."""
        found = self._results(SceneDetections, "detection", scene=scene)
        return tuple(sorted(found, key=lambda group: group.scene))

    def sightings(self, site: str | None = None) -> tuple[Sighting, ...]:
        """The sightings of the case, or of one site, by (time, site, id)."""
        return tuple(sorted(self._results(Sighting, "sighting", site=site), key=lambda s: (s.time, s.site, s.id)))

    def port_calls(self) -> tuple[PortCall, ...]:
        """Every port call by (arrived before, site, class)."""
        found = self._results(PortCall, "port_call")
        return tuple(sorted(found, key=lambda c: (c.arrived_before, c.site, c.vessel_class, c.looks)))

    def presence(self, site: str | None = None) -> tuple[Presence, ...]:
        """Presence of the claimed kinds of ship at the sites, or at one, in the order in which it was projected."""
        return self._results(Presence, "presence", site=site)

    def links(self, site: str | None = None) -> tuple[SightingLink, ...]:
        """Consecutive sightings, or those at one site, by site, kind of ship and time."""
        return self._results(SightingLink, "link", site=site)

    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict in the order in which they were projected."""
        return self._results(Verdict, "verdict")

    def claim_verdicts(self) -> tuple[ClaimVerdict, ...]:
        """The verdict on each claim as a whole, in the order in which they were projected."""
        return self._results(ClaimVerdict, "claim_verdict")

    def lifts(self) -> tuple[Lift, ...]:
        """Every lift in the order in which they were projected."""
        return self._results(Lift, "lift")

    def identities(self, site: str | None = None) -> tuple[SceneIdentity, ...]:
        """What the ships of the case, or of one site, may be, by scene."""
        return tuple(sorted(self._results(SceneIdentity, "identity", site=site), key=lambda group: group.scene))

    def voyages(self) -> Voyages:
        """Which port calls one ship may have made in turn, and what was left out."""
        found = self._results(Voyages, "voyages")
        return found[0] if found else Voyages(voyages=())

    def results_key(self) -> str | None:
        """``key`` of the results that the read methods give; None: there are none, or an import came after them."""
        rows = self._rows("SELECT value FROM state WHERE name = 'results'")
        return str(rows[0][0]) if rows else None

    def statement(self, key: str) -> Statement | None:
        """The statement of that key, if its step was ever finished with these inputs."""
        rows = self._rows(f"SELECT {STATEMENT_COLUMNS} FROM statements WHERE key = ?", (key,))  # noqa: S608 - a constant
        return self._statement(rows[0]) if rows else None

    def statements(self, step: str | None = None) -> tuple[Statement, ...]:
        """Every statement, or those of one step, by (created, key)."""
        rows = self._rows(
            f"SELECT {STATEMENT_COLUMNS} FROM statements WHERE ?1 IS NULL OR step = ?1 ORDER BY created, key",  # noqa: S608
            (step,),
        )
        return tuple(self._statement(row) for row in rows)

    def imports(self) -> tuple[Import, ...]:
        """Every import by number, superseded ones too."""
        rows = self._rows(
            "SELECT number, name, sha256, imported, (SELECT count(*) FROM import_looks WHERE import = number)"
            " FROM imports ORDER BY number"
        )
        return tuple(
            Import(number=n, name=name, sha256=sha, imported=_instant(at), looks=count)
            for n, name, sha, at, count in rows
        )

    def searches(self, site: str | None = None) -> tuple[KeptSearch, ...]:
        """Every answer of a catalogue, or those for one site, in the order in which they came."""
        rows = self._rows(
            "SELECT number, record, (SELECT count(*) FROM search_items WHERE search = number)"
            " FROM searches WHERE ?1 IS NULL OR site = ?1 ORDER BY number",
            (site,),
        )
        return tuple(KeptSearch(number=n, answer=self._decode(Answer, text), items=count) for n, text, count in rows)

    def items(self, site: str | None = None) -> tuple[CatalogueItem, ...]:
        """What the catalogues list, or list for one site, each item as it was listed last, by (time, id)."""
        found = self._records(
            CatalogueItem,
            "SELECT record FROM catalogue_items JOIN ("
            "  SELECT id, search_items.sha256 AS sha256, max(search) FROM search_items JOIN searches ON number = search"
            "  WHERE ?1 IS NULL OR site = ?1 GROUP BY id"
            ") USING (id, sha256)",
            (site,),
        )
        return tuple(sorted(found, key=lambda i: (i.time, i.id)))

    def imported_looks(self) -> tuple[Look, ...]:
        """The looks that hold after all imports, by (time, site, id)."""
        connection = self._connection()
        if connection is None:
            return ()
        with database.guarded(self.path):
            texts = current_looks(connection)
        found = [self._decode(Look, text) for text in texts.values()]
        return tuple(sorted(found, key=lambda x: (x.time, x.site, x.id)))

    def _connection(self) -> sqlite3.Connection | None:
        """The connection to read from; None: nothing was ever kept."""
        if self._writer is not None:
            return self._writer
        if self._reader is None and (not self.path.exists() or _is_empty(self.path)):
            return None
        if self._reader is None:
            self._reader = database.connect(self.path, write=False)
        return self._reader

    def _rows(self, sql: str, values: Sequence[str | int | None] = ()) -> list[tuple[Any, ...]]:
        connection = self._connection()
        if connection is None:
            return []
        with database.guarded(self.path):
            return connection.execute(sql, values).fetchall()

    def _records(self, kind: type[R], sql: str, values: Sequence[str | int | None] = ()) -> tuple[R, ...]:
        return tuple(self._decode(kind, row[0]) for row in self._rows(sql, values))

    def _results(self, kind: type[R], name: str, site: str | None = None, scene: str | None = None) -> tuple[R, ...]:
        return self._records(
            kind,
            "SELECT record FROM results WHERE kind = ?1 AND (?2 IS NULL OR site = ?2) AND (?3 IS NULL OR scene = ?3)"
            " ORDER BY position",
            (name, site, scene),
        )

    def _decode(self, kind: type[R], text: str) -> R:
        try:
            return msgspec.json.decode(text, type=kind)
        except (msgspec.DecodeError, OffingError, TypeError) as error:
            raise StoreError(
                f"a {kind.__name__.lower()} cannot be read as it was kept: {error}",
                where=str(self.path),
                fix="run offing check",
            ) from error

    def _statement(self, row: tuple[Any, ...]) -> Statement:
        key, step, inputs, parameters, version, created, result = row
        return Statement(
            key=key, step=step, inputs=self._decode(dict, inputs), parameters=self._decode(dict, parameters),
            version=version, created=_instant(created), result=result,
        )  # fmt: skip


def _instant(text: str) -> datetime:
    return parse_instant(text)[0]


def _is_empty(path: Path) -> bool:
    return path.is_file() and path.stat().st_size == 0
