"""Which stored band is which band of the picture, once all its files are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.bands import (
    MASK_BANDS,
    POLARISATIONS,
    QUALITY_BANDS,
    QUALITY_LAYERS,
    band_in_file_name,
    name_bands,
    product_polarisations,
)
from offing.imagery.model import SensorKind
from offing.imagery.source import Sample, SourceFile
from offing.records import Record

_GREY = 3.0
"""Colours that differ by no more, in steps of 8 bits, are one grey band that was stored three times."""
_TINT = 6.0
"""Lossy formats keep colour coarsely: bands of a picture stated to be radar may differ by so many steps of 8 bits."""
_COLOUR = {"red", "green", "blue"}


class Stored(Record, frozen=True):
    """A band and where its numbers are."""

    name: str
    file: int
    """Index into the picture's files."""
    band: int
    """0-based among the file's colour bands (and in its sample)."""
    component: int | None = None
    """Of a paletted file: 0 red, 1 green, 2 blue."""


def stored_bands(
    sources: Sequence[SourceFile], samples: Sequence[Sample], platform: str | None, stated: SensorKind | None
) -> tuple[tuple[Stored, ...], tuple[str, ...]]:
    """(bands, notes): every band of every file under its canonical name; grey stored as colour is one band.

    Raises PictureError when two files hold the same band.
    """
    bands: list[Stored] = []
    notes: list[str] = []
    for number, (source, sample) in enumerate(zip(sources, samples, strict=True)):
        names, said = name_bands(source, platform)
        mask = MASK_BANDS.get(band_in_file_name(source.path) or "", ())
        if mask and len(names) > 1:
            found, said = [Stored(name=name, file=number, band=i) for i, name in enumerate(mask[: len(names)])], ()
        elif source.palette is not None:
            found, said = _from_palette(source, number, said)
        elif set(names) == _COLOUR and "OFFING_BANDS" not in source.tags and (grey := _grey(source, sample, stated)):
            found, said = [Stored(name="band1", file=number, band=list(names).index("green"))], (grey,)
        else:
            found = [Stored(name=name, file=number, band=i) for i, name in enumerate(names)]
        bands += found
        notes += said
    repeated = sorted({b.name for b in bands if sum(o.name == b.name for o in bands) > 1})
    if repeated:
        raise PictureError(
            f"band {repeated[0]} is there more than once", where=str(sources[0].path.parent), fix="give one file a band"
        )
    return tuple(bands), tuple(notes)


def _from_palette(source: SourceFile, file: int, said: tuple[str, ...]) -> tuple[list[Stored], tuple[str, ...]]:
    if source.grey_palette:
        return [Stored(name="band1", file=file, band=0, component=0)], said
    return [Stored(name=n, file=file, band=0, component=i) for i, n in enumerate(("red", "green", "blue"))], said


def _grey(source: SourceFile, sample: Sample, stated: SensorKind | None) -> str | None:
    """Why three colour bands are read as one; None: they are colours."""
    colours = sample.pixels[:, np.isfinite(sample.pixels).all(axis=0)]
    if not colours.size:
        return None
    step = (float(colours.max()) - min(0.0, float(colours.min()))) / 255.0
    if source.integer:
        step = 1.0 if source.dtype == "uint8" else max(1.0, step)
    most = colours.max(axis=0)
    spread = most - colours.min(axis=0)
    bright = spread[most >= np.median(most)]  # dark water has no colour in any picture
    if float(spread.max()) <= _GREY * step or float(np.quantile(spread, 0.999)) <= _GREY * step:
        return "its three bands are one grey band"
    if float(np.median(bright)) <= _GREY * step:
        marked = float(np.mean(spread > _GREY * step))
        return f"its three bands are one grey band with marks in colour ({marked:.1%} of the pixels)"
    if stated == "sar" and float(np.median(bright)) <= _TINT * step:
        return "its three bands differ by little more than a lossy format makes them"
    if stated == "panchromatic":
        return "stated to be panchromatic, so its green band stands for the grey value"
    return None


def settled(
    bands: Sequence[Stored], sensor: SensorKind, sources: Sequence[SourceFile], samples: Sequence[Sample]
) -> tuple[tuple[Stored, ...], tuple[str, ...]]:
    """(bands, notes) with the names that only the sensor settles: polarisations, and ``pan``; in canonical order.

    Raises PictureError where a radar picture is to be made of bands that are colours.
    """
    shown = [b for b in bands if b.name not in QUALITY_LAYERS]
    rest = tuple(sorted((b for b in bands if b.name in QUALITY_LAYERS), key=_speaks))
    notes: tuple[str, ...] = ()
    if sensor == "sar":
        shown, notes = _backscatter(shown, sources)
    unnamed = all(b.name.startswith("band") for b in shown)
    if unnamed and sensor == "panchromatic" and len(shown) == 1:
        shown = [_renamed(shown[0], "pan")]
    elif unnamed and sensor == "sar":
        known = product_polarisations(sources[0].path)
        if len(known) == len(shown):
            shown, notes = _polarised(shown, known, samples)
    return (*sorted(shown, key=_order), *rest), notes


def _speaks(band: Stored) -> tuple[int, int]:
    """Masks in the order in which they are asked, the bands of each in theirs."""
    for rank, mask in enumerate(QUALITY_BANDS):
        own = MASK_BANDS.get(mask, (mask,))
        if band.name in own:
            return rank, own.index(band.name)
    return len(QUALITY_BANDS), 0


def _backscatter(bands: list[Stored], sources: Sequence[SourceFile]) -> tuple[list[Stored], tuple[str, ...]]:
    """The bands that are radar backscatter, where some say they are; raises PictureError for several that differ."""
    polarised = [b for b in bands if b.name in POLARISATIONS]
    if polarised:
        left = len(bands) - len(polarised)
        what = "a band that is" if left == 1 else f"{left} bands that are"
        return polarised, (f"{what} no polarisation (an angle, a ratio) is left out",) if left else ()
    if len(bands) > 2 or (len(bands) == 2 and not all(b.name.startswith("band") for b in bands)):
        raise PictureError(
            f"holds {len(bands)} bands that differ ({', '.join(b.name for b in bands)}), not radar backscatter",
            where=str(sources[0].path),
            fix="leave out --sensor sar, or give the radar picture itself: one band, or bands described as VV, VH",
        )
    return bands, ()


def _renamed(band: Stored, name: str) -> Stored:
    return Stored(name=name, file=band.file, band=band.band, component=band.component)


def _polarised(
    bands: list[Stored], known: tuple[str, ...], samples: Sequence[Sample]
) -> tuple[list[Stored], tuple[str, ...]]:
    """The product's polarisations; of two, the brighter is the co-polarised one (the sea gives 5–15 dB more)."""
    if len(bands) == 1:
        return [_renamed(bands[0], known[0])], (f"the product's name says {known[0]}",)
    first, second = (float(np.median(samples[b.file].values(b.band))) for b in bands)
    names = known if first >= second else known[::-1]
    note = f"the product's name says {' and '.join(known)}; the brighter band is taken as {known[0]}"
    return [_renamed(b, n) for b, n in zip(bands, names, strict=True)], (note,)


def _order(band: Stored) -> tuple[int, str]:
    """Polarisations and Sentinel-2 bands by name; everything else as stored (sorting is stable)."""
    if band.name in POLARISATIONS:
        return POLARISATIONS.index(band.name), ""
    if band.name.startswith("B") and band.name[1:2].isdigit():
        return 0, band.name.replace("B8A", "B08A")
    return 0, ""


def values_by_name(bands: Sequence[Stored], samples: Sequence[Sample]) -> dict[str, NDArray[np.float32]]:
    """Sampled finite numbers of every band that is looked at; bands without any are left out."""
    values = {b.name: samples[b.file].values(b.band) for b in bands if b.name not in QUALITY_LAYERS}
    return {name: v for name, v in values.items() if v.size}
