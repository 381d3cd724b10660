"""``offing scenes``: pictures into a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from offing.cli.output import Format, emit, note
from offing.errors import GeometryError
from offing.timespan import iso, parse_instant

if TYPE_CHECKING:
    from offing.imagery.model import GroundPoint

app = App(name="scenes", help="Pictures into a case.\n\nExample: offing scenes add CASE 2024-10-17_planet.tif")


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
