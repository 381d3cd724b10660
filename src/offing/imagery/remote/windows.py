"""The window of one remote band, as a small GeoTIFF of the same numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offing.errors import GeometryError, PictureError
from offing.imagery.georeference import Georeference
from offing.imagery.model import Box
from offing.imagery.picture import READ_BYTES_MAX, window_transform
from offing.imagery.raster import gdal, plain, tags_of
from offing.imagery.remote.tiff import RemotePicture
from offing.records import Record

if TYPE_CHECKING:
    from affine import Affine

Places = Sequence[tuple[float, float]]
"""(lon, lat) in degrees."""
PAD_PX = 2
"""Pixels around the window, so that the clip that is cut from it loses none to rounding."""
_SIMULATED = "OFFING_SIMULATED"


class BandWindow(Record, frozen=True):
    """A window of one band, with the numbers as stored."""

    band: str
    box: Box
    """In pixels of the remote file."""
    numbers: NDArray[Any]
    """(rows, cols), in the type stored."""
    hidden: NDArray[np.bool_] | None
    """(rows, cols), True where the file's own mask hides the pixel; None: it has none."""
    nodata: float | None
    crs_wkt: str
    transform: Affine
    """Of the window's own pixels."""
    scale: float
    offset: float
    """As the file itself says; 1 and 0 where it says nothing."""
    simulated: bool
    """True: the file says so of itself."""

    @property
    def valid(self) -> NDArray[Any]:
        """The numbers that are data, flat."""
        data = np.ones(self.numbers.shape, np.bool_) if self.hidden is None else ~self.hidden
        if self.nodata is not None:
            data &= self.numbers != self.nodata
        return np.asarray(self.numbers[data])

    @property
    def sha256(self) -> str:
        """Of band, place in the file and numbers: the same whatever they are stored in."""
        return numbers_sha256(self.band, self.box, self.numbers)


def numbers_sha256(band: str, box: Box, numbers: NDArray[Any]) -> str:
    """Of band, place in the file and numbers (rows, cols), as little-endian bytes."""
    kind = numbers.dtype.newbyteorder("<")
    digest = hashlib.sha256(f"{band} {box.col0},{box.row0},{box.col1},{box.row1} {kind.str}\n".encode())
    digest.update(np.ascontiguousarray(numbers, kind).tobytes())
    return digest.hexdigest()


def read_window(remote: RemotePicture, band: str, places: Places) -> BandWindow:
    """The pixels around ``places``. Raises PictureError, NetworkError, GeometryError (it shows none of them)."""
    from rasterio.enums import MaskFlags
    from rasterio.windows import Window

    dataset, name = remote.dataset, remote.content.name
    if dataset.count != 1:
        raise PictureError(f"holds {dataset.count} bands, not {band} alone", where=name, fix="read another asset")
    place = _placed(remote)
    box = window_of(place.pixel, dataset.width, dataset.height, places, name)
    if box.width * box.height * np.dtype(dataset.dtypes[0]).itemsize > READ_BYTES_MAX // 4:
        what = f"shows the site in {box.width} × {box.height} pixels, which is too many at once"
        raise PictureError(what, where=name, fix="give the site a smaller radius")
    remote.fetch_blocks(box, (1,))
    view = Window(box.col0, box.row0, box.width, box.height)
    with remote.guarded():
        numbers = dataset.read(1, window=view)
        masked = MaskFlags.per_dataset in dataset.mask_flag_enums[0]
        hidden = dataset.read_masks(1, window=view) == 0 if masked else None
    tags = tags_of(dataset)
    return BandWindow(
        band=band,
        box=box,
        numbers=numbers,
        hidden=hidden,
        nodata=None if dataset.nodata is None else float(dataset.nodata),
        crs_wkt=dataset.crs.to_wkt(),
        transform=window_transform(dataset.transform, box),
        scale=float(dataset.scales[0]),
        offset=float(dataset.offsets[0]),
        simulated=tags.get(_SIMULATED, "").strip().lower() not in {"", "0", "no", "false"},
    )


def _placed(remote: RemotePicture) -> Georeference:
    dataset, name = remote.dataset, remote.content.name
    if dataset.crs is None or dataset.transform.is_identity:
        raise PictureError(
            "does not know where it lies on the ground, but for points that bend",
            where=name,
            fix="download the product whole and add it with offing scenes add",
        )
    return Georeference(dataset.transform, dataset.crs.to_wkt(), width=dataset.width, height=dataset.height, where=name)


def window_of(
    pixel: Callable[[float, float], tuple[float, float]], width: int, height: int, places: Places, name: str
) -> Box:
    """The pixels around places, and ``PAD_PX`` more; ``pixel`` gives (col, row) of (lon, lat).

    Raises GeometryError where none of it is in the picture.
    """
    points = np.array([pixel(lon, lat) for lon, lat in places], np.float64)
    points = points[np.isfinite(points).all(axis=1)]
    if len(points):
        left, top = np.maximum(np.floor(points.min(axis=0)) - PAD_PX, 0.0)
        right, bottom = np.minimum(np.ceil(points.max(axis=0)) + PAD_PX, (width, height))
        if right - left >= 16.0 and bottom - top >= 16.0:
            return Box(col0=int(left), row0=int(top), col1=int(right), row1=int(bottom))
    raise GeometryError("shows nothing of the site", where=name, fix="leave this item out")


def write_window(
    path: Path, windows: Sequence[BandWindow], scales: Sequence[tuple[float, float] | None], tags: Mapping[str, str]
) -> None:
    """One or several bands of one grid as a GeoTIFF; ``scales`` are (scale, offset) where they are known.

    Raises PictureError where it cannot be written.
    """
    import rasterio
    from rasterio.errors import RasterioError

    first = windows[0]
    rows, cols = first.numbers.shape
    profile = {
        "driver": "GTiff", "width": cols, "height": rows, "count": len(windows), "dtype": first.numbers.dtype.name,
        "crs": first.crs_wkt, "transform": first.transform, "nodata": first.nodata, "BIGTIFF": "IF_SAFER",
    }  # fmt: skip
    if any(window.simulated for window in windows):
        tags = {**tags, _SIMULATED: "yes"}
    try:
        with gdal(threads="1"), rasterio.open(path, "w", **profile) as out:
            out.update_tags(**tags)
            out.descriptions = tuple(window.band for window in windows)
            if all(scale is not None for scale in scales):
                out.scales = tuple(scale[0] for scale in scales if scale)
                out.offsets = tuple(scale[1] for scale in scales if scale)
            for index, window in enumerate(windows, 1):
                out.write(window.numbers, index)
            hidden = [window.hidden for window in windows if window.hidden is not None]
            if hidden:
                out.write_mask(~np.logical_or.reduce(hidden))
    except (RasterioError, OSError) as error:
        raise PictureError(
            f"cannot be written: {plain(error)}", where=str(path.parent), fix="check the free space there"
        ) from error
