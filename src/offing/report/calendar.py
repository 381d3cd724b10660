"""The best look of every day at every site, for the coverage calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from offing.exchange.snapshot import CaseSnapshot
from offing.looks.model import Look
from offing.report.model import Calendar, CalendarDay, CalendarRow, DayState, Outcome
from offing.report.naming import claims_at
from offing.report.site_strips import axis, carriers_at, claimed_windows, outcome
from offing.vessels.classes import ClassLibrary

STATE_WORDS: dict[DayState, str] = {
    "seen": "ship of the class sought seen",
    "not-seen": "looked, not seen",
    "partly": "a part seen, or cannot tell",
    "cloud": "cloud, no data or too coarse",
    "dark": "only in the dark",
    "not-obtained": "listed, not obtained",
    "none": "no look listed",
}
MOST_DAYS = 800
"""Days shown; of more, those nearest to the end."""


def calendar(case: CaseSnapshot, only: str | None = None) -> Calendar:
    """The sites that have looks or are named by a claim, over the days of the looks and the axis of the strips.

    ``only``: that site alone, by its id.
    """
    library = ClassLibrary(case.classes)
    vessels = {v.id: v.vessel_class for v in case.definition.vessels}
    first, last = axis(case)
    looks = [k for k in case.looks if only in (None, k.site)]
    days = [_day(k.time) for k in looks]
    end = max([*days, _day(last - timedelta(seconds=1))])
    start = max(min([*days, _day(first)]), end - timedelta(days=MOST_DAYS - 1))
    rows = []
    for site in case.definition.sites:
        own = [k for k in case.looks if k.site == site.id]
        if only not in (None, site.id) or (not own and not claims_at(case, site.id)):
            continue
        carriers = carriers_at(case, site.id)
        told = [(k, day_state(k, outcome(k, carriers, library, vessels))) for k in own if _day(k.time) >= start]
        rows.append(
            CalendarRow(
                name=site.name, simulated=site.simulated, days=_days(told), windows=claimed_windows(case, site.id)
            )
        )
    shown = sum(d.looks for row in rows for d in row.days)
    return Calendar(start=start, end=end, rows=tuple(rows), left_out=len(looks) - shown)


def day_state(look: Look, said: Outcome) -> DayState:
    """What one look is worth to its day."""
    if said == "seen":
        return "seen"
    if said in ("not-seen", "other"):
        return "not-seen"
    if look.status == "not-obtained":
        return "not-obtained"
    if look.status == "night":
        return "dark"
    return "partly" if look.usable > 0.0 else "cloud"


def _days(told: Iterable[tuple[Look, DayState]]) -> tuple[CalendarDay, ...]:
    order = list(STATE_WORDS)
    found: dict[date, list[DayState]] = {}
    for look, state in told:
        found.setdefault(_day(look.time), []).append(state)
    return tuple(
        CalendarDay(day=day, state=min(states, key=order.index), looks=len(states))
        for day, states in sorted(found.items())
    )


def _day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()
