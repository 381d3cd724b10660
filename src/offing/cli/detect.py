"""``offing detect``: vessels in pictures, no case needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from offing.cli.output import note
from offing.errors import OffingError

if TYPE_CHECKING:
    from offing.imagery.model import SensorKind
    from offing.sites import Berth
    from offing.vessels.detection.model import DetectionSet

SMALL_BYTES = 8_000_000
"""Pictures whose files are smaller are searched several at once; a larger one has all threads to itself."""
_COMPARE = "offing detect IMAGE --background FILE…"
Sensor = Literal["auto", "sar", "multispectral", "rgb"]


def detect(
    *images: Path,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    sensor: Sensor = "auto",
    gsd: float | None = None,
    min_score: float = 0.5,
    background: Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative="")] = (),
    berths: Path | None = None,
    dismissed: Annotated[bool, Parameter(negative="")] = False,
    velocity: Annotated[bool, Parameter(negative="")] = False,
    format: Literal["geojson", "coco", "csv"] = "geojson",
) -> None:
    """Find vessels in pictures and measure them.

    Example: offing detect scene.tif -o ships.geojson

    Example: offing detect scene.tif --background earlier-*.tif --berths quays.geojson

    Parameters
    ----------
    images
        Pictures: GeoTIFF, JPEG 2000, PNG or JPEG. Band files of one acquisition, or their folder, are one picture.
    output
        File to write; standard output otherwise.
    sensor
        What took the pictures, when they do not say it themselves.
    gsd
        Metres per pixel of pictures that do not know it.
    min_score
        Least probability, 0 to 1, of what is listed.
    background
        Other pictures of the place by the same kind of sensor: what is always there is dismissed. In radar, what comes
        to the quay is found by comparison with the empty berth; in optical pictures, water is told by all of them.
    berths
        GeoJSON polygons, lon/lat, where ships lie. With --background, ships are looked for in them up to the quay, and
        what is always there is kept inside them: it may be laid up. Without, the shore of the empty place serves.
    dismissed
        List also what looks like a vessel and is named as something else, with the reason.
    velocity
        Speed and course of ships that were certainly moving, from the delays between the bands of Sentinel-2.
    format
        GeoJSON (one feature a vessel), COCO results, or CSV.
    """
    _check((*images, *background), gsd, min_score)
    if not images:
        raise OffingError("no picture was named before --background", fix=_COMPARE)
    if berths is not None and not background:
        raise OffingError("--berths says where to compare, and there is nothing to compare with", fix=_COMPARE)
    from offing.case.berths import read_berths
    from offing.exchange.detections import detections_text
    from offing.imagery.gathering import pictures

    kind: SensorKind | None = None if sensor == "auto" else sensor
    others = pictures(background) if background else []
    drawn = read_berths(berths) if berths else ()
    found = _all(
        pictures(images), lambda paths, workers: _one(paths, kind, gsd, min_score, others, drawn, velocity, workers)
    )
    text = detections_text(found, format, dismissed=dismissed)
    if output is None:
        sys.stdout.write(text)
    else:
        _write(output, text)
    total = sum(len(s.detections) for s in found)
    note(f"{total} vessel{'' if total == 1 else 's'} in {len(found)} picture{'' if len(found) == 1 else 's'}")
    _tell_dismissed(found, dismissed)


def _check(images: tuple[Path, ...], gsd: float | None, min_score: float) -> None:
    if not images:
        raise OffingError("no picture was named", fix="offing detect IMAGE")
    if gsd is not None and not 0.0 < gsd < 10_000.0:
        raise OffingError(f"--gsd {gsd} is no pixel size", fix="give metres per pixel, above 0")
    if not 0.0 <= min_score <= 1.0:
        raise OffingError(f"--min-score {min_score} is no probability", fix="give a number from 0 to 1")
    for image in images:
        if not image.exists():
            raise OffingError("there is no such file or folder", where=str(image), fix="check the name")


def _all(
    named: Sequence[tuple[Path, ...]], search: Callable[[tuple[Path, ...], int | None], DetectionSet]
) -> list[DetectionSet]:
    """What ``search`` (of a picture, by so many threads) finds in each; several small pictures at once."""
    small = all(sum(p.stat().st_size for p in paths if p.is_file()) < SMALL_BYTES for paths in named)
    found: list[DetectionSet] = []
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1) if small else 1) as pool:
        for one in pool.map(lambda paths: search(paths, 1 if small and len(named) > 1 else None), named):
            note(f"{one.image}: {len(one.detections)} found, {one.sensor}, {one.width} × {one.height} pixels")
            for line in one.notes:
                note(f"{one.image}: {line}")
            found.append(one)
    return found


def _one(
    paths: tuple[Path, ...],
    kind: SensorKind | None,
    gsd: float | None,
    min_score: float,
    others: Sequence[tuple[Path, ...]],
    berths: Sequence[Berth],
    velocity: bool,
    workers: int | None,
) -> DetectionSet:
    """What is found in one picture, beside the pictures of ``others`` that are not the same one."""
    from contextlib import ExitStack

    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect as find
    from offing.vessels.detection.stack import detect_with_background
    from offing.vessels.velocity import with_velocities

    with ExitStack() as stack:
        picture = stack.enter_context(open_picture(paths, sensor=kind, gsd_m=gsd))
        if others:
            beside = [stack.enter_context(open_picture(o, sensor=kind, gsd_m=gsd)) for o in others if o != paths]
            found = detect_with_background(picture, beside, berths=berths, min_score=min_score, workers=workers)
        else:
            found = find(picture, min_score=min_score, workers=workers)
        return with_velocities(found, picture) if velocity else found


def _tell_dismissed(found: Sequence[DetectionSet], shown: bool) -> None:
    """How many were kept out of the list, and for what."""
    from offing.vessels.detection.dismissal import counted

    words = counted(d for s in found for d in s.dismissed)
    if words:
        note(words if shown else f"{words}; --dismissed shows them")


def _write(path: Path, text: str) -> None:
    from offing.exchange.files import write_atomically

    if path.is_dir():
        raise OffingError("is a folder", where=str(path), fix="name a file for -o")
    if not path.absolute().parent.is_dir():
        raise OffingError("its folder does not exist", where=str(path), fix="make the folder first")
    write_atomically(path, text.encode())
