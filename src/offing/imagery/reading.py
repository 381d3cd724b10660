"""Opens a picture: finds out what its bands, sensor, time, scale and place are, and says what it had to infer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from offing.errors import PictureError
from offing.imagery.bands import QUALITY_LAYERS
from offing.imagery.gathering import gather
from offing.imagery.grids import finest, grid_between, place
from offing.imagery.layers import Stored, settled, stored_bands, values_by_name
from offing.imagery.model import BandScale, GroundPoint, SensorKind
from offing.imagery.nodata import zeros_are_nodata
from offing.imagery.picture import Picture, PictureFacts
from offing.imagery.pixels import Layer
from offing.imagery.planet import with_metadata
from offing.imagery.radar_tag import from_tags
from offing.imagery.remarks import remarks
from offing.imagery.safe import Package, find_product
from offing.imagery.scaling import scale_of
from offing.imagery.sensing import platform_of, sensor_of
from offing.imagery.sentinel1.product import open_product
from offing.imagery.sentinel2 import product_of, read_product
from offing.imagery.source import NO_SAMPLE, Sample, SourceFile, inspect
from offing.imagery.timing import Timing, stated, timing
from offing.imagery.turning import AS_STORED, Turn, upright

__all__ = ["Picture", "open_picture"]


def open_picture(
    paths: Sequence[Path],
    *,
    sensor: SensorKind | None = None,
    gsd_m: float | None = None,
    time: datetime | None = None,
    gcps: Sequence[GroundPoint] = (),
) -> Picture:
    """Opens one acquisition: one file, several band files of it, one folder of them, or a Sentinel product.

    ``sensor`` and ``time`` (UTC when naive) overrule what the files say; ``gcps`` (2 or more) replace their
    georeference; ``gsd_m`` is the pixel size in metres of a picture that has none. What had to be inferred is in
    ``Picture.notes``. Raises PictureError for everything that cannot be read as a picture.
    """
    given = [Path(p) for p in paths]
    package = find_product(given)
    if package is not None and package.mission == "sentinel-1":
        return open_product(package, str(given[0]), sensor=sensor, time=time, gcps=gcps)
    name, files, sources, samples, told = _input(given, package)
    platform = next((p for s in sources if (p := platform_of(s.path, dict(s.tags)))), None)
    bands, notes = stored_bands(sources, samples, platform, sensor)
    lead = _lead(name, bands, sources)
    kind, said = _sensor(sensor, bands, platform, sources[lead], samples[lead])
    bands, more = settled(bands, kind, sources, samples)
    platform = platform or _platform_by_bands(bands)
    scale, scaling = scale_of(kind, platform, [sources[lead], *sources], values_by_name(bands, samples))
    zeros = "OFFING_BANDS" not in sources[lead].tags and zeros_are_nodata(kind, bands, sources, samples, lead)
    gsd_m = gsd_m if gsd_m is not None else _kept_gsd(sources[lead])
    turn = _turn(sources)
    width, height = turn.size(sources[lead].width, sources[lead].height)
    georeference, where = place(replace(sources[lead], width=width, height=height), gcps, gsd_m)
    when = stated(time) if time is not None else _timing(name, sources)
    noted = [remark for source in sources for remark in remarks(source, turn)]
    notes = (*told, *notes, *noted, *said, *more, *scaling, *_zeros_note(zeros), *where, *when.notes)
    layers = [_layer(band, sources, lead, scale, zeros=zeros) for band in bands]
    facts = PictureFacts(
        name=name,
        paths=files,
        sensor=kind,
        platform=platform,
        time=when.time,
        time_basis=when.basis,
        date_hint=when.day,
        width=width,
        height=height,
        scale=scale,
        simulated=any(source.simulated for source in sources),
        notes=tuple(dict.fromkeys(notes)),
        stated_gsd_m=None if georeference else gsd_m,
        radar=from_tags(sources[lead].tags) if kind == "sar" else None,
        unified_nodata=zeros or (kind != "sar" and sources[lead].integer),
    )
    shown = [layer for layer in layers if layer.name not in QUALITY_LAYERS]
    quality = [layer for layer in layers if layer.name in QUALITY_LAYERS]
    return Picture(facts, sources, shown, quality, georeference, turn)


def _turn(sources: Sequence[SourceFile]) -> Turn:
    """How a photograph is held upright; a picture that knows its place is where its stored pixels are."""
    alone = len(sources) == 1 and sources[0].crs_wkt is None and not sources[0].ground_points
    return upright(sources[0].tags) if alone else AS_STORED


class _Input(NamedTuple):
    """What a picture is made of."""

    name: str
    originals: tuple[Path, ...]
    sources: list[SourceFile]
    samples: list[Sample]
    notes: tuple[str, ...]


def _input(given: Sequence[Path], package: Package | None) -> _Input:
    """The files of a Sentinel-2 product as its metadata describe them, or files with samples to infer from."""
    if package is not None:
        name, product = str(given[0]), read_product(package)
    else:
        name, files = gather(given)
        found = product_of(files)
        if found is None:
            inspected = [inspect(path) for path in files]
            described = [with_metadata(source) for source, _ in inspected]
            notes = tuple(note for _, said in described for note in said)
            return _Input(name, files, [s for s, _ in described], [s for _, s in inspected], notes)
        product = found
    sources = [product.source(path) for path in product.files]
    return _Input(name, product.originals, sources, [NO_SAMPLE] * len(sources), product.notes)


def _lead(name: str, bands: Sequence[Stored], sources: Sequence[SourceFile]) -> int:
    """The file whose grid is the picture's."""
    among = sorted({b.file for b in bands if b.name not in QUALITY_LAYERS})
    if not among:
        raise PictureError("holds only a quality mask, no band to look at", where=name, fix="give its image bands too")
    return finest(sources, among)


def _sensor(
    told: SensorKind | None, bands: Sequence[Stored], platform: str | None, source: SourceFile, sample: Sample
) -> tuple[SensorKind, tuple[str, ...]]:
    shown = [b for b in bands if b.name not in QUALITY_LAYERS]
    if told in {"rgb", "multispectral"} and len(shown) == 1:
        return "panchromatic", (f"stated to be {told}, but it has one band: read as panchromatic",)
    if told is not None:
        return told, ()
    return sensor_of(source, [b.name for b in shown], platform, sample)


def _platform_by_bands(bands: Sequence[Stored]) -> str | None:
    """Only Sentinel-2 calls its bands B02 … B12 among what is read here."""
    return "sentinel-2" if any(re.fullmatch(r"B(\d\d|8A)", b.name) for b in bands) else None


def _layer(band: Stored, sources: Sequence[SourceFile], lead: int, scale: BandScale, *, zeros: bool) -> Layer:
    source = sources[band.file]
    index = source.colour_bands[band.band]
    own = scale.basis.startswith("metadata") or "OFFING_SCALE" in source.tags
    return Layer(
        name=band.name,
        file=band.file,
        index=index,
        nodata=0.0 if zeros else None if source.palette else source.nodata[index - 1],
        scale=source.scales[index - 1] if own else scale.scale,
        offset=source.offsets[index - 1] if own else scale.offset,
        component=band.component,
        categorical=band.name in QUALITY_LAYERS,
        grid=None if band.file == lead else grid_between(sources[lead], source),
    )


def _timing(name: str, sources: Sequence[SourceFile]) -> Timing:
    """The acquisition by the first file that knows it. Raises PictureError when the files contradict each other."""
    found = [timing(source.path, source.tags) for source in sources]
    times = sorted(t.time for t in found if t.time is not None)
    days = {t.day for t in found if t.day is not None} | {t.date() for t in times}
    if (times and (times[-1] - times[0]).total_seconds() > 600.0) or len(days) > 2:
        raise PictureError(
            f"the files are of different times ({times[0]:%Y-%m-%d %H:%M} … {times[-1]:%Y-%m-%d %H:%M} UTC)"
            if times
            else "the files are of different days",
            where=name,
            fix="give the bands of one acquisition",
        )
    return next((t for t in found if t.time is not None), found[0])


def _kept_gsd(source: SourceFile) -> float | None:
    """The pixel size that was stated when the picture was clipped."""
    try:
        kept = float(source.tags["OFFING_GSD"])
    except (KeyError, ValueError):
        return None
    return kept if 0.01 <= kept <= 10_000.0 else None


def _zeros_note(zeros: bool) -> tuple[str, ...]:
    return ("solid areas of 0 in all bands are taken as nodata, none is declared",) if zeros else ()
