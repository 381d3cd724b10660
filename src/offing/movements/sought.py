"""Which ships are sought, and what one look says of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.looks.model import Look, Observation
from offing.records import Record
from offing.vessels.classes import UNKNOWN, ClassLibrary, Relation

BLIND_STATUS = frozenset({"night", "nodata", "too-coarse", "not-obtained"})
"""Statuses under which nothing at all can be said of the site; cloud counts by the usable fraction."""


class Sought(Record, frozen=True):
    """The ships that an element speaks of."""

    classes: tuple[str, ...]
    """Class ids; a ship of any of them counts."""
    vessels: tuple[str, ...] = ()
    """Ids of named vessels; when there are any, only these count."""

    def relation(self, seen: Observation, library: ClassLibrary) -> Relation:
        """How a ship that was seen stands to the ships sought."""
        of_class = library.relation(seen.vessel_class or UNKNOWN, self.classes)
        if not self.vessels:
            return of_class
        if seen.vessel is not None:
            return "match" if seen.vessel in self.vessels else "other"
        return "may-be" if of_class == "match" else of_class


class Reading(Record, frozen=True):
    """What one look says of the ships sought."""

    look: str
    """Look id."""
    time: datetime
    """UTC."""
    kind: Literal["seen", "not-seen", "blind"]
    """``blind``: the look cannot say, so it weighs nothing."""
    ships: int = 0
    """Rows that name a ship sought."""
    open_ended: bool = False
    """True: there may have been more than ``ships`` (another row could not be told)."""
    usable: float = 0.0
    """Fraction of the site that could be seen, 0–1."""
    p_detect: float | None = None
    p_false: float | None = None
    why: str = ""
    """Why a look is blind, in words."""

    @property
    def declared(self) -> bool:
        """Whether both probabilities that give the look a weight were stated."""
        return self.p_detect is not None and self.p_false is not None


def read_look(look: Look, sought: Sought, library: ClassLibrary) -> Reading:
    """What ``look`` says of the ships ``sought``.

    A ship of another class seen means that none of the sought was seen there. A row of a wider class or of an
    unknown one leaves the look unable to say, unless other rows name a ship sought: then it saw at least those.
    Raises CaseFileError for a class id that the library does not hold.
    """
    blind = _blindness(look)
    rows = [row for row in look.observations if row.seen == "yes"]
    relations = [sought.relation(row, library) for row in rows]
    matches = _ships([row for row in rows if sought.relation(row, library) == "match"])
    unsure = "may-be" in relations or any(row.seen == "indeterminate" for row in look.observations)
    if blind is None and not matches and unsure:
        blind = "it shows a ship that may or may not be one sought" if "may-be" in relations else "it cannot say"
    if blind is not None:
        return Reading(look=look.id, time=look.time, kind="blind", why=blind)
    return Reading(
        look=look.id,
        time=look.time,
        kind="seen" if matches else "not-seen",
        ships=matches,
        open_ended=unsure,
        usable=look.usable,
        p_detect=look.p_detect,
        p_false=look.p_false,
    )


def _ships(rows: list[Observation]) -> int:
    """Ships that the rows name: a row a ship, but a named ship once, however many rows tell what she does."""
    named = {row.vessel for row in rows if row.vessel is not None}
    found = {row.detection for row in rows if row.vessel is None and row.detection is not None}
    return len(named) + len(found) + sum(row.vessel is None and row.detection is None for row in rows)


def _blindness(look: Look) -> str | None:
    """Why the look can show nothing, or None."""
    if look.status in BLIND_STATUS:
        return f"its status is {look.status}"
    if look.usable <= 0.0:
        return "nothing of the site was usable"
    if not look.observations:
        return "nothing was recorded of what it shows"
    return None
