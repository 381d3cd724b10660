"""Writes a window of a picture as a tiled DEFLATE COG that reads back with the same values and facts."""

from __future__ import annotations

import math
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
    from affine import Affine
    from rasterio.io import DatasetWriter

_STEP = 2048
_COG = {
    "COMPRESS": "DEFLATE",
    "LEVEL": 6,
    "PREDICTOR": "YES",
    "BLOCKSIZE": 512,
    "OVERVIEW_RESAMPLING": "AVERAGE",
    "BIGTIFF": "IF_SAFER",
    "NUM_THREADS": 2,
}
_SMALL = {"uint8", "int8", "uint16", "int16"}


def write_cog(picture: Picture, box: Box, path: Path, tags: Mapping[str, str]) -> None:
    """Writes the window to ``path``, bands and quality bands as stored, with ``tags`` and the scale of every band.

    Whole numbers stay whole numbers, with a mask where there is no data; anything else becomes float32 with NaN. The
    same input gives the same bytes. Raises PictureError when it cannot be written.
    """
    from rasterio.errors import NotGeoreferencedWarning, RasterioError
    from rasterio.shutil import copy

    plain_path = path.with_name(path.name + ".plain")
    try:
        with warnings.catch_warnings(), gdal():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            _write_plain(picture, box, plain_path, tags)
            copy(plain_path, path, driver="COG", **_COG)
    except (RasterioError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else plain(error)
        raise PictureError(
            f"the clip cannot be written: {reason}", where=str(path.parent), fix="check its permissions and free space"
        ) from error
    finally:
        plain_path.unlink(missing_ok=True)


def _write_plain(picture: Picture, box: Box, path: Path, tags: Mapping[str, str]) -> None:
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
    if picture.transform is not None and picture.crs is not None:
        profile["transform"], profile["crs"] = window_transform(picture.transform, box), picture.crs
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


def window_transform(transform: Affine, box: Box) -> Affine:
    """The transform of the window's own pixels."""
    from affine import Affine

    t = transform
    c = t.a * box.col0 + t.b * box.row0 + t.c
    f = t.d * box.col0 + t.e * box.row0 + t.f
    return Affine(t.a, t.b, c, t.d, t.e, f)
