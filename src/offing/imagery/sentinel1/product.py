"""A Sentinel-1 GRD product as a picture: calibrated, without thermal noise and border, placed, its geometry kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

from offing.errors import PictureError
from offing.imagery.bands import POLARISATIONS
from offing.imagery.markup import Node, parse
from offing.imagery.model import BandScale, GroundPoint, SensorKind
from offing.imagery.picture import Picture, PictureFacts
from offing.imagery.pixels import Layer
from offing.imagery.raster import open_raster
from offing.imagery.safe import MANIFEST, Package
from offing.imagery.sentinel1 import border, geometry
from offing.imagery.sentinel1.annotation import Annotation, read_annotation
from offing.imagery.sentinel1.calibration import Calibration, read_gain
from offing.imagery.sentinel1.noise import Noise, read_noise
from offing.imagery.source import SourceFile, facts_of
from offing.imagery.timing import stated
from offing.records import Record

_FIX = "download the whole product again"


class Polarisation(Record, frozen=True):
    """One band with all that belongs to it."""

    annotation: Annotation
    source: SourceFile
    calibration: Calibration
    notes: tuple[str, ...]


def open_product(
    package: Package,
    name: str,
    *,
    sensor: SensorKind | None = None,
    time: datetime | None = None,
    gcps: Sequence[GroundPoint] = (),
) -> Picture:
    """The product as a picture of sigma0 (linear power), its polarisations as bands.

    Raises PictureError for a product of another kind (SLC, OCN, RAW), one that is not whole (manifest, measurements,
    annotation or calibration missing), and for files that say something impossible.
    """
    if sensor not in {None, "sar"} or gcps:
        what = "is a radar product" if not gcps else "knows where it lies"
        raise PictureError(what, where=name, fix="leave out --gcp" if gcps else "leave out --sensor, or say sar")
    version = _processor(package)
    bands = sorted(
        (_polarisation(package, stem, version) for stem in _stems(package)),
        key=lambda band: POLARISATIONS.index(band.annotation.polarisation),
    )
    _check_alike(bands, name)
    note = bands[0].annotation
    ground = geometry.place(note, name)
    scale = BandScale(scale=1.0, offset=0.0, quantity="sigma0-linear", basis="metadata: the product's calibration")
    facts = PictureFacts(
        name=name,
        paths=_paths(package),
        sensor="sar",
        platform="sentinel-1",
        time=stated(time).time if time is not None else note.start + (note.stop - note.start) / 2,
        time_basis="stated" if time is not None else "metadata: annotation (middle of the acquisition)",
        date_hint=None,
        width=note.samples,
        height=note.lines,
        scale=scale,
        simulated=any(band.source.simulated for band in bands),
        notes=_notes(note, version, bands),
        radar=geometry.radar_geometry(note, ground),
    )
    layers = [
        Layer(
            name=band.annotation.polarisation, file=i, index=1, nodata=0.0, scale=1.0, offset=0.0,
            correction=band.calibration,
        )
        for i, band in enumerate(bands)
    ]  # fmt: skip
    return Picture(facts, [b.source for b in bands], layers, (), ground, geometry.turn_of(note))


def _stems(package: Package) -> list[str]:
    """The names of the annotations, without suffix: one a polarisation."""
    _check_kind(package)
    found = [PurePosixPath(name).stem for name in package.matching(r"annotation/[^/]+\.xml")]
    if not package.matching(r"measurement/[^/]+\.tiff?"):
        raise PictureError("holds no measurement files (measurement/….tiff)", where=str(package.root), fix=_FIX)
    if not found:
        raise PictureError("holds no annotation (annotation/….xml)", where=str(package.root), fix=_FIX)
    if len(found) > len(POLARISATIONS):
        raise PictureError(f"holds {len(found)} annotations", where=str(package.root), fix=_FIX)
    return found


def _check_kind(package: Package) -> None:
    """By the name, before anything is read: what is missing in another kind of product would be told wrongly."""
    match = re.search(r"S1[A-D]_[A-Z0-9]{2}_(SLC|RAW|OCN|ETA)_", package.root.name, re.I)
    if match:
        kind = match[1].upper()
        what = {"SLC": ": complex values of single looks", "OCN": ": wind and waves, no picture"}.get(kind, "")
        raise PictureError(
            f"is a Sentinel-1 {kind} product{what}",
            where=str(package.root),
            fix="take the GRD product of the same acquisition (…_GRDH_… in its name)",
        )


def _processor(package: Package) -> tuple[int, int] | None:
    """Version of ESA's processor (IPF), from the manifest; None: not said."""
    root = parse(package.read(MANIFEST), str(package.root / MANIFEST))
    for node in root.all(".//software"):
        match = re.fullmatch(r"0*(\d{1,3})\.(\d{1,3})", node.attribute("version") or "")
        if match and "IPF" in (node.attribute("name") or ""):
            return int(match[1]), int(match[2])
    return None


def _polarisation(package: Package, stem: str, version: tuple[int, int] | None) -> Polarisation:
    note = read_annotation(_xml(package, f"annotation/{stem}.xml"))
    source = _measurement(package, stem, note)
    gain = read_gain(_xml(package, _beside(package, "calibration", stem, note)), note.samples)
    noise, notes = _noise(package, stem, note)
    edge = None
    if version is None or version < border.FIXED_SINCE:
        edge = border.find_border(source, noise)
        notes = (*notes, "its dark border, as processors before 2.90 left it, is taken as without data")
    return Polarisation(
        annotation=note, source=source, calibration=Calibration(gain=gain, noise=noise, border=edge), notes=notes
    )


def _xml(package: Package, name: str) -> Node:
    return parse(package.read(name), str(package.root / name))


def _plain(stem: str) -> str:
    return stem.lower().removesuffix("-cog")


def _measurement(package: Package, stem: str, note: Annotation) -> SourceFile:
    names = package.matching(r"measurement/[^/]+\.tiff?")
    found = [n for n in names if _plain(PurePosixPath(n).stem) == _plain(stem)]
    if not found:
        raise PictureError(
            f"lacks the measurement of {note.polarisation} (measurement/{stem}.tiff)", where=str(package.root), fix=_FIX
        )
    path = package.root / found[0]
    with open_raster(path) as dataset:
        source = facts_of(path, dataset)
    if (source.width, source.height, source.count) != (note.samples, note.lines, 1) or not source.integer:
        raise PictureError(
            f"is {source.width} × {source.height} pixels in {source.count} bands, not the {note.samples} × "
            f"{note.lines} whole numbers that its annotation says",
            where=str(path),
            fix=_FIX,
        )
    return source


def _beside(package: Package, kind: str, stem: str, note: Annotation) -> str:
    """The calibration or noise file of an annotation. Raises PictureError when it is missing."""
    for name in package.matching(rf"annotation/calibration/{kind}-[^/]+\.xml"):
        if _plain(PurePosixPath(name).stem) == f"{kind}-{_plain(stem)}":
            return name
    raise PictureError(
        f"lacks the {kind} of {note.polarisation} (annotation/calibration/{kind}-{stem}.xml)",
        where=str(package.root),
        fix=_FIX,
    )


def _noise(package: Package, stem: str, note: Annotation) -> tuple[Noise | None, tuple[str, ...]]:
    """(noise, notes); a product without it is still a picture, only a noisier one."""
    try:
        name = _beside(package, "noise", stem, note)
    except PictureError:
        return None, (f"thermal noise is left in {note.polarisation}: its noise file is missing",)
    noise = read_noise(_xml(package, name), note.samples)
    if noise.is_zero:
        return noise, (f"thermal noise is left in {note.polarisation}: the product annotates none",)
    return noise, ()


def _check_alike(bands: Sequence[Polarisation], name: str) -> None:
    first = bands[0].annotation
    names = [b.annotation.polarisation for b in bands]
    same = all(
        (b.annotation.samples, b.annotation.lines, b.annotation.passing) == (first.samples, first.lines, first.passing)
        and abs((b.annotation.start - first.start).total_seconds()) < 5.0
        for b in bands
    )
    if len(set(names)) < len(names) or not same:
        raise PictureError("its polarisations are not of one acquisition", where=name, fix=_FIX)


def _paths(package: Package) -> tuple[Path, ...]:
    """What the picture is read from: the archive, or the files that matter of a folder."""
    if package.archive is not None:
        return (package.archive,)
    names = package.matching(rf"{MANIFEST}|annotation/(calibration/)?[^/]+\.xml|measurement/[^/]+\.tiff?")
    return tuple(package.root / name for name in names)


def _notes(note: Annotation, version: tuple[int, int] | None, bands: Sequence[Polarisation]) -> tuple[str, ...]:
    made = f", IPF {version[0]}.{version[1]:02d}" if version else ", its processor is not named"
    notes = [
        f"Sentinel-{note.mission[1:]} {note.mode} GRD{made}, {note.passing}",
        "calibrated to sigma0; thermal noise is taken off, never more than nine tenths of its own level below it",
        "in the radar's own geometry, turned so that it is no mirror image; placed at sea level",
    ]
    if any(b.calibration.noise is None for b in bands):
        notes[1] = "calibrated to sigma0"
    return tuple(dict.fromkeys([*notes, *(n for b in bands for n in b.notes)]))
