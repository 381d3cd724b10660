"""PlanetScope and RapidEye files: what Planet's metadata beside them say of their numbers."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import replace

from offing.errors import PictureError
from offing.imagery.markup import parse
from offing.imagery.source import SourceFile

_XML_BYTES_MAX = 4 << 20
_RADIANCE = re.compile(r"_Analytic(?:MS)?(?!.*_SR)(?:_|$)", re.I)
"""Products whose numbers are radiance; those with SR in the name are surface reflectance."""
_FIX = "download the product's metadata again, or move them away"


def is_radiance(path: Path) -> bool:
    """Whether a file's name says that it holds radiance."""
    return bool(_RADIANCE.search(path.stem))


def with_metadata(source: SourceFile) -> tuple[SourceFile, tuple[str, ...]]:
    """(facts, notes) with the factors of the metadata beside an analytic product, by which radiance becomes reflectance
    at the top of the atmosphere (``reflectanceCoefficient``, Planet Imagery Product Specification).

    Raises PictureError where they are there and cannot be used.
    """
    path = _beside(source.path) if is_radiance(source.path) and source.integer else None
    if path is None or any(scale != 1.0 for scale in source.scales):
        return source, ()
    try:
        with path.open("rb") as stream:
            root = parse(stream.read(_XML_BYTES_MAX), str(path))
    except OSError as error:
        raise PictureError(f"cannot be read ({error.strerror})", where=str(path), fix="check it") from error
    bands = {node.whole("bandNumber"): node for node in root.all(".//bandSpecificMetadata")}
    factors = []
    for number in range(1, source.count + 1):
        factor = bands[number].number("reflectanceCoefficient") if number in bands else 0.0
        if not 0.0 < factor < 0.01:
            raise PictureError(f"states no reflectanceCoefficient for band {number}", where=str(path), fix=_FIX)
        factors.append(factor)
    note = f"reflectance (top of atmosphere) by the reflectanceCoefficient of {path.name}"
    return replace(source, scales=tuple(factors)), (note,)


def _beside(path: Path) -> Path | None:
    """The metadata that belong to a file: ``X_metadata.xml``, of a clip ``X_metadata_clip.xml``."""
    stem, clip = (path.stem[:-5], "_clip") if path.stem.lower().endswith("_clip") else (path.stem, "")
    found = path.with_name(f"{stem}_metadata{clip}.xml")
    return found if found.is_file() else None
