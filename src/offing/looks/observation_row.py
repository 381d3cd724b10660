"""One row of an observations table, checked cell by cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import cast, get_args

from offing.errors import ObservationError, OffingError, did_you_mean
from offing.imagery.model import Status
from offing.looks.model import Observation, Seen
from offing.records import Record
from offing.sites import Site
from offing.timespan import parse_instant
from offing.vessels.classes import ClassLibrary
from offing.vessels.model import Vessel

YEARS = range(1900, 2101)
"""Years in which a picture can have been taken; others are slips of the pen."""

_NUMBER = re.compile(r"[-+]?([0-9]{1,12}(\.[0-9]{0,17})?|\.[0-9]{1,17})([eE][-+]?[0-9]{1,2})?")
_LOOK_ID = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_ASSUMED_USABLE: dict[Status, float] = {
    "clear": 1.0,
    "cloud": 0.0,
    "night": 0.0,
    "nodata": 0.0,
    "too-coarse": 0.0,
    "not-obtained": 0.0,
}
"""``usable`` where it is left blank; a partly usable look has to say how far."""


class Row(Record, frozen=True):
    """A row: what it says of the look, and its one observation."""

    line: int
    look: str
    """Look id."""
    site: str
    time: datetime
    """UTC."""
    sensor: str
    status: Status
    usable: float
    """0–1."""
    p_detect: float | None
    p_false: float | None
    source: str | None
    observation: Observation

    def look_level(self) -> dict[str, object]:
        """What all rows of one look must agree on."""
        names = ("site", "time", "sensor", "status", "usable", "p_detect", "p_false", "source")
        return {name: getattr(self, name) for name in names}


class RowReader:
    """Reads rows of one table against the sites, classes and vessels of the case."""

    def __init__(
        self,
        path: Path,
        sites: Iterable[Site],
        library: ClassLibrary,
        vessels: Iterable[Vessel],
        notes: Counter[str],
    ) -> None:
        self._path, self._library, self._notes = path, library, notes
        self._sites = {site.id: site for site in sites}
        self._vessels = {vessel.id: vessel for vessel in vessels}
        self._classes = frozenset(entry.id for entry in library)
        self._times: dict[str, datetime] = {}

    @property
    def simulated_sites(self) -> frozenset[str]:
        """Ids of the sites at which everything is simulated."""
        return frozenset(name for name, site in self._sites.items() if site.simulated)

    def read(self, line: int, cells: Mapping[str, str]) -> Row:
        """The row at ``line``. Raises ObservationError."""
        status = cast("Status", self._choice(line, cells, "status", get_args(Status)))
        seen = cast("Seen", self._choice(line, cells, "seen", get_args(Seen)))
        usable = self._usable(line, cells, status)
        if seen == "yes" and usable == 0.0:
            raise self._fail(line, "a ship was seen where nothing was usable", "correct usable, status or seen")
        if seen == "no" and usable == 0.0:
            self._notes["'no' where nothing was usable says nothing; 'indeterminate' is the word for it"] += 1
        return Row(
            line=line,
            look=self._look_id(line, cells["look_id"]),
            site=self._named(line, "site", self._filled(line, cells, "site"), self._sites),
            time=self._time(line, self._filled(line, cells, "time")),
            sensor=self._filled(line, cells, "sensor"),
            status=status,
            usable=usable,
            p_detect=self._fraction(line, cells, "p_detect"),
            p_false=self._fraction(line, cells, "p_false"),
            source=cells["source"] or None,
            observation=self._observation(line, cells, seen),
        )

    def _observation(self, line: int, cells: Mapping[str, str], seen: Seen) -> Observation:
        vessel = cells["vessel"] or None
        class_id = cells["vessel_class"] or None
        if class_id is not None and class_id not in self._classes:
            self._unknown_class(line, class_id)
        if vessel is not None:
            self._named(line, "vessel", vessel, self._vessels)
            class_id = self._class_of(line, vessel, class_id)
        if seen == "yes" and class_id is None:
            raise self._fail(
                line, "a ship was seen, but neither vessel_class nor vessel says which", "write unknown if nobody can"
            )
        length, spread = self._number(line, cells, "length_m"), self._number(line, cells, "length_sd_m")
        if seen != "yes" and (vessel or length is not None or spread is not None):
            raise self._fail(
                line, f"a ship is described in a row that says {seen!r}", "say yes, or leave vessel and lengths blank"
            )
        try:
            return Observation(
                seen=seen, vessel_class=class_id, vessel=vessel, length_m=length, length_sd_m=spread,
                activity=cells["activity"] or None, note=cells["note"] or None,
            )  # fmt: skip
        except ObservationError as error:
            raise self._fail(line, error.what, error.fix) from error

    def _class_of(self, line: int, vessel: str, stated: str | None) -> str:
        """The vessel's class, which the class stated beside it must not contradict."""
        known = self._vessels[vessel].vessel_class
        if stated is not None and self._library.relation(known, [stated]) == "other":
            raise self._fail(line, f"{vessel!r} is of class {known!r}, not {stated!r}", "correct one of the two")
        return known

    def _unknown_class(self, line: int, class_id: str) -> None:
        try:
            self._library.get(class_id)
        except OffingError as error:
            raise self._fail(line, error.what, error.fix) from error

    def _usable(self, line: int, cells: Mapping[str, str], status: Status) -> float:
        stated = self._fraction(line, cells, "usable")
        if stated is not None:
            if stated > 0.0 and status == "not-obtained":
                raise self._fail(line, f"usable is {stated:g} in a look that was not obtained", "write 0")
            return stated
        if status not in _ASSUMED_USABLE:
            raise self._fail(line, f"usable is blank in a look that is {status}", "write the fraction, 0 to 1")
        assumed = _ASSUMED_USABLE[status]
        self._notes[f"usable is blank where the status is {status}: taken as {assumed:g}"] += 1
        return assumed

    def _time(self, line: int, text: str) -> datetime:
        known = self._times.get(text)
        if known is not None:
            return known
        try:
            instant, zoned = parse_instant(text)
        except OffingError as error:
            raise self._fail(line, error.what, error.fix) from error
        if instant.year not in YEARS:
            raise self._fail(line, f"the year {instant.year} is not between 1900 and 2100", "correct time")
        if zoned:
            self._times[text] = instant
        else:
            self._notes["a time without zone is taken as UTC"] += 1
        return instant

    def _look_id(self, line: int, text: str) -> str:
        if not text:
            raise self._fail(line, "look_id is blank", "give every look an id")
        if not _LOOK_ID.fullmatch(text):
            raise self._fail(line, "look_id is too long or holds control characters", "use a short plain text")
        return text

    def _filled(self, line: int, cells: Mapping[str, str], column: str) -> str:
        if not cells[column]:
            raise self._fail(line, f"{column} is blank", "fill it in")
        return cells[column]

    def _choice(self, line: int, cells: Mapping[str, str], column: str, known: tuple[str, ...]) -> str:
        text = cells[column].lower()
        if text not in known:
            found = f"is {cells[column][:40]!r}" if cells[column] else "is blank"
            raise self._fail(line, f"{column} {found}", f"write one of {', '.join(known)}")
        return text

    def _named(self, line: int, column: str, name: str, known: Mapping[str, object]) -> str:
        if name not in known:
            hint = did_you_mean(name, known, f"add it under {column}s in case.yaml")
            raise self._fail(line, f"{column} {name[:40]!r} is not in the case", hint)
        return name

    def _fraction(self, line: int, cells: Mapping[str, str], column: str) -> float | None:
        value = self._number(line, cells, column, "a number from 0 to 1")
        if value is not None and not 0.0 <= value <= 1.0:
            raise self._fail(line, f"{column} is {cells[column]}", "write a number from 0 to 1")
        return value

    def _number(
        self, line: int, cells: Mapping[str, str], column: str, expected: str = "a number with a decimal point"
    ) -> float | None:
        text = cells[column]
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise self._fail(line, f"{column} is {text[:40]!r}", f"write {expected}, or leave it blank")
        return float(text)

    def _fail(self, line: int, what: str, fix: str | None) -> ObservationError:
        return ObservationError(what, where=f"{self._path}:{line}", fix=fix)
