"""Where there is water: rasters of 30 arc-seconds, the finest that weighs next to nothing.

Rows count from the north pole, columns from 180° W, a cell covers [edge, edge + 1/120°). Columns go round: any
integer is a column. A cell's centre stands for all of it.

``GlobeWater`` reads the mask that the package global-land-mask carries, made from NOAA's GLOBE elevation model
(Hastings and Dunbar 1999; public domain). The package itself is never imported: that would take 0.9 GB.
"""

from __future__ import annotations

import importlib.util
import zipfile
import zlib
from pathlib import Path
from typing import IO, Protocol

import numpy as np
from numpy.typing import NDArray

from offing.errors import GeometryError, OffingError

PER_DEGREE = 120
ROWS, COLS = 180 * PER_DEGREE, 360 * PER_DEGREE
CELL_M = 927.0
"""A cell from north to south, metres; from east to west it shrinks with the cosine of the latitude."""
_BLOCK = 240
"""Rows that are unpacked together."""
_MASK_FILE = "globe_combined_mask_compressed.npz"

Cells = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Water(Protocol):
    """A raster of the Earth that knows water from land."""

    basis: str
    """What it was made from."""

    def at(self, rows: Cells, cols: Cells) -> Flags:
        """Whether these cells are water; rows beyond a pole are not."""
        ...

    def window(self, row0: int, row1: int, col0: int, col1: int) -> RasterWater:
        """The cells of rows ``row0`` to ``row1`` and columns ``col0`` to ``col1``, upper ends open, unpacked."""
        ...


def rows_of(lats: NDArray[np.float64]) -> Cells:
    """Rows of latitudes in degrees."""
    return np.clip(np.floor((90.0 - lats) * PER_DEGREE), 0, ROWS - 1).astype(np.int64)


def cols_of(lons: NDArray[np.float64]) -> Cells:
    """Columns of longitudes in degrees; longitudes beyond ±180 give columns beyond the raster's ends."""
    return np.floor((lons + 180.0) * PER_DEGREE).astype(np.int64)


def lats_of(rows: Cells) -> NDArray[np.float64]:
    """Latitudes of the centres of rows."""
    return np.asarray(90.0 - (rows + 0.5) / PER_DEGREE)


def lons_of(cols: Cells) -> NDArray[np.float64]:
    """Longitudes of the centres of columns, −180 to 180."""
    return np.asarray((cols % COLS + 0.5) / PER_DEGREE - 180.0)


class RasterWater:
    """Water within a window, one value for all that lies outside it."""

    def __init__(self, array: Flags, *, row0: int, col0: int, outside: bool, basis: str) -> None:
        """``array`` (rows, columns): True is water; ``row0``, ``col0``: the raster's row and column of its corner."""
        self.array, self.row0, self.col0, self.outside, self.basis = array, row0, col0, outside, basis

    def at(self, rows: Cells, cols: Cells) -> Flags:
        height, width = self.array.shape
        r, c = rows - self.row0, cols - self.col0
        if not r.size:
            return np.zeros(r.shape, dtype=bool)
        if r.min() >= 0 and r.max() < height and c.min() >= 0 and c.max() < width:
            return self.array[r, c]
        c = c % COLS
        inside = (r >= 0) & (r < height) & (c < width)
        found = self.array[np.where(inside, r, 0), np.where(inside, c, 0)]
        return np.where(inside, found, self.outside & (rows >= 0) & (rows < ROWS))

    def window(self, row0: int, row1: int, col0: int, col1: int) -> RasterWater:
        """That part of it; what lies outside stays what it was."""
        rows, cols = np.meshgrid(np.arange(row0, row1), np.arange(col0, min(col1, col0 + COLS)), indexing="ij")
        return RasterWater(self.at(rows, cols), row0=row0, col0=col0, outside=self.outside, basis=self.basis)

    def moved_shore(self, cells: int) -> RasterWater:
        """The same with the land smaller by ``cells`` on every side, or larger where ``cells`` is negative."""
        spreading = self.array if cells > 0 else ~self.array
        spread = _spread(spreading, abs(cells))
        moved = spread if cells > 0 else ~spread
        return RasterWater(moved, row0=self.row0, col0=self.col0, outside=self.outside, basis=self.basis)


def _spread(flags: Flags, cells: int) -> Flags:
    """True where a True lies within ``cells`` cells as the crow flies."""
    height, width = flags.shape
    spread = flags.copy()
    for dr in range(-cells, cells + 1):
        for dc in range(-cells, cells + 1):
            if 0 < dr * dr + dc * dc <= cells * cells and abs(dr) < height and abs(dc) < width:
                to = np.s_[max(0, dr) : height + min(0, dr), max(0, dc) : width + min(0, dc)]
                of = np.s_[max(0, -dr) : height + min(0, -dr), max(0, -dc) : width + min(0, -dc)]
                spread[to] |= flags[of]
    return spread


class GlobeWater:
    """The whole Earth, unpacked from the north as far as it was asked for; a bit a cell in memory."""

    basis = "GLOBE 30 arc-second elevation model (NOAA 1999), as packed by global-land-mask"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bits = np.zeros((0, COLS // 8), dtype=np.uint8)
        self._stream: IO[bytes] | None = None

    def at(self, rows: Cells, cols: Cells) -> Flags:
        inside = (rows >= 0) & (rows < ROWS)
        if rows.size:
            self._load(int(np.clip(rows.max(), 0, ROWS - 1)) + 1)
        r, c = np.where(inside, rows, 0), cols % COLS
        bits = (self._bits[r, c >> 3] >> (7 - (c & 7)).astype(np.uint8)) & 1
        return np.asarray(inside & (bits == 1))

    def window(self, row0: int, row1: int, col0: int, col1: int) -> RasterWater:
        """The cells of rows ``row0`` to ``row1`` and columns ``col0`` to ``col1``, both ends open, unpacked."""
        row0, row1 = max(row0, 0), min(row1, ROWS)
        col1 = min(col1, col0 + COLS)
        self._load(row1)
        first, last = col0 // 8, -(-col1 // 8)
        bits = self._bits[row0:row1, np.arange(first, last) % (COLS // 8)]
        whole = np.unpackbits(bits, axis=1)[:, col0 - 8 * first : col1 - 8 * first]
        return RasterWater(whole.astype(bool), row0=row0, col0=col0, outside=False, basis=self.basis)

    def _load(self, rows: int) -> None:
        if rows <= len(self._bits):
            return
        try:
            stream = self._stream or _open_mask(self._path)
            self._stream = stream
            blocks = [self._bits]
            have = len(self._bits)
            while have < rows:
                data = stream.read(_BLOCK * COLS)
                if len(data) != _BLOCK * COLS:
                    raise GeometryError("the land mask is cut short", where=str(self._path), fix="install it again")
                blocks.append(np.packbits(np.frombuffer(data, dtype=np.uint8).reshape(_BLOCK, COLS), axis=1))
                have += _BLOCK
            self._bits = np.concatenate(blocks)
        except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError) as error:
            raise GeometryError(f"no land mask: {error}", where=str(self._path), fix="install it again") from error
        if len(self._bits) >= ROWS and self._stream is not None:
            self._stream.close()
            self._stream = None


def _open_mask(path: Path) -> IO[bytes]:
    """The packed mask after its header. Raises OSError, ValueError and what zipfile raises."""
    from numpy.lib import format as npy

    with zipfile.ZipFile(path) as archive:
        stream = archive.open("mask.npy")  # keeps the file open by itself
    npy.read_magic(stream)
    shape, fortran, kind = npy.read_array_header_1_0(stream)
    if shape != (ROWS, COLS) or fortran or kind != np.dtype(bool):
        stream.close()
        raise ValueError(f"it holds {shape} {kind}")
    return stream


def globe_mask() -> Path | None:
    """The mask of the installed package global-land-mask; None where there is none."""
    try:
        found = importlib.util.find_spec("global_land_mask")
    except (ImportError, ValueError):
        return None
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / _MASK_FILE
        if path.is_file():
            return path
    return None


def globe_water() -> GlobeWater:
    """The installed mask. Raises MissingExtraError."""
    from offing.errors import MissingExtraError

    path = globe_mask()
    if path is None:
        raise MissingExtraError("no land mask is installed", fix="pip install global-land-mask")
    return GlobeWater(path)


def raster_of(polygons: list[list[tuple[float, float]]], box: tuple[float, float, float, float]) -> RasterWater:
    """Land polygons (closed rings of lon, lat) as a raster within ``box`` (west, south, east, north); water around it.

    A cell is land when its centre lies in a polygon. Raises GeometryError for rings that cannot be drawn.
    """
    from rasterio.features import rasterize
    from rasterio.transform import Affine

    west, south, east, north = box
    row0, col0 = int(np.floor((90.0 - north) * PER_DEGREE)), int(np.floor((west + 180.0) * PER_DEGREE))
    row1, col1 = int(np.ceil((90.0 - south) * PER_DEGREE)), int(np.ceil((east + 180.0) * PER_DEGREE))
    if not (0 <= row0 < row1 <= ROWS and 0 < col1 - col0 <= COLS):
        raise GeometryError(f"the box {box} holds no cells", fix="give west, south, east, north in degrees")
    step = 1.0 / PER_DEGREE
    placed = Affine(step, 0.0, col0 * step - 180.0, 0.0, -step, 90.0 - row0 * step)
    shapes = [({"type": "Polygon", "coordinates": [ring]}, 1) for ring in polygons]
    try:
        land = rasterize(shapes, (row1 - row0, col1 - col0), transform=placed) if shapes else None
    except (ValueError, TypeError, OffingError) as error:
        raise GeometryError(f"land that is no polygon: {error}") from error
    array = np.ones((row1 - row0, col1 - col0), dtype=bool) if land is None else land == 0
    return RasterWater(np.asarray(array), row0=row0, col0=col0, outside=True, basis="land polygons, 30 arc-seconds")
