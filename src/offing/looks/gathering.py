"""Rows of an observations table brought together into looks; rows that contradict each other are errors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from offing.errors import ObservationError
from offing.looks.model import Look, Observation, Seen
from offing.looks.observation_row import Row


@dataclass(slots=True)
class _Group:
    """The rows of one look, with the line on which each thing was first said."""

    first: Row
    observations: list[Observation] = field(default_factory=list)
    said: dict[Observation, int] = field(default_factory=dict)
    words: dict[Seen, int] = field(default_factory=dict)
    vessels: dict[str, int] = field(default_factory=dict)


class Gathered:
    """The rows read so far, by look."""

    def __init__(self, path: Path, notes: Counter[str]) -> None:
        self._path, self._notes = path, notes
        self._groups: dict[str, _Group] = {}

    def add(self, row: Row) -> None:
        """Take in a row. Raises ObservationError, naming both lines, where it contradicts an earlier one."""
        group = self._groups.get(row.look)
        if group is None:
            group = self._groups[row.look] = _Group(first=row)
        else:
            self._agree(group.first, row)
        self._check(group, row)
        said = row.observation
        if said in group.said:
            if said.seen != "yes":
                self._notes["a row is repeated: counted once"] += 1
                return
            self._notes["a ship is listed again in all particulars: counted as another ship"] += 1
        group.observations.append(said)
        group.said.setdefault(said, row.line)
        group.words.setdefault(said.seen, row.line)
        if said.vessel is not None:
            group.vessels[said.vessel] = row.line

    def looks(self, simulated_sites: frozenset[str], simulated_sources: frozenset[str]) -> tuple[Look, ...]:
        """The looks by (time, site, id)."""
        found = [self._look(group, simulated_sites, simulated_sources) for group in self._groups.values()]
        return tuple(sorted(found, key=lambda look: (look.time, look.site, look.id)))

    def _look(self, group: _Group, sites: frozenset[str], sources: frozenset[str]) -> Look:
        first = group.first
        stated = f"as stated by {first.source}" if first.source else f"as stated in {self._path.name}"
        declared = first.p_detect is not None or first.p_false is not None
        return Look(
            id=first.look, site=first.site, time=first.time, sensor=first.sensor, status=first.status,
            usable=first.usable, reason=stated, p_detect=first.p_detect, p_false=first.p_false,
            p_basis="stated" if declared else None, observations=tuple(group.observations),
            source=first.source, simulated=first.site in sites or first.source in sources,
        )  # fmt: skip

    def _agree(self, first: Row, row: Row) -> None:
        mine, theirs = row.look_level(), first.look_level()
        for name, value in mine.items():
            if value != theirs[name]:
                raise self._clash(first.line, row, f"the rows of one look must have the same {name}")

    def _check(self, group: _Group, row: Row) -> None:
        """Raises ObservationError where the row and an earlier one cannot both be true."""
        said = row.observation
        for word, line in group.words.items():
            if "no" in (word, said.seen) and word != said.seen:
                raise self._clash(line, row, f"the look says both {word!r} and {said.seen!r}; a row 'no' stands alone")
        if said.vessel in group.vessels:
            raise self._clash(group.vessels[said.vessel], row, f"{said.vessel!r} is seen twice in one look")

    def _clash(self, line: int, row: Row, what: str) -> ObservationError:
        return ObservationError(
            f"look {row.look[:60]!r} in lines {line} and {row.line}: {what}",
            where=f"{self._path}:{row.line}",
            fix="correct one of them, or give them different look_ids",
        )
