"""The sheets of sites as blocks for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from offing.timespan import iso

if TYPE_CHECKING:
    from offing.case.site_model import CaseSheet, ReportedCall, SensorLooks, SensorPasses
    from offing.movements.model import PortCall
    from offing.sites.port_matches import PortMatch
    from offing.sites.sheet import BySea

Line = tuple[str, str]
"""(what it is about, what is said)."""

_MOST_CALLS = 20


def print_blocks(sheets: Sequence[CaseSheet], rows: Sequence[Mapping[str, Any]]) -> None:
    """A block a site, blank lines between them; ``rows`` hold the counts of looks."""
    from rich.console import Console
    from rich.table import Table

    width = None if sys.stdout.isatty() else 160
    console = Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)
    for i, (sheet, row) in enumerate(zip(sheets, rows, strict=True)):
        site = sheet.place.site
        if i:
            console.print()
        console.print(f"{site.id}: {site.name}, {site.role}{' (simulated)' if site.simulated else ''}", style="bold")
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        said = ""
        for label, text in _lines(sheet, row):
            table.add_row("" if label == said else f"  {label}", text)
            said = label
        console.print(table)


def _lines(sheet: CaseSheet, row: Mapping[str, Any]) -> Iterator[Line]:
    place, site = sheet.place, sheet.place.site
    yield (
        "position",
        f"{site.position[1]:.5f}, {site.position[0]:.5f} (latitude, longitude); radius {site.radius_m:g} m",
    )
    yield "names", "; ".join((site.name, *site.aka))
    berths = "; ".join(b.id if b.name is None else f"{b.id} ({b.name})" for b in place.berths)
    yield "berths", berths or "none drawn"
    yield from _around(sheet)
    for match in place.index_ports:
        yield "port index", _match(match)
    for label, others in (("by sea to", place.sites_by_sea), ("other ports", place.ports_by_sea)):
        for other in others:
            yield label, _by_sea(other)
    yield "AIS", sheet.ais_said
    for area in sheet.ais:
        received = "" if area.reception is None else f", reception {area.reception:g}"
        yield "AIS", f"{area.path}: {_when(area.start)} to {_when(area.end)}{received}; says {area.source}"
    for call in sheet.calls[:_MOST_CALLS]:
        yield "calls seen", _call(call)
    if len(sheet.calls) > _MOST_CALLS:
        yield "calls seen", f"and {len(sheet.calls) - _MOST_CALLS} more; --format json has them all"
    for report in sheet.reported:
        yield "reported", _reported(report)
    yield "looks", f"{row['looks']}, of which {row['usable_looks']} could see some of it"
    for sensor in sheet.sensors:
        yield "looks", _sensor(sensor, sheet.clock)
    for passing in sheet.passes:
        yield "passes", _passes(passing, sheet)
    for note in sheet.notes:
        yield "note", note


def _around(sheet: CaseSheet) -> Iterator[Line]:
    place = sheet.place
    for near in place.towns:
        town = near.town
        people = "people not stated" if town.population is None else f"{town.population:,} people"
        aka = f" ({'; '.join(town.aka)})" if town.aka else ""
        yield "towns", f"{near.distance_m / 1000.0:.1f} km  {town.name}{aka}, {people}"
    if place.gazetteer is not None:
        if not place.towns:
            yield "towns", "none listed within 50 km"
        sums = (f"{p.listed:,} within {p.within_m / 1000.0:.0f} km ({p.places} places)" for p in place.people)
        yield "people", f"at least {', '.join(sums)}; {place.gazetteer}"


def _match(match: PortMatch) -> str:
    port = match.port
    facts = [f"{port.size} harbour" if port.size else None, port.type, port.use and f"use {port.use}",
             port.shelter and f"shelter {port.shelter}",
             port.cargo_pier_depth_m and f"cargo pier {port.cargo_pier_depth_m:g} m deep",
             port.max_length_m and f"ships up to {port.max_length_m:g} m",
             port.railway and f"railway {port.railway}", port.dry_dock and f"dry dock {port.dry_dock}",
             ", ".join(port.has) and f"has {', '.join(port.has)}",
             ", ".join(port.has_not) and f"has no {', '.join(port.has_not)}"]  # fmt: skip
    name = f"{port.name}{f' ({port.alternate})' if port.alternate else ''}"
    what = f"{match.distance_m / 1000.0:.1f} km away, names agree {match.name_alike:.2f}"
    return f"{name}, {what}: {'; '.join(f for f in facts if f) or 'nothing stated'} [{port.source}]"


def _by_sea(other: BySea) -> str:
    path = other.path
    name = other.name if other.site is None else f"{other.site}"
    if not path.reached:
        hours = ", ".join(f"{t.hours.low:.1f} h at {t.knots:g} kn" for t in other.under_way)
        return f"{name}: at least {path.low_m / 1852.0:.1f} nm, {hours} ({'; '.join(path.notes)})"
    high = "" if path.high_m is None else f"–{path.high_m / 1852.0:.1f}"
    hours = ", ".join(
        f"{t.hours.low:.1f}–{t.hours.high:.1f} h at {t.knots:g} kn" if path.high_m is not None
        else f"{t.hours.low:.1f} h or more at {t.knots:g} kn"
        for t in other.under_way
    )  # fmt: skip
    notes = f" ({'; '.join(path.notes)})" if path.notes else ""
    return f"{name}: {path.nautical_miles:.1f} nm [{path.low_m / 1852.0:.1f}{high}], {hours}{notes}"


def _call(call: PortCall) -> str:
    ship = call.vessel or call.vessel_class
    simulated = ", simulated" if call.simulated else ""
    return (
        f"{ship}: arrived {_when(call.arrived_after)} to {_when(call.arrived_before)}, left "
        f"{_when(call.departed_after)} to {_when(call.departed_before)}; {len(call.looks)} looks{simulated}"
    )


def _reported(report: ReportedCall) -> str:
    ships = " or ".join(report.ships) or "ships"
    count = f"{report.count} or more of " if report.count and report.count > 1 else ""
    others = f", or one of {report.alternatives} other sites" if report.alternatives else ""
    who = f"{report.title or report.source}{f', {report.published}' if report.published else ''}"
    return (
        f"{count}{ships}, as {report.role}{others}, {report.window or 'no time given'}; {report.basis} "
        f"[{report.claim}: {who}; origin {report.origin}]"
    )


def _sensor(sensor: SensorLooks, clock: str) -> str:
    statuses = ", ".join(f"{count.looks} {count.status}" for count in sensor.by_status)
    hours = ", ".join(f"{h:02d} h ×{n}" for h, n in enumerate(sensor.local_hours) if n)
    simulated = "; simulated" if sensor.simulated else ""
    return f"{sensor.sensor}: {sensor.looks} ({statuses}); local hours ({clock}) {hours}{simulated}"


def _passes(passing: SensorPasses, sheet: CaseSheet) -> str:
    times = ", ".join(passing.local_times)
    lit = "" if passing.radar else f", {passing.lit} by day"
    coming = f"; next {', '.join(iso(t) for t in passing.upcoming)}" if passing.upcoming else ""
    days = f"in the 12 days from {iso(sheet.passes_from)}{lit}"
    at = f"about {times} ({sheet.clock}){coming}; a pass is no picture"
    return f"{passing.satellite} {passing.sensor}: {passing.passes} {days}, {at}"


def _when(instant: datetime | None) -> str:
    return "?" if instant is None else iso(instant)
