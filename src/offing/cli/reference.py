"""``offing reference``: what a photograph of a ship says along her deck, and how that compares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from offing.cli.output import emit, note, print_json
from offing.errors import OffingError

if TYPE_CHECKING:
    from offing.vessels.profile.model import Profile, Relief
    from offing.vessels.reference.model import PhotoRelief, ReferenceComparison

COLUMNS = ("kind", "start", "start_90", "end", "end_90", "height", "height_m")


def reference(
    photo: Path,
    /,
    *,
    bow: Literal["left", "right"] | None = None,
    length: float | None = None,
    view: float | None = None,
    vessel_class: Annotated[tuple[str, ...], Parameter(name="--class", consume_multiple=True, negative="")] = (),
    against: Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative="")] = (),
    detections: Path | None = None,
    id: Annotated[str | None, Parameter(name="--id")] = None,
    picture: Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative="")] = (),
    gsd: float | None = None,
    figure: Path | None = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    format: Literal["table", "json"] = "table",
) -> None:
    """Read a photograph of a ship from abeam, and compare her with classes, photographs and a picture from above.

    Example: offing reference ship.jpg --bow left --length 112.5 --class ropucha alligator --figure ship.svg

    Example: offing reference ship.jpg --detections ships.geojson --id 0003 --picture scene.tif

    The ship's outline is cut out, or taken as it is from a mask or a traced outline. The steps of what stands on her
    deck are given as fractions of her length from the bow, with 90 % intervals. Likelihood ratios are against another
    ship of that size and never beyond 30: they are measured on simulated photographs alone.

    Parameters
    ----------
    photo
        PNG, JPEG or TIFF of one whole ship from abeam; a mask of her in two tones or before transparency; or her traced
        outline as SVG, GeoJSON or CSV (x,y a line), in pixels with y downwards.
    bow
        At which side of the picture the bow is. Unless given it is estimated, with a probability.
    length
        Length overall of the ship shown, metres: heights are in metres then.
    view
        How far from abeam the ship is seen, degrees. Unless given, within 15 is assumed and the intervals are wider.
    vessel_class
        Classes of the library to compare with.
    against
        Other photographs, masks or outlines to compare with; their bows are estimated.
    detections
        The GeoJSON that offing detect writes, for a comparison from above.
    id
        Which of the detections it is.
    picture
        The picture that it was found in, or the band files of one; unless given, the one that the detection names.
    gsd
        Metres per pixel of a picture that does not know it.
    figure
        SVG to write: silhouette, layout of the first class and brightness from above on one axis.
    output
        JSON to write: what was read off the photograph.
    """
    _check(photo, figure, output, detections, id)
    from offing.vessels.classes import library
    from offing.vessels.reference import against_class, against_photograph, read_reference

    classes = library()
    reliefs = [_relief(classes.get(c)) for c in vessel_class]
    read = read_reference(photo, bow=bow, view_deg=view, length_m=length)
    found = [against_class(read, r) for r in reliefs]
    found += [against_photograph(read, read_reference(p)) for p in against]
    profile = _profile(detections, id, picture, gsd) if detections is not None else None
    if profile is not None:
        found.append(_overhead(read, profile, reliefs))
    if output is not None:
        _write_json(output, read)
    if figure is not None:
        _draw(figure, read, reliefs[0] if reliefs else None, profile, found)
    _print(read, found, format)


def _check(photo: Path, figure: Path | None, output: Path | None, detections: Path | None, id: str | None) -> None:
    if not photo.exists():
        raise OffingError("there is no such file", where=str(photo), fix="check the name")
    for option, path in (("--figure", figure), ("-o", output)):
        if path is not None and path.is_dir():
            raise OffingError("is a folder", where=str(path), fix=f"name a file for {option}")
        if path is not None and not path.absolute().parent.is_dir():
            raise OffingError("its folder does not exist", where=str(path), fix="make the folder first")
        if path is not None and path.exists() and path.samefile(photo):
            raise OffingError(f"{option} would overwrite the photograph", where=str(path), fix="name another file")
    if (detections is None) != (id is None):
        raise OffingError("--detections and --id go together", fix="give both, and --picture where it lies elsewhere")


def _relief(vessel_class: Any) -> Relief:  # noqa: ANN401 - a class of the library, whose type loads lazily
    from offing.vessels.profile import relief_of

    relief = relief_of(vessel_class)
    if relief is None:
        raise OffingError(
            f"the library has no layout of {vessel_class.id!r}", fix="offing classes shows which have one"
        )
    return relief


def _profile(detections: Path, id: str | None, picture: tuple[Path, ...], gsd: float | None) -> Profile:
    from offing.exchange.detections_read import read_detections
    from offing.imagery.reading import open_picture
    from offing.vessels.profile.measured import profile_of

    ships = read_detections(detections).detections
    one = next((d for d in ships if d.id == id), None)
    if one is None:
        known = ", ".join(d.id for d in ships[:8]) or "none"
        raise OffingError(f"there is no detection {id!r}", where=str(detections), fix=f"it holds {known}")
    paths = picture or _named(one.image, detections)
    with open_picture(paths, gsd_m=gsd) as opened:
        profile = profile_of(opened, one)
    if profile is None:
        raise OffingError(
            f"detection {id} has no profile: clipped, without data or too few pixels",
            where=str(paths[0]),
            fix="choose another detection or a sharper picture",
        )
    return profile


def _named(image: str, detections: Path) -> tuple[Path, ...]:
    """The picture that a detection names, beside its file or where it says."""
    for path in (Path(image), detections.parent / image):
        if path.exists():
            return (path,)
    raise OffingError(f"the picture {image} is not there", where=str(detections), fix="name it: --picture FILE")


def _overhead(read: PhotoRelief, profile: Profile, reliefs: list[Relief]) -> ReferenceComparison:
    from offing.vessels.reference import against_overhead

    length = reliefs[0].length_m if reliefs else None
    if read.length_m is None and profile.length_m is None and length is None:
        raise OffingError("the photograph's heights need the ship's length", fix="give --length in metres")
    return against_overhead(read, profile, length)


def _write_json(path: Path, read: PhotoRelief) -> None:
    import msgspec

    from offing.exchange.files import write_atomically

    write_atomically(path, msgspec.json.format(msgspec.json.encode(read), indent=1) + b"\n")


def _draw(
    path: Path, read: PhotoRelief, relief: Relief | None, profile: Profile | None, found: list[ReferenceComparison]
) -> None:
    from offing.exchange.files import write_atomically
    from offing.report.figures.reference_figure import reference_figure

    against = {relief.name if relief else None, profile.image if profile else None}
    shown = [c for c in found if c.against in against]
    svg = reference_figure(read, relief=relief, profile=profile, comparisons=shown, standalone=True)
    write_atomically(path, ('<?xml version="1.0" encoding="UTF-8"?>\n' + svg + "\n").encode())


def _print(read: PhotoRelief, found: list[ReferenceComparison], format: Literal["table", "json"]) -> None:
    parts = [
        {
            "kind": p.kind,
            "start": round(p.start, 4),
            "start_90": [round(p.start_90.low, 4), round(p.start_90.high, 4)],
            "end": round(p.end, 4),
            "end_90": [round(p.end_90.low, 4), round(p.end_90.high, 4)],
            "height": round(p.height, 4),
            "height_90": [round(p.height_90.low, 4), round(p.height_90.high, 4)],
            "height_m": round(p.height * read.length_m, 1) if read.length_m else None,
        }
        for p in read.parts
    ]
    if format == "json":
        print_json({"reference": _head(read), "parts": parts, "comparisons": found})
        return
    emit(parts, COLUMNS, "table", "parts")
    _tell(read)
    rows = [
        {
            "against": c.against,
            "likelihood_ratio": f"{c.ratio.value:.2g} ({c.ratio.low:.2g} to {c.ratio.high:.2g})",
            **{
                v.replace(" ", "_"): [p.what for p in c.parts if p.verdict == v]
                for v in ("match", "mismatch", "not visible")
            },
        }
        for c in found
    ]
    if rows:
        emit(rows, tuple(rows[0]), "table", "comparisons")


def _head(read: PhotoRelief) -> dict[str, Any]:
    return {
        "name": read.name,
        "origin": read.origin,
        "simulated": read.simulated,
        "bow": read.bow,
        "length_m": read.length_m,
        "length_px": round(read.length_px, 1),
        "tilt_deg": round(read.tilt_deg, 2),
        "view_deg": read.view_deg,
        "quality": {**{n: round(getattr(read.quality, n), 3) for n in ("contrast", "agreement", "waterline")},
                    "value": round(read.quality.value, 3)},
        "deck_seen": round(read.deck_seen, 3),
        "notes": read.notes,
    }  # fmt: skip


def _tell(read: PhotoRelief) -> None:
    what = f"{'simulated ' if read.simulated else ''}{read.origin}"
    note(
        f"{read.name}: {what}, ship {read.length_px:.0f} pixels long, bow {read.bow.side} "
        f"({read.bow.probability:.2f}), tilt {read.tilt_deg:.1f}°, quality {read.quality.value:.2f}, "
        f"{len(read.parts)} steps"
    )
    for line in read.notes:
        note(f"{read.name}: {line}")
