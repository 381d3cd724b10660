"""Photographs and masks from outside, in bounded memory: what a file claims is checked before it is decoded."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError

PIXELS_MAX = 150_000_000
"""Largest photograph: above the largest cameras; more is no photograph of a ship."""
WORK_PX = 800
"""Longest side at which a photograph is looked at: enough for a hundredth of a length, and quick."""
LEAST_PX = 64
"""Shortest side of a photograph that can show a ship's steps."""


class Pixels(NamedTuple):
    """A picture, upright, at working size."""

    rgb: NDArray[np.uint8]
    """(rows, cols, 3)."""
    alpha: NDArray[np.uint8] | None
    """(rows, cols), 0 transparent; None: the picture has no transparency."""
    scale: float
    """Pixels of the picture as given in one pixel here, at least 1."""
    size: tuple[int, int]
    """Width and height as given, upright."""
    simulated: bool


def read_pixels(path: Path) -> Pixels:
    """Read a PNG, JPEG or TIFF, turned upright by its EXIF orientation.

    CMYK becomes RGB (by GDAL's JPEG driver), a palette its colours, 16 bits 8, grey three equal bands. Raises
    PictureError for what is no picture, is damaged, is cut short, or claims more than PIXELS_MAX.
    """
    from rasterio.errors import RasterioError

    from offing.imagery.raster import gdal, open_raster, read_error, tags_of
    from offing.imagery.turning import upright

    with gdal("1"), open_raster(path) as dataset:
        _check_size(path, dataset.width, dataset.height)
        step = max(1.0, max(dataset.width, dataset.height) / WORK_PX)
        shape = (max(1, round(dataset.height / step)), max(1, round(dataset.width / step)))
        tags = tags_of(dataset)
        try:
            stored = _decoded(dataset, shape, path)
        except (RasterioError, OSError, ValueError, MemoryError) as error:
            raise read_error(path, error) from error
    turn = upright(tags)
    turned = turn.turned(stored)
    eight = (np.moveaxis(turned, 0, -1) + np.float32(0.5)).astype(np.uint8)
    alpha = np.ascontiguousarray(eight[..., 3]) if eight.shape[2] == 4 else None
    return Pixels(
        rgb=np.ascontiguousarray(eight[..., :3]),
        alpha=alpha if alpha is not None and int(alpha.min()) < 128 <= int(alpha.max()) else None,
        scale=step,
        size=turn.size(dataset.width, dataset.height),
        simulated=tags.get("OFFING_SIMULATED", "").upper() == "YES"
        or any(
            "SIMULATED" in tags.get(k, "") for k in ("EXIF_IMAGEDESCRIPTION", "TIFFTAG_IMAGEDESCRIPTION", "DESCRIPTION")
        ),
    )


def _check_size(path: Path, width: int, height: int) -> None:
    if width * height > PIXELS_MAX:
        raise PictureError(
            f"claims {width} × {height} pixels, more than any photograph of a ship",
            where=str(path),
            fix="scale it down",
        )
    if min(width, height) < LEAST_PX:
        raise PictureError(
            f"is {width} × {height} pixels, too small to show what stands on a deck",
            where=str(path),
            fix=f"give a picture of at least {LEAST_PX} pixels a side",
        )


def _decoded(dataset: Any, shape: tuple[int, int], path: Path) -> NDArray[np.float32]:  # noqa: ANN401 - rasterio's
    """(3 or 4, rows, cols) of 0–255, the last one alpha."""
    from rasterio.enums import ColorInterp, Resampling

    roles = list(dataset.colorinterp)
    palette = dataset.colormap(1) if roles[0] is ColorInterp.palette else None
    way = Resampling.nearest if palette else Resampling.average
    _check_whole(dataset)
    values = dataset.read(out_shape=(dataset.count, *shape), resampling=way).astype(np.float32)
    if palette is not None:
        table = np.array([palette.get(i, (0, 0, 0, 255)) for i in range(256)], np.float32)
        return np.asarray(np.moveaxis(table[np.clip(values[0], 0, 255).astype(int)], -1, 0), np.float32)
    if not np.isfinite(values).all():
        raise PictureError("holds values that are no numbers", where=str(path), fix="save it as PNG or JPEG")
    shown = [i for i, role in enumerate(roles) if role is not ColorInterp.alpha]
    alpha = [i for i, role in enumerate(roles) if role is ColorInterp.alpha]
    scaled = _eight_bit(values, str(dataset.dtypes[0]))
    colours = scaled[shown[:3]] if len(shown) >= 3 else np.repeat(scaled[shown[:1]], 3, axis=0)
    return np.concatenate([colours, scaled[alpha[:1]]]) if alpha else colours


def _check_whole(dataset: Any) -> None:  # noqa: ANN401
    """Touch the last row at full size: a file that is cut short fails here, not silently in grey."""
    from rasterio.windows import Window

    dataset.read(1, window=Window(0, dataset.height - 1, dataset.width, 1))


def _eight_bit(values: NDArray[np.float32], dtype: str) -> NDArray[np.float32]:
    """0–255; of 16 bits and floats by what the type holds, or by the range there is where that is far smaller."""
    if dtype == "uint8":
        return values
    low, high = min(0.0, float(values.min())), float(values.max())
    full = {"uint16": 65535.0, "int16": 32767.0}.get(dtype, high)
    top = full if high > full / 16.0 else high
    result: NDArray[np.float32] = np.clip((values - low) * (255.0 / max(top - low, 1e-9)), 0, 255).astype(np.float32)
    return result
