"""The pixels of a picture's files, read window by window onto one grid."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.model import Quantity
from offing.imagery.raster import open_raster
from offing.imagery.source import SourceFile, read_mask, read_numbers, single
from offing.imagery.turning import AS_STORED, Turn, Window
from offing.records import Record

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

_LN10 = 2.302585092994046


class Correction(Protocol):
    """What turns stored numbers into physical ones where a scale and an offset do not."""

    def apply(self, numbers: NDArray[np.float32], window: Window) -> None:
        """Corrects (rows, cols) of numbers in place; ``window`` is where they are stored in the file."""


class Layer(Record, frozen=True):
    """Where a band's numbers are stored."""

    name: str
    file: int
    """Index into the picture's files."""
    index: int
    """1-based band of that file."""
    nodata: float | None
    """The number that stands for no data; None: there is none."""
    scale: float
    offset: float
    component: int | None = None
    """Of a paletted file: 0 red, 1 green, 2 blue."""
    categorical: bool = False
    """True: numbers that name classes (a quality band); never mixed and never scaled."""
    grid: tuple[float, float, float, float] | None = None
    """(x scale, x shift, y scale, y shift) from the picture's pixel coordinates to the file's; None: the same grid."""
    correction: Correction | None = None
    """What is done to the numbers when they are read; None: nothing."""


class PixelReader:
    """Reads layers from their files. Every thread gets file handles of its own, as GDAL wants."""

    def __init__(
        self, files: Sequence[SourceFile], layers: Sequence[Layer], *, unified: bool, turn: Turn = AS_STORED
    ) -> None:
        """``layers`` are the bands that are looked at; ``unified``: nodata only where all of them say so."""
        self._files, self._layers, self._unified, self._turn = tuple(files), tuple(layers), unified, turn
        self._local = threading.local()
        self._handles: list[DatasetReader] = []
        self._lock = threading.Lock()
        self._closed = False

    @property
    def always_valid(self) -> bool:
        """Whether no pixel can be without data."""
        files = [self._files[layer.file] for layer in self._layers]
        whole = all(f.integer and not f.masked and f.palette is None for f in files)
        return whole and all(layer.nodata is None for layer in self._layers)

    def close(self) -> None:
        """Closes every handle of every thread."""
        with self._lock:
            self._closed = True
            while self._handles:
                self._handles.pop().close()

    def numbers(self, chosen: Sequence[Layer], window: Window) -> NDArray[np.float32]:
        """(bands, rows, cols) as stored; NaN where masked or without data (but never in a categorical layer)."""
        if not chosen:
            raise PictureError("no band was asked for", fix="name at least one")
        if not any(self._turn):
            return self._as_stored(chosen, window)
        first = self._files[self._layers[0].file]
        return self._turn.turned(self._as_stored(chosen, self._turn.stored(window, first.width, first.height)))

    def _as_stored(self, chosen: Sequence[Layer], window: Window) -> NDArray[np.float32]:
        """(bands, rows, cols) of a window as it lies in the files."""
        col0, row0, col1, row1 = window
        direct = self._direct(chosen, window)
        if direct is not None:
            return direct
        out = np.empty((len(chosen), row1 - row0, col1 - col0), np.float32)
        for file in sorted({layer.file for layer in chosen}):
            places = [i for i, layer in enumerate(chosen) if layer.file == file]
            for place, band in zip(places, self._bands(file, [chosen[i] for i in places], window), strict=True):
                out[place] = band
        hidden = self._hidden(out, chosen, window)
        if hidden is not None:
            for place, layer in enumerate(chosen):
                if not layer.categorical:
                    out[place][hidden] = np.nan
        return out

    def _direct(self, chosen: Sequence[Layer], window: Window) -> NDArray[np.float32] | None:
        """The numbers without a copy, where nothing has to be put together or hidden; None: the long way."""
        source = self._files[chosen[0].file]
        simple = source.palette is None and not source.masked and len({layer.file for layer in chosen}) == 1
        simple = simple and all(layer.correction is None for layer in chosen)
        if not simple or any(layer.grid or layer.nodata is not None for layer in (*chosen, *self._layers)):
            return None
        return read_numbers(source, self._dataset(chosen[0].file), [layer.index for layer in chosen], window)

    def _dataset(self, file: int) -> DatasetReader:
        handles: dict[int, Any] = self._local.__dict__.setdefault("handles", {})
        if self._closed:
            raise PictureError("is closed", where=str(self._files[file].path))
        if file not in handles:
            handles[file] = open_raster(self._files[file].path)
            with self._lock:
                self._handles.append(handles[file])
        return handles[file]

    def _bands(self, file: int, layers: Sequence[Layer], window: Window) -> list[NDArray[np.float32]]:
        """One (rows, cols) array a layer of one file."""
        source = self._files[file]
        if layers[0].grid is not None:
            return [self._regridded(source, layer, window) for layer in layers]
        if source.palette is not None:
            return self._coloured(source, layers, window)
        found = read_numbers(source, self._dataset(file), [layer.index for layer in layers], window)
        for layer, band in zip(layers, found, strict=True):
            self._drop_nodata(layer, band)
            if layer.correction is not None:
                layer.correction.apply(band, window)
        return list(found)

    def _drop_nodata(self, layer: Layer, band: NDArray[np.float32]) -> None:
        if layer.nodata is not None and not self._unified and not layer.categorical:
            band[band == single(layer.nodata)] = np.nan

    def _coloured(self, source: SourceFile, layers: Sequence[Layer], window: Window) -> list[NDArray[np.float32]]:
        index = read_numbers(source, self._dataset(layers[0].file), [1], window)[0].astype(np.intp)
        table = source.colours()
        return [table[index, layer.component or 0] for layer in layers]

    def _regridded(self, source: SourceFile, layer: Layer, window: Window) -> NDArray[np.float32]:
        """A band of another pixel size on the picture's grid: bilinear, categorical ones by the nearest pixel.

        Every value depends only on its own place, so blocks join without seams.
        """
        ax, bx, ay, by = layer.grid or (1.0, 0.0, 1.0, 0.0)
        col0, row0, col1, row1 = window
        left, right, wx = _neighbours((np.arange(col0, col1) + 0.5) * ax + bx, source.width, nearest=layer.categorical)
        top, bottom, wy = _neighbours((np.arange(row0, row1) + 0.5) * ay + by, source.height, nearest=layer.categorical)
        c0, r0 = int(left[0]), int(top[0])
        box = (c0, r0, int(right[-1]) + 1, int(bottom[-1]) + 1)
        coarse = read_numbers(source, self._dataset(layer.file), [layer.index], box)[0]
        self._drop_nodata(layer, coarse)
        rows = _mix(coarse[top - r0], coarse[bottom - r0], wy[:, None])
        return _mix(rows[:, left - c0], rows[:, right - c0], wx)

    def _hidden(self, out: NDArray[np.float32], chosen: Sequence[Layer], window: Window) -> NDArray[np.bool_] | None:
        """(rows, cols), True where a file's own mask, or nodata in all bands, hides the pixel; None: nowhere."""
        hidden: NDArray[np.bool_] | None = None
        for file in sorted({layer.file for layer in self._layers if layer.grid is None}):
            if self._files[file].masked:
                mask = read_mask(self._files[file], self._dataset(file), window)
                hidden = mask if hidden is None or mask is None else hidden | mask
        if self._unified:
            empty = self._empty(out, chosen, window)
            hidden = empty if hidden is None else hidden if empty is None else hidden | empty
        return hidden

    def _empty(self, out: NDArray[np.float32], chosen: Sequence[Layer], window: Window) -> NDArray[np.bool_] | None:
        """Pixels where all bands on the picture's own grid hold their nodata number; None: nowhere."""
        native = [layer for layer in self._layers if layer.grid is None]
        if any(layer.nodata is None for layer in native):
            return None
        have = {layer.name: out[i] for i, layer in enumerate(chosen)}
        empty = np.ones(out.shape[1:], np.bool_)
        for layer in sorted(native, key=lambda v: v.name not in have):
            band = have.get(layer.name)
            if band is None:
                band = read_numbers(self._files[layer.file], self._dataset(layer.file), [layer.index], window)[0]
            empty &= band == single(layer.nodata or 0.0)
            if not empty.any():
                return None
        return empty


def _neighbours(
    places: NDArray[np.floating[Any]], extent: int, *, nearest: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """(first pixel, second pixel, weight of the second) for pixel coordinates along one axis, held at the edges."""
    centre = places - 0.5
    if nearest:
        centre = np.floor(centre + 0.5)
    centre = np.clip(centre, 0, extent - 1)
    first = np.floor(centre).astype(np.intp)
    return first, np.minimum(first + 1, extent - 1), (centre - first).astype(np.float32)


def _mix(first: NDArray[np.float32], second: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """``first`` where the weight is 0 (a NaN neighbour must not reach over), else the weighted mean."""
    if not weight.any():
        return first
    return np.where(weight == 0, first, first * (1 - weight) + second * weight)


def to_physical(values: NDArray[np.float32], layer: Layer, quantity: Quantity) -> None:
    """Stored numbers to physical ones, in place: power from dB and amplitude, else ``number * scale + offset``."""
    if layer.categorical:
        return
    if quantity == "sigma0-db":
        values *= np.float32(layer.scale * _LN10 / 10.0)
        values += np.float32(layer.offset * _LN10 / 10.0)
        np.exp(values, out=values)
        return
    if layer.scale != 1.0:
        values *= np.float32(layer.scale)
    if layer.offset != 0.0:
        values += np.float32(layer.offset)
    if quantity == "amplitude":
        np.square(values, out=values)
