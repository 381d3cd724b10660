"""``offing same-ship``: are two detections one ship?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from offing.cli.output import Format, emit, note, print_json
from offing.errors import OffingError

if TYPE_CHECKING:
    from offing.vessels.classes import ClassLibrary
    from offing.vessels.identification.model import Judgement
    from offing.vessels.model import Detection
    from offing.vessels.same_ship.model import SameShip, View

COLUMNS = ("factor", "compared", "against_traffic", "against_sister", "note")
Pictures = Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative="")]


def same_ship(
    a: str,
    b: str,
    /,
    *,
    picture_a: Pictures = (),
    picture_b: Pictures = (),
    gsd_a: float | None = None,
    gsd_b: float | None = None,
    traffic: Path | None = None,
    sisters: float | None = None,
    judged_a: Path | None = None,
    judged_b: Path | None = None,
    classes: Path | None = None,
    format: Format = "table",
) -> None:
    """How far two detections speak for one ship, against another of the traffic and against a sister.

    Example: offing same-ship may.geojson:0003 june.geojson:0001 --picture-a may.tif --picture-b june.tif

    Parameters
    ----------
    a
        FILE:ID, a detection in the GeoJSON that offing detect writes; FILE:IMAGE:ID where the file holds several
        pictures.
    b
        The other detection, in the same way.
    picture_a
        The picture that the first was found in, or the band files of one acquisition. Unless given, the one that the
        detection names is read where it exists; without it only sizes, times and places are compared.
    picture_b
        The picture that the other was found in.
    gsd_a
        Metres per pixel of the first picture where it does not know it.
    gsd_b
        Metres per pixel of the other.
    traffic
        CSV with the columns class and share: which ships it could have been instead. Unless given, every class of the
        library that has a layout, equally often.
    sisters
        Which share of the other ships that it could have been is of the same class and size: 0 to 1, 0.5 unless given.
    judged_a
        CSV with the columns detection, feature (CLASS/FEATURE), score (match, mismatch or not-visible) and by, as for
        offing identify: what a person sees of the first ship.
    judged_b
        The same of the other.
    classes
        Classes of your own, TOML or YAML, beside the library's.
    """
    from offing.vessels.same_ship.compare import SISTER_SHARE
    from offing.vessels.same_ship.compare import same_ship as compare
    from offing.vessels.same_ship.traffic import read_traffic

    library = _library(classes)
    views = [
        _view(text, pictures, gsd, judged, library)
        for text, pictures, gsd, judged in ((a, picture_a, gsd_a, judged_a), (b, picture_b, gsd_b, judged_b))
    ]
    _exists(traffic)
    found = compare(
        views[0],
        views[1],
        library=library,
        traffic=read_traffic(traffic, library) if traffic else None,
        sister_share=SISTER_SHARE if sisters is None else sisters,
    )
    _show(found, format)


def _show(found: SameShip, format: Format) -> None:
    import math

    if format == "json":
        print_json({"same_ship": found})
        return
    rows = [
        {
            "factor": f.name,
            "compared": f.compared,
            "against_traffic": round(math.exp(f.against_traffic), 4) if f.used else None,
            "against_sister": round(math.exp(f.against_sister), 4) if f.used else None,
            "note": f.note,
        }
        for f in found.factors
    ]
    told = f"{found.statement}: {found.why}"
    rows.append(
        {
            "factor": "together",
            "compared": f"{found.a} beside {found.b}",
            "against_traffic": round(found.against_traffic.value, 4),
            "against_sister": round(found.against_sister.value, 4),
            "note": told,
        }
    )
    emit(rows, COLUMNS, format, "factors")
    if format == "table":
        r = found.ratio
        print(f"\n{told}")  # noqa: T201 - the result
        print(f"likelihood ratio {r.value:.3g} [{r.low:.3g}, {r.high:.3g}], sister share {found.sister_share:g}")  # noqa: T201
    note(f"against: {found.traffic}; calibration: {found.calibration}")
    if found.capped:
        note("a ratio stands at what the simulated pairs can support")
    if found.simulated:
        note("SIMULATED: at least one of the pictures is made by offing simulate")


def _library(path: Path | None) -> ClassLibrary:
    from offing.case.class_file import read_class_file
    from offing.vessels.classes import library

    return library(read_class_file(path).classes if path else ())


def _view(text: str, pictures: tuple[Path, ...], gsd: float | None, judged: Path | None, library: ClassLibrary) -> View:
    """The view of one detection; with its pictures where there are any."""
    import msgspec

    from offing.imagery.reading import open_picture
    from offing.vessels.same_ship.views import bare_view, view_of

    if gsd is not None and not 0.0 < gsd < 10_000.0:
        raise OffingError(f"a pixel size of {gsd} m", fix="give metres per pixel, above 0")
    detection, simulated, folder = _named(text)
    if not pictures:
        pictures = tuple(p for p in (Path(detection.image), folder / detection.image) if p.exists())[:1]
        note(f"{text}: {f'reading {pictures[0]}' if pictures else 'its picture is not there, only sizes are compared'}")
    for path in pictures:
        _exists(path)
    if not pictures:
        view = bare_view(detection, simulated=simulated)
    else:
        with open_picture(pictures, gsd_m=gsd) as picture:
            view = view_of(picture, detection)
    return msgspec.structs.replace(view, judged=_judged(judged, library, view))


def _named(text: str) -> tuple[Detection, bool, Path]:
    """(the detection named by FILE:ID or FILE:IMAGE:ID, whether its picture is simulated, the file's folder)."""
    from offing.errors import did_you_mean
    from offing.exchange.detections_read import read_detections

    path, rest = _split(text)
    held = read_detections(path)
    found = [d for d in held.detections if rest in (d.id, f"{d.image}:{d.id}")]
    if not found:
        ids = sorted({d.id for d in held.detections})
        hint = did_you_mean(rest, ids, f"it holds {', '.join(ids[:12]) or 'none'}{' …' if len(ids) > 12 else ''}")
        raise OffingError(f"there is no detection {rest!r}", where=str(path), fix=hint)
    if len(found) > 1:
        images = sorted({d.image for d in found})
        raise OffingError(
            f"{len(found)} detections are called {rest!r}",
            where=str(path),
            fix=f"name the picture, too: {path}:{images[0]}:{found[0].id}",
        )
    (detection,) = found
    return detection, (detection.image, detection.id) in held.simulated, path.parent


def _split(text: str) -> tuple[Path, str]:
    """(file, what stands after it): the longest beginning that is a file, for names may hold colons."""
    parts = text.split(":")
    for k in range(len(parts) - 1, 0, -1):
        path = Path(":".join(parts[:k]))
        if path.is_file():
            return path, ":".join(parts[k:])
    if len(parts) < 2:
        raise OffingError(f"{text!r} names no detection", fix="write FILE:ID, as in ships.geojson:0003")
    raise OffingError("there is no such file", where=":".join(parts[:-1]), fix="check the name; write FILE:ID")


def _judged(path: Path | None, library: ClassLibrary, view: View) -> tuple[Judgement, ...]:
    """What a person judged of that ship in that picture."""
    from offing.exchange.identify_tables import read_judged

    if path is None:
        return ()
    said = read_judged(path, library)
    found = tuple(j for j in said if j.detection == view.detection and j.image in (None, view.image))
    if said and not found:
        raise OffingError(f"nothing is judged there of {view.title}", where=str(path), fix="write its id: detection")
    return found


def _exists(path: Path | None) -> None:
    if path is not None and not path.exists():
        raise OffingError("there is no such file", where=str(path), fix="check the name")
