"""Port calls from sightings, each with its four bounds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from offing.looks.model import Look
from offing.movements.model import PortCall
from offing.movements.sought import Reading, Sought, read_look
from offing.records import Record
from offing.vessels.classes import UNKNOWN, ClassLibrary

ENDS_A_CALL = 0.5
"""A look that does not show the ship ends a call when at least so much of the site was usable."""

LONGEST_GAP = timedelta(hours=144)
"""Sightings farther apart are two calls, even with no look between."""


class _Seen(Record, frozen=True):
    """One look as one ship's history sees it."""

    look: str
    time: datetime
    there: bool
    simulated: bool


def port_calls(
    looks: Sequence[Look], classes: Sequence[str], library: ClassLibrary, *, longest_gap: timedelta = LONGEST_GAP
) -> tuple[PortCall, ...]:
    """Calls of ships of ``classes`` (``["any"]`` for all), by site, ship and time.

    Sightings of one named ship, or of one class where no name is given, belong to one call unless a look that could
    see (at least half of the site) shows none between them, or they are more than ``longest_gap`` apart. Several
    ships of a class in one look are several calls side by side. A look that cannot tell neither ends nor bounds one.
    """
    return tuple(ranked.call for ranked in ranked_calls(looks, classes, library, longest_gap=longest_gap))


class RankedCall(Record, frozen=True):
    """A call of one of several ships alike, told apart by their number in each look."""

    call: PortCall
    nth: int
    """Its looks show so many such ships, or more."""
    apart: tuple[str, ...]
    """Ids of looks that show fewer of them, but some: other ships than hers."""


def ranked_calls(
    looks: Sequence[Look], classes: Sequence[str], library: ClassLibrary, *, longest_gap: timedelta = LONGEST_GAP
) -> tuple[RankedCall, ...]:
    """``port_calls``, each with which of several ships alike it is: those there longest come first."""
    at: dict[str, list[Look]] = {}
    for look in looks:
        at.setdefault(look.site, []).append(look)
    out: list[RankedCall] = []
    for site in sorted(at):
        here = sorted(at[site], key=lambda k: (k.time, k.id))
        for vessel_class, vessel in _ships(here, classes, library):
            sought = Sought(classes=(vessel_class,), vessels=(vessel,) if vessel else ())
            out += _calls_of(here, sought, vessel_class, vessel, library, longest_gap)
    return tuple(sorted(out, key=lambda r: _order(r.call)))


def _order(c: PortCall) -> tuple[str, datetime, str, str, tuple[str, ...]]:
    return c.site, c.arrived_before, c.vessel_class, c.vessel or "", c.looks


def seen_calls(readings: Sequence[Reading], longest_h: float) -> int:
    """How many calls the readings (of one kind of ship, by time) show and tell apart: a least number."""
    calls, ships, last = 0, 0, None
    for reading in readings:
        if reading.kind == "not-seen" and reading.usable >= ENDS_A_CALL:
            ships = 0
        elif reading.kind == "seen":
            if last is not None and (reading.time - last).total_seconds() / 3600.0 > longest_h:
                ships = 0
            calls += max(0, reading.ships - ships)
            ships, last = reading.ships, reading.time
    return calls


def _ships(looks: Sequence[Look], classes: Sequence[str], library: ClassLibrary) -> list[tuple[str, str | None]]:
    """(class, vessel or None) of every ship seen that is of ``classes``."""
    found = set()
    for row in (row for look in looks for row in look.observations if row.seen == "yes"):
        class_id = row.vessel_class or UNKNOWN
        if library.relation(class_id, classes) == "match":
            found.add((class_id, row.vessel or ""))
    return [(class_id, vessel or None) for class_id, vessel in sorted(found)]


def _calls_of(
    looks: Sequence[Look],
    sought: Sought,
    vessel_class: str,
    vessel: str | None,
    library: ClassLibrary,
    longest_gap: timedelta,
) -> list[RankedCall]:
    counts = [_count(look, vessel_class, vessel) for look in looks]
    out = []
    for nth in range(1, max(counts, default=0) + 1):
        history = []
        for look, count in zip(looks, counts, strict=True):
            reading = read_look(look, sought, library)
            ends = reading.kind != "blind" and reading.usable >= ENDS_A_CALL and not reading.open_ended
            if count >= nth or ends:
                history.append(_Seen(look=look.id, time=look.time, there=count >= nth, simulated=look.simulated))
        apart = tuple(look.id for look, count in zip(looks, counts, strict=True) if 0 < count < nth)
        for run in _runs(history, longest_gap):
            call = _call(looks[0].site, vessel_class, vessel, history, run)
            out.append(RankedCall(call=call, nth=nth, apart=apart))
    return out


def _count(look: Look, vessel_class: str, vessel: str | None) -> int:
    """Rows of the look that name this ship; an unnamed class counts unnamed rows only."""
    rows = [r for r in look.observations if r.seen == "yes" and (r.vessel_class or UNKNOWN) == vessel_class]
    matching = [r for r in rows if r.vessel == vessel]
    return min(len(matching), 1) if vessel else len(matching)


def _runs(history: Sequence[_Seen], longest_gap: timedelta) -> list[tuple[int, int]]:
    """First and last index of each stretch of sightings."""
    runs: list[tuple[int, int]] = []
    for i, entry in enumerate(history):
        if not entry.there:
            continue
        if runs and runs[-1][1] == i - 1 and entry.time - history[i - 1].time <= longest_gap:
            runs[-1] = (runs[-1][0], i)
        else:
            runs.append((i, i))
    return runs


def _call(site: str, vessel_class: str, vessel: str | None, history: Sequence[_Seen], run: tuple[int, int]) -> PortCall:
    first, last = run
    before = history[first - 1] if first else None
    after = history[last + 1] if last + 1 < len(history) else None
    seen = history[first : last + 1]
    return PortCall(
        site=site,
        vessel_class=vessel_class,
        vessel=vessel,
        arrived_after=before.time if before and not before.there else None,
        arrived_before=seen[0].time,
        departed_after=seen[-1].time,
        departed_before=after.time if after and not after.there else None,
        looks=tuple(s.look for s in seen),
        simulated=any(s.simulated for s in seen),
    )
