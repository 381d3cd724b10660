"""``offing sites``: a sheet for each site of a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from offing.cli.output import Format, emit

if TYPE_CHECKING:
    from offing.case.case import Case
    from offing.case.site_model import CaseSheet

COLUMNS = (
    "site", "name", "role", "lon", "lat", "radius_m", "berths", "looks", "usable_looks", "aka", "nearest_town",
    "nearest_town_km", "people_5km", "people_20km", "people_50km", "index_port", "index_port_km", "nearest_site",
    "nearest_site_nm", "calls_seen", "calls_reported", "ais",
)  # fmt: skip
"""A row a site; what stood there before the sheet comes first."""


def sites(
    case: Path,
    /,
    *,
    site: str | None = None,
    ports: Annotated[list[Path] | None, Parameter(negative="")] = None,
    format: Format = "table",
) -> None:
    """A sheet for each site: berths, names, towns, ports, ways by sea, calls seen and reported, and who looks when.

    Distances by sea are the shortest way over water, a lower bound for any voyage; people are sums of what the
    gazetteer lists, a lower bound too. What is not known is said.

    Example: offing sites dunai-2024 --site dunai --ports world_port_index.csv

    Parameters
    ----------
    case
        The case folder.
    site
        Only this site.
    ports
        A World Port Index (NGA Pub. 150) as CSV, besides those of case.yaml; may be given several times.
    """
    from offing.case.case import Case
    from offing.case.clock import system_clock
    from offing.case.site_sheet import case_sheets

    with Case.open(case) as opened:
        made = case_sheets(opened, now=system_clock(), only=site, port_files=ports or ())
        rows = [_row(opened, sheet) for sheet in made]
    if format == "json":
        emit([row | _whole(sheet) for row, sheet in zip(rows, made, strict=True)], COLUMNS, format, "sites")
    elif format == "csv":
        # A position keeps its metre in print.
        emit([{**r, "lon": f"{r['lon']:.5f}", "lat": f"{r['lat']:.5f}"} for r in rows], COLUMNS, format, "sites")
    else:
        from offing.cli.site_blocks import print_blocks

        print_blocks(made, rows)


def _row(case: Case, sheet: CaseSheet) -> dict[str, Any]:
    from offing.cli.case import in_words

    place, site = sheet.place, sheet.place.site
    town = place.towns[0] if place.towns else None
    port = place.index_ports[0] if place.index_ports else None
    near = place.sites_by_sea[0] if place.sites_by_sea else None
    return {
        "site": site.id,
        "name": site.name,
        "aka": site.aka,
        "role": site.role,
        "lon": site.position[0],
        "lat": site.position[1],
        "radius_m": site.radius_m,
        "timezone": site.timezone or case.definition.timezone,
        "berths": [berth.id for berth in place.berths],
        "baseline": [in_words({"classes": list(b.classes), "calls_per_30d": b.calls_per_30d}) for b in site.baseline],
        "looks": sum(s.looks for s in sheet.sensors),
        "usable_looks": sum(s.usable for s in sheet.sensors),
        "simulated": site.simulated,
        "nearest_town": town.town.name if town else None,
        "nearest_town_km": round(town.distance_m / 1000.0, 2) if town else None,
        **{f"people_{people.within_m / 1000.0:.0f}km": people.listed for people in place.people},
        "index_port": port.port.name if port else None,
        "index_port_km": round(port.distance_m / 1000.0, 2) if port else None,
        "nearest_site": near.site if near else None,
        "nearest_site_nm": round(near.path.nautical_miles, 1) if near else None,
        "calls_seen": len(sheet.calls),
        "calls_reported": len(sheet.reported),
        "ais": sheet.ais_said,
    }


def _whole(sheet: CaseSheet) -> dict[str, Any]:
    """All of the sheet, below the row's own keys."""
    import msgspec

    place = msgspec.to_builtins(sheet.place)
    rest = msgspec.to_builtins(sheet)
    del rest["place"], place["site"], place["berths"]
    return {"berth_names": {b.id: b.name for b in sheet.place.berths}, **place, **rest, "ais_areas": rest["ais"],
            "ais": sheet.ais_said}  # fmt: skip
