"""``offing scenes``: pictures into a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from offing.cli.output import Format, emit, note
from offing.cli.scenes_fetch import fetch
from offing.errors import GeometryError
from offing.timespan import iso, parse_instant

if TYPE_CHECKING:
    from offing.case.searching import SearchRow
    from offing.imagery.model import GroundPoint

app = App(name="scenes", help="Pictures into a case.\n\nExample: offing scenes add CASE 2024-10-17_planet.tif")

app.command(fetch)


@app.command
def add(
    case: Path,
    files: list[Path],
    /,
    *,
    time: str | None = None,
    sensor: Literal["auto", "sar", "multispectral", "rgb", "panchromatic"] = "auto",
    gcp: Annotated[list[str] | None, Parameter(negative=())] = None,
    gsd: float | None = None,
    site: str | None = None,
    platform: str | None = None,
    credit: str | None = None,
    licence: str | None = None,
) -> None:
    """Add pictures: a file each, or the band files (or their folder) of one acquisition.

    Example: offing scenes add CASE press.png --time 2024-10-12T08:30Z --sensor sar --gsd 3 --site dunai

    Parameters
    ----------
    case
        The case folder.
    files
        GeoTIFF, COG, JPEG 2000, PNG or JPEG.
    time
        Acquisition in UTC, where the file does not tell.
    sensor
        sar, multispectral, rgb or panchromatic, where it cannot be told from the file.
    gcp
        COL,ROW,LON,LAT of a point that you recognise; several fix a picture without georeference.
    gsd
        Ground metres a pixel, for a picture without georeference.
    site
        The site that a picture without georeference shows.
    platform
        Satellite or provider, e.g. planetscope.
    credit
        Whom to credit in the report.
    licence
        Under which terms the picture may be shown.
    """
    from offing.case.case import Case
    from offing.case.clock import system_clock
    from offing.case.scenes import SceneRequest, add_scenes

    request = SceneRequest(
        files=tuple(files),
        time=None if time is None else parse_instant(time)[0],
        sensor=None if sensor == "auto" else sensor,
        points=tuple(_ground_point(text) for text in gcp or ()),
        gsd_m=gsd,
        site=site,
        platform=platform,
        credit=credit,
        licence=licence,
    )
    with Case.open(case) as opened:
        for scene in add_scenes(opened, request, system_clock):
            shown = ", ".join(scene.sites)
            note(f"{scene.original}: {scene.sensor}, {iso(scene.time)} ({scene.time_basis}), shows {shown}")


@app.command
def search(
    case: Path,
    /,
    *,
    catalog: Annotated[list[str] | None, Parameter(negative=())] = None,
    site: str | None = None,
    again: bool = False,
    format: Format = "table",
) -> None:
    """Ask catalogues what pictures there are of each site around the windows of the claims.

    Every answer is kept, also an empty one; what is settled is not asked again. Nothing is downloaded.
    A key for Planet is read from the environment variable PL_API_KEY.

    Example: offing scenes search CASE --catalog copernicus --site dunai

    Parameters
    ----------
    case
        The case folder.
    catalog
        earth-search, planetary-computer, copernicus, planet, or the address of a STAC API; else those of case.yaml.
    site
        One site only.
    again
        Ask also what a complete answer has settled.
    """
    import os

    from offing.case.case import Case
    from offing.case.clock import system_clock
    from offing.case.searching import search_case
    from offing.cli.run import progress
    from offing.errors import NetworkError
    from offing.imagery.catalogue.catalogues import keys_of
    from offing.network import open_network

    rows: list[SearchRow] = []
    with Case.open(case) as opened, open_network() as network, progress() as shown:
        search_case(
            opened, network, system_clock, catalogues=catalog, site=site, again=again, keys=keys_of(os.environ),
            progress=shown, told=rows.append,
        )  # fmt: skip
    for text in dict.fromkeys(f"{r.site} at {r.catalogue}: {n}" for r in rows for n in r.notes):
        note(text)
    columns = ("site", "catalogue", "collection", "from", "to", "listed", "new", "answer")
    emit([_search_row(r) for r in rows], columns, format, "searches")
    if not any(r.complete or r.listed for r in rows):
        why = rows[0].stopped if rows else "there is nothing to ask"
        raise NetworkError(f"no catalogue gave an answer: {why}")


def _search_row(row: SearchRow) -> dict[str, object]:
    answer = "settled before" if row.known else "complete" if row.complete else f"not complete: {row.stopped}"
    return {
        "site": row.site,
        "catalogue": row.catalogue,
        "collection": row.collection,
        "from": iso(row.span.start),
        "to": iso(row.span.end),
        "listed": row.listed,
        "new": row.new,
        "complete": row.complete,
        "answer": answer,
        "notes": row.notes,
    }


@app.command(name="list")
def list_(case: Path, /, *, format: Format = "table") -> None:
    """List the pictures of a case.

    Example: offing scenes list CASE --format json
    """
    from offing.case.case import Case

    with Case.open(case) as opened:
        rows = [
            {
                "scene": s.id,
                "time": iso(s.time),
                "sensor": s.sensor,
                "platform": s.platform,
                "gsd_m": round(max(s.gsd_m), 3),
                "sites": s.sites,
                "simulated": s.simulated,
                "original": s.original,
                "sha256": s.sha256,
            }
            for s in opened.store.scenes()
        ]
    emit(rows, ("scene", "time", "sensor", "platform", "gsd_m", "sites", "original"), format, "scenes")


def _ground_point(text: str) -> GroundPoint:
    """``COL,ROW,LON,LAT`` as a ground point. Raises GeometryError."""
    from offing.geo import LonLat
    from offing.imagery.model import GroundPoint

    try:
        col, row, lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise GeometryError(f"{text!r} is no ground point", fix="write --gcp COL,ROW,LON,LAT") from error
    return GroundPoint(col=col, row=row, lonlat=LonLat(lon=lon, lat=lat))
