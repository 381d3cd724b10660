"""``offing ais``: which detection is which ship that sent her position, and which sent nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from offing.cli.ais_rows import COLUMNS, SHOWN, document, rows_of
from offing.cli.output import Format, emit, note, print_json
from offing.errors import OffingError

if TYPE_CHECKING:
    from offing.geo import LonLat
    from offing.imagery.picture import Picture
    from offing.vessels.ais.model import Coverage, Matching, RadarView, Reading
    from offing.vessels.model import Detection

MOST_HOURS = 48.0
_SENTINEL_1 = re.compile(r"(?:^|[^A-Za-z0-9])S1[A-D]_", re.I)
Way = Literal["ascending", "descending"]


def ais(
    detections: Path,
    /,
    *tracks: Path,
    picture: Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative="")] = (),
    coverage: Path | None = None,
    time: str | None = None,
    passing: Annotated[Way | None, Parameter(name="--pass")] = None,
    window: float = 12.0,
    dates: Literal["auto", "day-first", "month-first"] = "auto",
    format: Format = "table",
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> None:
    """Match detections with ships that sent their positions by radio: matched, dark, or not searched.

    Example: offing ais ships.geojson 2024-10-17.csv.gz --picture S1A_IW_GRDH_….SAFE

    Files are read once, line by line, and only what a ship can have to do with the picture is kept: positions in the
    window from which she can have come into it, or gone to from it. Files of many million rows need little memory.

    A ship is called dark only where AIS was received: by --coverage, or as the other ships' positions show. Else she
    was not searched.

    Parameters
    ----------
    detections
        The GeoJSON that offing detect writes.
    tracks
        Files of AIS: NMEA sentences with the time of reception (tag blocks, or a time beside each), or CSV with the
        columns of MarineCadastre, the Danish archive, Global Fishing Watch, or plainly time, lon, lat, mmsi; as they
        are, gzip or ZIP.
    picture
        The picture of the detections: gives its outline, its time and how the radar looked. Unless given, the one that
        the detections name is read where it exists.
    coverage
        GeoJSON polygons where AIS was received, with the properties from, to (times) and reception (0 to 1, optional).
    time
        When the picture was taken, where neither it nor the detections say so.
    passing
        Which way Sentinel-1 flew, where its time of day does not show it; says also that the picture is Sentinel-1's.
    window
        Hours before and after the picture in which positions are used.
    dates
        Whether dates with slashes have the day or the month first, where they do not show it.
    output
        File to write: JSON, or CSV with --format csv.
    """
    from offing.case.clock import system_clock
    from offing.vessels.ais import read_coverage

    _check(tracks, window)
    areas = read_coverage(coverage) if coverage else ()
    found: list[tuple[str, Matching, Reading]] = []
    for image, group, simulated in _pictures(detections):
        with _opened(picture, image, detections.parent) as shown:
            at = _time(time, group, shown, image)
            compared = _match(group, at, shown, tracks, areas, passing, window, dates, system_clock(), simulated)
        found.append((image, *compared))
        _tell(image, *compared)
    _write(found, format, output)


def _check(tracks: Sequence[Path], window: float) -> None:
    if not tracks:
        raise OffingError("no file of AIS was named", fix="offing ais DETECTIONS TRACKS…")
    if not 0.0 < window <= MOST_HOURS:
        raise OffingError(f"--window {window:g} is no number of hours", fix=f"give up to {MOST_HOURS:g}")


def _pictures(path: Path) -> list[tuple[str, tuple[Detection, ...], bool]]:
    """(image, its detections that are not dismissed, whether it is simulated) of each picture in a file."""
    from offing.exchange.detections_read import read_detections

    held = read_detections(path)
    kept = [d for d in held.detections if not d.reasons]
    if not kept:
        raise OffingError("holds no detections", where=str(path), fix="run offing detect first")
    images = list(dict.fromkeys(d.image for d in kept))
    simulated = {image for image, _ in held.simulated}
    return [(image, tuple(d for d in kept if d.image == image), image in simulated) for image in images]


@contextmanager
def _opened(given: Sequence[Path], image: str, folder: Path) -> Iterator[Picture | None]:
    """The picture that was named, or the one that the detections name; None where there is neither."""
    from offing.imagery.reading import open_picture

    for path in given:
        if not path.exists():
            raise OffingError("there is no such file or folder", where=str(path), fix="check the name")
    paths = tuple(given) or tuple(p for p in (Path(image), folder / image) if p.is_file() or p.is_dir())[:1]
    if not paths:
        yield None
        return
    with open_picture(paths) as picture:
        if picture.transform is None:
            note(f"{image}: {paths[0]} has no place on the ground and is not used")
        yield picture if picture.transform is not None else None


def _time(stated: str | None, group: Sequence[Detection], picture: Picture | None, image: str) -> datetime:
    from offing.timespan import parse_instant

    if stated is not None:
        return parse_instant(stated)[0]
    times = sorted({d.time for d in group if d.time is not None})
    if len(times) > 1:
        raise OffingError("its detections have different times", where=image, fix="say when it was taken: --time")
    found = times[0] if times else picture.time if picture else None
    if found is None:
        raise OffingError("nothing tells when it was taken", where=image, fix="say so: --time 2024-10-17T01:30:00Z")
    return found


def _match(
    group: tuple[Detection, ...],
    at: datetime,
    picture: Picture | None,
    tracks: Sequence[Path],
    coverage: Sequence[Coverage],
    passing: Way | None,
    window: float,
    dates: Literal["auto", "day-first", "month-first"],
    clock: datetime,
    simulated: bool,
) -> tuple[Matching, Reading]:
    from offing.errors import TimeError
    from offing.timespan import iso
    from offing.vessels.ais import match, read_tracks
    from offing.vessels.ais.reach import reach_of
    from offing.vessels.ais.scene import centre_of

    if at > clock:
        raise TimeError(
            f"the picture's time {iso(at)} is still to come", where=group[0].image, fix="correct it: --time"
        )
    centres = [centre_of(d) for d in group]
    footprint = picture.footprint if picture else None
    reach = reach_of(at, window, [*((c.lon, c.lat) for c in centres), *(footprint or ())])
    reading = read_tracks(tracks, clock=clock, reach=reach, dates=dates)
    views = _views(group[0].image, picture, passing, centres[0], at)
    found = match(
        group, at, reading.tracks, coverage, views, footprint=footprint,
        simulated=simulated or bool(picture and picture.simulated),
    )  # fmt: skip
    return found, reading


def _views(
    image: str, picture: Picture | None, passing: Way | None, place: LonLat, at: datetime
) -> tuple[RadarView, ...]:
    """How the radar looked; empty for what is not known to be radar."""
    from offing.vessels.ais import usual_views, views_of

    if picture is not None:
        views = views_of(picture, passing)
        if views or picture.sensor != "sar" or not passing:
            return views
    if passing or _SENTINEL_1.search(image):
        return usual_views(place, at, passing)
    return ()


def _tell(image: str, found: Matching, reading: Reading) -> None:
    from offing.timespan import iso

    span = f" from {iso(reading.first)} to {iso(reading.last)}" if reading.first and reading.last else ""
    note(f"{image}: {reading.rows} positions{span}; {reading.kept} of {len(reading.tracks)} ships near it in time")
    counted = {k: sum(m.outcome == k for m in found.matches) for k in ("matched", "dark", "ambiguous", "not searched")}
    note(f"{image}: " + ", ".join(f"{n} {k}" for k, n in counted.items()) + f"; {len(found.unseen)} sent and not found")
    for line in found.notes:
        note(f"{image}: {line}")
    if found.simulated:
        note(f"{image}: SIMULATED: made by offing simulate")


def _write(found: Sequence[tuple[str, Matching, Reading]], format: Format, output: Path | None) -> None:
    if output is None:
        if format == "json":
            print_json(document(found))
        else:
            emit(rows_of(found), SHOWN if format == "table" else COLUMNS, format, "ais")
        return
    import msgspec

    from offing.exchange.csv_tables import csv_bytes
    from offing.exchange.files import write_atomically
    from offing.exchange.tables import Table

    if output.is_dir():
        raise OffingError("is a folder", where=str(output), fix="name a file for -o")
    if not output.absolute().parent.is_dir():
        raise OffingError("its folder does not exist", where=str(output), fix="make the folder first")
    if format == "csv":
        rows = tuple(tuple(row.get(c) for c in COLUMNS) for row in rows_of(found))
        write_atomically(output, csv_bytes(Table(name="ais", columns=COLUMNS, rows=rows)))
    else:
        text = msgspec.json.format(msgspec.json.encode(document(found)), indent=1)
        write_atomically(output, text + b"\n")
