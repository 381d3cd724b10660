"""A whole picture at a glance: far coarser, from the overviews that its files carry, where reading it all costs much.

JPEG 2000 holds every picture at halved sizes too: a glance at an eighth of the size costs a fiftieth of decoding all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.coarse import Coarse
from offing.imagery.picture import Picture
from offing.imagery.pixels import Layer, to_physical
from offing.imagery.raster import ONE_THREAD, gdal, open_raster, read_error

LEAST_PX = 4_000_000
"""Smaller pictures are read as they are."""
CELLS = 2_000_000


def glance(picture: Picture, bands: Sequence[str]) -> Coarse | None:
    """The picture in about 2 million cells, every one a mean of some sort or a single pixel; NaN where no data.

    None: the picture is small or was turned over when it was opened, or its files carry no overviews of that size.
    Raises PictureError for pixels that cannot be decoded.
    """
    area = picture.width * picture.height
    if area < LEAST_PX or not picture.as_stored:
        return None
    factor = 2 ** math.ceil(math.log2(math.sqrt(area / CELLS)))
    layers = {layer.name: layer for layer in picture.layers}
    seen = [_reduced(picture, layers[name], factor) for name in bands]
    values = [v for v in seen if v is not None]
    if len(values) < len(seen):
        return None
    return Coarse(np.stack(values), factor, picture.width, picture.height)


def _reduced(picture: Picture, layer: Layer, factor: int) -> NDArray[np.float32] | None:
    """(rows, cols) of one band as its file stores it, NaN where no data; None where that would mean to read all."""
    from rasterio.errors import RasterioError

    path = picture.stored_in(layer)
    shape = -(-picture.height // factor), -(-picture.width // factor)
    with open_raster(path) as dataset:
        shrink = math.sqrt(dataset.width * dataset.height / (shape[0] * shape[1]))
        served = any(shrink / 2.1 < f < shrink * 1.1 for f in dataset.overviews(layer.index))
        plain = layer.component is None and layer.correction is None and not layer.categorical
        if not (served and plain):
            return None
        try:
            with gdal(ONE_THREAD.get(dataset.driver)):
                masked = dataset.read(layer.index, out_shape=shape, masked=True, out_dtype="float32")
        except (RasterioError, OSError, ValueError, MemoryError) as error:
            raise read_error(path, error) from error
    values = np.asarray(masked.filled(np.nan), np.float32)
    if layer.nodata is not None:
        values[values == np.float32(layer.nodata)] = np.nan
    to_physical(values, layer, picture.scale.quantity)
    return values
