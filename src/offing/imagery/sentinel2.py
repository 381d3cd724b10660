"""A Sentinel-2 product (L1C or L2A): which of its files are looked at, and what its metadata say of their numbers.

Names, scale and offset: Sentinel-2 Products Specification Document (S2-PDGS-TAS-DI-PSD); since processing baseline
04.00 (25 January 2022) reflectance is (DN + offset) / quantification, with an offset of -1000.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from offing.errors import PictureError
from offing.imagery.bands import MASK_BANDS, QUALITY_BANDS, band_in_file_name
from offing.imagery.markup import Node, parse
from offing.imagery.raster import open_raster
from offing.imagery.safe import METADATA, Package, find_package
from offing.imagery.source import SourceFile, facts_of
from offing.records import Record

WANTED = ("B02", "B03", "B04", "B08", "B11", "SCL")
"""The bands that are read: 10 m, the first of short-wave infrared, and the scene classification."""
_CLASSI = r"GRANULE/[^/]+/QI_DATA/MSK_CLASSI_B00\.jp2"
"""The cloud mask of level 1C from baseline 04.00 on, in three bands; before, it was vectors, which are not read."""
_FIX = "download the whole product again"
_NODATA = 0.0
_BAND_IDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
_QUANTIFICATIONS = {
    "L1C": ("QUANTIFICATION_VALUE",),
    "L2A": ("BOA_QUANTIFICATION_VALUE", "L2A_BOA_QUANTIFICATION_VALUE"),
}
_OFFSETS_SINCE = 400
_FOLDERS_UP = 6


class Product(Record, frozen=True):
    """What is read of a product, and how."""

    files: tuple[Path, ...]
    """Band files, then the classification; within an archive the path goes on behind the archive's."""
    originals: tuple[Path, ...]
    """What it is made from on disk: the archive, or the band files and the metadata."""
    quantification: float
    """What a number is divided by, once the offset is added."""
    offsets: Mapping[str, float]
    """Number to be added first, by band; empty: none is."""
    sensed: str
    """When the tile was seen, as the metadata write it."""
    notes: tuple[str, ...]

    def source(self, path: Path) -> SourceFile:
        """The facts of one of its files, with the scale, nodata and time that only the metadata state."""
        with open_raster(path) as dataset:
            found = facts_of(path, dataset)
        band = band_in_file_name(path)
        count = len(MASK_BANDS.get(band or "", ("",)))
        if found.count != count or found.dtype != ("uint8" if band in QUALITY_BANDS else "uint16"):
            raise PictureError(
                f"is no {band} of a product: {found.count} bands of {found.dtype}", where=str(path), fix=_FIX
            )
        tags = {**found.tags, "SENSING_TIME": self.sensed, "SPACECRAFT": "Sentinel-2"}
        if band in QUALITY_BANDS:
            return replace(found, tags=tags)
        if self.offsets and band not in self.offsets:
            raise PictureError(f"has no offset for {band} in its metadata", where=str(path), fix=_FIX)
        scale, offset = 1.0 / self.quantification, self.offsets.get(str(band), 0.0) / self.quantification
        return replace(found, tags=tags, nodata=(_NODATA,), scales=(scale,), offsets=(offset,))


def read_product(package: Package) -> Product:
    """The product with the finest file of each band that is wanted. Raises PictureError where it is not whole."""
    images = package.matching(r"GRANULE/[^/]+/IMG_DATA/(?:R\d0m/)?[^/]+\.jp2")
    granules = sorted({PurePosixPath(name).parts[1] for name in images})
    if not granules:
        raise PictureError("holds no bands (GRANULE/…/IMG_DATA/….jp2)", where=str(package.root), fix=_FIX)
    if len(granules) > 1:
        raise PictureError(
            f"holds {len(granules)} tiles, as products before December 2016 do",
            where=str(package.root),
            fix="open one tile: name its folder GRANULE/…/IMG_DATA",
        )
    finest: dict[str, str] = {}
    for name in images:
        band = band_in_file_name(Path(name))
        if band in WANTED and (band not in finest or _resolution(name) < _resolution(finest[band])):
            finest[band] = name
    files = tuple(package.root / finest[band] for band in WANTED if band in finest)
    if "SCL" not in finest:
        files += tuple(package.root / name for name in package.matching(_CLASSI))
    if not set(finest) - set(QUALITY_BANDS):
        raise PictureError("holds none of the bands B02, B03, B04, B08", where=str(package.root), fix=_FIX)
    found = _described(package, files)
    missing = [b for b in WANTED if b not in finest and (b != "SCL" or package.matching(r"MTD_MSIL2A\.xml"))]
    return replace(found, notes=(*found.notes, f"the product lacks {', '.join(missing)}")) if missing else found


def product_of(files: Sequence[Path]) -> Product | None:
    """The product in which band files lie that were named one by one; None: not all lie in one.

    Raises PictureError where its metadata cannot be used.
    """
    if not all(band_in_file_name(path) for path in files):
        return None
    roots = {_root(path) for path in files}
    root = roots.pop() if len(roots) == 1 else None
    package = find_package(root) if root is not None else None
    return _described(package, tuple(files)) if package is not None else None


def _root(path: Path) -> Path | None:
    """The folder with the metadata above a band file; None: there is none."""
    parents = list(path.absolute().parents)[:_FOLDERS_UP]
    at = next((i for i, folder in enumerate(parents) if folder.name == "IMG_DATA"), None)
    if at is None or len(parents) < at + 4 or parents[at + 2].name != "GRANULE":
        return None
    root = parents[at + 3]
    return root if any(re.fullmatch(METADATA, p.name) for p in root.glob("MTD_*.xml")) else None


def _resolution(name: str) -> int:
    """Metres a pixel by the name; bands of L1C come in one resolution and do not name it."""
    match = re.search(r"_(\d0)m\.jp2$", name, re.I)
    return int(match[1]) if match else 0


def _described(package: Package, files: tuple[Path, ...]) -> Product:
    (name,) = package.matching(METADATA)[:1]
    metadata = parse(package.read(name), str(package.root / name))
    level = "L2A" if "L2A" in name else "L1C"
    quantification = _quantification(metadata, level)
    baseline = metadata.text(".//PROCESSING_BASELINE", "not stated")
    offsets = _offsets(metadata, level, baseline, quantification)
    offset = f" with an offset of {min(offsets.values()):g}" if offsets else ""
    kind = "surface" if level == "L2A" else "top of atmosphere"
    note = f"Sentinel-2 {level}, baseline {baseline}: reflectance ({kind}), DN/{quantification:g}{offset}"
    originals = (package.archive,) if package.archive else (*files, package.root / name)
    return Product(
        files=files,
        originals=originals,
        quantification=quantification,
        offsets=offsets,
        sensed=_sensed(package, metadata),
        notes=(note,),
    )


def _quantification(metadata: Node, level: str) -> float:
    names = (
        ("BOA_QUANTIFICATION_VALUE", "L2A_BOA_QUANTIFICATION_VALUE") if level == "L2A" else ("QUANTIFICATION_VALUE",)
    )
    name = next((n for n in names if metadata.all(f".//{n}")), names[0])
    value = metadata.number(f".//{name}")
    if not 1.0 <= value <= 1e6:
        raise PictureError(f"states an impossible {name} ({value:g})", where=metadata.where, fix=_FIX)
    return value


def _offsets(metadata: Node, level: str, baseline: str, quantification: float) -> dict[str, float]:
    """By band; empty in products before baseline 04.00. Raises PictureError where one is missing or impossible."""
    found = {}
    for node in metadata.all(".//BOA_ADD_OFFSET" if level == "L2A" else ".//RADIO_ADD_OFFSET"):
        band, value = node.attribute("band_id") or "", node.number(".")
        if not (band.isdecimal() and int(band) < len(_BAND_IDS) and abs(value) <= quantification):
            raise PictureError(f"states an impossible offset ({value:g})", where=metadata.where, fix=_FIX)
        found[_BAND_IDS[int(band)]] = value
    digits = baseline.replace(".", "")
    if not found and digits.isdecimal() and int(digits) >= _OFFSETS_SINCE:
        raise PictureError(f"states no offset, which baseline {baseline} has", where=metadata.where, fix=_FIX)
    return found


def _sensed(package: Package, metadata: Node) -> str:
    """When the tile was seen; the start of the data take, a minute or so before, where the tile does not say."""
    for name in package.matching(r"GRANULE/[^/]+/MTD_TL\.xml"):
        text = parse(package.read(name), str(package.root / name)).text(".//SENSING_TIME", "-")
        if text != "-":
            return text
    return metadata.text(".//PRODUCT_START_TIME", "")
