"""``offing passes``: when which satellite could have seen a place, or could see it next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from offing.cli.output import Format, emit, note
from offing.errors import OffingError

if TYPE_CHECKING:
    from datetime import datetime

    from offing.geo import LonLat
    from offing.looks.passes.model import Orbit, Pass
    from offing.timespan import TimeSpan

COLUMNS = (
    "site", "time", "satellite", "sensor", "direction", "incidence_deg", "covers", "daylight", "uncertainty_s", "basis",
)  # fmt: skip
DAYS = 14
"""How far ahead is looked where no span is asked for."""


def passes(
    where: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    site: str | None = None,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    tle: Annotated[tuple[Path, ...], Parameter(negative="")] = (),
    swath_km: float | None = None,
    satellite: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    radius_m: float = 3000.0,
    format: Format = "table",
) -> None:
    """List the passes of satellites in which a place lay within their swath. A pass is no acquisition.

    Example: offing passes 132.335,42.879 --from 2024-10-01 --to 2024-11-30 --satellite sentinel-1a

    Parameters
    ----------
    where
        A case folder, or LON,LAT in degrees.
    site
        Only this site of the case.
    from_
        First day, or moment (UTC). Unless given: the windows of the case's claims; from now where there is none.
    to
        Last day, or moment; 14 days after the first unless given.
    tle
        A file of orbital elements, TLE or OMM, beside those in the case's orbits.
    swath_km
        How wide a swath the satellites of --tle see, kilometres; for those that are not known.
    satellite
        Only this one, such as sentinel-1a, sentinel-1a:EW, or a name in a file of elements.
    radius_m
        How far a place given as LON,LAT reaches, metres.
    """
    from offing.case.clock import system_clock

    now = system_clock()
    if _is_place(where):
        places, orbits = _one_place(where, site, radius_m, [(p, swath_km) for p in tle], satellite)
    else:
        places, orbits = _of_case(Path(where), site, [(p, swath_km) for p in tle], satellite)
    rows = []
    for name, place, radius, claimed in places:
        span = _span(from_, to, claimed, now)
        _check_ages(tle, orbits, span)
        rows += _rows(name, place, radius, span, orbits)
    if format == "table":
        note("a pass is an overflight, not an acquisition: as CSV or JSON each says what it was computed from")
    emit(rows, COLUMNS[:-1] if format == "table" else COLUMNS, format, "passes")


Places = list[tuple[str, "LonLat", float, "TimeSpan | None"]]
"""Name, centre, radius in metres, and the span that claims speak of."""

Files = list[tuple[Path, float | None]]


def _is_place(where: str) -> bool:
    """Whether ``where`` reads as two numbers and is no folder."""
    import re

    return bool(re.fullmatch(r"\s*[+-]?[\d.]+\s*,\s*[+-]?[\d.]+\s*", where)) and not Path(where).exists()


def _one_place(
    where: str, site: str | None, radius_m: float, files: Files, names: tuple[str, ...]
) -> tuple[Places, tuple[Orbit, ...]]:
    from offing.case.orbits import given_orbits
    from offing.geo import LonLat

    if site is not None:
        raise OffingError("--site names a site of a case", fix="give the case folder in place of LON,LAT")
    if not 0.0 < radius_m <= 200_000.0:
        raise OffingError(f"--radius-m is {radius_m}", fix="write metres, above 0 and up to 200000")
    try:
        lon, lat = (float(part) for part in where.split(","))
    except ValueError as error:
        raise OffingError(f"{where!r} is no place", fix="write LON,LAT in degrees, such as 132.335,42.879") from error
    return [(where.strip(), LonLat(lon=lon, lat=lat), radius_m, None)], given_orbits(files, names)


def _of_case(folder: Path, site: str | None, files: Files, names: tuple[str, ...]) -> tuple[Places, tuple[Orbit, ...]]:
    from offing.case.case import Case
    from offing.case.orbits import claimed_span, given_orbits

    with Case.open(folder) as case:
        sites = [case.site(site)] if site is not None else list(case.definition.sites)
        if not sites:
            raise OffingError("the case has no sites", where=str(folder), fix="write some under sites: in case.yaml")
        own = [(case.inside(f.path), f.swath_km) for f in case.definition.orbits]
        places = [(s.id, s.lonlat, s.radius_m, claimed_span(case, s.id)) for s in sites]
        return places, given_orbits([*own, *files], names)


def _span(first: str | None, last: str | None, claimed: TimeSpan | None, now: datetime) -> TimeSpan:
    """What is asked for, else what claims speak of, else the days to come."""
    from datetime import timedelta

    from offing.timespan import TimeSpan, parse_span

    if first is None and last is None and claimed is not None:
        return claimed
    start = parse_span(first).start if first is not None else claimed.start if claimed is not None else now
    end = parse_span(last).end if last is not None else start + timedelta(days=DAYS)
    if end <= start:
        raise OffingError("--to lies before --from", fix="write the earlier moment first")
    if end - start > timedelta(days=3660):
        raise OffingError("the span is longer than ten years", fix="ask for a shorter one")
    return TimeSpan(start=start, end=end)


def _check_ages(files: tuple[Path, ...], orbits: tuple[Orbit, ...], span: TimeSpan) -> None:
    """Raises OrbitError where a file was given on the command line of which nothing serves the span."""
    from offing.looks.passes.placing import check_age

    for orbit in orbits:
        if any(e.origin.startswith(f"{path}:") for e in orbit.elements for path in files):
            check_age(orbit, span.start, span.end)


def _rows(name: str, place: LonLat, radius_m: float, span: TimeSpan, orbits: tuple[Orbit, ...]) -> list[dict[str, Any]]:
    from offing.looks.passes.overhead import not_known, passes_over
    from offing.timespan import iso

    found = passes_over(place, radius_m, span, orbits)
    for gap in not_known(span, orbits):
        note(f"{name}: {gap.satellite} is not told from {iso(gap.start)} to {iso(gap.end)}: {gap.reason}")
    return [_row(name, one) for one in found]


def _row(name: str, one: Pass) -> dict[str, Any]:
    import msgspec

    from offing.timespan import iso

    row = {key: iso(value) if hasattr(value, "tzinfo") else value for key, value in msgspec.structs.asdict(one).items()}
    return {"site": name, **row}
