"""A picture as the other rooms see it: physical values, places and metres, whatever the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offing.errors import NoGeoreferenceError, PictureError
from offing.imagery.georeference import Georeference
from offing.imagery.model import BandScale, Box, SensorKind
from offing.imagery.pixels import Layer, PixelReader, to_physical
from offing.imagery.radar_geometry import RadarGeometry
from offing.imagery.radar_inference import radar_geometries
from offing.imagery.source import SourceFile
from offing.imagery.turning import AS_STORED, Turn, Window
from offing.records import Record

if TYPE_CHECKING:
    from affine import Affine

READ_BYTES_MAX = 2_000_000_000
"""Largest array that one read returns."""


class PictureFacts(Record, frozen=True):
    """Everything about a picture but its pixels."""

    name: str
    """As given."""
    paths: tuple[Path, ...]
    sensor: SensorKind
    platform: str | None
    time: datetime | None
    """Acquisition, UTC; None: unknown."""
    time_basis: str | None
    date_hint: date | None
    """The day of acquisition, where only that is known."""
    width: int
    height: int
    scale: BandScale
    """Of the first band."""
    simulated: bool
    notes: tuple[str, ...]
    """What was inferred, one clause each."""
    stated_gsd_m: float | None = None
    """Pixel size that the caller stated, metres."""
    unified_nodata: bool = False
    """True: a pixel is without data only where all bands say so."""
    radar: RadarGeometry | None = None
    """How the radar looked, where that is annotated."""


class Picture:
    """An open picture. Use it as a context manager; it may be read from several threads.

    Pixel coordinates are GDAL's: (0, 0) is the outer corner of the first pixel, columns right, rows down.
    """

    def __init__(
        self,
        facts: PictureFacts,
        files: Sequence[SourceFile],
        layers: Sequence[Layer],
        quality: Sequence[Layer],
        georeference: Georeference | None,
        turn: Turn = AS_STORED,
    ) -> None:
        self.facts = facts
        self._files, self._layers, self._quality = tuple(files), tuple(layers), tuple(quality)
        self._georeference, self._turn = georeference, turn
        self._reader = PixelReader(files, layers, unified=facts.unified_nodata, turn=turn)

    # What it is -------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """As given."""
        return self.facts.name

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files it is read from."""
        return self.facts.paths

    @property
    def sensor(self) -> SensorKind:
        """How it sees."""
        return self.facts.sensor

    @property
    def platform(self) -> str | None:
        """``sentinel-1`` …; None: unknown."""
        return self.facts.platform

    @property
    def time(self) -> datetime | None:
        """Acquisition, UTC; None: unknown."""
        return self.facts.time

    @property
    def time_basis(self) -> str | None:
        """``metadata: TAG``, ``file name``, ``folder name`` or ``stated``; None: no time."""
        return self.facts.time_basis

    @property
    def date_hint(self) -> date | None:
        """The day of acquisition, where only that is known."""
        return self.facts.date_hint

    @property
    def width(self) -> int:
        """Columns."""
        return self.facts.width

    @property
    def height(self) -> int:
        """Rows."""
        return self.facts.height

    @property
    def bands(self) -> tuple[str, ...]:
        """Canonical names, in reading order."""
        return tuple(layer.name for layer in self._layers)

    @property
    def quality_bands(self) -> tuple[str, ...]:
        """Bands that classify pixels (SCL, UDM2); readable by name, as the numbers stored."""
        return tuple(layer.name for layer in self._quality)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Where its bands and quality bands are stored, in reading order."""
        return (*self._layers, *self._quality)

    def stored_in(self, layer: Layer) -> Path:
        """The file that holds a band; of a product in an archive the path goes on behind the archive's."""
        return self._files[layer.file].path

    @property
    def stored_types(self) -> tuple[str, ...]:
        """Numpy names of the types in which its files store numbers, or of what they become when they are read."""
        kinds = {"float32" if layer.correction else self._files[layer.file].dtype for layer in self.layers}
        return tuple(sorted(kinds))

    @property
    def stored_block(self) -> tuple[int, int]:
        """(rows, cols) of the blocks in which its first file stores pixels: reading whole ones decodes none twice."""
        return self._turn.size(*self._files[self._layers[0].file].block)

    @property
    def as_stored(self) -> bool:
        """Whether its first pixel is the first that is stored: it was not turned over when it was opened."""
        return not any(self._turn)

    def stored_window(self, box: Box) -> Box:
        """Where a window of the picture lies among the stored pixels of its first file."""
        first = self._files[self._layers[0].file]
        window = (box.col0, box.row0, box.col1, box.row1)
        col0, row0, col1, row1 = self._turn.stored(window, first.width, first.height)
        return Box(col0=col0, row0=row0, col1=col1, row1=row1)

    @property
    def may_lack_data(self) -> bool:
        """False: every pixel certainly has data."""
        return not self._reader.always_valid

    @property
    def scale(self) -> BandScale:
        """How stored numbers become physical ones (of the first band)."""
        return self.facts.scale

    @property
    def simulated(self) -> bool:
        """True: made by ``offing simulate``."""
        return self.facts.simulated

    @property
    def notes(self) -> tuple[str, ...]:
        """What was inferred, one clause each."""
        return self.facts.notes

    # Where it is ------------------------------------------------------------------------------------------------

    @property
    def transform(self) -> Affine | None:
        """Pixel to ``crs``, outer-corner convention; None: not georeferenced.

        Of a picture in radar geometry the affine map that fits best: ``lonlat`` and ``pixel`` are exact, this is near.
        """
        return self._georeference.transform if self._georeference else None

    @property
    def crs(self) -> str | None:
        """Authority code or WKT; None: not georeferenced."""
        return self._georeference.crs if self._georeference else None

    @property
    def gsd_m(self) -> tuple[float, float] | None:
        """Ground metres per pixel along columns and rows at the middle, on the ellipsoid; None: unknown."""
        if self._georeference:
            return self._georeference.gsd_m
        stated = self.facts.stated_gsd_m
        return (stated, stated) if stated else None

    @cached_property
    def radars(self) -> tuple[RadarGeometry, ...]:
        """What the radar's geometry can have been: one when it is known, two when the pass is open, else none."""
        return radar_geometries(self)

    @property
    def radar(self) -> RadarGeometry | None:
        """How the radar looked; None: no radar, or not known (``radars`` may still hold both passes)."""
        return self.radars[0] if len(self.radars) == 1 else None

    @property
    def footprint(self) -> tuple[tuple[float, float], ...] | None:
        """Closed ring of (lon, lat) along the outline, 8 points a side; None: not georeferenced."""
        if self._georeference is None:
            return None
        return self._georeference.outline()

    def placed(self, box: Box) -> tuple[Affine, str, float] | None:
        """(transform of the window's own pixels, crs, largest error in metres); None: not georeferenced."""
        if self._georeference is None:
            return None
        transform, crs, error = self._georeference.fitted((box.col0, box.row0, box.col1, box.row1))
        return window_transform(transform, box), crs, error

    def lonlat(self, cols: ArrayLike, rows: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(lons, lats) in degrees of pixel coordinates. Raises NoGeoreferenceError."""
        return self._placed().lonlat(cols, rows)

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """(col, row) of a place in degrees, also outside the picture. Raises NoGeoreferenceError."""
        return self._placed().pixel(lon, lat)

    def north_deg_at(self, col: float, row: float) -> float:
        """Direction of true north, degrees 0–360 clockwise from the picture's up. Raises NoGeoreferenceError."""
        return self._placed().north_deg_at(col, row)

    def metres_per_pixel_at(self, col: float, row: float) -> tuple[float, float]:
        """Ground metres along columns and rows at a pixel; the stated size where that is all that is known.

        Raises NoGeoreferenceError when the pixel size is not known.
        """
        if self._georeference is None and self.gsd_m is not None:
            return self.gsd_m
        return self._placed().metres_per_pixel_at(col, row)

    def _placed(self) -> Georeference:
        if self._georeference is None:
            raise NoGeoreferenceError(
                "does not know where it lies on the ground", where=self.name, fix="give ground points with --gcp"
            )
        return self._georeference

    # Its pixels -------------------------------------------------------------------------------------------------

    def read(self, bands: Sequence[str] | None = None, window: Box | None = None) -> NDArray[np.float32]:
        """(bands, rows, cols) physical values: radar as linear power, optical as reflectance or 0–1; NaN: no data.

        Quality bands, asked for by name, come as the numbers stored. Raises PictureError for a band or window that
        the picture does not have, for pixels that cannot be decoded, and for more than READ_BYTES_MAX at once.
        """
        chosen = self._layers if bands is None else tuple(self._layer(name) for name in bands)
        values = self._reader.numbers(chosen, self._window(window, len(chosen)))
        for band, layer in zip(values, chosen, strict=True):
            to_physical(band, layer, self.facts.scale.quantity)
        return values

    def numbers(self, bands: Sequence[str] | None = None, window: Box | None = None) -> NDArray[np.float32]:
        """(bands, rows, cols) as ``read``, but the numbers stored; NaN: no data."""
        chosen = self._layers if bands is None else tuple(self._layer(name) for name in bands)
        return self._reader.numbers(chosen, self._window(window, len(chosen)))

    def valid(self, window: Box | None = None) -> NDArray[np.bool_]:
        """(rows, cols), True where every band has data."""
        col0, row0, col1, row1 = box = self._window(window, len(self._layers))
        if self._reader.always_valid:
            return np.ones((row1 - row0, col1 - col0), np.bool_)
        return np.asarray(np.isfinite(self._reader.numbers(self._layers, box)).all(axis=0))

    def blocks(self, size: int, overlap: int) -> Iterator[Box]:
        """Boxes of at most ``size`` × ``size`` pixels that cover the picture row by row, sharing ``overlap``."""
        if not 0 <= overlap < size:
            raise ValueError(f"overlap {overlap} does not fit blocks of {size}")
        for row0, row1 in _spans(self.height, size, overlap):
            for col0, col1 in _spans(self.width, size, overlap):
                yield Box(col0=col0, row0=row0, col1=col1, row1=row1)

    def close(self) -> None:
        """Closes the files; reading afterwards is an error."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Picture {self.name} {self.sensor} {self.width}×{self.height} {','.join(self.bands)}>"

    def _layer(self, name: str) -> Layer:
        for layer in (*self._layers, *self._quality):
            if layer.name == name:
                return layer
        raise PictureError(f"has no band {name}, only {', '.join(self.bands)}", where=self.name, fix="name one of them")

    def _window(self, box: Box | None, bands: int) -> Window:
        window = (box.col0, box.row0, box.col1, box.row1) if box else (0, 0, self.width, self.height)
        if window[2] > self.width or window[3] > self.height:
            raise PictureError(
                f"the window {window} reaches beyond its {self.width} × {self.height} pixels",
                where=self.name,
                fix="ask within the picture",
            )
        cols, rows = window[2] - window[0], window[3] - window[1]
        if cols * rows * bands * 4 > READ_BYTES_MAX:
            raise PictureError(
                f"{cols} × {rows} pixels in {bands} bands are {cols * rows * bands * 4 / 1e9:.1f} GB at once",
                where=self.name,
                fix="read it block by block, or clip it to the site first",
            )
        return window


def window_transform(transform: Affine, box: Box) -> Affine:
    """The transform of the window's own pixels."""
    from affine import Affine

    t = transform
    c = t.a * box.col0 + t.b * box.row0 + t.c
    f = t.d * box.col0 + t.e * box.row0 + t.f
    return Affine(t.a, t.b, c, t.d, t.e, f)


def _spans(extent: int, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    start = 0
    while True:
        end = min(start + size, extent)
        yield start, end
        if end >= extent:
            return
        start = end - overlap
