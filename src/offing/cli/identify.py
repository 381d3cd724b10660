"""``offing identify``: what measured detections may be."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from offing.cli.output import Format, emit, note, print_json
from offing.errors import OffingError

if TYPE_CHECKING:
    from offing.imagery.reading import Picture
    from offing.vessels.classes import ClassLibrary
    from offing.vessels.identification import Identification, Judgement
    from offing.vessels.model import Detection, Vessel

COLUMNS = (
    "image", "id", "candidate", "probability", "prior", "likelihood_ratio", "parts", "not_told_from", "named",
)  # fmt: skip
SHOWN = ("id", "candidate", "probability", "prior", "likelihood_ratio", "parts", "not_told_from")


def identify(
    detections: Path,
    /,
    *,
    picture: Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative="")] = (),
    classes: Path | None = None,
    prior: Path | None = None,
    judged: Path | None = None,
    gsd: float | None = None,
    format: Format = "table",
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> None:
    """Class and vessel candidates for measured detections, with what speaks for and against each.

    Example: offing identify ships.geojson --picture scene.tif --prior traffic.csv -o identified.geojson

    Length, beam and, where the picture is there, the brightness along the hull are compared with every class of the
    library. Likelihood ratios are against "none of these". Candidates that differ by less than a factor of 3 are said
    not to be told apart, with what would tell them apart.

    Parameters
    ----------
    detections
        The GeoJSON that offing detect writes.
    picture
        Pictures that the detections were found in, or the band files of one. Unless given, those that the detections
        name are read where they exist; without one only dimensions are compared, and it says so.
    classes
        Classes and named ships of your own, TOML or YAML, beside the library's.
    prior
        CSV with the columns class and share: how common each class is there; unknown stands for none of these. Unless
        given, half for none of these and the other half evenly over the classes of the library.
    judged
        CSV with the columns detection, feature (CLASS/FEATURE), score (match, mismatch or not-visible) and by, and
        image and note where wanted: what a person sees in the picture.
    gsd
        Metres per pixel of pictures that do not know it.
    output
        File to write: the same GeoJSON, each feature with its identification.
    """
    from offing.exchange.detections_read import read_detections
    from offing.exchange.identified import as_properties, rows, with_identifications
    from offing.exchange.identify_tables import read_judged, read_prior
    from offing.vessels.identification import spread_prior

    _check(output, gsd, picture)
    held = read_detections(detections)
    library, vessels = _library(classes)
    shares = spread_prior(read_prior(prior, library), library) if prior else None
    said = read_judged(judged, library) if judged else ()
    ships = [d for d in held.detections if not d.reasons]
    _check_ids(ships, detections)
    _check_judged(said, ships, judged)
    found = _identified(ships, detections.parent, picture, gsd, library, shares, prior, vessels, said)
    _mark_simulated(found, held.simulated)
    if output is not None:
        from offing.exchange.files import write_atomically

        write_atomically(output, with_identifications(detections, {(f.image, f.detection): f for f in found}))
    if format == "json":
        print_json({"identifications": [{"image": f.image, "id": f.detection, **as_properties(f)} for f in found]})
        return
    emit(rows(found), SHOWN if format == "table" else COLUMNS, format, "identifications")
    if format == "table":
        _tell(found)


def _check(output: Path | None, gsd: float | None, pictures: Sequence[Path]) -> None:
    if gsd is not None and not 0.0 < gsd < 10_000.0:
        raise OffingError(f"--gsd {gsd} is no pixel size", fix="give metres per pixel, above 0")
    for path in pictures:
        if not path.exists():
            raise OffingError("there is no such file or folder", where=str(path), fix="check the name")
    if output is not None and output.is_dir():
        raise OffingError("is a folder", where=str(output), fix="name a file for -o")
    if output is not None and not output.absolute().parent.is_dir():
        raise OffingError("its folder does not exist", where=str(output), fix="make the folder first")


def _library(path: Path | None) -> tuple[ClassLibrary, tuple[Vessel, ...]]:
    """The classes, with a user's own, and the named ships."""
    from offing.case.class_file import read_class_file
    from offing.vessels.classes import library
    from offing.vessels.named import named_vessels

    own = read_class_file(path) if path else None
    return library(own.classes if own else ()), named_vessels(own.vessels if own else ())


def _check_ids(ships: Sequence[Detection], path: Path) -> None:
    """No two of a picture may share an id: nobody could say which one is meant."""
    seen: set[tuple[str, str]] = set()
    for d in ships:
        if (d.image, d.id) in seen:
            raise OffingError(
                f"two detections of {d.image} are called {d.id!r}", where=str(path), fix="number them anew"
            )
        seen.add((d.image, d.id))


def _check_judged(said: Sequence[Judgement], ships: Sequence[Detection], path: Path | None) -> None:
    """Every judgement must belong to a detection. Raises OffingError."""
    known = {(d.image, d.id) for d in ships} | {(None, d.id) for d in ships}
    for judgement in said:
        if (judgement.image, judgement.detection) not in known:
            of = f" in {judgement.image}" if judgement.image else ""
            raise OffingError(
                f"there is no detection {judgement.detection!r}{of}", where=str(path), fix="take its id from DETECTIONS"
            )
        if judgement.image is None and sum(d.id == judgement.detection for d in ships) > 1:
            raise OffingError(
                f"{judgement.detection!r} is in several pictures", where=str(path), fix="name one in the column image"
            )


def _identified(
    ships: Sequence[Detection],
    folder: Path,
    given: Sequence[Path],
    gsd: float | None,
    library: ClassLibrary,
    shares: dict[str, float] | None,
    prior: Path | None,
    vessels: Sequence[Vessel],
    judged: Sequence[Judgement],
) -> list[Identification]:
    """In the order of the file; one picture after the other is open."""
    from offing.vessels.identification import identify_all

    found: dict[tuple[str, str], Identification] = {}
    for image, paths in _pictures(ships, folder, given).items():
        those = [d for d in ships if d.image == image]
        with ExitStack() as stack:
            picture = _opened(stack, image, paths, gsd, those) if paths else None
            if picture is None:
                note(f"{image}: the picture is not there, only dimensions are compared; --picture names it")
            for one in identify_all(
                picture,
                those,
                library=library,
                prior=shares,
                prior_basis=f"stated in {prior.name}" if prior else "",
                vessels=vessels,
                judged=judged,
            ):
                found[one.image, one.detection] = one
    return [found[d.image, d.id] for d in ships]


def _pictures(ships: Sequence[Detection], folder: Path, given: Sequence[Path]) -> dict[str, tuple[Path, ...]]:
    """Picture as named by the detections → its files; none where there are none."""
    from offing.imagery.gathering import gather, pictures

    images = list(dict.fromkeys(d.image for d in ships))
    if not given:
        return {i: tuple(p for p in (folder / i, Path(i)) if p.is_file() or p.is_dir())[:1] for i in images}
    groups = {gather(paths)[0]: paths for paths in pictures(given)}
    if len(groups) == 1 and len(images) == 1:
        return {images[0]: next(iter(groups.values()))}
    by_name = {Path(name).name: paths for name, paths in groups.items()}
    found = {i: tuple(groups.get(i) or by_name.get(Path(i).name) or ()) for i in images}
    unused = [name for name, paths in groups.items() if paths not in found.values()]
    if unused:
        named = ", ".join(images[:4]) or "none"
        raise OffingError("no detection was found in it", where=unused[0], fix=f"the detections name {named}")
    return found


def _opened(
    stack: ExitStack, image: str, paths: tuple[Path, ...], gsd: float | None, ships: Sequence[Detection]
) -> Picture:
    """The picture, if all boxes lie in it. Raises OffingError where one does not."""
    from offing.imagery.reading import open_picture

    picture = stack.enter_context(open_picture(paths, gsd_m=gsd))
    for d in ships:
        if not (0.0 <= d.box.col <= picture.width and 0.0 <= d.box.row <= picture.height):
            raise OffingError(
                f"detection {d.id} of {image} lies outside its {picture.width} × {picture.height} pixels",
                where=str(paths[0]),
                fix="give the picture that the detections were found in",
            )
    return picture


def _mark_simulated(found: list[Identification], simulated: frozenset[tuple[str, str]]) -> None:
    """What comes from a simulated picture says so, also where the picture is not there."""
    import msgspec

    for i, one in enumerate(found):
        if (one.image, one.detection) in simulated:
            found[i] = msgspec.structs.replace(one, simulated=True)


def _tell(found: Sequence[Identification]) -> None:
    """What the table does not hold: what would tell candidates apart, where the prior comes from, what was left out."""
    for one in found:
        for group in one.alike:
            names = " and ".join(group.members)
            note(f"{one.detection}: {names} cannot be told apart; what would: {'; '.join(group.tell_apart)}")
        for factor in one.factors:
            if factor.note:
                note(f"{one.detection}: {factor.name}: {factor.note}")
        note(f"{one.detection}: {one.basis}")
    for basis in dict.fromkeys(one.prior_basis for one in found):
        note(f"prior: {basis}")
    if any(one.simulated for one in found):
        note("SIMULATED: at least one of the pictures is made by offing simulate")
    note(f"{len(found)} detection{'' if len(found) == 1 else 's'}; likelihood ratios are against none of these")
