"""Which satellites pass over a site at what time of day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from offing.case.case import Case
from offing.case.site_model import ReportedCall, SensorPasses
from offing.errors import OrbitError
from offing.sites import Site
from offing.timespan import TimeSpan

if TYPE_CHECKING:
    from offing.looks.passes.model import Pass

DAYS = 12
"""Within which passes are counted: the longest repeat of Sentinel-1 and twice that of Sentinel-2's pair."""
_SAME = timedelta(minutes=20)
_NEXT = 3


def passes_of(
    case: Case, site: Site, reported: Sequence[ReportedCall], now: datetime, local: Callable[[datetime], datetime]
) -> tuple[tuple[SensorPasses, ...], TimeSpan, tuple[str, ...]]:
    """(passes by satellite, the twelve days counted, what is missing).

    The days begin with the latest window that a report names for the site, else now. Old elements that do not reach
    that far leave their satellites out, and it is said.
    """
    from offing.case.orbits import case_orbits
    from offing.looks.passes.overhead import not_known, passes_over

    start = max((r.start for r in reported if r.start is not None), default=now)
    days = TimeSpan(start=start, end=start + timedelta(days=DAYS), precision="span")
    soon = TimeSpan(start=now, end=now + timedelta(days=DAYS), precision="span")
    orbits, notes = case_orbits(case), list[str]()
    counted: list[Pass] = []
    coming: list[Pass] = []
    for orbit in orbits:
        for span, found in ((days, counted), (soon, coming)):
            try:
                found += passes_over(site.lonlat, site.radius_m, span, [orbit])
            except OrbitError as error:
                notes.append(str(error))
    for gap in not_known(days, orbits):
        notes.append(f"passes of {gap.satellite}: {gap.reason}")
    return _by_satellite(counted, coming, local), days, tuple(dict.fromkeys(notes))


def _by_satellite(
    counted: Sequence[Pass], coming: Sequence[Pass], local: Callable[[datetime], datetime]
) -> tuple[SensorPasses, ...]:
    keys = sorted({(p.satellite, p.sensor) for p in (*counted, *coming)})
    made = []
    for key in keys:
        past = [p for p in counted if (p.satellite, p.sensor) == key]
        ahead = [p for p in coming if (p.satellite, p.sensor) == key]
        one = (past or ahead)[0]
        worst = max(p.uncertainty_s for p in (*past, *ahead))
        made.append(
            SensorPasses(
                satellite=key[0], sensor=key[1], radar=one.band == "sar", passes=len(past),
                lit=sum(p.daylight for p in past), local_times=times_of_day([local(p.time) for p in past or ahead]),
                upcoming=tuple(p.time for p in ahead[:_NEXT]), basis=f"{one.basis} (±{worst:.0f} s)",
            )
        )  # fmt: skip
    return tuple(made)


def times_of_day(times: Sequence[datetime]) -> tuple[str, ...]:
    """``HH:MM`` of the times, those within 20 minutes of a neighbour as one, at their mean, over midnight too."""
    minutes = sorted(t.hour * 60.0 + t.minute + t.second / 60.0 for t in times)
    groups: list[list[float]] = []
    for m in minutes:
        if groups and m - groups[-1][-1] <= _SAME.total_seconds() / 60.0:
            groups[-1].append(m)
        else:
            groups.append([m])
    if len(groups) > 1 and minutes[0] + 1440.0 - minutes[-1] <= _SAME.total_seconds() / 60.0:
        groups[-1] += [m + 1440.0 for m in groups.pop(0)]
    means = sorted(round(sum(g) / len(g)) % 1440 for g in groups)
    return tuple(f"{m // 60:02d}:{m % 60:02d}" for m in means)
