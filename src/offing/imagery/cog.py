"""Writes a window of a picture as a tiled DEFLATE COG that reads back with the same values and facts."""

from __future__ import annotations

import math
import os
import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from offing.errors import PictureError
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.imagery.pixels import Layer
from offing.imagery.raster import gdal, plain

if TYPE_CHECKING:
    from rasterio.io import DatasetWriter

MEMORY_BYTES = 256 << 20
"""Largest clip, as numbers, that is put together in memory."""
_STEP = 2048
_COG = {
    "COMPRESS": "DEFLATE",
    "LEVEL": 6,
    "PREDICTOR": "YES",
    "BLOCKSIZE": 512,
    "OVERVIEW_RESAMPLING": "AVERAGE",
    "BIGTIFF": "IF_SAFER",
}
_SMALL = {"uint8", "int8", "uint16", "int16"}


def write_cog(picture: Picture, box: Box, path: Path, tags: Mapping[str, str]) -> None:
    """Writes the window to ``path``, bands and quality bands as stored, with ``tags`` and the scale of every band.

    Whole numbers stay whole numbers, with a mask where there is no data; anything else becomes float32 with NaN. The
    same input gives the same bytes. Up to MEMORY_BYTES are put together in memory, so that a full disk fails in one
    plain write; more are written on disk and compared afterwards. Raises PictureError when it cannot be written.
    """
    from rasterio._err import CPLE_BaseError  # rasterio lets these and SystemError through when GDAL fails to copy
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    size = box.width * box.height * len(picture.layers) * _bytes_a_number(picture)
    try:
        with warnings.catch_warnings(), gdal(threads="1"):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            (_in_memory if size <= MEMORY_BYTES else _on_disk)(picture, box, path, tags, size)
    except (RasterioError, CPLE_BaseError, SystemError) as error:
        raise PictureError(
            f"the clip cannot be written: {plain(error)}", where=str(path.parent), fix="check the free space there"
        ) from error


def _in_memory(picture: Picture, box: Box, path: Path, tags: Mapping[str, str], size: int) -> None:
    from rasterio.io import MemoryFile
    from rasterio.shutil import copy

    del size
    with MemoryFile(ext=".tif") as first, MemoryFile(ext=".tif") as second:
        _write_plain(picture, box, first.name, tags)
        copy(first.name, second.name, driver="COG", **_COG)
        with path.open("wb") as stream:
            stream.write(second.read())
            stream.flush()
            os.fsync(stream.fileno())


def _on_disk(picture: Picture, box: Box, path: Path, tags: Mapping[str, str], size: int) -> None:
    import rasterio
    from rasterio.shutil import copy

    free = shutil.disk_usage(path.parent).free
    if free < 2 * size:
        raise PictureError(
            f"the clip may need {2 * size / 1e9:.1f} GB and {free / 1e9:.1f} GB are free",
            where=str(path.parent),
            fix="make room, or choose a smaller site",
        )
    first = path.with_name(path.name + ".plain")
    try:
        _write_plain(picture, box, str(first), tags)
        copy(first, path, driver="COG", **_COG)
        with rasterio.open(first) as one, rasterio.open(path) as other:
            if any(one.checksum(i) != other.checksum(i) for i in one.indexes):
                raise PictureError("the clip does not read back as written", where=str(path.parent), fix="try again")
    finally:
        first.unlink(missing_ok=True)


def _bytes_a_number(picture: Picture) -> int:
    whole = _stays_whole(picture)
    return int(np.dtype(whole or "float32").itemsize)


def _write_plain(picture: Picture, box: Box, path: str, tags: Mapping[str, str]) -> None:
    import rasterio

    layers = picture.layers
    whole = _stays_whole(picture)
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": box.width, "height": box.height, "count": len(layers),
        "dtype": whole or "float32", "tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate",
        "zlevel": 1, "BIGTIFF": "IF_SAFER", "interleave": "pixel",
    }  # fmt: skip
    if not whole:
        profile["nodata"] = math.nan
    place = picture.placed(box)
    if place is not None:
        profile["transform"], profile["crs"], _ = place
    with rasterio.open(path, "w", **profile) as out:
        out.update_tags(**tags)
        out.descriptions = tuple(layer.name for layer in layers)
        out.scales = tuple(layer.scale for layer in layers)
        out.offsets = tuple(layer.offset for layer in layers)
        _colour(out, layers)
        for part in _parts(box):
            _write_part(picture, out, box, part, whole)


def _write_part(picture: Picture, out: DatasetWriter, box: Box, part: Box, whole: str | None) -> None:
    from rasterio.windows import Window

    numbers = picture.numbers([layer.name for layer in picture.layers], part)
    at = Window(part.col0 - box.col0, part.row0 - box.row0, part.width, part.height)
    if whole is None:
        out.write(numbers, window=at)
        return
    data = np.isfinite(numbers).all(axis=0)
    out.write(np.where(data, numbers, 0.0).astype(whole), window=at)
    if picture.may_lack_data:
        out.write_mask(data, window=at)


def _stays_whole(picture: Picture) -> str | None:
    """The type in which all numbers can be kept as they are, with one mask for all bands; None: float32 it is."""
    kinds = set(picture.stored_types)
    one_mask = picture.facts.unified_nodata or len(picture.bands) == 1 or all(v.nodata is None for v in picture.layers)
    native = all(layer.grid is None or layer.categorical for layer in picture.layers)
    if not (kinds <= _SMALL and one_mask and native):
        return None
    return next(iter(kinds)) if len(kinds) == 1 else "uint16" if kinds == {"uint8", "uint16"} else None


def _colour(out: DatasetWriter, layers: tuple[Layer, ...]) -> None:
    """Tells other programs which bands are red, green and blue; the rest are plain."""
    from rasterio.enums import ColorInterp

    known = {"red": "red", "green": "green", "blue": "blue", "B04": "red", "B03": "green", "B02": "blue"}
    names = [known.get(layer.name, "undefined") for layer in layers]
    if len(set(names) & {"red", "green", "blue"}) < 3:
        names = ["gray", *["undefined"] * (len(layers) - 1)]
    out.colorinterp = [ColorInterp[name] for name in names]


def _parts(box: Box) -> list[Box]:
    return [
        Box(col0=col, row0=row, col1=min(col + _STEP, box.col1), row1=min(row + _STEP, box.row1))
        for row in range(box.row0, box.row1, _STEP)
        for col in range(box.col0, box.col1, _STEP)
    ]
